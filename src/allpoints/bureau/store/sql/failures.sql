-- name: failures
-- How many in a row there were under each of these keys, and how long ago the last one was.
SELECT key, count, extract(epoch FROM clock_timestamp() - last_at)::float8 FROM failures WHERE key = ANY (%s)

-- name: begin_counting
-- From now on failures under this key are counted.
INSERT INTO failures (key, count, last_at) VALUES (%s, 0, now()) ON CONFLICT DO NOTHING

-- name: lock_failures
-- Nobody else counts under these keys meanwhile.
SELECT key FROM failures WHERE key = ANY (%s) ORDER BY key FOR UPDATE

-- name: count_failure
-- One more, unless it turns out to be none.
UPDATE failures SET count = %(count)s, last_at = clock_timestamp() WHERE key = %(key)s

-- name: forget_failures
-- It was the right person after all.
DELETE FROM failures WHERE key = %s

-- name: forgive_failure
-- One was none; the others under this key may be somebody else's.
UPDATE failures SET count = greatest(count - 1, 0) WHERE key = %s

-- name: is_familiar
-- A row if somebody signed in from there in the last 90 days.
SELECT key FROM familiar_places WHERE key = %s AND seen_at > now() - interval '90 days'

-- name: remember_place
-- Somebody has signed in from there.
INSERT INTO familiar_places (key, seen_at) VALUES (%s, now()) ON CONFLICT (key) DO UPDATE SET seen_at = now()

-- name: tidy_failures
-- What is long ago counts no more.
DELETE FROM failures WHERE last_at <= now() - interval '1 day'

-- name: tidy_places
-- Where nobody came from for long is familiar no more.
DELETE FROM familiar_places WHERE seen_at <= now() - interval '90 days'
