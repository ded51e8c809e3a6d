/* keys list, rotate, revoke, rotate-data, passphrase: the keys of a data directory, also while a server runs on it. */
#include <unistd.h>

#include "cli/cli.h"
#include "service/keys.h"
#include "service/keys_affected.h"
#include "service/personal.h"
#include "sys/clock.h"

enum { OVERLAP_DAYS = 30, OVERLAP_MAX = 3650, TAKE_UP_SECONDS = 3, PASSES_MAX = 10 };

struct keys_options {
    struct app_options app;
    int64_t overlap; /* days */
    struct sv reason;
    const char *id;  /* NULL when not given */
    bool none;       /* no passphrase */
};

static bool read_options(int argc, char **argv, const char *letters, struct keys_options *o)
{
    static const struct option options[] = {
        { "data", required_argument, NULL, 'd' },    { "db", required_argument, NULL, 'b' },
        { "overlap", required_argument, NULL, 'o' }, { "reason", required_argument, NULL, 'r' },
        { "none", no_argument, NULL, 'n' },
        { NULL, 0, NULL, 0 } };
    bool good = true;
    int c;
    *o = (struct keys_options){ .app = { .readers = 2 }, .overlap = OVERLAP_DAYS };
    while ((c = getopt_long(argc, argv, "", options, NULL)) != -1) {
        good &= c == 'd' || strchr(letters, c) != NULL;
        switch (c) {
        case 'd': o->app.data_dir = optarg; break;
        case 'b': o->app.db_url = optarg; break;
        case 'o':
            good &= sv_to_i64(sv_of(optarg), &o->overlap) && o->overlap >= 0 &&
                    o->overlap <= OVERLAP_MAX;
            break;
        case 'r': o->reason = sv_trim(sv_of(optarg)); break;
        case 'n': o->none = true; break;
        default: good = false;
        }
    }
    if (optind + 1 == argc && strchr(letters, 'I'))
        o->id = argv[optind++];
    return good && o->app.data_dir && optind == argc;
}

static const char *day_of(struct arena *a, int64_t ms)
{
    return ms ? date_chinese(date_of_ms(ms), arena_alloc(a, 32)) : "";
}

static void print_key(const struct key_line *k, struct arena *a)
{
    printf("%s  %s  %s起", k->id, k->purpose, day_of(a, k->from_ms));
    if (k->current)
        printf("  现行");
    else if (k->revoked_ms)
        printf("  %s作废：%.*s", day_of(a, k->revoked_ms), (int)k->reason.n, k->reason.p);
    else if (k->until_ms)
        printf("  %s停用，此前签发或加密的仍有效", day_of(a, k->until_ms));
    else
        printf("  待启用");
    putchar('\n');
}

int cmd_keys_list(int argc, char **argv)
{
    struct keys_options o;
    struct key_line *list;
    struct err e;
    size_t n = 0;
    if (!read_options(argc, argv, "b", &o))
        return cli_usage("keys list", false);
    struct arena *a = arena_new();
    err_init(&e, a);
    int rc = keys_list(sv_of(o.app.data_dir), a, &list, &n, &e);
    for (size_t i = 0; rc == 0 && i < n; i++)
        print_key(&list[i], a);
    int code = rc < 0 ? cli_fail(&e) : EXIT_OK;
    arena_free(a);
    return code;
}

int cmd_keys_rotate(int argc, char **argv)
{
    struct keys_options o;
    struct keys_rotated done;
    struct err e;
    if (!read_options(argc, argv, "bo", &o))
        return cli_usage("keys rotate", false);
    struct arena *a = arena_new();
    err_init(&e, a);
    int rc = keys_rotate(sv_of(o.app.data_dir), clock_now_ms(), o.overlap * MS_PER_DAY, &done, &e);
    int code = rc < 0 ? cli_fail(&e) : EXIT_OK;
    if (code == EXIT_OK)
        printf("新的签发密钥 %s 已启用，运行中的服务几秒内改用\n"
               "旧密钥 %s 过渡到%s为止，继续公布；用它签发的证照永久可以核验\n",
               done.new_id, done.old_id, day_of(a, done.until_ms));
    arena_free(a);
    return code;
}

static void tell_licence(void *ctx, struct sv number, int64_t version, struct sv holder)
{
    (void)ctx;
    printf("%.*s\t第%lld版\t%.*s\n", (int)number.n, number.p, (long long)version, (int)holder.n,
           holder.p);
}

