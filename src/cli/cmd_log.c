/* log head, prove, consistency, check: what outsiders keep and check of the log (R8.3). */
#include <stdlib.h>
#include <string.h>

#include "cli/cli.h"
#include "cli/whom.h"
#include "service/register.h"
#include "service/register_proof.h"
#include "sys/clock.h"
#include "sys/files.h"

enum { FILES_MAX = 32 };

struct log_options {
    struct app_options app;
    const char *out, *licence, *head, *key, *what;
    const char *trust[FILES_MAX]; size_t n_trust;
    int64_t seq, size, from, to; /* -1 not given */
};

static bool number(const char *text, int64_t *out)
{
    return sv_to_i64(sv_of(text), out) && *out >= 0;
}

static bool read_options(int argc, char **argv, struct log_options *o)
{
    static const struct option options[] = {
        { "data", required_argument, NULL, 'd' }, { "db", required_argument, NULL, 'b' },
        { "out", required_argument, NULL, 'o' },  { "licence", required_argument, NULL, 'l' },
        { "seq", required_argument, NULL, 'q' },  { "size", required_argument, NULL, 's' },
        { "from", required_argument, NULL, 'f' }, { "to", required_argument, NULL, 't' },
        { "head", required_argument, NULL, 'h' }, { "key", required_argument, NULL, 'k' },
        { "trust", required_argument, NULL, 'r' }, { NULL, 0, NULL, 0 } };
    int c;
    bool good = true;
    *o = (struct log_options){ .app.readers = 1, .seq = -1, .size = -1, .from = -1, .to = -1 };
    while ((c = getopt_long(argc, argv, "", options, NULL)) != -1) {
        switch (c) {
        case 'd': o->app.data_dir = optarg; break;
        case 'b': o->app.db_url = optarg; break;
        case 'o': o->out = optarg; break;
        case 'l': o->licence = optarg; break;
        case 'h': o->head = optarg; break;
        case 'k': o->key = optarg; break;
        case 'q': good = good && number(optarg, &o->seq); break;
        case 's': good = good && number(optarg, &o->size); break;
        case 'f': good = good && number(optarg, &o->from); break;
        case 't': good = good && number(optarg, &o->to); break;
        case 'r':
            if (o->n_trust == FILES_MAX)
                return false;
            o->trust[o->n_trust++] = optarg;
            break;
        default: return false;
        }
    }
    o->what = optind < argc ? argv[optind] : NULL;
    return good && optind + (o->what != NULL) == argc;
}

int cli_write_json(json_t *o, const char *file, struct err *e)
{
    char *text = json_dumps(o, JSON_INDENT(1) | JSON_PRESERVE_ORDER);
    int rc = 0;
    json_decref(o);
    if (!text)
        return err_set(e, ERR_INTERNAL, "无法写成 JSON");
    if (file)
        rc = file_write_durable(file, sv_of(text), 0644, e);
    else if (puts(text) < 0)
        rc = err_set(e, ERR_IO, "写不出标准输出");
    free(text);
    return rc;
}

/* Open, make the JSON, write it. */
static int with_app(const struct log_options *o,
                    json_t *(*make)(struct app *, const struct log_options *, struct arena *,
                                    struct err *))
{
    struct arena *a = arena_new();
    struct err e;
    err_init(&e, a);
    struct app *app = app_open(&o->app, &e);
    json_t *json = app ? make(app, o, a, &e) : NULL;
    int rc = json ? cli_write_json(json, o->out, &e) : e.code;
    int code = rc < 0 ? cli_fail(&e) : EXIT_OK;
    app_close(app);
    arena_free(a);
    return code;
}

static json_t *make_head(struct app *app, const struct log_options *o, struct arena *a,
                         struct err *e)
{
    struct tree_head_row h;
    (void)o;
    int rc = ledger_sign_head(app, clock_now_ms(), e);
    if (rc >= 0)
        rc = ledger_latest_head(app, a, &h, e);
    if (rc == 0)
        err_set(e, ERR_NOT_FOUND, "日志还是空的");
    return rc == 1 ? proof_head_json(&h) : NULL;
}

