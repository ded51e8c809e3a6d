/* register: searching it on both engines against a naive search, in the order that docs/register.md promises; paging; rows that
 * follow a licence; decisions against the seven working days. */
#include "domain/licence/search_text.h"
#include "service/publicity.h"
#include "service/register.h"
#include "test_store_fixture.h"

enum { ENTRIES = 400 };

static struct app *app;
static struct register_row rows[ENTRIES];
static uint64_t seed = 20261124;

static size_t pick(size_t n)
{
    return (size_t)(test_random(&seed) >> 17) % n;
}

/* ---- a register of made-up shops ---- */

static const char *const DISTRICTS[] = { "150302", "150303", "150304" };
static const char *const DISTRICT_NAMES[] = { "海勃湾区", "海南区", "乌达区" };
static const char *const PARTS[] = { "好", "再", "来", "兴", "隆", "金", "福", "满", "园", "海", "乌", "达", "A", "8" };
static const char *const TRADES[] = { "火锅店", "便利超市", "餐厅", "大药房", "（KTV）" };

static struct licence_row shop(size_t i)
{
    size_t d = pick(3), trade = pick(5);
    struct buf name;
    buf_init(&name, 256);
    buf_fmt(&name, "乌海市%s", DISTRICT_NAMES[d]);
    for (size_t k = 2 + pick(3); k > 0; k--)
        buf_str(&name, PARTS[pick(COUNT_OF(PARTS))]);
    buf_str(&name, TRADES[trade]);
    struct licence_row l = {
        .number = arena_printf_sv(group_arena, "WHZH1503020120260%05zu", i), .version = 1,
        .current = true, .state = i % 7 ? SV("valid") : SV("void"), .status_index = -1,
        .ended_on = i % 7 ? DATE_NONE : 20000, .case_id = 1,
        .short_id = arena_printf_sv(group_arena, "SHORT%05zu", i),
        .uscc = arena_printf_sv(group_arena, "91150302MA%06zuXX", i),
        .holder = arena_sv(group_arena, buf_sv(&name)), .person = SV("张三"),
        .address = arena_printf_sv(group_arena, "乌海市%s人民路%zu号", DISTRICT_NAMES[pick(3)],
                                   i),
        .industry = arena_printf_sv(group_arena, "I%02zu", trade + 1),
        .region = sv_of(DISTRICTS[d]), .issuer = SV("审批局"), .issued_on = 20000,
        .expires_on = DATE_NONE, .issued_at = 1, .payload = SV(""), .ended_note = SV(""),
        .ledger_seq = (int64_t)i,
    };
    buf_done(&name);
    return l;
}

static int fill_tx(struct db_conn *c, void *ctx, struct err *e)
{
    struct permit_row permit = { .name = SV("食品经营许可证"), .number = SV("JY1"),
                                 .department_name = SV("市场监管局"), .state = SV("valid"),
                                 .valid_from = 20000, .valid_until = DATE_NONE };
    int rc = 0;
    (void)ctx;
    for (size_t i = 0; rc >= 0 && i < ENTRIES; i++) {
        struct licence_row l = shop(i);
        struct sv grams;
        register_compose(&l, l.issued_on, &permit, 1, group_arena, &rows[i], &grams);
        rc = register_put(c, &rows[i], grams, e);
    }
    return rc;
}

static int open_app(void **state)
{
    (void)state;
    new_url();
    err_init(&err, group_arena);
    struct app_options o = { .data_dir = arena_printf(group_arena, "%s/data", folder), .readers = 2,
                             .db_url = engine == DB_SQLITE ? NULL : url.p };
    memset(rows, 0, sizeof rows);
    if (app_init(&o, false, &err) < 0 || !(app = app_open(&o, &err)) ||
        db_write(app->db, fill_tx, NULL, &err) < 0)
        fail_msg("%s", err_text(&err));
    return 0;
}

static int close_app(void **state)
{
    (void)state;
    app_close(app);
    drop_url();
    return 0;
}

static int each(void **state)
{
    (void)state;
    arena = arena_new();
    err_init(&err, arena);
    return 0;
}

/* ---- searching ---- */

static struct register_page ask(struct register_ask a)
{
    struct register_page page;
    a.limit = a.limit ? a.limit : 100;
    a.before = a.before ? a.before : INT64_MAX;
    err_clear(&err);
    if (register_search(app, &a, arena, &page, &err) != 0)
        fail_msg("%s", err_text(&err));
    return page;
}

static struct sv plain(struct sv s)
{
    struct buf b;
    buf_init(&b, 4096);
    search_normal(s, 0, &b);
    struct sv out = arena_sv(arena, buf_sv(&b));
    buf_done(&b);
    return out;
}

static bool naive(const struct register_row *r, struct sv q)
{
    return memmem(plain(r->holder).p, plain(r->holder).n, q.p, q.n) != NULL;
}

static bool listed(const struct register_page *p, int64_t id, enum register_how *how)
{
    for (size_t i = 0; i < p->n; i++)
        if (p->items[i].row.id == id) {
            *how = p->items[i].how;
            return true;
        }
    return false;
}

