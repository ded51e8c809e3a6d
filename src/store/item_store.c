/* item_store: items and the departments' queues. */
#include "store/case_store.h"
#include "store/sets.h"

#define ITEM_COLS                                                                            \
    "i.id, i.case_id, i.permit, i.department, i.region, i.state, i.version, i.received_on, " \
    "i.accepted_on, i.accept_deemed, i.closed_on, i.due_on, i.yellow_on, i.asked_round, "    \
    "i.seen_digest, i.inputs_changed, i.number, i.valid_from, i.valid_until, i.reason, "     \
    "i.basis, i.right_organ"
enum { N_ITEM_COLS = 22 };
#define QUEUE_FROM " FROM item i JOIN licensing_case k ON k.id = i.case_id WHERE "
#define QUEUE_MATCH                                                                          \
    " AND ($2 = '' OR i.state = $2) AND ($3 = '' OR i.permit = $3) "                         \
    "AND ($4 = '' OR " MATCHES("k.number", "$4") " OR " MATCHES("k.holder_name", "$4") ") "
#define QUEUE_PAGE                                                                           \
    "AND COALESCE(i.due_on, 9999999) >= $5 AND COALESCE(i.due_on, 9999999) <= $6 "           \
    "AND COALESCE(i.yellow_on, 9999999) >= $7 AND COALESCE(i.yellow_on, 9999999) <= $8 "     \
    "AND ($9 = 0 OR i.due_on IS NOT NULL) "                                                  \
    "AND (COALESCE(i.due_on, 9999999) > $10 OR "                                             \
    "(COALESCE(i.due_on, 9999999) = $10 AND i.id > $11)) "                                   \
    "ORDER BY COALESCE(i.due_on, 9999999), i.id LIMIT $12"
#define BY_DEPT "i.department = $1"
#define BY_REGION "($1 = '' OR i.region = $1)"
#define LIST(where)                                                                          \
    "SELECT " ITEM_COLS ", k.number, k.industry, k.holder_name, k.submitted_at, k.clerk_id"  \
    QUEUE_FROM where QUEUE_MATCH QUEUE_PAGE
#define COUNTS(where) "SELECT i.state, COUNT(*)" QUEUE_FROM where QUEUE_MATCH "GROUP BY i.state"
/* $1 is the day here: parameters are numbered by their first appearance. */
#define SIGNALS(where)                                                                       \
    "SELECT COUNT(CASE WHEN i.due_on < $1 THEN 1 END), "                                     \
    "COUNT(CASE WHEN i.due_on >= $1 AND i.yellow_on <= $1 THEN 1 END), "                     \
    "COUNT(CASE WHEN i.due_on >= $1 AND i.yellow_on > $1 THEN 1 END) "                       \
    "FROM item i WHERE " where " AND i.due_on IS NOT NULL"

enum { Q_INSERT, Q_FIND, Q_UPDATE, Q_CASE, Q_QUEUE_DEPT, Q_QUEUE_REGION, Q_COUNT_DEPT,
       Q_COUNT_REGION, Q_SIGNAL_DEPT, Q_SIGNAL_REGION, Q_OVERDUE, Q_SCAN };

