/* store: what papers need of the past: every round of corrections, every earlier form; and the pages
 * of all rows that checking everything needs. */
#include "store/process_store.h"
#include "test_store_fixture.h"

static int rounds_setup(void **state)
{
    int rc = test_setup(state);
    if (conn->ops->script(conn, "DELETE FROM form_version; DELETE FROM visit; DELETE FROM visit_part; "
                                  "DELETE FROM commitment; DELETE FROM extension; DELETE FROM delivery;", &err) != 0)
        fail_msg("%s", err_text(&err));
    return rc;
}

static void test_corrections_in_order(void **state)
{
    (void)state;
    struct correction_row *list, latest;
    size_t n;
    const struct correction_row rows[] = {
        { .id = 31, .case_id = 5, .round = 2, .state = SV("draft"), .due_on = DATE_NONE },
        { .id = 30, .case_id = 5, .round = 1, .state = SV("answered"), .issued_at = 1000,
          .due_on = 20820 },
        { .id = 32, .case_id = 6, .round = 1, .state = SV("issued"), .issued_at = 2000,
          .due_on = 20830 },
    };
    ok(correction_list(conn, 5, arena, &list, &n, &err));
    assert_int_equal(n, 0);
    for (size_t i = 0; i < COUNT_OF(rows); i++)
        ok(correction_insert(conn, &rows[i], &err));
    ok(correction_list(conn, 5, arena, &list, &n, &err));
    assert_int_equal(n, 2);
    for (size_t i = 0; i < n; i++) {
        assert_int_equal(list[i].round, i + 1);
        assert_int_equal(list[i].id, 30 + (int)i);
        seen("round %lld %.*s %lld %d", (long long)list[i].round, (int)list[i].state.n,
             list[i].state.p, (long long)list[i].issued_at, list[i].due_on);
    }
    assert_int_equal(list[0].issued_at, 1000);
    assert_int_equal(list[0].due_on, 20820);
    assert_int_equal(list[1].issued_at, 0);
    assert_int_equal(list[1].due_on, DATE_NONE);
    assert_int_equal(correction_latest(conn, 5, arena, &latest, &err), 1);
    assert_int_equal(latest.id, list[1].id);
}

static void test_forms_in_order(void **state)
{
    (void)state;
    struct form_version_row *list, latest;
    size_t n;
    ok(form_version_list(conn, 5, arena, &list, &n, &err));
    assert_int_equal(n, 0);
    for (int64_t round = 3; round > 0; round--) {
        struct form_version_row row = {
            .case_id = round == 3 ? 6 : 5, .round = round, .replaced_at = 1000 * round,
            .body = arena_printf_sv(arena, "{\"F\":\"%lld\"}", (long long)round),
            .commitments = SV("{}"), .files = SV("[]") };
        ok(form_version_insert(conn, &row, &err));
    }
    ok(form_version_list(conn, 5, arena, &list, &n, &err));
    assert_int_equal(n, 2);
    assert_sv(list[0].body, "{\"F\":\"1\"}");
    assert_sv(list[1].body, "{\"F\":\"2\"}");
    assert_int_equal(list[0].replaced_at, 1000);
    assert_sv(list[0].commitments, "{}");
    assert_sv(list[0].files, "[]");
    assert_int_equal(form_version_latest(conn, 5, arena, &latest, &err), 1);
    assert_sv(latest.body, "{\"F\":\"2\"}");
    seen("forms %zu", n);
}

/* Rows 1, 2 and 3 of every kind, of two cases. */
static void fill_all(void)
{
    for (int64_t id = 3; id > 0; id--) {
        int64_t of = id == 2 ? 6 : 5;
        struct visit_row visit = { .id = id, .case_id = of, .round = id, .version = 1,
                                   .state = VISIT_PROPOSED, .held_on = 20820 };
        struct part_row part = { .id = id, .visit_id = id, .case_id = of, .item_id = 10 + id,
                                 .version = 1, .department = SV("D-1"), .checks = SV("{}") };
        struct commitment_row promise = { .id = id, .case_id = of, .state = SV("promised"),
                                          .due_on = 20830, .signed_at = 1000,
                                          .material = id == 1 ? SV("M-1") : SV("M-2") };
        struct extension_row longer = { .id = id, .case_id = of, .item_id = id == 1 ? 0 : 11,
                                        .days = 15, .approved_on = 20820, .due_on = 20840 };
        struct delivery_row given = { .id = id, .case_id = of, .item_id = id == 1 ? 0 : 11,
                                      .at = 1000, .delivered_on = 20820, .method = SV("post") };
        ok(visit_insert(conn, &visit, &err));
        ok(part_insert(conn, &part, &err));
        ok(commitment_insert(conn, &promise, &err));
        ok(extension_insert(conn, &longer, &err));
        ok(delivery_insert(conn, &given, &err));
    }
}

/* Whatever the case: by id, from after one on, as many as asked for, until there are none. */
#define ASSERT_PAGES(scan, type)                                                                  \
    do {                                                                                          \
        struct type *list;                                                                        \
        size_t n;                                                                                 \
        ok(scan(conn, 0, 2, arena, &list, &n, &err));                                             \
        assert_int_equal(n, 2);                                                                   \
        assert_int_equal(list[0].id, 1);                                                          \
        assert_int_equal(list[1].id, 2);                                                          \
        assert_int_equal(list[1].case_id, 6);                                                     \
        ok(scan(conn, 2, 2, arena, &list, &n, &err));                                             \
        assert_int_equal(n, 1);                                                                   \
        assert_int_equal(list[0].id, 3);                                                          \
        ok(scan(conn, 3, 2, arena, &list, &n, &err));                                             \
        assert_int_equal(n, 0);                                                                   \
    } while (0)

static void test_pages_of_all(void **state)
{
    (void)state;
    fill_all();
    ASSERT_PAGES(visit_scan, visit_row);
    ASSERT_PAGES(part_scan, part_row);
    ASSERT_PAGES(commitment_scan, commitment_row);
    ASSERT_PAGES(extension_scan, extension_row);
    ASSERT_PAGES(delivery_scan, delivery_row);
}

#define T(name) cmocka_unit_test_setup_teardown(name, rounds_setup, test_teardown)
static const struct CMUnitTest TESTS[] = { T(test_corrections_in_order), T(test_forms_in_order),
                                         T(test_pages_of_all) };
DEFINE_ENGINE_RUNS("store: rounds", TESTS, group_setup, group_teardown)

int main(void)
{
    return run_engines(run_sqlite, run_postgres);
}
