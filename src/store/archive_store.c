/* archive_store: see archive_store.h. */
#include "store/archive_store.h"

#include "store/sets.h"

#define COLS "case_id, sm3, size, files, archived_at, by_id, by_name, head_size, ledger_seq"
/* $1 hall, $2 region, $3 'archived' or '', $4 pattern. */
#define CLOSED                                                                                    \
    "FROM licensing_case WHERE closed_at IS NOT NULL AND n_open = 0 "                             \
    "AND ($1 = '' OR hall = $1) AND ($2 = '' OR region = $2) "                                    \
    "AND ((state = 'archived') = ($3 = 'archived')) AND ($4 = '' OR " MATCHES("number", "$4")     \
    " OR " MATCHES("holder_name", "$4") " OR " MATCHES("uscc", "$4") ")"

enum { Q_INSERT, Q_FIND, Q_USES, Q_SCAN, Q_LIST, Q_COUNT, Q_DUE };

static struct db_query ARCHIVE_QUERIES[] = {
    [Q_INSERT] = { "archive_insert", "INSERT INTO archive (" COLS ") "
                                     "VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)", 0 },
    [Q_FIND] = { "archive_find", "SELECT " COLS " FROM archive WHERE case_id = $1", 0 },
    [Q_USES] = { "archive_uses", "SELECT 1 FROM archive WHERE sm3 = $1", 0 },
    [Q_SCAN] = { "archive_scan", "SELECT " COLS " FROM archive WHERE case_id > $1 "
                                 "ORDER BY case_id LIMIT $2", 0 },
    [Q_LIST] = { "archive_list", "SELECT id " CLOSED " AND id < $5 ORDER BY id DESC LIMIT $6", 0 },
    [Q_COUNT] = { "archive_count", "SELECT COUNT(*) " CLOSED, 0 },
    [Q_DUE] = { "archive_due",
                "SELECT id FROM licensing_case WHERE closed_at IS NOT NULL AND closed_at <= $1 "
                "AND n_open = 0 AND state <> 'archived' AND id > $2 ORDER BY id LIMIT $3", 0 },
};
const struct db_query_set ARCHIVE_SET = QUERY_SET(ARCHIVE_QUERIES);

int archive_insert(struct db_conn *c, const struct archive_row *x, struct err *e)
{
    return exec_one(c, &ARCHIVE_QUERIES[Q_INSERT],
                    DB_ARGS(DB_I(x->case_id), DB_T(x->sm3), DB_I(x->size), DB_I(x->files),
                            DB_I(x->archived_at), DB_I(x->by_id), DB_T(x->by_name),
                            DB_I(x->head_size), DB_I(x->ledger_seq)),
                    e);
}

static struct archive_row read_row(const struct db_rows *r, struct arena *a)
{
    return (struct archive_row){
        .case_id = db_int(r, 0), .sm3 = col_sv(r, 1, a), .size = db_int(r, 2),
        .files = db_int(r, 3), .archived_at = db_int(r, 4), .by_id = db_int(r, 5),
        .by_name = col_sv(r, 6, a), .head_size = db_int(r, 7), .ledger_seq = db_int(r, 8),
    };
}

int archive_find(struct db_conn *c, int64_t case_id, struct arena *a, struct archive_row *out,
                 struct err *e)
{
    struct db_rows r;
    int found = 0;
    db_rows(c, &ARCHIVE_QUERIES[Q_FIND], DB_ARGS(DB_I(case_id)), &r, e);
    while (db_next(&r)) {
        *out = read_row(&r, a);
        found = 1;
    }
    int rc = db_done(&r);
    return rc < 0 ? rc : found;
}

int archive_uses(struct db_conn *c, struct sv sm3, struct err *e)
{
    struct db_rows r;
    int found = 0;
    db_rows(c, &ARCHIVE_QUERIES[Q_USES], DB_ARGS(DB_T(sm3)), &r, e);
    while (db_next(&r))
        found = 1;
    int rc = db_done(&r);
    return rc < 0 ? rc : found;
}

int archive_scan(struct db_conn *c, int64_t after, int64_t limit, struct arena *a,
                 struct archive_row **out, size_t *n, struct err *e)
{
    struct db_rows r;
    size_t cap = 0;
    *out = NULL;
    *n = 0;
    db_rows(c, &ARCHIVE_QUERIES[Q_SCAN], DB_ARGS(DB_I(after), DB_I(limit)), &r, e);
    while (db_next(&r))
        *ROWS_PUSH(a, *out, *n, cap) = read_row(&r, a);
    return db_done(&r);
}

static int read_ids(struct db_rows *r, struct arena *a, int64_t **out, size_t *n)
{
    size_t cap = 0;
    *out = NULL;
    *n = 0;
    while (db_next(r))
        *ROWS_PUSH(a, *out, *n, cap) = db_int(r, 0);
    return db_done(r);
}

int archive_list(struct db_conn *c, const struct archive_filter *f, struct arena *a, int64_t **out,
                 size_t *n, struct err *e)
{
    struct db_rows r;
    db_rows(c, &ARCHIVE_QUERIES[Q_LIST],
            DB_ARGS(DB_T(f->hall), DB_T(f->region), DB_T(f->archived ? SV("archived") : SV("")),
                    DB_T(f->q), DB_I(f->before), DB_I(f->limit)),
            &r, e);
    return read_ids(&r, a, out, n);
}

int archive_count(struct db_conn *c, const struct archive_filter *f, int64_t *n, struct err *e)
{
    struct db_rows r;
    db_rows(c, &ARCHIVE_QUERIES[Q_COUNT],
            DB_ARGS(DB_T(f->hall), DB_T(f->region), DB_T(f->archived ? SV("archived") : SV("")),
                    DB_T(f->q)),
            &r, e);
    while (db_next(&r))
        *n = db_int(&r, 0);
    return db_done(&r);
}

int archive_list_due(struct db_conn *c, int64_t until, int64_t after, int64_t limit,
                     struct arena *a, int64_t **out, size_t *n, struct err *e)
{
    struct db_rows r;
    db_rows(c, &ARCHIVE_QUERIES[Q_DUE], DB_ARGS(DB_I(until), DB_I(after), DB_I(limit)), &r, e);
    return read_ids(&r, a, out, n);
}
