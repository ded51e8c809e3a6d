/* store: imported holiday arrangements, and deadlines that move by them. */
#include "store/calendar_store.h"
#include "test_store_fixture.h"

enum { FIRST = 20819, LAST = 21183 }; /* the days of 2027 */

static struct calendar_year_row a_year(const char *region, int64_t year, const char *source)
{
    return (struct calendar_year_row){ .region = sv_of(region), .year = year,
                                       .certainty = SV("published"), .source = sv_of(source),
                                       .imported_by = SV("admin"), .digest = SV("d"),
                                       .imported_at = 77 };
}

static void put_day(const char *region, int32_t day, const char *kind)
{
    struct calendar_day_row d = { sv_of(region), day, sv_of(kind), SV("示例") };
    ok(calendar_day_insert(conn, &d, &err));
}

static void tell_all(void)
{
    struct calendar_year_row *years;
    struct calendar_day_row *days;
    size_t n;
    ok(calendar_year_list(conn, arena, &years, &n, &err));
    for (size_t i = 0; i < n; i++)
        seen("year %s %lld %s %s %lld %s %s", years[i].region.p, (long long)years[i].year,
             years[i].certainty.p, years[i].source.p, (long long)years[i].imported_at,
             years[i].imported_by.p, years[i].digest.p);
    ok(calendar_day_list(conn, arena, &days, &n, &err));
    for (size_t i = 0; i < n; i++)
        seen("day %s %d %s %s", days[i].region.p, days[i].day, days[i].kind.p, days[i].name.p);
}

static void test_year_replaces_its_days_only(void **state)
{
    (void)state;
    struct calendar_year_row y = a_year("", 2027, "旧"), *years;
    struct calendar_day_row *days;
    size_t n;
    ok(calendar_year_list(conn, arena, &years, &n, &err));
    assert_int_equal(n, 0);
    ok(calendar_year_put(conn, &y, FIRST, LAST, &err));
    put_day("", FIRST - 1, "off"); /* 2026-12-31 */
    put_day("", LAST, "work");
    put_day("", FIRST, "off");
    put_day("", LAST + 1, "off");
    put_day("150303", FIRST, "off");
    struct calendar_day_row again = { SV(""), FIRST, SV("work"), SV("x") };
    fails(calendar_day_insert(conn, &again, &err), ERR_CONFLICT);
    tell_all();
    y.source = SV("新");
    y.certainty = SV("provisional");
    ok(calendar_year_put(conn, &y, FIRST, LAST, &err));
    ok(calendar_year_list(conn, arena, &years, &n, &err));
    assert_int_equal(n, 1);
    assert_sv(years[0].source, "新");
    assert_sv(years[0].certainty, "provisional");
    ok(calendar_day_list(conn, arena, &days, &n, &err));
    assert_int_equal(n, 3);
    assert_int_equal(days[0].day, FIRST - 1);
    assert_int_equal(days[1].day, LAST + 1);
    assert_sv(days[2].region, "150303");
    tell_all();
}

static void test_years_in_order(void **state)
{
    (void)state;
    static const struct { const char *region; int64_t year; } ROWS[] = {
        { "150303", 2026 }, { "", 2027 }, { "150300", 2027 }, { "", 2026 } };
    struct calendar_year_row *years;
    size_t n;
    for (size_t i = 0; i < COUNT_OF(ROWS); i++) {
        struct calendar_year_row y = a_year(ROWS[i].region, ROWS[i].year, "示例");
        ok(calendar_year_put(conn, &y, FIRST, LAST, &err));
    }
    ok(calendar_year_list(conn, arena, &years, &n, &err));
    assert_int_equal(n, 4);
    assert_int_equal(years[0].year, 2026);
    assert_sv(years[1].region, "");
    assert_sv(years[2].region, "150300");
    assert_sv(years[3].region, "150303");
    tell_all();
}

