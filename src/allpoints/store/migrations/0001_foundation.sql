-- The hub's tables, who may touch them, and the rules that PostgreSQL itself enforces.
--
-- Three roles: the owner of the schema runs migrations and nothing else; allpoints_hub answers askers and sees
-- only what row-level security shows the asker named in the transaction; allpoints_system looks after indexes,
-- the log and retention, and can read no particulars at all.

CREATE SCHEMA allpoints;
REVOKE ALL ON SCHEMA public FROM PUBLIC;
GRANT USAGE ON SCHEMA allpoints TO allpoints_hub, allpoints_system;
SET search_path = allpoints;

-- Members -------------------------------------------------------------------------------------------------

CREATE TABLE bureaus (
    code        text PRIMARY KEY,
    name        text NOT NULL,
    contact     text NOT NULL DEFAULT '',
    status      text NOT NULL DEFAULT 'active' CHECK (status IN ('active', 'suspended')),
    enrolled_at timestamptz NOT NULL DEFAULT now()
);

CREATE TABLE keys (
    key_id      text PRIMARY KEY,
    bureau      text NOT NULL,
    bureau_name text NOT NULL DEFAULT '',
    contact     text NOT NULL DEFAULT '',
    public_key  bytea NOT NULL CHECK (octet_length(public_key) = 32),
    status      text NOT NULL CHECK (status IN ('pending', 'active', 'revoked')),
    created_at  timestamptz NOT NULL DEFAULT now(),
    active_at   timestamptz,
    revoked_at  timestamptz
);
CREATE INDEX keys_by_bureau ON keys (bureau);

-- Records -------------------------------------------------------------------------------------------------

-- Owners use few distinct conditions for many records, so a set of conditions is stored once.
CREATE TABLE condition_sets (
    id              integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    digest          bytea NOT NULL UNIQUE,
    bureaus_mode    text NOT NULL CHECK (bureaus_mode IN ('everyone', 'only', 'except')),
    bureaus         text[] NOT NULL,
    agencies_mode   text NOT NULL CHECK (agencies_mode IN ('everyone', 'only', 'except')),
    agencies        text[] NOT NULL,
    purposes        text[] NOT NULL,
    disclosure      text NOT NULL CHECK (disclosure IN ('full', 'contact', 'silent')),
    confidentiality smallint NOT NULL
);

CREATE TABLE records (
    id              bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY CHECK (id BETWEEN 1 AND 4294967295),
    owner           text NOT NULL,
    reference       text NOT NULL,
    kind            text NOT NULL,
    version         integer NOT NULL DEFAULT 1,
    state           text NOT NULL DEFAULT 'active' CHECK (state IN ('active', 'withdrawn')),
    identifiers     json NOT NULL,          -- [[scheme, value, verified], ...] in canonical form
    keys            bigint[] NOT NULL,      -- the keyed hash of each identifier, in the same order
    condition_set   integer NOT NULL,
    evaluation      text NOT NULL,
    valid_until     date NOT NULL,
    review_by       date NOT NULL,
    contributed_for text NOT NULL,          -- the contributor's purpose: why its owner may learn of links
    contributed_at  timestamptz NOT NULL DEFAULT now(),
    withdrawn_at    timestamptz,
    UNIQUE (owner, reference)
);

-- What a record says beyond its identifiers: apart, because row-level security shows it only on full release.
CREATE TABLE particulars (
    record_id bigint PRIMARY KEY,
    body      json NOT NULL
);

-- Earlier versions of corrected records, for their owner.
CREATE TABLE versions (
    record_id   bigint NOT NULL,
    version     integer NOT NULL,
    content     json NOT NULL,
    replaced_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (record_id, version)
);

-- The change feed: which records changed, stamped with the transaction. A reader keeps the *snapshot* up to
-- which it has read, not a number: a later number may commit before an earlier one, a snapshot misses neither.
CREATE TABLE changes (
    xid       xid8 NOT NULL DEFAULT pg_current_xact_id(),
    record_id bigint NOT NULL
);
CREATE INDEX changes_by_xid ON changes (xid);

CREATE TABLE consumers (
    name     text PRIMARY KEY,
    snapshot pg_snapshot NOT NULL
);

-- How long a withdrawn or outdated record is kept for its owner before it must be purged.
CREATE TABLE retention_rule (
    only_row boolean PRIMARY KEY DEFAULT true CHECK (only_row),
    grace    interval NOT NULL DEFAULT '30 days' CHECK (grace >= '0 days')
);
INSERT INTO retention_rule DEFAULT VALUES;

