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
/* The key that signed this version when that key has been revoked since; NULL otherwise. */
const struct key_info *licence_key_revoked(const struct app *app, const struct licence_row *l,
                                           struct arena *a);
/* What its papers show (service/elicence.h makes them). */
void licence_facts(const struct app *app, const struct licence_view *l, int32_t today,
                   struct arena *a, struct doc_licence *out);

/* P27: the same licence as the next version, for its holder, its window or the bureau; if_match: the
 * version seen. */
int licence_reissue(struct app *app, const struct command *cmd, struct sv number, struct sv reason,
                    struct err *e);


#endif
