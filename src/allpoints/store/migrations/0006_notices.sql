-- Notices and diffusions. Each is about one record of its owner's, and that record is the notice: it is held back while
-- nothing is published, found by checks while it is, and withdrawn when it ends.
--
-- Only `settle_notice` brings a record in line with its notice, and writes the mark that a full disclosure carries. It
-- takes no word of the hub's program for it but reads the notice's own row, and who may write what into that row the
-- rules below say.

SET search_path = allpoints;

ALTER TABLE records DROP CONSTRAINT records_state_check,
                    ADD CHECK (state IN ('active', 'held', 'withdrawn'));
ALTER TABLE particulars ADD COLUMN notice json;   -- the mark; beside the particulars, since it is shown with them

CREATE TABLE notices (
    id           bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    kind         text NOT NULL CHECK (kind IN ('notice', 'diffusion')),
    colour       text NOT NULL CHECK (colour IN ('red', 'yellow', 'blue', 'black', 'green', 'orange', 'purple',
                                                 'silver', 'special')),
    state        text NOT NULL CHECK (state IN ('requested', 'returned', 'published', 'suspended', 'sent', 'refused',
                                                'cancelled', 'expired')),
    owner        text NOT NULL CHECK (owner <> 'HUB'),    -- so that whoever requests never reviews
    record_id    bigint NOT NULL UNIQUE REFERENCES records ON DELETE CASCADE,
    number       text NOT NULL DEFAULT '',
    grounds      json NOT NULL,
    public       text[] NOT NULL DEFAULT '{}',            -- what its owner opens to everybody
    extracted    json,                                    -- the same as it was reviewed, which everybody reads
    review_due   boolean NOT NULL DEFAULT false,          -- corrected, and not reviewed since
    requested_at timestamptz NOT NULL DEFAULT now(),
    published_at timestamptz,
    -- A diffusion is neither reviewed nor published.
    CHECK (kind = 'notice' OR (state IN ('sent', 'cancelled', 'expired') AND number = '' AND extracted IS NULL)),
    CHECK (kind = 'diffusion' OR state <> 'sent'),
    CHECK (state NOT IN ('published', 'suspended') OR number <> ''),
    CHECK (extracted IS NULL OR (public <> '{}' AND NOT review_due))
);
CREATE INDEX notices_by_owner ON notices (owner, id);
CREATE UNIQUE INDEX notices_by_number ON notices (number) WHERE number <> '';
CREATE INDEX notices_for_everybody ON notices (id) WHERE state = 'published' AND extracted IS NOT NULL;

CREATE TABLE notice_numbers (
    year integer PRIMARY KEY,
    last integer NOT NULL
);

-- Its life, for its owner and the secretariat; the log has an entry for each step.
CREATE TABLE notice_steps (
    id        bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    notice_id bigint NOT NULL REFERENCES notices ON DELETE CASCADE,
    step      text NOT NULL CHECK (step IN ('requested', 'sent', 'corrected', 'published', 'returned', 'refused',
                                            'suspended', 'lifted', 'cancelled', 'expired')),
    at        timestamptz NOT NULL DEFAULT now(),
    bureau    text NOT NULL,
    user_name text NOT NULL,
    version   integer NOT NULL,
    reason    text NOT NULL DEFAULT '',
    checklist json
);
CREATE INDEX notice_steps_by_notice ON notice_steps (notice_id, id);

-- Pictures to look at, sealed like all pictures.
CREATE TABLE notice_pictures (
    notice_id bigint NOT NULL REFERENCES notices ON DELETE CASCADE,
    number    smallint NOT NULL,
    caption   text NOT NULL,
    public    boolean NOT NULL,
    width     integer NOT NULL,
    height    integer NOT NULL,
    body      bytea NOT NULL,
    PRIMARY KEY (notice_id, number)
);

-- Row-level security --------------------------------------------------------------------------------------

