/* store: messages and their dispatches: lists, unread counts, leases that nobody holds twice. */
#include "test_store_fixture.h"

#include "store/notice_store.h"

static int64_t put(int64_t id, int64_t user, const char *dedupe)
{
    struct message_row m = { .id = id, .user_id = user, .case_id = id == 4 ? 0 : 70 + id,
                             .item_id = id == 2 ? 9 : 0, .created_at = 100 + id,
                             .important = id == 7, .template = SV("submitted"),
                             .dedupe = sv_of(dedupe), .title = SV("受理"),
                             .body = arena_printf_sv(arena, "第%lld条", (long long)id) };
    return message_insert(conn, &m, &err);
}

static void test_lists_and_reading(void **state)
{
    (void)state;
    struct message_row *list;
    size_t n;
    int64_t unread = -1;
    for (int64_t i = 1; i <= 9; i++)
        assert_int_equal(put(i, i % 3, ""), 1);
    ok(message_list_user(conn, 1, 0, INT64_MAX, 2, arena, &list, &n, &err));
    assert_int_equal(n, 2);
    assert_true(list[0].id == 7 && list[1].id == 4);
    assert_true(list[0].important && !list[1].important);
    assert_true(list[1].case_id == 0 && list[1].read_at == 0);
    assert_sv(list[0].body, "第7条");
    assert_sv(list[0].template, "submitted");
    ok(message_list_user(conn, 1, 0, 4, 2, arena, &list, &n, &err));
    assert_true(n == 1 && list[0].id == 1);
    ok(message_list_user(conn, 2, 0, 3, 5, arena, &list, &n, &err));
    assert_true(n == 1 && list[0].item_id == 9);
    ok(message_count_unread(conn, 1, &unread, &err));
    assert_int_equal(unread, 3);
    assert_int_equal(message_read(conn, 1, 4, 500, &err), 1);
    assert_int_equal(message_read(conn, 1, 4, 900, &err), 1); /* again: keeps the first time */
    assert_int_equal(message_read(conn, 2, 4, 900, &err), 0); /* another's */
    assert_int_equal(message_read(conn, 1, 99, 900, &err), 0);
    assert_int_equal(message_read_all(conn, 1, 5, 600, &err), 1); /* 1; 4 was read, 7 is later */
    ok(message_list_user(conn, 1, 0, INT64_MAX, 5, arena, &list, &n, &err));
    assert_true(list[0].read_at == 0 && list[1].read_at == 500 && list[2].read_at == 600);
    ok(message_count_unread(conn, 1, &unread, &err));
    assert_int_equal(unread, 1);
    ok(message_count_unread(conn, 2, &unread, &err));
    assert_int_equal(unread, 3);
}

static void test_the_same_occasion_once(void **state)
{
    (void)state;
    struct message_row *list;
    size_t n;
    assert_int_equal(put(1, 5, "warn:7"), 1);
    assert_int_equal(put(2, 5, "warn:7"), 0);
    assert_int_equal(put(3, 6, "warn:7"), 0); /* the key is for everybody */
    assert_int_equal(put(4, 5, "warn:8"), 1);
    assert_int_equal(put(5, 5, ""), 1);
    assert_int_equal(put(6, 5, ""), 1);
    fails((int)put(6, 5, "warn:9"), ERR_CONFLICT); /* the same id is a mistake, not a repetition */
    ok(message_list_user(conn, 5, 0, INT64_MAX, 9, arena, &list, &n, &err));
    assert_int_equal(n, 4);
}

static void queue(int64_t id, const char *channel, int64_t next_at)
{
    struct dispatch_row d = { .id = id, .message_id = id, .channel = sv_of(channel),
                              .address = SV("138"), .next_at = next_at, .created_at = 5,
                              .expires_at = id == 2 ? 77 : 0 };
    assert_int_equal(put(id, 1, ""), 1);
    ok(dispatch_insert(conn, &d, &err));
}

