/* test_store_fixture: a fresh database of either engine, and one connection to it on which the
 * store's functions run in the test's own thread (cmocka's failures must not leave it).
 *
 * PostgreSQL is used when YZ_TEST_PG holds a URL (tools/with-postgres.sh sets it); without it
 * that half is skipped, and says so. Both halves run the same checks, and what they record with
 * seen() must come out the same to the letter.
 */
#ifndef YZ_TEST_STORE_FIXTURE_H
#define YZ_TEST_STORE_FIXTURE_H

#include <libpq-fe.h>

#include "db/engine.h"
#include "store/licence_store.h"
#include "test.h"

#include "store/case_store.h"

static enum db_engine engine;
static struct arena *group_arena; /* lives as long as the database */
static struct arena *arena;       /* of one test */
static struct err err;
static struct sv url;
static struct db *db;
static struct db_conn *conn;
static char *folder;
static struct buf transcript[2];

/* Record what an engine answered. */
UNUSED __attribute__((format(printf, 1, 2))) static void seen(const char *fmt, ...)
{
    va_list ap;
    char line[2000];
    va_start(ap, fmt);
    vsnprintf(line, sizeof line, fmt, ap);
    va_end(ap);
    buf_fmt(&transcript[engine], "%s\n", line);
}

/* ---- PostgreSQL databases ---- */

UNUSED static void postgres_admin(const char *sql)
{
    PGconn *c = PQconnectdb(getenv("YZ_TEST_PG"));
    PGresult *r = PQexec(c, sql);
    if (PQresultStatus(r) != PGRES_COMMAND_OK && PQresultStatus(r) != PGRES_TUPLES_OK)
        fail_msg("%s: %s", sql, PQerrorMessage(c));
    PQclear(r);
    PQfinish(c);
}

static char database_name[64];

/* The URL of a new empty database beside the one of YZ_TEST_PG. */
static struct sv postgres_new(struct arena *a)
{
    static int count;
    struct sv base = sv_of(getenv("YZ_TEST_PG"));
    const char *query = memchr(base.p, '?', base.n);
    size_t end = query ? (size_t)(query - base.p) : base.n;
    size_t slash = end;
    while (slash > 0 && base.p[slash - 1] != '/')
        slash--;
    snprintf(database_name, sizeof database_name, "yz_test_%ld_%d", (long)getpid(), ++count);
    postgres_admin(arena_printf(a, "CREATE DATABASE %s", database_name));
    return arena_printf_sv(a, "%.*s%s%s", (int)slash, base.p, database_name, base.p + end);
}

UNUSED static void postgres_drop(void)
{
    char sql[200];
    snprintf(sql, sizeof sql, "DROP DATABASE IF EXISTS %s WITH (FORCE)", database_name);
    postgres_admin(sql);
}

/* ---- set up and clear ---- */

UNUSED static void open_database(void)
{
    err_init(&err, group_arena);
    if (db_migrate(url, &err) != 0)
        fail_msg("%s", err_text(&err));
    db = db_open(url, STORE_SETS, STORE_N_SETS, 2, &err);
    conn = db ? db_connect(db, false, &err) : NULL;
    if (!conn)
        fail_msg("%s", err_text(&err));
}

UNUSED static void new_url(void)
{
    group_arena = arena_new();
    folder = test_folder(group_arena);
    url = engine == DB_SQLITE ? arena_printf_sv(group_arena, "%s/test.db", folder)
                              : postgres_new(group_arena);
}

UNUSED static void drop_url(void)
{
    if (engine == DB_POSTGRES)
        postgres_drop();
    test_folder_remove(folder);
    arena_free(group_arena);
}

UNUSED static int group_setup(void **state)
{
    (void)state;
    new_url();
    open_database();
    return 0;
}

UNUSED static int group_teardown(void **state)
{
    (void)state;
    conn->ops->close(conn);
    db_close(db);
    drop_url();
    return 0;
}

