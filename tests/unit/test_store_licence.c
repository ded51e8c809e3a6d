/* store: statutory permits, comprehensive licences, the ledger and its heads. */
#include "test_store_fixture.h"

static struct permit_row a_permit(int64_t id, const char *type, const char *number)
{
    return (struct permit_row){
        .id = id, .item_id = 100 + id, .case_id = 5, .permit_type = sv_of(type),
        .name = SV("食品经营许可证"), .number = sv_of(number), .department = SV("SCJG"),
        .department_name = SV("市场监督管理局"), .region = SV("150302"), .uscc = SV("91"),
        .state = SV("valid"), .granted_on = 20800, .valid_from = 20801, .valid_until = 22000,
        .status_index = -1, .version = 1, .holder = SV("某店"), .person = SV("王五"),
        .address = SV("某街1号"),
    };
}

static void test_permits(void **state)
{
    (void)state;
    struct permit_row *list, p = a_permit(3, "food", "JY1");
    size_t n;
    assert_int_equal(permit_number_taken(conn, SV("food"), SV("JY1"), &err), 0);
    ok(permit_insert(conn, &p, &err));
    assert_int_equal(permit_number_taken(conn, SV("food"), SV("JY1"), &err), 1);
    assert_int_equal(permit_number_taken(conn, SV("hotel"), SV("JY1"), &err), 0);
    p = a_permit(4, "food", "JY1"); /* one number of a type */
    fails(permit_insert(conn, &p, &err), ERR_CONFLICT);
    p = a_permit(4, "hotel", "JY1");
    p.item_id = 103; /* one permit of an item */
    fails(permit_insert(conn, &p, &err), ERR_CONFLICT);
    p.item_id = 99;
    p.valid_until = DATE_NONE;
    ok(permit_insert(conn, &p, &err));
    ok(permit_list_case(conn, 5, arena, &list, &n, &err));
    assert_true(n == 2 && list[0].id == 4 && list[1].id == 3); /* by item */
    assert_int_equal(list[0].valid_until, DATE_NONE);
    assert_true(list[1].valid_until == 22000 && list[1].granted_on == 20800 &&
                list[1].valid_from == 20801 && list[1].item_id == 103 && list[1].case_id == 5);
    assert_sv(list[1].name, "食品经营许可证");
    assert_sv(list[1].department_name, "市场监督管理局");
    assert_sv(list[1].state, "valid");
    ok(permit_scan(conn, 3, 10, arena, &list, &n, &err));
    assert_true(n == 1 && list[0].id == 4);
    ok(permit_scan(conn, 0, 1, arena, &list, &n, &err));
    assert_true(n == 1 && list[0].id == 3);
}

/* ---- what becomes of permits ---- */

