/* case: what a case 办件 is, derived from its items and the acts on itself. Pure.
 *
 * No act sets a case's state by hand: case_derive is called after every act and its result is
 * stored only so that lists can filter by it. `yizheng log verify` derives it again. The acts
 * on the case itself have a table too (CASE_TABLE in case.c).
 */
#ifndef YZ_DOMAIN_CASE_CASE_H
#define YZ_DOMAIN_CASE_CASE_H

#include "domain/case/item.h"

enum case_state {
    CASE_DRAFT, CASE_SUBMITTED, CASE_IN_PROGRESS, CASE_DECIDED, CASE_ISSUED, CASE_ARCHIVED,
    CASE_WITHDRAWN, CASE_ENDED,
    CASE_STATES
};

/* What a case is for. All but the first are about permits that a licence already carries; a new case
 * about a licence adds permits to it. */
enum case_kind { KIND_NEW, KIND_AMEND, KIND_RENEW, KIND_REPLACE, KIND_CANCEL, CASE_KINDS };
const char *case_kind_key(enum case_kind k);  /* "amend" */
const char *case_kind_text(enum case_kind k); /* 变更 */
/* CASE_KINDS when unknown. */
enum case_kind case_kind_of(struct sv key);
/* What a department's grant does to the permit: an act of PERMIT_TABLE (ACT_GRANT: a new one). */
enum act case_kind_act(enum case_kind k);

struct case_facts {
    bool submitted, issued, archived;
    size_t count[ITEM_STATES]; /* items by state */
};

enum case_state case_derive(const struct case_facts *f);

/* The facts of CASE_TABLE that follow from the items. */
uint64_t case_fact_set(const struct case_facts *f);

/* P22: issue needs no open item, at least one granted, and no licence yet. by: BY_BUREAU. */
int case_may_issue(const struct case_facts *f, struct err *e);

const char *case_state_key(enum case_state s);
const char *case_state_text(enum case_state s);
bool case_state_of(struct sv key, enum case_state *out);

#endif
