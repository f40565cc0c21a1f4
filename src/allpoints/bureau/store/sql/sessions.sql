-- name: begin_session
-- Somebody has signed in.
INSERT INTO sessions (token_hash, person, role, purpose, expires_at)
VALUES (%(token_hash)s, %(person)s, %(role)s, %(purpose)s, %(expires_at)s)

-- name: session
-- A session that is neither over nor idle for too long, of somebody who is still who they were when it began.
SELECT s.role, s.purpose, s.expires_at, s.seen_at < now() - interval '1 minute',
    p.id, p.name, p.display_name, p.pseudonym, p.roles, p.agency, p.clearance, p.purposes, p.language, p.theme, p.active
FROM sessions s JOIN people p ON p.id = s.person
WHERE s.token_hash = %(token_hash)s AND s.expires_at > now() AND s.seen_at > now() - make_interval(mins => %(idle)s)
    AND p.active AND s.role = ANY (p.roles)

-- name: touch_session
-- It is in use.
UPDATE sessions SET seen_at = now() WHERE token_hash = %s

-- name: end_session
-- It is over. No row where it was so before.
DELETE FROM sessions WHERE token_hash = %s RETURNING person

-- name: end_sessions_of
-- All of somebody's sessions are over.
DELETE FROM sessions WHERE person = %s

-- name: tidy_sessions
-- Those that ended by themselves.
DELETE FROM sessions WHERE expires_at <= now() OR seen_at <= now() - make_interval(mins => %s)
