/* db: migrations, a database from the future, lost connections and other trouble when opening. */
#include <pthread.h>
#include <stdatomic.h>

#include "store/notice_store.h"
#include "test_store_fixture.h"

static int url_setup(void **state)
{
    (void)state;
    new_url();
    arena = arena_new();
    err_init(&err, arena);
    return 0;
}

static int url_teardown(void **state)
{
    (void)state;
    arena_free(arena);
    drop_url();
    return 0;
}

static void script(const char *sql)
{
    struct db_conn *c = engine_ops_of(url)->open(url, false, &err);
    assert_non_null(c);
    if (c->ops->script(c, sql, &err) != 0)
        fail_msg("%s", err_text(&err));
    c->ops->close(c);
}

static void test_migrate_twice(void **state)
{
    (void)state;
    assert_true(db_schema_known(engine) >= 1);
    assert_int_equal(db_schema_known(DB_SQLITE), db_schema_known(DB_POSTGRES));
    ok(db_migrate(url, &err));
    script("INSERT INTO meta (key, value) VALUES ('k', 'kept')");
    ok(db_migrate(url, &err));
    open_database();
    struct sv v;
    assert_int_equal(meta_get(conn, SV("k"), arena, &v, &err), 1);
    assert_sv(v, "kept");
    conn->ops->close(conn);
    db_close(db);
}

/* Messages of before there were dispatches: nothing that waited is lost, nothing that went out goes
 * out again, and what people have had for long is not suddenly unread. */
static void test_old_messages_keep_going(void **state)
{
    (void)state;
    struct message_row *m;
    struct dispatch_row *d;
    struct lease l = { SV("a"), 1000, 2000 };
    size_t n;
    int64_t unread;
    script(test_file(arena, engine == DB_SQLITE ? "sql/sqlite/0001_init.sql"
                                                : "sql/postgres/0001_init.sql").p);
    script("CREATE TABLE schema_version (number BIGINT PRIMARY KEY, name TEXT NOT NULL); "
           "INSERT INTO schema_version (number, name) VALUES (1, 'init'); "
           "INSERT INTO message (id, user_id, phone, title, body, case_id, created_at, sent_at) "
           "VALUES (1, 7, '138', 'a', 'A', 9, 100, 150), (2, 7, '138', 'b', 'B', 9, 200, NULL), "
           "(3, NULL, '139', 'c', 'C', NULL, 300, NULL), (4, 7, '', 'd', 'D', 9, 400, NULL)");
    ok(db_migrate(url, &err));
    open_database();
    ok(message_list_user(conn, 7, 0, INT64_MAX, 9, arena, &m, &n, &err));
    assert_int_equal(n, 3);
    assert_true(m[0].id == 4 && m[2].case_id == 9 && m[2].read_at == 100);
    ok(message_count_unread(conn, 7, &unread, &err));
    assert_int_equal(unread, 0);
    ok(dispatch_claim(conn, SV("sms"), &l, 9, arena, &d, &n, &err));
    assert_int_equal(n, 2);
    assert_true(d[0].message_id == 2 && d[1].message_id == 3);
    assert_sv(d[1].address, "139");
    assert_sv(d[1].body, "C");
    ok(dispatch_claim(conn, SV("file"), &l, 9, arena, &d, &n, &err));
    assert_int_equal(n, 0);
    conn->ops->close(conn);
    db_close(db);
}

static void test_newer_schema_is_refused(void **state)
{
    (void)state;
    char expected[200];
    ok(db_migrate(url, &err));
    script("INSERT INTO schema_version (number, name) VALUES (900, 'future')");
    assert_int_equal(db_migrate(url, &err), ERR_CONFIG);
    snprintf(expected, sizeof expected,
             "数据库结构是第 900 版，比本程序（第 %d 版）新，请使用新版程序",
             db_schema_known(engine));
    assert_string_equal(err.detail, expected);
}

