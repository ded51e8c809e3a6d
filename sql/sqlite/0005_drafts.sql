-- An agency's account files for thousands: its open drafts are counted before each new one, not its cases.
CREATE INDEX licensing_case_drafts ON licensing_case (applicant_id) WHERE state = 'draft';
