-- Candidate lists and what examiners decide: as allpoints_hub, which sees the asker's bureau's own lists alone.

-- name: open_examination
-- A check found something by a biometric modality: its candidate list, not yet assigned to anybody.
INSERT INTO examinations (bureau, asked_by, agency, purpose, clearance, verify)
VALUES (%s, %s, %s, %s, %s, %s) RETURNING id

-- name: propose_candidates
-- As the check disclosed them, in its order.
INSERT INTO examination_candidates (examination_id, record_id, rank, owner, level, modality, agreement, score, llr, strength)
SELECT %s, * FROM unnest(%s::bigint[], %s::smallint[], %s::text[], %s::text[], %s::text[], %s::text[],
                         %s::double precision[], %s::double precision[], %s::text[])

-- name: keep_probes
-- The check's own pictures and templates, sealed, for as long as the list is under way.
INSERT INTO examination_probes (examination_id, number, modality, picture, template)
SELECT %s, * FROM unnest(%s::smallint[], %s::text[], %b::bytea[], %b::bytea[])

-- name: examinations
-- A page of the bureau's lists, the newest last; `mine` are those assigned to the user.
SELECT id, asked_by, agency, purpose, clearance, verify, round, state, examiner, verifier, created_at, concluded_at
FROM examinations
WHERE id > %(after)s AND (%(state)s::text IS NULL OR state = %(state)s)
  AND (%(mine)s::text IS NULL OR %(mine)s IN (examiner, verifier))
ORDER BY id LIMIT %(limit)s

-- name: examination
-- One of the bureau's lists.
SELECT id, asked_by, agency, purpose, clearance, verify, round, state, examiner, verifier, created_at, concluded_at
FROM examinations WHERE id = %s

-- name: examination_for_change
-- Locks the list: of two who decide or assign at once, the second sees what the first did.
SELECT id, asked_by, agency, purpose, clearance, verify, round, state, examiner, verifier, created_at, concluded_at
FROM examinations WHERE id = %s FOR UPDATE

-- name: examination_candidates
-- What the check proposed; whether it is still disclosed, the records' conditions say.
SELECT record_id, rank, owner, level, modality, agreement, score, llr, strength
FROM examination_candidates WHERE examination_id = %s ORDER BY rank

-- name: examination_decisions
-- All of a list, the blind ones too: who may see which, `hits/deciding.py` says.
SELECT record_id, round, verification, examiner, decision, reason, name, decided_at
FROM examination_decisions WHERE examination_id = %s ORDER BY round, verification, decided_at, record_id

-- name: examination_probes
-- The sealed pictures and templates of the check.
SELECT number, modality, picture, template FROM examination_probes WHERE examination_id = %s ORDER BY number

-- name: examination_probe_kinds
-- Which pictures there are, without them.
SELECT number, modality FROM examination_probes WHERE examination_id = %s ORDER BY number

-- name: change_examination
-- Only after `examination_for_change` has locked the list.
UPDATE examinations SET state = %s, round = %s, examiner = %s, verifier = %s,
       concluded_at = CASE WHEN %s = 'concluded' THEN now() END
WHERE id = %s

-- name: decide_candidate
-- One examiner's decision on one candidate; a second one in the same part of the same round is refused.
INSERT INTO examination_decisions (examination_id, record_id, round, verification, examiner, decision, reason, name)
VALUES (%s, %s, %s, %s, %s, %s, %s, %s) ON CONFLICT DO NOTHING RETURNING decided_at

-- name: delete_probes
-- At the conclusion nobody needs them any more; row-level security lets no others go.
DELETE FROM examination_probes WHERE examination_id = %s

-- name: examinations_under_way
-- A page of lists that have not ended, for the housekeeper to see which of them need nobody any more.
SELECT id, bureau FROM examinations WHERE id > %s AND state NOT IN ('concluded', 'lapsed') ORDER BY id LIMIT %s

-- name: lapse_examinations
-- What nobody has decided in time; `delete_lapsed_probes` follows.
UPDATE examinations SET state = 'lapsed', concluded_at = now()
WHERE id IN (SELECT id FROM examinations WHERE undecided_too_long(state, created_at) ORDER BY id LIMIT %s)
RETURNING id, bureau

-- name: delete_lapsed_probes
-- Pictures and templates of lists that have just lapsed.
DELETE FROM examination_probes WHERE examination_id = ANY (%s)

-- name: forget_examinations
-- Lists of whose candidates none is left: their records were purged.
DELETE FROM examinations e WHERE NOT EXISTS (SELECT 1 FROM examination_candidates c WHERE c.examination_id = e.id)
