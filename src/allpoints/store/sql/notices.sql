-- Notices and diffusions, as allpoints_hub under row-level security, and what the housekeeper ends of them.

-- name: add_notice
-- Beside its record, in the same transaction.
INSERT INTO notices (kind, colour, state, owner, record_id, grounds, public, published_at)
VALUES (%s, %s, %s, %s, %s, %s, %s, %s) RETURNING id

-- name: notice
-- One that the asker may see.
SELECT id, kind, colour, state, owner, record_id, number, grounds, public, review_due, requested_at, published_at
FROM notices WHERE id = %s

-- name: notice_for_change
-- The same, locked: two acts on it at once must not both find it as it was.
SELECT id, kind, colour, state, owner, record_id, number, grounds, public, review_due, requested_at, published_at
FROM notices WHERE id = %s FOR UPDATE

-- name: notices
-- A page of those that the asker may see.
SELECT id, kind, colour, state, owner, record_id, number, grounds, public, review_due, requested_at, published_at
FROM notices
WHERE id > %(after)s AND (%(kind)s::text IS NULL OR kind = %(kind)s) AND (%(colour)s::text IS NULL OR colour = %(colour)s)
  AND (%(state)s::text IS NULL OR state = %(state)s) AND (%(owner)s::text IS NULL OR owner = %(owner)s)
  AND (NOT %(due)s OR review_due OR state = 'requested')
ORDER BY id LIMIT %(limit)s

-- name: change_notice
-- Only after `notice_for_change`; `settle_notice` brings its record in line.
UPDATE notices SET state = %s, number = %s, grounds = %s, public = %s, extracted = %s, review_due = %s, published_at = %s
WHERE id = %s

-- name: settle_notice
-- See the function of that name in the migration.
SELECT settle_notice(%s)

-- name: next_notice_number
-- Counted by the year; two publications at once wait for each other, so that none is left out.
INSERT INTO notice_numbers (year, last) VALUES (%s, 1)
ON CONFLICT (year) DO UPDATE SET last = notice_numbers.last + 1 RETURNING last

-- name: add_notice_step
-- What was done, by whom and why.
INSERT INTO notice_steps (notice_id, step, at, bureau, user_name, version, reason, checklist)
VALUES (%s, %s, %s, %s, %s, %s, %s, %s)

-- name: notice_steps
-- Row-level security shows them to its owner and to the secretariat.
SELECT step, at, bureau, user_name, version, reason, checklist FROM notice_steps WHERE notice_id = %s ORDER BY id

-- name: add_notice_pictures
-- Those of a new notice, or the new ones of a corrected one.
INSERT INTO notice_pictures (notice_id, number, caption, public, width, height, body)
SELECT * FROM unnest(%b::bigint[], %b::smallint[], %b::text[], %b::boolean[], %b::integer[], %b::integer[], %b::bytea[])

-- name: drop_notice_pictures
-- Before a corrected one gets its new ones.
DELETE FROM notice_pictures WHERE notice_id = %s

-- name: notice_pictures
-- What there is to look at.
SELECT number, caption, public, width, height FROM notice_pictures WHERE notice_id = %s ORDER BY number

-- name: notice_picture
-- One of them, sealed.
SELECT body FROM notice_pictures WHERE notice_id = %s AND number = %s

-- name: reviewed_records
-- For the secretariat alone: see the function of that name in the migration.
SELECT id, version, state, contributed_at, owner, reference, kind, identifiers, condition_set, evaluation, valid_until,
       review_by, body, contact, notice
FROM reviewed_records(%b::bigint[])

-- name: public_extracts
-- For everybody: see the function of that name in the migration.
SELECT id, extracted FROM public_extracts(%s, %s)

-- name: public_extract
-- The same, by number.
SELECT extracted FROM public_extract(%s)

-- name: public_picture
-- For everybody, sealed: see the function of that name in the migration.
SELECT notice_id, body FROM public_picture(%s, %s)

-- name: expire_notices
-- As allpoints_system: their records' validity is over. What somebody acts on just now is skipped and comes next time.
UPDATE notices SET state = 'expired' WHERE id IN (
    SELECT n.id FROM notices n JOIN records r ON r.id = n.record_id
    WHERE n.state NOT IN ('refused', 'cancelled', 'expired') AND r.valid_until < current_date
    ORDER BY n.id LIMIT %s FOR UPDATE OF n SKIP LOCKED
) RETURNING id, kind, colour, number, owner, record_id,
            (SELECT version FROM records r WHERE r.id = record_id)

-- name: add_expiry_steps
-- As allpoints_system, for the notices that have just expired.
INSERT INTO notice_steps (notice_id, step, bureau, user_name, version)
SELECT id, 'expired', 'HUB', 'housekeeper', version FROM unnest(%b::bigint[], %b::integer[]) AS t (id, version)

-- name: noticed_records
-- The records of notices as the asker may see them: own ones in whatever state.
SELECT r.id, r.version, r.state, r.contributed_at, r.owner, r.reference, r.kind, r.identifiers, r.condition_set,
       r.evaluation, r.valid_until, r.review_by, p.body, b.contact, p.notice
FROM records r LEFT JOIN particulars p ON p.record_id = r.id
LEFT JOIN bureaus b ON b.code = r.owner
WHERE r.id = ANY (%s)
