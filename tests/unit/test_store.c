/* store: settings, catalogues, counters, people, sessions, keys of repeated requests. */
#include "test_store_fixture.h"

static void test_meta(void **state)
{
    (void)state;
    struct sv v;
    assert_int_equal(meta_get(conn, SV("demo"), arena, &v, &err), 0);
    ok(meta_set(conn, SV("demo"), SV("1"), &err));
    ok(meta_set(conn, SV("demo"), SV("二"), &err));
    ok(meta_set(conn, SV("empty"), SV(""), &err));
    assert_int_equal(meta_get(conn, SV("demo"), arena, &v, &err), 1);
    assert_sv(v, "二");
    assert_int_equal(meta_get(conn, SV("empty"), arena, &v, &err), 1);
    assert_sv(v, "");
    assert_int_equal(meta_get(conn, SV("DEMO"), arena, &v, &err), 0);
}

static void test_catalog_versions(void **state)
{
    (void)state;
    struct catalog_row one = { .version = SV("2026.1"), .digest = SV("d1"), .body = SV("{\"甲\":1}"),
                               .current = true, .origin = SV("shipped"),
                               .published_on = DATE_NONE };
    struct catalog_row two = { .version = SV("2026.2"), .digest = SV("d2"), .body = SV("{}"),
                               .current = true, .origin = SV("shipped"),
                               .published_on = DATE_NONE };
    struct catalog_row r;
    assert_int_equal(catalog_row_current(conn, arena, &r, &err), 0);
    ok(catalog_row_put(conn, &one, 5, &err));
    ok(catalog_row_put(conn, &two, 6, &err));
    assert_int_equal(catalog_row_current(conn, arena, &r, &err), 1);
    assert_sv(r.version, "2026.2");
    assert_int_equal(catalog_row_find(conn, SV("2026.1"), arena, &r, &err), 1);
    assert_sv(r.body, "{\"甲\":1}");
    assert_sv(r.digest, "d1");
    assert_false(r.current);
    assert_int_equal(catalog_row_find(conn, SV("2026.3"), arena, &r, &err), 0);
    /* A version once kept never changes its content, even when it becomes current again. */
    one.body = SV("forged");
    ok(catalog_row_put(conn, &one, 7, &err));
    assert_int_equal(catalog_row_current(conn, arena, &r, &err), 1);
    assert_sv(r.version, "2026.1");
    assert_sv(r.body, "{\"甲\":1}");
}

static void test_counters(void **state)
{
    (void)state;
    int64_t v;
    for (int i = 1; i <= 5; i++) {
        ok(counter_next(conn, SV("case-2026"), &v, &err));
        assert_int_equal(v, i);
    }
    ok(counter_next(conn, SV("case-2027"), &v, &err));
    assert_int_equal(v, 1);
}

static struct user_row officer(int64_t id, const char *login)
{
    return (struct user_row){ .id = id, .role = SV("reviewer"), .login = sv_of(login),
                              .name = SV("张三"), .password = SV("$argon2id$x"),
                              .department = SV("SCJG"), .region = SV("150302"),
                              .hall = SV("H1"), .created_at = 77 };
}

