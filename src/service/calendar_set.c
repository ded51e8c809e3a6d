/* calendar_set: building a snapshot of all calendars and finding one's way in it. */
#include <stdlib.h>

#include "base/json.h"
#include "service/calendar_read.h"
#include "service/calendars.h"
#include "sys/clock.h"
#include "sys/embed.h"

enum { LAYERS_MAX = 400 };

struct build {
    const struct catalog *catalog;
    struct calendar_set *set;
    struct calendar_day_row *days;
    size_t n_days;
    int64_t settled;
};

/* ---- what the database and the program hold ---- */

static int meta_number(struct db_conn *c, struct sv key, struct arena *a, int64_t *out,
                       struct err *e)
{
    struct sv text = { 0 };
    int rc = meta_get(c, key, a, &text, e);
    *out = 0;
    if (rc == 1 && !sv_to_i64(text, out))
        return err_set(e, ERR_CORRUPT, "设置 %s 不是数字", key.p);
    return rc < 0 ? rc : 0;
}

int calendar_versions(struct db_conn *c, struct arena *a, int64_t *version, int64_t *settled,
                      struct err *e)
{
    int rc = meta_number(c, CALENDAR_VERSION, a, version, e);
    return rc == 0 ? meta_number(c, CALENDAR_SETTLED, a, settled, e) : rc;
}

static void days_of_layer(struct build *b, struct calendar_layer *l)
{
    struct arena *a = b->set->arena;
    l->year.days = arena_array(a, b->n_days + 1, sizeof *l->year.days);
    for (size_t i = 0; i < b->n_days; i++) {
        const struct calendar_day_row *d = &b->days[i];
        if (sv_eq(d->region, l->region) && date_civil(d->day).year == l->year.year)
            l->year.days[l->year.n_days++] =
                (struct calendar_day){ d->day, sv_is(d->kind, "work"), d->name };
    }
}

static int add_imported(struct build *b, const struct calendar_year_row *rows, size_t n,
                        struct err *e)
{
    for (size_t i = 0; i < n; i++) {
        if (b->set->n_layers == LAYERS_MAX)
            return err_set(e, ERR_CORRUPT, "日历年份太多");
        struct calendar_layer *l = &b->set->layers[b->set->n_layers++];
        *l = (struct calendar_layer){
            .region = rows[i].region, .source = rows[i].source,
            .imported_at = rows[i].imported_at,
            .year = { .year = (int)rows[i].year,
                      .published = sv_is(rows[i].certainty, "published") },
        };
        days_of_layer(b, l);
    }
    return 0;
}

static int read_database(struct db_conn *c, void *ctx, struct err *e)
{
    struct build *b = ctx;
    struct calendar_year_row *years;
    size_t n;
    struct arena *a = b->set->arena;
    int rc = calendar_versions(c, a, &b->set->version, &b->settled, e);
    if (rc == 0)
        rc = calendar_day_list(c, a, &b->days, &b->n_days, e);
    if (rc == 0)
        rc = calendar_year_list(c, a, &years, &n, e);
    return rc == 0 ? add_imported(b, years, n, e) : rc;
}

/* A year carried inside the program counts unless one was imported. */
static int add_shipped(struct build *b, struct err *e)
{
    struct calendar_set *s = b->set;
    for (const struct embed_file *f = EMBED_FILES; f->name; f++) {
        struct calendar_file file;
        if (!sv_starts(sv_of(f->name), SV("catalog/calendar/")))
            continue;
        int rc = calendar_read(sv_make((const char *)f->body, f->n), s->arena, &file, e);
        if (rc != 0 || e->n_problems)
            return err_set(e, ERR_CONFIG, "随程序的日历 %s 有问题", f->name);
        if (calendar_layer_find(s, SV(""), file.year.year))
            continue;
        if (s->n_layers == LAYERS_MAX)
            return err_set(e, ERR_CORRUPT, "日历年份太多");
        s->layers[s->n_layers++] =
            (struct calendar_layer){ SV(""), file.year, file.source, 0 };
    }
    return 0;
}

static int by_region_and_year(const void *x, const void *y)
{
    const struct calendar_layer *a = x;
    const struct calendar_layer *b = y;
    int order = sv_cmp(a->region, b->region);
    return order ? order : a->year.year - b->year.year;
}

/* ---- calendars from layers ---- */

static struct calendar_region *region_find(const struct calendar_set *s, struct sv code)
{
    for (size_t i = 0; code.n && i < s->n_regions; i++)
        if (sv_eq(s->regions[i].code, code))
            return &s->regions[i];
    return NULL;
}

