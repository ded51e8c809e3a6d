/* api: hooks and helpers shared by the handlers. */
#include "api/api.h"

#include <zlib.h>

#include "sys/clock.h"
#include "sys/log.h"

/* Answers of the API: never cached, never sniffed. */
static void api_headers(struct response *rs)
{
    response_header(rs, "Cache-Control", SV("no-store"));
    response_header(rs, "X-Content-Type-Options", SV("nosniff"));
}

/* Long answers that anybody may have, packed for slow phones. Only public ones: beside what somebody
 * typed in, the length of a packed answer could tell about the rest of it. */
static void pack(struct request *rq, struct response *rs)
{
    enum { WORTH = 8192, LEVEL = 3, GZIP = 15 + 16, MEMORY = 8 };
    struct sv accepts = http_header(rq, "Accept-Encoding");
    z_stream z = { 0 };
    if (rs->body.n < WORTH || !rq->route || rq->route->permission != PERM_PUBLIC ||
        !accepts.n || !memmem(accepts.p, accepts.n, "gzip", 4) ||
        deflateInit2(&z, LEVEL, Z_DEFLATED, GZIP, MEMORY, Z_DEFAULT_STRATEGY) != Z_OK)
        return;
    size_t room = deflateBound(&z, (uLong)rs->body.n);
    unsigned char *out = arena_alloc(rq->arena, room);
    z.next_in = (Bytef *)(uintptr_t)rs->body.p;
    z.avail_in = (uInt)rs->body.n;
    z.next_out = out;
    z.avail_out = (uInt)room;
    if (deflate(&z, Z_FINISH) == Z_STREAM_END) {
        rs->body = sv_make((const char *)out, z.total_out);
        response_header(rs, "Content-Encoding", SV("gzip"));
        response_header(rs, "Vary", SV("Accept-Encoding"));
    }
    deflateEnd(&z);
}

int api_json(struct request *rq, struct response *rs, int status, json_t *v)
{
    rs->status = status;
    rs->type = SV("application/json; charset=utf-8");
    rs->body = json_dump(rq->arena, v, false);
    api_headers(rs);
    pack(rq, rs);
    json_decref(v);
    return 0;
}

int api_json_shared(struct request *rq, struct response *rs, int seconds, json_t *v)
{
    rs->status = 200;
    rs->type = SV("application/json; charset=utf-8");
    rs->body = json_dump(rq->arena, v, false);
    response_header(rs, "Cache-Control",
                    arena_printf_sv(rq->arena, "public, max-age=%d", seconds));
    response_header(rs, "X-Content-Type-Options", SV("nosniff"));
    pack(rq, rs);
    json_decref(v);
    return 0;
}

int api_no_content(struct response *rs)
{
    rs->status = 204;
    api_headers(rs);
    return 0;
}

void api_etag(struct request *rq, struct response *rs, int64_t version)
{
    response_header(rs, "ETag", arena_printf_sv(rq->arena, "\"%lld\"", (long long)version));
}

json_t *api_body(struct request *rq, struct err *e)
{
    struct sv type = http_header(rq, "Content-Type");
    if (rq->body.n == 0)
        return json_object();
    if (!sv_starts(type, SV("application/json"))) {
        err_set(e, ERR_MEDIA_TYPE, "请求内容应为 application/json");
        return NULL;
    }
    json_t *v = json_parse(rq->body, e);
    if (v && !json_is_object(v)) {
        json_decref(v);
        err_set(e, ERR_MALFORMED, "请求内容应为 JSON 对象");
        return NULL;
    }
    return v;
}

/* If-Match: "12" -> 12; 0 when absent. */
static int read_if_match(const struct request *rq, int64_t *out, struct err *e)
{
    struct sv s = sv_trim(http_header(rq, "If-Match"));
    *out = 0;
    if (s.n == 0)
        return 0;
    if (s.n < 3 || s.p[0] != '"' || s.p[s.n - 1] != '"' ||
        !sv_to_i64(sv_make(s.p + 1, s.n - 2), out) || *out <= 0)
        return err_set(e, ERR_MALFORMED, "If-Match 应为版本号，例如 \"3\"");
    return 0;
}

