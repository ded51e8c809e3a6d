/* gateway: see gateway.h. One table says what may stand in the file. */
#include "service/gateway.h"

#include <ini.h>

#include "base/utf8.h"
#include "sys/clamd.h"
#include "sys/files.h"

#define FILE_NAME "notices.ini"
enum { FILE_MAX = 16384, SECRET_MAX = 4096, TIMEOUT_DEFAULT = 3, TIMEOUT_MAX = 30,
       PAUSE_DEFAULT = 30, PAUSE_MAX = 3600 };

bool email_ok(struct sv s)
{
    size_t at = 0, n_at = 0;
    if (s.n < 3 || s.n > 254)
        return false;
    for (size_t i = 0; i < s.n; i++) {
        unsigned char c = (unsigned char)s.p[i];
        if (c <= ' ' || c >= 127 || strchr("<>\"(),:;[]\\", c))
            return false;
        if (c == '@') {
            at = i;
            n_at++;
        }
    }
    return n_at == 1 && at > 0 && at + 1 < s.n && s.p[at + 1] != '.' && s.p[s.n - 1] != '.';
}

static bool header_ok(struct sv s)
{
    return s.n > 0 && s.n <= 200 && utf8_clean(s) && !memchr(s.p, '\n', s.n) &&
           !memchr(s.p, '\t', s.n);
}

static bool url_ok(struct sv s, const char *plain, const char *tls)
{
    struct sv rest = sv_starts(s, sv_of(plain)) ? sv_skip(s, strlen(plain))
                     : sv_starts(s, sv_of(tls)) ? sv_skip(s, strlen(tls))
                                                : SV("");
    for (size_t i = 0; i < s.n; i++)
        if ((unsigned char)s.p[i] <= ' ' || (unsigned char)s.p[i] >= 127)
            return false;
    return rest.n > 0 && rest.p[0] != '/' && rest.p[0] != ':';
}

static bool http_ok(struct sv s)
{
    return url_ok(s, "http://", "https://");
}

static bool smtp_ok(struct sv s)
{
    return url_ok(s, "smtp://", "smtps://");
}

/* A name in DATA/keys, not a path. */
static bool file_ok(struct sv s)
{
    return header_ok(s) && s.p[0] != '.' && !memchr(s.p, '/', s.n);
}

static bool seconds_ok(struct sv s, int64_t most)
{
    int64_t n;
    return sv_to_i64(s, &n) && n >= 1 && n <= most;
}

static bool timeout_ok(struct sv s)
{
    return seconds_ok(s, TIMEOUT_MAX);
}

static bool pause_ok(struct sv s)
{
    return seconds_ok(s, PAUSE_MAX);
}

/* The four of a source stand in this order. */
enum { SMS_URL, SMS_TOKEN, EMAIL_URL, EMAIL_FROM, EMAIL_NAME, EMAIL_USER, EMAIL_PASSWORD,
       CLAMD, REGISTER_URL, REGISTER_TOKEN, REGISTER_TIMEOUT, REGISTER_PAUSE,
       LICENCES_URL, LICENCES_TOKEN, LICENCES_TIMEOUT, LICENCES_PAUSE, SETTINGS };

#define HTTP_SHAPE "http:// 或 https:// 开头的地址"
#define FILE_SHAPE "keys 目录里的文件名"

static const struct setting {
    const char *section, *name;
    bool (*ok)(struct sv value);
    bool required; /* when the section is there */
    const char *shape;
} KNOWN[SETTINGS] = {
    [SMS_URL] = { "sms", "url", http_ok, true, HTTP_SHAPE },
    [SMS_TOKEN] = { "sms", "token_file", file_ok, false, FILE_SHAPE },
    [EMAIL_URL] = { "email", "url", smtp_ok, true, "smtp://主机:端口 或 smtps://主机:端口" },
    [EMAIL_FROM] = { "email", "from", email_ok, true, "发件人邮箱" },
    [EMAIL_NAME] = { "email", "from_name", header_ok, false, "一行文字" },
    [EMAIL_USER] = { "email", "user", header_ok, false, "一行文字" },
    [CLAMD] = { "clamd", "address", clamd_address_ok, true, "unix:/路径 或 tcp:主机:端口" },
    [EMAIL_PASSWORD] = { "email", "password_file", file_ok, false, FILE_SHAPE },
    [REGISTER_URL] = { "register", "url", http_ok, true, HTTP_SHAPE },
    [REGISTER_TOKEN] = { "register", "token_file", file_ok, false, FILE_SHAPE },
    [REGISTER_TIMEOUT] = { "register", "timeout", timeout_ok, false, "1到30的整数（秒）" },
    [REGISTER_PAUSE] = { "register", "pause", pause_ok, false, "1到3600的整数（秒）" },
    [LICENCES_URL] = { "licences", "url", http_ok, true, HTTP_SHAPE },
    [LICENCES_TOKEN] = { "licences", "token_file", file_ok, false, FILE_SHAPE },
    [LICENCES_TIMEOUT] = { "licences", "timeout", timeout_ok, false, "1到30的整数（秒）" },
    [LICENCES_PAUSE] = { "licences", "pause", pause_ok, false, "1到3600的整数（秒）" },
};

struct reading {
    struct arena *arena;
    struct err *e;
    struct sv data_dir;
    const char *value[SETTINGS];
};

static struct sv place(const struct reading *r, const char *section, const char *name)
{
    return arena_printf_sv(r->arena, FILE_NAME " [%s] %s", section, name);
}

