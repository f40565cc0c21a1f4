-- name: add_to_trail
-- Something was done, or refused.
INSERT INTO trail (act, person, subject, address, detail)
VALUES (%(act)s, %(person)s, %(subject)s, %(address)s, %(detail)s)

-- name: trail
-- What was done, the newest first.
SELECT t.id, t.at, t.act, t.person, p.display_name, t.subject, t.address, t.detail
FROM trail t LEFT JOIN people p ON p.id = t.person
WHERE t.id < %(before)s ORDER BY t.id DESC LIMIT %(limit)s
