-- What the pipeline does on behalf of an asker: as allpoints_hub, under row-level security.

-- name: name_asker
-- Names the asker of this transaction; row-level security decides by it until the transaction ends.
SELECT set_config('allpoints.bureau', %s, true), set_config('allpoints.agency', %s, true),
       set_config('allpoints.purpose', %s, true), set_config('allpoints.clearance', %s, true)

-- name: candidates
-- Re-reads candidates as the asker: what is not released is not there, and the particulars come only in full.
SELECT r.id, r.version, r.state, r.contributed_at, r.owner, r.reference, r.kind, r.identifiers, r.condition_set,
       r.evaluation, r.valid_until, r.review_by, p.body, b.contact, p.notice
FROM records r LEFT JOIN particulars p ON p.record_id = r.id
LEFT JOIN bureaus b ON b.code = r.owner
WHERE r.id = ANY (%s) AND r.state = 'active' AND r.valid_until >= current_date

-- name: append_group
-- The log's one door: see the function of that name in the first migration.
SELECT append_group(%b::text[], %b::integer[], %b::bytea[], %b::bytea[], %b::integer[], %b::bigint[], %b::text[],
                    %b::integer[], %b::text[], %b::text[])

-- name: seen_nonces
-- Which of these signatures were seen before: asked only after a group was refused for a replay.
SELECT n.digest FROM nonces n JOIN unnest(%b::integer[], %b::bytea[]) AS t (created, digest)
    ON n.created = t.created AND n.digest = t.digest

-- name: condition_sets
-- All sets of conditions, or those with the given ids.
SELECT id, bureaus_mode, bureaus, agencies_mode, agencies, purposes, disclosure, confidentiality
FROM condition_sets WHERE id = ANY (%s)

-- name: find_condition_set
-- And whether it is committed: this transaction sees its own sets too, and may yet leave none of them.
SELECT id, xmin IS DISTINCT FROM pg_current_xact_id_if_assigned()::xid FROM condition_sets WHERE digest = %s

-- name: add_condition_set
-- Two workers may meet the same new conditions: the loser of the race finds the winner's row next.
INSERT INTO condition_sets (digest, bureaus_mode, bureaus, agencies_mode, agencies, purposes, disclosure, confidentiality)
VALUES (%s, %s, %s, %s, %s, %s, %s, %s) ON CONFLICT (digest) DO NOTHING RETURNING id

-- name: claim_idempotency_key
-- The first to insert the key does the work; a second waits here for the first to commit, then finds its reply.
INSERT INTO idempotency (bureau, key, digest) VALUES (%s, %s, %s) ON CONFLICT (bureau, key) DO NOTHING RETURNING key

-- name: idempotent_reply
-- What was answered under the key, and for which content.
SELECT digest, reply FROM idempotency WHERE bureau = %s AND key = %s

-- name: keep_reply
-- For a retry of the same upload.
UPDATE idempotency SET reply = %s WHERE bureau = %s AND key = %s

-- name: add_records
-- Adds many records; a reference that the owner has used already is left out, and the caller says so.
INSERT INTO records (owner, state, reference, kind, identifiers, keys, condition_set, evaluation, valid_until, review_by, contributed_for)
SELECT %(owner)s, %(state)s, reference, kind, identifiers::json, string_to_array(keys, ',')::bigint[], condition_set, evaluation, valid_until, review_by, %(contributed_for)s
FROM unnest(%(references)b::text[], %(kinds)b::text[], %(identifiers)b::text[], %(keys)b::text[], %(condition_sets)b::integer[],
            %(evaluations)b::text[], %(valid_until)b::date[], %(review_by)b::date[])
    AS t (reference, kind, identifiers, keys, condition_set, evaluation, valid_until, review_by)
ORDER BY reference  -- two uploads that race on the same references must not wait for each other
ON CONFLICT (owner, reference) DO NOTHING
RETURNING id, reference

-- name: add_particulars
-- Beside the records just added, in the same transaction.
INSERT INTO particulars (record_id, body) SELECT id, body::json FROM unnest(%b::bigint[], %b::text[]) AS t (id, body)

-- name: add_templates
-- Beside the records just added or corrected, in the same transaction.
INSERT INTO templates (record_id, modality, number, body)
SELECT * FROM unnest(%b::bigint[], %b::text[], %b::smallint[], %b::bytea[])

-- name: drop_templates
-- Before a corrected record gets its new ones of these modalities.
DELETE FROM templates WHERE record_id = %s AND modality = ANY (%s)

