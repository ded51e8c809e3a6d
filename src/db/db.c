/* db: the engine-independent half: connection pool, read and write transactions. */
#include "db/db.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>

#include "db/engine.h"

struct db {
    enum db_engine engine;
    const struct engine_ops *ops;
    struct arena *arena;
    struct sv url;
    const struct db_query_set *const *sets;
    size_t n_sets;
    pthread_mutex_t lock;
    pthread_cond_t freed;
    struct db_conn *free_list;
    size_t n_free;
    struct writer *writer;
    _Atomic(const struct vault *) vault;
};

enum db_engine engine_of(struct sv url)
{
    return sv_starts(url, SV("postgres://")) || sv_starts(url, SV("postgresql://")) ? DB_POSTGRES
                                                                                     : DB_SQLITE;
}

const struct engine_ops *engine_ops_of(struct sv url)
{
    return engine_of(url) == DB_POSTGRES ? &POSTGRES_OPS : &SQLITE_OPS;
}

struct db_conn *db_connect(struct db *db, bool readonly, struct err *e)
{
    struct db_conn *c = db->ops->open(db->url, readonly, e);
    if (c && db->ops->prepare(c, db->sets, db->n_sets, e) != 0) {
        db->ops->close(c);
        return NULL;
    }
    if (c)
        c->db = db;
    return c;
}

int db_compact(struct db *db, struct err *e)
{
    struct db_conn *c = db->ops->open(db->url, false, e);
    if (!c)
        return e->code;
    int rc = db->ops->script(c, db->ops->compact, e);
    db->ops->close(c);
    return rc;
}

int db_relax(struct db *db, bool relaxed, struct err *e)
{
    struct db_conn *c = db_connect(db, false, e);
    if (!c)
        return e->code;
    int rc = relaxed ? c->ops->script(c, c->ops->relax, e) : 0;
    if (rc != 0) {
        c->ops->close(c);
        return rc;
    }
    writer_free(db->writer);
    db->writer = writer_new(c, db);
    return 0;
}

void db_set_vault(struct db *db, const struct vault *vault)
{
    atomic_store_explicit(&db->vault, vault, memory_order_release);
}

const struct vault *db_vault(const struct db_conn *c)
{
    return c->db ? atomic_load_explicit(&c->db->vault, memory_order_acquire) : NULL;
}

static void number_queries(const struct db_query_set *const *sets, size_t n_sets)
{
    int id = 0;
    for (size_t s = 0; s < n_sets; s++)
        for (size_t i = 0; i < sets[s]->n; i++)
            sets[s]->queries[i].id = id++;
}

struct db *db_open(struct sv url, const struct db_query_set *const *sets, size_t n_sets, size_t readers,
                   struct err *e)
{
    struct db *db = mem_new(sizeof *db);
    db->engine = engine_of(url);
    db->ops = engine_ops_of(url);
    db->arena = arena_new();
    db->url = arena_sv(db->arena, url);
    db->sets = sets;
    db->n_sets = n_sets;
    pthread_mutex_init(&db->lock, NULL);
    pthread_cond_init(&db->freed, NULL);
    number_queries(sets, n_sets);
    struct db_conn *writing = db_connect(db, false, e);
    if (!writing)
        goto fail;
    db->writer = writer_new(writing, db);
    for (size_t i = 0; i < readers; i++) {
        struct db_conn *c = db_connect(db, true, e);
        if (!c)
            goto fail;
        c->next_free = db->free_list;
        db->free_list = c;
        db->n_free++;
    }
    return db;
fail:
    db_close(db);
    return NULL;
}

void db_close(struct db *db)
{
    if (!db)
        return;
    if (db->writer)
        writer_free(db->writer);
    while (db->free_list) {
        struct db_conn *c = db->free_list;
        db->free_list = c->next_free;
        db->ops->close(c);
    }
    pthread_mutex_destroy(&db->lock);
    pthread_cond_destroy(&db->freed);
    arena_free(db->arena);
    free(db);
}

enum db_engine db_engine(const struct db *db)
{
    return db->engine;
}

static struct db_conn *lease(struct db *db)
{
    pthread_mutex_lock(&db->lock);
    while (!db->free_list)
        pthread_cond_wait(&db->freed, &db->lock);
    struct db_conn *c = db->free_list;
    db->free_list = c->next_free;
    pthread_mutex_unlock(&db->lock);
    return c;
}

/* A broken connection is replaced; when that fails the old one goes back and the next user
 * sees the error again, so the pool never shrinks. */
static void give_back(struct db *db, struct db_conn *c)
{
    if (db->ops->broken(c)) {
        struct db_conn *fresh = db_connect(db, true, NULL);
        if (fresh) {
            db->ops->close(c);
            c = fresh;
        }
    }
    pthread_mutex_lock(&db->lock);
    c->next_free = db->free_list;
    db->free_list = c;
    pthread_cond_signal(&db->freed);
    pthread_mutex_unlock(&db->lock);
}

static int in_transaction(struct db_conn *c, const char *begin,
                          int (*fn)(struct db_conn *, void *, struct err *), void *ctx,
                          struct err *e)
{
    int rc = c->ops->script(c, begin, e);
    if (rc != 0)
        return rc;
    rc = fn(c, ctx, e);
    if (rc < 0) {
        c->ops->script(c, "ROLLBACK", NULL);
        return rc;
    }
    int committed = c->ops->script(c, "COMMIT", e);
    if (committed != 0) {
        c->ops->script(c, "ROLLBACK", NULL);
        return committed;
    }
    return rc;
}

int db_read(struct db *db, int (*fn)(struct db_conn *, void *, struct err *), void *ctx,
            struct err *e)
{
    struct db_conn *c = lease(db);
    int rc = in_transaction(c, db->ops->begin_read, fn, ctx, e);
    give_back(db, c);
    return rc;
}

int db_peek(struct db *db, int (*fn)(struct db_conn *, void *, struct err *), void *ctx,
            struct err *e)
{
    struct db_conn *c = lease(db);
    int rc = fn(c, ctx, e);
    give_back(db, c);
    return rc;
}

int db_write(struct db *db, int (*fn)(struct db_conn *, void *, struct err *), void *ctx,
             struct err *e)
{
    return writer_run(db->writer, fn, ctx, e);
}

int db_exec(struct db_conn *c, const struct db_query *q, const struct db_arg *args, size_t n,
            struct err *e)
{
    return c->ops->exec(c, q, args, n, e);
}

void db_rows(struct db_conn *c, const struct db_query *q, const struct db_arg *args, size_t n,
             struct db_rows *r, struct err *e)
{
    *r = (struct db_rows){ .conn = c, .query = q, .row = -1, .err = e };
    c->ops->rows(r, args, n);
}

bool db_next(struct db_rows *r)
{
    return r->rc == 0 && r->conn->ops->next(r);
}

int db_done(struct db_rows *r)
{
    return r->conn->ops->done(r);
}

bool db_null(const struct db_rows *r, int col)
{
    return r->conn->ops->null(r, col);
}

int64_t db_int(const struct db_rows *r, int col)
{
    return r->conn->ops->integer(r, col);
}

struct sv db_text(const struct db_rows *r, int col)
{
    return r->conn->ops->text(r, col);
}

int db_find_int(struct db_conn *c, const struct db_query *q, const struct db_arg *args, size_t n,
                int64_t *out, struct err *e)
{
    struct db_rows r;
    int found = 0;
    db_rows(c, q, args, n, &r, e);
    if (db_next(&r)) {
        *out = db_int(&r, 0);
        found = 1;
    }
    int rc = db_done(&r);
    return rc < 0 ? rc : found;
}
