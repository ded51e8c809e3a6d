/* trust: whose licences are believed here: the city's own keys, and those of other cities that were
 * imported. Published signed (trust_doc.h); an imported issuer vouches for its own region only, and
 * only what it says of itself is taken over, never whom it trusts in turn.
 */
#ifndef YZ_SERVICE_TRUST_H
#define YZ_SERVICE_TRUST_H

#include "service/app.h"
#include "service/trust_doc.h"
#include "store/trust_store.h"

/* The city: first region of the catalogue whose parent is not in it. prefix "1503" of 150300. */
struct sv trust_city_name(const struct app *app);
struct sv trust_city_prefix(const struct app *app);

/* All keys of a ring as an issuer's. */
void trust_ring_keys(const struct key_ring *ring, struct arena *a, struct trust_issuer *out);
/* Own issuer first, then the imported ones. On a. */
int trust_load(struct app *app, struct arena *a, struct trust *out, struct err *e);
/* The signed document; *out is a new reference. */
int trust_publish(struct app *app, int64_t now, struct arena *a, json_t **out, struct err *e);

/* Take over the issuer that signed this list. ERR_INVALID: not a good list, or its region overlaps
 * with ours or another's; ERR_CONFLICT: older than what is there. *out is what was taken over. */
int trust_add(struct app *app, struct sv text, int64_t now, struct arena *a,
              struct trust_issuer *out, struct err *e);
/* 0, or ERR_NOT_FOUND. */
int trust_remove(struct app *app, struct sv region, struct err *e);

#endif