static void test_permit_life(void **state)
{
    (void)state;
    struct permit_row p = a_permit(3, "food", "JY1"), q = a_permit(4, "food", "JY2"), r, *list;
    struct permit_event_row *events;
    int64_t *ids;
    size_t n;
    p.status_index = 77;
    ok(permit_insert(conn, &p, &err));
    q.status_index = 77; /* one bit is one permit's */
    fails(permit_insert(conn, &q, &err), ERR_CONFLICT);
    q.status_index = -1;
    ok(permit_insert(conn, &q, &err));
    ok(permit_set_licence(conn, 3, SV("WHZH1"), &err));
    ok(permit_list_unnumbered(conn, 10, arena, &ids, &n, &err));
    assert_true(n == 1 && ids[0] == 4);
    ok(permit_set_status(conn, 4, 78, &err));
    assert_int_equal(permit_find(conn, 3, arena, &r, &err), 1);
    assert_true(r.status_index == 77 && r.version == 1 && sv_is(r.licence_number, "WHZH1"));
    assert_sv(r.holder, "某店");
    assert_sv(r.address, "某街1号");
    r.state = SV("revoked");
    r.version = 3;
    fails(permit_update(conn, &r, &err), ERR_CHANGED);
    r.version = 2;
    r.address = SV("新街2号");
    r.valid_until = 23000;
    ok(permit_update(conn, &r, &err));
    ok(permit_list_licence(conn, SV("WHZH1"), arena, &list, &n, &err));
    assert_true(n == 1 && list[0].valid_until == 23000 && list[0].version == 2);
    assert_sv(list[0].state, "revoked");
    assert_sv(list[0].address, "新街2号");
    /* Only what is valid runs out; the earliest end first. */
    ok(permit_list_ended(conn, 22000, 10, arena, &ids, &n, &err));
    assert_int_equal(n, 0);
    ok(permit_list_ended(conn, 22001, 10, arena, &ids, &n, &err));
    assert_true(n == 1 && ids[0] == 4);
    for (int64_t seq = 9; seq > 6; seq--) {
        struct permit_event_row v = {
            .id = seq, .permit_id = 3, .act = seq == 7 ? ACT_GRANT : ACT_AMEND_PERMIT,
            .effective_on = 20800, .at = 1, .department = SV("SCJG"), .document = SV("文1"),
            .reason = SV("迁址"), .basis = SV("法"), .number = SV("JY1"), .valid_from = 20801,
            .valid_until = DATE_NONE, .holder = SV(""), .person = SV(""), .address = SV("街"),
            .ledger_seq = seq };
        ok(permit_event_insert(conn, &v, &err));
    }
    ok(permit_events_of(conn, 3, arena, &events, &n, &err));
    assert_true(n == 3 && events[0].act == ACT_GRANT && events[1].act == ACT_AMEND_PERMIT);
    assert_true(events[2].ledger_seq == 9 && events[2].valid_until == DATE_NONE);
    assert_sv(events[2].reason, "迁址");
    ok(permit_events_licence(conn, SV("WHZH1"), arena, &events, &n, &err));
    assert_int_equal(n, 3);
    ok(permit_event_scan(conn, 7, 1, arena, &events, &n, &err));
    assert_true(n == 1 && events[0].id == 8);
}

/* Told once at each distance, the nearest only; anew after the end has moved. */
static void test_permit_reminders(void **state)
{
    (void)state;
    struct permit_row p = a_permit(3, "food", "JY1"), *list;
    size_t n;
    ok(permit_insert(conn, &p, &err));
    ok(permit_list_ending(conn, 21950, 90, 10, arena, &list, &n, &err));
    assert_int_equal(n, 0); /* on no licence */
    ok(permit_set_licence(conn, 3, SV("WHZH1"), &err));
    ok(permit_list_ending(conn, 21909, 90, 10, arena, &list, &n, &err));
    assert_int_equal(n, 0);
    ok(permit_list_ending(conn, 21910, 90, 10, arena, &list, &n, &err));
    assert_int_equal(n, 1);
    ok(permit_mark_reminded(conn, 3, 90, &err));
    ok(permit_list_ending(conn, 21911, 90, 10, arena, &list, &n, &err));
    assert_int_equal(n, 0);
    ok(permit_list_ending(conn, 21970, 30, 10, arena, &list, &n, &err));
    assert_int_equal(n, 1);
    ok(permit_mark_reminded(conn, 3, 30, &err));
    ok(permit_list_ending(conn, 21970, 60, 10, arena, &list, &n, &err));
    assert_int_equal(n, 0);
    p.version = 2;
    ok(permit_update(conn, &p, &err));
    ok(permit_list_ending(conn, 21970, 60, 10, arena, &list, &n, &err));
    assert_int_equal(n, 1);
}

static struct licence_row a_licence(const char *number, int64_t version)
{
    return (struct licence_row){
        .number = sv_of(number), .version = version, .current = true, .state = SV("valid"),
        .case_id = 5, .short_id = arena_printf_sv(arena, "S-%s-%lld", number, (long long)version),
        .uscc = SV("91150302MA00000074"), .holder = SV("乌海市某某餐饮店"), .person = SV("王五"),
        .address = SV("某街1号"), .industry = SV("restaurant"), .region = SV("150302"),
        .issuer = SV("审批服务局"), .issued_on = 20800, .expires_on = 22000,
        .issued_at = 1000, .permits_valid = 3, .payload = SV("ABC:/#"), .ended_note = SV(""),
        .ledger_seq = 42, .status_index = -1, .ended_on = DATE_NONE,
    };
}

