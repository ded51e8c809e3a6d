/* store: drafts and versions of the catalogue, what is due, and the figures about industries. */
#include "store/catalog_store.h"
#include "test_store_fixture.h"

static struct catalog_draft_row a_draft(int64_t id, const char *state, int32_t on)
{
    return (struct catalog_draft_row){
        .id = id, .version = 1, .title = SV("示例"), .base_version = SV("v1"),
        .body = SV("{\"甲\":1}"), .digest = SV("d1"), .state = sv_of(state), .batch = SV(""),
        .note = SV(""), .reasons = SV("{}"), .author_id = 7, .edited_by = 7, .publish_on = on,
        .created_at = 10, .updated_at = 11,
    };
}

static void a_user(int64_t id, const char *name)
{
    struct user_row u = { .id = id, .role = SV("bureau"), .login = sv_of(name),
                          .name = sv_of(name), .created_at = 1 };
    ok(user_insert(conn, &u, &err));
}

static void test_draft_goes_and_comes(void **state)
{
    (void)state;
    struct catalog_draft_row d = a_draft(5, "editing", DATE_NONE), r;
    a_user(7, "甲");
    a_user(8, "乙");
    ok(catalog_draft_insert(conn, &d, &err));
    assert_int_equal(catalog_draft_find(conn, 5, arena, &r, &err), 1);
    assert_sv(r.body, "{\"甲\":1}");
    assert_sv(r.author, "甲");
    assert_true(r.publish_on == DATE_NONE && r.submitted_by == 0 && r.approved_at == 0);
    d.version = 2;
    d.state = SV("approved");
    d.body = SV("{}");
    d.batch = SV("B2");
    d.note = SV("说明");
    d.reasons = SV("{\"k\":1}");
    d.edited_by = 8;
    d.submitted_by = 8;
    d.approved_by = 7;
    d.publish_on = 20000;
    d.submitted_at = 12;
    d.approved_at = 13;
    ok(catalog_draft_update(conn, &d, &err));
    fails(catalog_draft_update(conn, &d, &err), ERR_CHANGED); /* somebody was faster */
    assert_int_equal(catalog_draft_find(conn, 5, arena, &r, &err), 1);
    assert_int_equal(r.version, 2);
    assert_sv(r.editor, "乙");
    assert_sv(r.submitter, "乙");
    assert_sv(r.approver, "甲");
    assert_sv(r.publisher, "");
    seen("%s %s %s %s %s %d %lld %lld", r.state.p, r.body.p, r.batch.p, r.note.p, r.reasons.p,
         r.publish_on, (long long)r.submitted_at, (long long)r.approved_at);
    assert_int_equal(catalog_draft_find(conn, 6, arena, &r, &err), 0);
}

static void test_list_without_bodies(void **state)
{
    (void)state;
    struct catalog_draft_row *list;
    size_t n;
    for (int64_t id = 1; id <= 5; id++) {
        struct catalog_draft_row d = a_draft(id, "editing", DATE_NONE);
        ok(catalog_draft_insert(conn, &d, &err));
    }
    ok(catalog_draft_list(conn, INT64_MAX, 3, arena, &list, &n, &err));
    assert_int_equal(n, 3);
    assert_true(list[0].id == 5 && list[2].id == 3);
    assert_int_equal(list[0].body.n, 0);
    ok(catalog_draft_list(conn, 3, 3, arena, &list, &n, &err));
    assert_true(n == 2 && list[0].id == 2);
}

static void test_due(void **state)
{
    (void)state;
    static const struct { int64_t id; const char *state; int32_t on; } ROWS[] = {
        { 1, "scheduled", 101 }, { 2, "scheduled", 100 }, { 3, "approved", 90 },
        { 4, "published", 80 }, { 5, "scheduled", 100 } };
    int64_t id = 0;
    for (size_t i = 0; i < COUNT_OF(ROWS); i++) {
        struct catalog_draft_row d = a_draft(ROWS[i].id, ROWS[i].state, ROWS[i].on);
        ok(catalog_draft_insert(conn, &d, &err));
    }
    assert_int_equal(catalog_draft_due(conn, 99, &id, &err), 0);
    assert_int_equal(catalog_draft_due(conn, 100, &id, &err), 1);
    assert_int_equal(id, 2);
    assert_int_equal(catalog_draft_due(conn, 999, &id, &err), 1);
    assert_int_equal(id, 2); /* the earliest day first */
}

