-- An agency's account files for thousands: its open drafts are counted before each new one, not its cases.
CREATE INDEX licensing_case_drafts ON licensing_case (applicant_id) WHERE state = 'draft';

-- Who is to be warned is asked every few seconds: never a walk over all items.
DROP INDEX item_warn;
CREATE INDEX item_warn_soon ON item (yellow_on, id) WHERE warned = 0 AND yellow_on IS NOT NULL;
CREATE INDEX item_warn_passed ON item (due_on, id) WHERE warned < 2 AND due_on IS NOT NULL;
