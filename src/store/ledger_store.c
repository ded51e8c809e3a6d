/* ledger_store: the append-only log and its tree. */
#include "store/licence_store.h"
#include "store/sets.h"

#define LEDGER_COLS                                                                          \
    "l.seq, l.at, l.effective_on, l.actor_id, l.actor_kind, l.department, l.act, l.case_id, " \
    "l.item_id, l.body, l.leaf"

enum { Q_HEAD_GET, Q_HEAD_PUT, Q_INSERT, Q_NODE_PUT, Q_NODE_GET, Q_LEAVES, Q_SCAN, Q_TIMELINE,
       Q_STH_INSERT, Q_STH_FIND, Q_STH_SCAN, Q_STH_LIST };

static struct db_query LEDGER_QUERIES[] = {
    [Q_HEAD_GET] = { "ledger_head_get",
                     "SELECT size, last_at, frontier, mac FROM ledger_head WHERE id = 1", 0 },
    [Q_HEAD_PUT] = { "ledger_head_put",
                     "INSERT INTO ledger_head (id, size, last_at, frontier, mac) "
                     "VALUES (1, $1, $2, $3, $4) ON CONFLICT (id) DO UPDATE SET "
                     "size = excluded.size, last_at = excluded.last_at, "
                     "frontier = excluded.frontier, mac = excluded.mac", 0 },
    [Q_INSERT] = { "ledger_insert",
                   "INSERT INTO ledger (seq, at, effective_on, actor_id, actor_kind, department, "
                   "act, case_id, item_id, body, leaf) "
                   "VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)", 0 },
    [Q_NODE_PUT] = { "ledger_node_put",
                     "INSERT INTO ledger_node (level, idx, hash) VALUES ($1, $2, $3)", 0 },
    [Q_NODE_GET] = { "ledger_node_get",
                     "SELECT hash FROM ledger_node WHERE level = $1 AND idx = $2", 0 },
    [Q_LEAVES] = { "ledger_leaves",
                   "SELECT leaf FROM ledger WHERE seq >= $1 AND seq < $2 ORDER BY seq", 0 },
    [Q_SCAN] = { "ledger_scan", "SELECT " LEDGER_COLS " FROM ledger l WHERE l.seq >= $1 "
                                "ORDER BY l.seq LIMIT $2", 0 },
    [Q_TIMELINE] = { "ledger_timeline",
                     "SELECT " LEDGER_COLS ", u.name, i.permit FROM ledger l "
                     "LEFT JOIN user_account u ON u.id = l.actor_id "
                     "LEFT JOIN item i ON i.id = l.item_id "
                     "WHERE l.case_id = $1 AND l.seq > $2 ORDER BY l.seq", 0 },
    [Q_STH_INSERT] = { "tree_head_insert",
                       "INSERT INTO tree_head (size, root, at, key_id, signature) "
                       "VALUES ($1, $2, $3, $4, $5) ON CONFLICT (size) DO NOTHING", 0 },
    [Q_STH_SCAN] = { "tree_head_scan", "SELECT size, root, at, key_id, signature FROM tree_head "
                                       "WHERE size > $1 ORDER BY size LIMIT $2", 0 },
    [Q_STH_FIND] = { "tree_head_find", "SELECT size, root, at, key_id, signature FROM tree_head "
                                       "WHERE size < $1 ORDER BY size DESC LIMIT 1", 0 },
    [Q_STH_LIST] = { "tree_head_list", "SELECT size, root, at, key_id, signature FROM tree_head "
                                       "WHERE size < $1 ORDER BY size DESC LIMIT $2", 0 },
};
const struct db_query_set LEDGER_SET = QUERY_SET(LEDGER_QUERIES);

static struct sv hash_sv(const struct sm3_hash *h)
{
    return sv_make((const char *)h->b, SM3_SIZE);
}

