/* elicence: the papers of an issued licence: PDF, OFD with electronic seal, the card of a phone, and each
 * permit's own electronic certificate. Made when asked for, outside any transaction.
 *
 * Names, as in GET /api/v1/licences/{number}/papers/{paper}:
 *   licence.pdf  licence-a3.pdf  licence.ofd  licence-a3.ofd  card.png  permit-ID.pdf  permit-ID.ofd
 * OFD of a licence or permit in force is its original (GB/T 36905): metadata of GB/T 36903, identifier of
 * GB/T 36904, seal of GB/T 38540. What is void carries that across.
 */
#ifndef YZ_SERVICE_ELICENCE_H
#define YZ_SERVICE_ELICENCE_H

#include "service/licence.h"

/* Codes of kinds and organs (DATA/e-licence.json, else the shipped sample) and the seals made so far. */
struct elicence;
int elicence_open(struct app *app, struct err *e);
void elicence_close(struct elicence *x);

struct elicence_paper { struct sv name, title; const char *type; };
/* All papers of a licence, in the order to offer them. */
void elicence_papers(const struct licence_view *l, struct arena *a, struct elicence_paper **out,
                     size_t *n);
/* One by name; type is its media type. ERR_NOT_FOUND when there is none of this name. */
int elicence_make(struct app *app, const struct licence_view *l, struct sv name, int64_t now,
                  struct arena *a, struct buf *out, const char **type, struct err *e);

#endif
