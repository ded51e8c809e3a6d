/* der: see der.h. */
#include "base/der.h"

#include <stdio.h>
#include <stdlib.h>

enum { LENGTH_BYTES = 4 };

/* ---- writing ---- */

/* Tag and length in their shortest form; returns how many bytes. */
static size_t header(unsigned char out[2 + LENGTH_BYTES], unsigned char tag, size_t n)
{
    size_t bytes = 1;
    out[0] = tag;
    if (n < 128) {
        out[1] = (unsigned char)n;
        return 2;
    }
    while (bytes < LENGTH_BYTES && n >> (8 * bytes))
        bytes++;
    out[1] = (unsigned char)(0x80 | bytes);
    for (size_t i = 0; i < bytes; i++)
        out[2 + i] = (unsigned char)(n >> (8 * (bytes - 1 - i)));
    return 2 + bytes;
}

void der_put(struct buf *out, unsigned char tag, struct sv value)
{
    unsigned char head[2 + LENGTH_BYTES];
    buf_add(out, head, header(head, tag, value.n));
    buf_sv_add(out, value);
}

void der_put_int(struct buf *out, uint32_t v)
{
    char b[5] = { 0, (char)(v >> 24), (char)(v >> 16), (char)(v >> 8), (char)v };
    size_t skip = 0;
    while (skip < 4 && b[skip] == 0 && !(b[skip + 1] & 0x80))
        skip++;
    der_put(out, DER_INTEGER, sv_make(b + skip, 5 - skip));
}

void der_put_bits(struct buf *out, struct sv bytes)
{
    size_t from = out->n;
    buf_byte(out, 0);
    buf_sv_add(out, bytes);
    der_wrap(out, from, DER_BITS);
}

static void put_base128(struct buf *out, uint64_t v)
{
    int shift = 0;
    while (v >> shift >= 128)
        shift += 7;
    for (; shift > 0; shift -= 7)
        buf_byte(out, (unsigned char)(0x80 | (v >> shift & 0x7f)));
    buf_byte(out, (unsigned char)(v & 0x7f));
}

void der_put_oid(struct buf *out, const char *dotted)
{
    struct sv rest = sv_of(dotted);
    size_t from = out->n;
    int64_t first, second, v;
    if (!sv_to_i64(sv_cut(&rest, '.'), &first) || !sv_to_i64(sv_cut(&rest, '.'), &second) ||
        first < 0 || first > 2 || second < 0 || (first < 2 && second > 39)) {
        out->failed = true;
        return;
    }
    put_base128(out, (uint64_t)(first * 40 + second));
    while (rest.n) {
        if (!sv_to_i64(sv_cut(&rest, '.'), &v) || v < 0) {
            out->failed = true;
            return;
        }
        put_base128(out, (uint64_t)v);
    }
    der_wrap(out, from, DER_OID);
}

void der_wrap(struct buf *out, size_t from, unsigned char tag)
{
    unsigned char head[2 + LENGTH_BYTES];
    if (!buf_ok(out))
        return;
    size_t n = out->n - from;
    size_t extra = header(head, tag, n);
    buf_add(out, head, extra); /* makes room */
    if (!buf_ok(out))
        return;
    memmove(out->p + from + extra, out->p + from, n);
    memcpy(out->p + from, head, extra);
}

/* ---- reading ---- */

/* Length of header and value at the front, or false. */
static bool measure(struct sv s, size_t *head, size_t *value)
{
    const unsigned char *p = (const unsigned char *)s.p;
    if (s.n < 2)
        return false;
    *head = 2;
    *value = p[1];
    if (p[1] >= 0x80) {
        size_t bytes = p[1] & 0x7f;
        if (bytes == 0 || bytes > LENGTH_BYTES || s.n < 2 + bytes || p[2] == 0)
            return false;
        *value = 0;
        for (size_t i = 0; i < bytes; i++)
            *value = *value << 8 | p[2 + i];
        *head += bytes;
        if (*value < 128)
            return false;
    }
    return *value <= s.n - *head;
}

bool der_at(const struct der *d, unsigned char tag)
{
    return !d->bad && d->rest.n > 0 && (unsigned char)d->rest.p[0] == tag;
}

/* One element off the front; head is the length of its header. */
static struct sv take(struct der *d, unsigned char tag, size_t *head)
{
    size_t value = 0;
    *head = 0;
    if (!der_at(d, tag) || !measure(d->rest, head, &value)) {
        d->bad = true;
        *head = 0;
        return SV("");
    }
    struct sv all = sv_make(d->rest.p, *head + value);
    d->rest = sv_skip(d->rest, all.n);
    return all;
}

struct sv der_get(struct der *d, unsigned char tag)
{
    size_t head;
    struct sv all = take(d, tag, &head);
    return sv_skip(all, head);
}

struct sv der_whole(struct der *d, unsigned char tag)
{
    size_t head;
    return take(d, tag, &head);
}

struct der der_enter(struct der *d, unsigned char tag)
{
    struct sv value = der_get(d, tag);
    return (struct der){ value, d->bad };
}

uint32_t der_get_int(struct der *d)
{
    struct sv v = der_get(d, DER_INTEGER);
    const unsigned char *p = (const unsigned char *)v.p;
    uint32_t out = 0;
    bool good = v.n > 0 && v.n <= 4 && p[0] < 0x80 && (v.n == 1 || p[0] != 0 || p[1] >= 0x80);
    for (size_t i = 0; good && i < v.n; i++)
        out = out << 8 | p[i];
    d->bad = d->bad || !good;
    return out;
}

struct sv der_get_bits(struct der *d)
{
    struct sv v = der_get(d, DER_BITS);
    if (v.n == 0 || v.p[0] != 0) {
        d->bad = true;
        return SV("");
    }
    return sv_skip(v, 1);
}

void der_get_oid(struct der *d, char text[64])
{
    struct sv v = der_get(d, DER_OID);
    size_t n = 0;
    uint64_t part = 0;
    bool first = true;
    text[0] = 0;
    d->bad = d->bad || v.n == 0 || v.n > 32 || ((unsigned char)v.p[v.n - 1] & 0x80);
    for (size_t i = 0; !d->bad && i < v.n; i++) {
        unsigned char c = (unsigned char)v.p[i];
        d->bad = part >> 56 || (part == 0 && c == 0x80);
        part = part << 7 | (c & 0x7f);
        if (c & 0x80)
            continue;
        uint64_t top = part < 80 ? part / 40 : 2;
        int more = first ? snprintf(text + n, 64 - n, "%u.%llu", (unsigned)top,
                                    (unsigned long long)(part - top * 40))
                         : snprintf(text + n, 64 - n, ".%llu", (unsigned long long)part);
        n += (size_t)more;
        d->bad = d->bad || n >= 64;
        first = false;
        part = 0;
    }
    if (d->bad)
        text[0] = 0;
}