/* All pages of a query, newest first within a kind, kinds in order, nothing twice. */
static size_t walk(struct register_ask a, struct register_found *out, size_t most)
{
    size_t n = 0;
    a.limit = 7;
    for (;;) {
        struct register_page p = ask(a);
        for (size_t i = 0; i < p.n; i++) {
            assert_true(n < most);
            if (n && out[n - 1].how == p.items[i].how && p.items[i].how != REGISTER_SIMILAR)
                assert_true(out[n - 1].row.id > p.items[i].row.id);
            if (n)
                assert_true(out[n - 1].how <= p.items[i].how);
            out[n++] = p.items[i];
        }
        if (!p.more)
            return n;
        a.how = p.how;
        a.before = p.before;
    }
}

/* Two to five characters out of a name: everything that has them in its name is found as such. */
static void test_against_naive(void **state)
{
    (void)state;
    for (int round = 0; round < 60; round++) {
        arena_reset(arena);
        static struct register_found found[ENTRIES];
        struct sv text = plain(rows[pick(ENTRIES)].holder), from = text, rest;
        for (size_t k = pick(6); k > 0 && from.n > 12; k--)
            from = sv_skip(from, (unsigned char)from.p[0] < 0x80 ? 1 : 3);
        rest = from;
        for (size_t k = 2 + pick(4); k > 0 && rest.n; k--)
            rest = sv_skip(rest, (unsigned char)rest.p[0] < 0x80 ? 1 : 3);
        struct sv q = sv_make(from.p, (size_t)(rest.p - from.p));
        size_t n = walk((struct register_ask){ .q = q }, found, ENTRIES);
        for (size_t i = 0; i < ENTRIES; i++) {
            bool there = false;
            for (size_t k = 0; k < n; k++)
                there = there || (found[k].row.id == rows[i].id && found[k].how == REGISTER_NAME);
            if (naive(&rows[i], q) && !there)
                fail_msg("“%.*s” does not find %s", (int)q.n, q.p, rows[i].holder.p);
        }
    }
}

static void test_numbers_first(void **state)
{
    (void)state;
    struct register_page p = ask((struct register_ask){ .q = rows[17].number });
    assert_int_equal(p.n, 1);
    assert_int_equal(p.items[0].row.id, rows[17].id);
    assert_int_equal(p.items[0].how, REGISTER_EXACT);
    p = ask((struct register_ask){ .q = SV("９１１５０３０２ma000023xx") });
    assert_int_equal(p.n, 1);
    assert_int_equal(p.items[0].row.id, rows[23].id);
    p = ask((struct register_ask){ .q = SV("WHZH1503"), .limit = 10 });
    assert_int_equal(p.n, 10);
    assert_true(p.narrow && !p.more);
    p = ask((struct register_ask){ .q = SV("WHZH99999999") });
    assert_int_equal(p.n, 0);
}

static void test_filters(void **state)
{
    struct register_found found[ENTRIES];
    size_t want = 0;
    (void)state;
    for (size_t i = 0; i < ENTRIES; i++)
        want += sv_is(rows[i].region, "150303") && sv_is(rows[i].state, "void");
    assert_int_equal(walk((struct register_ask){ .region = SV("150303"), .state = SV("void") }, found,
                          ENTRIES), want);
    assert_true(want > 0);
    /* The city stands for its districts; no filter at all is everything. */
    assert_int_equal(walk((struct register_ask){ .region = SV("150300") }, found, ENTRIES), ENTRIES);
    assert_int_equal(walk((struct register_ask){ .limit = 7 }, found, ENTRIES), ENTRIES);
    size_t n = walk((struct register_ask){ .q = SV("乌海"), .industry = SV("I05"), .state = SV("valid") },
                    found, ENTRIES);
    assert_true(n > 0);
    for (size_t i = 0; i < n; i++)
        assert_true(sv_is(found[i].row.industry, "I05") && sv_is(found[i].row.state, "valid"));
}

/* A wrong, a missing or another character still finds; what shares little does not. */
static void test_mistakes(void **state)
{
    static const char *const typed[] = { "乌海市海勃湾区好载来火锅店", "乌海海勃湾区好再来火锅店", "乌海市海勃湾区好再来火过店" };
    struct licence_row l = shop(0);
    struct register_row row = { 0 };
    struct sv grams;
    (void)state;
    l.number = SV("WHZH000000000000000001");
    l.holder = SV("乌海市海勃湾区好再来火锅店");
    register_compose(&l, l.issued_on, NULL, 0, arena, &row, &grams);
    for (size_t i = 0; i < COUNT_OF(typed); i++) {
        struct search_query q;
        struct sv all = plain(l.holder);
        assert_true(search_read(sv_of(typed[i]), arena, &q));
        assert_true(search_found(all, q.grams, q.n) >= search_enough(q.n));
    }
    struct search_query q;
    assert_true(search_read(SV("包头市青山区老王面馆"), arena, &q));
    assert_true(search_found(plain(l.holder), q.grams, q.n) < search_enough(q.n));
    /* From the index, too: a name with its last characters mistyped. */
    struct sv name = plain(rows[40].holder);
    struct register_page p = ask((struct register_ask){
        .q = arena_printf_sv(arena, "%.*s错", (int)(name.n - 3), name.p) });
    enum register_how how;
    assert_true(listed(&p, rows[40].id, &how));
}