static const char *licence_text(const struct licence_row *l)
{
#define S(f) (int)l->f.n, l->f.p
    return arena_printf(arena, "%.*s v%lld %d %.*s %lld %.*s %.*s %.*s %.*s %.*s %.*s %.*s %.*s %d %d %lld "
                        "%lld %.*s [%.*s] %lld", S(number), (long long)l->version, l->current,
                        S(state), (long long)l->case_id, S(short_id), S(uscc), S(holder),
                        S(person), S(address), S(industry), S(region), S(issuer), l->issued_on,
                        l->expires_on, (long long)l->issued_at, (long long)l->permits_valid,
                        S(payload), S(ended_note), (long long)l->ledger_seq);
#undef S
}

static void test_licence_roundtrip(void **state)
{
    (void)state;
    struct licence_row a = a_licence("WHZH1", 1), r;
    struct licence_status st;
    ok(licence_insert(conn, &a, &err));
    assert_int_equal(licence_find_current(conn, SV("WHZH1"), arena, &r, &err), 1);
    assert_string_equal(licence_text(&r), licence_text(&a));
    assert_int_equal(licence_find_short(conn, a.short_id, arena, &r, &err), 1);
    assert_string_equal(licence_text(&r), licence_text(&a));
    assert_int_equal(licence_find_version(conn, SV("WHZH1"), 1, arena, &r, &err), 1);
    assert_int_equal(licence_find_version(conn, SV("WHZH1"), 2, arena, &r, &err), 0);
    assert_int_equal(licence_find_current(conn, SV("WHZH2"), arena, &r, &err), 0);
    assert_int_equal(licence_find_short(conn, SV("s-whzh1-1"), arena, &r, &err), 0);
    assert_int_equal(licence_status_find(conn, SV("WHZH1"), &st, &err), 1);
    assert_true(st.version == 1 && st.permits_valid == 3 && st.expires_on == 22000);
    assert_string_equal(st.state, "valid");
    assert_int_equal(licence_status_find(conn, SV("WHZH2"), &st, &err), 0);
    a = a_licence("WHZH3", 1);
    a.expires_on = DATE_NONE;
    a.state = SV("a state longer than sixteen bytes");
    ok(licence_insert(conn, &a, &err));
    assert_int_equal(licence_status_find(conn, SV("WHZH3"), &st, &err), 1);
    assert_int_equal(st.expires_on, DATE_NONE);
    assert_string_equal(st.state, "a state longer ");
}

/* "Two current versions" must be impossible, whatever the program does. */
static void test_one_current_licence(void **state)
{
    (void)state;
    struct licence_row a = a_licence("WHZH1", 1), b = a_licence("WHZH1", 2), r;
    ok(licence_insert(conn, &a, &err));
    fails(licence_insert(conn, &b, &err), ERR_CONFLICT); /* both current */
    b.current = false;
    b.state = SV("superseded");
    ok(licence_insert(conn, &b, &err));
    fails(licence_insert(conn, &b, &err), ERR_CONFLICT); /* the same version */
    b = a_licence("WHZH1", 3);
    b.current = false;
    b.short_id = a.short_id; /* one short id for ever */
    fails(licence_insert(conn, &b, &err), ERR_CONFLICT);
    assert_int_equal(licence_find_current(conn, SV("WHZH1"), arena, &r, &err), 1);
    assert_int_equal(r.version, 1);
    assert_int_equal(licence_find_version(conn, SV("WHZH1"), 2, arena, &r, &err), 1);
    assert_false(r.current);
    assert_sv(r.state, "superseded");
}

/* ---- lists ---- */