static size_t claim(const char *channel, const char *who, int64_t now, int64_t limit,
                    struct dispatch_row **out)
{
    struct lease l = { sv_of(who), now, now + 60 };
    size_t n;
    ok(dispatch_claim(conn, sv_of(channel), &l, limit, arena, out, &n, &err));
    for (size_t i = 0; i < n; i++)
        seen("%s %s at %lld: %lld tries %lld", who, channel, (long long)now,
             (long long)(*out)[i].id, (long long)(*out)[i].attempts);
    return n;
}

static void test_leases(void **state)
{
    (void)state;
    struct dispatch_row *list;
    queue(1, "sms", 30);
    queue(2, "sms", 10);
    queue(3, "email", 10);
    queue(4, "sms", 200);
    assert_int_equal(dispatch_any_due(conn, 9, &err), 0);
    assert_int_equal(dispatch_any_due(conn, 10, &err), 1);
    assert_int_equal(claim("sms", "a", 100, 1, &list), 1);
    assert_true(list[0].id == 2 && list[0].expires_at == 77 && list[0].attempts == 1);
    assert_sv(list[0].body, "第2条");
    assert_sv(list[0].address, "138");
    assert_int_equal(claim("sms", "b", 100, 9, &list), 1); /* the other one; 4 is not due */
    assert_int_equal(list[0].id, 1);
    assert_int_equal(claim("sms", "c", 159, 9, &list), 0);
    assert_int_equal(claim("sms", "c", 160, 9, &list), 2); /* both leases have run out */
    assert_int_equal(list[0].attempts, 2);
    /* a comes back from the dead: what it failed to do is not its business any more, */
    assert_int_equal(dispatch_missed(conn, 2, SV("a"), 500, SV("没有送达"), &err), 0);
    /* but what it did send was sent. */
    assert_int_equal(dispatch_sent(conn, 2, SV("sms"), 170, &err), 1);
    assert_int_equal(dispatch_missed(conn, 2, SV("c"), 500, SV("没有送达"), &err), 0);
    assert_int_equal(dispatch_sent(conn, 2, SV("sms"), 180, &err), 0);
    assert_int_equal(claim("sms", "d", 100000, 9, &list), 2); /* 1 and 4, never 2 again */
}

static void test_dead_letters(void **state)
{
    (void)state;
    struct dispatch_row *list;
    struct dispatch_count *counts;
    size_t n;
    queue(1, "sms", 10);
    queue(2, "sms", 10);
    queue(3, "email", 10);
    assert_int_equal(claim("sms", "a", 10, 9, &list), 2);
    assert_int_equal(dispatch_missed(conn, 1, SV("a"), 40, SV("答复 500"), &err), 1);
    assert_int_equal(dispatch_missed(conn, 2, SV("a"), 0, SV("答复 400"), &err), 1);
    assert_int_equal(dispatch_retry(conn, 1, 90, &err), 0); /* only what has failed */
    ok(dispatch_list(conn, SV("failed"), INT64_MAX, 9, arena, &list, &n, &err));
    assert_int_equal(n, 1);
    assert_true(list[0].id == 2 && list[0].attempts == 1 && list[0].next_at == 0);
    assert_sv(list[0].last_error, "答复 400");
    assert_sv(list[0].title, "受理");
    assert_int_equal(list[0].body.n, 0);
    ok(dispatch_list(conn, SV("failed"), 2, 9, arena, &list, &n, &err));
    assert_int_equal(n, 0);
    ok(dispatch_list(conn, SV("sent"), INT64_MAX, 9, arena, &list, &n, &err));
    assert_int_equal(n, 0);
    assert_int_equal(dispatch_sent(conn, 3, SV("file"), 1000, &err), 1);
    ok(dispatch_counts(conn, 1000, arena, &counts, &n, &err));
    assert_int_equal(n, 3);
    for (size_t i = 0; i < n; i++)
        seen("%s %s %lld", counts[i].state.p, counts[i].channel.p, (long long)counts[i].n);
    assert_sv(counts[2].state, "sent");
    assert_sv(counts[2].channel, "file"); /* how it went, not how it was meant to */
    ok(dispatch_counts(conn, 1001, arena, &counts, &n, &err));
    assert_int_equal(n, 2);
    assert_int_equal(dispatch_retry(conn, 2, 90, &err), 1);
    assert_int_equal(claim("sms", "b", 90, 9, &list), 2);
    assert_true(list[1].id == 2 && list[1].attempts == 1); /* from the beginning */
}

