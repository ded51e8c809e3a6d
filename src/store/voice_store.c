/* voice_store: see voice_store.h. */
#include "store/voice_store.h"

#include "store/sealed.h"
#include "store/sets.h"

#define ASKED                                                                                \
    "id, region, hall, industry, channel, asker_id, asker_name, asker_phone, question, "     \
    "asked_at, answer, answered_at, answered_by, answered_name, is_public, version"
#define LIST(where, order)                                                                   \
    "SELECT " ASKED " FROM consultation WHERE " where                                        \
    " AND ($2 = '' OR " MATCHES("question", "$2") " OR " MATCHES("answer", "$2") ") " order  \
    " LIMIT $4"
#define RATED                                                                                \
    "r.case_id, r.region, r.industry, r.stars, r.tags, r.note, r.rated_at, r.rated_by, "     \
    "r.reply, r.replied_at, r.replied_by, r.replied_name, k.number, k.holder_name "          \
    "FROM rating r JOIN licensing_case k ON k.id = r.case_id "
#define RATED_PAGE                                                                           \
    "AND r.rated_at < $2 ORDER BY r.rated_at DESC, r.case_id DESC LIMIT $3"

enum { Q_INSERT, Q_FIND, Q_ANSWER, Q_COUNT_OPEN, Q_LIST, Q_R_INSERT = Q_LIST + CONSULTATIONS_PUBLIC + 1,
       Q_R_FIND, Q_R_REPLY, Q_R_LIST, Q_R_WAITING, Q_R_SUMS };

static struct db_query VOICE_QUERIES[] = {
    [Q_INSERT] = { "consultation_insert",
                   "INSERT INTO consultation (id, region, hall, industry, channel, asker_id, "
                   "asker_name, asker_phone, question, asked_at, answer, answered_at, answered_by, "
                   "answered_name, version) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, "
                   "$12, $13, $14, 1)", 0 },
    [Q_FIND] = { "consultation_find", "SELECT " ASKED " FROM consultation WHERE id = $1", 0 },
    [Q_ANSWER] = { "consultation_answer",
                   "UPDATE consultation SET answer = $1, answered_at = $2, answered_by = $3, "
                   "answered_name = $4, is_public = $5, version = $6 "
                   "WHERE id = $7 AND version = $8", 0 },
    [Q_COUNT_OPEN] = { "consultation_count_open",
                       "SELECT COUNT(*) FROM consultation WHERE asker_id = $1 "
                       "AND answered_at IS NULL", 0 },
    [Q_LIST + CONSULTATIONS_OPEN] = {
        "consultations_open",
        LIST("($1 = '' OR region = $1) AND answered_at IS NULL", "AND id > $3 ORDER BY id"), 0 },
    [Q_LIST + CONSULTATIONS_REGION] = {
        "consultations_region",
        LIST("($1 = '' OR region = $1)", "AND id < $3 ORDER BY id DESC"), 0 },
    [Q_LIST + CONSULTATIONS_ASKER] = {
        "consultations_asker", LIST("asker_id = $1", "AND id < $3 ORDER BY id DESC"), 0 },
    [Q_LIST + CONSULTATIONS_PUBLIC] = {
        "consultations_public",
        LIST("is_public = 1 AND ($1 = '' OR industry = $1)", "AND id < $3 ORDER BY id DESC"), 0 },
    [Q_R_INSERT] = { "rating_insert",
                     "INSERT INTO rating (case_id, region, industry, stars, tags, note, rated_at, "
                     "rated_by) VALUES ($1, $2, $3, $4, $5, $6, $7, $8) "
                     "ON CONFLICT (case_id) DO NOTHING", 0 },
    [Q_R_FIND] = { "rating_find", "SELECT " RATED "WHERE r.case_id = $1", 0 },
    [Q_R_REPLY] = { "rating_reply", "UPDATE rating SET reply = $1, replied_at = $2, "
                                    "replied_by = $3, replied_name = $4 WHERE case_id = $5", 0 },
    [Q_R_LIST] = { "rating_list", "SELECT " RATED "WHERE ($1 = '' OR r.region = $1) " RATED_PAGE,
                   0 },
    [Q_R_WAITING] = { "rating_waiting",
                      "SELECT " RATED "WHERE ($1 = '' OR r.region = $1) AND r.stars <= 2 "
                      "AND r.replied_at IS NULL " RATED_PAGE, 0 },
    [Q_R_SUMS] = { "rating_sums", "SELECT stars, COUNT(*) FROM rating "
                                  "WHERE ($1 = '' OR region = $1) AND rated_at >= $2 "
                                  "GROUP BY stars ORDER BY stars", 0 },
};
const struct db_query_set VOICE_SET = QUERY_SET(VOICE_QUERIES);

