/* catalog check, verify, log verify: questions with a yes or no. */
#include <string.h>

#include "cli/cli.h"
#include "service/ledger.h"
#include "service/licence.h"
#include "sys/files.h"

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

/* The public key: a PEM file, or the current one of a data directory. */
static struct sm2_key *load_key(const char *file, const char *data, struct arena *a,
                                struct err *e)
{
    struct sv text;
    if (!file) {
        struct sv id;
        if (cli_read(arena_printf(a, "%s/keys/current", data), a, &id, e) != 0)
            return NULL;
        id = sv_trim(id);
        file = arena_printf(a, "%s/keys/licence-%.*s.pub", data, (int)id.n, id.p);
    }
    return cli_read(file, a, &text, e) == 0 ? sm2_load_pem(text, e) : NULL;
}

static void print_payload(const struct payload *p)
{
    char date[32];
    printf("证照真实（签名有效，公钥 %.*s）\n", (int)p->key_id.n, p->key_id.p);
    printf("  证号      %.*s（第%lld版）\n", (int)p->number.n, p->number.p,
           (long long)p->version);
    printf("  市场主体  %.*s（%.*s）\n", (int)p->holder.n, p->holder.p, (int)p->uscc.n,
           p->uscc.p);
    printf("  经营场所  %.*s\n  行业      %.*s\n", (int)p->address.n, p->address.p,
           (int)p->industry.n, p->industry.p);
    printf("  颁发      %.*s，%s\n", (int)p->issuer.n, p->issuer.p,
           date_chinese(p->issued, date));
    for (size_t i = 0; i < p->n_permits; i++) {
        const struct payload_permit *x = &p->permits[i];
        printf("  许可 %zu    %.*s %.*s，%.*s，有效期至%s\n", i + 1, (int)x->name.n, x->name.p,
               (int)x->number.n, x->number.p, (int)x->department.n, x->department.p,
               x->valid_until == DATE_NONE ? "长期" : date_chinese(x->valid_until, date));
    }
    puts("  注意：离线只能证明是本机关签发且未被改动；此后是否变更或注销，请联网扫码查询");
}

int cmd_verify(int argc, char **argv)
{
    static const struct option options[] = { { "key", required_argument, NULL, 'k' },
                                             { "data", required_argument, NULL, 'd' },
                                             { NULL, 0, NULL, 0 } };
    const char *file = NULL;
    const char *data = NULL;
    struct payload p;
    struct err e;
    struct sv text;
    int c;
    while ((c = getopt_long(argc, argv, "", options, NULL)) != -1) {
        switch (c) {
        case 'k': file = optarg; break;
        case 'd': data = optarg; break;
        default: return cli_usage("verify", false);
        }
    }
    if ((!file && !data) || optind + 1 != argc)
        return cli_usage("verify", false);
    struct arena *a = arena_new();
    err_init(&e, a);
    const char *what = argv[optind];
    struct sm2_key *key = load_key(file, data, a, &e);
    int rc = key ? 0 : e.code;
    if (rc == 0 && (strcmp(what, "-") == 0 || file_exists(what)))
        rc = cli_read(what, a, &text, &e);
    else
        text = sv_of(what);
    int code = rc != 0 ? cli_fail(&e) : EXIT_OK;
    if (code == EXIT_OK && licence_check_text(key, sv_trim(text), a, &p, &e) == 0) {
        print_payload(&p);
    } else if (code == EXIT_OK) {
        printf("核验不通过：%s\n", err_text(&e));
        code = EXIT_NO;
    }
    sm2_free(key);
    arena_free(a);
    return code;
}

static void show(int64_t done, int64_t total)
{
    cli_progress("核对日志", done, total);
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
        printf("日志 %lld 条，签名树头 %lld 个；办件 %lld、事项件 %lld、许可 %lld、证照 %lld\n",
               (long long)report.acts, (long long)report.heads, (long long)report.cases,
               (long long)report.items, (long long)report.permits, (long long)report.licences);
        printf(report.n_faults ? "发现 %zu 处不一致\n" : "全部一致\n", report.n_faults);
    }
    app_close(app);
    arena_free(a);
    return code;
}
