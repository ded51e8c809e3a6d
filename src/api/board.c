/* board: the boards (全部时限) of a hall and of a region, counted from rows as they are now.
 *
 * A clerk's board is the hall's, the bureau's and the head of the government's the region's. On
 * time is what was decided by the due date that held: working days from acceptance, less those of
 * special procedures (art. 45), within the promised limit and an extension (P10, P15).
 */
#include "api/api.h"
#include "store/board_store.h"

enum { LISTED = 10, VISITS_LISTED = 20, PACE_DAYS = 90, VISIT_AHEAD = 10 };

struct board {
    struct request *rq;
    struct view v;
    struct board_scope scope;
    const struct calendar *calendar;
    struct board_open *open; size_t n_open;
    struct board_pace *pace; size_t n_pace;
    struct board_entry *list[BOARD_LISTS]; size_t n_list[BOARD_LISTS];
    struct board_tally tally[BOARD_LISTS];
    struct state_count *cases; size_t n_cases;
    struct visit_entry *visits; size_t n_visits;
};

/* The first day on which something done has not yet been due for delivery. */
static int32_t delivery_cutoff(const struct board *x)
{
    int32_t day = x->v.today;
    while (calendar_add(x->calendar, day, DELIVERY_DAYS) >= x->v.today)
        day--;
    return day + 1;
}

static int lists_tx(struct db_conn *c, struct board *x, struct err *e)
{
    int rc = 0;
    for (int k = 0; rc == 0 && k < BOARD_LISTS; k++) {
        int32_t before = k == BOARD_UNDELIVERED ? delivery_cutoff(x) : x->v.today;
        rc = board_entries(c, (enum board_list)k, &x->scope, LISTED, x->rq->arena, &x->list[k],
                           &x->n_list[k], e);
        if (rc == 0)
            rc = board_count(c, (enum board_list)k, &x->scope, before, &x->tally[k], e);
    }
    return rc;
}

static int board_tx(struct db_conn *c, void *ctx, struct err *e)
{
    struct board *x = ctx;
    struct arena *a = x->rq->arena;
    struct case_filter cases = { .region = x->scope.region, .hall = x->scope.hall };
    struct visit_filter visits = {
        .region = x->scope.region, .hall = x->scope.hall, .open_only = true, .from = x->v.today,
        .to = calendar_add(x->calendar, x->v.today, VISIT_AHEAD), .limit = VISITS_LISTED,
    };
    int rc = board_open_items(c, &x->scope, x->v.today, a, &x->open, &x->n_open, e);
    if (rc == 0)
        rc = board_paces(c, &x->scope, x->v.today - PACE_DAYS, a, &x->pace, &x->n_pace, e);
    if (rc == 0)
        rc = lists_tx(c, x, e);
    if (rc == 0)
        rc = case_counts(c, &cases, a, &x->cases, &x->n_cases, e);
    return rc == 0 ? visit_schedule(c, &visits, a, &x->visits, &x->n_visits, e) : rc;
}

/* ---- pace ---- */

struct pace { int64_t decided, on_time, ours, applicant, special; };

static bool on_time(const struct board *x, const struct board_pace *p)
{
    const struct permit_type *type = catalog_permit(x->v.app->catalog, p->permit);
    int64_t limit = type ? law_limit(type->promised_days, type->statutory_days) : STATUTORY_DAYS;
    int64_t used = p->accepted_on == DATE_NONE
                       ? 0
                       : calendar_count(app_calendar(x->v.app, p->region), p->accepted_on,
                                        p->closed_on);
    return used - p->special_each <= limit + (p->extended ? EXTENSION_DAYS : 0);
}

/* Of a department, or of all ("" = all). */
static struct pace pace_of(const struct board *x, struct sv department)
{
    struct pace sum = { 0 };
    for (size_t i = 0; i < x->n_pace; i++) {
        const struct board_pace *p = &x->pace[i];
        if (department.n && !sv_eq(p->department, department))
            continue;
        sum.decided += p->n;
        sum.on_time += on_time(x, p) ? p->n : 0;
        sum.ours += p->ours;
        sum.applicant += p->applicant;
        sum.special += p->special;
    }
    return sum;
}

static json_t *pace_json(struct pace p)
{
    json_t *o = json_object();
    json_put_i64(o, "decided", p.decided);
    json_put_i64(o, "on_time", p.on_time);
    json_put_i64(o, "days_ours", p.ours);
    json_put_i64(o, "days_applicant", p.applicant);
    json_put_i64(o, "days_special", p.special);
    return o;
}

/* ---- departments ---- */

static json_t *department_json(const struct board *x, struct sv code)
{
    const struct department *d = catalog_department(x->v.app->catalog, code);
    int64_t n = 0, red = 0, yellow = 0;
    json_t *o = json_object();
    json_t *states = json_object();
    json_t *signals = json_object();
    for (size_t i = 0; i < x->n_open; i++) {
        if (!sv_eq(x->open[i].department, code))
            continue;
        json_put_i64(states, x->open[i].state.p, x->open[i].n);
        n += x->open[i].n;
        red += x->open[i].red;
        yellow += x->open[i].yellow;
    }
    put_pair(o, "department", code, d ? d->name : code);
    json_put_i64(o, "open", n);
    json_put(o, "by_state", states);
    json_put_i64(signals, "red", red);
    json_put_i64(signals, "yellow", yellow);
    json_put_i64(signals, "green", n - red - yellow);
    json_put(o, "by_signal", signals);
    json_put(o, "pace", pace_json(pace_of(x, code)));
    return o;
}

