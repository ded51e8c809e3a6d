/* status: the published status lists of this city, kept in memory and never older than a few seconds.
 *
 * Every act that ends a permit or a licence version moves a counter in the same transaction
 * (status_changed); while it stands, the bits stand. It is asked at most every STATUS_FRESH_MS; when
 * it moved, the bits are read anew (only what has ended is read). The signed document is made again
 * when bits changed or a minute is over. Nodes share nothing: each keeps its own copy of the same
 * database.
 */
#ifndef YZ_SERVICE_STATUS_H
#define YZ_SERVICE_STATUS_H

#include "service/app.h"
#include "service/status_doc.h"

enum { STATUS_FRESH_MS = 2000, STATUS_RESIGN_MS = 60000 };

struct status_cache;
void status_cache_free(struct status_cache *c);

struct status_published { struct sv body, etag; int64_t from_ms; };

/* The signed document of a list, JSON text on a. ERR_NOT_FOUND for a list that has not been begun
 * (list 0 always is). */
int status_publish(struct app *app, int64_t list, int64_t now, struct arena *a,
                   struct status_published *out, struct err *e);
/* All lists as they are now, on a. */
int status_now(struct app *app, int64_t now, struct arena *a, const struct status_list **out,
               size_t *n, struct err *e);

#endif
