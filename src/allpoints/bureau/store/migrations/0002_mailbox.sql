-- Sealed messages as the node keeps them: opened, so that its people can read and search them.

SET search_path = bureau;

-- Whom we write with -------------------------------------------------------------------------------------

-- Other bureaus' signing keys. The first one that is seen is trusted; a later one when a trusted one introduces it,
-- or when an administrator accepts it.
CREATE TABLE correspondent_keys (
    key_id        text PRIMARY KEY,
    bureau        text NOT NULL,
    public_key    bytea NOT NULL,
    state         text NOT NULL CHECK (state IN ('trusted', 'held', 'refused')),
    ground        text NOT NULL CHECK (ground IN ('first-use', 'introduction', 'person', 'none')),
    introduced_by text,
    decided_by    text,                        -- the administrator's pseudonym
    decided_at    timestamptz,
    seen_at       timestamptz NOT NULL DEFAULT now(),
    revoked_at    timestamptz                  -- by its bureau, as a hub tells; nothing takes it back
);
CREATE INDEX correspondent_keys_by_bureau ON correspondent_keys (bureau);
GRANT SELECT, INSERT, UPDATE ON correspondent_keys TO :application;

-- The newest key of a bureau that we sealed to, by the time that it signed: no hub shows us an older one after it.
CREATE TABLE sealing_keys_seen (
    hub        text NOT NULL,
    bureau     text NOT NULL,
    created_at timestamptz NOT NULL,
    PRIMARY KEY (hub, bureau)
);
GRANT SELECT, INSERT, UPDATE ON sealing_keys_seen TO :application;

-- Our own signing keys that our correspondents were told of.
CREATE TABLE introduced_keys (
    key_id        text PRIMARY KEY,
    introduced_at timestamptz NOT NULL DEFAULT now()
);
GRANT SELECT, INSERT ON introduced_keys TO :application;

-- Messages ------------------------------------------------------------------------------------------------

CREATE TABLE threads (
    id        text PRIMARY KEY,
    number    bigint GENERATED ALWAYS AS IDENTITY UNIQUE,
    subject   text NOT NULL,
    latest_at timestamptz NOT NULL
);
CREATE INDEX threads_latest ON threads (latest_at, number);
GRANT SELECT, INSERT, UPDATE ON threads TO :application;

CREATE TABLE messages (
    id          text PRIMARY KEY,              -- random, its sender's
    number      bigint GENERATED ALWAYS AS IDENTITY UNIQUE,
    thread      text NOT NULL REFERENCES threads,
    hub         text NOT NULL,                 -- by which it goes or came
    sender      text NOT NULL,
    recipients  text[] NOT NULL,
    outgoing    boolean NOT NULL,
    content     bytea NOT NULL,                -- what its sender sealed, nothing of it left out
    envelope    bytea,                         -- as it was signed: proof, and what receipts name
    kind        text NOT NULL,
    in_reply_to text,
    refs        text[] NOT NULL,
    priority    text NOT NULL CHECK (priority IN ('urgent', 'priority', 'routine')),
    deadline    timestamptz,
    written_at  timestamptz NOT NULL,
    arrived_at  timestamptz,                   -- at the hub
    state       text NOT NULL,
    problem     json,                          -- why it is held or refused
    read_at     timestamptz,
    read_by     text,                          -- pseudonym
    answered_at timestamptz,
    reminders   smallint NOT NULL DEFAULT 0,
    recalled_at timestamptz,                   -- outgoing: asked for; incoming: came
    names       text NOT NULL,                 -- normalised: what is found by any part of it
    words       tsvector NOT NULL,
    CHECK (CASE WHEN outgoing THEN state IN ('waiting', 'held', 'sent', 'refused', 'recalled')
                ELSE state IN ('unread', 'read', 'recalled') END)
);
CREATE INDEX messages_by_thread ON messages (thread, number);
CREATE INDEX messages_by_reference ON messages USING gin (refs);
CREATE INDEX messages_by_words ON messages USING gin (words);
CREATE INDEX messages_by_state ON messages (state, thread) WHERE state IN ('unread', 'held', 'refused');
CREATE INDEX messages_due ON messages (deadline) WHERE deadline IS NOT NULL AND answered_at IS NULL;
GRANT SELECT, INSERT, UPDATE ON messages TO :application;

