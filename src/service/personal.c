/* personal: see personal.h. */
#include "service/personal.h"

enum { BATCH = 100 };
#define SEALED_KEY SV("personal_sealed")

/* ---- the sweep ---- */

struct sweep { size_t table; int64_t after, seen, changed, total; };

static int count_tx(struct db_conn *c, void *ctx, struct err *e)
{
    struct sweep *s = ctx;
    int64_t n;
    for (size_t t = 0; t < SEALED_TABLES; t++) {
        int rc = sealed_count(c, t, &n, e);
        if (rc != 0)
            return rc;
        s->total += n;
    }
    return 0;
}

static int step_tx(struct db_conn *c, void *ctx, struct err *e)
{
    struct sweep *s = ctx;
    return sealed_step(c, s->table, BATCH, &s->after, &s->seen, &s->changed, e);
}

int personal_sweep(struct app *app,
                   void (*progress)(const char *what, int64_t done, int64_t total),
                   int64_t *changed, struct err *e)
{
    struct sweep s = { 0 };
    int rc = db_read(app->db, count_tx, &s, e);
    for (; rc >= 0 && s.table < SEALED_TABLES; s.table++) {
        int64_t before;
        s.after = INT64_MIN;
        do {
            struct sweep tried = s; /* a batch that rolls back has done nothing */
            before = s.seen;
            rc = db_write(app->db, step_tx, &tried, e);
            if (rc >= 0)
                s = tried;
            if (progress && s.seen > before)
                progress(sealed_table_text(s.table), s.seen, s.seen > s.total ? s.seen : s.total);
        } while (rc >= 0 && s.seen - before == BATCH);
    }
    *changed = s.changed;
    return rc < 0 ? rc : 0;
}

struct mark { struct arena *arena; struct sv value; };

static int get_mark(struct db_conn *c, void *ctx, struct err *e)
{
    struct mark *m = ctx;
    return meta_get(c, SEALED_KEY, m->arena, &m->value, e);
}

static int set_mark(struct db_conn *c, void *ctx, struct err *e)
{
    (void)ctx;
    return meta_set(c, SEALED_KEY, SV("1"), e);
}

int personal_migrate(struct app *app,
                     void (*progress)(const char *what, int64_t done, int64_t total),
                     struct err *e)
{
    struct mark m = { .arena = arena_new() };
    int64_t changed = 0;
    int rc = db_peek(app->db, get_mark, &m, e);
    bool done = sv_is(m.value, "1");
    arena_free(m.arena);
    if (rc < 0 || done)
        return rc < 0 ? rc : 0;
    rc = personal_sweep(app, progress, &changed, e);
    if (rc == 0 && changed)
        rc = db_compact(app->db, e);
    return rc == 0 ? db_write(app->db, set_mark, NULL, e) : rc;
}

/* ---- what is personal ---- */

static bool personal_type(enum field_type t)
{
    return t == FIELD_PHONE || t == FIELD_IDCARD;
}

bool personal_field(const struct field *f)
{
    bool found = f->sensitive || personal_type(f->type);
    for (size_t i = 0; !found && i < f->n_columns; i++)
        found = personal_type(f->columns[i].type);
    return found;
}
