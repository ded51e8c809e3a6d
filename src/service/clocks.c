/* clocks: silence and lapse have legal effect by themselves (P4, P5, P7, P21).
 *
 * What fell due is found by looking at the state, not at timers: whatever happened meanwhile
 * (server down, clock moved), the next run does it once, with the legal date as effective date
 * and now as the record date.
 */
#include <stdio.h>

#include "service/acts.h"
#include "service/review.h"
#include "service/tell.h"
#include "service/tolerance.h"

enum { BATCH = 50 };

int clock_accept_silent(struct app *app, struct db_conn *c, struct bundle *b, size_t i,
                        int64_t now, struct err *e)
{
    struct item_row *item = &b->items[i];
    struct step s = { .act = ACT_DEEM_ACCEPTED, .by = BY_CLOCK, .on = item->received_on,
                      .now = now, .reason = SV("五日内未告知补正，自收到申请材料之日起即为受理") };
    s.facts = item_facts_of(b, item, NULL, date_of_ms(now));
    if (!(s.facts & NEED(SILENCE_PASSED)))
        return 0;
    int rc = acts_begin(b, item, &s, e);
    if (rc != 0)
        return rc;
    char paper[48];
    snprintf(paper, sizeof paper, "acceptance-%lld", (long long)item->id);
    s.paper = sv_of(paper);
    item->accepted_on = item->received_on; /* deemed accepted as of receipt */
    item->accept_deemed = true;
    rc = acts_end(app, c, b, i, &s, e);
    return rc == 0 ? tell_item(&(struct tell){ app, c, b, now }, item, s.act, e) : rc;
}

static int end_lapsed(struct app *app, struct db_conn *c, struct bundle *b, size_t i, int64_t now,
                      struct err *e)
{
    struct item_row *item = &b->items[i];
    struct step s = { .act = ACT_END_CORRECTION, .by = BY_CLOCK, .on = b->correction.due_on,
                      .now = now, .reason = SV("补正期限届满未补正，终止办理，不影响重新申请") };
    s.facts = item_facts_of(b, item, NULL, date_of_ms(now));
    if (item->state != ITEM_CORRECTING || !(s.facts & NEED(ANSWER_OVERDUE)))
        return 0;
    int rc = acts_begin(b, item, &s, e);
    if (rc != 0)
        return rc;
    char paper[48];
    snprintf(paper, sizeof paper, "ended-%lld", (long long)item->id);
    s.paper = sv_of(paper);
    item->closed_on = b->correction.due_on;
    item->reason = s.reason;
    rc = acts_end(app, c, b, i, &s, e);
    return rc == 0 ? tell_item(&(struct tell){ app, c, b, now }, item, s.act, e) : rc;
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
    if (rc == 0)
        rc = correction_close_if_done(c, b, "ended", e);
    if (rc == 0)
        rc = visit_close_if_done(t->app, c, b, t->now, e);
    return rc == 0 ? tolerance_tick(t->app, c, b, t->now, &t->done, e) : rc;
}

/* Bring one case up to date with the calendar. */
static int tick_case(struct db_conn *c, void *ctx, struct err *e)
{
    struct tick_ctx *t = ctx;
    struct arena *a = arena_new();
    struct bundle b = { 0 };
    int rc = bundle_load(t->app, c, t->case_id, WITH_ITEMS | WITH_CORRECTION | WITH_COMMITMENTS |
                         WITH_VISITS, a, &b, e);
    if (rc == 1) {
        int64_t before = version_sum(&b);
        struct sv state = b.correction.state;
        rc = tick_items(c, t, &b, e);
        if (rc == 0 && (version_sum(&b) != before || !sv_eq(state, b.correction.state) ||
                        t->done)) {
            t->done = 1;
            rc = acts_put_case(t->app, c, &b, t->now, e);
            if (rc == 0)
                rc = acts_tell_if_closed(t->app, c, &b, t->now, e);
        }
    }
    bundle_done(&b);
    arena_free(a);
    return rc;
}

struct due_ctx { int32_t today, warn_before; struct arena *arena; int64_t cases[5 * BATCH]; size_t n; };

static void due_add(struct due_ctx *d, int64_t case_id)
{
    for (size_t i = 0; i < d->n; i++)
        if (d->cases[i] == case_id)
            return;
    d->cases[d->n++] = case_id;
}

/* Promises that are over, or soon will be and nobody was reminded. */
static int find_promises(struct db_conn *c, struct due_ctx *d, struct err *e)
{
    int rc = 0;
    for (int warn = 0; rc == 0 && warn < 2; warn++) {
        struct commitment_row *list;
        size_t n;
        rc = commitment_list_due(c, warn ? d->warn_before : d->today, warn != 0, BATCH, d->arena,
                                 &list, &n, e);
        for (size_t i = 0; rc == 0 && i < n; i++)
            due_add(d, list[i].case_id);
    }
    return rc;
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
    return rc == 0 ? find_promises(c, d, e) : rc;
}

/* A case that cannot be brought up to date is reported, but stops nobody else's clock. */
int clock_run(struct app *app, int64_t now, struct err *e)
{
    int total = 0;
    for (;;) {
        struct due_ctx due = { .today = date_of_ms(now), .arena = arena_new() };
        due.warn_before = calendar_add(app_calendar(app, SV("")), due.today,
                                       COMMITMENT_WARN_DAYS) + 1;
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
