/* store: items, the departments' queues and their signals. */
#include "test_store_fixture.h"

enum { TODAY = 20800 };

static struct item_row an_item(int64_t id, int64_t case_id)
{
    return (struct item_row){
        .id = id, .case_id = case_id, .permit = SV("food"), .department = SV("SCJG"),
        .region = SV("150302"), .state = ITEM_RECEIVED, .version = 1, .received_on = TODAY,
        .accepted_on = DATE_NONE, .closed_on = DATE_NONE, .due_on = TODAY + 5,
        .yellow_on = TODAY + 4, .seen_digest = SV("d0"), .valid_from = DATE_NONE,
        .valid_until = DATE_NONE,
    };
}

static const char *item_text(const struct item_row *x)
{
#define S(f) (int)x->f.n, x->f.p
    return arena_printf(
        arena, "%lld %lld %.*s %.*s %.*s %s v%lld %d %d %d %d %d %d r%lld %.*s %d %.*s %d %d %.*s "
        "%.*s %.*s", (long long)x->id, (long long)x->case_id, S(permit), S(department), S(region),
        item_state_key(x->state), (long long)x->version, x->received_on, x->accepted_on,
        x->accept_deemed, x->closed_on, x->due_on, x->yellow_on, (long long)x->asked_round,
        S(seen_digest), x->inputs_changed, S(number), x->valid_from, x->valid_until, S(reason),
        S(basis), S(right_organ));
#undef S
}

static void a_case(int64_t id, const char *holder)
{
    struct case_row c = { .id = id, .number = arena_printf_sv(arena, "YZ%03lld", (long long)id),
                          .industry = SV("restaurant"), .region = SV("150302"),
                          .catalog_version = SV("1"), .channel = SV("online"), .answers = SV("{}"),
                          .state = CASE_SUBMITTED, .version = 1, .holder_name = sv_of(holder),
                          .submitted_at = 1000 + id, .clerk_id = 8 };
    ok(case_insert(conn, &c, &err));
}

static void test_item_roundtrip(void **state)
{
    (void)state;
    struct item_row a = an_item(1, 5), r;
    ok(item_insert(conn, &a, &err));
    fails(item_insert(conn, &a, &err), ERR_CONFLICT);
    assert_int_equal(item_find(conn, 1, arena, &r, &err), 1);
    assert_string_equal(item_text(&r), item_text(&a));
    assert_int_equal(item_find(conn, 2, arena, &r, &err), 0);
    struct item_row full = a;
    full.state = ITEM_GRANTED;
    full.version = 2;
    full.received_on = TODAY - 1;
    full.accepted_on = TODAY;
    full.accept_deemed = full.inputs_changed = true;
    full.closed_on = TODAY + 1;
    full.due_on = full.yellow_on = DATE_NONE;
    full.asked_round = 2;
    full.seen_digest = SV("d1");
    full.number = SV("JY1150302");
    full.valid_from = 0; /* 1970-01-01 is a day, not "none" */
    full.valid_until = -1;
    full.reason = SV("理由");
    full.basis = SV("依据");
    full.right_organ = SV("机关");
    ok(item_update(conn, &full, &err));
    assert_int_equal(item_find(conn, 1, arena, &r, &err), 1);
    assert_string_equal(item_text(&r), item_text(&full));
}

static void test_item_versions(void **state)
{
    (void)state;
    struct item_row a = an_item(1, 5), r;
    ok(item_insert(conn, &a, &err));
    a.version = 2;
    a.state = ITEM_ACCEPTED;
    ok(item_update(conn, &a, &err));
    a.state = ITEM_REFUSED; /* somebody else who saw version 1 */
    fails(item_update(conn, &a, &err), ERR_CHANGED);
    a.version = 4;
    fails(item_update(conn, &a, &err), ERR_CHANGED);
    item_find(conn, 1, arena, &r, &err);
    assert_int_equal(r.state, ITEM_ACCEPTED);
    a.id = 2;
    a.version = 3;
    fails(item_update(conn, &a, &err), ERR_CHANGED);
}

static void test_item_lists(void **state)
{
    (void)state;
    struct item_row *list;
    size_t n;
    for (int64_t i = 1; i <= 7; i++) {
        struct item_row x = an_item(10 - i, i % 2 ? 5 : 6);
        ok(item_insert(conn, &x, &err));
    }
    ok(item_list_case(conn, 5, arena, &list, &n, &err));
    assert_true(n == 4 && list[0].id == 3 && list[3].id == 9);
    ok(item_list_case(conn, 7, arena, &list, &n, &err));
    assert_int_equal(n, 0);
    ok(item_scan(conn, 4, 3, arena, &list, &n, &err));
    assert_true(n == 3 && list[0].id == 5 && list[2].id == 7);
    ok(item_scan(conn, 9, 3, arena, &list, &n, &err));
    assert_int_equal(n, 0);
}

