/* explore: every interleaving of a case with three items, two officers each, the applicant, the
 * bureau, the clock and crashes between any two steps, driven by the SAME tables as the program.
 *
 * The model keeps what the tables' guards are about, and nothing of rows and dates: time is what may
 * happen next (a limit passes, a day comes). The three items are a permit that may have special
 * procedure, hearing and extension; one that may have inspection and a promised material; a filing. All
 * may be corrected together. The features multiply, so they are explored in several runs that overlap:
 * each run is exhaustive for what it has. An officer first looks and then
 * acts on the version seen; whoever acts makes all other looks stale; a crash loses every look.
 * In every state that can be reached the invariants at the end of PROCESS.md must hold, and from
 * every one the case must still be able to end. */
#include "domain/case/case.h"
#include "domain/case/effect.h"
#include "domain/case/visit.h"
#include "test.h"

enum { N = 3, OFFICERS = 2 * N, RECEIVER = 1, SLOTS = 2 };
enum correction { NO_NOTICE, DRAFT, ISSUED, CLOSED };
enum promise { NO_PROMISE, PROMISED, OVERDUE, KEPT };

struct one { unsigned char state, clock, holder, silence, asked; };
struct model {
    struct one item[N];
    unsigned char correction, answer_overdue;
    /* item 0 */
    unsigned char special, hearing, window_over, hearing_day, extended, limit_passed;
    /* item 1 */
    unsigned char inspection, visit, agreed, visit_day, recorder, promise, collected;
    unsigned char issued;
    unsigned char looker[SLOTS], fresh[SLOTS]; /* officer + 1; 0 = free */
};
enum special { RUNNING, TESTING, HEARING };

/* What a run has. */
enum { STOPS = 1, VISITS = 2, NOTICES = 4, RACES = 8 };
static unsigned features;
enum asked { SILENT, SPOKE, ANSWERED };

/* ---- packing ---- */

static uint64_t put(uint64_t key, unsigned char v, unsigned bits)
{
    if (v >> bits)
        abort(); /* the field is too small for the model */
    return key << bits | v;
}

static void pack(const struct model *m, uint64_t key[2])
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

/* ---- the set of states reached ---- */

struct set { struct model *states; uint32_t *slots; size_t n, cap, size; };

static uint64_t mix(const uint64_t key[2])
{
    uint64_t h = key[0] * UINT64_C(0x9e3779b97f4a7c15) ^ (key[1] + UINT64_C(0xbf58476d1ce4e5b9));
    h ^= h >> 29;
    return h * UINT64_C(0x94d049bb133111eb) ^ h >> 32;
}

static void grow(struct set *s)
{
    s->size = s->size ? s->size * 2 : 1u << 16;
    free(s->slots);
    s->slots = calloc(s->size, sizeof *s->slots);
    for (size_t i = 0; i < s->n; i++) {
        uint64_t key[2];
        pack(&s->states[i], key);
        size_t at = mix(key) & (s->size - 1);
        while (s->slots[at])
            at = (at + 1) & (s->size - 1);
        s->slots[at] = (uint32_t)i + 1;
    }
}

/* The state's index, new or old. */
static uint32_t add(struct set *s, const struct model *m)
{
    uint64_t key[2], other[2];
    if (s->n * 2 >= s->size)
        grow(s);
    pack(m, key);
    size_t at = mix(key) & (s->size - 1);
    for (; s->slots[at]; at = (at + 1) & (s->size - 1)) {
        pack(&s->states[s->slots[at] - 1], other);
        if (other[0] == key[0] && other[1] == key[1])
            return s->slots[at] - 1;
    }
    if (s->n == s->cap) {
        s->cap = s->cap ? s->cap * 2 : 1u << 12;
        s->states = realloc(s->states, s->cap * sizeof *s->states);
    }
    s->states[s->n++] = *m;
    s->slots[at] = (uint32_t)s->n;
    return (uint32_t)s->n - 1;
}

/* ---- facts, as the service gathers them ---- */

static bool filing(int i)
{
    return i == 2;
}

static bool hearing_settled(const struct model *m)
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
             fact_if(hearing_settled(m), FACT_HEARING_SETTLED) | NEED(HEARING_IF_DUE) |
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

/* ---- invariants of PROCESS.md ---- */

static const char *broken; /* the first one, with the act that broke it */

static void must(bool holds, const char *what)
{
    if (!holds && !broken)
        broken = what;
}