static const char *pages(struct licence_filter f)
{
    struct licence_row *list;
    size_t n;
    const char *text = "";
    int rounds = 0;
    f.before_issued = INT64_MAX;
    f.before_number = SV("");
    do {
        assert_true(++rounds < 100); /* a cursor that stands still */
        ok(licence_list(conn, &f, arena, &list, &n, &err));
        assert_true((int64_t)n <= f.limit);
        for (size_t i = 0; i < n; i++)
            text = arena_printf(arena, "%s%.*s ", text, (int)list[i].number.n, list[i].number.p);
        if (n) {
            f.before_issued = list[n - 1].issued_at;
            f.before_number = list[n - 1].number;
        }
    } while (n);
    seen("licences %s", text);
    return text;
}

/* Nine licences, three issued in each millisecond; case k belongs to applicant 70 + k % 2. */
static void some_licences(void)
{
    for (int64_t i = 1; i <= 9; i++) {
        const char *number = arena_printf(arena, "L%lld", (long long)i);
        struct licence_row l = a_licence(number, 2), old = a_licence(number, 1);
        struct permit_row p = a_permit(i, "food", number);
        struct case_row c = { .id = i, .applicant_id = 70 + i % 2, .industry = SV("x"),
                              .region = SV("y"), .catalog_version = SV("z"),
                              .channel = SV("online"), .answers = SV("{}"), .version = 1 };
        l.case_id = old.case_id = p.case_id = i;
        l.issued_at = 1000 + i / 3;
        l.region = i > 6 ? SV("150303") : SV("150302");
        l.holder = i == 4 ? SV("50%_Café 店") : l.holder;
        p.department = i % 4 == 0 ? SV("WJW") : SV("SCJG");
        old.current = false;
        old.issued_at = 900;
        ok(case_insert(conn, &c, &err));
        ok(permit_insert(conn, &p, &err));
        ok(permit_set_licence(conn, p.id, l.number, &err));
        ok(licence_insert(conn, &old, &err));
        ok(licence_insert(conn, &l, &err));
    }
}

static void test_licence_superseded(void **state)
{
    (void)state;
    struct licence_row a = a_licence("WHZH1", 1), b = a_licence("WHZH1", 2), *list, r;
    size_t n;
    ok(licence_insert(conn, &a, &err));
    ok(licence_list_unnumbered(conn, 9, arena, &list, &n, &err));
    assert_int_equal(n, 1);
    ok(licence_set_status(conn, a.number, 1, 5, &err));
    ok(licence_supersede(conn, a.number, 1, 20900, &err));
    fails(licence_supersede(conn, a.number, 1, 20901, &err), ERR_CHANGED);
    b.status_index = 6;
    ok(licence_insert(conn, &b, &err));
    ok(licence_versions(conn, a.number, arena, &list, &n, &err));
    assert_true(n == 2 && list[0].version == 2 && list[1].ended_on == 20900);
    assert_sv(list[1].state, "superseded");
    assert_true(list[1].status_index == 5 && list[0].ended_on == DATE_NONE);
    assert_int_equal(licence_find_current(conn, a.number, arena, &r, &err), 1);
    assert_int_equal(r.version, 2);
}

static void test_licence_list(void **state)
{
    (void)state;
    some_licences();
    static const int64_t LIMITS[] = { 1, 2, 3, 4, 50 };
    for (size_t i = 0; i < COUNT_OF(LIMITS); i++) {
        int64_t limit = LIMITS[i];
        assert_string_equal(pages((struct licence_filter){ .limit = limit }),
                            "L9 L6 L7 L8 L3 L4 L5 L1 L2 ");
        assert_string_equal(pages((struct licence_filter){ .applicant_id = 71, .limit = limit }),
                            "L9 L7 L3 L5 L1 ");
        assert_string_equal(pages((struct licence_filter){ .region = SV("150303"), .limit = limit }),
                            "L9 L7 L8 ");
        assert_string_equal(pages((struct licence_filter){ .department = SV("WJW"), .limit = limit }),
                            "L8 L4 ");
        assert_string_equal(pages((struct licence_filter){ .q = SV("%50\\%\\_caf%"), .limit = limit }),
                            "L4 ");
        assert_string_equal(pages((struct licence_filter){ .q = SV("%某某%"), .applicant_id = 70,
                                                           .limit = limit }), "L6 L8 L2 ");
        assert_string_equal(pages((struct licence_filter){ .q = SV("%l7%"), .limit = limit }), "L7 ");
        assert_string_equal(pages((struct licence_filter){ .q = SV("%\\%\\%%"), .limit = limit }), "");
    }
}

