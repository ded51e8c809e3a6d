/* init, user add: making a data directory and its accounts. */
#include <string.h>

#include "cli/cli.h"
#include "service/account.h"
#include "service/demo.h"
#include "service/shipped.h"
#include "sys/clock.h"

static void show(int done, int total)
{
    cli_progress("准备示例办件", done, total);
}

/* Demonstration data once: a directory that already has officers is left alone. */
static int fill_demo(const struct app_options *o, struct err *e)
{
    struct user_row *list;
    size_t n = 0;
    struct app *app = app_open(o, e);
    if (!app)
        return e->code;
    int rc = account_list_officers(app, app->arena, &list, &n, e);
    if (rc == 0 && !app->demo)
        rc = err_set(e, ERR_CONFIG, "这个数据目录不是示例目录，不能加入示例数据");
    if (rc == 0 && n == 0)
        rc = demo_fill(app, show, e);
    app_close(app);
    return rc;
}

int cmd_init(int argc, char **argv)
{
    static const struct option options[] = { { "data", required_argument, NULL, 'd' },
                                             { "db", required_argument, NULL, 'b' },
                                             { "demo", no_argument, NULL, 'm' },
                                             { NULL, 0, NULL, 0 } };
    struct app_options o = { .readers = 2 };
    bool demo = false;
    struct err e;
    int c;
    while ((c = getopt_long(argc, argv, "", options, NULL)) != -1) {
        switch (c) {
        case 'd': o.data_dir = optarg; break;
        case 'b': o.db_url = optarg; break;
        case 'm': demo = true; break;
        default: return cli_usage("init", false);
        }
    }
    if (!o.data_dir || optind != argc)
        return cli_usage("init", false);
    struct arena *a = arena_new();
    err_init(&e, a);
    int rc = app_init(&o, demo, &e);
    if (rc >= 0 && demo)
        rc = fill_demo(&o, &e);
    int code = rc < 0 ? cli_fail(&e) : EXIT_OK;
    if (code == EXIT_OK)
        printf("数据目录 %s 已就绪%s\n", o.data_dir, demo ? "（示例数据）" : "");
    arena_free(a);
    return code;
}

int cmd_user_add(int argc, char **argv)
{
    static const struct option options[] = {
        { "data", required_argument, NULL, 'd' },  { "db", required_argument, NULL, 'b' },
        { "login", required_argument, NULL, 'l' }, { "name", required_argument, NULL, 'n' },
        { "role", required_argument, NULL, 'r' },  { "department", required_argument, NULL, 'p' },
        { "region", required_argument, NULL, 'g' }, { "hall", required_argument, NULL, 'h' },
        { "head", no_argument, NULL, 'H' },
        { "email", required_argument, NULL, 'e' },
        { NULL, 0, NULL, 0 } };
    struct app_options o = { .readers = 1 };
    struct new_officer in = { 0 };
    char password[256];
    struct err e;
    int c;
    while ((c = getopt_long(argc, argv, "", options, NULL)) != -1) {
        switch (c) {
        case 'd': o.data_dir = optarg; break;
        case 'b': o.db_url = optarg; break;
        case 'l': in.login = sv_of(optarg); break;
        case 'n': in.name = sv_of(optarg); break;
        case 'r': in.role = sv_of(optarg); break;
        case 'p': in.department = sv_of(optarg); break;
        case 'g': in.region = sv_of(optarg); break;
        case 'h': in.hall = sv_of(optarg); break;
        case 'H': in.head = true; break;
        case 'e': in.email = sv_of(optarg); break;
        default: return cli_usage("user add", false);
        }
    }
    if (!o.data_dir || optind != argc)
        return cli_usage("user add", false);
    if (!cli_read_line(password, sizeof password)) {
        fputs("yizheng：请从标准输入给出密码（一行）\n", stderr);
        return EXIT_USAGE;
    }
    struct arena *a = arena_new();
    err_init(&e, a);
    in.password = sv_of(password);
    struct app *app = app_open(&o, &e);
    int rc = app ? account_add_officer(app, &in, clock_now_ms(), &e) : e.code;
    app_close(app);
    crypto_wipe(password, sizeof password);
    int code = rc < 0 ? cli_fail(&e) : EXIT_OK;
    if (code == EXIT_OK)
        printf("已建立账号 %s（%s）\n", in.login.p, role_text(role_of(in.role)));
    arena_free(a);
    return code;
}
