/* store: tasks of supervision, their events, and what is supervised. */
#include "store/supervise_store.h"
#include "test_store_fixture.h"

static void a_case(int64_t id, const char *industry)
{
    struct case_row k = {
        .id = id, .number = arena_printf_sv(arena, "YZ%05lld", (long long)id),
        .industry = sv_of(industry), .region = SV("150302"), .catalog_version = SV("2026.1"),
        .channel = SV("online"), .applicant_id = 7, .applicant_name = SV("王五"),
        .applicant_phone = SV("13800000000"), .hall = SV(""), .authorisation = SV(""),
        .answers = SV("{}"), .state = CASE_SUBMITTED, .version = 1, .holder_name = SV("申请店"),
        .uscc = SV("91150302MA00000074"), .person = SV("王五"), .address = SV("某街1号"),
        .licence_number = SV(""), .created_at = id,
    };
    ok(case_insert(conn, &k, &err));
}

static void a_permit(int64_t id, int64_t case_id)
{
    struct permit_row p = {
        .id = id, .item_id = 100 + id, .case_id = case_id, .permit_type = SV("food"),
        .name = SV("食品经营许可证"), .number = arena_printf_sv(arena, "JY%lld", (long long)id),
        .department = SV("G"), .department_name = SV("审批"), .region = SV("150302"),
        .uscc = SV("91150302MA00000074"), .state = SV("valid"), .granted_on = 20800,
        .valid_from = 20801, .valid_until = 22000, .status_index = id, .version = 1,
        .holder = SV("某店"), .person = SV("王五"), .address = SV("某街1号"),
    };
    ok(permit_insert(conn, &p, &err));
}

static struct supervision_row a_task(int64_t id, int64_t permit, const char *department)
{
    return (struct supervision_row){
        .id = id, .event_seq = 10 + permit, .act = ACT_GRANT, .permit_id = permit, .case_id = 5,
        .item_id = 103, .permit_type = SV("food"), .department = sv_of(department),
        .grantor = SV("G"), .region = SV("150302"), .lead = true, .kind = SUPERVISE_START,
        .state = SUPERVISION_PENDING, .opened_on = 20800, .opened_at = 1000,
        .clock = { 20807, 20806 }, .acknowledged_on = DATE_NONE, .acknowledged_by = SV(""),
        .wants = SV(""), .result_on = DATE_NONE, .version = 1, .ledger_seq = 20 + id,
    };
}

static struct supervision_filter all_of(enum supervision_scope scope, const char *whose)
{
    return (struct supervision_filter){
        .scope = scope, .whose = sv_of(whose), .region = SV(""), .industry = SV(""),
        .kind = SV(""), .state = SV(""), .q = SV(""), .due_from = DATE_NONE, .due_to = DATE_NONE,
        .yellow_from = DATE_NONE, .yellow_to = DATE_NONE, .after_due = DATE_NONE, .limit = 10,
    };
}

/* (P30) one task for each decision and department, whoever tries again. */
static void test_P30_once(void **state)
{
    (void)state;
    struct supervision_entry x;
    a_case(5, "I03");
    a_permit(3, 5);
    struct supervision_row t = a_task(1, 3, "S");
    assert_int_equal(supervision_exists(conn, 13, SV("S"), &err), 0);
    ok(supervision_insert(conn, &t, &err));
    assert_int_equal(supervision_exists(conn, 13, SV("S"), &err), 1);
    t.id = 2;
    fails(supervision_insert(conn, &t, &err), ERR_CONFLICT);
    t.department = SV("H"); /* another department has its own */
    ok(supervision_insert(conn, &t, &err));
    assert_int_equal(supervision_find(conn, 1, arena, &x, &err), 1);
    assert_true(x.task.act == ACT_GRANT && x.task.permit_id == 3 && x.task.lead &&
                x.task.kind == SUPERVISE_START && x.task.clock.due_on == 20807 &&
                x.task.acknowledged_on == DATE_NONE && x.valid_until == 22000);
    assert_sv(x.holder, "某店");
    assert_sv(x.industry, "I03");
    assert_sv(x.permit_state, "valid");
    assert_int_equal(supervision_find(conn, 9, arena, &x, &err), 0);
}

