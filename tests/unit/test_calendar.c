/* calendar: working days by the State Council's notices, against known vectors and against a
 * reference that looks at one day after the other. */
#include "test_calendar_fixture.h"

static struct arena *arena;
static struct calendar shipped;

static int setup(void **state)
{
    (void)state;
    arena = arena_new();
    fixture_calendar(&shipped, arena);
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    arena_free(arena);
    return 0;
}

/* The notices of 2024-11-12 and 2025-11-04, and the statutory days of 2027, written out again:
 * a wrong line in catalog/calendar would not be noticed by a test that only reads it. */
static const struct range { const char *from, *to; bool works; } NOTICES[] = {
    { "2025-01-01", "2025-01-01", false }, { "2025-01-28", "2025-02-04", false },
    { "2025-01-26", "2025-01-26", true },  { "2025-02-08", "2025-02-08", true },
    { "2025-04-04", "2025-04-06", false }, { "2025-05-01", "2025-05-05", false },
    { "2025-04-27", "2025-04-27", true },  { "2025-05-31", "2025-06-02", false },
    { "2025-10-01", "2025-10-08", false }, { "2025-09-28", "2025-09-28", true },
    { "2025-10-11", "2025-10-11", true },  { "2026-01-01", "2026-01-03", false },
    { "2026-01-04", "2026-01-04", true },  { "2026-02-15", "2026-02-23", false },
    { "2026-02-14", "2026-02-14", true },  { "2026-02-28", "2026-02-28", true },
    { "2026-04-04", "2026-04-06", false }, { "2026-05-01", "2026-05-05", false },
    { "2026-05-09", "2026-05-09", true },  { "2026-06-19", "2026-06-21", false },
    { "2026-09-25", "2026-09-27", false }, { "2026-10-01", "2026-10-07", false },
    { "2026-09-20", "2026-09-20", true },  { "2026-10-10", "2026-10-10", true },
    { "2027-01-01", "2027-01-01", false }, { "2027-02-05", "2027-02-08", false },
    { "2027-04-05", "2027-04-05", false }, { "2027-05-01", "2027-05-02", false },
    { "2027-06-09", "2027-06-09", false }, { "2027-09-15", "2027-09-15", false },
    { "2027-10-01", "2027-10-03", false },
};

static bool naive_works(int32_t d)
{
    for (size_t i = 0; i < COUNT_OF(NOTICES); i++)
        if (d >= day(NOTICES[i].from) && d <= day(NOTICES[i].to))
            return NOTICES[i].works;
    struct civil c = date_civil(d);
    struct tm t = { .tm_year = c.year - 1900, .tm_mon = c.month - 1, .tm_mday = c.day, .tm_hour = 12 };
    timegm(&t);
    return t.tm_wday != 0 && t.tm_wday != 6;
}

static void test_every_day(void **state)
{
    (void)state;
    for (int32_t d = day("2025-01-01"); d <= day("2027-12-31"); d++)
        if (calendar_works(&shipped, d) != naive_works(d)) {
            char text[11];
            fail_msg("%s", date_format(d, text));
        }
}

static void test_vectors(void **state)
{
    (void)state;
    static const struct { const char *from; int64_t n; const char *due; } ROWS[] = {
        { "2026-02-10", 5, "2026-02-24" },  { "2026-02-10", 20, "2026-03-16" },
        { "2026-02-13", 1, "2026-02-14" },  { "2026-02-27", 1, "2026-02-28" },
        { "2026-09-18", 20, "2026-10-22" }, { "2026-09-30", 20, "2026-11-03" },
        { "2026-04-28", 45, "2026-07-03" },
    };
    for (size_t i = 0; i < COUNT_OF(ROWS); i++) {
        char text[11];
        int32_t due = calendar_add(&shipped, day(ROWS[i].from), ROWS[i].n);
        assert_string_equal(date_format(due, text), ROWS[i].due);
        assert_int_equal(calendar_count(&shipped, day(ROWS[i].from), due), ROWS[i].n);
    }
}