static void check_clock(const struct model *m, int i)
{
    const struct one *x = &m->item[i];
    bool open = item_open((enum item_state)x->state);
    bool theirs = x->state == ITEM_CORRECTING && m->correction == ISSUED;
    bool stopped = i == 0 && m->special != RUNNING && open;
    must(open || x->holder == HOLDER_NOBODY, "a clock runs on a closed item");
    must(!open || x->holder != HOLDER_NOBODY, "no clock runs on an open item");
    must(!open || (x->holder == HOLDER_SPECIAL) == stopped, "a clock runs while stopped by law");
    must(!open || (x->holder == HOLDER_APPLICANT) == theirs, "our time runs while they must act");
    must(x->state != ITEM_ACCEPTED || x->clock == CLOCK_DECISION, "no decision clock runs");
}

static void check(const struct model *m)
{
    struct case_facts f = { .submitted = true, .issued = m->issued };
    size_t open = 0, correcting = 0;
    for (int i = 0; i < N; i++) {
        f.count[m->item[i].state]++;
        open += item_open((enum item_state)m->item[i].state);
        correcting += m->item[i].state == ITEM_CORRECTING;
        check_clock(m, i);
    }
    must(!m->issued || (open == 0 && f.count[ITEM_GRANTED] > 0), "a licence over an open item");
    must(m->correction != ISSUED || correcting > 0, "a notice that nobody waits for");
    must(m->correction != DRAFT || correcting > 0, "a draft without a department that asks");
    must(case_derive(&f) != CASE_DRAFT, "a case back in draft");
}

/* What a decision must not overlook. */
static void check_decision(const struct model *m, int i, int officer, enum item_state from,
                           enum item_state to)
{
    if (to != ITEM_GRANTED && to != ITEM_DENIED)
        return;
    if (from == to)
        return;
    must(item_open(from), "an item decided twice");
    must(officer >= 0 && officer / 2 == i, "a decision from outside the item's department");
    must(officer != RECEIVER, "a decision by its receiving clerk");
    must(i != 0 || m->special == RUNNING, "a decision while the clock is stopped");
    must(i != 0 || hearing_settled(m), "a decision over a pending hearing");
    must(to == ITEM_DENIED || i != 1 || !(features & VISITS) ||
             m->inspection == INSPECTION_PASSED,
         "a grant with an open required inspection");
    must(to == ITEM_DENIED || i != 1 || m->promise != OVERDUE, "a grant with an overdue promise");
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

static size_t in_state(const struct model *m, enum item_state s)
{
    size_t n = 0;
    for (int i = 0; i < N; i++)
        n += m->item[i].state == s;
    return n;
}

static void send_notice(struct model *m, bool forced)
{
    uint64_t f = fact_if(forced || in_state(m, ITEM_RECEIVED) == 0, FACT_ALL_SPOKEN_OR_LAST_DAY);
    if (m->correction != DRAFT || in_state(m, ITEM_CORRECTING) == 0)
        return;
    for (int i = 0; i < N; i++) {
        const struct transition *t = transition_find(&ITEM_TABLE, m->item[i].state,
                                                     ACT_SEND_CORRECTION, BY_CLOCK, filing(i), f,
                                                     NULL);
        if (!t)
            continue;
        must(forced || in_state(m, ITEM_RECEIVED) == 0, "a notice before everybody has spoken");
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
    if ((m->correction == ISSUED || m->correction == DRAFT) && in_state(m, ITEM_CORRECTING) == 0)
        m->correction = CLOSED;
}

/* The visit ends when nobody it serves is open without a confirmed result. */
static void close_visit(struct model *m)
{
    bool done = m->recorder == 7 || !item_open((enum item_state)m->item[1].state);
    if (!visit_open((enum visit_state)m->visit) || !done)
        return;
    const struct transition *t = transition_find(&VISIT_TABLE, VISIT_ANNOUNCED, ACT_CLOSE_VISIT,
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
static bool act_on(struct model *m, int i, enum act act, unsigned by, int officer, int choice,
                   uint64_t more)
{
    const struct transition *t = transition_find(&ITEM_TABLE, m->item[i].state, act, by,
                                                 filing(i), facts(m, i, officer) | more, NULL);
    if (!t)
        return false;
    enum item_state from = (enum item_state)m->item[i].state;
    check_decision(m, i, officer, from, (enum item_state)t->to);
    act_effect(m, i, act, officer, choice);
    m->item[i].state = (unsigned char)t->to;
    clock_effect(m, i, t);
    stale(m, i);
    close_notice(m);
    send_notice(m, false);
    close_visit(m);
    forget(m, i);
    return true;
}

/* ---- what may happen next ---- */

/* edges: pairs of states, from and to; kept only when asked for. */
struct explorer { struct set *set; size_t steps; bool keep; uint32_t from, *edges; size_t cap; };

static void reached(struct explorer *x, const struct model *m)
{
    x->steps++;
    check(m);
    if (broken)
        return;
    uint32_t to = add(x->set, m);
    if (!x->keep)
        return;
    if (x->steps * 2 > x->cap) {
        x->cap = x->cap ? x->cap * 2 : 1u << 16;
        x->edges = realloc(x->edges, x->cap * sizeof *x->edges);
    }
    x->edges[x->steps * 2 - 2] = x->from;
    x->edges[x->steps * 2 - 1] = to;
}

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
        act_on(m, i, ACT_DEEM_ACCEPTED, BY_CLOCK, -1, 0, 0);
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
                if (act_on(&next, i, DEPARTMENT[k], by, officer, choice, 0))
                    reached(x, &next);
            }
    }
    struct model next = *m; /* gives up, or learns that somebody was faster */
    next.looker[slot] = next.fresh[slot] = 0;
    reached(x, &next);
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
        reached(x, &next);
    }
}

