-- What people ask (R4.4) and what they say afterwards (R8.4).
CREATE TABLE consultation (
    id INTEGER PRIMARY KEY, region TEXT NOT NULL, hall TEXT, industry TEXT, -- about which; NULL = anything
    channel TEXT NOT NULL,            -- online, window, phone
    asker_id BIGINT, asker_name TEXT NOT NULL, asker_phone TEXT NOT NULL,
    question TEXT NOT NULL, asked_at BIGINT NOT NULL,
    answer TEXT, answered_at BIGINT, answered_by BIGINT, answered_name TEXT,
    is_public BIGINT NOT NULL DEFAULT 0, -- question and answer, without the asker
    version BIGINT NOT NULL
);
CREATE INDEX consultation_open ON consultation (region, asked_at, id) WHERE answered_at IS NULL;
CREATE INDEX consultation_region ON consultation (region, id);
CREATE INDEX consultation_asker ON consultation (asker_id, id) WHERE asker_id IS NOT NULL;
CREATE INDEX consultation_public ON consultation (industry, id) WHERE is_public = 1;

-- 好差评: one for a case that has come to its end; a low one waits for a reply.
CREATE TABLE rating (
    case_id INTEGER PRIMARY KEY, region TEXT NOT NULL, industry TEXT NOT NULL, stars BIGINT NOT NULL, tags TEXT NOT NULL, note TEXT NOT NULL,
    rated_at BIGINT NOT NULL, rated_by BIGINT NOT NULL,
    reply TEXT, replied_at BIGINT, replied_by BIGINT, replied_name TEXT
);
CREATE INDEX rating_low ON rating (region, rated_at) WHERE stars <= 2 AND replied_at IS NULL;
CREATE INDEX rating_region ON rating (region, rated_at, case_id);
