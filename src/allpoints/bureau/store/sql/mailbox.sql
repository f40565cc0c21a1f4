-- Messages and threads, as the node's people read and search them.

-- name: open_thread
-- The thread of a message; the first message gives it its subject.
INSERT INTO threads (id, subject, latest_at) VALUES (%(id)s, %(subject)s, %(at)s)
ON CONFLICT (id) DO UPDATE SET latest_at = greatest(threads.latest_at, excluded.latest_at)

-- name: keep_message
-- A message, written or received, once. No row comes back where it is there already.
INSERT INTO messages (id, thread, hub, sender, recipients, outgoing, content, envelope, kind, in_reply_to, refs,
                      priority, deadline, written_at, arrived_at, state, names, words, request)
VALUES (%(id)s, %(thread)s, %(hub)s, %(sender)s, %(recipients)s, %(outgoing)s, %(content)s, %(envelope)s, %(kind)s,
        %(in_reply_to)s, %(refs)s, %(priority)s, %(deadline)s, %(written_at)s, %(arrived_at)s, %(state)s, %(names)s,
        to_tsvector('simple', %(words)s), %(request)s)
ON CONFLICT (id) DO NOTHING RETURNING id

-- name: message_request
-- What was to be sent under a name.
SELECT request FROM messages WHERE id = %s

-- name: add_recipients
-- Those to whom a message of ours goes.
INSERT INTO message_recipients (message, bureau) SELECT %s, unnest(%s::text[])

-- name: message
-- One message.
SELECT id, number, thread, hub, sender, recipients, outgoing, content, priority, deadline, written_at, arrived_at,
       state, problem, read_at, read_by, answered_at, recalled_at
FROM messages WHERE id = %s

-- name: message_for_change
-- One message, locked.
SELECT id, number, thread, hub, sender, recipients, outgoing, content, priority, deadline, written_at, arrived_at,
       state, problem, read_at, read_by, answered_at, recalled_at
FROM messages WHERE id = %s FOR UPDATE

-- name: thread_messages
-- A page of a thread, oldest first.
SELECT id, number, thread, hub, sender, recipients, outgoing, content, priority, deadline, written_at, arrived_at,
       state, problem, read_at, read_by, answered_at, recalled_at
FROM messages WHERE thread = %(thread)s AND number > %(after)s ORDER BY number LIMIT %(limit)s

-- name: searched_messages
-- What holds all the words, or the asked in its names, newest first. Each by itself, so that the words are looked up in
-- their index; the names are short, and read from the newest until there are enough.
SELECT id, number, thread, hub, sender, recipients, outgoing, content, priority, deadline, written_at, arrived_at,
       state, problem, read_at, read_by, answered_at, recalled_at
FROM messages
WHERE number < %(before)s
  AND id IN ((SELECT id FROM messages WHERE number < %(before)s AND words @@ to_tsquery('simple', %(words)s)
              ORDER BY number DESC LIMIT %(limit)s)
             UNION
             (SELECT id FROM messages WHERE number < %(before)s AND names LIKE %(part)s
              ORDER BY number DESC LIMIT %(limit)s))
ORDER BY number DESC LIMIT %(limit)s

-- name: messages_about
-- What refers to something, newest first.
SELECT id, number, thread, hub, sender, recipients, outgoing, content, priority, deadline, written_at, arrived_at,
       state, problem, read_at, read_by, answered_at, recalled_at
FROM messages WHERE refs @> ARRAY[%s::text] ORDER BY number DESC LIMIT %s

-- name: threads
-- A page of threads, the latest first.
SELECT t.id, t.number, t.subject, t.latest_at, count(*), count(*) FILTER (WHERE m.state = 'unread'),
       count(*) FILTER (WHERE m.state IN ('waiting', 'held')), count(*) FILTER (WHERE m.state = 'refused'),
       min(m.deadline) FILTER (WHERE m.answered_at IS NULL AND m.state <> 'recalled'),
       (array_agg(m.priority ORDER BY array_position(ARRAY['urgent', 'priority', 'routine'], m.priority)))[1],
       (array_agg(m.kind ORDER BY m.number DESC))[1],
       (SELECT array_agg(DISTINCT b ORDER BY b) FROM messages p, unnest(p.recipients || p.sender) AS b
        WHERE p.thread = t.id AND b <> %(own)s)
FROM (SELECT * FROM threads
      WHERE (%(latest)s::timestamptz IS NULL OR (latest_at, number) < (%(latest)s, %(number)s))
        AND (%(bureau)s::text IS NULL OR EXISTS (
             SELECT 1 FROM messages m WHERE m.thread = threads.id
             AND (m.sender = %(bureau)s OR %(bureau)s = ANY (m.recipients))))
        AND (NOT %(unread)s OR EXISTS (
             SELECT 1 FROM messages m WHERE m.thread = threads.id AND m.state = 'unread'))
      ORDER BY latest_at DESC, number DESC LIMIT %(limit)s) t
JOIN messages m ON m.thread = t.id
GROUP BY t.id, t.number, t.subject, t.latest_at
ORDER BY t.latest_at DESC, t.number DESC

-- name: one_thread
-- The head of a thread.
SELECT id, subject FROM threads WHERE id = %s

-- name: message_copies
-- What became of each recipient's copy.
SELECT message, bureau, copy, delivered_at, read_at, answered_at, recall_answered_at
FROM message_recipients WHERE message = ANY (%s) ORDER BY message, bureau

