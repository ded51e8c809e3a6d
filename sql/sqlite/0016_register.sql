-- Schema 15: the public register (docs/register.md). Only what anybody may read; one row for every licence, of its current version.
-- id is dense and given once, so that the newest licences come first. permits: JSON list as shown.
CREATE TABLE register_entry (
    id INTEGER PRIMARY KEY, number TEXT NOT NULL UNIQUE, version BIGINT NOT NULL, state TEXT NOT NULL, holder TEXT NOT NULL, uscc TEXT NOT NULL,
    address TEXT NOT NULL, industry TEXT NOT NULL, industry_name TEXT NOT NULL, region TEXT NOT NULL, issuer TEXT NOT NULL,
    first_issued_on BIGINT NOT NULL, issued_on BIGINT NOT NULL, expires_on BIGINT, ended_on BIGINT, permits TEXT NOT NULL,
    short_id TEXT NOT NULL, ledger_seq BIGINT NOT NULL
);
CREATE INDEX register_uscc ON register_entry (uscc);
-- What an entry is found by: pairs of characters (src/domain/licence/search_text.h), separated by spaces.
CREATE TABLE register_gram (id INTEGER PRIMARY KEY, grams TEXT NOT NULL);
-- register_match($1): ids of entries with these pairs. '=' and '@' mark pairs of the name and filters.
CREATE VIRTUAL TABLE register_match USING fts5(grams, content = 'register_gram', content_rowid = 'id', detail = none, columnsize = 0,
    tokenize = "ascii tokenchars '=@'");
CREATE TRIGGER register_gram_insert AFTER INSERT ON register_gram BEGIN
    INSERT INTO register_match (rowid, grams) VALUES (new.id, new.grams);
END;
CREATE TRIGGER register_gram_update AFTER UPDATE ON register_gram WHEN old.grams <> new.grams BEGIN
    INSERT INTO register_match (register_match, rowid, grams) VALUES ('delete', old.id, old.grams);
    INSERT INTO register_match (rowid, grams) VALUES (new.id, new.grams);
END;
CREATE TRIGGER register_gram_delete AFTER DELETE ON register_gram BEGIN
    INSERT INTO register_match (register_match, rowid, grams) VALUES ('delete', old.id, old.grams);
END;
-- The index is written in small pieces; setting pages puts that many together (negative: until one is left).
INSERT INTO register_match (register_match, rank) VALUES ('usermerge', 2);
CREATE TABLE register_care (id INTEGER PRIMARY KEY, pages BIGINT NOT NULL);
INSERT INTO register_care (id, pages) VALUES (1, 0);
CREATE TRIGGER register_merge AFTER UPDATE ON register_care BEGIN
    INSERT INTO register_match (register_match, rank) VALUES ('merge', new.pages);
END;
-- Decisions by day, for their publicity.
CREATE INDEX permit_event_day ON permit_event (effective_on, id);
CREATE INDEX item_closed ON item (state, closed_on) WHERE closed_on IS NOT NULL;
