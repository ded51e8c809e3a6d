/* jobs: see jobs.h. One thread; each kind has its period. A failing job is logged and tried again at
 * its next turn; nothing depends on a turn not being missed, since work is found by its state. */
#include "job/jobs.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include "service/account.h"
#include "service/acts.h"
#include "service/calendar.h"
#include "service/ledger.h"
#include "sys/clock.h"
#include "sys/files.h"
#include "sys/log.h"

struct jobs {
    struct app *app;
    pthread_t thread;
    pthread_mutex_t lock;
    pthread_cond_t wake;
    bool stopping;
};

enum { MESSAGE_BATCH = 200 };

struct outbox { struct app *app; struct arena *arena; struct message_row *list; size_t n;
                int64_t now; };

static int take_messages(struct db_conn *c, void *ctx, struct err *e)
{
    struct outbox *o = ctx;
    return message_list_queued(c, MESSAGE_BATCH, o->arena, &o->list, &o->n, e);
}

static int mark_sent(struct db_conn *c, void *ctx, struct err *e)
{
    struct outbox *o = ctx;
    int rc = 0;
    for (size_t i = 0; rc == 0 && i < o->n; i++)
        rc = message_sent(c, o->list[i].id, o->now, e);
    return rc;
}

/* The default sink: one JSON line per message in DATA/outbox.jsonl (readable by the service only). */
static int write_sink(struct outbox *o, struct err *e)
{
    struct buf lines;
    char at[32];
    int rc = 0;
    const char *path = arena_printf(o->arena, "%s/outbox.jsonl", o->app->data_dir.p);
    int fd = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
    if (fd < 0)
        return err_set(e, ERR_IO, "写不了消息文件：%s", strerror(errno));
    buf_init(&lines, (size_t)16 << 20);
    for (size_t i = 0; i < o->n; i++) {
        buf_fmt(&lines, "{\"id\":%lld,\"at\":\"%s\",\"phone\":", (long long)o->list[i].id,
                time_format(o->list[i].created_at, at));
        buf_json(&lines, o->list[i].phone);
        buf_str(&lines, ",\"title\":");
        buf_json(&lines, o->list[i].title);
        buf_str(&lines, ",\"text\":");
        buf_json(&lines, o->list[i].body);
        buf_str(&lines, "}\n");
    }
    if (!buf_ok(&lines) || write(fd, lines.p, lines.n) != (ssize_t)lines.n || fsync(fd) != 0)
        rc = err_set(e, ERR_IO, "写不了消息文件：%s", strerror(errno));
    buf_done(&lines);
    close(fd);
    return rc;
}

static int run_messages(struct app *app, int64_t now, struct err *e)
{
    for (;;) {
        struct outbox o = { .app = app, .arena = arena_new(), .now = now };
        int rc = db_peek(app->db, take_messages, &o, e);
        size_t n = o.n;
        if (rc == 0 && n > 0)
            rc = write_sink(&o, e);
        if (rc == 0 && n > 0)
            rc = db_write(app->db, mark_sent, &o, e);
        arena_free(o.arena);
        if (rc < 0 || n < MESSAGE_BATCH)
            return rc;
    }
}

enum { INCOMING_SECONDS = 24 * 3600 };

static int run_purge(struct app *app, int64_t now, struct err *e)
{
    blob_sweep(app->data_dir.p, INCOMING_SECONDS);
    return account_purge(app, now, e);
}

static int run_clocks(struct app *app, int64_t now, struct err *e)
{
    return calendar_steady(app, clock_run, now, e);
}

static const struct kind {
    const char *name;
    int (*run)(struct app *app, int64_t now, struct err *e);
    int64_t period_ms;
} KINDS[] = {
    { "calendar", calendar_refresh, 1000 },
    { "clocks", run_clocks, 5000 },
    { "messages", run_messages, 1000 },
    { "tree_head", ledger_sign_head, 2000 },
    { "purge", run_purge, 3600000 },
};
enum { N_KINDS = sizeof KINDS / sizeof KINDS[0] };

static void run_kind(struct app *app, const struct kind *k)
{
    struct arena *a = arena_new();
    struct err e;
    err_init(&e, a);
    int rc = k->run(app, clock_now_ms(), &e);
    if (rc < 0)
        LOG(LOG_ERROR, "job_failed", LOG_T("job", sv_of(k->name)),
            LOG_T("code", sv_of(err_key(rc))), LOG_T("detail", sv_of(err_text(&e))));
    arena_free(a);
}

void jobs_run_once(struct app *app)
{
    for (int i = 0; i < N_KINDS; i++)
        run_kind(app, &KINDS[i]);
}

static void *jobs_main(void *arg)
{
    struct jobs *j = arg;
    int64_t due[N_KINDS] = { 0 };
    pthread_mutex_lock(&j->lock);
    while (!j->stopping) {
        struct timespec until;
        pthread_mutex_unlock(&j->lock);
        for (int i = 0; i < N_KINDS; i++)
            if (clock_monotonic_us() / 1000 >= due[i]) {
                run_kind(j->app, &KINDS[i]);
                due[i] = clock_monotonic_us() / 1000 + KINDS[i].period_ms;
            }
        clock_gettime(CLOCK_REALTIME, &until);
        until.tv_sec += 1;
        pthread_mutex_lock(&j->lock);
        if (!j->stopping)
            pthread_cond_timedwait(&j->wake, &j->lock, &until);
    }
    pthread_mutex_unlock(&j->lock);
    return NULL;
}

struct jobs *jobs_start(struct app *app)
{
    struct jobs *j = mem_new(sizeof *j);
    j->app = app;
    pthread_mutex_init(&j->lock, NULL);
    pthread_cond_init(&j->wake, NULL);
    if (pthread_create(&j->thread, NULL, jobs_main, j) != 0)
        abort();
    return j;
}

void jobs_stop(struct jobs *j)
{
    if (!j)
        return;
    pthread_mutex_lock(&j->lock);
    j->stopping = true;
    pthread_cond_signal(&j->wake);
    pthread_mutex_unlock(&j->lock);
    pthread_join(j->thread, NULL);
    pthread_mutex_destroy(&j->lock);
    pthread_cond_destroy(&j->wake);
    free(j);
}
