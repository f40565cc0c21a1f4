-- How much a bureau keeps at the hub is asked at each message that it sends, with however many of its own waiting. Each copy
-- says how large it is, its message's content with it, and the index alone has the answer.

SET search_path = allpoints;

-- What waits already counts for nothing until it is fetched.
ALTER TABLE message_copies ADD COLUMN kept bigint NOT NULL DEFAULT 0;
DROP INDEX message_copies_unfetched;
CREATE INDEX message_copies_unfetched ON message_copies (sender) INCLUDE (kept) WHERE state = 'waiting';
