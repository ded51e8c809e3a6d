/* tell_catalog: what the catalogue office is told of drafts, in the transaction of the act. */
#ifndef YZ_SERVICE_TELL_CATALOG_H
#define YZ_SERVICE_TELL_CATALOG_H

#include "service/notify.h"
#include "store/catalog_store.h"

/* row: the draft as the act leaves it. Submitted: everybody who may approve it; approved or
 * returned: whoever wrote or edited it. Never who did it (by; NULL: the clock). reason: of a
 * return. Other acts tell nobody. */
struct draft_told { const struct catalog_draft_row *row; enum act act; const struct actor *by;
                    struct sv reason; int64_t now; };
int tell_draft(struct app *app, struct db_conn *c, const struct draft_told *d, struct err *e);

#endif
