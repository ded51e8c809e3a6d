/* register_proof: see register_proof.h. */
#include "service/register_proof.h"

#include "sys/clock.h"

static void put_hex(json_t *o, const char *key, const void *bytes, size_t n)
{
    struct buf b;
    buf_init(&b, (size_t)1 << 21);
    buf_hex(&b, bytes, n);
    json_put_sv(o, key, buf_sv(&b));
    buf_done(&b);
}

static json_t *path_json(const struct merkle_hash *path, int n)
{
    json_t *list = json_array();
    for (int i = 0; i < n; i++) {
        struct buf b;
        buf_init(&b, 128);
        buf_hex(&b, path[i].b, MERKLE_HASH);
        json_push_sv(list, buf_sv(&b));
        buf_done(&b);
    }
    return list;
}

json_t *proof_head_json(const struct tree_head_row *h)
{
    json_t *o = json_object();
    char at[32];
    json_put_i64(o, "size", h->size);
    put_hex(o, "root", h->root.b, SM3_SIZE);
    json_put_sv(o, "signed_at", sv_of(time_format(h->at, at)));
    json_put_i64(o, "signed_at_ms", h->at);
    json_put_sv(o, "key_id", h->key_id);
    put_hex(o, "signature", h->signature, SM2_SIG_SIZE);
    return o;
}

json_t *proof_path_json(const struct ledger_proof *p)
{
    json_t *o = json_object();
    json_put_i64(o, "seq", p->seq);
    json_put_i64(o, "size", p->size);
    put_hex(o, "leaf", p->leaf.b, MERKLE_HASH);
    json_put(o, "path", path_json(p->path, p->n_path));
    put_hex(o, "root", p->root.b, MERKLE_HASH);
    return o;
}

json_t *proof_consistency_json(const struct ledger_consistency *c)
{
    json_t *o = json_object();
    json_put_i64(o, "from", c->from);
    json_put_i64(o, "to", c->to);
    json_put(o, "path", path_json(c->path, c->n_path));
    put_hex(o, "from_root", c->from_root.b, MERKLE_HASH);
    put_hex(o, "to_root", c->to_root.b, MERKLE_HASH);
    return o;
}

/* ---- what may be shown of an act ---- */

/* Members of bodies that say nothing but what the register and the licence's face say. */
static const char *const PUBLIC[] = {
    "address", "carried", "ended_note", "format", "holder", "industry", "issued_at", "issuer", "key",
    "licence", "list", "number", "payload", "permit", "permit_id", "permits", "region", "short",
    "state", "status", "uscc", "valid_from", "valid_until", "version",
};

bool proof_may_show(const struct ledger_row *row)
{
    json_t *body = json_parse(row->body, NULL);
    const char *key;
    json_t *value;
    bool all = body && json_object_size(body) > 0 && !sv_is(row->actor_kind, "applicant");
    json_object_foreach(body, key, value) {
        bool found = false;
        for (size_t i = 0; i < sizeof PUBLIC / sizeof PUBLIC[0]; i++)
            found = found || strcmp(key, PUBLIC[i]) == 0;
        all = all && found;
    }
    json_decref(body);
    return all;
}

/* ---- proofs as JSON ---- */

struct rows_ctx { int64_t seq, from, to; struct arena *arena; struct ledger_row *rows; size_t n;
                  struct tree_head_row head, other; int found, other_found; };

static int read_entry(struct db_conn *c, void *ctx, struct err *e)
{
    struct rows_ctx *x = ctx;
    return ledger_scan(c, x->seq, 1, x->arena, &x->rows, &x->n, e);
}

/* The signed heads of exactly these sizes. */
static int read_heads(struct db_conn *c, void *ctx, struct err *e)
{
    struct rows_ctx *x = ctx;
    x->found = tree_head_find(c, x->to + 1, x->arena, &x->head, e);
    x->found = x->found == 1 ? x->head.size == x->to : x->found;
    if (x->found < 0 || x->from == 0)
        return x->found < 0 ? x->found : 0;
    x->other_found = tree_head_find(c, x->from + 1, x->arena, &x->other, e);
    x->other_found = x->other_found == 1 ? x->other.size == x->from : x->other_found;
    return x->other_found < 0 ? x->other_found : 0;
}

/* What was just written has no signed head yet. */
static int sign_for(struct app *app, int64_t size, struct arena *a, struct err *e)
{
    struct tree_head_row head;
    int rc = ledger_latest_head(app, a, &head, e);
    if (rc < 0 || (rc == 1 && head.size > size))
        return rc < 0 ? rc : 0;
    rc = ledger_sign_head(app, clock_now_ms(), e);
    return rc < 0 ? rc : 0;
}

static json_t *entry_json(const struct rows_ctx *x)
{
    struct buf b;
    if (x->n == 0 || x->rows[0].seq != x->seq || !proof_may_show(&x->rows[0]))
        return json_null();
    buf_init(&b, (size_t)1 << 20);
    ledger_canonical(&x->rows[0], &b);
    json_t *o = json_object();
    put_hex(o, "entry", b.p, b.n);
    json_t *text = json_incref(json_object_get(o, "entry"));
    json_decref(o);
    buf_done(&b);
    return text;
}

json_t *proof_of_entry(struct app *app, int64_t seq, int64_t size, struct err *e)
{
    struct arena *a = arena_new();
    struct ledger_proof p;
    struct rows_ctx x = { .seq = seq, .arena = a };
    json_t *o = NULL;
    int rc = size ? 0 : sign_for(app, seq, a, e);
    if (rc == 0)
        rc = ledger_prove(app, seq, size, &p, e);
    x.to = rc == 0 ? p.size : 0;
    if (rc == 0)
        rc = db_read(app->db, read_heads, &x, e);
    if (rc == 0)
        rc = db_peek(app->db, read_entry, &x, e);
    if (rc == 0) {
        o = proof_path_json(&p);
        json_put_sv(o, "kind", SV("inclusion"));
        json_put(o, "head", x.found ? proof_head_json(&x.head) : json_null());
        json_put(o, "entry", entry_json(&x));
    }
    arena_free(a);
    return o;
}

json_t *proof_of_growth(struct app *app, int64_t from, int64_t to, struct err *e)
{
    struct arena *a = arena_new();
    struct ledger_consistency p;
    struct rows_ctx x = { .from = from, .arena = a };
    json_t *o = NULL;
    int rc = to ? 0 : sign_for(app, from, a, e);
    if (rc == 0)
        rc = ledger_prove_consistency(app, from, to, &p, e);
    x.to = rc == 0 ? p.to : 0;
    if (rc == 0)
        rc = db_read(app->db, read_heads, &x, e);
    if (rc == 0) {
        o = proof_consistency_json(&p);
        json_put_sv(o, "kind", SV("consistency"));
        json_put(o, "from_head", x.other_found ? proof_head_json(&x.other) : json_null());
        json_put(o, "to_head", x.found ? proof_head_json(&x.head) : json_null());
    }
    arena_free(a);
    return o;
}
