/* explore: every interleaving of a case with three items, two officers each, the applicant, the
 * bureau, the clock and crashes between any two steps (the model: explore.h).
 *
 * In every state that can be reached the invariants at the end of PROCESS.md must hold, and from
 * every one the case must still be able to end. The model's features multiply, so they are explored
 * in several runs that overlap: each run is exhaustive for what it has. */
#include "explore.h"
#include "test.h"

/* ---- invariants of PROCESS.md ---- */

const char *broken;

void must(bool holds, const char *what)
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

void check_model(const struct model *m)
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

void check_decision(const struct model *m, int i, int officer, enum item_state from,
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
    must(i != 0 || model_hearing_settled(m), "a decision over a pending hearing");
    must(to == ITEM_DENIED || i != 1 || !(features & VISITS) ||
             m->inspection == INSPECTION_PASSED,
         "a grant with an open required inspection");
    must(to == ITEM_DENIED || i != 1 || m->promise != OVERDUE, "a grant with an overdue promise");
}

/* ---- the runs ---- */

/* Officers acting at once, on stale looks, with crashes. */
static void test_invariants(void **state)
{
    (void)state;
    static const unsigned RUNS[] = { STOPS | RACES, VISITS | RACES, NOTICES | RACES,
                                     STOPS | NOTICES, VISITS | NOTICES };
    /* Where all is slow (sanitizers) one run shows that the explorer itself is sound. */
    size_t runs = getenv("YZ_SLOW") ? 1 : COUNT_OF(RUNS);
    for (size_t k = 0; k < runs; k++) {
        struct set s = { 0 };
        struct explorer x = { .set = &s };
        explorer_run(&x, RUNS[k]);
        assert_true(s.n > 10000);
        explorer_free(&x);
    }
}

/* Backwards from the ends: no state that can be reached is a trap (PAINS 2, 7). */
static void test_every_case_can_end(void **state)
{
    (void)state;
    struct set s = { 0 };
    struct explorer x = { .set = &s, .keep = true };
    size_t ends;
    explorer_run(&x, STOPS | VISITS);
    long trap = explorer_find_trap(&x, &ends);
    assert_true(ends > 0 && ends < s.n);
    if (trap >= 0)
        fail_msg("a case is stuck: items %s, %s, %s",
                 item_state_key((enum item_state)s.states[trap].item[0].state),
                 item_state_key((enum item_state)s.states[trap].item[1].state),
                 item_state_key((enum item_state)s.states[trap].item[2].state));
    explorer_free(&x);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_invariants),
        cmocka_unit_test(test_every_case_can_end),
    };
    return cmocka_run_group_tests_name("explore", tests, NULL, NULL);
}
