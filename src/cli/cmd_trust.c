/* trust add, list, remove: whose licences are believed here, beside the city's own. */
#include "cli/cli.h"
#include "service/trust.h"
#include "sys/clock.h"
#include "sys/files.h"

struct trust_options { struct app_options app; const char *out, *rest; };

static bool read_options(int argc, char **argv, bool wants_rest, struct trust_options *o)
{
    static const struct option options[] = {
        { "data", required_argument, NULL, 'd' }, { "db", required_argument, NULL, 'b' },
        { "out", required_argument, NULL, 'o' },  { "public-url", required_argument, NULL, 'u' },
        { NULL, 0, NULL, 0 } };
    bool good = true;
    int c;
    o->app.readers = 2;
    while ((c = getopt_long(argc, argv, "", options, NULL)) != -1) {
        switch (c) {
        case 'd': o->app.data_dir = optarg; break;
        case 'b': o->app.db_url = optarg; break;
        case 'u': o->app.public_url = optarg; break;
        case 'o': o->out = optarg; break;
        default: good = false;
        }
    }
    if (argc - optind == 1)
        o->rest = argv[optind];
    return good && o->app.data_dir && argc - optind == wants_rest;
}

static void print_issuer(const struct trust_issuer *x)
{
    char at[32];
    printf("%.*s（区划 %.*s）\n", (int)x->name.n, x->name.p, (int)x->region.n, x->region.p);
    for (size_t i = 0; i < x->n_keys; i++) {
        const struct trust_key *k = &x->keys[i];
        printf("  公钥 %.*s", (int)k->id.n, k->id.p);
        if (k->revoked_ms)
            printf("，%s停用%s", time_format(k->revoked_ms, at),
                   k->good_before ? "（此前签发的仍然有效）" : "（以前签发的也不再可信）");
        else if (k->until_ms)
            printf("，用到%s", time_format(k->until_ms, at));
        putchar('\n');
    }
}

int cmd_trust_add(int argc, char **argv)
{
    struct trust_options o = { 0 };
    struct trust_issuer x;
    struct sv text;
    struct err e;
    if (!read_options(argc, argv, true, &o))
        return cli_usage("trust add", false);
    struct arena *a = arena_new();
    err_init(&e, a);
    int rc = cli_read(o.rest, a, &text, &e);
    struct app *app = rc == 0 ? app_open(&o.app, &e) : NULL;
    rc = app ? trust_add(app, text, clock_now_ms(), a, &x, &e) : e.code;
    int code = rc == 0 ? EXIT_OK : cli_fail(&e);
    if (code == EXIT_OK) {
        printf("已导入，请用别的途径核对公钥编号：\n");
        print_issuer(&x);
    }
    app_close(app);
    arena_free(a);
    return code;
}

static int write_list(struct app *app, const char *file, struct arena *a, struct err *e)
{
    json_t *doc;
    int rc = trust_publish(app, clock_now_ms(), a, &doc, e);
    if (rc < 0)
        return rc;
    rc = file_write_durable(file, json_dump(a, doc, true), 0644, e);
    json_decref(doc);
    return rc;
}

int cmd_trust_list(int argc, char **argv)
{
    struct trust_options o = { 0 };
    struct trust t;
    struct err e;
    if (!read_options(argc, argv, false, &o))
        return cli_usage("trust list", false);
    struct arena *a = arena_new();
    err_init(&e, a);
    struct app *app = app_open(&o.app, &e);
    int rc = app ? trust_load(app, a, &t, &e) : e.code;
    for (size_t i = 0; rc == 0 && i < t.n_issuers; i++)
        print_issuer(&t.issuers[i]);
    if (rc == 0 && o.out)
        rc = write_list(app, o.out, a, &e);
    int code = rc == 0 ? EXIT_OK : cli_fail(&e);
    app_close(app);
    arena_free(a);
    return code;
}

int cmd_trust_remove(int argc, char **argv)
{
    struct trust_options o = { 0 };
    struct err e;
    if (!read_options(argc, argv, true, &o))
        return cli_usage("trust remove", false);
    struct arena *a = arena_new();
    err_init(&e, a);
    struct app *app = app_open(&o.app, &e);
    int rc = app ? trust_remove(app, sv_of(o.rest), &e) : e.code;
    int code = rc == 0 ? EXIT_OK : cli_fail(&e);
    if (code == EXIT_OK)
        printf("不再信任区划 %s 的机关\n", o.rest);
    app_close(app);
    arena_free(a);
    return code;
}