static struct db_query ITEM_QUERIES[] = {
    [Q_INSERT] = { "item_insert",
                   "INSERT INTO item (id, case_id, permit, department, region, state, version, "
                   "received_on, due_on, yellow_on, seen_digest) "
                   "VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)", 0 },
    [Q_FIND] = { "item_find", "SELECT " ITEM_COLS " FROM item i WHERE i.id = $1", 0 },
    [Q_UPDATE] = { "item_update",
                   "UPDATE item SET state = $1, version = $2, received_on = $3, accepted_on = $4, "
                   "accept_deemed = $5, closed_on = $6, due_on = $7, yellow_on = $8, "
                   "asked_round = $9, seen_digest = $10, inputs_changed = $11, number = $12, "
                   "valid_from = $13, valid_until = $14, reason = $15, basis = $16, "
                   "right_organ = $17 WHERE id = $18 AND version = $19", 0 },
    [Q_CASE] = { "item_case", "SELECT " ITEM_COLS " FROM item i WHERE i.case_id = $1 "
                              "ORDER BY i.id", 0 },
    [Q_SCAN] = { "item_scan", "SELECT " ITEM_COLS " FROM item i WHERE i.id > $1 "
                              "ORDER BY i.id LIMIT $2", 0 },
    [Q_OVERDUE] = { "item_overdue", "SELECT " ITEM_COLS " FROM item i WHERE i.state = $1 "
                                    "AND i.due_on IS NOT NULL AND i.due_on < $2 "
                                    "ORDER BY i.due_on, i.id LIMIT $3", 0 },
    [Q_QUEUE_DEPT] = { "queue_dept", LIST(BY_DEPT), 0 },
    [Q_QUEUE_REGION] = { "queue_region", LIST(BY_REGION), 0 },
    [Q_COUNT_DEPT] = { "queue_count_dept", COUNTS(BY_DEPT), 0 },
    [Q_COUNT_REGION] = { "queue_count_region", COUNTS(BY_REGION), 0 },
    [Q_SIGNAL_DEPT] = { "queue_signal_dept", SIGNALS("i.department = $2"), 0 },
    [Q_SIGNAL_REGION] = { "queue_signal_region", SIGNALS("($2 = '' OR i.region = $2)"), 0 },
};
const struct db_query_set ITEM_SET = QUERY_SET(ITEM_QUERIES);

int item_insert(struct db_conn *c, const struct item_row *x, struct err *e)
{
    return exec_one(c, &ITEM_QUERIES[Q_INSERT],
                    DB_ARGS(DB_I(x->id), DB_I(x->case_id), DB_T(x->permit), DB_T(x->department),
                            DB_T(x->region), DB_T(sv_of(item_state_key(x->state))),
                            DB_I(x->version), DB_I(x->received_on), arg_date(x->due_on),
                            arg_date(x->yellow_on), DB_T(x->seen_digest)),
                    e);
}

static void item_read(const struct db_rows *r, struct arena *a, struct item_row *out)
{
    *out = (struct item_row){
        .id = db_int(r, 0), .case_id = db_int(r, 1), .permit = col_sv(r, 2, a),
        .department = col_sv(r, 3, a), .region = col_sv(r, 4, a),
        .state = item_state_of(db_text(r, 5)), .version = db_int(r, 6),
        .received_on = col_date(r, 7), .accepted_on = col_date(r, 8),
        .accept_deemed = db_int(r, 9) != 0, .closed_on = col_date(r, 10),
        .due_on = col_date(r, 11), .yellow_on = col_date(r, 12), .asked_round = db_int(r, 13),
        .seen_digest = col_sv(r, 14, a), .inputs_changed = db_int(r, 15) != 0,
        .number = col_sv(r, 16, a), .valid_from = col_date(r, 17),
        .valid_until = col_date(r, 18), .reason = col_sv(r, 19, a), .basis = col_sv(r, 20, a),
        .right_organ = col_sv(r, 21, a),
    };
}

int item_find(struct db_conn *c, int64_t id, struct arena *a, struct item_row *out, struct err *e)
{
    struct db_rows r;
    int found = 0;
    db_rows(c, &ITEM_QUERIES[Q_FIND], DB_ARGS(DB_I(id)), &r, e);
    if (db_next(&r)) {
        item_read(&r, a, out);
        found = 1;
    }
    int rc = db_done(&r);
    return rc < 0 ? rc : found;
}

int item_update(struct db_conn *c, const struct item_row *x, struct err *e)
{
    return exec_one(
        c, &ITEM_QUERIES[Q_UPDATE],
        DB_ARGS(DB_T(sv_of(item_state_key(x->state))), DB_I(x->version), DB_I(x->received_on),
                arg_date(x->accepted_on), DB_I(x->accept_deemed), arg_date(x->closed_on),
                arg_date(x->due_on), arg_date(x->yellow_on), DB_I(x->asked_round),
                DB_T(x->seen_digest), DB_I(x->inputs_changed), arg_text_or_null(x->number),
                arg_date(x->valid_from), arg_date(x->valid_until), arg_text_or_null(x->reason),
                arg_text_or_null(x->basis), arg_text_or_null(x->right_organ), DB_I(x->id),
                DB_I(x->version - 1)),
        e);
}

static int item_rows(struct db_rows *r, struct arena *a, struct item_row **out, size_t *n)
{
    size_t cap = 0;
    *out = NULL;
    *n = 0;
    while (db_next(r))
        item_read(r, a, ROWS_PUSH(a, *out, *n, cap));
    return db_done(r);
}

