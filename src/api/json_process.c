/* json_process: what the process keeps beside items: time by holder, special procedures, hearings,
 * extensions, deliveries, commitments, joint inspections. */
#include "api/api.h"
#include "service/visits.h"

json_t *json_clock(const struct law_clock *c)
{
    json_t *o;
    if (c->kind == CLOCK_NONE)
        return json_null();
    o = json_object();
    json_put_sv(o, "kind", sv_of(clock_kind_text(c->kind)));
    put_date(o, "started_on", c->started_on);
    put_date(o, "due_on", c->due_on);
    put_date(o, "promised_due", c->promised_due);
    put_date(o, "statutory_due", c->statutory_due);
    json_put_i64(o, "extended", c->extended);
    json_put_i64(o, "days_used", c->days_used);
    json_put_i64(o, "days_left", c->days_left);
    json_put_sv(o, "signal", sv_of(signal_text(c->signal)));
    json_put_bool(o, "provisional", c->provisional);
    return o;
}

json_t *json_days(const struct calendar *c, const struct timer *t, int32_t today)
{
    json_t *o = json_object();
    json_put_sv(o, "holder", sv_of(holder_key(t->holder)));
    json_put_i64(o, "ours", timer_spent(t, c, HOLDER_OURS, today));
    json_put_i64(o, "applicant", timer_spent(t, c, HOLDER_APPLICANT, today));
    json_put_i64(o, "special", timer_spent(t, c, HOLDER_SPECIAL, today));
    return o;
}

static bool about(int64_t item_id, const struct item_row *only)
{
    return !only || item_id == only->id;
}

static json_t *events_json(const struct bundle *b, const struct item_row *only)
{
    json_t *list = json_array();
    for (size_t k = 0; k < b->n_events; k++) {
        const struct clock_event_row *x = &b->events[k];
        enum act act;
        json_t *o;
        if (!about(x->item_id, only))
            continue;
        o = json_object();
        put_date(o, "on", x->on);
        put_time(o, "at", x->at);
        json_put_sv(o, "act", x->act);
        json_put_sv(o, "act_text", act_of(x->act, &act) ? sv_of(act_text(act))
                                                        : SV("联合办理期限"));
        json_put_sv(o, "clock", sv_of(clock_kind_text(x->clock)));
        json_put_sv(o, "holder", sv_of(holder_key(x->holder)));
        json_put_sv(o, "holder_text", sv_of(holder_text(x->holder)));
        json_put_sv(o, "reason", x->reason);
        put_text_or_null(o, "paper", x->paper);
        if (x->item_id)
            put_id(o, "item_id", x->item_id);
        json_push(list, o);
    }
    return list;
}

static json_t *specials_json(const struct bundle *b, const struct item_row *only)
{
    json_t *list = json_array();
    for (size_t k = 0; k < b->n_specials; k++) {
        const struct special_row *x = &b->specials[k];
        json_t *o;
        if (!about(x->item_id, only))
            continue;
        o = json_object();
        put_id(o, "id", x->id);
        put_id(o, "item_id", x->item_id);
        json_put_sv(o, "kind", x->kind);
        json_put_sv(o, "title", x->title);
        json_put_sv(o, "reason", x->reason);
        json_put_i64(o, "days", x->days);
        put_date(o, "opened_on", x->opened_on);
        put_date(o, "due_on", x->due_on);
        put_date(o, "closed_on", x->closed_on);
        put_text_or_null(o, "result", x->result);
        json_push(list, o);
    }
    return list;
}

static json_t *hearing_json(const struct bundle *b, const struct hearing_row *h)
{
    const struct item_row *item = NULL;
    json_t *o = json_object();
    json_t *parties = json_parse(h->parties, NULL);
    for (size_t i = 0; i < b->n_items; i++)
        if (b->items[i].id == h->item_id)
            item = &b->items[i];
    put_id(o, "item_id", h->item_id);
    json_put_sv(o, "stage", sv_of(item ? hearing_stage_key(item->hearing) : "none"));
    json_put_sv(o, "reason", h->reason);
    json_put(o, "parties", parties ? parties : json_array());
    put_date(o, "told_on", h->told_on);
    put_date(o, "ask_until", h->ask_until);
    put_date(o, "asked_on", h->asked_on);
    put_text_or_null(o, "asked_by", h->asked_by);
    put_date(o, "hold_by", h->hold_by);
    put_date(o, "held_on", h->held_on);
    put_text_or_null(o, "held_time", h->held_time);
    put_text_or_null(o, "place", h->place);
    put_text_or_null(o, "chair", h->chair);
    put_date(o, "ended_on", h->ended_on);
    put_text_or_null(o, "minutes", h->minutes);
    return o;
}