/* The last day still runs; the oldest come first, those of one day by their id. */
static void test_item_overdue(void **state)
{
    (void)state;
    static const struct { int64_t id; int32_t due; enum item_state state; } ROWS[] = {
        { 9, TODAY - 1, ITEM_RECEIVED }, { 2, TODAY - 1, ITEM_RECEIVED },
        { 5, TODAY - 3, ITEM_RECEIVED }, { 7, TODAY, ITEM_RECEIVED },
        { 6, TODAY - 9, ITEM_ACCEPTED }, { 8, DATE_NONE, ITEM_RECEIVED },
        { 3, TODAY - 1, ITEM_RECEIVED },
    };
    struct item_row *list;
    size_t n;
    for (size_t i = 0; i < COUNT_OF(ROWS); i++) {
        struct item_row x = an_item(ROWS[i].id, 5);
        x.due_on = ROWS[i].due;
        x.state = ROWS[i].state;
        ok(item_insert(conn, &x, &err));
    }
    ok(item_list_overdue(conn, ITEM_RECEIVED, TODAY, 10, arena, &list, &n, &err));
    assert_int_equal(n, 4);
    assert_true(list[0].id == 5 && list[1].id == 2 && list[2].id == 3 && list[3].id == 9);
    ok(item_list_overdue(conn, ITEM_RECEIVED, TODAY, 2, arena, &list, &n, &err));
    assert_true(n == 2 && list[1].id == 2);
    ok(item_list_overdue(conn, ITEM_ACCEPTED, TODAY, 2, arena, &list, &n, &err));
    assert_true(n == 1 && list[0].id == 6);
    ok(item_list_overdue(conn, ITEM_CORRECTING, TODAY, 2, arena, &list, &n, &err));
    assert_int_equal(n, 0);
}

/* ---- queues ---- */

/* Eleven items of two departments and two districts; some due on one day, some not at all. */
static void a_queue(void)
{
    static const int32_t DUE[] = { 3, -2, 3, 0, DATE_NONE, 9, 3, -7, DATE_NONE, 1, DATE_NONE };
    a_case(5, "甲100%店");
    a_case(6, "乙_店 Bar");
    for (int64_t i = 0; i < 11; i++) {
        struct item_row x = an_item(100 + i, i % 2 ? 5 : 6);
        bool open = DUE[i] != DATE_NONE;
        x.department = i % 5 == 4 ? SV("WJW") : SV("SCJG");
        x.region = i % 3 == 2 ? SV("150303") : SV("150302");
        x.permit = i % 4 == 3 ? SV("drink") : SV("food");
        x.state = open ? (i % 2 ? ITEM_ACCEPTED : ITEM_RECEIVED) : ITEM_GRANTED;
        x.due_on = open ? TODAY + DUE[i] : DATE_NONE;
        x.yellow_on = open ? TODAY + DUE[i] - 2 : DATE_NONE;
        ok(item_insert(conn, &x, &err));
    }
}

static struct item_filter open_filter(void)
{
    return (struct item_filter){ .due_from = DATE_NONE, .due_to = DATE_NONE,
                                 .yellow_from = DATE_NONE, .yellow_to = DATE_NONE,
                                 .after_due = DATE_NONE, .limit = 100 };
}

/* All pages of a queue, by the cursor that the API hands out. */
static const char *queue(struct item_filter f)
{
    struct queue_row *list;
    size_t n;
    const char *text = "";
    int rounds = 0;
    do {
        assert_true(++rounds < 100); /* a cursor that stands still */
        ok(item_queue(conn, &f, arena, &list, &n, &err));
        assert_true((int64_t)n <= f.limit);
        for (size_t i = 0; i < n; i++)
            text = arena_printf(arena, "%s%lld ", text, (long long)list[i].item.id);
        if (n) {
            int32_t due = list[n - 1].item.due_on;
            f.after_due = due == DATE_NONE ? 9999999 : due;
            f.after_id = list[n - 1].item.id;
        }
    } while (n);
    seen("queue %s", text);
    return text;
}

static void test_queue_order_and_paging(void **state)
{
    (void)state;
    a_queue();
    static const int64_t LIMITS[] = { 1, 2, 3, 4, 100 };
    for (size_t i = 0; i < COUNT_OF(LIMITS); i++) {
        struct item_filter f = open_filter();
        f.limit = LIMITS[i];
        assert_string_equal(queue(f), "107 101 103 109 100 102 106 105 104 108 110 ");
        f.department = SV("SCJG");
        assert_string_equal(queue(f), "107 101 103 100 102 106 105 108 110 ");
        f.department = SV("");
        f.region = SV("150303");
        assert_string_equal(queue(f), "102 105 108 ");
        f.region = SV("");
        f.open_only = true;
        assert_string_equal(queue(f), "107 101 103 109 100 102 106 105 ");
    }
}

