/* json_supervise: JSON of supervision (P30): tasks, what was done about them, what is supervised. */
#include "api/supervise.h"

static struct sv department_name(const struct view *v, struct sv code)
{
    const struct department *d = catalog_department(v->app->catalog, code);
    return d ? d->name : code;
}

static void put_places(const struct view *v, json_t *o, struct sv region, struct sv industry)
{
    const struct region *r = catalog_region(v->app->catalog, region);
    const struct industry *i = catalog_industry(v->app->catalog, industry);
    put_pair(o, "region", region, r ? r->name : region);
    put_pair(o, "industry", industry, i ? i->name : industry);
}

static void put_act(json_t *o, const char *key, const char *text_key, struct sv act)
{
    enum act a;
    bool known = act_of(act, &a);
    put_text_or_null(o, key, act);
    put_text_or_null(o, text_key, known ? sv_of(act_text(a)) : SV(""));
}

static void put_clock(const struct view *v, json_t *o, const struct supervision_row *t)
{
    const struct calendar *c = app_calendar(v->app, t->region);
    struct law_clock k = { .due_on = t->clock.due_on };
    bool runs = t->clock.due_on != DATE_NONE;
    if (runs)
        law_clock_left(c, 1, v->today, &k);
    put_date(o, "due_on", t->clock.due_on);
    json_put_i64(o, "days_left", runs ? k.days_left : 0);
    json_put_sv(o, "signal", sv_of(signal_text(supervision_signal(&t->clock, v->today))));
}

static json_t *allowed_json(uint64_t acts)
{
    json_t *list = json_array();
    for (int a = 0; a < ACTS; a++)
        if (supervise_own_act((enum act)a) && (acts >> a & 1))
            json_push_sv(list, sv_of(act_key((enum act)a)));
    return list;
}

json_t *json_supervision(const struct view *v, const struct supervision_entry *x)
{
    const struct supervision_row *t = &x->task;
    const struct permit_type *p = catalog_permit(v->app->catalog, t->permit_type);
    json_t *o = json_object();
    put_id(o, "id", t->id);
    json_put_i64(o, "version", t->version);
    json_put_sv(o, "kind", sv_of(supervision_kind_key(t->kind)));
    json_put_sv(o, "kind_text", sv_of(supervision_kind_text(t->kind)));
    json_put_sv(o, "state", sv_of(supervision_state_key(t->state)));
    json_put_sv(o, "state_text", sv_of(supervision_state_text(t->state)));
    json_put_sv(o, "act", sv_of(act_key(t->act)));
    json_put_sv(o, "act_text", sv_of(act_text(t->act)));
    json_put_bool(o, "lead", t->lead);
    put_pair(o, "department", t->department, department_name(v, t->department));
    put_pair(o, "grantor", t->grantor, department_name(v, t->grantor));
    put_places(v, o, t->region, x->industry);
    put_pair(o, "permit", t->permit_type, x->permit_name.n ? x->permit_name
                                          : p ? p->name : t->permit_type);
    if (t->permit_id)
        put_id(o, "permit_id", t->permit_id);
    else
        json_put(o, "permit_id", json_null());
    put_text_or_null(o, "number", x->number);
    put_text_or_null(o, "permit_state", x->permit_state);
    put_text_or_null(o, "permit_state_text",
                     t->permit_id ? sv_of(permit_state_text(permit_state_of(x->permit_state)))
                                  : SV(""));
    put_date(o, "valid_until", x->valid_until);
    put_text_or_null(o, "licence", x->licence);
    put_text_or_null(o, "case_number", x->case_number);
    json_put_sv(o, "holder", x->holder);
    json_put_sv(o, "uscc", x->uscc);
    json_put_sv(o, "person", x->person);
    json_put_sv(o, "address", x->address);
    put_date(o, "opened_on", t->opened_on);
    put_clock(v, o, t);
    put_date(o, "acknowledged_on", t->acknowledged_on);
    put_text_or_null(o, "acknowledged_by", t->acknowledged_by);
    put_act(o, "wants", "wants_text", t->wants);
    put_text_or_null(o, "result", sv_of(supervision_result_key(t->result)));
    put_text_or_null(o, "result_text", sv_of(supervision_result_text(t->result)));
    put_date(o, "result_on", t->result_on);
    json_put(o, "allowed", allowed_json(supervise_allowed(v->actor, t)));
    return o;
}