/* Both lists are in order of department: merge them. */
static json_t *departments_json(const struct board *x)
{
    json_t *list = json_array();
    size_t i = 0, k = 0;
    while (i < x->n_open || k < x->n_pace) {
        struct sv open = i < x->n_open ? x->open[i].department : SV("");
        struct sv done = k < x->n_pace ? x->pace[k].department : SV("");
        struct sv code = !done.n || (open.n && sv_cmp(open, done) <= 0) ? open : done;
        json_push(list, department_json(x, code));
        while (i < x->n_open && sv_eq(x->open[i].department, code))
            i++;
        while (k < x->n_pace && sv_eq(x->pace[k].department, code))
            k++;
    }
    return list;
}

/* ---- lists ---- */

/* What it is about: a permit, a material, or the industry. */
static struct sv subject(const struct catalog *c, enum board_list which,
                         const struct board_entry *x)
{
    const struct permit_type *p = catalog_permit(c, x->code);
    const struct material *m = catalog_material(c, x->code);
    const struct industry *i = catalog_industry(c, x->code);
    switch (which) {
    case BOARD_UNDELIVERED:
        return p ? p->name : x->code;
    case BOARD_PROMISES:
        return m ? m->name : x->code;
    default:
        return i ? i->name : x->code;
    }
}

static json_t *entry_json(const struct board *x, enum board_list which,
                          const struct board_entry *row)
{
    const struct catalog *c = x->v.app->catalog;
    const struct calendar *calendar = app_calendar(x->v.app, row->region);
    const struct department *d = catalog_department(c, row->department);
    const struct region *r = catalog_region(c, row->region);
    bool done = which == BOARD_UNDELIVERED;
    int32_t due = done ? calendar_add(calendar, row->due, DELIVERY_DAYS) : row->due;
    json_t *o = json_object();
    put_id(o, "case_id", row->case_id);
    put_id(o, "id", row->id);
    put_text_or_null(o, "number", row->number);
    json_put_sv(o, "holder_name", row->holder);
    put_pair(o, "region", row->region, r ? r->name : row->region);
    json_put_sv(o, "subject", subject(c, which, row));
    put_text_or_null(o, "department", done && d ? d->name : SV(""));
    json_put_sv(o, "state", row->state);
    put_date(o, "due_on", due);
    json_put_i64(o, "days_left", due == DATE_NONE ? 0 : calendar_count(calendar, x->v.today, due));
    return o;
}

static json_t *list_json(const struct board *x, enum board_list which)
{
    json_t *o = json_object();
    json_t *items = json_array();
    for (size_t i = 0; i < x->n_list[which]; i++)
        json_push(items, entry_json(x, which, &x->list[which][i]));
    json_put_i64(o, "total", x->tally[which].n);
    json_put_i64(o, "late", x->tally[which].late);
    json_put(o, "items", items);
    return o;
}

static json_t *visits_json(const struct board *x)
{
    json_t *list = json_array();
    for (size_t i = 0; i < x->n_visits; i++) {
        const struct visit_entry *one = &x->visits[i];
        json_t *o = json_object();
        put_id(o, "id", one->visit.id);
        put_id(o, "case_id", one->visit.case_id);
        put_text_or_null(o, "number", one->case_number);
        json_put_sv(o, "holder_name", one->holder_name);
        json_put_sv(o, "address", one->address);
        put_date(o, "on", one->visit.held_on);
        json_put_sv(o, "time", one->visit.held_time);
        json_put_sv(o, "state", sv_of(visit_state_key(one->visit.state)));
        json_put_sv(o, "state_text", sv_of(visit_state_text(one->visit.state)));
        json_push(list, o);
    }
    return list;
}

static json_t *board_json(const struct board *x)
{
    static const char *const names[BOARD_LISTS] = {
        [BOARD_JOINT] = "joint", [BOARD_UNDELIVERED] = "undelivered",
        [BOARD_PROMISES] = "promises", [BOARD_CORRECTIONS] = "corrections",
    };
    const struct region *r = catalog_region(x->v.app->catalog, x->scope.region);
    json_t *o = json_object();
    json_t *states = json_object();
    for (size_t i = 0; i < x->n_cases; i++)
        json_put_i64(states, x->cases[i].state.p, x->cases[i].n);
    json_put_sv(o, "scope", x->scope.hall.n ? SV("hall") : SV("region"));
    put_text_or_null(o, "name", x->scope.hall.n ? x->scope.hall : r ? r->name : SV(""));
    put_date(o, "today", x->v.today);
    put_date(o, "since", x->v.today - PACE_DAYS);
    json_put(o, "departments", departments_json(x));
    json_put(o, "cases", states);
    for (int k = 0; k < BOARD_LISTS; k++)
        json_put(o, names[k], list_json(x, (enum board_list)k));
    json_put(o, "visits", visits_json(x));
    json_put(o, "pace", pace_json(pace_of(x, SV(""))));
    return o;
}

int get_board(struct request *rq, struct response *rs, struct err *e)
{
    const struct actor *who = actor_of(rq);
    struct board x = { .rq = rq, .v = api_view(rq) };
    if (who->role == ROLE_CLERK)
        x.scope.hall = who->hall.n ? who->hall : SV("-");
    else
        x.scope.region = api_region(rq);
    x.calendar = app_calendar(x.v.app, who->region);
    int rc = db_read(app_of(rq)->db, board_tx, &x, e);
    return rc == 0 ? api_json(rq, rs, 200, board_json(&x)) : rc;
}