static void lay_region(struct calendar_set *s, struct calendar_region *r)
{
    const struct calendar_region *parent = region_find(s, r->parent);
    calendar_init(&r->calendar, s->arena);
    calendar_inherit(&r->calendar, parent ? &parent->calendar : &s->nation);
    for (size_t i = 0; i < s->n_layers; i++)
        if (sv_eq(s->layers[i].region, r->code))
            calendar_overlay(&r->calendar, &s->layers[i].year);
}

/* The city before its districts. */
static void lay_all(struct calendar_set *s, const struct catalog *c)
{
    calendar_init(&s->nation, s->arena);
    for (size_t i = 0; i < s->n_layers; i++)
        if (s->layers[i].region.n == 0)
            calendar_set_year(&s->nation, &s->layers[i].year);
    s->n_regions = c->n_regions;
    s->regions = arena_array(s->arena, c->n_regions + 1, sizeof *s->regions);
    for (size_t i = 0; i < c->n_regions; i++)
        s->regions[i] = (struct calendar_region){
            .code = arena_sv(s->arena, c->regions[i].code),
            .parent = arena_sv(s->arena, c->regions[i].parent) };
    for (int districts = 0; districts < 2; districts++)
        for (size_t i = 0; i < s->n_regions; i++)
            if ((region_find(s, s->regions[i].parent) != NULL) == districts)
                lay_region(s, &s->regions[i]);
}

int calendars_load(struct app *app, int64_t *settled, struct err *e)
{
    struct arena *a = arena_new();
    struct build b = { .catalog = app->catalog, .set = arena_alloc(a, sizeof *b.set) };
    b.set->arena = a;
    b.set->layers = arena_array(a, LAYERS_MAX, sizeof *b.set->layers);
    int rc = db_read(app->db, read_database, &b, e);
    if (rc == 0)
        rc = add_shipped(&b, e);
    if (rc != 0) {
        arena_free(a);
        return rc;
    }
    qsort(b.set->layers, b.set->n_layers, sizeof *b.set->layers, by_region_and_year);
    lay_all(b.set, b.catalog);
    b.set->before = atomic_load(&app->calendars->now);
    atomic_store(&app->calendars->now, b.set);
    *settled = b.settled;
    return 0;
}

int calendars_open(struct app *app, struct err *e)
{
    int64_t settled = 0;
    app->calendars = mem_new(sizeof *app->calendars);
    pthread_mutex_init(&app->calendars->lock, NULL);
    int rc = calendars_load(app, &settled, e);
    if (rc == 0)
        app->calendars->settled = settled == calendars_now(app)->version;
    return rc;
}

void calendars_close(struct app *app)
{
    if (!app->calendars)
        return;
    struct calendar_set *s = atomic_load(&app->calendars->now);
    while (s) {
        struct calendar_set *before = s->before;
        arena_free(s->arena); /* s itself lies on it */
        s = before;
    }
    pthread_mutex_destroy(&app->calendars->lock);
    free(app->calendars);
}

const struct calendar_set *calendars_now(const struct app *app)
{
    return atomic_load(&app->calendars->now);
}

const struct calendar *app_calendar(const struct app *app, struct sv region)
{
    const struct calendar_set *s = calendars_now(app);
    const struct calendar_region *r = region_find(s, region);
    return r ? &r->calendar : &s->nation;
}

const struct calendar_layer *calendar_layer_find(const struct calendar_set *s, struct sv region,
                                                 int year)
{
    for (size_t i = 0; i < s->n_layers; i++)
        if (sv_eq(s->layers[i].region, region) && s->layers[i].year.year == year)
            return &s->layers[i];
    return NULL;
}

static const struct calendar_day *own_mark(const struct calendar_set *s, struct sv region,
                                           int32_t date)
{
    const struct calendar_layer *l = calendar_layer_find(s, region, date_civil(date).year);
    for (size_t i = 0; l && i < l->year.n_days; i++)
        if (l->year.days[i].date == date)
            return &l->year.days[i];
    return NULL;
}

/* From the bottom up, by the same rule as calendar_overlay: a holiday below is never taken away. */
const struct calendar_day *calendar_mark_of(const struct calendar_set *s, struct sv region,
                                            int32_t date, struct sv *from)
{
    const struct calendar_region *r = region_find(s, region);
    const struct calendar_day *best = NULL;
    struct sv chain[3] = { r ? r->code : SV(""), r ? r->parent : SV(""), SV("") };
    for (int i = 2; i >= 0; i--) {
        const struct calendar_day *own = i < 2 && chain[i].n == 0 ? NULL
                                                                  : own_mark(s, chain[i], date);
        if (!own || (own->works && best && !best->works))
            continue;
        best = own;
        *from = chain[i];
    }
    return best;
}
