/* notice_store: see notice_store.h. Writes are serial (db/README.md), so a claim may select first
 * and then update what it has selected; the update still says what it relies on. */
#include "store/notice_store.h"

#include "store/sealed.h"
#include "store/sets.h"

#define UNDONE "state IN ('" DISPATCH_QUEUED "', '" DISPATCH_LEASED "')"

#define DISPATCH_COLS                                                                        \
    "d.id, d.message_id, d.channel, d.address, d.state, d.attempts, d.next_at, "             \
    "d.expires_at, d.created_at, d.sent_at, d.last_error, m.template, m.title"

enum { Q_M_INSERT, Q_M_USER, Q_M_UNREAD, Q_M_READ, Q_M_READ_ALL, Q_M_SETTLE, Q_M_PURGE, Q_D_PURGE, Q_D_INSERT,
       Q_D_ANY, Q_D_DUE, Q_D_LEASE, Q_D_SENT, Q_D_MISSED, Q_D_RETRY, Q_D_DROP, Q_D_LIST,
       Q_D_UNSENT, Q_D_SENT_COUNT };

static struct db_query NOTICE_QUERIES[] = {
    [Q_M_INSERT] = { "message_insert",
                     "INSERT INTO message (id, user_id, title, body, case_id, item_id, "
                     "created_at, template, dedupe, important, subject) "
                     "VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11) "
                     "ON CONFLICT (dedupe) WHERE dedupe IS NOT NULL DO NOTHING", 0 },
    [Q_M_USER] = { "message_user",
                   "SELECT id, user_id, case_id, item_id, created_at, read_at, important, "
                   "template, title, body, subject FROM message WHERE user_id = $1 AND id < $2 "
                   "AND ($3 = 0 OR case_id = $3) ORDER BY id DESC LIMIT $4", 0 },
    [Q_M_UNREAD] = { "message_unread",
                     "SELECT COUNT(*) FROM message WHERE user_id = $1 AND read_at IS NULL", 0 },
    [Q_M_READ] = { "message_read",
                   "UPDATE message SET read_at = COALESCE(read_at, $1) "
                   "WHERE id = $2 AND user_id = $3", 0 },
    [Q_M_READ_ALL] = { "message_read_all",
                       "UPDATE message SET read_at = $1 "
                       "WHERE user_id = $2 AND id <= $3 AND read_at IS NULL", 0 },
    [Q_M_SETTLE] = { "message_settle",
                     "UPDATE message SET read_at = $1 WHERE dedupe = $2 AND read_at IS NULL", 0 },
    [Q_D_PURGE] = { "dispatch_purge",
                    "DELETE FROM dispatch WHERE message_id IN "
                    "(SELECT id FROM message WHERE user_id IS NULL AND case_id IS NULL "
                    "AND created_at < $1)", 0 },
    [Q_M_PURGE] = { "message_purge",
                    "DELETE FROM message WHERE user_id IS NULL AND case_id IS NULL "
                    "AND created_at < $1", 0 },
    [Q_D_INSERT] = { "dispatch_insert",
                     "INSERT INTO dispatch (id, message_id, channel, address, state, next_at, "
                     "expires_at, created_at) "
                     "VALUES ($1, $2, $3, $4, '" DISPATCH_QUEUED "', $5, $6, $7)", 0 },
    [Q_D_ANY] = { "dispatch_any",
                  "SELECT 1 FROM dispatch WHERE " UNDONE " AND next_at <= $1 LIMIT 1", 0 },
    [Q_D_DUE] = { "dispatch_due",
                  "SELECT " DISPATCH_COLS ", m.body "
                  "FROM dispatch d JOIN message m ON m.id = d.message_id "
                  "WHERE d." UNDONE " AND d.channel = $1 AND d.next_at <= $2 "
                  "ORDER BY d.next_at, d.id LIMIT $3", 0 },
    [Q_D_LEASE] = { "dispatch_lease",
                    "UPDATE dispatch SET state = '" DISPATCH_LEASED "', lease_by = $1, "
                    "next_at = $2, attempts = attempts + 1 "
                    "WHERE id = $3 AND " UNDONE " AND next_at <= $4", 0 },
    [Q_D_SENT] = { "dispatch_sent",
                   "UPDATE dispatch SET state = '" DISPATCH_SENT "', sent_at = $1, channel = $2, "
                   "lease_by = NULL, last_error = NULL "
                   "WHERE id = $3 AND state <> '" DISPATCH_SENT "'", 0 },
    [Q_D_MISSED] = { "dispatch_missed",
                     "UPDATE dispatch SET state = $1, next_at = $2, last_error = $3, "
                     "lease_by = NULL "
                     "WHERE id = $4 AND lease_by = $5 AND state = '" DISPATCH_LEASED "'", 0 },
    [Q_D_RETRY] = { "dispatch_retry",
                    "UPDATE dispatch SET state = '" DISPATCH_QUEUED "', next_at = $1, attempts = 0 "
                    "WHERE id = $2 AND state = '" DISPATCH_FAILED "'", 0 },
    [Q_D_DROP] = { "dispatch_drop",
                   "DELETE FROM dispatch WHERE state = '" DISPATCH_QUEUED "'", 0 },
    [Q_D_LIST] = { "dispatch_list",
                   "SELECT " DISPATCH_COLS ", '' "
                   "FROM dispatch d JOIN message m ON m.id = d.message_id "
                   "WHERE d.state = $1 AND d.state <> '" DISPATCH_SENT "' AND d.id < $2 "
                   "ORDER BY d.id DESC LIMIT $3", 0 },
    [Q_D_UNSENT] = { "dispatch_unsent",
                     "SELECT state, channel, COUNT(*) FROM dispatch "
                     "WHERE state <> '" DISPATCH_SENT "' "
                     "GROUP BY state, channel ORDER BY state, channel", 0 },
    [Q_D_SENT_COUNT] = { "dispatch_sent_count",
                         "SELECT '" DISPATCH_SENT "', channel, COUNT(*) FROM dispatch "
                         "WHERE sent_at >= $1 GROUP BY channel ORDER BY channel", 0 },
};
const struct db_query_set NOTICE_SET = QUERY_SET(NOTICE_QUERIES);