/* ---- questions ---- */

int consultation_insert(struct db_conn *c, const struct consultation_row *x, struct err *e)
{
    struct arena *a = arena_new();
    struct sv phone = seal_sv(c, a, SEALED_ASKER_PHONE, x->id, x->asker_phone);
    int rc = exec_one(c, &VOICE_QUERIES[Q_INSERT],
                      DB_ARGS(DB_I(x->id), DB_T(x->region), arg_text_or_null(x->hall),
                              arg_text_or_null(x->industry), DB_T(x->channel),
                              DB_I_OR_NULL(x->asker_id, 0), DB_T(x->asker_name), DB_T(phone),
                              DB_T(x->question), DB_I(x->asked_at), arg_text_or_null(x->answer),
                              DB_I_OR_NULL(x->answered_at, 0), DB_I_OR_NULL(x->answered_by, 0),
                              arg_text_or_null(x->answered_name)),
                      e);
    arena_free(a);
    return rc;
}

static void consultation_read(struct db_rows *r, struct arena *a, struct consultation_row *out)
{
    *out = (struct consultation_row){
        .id = db_int(r, 0), .region = col_sv(r, 1, a), .hall = col_sv(r, 2, a),
        .industry = col_sv(r, 3, a), .channel = col_sv(r, 4, a), .asker_id = db_int(r, 5),
        .asker_name = col_sv(r, 6, a), 
        .asker_phone = col_sealed(r, 7, a, SEALED_ASKER_PHONE, db_int(r, 0)),
        .question = col_sv(r, 8, a), .asked_at = db_int(r, 9), .answer = col_sv(r, 10, a),
        .answered_at = db_int(r, 11), .answered_by = db_int(r, 12),
        .answered_name = col_sv(r, 13, a), .open_to_all = db_int(r, 14) != 0,
        .version = db_int(r, 15),
    };
}

int consultation_find(struct db_conn *c, int64_t id, struct arena *a,
                      struct consultation_row *out, struct err *e)
{
    struct db_rows r;
    int found = 0;
    db_rows(c, &VOICE_QUERIES[Q_FIND], DB_ARGS(DB_I(id)), &r, e);
    if (db_next(&r)) {
        consultation_read(&r, a, out);
        found = 1;
    }
    int rc = db_done(&r);
    return rc < 0 ? rc : found;
}

int consultation_answer(struct db_conn *c, const struct consultation_row *x, struct err *e)
{
    return exec_one(c, &VOICE_QUERIES[Q_ANSWER],
                    DB_ARGS(DB_T(x->answer), DB_I(x->answered_at), DB_I(x->answered_by),
                            DB_T(x->answered_name), DB_I(x->open_to_all), DB_I(x->version),
                            DB_I(x->id), DB_I(x->version - 1)),
                    e);
}

int consultation_count_open(struct db_conn *c, int64_t asker_id, int64_t *n, struct err *e)
{
    int rc = db_find_int(c, &VOICE_QUERIES[Q_COUNT_OPEN], DB_ARGS(DB_I(asker_id)), n, e);
    return rc < 0 ? rc : 0;
}

