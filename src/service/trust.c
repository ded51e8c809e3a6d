/* trust: see trust.h. */
#include "service/trust.h"

static const struct region *city(const struct app *app)
{
    const struct catalog *c = app->catalog;
    for (size_t i = 0; i < c->n_regions; i++)
        if (!catalog_region(c, c->regions[i].parent))
            return &c->regions[i];
    return c->n_regions ? &c->regions[0] : NULL;
}

struct sv trust_city_name(const struct app *app)
{
    const struct region *r = city(app);
    return r ? r->name : SV("");
}

/* Levels of GB/T 2260 are pairs of digits; "00" stands for all below. */
struct sv trust_city_prefix(const struct app *app)
{
    const struct region *r = city(app);
    struct sv code = r ? r->code : SV("");
    while (code.n > 2 && sv_is(sv_skip(code, code.n - 2), "00"))
        code.n -= 2;
    return code;
}

/* A key that was rotated out signs nothing after until_ms; one that was revoked vouches for nothing that
 * it ever signed. Before the first key there was no other: it vouches for what was issued before its
 * file was made, too (licences taken over, demonstration data). */
void trust_ring_keys(const struct key_ring *ring, struct arena *a, struct trust_issuer *out)
{
    out->keys = arena_array(a, ring->n_keys, sizeof *out->keys);
    out->n_keys = ring->n_keys;
    for (size_t i = 0; i < ring->n_keys; i++) {
        const struct key_info *k = &ring->keys[i];
        out->keys[i] = (struct trust_key){
            .id = arena_sv(a, sv_of(k->id)), .from_ms = i == 0 || k->from_ms < 1 ? 1 : k->from_ms,
            .until_ms = k->until_ms, .revoked_ms = k->revoked_ms, .reason = arena_sv(a, k->reason) };
        memcpy(out->keys[i].pub, k->raw, SM2_PUB_SIZE);
    }
}

static struct trust_issuer own_issuer(const struct app *app, struct arena *a)
{
    struct trust_issuer x = {
        .name = trust_city_name(app), .region = trust_city_prefix(app),
        .status_url = arena_printf_sv(a, "%.*s/api/v1/status", (int)app->public_url.n,
                                      app->public_url.p ? app->public_url.p : ""),
    };
    trust_ring_keys(app_keys(app), a, &x);
    return x;
}

struct load { struct arena *arena; struct trust_row *rows; size_t n; };

static int load_tx(struct db_conn *c, void *ctx, struct err *e)
{
    struct load *x = ctx;
    return trust_list(c, x->arena, &x->rows, &x->n, e);
}

static int read_row(const struct trust_row *row, struct arena *a, struct trust_issuer *out,
                    struct err *e)
{
    json_t *o = json_parse(row->body, e);
    if (!o)
        return ERR_CORRUPT;
    int rc = trust_issuer_read(o, a, out, e);
    json_decref(o);
    return rc < 0 ? ERR_CORRUPT : 0;
}

int trust_load(struct app *app, struct arena *a, struct trust *out, struct err *e)
{
    struct load x = { .arena = a };
    int rc = db_peek(app->db, load_tx, &x, e);
    if (rc < 0)
        return rc;
    out->issuers = arena_array(a, x.n + 1, sizeof *out->issuers);
    out->issuers[0] = own_issuer(app, a);
    out->n_issuers = 1;
    for (size_t i = 0; i < x.n; i++) {
        rc = read_row(&x.rows[i], a, &out->issuers[out->n_issuers], e);
        if (rc < 0)
            return rc;
        out->n_issuers++;
    }
    return 0;
}

int trust_publish(struct app *app, int64_t now, struct arena *a, json_t **out, struct err *e)
{
    struct trust t;
    char at[32];
    int rc = trust_load(app, a, &t, e);
    if (rc < 0)
        return rc;
    json_t *doc = json_object();
    json_t *issuer = json_object();
    json_t *list = json_array();
    json_put_sv(doc, "type", SV("YizhengTrustList"));
    json_put_i64(doc, "version", 1);
    json_put_sv(doc, "id", arena_printf_sv(a, "%.*s/api/v1/trust", (int)app->public_url.n,
                                           app->public_url.p ? app->public_url.p : ""));
    json_put_sv(issuer, "name", t.issuers[0].name);
    json_put_sv(issuer, "region", t.issuers[0].region);
    json_put(doc, "issuer", issuer);
    json_put_sv(doc, "issued_at", sv_of(time_format(now, at)));
    json_put_i64(doc, "issued_ms", now);
    for (size_t i = 0; i < t.n_issuers; i++)
        json_push(list, trust_issuer_json(&t.issuers[i]));
    json_put(doc, "issuers", list);
    rc = signed_json_add(doc, "trust", app_keys(app)->signer, now, e);
    if (rc < 0) {
        json_decref(doc);
        return rc;
    }
    *out = doc;
    return 0;
}

/* ---- importing ---- */

struct add { struct app *app; struct arena *arena; struct trust_row row; };

static int add_tx(struct db_conn *c, void *ctx, struct err *e)
{
    struct add *x = ctx;
    struct trust_row *rows;
    size_t n;
    int rc = trust_list(c, x->arena, &rows, &n, e);
    for (size_t i = 0; rc == 0 && i < n; i++) {
        if (sv_eq(rows[i].region, x->row.region)) {
            if (rows[i].issued_ms > x->row.issued_ms)
                return err_set(e, ERR_CONFLICT, "已经导入过%.*s更新的信任名单",
                               (int)rows[i].name.n, rows[i].name.p);
        } else if (trust_overlap(rows[i].region, x->row.region)) {
            return err_set(e, ERR_INVALID, "区划%.*s与已导入的%.*s（%.*s）重叠",
                           (int)x->row.region.n, x->row.region.p, (int)rows[i].name.n,
                           rows[i].name.p, (int)rows[i].region.n, rows[i].region.p);
        }
    }
    if (rc == 0 && n >= TRUST_MAX_ISSUERS - 1)
        return err_set(e, ERR_TOO_LARGE, "信任名单最多%d个机关", TRUST_MAX_ISSUERS);
    return rc == 0 ? trust_put(c, &x->row, e) : rc;
}

int trust_add(struct app *app, struct sv text, int64_t now, struct arena *a,
              struct trust_issuer *out, struct err *e)
{
    struct trust_doc doc;
    int rc = trust_doc_read(text, a, &doc, e);
    if (rc < 0)
        return rc;
    *out = *doc.self;
    if (trust_overlap(out->region, trust_city_prefix(app)))
        return err_set(e, ERR_INVALID, "区划%.*s与本市重叠，本市的公钥不从外面导入",
                       (int)out->region.n, out->region.p);
    json_t *body = trust_issuer_json(out);
    struct add x = { app, a, { out->region, out->name, json_dump(a, body, true), doc.issued_ms,
                               now } };
    json_decref(body);
    return db_write(app->db, add_tx, &x, e);
}

static int remove_tx(struct db_conn *c, void *ctx, struct err *e)
{
    const struct sv *region = ctx;
    int rc = trust_delete(c, *region, e);
    return rc == 0 ? err_set(e, ERR_NOT_FOUND, "没有导入过区划%.*s的机关", (int)region->n,
                             region->p)
                   : rc < 0 ? rc : 0;
}

int trust_remove(struct app *app, struct sv region, struct err *e)
{
    return db_write(app->db, remove_tx, &region, e);
}
