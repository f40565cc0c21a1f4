-- Other bureaus' signing keys, and what came that was not let in.

-- name: keys_of
-- A bureau's keys, the first one first.
SELECT key_id, bureau, public_key, state, ground, introduced_by, decided_by, decided_at, seen_at, revoked_at
FROM correspondent_keys WHERE bureau = %s ORDER BY seen_at, key_id

-- name: all_keys
-- Every key that was ever seen.
SELECT key_id, bureau, public_key, state, ground, introduced_by, decided_by, decided_at, seen_at, revoked_at
FROM correspondent_keys ORDER BY bureau, seen_at, key_id

-- name: lock_keys
-- Two who see a bureau's first key at once see the same one.
SELECT pg_advisory_xact_lock(hashtext('correspondent keys'), hashtext(%s))

-- name: see_key
-- A key that was not known.
INSERT INTO correspondent_keys (key_id, bureau, public_key, state, ground, revoked_at)
VALUES (%(key_id)s, %(bureau)s, %(public_key)s, %(state)s, %(ground)s, %(revoked_at)s) ON CONFLICT DO NOTHING

-- name: revoke_correspondent_key
-- Its bureau has revoked it; the earliest that was told counts.
UPDATE correspondent_keys SET revoked_at = least(revoked_at, %s) WHERE key_id = %s AND bureau = %s

-- name: introduce_key
-- A trusted key of the bureau has introduced it.
INSERT INTO correspondent_keys (key_id, bureau, public_key, state, ground, introduced_by)
VALUES (%(key_id)s, %(bureau)s, %(public_key)s, 'trusted', 'introduction', %(by)s)
ON CONFLICT (key_id) DO UPDATE SET state = 'trusted', ground = 'introduction', introduced_by = excluded.introduced_by
WHERE correspondent_keys.state = 'held'

-- name: see_sealing_key
-- The time of the newest one that a hub has shown of a bureau, this one included.
INSERT INTO sealing_keys_seen (hub, bureau, created_at) VALUES (%s, %s, %s)
ON CONFLICT (hub, bureau) DO UPDATE SET created_at = greatest(sealing_keys_seen.created_at, excluded.created_at)
RETURNING created_at

-- name: decide_key
-- An administrator has compared it with what the bureau says of it on another way.
UPDATE correspondent_keys SET state = %s, ground = 'person', decided_by = %s, decided_at = now()
WHERE key_id = %s RETURNING bureau

-- name: correspondents
-- The bureaus of which a key is trusted.
SELECT DISTINCT bureau FROM correspondent_keys WHERE state = 'trusted' ORDER BY bureau

-- name: note_introduced
-- They are told of it; no row where that was done before.
INSERT INTO introduced_keys (key_id) VALUES (%s) ON CONFLICT DO NOTHING RETURNING key_id

-- name: receive
-- The first time that a message comes. No row comes back for the second.
INSERT INTO received (sender, message, digest, hub) VALUES (%s, %s, %s, %s) ON CONFLICT DO NOTHING RETURNING message

-- name: received
-- What was received of a sender under this name.
SELECT digest FROM received WHERE sender = %s AND message = %s

-- name: unacknowledged
-- What was kept, and nobody knows whether the hub was told.
SELECT message FROM received WHERE hub = %s AND NOT acknowledged LIMIT %s

-- name: acknowledge
-- The hub was told.
UPDATE received SET acknowledged = true WHERE hub = %s AND message = ANY (%s)

-- name: quarantine
-- What came and is not let in; once.
INSERT INTO quarantine (hub, message, sender, signed_by, arrived_at, state, reason, detail, carried, digest)
VALUES (%(hub)s, %(message)s, %(sender)s, %(signed_by)s, %(arrived_at)s, %(state)s, %(reason)s, %(detail)s, %(carried)s, %(digest)s)
ON CONFLICT (digest) DO NOTHING RETURNING number

-- name: quarantined
-- A page of it, the latest first.
SELECT number, hub, message, sender, signed_by, arrived_at, state, reason, detail, kept_at
FROM quarantine WHERE number < %(before)s AND (%(state)s::text IS NULL OR state = %(state)s)
ORDER BY number DESC LIMIT %(limit)s

-- name: held_messages
-- What is held for a bureau's keys, oldest first.
SELECT number, hub, carried FROM quarantine WHERE state = 'held' AND sender = %s AND number > %s ORDER BY number LIMIT %s

-- name: senders_decided_on
-- Of whom something is held for a key that is held no more.
SELECT DISTINCT q.sender FROM quarantine q JOIN correspondent_keys k ON k.key_id = q.signed_by AND k.bureau = q.sender
WHERE q.state = 'held' AND k.state <> 'held' ORDER BY q.sender

-- name: end_quarantine
-- Let in, or refused for good.
UPDATE quarantine SET state = %s, reason = %s, detail = %s WHERE number = %s
