/* notify and the outbox on a real data directory: one transaction with the act, who is told, what
 * is written to the file, what expires. Both engines. */
#include <sys/stat.h>

#include "test_store_fixture.h"

#include "job/outbox.h"
#include "service/account.h"
#include "service/inbox.h"
#include "service/notify.h"
#include "service/shipped.h"
#include "sys/clock.h"

#define NOW INT64_C(1800000000000)

static struct app *app;
static char *data;

static int setup(void **state)
{
    (void)state;
    new_url();
    arena = arena_new();
    err_init(&err, arena);
    data = arena_printf(group_arena, "%s/data", folder);
    struct app_options o = { .data_dir = data, .db_url = url.p, .readers = 2 };
    if (app_init(&o, true, &err) < 0 || !(app = app_open(&o, &err)))
        fail_msg("%s", err_text(&err));
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    app_close(app);
    arena_free(arena);
    drop_url();
    return 0;
}

struct call { struct notify_to to; const char *key; struct sv dedupe; int outcome; };
static const struct notify_var VARS[] = { { "number", SV("N1") }, { "items", SV("2") } };

static int call_tx(struct db_conn *c, void *ctx, struct err *e)
{
    struct call *x = ctx;
    int rc = notify_send(app, c, &x->to, x->key, VARS, COUNT_OF(VARS), x->dedupe, NOW, e);
    return rc < 0 ? rc : x->outcome;
}

static int send(struct call x)
{
    err_clear(&err);
    return db_write(app->db, call_tx, &x, &err);
}

struct look { int64_t user; size_t n_m, n_d; struct message_row *m; struct dispatch_row *d; };

static int look_tx(struct db_conn *c, void *ctx, struct err *e)
{
    struct look *x = ctx;
    int rc = message_list_user(c, x->user, 0, INT64_MAX, 50, arena, &x->m, &x->n_m, e);
    return rc < 0 ? rc : dispatch_list(c, SV("queued"), INT64_MAX, 50, arena, &x->d, &x->n_d, e);
}

static struct look look(int64_t user)
{
    struct look x = { .user = user };
    ok(db_read(app->db, look_tx, &x, &err));
    return x;
}

static void test_one_with_the_act(void **state)
{
    (void)state;
    struct notify_to to = { .user_id = 7, .phone = SV("13800000000"), .email = SV("a@b.example"),
                            .case_id = 3, .item_id = 4 };
    fails(send((struct call){ to, "submitted", SV("d1"), ERR_CONFLICT }), ERR_CONFLICT);
    assert_int_equal(look(7).n_m, 0); /* the act was refused: nothing was said */
    assert_int_equal(send((struct call){ to, "submitted", SV("d1"), 0 }), 0);
    assert_int_equal(send((struct call){ to, "submitted", SV("d1"), 0 }), 0);
    struct look l = look(7);
    assert_true(l.n_m == 1 && l.n_d == 1); /* SMS only: this template sends no mail */
    assert_true(l.m[0].case_id == 3 && l.m[0].item_id == 4 && !l.m[0].important);
    assert_sv(l.m[0].title, "申请已提交");
    assert_non_null(strstr(l.m[0].body.p, "N1，已同时送达 2 个"));
    assert_sv(l.d[0].channel, "sms");
    assert_sv(l.d[0].address, "13800000000");
    /* Mistakes of the program are errors, and leave nothing behind. */
    fails(send((struct call){ to, "no_such", SV("d2"), 0 }), ERR_INTERNAL);
    fails(send((struct call){ to, "licence_issued", SV("d3"), 0 }), ERR_INTERNAL);
    assert_int_equal(look(7).n_m, 1);
    /* Without an address: in the list only. */
    to.phone = SV("");
    assert_int_equal(send((struct call){ to, "submitted", SV(""), 0 }), 0);
    l = look(7);
    assert_true(l.n_m == 2 && l.n_d == 1);
}

struct group_call { int which; struct sv dedupe; };
static int group_tx(struct db_conn *c, void *ctx, struct err *e)
{
    static const struct notify_var vars[] = { { "number", SV("N1") }, { "permit", SV("甲") },
                                              { "days", SV("2") }, { "due", SV("某日") } };
    struct group_call *g = ctx;
    struct item_row item = { .id = 11, .case_id = 12, .department = SV("D-HBW-SCJG") };
    if (g->which == 0)
        return notify_item(app, c, &item, "deadline_warning", vars, 4, g->dedupe, NOW, e);
    if (g->which == 1)
        return notify_department(app, c, item.department, SV("150303"),
                                 (struct notify_about){ .case_id = 12 }, "deadline_warning", vars,
                                 4, g->dedupe, NOW, e);
    return notify_role(app, c, ROLE_BUREAU, SV("150302"), (struct notify_about){ .case_id = 12 },
                       "deadline_alert", vars, 4, g->dedupe, NOW, e);
}