static void test_working_days_of_a_year(void **state)
{
    (void)state;
    assert_int_equal(calendar_count(&shipped, day("2024-12-31"), day("2025-12-31")), 248);
    assert_int_equal(calendar_count(&shipped, day("2025-12-31"), day("2026-12-31")), 248);
}

/* Random deadlines in 2025 to 2027 against counting day by day. */
static void test_random_deadlines(void **state)
{
    (void)state;
    uint64_t r = 20261123;
    int32_t first = day("2025-01-01");
    bool works[1200];
    for (int i = 0; i < 1200; i++)
        works[i] = naive_works(first + i);
    for (int round = 0; round < 20000; round++) {
        int at = (int)(test_random(&r) % 1000);
        int64_t n = (int64_t)(test_random(&r) % 70);
        int32_t start = first + at;
        for (int64_t left = n; left > 0;)
            left -= works[++at];
        int32_t due = calendar_add(&shipped, start, n);
        assert_int_equal(due, first + at);
        assert_int_equal(calendar_count(&shipped, start, due), n);
        assert_int_equal(calendar_count(&shipped, due, start), -n);
        assert_true(n == 0 || calendar_works(&shipped, due));
    }
}

/* Day 0 is the day of the event whatever it is: a start on a holiday counts from the next day. */
static void test_day_zero(void **state)
{
    (void)state;
    assert_int_equal(calendar_add(&shipped, day("2026-02-18"), 0), day("2026-02-18"));
    assert_int_equal(calendar_add(&shipped, day("2026-02-18"), 1), day("2026-02-24"));
    assert_int_equal(calendar_add(&shipped, day("2026-02-18"), -3), day("2026-02-18"));
    assert_int_equal(calendar_count(&shipped, day("2026-02-18"), day("2026-02-18")), 0);
}

/* A year counts as published only when its notice is. */
static void test_published(void **state)
{
    (void)state;
    assert_true(calendar_published(&shipped, day("2025-01-01")));
    assert_true(calendar_published(&shipped, day("2026-12-31")));
    assert_false(calendar_published(&shipped, day("2027-01-01")));
    assert_false(calendar_published(&shipped, day("2024-12-31")));
    assert_false(calendar_published(&shipped, day("1999-01-01")));
    assert_false(calendar_published(&shipped, day("2999-12-31")));
}

static void test_supported_years(void **state)
{
    (void)state;
    struct calendar c;
    calendar_init(&c, arena);
    assert_false(calendar_mark(&c, day("2019-12-31"), false));
    assert_false(calendar_mark(&c, day("2100-01-01"), false));
    assert_true(calendar_mark(&c, day("2020-01-01"), false));
    assert_true(calendar_mark(&c, day("2099-12-31"), false));
    assert_true(calendar_mark(&c, day("2024-12-31"), false)); /* the 366th day of a leap year */
    assert_false(calendar_works(&c, day("2020-01-01")));
    assert_false(calendar_works(&c, day("2024-12-31")));
    assert_true(calendar_works(&c, day("2024-12-30")));
    calendar_publish(&c, 2019);
    calendar_publish(&c, 2100);
    /* Without marks: Monday to Friday. */
    assert_true(calendar_works(&c, day("2150-06-05")) && !calendar_works(&c, day("2150-06-06")));
    assert_true(calendar_mark(&c, day("2020-01-01"), true)); /* later notices correct earlier ones */
    assert_true(calendar_works(&c, day("2020-01-01")));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_every_day),
        cmocka_unit_test(test_vectors),
        cmocka_unit_test(test_working_days_of_a_year),
        cmocka_unit_test(test_random_deadlines),
        cmocka_unit_test(test_day_zero),
        cmocka_unit_test(test_published),
        cmocka_unit_test(test_supported_years),
    };
    return cmocka_run_group_tests_name("calendar", tests, setup, teardown);
}
