-- Schema 2: the law's process in full. Clocks that stop with evidence, special procedures and hearings, extensions,
-- joint inspections, tolerated materials, delivery, bans. Conventions as in schema 1.

ALTER TABLE user_account ADD COLUMN is_head BIGINT NOT NULL DEFAULT 0; -- head of the department: may extend (art. 42)

-- The timer (src/domain/law/timer.h): what runs, whose time it is, what was used; clock_event has the evidence.
ALTER TABLE item ADD COLUMN clock TEXT NOT NULL DEFAULT 'none';
ALTER TABLE item ADD COLUMN time_holder TEXT NOT NULL DEFAULT 'nobody';
ALTER TABLE item ADD COLUMN clock_since BIGINT;
ALTER TABLE item ADD COLUMN clock_used BIGINT NOT NULL DEFAULT 0;
ALTER TABLE item ADD COLUMN extended_days BIGINT NOT NULL DEFAULT 0;
ALTER TABLE item ADD COLUMN days_ours BIGINT NOT NULL DEFAULT 0;
ALTER TABLE item ADD COLUMN days_applicant BIGINT NOT NULL DEFAULT 0;
ALTER TABLE item ADD COLUMN days_special BIGINT NOT NULL DEFAULT 0;
ALTER TABLE item ADD COLUMN last_on BIGINT;             -- effective date of the last act: never goes back
ALTER TABLE item ADD COLUMN extended BIGINT NOT NULL DEFAULT 0; -- once (P10)
ALTER TABLE item ADD COLUMN special_id BIGINT;          -- the special procedure that runs; NULL = none
ALTER TABLE item ADD COLUMN special_due BIGINT;         -- what was told in writing
ALTER TABLE item ADD COLUMN hearing TEXT NOT NULL DEFAULT 'none';
ALTER TABLE item ADD COLUMN hearing_until BIGINT;       -- told: last day to ask
ALTER TABLE item ADD COLUMN inspection TEXT NOT NULL DEFAULT 'none';
ALTER TABLE item ADD COLUMN rectify_by BIGINT;          -- 限期整改
ALTER TABLE item ADD COLUMN delivered_on BIGINT;
ALTER TABLE item ADD COLUMN false_material BIGINT NOT NULL DEFAULT 0; -- denied for it (art. 78)
ALTER TABLE item ADD COLUMN officer_id BIGINT;          -- who has it in hand; NULL = whole department
ALTER TABLE item ADD COLUMN warned BIGINT NOT NULL DEFAULT 0; -- of the running clock: 1 warned, 2 told that it passed
-- Decided and not yet delivered (P17).
CREATE INDEX item_delivery ON item (closed_on, id) WHERE closed_on IS NOT NULL AND delivered_on IS NULL;
CREATE INDEX item_officer ON item (officer_id, due_on, id) WHERE officer_id IS NOT NULL;
CREATE INDEX item_warn ON item (warned, yellow_on) WHERE yellow_on IS NOT NULL;

-- The joint clock of art. 42(2), and delivery of the licence.
ALTER TABLE licensing_case ADD COLUMN joint_clock TEXT NOT NULL DEFAULT 'none';
ALTER TABLE licensing_case ADD COLUMN joint_holder TEXT NOT NULL DEFAULT 'nobody';
ALTER TABLE licensing_case ADD COLUMN joint_since BIGINT;
ALTER TABLE licensing_case ADD COLUMN joint_used BIGINT NOT NULL DEFAULT 0;
ALTER TABLE licensing_case ADD COLUMN joint_extended_days BIGINT NOT NULL DEFAULT 0;
ALTER TABLE licensing_case ADD COLUMN joint_extended BIGINT NOT NULL DEFAULT 0;
ALTER TABLE licensing_case ADD COLUMN joint_started_on BIGINT;
ALTER TABLE licensing_case ADD COLUMN days_ours BIGINT NOT NULL DEFAULT 0;
ALTER TABLE licensing_case ADD COLUMN days_applicant BIGINT NOT NULL DEFAULT 0;
ALTER TABLE licensing_case ADD COLUMN days_special BIGINT NOT NULL DEFAULT 0;
ALTER TABLE licensing_case ADD COLUMN joint_due_on BIGINT;
ALTER TABLE licensing_case ADD COLUMN licence_delivered_on BIGINT;

-- P20: every start, stop and end of a clock, with reason and document. item_id NULL: the joint clock.
CREATE TABLE clock_event (
    id INTEGER PRIMARY KEY, case_id BIGINT NOT NULL, item_id BIGINT, on_day BIGINT NOT NULL, at BIGINT NOT NULL,
    act TEXT NOT NULL, clock TEXT NOT NULL, holder TEXT NOT NULL, extended BIGINT NOT NULL, reason TEXT NOT NULL, paper TEXT NOT NULL
);
CREATE INDEX clock_event_case ON clock_event (case_id, id);

-- P9. kind: see src/domain/law/special.h.
CREATE TABLE special (
    id INTEGER PRIMARY KEY, case_id BIGINT NOT NULL, item_id BIGINT NOT NULL, kind TEXT NOT NULL, title TEXT NOT NULL,
    reason TEXT NOT NULL, days BIGINT NOT NULL, opened_on BIGINT NOT NULL, due_on BIGINT NOT NULL, closed_on BIGINT, result TEXT
);
CREATE INDEX special_case ON special (case_id, id);

