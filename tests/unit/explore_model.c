/* explore_model: see explore.h. The state of the model, which facts hold in it, and what the acts that
 * the program's tables allow do to it. */
#include "domain/case/effect.h"
#include "explore.h"

#include <stdlib.h>

unsigned features;

/* ---- packing ---- */

static uint64_t put(uint64_t key, unsigned char v, unsigned bits)
{
    if (v >> bits)
        abort(); /* the field is too small for the model */
    return key << bits | v;
}

void model_pack(const struct model *m, uint64_t key[2])
{
    key[0] = key[1] = 0;
    for (int i = 0; i < N; i++) {
        const struct one *x = &m->item[i];
        key[0] = put(put(put(put(put(key[0], x->state, 4), x->clock, 3), x->holder, 2), x->silence,
                         1), x->asked, 2);
    }
    key[0] = put(put(key[0], m->correction, 2), m->answer_overdue, 1);
    key[1] = put(put(put(key[1], m->special, 2), m->hearing, 3), m->window_over, 1);
    key[1] = put(put(put(key[1], m->hearing_day, 1), m->extended, 1), m->limit_passed, 1);
    key[1] = put(put(put(key[1], m->inspection, 3), m->visit, 3), m->agreed, 1);
    key[1] = put(put(put(key[1], m->visit_day, 1), m->recorder, 3), m->promise, 2);
    key[1] = put(put(key[1], m->collected, 1), m->issued, 1);
    for (int k = 0; k < SLOTS; k++)
        key[1] = put(put(key[1], m->looker[k], 3), m->fresh[k], 1);
}

/* ---- facts, as the service gathers them ---- */

static bool filing(int i)
{
    return i == 2;
}

bool model_hearing_settled(const struct model *m)
{
    return m->hearing == HEARING_NONE || m->hearing == HEARING_HELD ||
           m->hearing == HEARING_WAIVED || (m->hearing == HEARING_TOLD && m->window_over);
}

static uint64_t facts(const struct model *m, int i, int officer)
{
    const struct one *x = &m->item[i];
    bool own = officer < 0 || officer / 2 == i;
    bool sent = m->correction == ISSUED;
    uint64_t f = FACTS_OF_INPUT & ~(NEED(COLLECTED) | NEED(ENTRIES_NEW));
    f |= fact_if(own, FACT_OWN) | fact_if(officer != RECEIVER, FACT_NOT_RECEIVER) |
         NEED(NOT_BANNED) | fact_if(x->silence, FACT_SILENCE_PASSED) |
         fact_if(x->asked != SPOKE, FACT_ENTRIES_NEW) | fact_if(sent, FACT_NOTICE_SENT) |
         fact_if(!sent, FACT_NO_NOTICE_OUT) |
         fact_if(sent && m->answer_overdue, FACT_ANSWER_OVERDUE) |
         fact_if(!(sent && m->answer_overdue), FACT_ANSWER_IN_TIME) | NEED(NOT_DELIVERED);
    if (i != 0 || !(features & STOPS)) /* its catalogue entry knows no such time */
        f = (f & ~NEED(SPECIAL_ALLOWED)) | NEED(CLOCK_RUNNING) | NEED(HEARING_SETTLED) |
            NEED(HEARING_IF_DUE);
    else
        f |= fact_if(!m->special, FACT_CLOCK_RUNNING) | fact_if(m->special, FACT_SPECIAL_OPEN) |
             fact_if(m->special != HEARING, FACT_NOT_A_HEARING) |
             fact_if(!m->extended, FACT_NOT_EXTENDED) | fact_if(!m->limit_passed, FACT_LIMIT_LEFT) |
             fact_if(model_hearing_settled(m), FACT_HEARING_SETTLED) | NEED(HEARING_IF_DUE) |
             fact_if(m->hearing == HEARING_NONE, FACT_HEARING_NEW) |
             fact_if(m->hearing == HEARING_TOLD, FACT_HEARING_TOLD) |
             fact_if(!m->window_over, FACT_ASK_IN_TIME) | NEED(SOLE_PARTY) |
             fact_if(m->hearing == HEARING_ASKED, FACT_HEARING_ASKED) |
             fact_if(m->hearing == HEARING_NOTICED && m->hearing_day, FACT_HEARING_DAY);
    if (i != 1 || !(features & VISITS))
        f |= NEED(INSPECTION_PASSED) | NEED(COMMITMENTS_KEPT);
    else
        f |= fact_if(m->inspection == INSPECTION_PASSED, FACT_INSPECTION_PASSED) |
             fact_if(m->promise != OVERDUE, FACT_COMMITMENTS_KEPT) |
             fact_if(m->promise == PROMISED || m->promise == OVERDUE, FACT_COMMITMENT_OPEN) |
             fact_if(m->collected, FACT_COLLECTED) | fact_if(own, FACT_NAMED_OFFICER) |
             fact_if(m->visit == VISIT_ANNOUNCED && m->visit_day, FACT_VISIT_DAY) |
             fact_if(m->recorder != 7, FACT_NOT_CONFIRMED) |
             fact_if(m->recorder && m->recorder != 7, FACT_INSPECTED) |
             fact_if(m->recorder != officer + 1, FACT_OTHER_OFFICER);
    return f;
}

