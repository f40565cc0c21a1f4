-- Queries about people return the columns of `Person`, in its order.

-- name: person
-- Somebody by their number.
SELECT id, name, display_name, pseudonym, roles, agency, clearance, purposes, language, theme, active
FROM people WHERE id = %s

-- name: person_named
-- Somebody by the name they sign in with.
SELECT id, name, display_name, pseudonym, roles, agency, clearance, purposes, language, theme, active
FROM people WHERE name = %s

-- name: person_of_openid
-- Somebody by the account at an OpenID Connect provider that an administrator linked.
SELECT id, name, display_name, pseudonym, roles, agency, clearance, purposes, language, theme, active
FROM people WHERE openid = %s

-- name: may_still
-- A row if somebody is still here, with what is claimed of them.
SELECT id FROM people
WHERE pseudonym = %(pseudonym)s AND active AND %(role)s = ANY (roles) AND agency = %(agency)s
  AND clearance = %(clearance)s AND (%(purpose)s::text IS NULL OR %(purpose)s = ANY (purposes))

-- name: people
-- Everybody.
SELECT id, name, display_name, pseudonym, roles, agency, clearance, purposes, language, theme, active
FROM people ORDER BY name

-- name: lock_people
-- Changes of who may do what come one after the other, so that two of them cannot leave nobody to administer.
SELECT pg_advisory_xact_lock(hashtext('bureau.people'))

-- name: add_person
-- Somebody new.
INSERT INTO people (name, display_name, pseudonym, roles, agency, clearance, purposes, language)
VALUES (%(name)s, %(display_name)s, %(pseudonym)s, %(roles)s, %(agency)s, %(clearance)s, %(purposes)s, %(language)s)
RETURNING id

-- name: change_person
-- What an administrator may change of somebody.
UPDATE people SET display_name = %(display_name)s, roles = %(roles)s, agency = %(agency)s, clearance = %(clearance)s,
    purposes = %(purposes)s, active = %(active)s
WHERE id = %(id)s

-- name: set_preferences
-- What somebody chooses for themselves.
UPDATE people SET language = %(language)s, theme = %(theme)s WHERE id = %(id)s

-- name: link_openid
-- The account elsewhere with which somebody signs in; none to end that.
UPDATE people SET openid = %(openid)s WHERE id = %(id)s

-- name: secrets
-- What a sign-in is compared with.
SELECT password_hash, code_secret, code_step FROM people WHERE id = %s

-- name: set_password
-- The hash of a password.
UPDATE people SET password_hash = %(hash)s WHERE id = %(id)s

-- name: set_code_secret
-- The sealed secret of one-time codes, and the step whose code has been used already.
UPDATE people SET code_secret = %(secret)s, code_step = %(step)s WHERE id = %(id)s

-- name: use_code_step
-- A row if no code of this time step or a later one was used before.
UPDATE people SET code_step = %(step)s WHERE id = %(id)s AND code_step < %(step)s RETURNING id

-- name: add_recovery_code
-- One of the codes for whoever has lost the device.
INSERT INTO recovery_codes (person, hash) VALUES (%(person)s, %(hash)s)

-- name: use_recovery_code
-- A row if there was such a code; now there is not.
DELETE FROM recovery_codes WHERE person = %(person)s AND hash = %(hash)s RETURNING person

-- name: forget_recovery_codes
-- New codes take the place of the old ones.
DELETE FROM recovery_codes WHERE person = %s

-- name: forget_passkeys
-- A reset leaves no way in.
DELETE FROM passkeys WHERE person = %s

-- name: invite
-- A link by which somebody sets up their way in, instead of any before it.
INSERT INTO invitations (token_hash, person, code_secret, expires_at)
VALUES (%(token_hash)s, %(person)s, %(code_secret)s, %(expires_at)s)

-- name: uninvite
-- The link is used, or another takes its place.
DELETE FROM invitations WHERE person = %s

-- name: invitation
-- Whose link this is, while it is good.
SELECT person, code_secret FROM invitations WHERE token_hash = %s AND expires_at > now()

-- name: accept_invitation
-- A row if the link was good; now it is not.
DELETE FROM invitations WHERE token_hash = %s AND expires_at > now() RETURNING person, code_secret