static json_t *event_json(const struct view *v, const struct supervision_event_row *x)
{
    json_t *o = json_object();
    json_put_sv(o, "act", sv_of(act_key(x->act)));
    json_put_sv(o, "act_text", sv_of(act_text(x->act)));
    put_date(o, "effective_on", x->effective_on);
    put_time(o, "recorded_at", x->at);
    put_pair(o, "department", x->department, department_name(v, x->department));
    put_text_or_null(o, "officer", x->actor_name);
    put_text_or_null(o, "result", x->result);
    put_text_or_null(o, "result_text",
                     sv_of(supervision_result_text(supervision_result_of(x->result))));
    json_put_sv(o, "reason", x->reason);
    json_put_sv(o, "basis", x->basis);
    json_put_sv(o, "document", x->document);
    put_act(o, "wants", "wants_text", x->wants);
    put_date(o, "rectify_by", x->due_on);
    json_put_i64(o, "ledger_seq", x->ledger_seq);
    return o;
}

/* What is looked at on the spot, from the catalogue. */
static json_t *checks_json(const struct permit_type *p)
{
    json_t *list = json_array();
    for (size_t i = 0; p && i < p->n_checks; i++) {
        json_t *o = json_object();
        json_put_sv(o, "item", p->checks[i].item);
        json_put_sv(o, "method", p->checks[i].method);
        json_put_bool(o, "key_item", p->checks[i].key_item);
        json_push(list, o);
    }
    return list;
}

static json_t *proposals_json(const struct supervision_entry *x)
{
    json_t *list = json_array();
    for (int a = 0; x->task.permit_id && a < ACTS; a++)
        if (supervision_may_propose(permit_state_of(x->permit_state), (enum act)a)) {
            json_t *o = json_object();
            put_act(o, "act", "text", sv_of(act_key((enum act)a)));
            json_push(list, o);
        }
    return list;
}

json_t *json_supervision_detail(const struct view *v, const struct supervision_view *x)
{
    const struct supervision_settings *s = &v->app->supervision;
    json_t *o = json_supervision(v, &x->entry);
    json_t *events = json_array();
    json_t *limits = json_object();
    for (size_t i = 0; i < x->n_events; i++)
        json_push(events, event_json(v, &x->events[i]));
    json_put(o, "events", events);
    json_put(o, "checks", checks_json(catalog_permit(v->app->catalog, x->entry.task.permit_type)));
    json_put(o, "proposals", proposals_json(&x->entry));
    json_put_i64(limits, "acknowledge_days", s->limits.acknowledge_days);
    json_put_i64(limits, "answer_days", s->limits.answer_days);
    json_put_sv(limits, "acknowledge_certainty", s->acknowledge_certainty);
    json_put_sv(limits, "answer_certainty", s->answer_certainty);
    json_put_sv(limits, "note", s->note);
    json_put(o, "limits", limits);
    return o;
}

json_t *json_supervised(const struct view *v, const struct supervised_row *x)
{
    json_t *o = json_object();
    put_id(o, "permit_id", x->permit_id);
    put_id(o, "task_id", x->task_id);
    json_put_sv(o, "holder", x->holder);
    json_put_sv(o, "uscc", x->uscc);
    json_put_sv(o, "person", x->person);
    json_put_sv(o, "address", x->address);
    json_put_sv(o, "permit_name", x->permit_name);
    json_put_sv(o, "number", x->number);
    json_put_sv(o, "permit_state", x->permit_state);
    json_put_sv(o, "permit_state_text",
                sv_of(permit_state_text(permit_state_of(x->permit_state))));
    put_text_or_null(o, "licence", x->licence);
    put_places(v, o, x->region, x->industry);
    put_pair(o, "department", x->department, department_name(v, x->department));
    put_pair(o, "grantor", x->grantor, department_name(v, x->grantor));
    put_date(o, "granted_on", x->granted_on);
    put_date(o, "valid_until", x->valid_until);
    put_date(o, "acknowledged_on", x->acknowledged_on);
    put_text_or_null(o, "result", x->result);
    put_text_or_null(o, "result_text",
                     sv_of(supervision_result_text(supervision_result_of(x->result))));
    put_date(o, "result_on", x->result_on);
    json_put_i64(o, "waiting", x->waiting);
    return o;
}

json_t *json_supervision_counts(const struct supervision_counts *n)
{
    json_t *o = json_object();
    json_t *states = json_object();
    json_t *signals = json_object();
    for (int s = SUPERVISION_PENDING; s < SUPERVISION_STATES; s++)
        json_put_i64(states, supervision_state_key((enum supervision_state)s), n->by_state[s]);
    json_put_i64(signals, "red", n->red);
    json_put_i64(signals, "yellow", n->yellow);
    json_put_i64(signals, "green", n->green);
    json_put(o, "by_state", states);
    json_put(o, "by_signal", signals);
    return o;
}
