-- Editing and publishing the catalogue (R1.3). origin: shipped with the program, or published by the office;
-- what the office has published is never replaced by what a new program ships.
ALTER TABLE catalog_version ADD COLUMN origin TEXT NOT NULL DEFAULT 'shipped';
ALTER TABLE catalog_version ADD COLUMN published_on BIGINT;
ALTER TABLE catalog_version ADD COLUMN published_by BIGINT;
ALTER TABLE catalog_version ADD COLUMN draft_id BIGINT;
ALTER TABLE catalog_version ADD COLUMN batch TEXT NOT NULL DEFAULT '';

-- version is the row's own (If-Match). reasons: JSON, key of a contradiction -> why it stands.
CREATE TABLE catalog_draft (
    id INTEGER PRIMARY KEY, version BIGINT NOT NULL, title TEXT NOT NULL, base_version TEXT NOT NULL,
    body TEXT NOT NULL, digest TEXT NOT NULL, state TEXT NOT NULL, batch TEXT NOT NULL, note TEXT NOT NULL,
    reasons TEXT NOT NULL, author_id BIGINT NOT NULL, edited_by BIGINT NOT NULL, submitted_by BIGINT,
    approved_by BIGINT, published_by BIGINT, publish_on BIGINT, created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL, submitted_at BIGINT, approved_at BIGINT, published_at BIGINT
);
CREATE INDEX catalog_draft_due ON catalog_draft (publish_on) WHERE state = 'scheduled';