/* A hash column; a wrong length (somebody edited the table) reads as zeros, which verify finds. */
static void col_hash(const struct db_rows *r, int col, struct sm3_hash *out)
{
    struct sv s = db_text(r, col);
    memset(out, 0, sizeof *out);
    if (s.n == SM3_SIZE)
        memcpy(out->b, s.p, SM3_SIZE);
}

int ledger_head_get(struct db_conn *c, struct arena *a, struct ledger_head_row *out,
                    struct err *e)
{
    struct db_rows r;
    int found = 0;
    db_rows(c, &LEDGER_QUERIES[Q_HEAD_GET], DB_NO_ARGS, &r, e);
    if (db_next(&r)) {
        out->size = db_int(&r, 0);
        out->last_at = db_int(&r, 1);
        out->frontier = col_sv(&r, 2, a);
        col_hash(&r, 3, &out->mac);
        found = 1;
    }
    int rc = db_done(&r);
    return rc < 0 ? rc : found;
}

int ledger_head_put(struct db_conn *c, const struct ledger_head_row *row, struct err *e)
{
    return exec_one(c, &LEDGER_QUERIES[Q_HEAD_PUT],
                    DB_ARGS(DB_I(row->size), DB_I(row->last_at), DB_B(row->frontier),
                            DB_B(hash_sv(&row->mac))),
                    e);
}

int ledger_insert(struct db_conn *c, const struct ledger_row *x, struct err *e)
{
    return exec_one(c, &LEDGER_QUERIES[Q_INSERT],
                    DB_ARGS(DB_I(x->seq), DB_I(x->at), DB_I(x->effective_on),
                            DB_I_OR_NULL(x->actor_id, 0), DB_T(x->actor_kind),
                            arg_text_or_null(x->department), DB_T(x->act),
                            DB_I_OR_NULL(x->case_id, 0), DB_I_OR_NULL(x->item_id, 0),
                            DB_T(x->body), DB_B(hash_sv(&x->leaf))),
                    e);
}

int ledger_node_put(struct db_conn *c, unsigned level, uint64_t index, const void *hash,
                    struct err *e)
{
    return exec_one(c, &LEDGER_QUERIES[Q_NODE_PUT],
                    DB_ARGS(DB_I((int64_t)level), DB_I((int64_t)index),
                            DB_B(sv_make(hash, SM3_SIZE))),
                    e);
}

int ledger_node_get(struct db_conn *c, unsigned level, uint64_t index, void *hash, struct err *e)
{
    struct db_rows r;
    struct sm3_hash h;
    int found = 0;
    db_rows(c, &LEDGER_QUERIES[Q_NODE_GET], DB_ARGS(DB_I((int64_t)level), DB_I((int64_t)index)),
            &r, e);
    if (db_next(&r)) {
        col_hash(&r, 0, &h);
        memcpy(hash, h.b, SM3_SIZE);
        found = 1;
    }
    int rc = db_done(&r);
    return rc < 0 ? rc : found;
}

int ledger_leaves(struct db_conn *c, int64_t from, int64_t to, struct sm3_hash *out,
                  struct err *e)
{
    struct db_rows r;
    int n = 0;
    db_rows(c, &LEDGER_QUERIES[Q_LEAVES], DB_ARGS(DB_I(from), DB_I(to)), &r, e);
    while (n < to - from && db_next(&r))
        col_hash(&r, 0, &out[n++]);
    int rc = db_done(&r);
    return rc < 0 ? rc : n;
}

static void ledger_read(const struct db_rows *r, struct arena *a, struct ledger_row *out)
{
    *out = (struct ledger_row){
        .seq = db_int(r, 0), .at = db_int(r, 1), .effective_on = col_date(r, 2),
        .actor_id = db_int(r, 3), .actor_kind = col_sv(r, 4, a), .department = col_sv(r, 5, a),
        .act = col_sv(r, 6, a), .case_id = db_int(r, 7), .item_id = db_int(r, 8),
        .body = col_sv(r, 9, a),
    };
    col_hash(r, 10, &out->leaf);
}

