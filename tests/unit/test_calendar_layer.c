/* calendar_layer: the nation's year whole, a city's and a district's days on it, and every rule
 * that a year must keep before it is loaded. */
#include "domain/law/calendar_layer.h"
#include "test_calendar_fixture.h"

static struct arena *arena;
static struct calendar nation;
static struct err err;

static int setup(void **state)
{
    (void)state;
    arena = arena_new();
    err_init(&err, arena);
    fixture_calendar(&nation, arena);
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    arena_free(arena);
    return 0;
}

/* ---- building years ---- */

struct mark { const char *date; bool works; const char *name; };

static struct calendar_year year_of(int year, bool published, const struct mark *m, size_t n)
{
    struct calendar_year y = { .year = year, .published = published, .n_days = n };
    y.days = arena_array(arena, n + 1, sizeof *y.days);
    for (size_t i = 0; i < n; i++)
        y.days[i] = (struct calendar_day){ day(m[i].date), m[i].works,
                                           sv_of(m[i].name ? m[i].name : "示例") };
    return y;
}
#define YEAR(number, published, ...)                                                         \
    year_of((number), (published), (struct mark[]){ __VA_ARGS__ },                           \
            COUNT_OF(((struct mark[]){ __VA_ARGS__ })))

static int check(const struct calendar_year *y, const struct calendar *base)
{
    struct calendar_place *at = arena_array(arena, y->n_days + 1, sizeof *at);
    for (size_t i = 0; i < y->n_days; i++)
        at[i] = (struct calendar_place){ arena_printf_sv(arena, "/days/%zu/date", i),
                                         arena_printf_sv(arena, "第%zu条", i + 1) };
    err_clear(&err);
    return calendar_check(y, at, base, &err);
}

static struct calendar region_on(const struct calendar *base, const struct calendar_year *y)
{
    struct calendar c;
    calendar_init(&c, arena);
    calendar_inherit(&c, base);
    if (y)
        calendar_overlay(&c, y);
    return c;
}

/* ---- layering ---- */

static void test_year_replaces_whole(void **state)
{
    (void)state;
    struct calendar_year y = YEAR(2027, true, { "2027-03-01", false, NULL });
    assert_false(calendar_works(&nation, day("2027-01-01")));
    assert_false(calendar_published(&nation, day("2027-06-01")));
    calendar_set_year(&nation, &y);
    assert_true(calendar_works(&nation, day("2027-01-01"))); /* nothing of the old one is left */
    assert_false(calendar_works(&nation, day("2027-03-01")));
    assert_true(calendar_published(&nation, day("2027-06-01")));
    assert_false(calendar_works(&nation, day("2026-02-16"))); /* other years are untouched */
    y.published = false;
    calendar_set_year(&nation, &y);
    assert_false(calendar_published(&nation, day("2027-06-01")));
    y.year = 2019;
    calendar_set_year(&nation, &y); /* outside the supported years: nothing happens */
}

/* Every day of three years: a region without days of its own counts as the nation does. */
static void test_inherits(void **state)
{
    (void)state;
    struct calendar c = region_on(&nation, NULL);
    for (int32_t d = day("2025-01-01"); d <= day("2027-12-31"); d++) {
        assert_int_equal(calendar_works(&c, d), calendar_works(&nation, d));
        assert_int_equal(calendar_published(&c, d), calendar_published(&nation, d));
    }
}

static void test_extra_days(void **state)
{
    (void)state;
    struct calendar_year city = YEAR(2026, true, { "2026-03-10", false, NULL },
                                     { "2026-03-14", true, NULL });
    struct calendar_year district = YEAR(2026, true, { "2026-03-11", false, NULL });
    struct calendar c = region_on(&nation, &city);
    struct calendar d = region_on(&c, &district);
    assert_true(calendar_works(&nation, day("2026-03-10")));
    assert_false(calendar_works(&c, day("2026-03-10")));
    assert_true(calendar_works(&c, day("2026-03-14"))); /* a Saturday made up for */
    assert_true(calendar_works(&c, day("2026-03-11")));
    assert_false(calendar_works(&d, day("2026-03-10"))); /* the city's */
    assert_true(calendar_works(&d, day("2026-03-14")));
    assert_false(calendar_works(&d, day("2026-03-11"))); /* its own */
    assert_false(calendar_works(&nation, day("2026-03-14")));
    assert_int_equal(calendar_add(&nation, day("2026-03-09"), 5), day("2026-03-16"));
    assert_int_equal(calendar_add(&c, day("2026-03-09"), 5), day("2026-03-16"));
    assert_int_equal(calendar_add(&d, day("2026-03-09"), 5), day("2026-03-17"));
    assert_true(calendar_published(&d, day("2026-03-11")));
}

