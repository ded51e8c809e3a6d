/* calendar import, list, show: holiday arrangements without the workbench. */
#include "cli/cli.h"
#include "service/calendar.h"
#include "sys/clock.h"

struct calendar_options {
    struct app_options app;
    struct calendar_import in;
    const char *rest; /* FILE or YEAR, NULL when not given */
};

/* At most `rest` words after the options; wants_rest: exactly one. */
static bool read_options(int argc, char **argv, bool takes_rest, bool wants_rest,
                         struct calendar_options *o)
{
    static const struct option options[] = {
        { "data", required_argument, NULL, 'd' },   { "db", required_argument, NULL, 'b' },
        { "region", required_argument, NULL, 'r' }, { "year", required_argument, NULL, 'y' },
        { "source", required_argument, NULL, 's' }, { NULL, 0, NULL, 0 } };
    bool good = true;
    int c;
    o->app.readers = 2;
    while ((c = getopt_long(argc, argv, "", options, NULL)) != -1) {
        switch (c) {
        case 'd': o->app.data_dir = optarg; break;
        case 'b': o->app.db_url = optarg; break;
        case 'r': o->in.region = sv_of(optarg); break;
        case 'y': good &= sv_to_i64(sv_of(optarg), &o->in.year) && o->in.year > 0; break;
        case 's': o->in.source = sv_of(optarg); break;
        default: good = false;
        }
    }
    int words = argc - optind;
    if (words == 1)
        o->rest = argv[optind];
    return good && o->app.data_dir && words <= takes_rest && words >= wants_rest;
}

static struct sv region_name(const struct app *app, struct sv code)
{
    const struct region *r = catalog_region(app->catalog, code);
    return code.n == 0 ? SV("全国") : r ? r->name : code;
}

int cmd_calendar_import(int argc, char **argv)
{
    struct calendar_options o = { 0 };
    struct calendar_imported done;
    struct err e;
    if (!read_options(argc, argv, true, true, &o))
        return cli_usage("calendar import", false);
    struct arena *a = arena_new();
    err_init(&e, a);
    o.in.by = SV("cli");
    int rc = cli_read(o.rest, a, &o.in.text, &e);
    struct app *app = rc == 0 ? app_open(&o.app, &e) : NULL;
    if (app && o.in.region.n && !catalog_region(app->catalog, o.in.region))
        rc = err_set(&e, ERR_INVALID, "没有这个地区：%s", o.in.region.p);
    else if (app)
        rc = calendar_import(app, &o.in, clock_now_ms(), a, &done, &e);
    int code = app && rc == 0 ? EXIT_OK : cli_fail(&e);
    if (code == EXIT_OK) {
        struct sv name = region_name(app, o.in.region);
        printf("已载入%.*s%d年的放假安排（%s）：%zu 天；%d 个未办结的期限有变动\n", (int)name.n,
               name.p, done.year.year, done.year.published ? "已公布" : "暂定",
               done.year.n_days, done.moved);
    }
    app_close(app);
    arena_free(a);
    return code;
}

static void print_layer(const struct app *app, const struct calendar_layer *l)
{
    struct sv name = region_name(app, l->region);
    char at[32];
    printf("%d  %.*s  %s  %zu 天  %s  %.*s\n", l->year.year, (int)name.n, name.p,
           l->year.published ? "已公布" : "暂定", l->year.n_days,
           l->imported_at ? time_format(l->imported_at, at) : "随程序", (int)l->source.n,
           l->source.p ? l->source.p : "");
}

int cmd_calendar_list(int argc, char **argv)
{
    struct calendar_options o = { 0 };
    struct err e;
    if (!read_options(argc, argv, false, false, &o) || o.in.region.n || o.in.year ||
        o.in.source.n)
        return cli_usage("calendar list", false);
    struct arena *a = arena_new();
    err_init(&e, a);
    struct app *app = app_open(&o.app, &e);
    int code = app ? EXIT_OK : cli_fail(&e);
    for (size_t i = 0; app && i < calendars_now(app)->n_layers; i++)
        print_layer(app, &calendars_now(app)->layers[i]);
    app_close(app);
    arena_free(a);
    return code;
}

static void print_year(const struct app *app, struct sv region, int year)
{
    static const char *const week[] = { "日", "一", "二", "三", "四", "五", "六" };
    for (int32_t d = date_of(year, 1, 1); d <= date_of(year, 12, 31); d++) {
        struct sv from;
        char text[11];
        const struct calendar_day *mark = calendar_mark_of(calendars_now(app), region, d, &from);
        if (!mark)
            continue;
        struct sv name = region_name(app, from);
        printf("%s 周%s %s %.*s（%.*s）\n", date_format(d, text), week[date_weekday(d)],
               mark->works ? "班" : "休", (int)mark->name.n, mark->name.p, (int)name.n, name.p);
    }
    printf("%d年%s\n", year,
           calendar_published(app_calendar(app, region), date_of(year, 1, 1))
               ? "的安排已公布" : "的安排尚未公布，涉及的期限为暂定");
}

int cmd_calendar_show(int argc, char **argv)
{
    struct calendar_options o = { 0 };
    struct err e;
    int64_t year = date_civil(clock_today()).year;
    if (!read_options(argc, argv, true, false, &o) || o.in.year || o.in.source.n ||
        (o.rest && !sv_to_i64(sv_of(o.rest), &year)) || year < CALENDAR_FIRST ||
        year > CALENDAR_LAST)
        return cli_usage("calendar show", false);
    struct arena *a = arena_new();
    err_init(&e, a);
    struct app *app = app_open(&o.app, &e);
    if (app && o.in.region.n && !catalog_region(app->catalog, o.in.region))
        err_set(&e, ERR_INVALID, "没有这个地区：%s", o.in.region.p);
    else if (app)
        print_year(app, o.in.region, (int)year);
    int code = e.code ? cli_fail(&e) : EXIT_OK;
    app_close(app);
    arena_free(a);
    return code;
}
