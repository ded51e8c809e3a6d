-- Archive packages of closed cases (P31): one row for each, written with its act. sm3: of the package, its name among the blobs;
-- head_size: of the signed tree head inside it; by_id 0: the clock. See docs/archive.md.
CREATE TABLE archive (
    case_id BIGINT PRIMARY KEY, sm3 TEXT NOT NULL, size BIGINT NOT NULL, files BIGINT NOT NULL, archived_at BIGINT NOT NULL,
    by_id BIGINT NOT NULL, by_name TEXT NOT NULL, head_size BIGINT NOT NULL, ledger_seq BIGINT NOT NULL
);
-- What waits to be archived.
CREATE INDEX case_to_archive ON licensing_case (id) WHERE closed_at IS NOT NULL AND state <> 'archived';
