/* permit_clock: what time does to permits by itself (P21, P24, P26). Found by state and date, so a
 * missed turn or a stopped server changes the record date, never the effective one. */
#include "service/acts.h"
#include "service/permits.h"
#include "service/tell.h"
#include "service/tell_permit.h"

enum { BATCH = 100 };

int32_t permit_renew_by(const struct permit_row *p)
{
    return p->valid_until == DATE_NONE ? DATE_NONE : p->valid_until - RENEW_DAYS;
}

/* The item that asks for renewal, asked in time and waiting for the department. 1 / 0. */
static int renewal_in_time(struct db_conn *c, const struct permit_row *p, struct arena *a,
                           struct item_row *out, struct err *e)
{
    struct item_row *items;
    struct case_row row;
    size_t n;
    int rc = item_list_permit(c, p->id, a, &items, &n, e);
    for (size_t i = 0; rc == 0 && i < n; i++) {
        bool waits = items[i].state == ITEM_RECEIVED || items[i].state == ITEM_ACCEPTED;
        if (!waits)
            continue;
        rc = case_find(c, items[i].case_id, a, &row, e);
        if (rc == 1 && row.kind == KIND_RENEW &&
            date_of_ms(row.submitted_at) <= permit_renew_by(p)) {
            *out = items[i];
            return 1;
        }
        rc = rc < 0 ? rc : 0;
    }
    return rc;
}

/* As long as it was given for: in years where it was years, else in days. */
static int32_t end_again(const struct permit_row *p)
{
    int32_t end = p->valid_until;
    int years = date_civil(end + 1).year - date_civil(p->valid_from).year;
    if (years > 0 && date_add_years(p->valid_from, years) == end + 1)
        return date_add_years(end + 1, years) - 1;
    return end + (end - p->valid_from + 1);
}

/* Art. 50(2): not decided before the end is renewed, for as long as the permit was given. */
static int renew_by_silence(struct app *app, struct db_conn *c, struct permit_row *p,
                            const struct item_row *item, int64_t now, struct arena *a,
                            struct err *e)
{
    const uint64_t facts = NEED(RENEWAL_IN_TIME) | NEED(EXPIRY_PASSED);
    int32_t end = p->valid_until;
    struct permit_change x = {
        .act = ACT_RENEW_PERMIT, .now = now, .on = end, .facts = facts, .case_id = item->case_id,
        .item_id = item->id, .valid_from = end + 1,
        .valid_until = end_again(p),
        .reason = DEEMED_RENEWAL,
        .basis = SV("行政许可法第五十条第二款"),
    };
    struct bundle b = { 0 };
    int rc = bundle_load(app, c, item->case_id, WITH_ITEMS | WITH_CORRECTION, a, &b, e);
    for (size_t i = 0; rc == 1 && i < b.n_items; i++) {
        if (b.items[i].id != item->id)
            continue;
        struct step s = { .act = ACT_DEEM_RENEWED, .by = BY_CLOCK, .facts = facts, .on = end,
                          .now = now, .reason = x.reason };
        s.paper = arena_printf_sv(a, "decision-%lld", (long long)item->id);
        rc = acts_begin(&b, &b.items[i], &s, e);
        b.items[i].reason = x.reason;
        b.items[i].basis = x.basis;
        b.items[i].closed_on = end;
        b.items[i].number = p->number;
        b.items[i].valid_from = x.valid_from;
        b.items[i].valid_until = x.valid_until;
        if (rc == 0)
            rc = acts_end(app, c, &b, i, &s, e);
        if (rc == 0)
            rc = permit_change(app, c, p, &x, a, e);
        if (rc == 0)
            rc = tell_item(&(struct tell){ app, c, &b, now }, &b.items[i], s.act, e);
        if (rc == 0)
            rc = acts_put_case(app, c, &b, now, e);
        break;
    }
    bundle_done(&b);
    return rc < 0 ? rc : 0;
}

int permit_catch_up(struct app *app, struct db_conn *c, struct permit_row *p, int64_t now,
                    struct arena *a, struct err *e)
{
    struct item_row item = item_blank();
    if (!sv_is(p->state, "valid") || p->valid_until == DATE_NONE ||
        p->valid_until >= date_of_ms(now))
        return 0;
    int rc = renewal_in_time(c, p, a, &item, e);
    if (rc == 1) {
        rc = renew_by_silence(app, c, p, &item, now, a, e);
    } else if (rc == 0) {
        struct permit_change x = { .act = ACT_EXPIRE_PERMIT, .now = now, .on = p->valid_until + 1,
                                   .valid_from = DATE_NONE, .valid_until = DATE_NONE,
                                   .reason = SV("有效期届满未延续"),
                                   .basis = SV("行政许可法第七十条第一项") };
        rc = permit_change(app, c, p, &x, a, e);
    }
    return rc < 0 ? rc : 1;
}

struct clock_ctx { struct app *app; int64_t now, id; int64_t *ids; size_t n; struct arena *arena; };

static int find_ended(struct db_conn *c, void *ctx, struct err *e)
{
    struct clock_ctx *x = ctx;
    return permit_list_ended(c, date_of_ms(x->now), BATCH, x->arena, &x->ids, &x->n, e);
}

static int end_one(struct db_conn *c, void *ctx, struct err *e)
{
    struct clock_ctx *x = ctx;
    struct arena *a = arena_new();
    struct permit_row p;
    int rc = permit_find(c, x->id, a, &p, e);
    if (rc == 1)
        rc = permit_catch_up(x->app, c, &p, x->now, a, e);
    arena_free(a);
    return rc < 0 ? rc : 0;
}

int permit_clock_run(struct app *app, int64_t now, struct err *e)
{
    int total = 0;
    for (;;) {
        struct clock_ctx x = { .app = app, .now = now, .arena = arena_new() };
        int rc = db_read(app->db, find_ended, &x, e);
        for (size_t i = 0; rc == 0 && i < x.n; i++) {
            x.id = x.ids[i];
            rc = db_write(app->db, end_one, &x, e);
        }
        size_t n = x.n;
        total += (int)n;
        arena_free(x.arena);
        if (rc < 0 || n < BATCH)
            return rc < 0 ? rc : total;
    }
}

/* ---- reminders ---- */

static const int64_t AHEAD[] = { 30, 60, 90 }; /* nearest first: one message, not three at once */

struct remind_ctx { struct app *app; int64_t now, days; int told; size_t found; };

static int remind_tx(struct db_conn *c, void *ctx, struct err *e)
{
    struct remind_ctx *x = ctx;
    struct arena *a = arena_new();
    struct permit_row *list;
    int rc = permit_list_ending(c, date_of_ms(x->now), x->days, BATCH, a, &list, &x->found, e);
    for (size_t i = 0; rc == 0 && i < x->found; i++) {
        rc = tell_permit_ends(x->app, c, &list[i], x->days, x->now, a, e);
        if (rc == 0)
            rc = permit_mark_reminded(c, list[i].id, x->days, e);
        x->told++;
    }
    arena_free(a);
    return rc;
}

int permit_remind_run(struct app *app, int64_t now, struct err *e)
{
    struct remind_ctx x = { .app = app, .now = now };
    int rc = 0;
    for (size_t i = 0; rc == 0 && i < sizeof AHEAD / sizeof AHEAD[0]; i++) {
        x.days = AHEAD[i];
        do
            rc = db_write(app->db, remind_tx, &x, e);
        while (rc == 0 && x.found == BATCH);
    }
    return rc < 0 ? rc : x.told;
}