ALTER TABLE notices ENABLE ROW LEVEL SECURITY;
ALTER TABLE notices FORCE ROW LEVEL SECURITY;
-- What is published or sent is seen by whom the record is shown in full. Diffusions are no affair of the secretariat's.
CREATE POLICY askers_read ON notices FOR SELECT TO allpoints_hub USING (
    owner = asker('bureau')
    OR (kind = 'notice' AND asker('bureau') = 'HUB')
    OR (state IN ('published', 'sent') AND EXISTS (
        SELECT 1 FROM records r WHERE r.id = record_id
            AND released(r.owner, r.state, r.valid_until, r.condition_set) = 'full')));
CREATE POLICY owners_announce ON notices FOR INSERT TO allpoints_hub WITH CHECK (
    owner = asker('bureau') AND state IN ('requested', 'sent') AND number = '' AND extracted IS NULL
    AND EXISTS (SELECT 1 FROM records r WHERE r.id = record_id AND r.owner = asker('bureau')));
CREATE POLICY owners_change ON notices FOR UPDATE TO allpoints_hub
    USING (owner = asker('bureau')) WITH CHECK (owner = asker('bureau'));
CREATE POLICY secretariat_reviews ON notices FOR UPDATE TO allpoints_hub
    USING (kind = 'notice' AND asker('bureau') = 'HUB') WITH CHECK (kind = 'notice' AND asker('bureau') = 'HUB');
CREATE POLICY system_sees ON notices FOR SELECT TO allpoints_system USING (true);
-- A notice ends with the validity of its record, whoever asks.
CREATE POLICY system_expires ON notices FOR UPDATE TO allpoints_system
    USING (EXISTS (SELECT 1 FROM records r WHERE r.id = record_id AND r.valid_until < current_date))
    WITH CHECK (state = 'expired');

-- An owner changes its notices, but what the secretariat decides it cannot write, and what has ended stays so.
CREATE FUNCTION keep_to_the_review() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.state IN ('refused', 'cancelled', 'expired') THEN
        RAISE EXCEPTION 'the notice has ended' USING ERRCODE = 'insufficient_privilege';
    ELSIF asker('bureau') IS DISTINCT FROM 'HUB' AND (
        (NEW.state = 'published' AND OLD.state <> 'published') OR NEW.number <> OLD.number
        OR (OLD.review_due AND NOT NEW.review_due AND NEW.state IN ('published', 'suspended'))
        OR (NEW.extracted IS NOT NULL AND NEW.extracted::text IS DISTINCT FROM OLD.extracted::text)
    ) THEN
        RAISE EXCEPTION 'only the secretariat publishes' USING ERRCODE = 'insufficient_privilege';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER keep_to_the_review BEFORE UPDATE ON notices FOR EACH ROW EXECUTE FUNCTION keep_to_the_review();

ALTER TABLE notice_numbers ENABLE ROW LEVEL SECURITY;
ALTER TABLE notice_numbers FORCE ROW LEVEL SECURITY;
CREATE POLICY secretariat_counts ON notice_numbers FOR ALL TO allpoints_hub USING (asker('bureau') = 'HUB');

-- The notices' own policy holds within.
ALTER TABLE notice_steps ENABLE ROW LEVEL SECURITY;
ALTER TABLE notice_steps FORCE ROW LEVEL SECURITY;
CREATE POLICY both_sides_read ON notice_steps FOR SELECT TO allpoints_hub USING (EXISTS (
    SELECT 1 FROM notices n WHERE n.id = notice_id AND asker('bureau') IN (n.owner, 'HUB')));
CREATE POLICY both_sides_step ON notice_steps FOR INSERT TO allpoints_hub WITH CHECK (
    bureau = asker('bureau') AND EXISTS (
        SELECT 1 FROM notices n WHERE n.id = notice_id AND asker('bureau') IN (n.owner, 'HUB')));
CREATE POLICY system_steps ON notice_steps FOR INSERT TO allpoints_system
    WITH CHECK (bureau = 'HUB' AND step = 'expired');

