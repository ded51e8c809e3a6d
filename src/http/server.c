/* server: libmicrohttpd around the worker pool. See http.h.
 *
 * Life of a request: headers (route found, limits checked) -> body pieces -> complete ->
 * [suspended, worker, resumed] -> answer queued -> completed, freed. An answer is queued only
 * once the request is complete: answering earlier makes the library close the connection, so
 * that is kept for bodies which announce more than the limit.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <microhttpd.h>
#include <netdb.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#include "http/http.h"
#include "sys/clock.h"
#include "sys/pool.h"

enum { CONNECTIONS_MAX = 4000, CONNECTION_MEMORY = 32 * 1024, TIMEOUT_SECONDS = 60,
       DRAIN_MAX = 4 * 1024 * 1024 };

struct http {
    struct MHD_Daemon *daemon;
    struct arena *arena;
    struct router *router;
    struct pool *pool;
    const struct http_hooks *hooks;
    void *context;
    const char *trusted_proxy;
    unsigned port;
    atomic_bool stopping;
};

/* One request with what the event thread keeps about it. */
struct exchange {
    struct request rq;
    struct response rs;
    struct err err;       /* found while receiving */
    struct http *http;
    struct buf body;
    size_t drained;       /* bytes thrown away after an error */
    int64_t started_us;
    bool answered;        /* rs is ready */
    bool dispatched;      /* handed to a worker */
};

/* ---- request helpers ---- */

struct sv http_header(const struct request *rq, const char *name)
{
    return sv_of(MHD_lookup_connection_value(rq->connection, MHD_HEADER_KIND, name));
}

struct sv http_query(const struct request *rq, const char *name)
{
    struct sv raw = sv_of(MHD_lookup_connection_value(rq->connection, MHD_GET_ARGUMENT_KIND,
                                                      name));
    struct sv out = { NULL, 0 };
    return raw.n && url_decode(raw, true, rq->arena, &out) ? out : sv_make(NULL, 0);
}

struct sv http_cookie(const struct request *rq, const char *name)
{
    struct sv rest = http_header(rq, "Cookie");
    while (rest.n) {
        struct sv value = sv_trim(sv_cut(&rest, ';'));
        struct sv key = sv_cut(&value, '=');
        if (sv_is(key, name))
            return value;
    }
    return sv_make(NULL, 0);
}

/* Proxies append: only the last entry was written by the one we trust. */
static struct sv forwarded_for(const struct request *rq, struct sv peer)
{
    struct sv rest = http_header(rq, "X-Forwarded-For");
    struct sv last = peer;
    while (rest.n)
        last = sv_trim(sv_cut(&rest, ','));
    return last.n && last.n < INET6_ADDRSTRLEN ? last : peer;
}

struct sv http_address(const struct request *rq)
{
    const union MHD_ConnectionInfo *info =
        MHD_get_connection_info(rq->connection, MHD_CONNECTION_INFO_CLIENT_ADDRESS);
    const struct sockaddr *a = info ? info->client_addr : NULL;
    char text[INET6_ADDRSTRLEN] = "";
    if (a && a->sa_family == AF_INET)
        inet_ntop(AF_INET, &((const struct sockaddr_in *)(const void *)a)->sin_addr, text,
                  sizeof text);
    else if (a && a->sa_family == AF_INET6)
        inet_ntop(AF_INET6, &((const struct sockaddr_in6 *)(const void *)a)->sin6_addr, text,
                  sizeof text);
    struct sv peer = arena_sv(rq->arena, sv_of(text));
    const char *proxy = rq->server->trusted_proxy;
    return proxy && sv_is(peer, proxy) ? forwarded_for(rq, peer) : peer;
}

void response_header(struct response *rs, const char *name, struct sv value)
{
    if (rs->n_headers < HEADERS_MAX)
        rs->headers[rs->n_headers++] = (struct header){ name, value };
}

/* ---- answering ---- */

static struct MHD_Response *mhd_response(struct exchange *x)
{
    struct response *rs = &x->rs;
    struct MHD_Response *r;
    if (rs->fd >= 0) {
        r = MHD_create_response_from_fd64((uint64_t)rs->fd_size, rs->fd);
        if (r)
            rs->fd = -1;
    } else {
        r = MHD_create_response_from_buffer(rs->body.n, (void *)(uintptr_t)rs->body.p,
                                            rs->is_static ? MHD_RESPMEM_PERSISTENT
                                                          : MHD_RESPMEM_MUST_COPY);
    }
    if (!r)
        return NULL;
    if (rs->type.n)
        MHD_add_response_header(r, "Content-Type", rs->type.p);
    for (size_t i = 0; i < rs->n_headers; i++)
        MHD_add_response_header(r, rs->headers[i].name,
                                arena_dup(x->rq.arena, rs->headers[i].value));
    return r;
}