static void test_denied_shows_the_application(void **state)
{
    (void)state;
    struct supervision_entry x;
    a_case(5, "I03");
    struct supervision_row t = a_task(1, 0, "S");
    t.act = ACT_DENY;
    t.kind = SUPERVISE_INFORM;
    t.clock = (struct supervision_clock){ DATE_NONE, DATE_NONE };
    ok(supervision_insert(conn, &t, &err));
    assert_int_equal(supervision_find(conn, 1, arena, &x, &err), 1);
    assert_sv(x.holder, "申请店");
    assert_sv(x.case_number, "YZ00005");
    assert_sv(x.permit_state, "");
    assert_true(x.task.clock.due_on == DATE_NONE && x.valid_until == DATE_NONE);
}

static void test_update_and_warnings(void **state)
{
    (void)state;
    struct supervision_entry x;
    int64_t *ids;
    size_t n;
    a_case(5, "I03");
    a_permit(3, 5);
    struct supervision_row t = a_task(1, 3, "S");
    ok(supervision_insert(conn, &t, &err));
    ok(supervision_to_warn(conn, 20805, 10, arena, &ids, &n, &err));
    assert_int_equal(n, 0);
    ok(supervision_to_warn(conn, 20806, 10, arena, &ids, &n, &err));
    assert_true(n == 1 && ids[0] == 1);
    assert_int_equal(supervision_mark_warned(conn, 1, 1, &err), 1);
    assert_int_equal(supervision_mark_warned(conn, 1, 1, &err), 0); /* told already */
    ok(supervision_to_warn(conn, 20807, 10, arena, &ids, &n, &err));
    assert_int_equal(n, 0);
    ok(supervision_to_warn(conn, 20808, 10, arena, &ids, &n, &err)); /* passed */
    assert_int_equal(n, 1);
    assert_int_equal(supervision_mark_warned(conn, 1, 2, &err), 1);
    t.version = 3;
    fails(supervision_update(conn, &t, &err), ERR_CHANGED);
    t.version = 2;
    t.state = SUPERVISION_FINDING;
    t.acknowledged_on = 20803;
    t.acknowledged_by = SV("李四");
    t.result = SUPERVISED_RECTIFY;
    t.result_on = 20804;
    t.clock = (struct supervision_clock){ 20815, 20812 };
    ok(supervision_update(conn, &t, &err));
    assert_int_equal(supervision_find(conn, 1, arena, &x, &err), 1);
    assert_true(x.task.state == SUPERVISION_FINDING && x.task.result == SUPERVISED_RECTIFY &&
                x.task.result_on == 20804 && x.task.acknowledged_on == 20803 && x.task.version == 2);
    ok(supervision_to_warn(conn, 20812, 10, arena, &ids, &n, &err)); /* a new clock, told anew */
    assert_int_equal(n, 1);
}

