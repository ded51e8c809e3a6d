/* json_catalog: see catalog.h. */
#include "api/catalog.h"

#include "domain/catalog/shape.h"

#define XLSX "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
enum { XLSX_OUT_MAX = 64 * 1024 * 1024 };

json_t *json_version(const struct catalog_version_row *v)
{
    json_t *o = json_object();
    bool office = sv_is(v->origin, "office");
    json_put_sv(o, "version", v->version);
    json_put_bool(o, "current", v->current);
    json_put_sv(o, "origin", v->origin);
    json_put_sv(o, "origin_text", office ? SV("本平台公布") : SV("随程序"));
    put_date(o, "published_on", v->published_on);
    put_text_or_null(o, "publisher", v->publisher);
    put_text_or_null(o, "batch", v->batch);
    put_time(o, "loaded_at", v->loaded_at);
    if (v->draft_id)
        put_id(o, "draft_id", v->draft_id);
    else
        json_put(o, "draft_id", json_null());
    json_put_i64(o, "size", v->size);
    json_put_sv(o, "digest", v->digest);
    return o;
}

static void put_person(json_t *o, const char *key, int64_t id, struct sv name)
{
    json_t *p = json_null();
    if (id) {
        p = json_object();
        put_id(p, "id", id);
        json_put_sv(p, "name", name);
    }
    json_put(o, key, p);
}

json_t *json_draft(const struct catalog_draft_row *d)
{
    json_t *o = json_object();
    enum edition_state s = edition_of(d->state);
    put_id(o, "id", d->id);
    json_put_i64(o, "version", d->version);
    json_put_sv(o, "title", d->title);
    json_put_sv(o, "base_version", d->base_version);
    json_put_sv(o, "state", sv_of(edition_key(s)));
    json_put_sv(o, "state_text", sv_of(edition_text(s)));
    put_text_or_null(o, "note", d->note);
    put_text_or_null(o, "batch", d->batch);
    put_date(o, "publish_on", d->publish_on);
    put_person(o, "author", d->author_id, d->author);
    put_person(o, "edited_by", d->edited_by, d->editor);
    put_person(o, "submitted_by", d->submitted_by, d->submitter);
    put_person(o, "approved_by", d->approved_by, d->approver);
    put_person(o, "published_by", d->published_by, d->publisher);
    put_time(o, "created_at", d->created_at);
    put_time(o, "updated_at", d->updated_at);
    put_time(o, "submitted_at", d->submitted_at);
    put_time(o, "approved_at", d->approved_at);
    put_time(o, "published_at", d->published_at);
    return o;
}

static json_t *contradiction_json(const struct office_review *r, size_t i)
{
    const struct contradiction *x = &r->list.list[i];
    json_t *o = json_object(), *reason = json_object_get(r->reasons, x->key.p);
    json_put_sv(o, "key", x->key);
    json_put_sv(o, "kind", sv_of(x->kind));
    json_put_sv(o, "sentence", x->sentence);
    json_t *places = json_array();
    for (int n = 0; n < 2; n++) {
        json_t *p = json_object();
        json_put_sv(p, "pointer", x->pointer[n]);
        json_put_sv(p, "name", x->place[n]);
        json_push(places, p);
    }
    json_put(o, "places", places);
    json_put_bool(o, "known", r->known[i]);
    json_t *why = json_null();
    if (reason) {
        why = json_object();
        json_put_sv(why, "reason", json_sv(reason, "reason"));
        json_put_sv(why, "by", json_sv(reason, "by"));
        put_time(why, "at", json_i64(reason, "at", 0));
    }
    json_put(o, "explained", why);
    return o;
}

json_t *json_draft_detail(const struct view *v, const struct catalog_draft_row *d,
                          const struct office_review *r)
{
    static const struct { enum act act; const char *key; } ACTS_OF[] = {
        { ACT_EDIT_CATALOG, "edit" }, { ACT_EXPLAIN_CATALOG, "explain" },
        { ACT_REBASE_CATALOG, "rebase" }, { ACT_SUBMIT_CATALOG, "submit" },
        { ACT_RETURN_CATALOG, "return" }, { ACT_APPROVE_CATALOG, "approve" },
        { ACT_PUBLISH_CATALOG, "publish" }, { ACT_ABANDON_CATALOG, "abandon" },
    };
    json_t *o = json_draft(d);
    json_t *allowed = json_array(), *problems = json_array(), *list = json_array();
    for (size_t i = 0; i < sizeof ACTS_OF / sizeof ACTS_OF[0]; i++)
        if (office_may_edit(v->app, v->actor) &&
            edition_allowed(edition_of(d->state), ACTS_OF[i].act, r->facts))
            json_push_sv(allowed, sv_of(ACTS_OF[i].key));
    for (size_t i = 0; i < r->problems.n_problems; i++) {
        const struct problem *p = &r->problems.problems[i];
        json_t *one = json_object();
        json_put_sv(one, "pointer", p->pointer);
        json_put_sv(one, "code", p->code);
        json_put_sv(one, "message", p->message);
        json_push(problems, one);
    }
    for (size_t i = 0; i < r->list.n; i++)
        json_push(list, contradiction_json(r, i));
    json_put(o, "allowed", allowed);
    json_put_bool(o, "base_in_force", r->facts & EDITION_BIT(BASED));
    json_put_bool(o, "differs", r->facts & EDITION_BIT(DIFFERS));
    json_put_bool(o, "version_free", r->facts & EDITION_BIT(FREE));
    json_put(o, "problems", problems);
    json_put(o, "contradictions", list);
    json_put_i64(o, "unexplained", (int64_t)r->unexplained);
    return o;
}

