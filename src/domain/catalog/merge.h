/* merge: a draft on top of a newer version than it was made from. Pure.
 *
 * Three documents: what both started from, the draft, the version in force now. Whatever only one
 * side changed is taken from that side, element by element and member by member; where both did
 * and differ, the draft's is kept and said (of what one side removed, the other's change). Lists
 * stand in the order of the version in force, what the draft added behind.
 */
#ifndef YZ_DOMAIN_CATALOG_MERGE_H
#define YZ_DOMAIN_CATALOG_MERGE_H

#include "domain/catalog/shape.h"

enum { MERGE_CONFLICTS_MAX = 100 };

struct merge_conflicts { struct sv *labels; size_t n; }; /* 许可事项“…”·时限·承诺工作日 */

/* New reference. */
json_t *catalog_merge(const json_t *base, const json_t *mine, const json_t *theirs,
                      struct arena *a, struct merge_conflicts *out);

#endif
