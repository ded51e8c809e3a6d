/* identifier: 电子证照标识, GB/T 36904. Pure.
 *
 *   1.2.156.3005.2.TYPE.ISSUER.SERIAL.VERSION.CHECK
 *   TYPE     21 characters: the 统一社会信用代码 of the organ that defines the kind of licence,
 *            and three digits
 *   ISSUER   the issuing organ's code: 18 characters, in older ones a region or the like
 *   SERIAL   digits and capital letters, mostly the licence's number without marks
 *   VERSION  three digits, from 001, one more with every re-issue
 *   CHECK    ISO 7064 MOD 37,36 (GB/T 17710) over TYPE ISSUER SERIAL VERSION, without dots and root
 *
 * The standard's text is not public; this is what six implementations agree on.
 */
#ifndef YZ_DOMAIN_LICENCE_IDENTIFIER_H
#define YZ_DOMAIN_LICENCE_IDENTIFIER_H

#include "base/buf.h"

#define IDENTIFIER_ROOT "1.2.156.3005.2"

enum { IDENTIFIER_MAX = 128, IDENTIFIER_TYPE = 21, IDENTIFIER_SERIAL_MAX = 40 };

struct identifier { struct sv type, issuer, serial; unsigned version; };

enum identifier_fault {
    IDENTIFIER_GOOD,
    IDENTIFIER_SHAPE, /* not this form at all */
    IDENTIFIER_CHECK, /* the check character is another one; of foreign origin: a warning, some are
                       * really in use */
};

/* The characters of a licence number that a serial may have: [0-9A-Z], small letters as capitals;
 * everything else is left out. At most IDENTIFIER_SERIAL_MAX, from the end. */
void identifier_serial(struct buf *out, struct sv number);

/* Appends the whole identifier; the buffer fails when a part is none. */
void identifier_write(struct buf *out, const struct identifier *id);

/* Parts of text (borrowed). On IDENTIFIER_SHAPE out is empty. */
enum identifier_fault identifier_read(struct sv text, struct identifier *out);

#endif
