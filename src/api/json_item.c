/* json_item: items, corrections, attachments, timelines; the reviewer's detail. */
#include "api/api.h"
#include "service/personal.h"
#include "service/prefill.h"

static const char REMEDIES[] =
    "如不服本决定，可以自知道之日起60日内申请行政复议，或者自知道之日起6个月内向人民法院提起行政诉讼";

static json_t *json_decision(const struct item_row *i)
{
    json_t *o;
    if (i->state != ITEM_GRANTED && i->state != ITEM_DENIED)
        return json_null();
    o = json_object();
    json_put_bool(o, "granted", i->state == ITEM_GRANTED);
    put_text_or_null(o, "number", i->number);
    put_date(o, "granted_on", i->state == ITEM_GRANTED ? i->closed_on : DATE_NONE);
    put_date(o, "valid_from", i->valid_from);
    put_date(o, "valid_until", i->valid_until);
    json_put_sv(o, "reason", i->reason);
    json_put_sv(o, "basis", i->basis);
    json_put_sv(o, "remedies", sv_of(REMEDIES));
    return o;
}

static json_t *json_refusal(const struct item_row *i)
{
    json_t *o;
    if (i->state != ITEM_REFUSED)
        return json_null();
    o = json_object();
    json_put_sv(o, "reason", i->reason);
    json_put_sv(o, "right_organ", i->right_organ);
    return o;
}

/* What an act brings with it is not asked for here; nor whether the statutory limit is still open
 * for an extension, which only the act's own file counts (special.c). */
static json_t *json_acts(const struct view *v, const struct bundle *b, const struct item_row *i)
{
    uint64_t facts = item_facts_of(b, i, v->actor, v->today);
    uint64_t acts = v->actor->role == ROLE_REVIEWER
                        ? transition_allowed(&ITEM_TABLE, (int)i->state, actor_kinds(v->actor),
                                             item_filing(b, i), facts,
                                             FACTS_OF_INPUT | NEED(LIMIT_LEFT))
                        : 0;
    json_t *list = json_array();
    for (int a = 0; a < ACTS; a++)
        if (acts >> a & 1)
            json_push_sv(list, sv_of(act_key((enum act)a)));
    return list;
}

json_t *json_item(const struct view *v, const struct bundle *b, const struct item_row *i)
{
    const struct permit_type *p = catalog_permit(b->catalog, i->permit);
    const struct department *d = catalog_department(b->catalog, i->department);
    const struct region *r = catalog_region(b->catalog, i->region);
    struct law_clock clock;
    json_t *o = json_object();
    json_t *permit = json_object();
    item_clock(v->app, b, i, v->today, &clock);
    put_id(o, "id", i->id);
    put_id(o, "case_id", i->case_id);
    put_text_or_null(o, "case_number", b->row.number);
    json_put_i64(o, "version", i->version);
    json_put_sv(permit, "code", i->permit);
    json_put_sv(permit, "name", p ? p->name : i->permit);
    json_put_sv(permit, "kind_text", sv_of(p ? permit_kind_text(p->kind) : ""));
    json_put_sv(permit, "kind", p && p->kind == PERMIT_FILING ? SV("filing")
                                : p && p->kind == PERMIT_REGISTRATION ? SV("registration")
                                                                      : SV("licence"));
    json_put(o, "permit", permit);
    put_pair(o, "department", i->department, d ? d->name : i->department);
    put_pair(o, "industry", b->row.industry, b->industry->name);
    put_pair(o, "region", i->region, r ? r->name : i->region);
    json_put_sv(o, "case_kind", sv_of(case_kind_key(b->row.kind)));
    json_put_sv(o, "case_kind_text", sv_of(case_kind_text(b->row.kind)));
    put_text_or_null(o, "of_licence", b->row.of_licence);
    json_put_sv(o, "holder_name", b->row.holder_name);
    json_put_sv(o, "state", sv_of(item_state_key(i->state)));
    json_put_sv(o, "state_text", sv_of(item_state_text(i->state)));
    json_put(o, "clock", json_clock(&clock));
    put_time(o, "received_at", b->row.submitted_at);
    put_date(o, "accepted_on", i->accepted_on);
    json_put_bool(o, "accept_deemed", i->accept_deemed);
    json_put_bool(o, "inputs_changed", i->inputs_changed);
    put_date(o, "decided_on", item_open(i->state) ? DATE_NONE : i->closed_on);
    json_put(o, "days", json_days(app_calendar(v->app, i->region), &i->timer, v->today));
    json_put_sv(o, "inspection", sv_of(inspection_stage_key(i->inspection)));
    json_put_sv(o, "inspection_text", sv_of(inspection_stage_text(i->inspection)));
    put_date(o, "rectify_by", i->rectify_by);
    json_put_sv(o, "hearing", sv_of(hearing_stage_key(i->hearing)));
    put_date(o, "hearing_until", i->hearing_until);
    put_date(o, "delivered_on", i->delivered_on);
    if (i->officer_id)
        put_id(o, "officer_id", i->officer_id);
    json_put(o, "decision", json_decision(i));
    json_put(o, "refusal", json_refusal(i));
    json_put(o, "allowed", json_acts(v, b, i));
    return o;
}