-- name: signed_message
-- What was signed of a message, for receipts, recalls and proof; of an own one also while it is under way.
SELECT m.outgoing, coalesce(m.envelope, e.envelope)
FROM messages m LEFT JOIN errands e ON e.id = m.id WHERE m.id = %s

-- name: mark_read
-- The first time that somebody looks at it; no row for the second.
UPDATE messages SET state = 'read', read_at = now(), read_by = %s WHERE id = %s AND state = 'unread' RETURNING read_at

-- name: mark_answered
-- We have answered a message.
UPDATE messages SET answered_at = coalesce(answered_at, now()) WHERE id = %s AND NOT outgoing

-- name: mark_answered_by
-- A recipient has answered a message of ours; the message itself is answered when all have.
WITH answered AS (
    UPDATE message_recipients SET answered_at = coalesce(answered_at, now()) WHERE message = %(id)s AND bureau = %(bureau)s
    RETURNING message)
UPDATE messages SET answered_at = now()
WHERE id IN (SELECT message FROM answered) AND answered_at IS NULL AND NOT EXISTS (
    SELECT 1 FROM message_recipients r WHERE r.message = %(id)s AND r.answered_at IS NULL AND r.bureau <> %(bureau)s)

-- name: mark_sent
-- The hub has it.
UPDATE messages SET state = 'sent', problem = NULL, arrived_at = %(arrived_at)s, envelope = %(envelope)s WHERE id = %(id)s

-- name: mark_copies_waiting
-- The hub has a copy for each recipient.
UPDATE message_recipients SET copy = 'waiting' WHERE message = %s AND copy = 'unsent'

-- name: mark_copy
-- What the hub says of one recipient's copy.
UPDATE message_recipients SET copy = %s WHERE message = %s AND bureau = %s

-- name: mark_state
-- Held or refused, and why; or under way again.
UPDATE messages SET state = %s, problem = %s WHERE id = %s AND outgoing AND state IN ('waiting', 'held', 'refused')

-- name: mark_delivered
-- A recipient's receipt: of the first of two that say the same, the time stays.
UPDATE message_recipients SET delivered_at = coalesce(delivered_at, %s) WHERE message = %s AND bureau = %s RETURNING message

-- name: mark_read_by
-- A recipient's receipt that somebody has read it; whoever reads has it.
UPDATE message_recipients SET read_at = coalesce(read_at, %(at)s), delivered_at = coalesce(delivered_at, %(at)s)
WHERE message = %(id)s AND bureau = %(bureau)s RETURNING message

-- name: ask_recall
-- The sender wants it back; no row where that was asked before.
UPDATE messages SET recalled_at = now() WHERE id = %s AND outgoing AND recalled_at IS NULL RETURNING state

-- name: mark_never_sent
-- Taken back before it left.
UPDATE messages SET state = 'recalled' WHERE id = %s AND outgoing

-- name: mark_copies_recalled
-- None of them ever had it.
UPDATE message_recipients SET copy = 'recalled' WHERE message = %s

-- name: answer_recall
-- What a recipient says of a recall: read, and when, or not.
UPDATE message_recipients r SET recall_answered_at = now(), read_at = coalesce(r.read_at, %(read_at)s)
FROM messages m
WHERE r.message = %(id)s AND r.bureau = %(bureau)s AND m.id = r.message AND m.recalled_at IS NOT NULL RETURNING r.message

-- name: hide_recalled
-- Recalled before anybody read it: what it said goes, that it was there stays.
UPDATE messages SET state = 'recalled', recalled_at = now(), content = %s, envelope = NULL, names = '', words = '', refs = '{}'
WHERE id = %s AND NOT outgoing AND state = 'unread' RETURNING thread

-- name: hide_subject
-- The subject of a thread of which everything was recalled.
UPDATE threads SET subject = '' WHERE id = %(thread)s
AND NOT EXISTS (SELECT 1 FROM messages WHERE thread = %(thread)s AND state <> 'recalled')

-- name: mark_recalled_too_late
-- Recalled after somebody had read it.
UPDATE messages SET recalled_at = coalesce(recalled_at, now()) WHERE id = %s AND NOT outgoing RETURNING read_at

-- name: add_references
-- Our hub has told what a message under way refers to.
UPDATE messages SET content = %s, refs = %s, names = %s WHERE id = %s AND outgoing

-- name: messages_due
-- Whose answer is due: part of the time is over, and nobody was told so yet.
SELECT id, hub, sender, recipients, outgoing, kind, priority, written_at, deadline, reminders
FROM messages
WHERE deadline IS NOT NULL AND answered_at IS NULL AND recalled_at IS NULL AND reminders < 3
  AND state IN ('unread', 'read', 'sent')
  AND now() >= written_at + (deadline - written_at) * (ARRAY[0.5, 0.875, 1])[reminders + 1]
ORDER BY deadline LIMIT %s

-- name: reminded
-- Somebody was told; only by whoever does so first.
UPDATE messages SET reminders = %s WHERE id = %s AND reminders < %s RETURNING id

-- name: newer_messages
-- The number of the newest message, and how many have come after the one with a number.
SELECT (SELECT coalesce(max(number), 0) FROM messages),
       (SELECT count(*) FROM messages WHERE NOT outgoing AND number > %s)

-- name: unread_messages
-- How many nobody has read, and how many of ours are held or refused.
SELECT count(*) FILTER (WHERE state = 'unread'), count(*) FILTER (WHERE state IN ('held', 'refused')) FROM messages
WHERE state IN ('unread', 'held', 'refused')
