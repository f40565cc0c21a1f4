-- Queries about proposals return the columns of `Proposal`, in its order.

-- name: propose
-- An act that waits for a second person.
INSERT INTO proposals (act, subject, content, proposed_by, expires_at)
VALUES (%(act)s, %(subject)s, %(content)s, %(proposed_by)s, now() + make_interval(hours => %(hours)s))
RETURNING id

-- name: open_proposals
-- What waits, the oldest first; what was approved and not done yet is among it.
SELECT id, act, subject, content, proposed_by, proposed_at, expires_at, state, decided_by
FROM proposals WHERE state IN ('open', 'approved') AND expires_at > now() ORDER BY proposed_at

-- name: proposal
-- One of them; nobody else decides on it meanwhile.
SELECT id, act, subject, content, proposed_by, proposed_at, expires_at, state, decided_by
FROM proposals WHERE id = %s AND state IN ('open', 'approved') AND expires_at > now() FOR UPDATE

-- name: decide_proposal
-- What became of it.
UPDATE proposals SET state = %(state)s, decided_by = %(decided_by)s, decided_at = now() WHERE id = %(id)s
