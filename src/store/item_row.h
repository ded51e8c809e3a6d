/* item_row: the columns of an item, private to src/store: read alike by items and queues. */
#ifndef YZ_STORE_ITEM_ROW_H
#define YZ_STORE_ITEM_ROW_H

#include "store/case_store.h"

/* Read by item_read_row in this order; queue_store.c selects them too. */
#define ITEM_COLS                                                                            \
    "i.id, i.case_id, i.permit, i.department, i.region, i.state, i.version, i.received_on, " \
    "i.accepted_on, i.accept_deemed, i.closed_on, i.due_on, i.yellow_on, i.asked_round, "    \
    "i.seen_digest, i.inputs_changed, i.number, i.valid_from, i.valid_until, i.reason, "     \
    "i.basis, i.right_organ, i.clock, i.time_holder, i.clock_since, i.clock_used, "          \
    "i.extended_days, i.days_ours, i.days_applicant, i.days_special, i.last_on, "            \
    "i.extended, i.special_id, i.special_due, i.hearing, i.hearing_until, i.inspection, "    \
    "i.rectify_by, i.delivered_on, i.false_material, i.officer_id, i.warned, " \
    "i.permit_id"
enum { N_ITEM_COLS = 43 };

/* Columns 0 .. N_ITEM_COLS - 1 of the current row. */
void item_read_row(const struct db_rows *r, struct arena *a, struct item_row *out);

#endif
