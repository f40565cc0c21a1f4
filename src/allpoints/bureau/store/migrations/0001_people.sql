-- The bureau's people, how they sign in, what two of them must agree on, and what was done.
--
-- The owner of the schema runs migrations and nothing else. The node works as :application, which owns nothing.

CREATE SCHEMA bureau;
REVOKE ALL ON SCHEMA public FROM PUBLIC;
GRANT USAGE ON SCHEMA bureau TO :application;
SET search_path = bureau;

-- People --------------------------------------------------------------------------------------------------

CREATE TABLE people (
    id            bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    name          text NOT NULL UNIQUE,      -- what one types to sign in
    display_name  text NOT NULL,
    pseudonym     text NOT NULL UNIQUE,      -- what hubs and other bureaus see
    roles         text[] NOT NULL CHECK (cardinality(roles) > 0),
    agency        text NOT NULL,
    clearance     text NOT NULL,
    purposes      text[] NOT NULL,
    language      text NOT NULL,
    theme         text NOT NULL DEFAULT 'system',
    active        boolean NOT NULL DEFAULT true,
    created_at    timestamptz NOT NULL DEFAULT now(),
    password_hash text,                      -- argon2id with its parameters
    code_secret   bytea,                     -- of one-time codes, sealed by the vault
    code_step     bigint NOT NULL DEFAULT 0, -- the last time step whose code was used
    openid        text UNIQUE                -- issuer and subject, as an administrator linked them
);
GRANT SELECT, INSERT, UPDATE ON people TO :application;

-- For somebody who has lost the device: each works once.
CREATE TABLE recovery_codes (
    person bigint NOT NULL REFERENCES people,
    hash   bytea NOT NULL,
    PRIMARY KEY (person, hash)
);
GRANT SELECT, INSERT, DELETE ON recovery_codes TO :application;

CREATE TABLE passkeys (
    id           bytea PRIMARY KEY,          -- the credential's id
    person       bigint NOT NULL REFERENCES people,
    public_key   bytea NOT NULL,             -- COSE
    sign_count   bigint NOT NULL,
    label        text NOT NULL,
    created_at   timestamptz NOT NULL DEFAULT now(),
    last_used_at timestamptz
);
CREATE INDEX passkeys_by_person ON passkeys (person);
GRANT SELECT, INSERT, UPDATE, DELETE ON passkeys TO :application;

-- A link by which somebody sets up the way in; only its hash is here.
CREATE TABLE invitations (
    token_hash  bytea PRIMARY KEY,
    person      bigint NOT NULL UNIQUE REFERENCES people,
    code_secret bytea NOT NULL,              -- sealed; becomes the person's when a first code was right
    expires_at  timestamptz NOT NULL
);
GRANT SELECT, INSERT, DELETE ON invitations TO :application;

-- Signing in ----------------------------------------------------------------------------------------------

-- What was asked of a browser and may be answered once: a passkey's challenge, a state of OpenID Connect.
CREATE TABLE challenges (
    hash       bytea PRIMARY KEY,
    kind       text NOT NULL,
    person     bigint REFERENCES people,
    content    bytea NOT NULL,               -- sealed
    expires_at timestamptz NOT NULL
);
GRANT SELECT, INSERT, DELETE ON challenges TO :application;

CREATE TABLE sessions (
    token_hash bytea PRIMARY KEY,
    person     bigint NOT NULL REFERENCES people,
    role       text NOT NULL,
    purpose    text NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(),
    seen_at    timestamptz NOT NULL DEFAULT now(),
    expires_at timestamptz NOT NULL
);
CREATE INDEX sessions_by_person ON sessions (person);
GRANT SELECT, INSERT, UPDATE, DELETE ON sessions TO :application;

-- How often in a row an account or an address got it wrong, under a keyed hash.
CREATE TABLE failures (
    key     bytea PRIMARY KEY,
    count   integer NOT NULL,
    last_at timestamptz NOT NULL
);
GRANT SELECT, INSERT, UPDATE, DELETE ON failures TO :application;

-- From where somebody signed in before: others' failures do not keep them waiting there.
CREATE TABLE familiar_places (
    key     bytea PRIMARY KEY,               -- keyed hash of person and address
    seen_at timestamptz NOT NULL
);
GRANT SELECT, INSERT, UPDATE, DELETE ON familiar_places TO :application;

-- Four eyes -----------------------------------------------------------------------------------------------

CREATE TABLE proposals (
    id          bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    act         text NOT NULL,
    subject     text NOT NULL,               -- what it is about, for people
    content     json NOT NULL,
    proposed_by bigint NOT NULL REFERENCES people,
    proposed_at timestamptz NOT NULL DEFAULT now(),
    expires_at  timestamptz NOT NULL,
    state       text NOT NULL DEFAULT 'open' CHECK (state IN ('open', 'approved', 'done', 'declined')),
    decided_by  bigint REFERENCES people CHECK (decided_by <> proposed_by OR state = 'declined'),
    decided_at  timestamptz
);
CREATE INDEX proposals_open ON proposals (proposed_at) WHERE state IN ('open', 'approved');
GRANT SELECT, INSERT, UPDATE ON proposals TO :application;

-- What was done -------------------------------------------------------------------------------------------

-- Only written to: nobody in the node can change or delete what stands here.
CREATE TABLE trail (
    id      bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    at      timestamptz NOT NULL DEFAULT now(),
    act     text NOT NULL,
    person  bigint,                          -- who did it; none where nobody is known
    subject text NOT NULL,                   -- to whom or what
    address text NOT NULL,
    detail  text NOT NULL
);
CREATE INDEX trail_by_person ON trail (person, id);
GRANT SELECT, INSERT ON trail TO :application;