/* ---- effects ---- */

static void clock_effect(struct model *m, int i, const struct transition *t)
{
    struct one *x = &m->item[i];
    struct timer timer = { .clock = (enum clock_kind)x->clock,
                           .holder = (enum time_holder)x->holder, .since = 1 };
    struct timer_event event;
    if (!effect_event(t->effect, &timer, 1, 10, &event))
        return;
    x->clock = (unsigned char)event.clock;
    x->holder = (unsigned char)event.holder;
}

static void stale(struct model *m, int i)
{
    for (int k = 0; k < SLOTS; k++)
        if (m->looker[k] && (m->looker[k] - 1) / 2 == i)
            m->fresh[k] = 0;
}

size_t model_in_state(const struct model *m, enum item_state s)
{
    size_t n = 0;
    for (int i = 0; i < N; i++)
        n += m->item[i].state == s;
    return n;
}

void model_send_notice(struct model *m, bool forced)
{
    uint64_t f = fact_if(forced || model_in_state(m, ITEM_RECEIVED) == 0, FACT_ALL_SPOKEN_OR_LAST_DAY);
    if (m->correction != DRAFT || model_in_state(m, ITEM_CORRECTING) == 0)
        return;
    for (int i = 0; i < N; i++) {
        const struct transition *t = transition_find(&ITEM_TABLE, m->item[i].state,
                                                     ACT_SEND_CORRECTION, BY_CLOCK, filing(i), f,
                                                     NULL);
        if (!t)
            continue;
        must(forced || model_in_state(m, ITEM_RECEIVED) == 0, "a notice before everybody has spoken");
        clock_effect(m, i, t);
        stale(m, i);
        m->correction = ISSUED;
        m->answer_overdue = 0;
    }
    for (int i = 0; i < N; i++) /* whoever lay there had the chance to speak */
        if (m->correction == ISSUED && m->item[i].state <= ITEM_CORRECTING)
            m->item[i].asked = SPOKE;
}

static void close_notice(struct model *m)
{
    if ((m->correction == ISSUED || m->correction == DRAFT) && model_in_state(m, ITEM_CORRECTING) == 0)
        m->correction = CLOSED;
}

/* The visit ends when nobody it serves is open without a confirmed result. */
static void close_visit(struct model *m)
{
    bool done = m->recorder == 7 || !item_open((enum item_state)m->item[1].state);
    if (!visit_open((enum visit_state)m->visit) || !done)
        return;
    const struct transition *t = transition_find(&VISIT_TABLE, m->visit, ACT_CLOSE_VISIT,
                                                 BY_CLOCK, false, NEED(ALL_CONFIRMED), NULL);
    m->visit = (unsigned char)t->to;
}

