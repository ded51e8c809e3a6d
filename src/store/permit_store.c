/* permit_store: see permit_store.h. */
#include "store/permit_store.h"
#include "store/sets.h"

#define COLS                                                                                 \
    "p.id, p.item_id, p.case_id, p.permit_type, p.name, p.number, p.department, "            \
    "p.department_name, p.region, p.uscc, p.granted_on, p.valid_from, p.valid_until, "       \
    "p.state, p.licence_number, p.status_index, p.version, p.holder, p.person, p.address"
#define SELECT "SELECT " COLS " FROM permit p "
#define EVENT_COLS                                                                           \
    "v.id, v.permit_id, v.act, v.effective_on, v.at, v.department, v.actor_id, v.document, " \
    "v.reason, v.basis, v.number, v.valid_from, v.valid_until, v.holder, v.person, "         \
    "v.address, v.case_id, v.item_id, v.ledger_seq"
#define LIST_MATCH                                                                           \
    " AND ($2 = '' OR p.state = $2) AND ($3 = '' OR " MATCHES("p.number", "$3")              \
    " OR " MATCHES("p.holder", "$3") " OR " MATCHES("p.uscc", "$3")                          \
    ") AND p.id < $4 ORDER BY p.id DESC LIMIT $5"

enum { Q_INSERT, Q_UPDATE, Q_SET_LICENCE, Q_FIND, Q_CASE, Q_LICENCE, Q_SCAN, Q_TAKEN, Q_ENDED,
       Q_ENDING, Q_REMINDED, Q_LIST, Q_LIST_REGION, Q_UNNUMBERED, Q_SET_STATUS, Q_V_INSERT, Q_V_OF,
       Q_V_LICENCE, Q_V_CASE, Q_V_SCAN };

static struct db_query PERMIT_QUERIES[] = {
    [Q_INSERT] = { "permit_insert",
                   "INSERT INTO permit (id, item_id, case_id, permit_type, name, number, "
                   "department, department_name, region, uscc, granted_on, valid_from, "
                   "valid_until, state, status_index, version, holder, person, address) VALUES "
                   "($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, "
                   "$17, $18, $19)", 0 },
    [Q_UPDATE] = { "permit_update",
                   "UPDATE permit SET number = $1, valid_from = $2, valid_until = $3, "
                   "state = $4, version = $5, holder = $6, person = $7, address = $8, "
                   "reminded = 0 WHERE id = $9 AND version = $10", 0 },
    [Q_SET_LICENCE] = { "permit_set_licence",
                        "UPDATE permit SET licence_number = $1 WHERE id = $2", 0 },
    [Q_FIND] = { "permit_find", SELECT "WHERE p.id = $1", 0 },
    [Q_CASE] = { "permit_case", SELECT "WHERE p.case_id = $1 ORDER BY p.item_id", 0 },
    [Q_LICENCE] = { "permit_of_licence",
                    SELECT "WHERE p.licence_number = $1 ORDER BY p.granted_on, p.item_id", 0 },
    [Q_SCAN] = { "permit_scan", SELECT "WHERE p.id > $1 ORDER BY p.id LIMIT $2", 0 },
    [Q_TAKEN] = { "permit_taken",
                  "SELECT id FROM permit WHERE permit_type = $1 AND number = $2", 0 },
    [Q_ENDED] = { "permit_ended", "SELECT id FROM permit WHERE state = 'valid' "
                                  "AND valid_until IS NOT NULL AND valid_until < $1 "
                                  "ORDER BY valid_until, id LIMIT $2", 0 },
    [Q_ENDING] = { "permit_ending",
                   SELECT "WHERE p.state = 'valid' AND p.valid_until IS NOT NULL "
                   "AND p.valid_until >= $1 AND p.valid_until <= $1 + $2 "
                   "AND (p.reminded = 0 OR p.reminded > $2) AND p.licence_number IS NOT NULL "
                   "ORDER BY p.valid_until, p.id LIMIT $3", 0 },
    [Q_REMINDED] = { "permit_reminded", "UPDATE permit SET reminded = $1 WHERE id = $2", 0 },
    [Q_LIST] = { "permit_list", SELECT "WHERE p.department = $1" LIST_MATCH, 0 },
    [Q_LIST_REGION] = { "permit_list_region",
                        SELECT "WHERE ($1 = '' OR p.region = $1)" LIST_MATCH, 0 },
    [Q_UNNUMBERED] = { "permit_unnumbered", "SELECT id FROM permit WHERE status_index IS NULL "
                                            "ORDER BY id LIMIT $1", 0 },
    [Q_SET_STATUS] = { "permit_set_status",
                       "UPDATE permit SET status_index = $1 WHERE id = $2", 0 },
    [Q_V_INSERT] = { "permit_event_insert",
                     "INSERT INTO permit_event (id, permit_id, act, effective_on, at, "
                     "department, actor_id, document, reason, basis, number, valid_from, "
                     "valid_until, holder, person, address, case_id, item_id, ledger_seq) VALUES "
                     "($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, "
                     "$17, $18, $19)", 0 },
    [Q_V_OF] = { "permit_events", "SELECT " EVENT_COLS " FROM permit_event v "
                                  "WHERE v.permit_id = $1 ORDER BY v.ledger_seq", 0 },
    [Q_V_LICENCE] = { "permit_events_licence",
                      "SELECT " EVENT_COLS " FROM permit p JOIN permit_event v "
                      "ON v.permit_id = p.id WHERE p.licence_number = $1 "
                      "ORDER BY v.ledger_seq", 0 },
    [Q_V_CASE] = { "permit_events_case",
                   "SELECT " EVENT_COLS " FROM permit p JOIN permit_event v "
                   "ON v.permit_id = p.id WHERE p.case_id = $1 ORDER BY v.ledger_seq", 0 },
    [Q_V_SCAN] = { "permit_event_scan", "SELECT " EVENT_COLS " FROM permit_event v "
                                        "WHERE v.id > $1 ORDER BY v.id LIMIT $2", 0 },
};
const struct db_query_set PERMIT_SET = QUERY_SET(PERMIT_QUERIES);

