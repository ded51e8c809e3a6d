/* supervise_clock: reminders and escalation of supervision (P30), and the beginning of it for permits
 * from before. What is due is found by date; a mark on the row and the notice's dedupe key see to it
 * that nobody is told twice. */
#include "service/supervise.h"
#include "service/tell_supervise.h"

enum { BATCH = 100, SOON = 1, PASSED = 2 };

/* ---- reminders ---- */

struct warn_ctx { struct app *app; int64_t now; struct arena *arena; int64_t *ids; size_t n, at;
                  int told; };

static int find_due(struct db_conn *c, void *ctx, struct err *e)
{
    struct warn_ctx *w = ctx;
    return supervision_to_warn(c, date_of_ms(w->now), BATCH, w->arena, &w->ids, &w->n, e);
}

static int warn_one(struct db_conn *c, void *ctx, struct err *e)
{
    struct warn_ctx *w = ctx;
    struct arena *a = arena_new();
    struct supervision_entry x;
    int rc = supervision_find(c, w->ids[w->at], a, &x, e);
    if (rc == 1) {
        enum signal s = supervision_signal(&x.task.clock, date_of_ms(w->now));
        rc = s == SIGNAL_RED || s == SIGNAL_YELLOW
                 ? supervision_mark_warned(c, x.task.id, s == SIGNAL_RED ? PASSED : SOON, e) : 0;
        if (rc == 1) {
            rc = tell_supervision_due(w->app, c, &x, s == SIGNAL_RED, w->now, e);
            w->told++;
        }
    }
    arena_free(a);
    return rc < 0 ? rc : 0;
}

int supervise_warn_run(struct app *app, int64_t now, struct err *e)
{
    int total = 0;
    for (;;) {
        struct warn_ctx w = { .app = app, .now = now, .arena = arena_new() };
        int rc = db_read(app->db, find_due, &w, e);
        for (w.at = 0; rc == 0 && w.at < w.n; w.at++)
            rc = db_write(app->db, warn_one, &w, e);
        size_t n = w.n;
        total += w.told;
        arena_free(w.arena);
        if (rc < 0 || n < BATCH)
            return rc < 0 ? rc : total;
    }
}

/* ---- permits from before ---- */

#define BEGUN SV("supervision_begun")

struct begin_ctx { struct app *app; int64_t now, after; size_t n; bool begun; };

static int already(struct db_conn *c, void *ctx, struct err *e)
{
    struct begin_ctx *x = ctx;
    struct arena *a = arena_new();
    struct sv value;
    int rc = meta_get(c, BEGUN, a, &value, e);
    x->begun = rc == 1;
    arena_free(a);
    return rc < 0 ? rc : 0;
}

static int begin_one(struct app *app, struct db_conn *c, const struct permit_row *p, int64_t now,
                     struct arena *a, struct err *e)
{
    struct permit_event_row *events;
    struct supervision_entry *tasks;
    size_t n, n_tasks = 0;
    int rc = supervision_of_permit(c, p->id, a, &tasks, &n_tasks, e);
    if (rc == 0)
        rc = permit_events_of(c, p->id, a, &events, &n, e);
    if (rc != 0 || n_tasks || n == 0)
        return rc;
    struct supervise_decision d = supervise_decision_of(p, &events[0]);
    d.now = now; /* known to the departments from now on */
    d.old = true;
    return supervise_decided(app, c, &d, e);
}

static int begin_tx(struct db_conn *c, void *ctx, struct err *e)
{
    struct begin_ctx *x = ctx;
    struct arena *a = arena_new();
    struct permit_row *list;
    int rc = permit_scan(c, x->after, BATCH, a, &list, &x->n, e);
    for (size_t i = 0; rc == 0 && i < x->n; i++) {
        x->after = list[i].id;
        if (sv_is(list[i].state, "valid"))
            rc = begin_one(x->app, c, &list[i], x->now, a, e);
    }
    if (rc == 0 && x->n == 0)
        rc = meta_set(c, BEGUN, SV("1"), e);
    arena_free(a);
    return rc;
}

int supervise_backfill(struct app *app, int64_t now, struct err *e)
{
    struct begin_ctx x = { .app = app, .now = now };
    int rc = db_read(app->db, already, &x, e);
    if (rc < 0 || x.begun)
        return rc;
    do
        rc = db_write(app->db, begin_tx, &x, e);
    while (rc == 0 && x.n > 0);
    return rc;
}
