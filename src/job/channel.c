/* channel: see channel.h. */
#include "job/channel.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include <curl/curl.h>

#include "base/json.h"
#include "job/mail.h"

void channel_init(void)
{
    if (curl_global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK)
        abort();
}

/* ---- the file ---- */

static void write_line(struct buf *out, const struct dispatch_row *d)
{
    char at[32];
    buf_fmt(out, "{\"id\":%lld,\"at\":\"%s\",\"channel\":", (long long)d->id,
            time_format(d->created_at, at));
    buf_json(out, d->channel);
    buf_str(out, ",\"to\":");
    buf_json(out, d->address);
    buf_str(out, ",\"template\":");
    buf_json(out, d->template);
    buf_str(out, ",\"title\":");
    buf_json(out, d->title);
    buf_str(out, ",\"text\":");
    buf_json(out, d->body);
    buf_str(out, "}\n");
}

/* One JSON line each in DATA/outbox.jsonl, mode 0600; on disk before it counts. */
void channel_file(const struct app *app, struct outgoing *list, size_t n, int64_t now,
                  struct arena *a)
{
    struct buf lines;
    const char *path = arena_printf(a, "%s/outbox.jsonl", app->data_dir.p);
    int fd = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
    (void)now;
    buf_init(&lines, (size_t)64 << 20);
    for (size_t i = 0; i < n; i++)
        write_line(&lines, list[i].d);
    bool good = fd >= 0 && buf_ok(&lines) &&
                write(fd, lines.p, lines.n) == (ssize_t)lines.n && fsync(fd) == 0;
    struct sv why = good ? SV("") : arena_printf_sv(a, "写不了消息文件：%s", strerror(errno));
    for (size_t i = 0; i < n; i++) {
        list[i].verdict = good ? VERDICT_SENT : VERDICT_LATER;
        list[i].why = why;
    }
    buf_done(&lines);
    if (fd >= 0)
        close(fd);
}

/* ---- what HTTP and SMTP share ---- */

struct transfer {
    CURL *easy;
    struct curl_slist *lines; /* headers, or the addressee */
    struct buf body;
    size_t at; /* how much of body has gone out */
    struct outgoing *o;
};

static size_t give(char *out, size_t size, size_t count, void *ctx)
{
    struct transfer *t = ctx;
    size_t n = t->body.n - t->at < size * count ? t->body.n - t->at : size * count;
    memcpy(out, t->body.p + t->at, n);
    t->at += n;
    return n;
}

static size_t drop(char *p, size_t size, size_t count, void *ctx)
{
    (void)p;
    (void)ctx;
    return size * count;
}

