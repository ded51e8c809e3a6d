/* status_store: see status_store.h. */
#include "store/status_store.h"

#include "store/sets.h"

enum { Q_REVISION, Q_PERMIT_TOP, Q_LICENCE_TOP, Q_PERMITS, Q_LICENCES };

static struct db_query STATUS_QUERIES[] = {
    [Q_REVISION] = { "status_revision",
                     "SELECT value FROM counter WHERE name = 'status_revision'", 0 },
    [Q_PERMIT_TOP] = { "status_permit_top",
                       "SELECT COALESCE(MAX(status_index), -1) FROM permit", 0 },
    [Q_LICENCE_TOP] = { "status_licence_top",
                        "SELECT COALESCE(MAX(status_index), -1) FROM licence", 0 },
    [Q_PERMITS] = { "status_permits",
                    "SELECT status_index FROM permit WHERE state <> 'valid' "
                    "AND status_index >= $1 AND status_index <= $2", 0 },
    [Q_LICENCES] = { "status_licences",
                     "SELECT status_index FROM licence WHERE state <> 'valid' "
                     "AND status_index >= $1 AND status_index <= $2", 0 },
};
const struct db_query_set STATUS_SET = QUERY_SET(STATUS_QUERIES);

int status_revision(struct db_conn *c, int64_t *out, struct err *e)
{
    *out = 0;
    int rc = db_find_int(c, &STATUS_QUERIES[Q_REVISION], DB_NO_ARGS, out, e);
    return rc < 0 ? rc : 0;
}

int status_highest(struct db_conn *c, int64_t *out, struct err *e)
{
    int64_t licence = -1;
    *out = -1;
    int rc = db_find_int(c, &STATUS_QUERIES[Q_PERMIT_TOP], DB_NO_ARGS, out, e);
    if (rc >= 0)
        rc = db_find_int(c, &STATUS_QUERIES[Q_LICENCE_TOP], DB_NO_ARGS, &licence, e);
    if (licence > *out)
        *out = licence;
    return rc < 0 ? rc : 0;
}

int status_bits(struct db_conn *c, int64_t first, int64_t last, void (*put)(void *ctx, int64_t index),
                void *ctx, struct err *e)
{
    static const int queries[] = { Q_PERMITS, Q_LICENCES };
    for (size_t i = 0; i < sizeof queries / sizeof *queries; i++) {
        struct db_rows r;
        db_rows(c, &STATUS_QUERIES[queries[i]], DB_ARGS(DB_I(first), DB_I(last)), &r, e);
        while (db_next(&r))
            put(ctx, db_int(&r, 0));
        int rc = db_done(&r);
        if (rc < 0)
            return rc;
    }
    return 0;
}