ALTER TABLE notice_pictures ENABLE ROW LEVEL SECURITY;
ALTER TABLE notice_pictures FORCE ROW LEVEL SECURITY;
CREATE POLICY askers_look ON notice_pictures FOR SELECT TO allpoints_hub USING (EXISTS (
    SELECT 1 FROM notices n WHERE n.id = notice_id));
-- Not while everybody reads the notice: what they see was reviewed.
CREATE POLICY owners_show ON notice_pictures FOR INSERT TO allpoints_hub WITH CHECK (EXISTS (
    SELECT 1 FROM notices n WHERE n.id = notice_id AND n.owner = asker('bureau') AND n.extracted IS NULL));
CREATE POLICY owners_replace ON notice_pictures FOR DELETE TO allpoints_hub USING (EXISTS (
    SELECT 1 FROM notices n WHERE n.id = notice_id AND n.owner = asker('bureau')));
CREATE POLICY system_sees ON notice_pictures FOR SELECT TO allpoints_system USING (true);

-- What the functions below may do: they run as the schema's owner, whom row-level security binds as well, and reach
-- only what belongs to a notice. Queries of the hub's own roles never meet these policies, so no check pays for them.
CREATE POLICY settling ON notices FOR SELECT TO allpoints_owner USING (true);
CREATE POLICY settling ON records FOR ALL TO allpoints_owner
    USING (EXISTS (SELECT 1 FROM notices n WHERE n.record_id = records.id));
CREATE POLICY settling ON particulars FOR ALL TO allpoints_owner
    USING (EXISTS (SELECT 1 FROM notices n WHERE n.record_id = particulars.record_id));
CREATE POLICY settling ON templates FOR ALL TO allpoints_owner
    USING (EXISTS (SELECT 1 FROM notices n WHERE n.record_id = templates.record_id));
CREATE POLICY settling ON pictures FOR ALL TO allpoints_owner
    USING (EXISTS (SELECT 1 FROM notices n WHERE n.record_id = pictures.record_id));
CREATE POLICY settling ON notice_pictures FOR ALL TO allpoints_owner USING (true);

-- Brings a record in line with its notice: state, mark, change feed. With its end all pictures and templates go.
CREATE FUNCTION settle_notice(which bigint) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = allpoints, pg_temp AS $$
DECLARE
    n notices;
    wanted text;
    wiped boolean := false;
BEGIN
    SELECT * INTO STRICT n FROM notices WHERE id = which;
    wanted := CASE WHEN n.state IN ('published', 'sent') THEN 'active'
                   WHEN n.state IN ('requested', 'returned', 'suspended') THEN 'held'
                   ELSE 'withdrawn' END;
    UPDATE records SET state = wanted, withdrawn_at = CASE WHEN wanted = 'withdrawn' THEN now() END
    WHERE id = n.record_id AND state <> wanted;
    UPDATE particulars SET notice = json_strip_nulls(json_build_object(
        'id', n.id, 'kind', n.kind, 'colour', n.colour, 'number', nullif(n.number, ''),
        'since', (n.published_at AT TIME ZONE 'UTC')::date)) WHERE record_id = n.record_id;
    IF wanted = 'withdrawn' THEN
        DELETE FROM templates WHERE record_id = n.record_id;
        DELETE FROM pictures WHERE record_id = n.record_id;
        wiped := FOUND;
        DELETE FROM notice_pictures WHERE notice_id = n.id;
    END IF;
    INSERT INTO changes (record_id, wipe) VALUES (n.record_id, wiped);
END $$;

-- Nothing else lets a held record go, not even its owner's own hand, and not by way of a withdrawal either.
CREATE FUNCTION held_for_its_notice() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF current_user = 'allpoints_hub' THEN
        RAISE EXCEPTION 'only its notice lets a record go' USING ERRCODE = 'insufficient_privilege';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER held_for_its_notice BEFORE UPDATE OF state ON records FOR EACH ROW
    WHEN (OLD.state <> 'active' AND NEW.state = 'active') EXECUTE FUNCTION held_for_its_notice();

