-- Schema 3. Holiday arrangements that were imported; the years shipped with the program are not
-- here, an imported year of the same number stands in their place. region '' is the nation.
-- A (region, year) is replaced whole; meta holds calendar_version, counted up by every import, and
-- calendar_settled, the last one by which all open deadlines were counted.

CREATE TABLE calendar_year (
    region TEXT NOT NULL, year BIGINT NOT NULL,
    certainty TEXT NOT NULL,         -- published, provisional
    source TEXT NOT NULL,            -- name and number of the notice
    imported_at BIGINT NOT NULL, imported_by TEXT NOT NULL,
    digest TEXT NOT NULL,            -- SM3 of the file
    PRIMARY KEY (region, year)
);

CREATE TABLE calendar_day (
    region TEXT NOT NULL, day BIGINT NOT NULL,
    kind TEXT NOT NULL,              -- off, work
    name TEXT NOT NULL,
    PRIMARY KEY (region, day)
);
