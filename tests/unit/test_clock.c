/* clock: time limits and their signals, by rule number. */
#include "domain/law/clock.h"
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

static struct law_clock run(enum clock_kind kind, const char *from, int64_t promised,
                            int64_t statutory, const char *today)
{
    struct law_clock c;
    law_clock_run(&cal, kind, day(from), promised, statutory, day(today), &c);
    return c;
}

/* P15: the promised days alarm, the statutory days breach; the stricter one counts. */
static void test_P15_stricter_limit(void **state)
{
    (void)state;
    assert_int_equal(law_limit(7, 20), 7);
    assert_int_equal(law_limit(25, 20), 20);
    assert_int_equal(law_limit(20, 20), 20);
    assert_int_equal(law_limit(0, 20), 20);
    assert_int_equal(law_limit(-1, 20), 20);
    assert_int_equal(law_limit(5, 0), 0);
    struct law_clock c = run(CLOCK_DECISION, "2026-02-10", 5, 20, "2026-02-10");
    assert_int_equal(c.promised_due, day("2026-02-24"));
    assert_int_equal(c.statutory_due, day("2026-03-16"));
    assert_int_equal(c.due_on, c.promised_due);
    assert_int_equal(c.started_on, day("2026-02-10"));
    c = run(CLOCK_DECISION, "2026-02-10", 0, 20, "2026-02-10");
    assert_int_equal(c.promised_due, DATE_NONE);
    assert_int_equal(c.due_on, day("2026-03-16"));
    c = run(CLOCK_DECISION, "2026-02-10", 30, 20, "2026-02-10");
    assert_int_equal(c.due_on, c.statutory_due);
}

static void test_P15_days_used_and_left(void **state)
{
    (void)state;
    static const struct { const char *today; int64_t used, left; enum signal signal; } ROWS[] = {
        { "2026-02-10", 0, 5, SIGNAL_GREEN },  { "2026-02-11", 1, 4, SIGNAL_GREEN },
        { "2026-02-13", 3, 2, SIGNAL_GREEN },  { "2026-02-14", 4, 1, SIGNAL_YELLOW },
        { "2026-02-18", 4, 1, SIGNAL_YELLOW }, { "2026-02-24", 5, 0, SIGNAL_YELLOW },
        { "2026-02-25", 6, -1, SIGNAL_RED },   { "2026-02-26", 7, -2, SIGNAL_RED },
    };
    for (size_t i = 0; i < COUNT_OF(ROWS); i++) {
        struct law_clock c = run(CLOCK_SILENCE, "2026-02-10", 0, SILENCE_DAYS, ROWS[i].today);
        assert_int_equal(c.days_used, ROWS[i].used);
        assert_int_equal(c.days_left, ROWS[i].left);
        assert_int_equal(c.signal, ROWS[i].signal);
        assert_int_equal(c.due_on, day("2026-02-24"));
    }
}

/* The clock ends at the close of its last day: a holiday after it is late already. */
static void test_P15_late_on_a_holiday(void **state)
{
    (void)state;
    struct law_clock c = run(CLOCK_DECISION, "2026-03-09", 4, 20, "2026-03-13");
    assert_int_equal(c.due_on, day("2026-03-13")); /* a Friday */
    assert_int_equal(c.signal, SIGNAL_YELLOW);
    c = run(CLOCK_DECISION, "2026-03-09", 4, 20, "2026-03-14");
    assert_int_equal(c.signal, SIGNAL_RED);
    assert_int_equal(c.days_left, -1);
    c = run(CLOCK_DECISION, "2026-03-09", 4, 20, "2026-03-16");
    assert_int_equal(c.days_left, -1);
    c = run(CLOCK_DECISION, "2026-03-09", 4, 20, "2026-03-17");
    assert_int_equal(c.days_left, -2);
}

/* P18: yellow when a quarter of the limit, at least one day, is left; red when passed. */
static void test_P18_signals(void **state)
{
    (void)state;
    static const struct { int64_t limit, last_green, first_yellow; } ROWS[] = {
        { 1, 2, 1 },  { 2, 2, 1 },  { 3, 2, 1 },  { 4, 2, 1 },   { 5, 2, 1 },   { 7, 2, 1 },
        { 8, 3, 2 },  { 11, 3, 2 }, { 12, 4, 3 }, { 15, 4, 3 },  { 16, 5, 4 },  { 20, 6, 5 },
        { 30, 8, 7 }, { 45, 12, 11 }, { 60, 16, 15 }, { 0, 2, 1 },
    };
    for (size_t i = 0; i < COUNT_OF(ROWS); i++) {
        assert_int_equal(law_signal(ROWS[i].limit, ROWS[i].last_green), SIGNAL_GREEN);
        assert_int_equal(law_signal(ROWS[i].limit, ROWS[i].first_yellow), SIGNAL_YELLOW);
        assert_int_equal(law_signal(ROWS[i].limit, 0), SIGNAL_YELLOW);
        assert_int_equal(law_signal(ROWS[i].limit, -1), SIGNAL_RED);
        assert_int_equal(law_signal(ROWS[i].limit, -100), SIGNAL_RED);
    }
    assert_string_equal(signal_text(SIGNAL_YELLOW), "yellow");
    assert_string_equal(signal_text(SIGNAL_NONE), "none");
    assert_string_equal(clock_kind_text(CLOCK_APPLICANT), "applicant");
}

