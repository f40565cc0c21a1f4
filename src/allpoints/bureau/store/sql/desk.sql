-- name: add_matter
-- Something that waits for somebody, or what changed of it: a new deadline, or that it waits again.
INSERT INTO matters (key, kind, hub, what, detail, path, priority, deadline, roles, searched)
VALUES (%(key)s, %(kind)s, %(hub)s, %(what)s, %(detail)s, %(path)s, %(priority)s, %(deadline)s, %(roles)s, %(searched)s)
ON CONFLICT (key) DO UPDATE SET
    kind = excluded.kind, what = excluded.what, detail = excluded.detail, path = excluded.path,
    priority = excluded.priority, deadline = excluded.deadline, roles = excluded.roles, searched = excluded.searched,
    -- What settled by itself waits again; what somebody has handled does not.
    state = CASE WHEN matters.handled_by IS NULL THEN 'open' ELSE matters.state END,
    handled_at = CASE WHEN matters.handled_by IS NULL THEN NULL ELSE matters.handled_at END
RETURNING id, xmax = 0

-- name: waiting_matters
-- A page of what waits for a role, the most urgent first: after (due, id) where a page went before.
SELECT id, key, kind, hub, what, detail::text, path, priority, deadline, roles, state, created_at, handled_at,
       (SELECT display_name FROM people WHERE people.id = handled_by)
FROM matters
WHERE state = 'open' AND roles @> ARRAY[%(role)s::text]
  AND (%(kind)s::text IS NULL OR kind = %(kind)s)
  AND searched LIKE %(text)s
  AND (%(after_id)s::bigint IS NULL OR due > %(after_due)s OR (due = %(after_due)s AND id < %(after_id)s))
ORDER BY due, id DESC
LIMIT %(limit)s

-- name: done_matters
-- A page of what was handled lately, the latest first: below an id where a page went before.
SELECT id, key, kind, hub, what, detail::text, path, priority, deadline, roles, state, created_at, handled_at,
       (SELECT display_name FROM people WHERE people.id = handled_by)
FROM matters
WHERE state = 'done' AND roles @> ARRAY[%(role)s::text]
  AND (%(kind)s::text IS NULL OR kind = %(kind)s)
  AND searched LIKE %(text)s
  AND (%(after_id)s::bigint IS NULL
       OR (handled_at, id) < ((SELECT handled_at FROM matters WHERE id = %(after_id)s), %(after_id)s))
ORDER BY handled_at DESC, id DESC
LIMIT %(limit)s

-- name: matter
-- One matter, if it waits for the role.
SELECT id, key, kind, hub, what, detail::text, path, priority, deadline, roles, state, created_at, handled_at,
       (SELECT display_name FROM people WHERE people.id = handled_by)
FROM matters WHERE id = %(id)s AND roles @> ARRAY[%(role)s::text]

-- name: newest_matter
-- The number of the newest matter, whoever it waits for.
SELECT coalesce(max(id), 0) FROM matters

-- name: count_matters
-- How many wait for a role.
SELECT count(*) FROM matters WHERE state = 'open' AND roles @> ARRAY[%(role)s::text]

-- name: recent_matters
-- The numbers of the newest that wait for a role.
SELECT id FROM matters WHERE state = 'open' AND roles @> ARRAY[%(role)s::text] ORDER BY id DESC LIMIT %(limit)s

-- name: handle_matter
-- Somebody has handled it. Nothing where another did so before.
UPDATE matters SET state = 'done', handled_by = %(person)s, handled_at = now()
WHERE id = %(id)s AND state = 'open' AND roles @> ARRAY[%(role)s::text]
RETURNING id

-- name: settle_matter
-- What it is about has settled by itself.
UPDATE matters SET state = 'done', handled_at = now() WHERE key = %s AND state = 'open' RETURNING id

-- name: settle_lapsed_matters
-- What of a kind is over its deadline waits for nobody any more.
UPDATE matters SET state = 'done', handled_at = now() WHERE kind = %s AND state = 'open' AND deadline <= now() RETURNING id