static void test_licence_scan(void **state)
{
    (void)state;
    struct licence_row *list;
    struct sv number = SV("");
    int64_t version = 0;
    size_t n, total = 0;
    some_licences();
    do {
        ok(licence_scan(conn, number, version, 4, arena, &list, &n, &err));
        for (size_t i = 0; i < n; i++, total++) {
            assert_sv(list[i].number, arena_printf(arena, "L%zu", total / 2 + 1));
            assert_int_equal(list[i].version, total % 2 + 1);
        }
        if (n) {
            number = list[n - 1].number;
            version = list[n - 1].version;
        }
    } while (n);
    assert_int_equal(total, 18);
}

/* ---- ledger ---- */

static struct sm3_hash leaf_of(int64_t seq)
{
    struct sm3_hash h;
    sm3(arena_printf_sv(arena, "%lld", (long long)seq), &h);
    return h;
}

static void some_ledger(int64_t count)
{
    for (int64_t seq = 0; seq < count; seq++) {
        struct ledger_row r = { .seq = seq, .at = 1000 + seq, .effective_on = -3,
                                .actor_id = seq % 2 ? 7 : 0, .actor_kind = SV("clock"),
                                .department = seq % 2 ? SV("SCJG") : SV(""), .act = SV("accept"),
                                .case_id = seq % 3 ? 5 : 0, .item_id = seq % 2 ? 51 : 0,
                                .body = SV("{\"理由\":\"x\"}"), .leaf = leaf_of(seq) };
        ok(ledger_insert(conn, &r, &err));
    }
}

static void test_ledger(void **state)
{
    (void)state;
    struct ledger_row *list;
    struct sm3_hash leaves[256];
    size_t n;
    some_ledger(20);
    struct ledger_row again = { .seq = 7, .actor_kind = SV("x"), .act = SV("y"), .body = SV("{}") };
    fails(ledger_insert(conn, &again, &err), ERR_CONFLICT); /* nothing is written over */
    ok(ledger_scan(conn, 6, 3, arena, &list, &n, &err));
    assert_true(n == 3 && list[0].seq == 6 && list[2].seq == 8);
    assert_true(list[1].actor_id == 7 && list[0].actor_id == 0 && list[0].case_id == 0);
    assert_true(list[1].at == 1007 && list[1].effective_on == -3 && list[1].item_id == 51);
    assert_sv(list[1].department, "SCJG");
    assert_sv(list[0].department, "");
    assert_sv(list[1].body, "{\"理由\":\"x\"}");
    struct sm3_hash h = leaf_of(7);
    assert_memory_equal(&list[1].leaf, &h, sizeof h);
    assert_int_equal(ledger_leaves(conn, 4, 9, leaves, &err), 5);
    for (int64_t i = 0; i < 5; i++) {
        h = leaf_of(4 + i);
        assert_memory_equal(&leaves[i], &h, sizeof h);
    }
    assert_int_equal(ledger_leaves(conn, 15, 40, leaves, &err), 5);
    assert_int_equal(ledger_leaves(conn, 40, 50, leaves, &err), 0);
    assert_int_equal(ledger_leaves(conn, 5, 5, leaves, &err), 0);
}

static void test_timeline(void **state)
{
    (void)state;
    struct timeline_row *list;
    size_t n;
    struct user_row u = { .id = 7, .role = SV("reviewer"), .login = SV("z"), .name = SV("张三") };
    struct item_row item = { .id = 51, .case_id = 5, .permit = SV("food"), .department = SV("SCJG"),
                             .region = SV("1"), .state = ITEM_RECEIVED, .version = 1,
                             .due_on = DATE_NONE, .yellow_on = DATE_NONE, .seen_digest = SV("") };
    ok(user_insert(conn, &u, &err));
    ok(item_insert(conn, &item, &err));
    some_ledger(10);
    ok(ledger_timeline(conn, 5, 1, arena, &list, &n, &err));
    assert_int_equal(n, 5); /* 2 4 5 7 8 */
    static const int64_t SEQ[] = { 2, 4, 5, 7, 8 };
    for (size_t i = 0; i < n; i++) {
        assert_int_equal(list[i].row.seq, SEQ[i]);
        assert_sv(list[i].actor_name, SEQ[i] % 2 ? "张三" : "");
        assert_sv(list[i].permit, SEQ[i] % 2 ? "food" : "");
    }
}

