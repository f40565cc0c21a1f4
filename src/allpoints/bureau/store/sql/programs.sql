-- Tokens of programs. Queries return the columns of `ProgramToken`, those of its person last, in the order of `Person`.

-- name: add_program_token
-- A program may work at the node.
INSERT INTO program_tokens (token_hash, person, role, purpose, expires_at)
VALUES (%(token_hash)s, %(person)s, %(role)s, %(purpose)s, %(expires_at)s) RETURNING number

-- name: program_token
-- The one that a program shows, in force or not.
SELECT t.number, t.role, t.purpose, t.made_at, t.expires_at, t.ended_at,
    p.id, p.name, p.display_name, p.pseudonym, p.roles, p.agency, p.clearance, p.purposes, p.language, p.theme, p.active
FROM program_tokens t JOIN people p ON p.id = t.person WHERE t.token_hash = %s

-- name: program_tokens
-- All that were ever made.
SELECT t.number, t.role, t.purpose, t.made_at, t.expires_at, t.ended_at,
    p.id, p.name, p.display_name, p.pseudonym, p.roles, p.agency, p.clearance, p.purposes, p.language, p.theme, p.active
FROM program_tokens t JOIN people p ON p.id = t.person ORDER BY t.number

-- name: program_tokens_of
-- Those of one person that nobody has ended.
SELECT t.number, t.role, t.purpose, t.made_at, t.expires_at, t.ended_at,
    p.id, p.name, p.display_name, p.pseudonym, p.roles, p.agency, p.clearance, p.purposes, p.language, p.theme, p.active
FROM program_tokens t JOIN people p ON p.id = t.person WHERE p.id = %s AND t.ended_at IS NULL ORDER BY t.number

-- name: end_program_token
-- It is good no more. No row where it has ended before.
UPDATE program_tokens SET ended_at = now() WHERE number = %s AND ended_at IS NULL RETURNING person
