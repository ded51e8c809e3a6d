-- Schema 15: the public register (docs/register.md). Only what anybody may read; one row for every licence, of its current version.
-- id is dense and given once, so that the newest licences come first. permits: JSON list as shown.
CREATE TABLE register_entry (
    id BIGINT PRIMARY KEY, number TEXT COLLATE "C" NOT NULL UNIQUE, version BIGINT NOT NULL, state TEXT NOT NULL, holder TEXT NOT NULL,
    uscc TEXT COLLATE "C" NOT NULL, address TEXT NOT NULL, industry TEXT NOT NULL, industry_name TEXT NOT NULL, region TEXT NOT NULL, issuer TEXT NOT NULL,
    first_issued_on BIGINT NOT NULL, issued_on BIGINT NOT NULL, expires_on BIGINT, ended_on BIGINT, permits TEXT NOT NULL,
    short_id TEXT NOT NULL, ledger_seq BIGINT NOT NULL
);
CREATE INDEX register_uscc ON register_entry (uscc);
-- What an entry is found by: pairs of characters (src/domain/licence/search_text.h), separated by spaces.
CREATE TABLE register_gram (id BIGINT PRIMARY KEY, grams TEXT NOT NULL,
    pairs TSVECTOR GENERATED ALWAYS AS (array_to_tsvector(string_to_array(grams, ' '))) STORED);
CREATE INDEX register_pairs ON register_gram USING gin (pairs);
-- register_match($1): ids of entries with these pairs, asked for in the words of SQLite's FTS5 ("a" AND ("b" OR "c")): one SQL text
-- serves both engines. Pairs hold neither quotes nor spaces.
CREATE FUNCTION register_match(asked TEXT) RETURNS TABLE (rowid BIGINT) LANGUAGE sql STABLE AS $$
    SELECT id FROM register_gram WHERE pairs @@ translate(replace(replace(asked, ' AND ', ' & '), ' OR ', ' | '), '"', '''')::tsquery
$$;
-- SQLite's index is put together by setting pages; PostgreSQL looks after its own.
CREATE TABLE register_care (id BIGINT PRIMARY KEY, pages BIGINT NOT NULL);
INSERT INTO register_care (id, pages) VALUES (1, 0);
-- Decisions by day, for their publicity.
CREATE INDEX permit_event_day ON permit_event (effective_on, id);
CREATE INDEX item_closed ON item (state, closed_on) WHERE closed_on IS NOT NULL;
