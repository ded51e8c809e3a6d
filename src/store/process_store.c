/* process_store: see process_store.h. Events of clocks, special procedures, hearings, extensions,
 * delivery, bans, earlier forms: rows that are written once (closing fills in the rest). */
#include "store/process_store.h"
#include "store/sealed.h"
#include "store/sets.h"

#define EVENT_COLS "id, case_id, item_id, at, on_day, act, clock, holder, extended, reason, paper"
#define SPECIAL_COLS                                                                              \
    "id, case_id, item_id, days, opened_on, due_on, closed_on, kind, title, reason, result"
#define HEARING_COLS                                                                              \
    "item_id, case_id, reason, parties, told_on, ask_until, asked_on, asked_by, hold_by, "       \
    "noticed_on, held_on, held_time, place, chair, minutes, ended_on"
#define EXTENSION_COLS "id, case_id, item_id, days, reason, approved_by, approved_on, due_on"
#define DELIVERY_COLS                                                                             \
    "id, case_id, item_id, at, delivered_on, method, receiver, relation, tracking, by_name"
#define BAN_COLS                                                                                  \
    "id, case_id, item_id, uscc, holder, permit, article, reason, from_day, until_day"

enum { Q_EVENT_INSERT, Q_EVENT_LIST, Q_SPECIAL_INSERT, Q_SPECIAL_CLOSE, Q_SPECIAL_LIST,
       Q_HEARING_INSERT, Q_HEARING_UPDATE, Q_HEARING_LIST, Q_EXTENSION_INSERT, Q_EXTENSION_LIST,
       Q_EXTENSION_SCAN, Q_DELIVERY_INSERT, Q_DELIVERY_LIST, Q_DELIVERY_SCAN, Q_BAN_INSERT,
       Q_BAN_LIST, Q_FORM_INSERT, Q_FORM_LATEST, Q_FORM_LIST };

static struct db_query PROCESS_QUERIES[] = {
    [Q_EVENT_INSERT] = { "clock_event_insert",
                         "INSERT INTO clock_event (" EVENT_COLS ") "
                         "VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)", 0 },
    [Q_EVENT_LIST] = { "clock_event_list", "SELECT " EVENT_COLS " FROM clock_event "
                                           "WHERE case_id = $1 ORDER BY id", 0 },
    [Q_SPECIAL_INSERT] = { "special_insert",
                           "INSERT INTO special (id, case_id, item_id, days, opened_on, due_on, "
                           "kind, title, reason) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)", 0 },
    [Q_SPECIAL_CLOSE] = { "special_close", "UPDATE special SET closed_on = $1, result = $2 "
                                           "WHERE id = $3 AND closed_on IS NULL", 0 },
    [Q_SPECIAL_LIST] = { "special_list", "SELECT " SPECIAL_COLS " FROM special "
                                         "WHERE case_id = $1 ORDER BY id", 0 },
    [Q_HEARING_INSERT] = { "hearing_insert",
                           "INSERT INTO hearing (item_id, case_id, reason, parties, told_on, "
                           "ask_until) VALUES ($1, $2, $3, $4, $5, $6)", 0 },
    [Q_HEARING_UPDATE] = { "hearing_update",
                           "UPDATE hearing SET asked_on = $1, asked_by = $2, hold_by = $3, "
                           "noticed_on = $4, held_on = $5, held_time = $6, place = $7, "
                           "chair = $8, minutes = $9, ended_on = $10 WHERE item_id = $11", 0 },
    [Q_HEARING_LIST] = { "hearing_list", "SELECT " HEARING_COLS " FROM hearing "
                                         "WHERE case_id = $1 ORDER BY item_id", 0 },
    [Q_EXTENSION_INSERT] = { "extension_insert", "INSERT INTO extension (" EXTENSION_COLS ") "
                                                 "VALUES ($1, $2, $3, $4, $5, $6, $7, $8)", 0 },
    [Q_EXTENSION_LIST] = { "extension_list", "SELECT " EXTENSION_COLS " FROM extension "
                                             "WHERE case_id = $1 ORDER BY id", 0 },
    [Q_EXTENSION_SCAN] = { "extension_scan", "SELECT " EXTENSION_COLS " FROM extension "
                                             "WHERE id > $1 ORDER BY id LIMIT $2", 0 },
    [Q_DELIVERY_INSERT] = { "delivery_insert",
                            "INSERT INTO delivery (" DELIVERY_COLS ") "
                            "VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)", 0 },
    [Q_DELIVERY_LIST] = { "delivery_list", "SELECT " DELIVERY_COLS " FROM delivery "
                                           "WHERE case_id = $1 ORDER BY id", 0 },
    [Q_DELIVERY_SCAN] = { "delivery_scan", "SELECT " DELIVERY_COLS " FROM delivery "
                                           "WHERE id > $1 ORDER BY id LIMIT $2", 0 },
    [Q_BAN_INSERT] = { "ban_insert", "INSERT INTO ban (" BAN_COLS ") "
                                     "VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)", 0 },
    [Q_BAN_LIST] = { "ban_list", "SELECT " BAN_COLS " FROM ban WHERE uscc = $1 "
                                 "AND until_day >= $2 ORDER BY id", 0 },
    [Q_FORM_INSERT] = { "form_version_insert",
                        "INSERT INTO form_version (case_id, round, replaced_at, body, "
                        "commitments, files) VALUES ($1, $2, $3, $4, $5, $6)", 0 },
    [Q_FORM_LATEST] = { "form_version_latest",
                        "SELECT case_id, round, replaced_at, body, commitments, files "
                        "FROM form_version WHERE case_id = $1 ORDER BY round DESC LIMIT 1", 0 },
    [Q_FORM_LIST] = { "form_version_list",
                      "SELECT case_id, round, replaced_at, body, commitments, files "
                      "FROM form_version WHERE case_id = $1 ORDER BY round", 0 },
};
const struct db_query_set PROCESS_SET = QUERY_SET(PROCESS_QUERIES);

