-- Schema 12: the life of licences. What becomes of permits, licence versions by fold of it, cases about a licence.

-- state: valid, expired, withdrawn, revoked, cancelled, forfeited. status_index: its bit in the status list (NULL: given at start).
ALTER TABLE permit ADD COLUMN licence_number TEXT;
ALTER TABLE permit ADD COLUMN status_index BIGINT;
ALTER TABLE permit ADD COLUMN version BIGINT NOT NULL DEFAULT 1;
ALTER TABLE permit ADD COLUMN holder TEXT NOT NULL DEFAULT '';
ALTER TABLE permit ADD COLUMN person TEXT NOT NULL DEFAULT '';
ALTER TABLE permit ADD COLUMN address TEXT NOT NULL DEFAULT '';
ALTER TABLE permit ADD COLUMN reminded BIGINT NOT NULL DEFAULT 0; -- days before its end that the holder was last told of
ALTER TABLE licence ADD COLUMN status_index BIGINT;
ALTER TABLE licence ADD COLUMN ended_on BIGINT; -- when another version took its place, or it became void
CREATE INDEX permit_licence ON permit (licence_number) WHERE licence_number IS NOT NULL;
CREATE INDEX permit_ends ON permit (state, valid_until) WHERE valid_until IS NOT NULL;
CREATE INDEX permit_department ON permit (department, id);
CREATE UNIQUE INDEX permit_status ON permit (status_index);
CREATE UNIQUE INDEX licence_status_bit ON licence (status_index);
-- What the status list must carry: everything that is not valid any more.
CREATE INDEX permit_ended ON permit (status_index) WHERE state <> 'valid';
CREATE INDEX licence_ended ON licence (status_index) WHERE state <> 'valid';

-- One row for everything that happened to a permit; the facts are those after it. Never changed.
CREATE TABLE permit_event (
    id INTEGER PRIMARY KEY, permit_id BIGINT NOT NULL, act TEXT NOT NULL, effective_on BIGINT NOT NULL, at BIGINT NOT NULL,
    department TEXT NOT NULL, actor_id BIGINT, document TEXT NOT NULL, reason TEXT NOT NULL, basis TEXT NOT NULL,
    number TEXT NOT NULL, valid_from BIGINT, valid_until BIGINT, holder TEXT NOT NULL, person TEXT NOT NULL, address TEXT NOT NULL,
    case_id BIGINT, item_id BIGINT, ledger_seq BIGINT NOT NULL
);
CREATE INDEX permit_event_of ON permit_event (permit_id, ledger_seq);

-- kind: new, amend, renew, replace, cancel. of_licence: the licence that the case is about; permits: JSON list of ids.
ALTER TABLE licensing_case ADD COLUMN kind TEXT NOT NULL DEFAULT 'new';
ALTER TABLE licensing_case ADD COLUMN of_licence TEXT;
ALTER TABLE licensing_case ADD COLUMN permits TEXT NOT NULL DEFAULT '[]';
ALTER TABLE case_form ADD COLUMN before TEXT NOT NULL DEFAULT ''; -- values that the licence rests on now
ALTER TABLE item ADD COLUMN permit_id BIGINT; -- the permit that is to be changed
CREATE INDEX item_permit ON item (permit_id) WHERE permit_id IS NOT NULL;
CREATE INDEX case_of_licence ON licensing_case (of_licence) WHERE of_licence IS NOT NULL;

-- What is already there: permits belong to the licence of their case, and were granted.
UPDATE permit SET licence_number = (SELECT l.number FROM licence l WHERE l.case_id = permit.case_id AND l.is_current = 1);
UPDATE permit SET holder = (SELECT k.holder_name FROM licensing_case k WHERE k.id = permit.case_id),
    person = (SELECT k.person FROM licensing_case k WHERE k.id = permit.case_id),
    address = (SELECT k.address FROM licensing_case k WHERE k.id = permit.case_id);
INSERT INTO permit_event (id, permit_id, act, effective_on, at, department, actor_id, document, reason, basis, number, valid_from, valid_until,
    holder, person, address, case_id, item_id, ledger_seq)
SELECT p.id, p.id, 'grant', p.granted_on, g.at, p.department, g.actor_id, '', '', '', p.number, p.valid_from, p.valid_until,
    p.holder, p.person, p.address, p.case_id, p.item_id, g.seq
FROM permit p JOIN ledger g ON g.item_id = p.item_id AND g.case_id = p.case_id AND g.act IN ('grant', 'accept')
WHERE g.seq = (SELECT MAX(h.seq) FROM ledger h WHERE h.case_id = p.case_id AND h.item_id = p.item_id AND h.act IN ('grant', 'accept'));
