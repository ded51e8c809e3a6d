/* warn: see warn.h. What is due is found by state and date, as in clocks.c; a mark on the item and the
 * notice's dedupe key see to it that nobody is told twice. */
#include "service/warn.h"

#include "service/tell.h"

enum { BATCH = 100, SOON = 1, PASSED = 2 };

struct warn_ctx { struct app *app; int64_t now; struct arena *arena; struct item_row *items; size_t n;
                  size_t at; int told; };

static int find_items(struct db_conn *c, void *ctx, struct err *e)
{
    struct warn_ctx *w = ctx;
    return item_list_warn(c, date_of_ms(w->now), BATCH, w->arena, &w->items, &w->n, e);
}

/* Not our time: the applicant is reminded of the answer instead (P7: warned before), on the day the
 * clock turns yellow. */
static int remind_applicant(const struct tell *t, const struct item_row *i, struct err *e)
{
    int32_t today = date_of_ms(t->now);
    const struct calendar *c = app_calendar(t->app, i->region);
    int64_t left = t->b->correction.due_on == DATE_NONE
                       ? 0 : calendar_count(c, today, t->b->correction.due_on);
    return left > 0 ? tell_answer_due(t, left, e) : 0;
}

static int warn_item(struct db_conn *c, void *ctx, struct err *e)
{
    struct warn_ctx *w = ctx;
    struct arena *a = arena_new();
    struct bundle b = { 0 };
    const struct item_row *found = &w->items[w->at];
    int32_t today = date_of_ms(w->now);
    int rc = bundle_load(w->app, c, found->case_id, WITH_ITEMS | WITH_CORRECTION, a, &b, e);
    for (size_t i = 0; rc == 1 && i < b.n_items; i++) {
        struct item_row *x = &b.items[i];
        bool passed = x->due_on != DATE_NONE && today > x->due_on;
        struct tell t = { w->app, c, &b, w->now };
        if (x->id != found->id || x->due_on == DATE_NONE)
            continue;
        int marked = item_mark_warned(c, x->id, passed ? PASSED : SOON, e);
        if (marked == 1)
            marked = x->timer.holder == HOLDER_APPLICANT ? remind_applicant(&t, x, e)
                                                         : tell_deadline(&t, x, passed, e);
        w->told += marked >= 0;
        rc = marked < 0 ? marked : rc;
    }
    bundle_done(&b);
    arena_free(a);
    return rc < 0 ? rc : 0;
}

static int warn_items(struct app *app, int64_t now, struct err *e)
{
    int total = 0;
    for (;;) {
        struct warn_ctx w = { .app = app, .now = now, .arena = arena_new() };
        int rc = db_read(app->db, find_items, &w, e);
        for (w.at = 0; rc == 0 && w.at < w.n; w.at++)
            rc = db_write(app->db, warn_item, &w, e);
        size_t n = w.n;
        total += w.told;
        arena_free(w.arena);
        if (rc < 0 || n < BATCH)
            return rc < 0 ? rc : total;
    }
}

/* ---- delivery (P17) ---- */

struct deliver_warn { struct app *app; int64_t now; struct arena *arena; int64_t *cases; size_t n;
                      size_t at; int told; };

static int find_undelivered(struct db_conn *c, void *ctx, struct err *e)
{
    struct deliver_warn *w = ctx;
    return case_list_undelivered(c, date_of_ms(w->now), BATCH, w->arena, &w->cases, &w->n, e);
}

static int warn_undelivered(struct db_conn *c, void *ctx, struct err *e)
{
    struct deliver_warn *w = ctx;
    struct arena *a = arena_new();
    struct bundle b = { 0 };
    int rc = bundle_load(w->app, c, w->cases[w->at], WITH_ITEMS | WITH_CORRECTION, a, &b, e);
    if (rc == 1 && b.row.deliver_by != DATE_NONE) {
        bool passed = date_of_ms(w->now) > b.row.deliver_by;
        rc = case_mark_delivery_told(c, b.row.id, passed ? PASSED : SOON, e);
        if (rc == 1)
            rc = tell_undelivered(&(struct tell){ w->app, c, &b, w->now }, passed, e);
        w->told++;
    }
    bundle_done(&b);
    arena_free(a);
    return rc < 0 ? rc : 0;
}

static int warn_deliveries(struct app *app, int64_t now, struct err *e)
{
    int total = 0;
    for (;;) {
        struct deliver_warn w = { .app = app, .now = now, .arena = arena_new() };
        int rc = db_read(app->db, find_undelivered, &w, e);
        for (w.at = 0; rc == 0 && w.at < w.n; w.at++)
            rc = db_write(app->db, warn_undelivered, &w, e);
        size_t n = w.n;
        total += w.told;
        arena_free(w.arena);
        if (rc < 0 || n < BATCH)
            return rc < 0 ? rc : total;
    }
}

int warn_run(struct app *app, int64_t now, struct err *e)
{
    int items = warn_items(app, now, e);
    int cases = items < 0 ? items : warn_deliveries(app, now, e);
    return cases < 0 ? cases : items + cases;
}
