-- Schema 1. Portable on purpose: integers, text and bytes only; ids come from the application.
-- Instants are milliseconds UTC; legal dates are days since 1970-01-01 in Asia/Shanghai; NULL = none.

CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL);

-- Every catalogue version that a case was ever filed under is kept whole.
CREATE TABLE catalog_version (
    version TEXT PRIMARY KEY, digest TEXT NOT NULL, body TEXT NOT NULL, loaded_at BIGINT NOT NULL,
    is_current BIGINT NOT NULL
);

CREATE TABLE user_account (
    id BIGINT PRIMARY KEY,
    role TEXT NOT NULL,              -- applicant, clerk, reviewer, bureau, admin
    login TEXT UNIQUE,               -- officers
    phone TEXT UNIQUE,               -- applicants
    name TEXT NOT NULL,
    password TEXT,                   -- argon2id, officers
    department TEXT, region TEXT, hall TEXT,
    disabled BIGINT NOT NULL DEFAULT 0,
    created_at BIGINT NOT NULL
);

CREATE TABLE session (
    token_hash BYTEA PRIMARY KEY, user_id BIGINT NOT NULL, created_at BIGINT NOT NULL, expires_at BIGINT NOT NULL
);
CREATE INDEX session_expiry ON session (expires_at);

CREATE TABLE throttle (key TEXT PRIMARY KEY, failures BIGINT NOT NULL, since BIGINT NOT NULL, blocked_until BIGINT NOT NULL);

CREATE TABLE one_time_code (
    phone TEXT PRIMARY KEY, code_hash BYTEA NOT NULL, sent_at BIGINT NOT NULL, expires_at BIGINT NOT NULL, tries BIGINT NOT NULL
);

-- Outbox: what people are told. state: queued, sent.
CREATE TABLE message (
    id BIGINT PRIMARY KEY, user_id BIGINT, phone TEXT NOT NULL, title TEXT NOT NULL, body TEXT NOT NULL, case_id BIGINT,
    created_at BIGINT NOT NULL, sent_at BIGINT
);
CREATE INDEX message_user ON message (user_id, id);
CREATE INDEX message_queue ON message (id) WHERE sent_at IS NULL;

CREATE TABLE licensing_case (
    id BIGINT PRIMARY KEY,
    number TEXT UNIQUE,              -- 办件编号, from submission on
    industry TEXT NOT NULL, region TEXT NOT NULL, catalog_version TEXT NOT NULL,
    channel TEXT NOT NULL,           -- online, window
    applicant_id BIGINT, applicant_name TEXT NOT NULL, applicant_phone TEXT NOT NULL,
    clerk_id BIGINT, hall TEXT, authorisation TEXT,
    answers TEXT NOT NULL,           -- JSON
    state TEXT NOT NULL,             -- derived by case_derive, kept for lists
    version BIGINT NOT NULL,
    files_rev BIGINT NOT NULL DEFAULT 0, -- counts uploads and removals; not part of the ETag
    holder_name TEXT NOT NULL, uscc TEXT NOT NULL, person TEXT NOT NULL, address TEXT NOT NULL,
    n_items BIGINT NOT NULL, n_open BIGINT NOT NULL,
    created_at BIGINT NOT NULL, updated_at BIGINT NOT NULL, submitted_at BIGINT, closed_at BIGINT, issued_at BIGINT,
    licence_number TEXT
);
CREATE INDEX case_applicant ON licensing_case (applicant_id, id);
CREATE INDEX case_region ON licensing_case (region, state, id);
CREATE INDEX case_hall ON licensing_case (hall, id) WHERE hall IS NOT NULL;

CREATE TABLE case_form (case_id BIGINT PRIMARY KEY, body TEXT NOT NULL, commitments TEXT NOT NULL,
    draft TEXT -- what the applicant has changed for a correction and not sent yet
);

CREATE TABLE item (
    id BIGINT PRIMARY KEY, case_id BIGINT NOT NULL, permit TEXT NOT NULL, department TEXT NOT NULL, region TEXT NOT NULL,
    state TEXT NOT NULL, version BIGINT NOT NULL,
    received_on BIGINT NOT NULL,     -- start of the 5 days of art. 32
    accepted_on BIGINT, accept_deemed BIGINT NOT NULL DEFAULT 0, closed_on BIGINT,
    due_on BIGINT, yellow_on BIGINT, -- of the running clock, for queues; NULL when none runs
    asked_round BIGINT NOT NULL DEFAULT 0,
    seen_digest TEXT NOT NULL,       -- SM3 of what the department saw (P6)
    inputs_changed BIGINT NOT NULL DEFAULT 0,
    number TEXT, valid_from BIGINT, valid_until BIGINT,
    reason TEXT, basis TEXT, right_organ TEXT
);
CREATE INDEX item_case ON item (case_id);
CREATE INDEX item_queue ON item (department, state, due_on, id);
-- Clocks that ran out are found here, whatever happened meanwhile (P5, P21).
CREATE INDEX item_clock ON item (state, due_on) WHERE due_on IS NOT NULL;

