/* trust_store: see trust_store.h. */
#include "store/trust_store.h"

#include "store/sets.h"

enum { Q_PUT, Q_DELETE, Q_LIST };

static struct db_query TRUST_QUERIES[] = {
    [Q_PUT] = { "trust_put",
                "INSERT INTO trust_issuer (region, name, body, issued_ms, added_at) "
                "VALUES ($1, $2, $3, $4, $5) ON CONFLICT (region) DO UPDATE SET "
                "name = excluded.name, body = excluded.body, issued_ms = excluded.issued_ms, "
                "added_at = excluded.added_at", 0 },
    [Q_DELETE] = { "trust_delete", "DELETE FROM trust_issuer WHERE region = $1", 0 },
    [Q_LIST] = { "trust_list", "SELECT region, name, body, issued_ms, added_at "
                               "FROM trust_issuer ORDER BY region", 0 },
};
const struct db_query_set TRUST_SET = QUERY_SET(TRUST_QUERIES);

int trust_put(struct db_conn *c, const struct trust_row *x, struct err *e)
{
    return exec_one(c, &TRUST_QUERIES[Q_PUT],
                    DB_ARGS(DB_T(x->region), DB_T(x->name), DB_T(x->body), DB_I(x->issued_ms),
                            DB_I(x->added_at)),
                    e);
}

int trust_delete(struct db_conn *c, struct sv region, struct err *e)
{
    return db_exec(c, &TRUST_QUERIES[Q_DELETE], DB_ARGS(DB_T(region)), e);
}

int trust_list(struct db_conn *c, struct arena *a, struct trust_row **out, size_t *n,
               struct err *e)
{
    struct db_rows r;
    size_t cap = 0;
    *out = NULL;
    *n = 0;
    db_rows(c, &TRUST_QUERIES[Q_LIST], DB_NO_ARGS, &r, e);
    while (db_next(&r))
        *ROWS_PUSH(a, *out, *n, cap) = (struct trust_row){
            .region = col_sv(&r, 0, a), .name = col_sv(&r, 1, a), .body = col_sv(&r, 2, a),
            .issued_ms = db_int(&r, 3), .added_at = db_int(&r, 4),
        };
    return db_done(&r);
}