int cmd_log_head(int argc, char **argv)
{
    struct log_options o;
    if (!read_options(argc, argv, &o) || !o.app.data_dir || o.what)
        return cli_usage("log head", false);
    return with_app(&o, make_head);
}

static json_t *make_proof(struct app *app, const struct log_options *o, struct arena *a,
                          struct err *e)
{
    struct register_row row = { .ledger_seq = o->seq };
    if (o->licence) {
        int rc = register_open(app, sv_of(o->licence), a, &row, e);
        if (rc == 0)
            err_set(e, ERR_NOT_FOUND, "公示登记中没有这个证号");
        if (rc != 1)
            return NULL;
    }
    return proof_of_entry(app, row.ledger_seq, o->size < 0 ? 0 : o->size, e);
}

int cmd_log_prove(int argc, char **argv)
{
    struct log_options o;
    if (!read_options(argc, argv, &o) || !o.app.data_dir || o.what || (o.seq < 0) == !o.licence)
        return cli_usage("log prove", false);
    return with_app(&o, make_proof);
}

static json_t *make_growth(struct app *app, const struct log_options *o, struct arena *a,
                           struct err *e)
{
    (void)a;
    return proof_of_growth(app, o->from, o->to < 0 ? 0 : o->to, e);
}

int cmd_log_consistency(int argc, char **argv)
{
    struct log_options o;
    if (!read_options(argc, argv, &o) || !o.app.data_dir || o.what || o.from < 1)
        return cli_usage("log consistency", false);
    return with_app(&o, make_growth);
}

/* ---- check ---- */

static int load_trust(const struct log_options *o, struct trust *t, struct arena *a, struct err *e)
{
    int rc = 0;
    for (size_t i = 0; rc == 0 && i < o->n_trust; i++)
        rc = cli_trust_file(t, o->trust[i], a, e);
    if (rc == 0 && o->key)
        rc = cli_trust_pem(t, o->key, a, e);
    if (rc == 0 && o->app.data_dir)
        rc = cli_trust_data(t, o->app.data_dir, a, e);
    return rc;
}

static json_t *read_json(const char *file, struct arena *a, struct err *e)
{
    struct sv text;
    return cli_read(file, a, &text, e) == 0 ? json_parse(text, e) : NULL;
}

/* The act that a proof shows, if it does: its last member is the body. */
static void print_entry(const json_t *proof)
{
    struct sv hex = json_sv(proof, "entry");
    printf("  记录    第 %lld 条，树头 %lld 条\n", (long long)json_i64(proof, "seq", 0),
           (long long)json_i64(proof, "size", 0));
    printf("  内容    %s\n", hex.n ? "随证明公开，与摘要相符" : "不公开，只公布摘要");
}

int cmd_log_check(int argc, char **argv)
{
    struct log_options o;
    struct trust trust = { 0 };
    struct sv said = { 0 };
    struct err e;
    if (!read_options(argc, argv, &o) || !o.what || (!o.key && !o.app.data_dir && !o.n_trust))
        return cli_usage("log check", false);
    struct arena *a = arena_new();
    err_init(&e, a);
    json_t *published = NULL;
    int rc = load_trust(&o, &trust, a, &e);
    json_t *proof = rc == 0 ? read_json(o.what, a, &e) : NULL;
    /* An entry of the register as the interface gives it has its proof inside. */
    const json_t *inner = json_object_get(proof, "proof");
    if (proof && o.head)
        published = read_json(o.head, a, &e);
    int code = !proof || (o.head && !published) ? cli_fail(&e) : EXIT_NO;
    if (proof && (!o.head || published)) {
        bool good = proof_check(inner ? inner : proof, published, &trust, a, &said);
        printf("%s：%s\n", good ? "核对通过" : "核对不通过", said.p);
        if (good && !sv_is(json_sv(inner ? inner : proof, "kind"), "consistency"))
            print_entry(inner ? inner : proof);
        code = good ? EXIT_OK : EXIT_NO;
    }
    json_decref(published);
    json_decref(proof);
    arena_free(a);
    return code;
}