int permit_insert(struct db_conn *c, const struct permit_row *x, struct err *e)
{
    return exec_one(c, &PERMIT_QUERIES[Q_INSERT],
                    DB_ARGS(DB_I(x->id), DB_I(x->item_id), DB_I(x->case_id),
                            DB_T(x->permit_type), DB_T(x->name), DB_T(x->number),
                            DB_T(x->department), DB_T(x->department_name), DB_T(x->region),
                            DB_T(x->uscc), DB_I(x->granted_on), DB_I(x->valid_from),
                            arg_date(x->valid_until), DB_T(x->state),
                            DB_I_OR_NULL(x->status_index, -1), DB_I(x->version),
                            DB_T(x->holder), DB_T(x->person), DB_T(x->address)),
                    e);
}

int permit_update(struct db_conn *c, const struct permit_row *x, struct err *e)
{
    return exec_one(c, &PERMIT_QUERIES[Q_UPDATE],
                    DB_ARGS(DB_T(x->number), DB_I(x->valid_from), arg_date(x->valid_until),
                            DB_T(x->state), DB_I(x->version), DB_T(x->holder), DB_T(x->person),
                            DB_T(x->address), DB_I(x->id), DB_I(x->version - 1)),
                    e);
}

int permit_set_licence(struct db_conn *c, int64_t id, struct sv licence, struct err *e)
{
    return exec_one(c, &PERMIT_QUERIES[Q_SET_LICENCE], DB_ARGS(DB_T(licence), DB_I(id)), e);
}

static void permit_read(const struct db_rows *r, struct arena *a, struct permit_row *out)
{
    *out = (struct permit_row){
        .id = db_int(r, 0), .item_id = db_int(r, 1), .case_id = db_int(r, 2),
        .permit_type = col_sv(r, 3, a), .name = col_sv(r, 4, a), .number = col_sv(r, 5, a),
        .department = col_sv(r, 6, a), .department_name = col_sv(r, 7, a),
        .region = col_sv(r, 8, a), .uscc = col_sv(r, 9, a), .granted_on = col_date(r, 10),
        .valid_from = col_date(r, 11), .valid_until = col_date(r, 12), .state = col_sv(r, 13, a),
        .licence_number = col_sv(r, 14, a), .status_index = db_null(r, 15) ? -1 : db_int(r, 15),
        .version = db_int(r, 16), .holder = col_sv(r, 17, a), .person = col_sv(r, 18, a),
        .address = col_sv(r, 19, a),
    };
}