/* Whatever a region says, it takes no holiday away; it may rest when the nation makes up. */
static void test_a_holiday_stays(void **state)
{
    (void)state;
    struct calendar_year y = YEAR(2026, true, { "2026-10-01", true, NULL },
                                  { "2026-10-03", true, NULL }, { "2026-10-10", false, NULL });
    struct calendar c = region_on(&nation, &y);
    assert_false(calendar_works(&c, day("2026-10-01")));
    assert_false(calendar_works(&c, day("2026-10-03"))); /* a Saturday, but National Day */
    assert_true(calendar_holiday(&c, day("2026-10-03")));
    assert_false(calendar_holiday(&c, day("2026-10-24"))); /* merely a Saturday */
    assert_true(calendar_works(&nation, day("2026-10-10")));
    assert_false(calendar_works(&c, day("2026-10-10")));
}

static void test_provisional_layer(void **state)
{
    (void)state;
    struct calendar_year y = YEAR(2026, false, { "2026-03-10", false, NULL });
    struct calendar c = region_on(&nation, &y);
    assert_false(calendar_published(&c, day("2026-12-01")));
    assert_true(calendar_published(&nation, day("2026-12-01")));
    assert_true(calendar_published(&c, day("2025-12-01")));
    y.published = true;
    y.year = 2027;
    y.days[0].date = day("2027-03-10");
    c = region_on(&nation, &y);
    assert_false(calendar_published(&c, day("2027-12-01"))); /* the nation's is still to come */
}

/* Random layers against looking the day up in them from the top. */
static void test_random_layers(void **state)
{
    (void)state;
    uint64_t r = 20261124;
    for (int round = 0; round < 300; round++) {
        enum { N = 20 };
        struct calendar_year y = { .year = 2026, .published = true, .n_days = N,
                                   .days = arena_array(arena, N, sizeof *y.days) };
        int8_t own[366] = { 0 };
        for (size_t i = 0; i < N;) {
            int at = (int)(test_random(&r) % 365);
            if (own[at])
                continue;
            own[at] = test_random(&r) % 2 ? 1 : -1;
            y.days[i++] = (struct calendar_day){ day("2026-01-01") + at, own[at] > 0, SV("") };
        }
        struct calendar c = region_on(&nation, &y);
        for (int at = 0; at < 365; at++) {
            int32_t d = day("2026-01-01") + at;
            bool want = own[at] < 0 ? false
                        : own[at] > 0 && !calendar_holiday(&nation, d) ? true
                                                                       : calendar_works(&nation, d);
            assert_int_equal(calendar_works(&c, d), want);
        }
    }
}

/* ---- the rules of a year ---- */

static void test_shipped_years_pass(void **state)
{
    (void)state;
    static const struct { int year; const char *name; } FILES[] = {
        { 2025, "catalog/calendar/2025.json" }, { 2026, "catalog/calendar/2026.json" },
        { 2027, "catalog/calendar/2027.json" }, { 2027, "tests/data/calendar-2027.json" },
    };
    for (size_t i = 0; i < COUNT_OF(FILES); i++) {
        json_t *doc = json_parse(test_file(arena, FILES[i].name), &err);
        const json_t *days = json_object_get(doc, "days");
        struct calendar_year y = { .year = FILES[i].year, .n_days = json_array_size(days),
                                   .published = sv_is(json_sv(doc, "certainty"), "published") };
        y.days = arena_array(arena, y.n_days, sizeof *y.days);
        for (size_t k = 0; k < y.n_days; k++) {
            const json_t *d = json_array_get(days, k);
            y.days[k] = (struct calendar_day){ day(json_sv(d, "date").p),
                                               sv_is(json_sv(d, "kind"), "work"),
                                               json_sv(d, "name") };
        }
        if (check(&y, NULL) != 0)
            fail_msg("%s: %s", FILES[i].name, err.problems[0].message.p);
        json_decref(doc);
    }
}

