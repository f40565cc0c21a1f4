-- Templates, which the modalities compute from records and search, and what owners say of links.
--
-- From here on allpoints_system reads one kind of particulars in another form: the templates, without which it
-- could neither build the indexes nor raise links. They say no more than the search needs.

SET search_path = allpoints;

-- Of each record what a modality compares: for names everything that describes the person.
CREATE TABLE templates (
    record_id bigint NOT NULL REFERENCES records ON DELETE CASCADE,
    modality  text NOT NULL,
    number    smallint NOT NULL,          -- from 0; a record may have several templates of a modality
    body      bytea NOT NULL,             -- as the modality's `dump` writes it
    PRIMARY KEY (record_id, modality, number)
);

ALTER TABLE templates ENABLE ROW LEVEL SECURITY;
ALTER TABLE templates FORCE ROW LEVEL SECURITY;
-- The records' own policy holds within: a template is there for whom its record is. Also where the asker is shown
-- no more than a contact or nothing, for the hub compares before access/release.py decides.
CREATE POLICY askers_compare ON templates FOR SELECT TO allpoints_hub USING (EXISTS (
    SELECT 1 FROM records r WHERE r.id = record_id));
CREATE POLICY owners_write ON templates FOR INSERT TO allpoints_hub WITH CHECK (EXISTS (
    SELECT 1 FROM records r WHERE r.id = record_id AND r.owner = asker('bureau')));
CREATE POLICY owners_replace ON templates FOR DELETE TO allpoints_hub USING (EXISTS (
    SELECT 1 FROM records r WHERE r.id = record_id AND r.owner = asker('bureau')));
CREATE POLICY system_indexes ON templates FOR SELECT TO allpoints_system USING (true);

GRANT SELECT, INSERT, DELETE ON templates TO allpoints_hub;
GRANT SELECT ON templates TO allpoints_system;
-- To tell a record that is new, and so in no index, from one that was corrected.
GRANT SELECT (version) ON records TO allpoints_system;

-- A link by an identifier has its scheme, one by a modality that modality's name. `agreements` are words that say
-- what agrees and never what it says.
ALTER TABLE links ADD COLUMN llr real,
                  ADD COLUMN agreements text[] NOT NULL DEFAULT '{}';
GRANT UPDATE (raised_at, llr, agreements) ON links TO allpoints_system;

-- What an owner said of a link, and which versions of the two records it had before it.
CREATE TABLE link_decisions (
    link_id    bigint NOT NULL REFERENCES links ON DELETE CASCADE,
    bureau     text NOT NULL,
    decision   text NOT NULL CHECK (decision IN ('same', 'different')),
    version_a  integer NOT NULL,
    version_b  integer NOT NULL,
    decided_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (link_id, bureau)
);

ALTER TABLE link_decisions ENABLE ROW LEVEL SECURITY;
ALTER TABLE link_decisions FORCE ROW LEVEL SECURITY;
-- The links' own policy holds within: only the two owners see it.
CREATE POLICY owners_read ON link_decisions FOR SELECT TO allpoints_hub USING (EXISTS (
    SELECT 1 FROM links l WHERE l.id = link_id));
CREATE POLICY owners_decide ON link_decisions FOR INSERT TO allpoints_hub
    WITH CHECK (bureau = asker('bureau') AND EXISTS (SELECT 1 FROM links l WHERE l.id = link_id));
CREATE POLICY owners_decide_anew ON link_decisions FOR UPDATE TO allpoints_hub
    USING (bureau = asker('bureau')) WITH CHECK (bureau = asker('bureau'));
-- A link that is raised anew, because a record changed, is open again.
CREATE POLICY system_reopens ON link_decisions FOR ALL TO allpoints_system USING (true);

GRANT SELECT, INSERT, UPDATE ON link_decisions TO allpoints_hub;
GRANT SELECT, DELETE ON link_decisions TO allpoints_system;
