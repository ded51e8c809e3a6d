-- Personal data at rest (R9.2, R9.4): columns named in src/store/sealed.h hold sealed values from now on; rows from before are
-- sealed at the next start. A telephone number is found by a keyed index.
ALTER TABLE user_account ADD COLUMN phone_index TEXT;
CREATE UNIQUE INDEX user_phone_index ON user_account (phone_index) WHERE phone_index IS NOT NULL;
-- one_time_code.phone holds the index from now on: codes under way are asked for again.
DELETE FROM one_time_code;

-- Who was shown personal data in full: one row for each person, case and place within ten minutes.
CREATE TABLE personal_access (
    id BIGINT PRIMARY KEY, at BIGINT NOT NULL, actor_id BIGINT NOT NULL, actor_name TEXT NOT NULL, actor_role TEXT NOT NULL,
    department TEXT NOT NULL, case_id BIGINT NOT NULL, -- 0: none
    place TEXT NOT NULL,  -- item, case, form, consultation
    fields TEXT NOT NULL, -- JSON: labels of what was shown
    why TEXT NOT NULL
);
CREATE INDEX personal_access_case ON personal_access (case_id, id);
CREATE INDEX personal_access_actor ON personal_access (actor_id, id);
