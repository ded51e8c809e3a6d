/* store: cases, forms, items, queues, attachments, corrections. */
#include "test_store_fixture.h"

static struct case_row a_case(int64_t id)
{
    return (struct case_row){
        .id = id, .number = arena_printf_sv(arena, "YZ%05lld", (long long)id),
        .industry = SV("restaurant"), .region = SV("150302"), .catalog_version = SV("2026.1"),
        .channel = SV("window"), .applicant_id = 7, .clerk_id = 8, .applicant_name = SV("王五"),
        .applicant_phone = SV("13800000000"), .hall = SV("H1"), .authorisation = SV("委托书"),
        .answers = SV("{\"a\":[\"是\"]}"), .state = CASE_SUBMITTED, .version = 1, .files_rev = 2,
        .holder_name = SV("乌海市某某餐饮店"), .uscc = SV("91150302MA00000074"),
        .person = SV("王五"), .address = SV("海勃湾区某街1号"), .n_items = 4, .n_open = 3,
        .created_at = 1000 + id, .updated_at = 2000, .submitted_at = 3000, .closed_at = 4000,
        .issued_at = 5000, .licence_number = SV("WHZH1"),
    };
}

static const char *case_text(const struct case_row *c)
{
#define S(x) (int)c->x.n, c->x.p
    return arena_printf(
        arena, "%lld %.*s %.*s %.*s %.*s %.*s %lld/%lld %.*s %.*s %.*s %.*s %.*s %d v%lld f%lld %.*s %.*s "
        "%.*s %.*s %lld/%lld %lld %lld %lld %lld %lld %.*s", (long long)c->id, S(number), S(industry),
        S(region), S(catalog_version), S(channel), (long long)c->applicant_id,
        (long long)c->clerk_id, S(applicant_name), S(applicant_phone), S(hall), S(authorisation),
        S(answers), (int)c->state, (long long)c->version, (long long)c->files_rev, S(holder_name),
        S(uscc), S(person), S(address), (long long)c->n_open, (long long)c->n_items,
        (long long)c->created_at, (long long)c->updated_at, (long long)c->submitted_at,
        (long long)c->closed_at, (long long)c->issued_at, S(licence_number));
#undef S
}

static void test_case_roundtrip(void **state)
{
    (void)state;
    struct case_row a = a_case(11), r;
    struct case_row bare = { .id = 12, .industry = SV("x"), .region = SV("y"),
                             .catalog_version = SV("z"), .channel = SV("online"),
                             .answers = SV("{}"), .version = 1 };
    ok(case_insert(conn, &a, &err));
    ok(case_insert(conn, &bare, &err));
    assert_int_equal(case_find(conn, 11, arena, &r, &err), 1);
    assert_string_equal(case_text(&r), case_text(&a));
    assert_int_equal(case_find(conn, 12, arena, &r, &err), 1);
    assert_string_equal(case_text(&r), case_text(&bare));
    assert_int_equal(r.state, CASE_DRAFT);
    assert_int_equal(case_find(conn, 13, arena, &r, &err), 0);
    fails(case_insert(conn, &a, &err), ERR_CONFLICT);
    a.id = 14; /* the number is taken; no number never is */
    fails(case_insert(conn, &a, &err), ERR_CONFLICT);
    bare.id = 15;
    ok(case_insert(conn, &bare, &err));
}

/* Two people saw version 1: the second one must look again. */
static void test_case_versions(void **state)
{
    (void)state;
    struct case_row a = a_case(11), one, two;
    ok(case_insert(conn, &a, &err));
    case_find(conn, 11, arena, &one, &err);
    two = one;
    one.version = 2;
    one.state = CASE_IN_PROGRESS;
    one.holder_name = SV("改名");
    one.number = SV("N2");
    one.hall = SV("");
    one.n_open = 1;
    one.updated_at = 9;
    one.submitted_at = one.closed_at = one.issued_at = 0;
    ok(case_update(conn, &one, &err));
    two.version = 2;
    fails(case_update(conn, &two, &err), ERR_CHANGED);
    two.version = 4; /* skips one */
    fails(case_update(conn, &two, &err), ERR_CHANGED);
    assert_int_equal(case_find(conn, 11, arena, &two, &err), 1);
    assert_string_equal(case_text(&two), case_text(&one));
    two.id = 99;
    two.version = 3;
    fails(case_update(conn, &two, &err), ERR_CHANGED);
    ok(case_touch_files(conn, 11, &err));
    case_find(conn, 11, arena, &two, &err);
    assert_true(two.files_rev == one.files_rev + 1 && two.version == 2);
    fails(case_touch_files(conn, 99, &err), ERR_CHANGED);
}