static struct db_arg arg_id(int64_t id)
{
    return DB_I_OR_NULL(id, 0);
}

/* Every list here is "all rows of a case", every scan "a page of all, after an id": start it, fill
 * with `read`, end it. */
#define READ_ALL(query, args, read)                                                               \
    struct db_rows r;                                                                             \
    size_t cap = 0;                                                                               \
    *out = NULL;                                                                                  \
    *n = 0;                                                                                       \
    db_rows(c, &PROCESS_QUERIES[query], args, &r, e);                                             \
    while (db_next(&r))                                                                           \
        read(&r, a, ROWS_PUSH(a, *out, *n, cap));                                                 \
    return db_done(&r);
#define LIST_OF(name, query, type, read)                                                          \
    int name(struct db_conn *c, int64_t case_id, struct arena *a, struct type **out, size_t *n,  \
             struct err *e)                                                                       \
    {                                                                                             \
        READ_ALL(query, DB_ARGS(DB_I(case_id)), read)                                             \
    }
#define SCAN_OF(name, query, type, read)                                                          \
    int name(struct db_conn *c, int64_t after, int64_t limit, struct arena *a,                    \
             struct type **out, size_t *n, struct err *e)                                         \
    {                                                                                             \
        READ_ALL(query, DB_ARGS(DB_I(after), DB_I(limit)), read)                                  \
    }

/* ---- events of the clocks ---- */

int clock_event_insert(struct db_conn *c, const struct clock_event_row *x, struct err *e)
{
    return exec_one(c, &PROCESS_QUERIES[Q_EVENT_INSERT],
                    DB_ARGS(DB_I(x->id), DB_I(x->case_id), arg_id(x->item_id), DB_I(x->at),
                            DB_I(x->on), DB_T(x->act), DB_T(sv_of(clock_kind_text(x->clock))),
                            DB_T(sv_of(holder_key(x->holder))), DB_I(x->extended),
                            DB_T(x->reason), DB_T(x->paper)),
                    e);
}

static void event_read(const struct db_rows *r, struct arena *a, struct clock_event_row *out)
{
    *out = (struct clock_event_row){
        .id = db_int(r, 0), .case_id = db_int(r, 1), .item_id = db_int(r, 2), .at = db_int(r, 3),
        .on = col_date(r, 4), .act = col_sv(r, 5, a), .clock = clock_kind_of(db_text(r, 6)),
        .holder = holder_of(db_text(r, 7)), .extended = db_int(r, 8), .reason = col_sv(r, 9, a),
        .paper = col_sv(r, 10, a),
    };
}

LIST_OF(clock_event_list, Q_EVENT_LIST, clock_event_row, event_read)

/* ---- special procedures ---- */

int special_insert(struct db_conn *c, const struct special_row *x, struct err *e)
{
    return exec_one(c, &PROCESS_QUERIES[Q_SPECIAL_INSERT],
                    DB_ARGS(DB_I(x->id), DB_I(x->case_id), DB_I(x->item_id), DB_I(x->days),
                            DB_I(x->opened_on), DB_I(x->due_on), DB_T(x->kind), DB_T(x->title),
                            DB_T(x->reason)),
                    e);
}