int item_list_case(struct db_conn *c, int64_t case_id, struct arena *a, struct item_row **out,
                   size_t *n, struct err *e)
{
    struct db_rows r;
    db_rows(c, &ITEM_QUERIES[Q_CASE], DB_ARGS(DB_I(case_id)), &r, e);
    return item_rows(&r, a, out, n);
}

int item_scan(struct db_conn *c, int64_t after, int64_t limit, struct arena *a,
              struct item_row **out, size_t *n, struct err *e)
{
    struct db_rows r;
    db_rows(c, &ITEM_QUERIES[Q_SCAN], DB_ARGS(DB_I(after), DB_I(limit)), &r, e);
    return item_rows(&r, a, out, n);
}

int item_list_overdue(struct db_conn *c, enum item_state state, int32_t today, int64_t limit,
                      struct arena *a, struct item_row **out, size_t *n, struct err *e)
{
    struct db_rows r;
    db_rows(c, &ITEM_QUERIES[Q_OVERDUE],
            DB_ARGS(DB_T(sv_of(item_state_key(state))), DB_I(today), DB_I(limit)), &r, e);
    return item_rows(&r, a, out, n);
}

/* Departments have an index of their own; the bureau's view goes by region. */
static int variant(const struct item_filter *f)
{
    return f->department.n ? 0 : 1;
}

static struct db_arg bound(int32_t d, int64_t none)
{
    return DB_I(d == DATE_NONE ? none : d);
}

int item_queue(struct db_conn *c, const struct item_filter *f, struct arena *a,
               struct queue_row **out, size_t *n, struct err *e)
{
    struct db_rows r;
    size_t cap = 0;
    int v = variant(f);
    *out = NULL;
    *n = 0;
    db_rows(c, &ITEM_QUERIES[Q_QUEUE_DEPT + v],
            DB_ARGS(DB_T(v ? f->region : f->department), DB_T(f->state), DB_T(f->permit),
                    DB_T(f->q), bound(f->due_from, -9999999), bound(f->due_to, 99999999),
                    bound(f->yellow_from, -9999999), bound(f->yellow_to, 99999999),
                    DB_I(f->open_only), bound(f->after_due, -9999999), DB_I(f->after_id),
                    DB_I(f->limit)),
            &r, e);
    while (db_next(&r)) {
        struct queue_row *q = ROWS_PUSH(a, *out, *n, cap);
        item_read(&r, a, &q->item);
        q->case_number = col_sv(&r, N_ITEM_COLS, a);
        q->industry = col_sv(&r, N_ITEM_COLS + 1, a);
        q->holder_name = col_sv(&r, N_ITEM_COLS + 2, a);
        q->submitted_at = db_int(&r, N_ITEM_COLS + 3);
        q->clerk_id = db_int(&r, N_ITEM_COLS + 4);
    }
    return db_done(&r);
}

int item_counts(struct db_conn *c, const struct item_filter *f, struct arena *a,
                struct state_count **out, size_t *n, struct err *e)
{
    struct db_rows r;
    size_t cap = 0;
    int v = variant(f);
    *out = NULL;
    *n = 0;
    db_rows(c, &ITEM_QUERIES[Q_COUNT_DEPT + v],
            DB_ARGS(DB_T(v ? f->region : f->department), DB_T(SV("")), DB_T(f->permit),
                    DB_T(f->q)),
            &r, e);
    while (db_next(&r))
        *ROWS_PUSH(a, *out, *n, cap) = (struct state_count){ col_sv(&r, 0, a), db_int(&r, 1) };
    return db_done(&r);
}

int item_signals(struct db_conn *c, const struct item_filter *f, int32_t today,
                 struct signal_counts *out, struct err *e)
{
    struct db_rows r;
    int v = variant(f);
    *out = (struct signal_counts){ 0 };
    db_rows(c, &ITEM_QUERIES[Q_SIGNAL_DEPT + v],
            DB_ARGS(DB_I(today), DB_T(v ? f->region : f->department)), &r, e);
    if (db_next(&r))
        *out = (struct signal_counts){ db_int(&r, 0), db_int(&r, 1), db_int(&r, 2) };
    return db_done(&r);
}