static bool key_ok(struct sv key)
{
    if (key.n < 8 || key.n > 64)
        return false;
    for (size_t i = 0; i < key.n; i++) {
        char c = key.p[i];
        if (!((c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
              c == '-' || c == '_'))
            return false;
    }
    return true;
}

static struct sv digest_of(struct request *rq)
{
    struct buf b;
    struct sm3_hash h;
    char hex[65];
    buf_init(&b, (size_t)1 << 22);
    buf_sv_add(&b, rq->method);
    buf_byte(&b, ' ');
    buf_sv_add(&b, rq->path);
    buf_byte(&b, '\n');
    buf_sv_add(&b, rq->body);
    sm3(buf_sv(&b), &h);
    buf_done(&b);
    sm3_hex(&h, hex);
    return arena_sv(rq->arena, sv_of(hex));
}

int api_command(struct request *rq, struct command *cmd, struct err *e)
{
    *cmd = (struct command){ .actor = actor_of(rq), .now = caller_of(rq)->now };
    if (read_if_match(rq, &cmd->if_match, e) != 0)
        return e->code;
    struct sv key = http_header(rq, "Idempotency-Key");
    if (key.n && !key_ok(key))
        return err_set(e, ERR_MALFORMED,
                       "Idempotency-Key 应为8到64个字母、数字、“-”或“_”");
    if (key.n) {
        cmd->idem_key = key;
        cmd->idem_digest = digest_of(rq);
    }
    return 0;
}

int api_id(const struct request *rq, size_t param, int64_t *out, struct err *e)
{
    if (!sv_to_i64(rq->params[param], out) || *out <= 0)
        return err_set(e, ERR_NOT_FOUND, "没有这个编号");
    return 0;
}

int api_page(struct request *rq, int64_t first, int64_t *cursor, int64_t *limit, struct err *e)
{
    struct sv l = http_query(rq, "limit");
    struct sv c = http_query(rq, "cursor");
    *limit = 20;
    *cursor = first;
    if (l.n && (!sv_to_i64(l, limit) || *limit < 1 || *limit > 100))
        err_problem(e, SV("/limit"), "out_of_range", "limit 应在1到100之间");
    if (c.n && !sv_to_i64(c, cursor))
        err_problem(e, SV("/cursor"), "bad_cursor", "cursor 不正确，请从第一页开始");
    return e->code;
}

struct sv api_like(struct request *rq)
{
    struct sv q = sv_trim(http_query(rq, "q"));
    char *out;
    size_t n = 0;
    if (q.n == 0 || q.n > 200)
        return SV("");
    out = arena_alloc(rq->arena, q.n * 2 + 3);
    out[n++] = '%';
    for (size_t i = 0; i < q.n; i++) {
        if (q.p[i] == '%' || q.p[i] == '_' || q.p[i] == '\\')
            out[n++] = '\\';
        out[n++] = q.p[i];
    }
    out[n++] = '%';
    return sv_make(out, n);
}

struct sv api_region(struct request *rq)
{
    const struct catalog *c = app_of(rq)->catalog;
    const struct region *own = catalog_region(c, actor_of(rq)->region);
    if (!own)
        return SV("-");
    return catalog_region(c, own->parent) ? own->code : http_query(rq, "region");
}

int api_session(struct request *rq, struct err *e)
{
    struct caller *who = arena_alloc(rq->arena, sizeof *who);
    who->now = clock_now_ms();
    who->token = http_cookie(rq, "yz_session");
    rq->user = who;
    if (who->token.n == 0)
        return 0;
    return account_find(app_of(rq), who->token, who->now, rq->arena, &who->actor, e);
}

/* ---- hooks ---- */

static bool unsafe(const struct request *rq)
{
    return !sv_is(rq->method, "GET") && !sv_is(rq->method, "HEAD");
}

static int authorise(struct request *rq, struct err *e)
{
    char csrf[CSRF_TEXT];
    const struct route *route = rq->route;
    if (route->permission & PERM_PUBLIC)
        return 0;
    int rc = api_session(rq, e);
    if (rc < 0)
        return rc;
    if (rc == 0)
        return err_set(e, ERR_UNAUTHENTICATED, "请先登录（登录可能已过期，草稿不会丢失）");
    if (!(route->permission & (1u << actor_of(rq)->role)))
        return err_set(e, ERR_FORBIDDEN, "%s没有权限进行此操作", role_text(actor_of(rq)->role));
    if (unsafe(rq)) {
        account_csrf(app_of(rq), caller_of(rq)->token, csrf);
        if (!crypto_equal(http_header(rq, "X-CSRF-Token"), sv_of(csrf)))
            return err_set(e, ERR_CSRF, "%s", err_title(ERR_CSRF));
    }
    if ((route->flags & ROUTE_IDEMPOTENT) && http_header(rq, "Idempotency-Key").n == 0)
        return err_set(e, ERR_PRECONDITION, "缺少 Idempotency-Key 请求头");
    return 0;
}

/* Only a signed-in filer may send bytes to our disk. */
static int upload(struct request *rq, struct err *e)
{
    int rc = authorise(rq, e);
    if (rc != 0)
        return rc;
    rq->blob = blob_begin(app_of(rq)->data_dir.p, app_of(rq)->upload_cap, e);
    return rq->blob ? 0 : e->code;
}

static void problem(struct request *rq, const struct err *e, struct response *rs)
{
    json_t *v = json_object();
    struct sv key = sv_of(err_key(e->code));
    json_put_sv(v, "type", arena_printf_sv(rq->arena, "urn:yizheng:problem:%s", key.p));
    json_put_sv(v, "title", sv_of(err_title(e->code)));
    json_put_i64(v, "status", err_status(e->code));
    json_put_sv(v, "code", key);
    json_put_sv(v, "detail", sv_of(err_text(e)));
    json_put_sv(v, "request_id", sv_of(rq->id));
    if (e->rule)
        json_put_sv(v, "rule", sv_of(e->rule));
    if (e->n_problems) {
        json_t *list = json_array();
        for (size_t i = 0; i < e->n_problems; i++) {
            json_t *p = json_object();
            json_put_sv(p, "pointer", e->problems[i].pointer);
            json_put_sv(p, "code", e->problems[i].code);
            json_put_sv(p, "message", e->problems[i].message);
            json_push(list, p);
        }
        json_put(v, "errors", list);
    }
    if (e->code == ERR_CHANGED && rq->user && caller_of(rq)->changes)
        json_put(v, "changes", caller_of(rq)->changes);
    if (e->code == ERR_THROTTLED)
        response_header(rs, "Retry-After", SV("60"));
    api_json(rq, rs, err_status(e->code), v);
    rs->type = SV("application/problem+json; charset=utf-8");
    if (err_status(e->code) >= 500)
        LOG(LOG_ERROR, "request_failed", LOG_T("request", sv_of(rq->id)), LOG_T("code", key),
            LOG_T("detail", sv_of(err_text(e))));
}

/* Upper bounds of the latency buckets in microseconds; the last bucket is everything above. */
const int64_t API_BUCKETS_US[API_BUCKETS - 1] = { 100,   250,   500,   1000,   2500,  5000,
                                                  10000, 25000, 50000, 100000, 500000 };

static void done(const struct request *rq, const struct response *rs, int64_t us)
{
    struct api *api = rq->context;
    size_t b = 0;
    while (b < API_BUCKETS - 1 && us > API_BUCKETS_US[b])
        b++;
    atomic_fetch_add_explicit(&api->bucket[b], 1, memory_order_relaxed);
    atomic_fetch_add_explicit(&api->by_class[rs->status / 100 % 6], 1, memory_order_relaxed);
    atomic_fetch_add_explicit(&api->total_us, (uint64_t)us, memory_order_relaxed);
    if (log_enabled(LOG_DEBUG))
        LOG(LOG_DEBUG, "request", LOG_T("request", sv_of(rq->id)), LOG_T("method", rq->method),
            LOG_T("route", sv_of(rq->route ? rq->route->path : "")),
            LOG_N("status", rs->status), LOG_N("us", us));
}

const struct http_hooks API_HOOKS = { authorise, upload, problem, done };