static void act_effect(struct model *m, int i, enum act act, int officer, int choice)
{
    struct one *x = &m->item[i];
    switch (act) {
    case ACT_ASK_CORRECTION:
        must(x->asked != SPOKE, "a second notice for something nameable in the first");
        must(m->correction != ISSUED, "a notice replaced while it waits for its answer");
        m->correction = DRAFT;
        break;
    case ACT_SUPPLEMENT:
        x->silence = 0;
        x->asked = ANSWERED; /* what was named and is still unmet may be named again */
        break;
    case ACT_OPEN_SPECIAL: m->special = TESTING; break;
    case ACT_ASK_HEARING:
        must(!m->window_over, "a hearing asked for too late");
        m->special = HEARING;
        m->hearing = HEARING_ASKED;
        break;
    case ACT_CLOSE_SPECIAL:
        must(m->special != HEARING, "a hearing ended without being held");
        m->special = RUNNING;
        break;
    case ACT_TELL_HEARING: m->hearing = HEARING_TOLD; break;
    case ACT_WAIVE_HEARING: m->hearing = HEARING_WAIVED; break;
    case ACT_NOTIFY_HEARING: m->hearing = HEARING_NOTICED; break;
    case ACT_HOLD_HEARING:
        must(m->hearing == HEARING_NOTICED && m->hearing_day, "a hearing held unannounced");
        m->hearing = HEARING_HELD;
        m->special = RUNNING;
        break;
    case ACT_EXTEND:
        must(!m->extended, "extended twice");
        must(!m->limit_passed, "extended after the limit");
        m->extended = 1;
        break;
    case ACT_INSPECT:
        must(m->visit == VISIT_ANNOUNCED && m->visit_day, "inspected without a visit");
        must(m->recorder != 7, "a confirmed result rewritten");
        m->recorder = (unsigned char)(officer + 1);
        m->inspection = INSPECTION_RECORDED;
        break;
    case ACT_COUNTERSIGN:
        must(m->recorder != officer + 1 && m->recorder, "one officer alone on site");
        m->recorder = 7;
        m->inspection = (unsigned char)visit_outcome((enum visit_result)(RESULT_PASS + choice));
        break;
    case ACT_CONFIRM_COMMITMENT:
        must(m->collected, "a promise confirmed without the material");
        m->promise = KEPT;
        break;
    default: break;
    }
}

/* What led to a closed item no longer tells states apart. */
static void forget(struct model *m, int i)
{
    if (item_open((enum item_state)m->item[i].state))
        return;
    m->item[i].silence = m->item[i].asked = 0;
    if (i == 0)
        m->special = m->hearing = m->window_over = m->hearing_day = m->extended =
            m->limit_passed = 0;
    if (i == 1)
        m->inspection = m->visit = m->agreed = m->visit_day = m->recorder = 0;
}

/* One act on an item by somebody (officer, or -1: applicant or clock). False: refused. */
bool model_act(struct model *m, int i, enum act act, unsigned by, int officer, int choice)
{
    const struct transition *t = transition_find(&ITEM_TABLE, m->item[i].state, act, by,
                                                 filing(i), facts(m, i, officer), NULL);
    if (!t)
        return false;
    enum item_state from = (enum item_state)m->item[i].state;
    check_decision(m, i, officer, from, (enum item_state)t->to);
    act_effect(m, i, act, officer, choice);
    m->item[i].state = (unsigned char)t->to;
    clock_effect(m, i, t);
    stale(m, i);
    close_notice(m);
    model_send_notice(m, false);
    close_visit(m);
    forget(m, i);
    return true;
}

struct model model_start(void)
{
    bool visits = features & VISITS;
    struct model m = { .inspection = visits ? INSPECTION_REQUIRED : INSPECTION_NONE,
                       .promise = visits ? PROMISED : NO_PROMISE };
    for (int i = 0; i < N; i++)
        m.item[i] = (struct one){ .state = ITEM_RECEIVED, .clock = CLOCK_SILENCE,
                                  .holder = HOLDER_OURS };
    return m;
}

bool model_over(const struct model *m)
{
    size_t open = model_in_state(m, ITEM_RECEIVED) + model_in_state(m, ITEM_CORRECTING) +
                  model_in_state(m, ITEM_ACCEPTED);
    return open == 0 && (m->issued || model_in_state(m, ITEM_GRANTED) == 0);
}
