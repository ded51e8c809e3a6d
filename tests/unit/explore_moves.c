/* explore_moves: see explore.h. Who may do what next: officers, applicant, the visit's planners, time,
 * the bureau, and a crash between any two steps. */
#include "explore.h"
#include "test.h"

static const enum act DEPARTMENT[] = {
    ACT_ACCEPT, ACT_REFUSE, ACT_ASK_CORRECTION, ACT_GRANT, ACT_DENY, ACT_OPEN_SPECIAL,
    ACT_CLOSE_SPECIAL, ACT_EXTEND, ACT_TELL_HEARING, ACT_ASK_HEARING, ACT_NOTIFY_HEARING,
    ACT_HOLD_HEARING, ACT_INSPECT, ACT_COUNTERSIGN, ACT_CONFIRM_COMMITMENT, ACT_DEEM_ACCEPTED,
    ACT_WITHDRAW, ACT_SUBMIT, ACT_END_CORRECTION,
};

/* Before an officer's act silence has its effect (P5, P21), as in the service. */
static void silence_first(struct model *m, int i)
{
    if (m->item[i].state == ITEM_RECEIVED && m->item[i].silence)
        model_act(m, i, ACT_DEEM_ACCEPTED, BY_CLOCK, -1, 0);
}

static void officer_acts(struct explorer *x, const struct model *m, int slot)
{
    int officer = m->looker[slot] - 1;
    unsigned by = BY_DEPARTMENT | (officer % 2 == 0 ? (unsigned)BY_HEAD : 0);
    for (int i = 0; i < N; i++) {
        /* A stale look of one's own item is told so (412) and must look again. */
        if (officer / 2 == i && !m->fresh[slot])
            continue;
        for (size_t k = 0; k < COUNT_OF(DEPARTMENT); k++)
            for (int choice = 0; choice < (DEPARTMENT[k] == ACT_COUNTERSIGN ? 3 : 1); choice++) {
                struct model next = *m;
                if (!(features & NOTICES) && (DEPARTMENT[k] == ACT_ASK_CORRECTION ||
                                              (DEPARTMENT[k] == ACT_REFUSE && i != 0)))
                    continue;
                silence_first(&next, i);
                next.looker[slot] = next.fresh[slot] = 0;
                if (model_act(&next, i, DEPARTMENT[k], by, officer, choice))
                    explorer_reached(x, &next);
            }
    }
    struct model next = *m; /* gives up, or learns that somebody was faster */
    next.looker[slot] = next.fresh[slot] = 0;
    explorer_reached(x, &next);
}

/* Only officers of one item can be in each other's way. */
static void officers(struct explorer *x, const struct model *m, bool looks)
{
    for (int k = 0; k < SLOTS; k++)
        if (m->looker[k])
            officer_acts(x, m, k);
    for (int o = 0; o < OFFICERS; o++) {
        struct model next = *m;
        if (!looks) { /* without races: look and act at once */
            next.looker[0] = (unsigned char)(o + 1);
            next.fresh[0] = 1;
            officer_acts(x, &next, 0);
            continue;
        }
        int slot = !m->looker[0] ? 0 : !m->looker[1] ? 1 : -1;
        int other = m->looker[0] ? m->looker[0] - 1 : m->looker[1] - 1;
        if (slot < 0 || m->looker[0] == o + 1 || m->looker[1] == o + 1 ||
            (other >= 0 && other / 2 != o / 2))
            continue;
        next.looker[slot] = (unsigned char)(o + 1);
        next.fresh[slot] = 1;
        explorer_reached(x, &next);
    }
}

static void applicant(struct explorer *x, const struct model *m)
{
    static const enum act ACTS_OF[] = { ACT_WITHDRAW, ACT_ASK_HEARING, ACT_WAIVE_HEARING };
    for (int i = 0; i < N; i++)
        for (size_t k = 0; k < COUNT_OF(ACTS_OF); k++) {
            struct model next = *m;
            if (k == 0 ? i == 0 || (features & NOTICES) : i == 0)
                if (model_act(&next, i, ACTS_OF[k], BY_APPLICANT, -1, 0))
                    explorer_reached(x, &next);
        }
    /* One answer for all who asked; the promised material may come along. */
    struct model next = *m;
    bool any = false;
    for (int i = 0; i < N; i++)
        if (m->item[i].state == ITEM_CORRECTING)
            any |= model_act(&next, i, ACT_SUPPLEMENT, BY_APPLICANT, -1, 0);
    if (any)
        explorer_reached(x, &next);
    next = *m;
    if (!m->collected && (m->promise == PROMISED || m->promise == OVERDUE)) {
        next.collected = 1;
        explorer_reached(x, &next);
    }
}