static void test_refusals(void **state)
{
    struct register_page page;
    struct register_ask a = { .q = SV("店"), .before = INT64_MAX, .limit = 20 };
    (void)state;
    err_clear(&err);
    assert_int_equal(register_search(app, &a, arena, &page, &err), ERR_INVALID);
    assert_true(test_has(&err, "/q", "too_short"));
    err_clear(&err);
    a = (struct register_ask){ .region = SV("999999"), .before = INT64_MAX, .limit = 20 };
    assert_int_equal(register_search(app, &a, arena, &page, &err), ERR_INVALID);
}

/* What is typed never becomes a part of the index's own language. */
static void test_hostile(void **state)
{
    static const char *const typed[] = { "\" OR \"", "a AND b", "乌海\"; DROP", "'' | ''", "(((((", "@svalid", "=乌海",
                                         "NEAR(乌海 火锅)", "乌海*", "\\\\乌海", "乌海 & ! 火锅", "<->:*" };
    (void)state;
    for (size_t i = 0; i < COUNT_OF(typed); i++) {
        struct register_page page;
        struct register_ask a = { .q = sv_of(typed[i]), .industry = SV("\" OR \"x"),
                                  .before = INT64_MAX, .limit = 20 };
        for (int filtered = 0; filtered < 2; filtered++) {
            a.industry = filtered ? SV("x\" OR \"@svalid") : SV("");
            err_clear(&err);
            int rc = register_search(app, &a, arena, &page, &err);
            if (rc != 0 && rc != ERR_INVALID)
                fail_msg("%s: %s", typed[i], err_text(&err));
            if (filtered && rc == 0)
                assert_int_equal(page.n, 0);
        }
    }
}

/* The same row and its words are replaced, under the same id. */
static int rename_tx(struct db_conn *c, void *ctx, struct err *e)
{
    struct licence_row l = shop(5);
    struct register_row row = { .id = rows[5].id };
    struct sv grams;
    (void)ctx;
    l.number = rows[5].number;
    l.holder = SV("改了名的小店");
    register_compose(&l, l.issued_on, NULL, 0, arena, &row, &grams);
    return register_put(c, &row, grams, e);
}

static void test_replaced(void **state)
{
    enum register_how how;
    (void)state;
    struct register_page p = ask((struct register_ask){ .q = rows[5].holder });
    assert_true(listed(&p, rows[5].id, &how));
    assert_int_equal(db_write(app->db, rename_tx, NULL, &err), 0);
    p = ask((struct register_ask){ .q = SV("改了名") });
    assert_true(listed(&p, rows[5].id, &how) && p.n == 1);
    p = ask((struct register_ask){ .q = rows[5].holder });
    assert_false(listed(&p, rows[5].id, &how) && how == REGISTER_NAME);
}

/* ---- seven working days ---- */

static void test_judge(void **state)
{
    (void)state;
    assert_int_equal(publicity_judge(100, DATE_NONE, 100), PUBLICITY_WAITING);
    assert_int_equal(publicity_judge(100, DATE_NONE, 101), PUBLICITY_OVERDUE);
    assert_int_equal(publicity_judge(100, 100, 200), PUBLICITY_IN_TIME);
    assert_int_equal(publicity_judge(100, 101, 200), PUBLICITY_LATE);
}

/* A name that a spreadsheet would run is text in the file. */
static void test_csv(void **state)
{
    struct publicity one = { .row = { .holder = SV("=HYPERLINK(\"http://x\")"), .number = SV("+1"),
                                      .decided_on = 20000, .valid_from = 20000,
                                      .valid_until = DATE_NONE, .shown_on = DATE_NONE,
                                      .state = SV("valid") },
                             .document_number = SV("-5"), .content = SV("@a"), .due = 20010 };
    struct publicity_list list = { &one, 1, 0, false };
    struct buf b;
    (void)state;
    buf_init(&b, 65536);
    publicity_csv(&list, &b);
    assert_memory_equal(b.p, "\xef\xbb\xbf\"行政相对人名称\"", 6);
    assert_non_null(strstr(b.p, "\"'=HYPERLINK(\"\"http://x\"\")\""));
    assert_true(strstr(b.p, "\"'+1\"") && strstr(b.p, "\"'-5\"") && strstr(b.p, "\"'@a\""));
    assert_non_null(strstr(b.p, "\"2099-12-31\""));
    assert_null(strstr(b.p, ",="));
    buf_done(&b);
}

#define T(name) cmocka_unit_test_setup_teardown(name, each, test_teardown)
static const struct CMUnitTest tests[] = {
    T(test_against_naive), T(test_numbers_first), T(test_filters), T(test_mistakes), T(test_refusals),
    T(test_hostile), T(test_replaced), T(test_judge), T(test_csv),
};
DEFINE_ENGINE_RUNS("register", tests, open_app, close_app)

int main(void)
{
    return run_engines(run_sqlite, run_postgres);
}
