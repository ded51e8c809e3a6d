/* visit: the joint inspection 一同核查 of a case: proposed, agreed by every department concerned,
 * announced to the applicant, held, closed (R6, P11). One visit for all items that need one; a
 * re-check after 限期整改 is a further round. The results themselves are acts on the items. Pure.
 */
#ifndef YZ_DOMAIN_CASE_VISIT_H
#define YZ_DOMAIN_CASE_VISIT_H

#include "domain/case/item.h"

enum visit_state { VISIT_NONE, VISIT_PROPOSED, VISIT_ANNOUNCED, VISIT_CLOSED, VISIT_CANCELLED,
                   VISIT_STATES };
enum visit_result { RESULT_NONE, RESULT_PASS, RESULT_RECTIFY, RESULT_FAIL, RESULTS };

static inline bool visit_open(enum visit_state s)
{
    return s == VISIT_PROPOSED || s == VISIT_ANNOUNCED;
}

/* What a confirmed result makes of the item's inspection. */
enum inspection_stage visit_outcome(enum visit_result r);

const char *visit_state_key(enum visit_state s);
const char *visit_state_text(enum visit_state s);
enum visit_state visit_state_of(struct sv key);
const char *visit_result_key(enum visit_result r);
const char *visit_result_text(enum visit_result r);
bool visit_result_of(struct sv key, enum visit_result *out);

#endif
