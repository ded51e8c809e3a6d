/* supervise: 审管联动, what becomes of a decision at the department that supervises (P30). Pure.
 *
 * Every decision about a permit is one task for each department that supervises it. The department
 * acknowledges it within a promised limit, reports what it finds, and may propose to the department
 * that granted (函告) that the permit be taken away. That one alone decides (P24, P28): it takes the
 * permit, by the permit's own table, which settles the proposal, or it declines with a reason.
 */
#ifndef YZ_DOMAIN_CASE_SUPERVISE_H
#define YZ_DOMAIN_CASE_SUPERVISE_H

#include "domain/case/permit.h"
#include "domain/law/clock.h"

enum supervision_state { SUPERVISION_NONE, SUPERVISION_PENDING, SUPERVISION_ACKNOWLEDGED,
                         SUPERVISION_FINDING, SUPERVISION_PROPOSED, SUPERVISION_CLOSED,
                         SUPERVISION_STATES };

/* What the decision asks of the supervising department. */
enum supervision_kind {
    SUPERVISE_START,  /* granted: take it into supervision */
    SUPERVISE_CHANGE, /* amended, renewed, replaced: bring what is known up to date */
    SUPERVISE_END,    /* expired or taken: see that nobody goes on without it */
    SUPERVISE_INFORM, /* not granted: to know of it, nothing is due */
    SUPERVISION_KINDS
};

enum supervision_result { SUPERVISED_NONE, SUPERVISED_SOUND, SUPERVISED_PROBLEM,
                          SUPERVISED_RECTIFY /* ordered, by a day */,
                          SUPERVISED_FILED /* a case of punishment was opened */,
                          SUPERVISION_RESULTS };

/* Promised limits in working days. They are no law: shipped as samples (catalog/supervision.json),
 * set by each place. */
struct supervision_limits { int64_t acknowledge_days, answer_days; };

/* Which acts on a permit make a task, and of which kind. False: none. */
bool supervision_of(enum act act, enum supervision_kind *kind);

/* The running clock of a task: from a day on, limit in working days; DATE_NONE: none runs. */
struct supervision_clock { int32_t due_on, yellow_on; };
struct supervision_clock supervision_clock(const struct calendar *c, int32_t from, int64_t limit);
/* The same until a day that was set (整改期限). */
struct supervision_clock supervision_until(const struct calendar *c, int32_t from, int32_t due_on);
/* P18 of either; today against both days. */
enum signal supervision_signal(const struct supervision_clock *k, int32_t today);

const char *supervision_state_key(enum supervision_state s);
const char *supervision_state_text(enum supervision_state s);
/* SUPERVISION_STATES when unknown. */
enum supervision_state supervision_state_of(struct sv key);
const char *supervision_kind_key(enum supervision_kind k);
const char *supervision_kind_text(enum supervision_kind k);
/* SUPERVISION_KINDS when unknown. */
enum supervision_kind supervision_kind_of(struct sv key);
const char *supervision_result_key(enum supervision_result r);
const char *supervision_result_text(enum supervision_result r);
/* SUPERVISION_RESULTS when unknown; "" is none. */
enum supervision_result supervision_result_of(struct sv key);

/* What may be proposed: an act of a department that ends a permit, possible in its state. */
bool supervision_may_propose(enum permit_state s, enum act act);

#endif
