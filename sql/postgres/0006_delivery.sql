-- P17: what is decided or issued and not delivered has a last day (art. 44): the earliest one of the case.
ALTER TABLE licensing_case ADD COLUMN deliver_by BIGINT;      -- NULL: nothing waits
ALTER TABLE licensing_case ADD COLUMN deliver_warn_on BIGINT; -- yellow from this day on
ALTER TABLE licensing_case ADD COLUMN deliver_warned BIGINT NOT NULL DEFAULT 0; -- 1 warned, 2 told that it passed
CREATE INDEX licensing_case_deliver_soon ON licensing_case (deliver_warn_on, id) WHERE deliver_warned = 0 AND deliver_warn_on IS NOT NULL;
CREATE INDEX licensing_case_deliver_passed ON licensing_case (deliver_by, id) WHERE deliver_warned < 2 AND deliver_by IS NOT NULL;
-- Cases from before: their day is counted at the next start, with the open deadlines.
UPDATE licensing_case SET deliver_by = 9999999 WHERE (licence_number IS NOT NULL AND licence_delivered_on IS NULL)
    OR id IN (SELECT case_id FROM item WHERE closed_on IS NOT NULL AND delivered_on IS NULL AND state IN ('granted', 'denied'));
INSERT INTO meta (key, value) VALUES ('calendar_settled', '-1') ON CONFLICT (key) DO UPDATE SET value = '-1';
