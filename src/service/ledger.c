/* ledger: see ledger.h. */
#include "service/ledger.h"

#include "sys/clock.h"

enum { HEAD_BYTES = 8 + MERKLE_LEVELS * MERKLE_HASH };

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
    if (level >= LEDGER_TILE_LEVEL && n->rc == 0)
        n->rc = ledger_node_put(n->conn, level, index, hash->b, n->err);
}

int ledger_head_read(struct app *app, struct db_conn *c, struct arena *a,
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
    int rc = ledger_head_read(app, c, a, &head, &f, e);
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

struct head_ctx { struct app *app; struct arena *arena; struct tree_head_row head;
                  struct merkle_frontier frontier; int64_t size; int found; };

static int read_present(struct db_conn *c, void *ctx, struct err *e)
{
    struct head_ctx *h = ctx;
    struct ledger_head_row row;
    int rc = ledger_head_read(h->app, c, h->arena, &row, &h->frontier, e);
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
    const struct key_ring *keys = app_keys(app);
    struct merkle_hash root;
    struct buf b;
    int rc = db_read(app->db, read_present, &h, e);
    if (rc != 0 || h.size == 0 || (h.found == 1 && h.head.size == h.size))
        goto out;
    merkle_root(ledger_hash, &h.frontier, &root);
    h.head = (struct tree_head_row){ .size = h.size, .at = now, .key_id = sv_of(keys->current->id) };
    memcpy(h.head.root.b, root.b, SM3_SIZE);
    buf_init(&b, 256);
    ledger_head_to_sign(&h.head, &b);
    rc = sm2_sign(keys->signer, buf_sv(&b), h.head.signature, e);
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

struct heads_ctx { int64_t before, limit; struct arena *arena; struct tree_head_row *rows; size_t n; };

static int read_heads(struct db_conn *c, void *ctx, struct err *e)
{
    struct heads_ctx *h = ctx;
    return tree_head_list(c, h->before, h->limit, h->arena, &h->rows, &h->n, e);
}

int ledger_list_heads(struct app *app, int64_t before, int64_t limit, struct arena *a,
                      struct tree_head_row **out, size_t *n, struct err *e)
{
    struct heads_ctx h = { .before = before, .limit = limit, .arena = a };
    int rc = db_peek(app->db, read_heads, &h, e);
    *out = h.rows;
    *n = h.n;
    return rc;
}
