/* ledger_proof: inclusion and consistency proofs (RFC 9162, 2.1.3 and 2.1.4). See ledger.h. */
#include "service/ledger.h"

enum { TILE = 1 << LEDGER_TILE_LEVEL };

struct node_ctx { struct db_conn *conn; struct err *err; };

/* The root of a perfect subtree: kept for tiles and above, folded from the leaves below. */
static int fetch(void *ctx, unsigned level, uint64_t index, struct merkle_hash *out)
{
    struct node_ctx *n = ctx;
    struct sm3_hash leaves[TILE];
    if (level >= LEDGER_TILE_LEVEL) {
        int rc = ledger_node_get(n->conn, level, index, out->b, n->err);
        return rc == 1 ? 0 : rc < 0 ? rc : ERR_CORRUPT;
    }
    int64_t count = INT64_C(1) << level;
    int64_t from = (int64_t)index * count;
    int got = ledger_leaves(n->conn, from, from + count, leaves, n->err);
    if (got != count)
        return got < 0 ? got : ERR_CORRUPT;
    struct merkle_frontier f = { 0 };
    for (int64_t i = 0; i < count; i++) {
        struct merkle_hash leaf;
        memcpy(leaf.b, leaves[i].b, MERKLE_HASH);
        merkle_append(ledger_hash, &f, &leaf, NULL, NULL);
    }
    merkle_root(ledger_hash, &f, out);
    return 0;
}

/* The root of the first `size` leaves; whoever checks compares it with a signed head of that size. */
static int root_at(struct node_ctx *nodes, int64_t size, struct merkle_hash *out)
{
    struct merkle_frontier f = { 0 };
    for (unsigned level = MERKLE_LEVELS; level-- > 0;)
        if ((uint64_t)size >> level & 1) {
            uint64_t index = ((uint64_t)size >> level) - 1;
            f.size |= UINT64_C(1) << level;
            if (fetch(nodes, level, index, &f.peak[level]) != 0)
                return ERR_CORRUPT;
        }
    merkle_root(ledger_hash, &f, out);
    return 0;
}

/* Leaves that there are, by the head. */
static int size_now(struct app *app, struct db_conn *c, int64_t *size, struct err *e)
{
    struct merkle_frontier f = { 0 };
    struct arena *a = arena_new();
    struct ledger_head_row head;
    int rc = ledger_head_read(app, c, a, &head, &f, e);
    *size = head.size;
    arena_free(a);
    return rc;
}

static int incomplete(struct err *e)
{
    return err_set(e, ERR_CORRUPT, "日志不完整，无法给出证明");
}

struct proof_ctx { struct app *app; struct ledger_proof *proof; struct ledger_consistency *both; };

static int prove(struct db_conn *c, void *ctx, struct err *e)
{
    struct proof_ctx *p = ctx;
    struct ledger_proof *out = p->proof;
    struct node_ctx nodes = { c, e };
    int64_t size;
    int rc = size_now(p->app, c, &size, e);
    if (rc != 0)
        return rc;
    if (out->size <= 0 || out->size > size)
        out->size = size;
    if (out->seq < 0 || out->seq >= out->size)
        return err_set(e, ERR_NOT_FOUND, "日志中没有第 %lld 条", (long long)out->seq);
    out->n_path = merkle_inclusion(ledger_hash, fetch, &nodes, (uint64_t)out->seq,
                                   (uint64_t)out->size, out->path);
    if (out->n_path < 0 || fetch(&nodes, 0, (uint64_t)out->seq, &out->leaf) != 0 ||
        root_at(&nodes, out->size, &out->root) != 0)
        return incomplete(e);
    return 0;
}

/* The newest signed head's size, when it is greater than `than`; else 0: the present one. */
static int64_t signed_size(struct app *app, int64_t than, struct err *e)
{
    struct arena *a = arena_new();
    struct tree_head_row head;
    int64_t size = ledger_latest_head(app, a, &head, e) == 1 && head.size > than ? head.size : 0;
    arena_free(a);
    return size;
}

int ledger_prove(struct app *app, int64_t seq, int64_t size, struct ledger_proof *out,
                 struct err *e)
{
    struct proof_ctx p = { .app = app, .proof = out };
    *out = (struct ledger_proof){ .seq = seq, .size = size ? size : signed_size(app, seq, e) };
    return db_read(app->db, prove, &p, e);
}

static int prove_both(struct db_conn *c, void *ctx, struct err *e)
{
    struct proof_ctx *p = ctx;
    struct ledger_consistency *out = p->both;
    struct node_ctx nodes = { c, e };
    int64_t size;
    int rc = size_now(p->app, c, &size, e);
    if (rc != 0)
        return rc;
    if (out->to <= 0)
        out->to = size;
    if (out->from <= 0 || out->from > out->to || out->to > size)
        return err_set(e, ERR_NOT_FOUND, "日志现有 %lld 条，给不出这两个长度之间的证明",
                       (long long)size);
    out->n_path = merkle_consistency(ledger_hash, fetch, &nodes, (uint64_t)out->from,
                                     (uint64_t)out->to, out->path);
    if (out->n_path < 0 || root_at(&nodes, out->from, &out->from_root) != 0 ||
        root_at(&nodes, out->to, &out->to_root) != 0)
        return incomplete(e);
    return 0;
}

int ledger_prove_consistency(struct app *app, int64_t from, int64_t to,
                             struct ledger_consistency *out, struct err *e)
{
    struct proof_ctx p = { .app = app, .both = out };
    *out = (struct ledger_consistency){ .from = from,
                                        .to = to ? to : signed_size(app, from - 1, e) };
    return db_read(app->db, prove_both, &p, e);
}