int ledger_scan(struct db_conn *c, int64_t from, int64_t limit, struct arena *a,
                struct ledger_row **out, size_t *n, struct err *e)
{
    struct db_rows r;
    size_t cap = 0;
    *out = NULL;
    *n = 0;
    db_rows(c, &LEDGER_QUERIES[Q_SCAN], DB_ARGS(DB_I(from), DB_I(limit)), &r, e);
    while (db_next(&r))
        ledger_read(&r, a, ROWS_PUSH(a, *out, *n, cap));
    return db_done(&r);
}

int ledger_timeline(struct db_conn *c, int64_t case_id, int64_t after_seq, struct arena *a,
                    struct timeline_row **out, size_t *n, struct err *e)
{
    struct db_rows r;
    size_t cap = 0;
    *out = NULL;
    *n = 0;
    db_rows(c, &LEDGER_QUERIES[Q_TIMELINE], DB_ARGS(DB_I(case_id), DB_I(after_seq)), &r, e);
    while (db_next(&r)) {
        struct timeline_row *t = ROWS_PUSH(a, *out, *n, cap);
        ledger_read(&r, a, &t->row);
        t->actor_name = col_sv(&r, 11, a);
        t->permit = col_sv(&r, 12, a);
    }
    return db_done(&r);
}

int tree_head_insert(struct db_conn *c, const struct tree_head_row *x, struct err *e)
{
    return db_exec(c, &LEDGER_QUERIES[Q_STH_INSERT],
                   DB_ARGS(DB_I(x->size), DB_B(hash_sv(&x->root)), DB_I(x->at), DB_T(x->key_id),
                           DB_B(sv_make((const char *)x->signature, SM2_SIG_SIZE))),
                   e);
}

static void tree_head_read(const struct db_rows *r, struct arena *a, struct tree_head_row *out)
{
    struct sv sig = db_text(r, 4);
    *out = (struct tree_head_row){ .size = db_int(r, 0), .at = db_int(r, 2),
                                   .key_id = col_sv(r, 3, a) };
    col_hash(r, 1, &out->root);
    if (sig.n == SM2_SIG_SIZE)
        memcpy(out->signature, sig.p, SM2_SIG_SIZE);
}

int tree_head_find(struct db_conn *c, int64_t before, struct arena *a, struct tree_head_row *out,
                   struct err *e)
{
    struct db_rows r;
    int found = 0;
    db_rows(c, &LEDGER_QUERIES[Q_STH_FIND], DB_ARGS(DB_I(before)), &r, e);
    if (db_next(&r)) {
        tree_head_read(&r, a, out);
        found = 1;
    }
    int rc = db_done(&r);
    return rc < 0 ? rc : found;
}

static int tree_heads(struct db_conn *c, int query, int64_t from, int64_t limit, struct arena *a,
                      struct tree_head_row **out, size_t *n, struct err *e)
{
    struct db_rows r;
    size_t cap = 0;
    *out = NULL;
    *n = 0;
    db_rows(c, &LEDGER_QUERIES[query], DB_ARGS(DB_I(from), DB_I(limit)), &r, e);
    while (db_next(&r))
        tree_head_read(&r, a, ROWS_PUSH(a, *out, *n, cap));
    return db_done(&r);
}

int tree_head_scan(struct db_conn *c, int64_t after, int64_t limit, struct arena *a,
                   struct tree_head_row **out, size_t *n, struct err *e)
{
    return tree_heads(c, Q_STH_SCAN, after, limit, a, out, n, e);
}

int tree_head_list(struct db_conn *c, int64_t before, int64_t limit, struct arena *a,
                   struct tree_head_row **out, size_t *n, struct err *e)
{
    return tree_heads(c, Q_STH_LIST, before, limit, a, out, n, e);
}