static void test_case_delete_draft(void **state)
{
    (void)state;
    struct case_row a = a_case(11), r;
    struct form_row f = { SV("{}"), SV("[]"), SV(""), SV("") }, g;
    ok(case_insert(conn, &a, &err));
    fails(case_delete_draft(conn, 11, &err), ERR_CHANGED); /* submitted */
    a = a_case(12);
    a.state = CASE_DRAFT;
    ok(case_insert(conn, &a, &err));
    ok(form_put(conn, 12, &f, &err));
    ok(case_delete_draft(conn, 12, &err));
    assert_int_equal(case_find(conn, 12, arena, &r, &err), 0);
    assert_int_equal(form_find(conn, 12, arena, &g, &err), 0);
    fails(case_delete_draft(conn, 12, &err), ERR_CHANGED);
    assert_int_equal(case_find(conn, 11, arena, &r, &err), 1);
}

static void test_forms(void **state)
{
    (void)state;
    struct form_row f = { SV("{\"名称\":\"甲\"}"), SV("[1]"), SV("{\"d\":1}"), SV("{\"b\":1}") }, g;
    assert_int_equal(form_find(conn, 5, arena, &g, &err), 0);
    ok(form_put(conn, 5, &f, &err));
    f.draft = f.before = SV("");
    f.commitments = SV("[]");
    ok(form_put(conn, 5, &f, &err));
    assert_int_equal(form_find(conn, 5, arena, &g, &err), 1);
    assert_sv(g.body, "{\"名称\":\"甲\"}");
    assert_sv(g.commitments, "[]");
    assert_sv(g.draft, "");
    assert_sv(g.before, "{\"b\":1}"); /* written once */
}

/* ---- lists of cases ---- */

static const char *pages(struct case_filter f)
{
    struct buf b;
    struct case_row *list;
    size_t n;
    buf_init(&b, 10000);
    int rounds = 0;
    f.before = INT64_MAX;
    do {
        assert_true(++rounds < 100); /* a cursor that stands still */
        ok(case_list(conn, &f, arena, &list, &n, &err));
        assert_true((int64_t)n <= f.limit);
        for (size_t i = 0; i < n; i++)
            buf_fmt(&b, "%lld ", (long long)list[i].id);
        if (n)
            f.before = list[n - 1].id;
    } while (n);
    const char *text = arena_dup(arena, buf_sv(&b));
    buf_done(&b);
    seen("cases %s", text);
    return text;
}

static void some_cases(void)
{
    for (int64_t i = 1; i <= 12; i++) {
        struct case_row c = a_case(i);
        c.applicant_id = i % 3 == 0 ? 70 : 71;
        c.region = i % 4 == 0 ? SV("150303") : SV("150302");
        c.hall = i % 2 == 0 ? SV("H2") : SV("");
        c.state = i == 5 || i == 6 ? CASE_DRAFT : i > 9 ? CASE_DECIDED : CASE_SUBMITTED;
        c.industry = i > 6 ? SV("hotel") : SV("restaurant");
        c.holder_name = i == 7 ? SV("100%好_店\\") : i == 8 ? SV("Coffee ABC") : c.holder_name;
        ok(case_insert(conn, &c, &err));
    }
}

static void test_case_list(void **state)
{
    (void)state;
    some_cases();
    static const int64_t LIMITS[] = { 1, 2, 3, 5, 100 };
    for (size_t i = 0; i < COUNT_OF(LIMITS); i++) {
        int64_t limit = LIMITS[i];
        assert_string_equal(pages((struct case_filter){ .applicant_id = 70, .limit = limit }),
                            "12 9 6 3 ");
        assert_string_equal(pages((struct case_filter){ .hall = SV("H2"), .limit = limit }),
                            "12 10 8 6 4 2 ");
        assert_string_equal(pages((struct case_filter){ .region = SV("150303"), .limit = limit }),
                            "12 8 4 ");
        assert_string_equal(pages((struct case_filter){ .limit = limit }),
                            "12 11 10 9 8 7 4 3 2 1 "); /* no drafts of others */
        assert_string_equal(pages((struct case_filter){ .state = SV("decided"), .limit = limit }),
                            "12 11 10 ");
        assert_string_equal(pages((struct case_filter){ .industry = SV("hotel"),
                                                        .region = SV("150302"), .limit = limit }),
                            "11 10 9 7 ");
    }
    assert_string_equal(pages((struct case_filter){ .applicant_id = 1, .limit = 5 }), "");
}

