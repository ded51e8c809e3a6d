/* system: API description, health, metrics, and the pages embedded in the program. */
#include "api/api.h"
#include "service/inbox.h"
#include "sys/clock.h"
#include "sys/embed.h"

static int answer_static(struct request *rq, struct response *rs, const struct embed_file *f,
                         struct sv type, bool forever)
{
    struct sv accepts = http_header(rq, "Accept-Encoding");
    struct sv etag = arena_printf_sv(rq->arena, "\"%s\"", f->etag);
    bool gzip = f->gzip && accepts.n && memmem(accepts.p, accepts.n, "gzip", 4) != NULL;
    response_header(rs, "ETag", etag);
    response_header(rs, "Cache-Control",
                    forever ? SV("public, max-age=31536000, immutable") : SV("no-cache"));
    response_header(rs, "X-Content-Type-Options", SV("nosniff"));
    response_header(rs, "Vary", SV("Accept-Encoding"));
    if (sv_eq(http_header(rq, "If-None-Match"), etag)) {
        rs->status = 304;
        return 0;
    }
    rs->type = type;
    rs->is_static = true;
    rs->body = gzip ? sv_make((const char *)f->gzip, f->n_gzip)
                    : sv_make((const char *)f->body, f->n);
    if (gzip)
        response_header(rs, "Content-Encoding", SV("gzip"));
    return 0;
}

static struct sv type_of(struct sv name)
{
    static const struct { const char *end, *type; } types[] = {
        { ".mjs", "text/javascript; charset=utf-8" }, { ".bcmap", "application/octet-stream" },
        { ".js", "text/javascript; charset=utf-8" }, { ".css", "text/css; charset=utf-8" },
        { ".html", "text/html; charset=utf-8" },     { ".svg", "image/svg+xml" },
        { ".png", "image/png" },                     { ".ico", "image/x-icon" },
        { ".json", "application/json" },             { ".webmanifest", "application/manifest+json" },
        { ".woff2", "font/woff2" },                  { ".txt", "text/plain; charset=utf-8" },
    };
    for (size_t i = 0; i < sizeof types / sizeof types[0]; i++) {
        size_t n = strlen(types[i].end);
        if (name.n >= n && memcmp(name.p + name.n - n, types[i].end, n) == 0)
            return sv_of(types[i].type);
    }
    return SV("application/octet-stream");
}

int get_openapi(struct request *rq, struct response *rs, struct err *e)
{
    const struct embed_file *f = embed_find(SV("openapi/openapi.json"));
    return f ? answer_static(rq, rs, f, SV("application/json; charset=utf-8"), false)
             : err_set(e, ERR_NOT_FOUND, "程序中没有接口说明");
}

int get_asset(struct request *rq, struct response *rs, struct err *e)
{
    struct sv name = arena_printf_sv(rq->arena, "web/assets/%.*s", (int)rq->params[0].n,
                                     rq->params[0].p);
    const struct embed_file *f = embed_find(name);
    return f ? answer_static(rq, rs, f, type_of(name), true)
             : err_set(e, ERR_NOT_FOUND, "没有这个文件");
}

#define PAGE_POLICY                                                                          \
    "default-src 'self'; img-src 'self' data: blob:; style-src 'self' 'unsafe-inline'; "     \
    "frame-src 'self' blob:; object-src 'none'; base-uri 'none'; frame-ancestors 'none'; "   \
    "form-action 'self'"

static int answer_with_policy(struct request *rq, struct response *rs, const char *name,
                              struct sv policy, struct err *e)
{
    const struct embed_file *f = embed_find(sv_of(name));
    if (!f)
        return err_set(e, ERR_NOT_FOUND, "程序中没有网页，请先构建 web 再构建程序");
    response_header(rs, "Content-Security-Policy", policy);
    response_header(rs, "Referrer-Policy", SV("same-origin"));
    return answer_static(rq, rs, f, SV("text/html; charset=utf-8"), false);
}

static int answer_page(struct request *rq, struct response *rs, const char *name, struct err *e)
{
    return answer_with_policy(rq, rs, name, SV(PAGE_POLICY), e);
}

int get_portal(struct request *rq, struct response *rs, struct err *e)
{
    struct sv page = rq->params[0];
    struct sv name = arena_printf_sv(rq->arena, "web/%.*s", (int)page.n, page.p);
    /* Files at the root (icon, manifest) are files; every other path is a page of the portal. */
    if (page.n && memchr(page.p, '.', page.n)) {
        const struct embed_file *f = embed_find(name);
        return f ? answer_static(rq, rs, f, type_of(name), false)
                 : err_set(e, ERR_NOT_FOUND, "没有这个地址");
    }
    if (sv_starts(page, SV("api")) && (page.n == 3 || page.p[3] == '/'))
        return err_set(e, ERR_NOT_FOUND, "没有这个接口");
    return answer_page(rq, rs, "web/index.html", e);
}

