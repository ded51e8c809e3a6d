/* licence: reading and proving issued licences: for their holders, for papers, for anybody. */
#ifndef YZ_SERVICE_LICENCE_H
#define YZ_SERVICE_LICENCE_H

#include "doc/doc.h"
#include "domain/licence/payload.h"
#include "service/app.h"

struct licence_view { struct licence_row row; struct permit_row *permits; size_t n_permits; };

/* The current version, for its holder, its hall's clerks, departments with a permit on it, and the
 * bureau; ERR_NOT_FOUND otherwise. */
int licence_open_for(struct app *app, const struct actor *actor, struct sv number,
                     struct arena *a, struct licence_view *out, struct err *e);
/* For the public page, by the short id of the QR path: any version. 1 / 0. */
int licence_open_short(struct app *app, struct sv short_id, struct arena *a,
                       struct licence_view *out, struct err *e);
/* The current version by number: 1 / 0. */
int licence_open_number(struct app *app, struct sv number, struct arena *a,
                        struct licence_view *out, struct err *e);

struct sv licence_verify_url(const struct app *app, const struct licence_row *l, struct arena *a);
struct sv licence_qr_text(const struct app *app, const struct licence_row *l, struct arena *a);
int licence_document(struct app *app, const struct licence_view *l, int32_t today,
                     struct arena *a, enum doc_format format, struct buf *out, struct err *e);

/* Is everything that the register shows of this licence what its signed text says: the row, and (of
 * the current version) the permits behind it? */
bool licence_row_kept(const struct licence_row *l, const struct permit_row *permits, size_t n,
                      struct arena *a);

/* Check a QR text with one public key, offline. 0 and the content, or ERR_INVALID with the reason
 * (not a licence text, damaged, signature does not fit). */
int licence_check_text(const struct sm2_key *key, struct sv text, struct arena *a,
                       struct payload *out, struct err *e);

#endif
