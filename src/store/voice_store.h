/* voice_store: what people ask, and what they say afterwards. */
#ifndef YZ_STORE_VOICE_STORE_H
#define YZ_STORE_VOICE_STORE_H

#include "store/store.h"

struct consultation_row {
    int64_t id;
    struct sv region, hall, industry; /* industry "" = anything */
    struct sv channel;                /* online, window, phone */
    int64_t asker_id;                 /* 0: without an account */
    struct sv asker_name, asker_phone, question;
    int64_t asked_at;
    struct sv answer;
    int64_t answered_at, answered_by; /* 0: not yet */
    struct sv answered_name;
    bool open_to_all;                 /* question and answer are public */
    int64_t version;
};
int consultation_insert(struct db_conn *c, const struct consultation_row *row, struct err *e);
int consultation_find(struct db_conn *c, int64_t id, struct arena *a,
                      struct consultation_row *out, struct err *e);
/* The answer; guarded by the version read, as case_update. */
int consultation_answer(struct db_conn *c, const struct consultation_row *row, struct err *e);
int consultation_count_open(struct db_conn *c, int64_t asker_id, int64_t *n, struct err *e);

enum consultation_list { CONSULTATIONS_OPEN,   /* of a region, the oldest first */
                         CONSULTATIONS_REGION, /* of a region, the newest first */
                         CONSULTATIONS_ASKER, CONSULTATIONS_PUBLIC /* of an industry ("" = all) */ };
struct consultation_filter { enum consultation_list which; struct sv region, industry, q;
                             int64_t asker_id; int64_t cursor, limit; };
int consultation_rows(struct db_conn *c, const struct consultation_filter *f, struct arena *a,
                      struct consultation_row **out, size_t *n, struct err *e);

struct rating_row {
    int64_t case_id;
    struct sv region, industry;
    int64_t stars;
    struct sv tags; /* JSON array of codes */
    struct sv note;
    int64_t rated_at, rated_by;
    struct sv reply;
    int64_t replied_at, replied_by; /* 0: not */
    struct sv replied_name;
    struct sv number, holder; /* of the case; in lists */
};
/* 1 inserted; 0: this case has one. */
int rating_insert(struct db_conn *c, const struct rating_row *row, struct err *e);
int rating_find(struct db_conn *c, int64_t case_id, struct arena *a, struct rating_row *out,
                struct err *e);
int rating_reply(struct db_conn *c, const struct rating_row *row, struct err *e);
/* Of a region ("" = all), the newest first; waiting: only low ones without a reply. */
int rating_rows(struct db_conn *c, struct sv region, bool waiting, int64_t before, int64_t limit,
                struct arena *a, struct rating_row **out, size_t *n, struct err *e);
struct rating_sum { int64_t stars, n; };
int rating_sums(struct db_conn *c, struct sv region, int64_t since, struct arena *a,
                struct rating_sum **out, size_t *n, struct err *e);

#endif
