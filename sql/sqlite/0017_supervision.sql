-- Schema 15: 审管联动 (P30). One task for every decision about a permit and every department that supervises it.

-- event_seq: the decision's entry in the ledger; act: what it was. permit_id NULL: not granted. department supervises, grantor granted.
-- lead: the supervising department of the catalogue (1) or one that helps (0). due_on: acknowledge, or answer the proposal, or what was
-- ordered to be put right, by then; NULL: nothing is due. wants: the act on the permit that is proposed. result: the last one reported.
CREATE TABLE supervision_task (
    id INTEGER PRIMARY KEY, event_seq BIGINT NOT NULL, act TEXT NOT NULL, permit_id BIGINT, case_id BIGINT NOT NULL, item_id BIGINT,
    permit_type TEXT NOT NULL, department TEXT NOT NULL, lead BIGINT NOT NULL, grantor TEXT NOT NULL, region TEXT NOT NULL,
    kind TEXT NOT NULL, state TEXT NOT NULL, opened_on BIGINT NOT NULL, opened_at BIGINT NOT NULL, due_on BIGINT, yellow_on BIGINT,
    warned BIGINT NOT NULL DEFAULT 0, acknowledged_on BIGINT, acknowledged_by TEXT NOT NULL DEFAULT '', wants TEXT NOT NULL DEFAULT '',
    result TEXT NOT NULL DEFAULT '', result_on BIGINT, version BIGINT NOT NULL, ledger_seq BIGINT NOT NULL
);
CREATE UNIQUE INDEX supervision_once ON supervision_task (event_seq, department);
CREATE INDEX supervision_department ON supervision_task (department, id);
CREATE INDEX supervision_grantor ON supervision_task (grantor, id);
CREATE INDEX supervision_region ON supervision_task (region, id);
CREATE INDEX supervision_permit ON supervision_task (permit_id, id);
CREATE INDEX supervision_due ON supervision_task (due_on) WHERE due_on IS NOT NULL;

-- One row for everything done about a task after it was opened. Never changed. permit_seq: what settled a proposal.
CREATE TABLE supervision_event (
    id INTEGER PRIMARY KEY, task_id BIGINT NOT NULL, act TEXT NOT NULL, effective_on BIGINT NOT NULL, at BIGINT NOT NULL, department TEXT NOT NULL,
    actor_id BIGINT, actor_name TEXT NOT NULL, result TEXT NOT NULL, reason TEXT NOT NULL, basis TEXT NOT NULL, document TEXT NOT NULL,
    wants TEXT NOT NULL, due_on BIGINT, permit_seq BIGINT, ledger_seq BIGINT NOT NULL
);
CREATE INDEX supervision_event_of ON supervision_event (task_id, ledger_seq);
