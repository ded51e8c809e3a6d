/* supervise: see supervise.h. Opening tasks, settling proposals, looking. */
#include "service/supervise.h"

#include "service/acts.h"
#include "service/ledger.h"
#include "service/tell_supervise.h"
#include "sys/embed.h"
#include "sys/files.h"
#include "sys/ids.h"

enum { SETTINGS_MAX = 64 * 1024, DAYS_MAX = 250, DEPARTMENTS_MAX = 16 };

/* ---- limits ---- */

static int64_t days_of(const json_t *doc, const char *member)
{
    int64_t days = json_i64(json_object_get(doc, member), "days", 0);
    return days <= DAYS_MAX ? days : 0;
}

static struct sv kept(struct app *app, const json_t *o, const char *member)
{
    return arena_sv(app->arena, json_sv(o, member));
}

static int read_settings(struct app *app, struct sv text, struct err *e)
{
    json_t *doc = json_parse(text, e);
    if (!doc)
        return e->code;
    struct supervision_settings *s = &app->supervision;
    s->limits = (struct supervision_limits){ days_of(doc, "acknowledge_days"),
                                             days_of(doc, "answer_days") };
    s->note = kept(app, doc, "note");
    s->acknowledge_certainty = kept(app, json_object_get(doc, "acknowledge_days"), "certainty");
    s->answer_certainty = kept(app, json_object_get(doc, "answer_days"), "certainty");
    json_decref(doc);
    return s->limits.acknowledge_days > 0 && s->limits.answer_days > 0
               ? 0 : err_set(e, ERR_CONFIG, "审管联动时限文件 supervision.json 不正确：天数应为1到%d",
                             DAYS_MAX);
}

int supervise_open(struct app *app, struct err *e)
{
    const struct embed_file *f = embed_find(SV("catalog/supervision.json"));
    struct sv text = f ? sv_make((const char *)f->body, f->n) : SV("");
    struct arena *a = arena_new();
    const char *path = arena_printf(a, "%s/supervision.json", app->data_dir.p);
    struct buf own;
    int rc = 0;
    buf_init(&own, SETTINGS_MAX);
    if (file_exists(path)) {
        rc = file_read(path, &own, e);
        text = buf_sv(&own);
    }
    if (rc == 0)
        rc = read_settings(app, text, e);
    buf_done(&own);
    arena_free(a);
    return rc;
}

/* ---- opening ---- */

static void add_once(struct sv *list, size_t *n, struct sv code)
{
    for (size_t i = 0; i < *n; i++)
        if (sv_eq(list[i], code))
            return;
    if (*n < DEPARTMENTS_MAX)
        list[(*n)++] = code;
}

/* The first is the catalogue's; the others help. */
static size_t departments_of(const struct catalog *c, const struct supervise_decision *d,
                             struct sv list[DEPARTMENTS_MAX])
{
    const struct permit_type *p = catalog_permit(c, d->permit_type);
    const struct department *lead = p ? catalog_supervisor(p, d->region) : NULL;
    const struct region *r = catalog_region(c, d->region);
    size_t n = 0;
    add_once(list, &n, lead ? lead->code : d->grantor);
    for (size_t i = 0; p && i < p->n_co_supervisors; i++) {
        const struct department *seat = catalog_seat(c, p->co_supervisors[i], d->region);
        if (!seat && r)
            seat = catalog_seat(c, p->co_supervisors[i], r->parent);
        if (seat)
            add_once(list, &n, seat->code);
    }
    return n;
}

json_t *supervise_body(const struct supervision_row *t)
{
    json_t *o = json_object();
    json_put_i64(o, "task", t->id);
    json_put_i64(o, "event", t->event_seq);
    json_put_sv(o, "of", sv_of(act_key(t->act)));
    json_put_i64(o, "permit_id", t->permit_id);
    json_put_sv(o, "permit", t->permit_type);
    json_put_sv(o, "kind", sv_of(supervision_kind_key(t->kind)));
    json_put_bool(o, "lead", t->lead);
    json_put_sv(o, "supervisor", t->department);
    json_put_sv(o, "grantor", t->grantor);
    json_put_sv(o, "to", sv_of(supervision_state_key(t->state)));
    json_put_i64(o, "due_on", date_to_number(t->clock.due_on));
    json_put_i64(o, "acknowledged_on", date_to_number(t->acknowledged_on));
    json_put_sv(o, "acknowledged_by", t->acknowledged_by);
    json_put_sv(o, "wants", t->wants);
    json_put_sv(o, "result", sv_of(supervision_result_key(t->result)));
    json_put_i64(o, "result_on", date_to_number(t->result_on));
    return o;
}