static enum MHD_Result queue_answer(struct exchange *x)
{
    struct MHD_Response *r = mhd_response(x);
    if (!r)
        return MHD_NO;
    enum MHD_Result ok = MHD_queue_response(x->rq.connection, (unsigned)x->rs.status, r);
    MHD_destroy_response(r);
    return ok;
}

static void answer_problem(struct exchange *x, const struct err *e)
{
    struct response *rs = &x->rs;
    if (rs->fd >= 0)
        close(rs->fd);
    /* Headers set so far (Allow, Retry-After) stay. */
    struct response fresh = { .status = err_status(e->code), .fd = -1,
                              .n_headers = rs->n_headers };
    memcpy(fresh.headers, rs->headers, sizeof fresh.headers);
    *rs = fresh;
    x->http->hooks->problem(&x->rq, e, rs);
}

/* Run the handler; afterwards rs holds an answer whatever happened. */
static void handle(struct exchange *x)
{
    const struct http_hooks *hooks = x->http->hooks;
    struct err e = x->err;
    int rc = e.code;
    x->rs.status = 200;
    x->rq.body = buf_sv(&x->body);
    if (rc == 0)
        rc = hooks->authorise(&x->rq, &e);
    if (rc == 0)
        rc = x->rq.route->handler(&x->rq, &x->rs, &e);
    if (rc < 0) {
        if (e.code == 0)
            e.code = rc;
        answer_problem(x, &e);
    }
    x->answered = true;
    hooks->done(&x->rq, &x->rs, clock_monotonic_us() - x->started_us);
}

static void work(void *arg)
{
    struct exchange *x = arg;
    handle(x);
    MHD_resume_connection(x->rq.connection);
}

/* ---- receiving ---- */

struct framing { int lengths, encodings; bool bad_length, bad_name; };

/* RFC 9110 token. The library glues a folded line (obsolete, RFC 9112 5.2) to the NAME of the header
 * above: a longer name that begins like a framing header is such a fold, and a proxy may have seen
 * the framing in it. */
static bool name_ok(const char *key)
{
    static const char *const framing[] = { "Content-Length", "Transfer-Encoding" };
    for (const char *p = key; *p; p++)
        if (*p <= ' ' || *p == 127 || strchr("\"(),/:;<=>?@[\\]{}", *p))
            return false;
    for (size_t i = 0; i < 2; i++) {
        size_t n = strlen(framing[i]);
        if (strncasecmp(key, framing[i], n) == 0 && key[n])
            return false;
    }
    return *key != 0;
}

static enum MHD_Result count_framing(void *ctx, enum MHD_ValueKind kind, const char *key,
                                     const char *value)
{
    struct framing *f = ctx;
    int64_t n;
    (void)kind;
    if (strcasecmp(key, "Content-Length") == 0) {
        f->lengths++;
        f->bad_length |= !value || !sv_to_i64(sv_of(value), &n) || n < 0;
    }
    f->encodings += strcasecmp(key, "Transfer-Encoding") == 0;
    f->bad_name |= !name_ok(key);
    return MHD_YES;
}

/* Two ways of saying where a body ends are how requests are smuggled past proxies. */
static int check_framing(struct exchange *x, int64_t *length)
{
    struct framing f = { 0 };
    MHD_get_connection_values(x->rq.connection, MHD_HEADER_KIND, count_framing, &f);
    *length = -1;
    if (f.bad_name)
        return err_set(&x->err, ERR_MALFORMED, "请求头的格式不正确");
    if (f.lengths > 1 || f.bad_length || (f.lengths && f.encodings) || f.encodings > 1)
        return err_set(&x->err, ERR_MALFORMED, "请求的长度说明不一致");
    if (f.lengths)
        sv_to_i64(http_header(&x->rq, "Content-Length"), length);
    return 0;
}

static enum MHD_Result refuse_now(struct exchange *x)
{
    response_header(&x->rs, "Connection", SV("close"));
    answer_problem(x, &x->err);
    x->http->hooks->done(&x->rq, &x->rs, clock_monotonic_us() - x->started_us);
    return queue_answer(x);
}

