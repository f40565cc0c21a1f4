-- Examinations: candidate lists of biometric checks, whom they are assigned to, and what examiners decide.
--
-- A list belongs to the bureau that asked. Only people decide: a decision is a row that names its examiner, it can be
-- neither changed nor deleted, and whether a candidate is a confirmed hit or refuted is stored nowhere else.

SET search_path = allpoints;

CREATE TABLE examinations (
    id           bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    bureau       text NOT NULL,
    asked_by     text NOT NULL,          -- the user whose check it was: nobody confirms their own
    agency       text NOT NULL,
    purpose      text NOT NULL,
    clearance    smallint NOT NULL,
    verify       boolean NOT NULL,       -- a second examiner decides as well, and blind
    round        smallint NOT NULL DEFAULT 1,
    state        text NOT NULL DEFAULT 'open'
                 CHECK (state IN ('open', 'assigned', 'awaiting-verification', 'disputed', 'concluded', 'lapsed')),
    examiner     text,
    verifier     text,
    created_at   timestamptz NOT NULL DEFAULT now(),
    concluded_at timestamptz,
    -- Who asked never decides, and nobody verifies their own decision: whatever a program says.
    CHECK (examiner <> asked_by AND verifier <> asked_by AND verifier <> examiner),
    CHECK (verify OR state NOT IN ('awaiting-verification', 'disputed'))
);
CREATE INDEX examinations_by_bureau ON examinations (bureau, id);

-- What the check disclosed, in its order; conditions are re-read whenever somebody looks.
CREATE TABLE examination_candidates (
    examination_id bigint NOT NULL REFERENCES examinations ON DELETE CASCADE,
    record_id      bigint NOT NULL REFERENCES records ON DELETE CASCADE,
    rank           smallint NOT NULL,
    owner          text NOT NULL,
    level          text NOT NULL CHECK (level IN ('full', 'contact')),
    modality       text NOT NULL,
    agreement      text NOT NULL,
    score          double precision,
    llr            double precision,
    strength       text NOT NULL,
    PRIMARY KEY (examination_id, record_id)
);
CREATE INDEX examination_candidates_by_record ON examination_candidates (record_id);

-- The check's own pictures and templates, sealed; gone as soon as nobody needs them any more.
CREATE TABLE examination_probes (
    examination_id bigint NOT NULL REFERENCES examinations ON DELETE CASCADE,
    number         smallint NOT NULL,
    modality       text NOT NULL,
    picture        bytea NOT NULL,
    template       bytea NOT NULL,
    PRIMARY KEY (examination_id, number)
);

CREATE TABLE examination_decisions (
    examination_id bigint NOT NULL,
    record_id      bigint NOT NULL,
    round          smallint NOT NULL,
    verification   boolean NOT NULL,     -- the second examiner's
    examiner       text NOT NULL,
    decision       text NOT NULL CHECK (decision IN ('identification', 'exclusion', 'inconclusive')),
    reason         text NOT NULL CHECK (char_length(reason) BETWEEN 1 AND 2000),
    name           text NOT NULL,        -- the examiner's own random one: a repeated request is known by it
    decided_at     timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (examination_id, record_id, round, verification),
    FOREIGN KEY (examination_id, record_id) REFERENCES examination_candidates ON DELETE CASCADE
);

-- Row-level security --------------------------------------------------------------------------------------

ALTER TABLE examinations ENABLE ROW LEVEL SECURITY;
ALTER TABLE examinations FORCE ROW LEVEL SECURITY;
CREATE POLICY own_lists ON examinations FOR ALL TO allpoints_hub
    USING (bureau = asker('bureau')) WITH CHECK (bureau = asker('bureau'));
CREATE POLICY system_sees ON examinations FOR SELECT TO allpoints_system USING (true);

-- What nobody has decided in ninety days lapses, whoever asks.
CREATE FUNCTION undecided_too_long(state text, created_at timestamptz) RETURNS boolean
LANGUAGE sql STABLE
RETURN state NOT IN ('concluded', 'lapsed') AND created_at < now() - interval '90 days';
CREATE POLICY system_ends ON examinations FOR UPDATE TO allpoints_system
    USING (undecided_too_long(state, created_at))
    WITH CHECK (state = 'lapsed');