/* Wildcards that the caller escaped are only characters; Latin letters match in either case. */
static void test_case_search(void **state)
{
    (void)state;
    some_cases();
    static const struct { const char *q, *ids; } ROWS[] = {
        { "%100\\%%", "7 " },  { "%\\_%", "7 " },       { "%\\\\%", "7 " },
        { "%好\\_店%", "7 " }, { "%YZ00011%", "11 " },  { "%0001%", "12 11 10 1 " },
        { "%coffee%", "8 " },  { "%COFFEE abc%", "8 " }, { "%yz00008%", "8 " },
        { "%91150302ma%", "12 11 10 9 8 7 4 3 2 1 " },   { "%好%店%", "7 " },
        { "%某某餐饮%", "12 11 10 9 4 3 2 1 " },         { "%'%", "" },
        { "%没有%", "" },      { "%\\%\\%%", "" },      { "%某_餐饮%", "12 11 10 9 4 3 2 1 " },
    };
    for (size_t i = 0; i < COUNT_OF(ROWS); i++) {
        const char *ids = pages((struct case_filter){ .q = sv_of(ROWS[i].q), .limit = 3 });
        if (strcmp(ids, ROWS[i].ids) != 0)
            fail_msg("%s: %s, not %s", ROWS[i].q, ids, ROWS[i].ids);
    }
}

static int by_state(const void *a, const void *b)
{
    return sv_cmp(((const struct state_count *)a)->state, ((const struct state_count *)b)->state);
}

static const char *counts_text(struct state_count *list, size_t n)
{
    const char *text = "";
    if (n)
        qsort(list, n, sizeof *list, by_state);
    for (size_t i = 0; i < n; i++)
        text = arena_printf(arena, "%s%.*s=%lld ", text, (int)list[i].state.n, list[i].state.p,
                            (long long)list[i].n);
    seen("counts %s", text);
    return text;
}

static void test_case_counts(void **state)
{
    (void)state;
    struct state_count *list;
    size_t n;
    some_cases();
    static const struct { struct case_filter f; const char *counts; } ROWS[] = {
        { { .applicant_id = 70 }, "decided=1 draft=1 submitted=2 " },
        { { .hall = { "H2", 2 } }, "decided=2 draft=1 submitted=3 " },
        { { .region = { "150302", 6 } }, "decided=2 submitted=5 " },
        { { .limit = 0 }, "decided=3 submitted=7 " },
        { { .state = { "decided", 7 } }, "decided=3 submitted=7 " }, /* states are the columns */
        { { .industry = { "hotel", 5 } }, "decided=3 submitted=3 " },
        { { .q = { "%100\\%%", 7 } }, "submitted=1 " },
        { { .applicant_id = 1 }, "" },
    };
    for (size_t i = 0; i < COUNT_OF(ROWS); i++) {
        ok(case_counts(conn, &ROWS[i].f, arena, &list, &n, &err));
        assert_string_equal(counts_text(list, n), ROWS[i].counts);
    }
}

static void test_case_scan(void **state)
{
    (void)state;
    struct case_row *list;
    size_t n;
    some_cases();
    struct case_row c = a_case(13);
    c.submitted_at = 0;
    ok(case_insert(conn, &c, &err));
    int64_t after = 0, expected = 1;
    do {
        ok(case_scan(conn, after, 5, arena, &list, &n, &err));
        for (size_t i = 0; i < n; i++)
            assert_int_equal(list[i].id, expected++);
        after = n ? list[n - 1].id : after;
    } while (n);
    assert_int_equal(expected, 13);
}

/* ---- attachments, corrections ---- */

static void test_attachments(void **state)
{
    (void)state;
    struct attachment_row r, *list;
    size_t n;
    for (int64_t i = 1; i <= 4; i++) {
        struct attachment_row x = { .id = 10 - i, .case_id = i == 4 ? 6 : 5, .material = SV("M-1"),
                                    .name = SV("身份证.pdf"), .media_type = SV("application/pdf"),
                                    .sm3 = SV("ab"), .size = INT64_C(1) << 40, .created_at = i,
                                    .created_by = 3 };
        ok(attachment_insert(conn, &x, &err));
    }
    ok(attachment_list(conn, 5, arena, &list, &n, &err));
    assert_true(n == 3 && list[0].id == 7 && list[2].id == 9);
    assert_true(list[0].size == INT64_C(1) << 40 && list[0].removed_at == 0);
    assert_sv(list[0].name, "身份证.pdf");
    assert_sv(list[0].sm3, "ab");
    ok(attachment_remove(conn, 8, 99, &err));
    fails(attachment_remove(conn, 8, 100, &err), ERR_CHANGED);
    fails(attachment_remove(conn, 80, 100, &err), ERR_CHANGED);
    ok(attachment_list(conn, 5, arena, &list, &n, &err));
    assert_int_equal(n, 2);
    assert_int_equal(attachment_find(conn, 8, arena, &r, &err), 1); /* its row stays */
    assert_true(r.removed_at == 99 && r.created_by == 3 && r.case_id == 5);
    assert_int_equal(attachment_find(conn, 1, arena, &r, &err), 0);
}