static size_t limit_of(const struct exchange *x)
{
    return x->rq.route ? x->rq.route->body_limit : 0;
}

/* Headers are complete. */
static enum MHD_Result begin(struct exchange *x)
{
    struct sv allow = { NULL, 0 };
    int64_t length;
    if (check_framing(x, &length) != 0)
        return refuse_now(x);
    if (router_find(x->http->router, &x->rq, &allow, &x->err) != 0 && allow.n)
        response_header(&x->rs, "Allow", allow);
    bool upload = x->rq.route && (x->rq.route->flags & ROUTE_UPLOAD);
    if (length > 0 && (uint64_t)length > limit_of(x)) {
        if (x->err.code == 0)
            err_set(&x->err, ERR_TOO_LARGE, "请求内容不能超过 %zu KB", limit_of(x) / 1024);
        /* Closing while bytes still come makes the client lose the answer: take a little more. */
        if (length > DRAIN_MAX)
            return refuse_now(x);
    }
    buf_init(&x->body, limit_of(x));
    if (x->err.code == 0 && upload && x->http->hooks->upload(&x->rq, &x->err) != 0)
        return refuse_now(x);
    return MHD_YES;
}

static enum MHD_Result receive(struct exchange *x, const char *data, size_t *size)
{
    struct sv piece = sv_make(data, *size);
    *size = 0;
    if (x->err.code != 0) {
        x->drained += piece.n;
        return x->drained > DRAIN_MAX ? MHD_NO : MHD_YES;
    }
    if (x->rq.blob)
        blob_add(x->rq.blob, piece, &x->err);
    else
        buf_sv_add(&x->body, piece);
    if (!buf_ok(&x->body))
        err_set(&x->err, ERR_TOO_LARGE, "请求内容不能超过 %zu KB", limit_of(x) / 1024);
    return MHD_YES;
}

static enum MHD_Result complete(struct exchange *x)
{
    if (x->answered)
        return queue_answer(x);
    bool here = x->err.code != 0 || (x->rq.route->flags & ROUTE_INLINE);
    if (!here) {
        x->dispatched = true;
        MHD_suspend_connection(x->rq.connection);
        if (!atomic_load(&x->http->stopping) && pool_submit(x->http->pool, work, x))
            return MHD_YES;
        MHD_resume_connection(x->rq.connection);
        err_set(&x->err, ERR_BUSY, "%s", err_title(ERR_BUSY));
        response_header(&x->rs, "Retry-After", SV("2"));
        handle(x);
        return MHD_YES;
    }
    handle(x);
    return queue_answer(x);
}

/* 16 hex digits: milliseconds, then a counter. */
static void request_id(char out[17], int64_t ms, uint64_t n)
{
    uint64_t v = (uint64_t)ms << 32 | (n & 0xffffffff);
    for (int i = 15; i >= 0; i--, v >>= 4)
        out[i] = "0123456789abcdef"[v & 15];
    out[16] = 0;
}

static struct exchange *exchange_new(struct http *h, struct MHD_Connection *c, const char *url,
                                     const char *method)
{
    struct exchange *x = mem_new(sizeof *x);
    static _Atomic uint64_t counter;
    x->http = h;
    x->started_us = clock_monotonic_us();
    x->rq.arena = arena_new();
    x->rq.connection = c;
    x->rq.context = h->context;
    x->rq.server = h;
    x->rq.method = arena_sv(x->rq.arena, sv_of(method));
    x->rq.path = arena_sv(x->rq.arena, sv_of(url));
    x->rs.fd = -1;
    err_init(&x->err, x->rq.arena);
    request_id(x->rq.id, x->started_us / 1000, atomic_fetch_add(&counter, 1));
    return x;
}

static enum MHD_Result on_request(void *cls, struct MHD_Connection *c, const char *url,
                                  const char *method, const char *version, const char *data,
                                  size_t *size, void **state)
{
    struct exchange *x = *state;
    (void)version;
    if (!x) {
        x = exchange_new(cls, c, url, method);
        *state = x;
        return begin(x);
    }
    return *size ? receive(x, data, size) : complete(x);
}

static void on_completed(void *cls, struct MHD_Connection *c, void **state,
                         enum MHD_RequestTerminationCode how)
{
    struct exchange *x = *state;
    (void)cls;
    (void)c;
    (void)how;
    if (!x)
        return;
    if (x->rs.fd >= 0)
        close(x->rs.fd);
    blob_abort(x->rq.blob);
    buf_done(&x->body);
    arena_free(x->rq.arena);
    free(x);
    *state = NULL;
}

