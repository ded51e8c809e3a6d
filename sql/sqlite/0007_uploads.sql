-- A file that comes in pieces: its bytes lie in blobs/incoming-u<id> until the last piece is there.
CREATE TABLE upload (
    id INTEGER PRIMARY KEY, case_id BIGINT NOT NULL, material TEXT NOT NULL, name TEXT NOT NULL, size BIGINT NOT NULL,
    replaces BIGINT, attachment_id BIGINT, duplicate BIGINT NOT NULL DEFAULT 0, created_by BIGINT NOT NULL, created_at BIGINT NOT NULL
);
CREATE INDEX upload_age ON upload (created_at);

-- How somebody turned a page that was photographed sideways, and what a file took the place of.
ALTER TABLE attachment ADD COLUMN rotation BIGINT NOT NULL DEFAULT 0; -- degrees clockwise
ALTER TABLE attachment ADD COLUMN replaces BIGINT;
