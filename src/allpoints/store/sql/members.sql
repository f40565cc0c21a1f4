-- What only the schema's owner writes, when a hub is made.

-- name: install_secretariat
-- The secretariat stands in the register like a bureau, so that its requests are authenticated like a bureau's.
INSERT INTO bureaus (code, name) VALUES (%s, 'Secretariat') ON CONFLICT DO NOTHING

-- name: install_secretariat_key
-- Active at once: there is nobody yet who could approve it.
INSERT INTO keys (key_id, bureau, public_key, status, active_at) VALUES (%s, %s, %s, 'active', now())
ON CONFLICT DO NOTHING

-- name: is_unused
-- A new hub has neither acted nor been acted upon: a restore destroys nothing.
SELECT NOT EXISTS (SELECT 1 FROM allpoints.log_groups) AND NOT EXISTS (SELECT 1 FROM allpoints.records)