static json_t *extensions_json(const struct bundle *b, const struct item_row *only)
{
    json_t *list = json_array();
    for (size_t k = 0; k < b->n_extensions; k++) {
        const struct extension_row *x = &b->extensions[k];
        json_t *o;
        if (!about(x->item_id, only) && x->item_id != 0)
            continue;
        o = json_object();
        put_id(o, "id", x->id);
        json_put_bool(o, "joint", x->item_id == 0);
        if (x->item_id)
            put_id(o, "item_id", x->item_id);
        json_put_i64(o, "days", x->days);
        json_put_sv(o, "reason", x->reason);
        json_put_sv(o, "approved_by", x->approved_by);
        put_date(o, "approved_on", x->approved_on);
        put_date(o, "due_on", x->due_on);
        json_push(list, o);
    }
    return list;
}

static json_t *deliveries_json(const struct bundle *b, const struct item_row *only)
{
    json_t *list = json_array();
    for (size_t k = 0; k < b->n_deliveries; k++) {
        const struct delivery_row *x = &b->deliveries[k];
        json_t *o;
        if (!about(x->item_id, only))
            continue;
        o = json_object();
        put_id(o, "id", x->id);
        json_put_bool(o, "licence", x->item_id == 0);
        if (x->item_id)
            put_id(o, "item_id", x->item_id);
        json_put_sv(o, "method", x->method);
        json_put_sv(o, "receiver", x->receiver);
        put_text_or_null(o, "relation", x->relation);
        put_text_or_null(o, "tracking", x->tracking);
        put_date(o, "delivered_on", x->delivered_on);
        json_put_sv(o, "by", x->by_name);
        json_push(list, o);
    }
    return list;
}

json_t *json_process(const struct view *v, const struct bundle *b, const struct item_row *only)
{
    const struct calendar *c = app_calendar(v->app, b->row.region);
    json_t *o = json_object();
    json_t *hearings = json_array();
    struct law_clock joint;
    case_joint_clock(v->app, &b->row, v->today, &joint);
    for (size_t k = 0; k < b->n_hearings; k++)
        if (about(b->hearings[k].item_id, only))
            json_push(hearings, hearing_json(b, &b->hearings[k]));
    json_put(o, "days", json_days(c, only ? &only->timer : &b->row.joint, v->today));
    json_put(o, "joint", json_clock(&joint));
    json_put(o, "events", events_json(b, only));
    json_put(o, "specials", specials_json(b, only));
    json_put(o, "hearings", hearings);
    json_put(o, "extensions", extensions_json(b, only));
    json_put(o, "deliveries", deliveries_json(b, only));
    return o;
}

json_t *json_commitments(const struct bundle *b, const struct permit_type *only)
{
    json_t *list = json_array();
    for (size_t k = 0; k < b->n_commitments; k++) {
        const struct commitment_row *x = &b->commitment_rows[k];
        const struct material *m = catalog_material(b->catalog, x->material);
        json_t *o;
        if (only && !form_asks(only, x->material))
            continue;
        o = json_object();
        put_id(o, "id", x->id);
        json_put_sv(o, "material", x->material);
        json_put_sv(o, "name", m ? m->name : x->material);
        json_put_sv(o, "state", x->state);
        put_date(o, "due_on", x->due_on);
        put_time(o, "signed_at", x->signed_at);
        json_put_sv(o, "signed_by", x->signed_by);
        put_date(o, "confirmed_on", x->confirmed_on);
        put_text_or_null(o, "confirmed_by", x->confirmed_by);
        json_push(list, o);
    }
    return list;
}

/* ---- what changed since a department last looked (P6), or since the licence that a case is about ---- */

static bool had_file(const json_t *files, const struct attachment_row *f)
{
    size_t k;
    json_t *x;
    json_array_foreach(files, k, x)
        if (sv_eq(json_sv(x, "material"), f->material) && sv_eq(json_sv(x, "sm3"), f->sm3))
            return true;
    return false;
}

static json_t *changed_materials(const struct bundle *b, const struct permit_type *p)
{
    json_t *list = json_array();
    json_t *files = json_parse(b->version.files, NULL);
    for (size_t k = 0; k < b->n_files; k++)
        if (form_asks(p, b->files[k].material) && !bundle_file_unsent(b, &b->files[k]) &&
            !had_file(files, &b->files[k]))
            json_push_sv(list, b->files[k].material);
    json_decref(files);
    return list;
}