static void test_queue_filters(void **state)
{
    (void)state;
    a_queue();
    struct item_filter f = open_filter();
    f.state = SV("granted");
    assert_string_equal(queue(f), "104 108 110 ");
    f.state = SV("");
    f.permit = SV("drink");
    assert_string_equal(queue(f), "107 103 ");
    f.permit = SV("");
    f.q = SV("%甲100\\%%");
    assert_string_equal(queue(f), "107 101 103 109 105 ");
    f.q = SV("%\\_店 bar%");
    assert_string_equal(queue(f), "100 102 106 104 108 110 ");
    f.q = SV("%yz006%");
    assert_string_equal(queue(f), "100 102 106 104 108 110 ");
    f.q = SV("%丙%");
    assert_string_equal(queue(f), "");
    f = open_filter();
    f.due_from = TODAY;
    f.due_to = TODAY + 3;
    assert_string_equal(queue(f), "103 109 100 102 106 ");
}

static void test_queue_row(void **state)
{
    (void)state;
    struct queue_row *list;
    struct item_row same;
    size_t n;
    a_queue();
    struct item_filter f = open_filter();
    f.limit = 1;
    ok(item_queue(conn, &f, arena, &list, &n, &err));
    assert_int_equal(n, 1);
    item_find(conn, 107, arena, &same, &err);
    assert_string_equal(item_text(&list[0].item), item_text(&same));
    assert_sv(list[0].case_number, "YZ005");
    assert_sv(list[0].industry, "restaurant");
    assert_sv(list[0].holder_name, "甲100%店");
    assert_true(list[0].submitted_at == 1005 && list[0].clerk_id == 8);
}

static int by_state(const void *a, const void *b)
{
    return sv_cmp(((const struct state_count *)a)->state, ((const struct state_count *)b)->state);
}

static const char *counts(struct item_filter f)
{
    struct state_count *list;
    size_t n;
    const char *text = "";
    ok(item_counts(conn, &f, arena, &list, &n, &err));
    if (n)
        qsort(list, n, sizeof *list, by_state);
    for (size_t i = 0; i < n; i++)
        text = arena_printf(arena, "%s%.*s=%lld ", text, (int)list[i].state.n, list[i].state.p,
                            (long long)list[i].n);
    seen("counts %s", text);
    return text;
}

static void test_queue_counts(void **state)
{
    (void)state;
    a_queue();
    struct item_filter f = open_filter();
    assert_string_equal(counts(f), "accepted=5 granted=3 received=3 ");
    f.state = SV("granted"); /* states are the columns */
    f.department = SV("SCJG");
    assert_string_equal(counts(f), "accepted=4 granted=2 received=3 ");
    f.q = SV("%甲%");
    assert_string_equal(counts(f), "accepted=4 ");
    f = open_filter();
    f.region = SV("150303");
    assert_string_equal(counts(f), "accepted=1 granted=1 received=1 ");
}

/* P18: the numbers above a queue are the lengths of the queues below them. */
static void test_queue_signals(void **state)
{
    (void)state;
    a_queue();
    for (int32_t today = TODAY - 10; today <= TODAY + 12; today++)
        for (int by = 0; by < 3; by++) {
            struct signal_counts s;
            struct item_filter f = open_filter(), red, yellow, green;
            struct queue_row *list;
            size_t n;
            f.department = by == 1 ? SV("SCJG") : SV("");
            f.region = by == 2 ? SV("150303") : SV("");
            ok(item_signals(conn, &f, today, &s, &err));
            f.open_only = true;
            red = yellow = green = f;
            red.due_to = today - 1;
            yellow.due_from = green.due_from = today;
            yellow.yellow_to = today;
            green.yellow_from = today + 1;
            ok(item_queue(conn, &red, arena, &list, &n, &err));
            assert_int_equal(n, s.red);
            ok(item_queue(conn, &yellow, arena, &list, &n, &err));
            assert_int_equal(n, s.yellow);
            ok(item_queue(conn, &green, arena, &list, &n, &err));
            assert_int_equal(n, s.green);
            assert_int_equal(s.red + s.yellow + s.green, by == 0 ? 8 : by == 1 ? 7 : 2);
            seen("signals %d %lld %lld %lld", today, (long long)s.red, (long long)s.yellow,
                 (long long)s.green);
        }
}

#define T(name) cmocka_unit_test_setup_teardown(name, test_setup, test_teardown)
static const struct CMUnitTest TESTS[] = {
    T(test_item_roundtrip), T(test_item_versions), T(test_item_lists), T(test_item_overdue),
    T(test_queue_order_and_paging), T(test_queue_filters), T(test_queue_row),
    T(test_queue_counts), T(test_queue_signals),
};
DEFINE_ENGINE_RUNS("store: items", TESTS, group_setup, group_teardown)

int main(void)
{
    return run_engines(run_sqlite, run_postgres);
}