static int permit_rows(struct db_rows *r, struct arena *a, struct permit_row **out, size_t *n)
{
    size_t cap = 0;
    *out = NULL;
    *n = 0;
    while (db_next(r))
        permit_read(r, a, ROWS_PUSH(a, *out, *n, cap));
    return db_done(r);
}

int permit_find(struct db_conn *c, int64_t id, struct arena *a, struct permit_row *out,
                struct err *e)
{
    struct db_rows r;
    int found = 0;
    db_rows(c, &PERMIT_QUERIES[Q_FIND], DB_ARGS(DB_I(id)), &r, e);
    if (db_next(&r)) {
        permit_read(&r, a, out);
        found = 1;
    }
    int rc = db_done(&r);
    return rc < 0 ? rc : found;
}

int permit_list_case(struct db_conn *c, int64_t case_id, struct arena *a, struct permit_row **out,
                     size_t *n, struct err *e)
{
    struct db_rows r;
    db_rows(c, &PERMIT_QUERIES[Q_CASE], DB_ARGS(DB_I(case_id)), &r, e);
    return permit_rows(&r, a, out, n);
}

int permit_list_licence(struct db_conn *c, struct sv licence, struct arena *a,
                        struct permit_row **out, size_t *n, struct err *e)
{
    struct db_rows r;
    db_rows(c, &PERMIT_QUERIES[Q_LICENCE], DB_ARGS(DB_T(licence)), &r, e);
    return permit_rows(&r, a, out, n);
}

int permit_scan(struct db_conn *c, int64_t after, int64_t limit, struct arena *a,
                struct permit_row **out, size_t *n, struct err *e)
{
    struct db_rows r;
    db_rows(c, &PERMIT_QUERIES[Q_SCAN], DB_ARGS(DB_I(after), DB_I(limit)), &r, e);
    return permit_rows(&r, a, out, n);
}

int permit_number_taken(struct db_conn *c, struct sv type, struct sv number, struct err *e)
{
    int64_t id;
    return db_find_int(c, &PERMIT_QUERIES[Q_TAKEN], DB_ARGS(DB_T(type), DB_T(number)), &id, e);
}

static int permit_ids(struct db_conn *c, int query, const struct db_arg *args, size_t n_args,
                      struct arena *a, int64_t **out, size_t *n, struct err *e)
{
    struct db_rows r;
    size_t cap = 0;
    *out = NULL;
    *n = 0;
    db_rows(c, &PERMIT_QUERIES[query], args, n_args, &r, e);
    while (db_next(&r))
        *ROWS_PUSH(a, *out, *n, cap) = db_int(&r, 0);
    return db_done(&r);
}

int permit_list_ended(struct db_conn *c, int32_t today, int64_t limit, struct arena *a,
                      int64_t **out, size_t *n, struct err *e)
{
    return permit_ids(c, Q_ENDED, DB_ARGS(DB_I(today), DB_I(limit)), a, out, n, e);
}

int permit_list_unnumbered(struct db_conn *c, int64_t limit, struct arena *a, int64_t **out,
                           size_t *n, struct err *e)
{
    return permit_ids(c, Q_UNNUMBERED, DB_ARGS(DB_I(limit)), a, out, n, e);
}

int permit_set_status(struct db_conn *c, int64_t id, int64_t status_index, struct err *e)
{
    return exec_one(c, &PERMIT_QUERIES[Q_SET_STATUS], DB_ARGS(DB_I(status_index), DB_I(id)), e);
}

int permit_list_ending(struct db_conn *c, int32_t today, int64_t days, int64_t limit,
                       struct arena *a, struct permit_row **out, size_t *n, struct err *e)
{
    struct db_rows r;
    db_rows(c, &PERMIT_QUERIES[Q_ENDING], DB_ARGS(DB_I(today), DB_I(days), DB_I(limit)), &r, e);
    return permit_rows(&r, a, out, n);
}

