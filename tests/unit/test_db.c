/* db: what the transaction model promises (src/db/README.md), on both engines. */
#include <pthread.h>
#include <stdatomic.h>

#include "test_store_fixture.h"

/* ---- commands: they run on the writer's thread, so they return what they find ---- */

struct set { struct sv key, value; int refuse; };

static int set_tx(struct db_conn *c, void *ctx, struct err *e)
{
    struct set *s = ctx;
    int rc = meta_set(c, s->key, s->value, e);
    return rc < 0 || !s->refuse ? rc : err_set(e, s->refuse, "不行");
}

static int get_tx(struct db_conn *c, void *ctx, struct err *e)
{
    struct set *s = ctx;
    return meta_get(c, s->key, arena, &s->value, e);
}

static void put(const char *key, const char *value)
{
    struct set s = { sv_of(key), sv_of(value), 0 };
    ok(db_write(db, set_tx, &s, &err));
}

static const char *get(const char *key)
{
    struct set s = { .key = sv_of(key) };
    int rc = db_read(db, get_tx, &s, &err);
    assert_true(rc == 0 || rc == 1);
    return rc ? arena_dup(arena, s.value) : NULL;
}

/* ---- one command ---- */

static void test_write_then_read(void **state)
{
    (void)state;
    for (int i = 0; i < 50; i++) {
        const char *value = arena_printf(arena, "%d", i);
        put("k", value);
        assert_string_equal(get("k"), value);
    }
}

static int answer_seven(struct db_conn *c, void *ctx, struct err *e)
{
    (void)c;
    (void)ctx;
    (void)e;
    return 7;
}

static void test_results_are_handed_back(void **state)
{
    (void)state;
    assert_int_equal(db_write(db, answer_seven, NULL, &err), 7);
    assert_int_equal(db_read(db, answer_seven, NULL, &err), 7);
    assert_int_equal(db_peek(db, answer_seven, NULL, &err), 7);
}

static void test_refused_leaves_nothing(void **state)
{
    (void)state;
    put("k", "before");
    struct set s = { SV("k"), SV("after"), ERR_REFUSED };
    assert_int_equal(db_write(db, set_tx, &s, &err), ERR_REFUSED);
    assert_string_equal(err.detail, "不行");
    assert_string_equal(get("k"), "before");
    put("k2", "next"); /* and the writer goes on */
    assert_string_equal(get("k2"), "next");
}

static int conflict_tx(struct db_conn *c, void *ctx, struct err *e)
{
    struct set *s = ctx;
    struct idem_row row = { SV("d"), SV("r") };
    int rc = meta_set(c, s->key, s->value, e);
    if (rc == 0)
        rc = idem_insert(c, SV("a"), SV("k"), &row, 1, e);
    return rc == 0 ? idem_insert(c, SV("a"), SV("k"), &row, 1, e) : rc;
}

static void test_conflict_leaves_nothing(void **state)
{
    (void)state;
    struct set s = { SV("k"), SV("v"), 0 };
    assert_int_equal(db_write(db, conflict_tx, &s, &err), ERR_CONFLICT);
    assert_non_null(err.detail);
    assert_null(get("k"));
    assert_int_equal(db_write(db, conflict_tx, &s, &err), ERR_CONFLICT); /* nor the first key */
}

/* Whoever reads may not write, whichever way. */
static void test_reading_may_not_write(void **state)
{
    (void)state;
    struct set s = { SV("k"), SV("v"), 0 };
    assert_true(db_read(db, set_tx, &s, &err) < 0);
    assert_true(db_peek(db, set_tx, &s, &err) < 0);
    assert_null(get("k"));
}

/* ---- a read is one snapshot ---- */

struct two_reads { const char *first, *second; bool ok; };

static int write_between(struct db_conn *c, void *ctx, struct err *e)
{
    struct two_reads *t = ctx;
    struct set s = { .key = SV("k") }, change = { SV("k"), SV("new"), 0 };
    int rc = meta_get(c, s.key, arena, &s.value, e);
    t->first = arena_dup(arena, s.value);
    if (rc == 1)
        t->ok = db_write(db, set_tx, &change, e) == 0;
    rc = meta_get(c, s.key, arena, &s.value, e);
    t->second = arena_dup(arena, s.value);
    return rc;
}

static void test_read_is_a_snapshot(void **state)
{
    (void)state;
    struct two_reads t = { 0 };
    put("k", "old");
    ok(db_read(db, write_between, &t, &err));
    assert_true(t.ok);
    assert_string_equal(t.first, "old");
    assert_string_equal(t.second, "old");
    assert_string_equal(get("k"), "new");
}

/* ---- many writers ---- */

enum { THREADS = 8, EACH = 60 };

static int count_tx(struct db_conn *c, void *ctx, struct err *e)
{
    return counter_next(c, SV("n"), ctx, e);
}

