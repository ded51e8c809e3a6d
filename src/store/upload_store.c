/* upload_store: see upload_store.h. */
#include "store/upload_store.h"

#include "store/sets.h"

enum { Q_INSERT, Q_FIND, Q_OPEN, Q_DONE, Q_DELETE, Q_PURGE };

static struct db_query UPLOAD_QUERIES[] = {
    [Q_INSERT] = { "upload_insert",
                   "INSERT INTO upload (id, case_id, material, name, size, replaces, created_by, "
                   "created_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)", 0 },
    [Q_FIND] = { "upload_find",
                 "SELECT id, case_id, material, name, size, replaces, attachment_id, duplicate, "
                 "created_by, created_at FROM upload WHERE id = $1", 0 },
    [Q_OPEN] = { "upload_open", "SELECT COUNT(*) FROM upload WHERE created_by = $1 "
                                "AND attachment_id IS NULL", 0 },
    [Q_DONE] = { "upload_done", "UPDATE upload SET attachment_id = $1, duplicate = $2 "
                                "WHERE id = $3", 0 },
    [Q_DELETE] = { "upload_delete", "DELETE FROM upload WHERE id = $1", 0 },
    [Q_PURGE] = { "upload_purge", "DELETE FROM upload WHERE created_at < $1", 0 },
};
const struct db_query_set UPLOAD_SET = QUERY_SET(UPLOAD_QUERIES);

int upload_insert(struct db_conn *c, const struct upload_row *x, struct err *e)
{
    return exec_one(c, &UPLOAD_QUERIES[Q_INSERT],
                    DB_ARGS(DB_I(x->id), DB_I(x->case_id), DB_T(x->material), DB_T(x->name),
                            DB_I(x->size), DB_I_OR_NULL(x->replaces, 0), DB_I(x->created_by),
                            DB_I(x->created_at)),
                    e);
}

int upload_find(struct db_conn *c, int64_t id, struct arena *a, struct upload_row *out,
                struct err *e)
{
    struct db_rows r;
    int found = 0;
    db_rows(c, &UPLOAD_QUERIES[Q_FIND], DB_ARGS(DB_I(id)), &r, e);
    if (db_next(&r)) {
        *out = (struct upload_row){
            .id = db_int(&r, 0), .case_id = db_int(&r, 1), .material = col_sv(&r, 2, a),
            .name = col_sv(&r, 3, a), .size = db_int(&r, 4), .replaces = db_int(&r, 5),
            .attachment_id = db_int(&r, 6), .duplicate = db_int(&r, 7) != 0,
            .created_by = db_int(&r, 8), .created_at = db_int(&r, 9),
        };
        found = 1;
    }
    int rc = db_done(&r);
    return rc < 0 ? rc : found;
}

int upload_count_open(struct db_conn *c, int64_t created_by, int64_t *n, struct err *e)
{
    int rc = db_find_int(c, &UPLOAD_QUERIES[Q_OPEN], DB_ARGS(DB_I(created_by)), n, e);
    return rc < 0 ? rc : 0;
}

int upload_done(struct db_conn *c, int64_t id, int64_t attachment_id, bool duplicate,
                struct err *e)
{
    return exec_one(c, &UPLOAD_QUERIES[Q_DONE],
                    DB_ARGS(DB_I(attachment_id), DB_I(duplicate), DB_I(id)), e);
}

int upload_delete(struct db_conn *c, int64_t id, struct err *e)
{
    return db_exec(c, &UPLOAD_QUERIES[Q_DELETE], DB_ARGS(DB_I(id)), e);
}

int upload_purge(struct db_conn *c, int64_t before, struct err *e)
{
    return db_exec(c, &UPLOAD_QUERIES[Q_PURGE], DB_ARGS(DB_I(before)), e);
}
