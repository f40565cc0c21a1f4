-- Sealed messages on their way from bureau to bureau, and the keys by which they are sealed.
--
-- Nothing here can be opened at the hub. Only the two sides of a message see it, each recipient a copy of its own; a copy
-- goes when it is collected, recalled or expired, and the ciphertext and its attachments with the last copy.

SET search_path = allpoints;

-- Which of the bureau's own keys signed the request to add this one.
ALTER TABLE keys ADD COLUMN introduced_by text;

CREATE TABLE sealing_keys (
    key_id      text PRIMARY KEY,
    bureau      text NOT NULL,
    public_key  bytea NOT NULL CHECK (octet_length(public_key) = 1216),
    created_at  timestamptz NOT NULL,
    signing_key text NOT NULL REFERENCES keys,       -- that certifies it, as long as it is active itself
    signature   bytea NOT NULL CHECK (octet_length(signature) = 64),
    retired_at  timestamptz
);
CREATE INDEX sealing_keys_by_bureau ON sealing_keys (bureau);

-- What is left of a message when its ciphertext is gone: for its sender, and so that it is not delivered twice.
CREATE TABLE messages (
    id         text PRIMARY KEY CHECK (id ~ '^[A-Za-z0-9_-]{16,64}$'),
    sender     text NOT NULL,
    digest     bytea NOT NULL CHECK (octet_length(digest) = 32),   -- of what the sender signed
    arrived_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX messages_by_age ON messages (arrived_at);

CREATE TABLE envelopes (
    message_id  text PRIMARY KEY REFERENCES messages ON DELETE CASCADE,
    head        bytea NOT NULL,          -- JSON
    key_digests bytea[] NOT NULL,
    commitment  bytea NOT NULL,
    body        bytea NOT NULL,
    signature   bytea NOT NULL CHECK (octet_length(signature) = 64)
);
-- Ciphertext does not get smaller.
ALTER TABLE envelopes ALTER COLUMN body SET STORAGE EXTERNAL;

CREATE TABLE message_copies (
    number      bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    message_id  text NOT NULL REFERENCES messages ON DELETE CASCADE,
    sender      text NOT NULL,
    recipient   text NOT NULL CHECK (recipient <> sender),
    sealing_key text NOT NULL,
    sealed      bytea,
    state       text NOT NULL DEFAULT 'waiting' CHECK (state IN ('waiting', 'collected', 'recalled', 'expired')),
    since       timestamptz NOT NULL DEFAULT now(),
    UNIQUE (message_id, recipient),
    -- What does not wait any more cannot be opened any more.
    CHECK ((state = 'waiting') = (sealed IS NOT NULL))
);
CREATE INDEX message_copies_waiting ON message_copies (recipient, number) WHERE state = 'waiting';
CREATE INDEX message_copies_unfetched ON message_copies (sender) WHERE state = 'waiting';
CREATE INDEX message_copies_by_age ON message_copies (since) WHERE state = 'waiting';

CREATE TABLE attachments (
    id         text PRIMARY KEY CHECK (id ~ '^[A-Za-z0-9_-]{16,64}$'),
    sender     text NOT NULL,
    message_id text REFERENCES messages ON DELETE CASCADE,   -- null until the message is handed over
    created_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX attachments_by_message ON attachments (message_id);
CREATE INDEX attachments_by_sender ON attachments (sender);
CREATE INDEX attachments_unsent ON attachments (created_at) WHERE message_id IS NULL;

CREATE TABLE attachment_parts (
    attachment_id text NOT NULL REFERENCES attachments ON DELETE CASCADE,
    number        smallint NOT NULL CHECK (number >= 0),
    digest        bytea NOT NULL,
    body          bytea NOT NULL,
    PRIMARY KEY (attachment_id, number)
);
ALTER TABLE attachment_parts ALTER COLUMN body SET STORAGE EXTERNAL;

-- Row-level security --------------------------------------------------------------------------------------

ALTER TABLE sealing_keys ENABLE ROW LEVEL SECURITY;
ALTER TABLE sealing_keys FORCE ROW LEVEL SECURITY;
CREATE POLICY everybody_reads ON sealing_keys FOR SELECT TO allpoints_hub USING (true);
CREATE POLICY bureaus_publish ON sealing_keys FOR INSERT TO allpoints_hub WITH CHECK (bureau = asker('bureau'));
-- A key that is retired never comes back.
CREATE POLICY bureaus_change ON sealing_keys FOR UPDATE TO allpoints_hub
    USING (bureau = asker('bureau') AND retired_at IS NULL) WITH CHECK (bureau = asker('bureau'));

ALTER TABLE message_copies ENABLE ROW LEVEL SECURITY;
ALTER TABLE message_copies FORCE ROW LEVEL SECURITY;
CREATE POLICY both_sides_read ON message_copies FOR SELECT TO allpoints_hub
    USING (asker('bureau') IN (sender, recipient));
CREATE POLICY senders_send ON message_copies FOR INSERT TO allpoints_hub
    WITH CHECK (sender = asker('bureau') AND state = 'waiting' AND EXISTS (
        SELECT 1 FROM messages m WHERE m.id = message_id AND m.sender = message_copies.sender));
-- Its recipient collects a copy and its sender recalls it, once; neither does what is the other's.
CREATE POLICY both_sides_end ON message_copies FOR UPDATE TO allpoints_hub
    USING (asker('bureau') IN (sender, recipient) AND state = 'waiting')
    WITH CHECK ((recipient = asker('bureau') AND state = 'collected')
                OR (sender = asker('bureau') AND state = 'recalled'));

ALTER TABLE messages ENABLE ROW LEVEL SECURITY;
ALTER TABLE messages FORCE ROW LEVEL SECURITY;
CREATE POLICY both_sides_read ON messages FOR SELECT TO allpoints_hub
    USING (sender = asker('bureau') OR EXISTS (
        SELECT 1 FROM message_copies c
        WHERE c.message_id = id AND c.recipient = asker('bureau') AND c.state = 'waiting'));
CREATE POLICY senders_send ON messages FOR INSERT TO allpoints_hub WITH CHECK (sender = asker('bureau'));

-- The messages' own policy holds within.
ALTER TABLE envelopes ENABLE ROW LEVEL SECURITY;
ALTER TABLE envelopes FORCE ROW LEVEL SECURITY;
CREATE POLICY both_sides_read ON envelopes FOR SELECT TO allpoints_hub
    USING (EXISTS (SELECT 1 FROM messages m WHERE m.id = message_id));
CREATE POLICY senders_send ON envelopes FOR INSERT TO allpoints_hub
    WITH CHECK (EXISTS (SELECT 1 FROM messages m WHERE m.id = message_id AND m.sender = asker('bureau')));

ALTER TABLE attachments ENABLE ROW LEVEL SECURITY;
ALTER TABLE attachments FORCE ROW LEVEL SECURITY;
CREATE POLICY both_sides_read ON attachments FOR SELECT TO allpoints_hub
    USING (sender = asker('bureau') OR EXISTS (SELECT 1 FROM messages m WHERE m.id = message_id));
CREATE POLICY senders_upload ON attachments FOR INSERT TO allpoints_hub
    WITH CHECK (sender = asker('bureau') AND message_id IS NULL);
CREATE POLICY senders_attach ON attachments FOR UPDATE TO allpoints_hub
    USING (sender = asker('bureau') AND message_id IS NULL)
    WITH CHECK (sender = asker('bureau') AND EXISTS (
        SELECT 1 FROM messages m WHERE m.id = message_id AND m.sender = attachments.sender));
CREATE POLICY senders_drop ON attachments FOR DELETE TO allpoints_hub
    USING (sender = asker('bureau') AND message_id IS NULL);

ALTER TABLE attachment_parts ENABLE ROW LEVEL SECURITY;
ALTER TABLE attachment_parts FORCE ROW LEVEL SECURITY;
CREATE POLICY both_sides_read ON attachment_parts FOR SELECT TO allpoints_hub
    USING (EXISTS (SELECT 1 FROM attachments a WHERE a.id = attachment_id));
CREATE POLICY senders_upload ON attachment_parts FOR INSERT TO allpoints_hub
    WITH CHECK (EXISTS (SELECT 1 FROM attachments a
        WHERE a.id = attachment_id AND a.sender = asker('bureau') AND a.message_id IS NULL));

-- For functions that run as the schema's owner, whom row-level security binds as well: their policies name a role of which
-- the owner, whatever it is called, is a member. A restored database may have another one.
DO $$
BEGIN
    IF NOT EXISTS (SELECT 1 FROM pg_roles WHERE rolname = 'allpoints_owner') THEN
        CREATE ROLE allpoints_owner NOLOGIN;
    END IF;
    GRANT allpoints_owner TO CURRENT_USER;
END $$;

-- What nobody needs any more ------------------------------------------------------------------------------

-- Whatever ends a copy, the ciphertext goes with the last one. Ends of two copies at once wait for each other, so that
-- one of them is the last.
CREATE FUNCTION drop_with_last_copy() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = allpoints, pg_temp
AS $$
BEGIN
    PERFORM FROM messages WHERE id IN (SELECT message_id FROM ended) ORDER BY id FOR UPDATE;
    DELETE FROM envelopes e WHERE message_id IN (SELECT message_id FROM ended) AND NOT EXISTS (
        SELECT 1 FROM message_copies c WHERE c.message_id = e.message_id AND c.state = 'waiting');
    DELETE FROM attachments a WHERE message_id IN (SELECT message_id FROM ended) AND NOT EXISTS (
        SELECT 1 FROM message_copies c WHERE c.message_id = a.message_id AND c.state = 'waiting');
    RETURN NULL;
END $$;
REVOKE ALL ON FUNCTION drop_with_last_copy FROM PUBLIC;
CREATE TRIGGER drop_with_last_copy AFTER UPDATE ON message_copies
    REFERENCING NEW TABLE AS ended FOR EACH STATEMENT EXECUTE FUNCTION drop_with_last_copy();
CREATE POLICY last_copies ON messages FOR ALL TO allpoints_owner USING (true);
CREATE POLICY last_copies ON message_copies FOR SELECT TO allpoints_owner USING (true);
CREATE POLICY last_copies ON envelopes FOR ALL TO allpoints_owner USING (true);
CREATE POLICY last_copies ON attachments FOR ALL TO allpoints_owner USING (true);

-- Only what is too old can be ended or forgotten by the housekeeper, whatever it asks for.
CREATE POLICY system_sees ON message_copies FOR SELECT TO allpoints_system USING (true);
CREATE POLICY system_expires ON message_copies FOR UPDATE TO allpoints_system
    USING (state = 'waiting' AND since < now() - interval '30 days') WITH CHECK (state = 'expired');
CREATE POLICY system_sees ON messages FOR SELECT TO allpoints_system USING (true);
CREATE POLICY system_forgets ON messages FOR DELETE TO allpoints_system
    USING (arrived_at < now() - interval '120 days');
CREATE POLICY system_sees ON attachments FOR SELECT TO allpoints_system USING (true);
CREATE POLICY system_drops ON attachments FOR DELETE TO allpoints_system
    USING (message_id IS NULL AND created_at < now() - interval '2 days');

GRANT SELECT, INSERT ON sealing_keys, messages, envelopes, message_copies, attachment_parts TO allpoints_hub;
GRANT UPDATE (created_at, signing_key, signature, retired_at) ON sealing_keys TO allpoints_hub;
GRANT UPDATE (state, sealed, since) ON message_copies TO allpoints_hub;
GRANT SELECT, INSERT, DELETE ON attachments TO allpoints_hub;
GRANT UPDATE (message_id) ON attachments TO allpoints_hub;
-- The housekeeper reads no ciphertext and no sealed key.
GRANT SELECT (number, message_id, sender, recipient, state, since) ON message_copies TO allpoints_system;
GRANT UPDATE (state, sealed, since) ON message_copies TO allpoints_system;
GRANT SELECT (id, arrived_at), DELETE ON messages TO allpoints_system;
GRANT SELECT (id, message_id, created_at), DELETE ON attachments TO allpoints_system;
