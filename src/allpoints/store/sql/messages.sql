-- Sealed messages and the keys for them: as allpoints_hub, which sees what the asker's bureau sends or is sent; the
-- housekeeper's part stands at the end.

-- name: signing_keys
-- The keys that a bureau signs with or signed with, the earliest first; not what a stranger enrolled in its name and an
-- administrator refused.
SELECT key_id, public_key, active_at, revoked_at, introduced_by FROM keys
WHERE bureau = %s AND active_at IS NOT NULL ORDER BY created_at

-- name: sealing_keys
-- Those that may be sealed to, the newest first.
SELECT s.key_id, s.bureau, s.public_key, s.created_at, s.signing_key, s.signature
FROM sealing_keys s JOIN keys k ON k.key_id = s.signing_key
WHERE s.bureau = %s AND s.retired_at IS NULL AND k.status = 'active' ORDER BY s.created_at DESC, s.key_id

-- name: publish_sealing_key
-- Again where it is certified anew; one that is retired stays so.
INSERT INTO sealing_keys (key_id, bureau, public_key, created_at, signing_key, signature)
VALUES (%s, %s, %s, %s, %s, %s)
ON CONFLICT (key_id) DO UPDATE SET created_at = excluded.created_at, signing_key = excluded.signing_key,
                                   signature = excluded.signature
WHERE sealing_keys.retired_at IS NULL RETURNING key_id

-- name: is_retired_sealing_key
-- Whether a sealing key was retired before.
SELECT EXISTS (SELECT 1 FROM sealing_keys WHERE key_id = %s AND retired_at IS NOT NULL)

-- name: retire_sealing_key
-- Nobody seals to it from now on.
UPDATE sealing_keys SET retired_at = now() WHERE key_id = %s AND bureau = asker('bureau') AND retired_at IS NULL
RETURNING key_id

-- name: recipients
-- For each recipient whether it is an active member, and whether the sealing key is one that may be sealed to.
SELECT t.recipient, b.code IS NOT NULL, s.key_id IS NOT NULL
FROM unnest(%s::text[], %s::text[]) AS t (recipient, sealing_key)
LEFT JOIN bureaus b ON b.code = t.recipient AND b.status = 'active'
LEFT JOIN (sealing_keys s JOIN keys k ON k.key_id = s.signing_key AND k.status = 'active')
       ON s.key_id = t.sealing_key AND s.bureau = t.recipient AND s.retired_at IS NULL

-- name: add_message
-- An id is known once, whoever drew it. Of two who send it at once, the second waits here for the first.
INSERT INTO messages (id, sender, digest) VALUES (%s, asker('bureau'), %s) ON CONFLICT (id) DO NOTHING
RETURNING arrived_at

-- name: add_envelope
-- The ciphertext, for as long as a copy waits.
INSERT INTO envelopes (message_id, head, key_digests, commitment, body, signature) VALUES (%s, %s, %s, %s, %b, %s)

-- name: add_copies
-- One for each recipient, which keeps the content as well.
INSERT INTO message_copies (message_id, sender, recipient, sealing_key, sealed, kept)
SELECT e.message_id, asker('bureau'), c.*, octet_length(c.sealed) + octet_length(e.body)
FROM unnest(%s::text[], %s::text[], %b::bytea[]) AS c (recipient, sealing_key, sealed), envelopes e
WHERE e.message_id = %s

-- name: sent_message
-- What a message of the asker's bureau was, and when it came.
SELECT digest, arrived_at FROM messages WHERE id = %s AND sender = asker('bureau')

-- name: waiting_messages
-- What waits for the asker's bureau, oldest first, as much of it as goes into one answer; the last column says how many
-- there were to choose from.
SELECT number, head, sealing_key, sealed, key_digests, commitment, body, signature, arrived_at, candidates
FROM (
    SELECT c.number, c.sealing_key, c.sealed, e.head, e.key_digests, e.commitment, e.body, e.signature, m.arrived_at,
           sum(octet_length(e.body)) OVER (ORDER BY c.number) - octet_length(e.body) AS before,
           row_number() OVER (ORDER BY c.number) AS place, count(*) OVER () AS candidates
    FROM (
        SELECT number, message_id, sealing_key, sealed FROM message_copies
        WHERE recipient = asker('bureau') AND state = 'waiting' AND number > %(after)s
        ORDER BY number LIMIT %(limit)s + 1
    ) c JOIN envelopes e ON e.message_id = c.message_id JOIN messages m ON m.id = c.message_id
) page
WHERE place <= %(limit)s AND before < %(bytes)s ORDER BY number

