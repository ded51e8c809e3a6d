/* sv: a borrowed piece of text, pointer plus length.
 *
 * Every string that comes in from outside travels as a struct sv: it needs no
 * terminating NUL, may hold any bytes, and is owned by somebody else (an arena,
 * a request body, a database row). Nothing here allocates.
 */
#ifndef YZ_BASE_SV_H
#define YZ_BASE_SV_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

struct sv {
    const char *p; /* may be NULL only when n == 0 */
    size_t n;      /* bytes */
};

/* A literal as sv, without counting at run time. */
#define SV(lit) ((struct sv){ "" lit, sizeof(lit) - 1 })

static inline struct sv sv_of(const char *cstr)
{
    return cstr ? (struct sv){ cstr, strlen(cstr) } : (struct sv){ NULL, 0 };
}

static inline struct sv sv_make(const char *p, size_t n)
{
    return (struct sv){ p, n };
}

static inline bool sv_eq(struct sv a, struct sv b)
{
    return a.n == b.n && (a.n == 0 || memcmp(a.p, b.p, a.n) == 0);
}

static inline bool sv_is(struct sv a, const char *cstr)
{
    return sv_eq(a, sv_of(cstr));
}

static inline bool sv_starts(struct sv a, struct sv prefix)
{
    return a.n >= prefix.n && (prefix.n == 0 || memcmp(a.p, prefix.p, prefix.n) == 0);
}

static inline bool sv_ends(struct sv a, struct sv ending)
{
    return a.n >= ending.n &&
           (ending.n == 0 || memcmp(a.p + a.n - ending.n, ending.p, ending.n) == 0);
}

static inline bool sv_empty(struct sv a)
{
    return a.n == 0;
}

/* a without its first k bytes (k may exceed a.n: then empty). */
static inline struct sv sv_skip(struct sv a, size_t k)
{
    return k >= a.n ? (struct sv){ a.p, 0 } : (struct sv){ a.p + k, a.n - k };
}

/* Byte-wise order: <0, 0, >0. */
int sv_cmp(struct sv a, struct sv b);

/* a without ASCII white space at both ends. */
struct sv sv_trim(struct sv a);

/* Cut *rest at the first sep: returns the part before it and moves *rest behind it.
 * Without sep the whole of *rest is returned and *rest becomes empty. */
struct sv sv_cut(struct sv *rest, char sep);

/* Whole of a as a base-10 integer, optional '-'. False on anything else or overflow. */
bool sv_to_i64(struct sv a, int64_t *out);

/* Whole of a as a decimal with at most two places, scaled by 100 ("12.5" -> 1250).
 * Legal quantities (areas, money) are kept so: no double anywhere. */
bool sv_to_centi(struct sv a, int64_t *out);

/* Only ASCII digits, and exactly n of them. */
bool sv_digits(struct sv a, size_t n);

#endif
