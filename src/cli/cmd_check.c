/* catalog check, log verify: questions with a yes or no. */
#include <string.h>

#include "cli/cli.h"
#include "service/ledger.h"

int cmd_catalog_check(int argc, char **argv)
{
    struct err e;
    struct sv text;
    int code = EXIT_OK;
    if (argc != 2 || argv[1][0] == '\0')
        return cli_usage("catalog check", false);
    struct arena *a = arena_new();
    err_init(&e, a);
    if (cli_read(argv[1], a, &text, &e) != 0) {
        code = cli_fail(&e);
    } else {
        struct catalog *c = catalog_load(text, sv_of(argv[1]), &e);
        if (c) {
            printf("%s：没有问题。版本 %s，%zu 个行业，%zu 个许可事项，%zu 种材料\n", argv[1],
                   c->version.p, c->n_industries, c->n_permits, c->n_materials);
        } else {
            for (size_t i = 0; i < e.n_problems; i++)
                printf("%s#%.*s：%.*s（%.*s）\n", argv[1], (int)e.problems[i].pointer.n,
                       e.problems[i].pointer.p, (int)e.problems[i].message.n,
                       e.problems[i].message.p, (int)e.problems[i].code.n, e.problems[i].code.p);
            if (e.n_problems == 0)
                printf("%s：%s\n", argv[1], err_text(&e));
            else
                printf("共 %zu 个问题\n", e.n_problems);
            code = EXIT_NO;
        }
        catalog_free(c);
    }
    arena_free(a);
    return code;
}

static void show(int64_t done, int64_t total)
{
    cli_progress("核对日志", done, total);
}

static void print_counts(const struct verify_report *r)
{
    printf("日志 %lld 条，签名树头 %lld 个；办件 %lld、事项件 %lld、许可 %lld（%lld 次事项）、证照版本 %lld（重放一致 %lld），"
           "现场核查 %lld（%lld 个事项件）、承诺 %lld、送达 %lld、延期 %lld、归档 %lld、公示登记 %lld\n",
           (long long)r->acts, (long long)r->heads, (long long)r->cases, (long long)r->items,
           (long long)r->permits, (long long)r->permit_events, (long long)r->licences,
           (long long)r->composed, (long long)r->visits,
           (long long)r->parts, (long long)r->promises, (long long)r->deliveries,
           (long long)r->extensions, (long long)r->archives, (long long)r->entries);
}

/* Two rates, as the two kinds of checks run beside each other. */
static void print_rates(const struct verify_report *r)
{
    const int64_t chain = r->chain_us > 0 ? r->chain_us : 1, replay = r->replay_us > 0 ? r->replay_us : 1;
    printf("用时 %.1f 秒：校验哈希链 %lld 条/秒，重放并与数据库核对 %lld 条/秒\n", (double)r->total_us / 1e6,
           (long long)(r->acts * 1000000 / chain), (long long)(r->acts * 1000000 / replay));
}

int cmd_log_verify(int argc, char **argv)
{
    static const struct option options[] = { { "data", required_argument, NULL, 'd' },
                                             { "db", required_argument, NULL, 'b' },
                                             { NULL, 0, NULL, 0 } };
    struct app_options o = { .readers = 1 };
    struct verify_report report = { 0 };
    struct err e;
    int c;
    while ((c = getopt_long(argc, argv, "", options, NULL)) != -1) {
        switch (c) {
        case 'd': o.data_dir = optarg; break;
        case 'b': o.db_url = optarg; break;
        default: return cli_usage("log verify", false);
        }
    }
    if (!o.data_dir || optind != argc)
        return cli_usage("log verify", false);
    struct arena *a = arena_new();
    err_init(&e, a);
    struct app *app = app_open(&o, &e);
    int rc = app ? ledger_verify(app, a, show, &report, &e) : e.code;
    int code = rc < 0 ? cli_fail(&e) : report.n_faults ? EXIT_NO : EXIT_OK;
    if (rc >= 0) {
        for (size_t i = 0; i < report.n_faults && i < VERIFY_MAX_FAULTS; i++)
            printf("%s\n", report.faults[i]);
        print_counts(&report);
        print_rates(&report);
        printf(report.n_faults ? "发现 %zu 处不一致\n" : "全部一致\n", report.n_faults);
    }
    app_close(app);
    arena_free(a);
    return code;
}