int consultation_rows(struct db_conn *c, const struct consultation_filter *f, struct arena *a,
                      struct consultation_row **out, size_t *n, struct err *e)
{
    struct db_rows r;
    size_t cap = 0;
    struct db_arg whose = f->which == CONSULTATIONS_ASKER    ? DB_I(f->asker_id)
                          : f->which == CONSULTATIONS_PUBLIC ? DB_T(f->industry)
                                                             : DB_T(f->region);
    *out = NULL;
    *n = 0;
    db_rows(c, &VOICE_QUERIES[Q_LIST + f->which],
            DB_ARGS(whose, DB_T(f->q), DB_I(f->cursor), DB_I(f->limit)), &r, e);
    while (db_next(&r))
        consultation_read(&r, a, ROWS_PUSH(a, *out, *n, cap));
    return db_done(&r);
}

/* ---- ratings ---- */

int rating_insert(struct db_conn *c, const struct rating_row *x, struct err *e)
{
    return db_exec(c, &VOICE_QUERIES[Q_R_INSERT],
                   DB_ARGS(DB_I(x->case_id), DB_T(x->region), DB_T(x->industry), DB_I(x->stars),
                           DB_T(x->tags), DB_T(x->note), DB_I(x->rated_at), DB_I(x->rated_by)),
                   e);
}

static void rating_read(const struct db_rows *r, struct arena *a, struct rating_row *out)
{
    *out = (struct rating_row){
        .case_id = db_int(r, 0), .region = col_sv(r, 1, a), .industry = col_sv(r, 2, a),
        .stars = db_int(r, 3), .tags = col_sv(r, 4, a), .note = col_sv(r, 5, a),
        .rated_at = db_int(r, 6), .rated_by = db_int(r, 7), .reply = col_sv(r, 8, a),
        .replied_at = db_int(r, 9), .replied_by = db_int(r, 10),
        .replied_name = col_sv(r, 11, a), .number = col_sv(r, 12, a), .holder = col_sv(r, 13, a),
    };
}

int rating_find(struct db_conn *c, int64_t case_id, struct arena *a, struct rating_row *out,
                struct err *e)
{
    struct db_rows r;
    int found = 0;
    db_rows(c, &VOICE_QUERIES[Q_R_FIND], DB_ARGS(DB_I(case_id)), &r, e);
    if (db_next(&r)) {
        rating_read(&r, a, out);
        found = 1;
    }
    int rc = db_done(&r);
    return rc < 0 ? rc : found;
}

int rating_reply(struct db_conn *c, const struct rating_row *x, struct err *e)
{
    return exec_one(c, &VOICE_QUERIES[Q_R_REPLY],
                    DB_ARGS(DB_T(x->reply), DB_I(x->replied_at), DB_I(x->replied_by),
                            DB_T(x->replied_name), DB_I(x->case_id)),
                    e);
}

int rating_rows(struct db_conn *c, struct sv region, bool waiting, int64_t before, int64_t limit,
                struct arena *a, struct rating_row **out, size_t *n, struct err *e)
{
    struct db_rows r;
    size_t cap = 0;
    *out = NULL;
    *n = 0;
    db_rows(c, &VOICE_QUERIES[waiting ? Q_R_WAITING : Q_R_LIST],
            DB_ARGS(DB_T(region), DB_I(before), DB_I(limit)), &r, e);
    while (db_next(&r))
        rating_read(&r, a, ROWS_PUSH(a, *out, *n, cap));
    return db_done(&r);
}

int rating_sums(struct db_conn *c, struct sv region, int64_t since, struct arena *a,
                struct rating_sum **out, size_t *n, struct err *e)
{
    struct db_rows r;
    size_t cap = 0;
    *out = NULL;
    *n = 0;
    db_rows(c, &VOICE_QUERIES[Q_R_SUMS], DB_ARGS(DB_T(region), DB_I(since)), &r, e);
    while (db_next(&r))
        *ROWS_PUSH(a, *out, *n, cap) = (struct rating_sum){ db_int(&r, 0), db_int(&r, 1) };
    return db_done(&r);
}