static int refused_count_tx(struct db_conn *c, void *ctx, struct err *e)
{
    int rc = counter_next(c, SV("n"), ctx, e);
    return rc < 0 ? rc : ERR_REFUSED;
}

struct worker { int64_t got[EACH]; int failures; };

/* Every third command is refused after it counted: its number must be given again. */
static void *count_many(void *arg)
{
    struct worker *w = arg;
    for (int i = 0; i < EACH; i++) {
        struct arena *a = arena_new();
        struct err e;
        int64_t thrown_away;
        err_init(&e, a);
        if (i % 3 == 0 && db_write(db, refused_count_tx, &thrown_away, &e) != ERR_REFUSED)
            w->failures++;
        if (db_write(db, count_tx, &w->got[i], &e) != 0)
            w->failures++;
        arena_free(a);
    }
    return NULL;
}

static void test_counters_from_eight_threads(void **state)
{
    (void)state;
    static struct worker w[THREADS];
    pthread_t t[THREADS];
    bool given[THREADS * EACH + 1] = { false };
    memset(w, 0, sizeof w);
    for (int i = 0; i < THREADS; i++)
        assert_int_equal(pthread_create(&t[i], NULL, count_many, &w[i]), 0);
    for (int i = 0; i < THREADS; i++)
        pthread_join(t[i], NULL);
    for (int i = 0; i < THREADS; i++) {
        assert_int_equal(w[i].failures, 0);
        for (int k = 0; k < EACH; k++) {
            int64_t n = w[i].got[k];
            assert_true(n >= 1 && n <= THREADS * EACH);
            assert_false(given[n]);
            given[n] = true;
            assert_true(k == 0 || n > w[i].got[k - 1]);
        }
    }
}

/* ---- neighbours in one commit ---- */

static pthread_mutex_t gate = PTHREAD_MUTEX_INITIALIZER;
static atomic_int at_gate;

/* Holds the writer, so that the others queue up behind it and share its commit. */
static int gate_tx(struct db_conn *c, void *ctx, struct err *e)
{
    atomic_store(&at_gate, 1);
    pthread_mutex_lock(&gate);
    pthread_mutex_unlock(&gate);
    return set_tx(c, ctx, e);
}

struct neighbour { struct set set; int (*fn)(struct db_conn *, void *, struct err *); int rc; };

static void *run_neighbour(void *arg)
{
    struct neighbour *n = arg;
    struct arena *a = arena_new();
    struct err e;
    err_init(&e, a);
    n->rc = db_write(db, n->fn, &n->set, &e);
    arena_free(a);
    return NULL;
}

/* Refused in its own way: by a rule, by the database, by a statement that cannot work. */
static int broken_tx(struct db_conn *c, void *ctx, struct err *e)
{
    int rc = set_tx(c, ctx, e);
    return rc == 0 ? c->ops->script(c, "SELECT no_such_column FROM meta", e) : rc;
}

static void test_refused_leaves_neighbours(void **state)
{
    (void)state;
    struct neighbour n[12];
    pthread_t t[12];
    char keys[12][8];
    atomic_store(&at_gate, 0);
    pthread_mutex_lock(&gate);
    for (int i = 0; i < 12; i++) {
        snprintf(keys[i], sizeof keys[i], "k%d", i);
        n[i] = (struct neighbour){ .set = { sv_of(keys[i]), SV("v"), i % 4 == 1 ? ERR_REFUSED : 0 },
                                   .fn = i == 0 ? gate_tx : i % 4 == 2 ? conflict_tx
                                       : i % 4 == 3 ? broken_tx : set_tx };
        assert_int_equal(pthread_create(&t[i], NULL, run_neighbour, &n[i]), 0);
        while (i == 0 && !atomic_load(&at_gate))
            usleep(1000);
    }
    usleep(50000); /* all of them queue now */
    pthread_mutex_unlock(&gate);
    for (int i = 0; i < 12; i++)
        pthread_join(t[i], NULL);
    for (int i = 0; i < 12; i++) {
        bool good = i % 4 == 0;
        assert_int_equal(n[i].rc == 0, good);
        assert_int_equal(get(keys[i]) != NULL, good);
    }
    assert_true(n[1].rc == ERR_REFUSED && n[2].rc == ERR_CONFLICT && n[3].rc < 0);
}

#define T(name) cmocka_unit_test_setup_teardown(name, test_setup, test_teardown)
static const struct CMUnitTest TESTS[] = {
    T(test_write_then_read), T(test_results_are_handed_back), T(test_refused_leaves_nothing),
    T(test_conflict_leaves_nothing), T(test_reading_may_not_write), T(test_read_is_a_snapshot),
    T(test_counters_from_eight_threads), T(test_refused_leaves_neighbours),
};
DEFINE_ENGINE_RUNS("db", TESTS, group_setup, group_teardown)

int main(void)
{
    return run_engines(run_sqlite, run_postgres);
}
