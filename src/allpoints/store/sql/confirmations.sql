-- The hit clock. First what the two bureaus do, as allpoints_hub; then what the housekeeper does.

-- name: ask_confirmation
-- Starts the clock of a hit; nothing where it was asked about already.
INSERT INTO confirmations (record_id, owner, level, asker, asked_by, agency, purpose, group_id, position, name, urgency,
                           asked_at, due_at, next_step_at)
VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s)
ON CONFLICT (group_id, position, record_id) DO NOTHING RETURNING id

-- name: confirmation_of_hit
-- By the asker's own entry of the check, and the record.
SELECT id FROM confirmations
WHERE group_id = %s AND position = %s AND record_id = %s AND asker = asker('bureau')

-- name: confirmations
-- A page of what the bureau asked and was asked, or one of them; the reference is for the record's owner. Row-level
-- security shows no more than the bureau's own; that it is asked for lets the indexes find it.
SELECT c.urgency, c.state, c.asked_at, c.due_at, c.reminders, c.escalated_at, c.id, c.record_id, c.owner, c.asker,
       r.reference, c.level, c.asked_by, c.agency, c.purpose, c.group_id, c.position, c.name,
       c.answered_at, c.answered_by, c.answer_name
FROM confirmations c LEFT JOIN records r ON r.id = c.record_id AND r.owner = asker('bureau')
WHERE (c.asker = asker('bureau') AND %(side)s::text IS DISTINCT FROM 'owed'
       OR c.owner = asker('bureau') AND %(side)s::text IS DISTINCT FROM 'asked')
  AND c.id > %(after)s AND (%(id)s::bigint IS NULL OR c.id = %(id)s)
  AND (%(state)s::text IS NULL OR c.state = %(state)s)
ORDER BY c.id LIMIT %(limit)s

-- name: answer_confirmation
-- The owner alone, once; row-level security refuses everybody else and everything that is answered or withdrawn.
UPDATE confirmations SET state = %s, answered_at = %s, answered_by = %s, answer_name = %s
WHERE id = %s AND owner = asker('bureau') AND state IN ('asked', 'lapsed') RETURNING id

-- name: confirmation_tallies
-- Of what the bureau asked and owed: all together (no urgency), and by urgency.
SELECT CASE WHEN owner = asker('bureau') THEN 'owed' ELSE 'asked' END AS side, urgency, count(*), count(answered_at),
       percentile_cont(0.5) WITHIN GROUP (ORDER BY extract(epoch FROM answered_at - asked_at)),
       percentile_cont(0.9) WITHIN GROUP (ORDER BY extract(epoch FROM answered_at - asked_at)),
       count(*) FILTER (WHERE state <> 'withdrawn' AND coalesce(answered_at, %(now)s) > due_at),
       count(*) FILTER (WHERE state IN ('asked', 'lapsed') AND %(now)s > due_at),
       count(*) FILTER (WHERE state = 'withdrawn'),
       avg((state = 'refuted')::integer) FILTER (WHERE answered_at IS NOT NULL)::double precision
FROM confirmations
WHERE (asker = asker('bureau') OR owner = asker('bureau'))
  AND asked_at >= %(since)s::date::timestamp AT TIME ZONE 'UTC'
GROUP BY GROUPING SETS ((1), (1, urgency))

-- name: open_medians
-- See the function of that name in the migration: what every member may know of every other one.
SELECT bureau, median_s FROM open_medians()

-- name: due_confirmations
-- Whose next step is due, or whose record is withdrawn or purged; one that is only held back, with its notice suspended,
-- may come back. What an owner is answering just now, or another housekeeper has in hand, is skipped.
SELECT c.urgency, c.state, c.asked_at, c.due_at, c.reminders, c.escalated_at, c.id, c.record_id, c.owner, c.asker,
       r.id IS NULL
FROM confirmations c LEFT JOIN records r ON r.id = c.record_id AND r.state <> 'withdrawn'
WHERE c.state = 'asked' AND (c.next_step_at <= %(now)s OR r.id IS NULL)
ORDER BY c.id LIMIT %(limit)s FOR UPDATE OF c SKIP LOCKED

-- name: step_confirmations
-- Only after `due_confirmations` has locked them.
UPDATE confirmations c SET state = s.state, reminders = s.reminders, escalated_at = s.escalated_at,
       next_step_at = s.next_step_at
FROM unnest(%s::bigint[], %s::text[], %s::smallint[], %s::timestamptz[], %s::timestamptz[])
    AS s (id, state, reminders, escalated_at, next_step_at)
WHERE c.id = s.id

-- name: forget_confirmations
-- What no statistics need any more; row-level security lets nothing else go.
DELETE FROM confirmations WHERE outlived(state, asked_at)
