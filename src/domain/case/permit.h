/* permit: what becomes of a statutory permit 法定许可证 after its grant (P24). Pure.
 *
 * The table says who may do what and by which article; domain/licence/fold.h makes the
 * comprehensive licence out of what was done. A grant itself is an act on an item.
 */
#ifndef YZ_DOMAIN_CASE_PERMIT_H
#define YZ_DOMAIN_CASE_PERMIT_H

#include "domain/case/transition.h"

enum permit_state { PERMIT_VALID, PERMIT_EXPIRED, PERMIT_WITHDRAWN, PERMIT_REVOKED,
                    PERMIT_CANCELLED, PERMIT_FORFEITED, PERMIT_STATES };

const char *permit_state_key(enum permit_state s);  /* "valid" */
const char *permit_state_text(enum permit_state s); /* 有效 */
/* PERMIT_STATES when unknown. */
enum permit_state permit_state_of(struct sv key);

#endif