/* only: what its department is shown. */
json_t *json_attachments(const struct bundle *b, const struct permit_type *only)
{
    json_t *list = json_array();
    for (size_t i = 0; i < b->n_files; i++) {
        const struct attachment_row *f = &b->files[i];
        const struct material *m = catalog_material(b->catalog, f->material);
        if (only && (!form_asks(only, f->material) || bundle_file_unsent(b, f)))
            continue;
        json_t *o = json_object();
        put_id(o, "id", f->id);
        json_put_sv(o, "material", f->material);
        json_put_sv(o, "material_name", m ? m->name : f->material);
        json_put_sv(o, "name", f->name);
        json_put_sv(o, "media_type", f->media_type);
        json_put_i64(o, "size", f->size);
        json_put_sv(o, "sm3", f->sm3);
        put_time(o, "created_at", f->created_at);
        json_put_i64(o, "rotation", f->rotation);
        json_put_sv(o, "replaces", f->replaced_name);
        json_push(list, o);
    }
    return list;
}

static const struct item_row *item_by_id(const struct bundle *b, int64_t id)
{
    for (size_t i = 0; i < b->n_items; i++)
        if (b->items[i].id == id)
            return &b->items[i];
    return NULL;
}

json_t *json_correction(const struct view *v, const struct bundle *b, const struct item_row *only)
{
    json_t *o = json_object();
    json_t *list = json_array();
    (void)v;
    put_id(o, "id", b->correction.id);
    json_put_i64(o, "round", b->correction.round);
    json_put_sv(o, "state", b->correction.state);
    put_time(o, "issued_at", b->correction.issued_at);
    put_date(o, "due_on", b->correction.due_on);
    for (size_t k = 0; k < b->n_entries; k++) {
        const struct entry_row *t = &b->entries[k];
        const struct item_row *i = item_by_id(b, t->item_id);
        const struct permit_type *p = i ? catalog_permit(b->catalog, i->permit) : NULL;
        const struct department *d = i ? catalog_department(b->catalog, i->department) : NULL;
        if (!i || (only && i != only) || i->state == ITEM_WITHDRAWN)
            continue;
        json_t *row = json_object();
        put_id(row, "id", t->id);
        put_id(row, "item_id", t->item_id);
        json_put_sv(row, "permit", p ? p->name : i->permit);
        json_put_sv(row, "department", d ? d->name : i->department);
        json_put_sv(row, "kind", t->kind);
        put_text_or_null(row, "code", t->code);
        json_put_sv(row, "label", t->label);
        json_put_sv(row, "what", t->what);
        json_put_sv(row, "why", t->why);
        json_push(list, row);
    }
    json_put(o, "entries", list);
    return o;
}

/* "受理了食品经营许可证" — what stands in the timeline. */
static void timeline_text(const struct bundle *b, const struct timeline_row *t, struct buf *out)
{
    json_t *body = json_parse(t->row.body, NULL);
    const struct permit_type *p = catalog_permit(b->catalog, t->permit);
    enum act act = ACT_SUBMIT;
    act_of(t->row.act, &act);
    buf_str(out, act_text(act));
    if (p)
        buf_fmt(out, "：%s", p->name.p);
    static const struct { const char *key, *label; } parts[] = {
        { "number", "编号" }, { "licence", "证号" }, { "reason", "理由" }, { "note", "说明" },
        { "right_organ", "应向" },
    };
    for (size_t i = 0; i < sizeof parts / sizeof parts[0]; i++) {
        struct sv s = json_sv(body, parts[i].key);
        if (s.n)
            buf_fmt(out, "；%s %.*s", parts[i].label, (int)s.n, s.p);
    }
    json_decref(body);
}