json_t *json_changed(const struct view *v, const struct bundle *b, const struct permit_type *p)
{
    json_t *o;
    json_t *fields = json_array();
    (void)v;
    if (!b->has_version && !b->before) {
        json_decref(fields);
        return json_null();
    }
    json_t *before = b->has_version ? json_parse(b->version.body, NULL) : json_incref(b->before);
    for (size_t i = 0; i < b->form.n_fields; i++) {
        const struct form_field *f = &b->form.fields[i];
        json_t *old = json_object_get(before, f->field->code.p);
        json_t *new = json_object_get(b->values, f->field->code.p);
        bool asked = false;
        for (size_t k = 0; k < f->n_permits; k++)
            asked |= f->permits[k] == p;
        if (!asked || (!old && !new) || (old && new && json_equal(old, new)))
            continue;
        json_t *one = json_object();
        json_put_sv(one, "code", f->field->code);
        json_put_sv(one, "label", f->field->label);
        json_put(one, "before", old ? json_incref(old) : json_null());
        json_push(fields, one);
    }
    json_decref(before);
    o = json_object();
    put_time(o, "at", b->has_version ? b->version.replaced_at : b->row.submitted_at);
    json_put_sv(o, "since", b->has_version ? SV("answer") : SV("licence"));
    json_put(o, "fields", fields);
    json_put(o, "materials", b->has_version ? changed_materials(b, p) : json_array());
    return o;
}

/* ---- visits ---- */

static json_t *checklist(const struct permit_type *p, struct arena *a)
{
    json_t *list = json_array();
    for (size_t n = 0; n < p->n_checks; n++) {
        const struct check_item *k = &p->checks[n];
        json_t *o = json_object();
        json_put_sv(o, "code", check_code(p, n, a));
        json_put_sv(o, "item", k->item);
        json_put_sv(o, "method", k->method);
        json_put_bool(o, "key", k->key_item);
        put_text_or_null(o, "common", k->common_code);
        json_push(list, o);
    }
    return list;
}

static json_t *photos_json(const struct bundle *b, const struct part_row *part)
{
    json_t *list = json_array();
    for (size_t k = 0; k < b->n_photos; k++) {
        const struct photo_row *x = &b->photos[k];
        json_t *o;
        if (x->visit_id != part->visit_id || x->item_id != part->item_id)
            continue;
        o = json_object();
        put_id(o, "id", x->id);
        put_id(o, "item_id", x->item_id);
        json_put_sv(o, "check", x->check_code);
        json_put_sv(o, "name", x->name);
        json_put_sv(o, "media_type", x->media_type);
        json_put_i64(o, "size", x->size);
        json_push(list, o);
    }
    return list;
}

static void put_officers(json_t *o, const struct part_row *p)
{
    json_t *list = json_array();
    const struct { int64_t id; struct sv name; } both[] = { { p->officer_a, p->officer_a_name },
                                                            { p->officer_b, p->officer_b_name } };
    for (int i = 0; i < 2; i++) {
        json_t *one;
        if (both[i].id == 0)
            continue;
        one = json_object();
        put_id(one, "id", both[i].id);
        json_put_sv(one, "name", both[i].name);
        json_push(list, one);
    }
    json_put(o, "officers", list);
}

/* What was found is the department's own; the others see who comes and that it is done. */
static void put_findings(json_t *o, const struct view *v, const struct bundle *b,
                         const struct part_row *p, const struct permit_type *type)
{
    json_t *checks = json_parse(p->checks, NULL);
    json_put(o, "checks", checks ? checks : json_object());
    json_put(o, "checklist", checklist(type, v->arena));
    json_put_sv(o, "findings", p->findings);
    put_date(o, "rectify_by", p->rectify_by);
    if (p->recorded_by)
        put_id(o, "recorded_by", p->recorded_by);
    put_time(o, "taken_at", p->taken_at);
    json_put(o, "photos", photos_json(b, p));
    json_put(o, "commitments", json_commitments(b, type));
}