int permit_mark_reminded(struct db_conn *c, int64_t id, int64_t days, struct err *e)
{
    return exec_one(c, &PERMIT_QUERIES[Q_REMINDED], DB_ARGS(DB_I(days), DB_I(id)), e);
}

int permit_list(struct db_conn *c, const struct permit_filter *f, struct arena *a,
                struct permit_row **out, size_t *n, struct err *e)
{
    struct db_rows r;
    db_rows(c, &PERMIT_QUERIES[f->department.n ? Q_LIST : Q_LIST_REGION],
            DB_ARGS(DB_T(f->department.n ? f->department : f->region), DB_T(f->state), DB_T(f->q), DB_I(f->before),
                    DB_I(f->limit)),
            &r, e);
    return permit_rows(&r, a, out, n);
}

/* ---- events ---- */

int permit_event_insert(struct db_conn *c, const struct permit_event_row *x, struct err *e)
{
    return exec_one(c, &PERMIT_QUERIES[Q_V_INSERT],
                    DB_ARGS(DB_I(x->id), DB_I(x->permit_id), DB_T(sv_of(act_key(x->act))),
                            DB_I(x->effective_on), DB_I(x->at), DB_T(x->department),
                            DB_I_OR_NULL(x->actor_id, 0), DB_T(x->document), DB_T(x->reason),
                            DB_T(x->basis), DB_T(x->number), arg_date(x->valid_from),
                            arg_date(x->valid_until), DB_T(x->holder), DB_T(x->person),
                            DB_T(x->address), DB_I_OR_NULL(x->case_id, 0),
                            DB_I_OR_NULL(x->item_id, 0), DB_I(x->ledger_seq)),
                    e);
}

static int event_rows(struct db_rows *r, struct arena *a, struct permit_event_row **out, size_t *n)
{
    size_t cap = 0;
    *out = NULL;
    *n = 0;
    while (db_next(r)) {
        struct permit_event_row *x = ROWS_PUSH(a, *out, *n, cap);
        *x = (struct permit_event_row){
            .id = db_int(r, 0), .permit_id = db_int(r, 1), .act = ACTS,
            .effective_on = col_date(r, 3), .at = db_int(r, 4), .department = col_sv(r, 5, a),
            .actor_id = db_int(r, 6), .document = col_sv(r, 7, a), .reason = col_sv(r, 8, a),
            .basis = col_sv(r, 9, a), .number = col_sv(r, 10, a), .valid_from = col_date(r, 11),
            .valid_until = col_date(r, 12), .holder = col_sv(r, 13, a),
            .person = col_sv(r, 14, a), .address = col_sv(r, 15, a), .case_id = db_int(r, 16),
            .item_id = db_int(r, 17), .ledger_seq = db_int(r, 18),
        };
        act_of(db_text(r, 2), &x->act);
    }
    return db_done(r);
}

int permit_events_of(struct db_conn *c, int64_t permit_id, struct arena *a,
                     struct permit_event_row **out, size_t *n, struct err *e)
{
    struct db_rows r;
    db_rows(c, &PERMIT_QUERIES[Q_V_OF], DB_ARGS(DB_I(permit_id)), &r, e);
    return event_rows(&r, a, out, n);
}

int permit_events_licence(struct db_conn *c, struct sv licence, struct arena *a,
                          struct permit_event_row **out, size_t *n, struct err *e)
{
    struct db_rows r;
    db_rows(c, &PERMIT_QUERIES[Q_V_LICENCE], DB_ARGS(DB_T(licence)), &r, e);
    return event_rows(&r, a, out, n);
}

int permit_events_case(struct db_conn *c, int64_t case_id, struct arena *a,
                       struct permit_event_row **out, size_t *n, struct err *e)
{
    struct db_rows r;
    db_rows(c, &PERMIT_QUERIES[Q_V_CASE], DB_ARGS(DB_I(case_id)), &r, e);
    return event_rows(&r, a, out, n);
}

int permit_event_scan(struct db_conn *c, int64_t after, int64_t limit, struct arena *a,
                      struct permit_event_row **out, size_t *n, struct err *e)
{
    struct db_rows r;
    db_rows(c, &PERMIT_QUERIES[Q_V_SCAN], DB_ARGS(DB_I(after), DB_I(limit)), &r, e);
    return event_rows(&r, a, out, n);
}
