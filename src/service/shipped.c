/* shipped: see shipped.h. */
#include "service/shipped.h"

#include <stdio.h>

#include "service/keys.h"
#include "sys/clock.h"
#include "sys/embed.h"
#include "sys/files.h"

int shipped_notices(struct app *app, struct err *e)
{
    const struct embed_file *f = embed_find(SV("catalog/notices.json"));
    struct sv text = f ? sv_make((const char *)f->body, f->n) : SV("");
    return notices_load(text, app->arena, &app->notices, e);
}

/* The shipped catalogue: the one embedded file named catalog/wuhai…. */
static struct sv shipped_text(void)
{
    for (const struct embed_file *f = EMBED_FILES; f->name; f++) {
        struct sv name = sv_of(f->name);
        if (sv_starts(name, SV("catalog/wuhai")))
            return sv_make((const char *)f->body, f->n);
    }
    return sv_make(NULL, 0);
}

struct work { struct arena *arena; struct catalog_row row; struct sv key, value; int64_t now; };

static int put_row(struct db_conn *c, void *ctx, struct err *e)
{
    struct work *w = ctx;
    return catalog_row_put(c, &w->row, w->now, e);
}

static int get_current(struct db_conn *c, void *ctx, struct err *e)
{
    struct work *w = ctx;
    return catalog_row_current(c, w->arena, &w->row, e);
}

int shipped_catalog(struct app *app, struct err *e)
{
    struct work w = { .arena = arena_new(), .now = clock_now_ms() };
    struct sv text = shipped_text();
    struct catalog *c = catalog_load(text, SV("catalog"), e);
    char hex[65];
    struct sm3_hash h;
    int rc = c ? db_peek(app->db, get_current, &w, e) : ERR_CONFIG;
    if (rc == 0 || (rc == 1 && sv_cmp(c->version, w.row.version) > 0)) {
        sm3(text, &h);
        sm3_hex(&h, hex);
        w.row = (struct catalog_row){ c->version, sv_of(hex), text, true };
        rc = db_write(app->db, put_row, &w, e);
        rc = rc < 0 ? rc : 1;
    } else if (rc == 1 && !sv_eq(c->version, w.row.version)) {
        catalog_free(c);
        c = catalog_load(w.row.body, w.row.version, e);
        rc = c ? 1 : ERR_CORRUPT;
    }
    if (rc == 1) {
        c->digest = arena_sv(c->arena, w.row.digest);
        app_use_catalog(app, c);
    } else if (c) {
        catalog_free(c);
    }
    arena_free(w.arena);
    return rc < 0 ? rc : 0;
}

static int get_meta(struct db_conn *c, void *ctx, struct err *e)
{
    struct work *w = ctx;
    return meta_get(c, w->key, w->arena, &w->value, e);
}

int shipped_meta(struct app *app, struct sv key, struct sv *out, struct err *e)
{
    struct work w = { .arena = app->arena, .key = key };
    int rc = db_peek(app->db, get_meta, &w, e);
    *out = w.value;
    return rc;
}

static int mark_ready(struct db_conn *c, void *ctx, struct err *e)
{
    const bool *demo = ctx;
    int rc = meta_set(c, SV("demo"), *demo ? SV("1") : SV("0"), e);
    return rc < 0 ? rc : meta_set(c, SV("initialised"), SV("1"), e);
}

int app_init(const struct app_options *o, bool demo, struct err *e)
{
    struct sv done = { 0 };
    int rc = dir_make(o->data_dir, e);
    if (rc == 0)
        rc = dir_check_writable(o->data_dir, e);
    if (rc == 0)
        rc = keys_create(sv_of(o->data_dir), e);
    if (rc != 0)
        return rc;
    struct app *app = app_open(o, e);
    if (!app)
        return e->code ? e->code : ERR_INTERNAL;
    rc = shipped_meta(app, SV("initialised"), &done, e);
    if (rc == 0)
        rc = db_write(app->db, mark_ready, &demo, e);
    app_close(app);
    return rc;
}