json_t *json_timeline(const struct bundle *b, const struct item_row *only)
{
    json_t *list = json_array();
    struct buf text;
    buf_init(&text, 8192);
    for (size_t k = 0; k < b->n_timeline; k++) {
        const struct timeline_row *t = &b->timeline[k];
        const struct ledger_row *r = &t->row;
        const struct department *d = catalog_department(b->catalog, r->department);
        const struct permit_type *p = catalog_permit(b->catalog, t->permit);
        enum act act = ACT_SUBMIT;
        if (only && r->item_id && r->item_id != only->id)
            continue;
        json_t *o = json_object();
        act_of(r->act, &act);
        buf_clear(&text);
        timeline_text(b, t, &text);
        json_put_i64(o, "seq", r->seq);
        put_time(o, "at", r->at);
        put_date(o, "effective_on", r->effective_on);
        json_put_sv(o, "act", r->act);
        json_put_sv(o, "act_text", sv_of(act_text(act)));
        json_put_sv(o, "who", r->actor_id == 0 ? SV("系统按法定期限自动") : t->actor_name);
        put_text_or_null(o, "department", d ? d->name : SV(""));
        put_text_or_null(o, "permit", p ? p->name : SV(""));
        json_put_sv(o, "text", buf_sv(&text));
        json_push(list, o);
    }
    buf_done(&text);
    return list;
}

/* ---- what came from elsewhere ---- */

json_t *json_certificates(const struct bundle *b, const struct permit_type *only, struct arena *a)
{
    static const char *const DETAILS[] = { "name", "number", "issuer", "issued_on", "valid_until",
                                           "reference", "digest" };
    json_t *list = json_array();
    for (size_t i = 0; i < b->form.n_materials; i++) {
        const struct material *m = b->form.materials[i].material;
        const json_t *c = certificate_of(b, m->code);
        if (!c || (only && !form_asks(only, m->code)))
            continue;
        json_t *o = json_object();
        json_put_sv(o, "material", m->code);
        json_put_sv(o, "state", json_sv(c, "state"));
        json_put_sv(o, "source", json_sv(c, "source"));
        json_put_sv(o, "on", json_sv(c, "on"));
        json_put_sv(o, "text", certificate_text(c, a));
        for (size_t k = 0; k < sizeof DETAILS / sizeof DETAILS[0]; k++)
            put_text_or_null(o, DETAILS[k], json_sv(c, DETAILS[k]));
        json_push(list, o);
    }
    return list;
}

/* ---- the reviewer's detail ---- */

/* A scalar as a person reads it: options by label. */
static void display_scalar(const struct choice *options, size_t n_options, const json_t *v,
                           struct buf *out)
{
    struct sv s = json_text(v);
    for (size_t i = 0; i < n_options; i++)
        if (json_is_string(v) && sv_eq(options[i].value, s))
            s = options[i].label;
    buf_sv_add(out, s);
    if (json_is_boolean(v))
        buf_str(out, json_is_true(v) ? "是" : "否");
    if (json_is_integer(v))
        buf_fmt(out, "%lld", (long long)json_integer_value(v));
}

/* One row of a table, or a person: "姓名：胡斌，岗位：食品安全员". */
static void display_record(const struct field *f, const json_t *v, struct buf *out)
{
    const char *separator = "";
    for (size_t i = 0; i < f->n_columns; i++) {
        const struct column *c = &f->columns[i];
        const json_t *cell = json_object_get(v, c->code.p);
        if (!cell || json_is_null(cell))
            continue;
        buf_fmt(out, "%s%s：", separator, c->label.p);
        display_scalar(c->options, c->n_options, cell, out);
        separator = "，";
    }
}

static void display_value(const struct field *f, const json_t *v, struct buf *out)
{
    size_t i;
    json_t *x;
    if (json_is_object(v))
        display_record(f, v, out);
    else if (json_is_array(v))
        json_array_foreach(v, i, x) {
            buf_str(out, i ? "；" : "");
            if (json_is_object(x))
                display_record(f, x, out);
            else
                display_scalar(f->options, f->n_options, x, out);
        }
    else
        display_scalar(f->options, f->n_options, v, out);
}

