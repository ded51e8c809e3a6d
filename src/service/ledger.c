/* ledger: see ledger.h. */
#include "service/ledger.h"

#include "sys/clock.h"

enum { TILE_LEVEL = 8, TILE = 256, HEAD_BYTES = 8 + MERKLE_LEVELS * MERKLE_HASH };

void ledger_hash(struct sv data, struct merkle_hash *out)
{
    struct sm3_hash h;
    sm3(data, &h);
    memcpy(out->b, h.b, MERKLE_HASH);
}

static void put_text(struct buf *out, struct sv s)
{
    buf_be(out, s.n, 4);
    buf_sv_add(out, s);
}

void ledger_canonical(const struct ledger_row *r, struct buf *out)
{
    buf_str(out, "yizheng act v1");
    buf_byte(out, 0);
    buf_be(out, (uint64_t)r->seq, 8);
    buf_be(out, (uint64_t)r->at, 8);
    buf_be(out, (uint64_t)(int64_t)r->effective_on, 8);
    buf_be(out, (uint64_t)r->actor_id, 8);
    buf_be(out, (uint64_t)r->case_id, 8);
    buf_be(out, (uint64_t)r->item_id, 8);
    put_text(out, r->actor_kind);
    put_text(out, r->department);
    put_text(out, r->act);
    put_text(out, r->body);
}

void ledger_mac(const struct app *app, const struct ledger_head_row *head, struct sm3_hash *out)
{
    struct buf b;
    buf_init(&b, 4096);
    buf_str(&b, "yizheng head v1");
    buf_be(&b, (uint64_t)head->size, 8);
    buf_be(&b, (uint64_t)head->last_at, 8);
    buf_sv_add(&b, head->frontier);
    hmac_sm3(sv_make((const char *)app->mac_key.b, SM3_SIZE), buf_sv(&b), out);
    buf_done(&b);
}

struct node_ctx { struct db_conn *conn; struct err *err; int rc; };

static void keep_node(void *ctx, unsigned level, uint64_t index, const struct merkle_hash *hash)
{
    struct node_ctx *n = ctx;
    if (level >= TILE_LEVEL && n->rc == 0)
        n->rc = ledger_node_put(n->conn, level, index, hash->b, n->err);
}

/* The head as it stands; an empty tree when there is none yet. */
static int head_read(struct app *app, struct db_conn *c, struct arena *a,
                     struct ledger_head_row *head, struct merkle_frontier *f, struct err *e)
{
    struct sm3_hash mac;
    int rc = ledger_head_get(c, a, head, e);
    if (rc < 0)
        return rc;
    if (rc == 0) {
        *head = (struct ledger_head_row){ 0 };
        *f = (struct merkle_frontier){ 0 };
        return 0;
    }
    ledger_mac(app, head, &mac);
    if (memcmp(mac.b, head->mac.b, SM3_SIZE) != 0 || !merkle_frontier_read(head->frontier, f) ||
        (int64_t)f->size != head->size)
        return err_set(e, ERR_CORRUPT, "办理日志的头部与密钥不符，系统停止写入，请运维人员核查");
    return 0;
}

static void leaf_of(struct ledger_row *row)
{
    struct buf b;
    struct merkle_hash h;
    buf_init(&b, (size_t)1 << 24);
    ledger_canonical(row, &b);
    merkle_leaf(ledger_hash, buf_sv(&b), &h);
    memcpy(row->leaf.b, h.b, SM3_SIZE);
    buf_done(&b);
}

static struct ledger_row row_of(const struct act_entry *x, int64_t seq, int64_t at,
                                struct arena *a)
{
    return (struct ledger_row){
        .seq = seq, .at = at, .effective_on = x->effective_on,
        .actor_id = x->actor ? x->actor->id : 0,
        .actor_kind = sv_of(x->actor ? role_key(x->actor->role) : "clock"),
        .department = x->department, .act = sv_of(act_key(x->act)), .case_id = x->case_id,
        .item_id = x->item_id, .body = x->body ? json_dump(a, x->body, true) : SV("{}"),
    };
}

int ledger_append(struct app *app, struct db_conn *c, const struct act_entry *entry, int64_t now,
                  int64_t *seq, struct err *e)
{
    struct arena *a = arena_new();
    struct ledger_head_row head;
    struct merkle_frontier f;
    unsigned char bytes[HEAD_BYTES];
    struct node_ctx nodes = { c, e, 0 };
    struct merkle_hash leaf;
    int rc = head_read(app, c, a, &head, &f, e);
    if (rc != 0)
        goto out;
    struct ledger_row row = row_of(entry, head.size, now > head.last_at ? now : head.last_at, a);
    leaf_of(&row);
    memcpy(leaf.b, row.leaf.b, SM3_SIZE);
    merkle_append(ledger_hash, &f, &leaf, keep_node, &nodes);
    head.size++;
    head.last_at = row.at;
    head.frontier = sv_make((const char *)bytes, merkle_frontier_write(&f, bytes));
    ledger_mac(app, &head, &head.mac);
    rc = nodes.rc;
    if (rc == 0)
        rc = ledger_insert(c, &row, e);
    if (rc == 0)
        rc = ledger_head_put(c, &head, e);
    if (seq)
        *seq = row.seq;
out:
    arena_free(a);
    return rc;
}

