/* calendar_import: one file becomes the arrangement of one (region, year).
 *
 * Nothing goes into the ledger: its acts belong to cases. Who imported what, when and from which
 * file (SM3) stands beside the year. A year of a region is judged against the calendar of the
 * layer below as it is now; if that changes later, calendar_overlay still takes no holiday away.
 */
#include "base/utf8.h"
#include "service/calendar_read.h"
#include "service/calendars.h"
#include "sys/clock.h"

enum { SOURCE_MAX = 120 };

struct import_ctx {
    const struct calendar_import *in;
    const struct calendar_file *file;
    struct sv source;
    int64_t now;
    struct arena *arena;
};

static int put_days(struct db_conn *c, const struct import_ctx *x, struct err *e)
{
    const struct calendar_year *y = &x->file->year;
    int rc = 0;
    for (size_t i = 0; rc == 0 && i < y->n_days; i++) {
        struct calendar_day_row row = { x->in->region, y->days[i].date,
                                        y->days[i].works ? SV("work") : SV("off"),
                                        y->days[i].name };
        rc = calendar_day_insert(c, &row, e);
    }
    return rc;
}

static int import_tx(struct db_conn *c, void *ctx, struct err *e)
{
    const struct import_ctx *x = ctx;
    const struct calendar_year *y = &x->file->year;
    struct sm3_hash h;
    char hex[65];
    int64_t version, settled;
    sm3(x->in->text, &h);
    sm3_hex(&h, hex);
    struct calendar_year_row row = {
        .region = x->in->region, .year = y->year,
        .certainty = y->published ? SV("published") : SV("provisional"),
        .source = x->source, .imported_by = x->in->by, .digest = sv_of(hex),
        .imported_at = x->now,
    };
    int rc = calendar_year_put(c, &row, date_of(y->year, 1, 1), date_of(y->year, 12, 31), e);
    if (rc == 0)
        rc = put_days(c, x, e);
    if (rc == 0)
        rc = calendar_versions(c, x->arena, &version, &settled, e);
    if (rc == 0)
        rc = meta_set(c, CALENDAR_VERSION,
                      arena_printf_sv(x->arena, "%lld", (long long)version + 1), e);
    return rc;
}

/* The calendar below a region's own layer; NULL for the nation. */
static const struct calendar *base_of(const struct app *app, struct sv region)
{
    const struct region *r = catalog_region(app->catalog, region);
    return r ? app_calendar(app, r->parent) : NULL;
}

static void check_source(const struct import_ctx *x, struct err *e)
{
    if (x->file->year.published && x->source.n == 0)
        err_problem(e, SV("/source"), "required", "已公布的安排要写明依据（通知的名称和文号）");
    else if (!utf8_clean(x->source) || utf8_count(x->source) > SOURCE_MAX)
        err_problem(e, SV("/source"), "bad_text", "依据应为%d字以内的文字", SOURCE_MAX);
}

enum { STATUTORY_WANTED = 13, STATUTORY_SINCE = 2025 };

/* Everything wrong with the file, at once. */
static int check(const struct app *app, struct import_ctx *x, struct calendar_file *f,
                 struct err *e)
{
    const struct calendar *base = base_of(app, x->in->region);
    if (x->in->year && f->year.year && f->year.year != x->in->year)
        err_problem(e, SV("/year"), "other_year", "文件是%d年的，不是%lld年", f->year.year,
                    (long long)x->in->year);
    if (x->in->year)
        f->year.year = (int)x->in->year;
    check_source(x, e);
    if (!base && f->year.published && f->year.year >= STATUTORY_SINCE && f->n_statutory >= 0 &&
        f->n_statutory != STATUTORY_WANTED)
        err_problem(e, SV("/days"), "statutory_count",
                    "statutory 列标了%lld天法定假日，应为%d天", (long long)f->n_statutory,
                    STATUTORY_WANTED);
    if (f->year.year)
        calendar_check(&f->year, f->at, base, e);
    else
        err_problem(e, SV("/year"), "required", "文件里没有可以认出年份的日期");
    return e->n_problems ? ERR_INVALID : 0;
}

/* In the database, in use here, deadlines counted. Under the lock, so that this node's job does
 * not count them first and leave us without the number. */
static int put_in_use(struct app *app, struct import_ctx *x, int *moved, struct err *e)
{
    int64_t settled;
    struct calendars *cs = app->calendars;
    int rc = db_write(app->db, import_tx, x, e);
    if (rc == 0)
        cs->settled = false;
    if (rc == 0)
        rc = calendars_load(app, &settled, e);
    if (rc == 0)
        rc = calendar_recompute(app, x->now, e);
    if (rc < 0)
        return rc;
    cs->settled = true;
    *moved = rc;
    return 0;
}

int calendar_import(struct app *app, const struct calendar_import *in, int64_t now,
                    struct arena *a, struct calendar_imported *out, struct err *e)
{
    struct calendar_file file;
    struct import_ctx x = { .in = in, .file = &file, .now = now, .arena = a };
    if (in->region.n && !catalog_region(app->catalog, in->region))
        return err_set(e, ERR_NOT_FOUND, "没有这个地区");
    int rc = calendar_read(in->text, a, &file, e);
    if (rc != 0)
        return rc;
    x.source = sv_trim(in->source.n ? in->source : file.source);
    pthread_mutex_lock(&app->calendars->lock);
    rc = check(app, &x, &file, e);
    *out = (struct calendar_imported){ .year = file.year, .source = x.source };
    if (rc == 0)
        rc = put_in_use(app, &x, &out->moved, e);
    pthread_mutex_unlock(&app->calendars->lock);
    return rc;
}