int special_close(struct db_conn *c, int64_t id, int32_t closed_on, struct sv result,
                  struct err *e)
{
    return exec_one(c, &PROCESS_QUERIES[Q_SPECIAL_CLOSE],
                    DB_ARGS(DB_I(closed_on), DB_T(result), DB_I(id)), e);
}

static void special_read(const struct db_rows *r, struct arena *a, struct special_row *out)
{
    *out = (struct special_row){
        .id = db_int(r, 0), .case_id = db_int(r, 1), .item_id = db_int(r, 2),
        .days = db_int(r, 3), .opened_on = col_date(r, 4), .due_on = col_date(r, 5),
        .closed_on = col_date(r, 6), .kind = col_sv(r, 7, a), .title = col_sv(r, 8, a),
        .reason = col_sv(r, 9, a), .result = col_sv(r, 10, a),
    };
}

LIST_OF(special_list, Q_SPECIAL_LIST, special_row, special_read)

/* ---- hearings ---- */

int hearing_insert(struct db_conn *c, const struct hearing_row *x, struct err *e)
{
    struct arena *a = arena_new();
    struct sv parties = seal_sv(c, a, SEALED_HEARING_PARTIES, x->item_id, x->parties);
    int rc = exec_one(c, &PROCESS_QUERIES[Q_HEARING_INSERT],
                      DB_ARGS(DB_I(x->item_id), DB_I(x->case_id), DB_T(x->reason), DB_T(parties),
                              DB_I(x->told_on), DB_I(x->ask_until)),
                      e);
    arena_free(a);
    return rc;
}

int hearing_update(struct db_conn *c, const struct hearing_row *x, struct err *e)
{
    return exec_one(c, &PROCESS_QUERIES[Q_HEARING_UPDATE],
                    DB_ARGS(arg_date(x->asked_on), arg_text_or_null(x->asked_by),
                            arg_date(x->hold_by), arg_date(x->noticed_on), arg_date(x->held_on),
                            arg_text_or_null(x->held_time), arg_text_or_null(x->place),
                            arg_text_or_null(x->chair), arg_text_or_null(x->minutes),
                            arg_date(x->ended_on), DB_I(x->item_id)),
                    e);
}

static void hearing_read(struct db_rows *r, struct arena *a, struct hearing_row *out)
{
    *out = (struct hearing_row){
        .item_id = db_int(r, 0), .case_id = db_int(r, 1), .reason = col_sv(r, 2, a),
        
        .parties = col_sealed(r, 3, a, SEALED_HEARING_PARTIES, db_int(r, 0)), .told_on = col_date(r, 4), .ask_until = col_date(r, 5),
        .asked_on = col_date(r, 6), .asked_by = col_sv(r, 7, a), .hold_by = col_date(r, 8),
        .noticed_on = col_date(r, 9), .held_on = col_date(r, 10), .held_time = col_sv(r, 11, a),
        .place = col_sv(r, 12, a), .chair = col_sv(r, 13, a), .minutes = col_sv(r, 14, a),
        .ended_on = col_date(r, 15),
    };
}

LIST_OF(hearing_list, Q_HEARING_LIST, hearing_row, hearing_read)

/* ---- extensions ---- */

int extension_insert(struct db_conn *c, const struct extension_row *x, struct err *e)
{
    return exec_one(c, &PROCESS_QUERIES[Q_EXTENSION_INSERT],
                    DB_ARGS(DB_I(x->id), DB_I(x->case_id), arg_id(x->item_id), DB_I(x->days),
                            DB_T(x->reason), DB_T(x->approved_by), DB_I(x->approved_on),
                            DB_I(x->due_on)),
                    e);
}

static void extension_read(const struct db_rows *r, struct arena *a, struct extension_row *out)
{
    *out = (struct extension_row){
        .id = db_int(r, 0), .case_id = db_int(r, 1), .item_id = db_int(r, 2),
        .days = db_int(r, 3), .reason = col_sv(r, 4, a), .approved_by = col_sv(r, 5, a),
        .approved_on = col_date(r, 6), .due_on = col_date(r, 7),
    };
}

LIST_OF(extension_list, Q_EXTENSION_LIST, extension_row, extension_read)
SCAN_OF(extension_scan, Q_EXTENSION_SCAN, extension_row, extension_read)

/* ---- delivery ---- */

