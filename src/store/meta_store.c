/* meta_store: settings, catalogue versions, counters. */
#include "store/sets.h"

#define CATALOG_COLS                                                                          \
    "version, digest, body, is_current, origin, batch, published_on, published_by, draft_id "

enum { Q_GET, Q_SET, Q_CAT_RETIRE, Q_CAT_PUT, Q_CAT_FIND, Q_CAT_CURRENT, Q_COUNTER };

static struct db_query META_QUERIES[] = {
    [Q_GET] = { "meta_get", "SELECT value FROM meta WHERE key = $1", 0 },
    [Q_SET] = { "meta_set",
                "INSERT INTO meta (key, value) VALUES ($1, $2) "
                "ON CONFLICT (key) DO UPDATE SET value = excluded.value", 0 },
    [Q_CAT_RETIRE] = { "catalog_retire", "UPDATE catalog_version SET is_current = 0", 0 },
    [Q_CAT_PUT] = { "catalog_put",
                    "INSERT INTO catalog_version (version, digest, body, loaded_at, is_current, "
                    "origin, batch, published_on, published_by, draft_id) "
                    "VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) "
                    "ON CONFLICT (version) DO UPDATE SET is_current = excluded.is_current", 0 },
    [Q_CAT_FIND] = { "catalog_find", "SELECT " CATALOG_COLS
                                     "FROM catalog_version WHERE version = $1", 0 },
    [Q_CAT_CURRENT] = { "catalog_current", "SELECT " CATALOG_COLS
                                           "FROM catalog_version WHERE is_current = 1", 0 },
    [Q_COUNTER] = { "counter_next",
                    "INSERT INTO counter (name, value) VALUES ($1, 1) "
                    "ON CONFLICT (name) DO UPDATE SET value = counter.value + 1 "
                    "RETURNING value", 0 },
};
const struct db_query_set META_SET = QUERY_SET(META_QUERIES);

int meta_get(struct db_conn *c, struct sv key, struct arena *a, struct sv *out, struct err *e)
{
    struct db_rows r;
    int found = 0;
    db_rows(c, &META_QUERIES[Q_GET], DB_ARGS(DB_T(key)), &r, e);
    if (db_next(&r)) {
        *out = col_sv(&r, 0, a);
        found = 1;
    }
    int rc = db_done(&r);
    return rc < 0 ? rc : found;
}

int meta_set(struct db_conn *c, struct sv key, struct sv value, struct err *e)
{
    return exec_one(c, &META_QUERIES[Q_SET], DB_ARGS(DB_T(key), DB_T(value)), e);
}

int catalog_row_put(struct db_conn *c, const struct catalog_row *row, int64_t now, struct err *e)
{
    int rc = row->current ? db_exec(c, &META_QUERIES[Q_CAT_RETIRE], DB_NO_ARGS, e) : 0;
    if (rc < 0)
        return rc;
    return exec_one(c, &META_QUERIES[Q_CAT_PUT],
                    DB_ARGS(DB_T(row->version), DB_T(row->digest), DB_T(row->body), DB_I(now),
                            DB_I(row->current), DB_T(row->origin), DB_T(row->batch),
                            arg_date(row->published_on), DB_I_OR_NULL(row->published_by, 0),
                            DB_I_OR_NULL(row->draft_id, 0)),
                    e);
}

static int catalog_read(struct db_rows *r, struct arena *a, struct catalog_row *out)
{
    int found = 0;
    if (db_next(r)) {
        *out = (struct catalog_row){ col_sv(r, 0, a), col_sv(r, 1, a), col_sv(r, 2, a),
                                     db_int(r, 3) != 0, col_sv(r, 4, a), col_sv(r, 5, a),
                                     col_date(r, 6), db_int(r, 7), db_int(r, 8) };
        found = 1;
    }
    int rc = db_done(r);
    return rc < 0 ? rc : found;
}

int catalog_row_find(struct db_conn *c, struct sv version, struct arena *a,
                     struct catalog_row *out, struct err *e)
{
    struct db_rows r;
    db_rows(c, &META_QUERIES[Q_CAT_FIND], DB_ARGS(DB_T(version)), &r, e);
    return catalog_read(&r, a, out);
}

int catalog_row_current(struct db_conn *c, struct arena *a, struct catalog_row *out,
                        struct err *e)
{
    struct db_rows r;
    db_rows(c, &META_QUERIES[Q_CAT_CURRENT], DB_NO_ARGS, &r, e);
    return catalog_read(&r, a, out);
}

int counter_next(struct db_conn *c, struct sv name, int64_t *out, struct err *e)
{
    int rc = db_find_int(c, &META_QUERIES[Q_COUNTER], DB_ARGS(DB_T(name)), out, e);
    return rc < 0 ? rc : 0;
}
