/* buf: a growing byte buffer with a cap and a sticky failure.
 *
 * Writers append without checking; whoever uses the result asks buf_ok once. After
 * the cap is met nothing more is written and buf_ok is false for ever. The bytes
 * are always NUL-terminated behind n so that they may be read as text.
 */
#ifndef YZ_BASE_BUF_H
#define YZ_BASE_BUF_H

#include <stdint.h>

#include "base/sv.h"

struct buf {
    char *p;
    size_t n;
    size_t size; /* allocated */
    size_t cap;  /* never more than this many bytes */
    bool failed;
};

/* Embedded: buf_init / buf_done. cap in bytes. */
void buf_init(struct buf *b, size_t cap);
void buf_done(struct buf *b);
void buf_clear(struct buf *b);
static inline bool buf_ok(const struct buf *b) { return !b->failed; }
static inline struct sv buf_sv(const struct buf *b) { return sv_make(b->p, b->n); }

void buf_add(struct buf *b, const void *p, size_t n);
void buf_sv_add(struct buf *b, struct sv s);
void buf_str(struct buf *b, const char *cstr);
void buf_byte(struct buf *b, unsigned char c);
void buf_be(struct buf *b, uint64_t v, unsigned bytes); /* big-endian, 1..8 bytes */
void buf_hex(struct buf *b, const void *p, size_t n);   /* lower case */
void buf_fmt(struct buf *b, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/* A JSON string literal with quotes; input must be UTF-8 (invalid bytes fail the buffer). */
void buf_json(struct buf *b, struct sv s);

/* HTML text or attribute value: & < > " ' escaped. */
void buf_html(struct buf *b, struct sv s);

#endif