/* ---- messages ---- */

int message_insert(struct db_conn *c, const struct message_row *m, struct err *e)
{
    return db_exec(c, &NOTICE_QUERIES[Q_M_INSERT],
                   DB_ARGS(DB_I(m->id), DB_I_OR_NULL(m->user_id, 0), DB_T(m->title),
                           DB_T(m->body), DB_I_OR_NULL(m->case_id, 0),
                           DB_I_OR_NULL(m->item_id, 0), DB_I(m->created_at),
                           arg_text_or_null(m->template), arg_text_or_null(m->dedupe),
                           DB_I(m->important), DB_T(m->subject)),
                   e);
}

int message_list_user(struct db_conn *c, int64_t user, int64_t case_id, int64_t before,
                      int64_t limit, struct arena *a, struct message_row **out, size_t *n,
                      struct err *e)
{
    struct db_rows r;
    size_t cap = 0;
    *out = NULL;
    *n = 0;
    db_rows(c, &NOTICE_QUERIES[Q_M_USER], DB_ARGS(DB_I(user), DB_I(before), DB_I(case_id), DB_I(limit)), &r, e);
    while (db_next(&r))
        *ROWS_PUSH(a, *out, *n, cap) = (struct message_row){
            .id = db_int(&r, 0), .user_id = db_int(&r, 1), .case_id = db_int(&r, 2),
            .item_id = db_int(&r, 3), .created_at = db_int(&r, 4), .read_at = db_int(&r, 5),
            .important = db_int(&r, 6) != 0, .template = col_sv(&r, 7, a),
            .title = col_sv(&r, 8, a), .body = col_sv(&r, 9, a),
            .subject = col_sv(&r, 10, a),
        };
    return db_done(&r);
}

int message_count_unread(struct db_conn *c, int64_t user, int64_t *n, struct err *e)
{
    int rc = db_find_int(c, &NOTICE_QUERIES[Q_M_UNREAD], DB_ARGS(DB_I(user)), n, e);
    return rc < 0 ? rc : 0;
}

int message_read(struct db_conn *c, int64_t user, int64_t id, int64_t now, struct err *e)
{
    return db_exec(c, &NOTICE_QUERIES[Q_M_READ], DB_ARGS(DB_I(now), DB_I(id), DB_I(user)), e);
}

int message_read_all(struct db_conn *c, int64_t user, int64_t up_to, int64_t now, struct err *e)
{
    return db_exec(c, &NOTICE_QUERIES[Q_M_READ_ALL],
                   DB_ARGS(DB_I(now), DB_I(user), DB_I(up_to)), e);
}

int message_settle(struct db_conn *c, struct sv dedupe, int64_t now, struct err *e)
{
    return db_exec(c, &NOTICE_QUERIES[Q_M_SETTLE], DB_ARGS(DB_I(now), DB_T(dedupe)), e);
}

int message_purge_unlisted(struct db_conn *c, int64_t before, struct err *e)
{
    int rc = db_exec(c, &NOTICE_QUERIES[Q_D_PURGE], DB_ARGS(DB_I(before)), e);
    return rc < 0 ? rc : db_exec(c, &NOTICE_QUERIES[Q_M_PURGE], DB_ARGS(DB_I(before)), e);
}

/* ---- dispatches ---- */

int dispatch_insert(struct db_conn *c, const struct dispatch_row *d, struct err *e)
{
    struct arena *a = arena_new();
    struct sv address = seal_sv(c, a, SEALED_DISPATCH_ADDRESS, d->id, d->address);
    int rc = exec_one(c, &NOTICE_QUERIES[Q_D_INSERT],
                      DB_ARGS(DB_I(d->id), DB_I(d->message_id), DB_T(d->channel), DB_T(address),
                              DB_I(d->next_at), DB_I_OR_NULL(d->expires_at, 0),
                              DB_I(d->created_at)),
                      e);
    arena_free(a);
    return rc;
}