-- name: drop_all_templates
-- With a withdrawal: nothing is compared any more.
DELETE FROM templates WHERE record_id = %s

-- name: add_pictures
-- Beside the templates that were made of them, in the same transaction.
INSERT INTO pictures (record_id, number, modality, body)
SELECT * FROM unnest(%b::bigint[], %b::smallint[], %b::text[], %b::bytea[])

-- name: drop_pictures
-- With a withdrawal, or before a corrected record gets its new ones.
DELETE FROM pictures WHERE record_id = %s RETURNING number

-- name: pictures
-- Row-level security shows them where it shows the particulars.
SELECT number, modality, body FROM pictures WHERE record_id = %s ORDER BY number

-- name: any_picture
-- Whether a record can be found by its pictures.
SELECT EXISTS (SELECT 1 FROM pictures WHERE record_id = %s)

-- name: templates
-- Those of candidates, as the asker: each is there for whom its record is.
SELECT record_id, modality, body FROM templates WHERE record_id = ANY (%s) ORDER BY record_id, modality, number

-- name: announce_changes
-- The change feed: whoever keeps an index re-reads these records once this transaction is visible.
INSERT INTO changes (record_id, wipe) SELECT unnest(%b::bigint[]), %s

-- name: own_record_for_change
-- Locks an own record before it is corrected or withdrawn: two corrections at once must not both win.
SELECT r.id, r.version, r.state, r.contributed_at, r.owner, r.reference, r.kind, r.identifiers, r.condition_set,
       r.evaluation, r.valid_until, r.review_by, p.body, '', p.notice
FROM records r JOIN particulars p ON p.record_id = r.id
WHERE r.id = %s AND r.owner = %s FOR UPDATE OF r

-- name: correct_record
-- Only after `own_record_for_change` has locked the record.
UPDATE records SET version = version + 1, kind = %s, identifiers = %s, keys = %s, condition_set = %s, evaluation = %s,
       valid_until = %s, review_by = %s
WHERE id = %s RETURNING version

-- name: correct_particulars
-- The other half of a correction.
UPDATE particulars SET body = %s WHERE record_id = %s

-- name: keep_version
-- What the record said before it is corrected.
INSERT INTO versions (record_id, version, content) VALUES (%s, %s, %s)

-- name: withdraw_record
-- The record stays for its owner until it is purged.
UPDATE records SET state = 'withdrawn', withdrawn_at = now() WHERE id = %s

-- name: own_records
-- A page of the asker's own records, in the order of their ids.
SELECT r.id, r.version, r.state, r.contributed_at, r.owner, r.reference, r.kind, r.identifiers, r.condition_set,
       r.evaluation, r.valid_until, r.review_by, p.body, b.contact, p.notice
FROM records r JOIN particulars p ON p.record_id = r.id LEFT JOIN bureaus b ON b.code = r.owner
WHERE r.owner = %(owner)s AND r.id > %(after)s AND (%(reference)s::text IS NULL OR r.reference = %(reference)s)
  AND (%(review_by)s::date IS NULL OR (r.review_by <= %(review_by)s AND r.state = 'active'))
ORDER BY r.id LIMIT %(limit)s

-- name: record_by_id
-- One record as the asker may see it.
SELECT r.id, r.version, r.state, r.contributed_at, r.owner, r.reference, r.kind, r.identifiers, r.condition_set,
       r.evaluation, r.valid_until, r.review_by, p.body, b.contact, p.notice
FROM records r LEFT JOIN particulars p ON p.record_id = r.id
LEFT JOIN bureaus b ON b.code = r.owner
WHERE r.id = %s

-- name: record_versions
-- Row-level security shows them to the owner alone.
SELECT version, content, replaced_at FROM versions WHERE record_id = %s ORDER BY version

-- name: record_reads
-- Who asked about a record: the entries stand in the log, this is where.
SELECT group_id, position FROM reads WHERE record_id = %s AND (group_id, position) > (%s, %s)
ORDER BY group_id, position LIMIT %s

-- name: notifications
-- A page of what the asker's bureau was told.
SELECT id, body, group_id, position, created_at, acknowledged_at FROM notifications
WHERE bureau = %(bureau)s AND id > %(after)s AND (NOT %(unacknowledged)s OR acknowledged_at IS NULL)
ORDER BY id LIMIT %(limit)s

-- name: acknowledge_notifications
-- Returns those that were not acknowledged before.
UPDATE notifications SET acknowledged_at = now()
WHERE bureau = %s AND id = ANY (%s) AND acknowledged_at IS NULL RETURNING id

