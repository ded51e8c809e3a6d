/* queue_store: the departments' queues and the boards' counts over items. */
#include "store/item_row.h"
#include "store/sets.h"

#define QUEUE_FROM " FROM item i JOIN licensing_case k ON k.id = i.case_id WHERE "
#define QUEUE_MATCH                                                                          \
    " AND ($2 = '' OR i.state = $2) AND ($3 = '' OR i.permit = $3) "                         \
    "AND ($4 = '' OR " MATCHES("k.number", "$4") " OR " MATCHES("k.holder_name", "$4") ") "  \
    "AND ($5 = '' OR k.hall = $5) "                                                          \
    "AND (i.officer_id = $6 OR $6 = 0 OR ($6 = -1 AND i.officer_id IS NULL)) "               \
    "AND ($7 = '' OR i.inspection = $7) "                                                    \
    "AND ($8 = 0 OR (i.delivered_on IS NULL AND i.state IN ('granted', 'denied'))) "
#define QUEUE_PAGE                                                                           \
    "AND COALESCE(i.due_on, 9999999) >= $9 AND COALESCE(i.due_on, 9999999) <= $10 "           \
    "AND COALESCE(i.yellow_on, 9999999) >= $11 AND COALESCE(i.yellow_on, 9999999) <= $12 "     \
    "AND ($13 = 0 OR i.due_on IS NOT NULL) "                                                  \
    "AND (COALESCE(i.due_on, 9999999) > $14 OR "                                             \
    "(COALESCE(i.due_on, 9999999) = $14 AND i.id > $15)) "                                   \
    "ORDER BY COALESCE(i.due_on, 9999999), i.id LIMIT $16"
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

enum { Q_QUEUE_DEPT, Q_QUEUE_REGION, Q_COUNT_DEPT, Q_COUNT_REGION, Q_SIGNAL_DEPT,
       Q_SIGNAL_REGION };

static struct db_query QUEUE_QUERIES[] = {
    [Q_QUEUE_DEPT] = { "queue_dept", LIST(BY_DEPT), 0 },
    [Q_QUEUE_REGION] = { "queue_region", LIST(BY_REGION), 0 },
    [Q_COUNT_DEPT] = { "queue_count_dept", COUNTS(BY_DEPT), 0 },
    [Q_COUNT_REGION] = { "queue_count_region", COUNTS(BY_REGION), 0 },
    [Q_SIGNAL_DEPT] = { "queue_signal_dept", SIGNALS("i.department = $2"), 0 },
    [Q_SIGNAL_REGION] = { "queue_signal_region", SIGNALS("($2 = '' OR i.region = $2)"), 0 },
};
const struct db_query_set QUEUE_SET = QUERY_SET(QUEUE_QUERIES);

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
    db_rows(c, &QUEUE_QUERIES[Q_QUEUE_DEPT + v],
            DB_ARGS(DB_T(v ? f->region : f->department), DB_T(f->state), DB_T(f->permit),
                    DB_T(f->q), DB_T(f->hall), DB_I(f->officer_id), DB_T(f->inspection),
                    DB_I(f->undelivered), bound(f->due_from, -9999999), bound(f->due_to, 99999999),
                    bound(f->yellow_from, -9999999), bound(f->yellow_to, 99999999),
                    DB_I(f->open_only), bound(f->after_due, -9999999), DB_I(f->after_id),
                    DB_I(f->limit)),
            &r, e);
    while (db_next(&r)) {
        struct queue_row *q = ROWS_PUSH(a, *out, *n, cap);
        item_read_row(&r, a, &q->item);
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
    db_rows(c, &QUEUE_QUERIES[Q_COUNT_DEPT + v],
            DB_ARGS(DB_T(v ? f->region : f->department), DB_T(SV("")), DB_T(f->permit),
                    DB_T(f->q), DB_T(f->hall), DB_I(f->officer_id), DB_T(f->inspection),
                    DB_I(f->undelivered)),
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
    db_rows(c, &QUEUE_QUERIES[Q_SIGNAL_DEPT + v],
            DB_ARGS(DB_I(today), DB_T(v ? f->region : f->department)), &r, e);
    if (db_next(&r))
        *out = (struct signal_counts){ db_int(&r, 0), db_int(&r, 1), db_int(&r, 2) };
    return db_done(&r);
}
