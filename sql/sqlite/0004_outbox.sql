-- Notices to people: what is told (message) and how it goes out (dispatch: one row per message and channel).

ALTER TABLE message ADD COLUMN template TEXT;  -- key in catalog/notices.json
ALTER TABLE message ADD COLUMN dedupe TEXT;    -- the same key never makes a second message
ALTER TABLE message ADD COLUMN item_id BIGINT; -- the item an officer is told about
ALTER TABLE message ADD COLUMN important BIGINT NOT NULL DEFAULT 0;
ALTER TABLE message ADD COLUMN read_at BIGINT;
CREATE UNIQUE INDEX message_dedupe ON message (dedupe) WHERE dedupe IS NOT NULL;
-- What was told before there was a mark for it counts as read.
UPDATE message SET read_at = created_at;
CREATE INDEX message_unread ON message (user_id) WHERE read_at IS NULL;

-- channel: sms, email; file = went to DATA/outbox.jsonl because no gateway was configured.
-- state: queued, leased (a node is handing it over), sent, failed (a dead letter).
-- next_at: queued = not tried before; leased = the lease ends, then anybody may take it.
CREATE TABLE dispatch (
    id INTEGER PRIMARY KEY, message_id BIGINT NOT NULL, channel TEXT NOT NULL, address TEXT NOT NULL, state TEXT NOT NULL,
    attempts BIGINT NOT NULL DEFAULT 0, next_at BIGINT NOT NULL, lease_by TEXT, expires_at BIGINT, last_error TEXT,
    created_at BIGINT NOT NULL, sent_at BIGINT
);
CREATE INDEX dispatch_queue ON dispatch (channel, next_at, id) WHERE state IN ('queued', 'leased');
CREATE INDEX dispatch_unsent ON dispatch (state, id) WHERE state <> 'sent';
CREATE INDEX dispatch_sent ON dispatch (sent_at) WHERE sent_at IS NOT NULL;
CREATE INDEX dispatch_message ON dispatch (message_id);

INSERT INTO dispatch (id, message_id, channel, address, state, next_at, created_at, sent_at)
    SELECT id, id, CASE WHEN sent_at IS NULL THEN 'sms' ELSE 'file' END, phone,
           CASE WHEN sent_at IS NULL THEN 'queued' ELSE 'sent' END, created_at, created_at, sent_at
    FROM message WHERE phone <> '';
DROP INDEX message_queue;
ALTER TABLE message DROP COLUMN sent_at;
-- The phone stands with the dispatch.
ALTER TABLE message DROP COLUMN phone;

ALTER TABLE user_account ADD COLUMN email TEXT;
CREATE INDEX user_officer ON user_account (role, department) WHERE login IS NOT NULL;
