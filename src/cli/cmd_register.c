/* register rebuild, publicity export. */
#include <string.h>

#include "cli/cli.h"
#include "service/publicity.h"
#include "service/register.h"
#include "sys/clock.h"
#include "sys/files.h"

enum { DAYS_BEFORE = 30 };

struct export_options {
    struct app_options app;
    const char *out, *region, *from, *to;
};

static bool read_options(int argc, char **argv, struct export_options *o)
{
    static const struct option options[] = {
        { "data", required_argument, NULL, 'd' }, { "db", required_argument, NULL, 'b' },
        { "out", required_argument, NULL, 'o' },  { "region", required_argument, NULL, 'r' },
        { "from", required_argument, NULL, 'f' }, { "to", required_argument, NULL, 't' },
        { NULL, 0, NULL, 0 } };
    int c;
    *o = (struct export_options){ .app.readers = 1 };
    while ((c = getopt_long(argc, argv, "", options, NULL)) != -1) {
        switch (c) {
        case 'd': o->app.data_dir = optarg; break;
        case 'b': o->app.db_url = optarg; break;
        case 'o': o->out = optarg; break;
        case 'r': o->region = optarg; break;
        case 'f': o->from = optarg; break;
        case 't': o->to = optarg; break;
        default: return false;
        }
    }
    return o->app.data_dir && optind == argc;
}

int cmd_register_rebuild(int argc, char **argv)
{
    struct export_options o;
    struct err e;
    int64_t n = 0;
    if (!read_options(argc, argv, &o) || o.out || o.region || o.from || o.to)
        return cli_usage("register rebuild", false);
    struct arena *a = arena_new();
    err_init(&e, a);
    struct app *app = app_open(&o.app, &e);
    int rc = app ? register_rebuild(app, cli_progress, &n, &e) : e.code;
    if (rc == 0)
        printf("公示登记已重新生成：%lld 个证照\n", (long long)n);
    int code = rc < 0 ? cli_fail(&e) : EXIT_OK;
    app_close(app);
    arena_free(a);
    return code;
}

static bool ends_in(const char *name, const char *end)
{
    size_t n = strlen(name), k = strlen(end);
    return n > k && strcmp(name + n - k, end) == 0;
}

static int write_list(const struct publicity_list *list, const char *out, struct err *e)
{
    struct buf b;
    int rc = 0;
    buf_init(&b, (size_t)256 << 20);
    if (ends_in(out, ".xlsx"))
        rc = publicity_xlsx(list, &b, e);
    else
        publicity_csv(list, &b);
    if (rc == 0)
        rc = file_write_durable(out, buf_sv(&b), 0644, e);
    buf_done(&b);
    return rc;
}

static int export_list(struct app *app, const struct export_options *o, struct arena *a,
                       struct err *e)
{
    struct publicity_list list;
    int32_t today = date_of_ms(clock_now_ms()), from = DATE_NONE, to = today;
    if (o->to && !date_parse(sv_of(o->to), &to))
        return err_set(e, ERR_INVALID, "--to 应像 2026-11-23");
    if (o->from && !date_parse(sv_of(o->from), &from))
        return err_set(e, ERR_INVALID, "--from 应像 2026-11-23");
    from = from == DATE_NONE ? to - DAYS_BEFORE : from;
    int rc = publicity_open(app, sv_of(o->region), from, to, today, a, &list, e);
    if (rc == 0)
        rc = write_list(&list, o->out, e);
    if (rc == 0)
        printf("%s：%zu 个决定，其中 %zu 个超过7个工作日尚未公示%s\n", o->out, list.n,
               list.overdue, list.cut ? "（太多，请缩短日期范围）" : "");
    return rc;
}

int cmd_publicity_export(int argc, char **argv)
{
    struct export_options o;
    struct err e;
    if (!read_options(argc, argv, &o) || !o.out ||
        (!ends_in(o.out, ".csv") && !ends_in(o.out, ".xlsx")))
        return cli_usage("publicity export", false);
    struct arena *a = arena_new();
    err_init(&e, a);
    struct app *app = app_open(&o.app, &e);
    int rc = app ? export_list(app, &o, a, &e) : e.code;
    int code = rc < 0 ? cli_fail(&e) : EXIT_OK;
    app_close(app);
    arena_free(a);
    return code;
}
