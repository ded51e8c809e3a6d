/* verify: is this licence genuine and in force, without a network? (R7.4) */
#include <string.h>

#include "cli/cli.h"
#include "cli/whom.h"
#include "service/status_doc.h"
#include "sys/clock.h"
#include "sys/files.h"

enum { FILES_MAX = 32 };

struct verify_options {
    const char *trust[FILES_MAX]; size_t n_trust;
    const char *status[FILES_MAX]; size_t n_status;
    const char *key, *data, *what;
    int64_t at; /* ms; 0 = now */
};

/* The end of that day: who asks for a day asks whether it held on it. */
static bool read_day(const char *text, int64_t *at)
{
    int32_t day;
    bool good = date_parse(sv_of(text), &day);
    if (good)
        *at = date_start_ms(day + 1) - 1;
    return good;
}

static bool read_options(int argc, char **argv, struct verify_options *o)
{
    static const struct option options[] = {
        { "key", required_argument, NULL, 'k' },   { "data", required_argument, NULL, 'd' },
        { "trust", required_argument, NULL, 't' }, { "status", required_argument, NULL, 's' },
        { "at", required_argument, NULL, 'a' },
        { NULL, 0, NULL, 0 } };
    int c;
    while ((c = getopt_long(argc, argv, "", options, NULL)) != -1) {
        switch (c) {
        case 'k': o->key = optarg; break;
        case 'd': o->data = optarg; break;
        case 't':
            if (o->n_trust == FILES_MAX)
                return false;
            o->trust[o->n_trust++] = optarg;
            break;
        case 's':
            if (o->n_status == FILES_MAX)
                return false;
            o->status[o->n_status++] = optarg;
            break;
        case 'a':
            if (!read_day(optarg, &o->at))
                return false;
            break;
        default: return false;
        }
    }
    if (optind + 1 != argc || (!o->key && !o->data && o->n_trust == 0))
        return false;
    o->what = argv[optind];
    return true;
}

/* ---- what to go by ---- */

static int load_trust(const struct verify_options *o, struct trust *t, struct arena *a,
                      struct err *e)
{
    int rc = 0;
    for (size_t i = 0; rc == 0 && i < o->n_trust; i++)
        rc = cli_trust_file(t, o->trust[i], a, e);
    if (rc == 0 && o->key)
        rc = cli_trust_pem(t, o->key, a, e);
    if (rc == 0 && o->data)
        rc = cli_trust_data(t, o->data, a, e);
    return rc;
}

static int load_lists(const struct verify_options *o, const struct trust *t,
                      struct status_list *lists, struct arena *a, struct err *e)
{
    int rc = 0;
    for (size_t i = 0; rc == 0 && i < o->n_status; i++) {
        struct sv text;
        rc = cli_read(o->status[i], a, &text, e);
        if (rc == 0)
            rc = status_doc_read(text, t, a, &lists[i], e);
    }
    return rc;
}

/* ---- the answer ---- */

static void print_age(const struct verified *v, int64_t now)
{
    char at[32];
    int64_t minutes = (now - v->as_of_ms) / 60000;
    if (v->list == LIST_NONE && v->as_of_ms == 0) {
        puts("  状态名单  没有可用的，未核对是否已变更或失效");
        return;
    }
    printf("  状态名单  %s，", time_format(v->as_of_ms, at));
    if (minutes < 60)
        printf("%lld分钟前", (long long)minutes);
    else if (minutes < 48 * 60)
        printf("%lld小时前", (long long)minutes / 60);
    else
        printf("%lld天前", (long long)minutes / 1440);
    puts(v->list == LIST_OLD ? "，已过期，请更新" : v->list == LIST_NONE ? "，不齐全" : "");
}

static void print_licence(const struct verified *v)
{
    const struct payload *p = &v->payload;
    char date[32];
    printf("  证号      %.*s（第%lld版）\n", (int)p->number.n, p->number.p, (long long)p->version);
    printf("  市场主体  %.*s（%.*s）\n", (int)p->holder.n, p->holder.p, (int)p->uscc.n, p->uscc.p);
    printf("  经营场所  %.*s\n  行业      %.*s\n", (int)p->address.n, p->address.p,
           (int)p->industry.n, p->industry.p);
    printf("  颁发      %.*s，%s\n", (int)p->issuer.n, p->issuer.p, date_chinese(p->issued, date));
    for (size_t i = 0; i < p->n_permits; i++) {
        const struct payload_permit *x = &p->permits[i];
        printf("  许可 %zu    %.*s %.*s，%.*s，有效期至%s【%s】\n", i + 1, (int)x->name.n, x->name.p,
               (int)x->number.n, x->number.p, (int)x->department.n, x->department.p,
               x->valid_until == DATE_NONE ? "长期" : date_chinese(x->valid_until, date),
               permit_status_text(v->permits[i]));
    }
}

static int print_verdict(const struct verified *v, bool had_lists, int64_t now)
{
    bool genuine = verdict_genuine(v->verdict);
    bool in_force = v->verdict == VERDICT_VALID ||
                    (v->verdict == VERDICT_UNCONFIRMED && !had_lists);
    if (!genuine) {
        printf("核验不通过：%s（%s，%s）\n", v->reason, verdict_text(v->verdict),
               verdict_key(v->verdict));
        return EXIT_NO;
    }
    printf("%s：%s（%s）\n", verdict_text(v->verdict), v->reason, verdict_key(v->verdict));
    printf("  证照真实（签名有效，%.*s，公钥 %.*s）\n", (int)v->issuer->name.n, v->issuer->name.p,
           (int)v->payload.key_id.n, v->payload.key_id.p);
    print_licence(v);
    print_age(v, now);
    return in_force ? EXIT_OK : EXIT_NO;
}

int cmd_verify(int argc, char **argv)
{
    struct verify_options o = { 0 };
    struct trust trust = { 0 };
    struct status_list lists[FILES_MAX] = { 0 };
    struct verified v;
    struct err e;
    if (!read_options(argc, argv, &o))
        return cli_usage("verify", false);
    struct arena *a = arena_new();
    err_init(&e, a);
    struct verify_in in = { .trust = &trust, .lists = lists, .n_lists = o.n_status,
                            .now = o.at ? o.at : clock_now_ms(), .signed_by = sm2_signed_by,
                            .text = sv_of(o.what) };
    int rc = load_trust(&o, &trust, a, &e);
    if (rc == 0)
        rc = load_lists(&o, &trust, lists, a, &e);
    if (rc == 0 && (strcmp(o.what, "-") == 0 || file_exists(o.what)))
        rc = cli_read(o.what, a, &in.text, &e);
    in.text = sv_trim(in.text);
    int code;
    if (rc == 0) {
        verify_offline(&in, a, &v);
        code = print_verdict(&v, o.n_status > 0, in.now);
    } else {
        code = cli_fail(&e);
    }
    arena_free(a);
    return code;
}