static int handle(void *ctx, const char *section, const char *name, const char *value)
{
    struct reading *r = ctx;
    int at = 0;
    while (at < SETTINGS && (strcmp(KNOWN[at].section, section) != 0 ||
                             strcmp(KNOWN[at].name, name) != 0))
        at++;
    if (at == SETTINGS)
        err_problem(r->e, place(r, section, name), "unknown_setting",
                    "没有这个设置；可用：[sms] url、token_file，[email] url、from、from_name、"
                    "user、password_file，[clamd] address，[register] 和 [licences] url、token_file、"
                    "timeout、pause");
    else if (r->value[at])
        err_problem(r->e, place(r, section, name), "twice", "写了两次");
    else if (!KNOWN[at].ok(sv_of(value)))
        err_problem(r->e, place(r, section, name), "bad_value", "应为%s", KNOWN[at].shape);
    if (at < SETTINGS)
        r->value[at] = arena_dup(r->arena, sv_of(value));
    return 1;
}

static void check_missing(struct reading *r)
{
    for (int i = 0; i < SETTINGS; i++) {
        bool section = false;
        for (int k = 0; k < SETTINGS; k++)
            section |= r->value[k] && strcmp(KNOWN[k].section, KNOWN[i].section) == 0;
        if (section && KNOWN[i].required && !r->value[i])
            err_problem(r->e, place(r, KNOWN[i].section, KNOWN[i].name), "required",
                        "没有写：%s", KNOWN[i].shape);
    }
    if (!r->value[EMAIL_USER] != !r->value[EMAIL_PASSWORD])
        err_problem(r->e, place(r, "email", "user"), "both_or_none",
                    "user 和 password_file 要么都写，要么都不写");
}

/* The secret in DATA/keys that a setting names; NULL when not set, or not usable (reported). */
static const char *read_secret(struct reading *r, int at)
{
    struct buf b;
    struct err ignored;
    if (!r->value[at] || !KNOWN[at].ok(sv_of(r->value[at])))
        return NULL;
    const char *path = arena_printf(r->arena, "%.*s/keys/%s", (int)r->data_dir.n, r->data_dir.p,
                                    r->value[at]);
    err_init(&ignored, r->arena);
    buf_init(&b, SECRET_MAX);
    struct sv secret = file_read(path, &b, &ignored) == 0 ? sv_trim(buf_sv(&b)) : SV("");
    bool good = secret.n > 0;
    for (size_t i = 0; i < secret.n; i++)
        good &= secret.p[i] > ' ' && secret.p[i] < 127;
    if (!good)
        err_problem(r->e, place(r, KNOWN[at].section, KNOWN[at].name), "bad_secret",
                    "读不到 keys/%s，或它不是一行可打印字符", r->value[at]);
    const char *out = good ? arena_dup(r->arena, secret) : NULL;
    buf_done(&b);
    return out;
}

/* A source from its four settings; a slash at the end of the address is taken off. */
static struct source_gateway read_source(struct reading *r, int first)
{
    struct source_gateway g = { .timeout = TIMEOUT_DEFAULT, .pause = PAUSE_DEFAULT };
    struct sv url = sv_of(r->value[first] ? r->value[first] : "");
    while (url.n && url.p[url.n - 1] == '/')
        url.n--;
    if (url.n)
        g.url = arena_dup(r->arena, url);
    g.token = read_secret(r, first + 1);
    if (r->value[first + 2])
        sv_to_i64(sv_of(r->value[first + 2]), &g.timeout);
    if (r->value[first + 3])
        sv_to_i64(sv_of(r->value[first + 3]), &g.pause);
    return g;
}

int gateways_parse(struct sv text, struct sv data_dir, struct arena *a, struct gateways *out,
                   struct err *e)
{
    struct reading r = { .arena = a, .e = e, .data_dir = data_dir };
    *out = (struct gateways){ 0 };
    int line = memchr(text.p ? text.p : "", 0, text.n)
                   ? 1 : ini_parse_string(arena_dup(a, text), handle, &r);
    if (line != 0)
        err_problem(e, arena_printf_sv(a, FILE_NAME "：第%d行", line), "bad_line",
                    "应为 [节] 或 名称 = 值");
    check_missing(&r);
    out->sms = (struct sms_gateway){ r.value[SMS_URL], read_secret(&r, SMS_TOKEN) };
    out->email = (struct email_gateway){ r.value[EMAIL_URL], r.value[EMAIL_FROM],
                                         r.value[EMAIL_NAME], r.value[EMAIL_USER],
                                         read_secret(&r, EMAIL_PASSWORD) };
    out->scanner = r.value[CLAMD];
    out->enterprises = read_source(&r, REGISTER_URL);
    out->licences = read_source(&r, LICENCES_URL);
    return e->code ? (e->code = ERR_CONFIG) : 0;
}

int gateways_load(struct sv data_dir, struct arena *a, struct gateways *out, struct err *e)
{
    struct buf b;
    const char *path = arena_printf(a, "%.*s/" FILE_NAME, (int)data_dir.n, data_dir.p);
    *out = (struct gateways){ 0 };
    if (!file_exists(path))
        return 0;
    buf_init(&b, FILE_MAX);
    int rc = file_read(path, &b, e);
    rc = rc == 0 ? gateways_parse(buf_sv(&b), data_dir, a, out, e)
                 : err_set(e, ERR_CONFIG, "读不了 %s", path);
    buf_done(&b);
    return rc;
}
