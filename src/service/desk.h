/* desk: catalogues of drafts, loaded, shared by requests that look at the same draft.
 *
 * Loading a large catalogue takes a tenth of a second; an editor, preview and rehearsal ask for
 * the same one again and again. Kept by digest; the last few stay. Thread-safe.
 */
#ifndef YZ_SERVICE_DESK_H
#define YZ_SERVICE_DESK_H

#include "service/app.h"

struct desk *desk_new(void);
void desk_free(struct desk *d);

/* The catalogue of this body, borrowed until desk_give; NULL with every problem in e. */
const struct catalog *desk_take(struct desk *d, struct sv digest, struct sv body, struct err *e);
/* The document of that digest, soon to be taken: spares parsing it. It must not change any more. */
void desk_offer(struct desk *d, struct sv digest, json_t *doc);
/* c may be NULL. */
void desk_give(struct desk *d, const struct catalog *c);

#endif
