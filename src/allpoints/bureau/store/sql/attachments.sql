-- Attachments: what opens them and how far they are. Their sealed parts lie in the data folder.

-- name: add_attachment
-- A file that somebody attaches to what they write, or that comes with a message; no row where its id is taken.
INSERT INTO attachments (id, message, place, described, state, attached_by, size)
VALUES (%(id)s, %(message)s, %(place)s, %(described)s, 'arriving', %(attached_by)s, %(size)s)
ON CONFLICT (id) DO NOTHING RETURNING id

-- name: lock_unsent
-- Nothing else of this account is counted meanwhile.
SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))

-- name: unsent_bytes
-- What an account has attached and not sent.
SELECT coalesce(sum(size), 0)::bigint FROM attachments WHERE attached_by = %s AND message IS NULL

-- name: give_attachment
-- It belongs to a message from now on; no row where it belongs to another, or is not there.
UPDATE attachments SET message = %s, place = %s WHERE id = %s AND message IS NULL AND state = 'whole' RETURNING described

-- name: attachment
-- One of them.
SELECT id, message, described, state, found_type, honest, problem FROM attachments WHERE id = %s

-- name: attachments_of
-- Those of messages, in their order.
SELECT id, message, described, state, found_type, honest, problem
FROM attachments WHERE message = ANY (%s) ORDER BY message, place

-- name: end_arriving
-- All parts are here, or it is known to be broken.
UPDATE attachments SET state = %s, found_type = %s, honest = %s, problem = %s WHERE id = %s AND state = 'arriving'

-- name: drop_attachment
-- Somebody has thought better of it.
DELETE FROM attachments WHERE id = %s AND message IS NULL RETURNING id

-- name: abandoned_attachments
-- What belongs to nothing for long: nobody sent it.
DELETE FROM attachments WHERE message IS NULL AND attached_at < now() - %s::interval RETURNING id

-- name: recall_attachments
-- Its message was recalled.
UPDATE attachments SET state = 'recalled', described = '', found_type = '', problem = '' WHERE message = %s RETURNING id
