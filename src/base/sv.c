/* sv: see sv.h. */
#include "base/sv.h"

int sv_cmp(struct sv a, struct sv b)
{
    size_t n = a.n < b.n ? a.n : b.n;
    int c = n ? memcmp(a.p, b.p, n) : 0;
    if (c != 0)
        return c;
    return a.n < b.n ? -1 : a.n > b.n;
}

static bool is_space(char c)
{
    return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

struct sv sv_trim(struct sv a)
{
    while (a.n && is_space(a.p[0]))
        a = sv_skip(a, 1);
    while (a.n && is_space(a.p[a.n - 1]))
        a.n--;
    return a;
}

struct sv sv_cut(struct sv *rest, char sep)
{
    const char *at = rest->n ? memchr(rest->p, sep, rest->n) : NULL;
    struct sv head;
    if (!at) {
        head = *rest;
        *rest = (struct sv){ rest->p ? rest->p + rest->n : NULL, 0 };
        return head;
    }
    head = sv_make(rest->p, (size_t)(at - rest->p));
    *rest = sv_skip(*rest, head.n + 1);
    return head;
}

bool sv_to_i64(struct sv a, int64_t *out)
{
    bool neg = a.n && a.p[0] == '-';
    if (neg)
        a = sv_skip(a, 1);
    if (a.n == 0 || a.n > 19)
        return false;
    uint64_t v = 0;
    for (size_t i = 0; i < a.n; i++) {
        if (a.p[i] < '0' || a.p[i] > '9')
            return false;
        v = v * 10 + (uint64_t)(a.p[i] - '0');
    }
    if (v > (uint64_t)INT64_MAX)
        return false;
    *out = neg ? -(int64_t)v : (int64_t)v;
    return true;
}

bool sv_to_centi(struct sv a, int64_t *out)
{
    struct sv frac = a;
    struct sv whole = sv_cut(&frac, '.');
    bool dotted = whole.n != a.n;
    bool neg = whole.n && whole.p[0] == '-';
    int64_t w = 0;
    int64_t f = 0;
    if (!sv_to_i64(whole, &w) || whole.n > 15)
        return false;
    if (dotted && (frac.n == 0 || frac.n > 2 || frac.p[0] == '-' || !sv_to_i64(frac, &f)))
        return false;
    if (frac.n == 1 && dotted)
        f *= 10;
    *out = w * 100 + (neg ? -f : f);
    return true;
}

bool sv_digits(struct sv a, size_t n)
{
    if (a.n != n)
        return false;
    for (size_t i = 0; i < n; i++)
        if (a.p[i] < '0' || a.p[i] > '9')
            return false;
    return true;
}