static void a_case(int64_t id, int64_t n_open, int32_t deliver_by)
{
    struct case_row c = { .id = id, .number = arena_printf_sv(arena, "YZ%03lld", (long long)id),
                          .industry = SV("I01"), .region = SV("150302"),
                          .catalog_version = SV("1"), .channel = SV("online"),
                          .answers = SV("{}"), .state = CASE_SUBMITTED, .version = 1,
                          .n_open = n_open, .deliver_by = deliver_by,
                          .deliver_warn_on = DATE_NONE };
    ok(case_insert(conn, &c, &err));
    c.version = 2; /* inserting writes no counts */
    ok(case_update(conn, &c, &err));
}

static void test_open_cases(void **state)
{
    (void)state;
    int64_t *list;
    size_t n;
    for (int64_t id = 1; id <= 9; id++)
        a_case(id, id % 3, DATE_NONE);
    a_case(10, 0, FIRST); /* all decided, but not delivered: a date that moves as well */
    ok(calendar_open_cases(conn, 0, 4, arena, &list, &n, &err));
    assert_int_equal(n, 4);
    assert_true(list[0] == 1 && list[1] == 2 && list[2] == 4 && list[3] == 5);
    ok(calendar_open_cases(conn, 5, 4, arena, &list, &n, &err));
    assert_int_equal(n, 3);
    assert_true(list[0] == 7 && list[1] == 8 && list[2] == 10);
    ok(calendar_open_cases(conn, 10, 4, arena, &list, &n, &err));
    assert_int_equal(n, 0);
}

static void test_due_dates(void **state)
{
    (void)state;
    struct item_row item = { .id = 1, .case_id = 5, .permit = SV("P"), .department = SV("D"),
                             .region = SV("150302"), .state = ITEM_RECEIVED, .version = 3,
                             .received_on = FIRST, .accepted_on = DATE_NONE,
                             .closed_on = DATE_NONE, .due_on = FIRST + 5,
                             .yellow_on = FIRST + 4, .seen_digest = SV("d"),
                             .valid_from = DATE_NONE, .valid_until = DATE_NONE }, r;
    struct correction_row k = { 7, 5, 1, SV("issued"), 1000, FIRST + 30 }, got;
    ok(item_insert(conn, &item, &err));
    item.due_on = FIRST + 9;
    item.yellow_on = FIRST + 8;
    item.timer.used = 3;
    ok(item_set_time(conn, &item, &err));
    assert_int_equal(item_find(conn, 1, arena, &r, &err), 1);
    assert_int_equal(r.due_on, FIRST + 9);
    assert_int_equal(r.yellow_on, FIRST + 8);
    assert_int_equal(r.version, 3); /* nobody has acted */
    assert_int_equal(r.received_on, FIRST);
    assert_int_equal(r.timer.used, 3);
    item.due_on = item.yellow_on = DATE_NONE;
    ok(item_set_time(conn, &item, &err));
    assert_int_equal(item_find(conn, 1, arena, &r, &err), 1);
    assert_true(r.due_on == DATE_NONE && r.yellow_on == DATE_NONE);
    item.id = 2;
    fails(item_set_time(conn, &item, &err), ERR_CHANGED);
    ok(correction_insert(conn, &k, &err));
    ok(correction_set_due(conn, 7, FIRST + 31, &err));
    assert_int_equal(correction_latest(conn, 5, arena, &got, &err), 1);
    assert_int_equal(got.due_on, FIRST + 31);
    assert_int_equal(got.issued_at, 1000);
    assert_sv(got.state, "issued");
    fails(correction_set_due(conn, 8, FIRST, &err), ERR_CHANGED);
}

#define T(name) cmocka_unit_test_setup_teardown(name, test_setup, test_teardown)
static const struct CMUnitTest TESTS[] = {
    T(test_year_replaces_its_days_only), T(test_years_in_order), T(test_open_cases),
    T(test_due_dates),
};
DEFINE_ENGINE_RUNS("store: calendars", TESTS, group_setup, group_teardown)

int main(void)
{
    return run_engines(run_sqlite, run_postgres);
}