static int open_one(struct app *app, struct db_conn *c, const struct supervise_decision *d,
                    struct supervision_row *t, struct err *e)
{
    const struct transition *row = transition_find(&SUPERVISION_TABLE, SUPERVISION_NONE,
                                                   ACT_OPEN_SUPERVISION, BY_CLOCK, false, 0, e);
    if (!row)
        return e->code;
    t->id = id_next();
    t->state = (enum supervision_state)row->to;
    struct act_entry entry = { .act = ACT_OPEN_SUPERVISION, .effective_on = t->opened_on,
                               .department = t->department, .body = supervise_body(t) };
    int rc = ledger_append(app, c, &entry, d->now, &t->ledger_seq, e);
    json_decref(entry.body);
    if (rc == 0)
        rc = supervision_insert(c, t, e);
    return rc == 0 && !d->old ? tell_supervision_opened(app, c, t, d, e) : rc;
}

int supervise_decided(struct app *app, struct db_conn *c, const struct supervise_decision *d,
                      struct err *e)
{
    enum supervision_kind kind;
    struct sv list[DEPARTMENTS_MAX];
    int32_t today = date_of_ms(d->now);
    int rc = 0;
    if (!supervision_of(d->act, &kind))
        return 0;
    size_t n = departments_of(app->catalog, d, list);
    for (size_t i = 0; rc == 0 && i < n; i++) {
        struct supervision_row t = {
            .event_seq = d->event_seq, .act = d->act, .permit_id = d->permit_id,
            .case_id = d->case_id, .item_id = d->item_id, .permit_type = d->permit_type,
            .department = list[i], .grantor = d->grantor, .region = d->region, .lead = i == 0,
            .kind = kind, .opened_on = today, .opened_at = d->now,
            .clock = { DATE_NONE, DATE_NONE }, .acknowledged_on = DATE_NONE,
            .acknowledged_by = SV(""), .wants = SV(""), .result_on = DATE_NONE, .version = 1,
        };
        if (kind != SUPERVISE_INFORM && !d->old)
            t.clock = supervision_clock(app_calendar(app, d->region), today,
                                        app->supervision.limits.acknowledge_days);
        rc = supervision_exists(c, d->event_seq, list[i], e);
        if (rc == 0)
            rc = open_one(app, c, d, &t, e);
        rc = rc < 0 ? rc : 0;
    }
    return rc;
}

/* ---- what an act leaves ---- */

int supervise_write(struct app *app, struct db_conn *c, struct supervision_row *t,
                    struct supervision_event_row *v, const struct actor *actor, int64_t now,
                    struct err *e)
{
    const struct { const char *key; struct sv text; } texts[] = {
        { "reason", v->reason }, { "basis", v->basis }, { "document", v->document },
        { "reported", v->result },
    };
    struct act_entry entry = { .act = v->act, .effective_on = v->effective_on, .actor = actor,
                               .department = v->department, .body = supervise_body(t) };
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++)
        json_put_sv(entry.body, texts[i].key, texts[i].text);
    json_put_i64(entry.body, "settled_by", v->permit_seq);
    json_put_i64(entry.body, "rectify_by", date_to_number(v->due_on));
    json_put_sv(entry.body, "proposed", v->wants);
    json_put_sv(entry.body, "by_name", actor ? actor->name : SV(""));
    t->version++;
    v->id = id_next();
    v->task_id = t->id;
    v->at = now;
    v->actor_id = actor ? actor->id : 0;
    v->actor_name = actor ? actor->name : SV("");
    int rc = ledger_append(app, c, &entry, now, &v->ledger_seq, e);
    json_decref(entry.body);
    if (rc == 0)
        rc = supervision_update(c, t, e);
    return rc == 0 ? supervision_event_insert(c, v, e) : rc;
}

/* ---- after an event of a permit ---- */

/* Whatever ended the permit answers what was proposed: as proposed, otherwise, or by time. */
static int settle(struct app *app, struct db_conn *c, const struct permit_event_row *v,
                  struct supervision_entry *x, struct err *e)
{
    struct supervision_row *t = &x->task;
    const struct transition *row = transition_find(&SUPERVISION_TABLE, (int)t->state,
                                                   ACT_ADOPT_PROPOSAL, BY_CLOCK, false, 0, e);
    if (!row)
        return e->code;
    struct supervision_event_row done = {
        .act = ACT_ADOPT_PROPOSAL, .effective_on = date_of_ms(v->at), .department = t->grantor,
        .result = SV(""), .basis = v->basis, .document = v->document, .wants = sv_of(act_key(v->act)),
        .reason = v->reason, .due_on = DATE_NONE, .permit_seq = v->ledger_seq,
    };
    t->state = (enum supervision_state)row->to;
    t->clock = (struct supervision_clock){ DATE_NONE, DATE_NONE };
    int rc = supervise_write(app, c, t, &done, NULL, v->at, e);
    return rc == 0 ? tell_supervision_answered(app, c, x, &done, e) : rc;
}

