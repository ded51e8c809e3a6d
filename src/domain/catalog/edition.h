/* edition: the life of a draft of the catalogue, as a table (R1.3). Pure.
 *
 * editing -> submitted -> approved -> published, at once or on a day (scheduled); sent back with
 * a reason from anywhere before that; abandoned. Nobody approves what they edited last or
 * submitted. Services gather the facts, the table decides; every row is an act of the log.
 */
#ifndef YZ_DOMAIN_CATALOG_EDITION_H
#define YZ_DOMAIN_CATALOG_EDITION_H

#include "base/err.h"
#include "domain/case/transition.h"

enum edition_state { EDITION_EDITING, EDITION_SUBMITTED, EDITION_APPROVED, EDITION_SCHEDULED,
                     EDITION_PUBLISHED, EDITION_ABANDONED, EDITION_STATES };

/* What must hold for an act; each is said in a sentence when it does not. */
enum edition_fact {
    EDITION_SOUND,     /* catalog_load finds no problem */
    EDITION_EXPLAINED, /* every contradiction that the base does not have is explained */
    EDITION_DIFFERS,   /* from its base */
    EDITION_FREE,      /* its version is nobody else's */
    EDITION_BEHIND,    /* another version is in force now than its base */
    EDITION_BASED,     /* its base is the version in force: nothing of another is undone */
    EDITION_SECOND,    /* another person than who edited last or submitted */
    EDITION_REASON,    /* given with the act */
    EDITION_COME,      /* the day of publication has come */
    EDITION_LATER,     /* it lies ahead */
    EDITION_FACTS
};
#define EDITION_BIT(f) (1u << EDITION_##f)
/* Given with the act: reasons and days. */
#define EDITION_INPUT (EDITION_BIT(REASON) | EDITION_BIT(COME) | EDITION_BIT(LATER))

/* The next state, or ERR_REFUSED with what is missing. */
int edition_step(enum edition_state from, enum act act, unsigned facts, struct err *e);
/* May it be tried, apart from what comes with the act? */
bool edition_allowed(enum edition_state from, enum act act, unsigned facts);

const char *edition_key(enum edition_state s);
const char *edition_text(enum edition_state s);
enum edition_state edition_of(struct sv key);

#endif
