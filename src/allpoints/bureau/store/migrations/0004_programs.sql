-- Programs of national systems, which work at the node over its API: the tokens that they show, and what they asked for.

SET search_path = bureau;

CREATE TABLE program_tokens (
    number     bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    token_hash bytea NOT NULL UNIQUE,        -- SHA-256; the token itself is kept nowhere
    person     bigint NOT NULL REFERENCES people,
    role       text NOT NULL,
    purpose    text NOT NULL,
    made_at    timestamptz NOT NULL DEFAULT now(),
    expires_at timestamptz NOT NULL,
    ended_at   timestamptz                   -- before its time
);
CREATE INDEX program_tokens_by_person ON program_tokens (person);
-- Nobody in the node can make one last longer, or give it to somebody else.
GRANT SELECT, INSERT, UPDATE (ended_at) ON program_tokens TO :application;

-- SHA-256 of what was to be sent under a name that its sender gave, so that the name stands for that alone.
ALTER TABLE messages ADD COLUMN request bytea;
