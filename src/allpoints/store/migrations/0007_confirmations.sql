-- The hit clock: an asker has the owner of a record confirm a hit on it, within a time.
--
-- Only the owner confirms or refutes: no other role can write those states, whatever a program says, and an answer
-- names who gave it. Nobody but the two bureaus sees a confirmation.

SET search_path = allpoints;

CREATE TABLE confirmations (
    id           bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    record_id    bigint NOT NULL,        -- as in reads, an id without the record: it outlives a purge
    owner        text NOT NULL,
    level        text NOT NULL CHECK (level IN ('full', 'contact')),  -- what is silent cannot be asked about
    asker        text NOT NULL CHECK (asker <> owner),
    asked_by     text NOT NULL,
    agency       text NOT NULL,
    purpose      text NOT NULL,
    group_id     bigint NOT NULL,        -- the asker's entry of the check that showed it the record
    position     integer NOT NULL,
    name         text NOT NULL,          -- the asker's own random one: a repeated request is known by it
    urgency      text NOT NULL CHECK (urgency IN ('gate', 'urgent', 'routine')),
    state        text NOT NULL DEFAULT 'asked'
                 CHECK (state IN ('asked', 'confirmed', 'refuted', 'lapsed', 'withdrawn')),
    asked_at     timestamptz NOT NULL,
    due_at       timestamptz NOT NULL CHECK (due_at > asked_at),
    next_step_at timestamptz NOT NULL,   -- when the housekeeper has to look at it
    reminders    smallint NOT NULL DEFAULT 0,
    escalated_at timestamptz,
    answered_at  timestamptz,
    answered_by  text,
    answer_name  text,
    -- Nothing confirms itself: where there is an outcome, there is an answer, and who gave it.
    CHECK ((state IN ('confirmed', 'refuted')) = (answered_at IS NOT NULL)),
    CHECK (num_nulls(answered_at, answered_by, answer_name) IN (0, 3)),
    -- A hit is asked about once. What has lapsed can still be answered.
    UNIQUE (group_id, position, record_id)
);
CREATE INDEX confirmations_by_owner ON confirmations (owner, id);
CREATE INDEX confirmations_by_asker ON confirmations (asker, id);
CREATE INDEX confirmations_running ON confirmations (next_step_at) WHERE state = 'asked';

-- Row-level security --------------------------------------------------------------------------------------

ALTER TABLE confirmations ENABLE ROW LEVEL SECURITY;
ALTER TABLE confirmations FORCE ROW LEVEL SECURITY;
CREATE POLICY both_sides_read ON confirmations FOR SELECT TO allpoints_hub
    USING (asker('bureau') IN (asker, owner));
-- Whom the record is disclosed to, and nobody else.
CREATE POLICY askers_ask ON confirmations FOR INSERT TO allpoints_hub
    WITH CHECK (asker = asker('bureau') AND state = 'asked' AND EXISTS (
        SELECT 1 FROM records r WHERE r.id = record_id AND r.owner = confirmations.owner
            AND released(r.owner, r.state, r.valid_until, r.condition_set) = level));
CREATE POLICY owners_answer ON confirmations FOR UPDATE TO allpoints_hub
    USING (owner = asker('bureau') AND state IN ('asked', 'lapsed'))
    WITH CHECK (owner = asker('bureau') AND state IN ('confirmed', 'refuted'));

-- The housekeeper reminds and ends. It cannot answer.
CREATE POLICY system_sees ON confirmations FOR SELECT TO allpoints_system USING (true);
CREATE POLICY system_steps ON confirmations FOR UPDATE TO allpoints_system
    USING (state = 'asked') WITH CHECK (state IN ('asked', 'lapsed', 'withdrawn'));

-- Statistics reach back over a year; then nobody needs to know any more who asked about what.
CREATE FUNCTION outlived(state text, asked_at timestamptz) RETURNS boolean LANGUAGE sql STABLE
RETURN state <> 'asked' AND asked_at < now() - interval '400 days';
CREATE POLICY system_forgets ON confirmations FOR DELETE TO allpoints_system USING (outlived(state, asked_at));

GRANT SELECT, INSERT ON confirmations TO allpoints_hub;
GRANT UPDATE (state, answered_at, answered_by, answer_name) ON confirmations TO allpoints_hub;
GRANT SELECT (id, record_id, owner, asker, urgency, state, asked_at, due_at, next_step_at, reminders, escalated_at),
      UPDATE (state, next_step_at, reminders, escalated_at), DELETE ON confirmations TO allpoints_system;

-- Counted in the open -------------------------------------------------------------------------------------

-- How fast each member answers, for every member to see: the one thing that crosses the bureaus' walls. Of fewer than
-- five answers a median would tell of single cases, and so would the medians of two times that differ by a day: nobody
-- chooses the time. The function counts as the schema's owner, whom row-level security
-- binds, too; it is not named, for a restored database may have another one.
CREATE POLICY counted_in_the_open ON confirmations FOR SELECT
    USING (current_user = (SELECT pg_get_userbyid(relowner) FROM pg_class WHERE oid = 'confirmations'::regclass));
CREATE FUNCTION open_medians() RETURNS TABLE (bureau text, median_s double precision)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = allpoints, pg_temp
AS $$
    SELECT b.code, CASE WHEN count(c.answered_at) >= 5 THEN
        percentile_cont(0.5) WITHIN GROUP (ORDER BY extract(epoch FROM c.answered_at - c.asked_at)) END
    FROM bureaus b LEFT JOIN confirmations c ON c.owner = b.code
         AND c.asked_at >= date_trunc('day', now(), 'UTC') - interval '90 days'
    WHERE b.code <> 'HUB' GROUP BY b.code ORDER BY b.code
$$;
REVOKE ALL ON FUNCTION open_medians FROM PUBLIC;
GRANT EXECUTE ON FUNCTION open_medians TO allpoints_hub;
