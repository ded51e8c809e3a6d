/* status_store: which numbers of the status list are no longer in force. See store.h.
 *
 * Permits and licence versions share the numbers (domain/licence/status_list.h); a row is in force
 * while its state is 'valid'. Partial indexes hold only the rows that are not, so a list is read in
 * time that grows with what has ended, not with what was ever issued. */
#ifndef YZ_STORE_STATUS_STORE_H
#define YZ_STORE_STATUS_STORE_H

#include "store/store.h"

/* Grows whenever something ends or begins to count again (service/versions.h, status_changed). */
int status_revision(struct db_conn *c, int64_t *out, struct err *e);
/* The highest number given; -1 while there is none. */
int status_highest(struct db_conn *c, int64_t *out, struct err *e);
/* put(ctx, index) for every number in first..last that is no longer in force, in no order. */
int status_bits(struct db_conn *c, int64_t first, int64_t last, void (*put)(void *ctx, int64_t index),
                void *ctx, struct err *e);

#endif
