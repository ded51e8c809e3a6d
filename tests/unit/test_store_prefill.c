/* store: where the values of a case came from, and what may be offered again: only of the account
 * that asks, submitted, of the named enterprise, newest first. */
#include "store/prefill_store.h"
#include "test_store_fixture.h"

static void test_marks(void **state)
{
    (void)state;
    struct prefill_row row = { SV("{\"F\":1}"), SV("{}") }, got;
    assert_int_equal(prefill_find(conn, 5, arena, &got, &err), 0);
    ok(prefill_put(conn, 5, &row, &err));
    row.certificates = SV("{\"holder\":\"91\"}");
    ok(prefill_put(conn, 5, &row, &err));
    assert_int_equal(prefill_find(conn, 5, arena, &got, &err), 1);
    assert_sv(got.marks, "{\"F\":1}");
    assert_sv(got.certificates, "{\"holder\":\"91\"}");
    assert_int_equal(prefill_find(conn, 6, arena, &got, &err), 0);
    ok(prefill_delete(conn, 6, &err));
    assert_int_equal(prefill_find(conn, 5, arena, &got, &err), 1);
    ok(prefill_delete(conn, 5, &err));
    assert_int_equal(prefill_find(conn, 5, arena, &got, &err), 0);
}

static void add_case(int64_t id, int64_t applicant, const char *uscc, bool submitted)
{
    struct case_row row = {
        .id = id, .number = submitted ? arena_printf_sv(arena, "N%lld", (long long)id) : SV(""),
        .industry = SV("I01"), .region = SV("150302"), .catalog_version = SV("v"),
        .channel = SV("online"), .applicant_id = applicant, .applicant_name = SV("甲"),
        .applicant_phone = SV("13904730001"), .answers = SV("{}"), .state = CASE_SUBMITTED,
        .version = 1, .holder_name = SV("店"), .uscc = sv_of(uscc), .person = SV("甲"),
        .address = SV("街"), .created_at = 1, .updated_at = 1,
        .submitted_at = submitted ? 1000 + id : 0 };
    struct form_row form = { arena_printf_sv(arena, "{\"F\":\"%lld\"}", (long long)id),
                             SV("{}"), SV(""), SV("") };
    ok(case_insert(conn, &row, &err));
    ok(form_put(conn, id, &form, &err));
}

static void expect_earlier(int64_t applicant, const char *uscc, int64_t except, int64_t limit,
                           const char *ids)
{
    struct earlier_row *list;
    struct buf text;
    size_t n;
    buf_init(&text, 200);
    ok(earlier_list(conn, applicant, sv_of(uscc), except, limit, arena, &list, &n, &err));
    for (size_t i = 0; i < n; i++)
        buf_fmt(&text, "%lld ", (long long)list[i].case_id);
    seen("earlier %lld %s %lld: %s", (long long)applicant, uscc, (long long)except, text.p);
    if (!sv_is(buf_sv(&text), ids))
        fail_msg("%s, expected %s", text.p, ids);
    buf_done(&text);
}

static void test_earlier(void **state)
{
    (void)state;
    struct earlier_row *list;
    size_t n;
    add_case(11, 1, "91A", true);
    add_case(12, 1, "91B", true);
    add_case(13, 1, "91A", true);
    add_case(14, 1, "91A", false); /* a draft says nothing yet */
    add_case(15, 2, "91A", true);  /* somebody else's */
    expect_earlier(1, "", 0, 10, "13 12 11 ");
    expect_earlier(1, "", 0, 2, "13 12 ");
    expect_earlier(1, "91A", 0, 10, "13 11 ");
    expect_earlier(1, "91A", 13, 10, "11 ");
    expect_earlier(2, "", 0, 10, "15 ");
    expect_earlier(2, "91B", 0, 10, "");
    expect_earlier(3, "", 0, 10, "");
    ok(earlier_list(conn, 2, SV(""), 0, 10, arena, &list, &n, &err));
    assert_int_equal(list[0].submitted_at, 1015);
    assert_sv(list[0].number, "N15");
    assert_sv(list[0].uscc, "91A");
    assert_sv(list[0].body, "{\"F\":\"15\"}");
}

static void test_permits(void **state)
{
    (void)state;
    struct permit_row *list;
    size_t n;
    static const struct { int64_t id, case_id; const char *uscc, *state; } P[] = {
        { 1, 11, "91A", "valid" }, { 2, 11, "91A", "void" }, { 3, 11, "91B", "valid" },
        { 4, 15, "91A", "valid" }, { 5, 11, "91A", "valid" },
    };
    add_case(11, 1, "91A", true);
    add_case(15, 2, "91A", true);
    for (size_t i = 0; i < COUNT_OF(P); i++) {
        struct permit_row p = {
            .id = P[i].id, .item_id = P[i].id, .case_id = P[i].case_id, .permit_type = SV("P-X"),
            .name = SV("示例证"), .number = arena_printf_sv(arena, "X%d", (int)i),
            .department = SV("D"), .department_name = SV("示例局"), .region = SV("150302"),
            .uscc = sv_of(P[i].uscc), .state = sv_of(P[i].state), .granted_on = 20800,
            .valid_from = 20800, .valid_until = i == 0 ? DATE_NONE : 22000,
            .status_index = -1, .version = 1 };
        ok(permit_insert(conn, &p, &err));
    }
    ok(permit_list_own(conn, 1, SV("91A"), arena, &list, &n, &err));
    assert_true(n == 2 && list[0].id == 5 && list[1].id == 1);
    assert_int_equal(list[0].valid_until, 22000);
    assert_int_equal(list[1].valid_until, DATE_NONE);
    assert_sv(list[1].number, "X0");
    assert_sv(list[1].department_name, "示例局");
    assert_sv(list[1].permit_type, "P-X");
    ok(permit_list_own(conn, 3, SV("91A"), arena, &list, &n, &err));
    assert_int_equal(n, 0);
}

#define T(f) cmocka_unit_test_setup_teardown(f, test_setup, test_teardown)
static const struct CMUnitTest TESTS[] = { T(test_marks), T(test_earlier), T(test_permits) };
DEFINE_ENGINE_RUNS("prefill", TESTS, group_setup, group_teardown)

int main(void)
{
    return run_engines(run_sqlite, run_postgres);
}
