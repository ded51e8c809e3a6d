/* router: a path against the table, segment by segment. Segments are decoded after splitting, so
 * an escaped slash never becomes a separator. */
#include <strings.h>

#include "base/utf8.h"
#include "http/http.h"

enum { SEGMENTS_MAX = 12 };

struct pattern {
    const struct route *route;
    struct sv seg[SEGMENTS_MAX];
    size_t n;
};

struct router {
    struct pattern *patterns;
    size_t n;
};

static int hex_digit(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    c |= 0x20;
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

bool url_decode(struct sv in, bool plus, struct arena *a, struct sv *out)
{
    char *p = arena_alloc(a, in.n + 1);
    size_t n = 0;
    for (size_t i = 0; i < in.n; i++) {
        char c = in.p[i];
        if (c == '%') {
            bool whole = in.n - i > 2;
            int hi = whole ? hex_digit(in.p[i + 1]) : -1;
            int lo = whole ? hex_digit(in.p[i + 2]) : -1;
            if (hi < 0 || lo < 0)
                return false;
            c = (char)(hi << 4 | lo);
            i += 2;
        } else if (c == '+' && plus) {
            c = ' ';
        }
        if (c == 0)
            return false;
        p[n++] = c;
    }
    *out = sv_make(p, n);
    return utf8_valid(*out);
}

/* "/a/b/" -> {"a","b",""}; returns the number of segments, or 0 when there are too many. */
static size_t split(struct sv path, struct sv seg[SEGMENTS_MAX])
{
    size_t n = 0;
    struct sv rest = sv_skip(path, 1);
    do {
        bool last = memchr(rest.n ? rest.p : "", '/', rest.n) == NULL;
        if (n == SEGMENTS_MAX)
            return 0;
        seg[n++] = sv_cut(&rest, '/');
        if (last)
            return n;
    } while (true);
}

struct router *router_new(const struct route *routes, size_t n, struct arena *a)
{
    struct router *r = arena_alloc(a, sizeof *r);
    r->patterns = arena_array(a, n, sizeof *r->patterns);
    r->n = n;
    for (size_t i = 0; i < n; i++) {
        r->patterns[i].route = &routes[i];
        r->patterns[i].n = split(sv_of(routes[i].path), r->patterns[i].seg);
    }
    return r;
}

static bool is_param(struct sv s)
{
    return s.n > 2 && s.p[0] == '{';
}

static bool same(struct sv a, struct sv b, bool caseless)
{
    return a.n == b.n && (caseless ? strncasecmp(a.p, b.p, a.n) == 0 : sv_eq(a, b));
}

static bool fits(const struct pattern *p, const struct sv *seg, size_t n)
{
    bool prefix = p->route->flags & ROUTE_PREFIX;
    if (prefix ? n < p->n : n != p->n)
        return false;
    for (size_t i = 0; i < p->n; i++)
        if (!is_param(p->seg[i]) &&
            !same(p->seg[i], seg[i], p->route->flags & ROUTE_CASELESS))
            return false;
    return true;
}

static int take_params(const struct pattern *p, struct request *rq, const struct sv *seg,
                       struct err *e)
{
    size_t k = 0;
    for (size_t i = 0; i < p->n; i++) {
        struct sv raw = seg[i];
        if (!is_param(p->seg[i]))
            continue;
        if (i + 1 == p->n && (p->route->flags & ROUTE_PREFIX))
            raw.n = (size_t)(rq->path.p + rq->path.n - raw.p);
        if (!url_decode(raw, false, rq->arena, &rq->params[k]))
            return err_set(e, ERR_MALFORMED, "地址中有不正确的字符");
        k++;
    }
    return 0;
}

/* "/{page}" takes every path there is: it does not make an unknown one known. */
static bool catches_all(const struct pattern *p)
{
    return p->n == 1 && is_param(p->seg[0]) && (p->route->flags & ROUTE_PREFIX);
}

int router_find(const struct router *r, struct request *rq, struct sv *allow, struct err *e)
{
    struct sv seg[SEGMENTS_MAX];
    const char *methods = NULL;
    size_t n = rq->path.n && rq->path.p[0] == '/' ? split(rq->path, seg) : 0;
    for (size_t i = 0; n > 0 && i < r->n; i++) {
        const struct pattern *p = &r->patterns[i];
        if (!fits(p, seg, n))
            continue;
        if (sv_is(rq->method, p->route->method) ||
            (sv_is(rq->method, "HEAD") && strcmp(p->route->method, "GET") == 0)) {
            rq->route = p->route;
            return take_params(p, rq, seg, e);
        }
        if (catches_all(p))
            continue;
        methods = methods ? arena_printf(rq->arena, "%s, %s", methods, p->route->method)
                          : p->route->method;
    }
    if (!methods)
        return err_set(e, ERR_NOT_FOUND, "没有这个地址");
    *allow = sv_of(methods);
    return err_set(e, ERR_METHOD, "这个地址不支持 %.*s", (int)rq->method.n, rq->method.p);
}
