/* calendar: noticing an import and counting open deadlines anew. See calendar.h.
 *
 * Counting goes case by case in small write transactions, so that nobody waits long; a case
 * acted upon in between is simply counted by the new calendar already. What does not move is
 * not written.
 */
#include "service/acts.h"
#include "service/calendars.h"
#include "sys/clock.h"

enum { BATCH = 50 };
/* The importing node counts at once; the others only if it has not told that it is done by then
 * (it died), else they would do the same work three times. */
#define SETTLE_PATIENCE_US INT64_C(20000000)

struct sweep {
    struct app *app;
    int64_t after; /* cases up to here are done */
    size_t n;      /* cases of the last batch */
    int moved;
    int failed;    /* of the last case that could not be counted */
};

/* What the events of an item (0: of the case) come to by the calendar as it is now. */
static struct timer replay(const struct sweep *s, const struct bundle *b, int64_t item_id,
                           struct arena *a)
{
    struct timer_event *events = arena_array(a, b->n_events + 1, sizeof *events);
    size_t n = 0;
    for (size_t k = 0; k < b->n_events; k++)
        if (b->events[k].item_id == item_id)
            events[n++] = (struct timer_event){ b->events[k].on, b->events[k].clock,
                                                b->events[k].holder, b->events[k].extended };
    return timer_replay(app_calendar(s->app, b->row.region), events, n);
}

static int move_joint(struct db_conn *c, struct sweep *s, struct bundle *b, struct arena *a,
                      int *moved, struct err *e)
{
    struct case_row *row = &b->row;
    int32_t due_on = row->joint_due_on;
    int64_t used = row->joint.used;
    if (row->joint_started_on == DATE_NONE)
        return 0;
    row->joint = replay(s, b, 0, a);
    row->joint_due_on = timer_due(&row->joint, app_calendar(s->app, row->region), JOINT_DAYS);
    *moved += row->joint_due_on != due_on;
    return row->joint_due_on == due_on && row->joint.used == used ? 0 : case_set_joint(c, row, e);
}

/* What waits to be delivered has its last day by the same calendar (P17). */
static int move_delivery(struct db_conn *c, struct sweep *s, struct bundle *b, int *moved,
                         struct err *e)
{
    int32_t due_on = b->row.deliver_by;
    acts_set_delivery(s->app, b);
    if (b->row.deliver_by == due_on)
        return 0;
    (*moved)++;
    return case_set_delivery(c, &b->row, e);
}

static int move_items(struct db_conn *c, struct sweep *s, struct bundle *b, struct arena *a,
                      int *moved, struct err *e)
{
    int rc = 0;
    for (size_t i = 0; rc == 0 && i < b->n_items; i++) {
        struct item_row *item = &b->items[i];
        int32_t due_on = item->due_on;
        int32_t yellow_on = item->yellow_on;
        if (!item_open(item->state))
            continue;
        int64_t used = item->timer.used;
        item->timer = replay(s, b, item->id, a);
        item_set_clock(s->app, b, item);
        if (item->due_on == due_on && item->yellow_on == yellow_on && item->timer.used == used)
            continue;
        *moved += item->due_on != due_on;
        rc = item_set_time(c, item, e);
    }
    return rc;
}

/* A draft leaves on the last of the five days of whoever waits (as correction.c set it). */
static int32_t draft_due(const struct app *app, const struct bundle *b)
{
    int32_t due = DATE_NONE;
    for (size_t i = 0; i < b->n_items; i++) {
        const struct item_row *item = &b->items[i];
        if (item->state != ITEM_RECEIVED && item->state != ITEM_CORRECTING)
            continue;
        int32_t own = calendar_add(app_calendar(app, item->region), item->received_on,
                                   SILENCE_DAYS);
        due = due == DATE_NONE || own < due ? own : due;
    }
    return due;
}

/* The notice that went out has a date printed on it, and the applicant may rely on that: it moves
 * only later, never earlier, whatever the new calendar says. */
static int move_correction(struct db_conn *c, struct sweep *s, struct bundle *b, int *moved,
                           struct err *e)
{
    struct correction_row *k = &b->correction;
    int32_t due = DATE_NONE;
    if (!b->has_correction)
        return 0;
    if (sv_is(k->state, "draft"))
        due = draft_due(s->app, b);
    if (sv_is(k->state, "issued")) {
        due = calendar_add(app_calendar(s->app, b->row.region), date_of_ms(k->issued_at),
                           correction_days(b));
        due = due < k->due_on ? k->due_on : due;
    }
    if (due == DATE_NONE || due == k->due_on)
        return 0;
    (*moved)++;
    k->due_on = due;
    return correction_set_due(c, k->id, due, e);
}

