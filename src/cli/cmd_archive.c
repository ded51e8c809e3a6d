/* archive export: packages of archived cases into a folder, to be kept elsewhere. */
#include <string.h>

#include "cli/cli.h"
#include "service/archive.h"
#include "sys/clock.h"
#include "sys/files.h"

struct export_options { struct app_options app; struct archive_choice which; bool all; const char *dir; };

static bool read_options(int argc, char **argv, struct export_options *o)
{
    static const struct option options[] = {
        { "data", required_argument, NULL, 'd' }, { "db", required_argument, NULL, 'b' },
        { "all", no_argument, NULL, 'a' },        { "case", required_argument, NULL, 'c' },
        { "closed-before", required_argument, NULL, 'o' }, { NULL, 0, NULL, 0 } };
    int32_t day;
    bool good = true;
    int c;
    while ((c = getopt_long(argc, argv, "", options, NULL)) != -1) {
        switch (c) {
        case 'd': o->app.data_dir = optarg; break;
        case 'b': o->app.db_url = optarg; break;
        case 'a': o->all = true; break;
        case 'c': o->which.one = sv_of(optarg); break;
        case 'o':
            good &= date_parse(sv_of(optarg), &day);
            o->which.closed_before = good ? date_start_ms(day) : 0;
            break;
        default: good = false;
        }
    }
    int ways = o->all + (o->which.one.n > 0) + (o->which.closed_before != INT64_MAX);
    if (argc - optind == 1)
        o->dir = argv[optind];
    return good && o->app.data_dir && o->dir && ways == 1;
}

static int export_all(struct app *app, const struct export_options *o, struct arena *a, struct err *e)
{
    struct archive_export *list;
    size_t n, written = 0, bad = 0;
    int rc = archive_choose(app, &o->which, a, &list, &n, e);
    if (rc == 0)
        rc = dir_make(o->dir, e);
    for (size_t i = 0; rc >= 0 && i < n; i++) {
        struct err own;
        err_init(&own, a);
        int done = archive_export_one(app, &list[i], o->dir, clock_now_ms(), &own);
        if (done == ERR_CORRUPT) {
            fprintf(stderr, "%s\n", err_text(&own)); /* the others can still be saved */
            bad++;
        } else if (done < 0) {
            rc = err_set(e, done, "%s", err_text(&own));
        }
        written += done == 1;
        cli_progress("导出归档包", (int64_t)i + 1, (int64_t)n);
    }
    if (rc < 0)
        return rc;
    if (o->which.one.n && n == 0)
        return err_set(e, ERR_NOT_FOUND, "没有这个办件的归档包：%s", o->which.one.p);
    printf("%s：共 %zu 个归档包，新写 %zu 个，已有 %zu 个", o->dir, n, written, n - written - bad);
    printf(bad ? "，损坏 %zu 个\n" : "\n", bad);
    return bad ? err_set(e, ERR_CORRUPT, "有归档包与登记的摘要不符") : 0;
}

int cmd_archive_export(int argc, char **argv)
{
    struct export_options o = { .app = { .readers = 1 }, .which.closed_before = INT64_MAX };
    struct err e;
    if (!read_options(argc, argv, &o))
        return cli_usage("archive export", false);
    struct arena *a = arena_new();
    err_init(&e, a);
    struct app *app = app_open(&o.app, &e);
    int rc = app ? export_all(app, &o, a, &e) : e.code;
    int code = rc < 0 ? cli_fail(&e) : EXIT_OK;
    app_close(app);
    arena_free(a);
    return code;
}