-- P9, art. 36, 46-48: one hearing for each item at most.
CREATE TABLE hearing (
    item_id INTEGER PRIMARY KEY, case_id BIGINT NOT NULL, reason TEXT NOT NULL, parties TEXT NOT NULL, -- JSON [{name, contact, interest}]
    told_on BIGINT NOT NULL, ask_until BIGINT NOT NULL, asked_on BIGINT, asked_by TEXT, hold_by BIGINT,
    noticed_on BIGINT, held_on BIGINT, held_time TEXT, place TEXT, chair TEXT, minutes TEXT, ended_on BIGINT
);
CREATE INDEX hearing_case ON hearing (case_id);

-- P10, P16. item_id NULL: of the whole case.
CREATE TABLE extension (
    id INTEGER PRIMARY KEY, case_id BIGINT NOT NULL, item_id BIGINT, days BIGINT NOT NULL, reason TEXT NOT NULL,
    approved_by TEXT NOT NULL, approved_on BIGINT NOT NULL, due_on BIGINT NOT NULL
);
CREATE INDEX extension_case ON extension (case_id, id);

-- R6, P11: the joint inspection. Parts: one for each item that it serves.
CREATE TABLE visit (
    id INTEGER PRIMARY KEY, case_id BIGINT NOT NULL, round BIGINT NOT NULL, state TEXT NOT NULL, version BIGINT NOT NULL,
    held_on BIGINT NOT NULL, held_time TEXT NOT NULL, place TEXT NOT NULL, note TEXT NOT NULL,
    proposed_by TEXT NOT NULL, proposed_at BIGINT NOT NULL, announced_at BIGINT, closed_at BIGINT, cancel_reason TEXT
);
CREATE INDEX visit_case ON visit (case_id, id);
CREATE INDEX visit_day ON visit (state, held_on);
CREATE TABLE visit_part (
    id INTEGER PRIMARY KEY, visit_id BIGINT NOT NULL, case_id BIGINT NOT NULL, item_id BIGINT NOT NULL, department TEXT NOT NULL,
    version BIGINT NOT NULL, agreed_at BIGINT, declined_reason TEXT, counter_on BIGINT,
    officer_a BIGINT, officer_b BIGINT, officer_a_name TEXT, officer_b_name TEXT,
    checks TEXT NOT NULL, -- JSON {"code": {"result": "pass|fail|na", "note": ""}}
    result TEXT NOT NULL, findings TEXT NOT NULL, rectify_by BIGINT,
    recorded_by BIGINT, recorded_at BIGINT, taken_at BIGINT, confirmed_by BIGINT, confirmed_at BIGINT,
    UNIQUE (visit_id, item_id)
);
CREATE INDEX visit_part_visit ON visit_part (visit_id, id);
CREATE INDEX visit_part_case ON visit_part (case_id, id);
CREATE TABLE visit_photo (
    id INTEGER PRIMARY KEY, visit_id BIGINT NOT NULL, case_id BIGINT NOT NULL, item_id BIGINT NOT NULL, check_code TEXT NOT NULL,
    name TEXT NOT NULL, media_type TEXT NOT NULL, size BIGINT NOT NULL, sm3 TEXT NOT NULL, taken_at BIGINT, created_at BIGINT NOT NULL,
    created_by BIGINT NOT NULL
);
CREATE INDEX visit_photo_case ON visit_photo (case_id, id);

-- R3.4, P12, P32: a missing material promised. state: promised, confirmed, broken.
CREATE TABLE commitment (
    id INTEGER PRIMARY KEY, case_id BIGINT NOT NULL, material TEXT NOT NULL, state TEXT NOT NULL, due_on BIGINT NOT NULL,
    signed_at BIGINT NOT NULL, signed_by TEXT NOT NULL, digest TEXT NOT NULL, warned_at BIGINT,
    confirmed_on BIGINT, confirmed_by TEXT, item_id BIGINT, note TEXT,
    UNIQUE (case_id, material)
);
CREATE INDEX commitment_due ON commitment (state, due_on);

-- P17, R4.3: 送达回证. item_id NULL: the comprehensive licence. method: pickup, post, electronic.
CREATE TABLE delivery (
    id INTEGER PRIMARY KEY, case_id BIGINT NOT NULL, item_id BIGINT, method TEXT NOT NULL, receiver TEXT NOT NULL,
    relation TEXT NOT NULL, tracking TEXT NOT NULL, delivered_on BIGINT NOT NULL, at BIGINT NOT NULL, by_name TEXT NOT NULL
);
CREATE INDEX delivery_case ON delivery (case_id, id);

-- P33: art. 78 (1 year), art. 79 (3 years).
CREATE TABLE ban (
    id INTEGER PRIMARY KEY, uscc TEXT NOT NULL, holder TEXT NOT NULL, permit TEXT NOT NULL, article TEXT NOT NULL, reason TEXT NOT NULL,
    from_day BIGINT NOT NULL, until_day BIGINT NOT NULL, case_id BIGINT NOT NULL, item_id BIGINT NOT NULL
);
CREATE INDEX ban_holder ON ban (uscc, permit, until_day);

-- P6: what was handed in before each answer to a correction, so that a department sees what changed.
CREATE TABLE form_version (
    case_id BIGINT NOT NULL, round BIGINT NOT NULL, body TEXT NOT NULL, commitments TEXT NOT NULL, files TEXT NOT NULL, replaced_at BIGINT NOT NULL,
    PRIMARY KEY (case_id, round)
);
