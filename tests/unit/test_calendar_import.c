/* calendar_read and calendar_import: files good and bad, what is kept, and who sees which day.
 * A whole data directory on SQLite; both engines are used by test_store_calendar and over HTTP. */
#include "service/calendar_read.h"
#include "service/calendars.h"
#include "store/calendar_store.h"
#include "test_calendar_fixture.h"

static struct arena *arena;
static struct err err;
static char *folder;
static struct app *app;

static int setup(void **state)
{
    (void)state;
    arena = arena_new();
    err_init(&err, arena);
    folder = test_folder(arena);
    struct app_options o = { .data_dir = folder, .readers = 2 };
    if (app_init(&o, false, &err) != 0 || !(app = app_open(&o, &err)))
        fail_msg("%s", err_text(&err));
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    app_close(app);
    test_folder_remove(folder);
    arena_free(arena);
    return 0;
}

/* ---- reading ---- */

static int read_text(const char *text, struct calendar_file *f)
{
    err_clear(&err);
    return calendar_read(sv_of(text), arena, f, &err);
}

static void test_json_and_csv_are_the_same(void **state)
{
    (void)state;
    struct calendar_file j, c;
    assert_int_equal(calendar_read(test_file(arena, "tests/data/calendar-2027.json"), arena, &j,
                                   &err), 0);
    assert_int_equal(calendar_read(test_file(arena, "tests/data/calendar-2027.csv"), arena, &c,
                                   &err), 0);
    assert_int_equal(err.n_problems, 0);
    assert_int_equal(j.year.n_days, c.year.n_days);
    assert_int_equal(c.year.year, 2027);
    assert_true(j.year.published && c.year.published);
    assert_int_equal(c.n_statutory, 13);
    assert_int_equal(j.n_statutory, -1);
    assert_non_null(strstr(j.source.p, "示例"));
    assert_sv(c.at[0].pointer, "/rows/2");
    assert_sv(j.at[3].pointer, "/days/3/date");
    assert_sv(c.year.days[0].name, "元旦（示例）"); /* quotes are gone */
    for (size_t i = 0; i < j.year.n_days; i++) {
        assert_int_equal(j.year.days[i].date, c.year.days[i].date);
        assert_int_equal(j.year.days[i].works, c.year.days[i].works);
    }
}

static void test_csv_cells(void **state)
{
    (void)state;
    struct calendar_file f;
    assert_int_equal(read_text("name,date,kind\n\n\"a,\"\"b\"\"\" , 2027-01-01,off\n"
                               "c,2027-01-02,\"work\"", &f), 0);
    assert_int_equal(err.n_problems, 0);
    assert_int_equal(f.year.n_days, 2);
    assert_sv(f.year.days[0].name, "a,\"b\"");
    assert_true(f.year.days[1].works);
    assert_sv(f.at[0].label, "第3行");
    assert_int_equal(read_text("date,kind,name,certainty\n2027-01-01,off,甲,later\n", &f), 0);
    assert_false(f.year.published);
    assert_int_equal(read_text("date,kind,name\n", &f), 0);
    assert_int_equal(f.year.n_days, 0);
    assert_int_equal(f.year.year, 0);
}

static void test_bad_cells(void **state)
{
    (void)state;
    struct calendar_file f;
    assert_int_equal(read_text("date,kind,name,certainty\n2027-02-29,off,甲,published\n"
                               "2027-1-1,rest,乙,published\n2027-01-01,off\n\"unended", &f), 0);
    assert_true(test_has(&err, "/rows/2", "bad_date"));
    assert_true(test_has(&err, "/rows/3", "bad_date"));
    assert_true(test_has(&err, "/rows/3", "bad_kind"));
    assert_true(test_has(&err, "/rows/4", "required"));
    assert_true(test_has(&err, "/rows/4", "mixed_certainty"));
    assert_true(test_has(&err, "/rows/5", "bad_date"));
    assert_int_equal(read_text("day,kind\n1,2\n", &f), 0);
    assert_int_equal(err.n_problems, 2);
    assert_true(test_has(&err, "/rows/1", "missing_column"));
    assert_int_equal(read_text("{\"year\":2027,\"certainty\":\"sure\",\"days\":[1,{\"date\":\"x\","
                               "\"kind\":\"off\",\"name\":\"\"}],\"extra\":1}", &f), 0);
    assert_true(test_has(&err, "/certainty", "unknown_word"));
    assert_true(test_has(&err, "/extra", "unknown_member"));
    assert_true(test_has(&err, "/days/0/kind", "bad_kind"));
    assert_true(test_has(&err, "/days/1/date", "bad_date"));
    assert_true(test_has(&err, "/days/1/name", "required"));
}