CREATE TABLE attachment (
    id BIGINT PRIMARY KEY, case_id BIGINT NOT NULL, material TEXT NOT NULL, name TEXT NOT NULL, media_type TEXT NOT NULL,
    size BIGINT NOT NULL, sm3 TEXT NOT NULL, created_at BIGINT NOT NULL, created_by BIGINT NOT NULL, removed_at BIGINT
);
CREATE INDEX attachment_case ON attachment (case_id, id);

-- One consolidated correction per round (P4). state: draft, issued, answered, ended.
CREATE TABLE correction (
    id BIGINT PRIMARY KEY, case_id BIGINT NOT NULL, round BIGINT NOT NULL, state TEXT NOT NULL, issued_at BIGINT,
    due_on BIGINT, -- draft: to be sent at the latest; issued: to be answered
    UNIQUE (case_id, round)
);
CREATE INDEX correction_clock ON correction (state, due_on) WHERE due_on IS NOT NULL;
CREATE TABLE correction_entry (
    id BIGINT PRIMARY KEY, correction_id BIGINT NOT NULL, item_id BIGINT NOT NULL, kind TEXT NOT NULL, code TEXT NOT NULL,
    label TEXT NOT NULL, what TEXT NOT NULL, why TEXT NOT NULL
);
CREATE INDEX correction_entry_of ON correction_entry (correction_id, id);

-- A statutory permit 法定许可证 granted by its department.
CREATE TABLE permit (
    id BIGINT PRIMARY KEY, item_id BIGINT NOT NULL UNIQUE, case_id BIGINT NOT NULL, permit_type TEXT NOT NULL, name TEXT NOT NULL,
    number TEXT NOT NULL, department TEXT NOT NULL, department_name TEXT NOT NULL, region TEXT NOT NULL,
    uscc TEXT NOT NULL, granted_on BIGINT NOT NULL, valid_from BIGINT NOT NULL, valid_until BIGINT, state TEXT NOT NULL,
    UNIQUE (permit_type, number)
);
CREATE INDEX permit_case ON permit (case_id);

-- The comprehensive licence; every change is a new version. At most one row of a number is current.
CREATE TABLE licence (
    number TEXT NOT NULL, version BIGINT NOT NULL, is_current BIGINT NOT NULL, state TEXT NOT NULL, -- valid, superseded, void
    case_id BIGINT NOT NULL, short_id TEXT NOT NULL UNIQUE, uscc TEXT NOT NULL, holder TEXT NOT NULL, person TEXT NOT NULL,
    address TEXT NOT NULL, industry TEXT NOT NULL, region TEXT NOT NULL, issuer TEXT NOT NULL,
    issued_on BIGINT NOT NULL, issued_at BIGINT NOT NULL, expires_on BIGINT, permits_valid BIGINT NOT NULL,
    payload TEXT NOT NULL, ended_note TEXT NOT NULL, ledger_seq BIGINT NOT NULL,
    PRIMARY KEY (number, version)
);
CREATE UNIQUE INDEX licence_current ON licence (number) WHERE is_current = 1;
-- Covers the public status read, the hottest of all.
CREATE INDEX licence_status ON licence (number, version, permits_valid, expires_on, state) WHERE is_current = 1;
CREATE INDEX licence_case ON licence (case_id);

-- The append-only log. leaf = SM3(0x00 || canonical bytes of the row), see src/service/ledger.c.
CREATE TABLE ledger (
    seq BIGINT PRIMARY KEY, at BIGINT NOT NULL, effective_on BIGINT NOT NULL, actor_id BIGINT, actor_kind TEXT NOT NULL,
    department TEXT, act TEXT NOT NULL, case_id BIGINT, item_id BIGINT, body TEXT NOT NULL, leaf BYTEA NOT NULL
);
CREATE INDEX ledger_case ON ledger (case_id, seq) WHERE case_id IS NOT NULL;
-- One row: size and frontier of the tree, with a MAC under a key that is not in the database.
CREATE TABLE ledger_head (id BIGINT PRIMARY KEY, size BIGINT NOT NULL, last_at BIGINT NOT NULL, frontier BYTEA NOT NULL, mac BYTEA NOT NULL);
-- Roots of perfect subtrees of 256 leaves and more, for proofs.
CREATE TABLE ledger_node (level BIGINT NOT NULL, idx BIGINT NOT NULL, hash BYTEA NOT NULL, PRIMARY KEY (level, idx));
CREATE TABLE tree_head (size BIGINT PRIMARY KEY, root BYTEA NOT NULL, at BIGINT NOT NULL, key_id TEXT NOT NULL, signature BYTEA NOT NULL);

CREATE TABLE idempotency (
    actor TEXT NOT NULL, key TEXT NOT NULL, digest TEXT NOT NULL, ref TEXT NOT NULL, created_at BIGINT NOT NULL,
    PRIMARY KEY (actor, key)
);
CREATE INDEX idempotency_age ON idempotency (created_at);

CREATE TABLE counter (name TEXT PRIMARY KEY, value BIGINT NOT NULL);
