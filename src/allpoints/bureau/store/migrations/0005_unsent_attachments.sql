-- Who has attached what nobody has sent yet, so that nobody fills the node's disk with it.

SET search_path = bureau;

ALTER TABLE attachments
    ADD COLUMN attached_by text,                 -- pseudonym; none of what came with a message
    ADD COLUMN size bigint NOT NULL DEFAULT 0;   -- bytes of its sealed parts
CREATE INDEX attachments_unsent ON attachments (attached_by) WHERE message IS NULL;