-- The lists' own policy holds within.
ALTER TABLE examination_candidates ENABLE ROW LEVEL SECURITY;
ALTER TABLE examination_candidates FORCE ROW LEVEL SECURITY;
CREATE POLICY own_lists ON examination_candidates FOR SELECT TO allpoints_hub USING (EXISTS (
    SELECT 1 FROM examinations e WHERE e.id = examination_id));
CREATE POLICY checks_propose ON examination_candidates FOR INSERT TO allpoints_hub WITH CHECK (EXISTS (
    SELECT 1 FROM examinations e WHERE e.id = examination_id AND e.state = 'open'));
CREATE POLICY system_sees ON examination_candidates FOR SELECT TO allpoints_system USING (true);
-- A list goes with the last of its candidates.
CREATE POLICY system_forgets ON examinations FOR DELETE TO allpoints_system USING (NOT EXISTS (
    SELECT 1 FROM examination_candidates c WHERE c.examination_id = id));

-- A probe goes when its list is concluded, or has lapsed, and no sooner.
ALTER TABLE examination_probes ENABLE ROW LEVEL SECURITY;
ALTER TABLE examination_probes FORCE ROW LEVEL SECURITY;
CREATE POLICY own_lists ON examination_probes FOR SELECT TO allpoints_hub USING (EXISTS (
    SELECT 1 FROM examinations e WHERE e.id = examination_id));
CREATE POLICY checks_keep ON examination_probes FOR INSERT TO allpoints_hub WITH CHECK (EXISTS (
    SELECT 1 FROM examinations e WHERE e.id = examination_id AND e.state = 'open'));
CREATE POLICY conclusions_delete ON examination_probes FOR DELETE TO allpoints_hub USING (EXISTS (
    SELECT 1 FROM examinations e WHERE e.id = examination_id AND e.state = 'concluded'));
CREATE POLICY system_sees ON examination_probes FOR SELECT TO allpoints_system USING (true);
CREATE POLICY system_deletes ON examination_probes FOR DELETE TO allpoints_system USING (EXISTS (
    SELECT 1 FROM examinations e WHERE e.id = examination_id AND e.state IN ('concluded', 'lapsed')));

ALTER TABLE examination_decisions ENABLE ROW LEVEL SECURITY;
ALTER TABLE examination_decisions FORCE ROW LEVEL SECURITY;
CREATE POLICY own_lists ON examination_decisions FOR SELECT TO allpoints_hub USING (EXISTS (
    SELECT 1 FROM examinations e WHERE e.id = examination_id));
-- Whom the list is assigned to, and in the round and the part that is under way.
CREATE POLICY assigned_examiners_decide ON examination_decisions FOR INSERT TO allpoints_hub WITH CHECK (EXISTS (
    SELECT 1 FROM examinations e WHERE e.id = examination_id AND e.round = examination_decisions.round
      AND CASE WHEN verification THEN e.state = 'awaiting-verification' AND e.verifier = examination_decisions.examiner
               ELSE e.state = 'assigned' AND e.examiner = examination_decisions.examiner END));

GRANT SELECT, INSERT ON examinations TO allpoints_hub;
GRANT UPDATE (state, round, examiner, verifier, concluded_at) ON examinations TO allpoints_hub;
GRANT SELECT, INSERT ON examination_candidates, examination_decisions TO allpoints_hub;
GRANT SELECT, INSERT, DELETE ON examination_probes TO allpoints_hub;
-- The housekeeper ends what nobody decided in time; it can open no picture and reads no reason.
GRANT SELECT (id, bureau, state, created_at), DELETE ON examinations TO allpoints_system;
GRANT UPDATE (state, concluded_at) ON examinations TO allpoints_system;
GRANT SELECT (examination_id) ON examination_candidates TO allpoints_system;
GRANT SELECT (examination_id), DELETE ON examination_probes TO allpoints_system;