static void test_not_a_calendar(void **state)
{
    (void)state;
    static const char *const TEXTS[] = { "", "  \n", "{", "[]", "\xef\xbb\xbf",
                                         "date,kind,name\n2027-01-01,off,\xd4\xff\n" };
    struct calendar_file f;
    for (size_t i = 0; i < COUNT_OF(TEXTS); i++)
        assert_int_equal(read_text(TEXTS[i], &f), ERR_MALFORMED);
}

/* ---- importing ---- */

static int import_text(const char *region, struct sv text, const char *source)
{
    struct calendar_import in = { .region = sv_of(region), .text = text, .by = SV("tester"),
                                  .source = sv_of(source) };
    struct calendar_imported out;
    err_clear(&err);
    return calendar_import(app, &in, INT64_C(1795500000000), arena, &out, &err);
}

/* Holidays of a region, as a CSV of 2026 without its head. */
static int import_rows(const char *region, const char *rows)
{
    return import_text(region, arena_printf_sv(arena, "date,kind,name\n%s", rows), "示例");
}

static void test_import_in_use_at_once(void **state)
{
    (void)state;
    struct sv text = test_file(arena, "tests/data/calendar-2027.csv");
    const struct calendar *old = app_calendar(app, SV("150302"));
    assert_false(calendar_published(old, day("2027-02-01")));
    assert_int_equal(import_text("", text, ""), ERR_INVALID);
    assert_true(test_has(&err, "/source", "required"));
    assert_int_equal(calendars_now(app)->version, 0);
    assert_int_equal(import_text("", text, "示例通知"), 0);
    const struct calendar *now = app_calendar(app, SV("150302"));
    assert_true(calendar_published(now, day("2027-02-01")));
    assert_false(calendar_works(now, day("2027-02-12")));
    assert_true(calendar_works(now, day("2027-02-20")));
    /* Whoever still reads by the old one reads what it said. */
    assert_false(calendar_published(old, day("2027-02-01")));
    assert_true(calendar_works(old, day("2027-02-12")));
    assert_int_equal(calendars_now(app)->version, 1);
    const struct calendar_layer *l = calendar_layer_find(calendars_now(app), SV(""), 2027);
    assert_sv(l->source, "示例通知");
    assert_int_equal(l->imported_at, INT64_C(1795500000000));
    assert_int_equal(import_text("150399", text, "示例"), ERR_NOT_FOUND);
}

static void test_city_and_district(void **state)
{
    (void)state;
    struct sv from;
    assert_int_equal(import_rows("150300", "2026-03-10,off,市（示例）\n"), 0);
    assert_int_equal(import_rows("150303", "2026-03-11,off,区（示例）\n"), 0);
    static const struct { const char *region; bool tenth, eleventh; } ROWS[] = {
        { "", true, true }, { "150300", false, true }, { "150302", false, true },
        { "150303", false, false }, { "150304", false, true }, { "999999", true, true },
    };
    for (size_t i = 0; i < COUNT_OF(ROWS); i++) {
        const struct calendar *c = app_calendar(app, sv_of(ROWS[i].region));
        assert_int_equal(calendar_works(c, day("2026-03-10")), ROWS[i].tenth);
        assert_int_equal(calendar_works(c, day("2026-03-11")), ROWS[i].eleventh);
    }
    const struct calendar_set *s = calendars_now(app);
    assert_sv(calendar_mark_of(s, SV("150303"), day("2026-03-10"), &from)->name, "市（示例）");
    assert_sv(from, "150300");
    assert_sv(calendar_mark_of(s, SV("150303"), day("2026-10-01"), &from)->name, "国庆节");
    assert_sv(from, "");
    assert_null(calendar_mark_of(s, SV("150302"), day("2026-03-11"), &from));
    /* The mark shown is the one counted by, on every day of every region. */
    for (size_t i = 0; i < COUNT_OF(ROWS); i++)
        for (int32_t d = day("2026-01-01"); d <= day("2026-12-31"); d++) {
            const struct calendar_day *m = calendar_mark_of(s, sv_of(ROWS[i].region), d, &from);
            if (m)
                assert_int_equal(m->works,
                                 calendar_works(app_calendar(app, sv_of(ROWS[i].region)), d));
        }
    /* No work where the city has a day off; importing again replaces, also with nothing. */
    assert_int_equal(import_rows("150303", "2026-03-10,work,区（示例）\n"), ERR_INVALID);
    assert_true(test_has(&err, "/rows/2", "holiday_kept"));
    static const char NOTHING[] = "{\"year\":2026,\"certainty\":\"published\","
                                  "\"source\":\"示例\",\"days\":[]}";
    assert_int_equal(import_text("150303", sv_of(NOTHING), ""), 0);
    assert_true(calendar_works(app_calendar(app, SV("150303")), day("2026-03-11")));
    assert_false(calendar_works(app_calendar(app, SV("150303")), day("2026-03-10")));
}

