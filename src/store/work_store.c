/* work_store: messages to people, idempotency keys. */
#include "store/sets.h"

#define MESSAGE_COLS "id, user_id, case_id, created_at, sent_at, phone, title, body"

enum { Q_M_INSERT, Q_M_USER, Q_M_QUEUED, Q_M_SENT, Q_I_FIND, Q_I_INSERT, Q_I_PURGE };

static struct db_query WORK_QUERIES[] = {
    [Q_M_INSERT] = { "message_insert",
                     "INSERT INTO message (id, user_id, phone, title, body, case_id, created_at) "
                     "VALUES ($1, $2, $3, $4, $5, $6, $7)", 0 },
    [Q_M_USER] = { "message_user", "SELECT " MESSAGE_COLS " FROM message "
                                   "WHERE user_id = $1 AND id < $2 ORDER BY id DESC LIMIT $3", 0 },
    [Q_M_QUEUED] = { "message_queued", "SELECT " MESSAGE_COLS " FROM message "
                                       "WHERE sent_at IS NULL ORDER BY id LIMIT $1", 0 },
    [Q_M_SENT] = { "message_sent", "UPDATE message SET sent_at = $1 WHERE id = $2", 0 },
    [Q_I_FIND] = { "idem_find",
                   "SELECT digest, ref FROM idempotency WHERE actor = $1 AND key = $2", 0 },
    [Q_I_INSERT] = { "idem_insert",
                     "INSERT INTO idempotency (actor, key, digest, ref, created_at) "
                     "VALUES ($1, $2, $3, $4, $5)", 0 },
    [Q_I_PURGE] = { "idem_purge", "DELETE FROM idempotency WHERE created_at < $1", 0 },
};
const struct db_query_set WORK_SET = QUERY_SET(WORK_QUERIES);

int message_insert(struct db_conn *c, const struct message_row *m, struct err *e)
{
    return exec_one(c, &WORK_QUERIES[Q_M_INSERT],
                    DB_ARGS(DB_I(m->id), DB_I_OR_NULL(m->user_id, 0), DB_T(m->phone),
                            DB_T(m->title), DB_T(m->body), DB_I_OR_NULL(m->case_id, 0),
                            DB_I(m->created_at)),
                    e);
}

static int message_rows(struct db_rows *r, struct arena *a, struct message_row **out, size_t *n)
{
    size_t cap = 0;
    *out = NULL;
    *n = 0;
    while (db_next(r))
        *ROWS_PUSH(a, *out, *n, cap) = (struct message_row){
            .id = db_int(r, 0), .user_id = db_int(r, 1), .case_id = db_int(r, 2),
            .created_at = db_int(r, 3), .sent_at = db_int(r, 4), .phone = col_sv(r, 5, a),
            .title = col_sv(r, 6, a), .body = col_sv(r, 7, a),
        };
    return db_done(r);
}

int message_list_user(struct db_conn *c, int64_t user, int64_t before, int64_t limit,
                      struct arena *a, struct message_row **out, size_t *n, struct err *e)
{
    struct db_rows r;
    db_rows(c, &WORK_QUERIES[Q_M_USER], DB_ARGS(DB_I(user), DB_I(before), DB_I(limit)), &r, e);
    return message_rows(&r, a, out, n);
}

int message_list_queued(struct db_conn *c, int64_t limit, struct arena *a,
                        struct message_row **out, size_t *n, struct err *e)
{
    struct db_rows r;
    db_rows(c, &WORK_QUERIES[Q_M_QUEUED], DB_ARGS(DB_I(limit)), &r, e);
    return message_rows(&r, a, out, n);
}

int message_sent(struct db_conn *c, int64_t id, int64_t now, struct err *e)
{
    return exec_one(c, &WORK_QUERIES[Q_M_SENT], DB_ARGS(DB_I(now), DB_I(id)), e);
}

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