int delivery_insert(struct db_conn *c, const struct delivery_row *x, struct err *e)
{
    return exec_one(c, &PROCESS_QUERIES[Q_DELIVERY_INSERT],
                    DB_ARGS(DB_I(x->id), DB_I(x->case_id), arg_id(x->item_id), DB_I(x->at),
                            DB_I(x->delivered_on), DB_T(x->method), DB_T(x->receiver),
                            DB_T(x->relation), DB_T(x->tracking), DB_T(x->by_name)),
                    e);
}

static void delivery_read(const struct db_rows *r, struct arena *a, struct delivery_row *out)
{
    *out = (struct delivery_row){
        .id = db_int(r, 0), .case_id = db_int(r, 1), .item_id = db_int(r, 2), .at = db_int(r, 3),
        .delivered_on = col_date(r, 4), .method = col_sv(r, 5, a), .receiver = col_sv(r, 6, a),
        .relation = col_sv(r, 7, a), .tracking = col_sv(r, 8, a), .by_name = col_sv(r, 9, a),
    };
}

LIST_OF(delivery_list, Q_DELIVERY_LIST, delivery_row, delivery_read)
SCAN_OF(delivery_scan, Q_DELIVERY_SCAN, delivery_row, delivery_read)

/* ---- bans ---- */

int ban_insert(struct db_conn *c, const struct ban_row *x, struct err *e)
{
    return exec_one(c, &PROCESS_QUERIES[Q_BAN_INSERT],
                    DB_ARGS(DB_I(x->id), DB_I(x->case_id), DB_I(x->item_id), DB_T(x->uscc),
                            DB_T(x->holder), DB_T(x->permit), DB_T(x->article), DB_T(x->reason),
                            DB_I(x->from), DB_I(x->until)),
                    e);
}

int ban_list(struct db_conn *c, struct sv uscc, int32_t since, struct arena *a, struct ban_row **out,
             size_t *n, struct err *e)
{
    struct db_rows r;
    size_t cap = 0;
    *out = NULL;
    *n = 0;
    db_rows(c, &PROCESS_QUERIES[Q_BAN_LIST], DB_ARGS(DB_T(uscc), DB_I(since)), &r, e);
    while (db_next(&r))
        *ROWS_PUSH(a, *out, *n, cap) = (struct ban_row){
            .id = db_int(&r, 0), .case_id = db_int(&r, 1), .item_id = db_int(&r, 2),
            .uscc = col_sv(&r, 3, a), .holder = col_sv(&r, 4, a), .permit = col_sv(&r, 5, a),
            .article = col_sv(&r, 6, a), .reason = col_sv(&r, 7, a), .from = col_date(&r, 8),
            .until = col_date(&r, 9),
        };
    return db_done(&r);
}

/* ---- earlier forms ---- */

int form_version_insert(struct db_conn *c, const struct form_version_row *x, struct err *e)
{
    return exec_one(c, &PROCESS_QUERIES[Q_FORM_INSERT],
                    DB_ARGS(DB_I(x->case_id), DB_I(x->round), DB_I(x->replaced_at),
                            DB_T(x->body), DB_T(x->commitments), DB_T(x->files)),
                    e);
}

static struct form_version_row form_version_read(const struct db_rows *r, struct arena *a)
{
    return (struct form_version_row){
        .case_id = db_int(r, 0), .round = db_int(r, 1), .replaced_at = db_int(r, 2),
        .body = col_sv(r, 3, a), .commitments = col_sv(r, 4, a), .files = col_sv(r, 5, a),
    };
}

int form_version_latest(struct db_conn *c, int64_t case_id, struct arena *a,
                        struct form_version_row *out, struct err *e)
{
    struct db_rows r;
    int found = 0;
    db_rows(c, &PROCESS_QUERIES[Q_FORM_LATEST], DB_ARGS(DB_I(case_id)), &r, e);
    if (db_next(&r)) {
        *out = form_version_read(&r, a);
        found = 1;
    }
    int rc = db_done(&r);
    return rc < 0 ? rc : found;
}

int form_version_list(struct db_conn *c, int64_t case_id, struct arena *a,
                      struct form_version_row **out, size_t *n, struct err *e)
{
    struct db_rows r;
    size_t cap = 0;
    *out = NULL;
    *n = 0;
    db_rows(c, &PROCESS_QUERIES[Q_FORM_LIST], DB_ARGS(DB_I(case_id)), &r, e);
    while (db_next(&r))
        *ROWS_PUSH(a, *out, *n, cap) = form_version_read(&r, a);
    return db_done(&r);
}