-- name: own_links
-- Links that touch the asker's records, with what both owners said of them; what the other record is, its
-- conditions decide.
SELECT l.id, l.record_a, l.record_b, l.owner_a, l.owner_b, l.scheme, l.raised_at, l.llr, l.agreements,
       r.contributed_for, mine.decision, theirs.decision
FROM links l JOIN records r ON r.id = CASE WHEN l.owner_a = asker('bureau') THEN l.record_a ELSE l.record_b END
LEFT JOIN link_decisions mine ON mine.link_id = l.id AND mine.bureau = asker('bureau')
LEFT JOIN link_decisions theirs ON theirs.link_id = l.id AND theirs.bureau <> asker('bureau')
WHERE l.id > %(after)s AND (%(id)s::bigint IS NULL OR l.id = %(id)s) ORDER BY l.id LIMIT %(limit)s

-- name: contributed_for
-- The purpose of an own record: why its owner may learn of links.
SELECT contributed_for FROM records WHERE id = %s AND owner = asker('bureau')

-- name: decide_link
-- What the asker's bureau says of a link, in place of what it said before.
INSERT INTO link_decisions (link_id, bureau, decision, version_a, version_b) VALUES (%s, asker('bureau'), %s, %s, %s)
ON CONFLICT (link_id, bureau) DO UPDATE SET decision = excluded.decision, version_a = excluded.version_a,
    version_b = excluded.version_b, decided_at = now()

-- name: bureaus
-- All members, for everybody to see.
SELECT code, name, contact, status FROM bureaus ORDER BY code

-- name: active_key
-- The key that a request claims to be signed with, if the hub trusts it.
SELECT k.public_key, k.bureau FROM keys k JOIN bureaus b ON b.code = k.bureau
WHERE k.key_id = %s AND k.status = 'active' AND b.status = 'active'

-- name: key_by_id
-- A key in whatever state.
SELECT key_id, bureau, bureau_name, contact, public_key, status, created_at FROM keys WHERE key_id = %s

-- name: pending_keys
-- What waits for the secretariat's approval, longest first.
SELECT key_id, bureau, bureau_name, contact, public_key, status, created_at FROM keys WHERE status = 'pending' ORDER BY created_at

-- name: bureau_keys
-- All keys that a bureau ever had.
SELECT key_id, bureau, bureau_name, contact, public_key, status, created_at FROM keys WHERE bureau = %s ORDER BY created_at

-- name: add_key
-- A key is known once: nobody can bring back one that was revoked.
INSERT INTO keys (key_id, bureau, bureau_name, contact, public_key, status, active_at, introduced_by)
VALUES (%s, %s, %s, %s, %s, %s, CASE WHEN %s = 'active' THEN now() END, %s) ON CONFLICT (key_id) DO NOTHING RETURNING key_id

-- name: approve_key
-- From now on the key counts; `enrol_bureau` makes its bureau a member.
UPDATE keys SET status = 'active', active_at = now() WHERE key_id = %s AND status = 'pending' RETURNING bureau, bureau_name, contact

-- name: revoke_key
-- At once: `append_group` refuses whatever the key signs from now on.
UPDATE keys SET status = 'revoked', revoked_at = now() WHERE key_id = %s AND bureau = %s AND status <> 'revoked' RETURNING key_id

-- name: enrol_bureau
-- A bureau that is a member already stays as it is.
INSERT INTO bureaus (code, name, contact) VALUES (%s, %s, %s) ON CONFLICT (code) DO NOTHING

-- name: log_group
-- The entries of one group, and where they stand in the tree once they are sealed.
SELECT g.entries, s.first_index FROM log_groups g LEFT JOIN log_seals s ON s.group_id = g.id WHERE g.id = %s

-- name: log_groups_from
-- The log in the order of the tree, group by group.
SELECT s.group_id, s.first_index, g.entries FROM log_seals s JOIN log_groups g ON g.id = s.group_id
WHERE s.first_index >= %s ORDER BY s.first_index LIMIT %s

-- name: latest_checkpoint
-- The newest signed head of the log.
SELECT size, note FROM log_checkpoints ORDER BY size DESC LIMIT 1

-- name: checkpoint_covering
-- The first checkpoint whose tree holds the given index.
SELECT size, note FROM log_checkpoints WHERE size > %s ORDER BY size LIMIT 1

-- name: tiles
-- The hashes that a proof is made of.
SELECT t.level, t.number, t.hashes FROM log_tiles t
JOIN unnest(%b::smallint[], %b::bigint[]) AS w (level, number) ON w.level = t.level AND w.number = t.number