static json_t *asked_json(const struct rehearsal_diff *d)
{
    json_t *o = json_object(), *permits = json_array(), *materials = json_array();
    for (size_t i = 0; i < d->n_permits; i++) {
        json_t *p = json_object();
        json_put_sv(p, "code", d->permits[i]->code);
        json_put_sv(p, "name", d->permits[i]->name);
        json_push(permits, p);
    }
    for (size_t i = 0; i < d->n_materials; i++) {
        json_t *m = json_object();
        json_put_sv(m, "code", d->materials[i]->code);
        json_put_sv(m, "name", d->materials[i]->name);
        json_push(materials, m);
    }
    json_put(o, "permits", permits);
    json_put(o, "materials", materials);
    return o;
}

json_t *json_rehearsal(const struct rehearsal *r)
{
    json_t *o = json_object(), *items = json_array();
    int64_t changed = 0, hindered = 0;
    for (size_t i = 0; i < r->n; i++) {
        const struct rehearsed *x = &r->cases[i];
        json_t *c = json_object();
        changed += x->changed;
        hindered += x->hindrance.n > 0;
        if (!x->changed)
            continue;
        put_id(c, "case_id", x->case_id);
        put_text_or_null(c, "number", x->number);
        json_put_sv(c, "industry", x->industry);
        json_put_sv(c, "region", x->region);
        json_put_sv(c, "catalog_version", x->version);
        put_text_or_null(c, "hindrance", x->hindrance);
        json_put(c, "added", asked_json(&x->added));
        json_put(c, "removed", asked_json(&x->removed));
        json_put_i64(c, "days_before", x->days_before);
        json_put_i64(c, "days_after", x->days_after);
        json_put_i64(c, "fields_before", (int64_t)x->fields_before);
        json_put_i64(c, "fields_after", (int64_t)x->fields_after);
        json_push(items, c);
    }
    json_put_i64(o, "tried", (int64_t)r->n);
    json_put_i64(o, "changed", changed);
    json_put_i64(o, "hindered", hindered);
    json_put(o, "items", items);
    if (r->next)
        put_id(o, "next_cursor", r->next);
    else
        json_put(o, "next_cursor", json_null());
    return o;
}

/* Letters, digits, "-", "." and "_" only: goes into a header. */
static struct sv safe_name(struct arena *a, struct sv name)
{
    char *out = arena_dup(a, name);
    for (char *p = out; *p; p++)
        if (!((*p >= '0' && *p <= '9') || (*p >= 'A' && *p <= 'Z') || (*p >= 'a' && *p <= 'z') ||
              *p == '-' || *p == '.'))
            *p = '_';
    return sv_of(out);
}

int answer_document(struct request *rq, struct response *rs, struct sv name, json_t *doc,
                    struct err *e)
{
    struct sv format = http_query(rq, "format");
    bool xlsx = sv_is(format, "xlsx");
    struct sv file = safe_name(rq->arena, name); /* name may be the document's own */
    struct buf b;
    int rc = 0;
    if (!xlsx && format.n && !sv_is(format, "json")) {
        json_decref(doc);
        err_problem(e, SV("/format"), "bad_word", "format 应为 json 或 xlsx");
        return ERR_INVALID;
    }
    if (xlsx) {
        buf_init(&b, XLSX_OUT_MAX);
        rc = office_to_xlsx(doc, &b, e);
        rs->body = rc == 0 ? arena_sv(rq->arena, buf_sv(&b)) : SV("");
        buf_done(&b);
    } else {
        rs->body = shape_text(doc, rq->arena);
    }
    json_decref(doc);
    if (rc != 0)
        return rc;
    rs->status = 200;
    rs->type = xlsx ? SV(XLSX) : SV("application/json; charset=utf-8");
    response_header(rs, "Cache-Control", SV("no-store"));
    response_header(rs, "X-Content-Type-Options", SV("nosniff"));
    response_header(rs, "Content-Disposition",
                    arena_printf_sv(rq->arena, "attachment; filename=\"%s.%s\"",
                                    file.p, xlsx ? "xlsx" : "json"));
    return 0;
}
