-- name: add_passkey
-- A new credential of somebody.
INSERT INTO passkeys (id, person, public_key, sign_count, label)
VALUES (%(id)s, %(person)s, %(public_key)s, %(sign_count)s, %(label)s)

-- name: passkey
-- A credential by its id.
SELECT id, person, public_key, sign_count, label, created_at, last_used_at FROM passkeys WHERE id = %s

-- name: passkeys_of
-- Somebody's credentials.
SELECT id, person, public_key, sign_count, label, created_at, last_used_at
FROM passkeys WHERE person = %s ORDER BY created_at

-- name: use_passkey
-- A row unless the counter moved meanwhile: then somebody else holds a copy.
UPDATE passkeys SET sign_count = %(now)s, last_used_at = now()
WHERE id = %(id)s AND sign_count = %(before)s RETURNING id

-- name: remove_passkey
-- A row if it was somebody's.
DELETE FROM passkeys WHERE id = %(id)s AND person = %(person)s RETURNING id

-- name: ask_browser
-- Something that may be answered once.
INSERT INTO challenges (hash, kind, person, content, expires_at)
VALUES (%(hash)s, %(kind)s, %(person)s, %(content)s, now() + make_interval(secs => %(seconds)s))

-- name: take_answer
-- What was asked, if it may still be answered; now it may not.
DELETE FROM challenges WHERE hash = %(hash)s AND kind = %(kind)s AND expires_at > now() RETURNING person, content

-- name: tidy_challenges
-- What nobody answered in time.
DELETE FROM challenges WHERE expires_at <= now()

-- name: tidy_invitations
-- Links that nobody followed in time.
DELETE FROM invitations WHERE expires_at <= now()