static void test_year_must_agree(void **state)
{
    (void)state;
    struct calendar_import in = { .year = 2028, .by = SV("tester"),
                                  .text = test_file(arena, "tests/data/calendar-2027.json") };
    struct calendar_imported out;
    err_clear(&err);
    assert_int_equal(calendar_import(app, &in, 1, arena, &out, &err), ERR_INVALID);
    assert_true(test_has(&err, "/year", "other_year"));
    assert_true(test_has(&err, "/days/0/date", "other_year"));
    in = (struct calendar_import){ .text = SV("date,kind,name\n"), .source = SV("示例") };
    err_clear(&err);
    assert_int_equal(calendar_import(app, &in, 1, arena, &out, &err), ERR_INVALID);
    assert_true(test_has(&err, "/year", "required"));
}

/* What another process imported: noticed by the job, and kept over a restart. */
static int import_beside(struct db_conn *c, void *ctx, struct err *e)
{
    struct calendar_year_row y = { .region = SV("150304"), .year = 2026, .imported_at = 5,
                                   .certainty = SV("published"), .source = SV("示例"),
                                   .imported_by = SV("other"), .digest = SV("x") };
    struct calendar_day_row d = { SV("150304"), day("2026-03-10"), SV("off"), SV("示例") };
    int rc = calendar_year_put(c, &y, day("2026-01-01"), day("2026-12-31"), e);
    if (rc == 0)
        rc = calendar_day_insert(c, &d, e);
    (void)ctx;
    return rc == 0 ? meta_set(c, CALENDAR_VERSION, SV("7"), e) : rc;
}

static int runs;

static int count_run(struct app *a, int64_t now, struct err *e)
{
    (void)a;
    (void)now;
    (void)e;
    return ++runs;
}

static void test_noticed(void **state)
{
    (void)state;
    const struct calendar_set *before = calendars_now(app);
    assert_int_equal(calendar_refresh(app, 1, &err), 0);
    assert_ptr_equal(calendars_now(app), before); /* nothing new: nothing is built */
    assert_int_equal(db_write(app->db, import_beside, NULL, &err), 0);
    assert_int_equal(calendar_refresh(app, 1, &err), 0);
    assert_int_equal(calendars_now(app)->version, 7);
    assert_false(calendar_works(app_calendar(app, SV("150304")), day("2026-03-10")));
    assert_false(app->calendars->settled); /* the importer counts, and may still be at it */
    runs = 0;
    assert_int_equal(calendar_steady(app, count_run, 1, &err), 0);
    assert_int_equal(runs, 0); /* no silence by deadlines of yesterday's calendar */
    app->calendars->settle_at_us = 0;      /* it never came back */
    assert_int_equal(calendar_refresh(app, 1, &err), 0);
    assert_true(app->calendars->settled);
    assert_int_equal(calendar_steady(app, count_run, 1, &err), 1);
    struct app_options o = { .data_dir = folder, .readers = 1 };
    app_close(app);
    app = app_open(&o, &err);
    assert_non_null(app);
    assert_true(app->calendars->settled);
    assert_false(calendar_works(app_calendar(app, SV("150304")), day("2026-03-10")));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_json_and_csv_are_the_same, setup, teardown),
        cmocka_unit_test_setup_teardown(test_csv_cells, setup, teardown),
        cmocka_unit_test_setup_teardown(test_bad_cells, setup, teardown),
        cmocka_unit_test_setup_teardown(test_not_a_calendar, setup, teardown),
        cmocka_unit_test_setup_teardown(test_import_in_use_at_once, setup, teardown),
        cmocka_unit_test_setup_teardown(test_city_and_district, setup, teardown),
        cmocka_unit_test_setup_teardown(test_year_must_agree, setup, teardown),
        cmocka_unit_test_setup_teardown(test_noticed, setup, teardown),
    };
    return cmocka_run_group_tests_name("calendar_import", tests, NULL, NULL);
}
