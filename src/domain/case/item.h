/* item: the states of one permit's item 事项件 (PROCESS.md P1-P17). The table is in
 * item_table.c; transition.h says how it is asked. Pure. */
#ifndef YZ_DOMAIN_CASE_ITEM_H
#define YZ_DOMAIN_CASE_ITEM_H

#include "domain/case/transition.h"

enum item_state {
    ITEM_NONE, ITEM_RECEIVED, ITEM_CORRECTING, ITEM_ACCEPTED,
    ITEM_GRANTED, ITEM_DENIED, ITEM_REFUSED, ITEM_WITHDRAWN, ITEM_ENDED,
    ITEM_STATES
};

/* Where the hearing of an item stands (art. 46-48). */
enum hearing_stage { HEARING_NONE, HEARING_TOLD, HEARING_ASKED, HEARING_NOTICED, HEARING_HELD,
                     HEARING_WAIVED, HEARING_STAGES };
/* Where the site visit of an item stands (P11). */
enum inspection_stage { INSPECTION_NONE, INSPECTION_REQUIRED, INSPECTION_RECORDED,
                        INSPECTION_PASSED, INSPECTION_RECTIFY, INSPECTION_FAILED,
                        INSPECTION_STAGES };

static inline bool item_open(enum item_state s)
{
    return s == ITEM_RECEIVED || s == ITEM_CORRECTING || s == ITEM_ACCEPTED;
}

const char *item_state_key(enum item_state s);  /* "received" */
const char *item_state_text(enum item_state s); /* 待受理 */
enum item_state item_state_of(struct sv key);   /* ITEM_NONE when unknown */
const char *hearing_stage_key(enum hearing_stage s);
enum hearing_stage hearing_stage_of(struct sv key);
const char *inspection_stage_key(enum inspection_stage s);
const char *inspection_stage_text(enum inspection_stage s);
enum inspection_stage inspection_stage_of(struct sv key);

#endif