static void test_ledger_head_and_nodes(void **state)
{
    (void)state;
    struct ledger_head_row h, put = { 5, 99, sv_make("\0\1\xff", 3), { { 1, 2 } } };
    struct sm3_hash node = leaf_of(1), got;
    assert_int_equal(ledger_head_get(conn, arena, &h, &err), 0);
    ok(ledger_head_put(conn, &put, &err));
    put.size = 6;
    ok(ledger_head_put(conn, &put, &err));
    assert_int_equal(ledger_head_get(conn, arena, &h, &err), 1);
    assert_true(h.size == 6 && h.last_at == 99 && sv_eq(h.frontier, put.frontier));
    assert_memory_equal(&h.mac, &put.mac, sizeof h.mac);
    put.frontier = sv_make(NULL, 0);
    ok(ledger_head_put(conn, &put, &err));
    assert_int_equal(ledger_head_get(conn, arena, &h, &err), 1);
    assert_int_equal(h.frontier.n, 0);
    ok(ledger_node_put(conn, 8, 3, &node, &err));
    fails(ledger_node_put(conn, 8, 3, &node, &err), ERR_CONFLICT);
    assert_int_equal(ledger_node_get(conn, 8, 3, &got, &err), 1);
    assert_memory_equal(&got, &node, sizeof got);
    assert_int_equal(ledger_node_get(conn, 3, 8, &got, &err), 0);
}

static void test_tree_heads(void **state)
{
    (void)state;
    struct tree_head_row *list, r;
    size_t n;
    for (int64_t size = 10; size <= 40; size += 10) {
        struct tree_head_row t = { .size = size, .at = size * 2, .root = leaf_of(size),
                                   .key_id = SV("k1"), .signature = { 0, 255, (unsigned char)size } };
        ok(tree_head_insert(conn, &t, &err));
        t.at = 1; /* the first head of a size stays */
        ok(tree_head_insert(conn, &t, &err));
    }
    assert_int_equal(tree_head_find(conn, INT64_MAX, arena, &r, &err), 1);
    assert_true(r.size == 40 && r.at == 80 && r.signature[1] == 255 && r.signature[2] == 40);
    assert_sv(r.key_id, "k1");
    struct sm3_hash h = leaf_of(40);
    assert_memory_equal(&r.root, &h, sizeof h);
    assert_int_equal(tree_head_find(conn, 40, arena, &r, &err), 1);
    assert_int_equal(r.size, 30);
    assert_int_equal(tree_head_find(conn, 10, arena, &r, &err), 0);
    ok(tree_head_scan(conn, 10, 2, arena, &list, &n, &err));
    assert_true(n == 2 && list[0].size == 20 && list[1].size == 30);
    ok(tree_head_scan(conn, 40, 2, arena, &list, &n, &err));
    assert_int_equal(n, 0);
}

#define T(name) cmocka_unit_test_setup_teardown(name, test_setup, test_teardown)
static const struct CMUnitTest TESTS[] = {
    T(test_permits),
    T(test_permit_life),
    T(test_permit_reminders),
    T(test_licence_superseded), T(test_licence_roundtrip), T(test_one_current_licence), T(test_licence_list),
    T(test_licence_scan), T(test_ledger), T(test_timeline), T(test_ledger_head_and_nodes),
    T(test_tree_heads),
};
DEFINE_ENGINE_RUNS("store: licences and ledger", TESTS, group_setup, group_teardown)

int main(void)
{
    return run_engines(run_sqlite, run_postgres);
}