static void test_versions(void **state)
{
    (void)state;
    struct catalog_row one = { .version = SV("v1"), .digest = SV("d1"), .body = SV("{\"a\":1}"),
                               .current = true, .origin = SV("shipped"),
                               .published_on = DATE_NONE };
    struct catalog_row two = { .version = SV("v1-1"), .digest = SV("d2"), .body = SV("{}"),
                               .current = true, .origin = SV("office"), .batch = SV("B2"),
                               .published_on = 20000, .published_by = 7, .draft_id = 5 }, r;
    struct catalog_version_row *list;
    struct sv current = SV("");
    size_t n;
    assert_int_equal(catalog_current_version(conn, arena, &current, &err), 0);
    a_user(7, "甲");
    ok(catalog_row_put(conn, &one, 100, &err));
    ok(catalog_row_put(conn, &two, 200, &err));
    assert_int_equal(catalog_current_version(conn, arena, &current, &err), 1);
    assert_sv(current, "v1-1");
    assert_int_equal(catalog_version_known(conn, SV("v1"), &err), 1);
    assert_int_equal(catalog_version_known(conn, SV("v2"), &err), 0);
    ok(catalog_version_list(conn, arena, &list, &n, &err));
    assert_int_equal(n, 2);
    assert_true(list[0].current && !list[1].current);
    assert_sv(list[0].publisher, "甲");
    assert_sv(list[1].publisher, "");
    assert_int_equal(list[1].size, 7);
    assert_true(list[1].published_on == DATE_NONE && list[1].draft_id == 0);
    assert_int_equal(catalog_row_current(conn, arena, &r, &err), 1);
    assert_sv(r.origin, "office");
    assert_true(r.published_on == 20000 && r.published_by == 7 && r.draft_id == 5);
}

static void a_case(int64_t id, const char *industry, int64_t submitted_at, int64_t n_open)
{
    struct case_row c = { .id = id, .number = arena_printf_sv(arena, "YZ%03lld", (long long)id),
                          .industry = sv_of(industry), .region = SV("150302"),
                          .catalog_version = SV("1"), .channel = SV("online"),
                          .answers = SV("{}"), .state = CASE_SUBMITTED, .version = 1,
                          .submitted_at = submitted_at };
    ok(case_insert(conn, &c, &err));
    c.version = 2; /* inserting writes no counts */
    c.n_open = n_open;
    ok(case_update(conn, &c, &err));
}

static void test_figures_and_past_cases(void **state)
{
    (void)state;
    struct industry_figure *list;
    int64_t *ids;
    size_t n;
    a_case(1, "I01", 50, 1);  /* too long ago, still open */
    a_case(2, "I01", 150, 0);
    a_case(3, "I02", 160, 2);
    a_case(4, "I02", 0, 0);   /* a draft */
    a_case(5, "I01", 170, 1);
    ok(catalog_figures(conn, 100, arena, &list, &n, &err));
    for (size_t i = 0; i < n; i++)
        seen("%s %lld %lld %lld", list[i].industry.p, (long long)list[i].cases,
             (long long)list[i].open, (long long)list[i].licences);
    assert_int_equal(n, 2);
    assert_true(list[0].cases == 2 && list[0].open == 2 && list[0].licences == 0);
    assert_true(list[1].cases == 1 && list[1].open == 1);
    ok(catalog_past_cases(conn, SV(""), INT64_MAX, 3, arena, &ids, &n, &err));
    assert_true(n == 3 && ids[0] == 5 && ids[1] == 3 && ids[2] == 2);
    ok(catalog_past_cases(conn, SV("I01"), 5, 9, arena, &ids, &n, &err));
    assert_true(n == 2 && ids[0] == 2 && ids[1] == 1);
}

#define T(name) cmocka_unit_test_setup_teardown(name, test_setup, test_teardown)
static const struct CMUnitTest TESTS[] = {
    T(test_draft_goes_and_comes), T(test_list_without_bodies), T(test_due), T(test_versions),
    T(test_figures_and_past_cases),
};
DEFINE_ENGINE_RUNS("store: catalogue office", TESTS, group_setup, group_teardown)

int main(void)
{
    return run_engines(run_sqlite, run_postgres);
}
