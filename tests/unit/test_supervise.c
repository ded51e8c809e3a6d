/* supervise: which decisions make a task, its clocks and signals, what may be proposed (P30). */
#include "domain/case/supervise.h"
#include "test.h"
#include "test_calendar_fixture.h"

static struct arena *arena;
static struct calendar cal;

static int setup(void **state)
{
    (void)state;
    arena = arena_new();
    fixture_calendar(&cal, arena);
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    arena_free(arena);
    return 0;
}

static void test_P30_every_decision_makes_a_task(void **state)
{
    (void)state;
    enum supervision_kind kind;
    assert_true(supervision_of(ACT_GRANT, &kind) && kind == SUPERVISE_START);
    assert_true(supervision_of(ACT_DENY, &kind) && kind == SUPERVISE_INFORM);
    assert_false(supervision_of(ACT_REFUSE, &kind));
    assert_false(supervision_of(ACT_REISSUE_LICENCE, &kind));
    /* Every act of the permit's own table, by what it leaves. */
    for (size_t i = 0; i < PERMIT_TABLE.n; i++) {
        const struct transition *t = &PERMIT_TABLE.rows[i];
        assert_true(supervision_of(t->act, &kind));
        assert_int_equal(kind, t->to == PERMIT_VALID ? SUPERVISE_CHANGE : SUPERVISE_END);
    }
}

/* The signal by the two days of the row is the signal by counting (P18), for every limit and day. */
static void test_P30_signal_is_that_of_P18(void **state)
{
    (void)state;
    for (int32_t from = day("2026-09-20"); from < day("2026-11-30"); from += 3)
        for (int64_t limit = 1; limit <= 25; limit += 3) {
            struct supervision_clock k = supervision_clock(&cal, from, limit);
            assert_int_equal(k.due_on, calendar_add(&cal, from, limit));
            for (int32_t d = from; d < k.due_on + 12; d++) {
                struct law_clock c = { .due_on = k.due_on };
                law_clock_left(&cal, limit, d, &c);
                assert_int_equal(supervision_signal(&k, d), c.signal);
            }
        }
}

static void test_P30_clocks(void **state)
{
    (void)state;
    /* Over the National Day holidays: five working days. */
    struct supervision_clock k = supervision_clock(&cal, day("2026-09-29"), 5);
    assert_int_equal(k.due_on, calendar_add(&cal, day("2026-09-29"), 5));
    assert_int_equal(supervision_signal(&k, k.due_on), SIGNAL_YELLOW);
    assert_int_equal(supervision_signal(&k, k.due_on + 1), SIGNAL_RED);
    assert_int_equal(supervision_signal(&k, day("2026-09-29")), SIGNAL_GREEN);
    k = supervision_until(&cal, day("2026-11-02"), day("2026-11-30"));
    assert_int_equal(k.due_on, day("2026-11-30"));
    assert_int_equal(supervision_signal(&k, day("2026-11-03")), SIGNAL_GREEN);
    assert_int_equal(supervision_signal(&k, day("2026-11-27")), SIGNAL_YELLOW);
    struct supervision_clock none = { DATE_NONE, DATE_NONE };
    assert_int_equal(supervision_signal(&none, day("2026-11-30")), SIGNAL_NONE);
}

/* P24: only what ends the permit, and only while there is something to end. */
static void test_P30_what_may_be_proposed(void **state)
{
    (void)state;
    assert_true(supervision_may_propose(PERMIT_VALID, ACT_REVOKE_PERMIT));
    assert_true(supervision_may_propose(PERMIT_VALID, ACT_WITHDRAW_PERMIT));
    assert_true(supervision_may_propose(PERMIT_VALID, ACT_FORFEIT_PERMIT));
    assert_true(supervision_may_propose(PERMIT_VALID, ACT_CANCEL_PERMIT));
    assert_true(supervision_may_propose(PERMIT_EXPIRED, ACT_CANCEL_PERMIT));
    assert_false(supervision_may_propose(PERMIT_VALID, ACT_EXPIRE_PERMIT)); /* the clock's */
    assert_false(supervision_may_propose(PERMIT_VALID, ACT_AMEND_PERMIT));
    assert_false(supervision_may_propose(PERMIT_REVOKED, ACT_REVOKE_PERMIT));
    for (int a = 0; a < ACTS; a++)
        assert_false(supervision_may_propose(PERMIT_CANCELLED, (enum act)a));
}

