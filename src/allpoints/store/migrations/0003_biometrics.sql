-- Pictures of the body, beside the templates that are made of them. Both are sealed before they come here, with a key
-- that is neither in the database nor in its backup; they go with the withdrawal of their record.

SET search_path = allpoints;

CREATE TABLE pictures (
    record_id bigint NOT NULL REFERENCES records ON DELETE CASCADE,
    number    smallint NOT NULL,          -- that of the template that was made of it
    modality  text NOT NULL,
    body      bytea NOT NULL,             -- sealed: the picture, its finger and its resolution
    PRIMARY KEY (record_id, number)
);

ALTER TABLE pictures ENABLE ROW LEVEL SECURITY;
ALTER TABLE pictures FORCE ROW LEVEL SECURITY;
-- As particulars: only on full release. What an examiner looks at is no more than the owner shows.
CREATE POLICY askers_read ON pictures FOR SELECT TO allpoints_hub USING (EXISTS (
    SELECT 1 FROM records r WHERE r.id = record_id
        AND released(r.owner, r.state, r.valid_until, r.condition_set) IN ('own', 'full')));
CREATE POLICY owners_write ON pictures FOR INSERT TO allpoints_hub WITH CHECK (EXISTS (
    SELECT 1 FROM records r WHERE r.id = record_id AND r.owner = asker('bureau')));
CREATE POLICY owners_delete ON pictures FOR DELETE TO allpoints_hub USING (EXISTS (
    SELECT 1 FROM records r WHERE r.id = record_id AND r.owner = asker('bureau')));

-- The housekeeper needs none of them.
GRANT SELECT, INSERT, DELETE ON pictures TO allpoints_hub;

-- A change after which something of the body is to be wiped from the indexes' files within seconds.
ALTER TABLE changes ADD COLUMN wipe boolean NOT NULL DEFAULT false;

-- By which key all of this is sealed: a hash that names it without giving it away, so that a wrong one is noticed
-- before anything is sealed with it.
CREATE TABLE template_key (
    only_row    boolean PRIMARY KEY DEFAULT true CHECK (only_row),
    fingerprint bytea NOT NULL
);
GRANT SELECT, INSERT, UPDATE ON template_key TO allpoints_system;
