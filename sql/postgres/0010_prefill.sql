-- What of a case's form was filled in from elsewhere, and what the electronic licence library gave instead of an upload.
CREATE TABLE case_prefill (
    case_id BIGINT PRIMARY KEY,
    marks TEXT NOT NULL,        -- {field: {kind, source, on, digest}}; digest of the value that was filled in
    certificates TEXT NOT NULL  -- {holder, items: {material: {state, …}}}
);