static void test_corrections(void **state)
{
    (void)state;
    struct correction_row r, *late;
    size_t n;
    assert_int_equal(correction_latest(conn, 5, arena, &r, &err), 0);
    for (int64_t round = 1; round <= 3; round++) {
        struct correction_row x = { .id = 20 - round, .case_id = 5, .round = round,
                                    .state = SV("draft"), .due_on = (int32_t)(105 - round) };
        ok(correction_insert(conn, &x, &err));
    }
    struct correction_row again = { .id = 30, .case_id = 5, .round = 3, .state = SV("draft"),
                                    .due_on = DATE_NONE };
    fails(correction_insert(conn, &again, &err), ERR_CONFLICT); /* one notice per round */
    again.case_id = 6;
    ok(correction_insert(conn, &again, &err));
    assert_int_equal(correction_latest(conn, 5, arena, &r, &err), 1);
    assert_true(r.id == 17 && r.round == 3 && r.due_on == 102 && r.issued_at == 0);
    ok(correction_list_overdue(conn, SV("draft"), 104, 10, arena, &late, &n, &err));
    assert_int_equal(n, 2); /* 104 itself still runs */
    assert_true(late[0].due_on == 102 && late[1].due_on == 103);
    ok(correction_list_overdue(conn, SV("draft"), 999, 1, arena, &late, &n, &err));
    assert_true(n == 1 && late[0].due_on == 102);
    r.state = SV("issued");
    r.issued_at = 77;
    r.due_on = DATE_NONE;
    ok(correction_update(conn, &r, &err));
    assert_int_equal(correction_latest(conn, 5, arena, &r, &err), 1);
    assert_sv(r.state, "issued");
    assert_true(r.issued_at == 77 && r.due_on == DATE_NONE);
    r.id = 999;
    fails(correction_update(conn, &r, &err), ERR_CHANGED);
}

static void test_entries(void **state)
{
    (void)state;
    struct entry_row *list;
    size_t n;
    for (int64_t round = 1; round <= 3; round++) {
        struct correction_row x = { .id = round, .case_id = 5, .round = round,
                                    .state = SV("issued"), .due_on = 100 };
        ok(correction_insert(conn, &x, &err));
        for (int64_t k = 0; k < 4; k++) {
            struct entry_row e = { round * 10 + 4 - k, round, k % 2 ? 51 : 52, SV("material"),
                                   SV("M-1"), SV("身份证"), SV("看不清"), SV("重新拍照") };
            ok(entry_insert(conn, &e, &err));
        }
    }
    ok(entry_list(conn, 2, arena, &list, &n, &err));
    assert_true(n == 4 && list[0].id == 21 && list[3].id == 24);
    assert_sv(list[0].what, "看不清");
    assert_sv(list[0].why, "重新拍照");
    assert_sv(list[0].label, "身份证");
    ok(entry_list_item(conn, 5, 51, 3, arena, &list, &n, &err));
    assert_true(n == 4 && list[0].id == 11 && list[3].id == 23);
    for (size_t i = 0; i < n; i++)
        assert_true(list[i].item_id == 51 && list[i].correction_id < 3);
    ok(entry_list_item(conn, 5, 51, 1, arena, &list, &n, &err));
    assert_int_equal(n, 0);
    ok(entry_list_item(conn, 6, 51, 9, arena, &list, &n, &err));
    assert_int_equal(n, 0);
}

#define T(name) cmocka_unit_test_setup_teardown(name, test_setup, test_teardown)
static const struct CMUnitTest TESTS[] = {
    T(test_case_roundtrip), T(test_case_versions), T(test_case_delete_draft), T(test_forms),
    T(test_case_list), T(test_case_search), T(test_case_counts), T(test_case_scan),
    T(test_attachments), T(test_corrections), T(test_entries),
};
DEFINE_ENGINE_RUNS("store: cases", TESTS, group_setup, group_teardown)

int main(void)
{
    return run_engines(run_sqlite, run_postgres);
}