static void visit_acts(struct explorer *x, const struct model *m)
{
    static const enum act ACTS_OF[] = { ACT_PROPOSE_VISIT, ACT_AGREE_VISIT, ACT_CANCEL_VISIT };
    bool needs = m->inspection == INSPECTION_REQUIRED || m->inspection == INSPECTION_RECTIFY;
    bool open = item_open((enum item_state)m->item[1].state);
    uint64_t f = FACTS_OF_INPUT | NEED(OWN) | fact_if(needs && open, FACT_NEEDS_VISIT) |
                 fact_if(m->item[1].state == ITEM_ACCEPTED, FACT_ITEMS_ACCEPTED) |
                 fact_if(!visit_open((enum visit_state)m->visit), FACT_NO_OPEN_VISIT);
    for (size_t k = 0; k < COUNT_OF(ACTS_OF); k++) {
        bool again = !visit_open((enum visit_state)m->visit);
        int from = again && ACTS_OF[k] == ACT_PROPOSE_VISIT ? (int)VISIT_NONE : (int)m->visit;
        const struct transition *t = transition_find(&VISIT_TABLE, from, ACTS_OF[k], BY_DEPARTMENT,
                                                     false, f, NULL);
        struct model next = *m;
        if (!t)
            continue;
        must(ACTS_OF[k] != ACT_PROPOSE_VISIT || m->item[1].state == ITEM_ACCEPTED,
             "a visit booked before the conditions are met");
        next.visit = (unsigned char)t->to;
        next.visit_day = 0;
        if (ACTS_OF[k] == ACT_PROPOSE_VISIT && again)
            next.recorder = 0;
        next.agreed = ACTS_OF[k] == ACT_AGREE_VISIT;
        if (next.agreed) {
            t = transition_find(&VISIT_TABLE, next.visit, ACT_ANNOUNCE_VISIT, BY_CLOCK, false,
                                NEED(ALL_AGREED), NULL);
            must(t != NULL, "an agreed visit is not announced");
            next.visit = t ? (unsigned char)t->to : next.visit;
        }
        explorer_reached(x, &next);
    }
}

/* Each thing that time alone may bring, one at a time, and the clock's own acts. */
static void ticks(struct explorer *x, const struct model *m)
{
    struct model next;
    for (int i = 0; i < N; i++) {
        next = *m;
        next.item[i].silence = m->item[i].state == ITEM_RECEIVED;
        explorer_reached(x, &next);
        next = *m;
        if (m->item[i].silence && model_act(&next, i, ACT_DEEM_ACCEPTED, BY_CLOCK, -1, 0))
            explorer_reached(x, &next);
        next = *m;
        if (model_act(&next, i, ACT_END_CORRECTION, BY_CLOCK, -1, 0)) {
            must(m->correction == ISSUED && m->answer_overdue, "ended before the answer was due");
            explorer_reached(x, &next);
        }
    }
    next = *m;
    model_send_notice(&next, true);
    explorer_reached(x, &next);
    next = *m;
    next.answer_overdue = m->correction == ISSUED;
    explorer_reached(x, &next);
    next = *m;
    next.window_over |= m->hearing == HEARING_TOLD;
    next.hearing_day |= m->hearing == HEARING_NOTICED;
    next.visit_day |= m->visit == VISIT_ANNOUNCED;
    explorer_reached(x, &next);
    next = *m;
    next.limit_passed |= m->item[0].state == ITEM_ACCEPTED;
    explorer_reached(x, &next);
    next = *m;
    if (m->promise == PROMISED)
        next.promise = OVERDUE;
    explorer_reached(x, &next);
}

static void bureau(struct explorer *x, const struct model *m)
{
    struct case_facts f = { .submitted = true, .issued = m->issued };
    for (int i = 0; i < N; i++)
        f.count[m->item[i].state]++;
    const struct transition *t = transition_find(&CASE_TABLE, (int)case_derive(&f),
                                                 ACT_ISSUE_LICENCE, BY_BUREAU, false,
                                                 case_fact_set(&f), NULL);
    if (!t)
        return;
    must(!m->issued, "two licences for one case");
    struct model next = *m;
    next.issued = 1;
    explorer_reached(x, &next);
}

static void crash(struct explorer *x, const struct model *m)
{
    struct model next = *m;
    for (int k = 0; k < SLOTS; k++)
        next.looker[k] = next.fresh[k] = 0;
    explorer_reached(x, &next);
}

void model_moves(struct explorer *x, const struct model *m, bool looks)
{
    officers(x, m, looks);
    applicant(x, m);
    visit_acts(x, m);
    ticks(x, m);
    bureau(x, m);
    crash(x, m);
}