-- The records that the secretariat reviews: all of each, which nobody else but its owner sees before publication.
CREATE FUNCTION reviewed_records(ids bigint[]) RETURNS TABLE (
    id bigint, version integer, state text, contributed_at timestamptz, owner text, reference text, kind text,
    identifiers json, condition_set integer, evaluation text, valid_until date, review_by date, body json,
    contact text, notice json
) LANGUAGE sql STABLE SECURITY DEFINER SET search_path = allpoints, pg_temp AS $$
    SELECT r.id, r.version, r.state, r.contributed_at, r.owner, r.reference, r.kind, r.identifiers, r.condition_set,
           r.evaluation, r.valid_until, r.review_by, p.body, b.contact, p.notice
    FROM notices n JOIN records r ON r.id = n.record_id JOIN particulars p ON p.record_id = r.id
    LEFT JOIN bureaus b ON b.code = r.owner
    WHERE asker('bureau') = 'HUB' AND n.kind = 'notice' AND r.id = ANY (ids)
$$;

-- What everybody may read: extracts of what is published and in force, those after an id.
CREATE FUNCTION public_extracts(after bigint, most integer) RETURNS TABLE (id bigint, extracted json)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = allpoints, pg_temp AS $$
    SELECT n.id, n.extracted FROM notices n JOIN records r ON r.id = n.record_id
    WHERE n.state = 'published' AND n.extracted IS NOT NULL AND r.state = 'active' AND r.valid_until >= current_date
      AND n.id > after
    ORDER BY n.id LIMIT most
$$;

-- The one with a number; that it has one at all is said for the index.
CREATE FUNCTION public_extract(named text) RETURNS TABLE (id bigint, extracted json)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = allpoints, pg_temp AS $$
    SELECT n.id, n.extracted FROM notices n JOIN records r ON r.id = n.record_id
    WHERE n.state = 'published' AND n.extracted IS NOT NULL AND r.state = 'active' AND r.valid_until >= current_date
      AND n.number = named AND n.number <> ''
$$;

-- A picture of such an extract, where its owner lets everybody see it.
CREATE FUNCTION public_picture(named text, picture integer) RETURNS TABLE (notice_id bigint, body bytea)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = allpoints, pg_temp AS $$
    SELECT p.notice_id, p.body FROM public_extract(named) e JOIN notice_pictures p ON p.notice_id = e.id
    WHERE p.public AND p.number = picture
$$;

REVOKE EXECUTE ON FUNCTION settle_notice, reviewed_records, public_extracts, public_extract, public_picture FROM PUBLIC;
GRANT EXECUTE ON FUNCTION settle_notice TO allpoints_hub, allpoints_system;
GRANT EXECUTE ON FUNCTION reviewed_records, public_extracts, public_extract, public_picture TO allpoints_hub;

GRANT SELECT, INSERT ON notices TO allpoints_hub;
GRANT UPDATE (state, number, grounds, public, extracted, review_due, published_at) ON notices TO allpoints_hub;
GRANT SELECT, INSERT, UPDATE ON notice_numbers TO allpoints_hub;
GRANT SELECT, INSERT ON notice_steps TO allpoints_hub;
GRANT SELECT, INSERT, DELETE ON notice_pictures TO allpoints_hub;
-- The mark is no owner's to write.
REVOKE INSERT, UPDATE ON particulars FROM allpoints_hub;
GRANT INSERT (record_id, body), UPDATE (body) ON particulars TO allpoints_hub;

GRANT SELECT (id, kind, colour, state, number, owner, record_id), UPDATE (state) ON notices TO allpoints_system;
GRANT INSERT (notice_id, step, bureau, user_name, version) ON notice_steps TO allpoints_system;
GRANT SELECT (notice_id) ON notice_pictures TO allpoints_system;
