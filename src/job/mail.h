/* mail: the bytes of one e-mail (RFC 5322, RFC 2045, RFC 2047). Pure.
 *
 * Everything that a person wrote travels in base64, in the subject as encoded words, so no text can
 * become a header of its own. Addresses are checked by the caller (email_ok).
 */
#ifndef YZ_JOB_MAIL_H
#define YZ_JOB_MAIL_H

#include "base/buf.h"

struct mail {
    int64_t id;      /* gives the Message-ID: the same dispatch is the same message */
    int64_t at;      /* ms UTC */
    struct sv from, from_name, to; /* from_name "" = none */
    struct sv subject, text;
};
void mail_write(struct buf *out, const struct mail *m);

#endif