-- name: collect_messages
-- In one order everywhere, or two bureaus that collect the same messages would wait for each other.
WITH ended AS (
    SELECT number FROM message_copies
    WHERE recipient = asker('bureau') AND message_id = ANY (%s) AND state = 'waiting' ORDER BY message_id FOR UPDATE
)
UPDATE message_copies c SET state = 'collected', sealed = NULL, since = now() FROM ended
WHERE c.number = ended.number RETURNING c.message_id

-- name: recalled_copies
-- Of these, what was taken back from the asker's bureau.
SELECT message_id FROM message_copies
WHERE recipient = asker('bureau') AND message_id = ANY (%s) AND state = 'recalled' ORDER BY message_id

-- name: recall_message
-- What was not collected yet.
UPDATE message_copies SET state = 'recalled', sealed = NULL, since = now()
WHERE sender = asker('bureau') AND message_id = %s AND state = 'waiting' RETURNING recipient

-- name: message_copies
-- What became of a message of the asker's bureau.
SELECT recipient, state, since FROM message_copies WHERE sender = asker('bureau') AND message_id = %s ORDER BY recipient

-- name: add_attachment
-- With its first part; an id is known once.
INSERT INTO attachments (id, sender) VALUES (%s, asker('bureau')) ON CONFLICT (id) DO NOTHING

-- name: own_attachment
-- The message to which an attachment of the asker's bureau belongs, null where there is none yet.
SELECT message_id FROM attachments WHERE id = %s AND sender = asker('bureau')

-- name: lock_kept
-- One of a bureau at a time counts what it keeps here and adds to it.
SELECT pg_advisory_xact_lock(hashtextextended('kept by ' || asker('bureau'), 0))

-- name: kept_bytes
-- Attachments, sent or not, and the copies that wait.
SELECT (SELECT coalesce(sum(kept), 0) FROM message_copies WHERE sender = asker('bureau') AND state = 'waiting')
     + (SELECT coalesce(sum(octet_length(p.body)), 0)
        FROM attachments a JOIN attachment_parts p ON p.attachment_id = a.id WHERE a.sender = asker('bureau'))

-- name: add_part
-- A part that is there stays as it is.
INSERT INTO attachment_parts (attachment_id, number, digest, body) VALUES (%s, %s, %s, %b)
ON CONFLICT DO NOTHING RETURNING number

-- name: part_digest
-- Of a part that is there.
SELECT digest FROM attachment_parts WHERE attachment_id = %s AND number = %s

-- name: attachment_parts
-- Which parts are there, and how long they are together.
SELECT array_agg(number ORDER BY number), sum(octet_length(body)) FROM attachment_parts WHERE attachment_id = %s

-- name: part_body
-- One part, for its sender and for those for whom its message waits.
SELECT p.body FROM attachment_parts p JOIN attachments a ON a.id = p.attachment_id
WHERE p.attachment_id = %s AND p.number = %s AND a.message_id IS NOT NULL AND a.sender <> asker('bureau')

-- name: attach
-- From now on the attachments belong to the message; which they are comes back.
UPDATE attachments SET message_id = %s WHERE id = ANY (%s) AND sender = asker('bureau') AND message_id IS NULL
RETURNING id

-- name: attached
-- How many parts of attachments are there, the number of the last, and how long they are together.
SELECT attachment_id, count(*), max(number), sum(octet_length(body)) FROM attachment_parts
WHERE attachment_id = ANY (%s) GROUP BY attachment_id

-- name: drop_attachment
-- One that belongs to no message yet, with its parts.
DELETE FROM attachments WHERE id = %s AND sender = asker('bureau') AND message_id IS NULL RETURNING id

-- name: expire_copies
-- As allpoints_system, which is let to end nothing younger.
WITH ended AS (
    SELECT number FROM message_copies WHERE state = 'waiting' AND since < now() - interval '30 days'
    ORDER BY message_id LIMIT %s FOR UPDATE SKIP LOCKED
)
UPDATE message_copies c SET state = 'expired', sealed = NULL, since = now() FROM ended
WHERE c.number = ended.number RETURNING c.message_id, c.sender, c.recipient

-- name: drop_unsent
-- Attachments whose message never came; row-level security lets nothing younger go.
DELETE FROM attachments WHERE message_id IS NULL AND created_at < now() - interval '2 days'

-- name: forget_messages
-- What was sent so long ago that nobody asks any more what became of it, nor sends it again.
DELETE FROM messages WHERE arrived_at < now() - interval '120 days'