/* A long walk by chance over the table, every fact at hand: whatever was done, a proposal comes out of a
 * finding only, nothing is reported before it was acknowledged, and from everywhere the task can
 * still be closed. */
static void test_P30_random_walks(void **state)
{
    (void)state;
    uint64_t seed = 20261124;
    for (int walk = 0; walk < 2000; walk++) {
        int at = SUPERVISION_NONE;
        bool acknowledged = false;
        for (int step = 0; step < 40; step++) {
            seed = seed * 6364136223846793005u + 1442695040888963407u;
            enum act act = (enum act)((seed >> 33) % ACTS);
            unsigned by = seed >> 20 & 1 ? BY_DEPARTMENT : BY_CLOCK;
            const struct transition *t = transition_find(&SUPERVISION_TABLE, at, act, by, false,
                                                         FACTS_ALL, NULL);
            if (!t)
                continue;
            acknowledged |= act == ACT_ACKNOWLEDGE_SUPERVISION;
            assert_true(acknowledged || t->to <= SUPERVISION_PENDING);
            assert_true(t->to != SUPERVISION_PROPOSED || at == SUPERVISION_FINDING);
            at = t->to;
        }
        for (int step = 0; step < 4 && at != SUPERVISION_CLOSED; step++) {
            static const enum act on[SUPERVISION_STATES] = {
                [SUPERVISION_NONE] = ACT_OPEN_SUPERVISION,
                [SUPERVISION_PENDING] = ACT_ACKNOWLEDGE_SUPERVISION,
                [SUPERVISION_ACKNOWLEDGED] = ACT_CLOSE_SUPERVISION,
                [SUPERVISION_FINDING] = ACT_CLOSE_SUPERVISION,
                [SUPERVISION_PROPOSED] = ACT_DECLINE_PROPOSAL,
            };
            const struct transition *t = transition_find(&SUPERVISION_TABLE, at, on[at],
                                                         BY_DEPARTMENT | BY_CLOCK, false,
                                                         FACTS_ALL, NULL);
            assert_non_null(t);
            at = t->to;
        }
        assert_int_equal(at, SUPERVISION_CLOSED);
    }
}

static void test_names(void **state)
{
    (void)state;
    for (int s = 0; s < SUPERVISION_STATES; s++) {
        assert_int_equal(supervision_state_of(sv_of(supervision_state_key((enum supervision_state)s))), s);
        assert_true(supervision_state_text((enum supervision_state)s)[0] != 0);
    }
    for (int k = 0; k < SUPERVISION_KINDS; k++) {
        assert_int_equal(supervision_kind_of(sv_of(supervision_kind_key((enum supervision_kind)k))), k);
        assert_true(supervision_kind_text((enum supervision_kind)k)[0] != 0);
    }
    for (int r = 0; r < SUPERVISION_RESULTS; r++)
        assert_int_equal(supervision_result_of(sv_of(supervision_result_key((enum supervision_result)r))), r);
    assert_int_equal(supervision_result_of(SV("fine")), SUPERVISION_RESULTS);
    assert_int_equal(supervision_kind_of(SV("")), SUPERVISION_KINDS);
    assert_int_equal(supervision_state_of(SV("")), SUPERVISION_STATES);
    assert_string_equal(supervision_result_text(SUPERVISED_FILED), "立案查处");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_P30_every_decision_makes_a_task),
        cmocka_unit_test(test_P30_signal_is_that_of_P18),
        cmocka_unit_test(test_P30_clocks),
        cmocka_unit_test(test_P30_what_may_be_proposed),
        cmocka_unit_test(test_P30_random_walks),
        cmocka_unit_test(test_names),
    };
    return cmocka_run_group_tests_name("supervise", tests, setup, teardown);
}