static void test_lists(void **state)
{
    (void)state;
    struct supervision_entry *list;
    struct supervision_counts counts;
    struct supervised_row *rows;
    size_t n;
    a_case(5, "I03");
    a_case(6, "I14");
    for (int64_t k = 1; k <= 4; k++) {
        a_permit(k, k == 4 ? 6 : 5);
        struct supervision_row t = a_task(k, k, k == 3 ? "H" : "S");
        t.case_id = k == 4 ? 6 : 5;
        t.clock.due_on = 20810 - (int32_t)k; /* the last one first */
        t.clock.yellow_on = t.clock.due_on - 1;
        ok(supervision_insert(conn, &t, &err));
    }
    struct supervision_filter f = all_of(SCOPE_SUPERVISES, "S");
    ok(supervision_list(conn, &f, arena, &list, &n, &err));
    assert_true(n == 3 && list[0].task.id == 4 && list[1].task.id == 2 && list[2].task.id == 1);
    f.after_due = list[0].task.clock.due_on;
    f.after_id = 4;
    ok(supervision_list(conn, &f, arena, &list, &n, &err));
    assert_true(n == 2 && list[0].task.id == 2);
    f = all_of(SCOPE_SUPERVISES, "S");
    f.industry = SV("I14");
    ok(supervision_list(conn, &f, arena, &list, &n, &err));
    assert_true(n == 1 && list[0].task.id == 4);
    f = all_of(SCOPE_GRANTED, "G");
    f.state = SV("waiting");
    ok(supervision_list(conn, &f, arena, &list, &n, &err));
    assert_int_equal(n, 4);
    f = all_of(SCOPE_REGION, "150304");
    ok(supervision_list(conn, &f, arena, &list, &n, &err));
    assert_int_equal(n, 0);
    f = all_of(SCOPE_REGION, "");
    f.due_only = true;
    f.due_to = 20807;
    ok(supervision_list(conn, &f, arena, &list, &n, &err));
    assert_int_equal(n, 2);
    ok(supervision_count(conn, &f, 20807, &counts, &err));
    assert_true(counts.by_state[SUPERVISION_PENDING] == 4 && counts.red == 1 &&
                counts.yellow == 2 && counts.green == 1);
    f = all_of(SCOPE_SUPERVISES, "S");
    f.q = SV("%jy2%"); /* in either case */
    ok(supervised_list(conn, &f, INT64_MAX, arena, &rows, &n, &err));
    assert_true(n == 1 && rows[0].permit_id == 2 && rows[0].waiting == 1 &&
                rows[0].result_on == DATE_NONE);
    f.q = SV("");
    f.state = SV("valid");
    ok(supervised_list(conn, &f, 4, arena, &rows, &n, &err));
    assert_true(n == 2 && rows[0].task_id == 2 && rows[1].task_id == 1);
}

static void test_events(void **state)
{
    (void)state;
    struct supervision_event_row *list;
    size_t n;
    struct supervision_event_row v = {
        .id = 1, .task_id = 9, .act = ACT_REPORT_PROBLEM, .effective_on = 20800, .at = 5,
        .department = SV("S"), .actor_id = 7, .actor_name = SV("李四"), .result = SV("rectify"),
        .reason = SV("说明"), .basis = SV(""), .document = SV("文1"), .wants = SV(""),
        .due_on = 20810, .ledger_seq = 40,
    };
    ok(supervision_event_insert(conn, &v, &err));
    v.id = 2;
    v.act = ACT_ADOPT_PROPOSAL;
    v.actor_id = 0;
    v.due_on = DATE_NONE;
    v.permit_seq = 39;
    v.ledger_seq = 30;
    ok(supervision_event_insert(conn, &v, &err));
    ok(supervision_events(conn, 9, arena, &list, &n, &err));
    assert_true(n == 2 && list[0].ledger_seq == 30 && list[0].actor_id == 0 &&
                list[0].permit_seq == 39 && list[0].due_on == DATE_NONE);
    assert_true(list[1].act == ACT_REPORT_PROBLEM && list[1].due_on == 20810);
    assert_sv(list[1].result, "rectify");
    ok(supervision_event_scan(conn, 1, 10, arena, &list, &n, &err));
    assert_true(n == 1 && list[0].id == 2);
}

#define T(name) cmocka_unit_test_setup_teardown(name, test_setup, test_teardown)
static const struct CMUnitTest TESTS[] = {
    T(test_P30_once), T(test_denied_shows_the_application), T(test_update_and_warnings),
    T(test_lists), T(test_events),
};
DEFINE_ENGINE_RUNS("store: supervision", TESTS, group_setup, group_teardown)

int main(void)
{
    return run_engines(run_sqlite, run_postgres);
}