int cmd_keys_revoke(int argc, char **argv)
{
    struct keys_options o;
    struct keys_rotated done;
    struct err e;
    int64_t n = 0;
    if (!read_options(argc, argv, "brI", &o) || !o.id || o.reason.n == 0)
        return cli_usage("keys revoke", false);
    struct arena *a = arena_new();
    err_init(&e, a);
    /* Opened first: with a database that is not there nothing is revoked either. */
    struct app *app = app_open(&o.app, &e);
    int rc = app ? keys_revoke(app->data_dir, sv_of(o.id), o.reason, clock_now_ms(), &done, &e)
                 : e.code;
    if (rc == 0) {
        printf("密钥 %s 已作废：%.*s\n", done.old_id, (int)o.reason.n, o.reason.p);
        if (done.new_id[0])
            printf("它原是现行密钥，已换成新密钥 %s\n", done.new_id);
        puts("以下证照由它签发，今后核验不通过，需要换发：");
        n = keys_affected(app, sv_of(o.id), tell_licence, NULL, &e);
        rc = n < 0 ? (int)n : 0;
    }
    int code = rc < 0 ? cli_fail(&e) : EXIT_OK;
    if (code == EXIT_OK)
        printf("共 %lld 份\n", (long long)n);
    app_close(app);
    arena_free(a);
    return code;
}

static void show(const char *what, int64_t done, int64_t total)
{
    cli_progress(what, done, total);
}

/* Publish, wait until running nodes know the key, use it, wait until they do, then go over all rows. */
static int rotate_data(struct app *app, int64_t *changed, struct err *e)
{
    int rc = keys_data_publish(app->data_dir, clock_now_ms(), e);
    if (rc == 0)
        sleep(TAKE_UP_SECONDS);
    if (rc >= 0)
        rc = keys_data_use(app->data_dir, clock_now_ms(), e);
    if (rc == 0)
        sleep(TAKE_UP_SECONDS);
    if (rc >= 0)
        rc = keys_refresh(app, 0, e);
    /* Again until nothing is found: a node that was slow may have written under the old key meanwhile. */
    int64_t more = 1;
    for (int pass = 0; rc >= 0 && more > 0 && pass < PASSES_MAX; pass++, *changed += more)
        rc = personal_sweep(app, show, &more, e);
    if (rc >= 0 && more > 0)
        rc = err_set(e, ERR_BUSY, "还有节点在用旧的数据密钥写入，请检查各节点的密钥目录，再运行一次");
    return rc < 0 ? rc : keys_data_settled(app->data_dir, e);
}

int cmd_keys_rotate_data(int argc, char **argv)
{
    struct keys_options o;
    struct err e;
    int64_t changed = 0;
    if (!read_options(argc, argv, "b", &o))
        return cli_usage("keys rotate-data", false);
    struct arena *a = arena_new();
    err_init(&e, a);
    struct app *app = app_open(&o.app, &e);
    int rc = app ? rotate_data(app, &changed, &e) : e.code;
    int code = rc < 0 ? cli_fail(&e) : EXIT_OK;
    if (code == EXIT_OK)
        printf("个人信息已全部改用新的数据密钥加密，本次重新加密 %lld 行\n", (long long)changed);
    app_close(app);
    arena_free(a);
    return code;
}

int cmd_keys_passphrase(int argc, char **argv)
{
    struct keys_options o;
    char line[2048] = "";
    struct err e;
    if (!read_options(argc, argv, "n", &o))
        return cli_usage("keys passphrase", false);
    if (!o.none && (!cli_read_line(line, sizeof line) || sv_trim(sv_of(line)).n == 0)) {
        fputs("yizheng：请从标准输入给出新口令（一行）；不要口令请写 --none\n", stderr);
        return EXIT_USAGE;
    }
    struct arena *a = arena_new();
    err_init(&e, a);
    int rc = keys_rewrap(sv_of(o.app.data_dir), sv_trim(sv_of(line)), &e);
    crypto_wipe(line, sizeof line);
    int code = rc < 0 ? cli_fail(&e) : EXIT_OK;
    if (code == EXIT_OK)
        puts(o.none ? "密钥目录已不用口令保护" : "密钥目录已改用新口令保护；从现在起用新口令启动，旧的备份仍要旧口令");
    arena_free(a);
    return code;
}