static json_t *part_json(const struct view *v, const struct bundle *b, const struct part_row *p)
{
    const struct item_row *item = NULL;
    json_t *o = json_object();
    for (size_t i = 0; i < b->n_items; i++)
        if (b->items[i].id == p->item_id)
            item = &b->items[i];
    const struct permit_type *type = item ? catalog_permit(b->catalog, item->permit) : NULL;
    const struct department *d = catalog_department(b->catalog, p->department);
    bool mine = v->actor->role != ROLE_REVIEWER || sv_eq(v->actor->department, p->department);
    put_id(o, "id", p->id);
    put_id(o, "item_id", p->item_id);
    json_put_i64(o, "version", p->version);
    json_put_sv(o, "permit", type ? type->name : SV(""));
    put_pair(o, "department", p->department, d ? d->name : p->department);
    json_put_bool(o, "mine", v->actor->role == ROLE_REVIEWER && mine);
    json_put_bool(o, "agreed", p->agreed_at != 0);
    put_text_or_null(o, "declined_reason", p->declined_reason);
    put_date(o, "counter_on", p->counter_on);
    put_officers(o, p);
    json_put_sv(o, "result", sv_of(mine || p->confirmed_at ? visit_result_key(p->result)
                                                            : "none"));
    json_put_sv(o, "result_text", sv_of(mine || p->confirmed_at ? visit_result_text(p->result)
                                                                 : "未记录"));
    put_time(o, "recorded_at", p->recorded_at);
    put_time(o, "confirmed_at", p->confirmed_at);
    json_put_sv(o, "item_state", sv_of(item ? item_state_key(item->state) : "none"));
    if (mine && type)
        put_findings(o, v, b, p, type);
    return o;
}

static void put_visit_allowed(json_t *o, const struct view *v, const struct bundle *b,
                              const struct visit_row *x)
{
    json_t *list = json_array();
    bool part = false;
    for (size_t k = 0; k < b->n_parts; k++)
        part |= b->parts[k].visit_id == x->id &&
                sv_eq(b->parts[k].department, v->actor->department);
    uint64_t facts = NEED(OWN) | NEED(NEEDS_VISIT) | NEED(ITEMS_ACCEPTED);
    uint64_t acts = transition_allowed(&VISIT_TABLE, (int)x->state, actor_kinds(v->actor), false,
                                       facts, FACTS_OF_INPUT);
    const struct { enum act act; const char *key; bool may; } keys[] = {
        { ACT_PROPOSE_VISIT, "propose", true }, { ACT_AGREE_VISIT, "agree", part },
        { ACT_DECLINE_VISIT, "decline", part }, { ACT_CANCEL_VISIT, "cancel", true },
    };
    for (size_t i = 0; i < sizeof keys / sizeof keys[0]; i++)
        if (keys[i].may && (acts >> keys[i].act & 1))
            json_push_sv(list, sv_of(keys[i].key));
    json_put(o, "allowed", list);
}

json_t *json_visit(const struct view *v, const struct bundle *b, const struct visit_row *x)
{
    const struct region *r = catalog_region(b->catalog, b->row.region);
    json_t *o = json_object();
    json_t *parts = json_array();
    put_id(o, "id", x->id);
    put_id(o, "case_id", x->case_id);
    put_text_or_null(o, "case_number", b->row.number);
    json_put_sv(o, "holder_name", b->row.holder_name);
    json_put_sv(o, "address", b->row.address);
    put_pair(o, "industry", b->row.industry, b->industry->name);
    put_pair(o, "region", b->row.region, r ? r->name : b->row.region);
    json_put_i64(o, "version", x->version);
    json_put_i64(o, "round", x->round);
    json_put_sv(o, "state", sv_of(visit_state_key(x->state)));
    json_put_sv(o, "state_text", sv_of(visit_state_text(x->state)));
    put_date(o, "on", x->held_on);
    json_put_sv(o, "time", x->held_time);
    json_put_sv(o, "place", x->place);
    put_text_or_null(o, "note", x->note);
    json_put_sv(o, "proposed_by", x->proposed_by);
    put_time(o, "proposed_at", x->proposed_at);
    put_time(o, "announced_at", x->announced_at);
    put_time(o, "closed_at", x->closed_at);
    put_text_or_null(o, "cancel_reason", x->cancel_reason);
    for (size_t k = 0; k < b->n_parts; k++)
        if (b->parts[k].visit_id == x->id)
            json_push(parts, part_json(v, b, &b->parts[k]));
    json_put(o, "parts", parts);
    put_visit_allowed(o, v, b, x);
    return o;
}

json_t *json_visits(const struct view *v, const struct bundle *b)
{
    json_t *list = json_array();
    for (size_t k = 0; k < b->n_visits; k++)
        json_push(list, json_visit(v, b, &b->visits[k]));
    return list;
}