static int count_case(struct db_conn *c, struct sweep *s, int64_t case_id, struct err *e)
{
    struct arena *a = arena_new();
    struct bundle b = { 0 };
    int moved = 0;
    int rc = bundle_load(s->app, c, case_id, WITH_ITEMS | WITH_CORRECTION | WITH_PROCESS, a,
                         &b, e);
    if (rc == 1) {
        rc = move_joint(c, s, &b, a, &moved, e);
        if (rc == 0)
            rc = move_correction(c, s, &b, &moved, e); /* before the items that wait for it */
        if (rc == 0)
            rc = move_items(c, s, &b, a, &moved, e);
        if (rc == 0)
            rc = move_delivery(c, s, &b, &moved, e);
    }
    if (rc == 0)
        s->moved += moved;
    bundle_done(&b);
    arena_free(a);
    return rc;
}

/* A case whose catalogue is damaged is reported, but keeps nobody else's deadline wrong. */
static int count_batch(struct db_conn *c, void *ctx, struct err *e)
{
    struct sweep *s = ctx;
    struct arena *a = arena_new();
    struct sweep done = *s;
    int64_t *cases;
    int rc = calendar_open_cases(c, s->after, BATCH, a, &cases, &done.n, e);
    for (size_t i = 0; rc == 0 && i < done.n; i++) {
        rc = count_case(c, &done, cases[i], e);
        done.after = cases[i];
        if (rc == ERR_CORRUPT) {
            done.failed = rc;
            rc = 0;
        }
    }
    if (rc == 0)
        *s = done;
    arena_free(a);
    return rc;
}

struct settle { struct arena *arena; int64_t version; };

static int mark_settled(struct db_conn *c, void *ctx, struct err *e)
{
    const struct settle *x = ctx;
    return meta_set(c, CALENDAR_SETTLED,
                    arena_printf_sv(x->arena, "%lld", (long long)x->version), e);
}

int calendar_recompute(struct app *app, int64_t now, struct err *e)
{
    struct sweep s = { .app = app };
    struct settle done = { .version = calendars_now(app)->version };
    int rc;
    (void)now; /* deadlines run from the days of their events, whatever day it is today */
    do
        rc = db_write(app->db, count_batch, &s, e);
    while (rc == 0 && s.n == BATCH);
    if (rc == 0) {
        done.arena = arena_new();
        rc = db_write(app->db, mark_settled, &done, e);
        arena_free(done.arena);
    }
    if (rc == 0)
        rc = s.failed;
    return rc < 0 ? rc : s.moved;
}

struct look { struct arena *arena; int64_t version, settled; };

static int look_tx(struct db_conn *c, void *ctx, struct err *e)
{
    struct look *x = ctx;
    return calendar_versions(c, x->arena, &x->version, &x->settled, e);
}

/* An import on another node, or by the command line beside us. */
static int follow(struct app *app, struct look *x, struct err *e)
{
    int rc = calendars_load(app, &x->settled, e);
    if (rc == 0) {
        app->calendars->settled = false;
        app->calendars->settle_at_us = clock_monotonic_us() + SETTLE_PATIENCE_US;
    }
    return rc;
}

static int refresh_locked(struct app *app, int64_t now, struct err *e)
{
    struct calendars *cs = app->calendars;
    struct look x = { .arena = arena_new() };
    int rc = db_peek(app->db, look_tx, &x, e);
    if (rc == 0 && x.version != calendars_now(app)->version)
        rc = follow(app, &x, e);
    /* Also when the other is done: what we counted by the old calendar meanwhile. */
    if (rc == 0 && !cs->settled &&
        (x.settled == calendars_now(app)->version || clock_monotonic_us() >= cs->settle_at_us)) {
        rc = calendar_recompute(app, now, e);
        cs->settled = rc >= 0 || rc == ERR_CORRUPT;
    }
    arena_free(x.arena);
    return rc;
}

int calendar_rebuild(struct app *app, struct err *e)
{
    struct look x = { .arena = arena_new() };
    pthread_mutex_lock(&app->calendars->lock);
    int rc = follow(app, &x, e);
    pthread_mutex_unlock(&app->calendars->lock);
    arena_free(x.arena);
    return rc;
}

int calendar_refresh(struct app *app, int64_t now, struct err *e)
{
    pthread_mutex_lock(&app->calendars->lock);
    int rc = refresh_locked(app, now, e);
    pthread_mutex_unlock(&app->calendars->lock);
    return rc;
}

int calendar_steady(struct app *app, int (*run)(struct app *, int64_t, struct err *), int64_t now,
                    struct err *e)
{
    pthread_mutex_lock(&app->calendars->lock);
    int rc = refresh_locked(app, now, e);
    if (rc >= 0 && app->calendars->settled)
        rc = run(app, now, e);
    pthread_mutex_unlock(&app->calendars->lock);
    return rc;
}
