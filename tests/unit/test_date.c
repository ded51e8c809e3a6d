/* date: the whole range of legal dates, leap rules, texts, and the Shanghai day. */
#include "base/date.h"
#include "test.h"

static bool leap(int y)
{
    return (y % 4 == 0 && y % 100 != 0) || y % 400 == 0;
}

static int days_in(int y, int m)
{
    static const int N[] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };
    return m == 2 && leap(y) ? 29 : N[m - 1];
}

/* Every day from 1900 to 2999, counted one by one, in all its written forms. */
static void test_whole_range(void **state)
{
    (void)state;
    int32_t expected = -25567; /* 1900-01-01 */
    int weekday = 1;           /* a Monday */
    char text[32], made[32];
    for (int y = 1900; y <= 2999; y++)
        for (int m = 1; m <= 12; m++) {
            for (int d = 1; d <= days_in(y, m); d++, expected++, weekday = (weekday + 1) % 7) {
                int32_t back;
                assert_int_equal(date_of(y, m, d), expected);
                struct civil c = date_civil(expected);
                assert_true(c.year == y && c.month == m && c.day == d);
                assert_int_equal(date_weekday(expected), weekday);
                snprintf(made, sizeof made, "%04d-%02d-%02d", y, m, d);
                assert_string_equal(date_format(expected, text), made);
                assert_true(date_parse(sv_of(made), &back));
                assert_int_equal(back, expected);
                assert_int_equal(date_to_number(expected), y * 10000 + m * 100 + d);
                assert_int_equal(date_from_number(y * 10000 + m * 100 + d), expected);
            }
            assert_int_equal(date_of(y, m, days_in(y, m) + 1), DATE_NONE);
        }
    assert_int_equal(date_of(2026, 11, 23), 20780);
}

static void test_no_such_day(void **state)
{
    (void)state;
    static const char *const WRONG[] = {
        "2026-02-29", "2100-02-29", "1900-02-29", "2025-04-31", "2026-13-01", "2026-00-10",
        "2026-01-00", "2026-01-32", "1899-12-31", "3000-01-01", "0000-00-00", "2026-1-01",
        "2026-01-1", "26-01-01", "2026/01/01", "20260101", "2026-01-01 ", " 2026-01-01",
        "2026-01-01T00:00:00", "２026-01-01", "+026-01-01", "-026-01-01", "2026--1-01",
        "2026-0a-01", "", "2026年1月1日",
    };
    for (size_t i = 0; i < COUNT_OF(WRONG); i++) {
        int32_t d = 77;
        if (date_parse(sv_of(WRONG[i]), &d))
            fail_msg("“%s”", WRONG[i]);
        assert_int_equal(d, 77);
    }
    assert_int_not_equal(date_of(2000, 2, 29), DATE_NONE);
    assert_int_not_equal(date_of(2028, 2, 29), DATE_NONE);
    assert_int_equal(date_of(2026, INT32_MAX, 1), DATE_NONE);
    assert_int_equal(date_of(INT32_MIN, 1, 1), DATE_NONE);
    assert_int_equal(date_from_number(20260229), DATE_NONE);
    assert_int_equal(date_from_number(0), DATE_NONE);
    assert_int_equal(date_from_number(-20260101), DATE_NONE);
    assert_int_equal(date_from_number(INT64_MAX), DATE_NONE);
    assert_int_equal(date_from_number(INT64_C(20260101) + (INT64_C(1) << 32)), DATE_NONE);
}

static void test_none_is_empty(void **state)
{
    (void)state;
    char text[32];
    assert_string_equal(date_format(DATE_NONE, text), "");
    assert_string_equal(date_chinese(DATE_NONE, text), "");
    assert_int_equal(date_to_number(DATE_NONE), 0);
    assert_string_equal(date_chinese(date_of(2026, 3, 5), text), "2026年3月5日");
}

static void test_add_years(void **state)
{
    (void)state;
    assert_int_equal(date_add_years(date_of(2024, 2, 29), 1), date_of(2025, 2, 28));
    assert_int_equal(date_add_years(date_of(2024, 2, 29), 4), date_of(2028, 2, 29));
    assert_int_equal(date_add_years(date_of(2024, 2, 29), 5), date_of(2029, 2, 28));
    assert_int_equal(date_add_years(date_of(2096, 2, 29), 4), date_of(2100, 2, 28));
    assert_int_equal(date_add_years(date_of(2026, 12, 31), 3), date_of(2029, 12, 31));
    assert_int_equal(date_add_years(date_of(2026, 1, 1), 0), date_of(2026, 1, 1));
    assert_int_equal(date_add_years(date_of(2999, 1, 1), 1), DATE_NONE);
}

/* The Shanghai day begins at 16:00 UTC; also before 1970. */
static void test_shanghai_day(void **state)
{
    (void)state;
    char text[32];
    int64_t start = date_start_ms(date_of(2026, 11, 23));
    assert_int_equal(start, INT64_C(1795363200000));
    assert_int_equal(date_of_ms(start), date_of(2026, 11, 23));
    assert_int_equal(date_of_ms(start - 1), date_of(2026, 11, 22));
    assert_int_equal(date_of_ms(start + MS_PER_DAY - 1), date_of(2026, 11, 23));
    assert_int_equal(date_of_ms(-SHANGHAI_MS), 0);
    assert_int_equal(date_of_ms(-SHANGHAI_MS - 1), -1);
    for (int32_t d = -800; d < 800; d++)
        for (int64_t k = -1; k <= 1; k++)
            assert_int_equal(date_of_ms(date_start_ms(d) + k), k < 0 ? d - 1 : d);
    assert_string_equal(time_format(start, text), "2026-11-23T00:00:00+08:00");
    assert_string_equal(time_format(start - 1, text), "2026-11-22T23:59:59+08:00");
    assert_string_equal(time_format(start + 37230999, text), "2026-11-23T10:20:30+08:00");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_whole_range),
        cmocka_unit_test(test_no_such_day),
        cmocka_unit_test(test_none_is_empty),
        cmocka_unit_test(test_add_years),
        cmocka_unit_test(test_shanghai_day),
    };
    return cmocka_run_group_tests_name("date", tests, NULL, NULL);
}
