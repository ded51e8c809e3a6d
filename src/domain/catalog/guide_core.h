/* guide_core: answers as bit masks -> permits as a bit mask. Private to this folder.
 *
 * One run is about a microsecond and allocates nothing, so that guide_run can try every
 * other answer (what would make a permit drop out?) and check.c every combination (does
 * any lead nowhere?). Result = (required + added) - dropped, then the system rules;
 * questions that are not visible take no part.
 */
#ifndef YZ_DOMAIN_CATALOG_GUIDE_CORE_H
#define YZ_DOMAIN_CATALOG_GUIDE_CORE_H

#include "domain/catalog/cond.h"

enum { GUIDE_MAX = 64 }; /* questions, options of one, permits of an industry (checked) */

struct guide_state {
    uint64_t selected[GUIDE_MAX]; /* answers that count, per question */
    uint64_t visible;             /* questions */
    uint64_t missing;             /* visible and unanswered */
    uint64_t permits;             /* index in industry->permits */
    bool blocked;
};

void guide_solve(const struct industry *ind, const uint64_t *answers, const json_t *context,
                 struct guide_state *out);

/* Permits of the group that are in the result; -1 when its `unless` holds. */
int guide_group_count(const struct industry *ind, const struct group *g, const json_t *context,
                      const struct guide_state *s);

/* Index of p in the industry, or -1. */
int guide_index(const struct industry *ind, const struct permit_type *p);

#endif