static void test_codes_go(void **state)
{
    (void)state;
    struct dispatch_row *list;
    for (int64_t id = 1; id <= 3; id++) { /* a code, an unlisted notice of a case, a person's */
        struct message_row m = { .id = id, .user_id = id == 3 ? 8 : 0, .case_id = id == 1 ? 0 : 5,
                                 .created_at = 100, .title = SV("码"), .body = SV("123456") };
        struct dispatch_row d = { .id = id, .message_id = id, .channel = SV("sms"),
                                  .address = SV("138"), .next_at = 1, .created_at = 1 };
        assert_int_equal(message_insert(conn, &m, &err), 1);
        ok(dispatch_insert(conn, &d, &err));
    }
    assert_int_equal(message_purge_unlisted(conn, 100, &err), 0);
    assert_int_equal(message_purge_unlisted(conn, 101, &err), 1);
    assert_int_equal(claim("sms", "a", 10, 9, &list), 2);
    assert_true(list[0].id == 2 && list[1].id == 3);
}

static void test_officers_of_a_role(void **state)
{
    (void)state;
    static const struct { int64_t id; const char *role, *department, *region; bool off; } P[] = {
        { 1, "reviewer", "D1", "R1", false }, { 2, "reviewer", "D1", "R2", false },
        { 3, "reviewer", "D1", "R1", true },  { 4, "reviewer", "D2", "R1", false },
        { 5, "bureau", "", "R1", false },     { 6, "applicant", "", "", false },
    };
    struct user_row *list;
    size_t n;
    for (size_t i = 0; i < COUNT_OF(P); i++) {
        bool officer = P[i].id != 6;
        struct user_row u = { .id = P[i].id, .role = sv_of(P[i].role), .name = SV("某"),
                              .login = officer ? arena_printf_sv(arena, "l%d", (int)P[i].id)
                                               : SV(""),
                              .department = sv_of(P[i].department), .region = sv_of(P[i].region),
                              .disabled = P[i].off, .email = i == 0 ? SV("a@b.example") : SV("") };
        ok(user_insert(conn, &u, &err));
    }
    ok(user_list_role(conn, SV("reviewer"), SV("D1"), SV(""), arena, &list, &n, &err));
    assert_true(n == 2 && list[0].id == 1 && list[1].id == 2);
    assert_sv(list[0].email, "a@b.example");
    assert_int_equal(list[1].email.n, 0);
    ok(user_list_role(conn, SV("reviewer"), SV("D1"), SV("R2"), arena, &list, &n, &err));
    assert_true(n == 1 && list[0].id == 2);
    ok(user_list_role(conn, SV("reviewer"), SV(""), SV("R1"), arena, &list, &n, &err));
    assert_int_equal(n, 2);
    ok(user_list_role(conn, SV("applicant"), SV(""), SV(""), arena, &list, &n, &err));
    assert_int_equal(n, 0);
}

#define T(name) cmocka_unit_test_setup_teardown(name, test_setup, test_teardown)
static const struct CMUnitTest TESTS[] = {
    T(test_lists_and_reading), T(test_the_same_occasion_once), T(test_leases),
    T(test_dead_letters), T(test_codes_go), T(test_officers_of_a_role),
};
DEFINE_ENGINE_RUNS("store notices", TESTS, group_setup, group_teardown)

int main(void)
{
    return run_engines(run_sqlite, run_postgres);
}