static const char CLEAR[] =
    "DELETE FROM meta; DELETE FROM catalog_version; DELETE FROM catalog_draft; "
    "DELETE FROM user_account; "
    "DELETE FROM session; DELETE FROM throttle; DELETE FROM one_time_code; DELETE FROM message; "
    "DELETE FROM dispatch; "
    "DELETE FROM licensing_case; DELETE FROM case_form; DELETE FROM item; "
    "DELETE FROM attachment; DELETE FROM correction; DELETE FROM correction_entry; "
    "DELETE FROM permit; DELETE FROM licence; DELETE FROM ledger; DELETE FROM ledger_head; "
    "DELETE FROM ledger_node; DELETE FROM tree_head; DELETE FROM idempotency; "
    "DELETE FROM counter; DELETE FROM calendar_year; DELETE FROM calendar_day; "
    "DELETE FROM clock_event; DELETE FROM special; DELETE FROM hearing; DELETE FROM extension; "
    "DELETE FROM visit; DELETE FROM visit_part; DELETE FROM visit_photo; "
    "DELETE FROM commitment; DELETE FROM delivery; DELETE FROM ban; DELETE FROM form_version; "
    "DELETE FROM dispatch; DELETE FROM case_prefill; DELETE FROM register_entry; "
    "DELETE FROM register_gram; DELETE FROM supervision_task; DELETE FROM supervision_event;";

UNUSED static int test_setup(void **state)
{
    (void)state;
    arena = arena_new();
    err_init(&err, arena);
    if (conn->ops->script(conn, CLEAR, &err) != 0)
        fail_msg("%s", err_text(&err));
    return 0;
}

UNUSED static int test_teardown(void **state)
{
    (void)state;
    arena_free(arena);
    return 0;
}

/* Succeeded (0 or more), else say why not. */
#define ok(rc)                                                                               \
    do {                                                                                     \
        err_clear(&err);                                                                     \
        int rc_ = (rc);                                                                      \
        if (rc_ < 0)                                                                         \
            fail_msg("%s: %d %s", #rc, rc_, err_text(&err));                                 \
    } while (0)
#define fails(rc, code) assert_int_equal((rc), (code))

/* Defines the two runs of a table of tests; main gives them to run_engines. */
#define DEFINE_ENGINE_RUNS(name, tests, setup, teardown)                                     \
    static int run_sqlite(void)                                                              \
    {                                                                                        \
        return cmocka_run_group_tests_name(name " (SQLite)", tests, setup, teardown);        \
    }                                                                                        \
    static int run_postgres(void)                                                            \
    {                                                                                        \
        return cmocka_run_group_tests_name(name " (PostgreSQL)", tests, setup, teardown);    \
    }

/* 0 when everything passed and both engines told the same story. */
UNUSED static int run_engines(int (*sqlite)(void), int (*postgres)(void))
{
    buf_init(&transcript[DB_SQLITE], 1 << 20);
    buf_init(&transcript[DB_POSTGRES], 1 << 20);
    engine = DB_SQLITE;
    int failed = sqlite();
    if (!getenv("YZ_TEST_PG")) {
        print_message("\n********************************************************************\n"
                      "** PostgreSQL NOT TESTED: YZ_TEST_PG is not set.                  **\n"
                      "** Run the tests through tools/with-postgres.sh to test it too.   **\n"
                      "********************************************************************\n");
    } else {
        engine = DB_POSTGRES;
        failed += postgres();
        if (!sv_eq(buf_sv(&transcript[0]), buf_sv(&transcript[1]))) {
            print_error("[  FAILED  ] the engines answer differently\n--- SQLite\n%s"
                        "--- PostgreSQL\n%s", transcript[0].p, transcript[1].p);
            failed++;
        }
    }
    buf_done(&transcript[DB_SQLITE]);
    buf_done(&transcript[DB_POSTGRES]);
    return failed;
}

#endif