static bool asked_by(const struct form_field *f, const struct permit_type *p)
{
    for (size_t i = 0; i < f->n_permits; i++)
        if (f->permits[i] == p)
            return true;
    return false;
}

static json_t *detail_fields(const struct bundle *b, const struct permit_type *p)
{
    json_t *list = json_array();
    json_t *marks = prefill_marks(b, b->values);
    struct buf text;
    buf_init(&text, 256 * 1024);
    for (size_t i = 0; i < b->form.n_fields; i++) {
        const struct form_field *f = &b->form.fields[i];
        json_t *value = json_object_get(b->values, f->field->code.p);
        if (!asked_by(f, p) || !form_field_shown(&b->form, f, b->values, b->answers))
            continue;
        json_t *o = json_object();
        buf_clear(&text);
        display_value(f->field, value, &text);
        json_put_sv(o, "code", f->field->code);
        json_put_sv(o, "label", f->field->label);
        json_put_sv(o, "group", f->field->group);
        json_put_bool(o, "shared", f->owner == NULL);
        json_put_sv(o, "type", sv_of(field_type_text(f->field->type)));
        json_put(o, "value", value ? json_incref(value) : json_null());
        json_put_sv(o, "display", buf_sv(&text));
        json_t *mark = json_object_get(marks, f->field->code.p);
        json_put(o, "prefilled", mark ? json_incref(mark) : json_null());
        json_push(list, o);
    }
    buf_done(&text);
    json_decref(marks);
    return list;
}

static const char *need_text(enum material_need n)
{
    static const char *const names[] = { "none", "optional", "on_site", "tolerable", "required",
                                         "exempt", "generated" };
    return names[n];
}

static json_t *detail_needs(const struct bundle *b, const struct permit_type *p)
{
    json_t *list = json_array();
    for (size_t i = 0; i < b->form.n_materials; i++) {
        const struct form_material *m = &b->form.materials[i];
        const char *code = m->material->code.p;
        int64_t n_files = 0;
        for (size_t k = 0; k < b->n_files; k++)
            n_files += sv_eq(b->files[k].material, m->material->code) &&
                       !bundle_file_unsent(b, &b->files[k]);
        if (!form_asks(p, m->material->code))
            continue;
        json_t *o = json_object();
        json_put_sv(o, "material", m->material->code);
        json_put_sv(o, "name", m->material->name);
        json_put_sv(o, "need", sv_of(need_text(form_material_need(&b->form, m, b->values,
                                                                  b->answers))));
        json_put_i64(o, "n_files", n_files);
        json_put_bool(o, "committed", json_bool(b->commitments, code, false));
        json_push(list, o);
    }
    return list;
}

static json_t *detail_bases(const struct permit_type *p)
{
    json_t *list = json_array();
    for (size_t i = 0; i < p->n_bases; i++) {
        json_t *o = json_object();
        json_put_sv(o, "law", p->bases[i].law->title);
        json_put_sv(o, "article", p->bases[i].article);
        json_put_sv(o, "summary", p->bases[i].summary);
        json_put_sv(o, "certainty", sv_of(certainty_text(p->bases[i].certainty)));
        json_push(list, o);
    }
    return list;
}

static json_t *detail_siblings(const struct bundle *b, const struct item_row *self)
{
    json_t *list = json_array();
    for (size_t i = 0; i < b->n_items; i++) {
        const struct item_row *x = &b->items[i];
        const struct permit_type *p = catalog_permit(b->catalog, x->permit);
        const struct department *d = catalog_department(b->catalog, x->department);
        if (x == self)
            continue;
        json_t *o = json_object();
        json_put_sv(o, "permit", p ? p->name : x->permit);
        json_put_sv(o, "department", d ? d->name : x->department);
        json_put_sv(o, "state", sv_of(item_state_key(x->state)));
        json_put_sv(o, "state_text", sv_of(item_state_text(x->state)));
        json_push(list, o);
    }
    return list;
}

