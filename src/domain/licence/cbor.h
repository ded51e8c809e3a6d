/* cbor: the small deterministic part of CBOR (RFC 8949 4.2.1) that the licence payload uses.
 *
 * Integers within +-2^53 (JavaScript reads them exactly), byte and text strings, arrays,
 * maps and null; definite lengths and shortest heads only. The reader refuses everything
 * else, so each value has exactly one encoding. A reader fails once and stays failed, like
 * a buf: read everything, ask cbor_done at the end. Values read after a failure are empty.
 */
#ifndef YZ_DOMAIN_LICENCE_CBOR_H
#define YZ_DOMAIN_LICENCE_CBOR_H

#include "base/buf.h"

#define CBOR_INT_MAX (INT64_C(1) << 53)

/* ---- writing; an integer out of range fails the buffer ---- */
void cbor_put_int(struct buf *b, int64_t v);
void cbor_put_bytes(struct buf *b, struct sv s);
void cbor_put_text(struct buf *b, struct sv s);
void cbor_put_array(struct buf *b, size_t n);
void cbor_put_map(struct buf *b, size_t n);
void cbor_put_null(struct buf *b);

/* ---- reading ---- */
struct cbor {
    struct sv rest;
    bool failed;
};

int64_t cbor_int(struct cbor *c);
struct sv cbor_bytes(struct cbor *c, size_t max);
/* Clean UTF-8 (base/utf8.h) of at most max bytes. */
struct sv cbor_text(struct cbor *c, size_t max);
/* Number of elements, at most max (and 0 on failure: loops over it end). */
size_t cbor_array(struct cbor *c, size_t max);
size_t cbor_map(struct cbor *c, size_t max);
/* The integer key of a map's next pair must be this one. Callers ask in ascending order, so
 * unsorted, repeated and unknown keys all fail. */
void cbor_key(struct cbor *c, int64_t key);
/* Takes a null if one stands next. */
bool cbor_null(struct cbor *c);
/* All was well and nothing is left over. */
bool cbor_done(const struct cbor *c);

#endif
