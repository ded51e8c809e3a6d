/* key_store: what a key in question has signed. */
#ifndef YZ_STORE_KEY_STORE_H
#define YZ_STORE_KEY_STORE_H

#include "store/store.h"

struct signed_row { struct sv number, holder, payload; int64_t version; };
/* Current versions of licences behind this number, in order of number, at most limit. */
int signed_list(struct db_conn *c, struct sv after, int64_t limit, struct arena *a,
                struct signed_row **out, size_t *n, struct err *e);

#endif
