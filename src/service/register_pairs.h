/* register_pairs: how common pairs of characters are in the register, by a sample of its entries.
 *
 * A search is driven by its rarest pairs: 乌海 stands in every entry and 有限 in most. Only an estimate,
 * kept by each process for itself; a wrong one makes a search slower, never its answer another.
 */
#ifndef YZ_SERVICE_REGISTER_PAIRS_H
#define YZ_SERVICE_REGISTER_PAIRS_H

#include "service/register.h"

/* In a read transaction, before estimates are asked for: takes a new sample every ten minutes (some ms). */
int register_pairs_refresh(struct register_pairs *p, struct db_conn *c, struct err *e);
/* Of SAMPLE entries, how many have this pair (with its mark), about. */
unsigned register_pairs_count(const struct register_pairs *p, const char *mark, struct sv gram);

#endif