/* A migration that fails is not half done. */
static void test_migration_is_whole(void **state)
{
    (void)state;
    script("CREATE TABLE counter (wrong BIGINT)"); /* the last table of schema 1 */
    assert_true(db_migrate(url, &err) < 0);
    script("DROP TABLE counter");
    ok(db_migrate(url, &err)); /* no table of the first attempt is in the way */
}

/* Several nodes started at once on a new database: one does the work, the others find it done. */
static atomic_int failures;

static void *migrate(void *arg)
{
    (void)arg;
    struct arena *a = arena_new();
    struct err e;
    err_init(&e, a);
    if (db_migrate(url, &e) != 0) {
        print_error("%s\n", err_text(&e));
        atomic_fetch_add(&failures, 1);
    }
    arena_free(a);
    return NULL;
}

static void test_migrate_at_once(void **state)
{
    (void)state;
    pthread_t t[6];
    atomic_store(&failures, 0);
    for (int i = 0; i < 6; i++)
        assert_int_equal(pthread_create(&t[i], NULL, migrate, NULL), 0);
    for (int i = 0; i < 6; i++)
        pthread_join(t[i], NULL);
    assert_int_equal(atomic_load(&failures), 0);
}

static void test_cannot_open(void **state)
{
    (void)state;
    struct sv nowhere = engine == DB_SQLITE
        ? arena_printf_sv(arena, "%s/no/such/folder/x.db", folder)
        : SV("postgres://nobody:x@127.0.0.1:1/none");
    assert_true(db_migrate(nowhere, &err) < 0);
    assert_non_null(err.detail);
    err_clear(&err);
    assert_null(db_open(nowhere, STORE_SETS, STORE_N_SETS, 2, &err));
    assert_true(err.code < 0);
    err_clear(&err);
    /* A database without the schema: its queries do not prepare. */
    assert_null(db_open(url, STORE_SETS, STORE_N_SETS, 2, &err));
    assert_true(err.code < 0 && err.detail);
}

static void test_not_a_database(void **state)
{
    (void)state;
    if (engine == DB_POSTGRES)
        return;
    FILE *f = fopen(arena_dup(arena, url), "w");
    for (int i = 0; i < 1000; i++)
        fputs("this is no database\n", f);
    fclose(f);
    assert_int_equal(db_migrate(url, &err), ERR_CORRUPT);
}

/* A query whose parameters are not named in order would bind wrong values on SQLite. */
static void test_parameters_in_order(void **state)
{
    (void)state;
    static struct db_query wrong[] = { { "wrong", "SELECT value FROM meta WHERE value = $2 AND key = $1", 0 } };
    static const struct db_query_set set = { wrong, 1 };
    static const struct db_query_set *const sets[] = { &set };
    ok(db_migrate(url, &err));
    struct db *d = db_open(url, sets, 1, 1, &err);
    assert_int_equal(d == NULL, engine == DB_SQLITE);
    db_close(d);
}

/* ---- lost connections ---- */

static int put_tx(struct db_conn *c, void *ctx, struct err *e)
{
    return meta_set(c, SV("k"), sv_of(ctx), e);
}

static int get_tx(struct db_conn *c, void *ctx, struct err *e)
{
    return meta_get(c, SV("k"), arena, ctx, e);
}