-- The log -------------------------------------------------------------------------------------------------

-- One row for each group commit: the entries of all requests that shared the transaction.
CREATE TABLE log_groups (
    id      bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    xid     xid8 NOT NULL DEFAULT pg_current_xact_id(),
    entries bytea[] NOT NULL
);
CREATE INDEX log_groups_by_xid ON log_groups (xid);

-- Where a group stands in the tree once it is sealed.
CREATE TABLE log_seals (
    group_id    bigint PRIMARY KEY,
    first_index bigint NOT NULL UNIQUE
);

CREATE TABLE log_tiles (
    level  smallint NOT NULL,
    number bigint NOT NULL,
    hashes bytea NOT NULL,
    PRIMARY KEY (level, number)
);

CREATE TABLE log_checkpoints (
    size      bigint PRIMARY KEY,
    note      text NOT NULL,
    snapshot  pg_snapshot NOT NULL,     -- groups visible in it are in the tree
    signed_at timestamptz NOT NULL DEFAULT now()
);

-- Which log entries concern a record: an index over the log, never its replacement.
CREATE TABLE reads (
    record_id bigint NOT NULL,
    owner     text NOT NULL,
    group_id  bigint NOT NULL,
    position  integer NOT NULL,
    PRIMARY KEY (record_id, group_id, position)
);

-- Signatures seen: a repeated one is a replay. The signed time is part of the key, so new rows append.
CREATE TABLE nonces (
    created integer NOT NULL,
    digest  bytea NOT NULL,
    PRIMARY KEY (created, digest)
);

-- What owners are told ------------------------------------------------------------------------------------

CREATE TABLE notifications (
    id              bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    xid             xid8 NOT NULL DEFAULT pg_current_xact_id(),
    bureau          text NOT NULL,
    body            json NOT NULL,
    group_id        bigint,
    position        integer,
    created_at      timestamptz NOT NULL DEFAULT now(),
    acknowledged_at timestamptz
);
CREATE INDEX notifications_by_bureau ON notifications (bureau, id);
CREATE INDEX notifications_by_xid ON notifications (xid);

-- Two bureaus hold the same identifier. Ids in ascending order, so that a pair is found once.
CREATE TABLE links (
    id        bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    record_a  bigint NOT NULL,
    record_b  bigint NOT NULL CHECK (record_a < record_b),
    owner_a   text NOT NULL,
    owner_b   text NOT NULL CHECK (owner_a <> owner_b),
    scheme    text NOT NULL,
    raised_at timestamptz NOT NULL DEFAULT now(),
    UNIQUE (record_a, record_b, scheme)
);
CREATE INDEX links_by_owner_a ON links (owner_a);
CREATE INDEX links_by_owner_b ON links (owner_b);
CREATE INDEX links_by_record_b ON links (record_b);

-- Answers to contributions, so that a retried upload doubles nothing.
CREATE TABLE idempotency (
    bureau     text NOT NULL,
    key        text NOT NULL,
    digest     bytea NOT NULL,
    reply      bytea,
    created_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (bureau, key)
);
CREATE INDEX idempotency_by_age ON idempotency (created_at);

-- Row-level security --------------------------------------------------------------------------------------

-- The asker of this transaction; unset means nobody, and nobody sees nothing.
CREATE FUNCTION asker(what text) RETURNS text LANGUAGE sql STABLE PARALLEL SAFE
    RETURN nullif(current_setting('allpoints.' || what, true), '');

-- What the asker may learn of a record: 'own', 'full', 'contact', 'silent', or NULL for nothing.
-- The same rule as access/release.py; a property test draws random askers and records and compares the two.
CREATE FUNCTION released(owner text, state text, valid_until date, condition_set integer) RETURNS text
LANGUAGE sql STABLE PARALLEL SAFE
RETURN CASE
    WHEN owner = asker('bureau') THEN 'own'
    WHEN state <> 'active' OR valid_until < current_date THEN NULL
    ELSE (
        SELECT c.disclosure FROM condition_sets c
        WHERE c.id = condition_set
          AND (c.bureaus_mode = 'everyone' OR (asker('bureau') = ANY (c.bureaus)) = (c.bureaus_mode = 'only'))
          AND (c.agencies_mode = 'everyone' OR (asker('agency') = ANY (c.agencies)) = (c.agencies_mode = 'only'))
          AND asker('purpose') = ANY (c.purposes)
          AND c.confidentiality <= asker('clearance')::smallint
    )
