-- Issuers of other regions whose keys are trusted here: imported from their signed lists
-- (docs/offline-verification.md). body: the issuer's entry as JSON (src/service/trust_doc.h).
CREATE TABLE trust_issuer (
    region TEXT PRIMARY KEY, name TEXT NOT NULL, body TEXT NOT NULL, issued_ms BIGINT NOT NULL, added_at BIGINT NOT NULL
);