static void applicant(struct explorer *x, const struct model *m)
{
    static const enum act ACTS_OF[] = { ACT_WITHDRAW, ACT_ASK_HEARING, ACT_WAIVE_HEARING };
    for (int i = 0; i < N; i++)
        for (size_t k = 0; k < COUNT_OF(ACTS_OF); k++) {
            struct model next = *m;
            if (k == 0 ? i == 0 || (features & NOTICES) : i == 0)
                if (act_on(&next, i, ACTS_OF[k], BY_APPLICANT, -1, 0, 0))
                    reached(x, &next);
        }
    /* One answer for all who asked; the promised material may come along. */
    struct model next = *m;
    bool any = false;
    for (int i = 0; i < N; i++)
        if (m->item[i].state == ITEM_CORRECTING)
            any |= act_on(&next, i, ACT_SUPPLEMENT, BY_APPLICANT, -1, 0, 0);
    if (any)
        reached(x, &next);
    next = *m;
    if (!m->collected && (m->promise == PROMISED || m->promise == OVERDUE)) {
        next.collected = 1;
        reached(x, &next);
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
        reached(x, &next);
    }
}

/* Each thing that time alone may bring, one at a time, and the clock's own acts. */
static void ticks(struct explorer *x, const struct model *m)
{
    struct model next;
    for (int i = 0; i < N; i++) {
        next = *m;
        next.item[i].silence = m->item[i].state == ITEM_RECEIVED;
        reached(x, &next);
        next = *m;
        if (m->item[i].silence && act_on(&next, i, ACT_DEEM_ACCEPTED, BY_CLOCK, -1, 0, 0))
            reached(x, &next);
        next = *m;
        if (act_on(&next, i, ACT_END_CORRECTION, BY_CLOCK, -1, 0, 0)) {
            must(m->correction == ISSUED && m->answer_overdue, "ended before the answer was due");
            reached(x, &next);
        }
    }
    next = *m;
    send_notice(&next, true);
    reached(x, &next);
    next = *m;
    next.answer_overdue = m->correction == ISSUED;
    reached(x, &next);
    next = *m;
    next.window_over |= m->hearing == HEARING_TOLD;
    next.hearing_day |= m->hearing == HEARING_NOTICED;
    next.visit_day |= m->visit == VISIT_ANNOUNCED;
    reached(x, &next);
    next = *m;
    next.limit_passed |= m->item[0].state == ITEM_ACCEPTED;
    reached(x, &next);
    next = *m;
    if (m->promise == PROMISED)
        next.promise = OVERDUE;
    reached(x, &next);
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
    reached(x, &next);
}

static void crash(struct explorer *x, const struct model *m)
{
    struct model next = *m;
    for (int k = 0; k < SLOTS; k++)
        next.looker[k] = next.fresh[k] = 0;
    reached(x, &next);
}

static void expand(struct explorer *x, const struct model *m, bool looks)
{
    officers(x, m, looks);
    applicant(x, m);
    visit_acts(x, m);
    ticks(x, m);
    bureau(x, m);
    crash(x, m);
}