-- name: moment
-- The database's clock, which says what came before a look at a hub.
SELECT now()

-- name: settle_matters
-- What of a kind waits here and was not among what still waits at the hub when it was looked up.
UPDATE matters SET state = 'done', handled_at = now()
WHERE state = 'open' AND hub = %(hub)s AND kind = %(kind)s AND created_at < %(before)s AND NOT key = ANY(%(keys)s)
RETURNING id

-- name: reopen_matter
-- It was handled by mistake.
UPDATE matters SET state = 'open', handled_by = NULL, handled_at = NULL
WHERE id = %(id)s AND state = 'done' AND roles @> ARRAY[%(role)s::text]
RETURNING id

-- name: forget_matters
-- What was handled long ago.
DELETE FROM matters WHERE state = 'done' AND handled_at < now() - %s::interval

-- name: save_draft
-- What somebody has typed so far.
INSERT INTO drafts (person, form, fields) VALUES (%(person)s, %(form)s, %(fields)s)
ON CONFLICT (person, form) DO UPDATE SET fields = excluded.fields, saved_at = now()

-- name: count_drafts
-- How many forms somebody has half typed.
SELECT count(*) FROM drafts WHERE person = %s

-- name: draft
-- What somebody had typed into a form.
SELECT fields::text FROM drafts WHERE person = %(person)s AND form = %(form)s

-- name: drop_draft
-- The form was sent.
DELETE FROM drafts WHERE person = %(person)s AND form = %(form)s

-- name: drop_drafts
-- Somebody signs out.
DELETE FROM drafts WHERE person = %s

-- name: forget_drafts
-- What nobody went on typing for long.
DELETE FROM drafts WHERE saved_at < now() - %s::interval

-- name: hold_act
-- An act that is done when its time comes.
INSERT INTO held_acts (name, act, content, label, person, asker, due_at)
VALUES (%(name)s, %(act)s, %(content)s, %(label)s, %(person)s, %(asker)s, now() + %(wait)s)
RETURNING id, due_at

-- name: shown_acts
-- What somebody may still take back, and what of theirs has failed.
SELECT id, act, label, due_at, state, problem::text FROM held_acts
WHERE person = %s AND state IN ('held', 'tried', 'failed') ORDER BY id DESC LIMIT 5

-- name: undo_act
-- Take an act back while it is held.
UPDATE held_acts SET state = 'undone', ended_at = now()
WHERE id = %(id)s AND person = %(person)s AND state = 'held' RETURNING act, content::text

-- name: dismiss_act
-- Somebody has read that their act failed.
DELETE FROM held_acts WHERE id = %(id)s AND person = %(person)s AND state = 'failed' RETURNING id

-- name: begin_acts
-- The acts whose time has come. An act that was begun before a restart is begun again, under the same name.
UPDATE held_acts SET state = 'begun'
WHERE id IN (
    SELECT id FROM held_acts
    WHERE (state IN ('held', 'tried') AND due_at <= now()) OR (state = 'begun' AND NOT id = ANY(%(running)s))
    ORDER BY due_at LIMIT 50 FOR UPDATE SKIP LOCKED
)
RETURNING id, name, act, content::text, label, person, asker::text

-- name: next_act
-- How long until the next act's time comes.
SELECT extract(epoch FROM min(due_at) - now())::float8 FROM held_acts WHERE state IN ('held', 'tried')

-- name: end_act
-- The act is done, or has failed and says why.
UPDATE held_acts SET state = %(state)s, problem = %(problem)s, ended_at = now() WHERE id = %(id)s

-- name: forget_acts
-- Acts that ended long ago.
DELETE FROM held_acts WHERE ended_at < now() - %s::interval

-- name: postpone_act
-- The line is down: the act is tried again later. It may have been done, so it cannot be taken back.
UPDATE held_acts SET state = 'tried', due_at = now() + %(wait)s WHERE id = %(id)s AND state = 'begun'
