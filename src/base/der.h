/* der: the few forms of ASN.1 that electronic seals need (X.690, distinguished encoding).
 *
 * Writing goes from the inside out: a value is written into a buffer, der_wrap puts a header
 * around it. Reading walks a piece of text (struct der); every reader takes one element off its
 * front, or marks the piece bad for ever, so that callers check once at the end. Only definite
 * lengths in their shortest form are accepted: there is one encoding of everything, and what was
 * signed is what is read.
 */
#ifndef YZ_BASE_DER_H
#define YZ_BASE_DER_H

#include "base/buf.h"

enum { DER_BOOLEAN = 0x01, DER_INTEGER = 0x02, DER_BITS = 0x03, DER_OCTETS = 0x04, DER_OID = 0x06,
       DER_UTF8 = 0x0c, DER_PRINTABLE = 0x13, DER_IA5 = 0x16, DER_TIME = 0x18,
       DER_SEQUENCE = 0x30, DER_EXPLICIT_0 = 0xa0 };

/* ---- writing ---- */

void der_put(struct buf *out, unsigned char tag, struct sv value);
void der_put_int(struct buf *out, uint32_t v);
void der_put_bits(struct buf *out, struct sv bytes); /* no unused bits */
/* Dotted numbers; the buffer fails when they are none. */
void der_put_oid(struct buf *out, const char *dotted);
/* The bytes of out from `from` on become the value of one element. */
void der_wrap(struct buf *out, size_t from, unsigned char tag);

/* ---- reading ---- */

struct der { struct sv rest; bool bad; };

static inline struct der der_of(struct sv bytes) { return (struct der){ bytes, false }; }
/* Nothing more, and nothing was wrong. */
static inline bool der_end(const struct der *d) { return !d->bad && d->rest.n == 0; }
/* Is there one more element, with this tag? */
bool der_at(const struct der *d, unsigned char tag);
/* The value of the next element, which must have this tag; "" and bad otherwise. */
struct sv der_get(struct der *d, unsigned char tag);
/* The next element whole, with its header. */
struct sv der_whole(struct der *d, unsigned char tag);
struct der der_enter(struct der *d, unsigned char tag);
uint32_t der_get_int(struct der *d); /* 0 .. 2^31-1 */
struct sv der_get_bits(struct der *d); /* whole bytes only */
/* As dotted numbers into text; "" when it is too long. */
void der_get_oid(struct der *d, char text[64]);

#endif