static void push_certainty(json_t *list, const char *what, enum certainty c)
{
    struct buf b;
    if (c == CERTAIN)
        return;
    buf_init(&b, 256);
    buf_fmt(&b, "%s：%s", what, certainty_text(c));
    json_push_sv(list, buf_sv(&b));
    buf_done(&b);
}

static json_t *detail_excludes(const struct permit_type *p)
{
    json_t *list = json_array();
    for (size_t k = 0; k < p->n_limit_excludes; k++)
        json_push_sv(list, p->limit_excludes[k]);
    return list;
}

/* P33: the holder may not apply for this now. */
static json_t *json_ban(const struct bundle *b, const struct item_row *i, int32_t today)
{
    const struct ban_row *ban = bundle_ban(b, i->permit, today);
    json_t *o;
    if (!ban)
        return json_null();
    o = json_object();
    json_put_sv(o, "article", ban->article);
    json_put_sv(o, "reason", ban->reason);
    put_date(o, "until", ban->until);
    return o;
}

json_t *json_item_detail(const struct view *v, struct bundle *b, size_t index)
{
    const struct item_row *i = &b->items[index];
    const struct permit_type *p = b->types[index];
    struct grant_dates d = grant_suggest(p, v->today);
    json_t *o = json_item(v, b, i);
    json_t *conditions = json_array();
    json_t *suggested = json_object();
    json_t *notes = json_array();
    for (size_t k = 0; k < p->n_conditions; k++)
        json_push_sv(conditions, p->conditions[k]);
    json_put(o, "fields", detail_fields(b, p));
    json_put(o, "attachments", json_attachments(b, p));
    json_put(o, "needs", detail_needs(b, p));
    json_put(o, "certificates", json_certificates(b, p, v->arena));
    json_put(o, "conditions", conditions);
    json_put(o, "bases", detail_bases(p));
    json_t *correction = b->has_correction ? json_correction(v, b, i) : NULL;
    json_t *entries = json_object_get(correction, "entries");
    json_put(o, "correction_entries", entries ? json_incref(entries) : json_array());
    json_decref(correction);
    json_put(o, "siblings", detail_siblings(b, i));
    json_put(o, "process", json_process(v, b, i));
    json_put(o, "visits", json_visits(v, b));
    json_put(o, "commitments", json_commitments(b, p));
    json_put(o, "changed", json_changed(v, b, p));
    json_put_bool(o, "hearing_required", p->hearing_required);
    json_put(o, "excludes", detail_excludes(p));
    json_put(o, "ban", json_ban(b, i, v->today));
    json_put(o, "timeline", json_timeline(b, i));
    json_put(o, "papers", json_papers(v, b, i));
    put_text_or_null(suggested, "number", SV(""));
    json_put_bool(suggested, "number_automatic", p->number_format.n > 0);
    json_put_sv(suggested, "number_example", p->number_example);
    put_date(suggested, "valid_from", d.valid_from);
    put_date(suggested, "valid_until", d.valid_until);
    json_put(o, "suggested", suggested);
    json_put_sv(o, "channel", b->row.channel);
    put_time(o, "submitted_at", b->row.submitted_at);
    push_certainty(notes, "许可条件", p->conditions_certainty);
    push_certainty(notes, "办理时限", p->limit_certainty);
    push_certainty(notes, "申请材料", p->materials_certainty);
    push_certainty(notes, "证照有效期", p->validity_certainty);
    json_put(o, "certainty_notes", notes);
    return o;
}

int api_answer_item(struct request *rq, struct response *rs, int64_t id, struct err *e)
{
    struct bundle b = { 0 };
    struct view v = api_view(rq);
    size_t index = 0;
    int rc = item_open_for(app_of(rq), actor_of(rq), id, WITH_ALL, rq->arena, &b, &index, e);
    if (rc == 0)
        rc = bundle_resolve(&b, rq->arena, e);
    if (rc == 0) {
        json_t *shown = personal_labels(&b, b.values, b.types[index]);
        personal_add_parties(shown, &b, id);
        rc = api_read_personal(rq, b.row.id, PERSONAL_ITEM, shown, "办理本部门事项", e);
    }
    if (rc == 0) {
        api_etag(rq, rs, b.items[index].version);
        rc = api_json(rq, rs, 200, json_item_detail(&v, &b, index));
    }
    bundle_done(&b);
    return rc;
}