/* The router decodes; the library must not, or %00 and %2F would change meaning. */
static size_t keep_escapes(void *cls, struct MHD_Connection *c, char *s)
{
    (void)cls;
    (void)c;
    return strlen(s);
}

static void quiet(void *cls, const char *fmt, va_list ap)
{
    (void)cls;
    (void)fmt;
    (void)ap;
}

/* ---- starting and stopping ---- */

static int listen_address(const struct http_options *o, struct sockaddr_storage *out,
                          struct err *e)
{
    struct addrinfo hints = { .ai_flags = AI_PASSIVE | AI_NUMERICHOST,
                              .ai_socktype = SOCK_STREAM };
    struct addrinfo *list = NULL;
    char port[8];
    snprintf(port, sizeof port, "%u", o->port);
    if (getaddrinfo(o->host, port, &hints, &list) != 0)
        return err_set(e, ERR_CONFIG, "监听地址 %s:%u 不正确（请写数字地址）", o->host, o->port);
    memcpy(out, list->ai_addr, list->ai_addrlen);
    freeaddrinfo(list);
    return 0;
}

static struct MHD_Daemon *start_daemon(struct http *h, const struct http_options *o,
                                       struct sockaddr_storage *addr)
{
    unsigned flags = MHD_USE_EPOLL_INTERNAL_THREAD | MHD_ALLOW_SUSPEND_RESUME |
                     MHD_USE_ERROR_LOG | (addr->ss_family == AF_INET6 ? MHD_USE_IPv6 : 0);
    return MHD_start_daemon(
        flags, (uint16_t)o->port, NULL, NULL, on_request, h, MHD_OPTION_SOCK_ADDR, addr,
        MHD_OPTION_THREAD_POOL_SIZE, o->event_threads, MHD_OPTION_CONNECTION_LIMIT,
        (unsigned)CONNECTIONS_MAX, MHD_OPTION_CONNECTION_MEMORY_LIMIT, (size_t)CONNECTION_MEMORY,
        MHD_OPTION_CONNECTION_TIMEOUT, (unsigned)TIMEOUT_SECONDS, MHD_OPTION_NOTIFY_COMPLETED,
        on_completed, NULL, MHD_OPTION_UNESCAPE_CALLBACK, keep_escapes, NULL,
        MHD_OPTION_STRICT_FOR_CLIENT, 1, MHD_OPTION_EXTERNAL_LOGGER, quiet, NULL,
        MHD_OPTION_END);
}

struct http *http_start(const struct http_options *o, struct err *e)
{
    struct sockaddr_storage addr;
    struct http *h = mem_new(sizeof *h);
    h->arena = arena_new();
    h->hooks = o->hooks;
    h->context = o->context;
    h->trusted_proxy = o->trusted_proxy;
    h->router = router_new(o->routes, o->n_routes, h->arena);
    if (listen_address(o, &addr, e) != 0)
        goto fail;
    h->pool = pool_new(o->workers, CONNECTIONS_MAX);
    errno = 0;
    h->daemon = start_daemon(h, o, &addr);
    if (!h->daemon) {
        err_set(e, ERR_CONFIG, errno == EADDRINUSE || errno == 0
                    ? "不能监听 %s:%u：端口已被占用，请换一个端口（--listen HOST:PORT）"
                    : "不能监听 %s:%u，请检查地址和权限", o->host, o->port);
        goto fail;
    }
    const union MHD_DaemonInfo *info = MHD_get_daemon_info(h->daemon, MHD_DAEMON_INFO_BIND_PORT);
    h->port = info && info->port ? info->port : o->port;
    return h;
fail:
    pool_free(h->pool);
    arena_free(h->arena);
    free(h);
    return NULL;
}

unsigned http_port(const struct http *h)
{
    return h->port;
}

size_t http_queued(struct http *h)
{
    return h ? pool_queued(h->pool) : 0;
}

void http_stop(struct http *h)
{
    if (!h)
        return;
    atomic_store(&h->stopping, true);
    MHD_socket fd = MHD_quiesce_daemon(h->daemon);
    /* Workers first: the library must not be stopped with requests suspended. Event threads may
     * still look at the pool until it has ended. */
    pool_stop(h->pool);
    MHD_stop_daemon(h->daemon);
    pool_free(h->pool);
    if (fd != MHD_INVALID_SOCKET)
        close(fd);
    arena_free(h->arena);
    free(h);
}
