/* keys_affected: the licences that a key has signed. */
#ifndef YZ_SERVICE_KEYS_AFFECTED_H
#define YZ_SERVICE_KEYS_AFFECTED_H

#include "service/app.h"

/* Every licence whose current version was signed by this key, in order of number; how many, or ERR_*. The text is
 * borrowed during tell. */
int64_t keys_affected(struct app *app, struct sv key_id,
                      void (*tell)(void *ctx, struct sv number, int64_t version, struct sv holder),
                      void *ctx, struct err *e);

#endif
