/* work_store: idempotency keys. */
#include "store/sets.h"

enum { Q_I_FIND, Q_I_INSERT, Q_I_PURGE };

static struct db_query WORK_QUERIES[] = {
    [Q_I_FIND] = { "idem_find",
                   "SELECT digest, ref FROM idempotency WHERE actor = $1 AND key = $2", 0 },
    [Q_I_INSERT] = { "idem_insert",
                     "INSERT INTO idempotency (actor, key, digest, ref, created_at) "
                     "VALUES ($1, $2, $3, $4, $5)", 0 },
    [Q_I_PURGE] = { "idem_purge", "DELETE FROM idempotency WHERE created_at < $1", 0 },
};
const struct db_query_set WORK_SET = QUERY_SET(WORK_QUERIES);

int idem_find(struct db_conn *c, struct sv actor, struct sv key, struct arena *a,
              struct idem_row *out, struct err *e)
{
    struct db_rows r;
    int found = 0;
    db_rows(c, &WORK_QUERIES[Q_I_FIND], DB_ARGS(DB_T(actor), DB_T(key)), &r, e);
    if (db_next(&r)) {
        *out = (struct idem_row){ col_sv(&r, 0, a), col_sv(&r, 1, a) };
        found = 1;
    }
    int rc = db_done(&r);
    return rc < 0 ? rc : found;
}

int idem_insert(struct db_conn *c, struct sv actor, struct sv key, const struct idem_row *row,
                int64_t now, struct err *e)
{
    return exec_one(c, &WORK_QUERIES[Q_I_INSERT],
                    DB_ARGS(DB_T(actor), DB_T(key), DB_T(row->digest), DB_T(row->ref), DB_I(now)),
                    e);
}

int idem_purge(struct db_conn *c, int64_t before, struct err *e)
{
    return db_exec(c, &WORK_QUERIES[Q_I_PURGE], DB_ARGS(DB_I(before)), e);
}