static int dispatch_rows(struct db_rows *r, struct arena *a, struct dispatch_row **out, size_t *n)
{
    size_t cap = 0;
    *out = NULL;
    *n = 0;
    while (db_next(r))
        *ROWS_PUSH(a, *out, *n, cap) = (struct dispatch_row){
            .id = db_int(r, 0), .message_id = db_int(r, 1), .channel = col_sv(r, 2, a),
            
            .address = col_sealed(r, 3, a, SEALED_DISPATCH_ADDRESS, db_int(r, 0)), .state = col_sv(r, 4, a), .attempts = db_int(r, 5),
            .next_at = db_int(r, 6), .expires_at = db_int(r, 7), .created_at = db_int(r, 8),
            .sent_at = db_int(r, 9), .last_error = col_sv(r, 10, a),
            .template = col_sv(r, 11, a), .title = col_sv(r, 12, a), .body = col_sv(r, 13, a),
        };
    return db_done(r);
}

int dispatch_any_due(struct db_conn *c, int64_t now, struct err *e)
{
    int64_t one;
    return db_find_int(c, &NOTICE_QUERIES[Q_D_ANY], DB_ARGS(DB_I(now)), &one, e);
}

int dispatch_claim(struct db_conn *c, struct sv channel, const struct lease *l, int64_t limit,
                   struct arena *a, struct dispatch_row **out, size_t *n, struct err *e)
{
    struct db_rows r;
    size_t kept = 0;
    db_rows(c, &NOTICE_QUERIES[Q_D_DUE], DB_ARGS(DB_T(channel), DB_I(l->now), DB_I(limit)), &r, e);
    int rc = dispatch_rows(&r, a, out, n);
    for (size_t i = 0; rc >= 0 && i < *n; i++) {
        struct dispatch_row *d = &(*out)[i];
        rc = db_exec(c, &NOTICE_QUERIES[Q_D_LEASE],
                     DB_ARGS(DB_T(l->who), DB_I(l->until), DB_I(d->id), DB_I(l->now)), e);
        d->attempts++;
        if (rc == 1)
            (*out)[kept++] = *d;
    }
    *n = kept;
    return rc < 0 ? rc : 0;
}

int dispatch_sent(struct db_conn *c, int64_t id, struct sv channel, int64_t now, struct err *e)
{
    return db_exec(c, &NOTICE_QUERIES[Q_D_SENT], DB_ARGS(DB_I(now), DB_T(channel), DB_I(id)), e);
}

int dispatch_missed(struct db_conn *c, int64_t id, struct sv who, int64_t next_at,
                    struct sv why, struct err *e)
{
    return db_exec(c, &NOTICE_QUERIES[Q_D_MISSED],
                   DB_ARGS(DB_T(next_at ? SV(DISPATCH_QUEUED) : SV(DISPATCH_FAILED)),
                           DB_I(next_at), DB_T(why), DB_I(id), DB_T(who)),
                   e);
}

int dispatch_retry(struct db_conn *c, int64_t id, int64_t now, struct err *e)
{
    return db_exec(c, &NOTICE_QUERIES[Q_D_RETRY], DB_ARGS(DB_I(now), DB_I(id)), e);
}

int dispatch_drop_queued(struct db_conn *c, struct err *e)
{
    return db_exec(c, &NOTICE_QUERIES[Q_D_DROP], DB_NO_ARGS, e);
}

int dispatch_list(struct db_conn *c, struct sv state, int64_t before, int64_t limit,
                  struct arena *a, struct dispatch_row **out, size_t *n, struct err *e)
{
    struct db_rows r;
    db_rows(c, &NOTICE_QUERIES[Q_D_LIST], DB_ARGS(DB_T(state), DB_I(before), DB_I(limit)), &r, e);
    return dispatch_rows(&r, a, out, n);
}

static int count_into(struct db_rows *r, struct arena *a, struct dispatch_count **out, size_t *n,
                      size_t *cap)
{
    while (db_next(r))
        *ROWS_PUSH(a, *out, *n, *cap) = (struct dispatch_count){
            col_sv(r, 0, a), col_sv(r, 1, a), db_int(r, 2),
        };
    return db_done(r);
}

int dispatch_counts(struct db_conn *c, int64_t sent_since, struct arena *a,
                    struct dispatch_count **out, size_t *n, struct err *e)
{
    struct db_rows r;
    size_t cap = 0;
    *out = NULL;
    *n = 0;
    db_rows(c, &NOTICE_QUERIES[Q_D_UNSENT], DB_NO_ARGS, &r, e);
    int rc = count_into(&r, a, out, n, &cap);
    if (rc < 0)
        return rc;
    db_rows(c, &NOTICE_QUERIES[Q_D_SENT_COUNT], DB_ARGS(DB_I(sent_since)), &r, e);
    return count_into(&r, a, out, n, &cap);
}
