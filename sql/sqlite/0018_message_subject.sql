-- Schema 18: what a message leads to, when that is neither a case nor an item: "supervision:123", "draft:5"; "" = nothing.
ALTER TABLE message ADD COLUMN subject TEXT NOT NULL DEFAULT '';