-- What became of each recipient's copy of a message of ours.
CREATE TABLE message_recipients (
    message            text NOT NULL REFERENCES messages,
    bureau             text NOT NULL,
    copy               text NOT NULL DEFAULT 'unsent'
                       CHECK (copy IN ('unsent', 'waiting', 'collected', 'recalled', 'expired')),
    delivered_at       timestamptz,            -- this and the next: by its own signed receipt
    read_at            timestamptz,
    answered_at        timestamptz,
    recall_answered_at timestamptz,
    PRIMARY KEY (message, bureau)
);
GRANT SELECT, INSERT, UPDATE ON message_recipients TO :application;

-- The sealed parts lie in the data folder; here is what opens them.
CREATE TABLE attachments (
    id          text PRIMARY KEY,
    message     text REFERENCES messages,      -- none while somebody still writes it
    place       smallint NOT NULL DEFAULT 0,
    described   bytea NOT NULL,                -- name, media type, size, digest, key
    state       text NOT NULL CHECK (state IN ('arriving', 'whole', 'broken', 'recalled')),
    found_type  text NOT NULL DEFAULT '',      -- what its first bytes say
    honest      boolean NOT NULL DEFAULT true, -- whether that is what its sender says
    problem     text NOT NULL DEFAULT '',
    attached_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX attachments_by_message ON attachments (message, place);
GRANT SELECT, INSERT, UPDATE, DELETE ON attachments TO :application;

-- Under way -----------------------------------------------------------------------------------------------

-- What is to be done at a hub, each once: it is deleted in the transaction that notes the outcome.
CREATE TABLE errands (
    id         text PRIMARY KEY,               -- the name under which the hub knows it
    number     bigint GENERATED ALWAYS AS IDENTITY,
    hub        text NOT NULL,
    asker      json NOT NULL,                  -- in whose name
    what       bytea NOT NULL,
    message    text,                           -- of ours, whose state it changes
    envelope   bytea,                          -- sealed before it is sent, so that the same is sent again
    after      text,                           -- not before this one is done
    rank       smallint NOT NULL,
    attempts   integer NOT NULL DEFAULT 0,
    resealed   integer NOT NULL DEFAULT 0,     -- how often the hub wanted it sealed anew
    due_at     timestamptz NOT NULL DEFAULT now(),
    state      text NOT NULL DEFAULT 'waiting' CHECK (state IN ('waiting', 'held', 'refused')),
    held_for   text,                           -- the key that nobody has accepted yet
    problem    json,
    created_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX errands_due ON errands (rank, number) WHERE state = 'waiting';
CREATE INDEX errands_by_message ON errands (message) WHERE message IS NOT NULL;
CREATE INDEX errands_by_what_goes_before ON errands (after) WHERE after IS NOT NULL;
GRANT SELECT, INSERT, UPDATE, DELETE ON errands TO :application;

-- Every message that was ever kept, receipts too: none is kept twice.
CREATE TABLE received (
    sender       text NOT NULL,
    message      text NOT NULL,
    digest       bytea NOT NULL,
    hub          text NOT NULL,
    acknowledged boolean NOT NULL DEFAULT false, -- whether the hub was told
    received_at  timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (sender, message)
);
CREATE INDEX received_unacknowledged ON received (hub) WHERE NOT acknowledged;
GRANT SELECT, INSERT, UPDATE ON received TO :application;

-- What came and was not let in: for people to see, as it came.
CREATE TABLE quarantine (
    number     bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    hub        text NOT NULL,
    message    text NOT NULL,
    sender     text NOT NULL,
    signed_by  text NOT NULL,
    arrived_at timestamptz NOT NULL,
    state      text NOT NULL CHECK (state IN ('held', 'refused', 'released')),
    reason     text NOT NULL,                  -- the code of the error
    detail     text NOT NULL,
    carried    bytea NOT NULL,
    digest     bytea NOT NULL UNIQUE,          -- SHA-256 of what was carried
    kept_at    timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX quarantine_held ON quarantine (sender, number) WHERE state = 'held';
GRANT SELECT, INSERT, UPDATE ON quarantine TO :application;