/* P18: queues filter by yellow_on and due_on alone. For every start in two years, every limit,
 * and every day around the limit they say what the clock itself says. */
static void test_P18_yellow_on_agrees(void **state)
{
    (void)state;
    static const int64_t LIMITS[] = { 1, 2, 3, 4, 5, 7, 8, 10, 15, 20, 30, 45 };
    for (int32_t start = day("2025-01-01"); start < day("2027-01-01"); start += 3)
        for (size_t i = 0; i < COUNT_OF(LIMITS); i++) {
            struct law_clock c;
            int32_t due = calendar_add(&cal, start, LIMITS[i]);
            int32_t yellow = law_yellow_on(&cal, due, LIMITS[i]);
            assert_true(yellow <= due);
            for (int32_t today = start; today <= due + 12; today++) {
                law_clock_run(&cal, CLOCK_DECISION, start, 0, LIMITS[i], today, &c);
                enum signal by_dates = today > due ? SIGNAL_RED
                                     : today >= yellow ? SIGNAL_YELLOW : SIGNAL_GREEN;
                if (c.signal != by_dates) {
                    char text[3][11];
                    fail_msg("start %s, limit %lld, today %s, yellow_on %s",
                             date_format(start, text[0]), (long long)LIMITS[i],
                             date_format(today, text[1]), date_format(yellow, text[2]));
                }
            }
        }
}

/* A limit of no days is due on the same day, and late on the next. */
static void test_on_the_spot(void **state)
{
    (void)state;
    struct law_clock c = run(CLOCK_DECISION, "2026-03-10", 0, 0, "2026-03-10");
    assert_int_equal(c.due_on, day("2026-03-10"));
    assert_int_equal(c.days_left, 0);
    assert_int_equal(c.signal, SIGNAL_YELLOW);
    c = run(CLOCK_DECISION, "2026-03-10", 0, 0, "2026-03-11");
    assert_int_equal(c.signal, SIGNAL_RED);
    /* Received on a Saturday: Sunday is late although no working day has passed. */
    c = run(CLOCK_DECISION, "2026-03-14", 0, 0, "2026-03-15");
    assert_int_equal(c.signal, SIGNAL_RED);
    assert_int_equal(c.days_left, -1);
    assert_true(law_yellow_on(&cal, day("2026-03-10"), 0) <= day("2026-03-10"));
}

/* A deadline in a year without a notice is provisional, one in a published year is not. */
static void test_provisional(void **state)
{
    (void)state;
    assert_false(run(CLOCK_DECISION, "2026-12-01", 0, 20, "2026-12-01").provisional);
    assert_true(run(CLOCK_DECISION, "2026-12-10", 0, 20, "2026-12-10").provisional);
    assert_true(run(CLOCK_DECISION, "2027-03-01", 0, 20, "2027-03-01").provisional);
    /* What counts is the deadline that the signal follows. */
    assert_false(run(CLOCK_DECISION, "2026-12-10", 5, 20, "2026-12-10").provisional);
    assert_false(run(CLOCK_DECISION, "2025-12-20", 0, 20, "2025-12-20").provisional);
}

static void test_no_clock(void **state)
{
    (void)state;
    struct law_clock c = run(CLOCK_NONE, "2026-03-10", 5, 20, "2027-03-10");
    assert_int_equal(c.signal, SIGNAL_NONE);
    assert_int_equal(c.kind, CLOCK_NONE);
    assert_int_equal(c.promised_due, DATE_NONE);
    assert_false(c.provisional);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_P15_stricter_limit),
        cmocka_unit_test(test_P15_days_used_and_left),
        cmocka_unit_test(test_P15_late_on_a_holiday),
        cmocka_unit_test(test_P18_signals),
        cmocka_unit_test(test_P18_yellow_on_agrees),
        cmocka_unit_test(test_on_the_spot),
        cmocka_unit_test(test_provisional),
        cmocka_unit_test(test_no_clock),
    };
    return cmocka_run_group_tests_name("clock", tests, setup, teardown);
}
