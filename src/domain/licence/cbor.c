/* cbor: see cbor.h. */
#include "domain/licence/cbor.h"

#include "base/utf8.h"

enum { UINT = 0, NEGATIVE = 1, BYTES = 2, TEXT = 3, ARRAY = 4, MAP = 5, NULL_BYTE = 0xf6 };

static void put_head(struct buf *b, unsigned major, uint64_t v)
{
    unsigned top = major << 5;
    if (v < 24)
        buf_byte(b, (unsigned char)(top | v));
    else if (v <= UINT8_MAX)
        buf_be(b, (uint64_t)(top | 24) << 8 | v, 2);
    else if (v <= UINT16_MAX)
        buf_be(b, (uint64_t)(top | 25) << 16 | v, 3);
    else if (v <= UINT32_MAX)
        buf_be(b, (uint64_t)(top | 26) << 32 | v, 5);
    else {
        buf_byte(b, (unsigned char)(top | 27));
        buf_be(b, v, 8);
    }
}

void cbor_put_int(struct buf *b, int64_t v)
{
    if (v > CBOR_INT_MAX || v < -CBOR_INT_MAX)
        b->failed = true;
    else if (v < 0)
        put_head(b, NEGATIVE, (uint64_t)(-1 - v));
    else
        put_head(b, UINT, (uint64_t)v);
}

void cbor_put_bytes(struct buf *b, struct sv s)
{
    put_head(b, BYTES, s.n);
    buf_sv_add(b, s);
}

void cbor_put_text(struct buf *b, struct sv s)
{
    put_head(b, TEXT, s.n);
    buf_sv_add(b, s);
}

void cbor_put_array(struct buf *b, size_t n)
{
    put_head(b, ARRAY, n);
}

void cbor_put_map(struct buf *b, size_t n)
{
    put_head(b, MAP, n);
}

void cbor_put_null(struct buf *b)
{
    buf_byte(b, NULL_BYTE);
}

/* Big-endian number of the next n bytes. */
static uint64_t take_be(struct cbor *c, size_t n)
{
    uint64_t v = 0;
    if (c->rest.n < n) {
        c->failed = true;
        return 0;
    }
    for (size_t i = 0; i < n; i++)
        v = v << 8 | (unsigned char)c->rest.p[i];
    c->rest = sv_skip(c->rest, n);
    return v;
}

/* Head of an item: major type (8 = none, failed) and its argument in the shortest form. */
static unsigned head(struct cbor *c, uint64_t *v)
{
    static const uint64_t least[4] = { 24, UINT64_C(1) << 8, UINT64_C(1) << 16, UINT64_C(1) << 32 };
    *v = 0;
    unsigned first = c->failed ? 0 : (unsigned)take_be(c, 1);
    unsigned info = first & 31;
    if (c->failed)
        return 8;
    if (info < 24) {
        *v = info;
    } else if (info < 28) {
        *v = take_be(c, (size_t)1 << (info - 24));
        c->failed = c->failed || *v < least[info - 24];
    } else {
        c->failed = true; /* reserved or indefinite */
    }
    return c->failed ? 8 : first >> 5;
}

int64_t cbor_int(struct cbor *c)
{
    uint64_t v;
    unsigned major = head(c, &v);
    if (major == UINT && v <= (uint64_t)CBOR_INT_MAX)
        return (int64_t)v;
    if (major == NEGATIVE && v < (uint64_t)CBOR_INT_MAX)
        return -1 - (int64_t)v;
    c->failed = true;
    return 0;
}

static struct sv string(struct cbor *c, unsigned want, size_t max)
{
    uint64_t n;
    if (head(c, &n) != want || n > max || n > c->rest.n) {
        c->failed = true;
        return SV("");
    }
    struct sv s = sv_make(c->rest.p, (size_t)n);
    c->rest = sv_skip(c->rest, s.n);
    return s;
}

struct sv cbor_bytes(struct cbor *c, size_t max)
{
    return string(c, BYTES, max);
}

struct sv cbor_text(struct cbor *c, size_t max)
{
    struct sv s = string(c, TEXT, max);
    if (utf8_clean(s))
        return s;
    c->failed = true;
    return SV("");
}

static size_t count(struct cbor *c, unsigned want, size_t max)
{
    uint64_t n;
    if (head(c, &n) == want && n <= max)
        return (size_t)n;
    c->failed = true;
    return 0;
}

size_t cbor_array(struct cbor *c, size_t max)
{
    return count(c, ARRAY, max);
}

size_t cbor_map(struct cbor *c, size_t max)
{
    return count(c, MAP, max);
}

void cbor_key(struct cbor *c, int64_t key)
{
    if (cbor_int(c) != key)
        c->failed = true;
}

bool cbor_null(struct cbor *c)
{
    if (c->failed || c->rest.n == 0 || (unsigned char)c->rest.p[0] != NULL_BYTE)
        return false;
    c->rest = sv_skip(c->rest, 1);
    return true;
}

bool cbor_done(const struct cbor *c)
{
    return !c->failed && c->rest.n == 0;
}
