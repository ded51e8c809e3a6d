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

/* The one embedded file named catalog/wuhai…. */
struct sv shipped_catalog_text(void)
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

/* What the program ships, kept beside what is in force: to be compared and drafted from. */
static int keep_row(struct db_conn *c, void *ctx, struct err *e)
{
    struct work *w = ctx;
    struct catalog_row known;
    int rc = catalog_row_find(c, w->row.version, w->arena, &known, e);
    return rc == 0 ? catalog_row_put(c, &w->row, w->now, e) : rc < 0 ? rc : 0;
}

/* Does the shipped one take the place of what is in force? Never of what the office published. */
static bool takes_over(const struct catalog *shipped, const struct catalog_row *current)
{
    return sv_is(current->origin, "shipped") && sv_cmp(shipped->version, current->version) > 0;
}

static int use_row(struct app *app, struct catalog *c, struct sv digest)
{
    c->digest = arena_sv(c->arena, digest);
    app_use_catalog(app, c);
    return 0;
}

int shipped_catalog(struct app *app, struct err *e)
{
    struct work w = { .arena = arena_new(), .now = clock_now_ms() };
    struct sv text = shipped_catalog_text();
    struct catalog *c = catalog_load(text, SV("catalog"), e), *other = NULL;
    char hex[65];
    struct sm3_hash h;
    int rc = c ? db_peek(app->db, get_current, &w, e) : ERR_CONFIG;
    bool take = rc == 0 || (rc == 1 && takes_over(c, &w.row));
    if (rc == 1 && !take && !sv_eq(c->version, w.row.version)) {
        other = catalog_load(w.row.body, w.row.version, e);
        rc = other ? use_row(app, other, w.row.digest) : ERR_CORRUPT;
    }
    if (rc >= 0 && (take || other)) {
        sm3(text, &h);
        sm3_hex(&h, hex);
        w.row = (struct catalog_row){ .version = c->version, .digest = sv_of(hex), .body = text,
                                      .current = take, .origin = SV("shipped"),
                                      .published_on = DATE_NONE };
        rc = db_write(app->db, take ? put_row : keep_row, &w, e);
    }
    if (rc >= 0 && !other) {
        use_row(app, c, w.row.digest);
        c = NULL;
    }
    catalog_free(c);
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

static int set_meta(struct db_conn *c, void *ctx, struct err *e)
{
    const struct work *w = ctx;
    return meta_set(c, w->key, w->value, e);
}

int shipped_set_meta(struct app *app, struct sv key, struct sv value, struct err *e)
{
    struct work w = { .key = key, .value = value };
    return db_write(app->db, set_meta, &w, e);
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
