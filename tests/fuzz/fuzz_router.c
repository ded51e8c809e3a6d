/* fuzz_router: the first line of a request: method and path against a table, and decoding.
 *
 * The first byte chooses the method. A path that fits gives parameters that are text without
 * NUL, and never reaches another row by way of an escaped slash.
 */
#include <stdlib.h>

#include "base/utf8.h"
#include "http/http.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const struct route ROUTES[] = {
    { .method = "GET", .path = "/api/v1/cases" },
    { .method = "POST", .path = "/api/v1/cases" },
    { .method = "GET", .path = "/api/v1/cases/{id}" },
    { .method = "GET", .path = "/api/v1/cases/{id}/attachments/{aid}" },
    { .method = "DELETE", .path = "/api/v1/cases/{id}/attachments/{aid}" },
    { .method = "GET", .path = "/v/{short}", .flags = ROUTE_CASELESS },
    { .method = "GET", .path = "/assets/{file}", .flags = ROUTE_PREFIX },
    { .method = "GET", .path = "/{page}", .flags = ROUTE_PREFIX },
};

static void must(bool ok)
{
    if (!ok)
        abort();
}

static size_t count(struct sv s, char c)
{
    size_t n = 0;
    for (size_t i = 0; i < s.n; i++)
        n += s.p[i] == c;
    return n;
}

static void check_decode(struct sv in, bool plus, struct arena *a)
{
    struct sv out;
    struct sv again;
    if (!url_decode(in, plus, a, &out))
        return;
    must(utf8_valid(out) && out.n <= in.n && memchr(out.n ? out.p : "x", 0, out.n ? out.n : 1) == NULL);
    struct buf b;
    buf_init(&b, out.n * 3);
    for (size_t i = 0; i < out.n; i++)
        buf_fmt(&b, "%%%02X", (unsigned)(unsigned char)out.p[i]);
    must(buf_ok(&b) && url_decode(buf_sv(&b), plus, a, &again) && sv_eq(out, again));
    buf_done(&b);
}

static void check_found(const struct request *rq)
{
    const struct route *r = rq->route;
    size_t params = count(sv_of(r->path), '{');
    if (!(r->flags & ROUTE_PREFIX))
        must(count(rq->path, '/') == count(sv_of(r->path), '/'));
    for (size_t i = 0; i < params; i++)
        must(utf8_valid(rq->params[i]) &&
             memchr(rq->params[i].n ? rq->params[i].p : "x", 0, rq->params[i].n) == NULL);
    must(strcmp(r->method, "GET") == 0 ? sv_is(rq->method, "GET") || sv_is(rq->method, "HEAD")
                                       : sv_is(rq->method, r->method));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const char *const METHODS[] = { "GET", "HEAD", "POST", "DELETE", "PUT", "get" };
    if (size < 1)
        return 0;
    struct arena *a = arena_new();
    struct err e;
    struct sv allow = { 0 };
    struct router *r = router_new(ROUTES, sizeof ROUTES / sizeof ROUTES[0], a);
    struct request rq = { .arena = a, .method = sv_of(METHODS[data[0] % 6]),
                          .path = sv_make((const char *)data + 1, size - 1) };
    err_init(&e, a);
    int rc = router_find(r, &rq, &allow, &e);
    must(rc == e.code);
    if (rc == 0)
        check_found(&rq);
    else
        must(rc == ERR_NOT_FOUND || rc == ERR_MALFORMED || (rc == ERR_METHOD && allow.n > 0));
    check_decode(rq.path, false, a);
    check_decode(rq.path, true, a);
    arena_free(a);
    return 0;
}
