/* test_calendar_fixture: the calendar of catalog/calendar/YEAR.json, read as the program reads it. */
#ifndef YZ_TEST_CALENDAR_FIXTURE_H
#define YZ_TEST_CALENDAR_FIXTURE_H

#include "base/json.h"
#include "domain/law/calendar.h"
#include "test.h"

UNUSED static void fixture_calendar_year(struct calendar *c, struct arena *a, const char *name)
{
    struct err e;
    json_t *day;
    size_t i;
    err_init(&e, a);
    json_t *doc = json_parse(test_file(a, name), &e);
    if (!doc)
        fail_msg("%s: %s", name, err_text(&e));
    json_array_foreach(json_object_get(doc, "days"), i, day) {
        int32_t date;
        struct sv kind = json_sv(day, "kind");
        assert_true(date_parse(json_sv(day, "date"), &date));
        assert_int_equal(date_civil(date).year, json_i64(doc, "year", 0));
        assert_true(sv_is(kind, "work") || sv_is(kind, "off"));
        assert_true(calendar_mark(c, date, sv_is(kind, "work")));
    }
    if (sv_is(json_sv(doc, "certainty"), "published"))
        calendar_publish(c, (int)json_i64(doc, "year", 0));
    json_decref(doc);
}

UNUSED static void fixture_calendar(struct calendar *c, struct arena *a)
{
    calendar_init(c, a);
    fixture_calendar_year(c, a, "catalog/calendar/2025.json");
    fixture_calendar_year(c, a, "catalog/calendar/2026.json");
    fixture_calendar_year(c, a, "catalog/calendar/2027.json");
}

UNUSED static int32_t day(const char *text)
{
    int32_t d;
    assert_true(date_parse(sv_of(text), &d));
    return d;
}

#endif
