/* jobs: see jobs.h. A thread for each lane: the law's clocks must not wait for a gateway that
 * does not answer or for packages being made, and nothing may hold up taking keys over (cmd_keys.c
 * counts on seconds). Each kind has its period. A failing job is logged and tried again at its next
 * turn; nothing depends on a turn not being missed, since work is found by its state. */
#include "job/jobs.h"

#include <pthread.h>
#include <stdlib.h>
#include <time.h>

#include "job/channel.h"
#include "job/outbox.h"
#include "service/account.h"
#include "service/acts.h"
#include "service/archive.h"
#include "service/calendar.h"
#include "service/keys.h"
#include "service/ledger.h"
#include "service/office.h"
#include "service/permits.h"
#include "service/personal.h"
#include "service/register.h"
#include "service/supervise.h"
#include "service/warn.h"
#include "sys/clock.h"
#include "sys/files.h"
#include "sys/log.h"

enum lane { LANE_HOUSE, LANE_OUTSIDE, LANE_KEYS, LANE_ARCHIVE, LANES };

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
    if (rc >= 0)
        rc = supervise_warn_run(app, now, e);
    return rc < 0 ? rc : 0;
}

static int run_clocks(struct app *app, int64_t now, struct err *e)
{
    return calendar_steady(app, clock_run, now, e);
}

static int run_permits(struct app *app, int64_t now, struct err *e)
{
    int rc = permit_clock_run(app, now, e);
    if (rc >= 0)
        rc = permit_remind_run(app, now, e);
    return rc < 0 ? rc : 0;
}

static int run_supervision(struct app *app, int64_t now, struct err *e)
{
    return calendar_steady(app, supervise_backfill, now, e);
}

static const struct kind {
    const char *name;
    int (*run)(struct app *app, int64_t now, struct err *e); /* 1 = there is more to do now */
    int64_t period_ms;
    enum lane lane;
    bool later; /* its first turn is one period after the start: what starts (or wakes) up has other
                   things to do */
} KINDS[] = {
    { "catalog", office_run, 1000, LANE_HOUSE, false },
    { "keys", keys_refresh, 1000, LANE_KEYS, false },
    { "calendar", calendar_refresh, 1000, LANE_HOUSE, false },
    { "clocks", run_clocks, 5000, LANE_HOUSE, false },
    { "permits", run_permits, 5000, LANE_HOUSE, false },
    { "supervision", run_supervision, 10000, LANE_HOUSE, false },
    { "warnings", run_warnings, 20000, LANE_HOUSE, false },
    { "messages", outbox_run, 1000, LANE_OUTSIDE, false },
    { "tree_head", ledger_sign_head, 2000, LANE_HOUSE, false },
    { "readings", personal_log_waiting, 2000, LANE_HOUSE, false },
    { "purge", run_purge, 3600000, LANE_HOUSE, false },
    { "archive", archive_run, 3600000, LANE_ARCHIVE, true },
    { "register", register_care_run, 30000, LANE_HOUSE, false },
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

/* When a job's next turn is, on two clocks; the first to get there counts. The day jumps ahead of
 * the monotonic clock when a machine wakes from sleep (and when a test moves it): what fell due
 * meanwhile is done at once. It falls behind when somebody sets it back: nothing waits for that. */
struct turn { int64_t mono_ms, day_ms; };

static struct turn turn_after(int64_t ms, bool later)
{
    return (struct turn){ .mono_ms = clock_monotonic_us() / 1000 + ms,
                          .day_ms = later ? INT64_MAX : clock_now_ms() + ms };
}

static bool turn_come(const struct turn *t)
{
    return clock_monotonic_us() / 1000 >= t->mono_ms || clock_now_ms() >= t->day_ms;
}

static void *jobs_main(void *arg)
{
    const struct lane_thread *l = arg;
    struct jobs *j = l->jobs;
    struct turn next[N_KINDS];
    for (int i = 0; i < N_KINDS; i++)
        next[i] = turn_after(KINDS[i].later ? KINDS[i].period_ms : 0, KINDS[i].later);
    pthread_mutex_lock(&j->lock);
    while (!j->stopping) {
        struct timespec until;
        bool more = false;
        pthread_mutex_unlock(&j->lock);
        for (int i = 0; i < N_KINDS; i++)
            if (KINDS[i].lane == l->lane && turn_come(&next[i])) {
                bool again = run_kind(j->app, &KINDS[i]) == 1;
                more |= again;
                next[i] = turn_after(again ? 0 : KINDS[i].period_ms, KINDS[i].later);
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
