-- name: person
-- Somebody by their number.
SELECT id, name, display_name, pseudonym, roles, agency, clearance, purposes, language, theme, active
FROM people WHERE id = %s

-- name: person_named
-- Somebody by the name they sign in with.
SELECT id, name, display_name, pseudonym, roles, agency, clearance, purposes, language, theme, active
FROM people WHERE name = %s

-- name: people
-- Everybody.
SELECT id, name, display_name, pseudonym, roles, agency, clearance, purposes, language, theme, active
FROM people ORDER BY name

-- name: add_person
-- Somebody new.
INSERT INTO people (name, display_name, pseudonym, roles, agency, clearance, purposes, language)
VALUES (%(name)s, %(display_name)s, %(pseudonym)s, %(roles)s, %(agency)s, %(clearance)s, %(purposes)s, %(language)s)
RETURNING id