END;

ALTER TABLE records ENABLE ROW LEVEL SECURITY;
ALTER TABLE records FORCE ROW LEVEL SECURITY;
CREATE POLICY askers_read ON records FOR SELECT TO allpoints_hub
    USING (released(owner, state, valid_until, condition_set) IS NOT NULL);
CREATE POLICY owners_contribute ON records FOR INSERT TO allpoints_hub WITH CHECK (owner = asker('bureau'));
CREATE POLICY owners_change ON records FOR UPDATE TO allpoints_hub
    USING (owner = asker('bureau')) WITH CHECK (owner = asker('bureau'));
CREATE POLICY system_indexes ON records FOR SELECT TO allpoints_system USING (true);

-- Only what is overdue can be purged, whoever asks.
CREATE FUNCTION overdue(valid_until date, withdrawn_at timestamptz) RETURNS boolean
LANGUAGE sql STABLE
RETURN (
    SELECT coalesce(withdrawn_at < now() - grace, false)
        -- A record is valid until the end of its last day.
        OR valid_until < (now() - grace)::date
    FROM retention_rule
);
CREATE POLICY system_purges ON records FOR DELETE TO allpoints_system USING (overdue(valid_until, withdrawn_at));

ALTER TABLE particulars ENABLE ROW LEVEL SECURITY;
ALTER TABLE particulars FORCE ROW LEVEL SECURITY;
CREATE POLICY askers_read ON particulars FOR SELECT TO allpoints_hub USING (EXISTS (
    SELECT 1 FROM records r WHERE r.id = record_id
        AND released(r.owner, r.state, r.valid_until, r.condition_set) IN ('own', 'full')));
CREATE POLICY owners_write ON particulars FOR INSERT TO allpoints_hub WITH CHECK (EXISTS (
    SELECT 1 FROM records r WHERE r.id = record_id AND r.owner = asker('bureau')));
CREATE POLICY owners_change ON particulars FOR UPDATE TO allpoints_hub USING (EXISTS (
    SELECT 1 FROM records r WHERE r.id = record_id AND r.owner = asker('bureau')));

ALTER TABLE versions ENABLE ROW LEVEL SECURITY;
ALTER TABLE versions FORCE ROW LEVEL SECURITY;
CREATE POLICY owners_only ON versions FOR ALL TO allpoints_hub USING (EXISTS (
    SELECT 1 FROM records r WHERE r.id = record_id AND r.owner = asker('bureau')));

-- Purging takes the particulars and versions along: a cascade, so that nothing can be left behind.
ALTER TABLE particulars ADD FOREIGN KEY (record_id) REFERENCES records ON DELETE CASCADE;
ALTER TABLE versions ADD FOREIGN KEY (record_id) REFERENCES records ON DELETE CASCADE;
ALTER TABLE links ADD FOREIGN KEY (record_a) REFERENCES records ON DELETE CASCADE,
                  ADD FOREIGN KEY (record_b) REFERENCES records ON DELETE CASCADE;

ALTER TABLE notifications ENABLE ROW LEVEL SECURITY;
ALTER TABLE notifications FORCE ROW LEVEL SECURITY;
CREATE POLICY hub_tells ON notifications FOR INSERT TO allpoints_hub WITH CHECK (true);
CREATE POLICY bureaus_read ON notifications FOR SELECT TO allpoints_hub USING (bureau = asker('bureau'));
CREATE POLICY bureaus_acknowledge ON notifications FOR UPDATE TO allpoints_hub USING (bureau = asker('bureau'));
CREATE POLICY system_tells ON notifications FOR ALL TO allpoints_system USING (true);

ALTER TABLE reads ENABLE ROW LEVEL SECURITY;
ALTER TABLE reads FORCE ROW LEVEL SECURITY;
CREATE POLICY hub_writes ON reads FOR INSERT TO allpoints_hub WITH CHECK (true);
CREATE POLICY owners_read ON reads FOR SELECT TO allpoints_hub USING (owner = asker('bureau'));

ALTER TABLE links ENABLE ROW LEVEL SECURITY;
ALTER TABLE links FORCE ROW LEVEL SECURITY;
CREATE POLICY owners_read ON links FOR SELECT TO allpoints_hub
    USING (asker('bureau') IN (owner_a, owner_b));
CREATE POLICY system_raises ON links FOR ALL TO allpoints_system USING (true);

