/* clocks: silence and lapse have legal effect by themselves (P4, P5, P7, P21).
 *
 * What fell due is found by looking at the state, not at timers: whatever happened meanwhile
 * (server down, clock moved), the next run does it once, with the legal date as effective date
 * and now as the record date.
 */
#include "service/acts.h"
#include "service/review.h"

enum { BATCH = 50 };

int clock_accept_silent(struct app *app, struct db_conn *c, struct bundle *b, size_t i,
                        int64_t now, struct err *e)
{
    struct item_row *item = &b->items[i];
    struct item_facts f = item_facts_of(app, b, item, NULL, date_of_ms(now));
    if (!f.silence_passed)
        return 0;
    int to = item_step(item->state, ACT_DEEM_ACCEPTED, BY_CLOCK, &f, e);
    if (to < 0)
        return to;
    item->state = (enum item_state)to;
    item->accepted_on = item->received_on; /* deemed accepted as of receipt */
    item->accept_deemed = true;
    int rc = acts_put_item(app, c, b, i, e);
    return rc < 0 ? rc : acts_log(app, c, b, (int)i, ACT_DEEM_ACCEPTED, NULL, item->received_on,
                                  NULL, now, e);
}

static int end_lapsed(struct app *app, struct db_conn *c, struct bundle *b, size_t i, int64_t now,
                      struct err *e)
{
    struct item_row *item = &b->items[i];
    struct item_facts f = item_facts_of(app, b, item, NULL, date_of_ms(now));
    if (item->state != ITEM_CORRECTING || !f.correction_sent || !f.correction_overdue)
        return 0;
    int to = item_step(item->state, ACT_END_CORRECTION, BY_CLOCK, &f, e);
    if (to < 0)
        return to;
    item->state = (enum item_state)to;
    item->closed_on = b->correction.due_on;
    item->reason = SV("补正期限届满未补正，终止办理，不影响重新申请");
    int rc = acts_put_item(app, c, b, i, e);
    return rc < 0 ? rc : acts_log(app, c, b, (int)i, ACT_END_CORRECTION, NULL,
                                  b->correction.due_on, NULL, now, e);
}

struct tick_ctx { struct app *app; int64_t now; int64_t case_id; int done; };

/* The gathered notice must be out within the first 5-day limit (art. 32): at 17:00 of that day,
 * so that departments have the day and the applicant the evening. */
static bool notice_leaves(const struct bundle *b, int64_t now)
{
    const int64_t hour = INT64_C(3600000);
    return b->has_correction && sv_is(b->correction.state, "draft") &&
           now >= date_start_ms(b->correction.due_on) + 17 * hour;
}

static int64_t version_sum(const struct bundle *b)
{
    int64_t sum = 0;
    for (size_t i = 0; i < b->n_items; i++)
        sum += b->items[i].version;
    return sum;
}

static int tick_items(struct db_conn *c, struct tick_ctx *t, struct bundle *b, struct err *e)
{
    bool leaves = notice_leaves(b, t->now);
    int rc = 0;
    for (size_t i = 0; rc == 0 && i < b->n_items; i++)
        rc = clock_accept_silent(t->app, c, b, i, t->now, e);
    if (rc == 0)
        rc = correction_send_if_due(t->app, c, b, leaves, t->now, e);
    for (size_t i = 0; rc == 0 && !leaves && i < b->n_items; i++)
        rc = end_lapsed(t->app, c, b, i, t->now, e);
    return rc == 0 ? correction_close_if_done(c, b, "ended", e) : rc;
}

/* Bring one case up to date with the calendar. */
static int tick_case(struct db_conn *c, void *ctx, struct err *e)
{
    struct tick_ctx *t = ctx;
    struct arena *a = arena_new();
    struct bundle b = { 0 };
    int rc = bundle_load(t->app, c, t->case_id, WITH_ITEMS | WITH_CORRECTION, a, &b, e);
    if (rc == 1) {
        int64_t before = version_sum(&b);
        struct sv state = b.correction.state;
        rc = tick_items(c, t, &b, e);
        if (rc == 0 && (version_sum(&b) != before || !sv_eq(state, b.correction.state))) {
            t->done = 1;
            rc = acts_put_case(c, &b, t->now, e);
            if (rc == 0)
                rc = acts_tell_if_closed(c, &b, t->now, e);
        }
    }
    bundle_done(&b);
    arena_free(a);
    return rc;
}

struct due_ctx { int32_t today; struct arena *arena; int64_t cases[3 * BATCH]; size_t n; };

static void due_add(struct due_ctx *d, int64_t case_id)
{
    for (size_t i = 0; i < d->n; i++)
        if (d->cases[i] == case_id)
            return;
    d->cases[d->n++] = case_id;
}

static int find_due(struct db_conn *c, void *ctx, struct err *e)
{
    struct due_ctx *d = ctx;
    static const char *const states[] = { "draft", "issued" };
    struct item_row *items;
    struct correction_row *corrections;
    size_t n;
    int rc = item_list_overdue(c, ITEM_RECEIVED, d->today, BATCH, d->arena, &items, &n, e);
    for (size_t i = 0; rc == 0 && i < n; i++)
        due_add(d, items[i].case_id);
    for (size_t s = 0; rc == 0 && s < 2; s++) {
        /* A draft leaves on its last day, an unanswered notice lapses after it. */
        int32_t before = s == 0 ? d->today + 1 : d->today;
        rc = correction_list_overdue(c, sv_of(states[s]), before, BATCH, d->arena, &corrections,
                                     &n, e);
        for (size_t i = 0; rc == 0 && i < n; i++)
            due_add(d, corrections[i].case_id);
    }
    return rc;
}

/* A case that cannot be brought up to date is reported, but stops nobody else's clock. */
int clock_run(struct app *app, int64_t now, struct err *e)
{
    int total = 0;
    for (;;) {
        struct due_ctx due = { .today = date_of_ms(now), .arena = arena_new() };
        int done = 0;
        int failed = 0;
        int rc = db_read(app->db, find_due, &due, e);
        for (size_t i = 0; rc == 0 && i < due.n; i++) {
            struct tick_ctx t = { .app = app, .now = now, .case_id = due.cases[i] };
            int one = db_write(app->db, tick_case, &t, e);
            failed = one < 0 ? one : failed;
            done += one < 0 ? 0 : t.done;
        }
        arena_free(due.arena);
        if (rc < 0)
            return rc;
        total += done;
        if (done == 0)
            return failed < 0 ? failed : total;
    }
}