static void transfer_begin(struct transfer *t, const char *url, const char *protocols)
{
    t->easy = curl_easy_init();
    if (!t->easy)
        abort();
    curl_easy_setopt(t->easy, CURLOPT_URL, url);
    curl_easy_setopt(t->easy, CURLOPT_PROTOCOLS_STR, protocols);
    curl_easy_setopt(t->easy, CURLOPT_PROXY, "");
    curl_easy_setopt(t->easy, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(t->easy, CURLOPT_TIMEOUT, (long)CHANNEL_SECONDS);
    curl_easy_setopt(t->easy, CURLOPT_WRITEFUNCTION, drop);
    curl_easy_setopt(t->easy, CURLOPT_PRIVATE, t);
    buf_init(&t->body, (size_t)1 << 20);
}

static void transfer_done(struct transfer *t)
{
    if (t->easy)
        curl_easy_cleanup(t->easy);
    curl_slist_free_all(t->lines);
    buf_done(&t->body);
}

/* All of them at once, until each has its verdict. */
static void transfer_all(struct transfer *list, size_t n,
                         void (*judge)(struct outgoing *, CURLcode, long, struct arena *),
                         struct arena *a)
{
    CURLM *multi = curl_multi_init();
    CURLMsg *m;
    int running = 0, left;
    for (size_t i = 0; i < n; i++)
        if (list[i].easy)
            curl_multi_add_handle(multi, list[i].easy);
    do {
        CURLMcode mc = curl_multi_perform(multi, &running);
        if (mc == CURLM_OK && running > 0)
            mc = curl_multi_poll(multi, NULL, 0, 1000, NULL);
        while ((m = curl_multi_info_read(multi, &left)) != NULL) {
            struct transfer *t;
            long status = 0;
            curl_easy_getinfo(m->easy_handle, CURLINFO_PRIVATE, (char **)&t);
            curl_easy_getinfo(m->easy_handle, CURLINFO_RESPONSE_CODE, &status);
            judge(t->o, m->data.result, status, a);
        }
        if (mc != CURLM_OK)
            break;
    } while (running > 0);
    for (size_t i = 0; i < n; i++) {
        if (list[i].easy)
            curl_multi_remove_handle(multi, list[i].easy);
        transfer_done(&list[i]);
    }
    curl_multi_cleanup(multi);
}

/* Until a transfer says otherwise it has not arrived. */
static struct transfer *transfers_new(struct outgoing *list, size_t n, struct arena *a)
{
    struct transfer *t = arena_array(a, n + 1, sizeof *t);
    for (size_t i = 0; i < n; i++) {
        t[i].o = &list[i];
        list[i].verdict = VERDICT_LATER;
        list[i].why = SV("没有送达网关");
    }
    return t;
}

static struct sv no_connection(CURLcode rc, struct arena *a)
{
    return arena_printf_sv(a, "连接失败：%s", curl_easy_strerror(rc));
}

/* ---- SMS ---- */

static void judge_sms(struct outgoing *o, CURLcode rc, long status, struct arena *a)
{
    bool refused = status >= 400 && status < 500 && status != 408 && status != 429;
    o->verdict = rc != CURLE_OK ? VERDICT_LATER
                 : status >= 200 && status < 300 ? VERDICT_SENT
                 : refused ? VERDICT_NEVER : VERDICT_LATER;
    o->why = rc != CURLE_OK ? no_connection(rc, a)
                            : arena_printf_sv(a, "短信网关答复 %ld", status);
}

static void sms_begin(struct transfer *t, const struct sms_gateway *g, struct arena *a)
{
    const struct dispatch_row *d = t->o->d;
    transfer_begin(t, g->url, "http,https");
    buf_fmt(&t->body, "{\"id\":\"%lld\",\"phone\":", (long long)d->id);
    buf_json(&t->body, d->address);
    buf_str(&t->body, ",\"text\":");
    buf_json(&t->body, notice_sms(d->title, d->body, a));
    buf_str(&t->body, ",\"template\":");
    buf_json(&t->body, d->template);
    buf_byte(&t->body, '}');
    t->lines = curl_slist_append(t->lines, "Content-Type: application/json");
    t->lines = curl_slist_append(t->lines, "Expect:");
    t->lines = curl_slist_append(t->lines, arena_printf(a, "Idempotency-Key: %lld",
                                                        (long long)d->id));
    if (g->token)
        t->lines = curl_slist_append(t->lines, arena_printf(a, "Authorization: Bearer %s",
                                                            g->token));
    curl_easy_setopt(t->easy, CURLOPT_HTTPHEADER, t->lines);
    curl_easy_setopt(t->easy, CURLOPT_USERAGENT, "yizheng/" YZ_VERSION);
    curl_easy_setopt(t->easy, CURLOPT_POSTFIELDS, t->body.p);
    curl_easy_setopt(t->easy, CURLOPT_POSTFIELDSIZE, (long)t->body.n);
}

void channel_sms(const struct app *app, struct outgoing *list, size_t n, int64_t now,
                 struct arena *a)
{
    struct transfer *t = transfers_new(list, n, a);
    (void)now;
    for (size_t i = 0; i < n; i++)
        sms_begin(&t[i], &app->gateways.sms, a);
    transfer_all(t, n, judge_sms, a);
}

/* ---- e-mail ---- */

/* 550-554: this mailbox or this message, now and later (RFC 5321 4.2.3). Other refusals, a wrong
 * password say, are ours to mend. */
static void judge_email(struct outgoing *o, CURLcode rc, long status, struct arena *a)
{
    o->verdict = rc == CURLE_OK ? VERDICT_SENT
                 : status >= 550 && status <= 554 ? VERDICT_NEVER : VERDICT_LATER;
    o->why = status >= 400 ? arena_printf_sv(a, "邮件服务器答复 %ld", status)
                           : no_connection(rc, a);
}

static void email_begin(struct transfer *t, const struct email_gateway *g, int64_t now,
                        struct arena *a)
{
    const struct dispatch_row *d = t->o->d;
    struct mail m = { .id = d->id, .at = now, .from = sv_of(g->from),
                      .from_name = sv_of(g->from_name), .to = d->address, .subject = d->title,
                      .text = d->body };
    transfer_begin(t, g->url, "smtp,smtps");
    mail_write(&t->body, &m);
    t->lines = curl_slist_append(NULL, arena_printf(a, "<%.*s>", (int)d->address.n,
                                                    d->address.p));
    curl_easy_setopt(t->easy, CURLOPT_MAIL_FROM, arena_printf(a, "<%s>", g->from));
    curl_easy_setopt(t->easy, CURLOPT_MAIL_RCPT, t->lines);
    curl_easy_setopt(t->easy, CURLOPT_USE_SSL, (long)CURLUSESSL_TRY);
    curl_easy_setopt(t->easy, CURLOPT_UPLOAD, 1L);
    curl_easy_setopt(t->easy, CURLOPT_READFUNCTION, give);
    curl_easy_setopt(t->easy, CURLOPT_READDATA, t);
    if (g->user) {
        curl_easy_setopt(t->easy, CURLOPT_USERNAME, g->user);
        curl_easy_setopt(t->easy, CURLOPT_PASSWORD, g->password);
        curl_easy_setopt(t->easy, CURLOPT_USE_SSL, (long)CURLUSESSL_ALL);
    }
}

void channel_email(const struct app *app, struct outgoing *list, size_t n, int64_t now,
                   struct arena *a)
{
    struct transfer *t = transfers_new(list, n, a);
    for (size_t i = 0; i < n; i++) {
        if (email_ok(list[i].d->address)) {
            email_begin(&t[i], &app->gateways.email, now, a);
        } else {
            list[i].verdict = VERDICT_NEVER;
            list[i].why = SV("邮箱写法不对");
        }
    }
    transfer_all(t, n, judge_email, a);
}