static void add(const char *login, const char *role, const char *department, const char *region,
                const char *email)
{
    struct new_officer in = { .login = sv_of(login), .name = SV("某"), .password = SV("1234567890"),
                              .role = sv_of(role), .department = sv_of(department),
                              .region = sv_of(region), .email = sv_of(email) };
    ok(account_add_officer(app, &in, NOW, &err));
}

static void test_departments_and_roles(void **state)
{
    (void)state;
    struct user_row *list;
    size_t n;
    add("one", "reviewer", "D-HBW-SCJG", "", "one@b.example");
    add("two", "reviewer", "D-HBW-SCJG", "", "");
    add("other", "reviewer", "D-WH-YC", "", "");
    add("bureau", "bureau", "", "150302", "");
    add("city", "bureau", "", "150300", "");
    ok(account_list_officers(app, arena, &list, &n, &err));
    assert_int_equal(n, 5);
    struct group_call item = { 0, SV("w:11") }, elsewhere = { 1, SV("") }, role = { 2, SV("") };
    ok(db_write(app->db, group_tx, &item, &err));
    ok(db_write(app->db, group_tx, &item, &err)); /* the same occasion */
    ok(db_write(app->db, group_tx, &elsewhere, &err));
    ok(db_write(app->db, group_tx, &role, &err));
    static const size_t told[] = { 1, 1, 0, 1, 0 };
    for (size_t i = 0; i < n; i++)
        assert_int_equal(look(list[i].id).n_m, told[i]);
    struct look l = look(list[0].id);
    assert_true(l.m[0].item_id == 11 && l.m[0].case_id == 12);
    assert_int_equal(l.n_d, 1); /* by mail to the one who has an address */
    assert_sv(l.d[0].channel, "email");
    assert_sv(l.d[0].address, "one@b.example");
    struct new_officer bad = { .login = SV("x1"), .name = SV("某"), .password = SV("1234567890"),
                               .role = SV("admin"), .email = SV("nobody") };
    err_clear(&err);
    fails(account_add_officer(app, &bad, NOW, &err), ERR_INVALID);
    assert_true(test_has(&err, "/email", "bad_email"));
}

static void test_file_and_expiry(void **state)
{
    (void)state;
    char code[7];
    struct notify_to to = { .user_id = 7, .phone = SV("13800000000") };
    struct dispatch_count *counts;
    size_t n;
    assert_int_equal(send((struct call){ to, "submitted", SV(""), 0 }), 0);
    err_clear(&err);
    ok(account_send_code(app, SV("13900000000"), SV("127.0.0.1"), NOW - 299999, code, &err));
    ok(account_send_code(app, SV("13700000000"), SV("127.0.0.1"), NOW - 300000, code, &err));
    assert_int_equal(outbox_run(app, NOW, &err), 0);
    assert_int_equal(outbox_run(app, NOW, &err), 0); /* nothing twice */
    char *path = arena_printf(arena, "%s/outbox.jsonl", data);
    struct stat st;
    assert_int_equal(stat(path, &st), 0);
    assert_int_equal(st.st_mode & 0777, 0600);
    setenv("YZ_SOURCE", data, 1);
    struct sv text = test_file(arena, "outbox.jsonl");
    assert_int_equal(text.p[text.n - 1], '\n');
    text = arena_sv(arena, text);
    assert_non_null(strstr(text.p, "\"to\":\"13800000000\""));
    assert_non_null(strstr(text.p, "\"template\":\"sign_in_code\""));
    assert_non_null(strstr(text.p, "13900000000"));
    assert_null(strstr(text.p, "13700000000")); /* five minutes were over */
    assert_null(strstr(text.p, code));
    ok(outbox_counts(app, clock_now_ms(), arena, &counts, &n, &err));
    assert_int_equal(n, 2);
    assert_sv(counts[0].state, "failed");
    assert_sv(counts[1].channel, "file");
    assert_int_equal(counts[1].n, 2);
}

#define T(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
static const struct CMUnitTest TESTS[] = { T(test_one_with_the_act), T(test_departments_and_roles),
                                           T(test_file_and_expiry) };
DEFINE_ENGINE_RUNS("notify", TESTS, NULL, NULL)

int main(void)
{
    return run_engines(run_sqlite, run_postgres);
}