static void test_users(void **state)
{
    (void)state;
    struct user_row a = officer(5, "zhang"), b = officer(4, "li"), u, *list;
    struct user_row p = { .id = 9, .role = SV("applicant"), .phone = SV("13800000000"),
                          .name = SV("李四"), .created_at = 78 };
    size_t n;
    ok(user_insert(conn, &a, &err));
    ok(user_insert(conn, &p, &err));
    b.disabled = true;
    ok(user_insert(conn, &b, &err));
    assert_int_equal(user_find_login(conn, SV("zhang"), arena, &u, &err), 1);
    assert_int_equal(u.id, 5);
    assert_sv(u.password, "$argon2id$x");
    assert_sv(u.name, "张三");
    assert_sv(u.phone, "");
    assert_sv(u.hall, "H1");
    assert_false(u.disabled);
    assert_int_equal(user_find_login(conn, SV("ZHANG"), arena, &u, &err), 0);
    assert_int_equal(user_find_login(conn, SV(""), arena, &u, &err), 0);
    assert_int_equal(user_find_phone(conn, SV("13800000000"), arena, &u, &err), 1);
    assert_int_equal(u.id, 9);
    assert_sv(u.login, "");
    assert_int_equal(user_find_phone(conn, SV(""), arena, &u, &err), 0);
    assert_int_equal(user_find(conn, 4, arena, &u, &err), 1);
    assert_true(u.disabled);
    assert_int_equal(user_find(conn, 6, arena, &u, &err), 0);
    ok(user_list_officers(conn, arena, &list, &n, &err));
    assert_int_equal(n, 2);
    assert_true(list[0].id == 4 && list[1].id == 5);
}

/* One login, one phone; but any number of people without one. */
static void test_users_are_unique(void **state)
{
    (void)state;
    struct user_row a = officer(1, "same"), b = officer(2, "same"), c = officer(1, "other");
    struct user_row p = { .id = 3, .role = SV("applicant"), .phone = SV("139"), .name = SV("x") };
    ok(user_insert(conn, &a, &err));
    fails(user_insert(conn, &b, &err), ERR_CONFLICT);
    fails(user_insert(conn, &c, &err), ERR_CONFLICT);
    ok(user_insert(conn, &p, &err));
    p.id = 4;
    fails(user_insert(conn, &p, &err), ERR_CONFLICT);
    p.phone = SV("140");
    ok(user_insert(conn, &p, &err));
}

static void test_sessions(void **state)
{
    (void)state;
    struct user_row a = officer(5, "zhang"), off = officer(6, "gone"), u;
    struct sm3_hash t1 = { { 1, 0, 3 } }, t2 = { { 1, 0, 4 } }, t3 = { { 0 } };
    off.disabled = true;
    ok(user_insert(conn, &a, &err));
    ok(user_insert(conn, &off, &err));
    ok(session_insert(conn, &t1, 5, 100, 200, &err));
    ok(session_insert(conn, &t2, 6, 100, 200, &err));
    ok(session_insert(conn, &t3, 5, 100, 150, &err));
    fails(session_insert(conn, &t1, 6, 100, 200, &err), ERR_CONFLICT);
    assert_int_equal(session_user(conn, &t1, 199, arena, &u, &err), 1);
    assert_int_equal(u.id, 5);
    assert_int_equal(session_user(conn, &t1, 200, arena, &u, &err), 0); /* over */
    assert_int_equal(session_user(conn, &t2, 150, arena, &u, &err), 0); /* disabled */
    assert_int_equal(session_user(conn, &t3, 149, arena, &u, &err), 1); /* all zero bytes */
    ok(session_purge(conn, 150, &err));
    assert_int_equal(session_user(conn, &t3, 1, arena, &u, &err), 0);
    assert_int_equal(session_user(conn, &t1, 150, arena, &u, &err), 1);
    ok(session_delete(conn, &t1, &err));
    assert_int_equal(session_user(conn, &t1, 150, arena, &u, &err), 0);
    ok(session_delete(conn, &t1, &err)); /* signing out twice is no error */
}