struct supervise_decision supervise_decision_of(const struct permit_row *p,
                                                const struct permit_event_row *v)
{
    return (struct supervise_decision){
        .act = v->act, .permit_id = p->id, .case_id = p->case_id, .item_id = v->item_id,
        .event_seq = v->ledger_seq, .permit_type = p->permit_type, .grantor = p->department,
        .region = p->region, .holder = p->holder, .name = p->name, .number = p->number,
        .now = v->at,
    };
}

int supervise_permit_event(struct app *app, struct db_conn *c, const struct permit_row *p,
                           const struct permit_event_row *v, struct err *e)
{
    struct arena *a = arena_new();
    struct supervision_entry *tasks;
    size_t n = 0;
    int rc = 0;
    if (!sv_is(p->state, "valid"))
        rc = supervision_of_permit(c, p->id, a, &tasks, &n, e);
    for (size_t i = 0; rc == 0 && i < n; i++)
        if (tasks[i].task.state == SUPERVISION_PROPOSED)
            rc = settle(app, c, v, &tasks[i], e);
    const struct supervise_decision d = supervise_decision_of(p, v);
    if (rc == 0)
        rc = supervise_decided(app, c, &d, e);
    arena_free(a);
    return rc;
}

/* ---- looking ---- */

static bool concerns(const struct app *app, const struct actor *who,
                     const struct supervision_row *t)
{
    if (who->role == ROLE_REVIEWER)
        return who->department.n && (sv_eq(who->department, t->department) ||
                                     sv_eq(who->department, t->grantor));
    return (who->role == ROLE_BUREAU || who->role == ROLE_GOVERNMENT) &&
           region_covers(app->catalog, who->region, t->region);
}

uint64_t supervise_allowed(const struct actor *actor, const struct supervision_row *t)
{
    uint64_t acts = 0;
    const struct { struct sv department; bool answers; } sides[] = {
        { t->department, false }, { t->grantor, true },
    };
    for (int k = 0; k < 2; k++) {
        bool own = actor->role == ROLE_REVIEWER && sv_eq(actor->department, sides[k].department);
        uint64_t some = transition_allowed(&SUPERVISION_TABLE, (int)t->state, actor_kinds(actor),
                                           false, fact_if(own, FACT_OWN), FACTS_OF_INPUT);
        uint64_t answer = some & UINT64_C(1) << ACT_DECLINE_PROPOSAL;
        acts |= sides[k].answers ? answer : some & ~(UINT64_C(1) << ACT_DECLINE_PROPOSAL);
    }
    return t->permit_id ? acts : acts & ~(UINT64_C(1) << ACT_PROPOSE_TAKING);
}

struct look_ctx { struct app *app; const struct actor *actor; int64_t id; struct arena *arena;
                  struct supervision_view *out; size_t n; };

static int view_one(struct db_conn *c, struct look_ctx *x, const struct supervision_entry *entry,
                    struct supervision_view *out, struct err *e)
{
    out->entry = *entry;
    out->allowed = supervise_allowed(x->actor, &entry->task);
    return supervision_events(c, entry->task.id, x->arena, &out->events, &out->n_events, e);
}

static int look_tx(struct db_conn *c, void *ctx, struct err *e)
{
    struct look_ctx *x = ctx;
    struct supervision_entry entry;
    int rc = supervision_find(c, x->id, x->arena, &entry, e);
    if (rc != 1 || !concerns(x->app, x->actor, &entry.task))
        return rc < 0 ? rc : 0;
    x->n = 1;
    return view_one(c, x, &entry, x->out, e);
}

int supervise_open_for(struct app *app, const struct actor *actor, int64_t id, struct arena *a,
                       struct supervision_view *out, struct err *e)
{
    struct look_ctx x = { .app = app, .actor = actor, .id = id, .arena = a, .out = out };
    int rc = db_read(app->db, look_tx, &x, e);
    return rc < 0 || x.n ? rc : err_set(e, ERR_NOT_FOUND, "没有找到这个监管任务，或它与您的部门无关");
}

static int history_tx(struct db_conn *c, void *ctx, struct err *e)
{
    struct look_ctx *x = ctx;
    struct supervision_entry *all;
    size_t n;
    bool mine = false;
    int rc = supervision_of_permit(c, x->id, x->arena, &all, &n, e);
    for (size_t i = 0; rc == 0 && i < n; i++)
        mine |= concerns(x->app, x->actor, &all[i].task);
    if (rc != 0 || !mine)
        return rc;
    x->n = n;
    x->out = arena_array(x->arena, n, sizeof *x->out);
    for (size_t i = 0; rc == 0 && i < n; i++)
        rc = view_one(c, x, &all[i], &x->out[i], e);
    return rc;
}

int supervise_history(struct app *app, const struct actor *actor, int64_t permit_id,
                      struct arena *a, struct supervision_view **out, size_t *n, struct err *e)
{
    struct look_ctx x = { .app = app, .actor = actor, .id = permit_id, .arena = a };
    int rc = db_read(app->db, history_tx, &x, e);
    *out = x.out;
    *n = x.n;
    return rc;
}