static struct model start(void)
{
    bool visits = features & VISITS;
    struct model m = { .inspection = visits ? INSPECTION_REQUIRED : INSPECTION_NONE,
                       .promise = visits ? PROMISED : NO_PROMISE };
    for (int i = 0; i < N; i++)
        m.item[i] = (struct one){ .state = ITEM_RECEIVED, .clock = CLOCK_SILENCE,
                                  .holder = HOLDER_OURS };
    return m;
}

static void explore(struct explorer *x, unsigned with)
{
    struct set *s = x->set;
    features = with;
    struct model first = start();
    broken = NULL;
    add(s, &first);
    for (size_t i = 0; i < s->n && !broken; i++) {

        struct model m = s->states[i]; /* the array moves as it grows */
        x->from = (uint32_t)i;
        expand(x, &m, with & RACES);
    }
    if (broken)
        fail_msg("invariant broken after %zu states: %s", s->n, broken);
    print_message("explored %zu states, %zu steps\n", s->n, x->steps);
}

static void drop(struct set *s)
{
    free(s->states);
    free(s->slots);
    *s = (struct set){ 0 };
}

/* ---- the tests ---- */

static bool over(const struct model *m)
{
    size_t open = in_state(m, ITEM_RECEIVED) + in_state(m, ITEM_CORRECTING) +
                  in_state(m, ITEM_ACCEPTED);
    return open == 0 && (m->issued || in_state(m, ITEM_GRANTED) == 0);
}

/* Officers acting at once, on stale looks, with crashes. */
static void test_invariants(void **state)
{
    (void)state;
    static const unsigned RUNS[] = { STOPS | RACES, VISITS | RACES, NOTICES | RACES,
                                     STOPS | NOTICES, VISITS | NOTICES };
    for (size_t k = 0; k < COUNT_OF(RUNS); k++) {
        struct set s = { 0 };
        struct explorer x = { .set = &s };
        explore(&x, RUNS[k]);
        assert_true(s.n > 10000);
        drop(&s);
    }
}

/* Edges sorted by where they lead: those into state i are list[first[i]] … list[first[i + 1] - 1]. */
static uint32_t *sort_backwards(const struct explorer *x, size_t *first)
{
    size_t n = x->set->n;
    uint32_t *list = malloc(x->steps * sizeof *list);
    for (size_t e = 0; e < x->steps; e++)
        first[x->edges[2 * e + 1] + 1]++;
    for (size_t i = 0; i < n; i++)
        first[i + 1] += first[i];
    size_t *next = malloc(n * sizeof *next);
    memcpy(next, first, n * sizeof *next);
    for (size_t e = 0; e < x->steps; e++)
        list[next[x->edges[2 * e + 1]]++] = x->edges[2 * e];
    free(next);
    return list;
}

/* Backwards from the ends: no state that can be reached is a trap (PAINS 2, 7). */
static void test_every_case_can_end(void **state)
{
    (void)state;
    struct set s = { 0 };
    struct explorer x = { .set = &s, .keep = true };
    explore(&x, STOPS | VISITS);
    size_t *first = calloc(s.n + 1, sizeof *first);
    uint32_t *list = sort_backwards(&x, first);
    uint32_t *queue = malloc(s.n * sizeof *queue);
    bool *good = calloc(s.n, 1);
    size_t n = 0;
    for (size_t i = 0; i < s.n; i++)
        if (over(&s.states[i])) {
            good[i] = true;
            queue[n++] = (uint32_t)i;
        }
    assert_true(n > 0 && n < s.n);
    for (size_t at = 0; at < n; at++)
        for (size_t e = first[queue[at]]; e < first[queue[at] + 1]; e++)
            if (!good[list[e]]) {
                good[list[e]] = true;
                queue[n++] = list[e];
            }
    for (size_t i = 0; i < s.n; i++)
        if (!good[i])
            fail_msg("a case is stuck: items %s, %s, %s",
                     item_state_key((enum item_state)s.states[i].item[0].state),
                     item_state_key((enum item_state)s.states[i].item[1].state),
                     item_state_key((enum item_state)s.states[i].item[2].state));
    free(good);
    free(queue);
    free(list);
    free(first);
    free(x.edges);
    drop(&s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_invariants),
        cmocka_unit_test(test_every_case_can_end),
    };
    return cmocka_run_group_tests_name("explore", tests, NULL, NULL);
}