/* ---- signed heads ---- */

void ledger_head_to_sign(const struct tree_head_row *h, struct buf *out)
{
    buf_str(out, "yizheng tree head v1");
    buf_byte(out, 0);
    buf_be(out, (uint64_t)h->size, 8);
    buf_be(out, (uint64_t)h->at, 8);
    buf_add(out, h->root.b, SM3_SIZE);
}

struct head_ctx { struct app *app; struct arena *arena; struct tree_head_row head;
                  struct merkle_frontier frontier; int64_t size; int found; };

static int read_present(struct db_conn *c, void *ctx, struct err *e)
{
    struct head_ctx *h = ctx;
    struct ledger_head_row row;
    int rc = head_read(h->app, c, h->arena, &row, &h->frontier, e);
    if (rc != 0)
        return rc;
    h->size = row.size;
    h->found = tree_head_find(c, INT64_MAX, h->arena, &h->head, e);
    return h->found < 0 ? h->found : 0;
}

static int write_head(struct db_conn *c, void *ctx, struct err *e)
{
    return tree_head_insert(c, ctx, e);
}

int ledger_sign_head(struct app *app, int64_t now, struct err *e)
{
    struct head_ctx h = { .app = app, .arena = arena_new() };
    struct merkle_hash root;
    struct buf b;
    int rc = db_read(app->db, read_present, &h, e);
    if (rc != 0 || h.size == 0 || (h.found == 1 && h.head.size == h.size))
        goto out;
    merkle_root(ledger_hash, &h.frontier, &root);
    h.head = (struct tree_head_row){ .size = h.size, .at = now, .key_id = sv_of(app->key_id) };
    memcpy(h.head.root.b, root.b, SM3_SIZE);
    buf_init(&b, 256);
    ledger_head_to_sign(&h.head, &b);
    rc = sm2_sign(app->key, buf_sv(&b), h.head.signature, e);
    buf_done(&b);
    if (rc == 0)
        rc = db_write(app->db, write_head, &h.head, e);
    rc = rc < 0 ? rc : 1;
out:
    arena_free(h.arena);
    return rc;
}

static int read_latest(struct db_conn *c, void *ctx, struct err *e)
{
    struct head_ctx *h = ctx;
    return tree_head_find(c, INT64_MAX, h->arena, &h->head, e);
}

int ledger_latest_head(struct app *app, struct arena *a, struct tree_head_row *out, struct err *e)
{
    struct head_ctx h = { .app = app, .arena = a };
    int rc = db_peek(app->db, read_latest, &h, e);
    *out = h.head;
    return rc;
}

/* ---- proofs ---- */

/* The root of a perfect subtree: kept for tiles and above, folded from the leaves below. */
static int fetch(void *ctx, unsigned level, uint64_t index, struct merkle_hash *out)
{
    struct node_ctx *n = ctx;
    struct sm3_hash leaves[TILE];
    if (level >= TILE_LEVEL) {
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

struct proof_ctx { struct app *app; struct ledger_proof *proof; };

static int prove(struct db_conn *c, void *ctx, struct err *e)
{
    struct proof_ctx *p = ctx;
    struct ledger_proof *out = p->proof;
    struct node_ctx nodes = { c, e, 0 };
    struct merkle_frontier f = { 0 };
    struct arena *a = arena_new();
    struct ledger_head_row head;
    int rc = head_read(p->app, c, a, &head, &f, e);
    arena_free(a);
    if (rc != 0)
        return rc;
    if (out->size <= 0 || out->size > head.size)
        out->size = head.size;
    if (out->seq < 0 || out->seq >= out->size)
        return err_set(e, ERR_NOT_FOUND, "日志中没有第 %lld 条", (long long)out->seq);
    out->n_path = merkle_inclusion(ledger_hash, fetch, &nodes, (uint64_t)out->seq,
                                   (uint64_t)out->size, out->path);
    if (out->n_path < 0 || fetch(&nodes, 0, (uint64_t)out->seq, &out->leaf) != 0)
        return err_set(e, ERR_CORRUPT, "日志不完整，无法给出证明");
    /* The root of an older size is what the path leads to; the verifier compares it with a
     * signed head of that size. */
    f = (struct merkle_frontier){ 0 };
    for (unsigned level = MERKLE_LEVELS; level-- > 0;)
        if ((uint64_t)out->size >> level & 1) {
            uint64_t index = ((uint64_t)out->size >> level) - 1;
            f.size |= UINT64_C(1) << level;
            if (fetch(&nodes, level, index, &f.peak[level]) != 0)
                return err_set(e, ERR_CORRUPT, "日志不完整，无法给出证明");
        }
    merkle_root(ledger_hash, &f, &out->root);
    return 0;
}

int ledger_prove(struct app *app, int64_t seq, int64_t size, struct ledger_proof *out,
                 struct err *e)
{
    struct proof_ctx p = { app, out };
    *out = (struct ledger_proof){ .seq = seq, .size = size };
    if (size == 0) {
        struct arena *a = arena_new();
        struct tree_head_row head;
        if (ledger_latest_head(app, a, &head, e) == 1 && head.size > seq)
            out->size = head.size;
        arena_free(a);
    }
    return db_read(app->db, prove, &p, e);
}
