/* doc_qr: a QR code as modules, for the papers (doc_qr.c makes the SVG of doc.h from it). */
#ifndef YZ_DOC_QR_H
#define YZ_DOC_QR_H

#include "base/err.h"

struct qr {
    unsigned size;          /* modules per side, without the quiet zone */
    unsigned version;       /* 1..40 */
    unsigned char *modules; /* size * size, row by row; 1 = black */
};

/* level 'L', 'M', 'Q' or 'H'. Text of digits, A-Z and " $%*+-./:" packs tightest. */
int qr_encode(struct sv text, char level, struct qr *out, struct err *e);
void qr_done(struct qr *q);

/* Number of black modules in a row from (x, y) on; 0 if that one is white. */
static inline unsigned qr_run(const struct qr *q, unsigned x, unsigned y)
{
    unsigned n = 0;
    while (x + n < q->size && q->modules[(size_t)y * q->size + x + n])
        n++;
    return n;
}

#endif