int get_office(struct request *rq, struct response *rs, struct err *e)
{
    return answer_page(rq, rs, "web/office.html", e);
}

/* Its worker, manifest and icons lie at the root (get_portal): a worker there may keep /inspect. */
int get_inspect(struct request *rq, struct response *rs, struct err *e)
{
    return answer_page(rq, rs, "web/inspect.html", e);
}

int get_verifier(struct request *rq, struct response *rs, struct err *e)
{
    /* It fetches the status lists of the other cities that are trusted, too. */
    return answer_with_policy(rq, rs, "web/verify.html",
                              SV(PAGE_POLICY "; connect-src 'self' https:"), e);
}

int get_health(struct request *rq, struct response *rs, struct err *e)
{
    json_t *o = json_object();
    (void)e;
    json_put_sv(o, "status", SV("ok"));
    json_put_sv(o, "version", SV(YZ_VERSION));
    json_put_bool(o, "test_clock", clock_is_shifted());
    return api_json(rq, rs, 200, o);
}

static int ping(struct db_conn *c, void *ctx, struct err *e)
{
    struct ledger_head_row head;
    return ledger_head_get(c, ctx, &head, e);
}

/* Ready = the database answers. */
int get_ready(struct request *rq, struct response *rs, struct err *e)
{
    int rc = db_peek(app_of(rq)->db, ping, rq->arena, e);
    if (rc < 0)
        return rc;
    json_t *o = json_object();
    json_put_sv(o, "status", SV("ready"));
    return api_json(rq, rs, 200, o);
}

static uint64_t count(const _Atomic uint64_t *v)
{
    return atomic_load_explicit(v, memory_order_relaxed);
}

/* Notices not gone out yet, and dead letters. Left out while the database does not answer: the
 * other numbers are wanted then. */
static void put_dispatches(struct request *rq, struct buf *b)
{
    static const char *const states[] = { DISPATCH_QUEUED, DISPATCH_LEASED, DISPATCH_FAILED };
    struct dispatch_count *list;
    struct err e;
    size_t n;
    err_init(&e, rq->arena);
    if (outbox_counts(app_of(rq), clock_now_ms(), rq->arena, &list, &n, &e) != 0)
        return;
    buf_str(b, "# TYPE yizheng_dispatches gauge\n");
    for (size_t s = 0; s < sizeof states / sizeof states[0]; s++) {
        long long sum = 0;
        for (size_t i = 0; i < n; i++)
            sum += sv_is(list[i].state, states[s]) ? (long long)list[i].n : 0;
        buf_fmt(b, "yizheng_dispatches{state=\"%s\"} %lld\n", states[s], sum);
    }
}

/* Prometheus text format 0.0.4. */
int get_metrics(struct request *rq, struct response *rs, struct err *e)
{
    struct api *api = api_of(rq);
    struct buf b;
    uint64_t sum = 0;
    (void)e;
    buf_init(&b, 65536);
    buf_str(&b, "# TYPE yizheng_requests_total counter\n");
    for (int i = 1; i < 6; i++)
        buf_fmt(&b, "yizheng_requests_total{class=\"%dxx\"} %llu\n", i,
                (unsigned long long)count(&api->by_class[i]));
    buf_str(&b, "# TYPE yizheng_request_seconds histogram\n");
    for (int i = 0; i < API_BUCKETS; i++) {
        sum += count(&api->bucket[i]);
        if (i < API_BUCKETS - 1)
            buf_fmt(&b, "yizheng_request_seconds_bucket{le=\"%g\"} %llu\n",
                    (double)API_BUCKETS_US[i] / 1e6, (unsigned long long)sum);
    }
    buf_fmt(&b, "yizheng_request_seconds_bucket{le=\"+Inf\"} %llu\n"
                "yizheng_request_seconds_sum %.6f\nyizheng_request_seconds_count %llu\n",
            (unsigned long long)sum, (double)count(&api->total_us) / 1e6,
            (unsigned long long)sum);
    buf_fmt(&b, "# TYPE yizheng_queue_length gauge\nyizheng_queue_length %zu\n"
                "# TYPE yizheng_start_time_seconds gauge\nyizheng_start_time_seconds %lld\n",
            http_queued(api->http), (long long)(api->started_ms / 1000));
    put_dispatches(rq, &b);
    rs->type = SV("text/plain; version=0.0.4; charset=utf-8");
    rs->body = arena_sv(rq->arena, buf_sv(&b));
    buf_done(&b);
    return 0;
}