static void test_all_problems_at_once(void **state)
{
    (void)state;
    struct calendar_year y = YEAR(2027, false, { "2027-01-01", false, NULL },
                                  { "2026-01-02", false, NULL }, { "2027-01-01", false, NULL },
                                  { "2027-01-05", true, NULL }, { "2027-01-09", true, NULL },
                                  { "2027-01-10", false, NULL });
    assert_int_equal(check(&y, NULL), ERR_INVALID);
    assert_true(test_has(&err, "/days/1/date", "other_year"));
    assert_true(test_has(&err, "/days/2/date", "duplicate_day"));
    assert_true(test_has(&err, "/days/3/date", "works_anyway"));
    assert_int_equal(err.n_problems, 3); /* a Saturday worked and a Sunday off are fine */
    assert_non_null(strstr(err.problems[1].message.p, "第1条"));
}

static void test_statutory_days(void **state)
{
    (void)state;
    struct calendar_year y = YEAR(
        2027, true, { "2027-01-01", false, "元旦" }, { "2027-02-05", false, "除夕" },
        { "2027-02-06", false, "春节" }, { "2027-02-07", false, "春节" },
        { "2027-02-08", false, "春节" }, { "2027-04-05", false, "清明节" },
        { "2027-05-01", false, "劳动节" }, { "2027-06-09", false, "端午节" },
        { "2027-10-01", false, "国庆节" }, { "2027-10-02", false, "国庆节" },
        { "2027-10-03", true, "国庆节" });
    assert_int_equal(check(&y, NULL), ERR_INVALID);
    /* 除夕 by another name, 5月2日, 中秋, 10月3日, and too few days on the whole. */
    assert_int_equal(err.n_problems, 5);
    for (size_t i = 0; i < 4; i++)
        assert_sv(err.problems[i].code, "holiday_missing");
    assert_non_null(strstr(err.problems[1].message.p, "5月2日"));
    assert_non_null(strstr(err.problems[2].message.p, "中秋"));
    assert_sv(err.problems[4].code, "too_few_days");
    y.published = false; /* only a complete arrangement needs them all */
    assert_int_equal(check(&y, NULL), 0);
    y.year = 2019;
    assert_int_equal(check(&y, NULL), ERR_INVALID);
    assert_true(test_has(&err, "/year", "out_of_range"));
}

static void test_region_rules(void **state)
{
    (void)state;
    struct calendar_year good = YEAR(2026, true, { "2026-03-10", false, NULL },
                                     { "2026-03-14", true, NULL }, { "2026-03-15", false, NULL });
    struct calendar_year bad = YEAR(2026, true, { "2026-10-03", true, NULL },
                                    { "2026-03-11", true, NULL }, { "2026-03-15", false, NULL },
                                    { "2026-10-10", true, NULL });
    assert_int_equal(check(&good, &nation), 0); /* needs no statutory days */
    assert_int_equal(check(&bad, &nation), ERR_INVALID);
    assert_true(test_has(&err, "/days/0/date", "holiday_kept"));
    assert_true(test_has(&err, "/days/1/date", "works_anyway"));
    assert_true(test_has(&err, "/days/3/date", "works_anyway")); /* the nation makes up that day */
    assert_true(test_has(&err, "/days", "work_without_off"));
    struct calendar_year none = { .year = 2026, .published = true };
    assert_int_equal(check(&none, &nation), 0); /* takes the extra days back */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_year_replaces_whole, setup, teardown),
        cmocka_unit_test_setup_teardown(test_inherits, setup, teardown),
        cmocka_unit_test_setup_teardown(test_extra_days, setup, teardown),
        cmocka_unit_test_setup_teardown(test_a_holiday_stays, setup, teardown),
        cmocka_unit_test_setup_teardown(test_provisional_layer, setup, teardown),
        cmocka_unit_test_setup_teardown(test_random_layers, setup, teardown),
        cmocka_unit_test_setup_teardown(test_shipped_years_pass, setup, teardown),
        cmocka_unit_test_setup_teardown(test_all_problems_at_once, setup, teardown),
        cmocka_unit_test_setup_teardown(test_statutory_days, setup, teardown),
        cmocka_unit_test_setup_teardown(test_region_rules, setup, teardown),
    };
    return cmocka_run_group_tests_name("calendar_layer", tests, NULL, NULL);
}
