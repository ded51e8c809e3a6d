/* writer: the one writer of a process. Commands of many callers share one durable commit.
 *
 * Each command runs in its own savepoint, so one that is refused leaves the others alone. The
 * callers sleep until the COMMIT that holds their command has returned: an answer never goes
 * out before its fsync. When the COMMIT fails, every command of the batch fails.
 */
#include <pthread.h>
#include <stdlib.h>

#include "db/engine.h"

enum { BATCH_MAX = 128 };

struct command {
    int (*fn)(struct db_conn *, void *, struct err *);
    void *ctx;
    struct err *err;
    int rc;
    bool done;
    pthread_cond_t wake;
    struct command *next;
};

struct writer {
    struct db *db;
    struct db_conn *conn;
    pthread_t thread;
    pthread_mutex_t lock;
    pthread_cond_t work;
    struct command *head;
    struct command **tail;
    bool stopping;
};

static struct command *take(struct writer *w)
{
    pthread_mutex_lock(&w->lock);
    struct command *c = w->head;
    if (c) {
        w->head = c->next;
        if (!w->head)
            w->tail = &w->head;
        c->next = NULL;
    }
    pthread_mutex_unlock(&w->lock);
    return c;
}

/* Run one command in a savepoint. Negative from the savepoint itself spoils the batch. */
static int run_one(struct db_conn *conn, struct command *c)
{
    int rc = conn->ops->script(conn, "SAVEPOINT command", c->err);
    if (rc != 0)
        return rc;
    c->rc = c->fn(conn, c->ctx, c->err);
    rc = conn->ops->script(conn,
                           c->rc < 0 ? "ROLLBACK TO command; RELEASE command" : "RELEASE command",
                           c->rc < 0 ? NULL : c->err);
    /* A full disk rolls the whole transaction back: the savepoint is gone, and the reason for
     * everybody in the batch is the one that this command met; unless that was a refusal of its
     * own, and the connection was lost only then. */
    return rc != 0 && c->rc < 0 && err_status(c->rc) >= 500 ? c->rc : rc;
}

static void finish(struct writer *w, struct command *list, int failed, const char *why)
{
    pthread_mutex_lock(&w->lock);
    while (list) {
        struct command *c = list;
        list = c->next;
        if (failed != 0 && c->rc >= 0)
            c->rc = err_set(c->err, failed, "%s", why ? why : err_title(failed));
        c->done = true;
        pthread_cond_signal(&c->wake);
    }
    pthread_mutex_unlock(&w->lock);
}

static void replace_broken(struct writer *w, struct err *e)
{
    if (!w->conn->ops->broken(w->conn))
        return;
    struct db_conn *fresh = db_connect(w->db, false, e);
    if (fresh) {
        w->conn->ops->close(w->conn);
        w->conn = fresh;
    }
}

static void run_batch(struct writer *w, struct command *first)
{
    struct arena *a = arena_new();
    struct err e;
    struct command *list = NULL;
    struct command **end = &list;
    err_init(&e, a);
    replace_broken(w, &e);
    int failed = w->conn->ops->script(w->conn, w->conn->ops->begin_write, &e);
    size_t n = 0;
    for (struct command *c = first; c; c = n < BATCH_MAX ? take(w) : NULL) {
        *end = c;
        end = &c->next;
        n++;
        if (failed == 0)
            failed = run_one(w->conn, c);
        if (failed != 0)
            break;
    }
    if (failed == 0)
        failed = w->conn->ops->script(w->conn, "COMMIT", &e);
    if (failed != 0)
        w->conn->ops->script(w->conn, "ROLLBACK", NULL);
    finish(w, list, failed, e.detail);
    arena_free(a);
}

static void *writer_main(void *arg)
{
    struct writer *w = arg;
    for (;;) {
        pthread_mutex_lock(&w->lock);
        while (!w->head && !w->stopping)
            pthread_cond_wait(&w->work, &w->lock);
        bool stop = !w->head;
        pthread_mutex_unlock(&w->lock);
        if (stop)
            return NULL;
        struct command *c = take(w);
        if (c)
            run_batch(w, c);
    }
}

struct writer *writer_new(struct db_conn *conn, struct db *db)
{
    struct writer *w = mem_new(sizeof *w);
    w->db = db;
    w->conn = conn;
    w->tail = &w->head;
    pthread_mutex_init(&w->lock, NULL);
    pthread_cond_init(&w->work, NULL);
    if (pthread_create(&w->thread, NULL, writer_main, w) != 0)
        abort();
    return w;
}

void writer_free(struct writer *w)
{
    pthread_mutex_lock(&w->lock);
    w->stopping = true;
    pthread_cond_signal(&w->work);
    pthread_mutex_unlock(&w->lock);
    pthread_join(w->thread, NULL);
    w->conn->ops->close(w->conn);
    pthread_mutex_destroy(&w->lock);
    pthread_cond_destroy(&w->work);
    free(w);
}

int writer_run(struct writer *w, int (*fn)(struct db_conn *, void *, struct err *), void *ctx,
               struct err *e)
{
    struct command c = { .fn = fn, .ctx = ctx, .err = e };
    pthread_cond_init(&c.wake, NULL);
    pthread_mutex_lock(&w->lock);
    *w->tail = &c;
    w->tail = &c.next;
    pthread_cond_signal(&w->work);
    while (!c.done)
        pthread_cond_wait(&c.wake, &w->lock);
    pthread_mutex_unlock(&w->lock);
    pthread_cond_destroy(&c.wake);
    return c.rc;
}
