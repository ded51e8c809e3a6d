/* jobs: see jobs.h. Two lanes, a thread each: the law's clocks must not wait for a gateway that
 * does not answer. Each kind has its period. A failing job is logged and tried again at its next
 * turn; nothing depends on a turn not being missed, since work is found by its state. */
#include "job/jobs.h"

#include <pthread.h>
#include <stdlib.h>
#include <time.h>

#include "job/channel.h"
#include "job/outbox.h"
#include "service/account.h"
#include "service/acts.h"
#include "service/calendar.h"
#include "service/ledger.h"
#include "service/warn.h"
#include "sys/clock.h"
#include "sys/files.h"
#include "sys/log.h"

enum lane { LANE_HOUSE, LANE_OUTSIDE, LANES };

struct lane_thread { struct jobs *jobs; enum lane lane; pthread_t thread; };

struct jobs {
    struct app *app;
    struct lane_thread lanes[LANES];
    pthread_mutex_t lock;
    pthread_cond_t wake;
    bool stopping;
};

enum { INCOMING_SECONDS = 24 * 3600 };

static int run_purge(struct app *app, int64_t now, struct err *e)
{
    blob_sweep(app->data_dir.p, INCOMING_SECONDS);
    return account_purge(app, now, e);
}

static int run_warnings(struct app *app, int64_t now, struct err *e)
{
    int rc = warn_run(app, now, e);
    return rc < 0 ? rc : 0;
}

static int run_clocks(struct app *app, int64_t now, struct err *e)
{
    return calendar_steady(app, clock_run, now, e);
}

static const struct kind {
    const char *name;
    int (*run)(struct app *app, int64_t now, struct err *e); /* 1 = there is more to do now */
    int64_t period_ms;
    enum lane lane;
} KINDS[] = {
    { "calendar", calendar_refresh, 1000, LANE_HOUSE },
    { "clocks", run_clocks, 5000, LANE_HOUSE },
    { "warnings", run_warnings, 20000, LANE_HOUSE },
    { "messages", outbox_run, 1000, LANE_OUTSIDE },
    { "tree_head", ledger_sign_head, 2000, LANE_HOUSE },
    { "purge", run_purge, 3600000, LANE_HOUSE },
};
enum { N_KINDS = sizeof KINDS / sizeof KINDS[0] };

static int run_kind(struct app *app, const struct kind *k)
{
    struct arena *a = arena_new();
    struct err e;
    err_init(&e, a);
    int rc = k->run(app, clock_now_ms(), &e);
    if (rc < 0)
        LOG(LOG_ERROR, "job_failed", LOG_T("job", sv_of(k->name)),
            LOG_T("code", sv_of(err_key(rc))), LOG_T("detail", sv_of(err_text(&e))));
    arena_free(a);
    return rc;
}

void jobs_run_once(struct app *app)
{
    for (int i = 0; i < N_KINDS; i++)
        if (KINDS[i].lane == LANE_HOUSE)
            run_kind(app, &KINDS[i]);
}

static void *jobs_main(void *arg)
{
    const struct lane_thread *l = arg;
    struct jobs *j = l->jobs;
    int64_t due[N_KINDS] = { 0 };
    pthread_mutex_lock(&j->lock);
    while (!j->stopping) {
        struct timespec until;
        bool more = false;
        pthread_mutex_unlock(&j->lock);
        for (int i = 0; i < N_KINDS; i++)
            if (KINDS[i].lane == l->lane && clock_monotonic_us() / 1000 >= due[i]) {
                bool again = run_kind(j->app, &KINDS[i]) == 1;
                more |= again;
                due[i] = clock_monotonic_us() / 1000 + (again ? 0 : KINDS[i].period_ms);
            }
        clock_gettime(CLOCK_REALTIME, &until);
        until.tv_sec += 1;
        pthread_mutex_lock(&j->lock);
        if (!j->stopping && !more)
            pthread_cond_timedwait(&j->wake, &j->lock, &until);
    }
    pthread_mutex_unlock(&j->lock);
    return NULL;
}

struct jobs *jobs_start(struct app *app)
{
    struct jobs *j = mem_new(sizeof *j);
    j->app = app;
    channel_init();
    pthread_mutex_init(&j->lock, NULL);
    pthread_cond_init(&j->wake, NULL);
    for (int i = 0; i < LANES; i++) {
        j->lanes[i] = (struct lane_thread){ .jobs = j, .lane = (enum lane)i };
        if (pthread_create(&j->lanes[i].thread, NULL, jobs_main, &j->lanes[i]) != 0)
            abort();
    }
    return j;
}

void jobs_stop(struct jobs *j)
{
    if (!j)
        return;
    pthread_mutex_lock(&j->lock);
    j->stopping = true;
    pthread_cond_broadcast(&j->wake);
    pthread_mutex_unlock(&j->lock);
    for (int i = 0; i < LANES; i++)
        pthread_join(j->lanes[i].thread, NULL);
    pthread_mutex_destroy(&j->lock);
    pthread_cond_destroy(&j->wake);
    free(j);
}