static void test_throttle_and_codes(void **state)
{
    (void)state;
    struct throttle_row t;
    struct code_row c = { .hash = { { 9, 0, 255 } }, .sent_at = 1, .expires_at = 2, .tries = 3 }, d;
    assert_int_equal(throttle_get(conn, SV("login:a"), &t, &err), 0);
    assert_int_equal(t.failures, 0);
    ok(throttle_put(conn, SV("login:a"), &(struct throttle_row){ 1, 2, 3 }, &err));
    ok(throttle_put(conn, SV("login:a"), &(struct throttle_row){ 4, 5, 6 }, &err));
    assert_int_equal(throttle_get(conn, SV("login:a"), &t, &err), 1);
    assert_true(t.failures == 4 && t.since == 5 && t.blocked_until == 6);
    ok(throttle_clear(conn, SV("login:a"), &err));
    ok(throttle_clear(conn, SV("login:a"), &err));
    assert_int_equal(throttle_get(conn, SV("login:a"), &t, &err), 0);
    assert_int_equal(code_get(conn, SV("138"), &d, &err), 0);
    ok(code_put(conn, SV("138"), &c, &err));
    c.tries = 4;
    ok(code_put(conn, SV("138"), &c, &err));
    assert_int_equal(code_get(conn, SV("138"), &d, &err), 1);
    assert_memory_equal(&d.hash, &c.hash, sizeof c.hash);
    assert_true(d.sent_at == 1 && d.expires_at == 2 && d.tries == 4);
    ok(code_delete(conn, SV("138"), &err));
    assert_int_equal(code_get(conn, SV("138"), &d, &err), 0);
}

static void test_idempotency(void **state)
{
    (void)state;
    struct idem_row r, row = { SV("digest"), SV("case:7") };
    assert_int_equal(idem_find(conn, SV("u1"), SV("k"), arena, &r, &err), 0);
    ok(idem_insert(conn, SV("u1"), SV("k"), &row, 100, &err));
    ok(idem_insert(conn, SV("u2"), SV("k"), &row, 200, &err)); /* another person's key */
    fails(idem_insert(conn, SV("u1"), SV("k"), &row, 300, &err), ERR_CONFLICT);
    assert_int_equal(idem_find(conn, SV("u1"), SV("k"), arena, &r, &err), 1);
    assert_sv(r.digest, "digest");
    assert_sv(r.ref, "case:7");
    ok(idem_purge(conn, 200, &err)); /* older than */
    assert_int_equal(idem_find(conn, SV("u1"), SV("k"), arena, &r, &err), 0);
    assert_int_equal(idem_find(conn, SV("u2"), SV("k"), arena, &r, &err), 1);
}

/* What people type is only ever a value. */
static void test_values_are_not_sql(void **state)
{
    (void)state;
    static const char *const TEXTS[] = {
        "'; DELETE FROM meta; --", "\"", "\\", "$1", "?1", "%s%n", "E'\\047'", "a\nb\tc", "𠮷\u200b",
        "NULL", "", " ", "0x00", "\\000",
    };
    struct sv v;
    for (size_t i = 0; i < COUNT_OF(TEXTS); i++) {
        ok(meta_set(conn, SV("k"), sv_of(TEXTS[i]), &err));
        assert_int_equal(meta_get(conn, SV("k"), arena, &v, &err), 1);
        assert_sv(v, TEXTS[i]);
        ok(meta_set(conn, sv_of(TEXTS[i]), SV("v"), &err));
        assert_int_equal(meta_get(conn, sv_of(TEXTS[i]), arena, &v, &err), 1);
    }
    char *big = arena_alloc(arena, 3 << 20);
    memset(big, 'x', 3 << 20);
    ok(meta_set(conn, SV("k"), sv_make(big, 3 << 20), &err));
    assert_int_equal(meta_get(conn, SV("k"), arena, &v, &err), 1);
    assert_true(sv_eq(v, sv_make(big, 3 << 20)));
}

#define T(name) cmocka_unit_test_setup_teardown(name, test_setup, test_teardown)
static const struct CMUnitTest TESTS[] = {
    T(test_meta), T(test_catalog_versions), T(test_counters), T(test_users),
    T(test_users_are_unique), T(test_sessions), T(test_throttle_and_codes),
    T(test_idempotency), T(test_values_are_not_sql),
};
DEFINE_ENGINE_RUNS("store", TESTS, group_setup, group_teardown)

int main(void)
{
    return run_engines(run_sqlite, run_postgres);
}
