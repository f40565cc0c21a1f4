-- What the housekeeper does: as allpoints_system, which sees no particulars.

-- name: server_generation
-- Differs after each start and each recovery from a crash, which throws the statistics away.
SELECT pg_postmaster_start_time()::text || ' ' || coalesce(stats_reset::text, '') FROM pg_stat_bgwriter

-- name: current_snapshot
-- From where a reader that starts now goes on.
SELECT pg_current_snapshot()::text

-- name: all_keys
-- Every key of every active record, for a rebuild of the exact index.
COPY (SELECT id, unnest(keys) FROM records WHERE state = 'active' AND valid_until >= current_date) TO STDOUT (FORMAT binary)

-- name: partial_identifiers
-- Records with an identifier that can be searched in part: the scheme's number is the key's top six bits.
SELECT id, identifiers::text FROM records
WHERE state = 'active' AND valid_until >= current_date
  AND EXISTS (SELECT 1 FROM unnest(keys) k WHERE (k >> 58) & 63 = ANY (%s))

-- name: changed_records
-- What changed between a snapshot and now: rows of transactions that the snapshot did not see yet.
-- The snapshot and the rows come from one statement, so nothing falls between them.
WITH fresh AS (
    SELECT record_id, bool_or(wipe) AS wipe FROM changes
    WHERE xid >= pg_snapshot_xmin(%(since)s::pg_snapshot) AND NOT pg_visible_in_snapshot(xid, %(since)s::pg_snapshot)
    GROUP BY record_id
)
SELECT pg_current_snapshot()::text, f.record_id, f.wipe, r.keys, r.identifiers, r.version, t.modalities, t.bodies
FROM (VALUES (1)) one LEFT JOIN fresh f ON true
LEFT JOIN records r ON r.id = f.record_id AND r.state = 'active' AND r.valid_until >= current_date
LEFT JOIN LATERAL (
    SELECT array_agg(modality ORDER BY modality, number) AS modalities,
           array_agg(body ORDER BY modality, number) AS bodies
    FROM templates WHERE record_id = r.id
) t ON true

-- name: all_templates
-- Every template of a modality of every record in force, for a rebuild of its index.
SELECT t.record_id, t.body FROM templates t JOIN records r ON r.id = t.record_id
WHERE t.modality = %s AND r.state = 'active' AND r.valid_until >= current_date
ORDER BY t.record_id, t.number

-- name: consumer
-- Up to where a durable reader of the change feed has read.
SELECT snapshot::text FROM consumers WHERE name = %s

-- name: move_consumer
-- In the reader's own transaction, so that nothing is read twice or missed.
INSERT INTO consumers (name, snapshot) VALUES (%s, %s::pg_snapshot)
ON CONFLICT (name) DO UPDATE SET snapshot = excluded.snapshot

-- name: trim_changes
-- Forgets changes that every kept snapshot has seen.
-- and remembers how far, for whoever comes with an older snapshot.
WITH gone AS (
    DELETE FROM changes WHERE xid < least(
        pg_snapshot_xmin(%(seen)s::pg_snapshot),
        (SELECT pg_snapshot_xmin(snapshot) FROM consumers WHERE name = 'links'))
)
INSERT INTO consumers (name, snapshot) VALUES ('trimmed', %(seen)s::pg_snapshot)
ON CONFLICT (name) DO UPDATE SET snapshot = excluded.snapshot

-- name: still_complete
-- Whether the feed still has everything that came after this snapshot.
SELECT coalesce((SELECT pg_snapshot_xmin(snapshot) <= pg_snapshot_xmin(%s::pg_snapshot)
                 FROM consumers WHERE name = 'trimmed'), true)

-- name: unsealed_groups
-- Groups that no checkpoint covers yet, in the order of their numbers, with the snapshot that saw them.
WITH fresh AS (
    SELECT id, entries FROM log_groups g
    WHERE xid >= pg_snapshot_xmin(%(since)s::pg_snapshot) AND NOT pg_visible_in_snapshot(xid, %(since)s::pg_snapshot)
      AND NOT EXISTS (SELECT 1 FROM log_seals s WHERE s.group_id = g.id)
    ORDER BY id LIMIT %(limit)s
)
SELECT pg_current_snapshot()::text, f.id, f.entries FROM (VALUES (1)) one LEFT JOIN fresh f ON true ORDER BY f.id

-- name: seal_groups
-- Where each group stands in the tree from now on.
INSERT INTO log_seals (group_id, first_index) SELECT * FROM unnest(%b::bigint[], %b::bigint[])

-- name: write_tiles
-- The last tile of each level is partial and grows.
INSERT INTO log_tiles (level, number, hashes)
SELECT * FROM unnest(%b::smallint[], %b::bigint[], %b::bytea[])
ON CONFLICT (level, number) DO UPDATE SET hashes = excluded.hashes

-- name: write_checkpoint
-- Signed before it is stored, stored before anybody sees it.
INSERT INTO log_checkpoints (size, note, snapshot) VALUES (%s, %s, %s::pg_snapshot)
ON CONFLICT (size) DO NOTHING

-- name: last_checkpoint
-- From where the sealer goes on.
SELECT size, note, snapshot::text FROM log_checkpoints ORDER BY size DESC LIMIT 1

