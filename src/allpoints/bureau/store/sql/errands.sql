-- What is to be done at a hub, each once.

-- name: add_errand
-- Something to be done, in the transaction that decides it.
INSERT INTO errands (id, hub, asker, what, message, after, rank)
VALUES (%(id)s, %(hub)s, %(asker)s, %(what)s, %(message)s, %(after)s, %(rank)s)

-- name: due_errands
-- What can be done now: not those under way, not those of a hub that is down, not before what goes ahead.
SELECT id, hub, asker::text, what, message, envelope, attempts, resealed FROM errands e
WHERE state = 'waiting' AND due_at <= now() AND id <> ALL (%(running)s) AND hub <> ALL (%(down)s)
  AND (after IS NULL OR NOT EXISTS (SELECT 1 FROM errands f WHERE f.id = e.after))
ORDER BY rank, number LIMIT %(limit)s

-- name: next_errand
-- Seconds until the next one is due that was put off.
SELECT extract(epoch FROM min(due_at) - now())::float8 FROM errands WHERE state = 'waiting' AND due_at > now()

-- name: errand_envelope
-- Keep what was sealed, unless somebody was faster; what is kept is what is sent.
UPDATE errands SET envelope = coalesce(envelope, %s) WHERE id = %s RETURNING envelope

-- name: unseal_errand
-- It has to be sealed anew, under the same name.
UPDATE errands SET envelope = NULL, resealed = resealed + 1 WHERE id = %s

-- name: change_errand
-- It is about more, as what went ahead of it has told.
UPDATE errands SET what = %s WHERE id = %s AND envelope IS NULL

-- name: errand
-- One of them, locked.
SELECT id, hub, asker::text, what, message, envelope, attempts, resealed FROM errands WHERE id = %s FOR UPDATE

-- name: errands_after
-- What waits for one.
SELECT id, hub, asker::text, what, message, envelope, attempts, resealed FROM errands WHERE after = %s

-- name: leave_errand
-- It is not tried any more; what was sealed of it stays with its message, since the hub may have it.
WITH left_off AS (DELETE FROM errands WHERE id = %s RETURNING message, envelope)
UPDATE messages SET envelope = left_off.envelope FROM left_off WHERE messages.id = left_off.message

-- name: end_errand
-- It is done. No row where somebody else has noted that.
DELETE FROM errands WHERE id = %s RETURNING id

-- name: put_off_errand
-- It could not be done yet, and why.
UPDATE errands SET due_at = now() + %s, attempts = attempts + 1, problem = %s WHERE id = %s

-- name: hold_errand
-- It waits for a key, and why.
UPDATE errands SET state = 'held', held_for = %s, problem = %s WHERE id = %s

-- name: refuse_errand
-- It is refused, and why.
UPDATE errands SET state = 'refused', problem = %s WHERE id = %s

-- name: release_errands
-- What is held for a key that was decided on, or is revoked, is tried again.
UPDATE errands SET state = 'waiting', held_for = NULL, due_at = now(), problem = NULL
WHERE state = 'held' AND held_for NOT IN (
    SELECT key_id FROM correspondent_keys WHERE state = 'held' AND revoked_at IS NULL) RETURNING message

-- name: retry_errand
-- What was refused is tried again, with what has to go before it: the same bytes, since the hub may have them.
UPDATE errands SET state = 'waiting', due_at = now(), problem = NULL, attempts = 0, resealed = 0
WHERE state = 'refused' AND (id = %(id)s OR id = (SELECT after FROM errands WHERE id = %(id)s)) RETURNING id

-- name: count_errands
-- How many wait, and how many are held or refused.
SELECT count(*) FILTER (WHERE state = 'waiting'), count(*) FILTER (WHERE state <> 'waiting') FROM errands