ALTER TABLE idempotency ENABLE ROW LEVEL SECURITY;
ALTER TABLE idempotency FORCE ROW LEVEL SECURITY;
CREATE POLICY own_keys ON idempotency FOR ALL TO allpoints_hub USING (bureau = asker('bureau'));
CREATE POLICY system_forgets ON idempotency FOR ALL TO allpoints_system USING (true);

-- The log's one door --------------------------------------------------------------------------------------

-- Appends the entries of one group commit, with the owners' notifications and the index of reads, provided
-- that every signing key is still active and no signature was seen before. A revoked key raises AP001 with
-- the key in DETAIL; a replayed signature violates the primary key of nonces. Either way nothing is kept.
CREATE FUNCTION append_group(
    key_ids text[], created integer[], digests bytea[], entries bytea[],
    read_positions integer[], read_records bigint[], read_owners text[],
    told_positions integer[], told_bureaus text[], told_bodies text[]
) RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
    dead text;
    appended bigint;
BEGIN
    SELECT k INTO dead FROM unnest(key_ids) k
    WHERE NOT EXISTS (
        SELECT 1 FROM keys JOIN bureaus ON bureaus.code = keys.bureau
        WHERE key_id = k AND bureaus.status = 'active'
          -- A key may end itself: the act that revokes it is the last one it signs.
          AND (keys.status = 'active' OR keys.xmin = pg_current_xact_id()::xid))
    LIMIT 1;
    IF dead IS NOT NULL THEN
        RAISE EXCEPTION 'key not active' USING ERRCODE = 'AP001', DETAIL = dead;
    END IF;
    -- In one order: two groups that hold the same requests must not wait for each other.
    INSERT INTO nonces SELECT * FROM unnest(created, digests) ORDER BY 1, 2;
    INSERT INTO log_groups (entries) VALUES (append_group.entries) RETURNING id INTO appended;
    IF cardinality(read_records) > 0 THEN
        INSERT INTO reads SELECT r, o, appended, p FROM unnest(read_positions, read_records, read_owners) AS t (p, r, o);
    END IF;
    IF cardinality(told_bureaus) > 0 THEN
        INSERT INTO notifications (bureau, body, group_id, position)
        SELECT b, j::json, appended, p FROM unnest(told_positions, told_bureaus, told_bodies) AS t (p, b, j);
    END IF;
    RETURN appended;
END $$;

-- Grants: least privilege, column by column where it matters ------------------------------------------------

GRANT SELECT, INSERT ON bureaus, keys TO allpoints_hub;
GRANT UPDATE (status, active_at, revoked_at) ON keys TO allpoints_hub;
GRANT SELECT, INSERT ON condition_sets TO allpoints_hub;
GRANT SELECT, INSERT, UPDATE ON records, particulars TO allpoints_hub;
GRANT SELECT, INSERT ON versions TO allpoints_hub;
GRANT INSERT ON changes TO allpoints_hub;
GRANT SELECT, INSERT ON log_groups TO allpoints_hub;
GRANT SELECT ON log_seals, log_tiles, log_checkpoints TO allpoints_hub;
GRANT SELECT, INSERT ON reads TO allpoints_hub;
GRANT SELECT, INSERT ON nonces TO allpoints_hub;
GRANT SELECT, INSERT ON notifications TO allpoints_hub;
GRANT UPDATE (acknowledged_at) ON notifications TO allpoints_hub;
GRANT SELECT ON links TO allpoints_hub;
GRANT SELECT, INSERT, UPDATE ON idempotency TO allpoints_hub;

GRANT SELECT (id, owner, kind, state, identifiers, keys, condition_set, valid_until, review_by, withdrawn_at,
              contributed_for) ON records TO allpoints_system;
GRANT DELETE ON records TO allpoints_system;
GRANT SELECT, DELETE ON changes TO allpoints_system;
GRANT INSERT ON changes TO allpoints_system;
GRANT SELECT, INSERT, UPDATE ON consumers TO allpoints_system;
GRANT SELECT ON retention_rule, bureaus, keys, condition_sets TO allpoints_system;
GRANT UPDATE (grace) ON retention_rule TO allpoints_system;
GRANT SELECT, INSERT ON log_groups, log_seals, log_checkpoints TO allpoints_system;
GRANT SELECT, INSERT, UPDATE ON log_tiles TO allpoints_system;
GRANT SELECT, DELETE ON nonces TO allpoints_system;
GRANT SELECT, INSERT ON notifications TO allpoints_system;
GRANT SELECT, INSERT ON links TO allpoints_system;
GRANT SELECT, DELETE ON idempotency TO allpoints_system;