-- name: checkpoints_after
-- The signed heads in the order of the log, a page at a time: each second has one.
SELECT size, note FROM log_checkpoints WHERE size > %s ORDER BY size LIMIT %s

-- name: system_tiles
-- The edge of the tree, from which it grows.
SELECT t.level, t.number, t.hashes FROM log_tiles t
JOIN unnest(%b::smallint[], %b::bigint[]) AS w (level, number) ON w.level = t.level AND w.number = t.number

-- name: only_one
-- One sealer, one linker at a time, on however many machines; released with the transaction.
SELECT pg_try_advisory_xact_lock(%s)

-- name: linkable
-- Candidates for a link, still in force.
SELECT r.id, r.owner, r.identifiers, r.contributed_for, t.modalities, t.bodies
FROM records r LEFT JOIN LATERAL (
    SELECT array_agg(modality ORDER BY modality, number) AS modalities,
           array_agg(body ORDER BY modality, number) AS bodies
    FROM templates WHERE record_id = r.id
) t ON true
WHERE r.id = ANY (%s) AND r.state = 'active' AND r.valid_until >= current_date

-- name: raise_links
-- A pair and scheme that is linked already stays as it is, unless an owner has decided on it and one of the records
-- has changed since: then it is raised anew.
INSERT INTO links AS l (record_a, record_b, owner_a, owner_b, scheme, llr, agreements)
SELECT a, b, oa, ob, s, r, string_to_array(g, ',')
FROM unnest(%b::bigint[], %b::bigint[], %b::text[], %b::text[], %b::text[], %b::real[], %b::text[])
    AS t (a, b, oa, ob, s, r, g)
ON CONFLICT (record_a, record_b, scheme) DO UPDATE
SET raised_at = now(), llr = excluded.llr, agreements = excluded.agreements
WHERE EXISTS (
    SELECT 1 FROM link_decisions d JOIN records a ON a.id = l.record_a JOIN records b ON b.id = l.record_b
    WHERE d.link_id = l.id AND (d.version_a, d.version_b) <> (a.version, b.version)
)
RETURNING id, record_a, record_b, owner_a, owner_b, scheme, llr, agreements

-- name: reopen_links
-- What owners said before one of the records changed no longer counts.
DELETE FROM link_decisions WHERE link_id = ANY (%s)

-- name: append_system_group
-- The housekeeper's own acts stand in the same log.
INSERT INTO log_groups (entries) VALUES (%b) RETURNING id

-- name: tell
-- Queues the owners' notifications of links.
INSERT INTO notifications (bureau, body, group_id, position)
SELECT b, j::json, %b, p FROM unnest(%b::integer[], %b::text[], %b::text[]) AS t (p, b, j)

-- name: fresh_notifications
-- Notifications that a snapshot did not see yet, for the streams. What was acknowledged meanwhile is not told again.
WITH fresh AS (
    SELECT id, bureau, body, group_id, position, created_at FROM notifications
    WHERE xid >= pg_snapshot_xmin(%(since)s::pg_snapshot) AND NOT pg_visible_in_snapshot(xid, %(since)s::pg_snapshot)
      AND acknowledged_at IS NULL
)
SELECT pg_current_snapshot()::text, f.id, f.bureau, f.body, f.group_id, f.position, f.created_at
FROM (VALUES (1)) one LEFT JOIN fresh f ON true ORDER BY f.id

-- name: purge_overdue
-- Purges what is due; row-level security lets nothing else go, the cascade takes particulars, versions, links.
DELETE FROM records WHERE id IN (
    SELECT id FROM records WHERE overdue(valid_until, withdrawn_at) ORDER BY id LIMIT %s
) RETURNING id, owner

-- name: count_overdue
-- The proof that nothing overdue is left.
SELECT count(*) FROM records WHERE overdue(valid_until, withdrawn_at)

-- name: announce_purged
-- So that the indexes forget them, too, and their files whatever is of a body.
INSERT INTO changes (record_id, wipe) SELECT unnest(%b::bigint[]), true

-- name: set_grace
-- As the settings say: `overdue` goes by it.
UPDATE retention_rule SET grace = make_interval(days => %s)

-- name: forget_nonces
-- Signatures too old to be accepted again.
DELETE FROM nonces WHERE created < %s

-- name: forget_idempotency
-- Nobody retries an upload of a week ago.
DELETE FROM idempotency WHERE created_at < now() - interval '7 days'

-- name: template_key
-- By which key templates and pictures of the body are sealed.
SELECT fingerprint FROM template_key

-- name: settle_template_key
-- Only where it is the same as before or nothing is sealed.
INSERT INTO template_key (fingerprint) VALUES (%s)
ON CONFLICT (only_row) DO UPDATE SET fingerprint = excluded.fingerprint

-- name: anything_sealed
-- Whether there is a template of the given modalities, a notice's picture, or what an examination keeps of its check.
SELECT EXISTS (SELECT 1 FROM templates WHERE modality = ANY (%s)) OR EXISTS (SELECT examination_id FROM examination_probes)
    OR EXISTS (SELECT notice_id FROM notice_pictures)
