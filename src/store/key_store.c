/* key_store: see key_store.h. */
#include "store/key_store.h"

#include "store/sets.h"

enum { Q_SIGNED };

static struct db_query KEY_QUERIES[] = {
    [Q_SIGNED] = { "signed_list",
                   "SELECT number, version, holder, payload FROM licence "
                   "WHERE is_current = 1 AND number > $1 ORDER BY number LIMIT $2", 0 },
};
const struct db_query_set KEY_SET = QUERY_SET(KEY_QUERIES);

int signed_list(struct db_conn *c, struct sv after, int64_t limit, struct arena *a,
                struct signed_row **out, size_t *n, struct err *e)
{
    struct db_rows r;
    size_t cap = 0;
    *out = NULL;
    *n = 0;
    db_rows(c, &KEY_QUERIES[Q_SIGNED], DB_ARGS(DB_T(after), DB_I(limit)), &r, e);
    while (db_next(&r))
        *ROWS_PUSH(a, *out, *n, cap) = (struct signed_row){
            .number = col_sv(&r, 0, a), .version = db_int(&r, 1), .holder = col_sv(&r, 2, a),
            .payload = col_sv(&r, 3, a),
        };
    return db_done(&r);
}