static void kill_backends(void)
{
    postgres_admin(arena_printf(arena, "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                                       "WHERE datname = '%s'", database_name));
    usleep(100000);
}

/* A restarted PostgreSQL costs at most one failed answer on each connection, and those say
 * that nothing happened. */
static void test_reconnects(void **state)
{
    (void)state;
    struct sv v;
    if (engine == DB_SQLITE)
        return;
    open_database();
    for (int round = 0; round < 3; round++) {
        char *value = arena_printf(arena, "round %d", round);
        ok(db_write(db, put_tx, value, &err));
        kill_backends();
        int rc = db_write(db, put_tx, arena_printf(arena, "lost %d", round), &err);
        assert_true(rc == 0 || (rc < 0 && err.detail));
        bool lost = rc < 0;
        if (lost)
            assert_int_equal(err_status(rc), 503);
        int failed = 0;
        while (db_read(db, get_tx, &v, &err) < 0)
            assert_true(++failed <= 2); /* two readers */
        assert_sv(v, lost ? value : arena_printf(arena, "lost %d", round));
        ok(db_write(db, put_tx, value, &err));
        for (int i = 0; i < 4; i++)
            assert_int_equal(db_peek(db, get_tx, &v, &err), 1);
        assert_sv(v, value);
    }
    conn->ops->close(conn);
    db_close(db);
}

static int die_tx(struct db_conn *c, void *ctx, struct err *e)
{
    int rc = meta_set(c, SV("k"), SV("half"), e);
    if (rc == 0)
        kill_backends();
    return rc == 0 ? meta_set(c, SV("k2"), sv_of(ctx), e) : rc;
}

/* Killed in the middle of a command: the caller hears of it and nothing of it remains. */
static void test_killed_in_a_command(void **state)
{
    (void)state;
    struct sv v;
    if (engine == DB_SQLITE)
        return;
    open_database();
    ok(db_write(db, put_tx, "whole", &err));
    int rc = db_write(db, die_tx, "x", &err);
    assert_int_equal(err_status(rc), 503);
    while (db_read(db, get_tx, &v, &err) < 0)
        ;
    assert_sv(v, "whole");
    ok(db_write(db, put_tx, "next", &err));
    conn->ops->close(conn);
    db_close(db);
}

static atomic_int at_gate;

static int wait_tx(struct db_conn *c, void *ctx, struct err *e)
{
    atomic_store(&at_gate, 1);
    while (atomic_load(&at_gate) == 1)
        usleep(1000);
    return put_tx(c, ctx, e);
}

static int refuse_and_die_tx(struct db_conn *c, void *ctx, struct err *e)
{
    (void)c;
    (void)ctx;
    kill_backends();
    return err_refuse(e, "P8", "不行");
}

static void *refused_neighbour(void *arg)
{
    struct arena *a = arena_new();
    struct err e;
    err_init(&e, a);
    while (atomic_load(&at_gate) != 1)
        usleep(1000);
    *(int *)arg = db_write(db, refuse_and_die_tx, NULL, &e);
    arena_free(a);
    return NULL;
}

static void *open_gate(void *arg)
{
    (void)arg;
    while (atomic_load(&at_gate) != 1)
        usleep(1000);
    usleep(100000); /* the neighbour queues meanwhile */
    atomic_store(&at_gate, 2);
    return NULL;
}

/* One command of a batch is refused, then the server dies: the others lost the database, they
 * were not refused by a rule. */
static void test_killed_after_a_refusal(void **state)
{
    (void)state;
    pthread_t a, b;
    int refused = 0;
    struct sv v;
    if (engine == DB_SQLITE)
        return;
    open_database();
    atomic_store(&at_gate, 0);
    assert_int_equal(pthread_create(&a, NULL, refused_neighbour, &refused), 0);
    assert_int_equal(pthread_create(&b, NULL, open_gate, NULL), 0);
    int rc = db_write(db, wait_tx, "lost", &err);
    pthread_join(a, NULL);
    pthread_join(b, NULL);
    assert_int_equal(refused, ERR_REFUSED);
    assert_int_equal(err_status(rc), 503);
    int found;
    while ((found = db_read(db, get_tx, &v, &err)) < 0)
        ;
    assert_int_equal(found, 0);
    conn->ops->close(conn);
    db_close(db);
}

#define T(name) cmocka_unit_test_setup_teardown(name, url_setup, url_teardown)
static const struct CMUnitTest TESTS[] = {
    T(test_migrate_twice), T(test_old_messages_keep_going), T(test_newer_schema_is_refused),
    T(test_migration_is_whole),
    T(test_migrate_at_once), T(test_cannot_open), T(test_not_a_database),
    T(test_parameters_in_order), T(test_reconnects), T(test_killed_in_a_command),
    T(test_killed_after_a_refusal),
};
DEFINE_ENGINE_RUNS("db: opening", TESTS, NULL, NULL)

int main(void)
{
    return run_engines(run_sqlite, run_postgres);
}
