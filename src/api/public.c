/* public: what anybody may ask before signing in: regions, industries, guide, notice, windows. */
#include "api/api.h"
#include "domain/catalog/guide_paths.h"
#include "sys/clock.h"

int list_regions(struct request *rq, struct response *rs, struct err *e)
{
    const struct catalog *c = app_of(rq)->catalog;
    json_t *o = json_object();
    json_t *list = json_array();
    (void)e;
    for (size_t i = 0; i < c->n_regions; i++) {
        json_t *r = json_object();
        json_put_sv(r, "code", c->regions[i].code);
        json_put_sv(r, "name", c->regions[i].name);
        json_put_sv(r, "short_name", c->regions[i].short_name);
        json_put_sv(r, "parent", c->regions[i].parent);
        json_push(list, r);
    }
    json_put(o, "items", list);
    return api_json(rq, rs, 200, o);
}

static const struct batch *batch_of(const struct catalog *c, struct sv code)
{
    for (size_t i = 0; i < c->n_batches; i++)
        if (sv_eq(c->batches[i].code, code))
            return &c->batches[i];
    return NULL;
}

json_t *json_industry(const struct catalog *c, const struct industry *ind, int32_t today,
                      struct arena *a)
{
    static const char *const modes[] = { "required", "on_demand", "one_of" };
    static const char *const kinds[] = { "licence", "filing", "registration" };
    const struct batch *batch = batch_of(c, ind->batch);
    json_t *o = json_object();
    json_t *permits = json_array();
    json_put_sv(o, "code", ind->code);
    json_put_i64(o, "seq", ind->seq);
    json_put_sv(o, "name", ind->name);
    json_put_sv(o, "annex_text", ind->annex_text);
    json_put_sv(o, "annex_remark", ind->annex_remark);
    json_put_sv(o, "scope", ind->scope);
    if (batch) {
        json_t *b = json_object();
        json_put_sv(b, "code", batch->code);
        json_put_sv(b, "name", batch->name);
        json_put_sv(b, "published_on", batch->published_on);
        json_put(o, "batch", b);
    } else {
        json_put(o, "batch", json_null());
    }
    for (size_t i = 0; i < ind->n_permits; i++) {
        const struct industry_permit *x = &ind->permits[i];
        json_t *p = json_object();
        json_put_sv(p, "code", x->permit->code);
        json_put_sv(p, "name", x->permit->name);
        json_put_sv(p, "mode", sv_of(modes[x->mode]));
        json_put_sv(p, "mode_text", sv_of(permit_mode_text(x->mode)));
        json_put_sv(p, "kind", sv_of(kinds[x->permit->kind]));
        json_put_bool(p, "retired", x->permit->retired);
        json_push(permits, p);
    }
    json_put(o, "permits", permits);
    json_put_bool(o, "offered", catalog_offer(c, ind, today) == INDUSTRY_OFFERED);
    json_put_sv(o, "offer_text", catalog_offer_text(c, ind, today, a));
    return o;
}

int list_industries(struct request *rq, struct response *rs, struct err *e)
{
    const struct catalog *c = app_of(rq)->catalog;
    json_t *o = json_object();
    json_t *list = json_array();
    (void)e;
    for (size_t i = 0; i < c->n_industries; i++)
        if (catalog_offer(c, &c->industries[i], clock_today()) == INDUSTRY_OFFERED)
            json_push(list, json_industry(c, &c->industries[i], clock_today(), rq->arena));
    json_put_sv(o, "catalog_version", c->version);
    json_put(o, "items", list);
    return api_json(rq, rs, 200, o);
}

static int find(struct request *rq, const struct catalog *c, const struct industry **out,
                struct err *e)
{
    *out = catalog_industry(c, rq->params[0]);
    return *out ? 0 : err_set(e, ERR_NOT_FOUND, "目录中没有这个行业");
}

/* The questions with their conditions, as the file has them: the client shows the same. */
json_t *json_questions(const struct catalog *c, struct sv industry)
{
    size_t i;
    json_t *ind;
    json_array_foreach(json_object_get(c->source, "industries"), i, ind)
        if (sv_eq(json_sv(ind, "code"), industry)) {
            json_t *list = json_array();
            json_t *q;
            size_t k;
            json_array_foreach(json_object_get(ind, "questions"), k, q) {
                json_t *out = json_object();
                json_t *options = json_array();
                json_t *opt;
                size_t n;
                static const char *const keep[] = { "code", "text", "help", "multi", "show_if" };
                for (size_t m = 0; m < sizeof keep / sizeof keep[0]; m++) {
                    json_t *v = json_object_get(q, keep[m]);
                    json_put(out, keep[m], v ? json_incref(v) : json_null());
                }
                if (!json_is_true(json_object_get(q, "multi")))
                    json_put_bool(out, "multi", false);
                json_array_foreach(json_object_get(q, "options"), n, opt) {
                    json_t *x = json_object();
                    json_put_sv(x, "code", json_sv(opt, "code"));
                    json_put_sv(x, "label", json_sv(opt, "label"));
                    json_put_sv(x, "note", json_sv(opt, "note"));
                    if (json_is_true(json_object_get(opt, "exclusive")))
                        json_put_bool(x, "exclusive", true);
                    json_push(options, x);
                }
                json_put(out, "options", options);
                json_push(list, out);
            }
            return list;
        }
    return json_array();
}

int get_industry(struct request *rq, struct response *rs, struct err *e)
{
    const struct industry *ind;
    const struct catalog *c = app_of(rq)->catalog;
    int rc = find(rq, c, &ind, e);
    if (rc != 0)
        return rc;
    json_t *o = json_industry(c, ind, clock_today(), rq->arena);
    json_t *notes = json_array();
    for (size_t i = 0; i < ind->n_notes; i++)
        json_push_sv(notes, ind->notes[i]);
    json_put(o, "questions", json_questions(c, ind->code));
    json_put(o, "notes", notes);
    return api_json(rq, rs, 200, o);
}

struct guide_in { struct sv region; json_t *answers; };
static const struct json_field GUIDE[] = {
    { "region", "区域", JSON_K_TEXT, true, offsetof(struct guide_in, region), 0, 12 },
    { "answers", "回答", JSON_K_OBJECT, true, offsetof(struct guide_in, answers), 0, 0 },
};

/* Decode, run the guide; *body keeps the text that the result borrows. */
static int guide(struct request *rq, const struct catalog *c, struct guide_in *in,
                 struct guide_result *g, json_t **body, struct err *e)
{
    const struct industry *ind;
    int rc = find(rq, c, &ind, e);
    if (rc != 0)
        return rc;
    *body = api_body(rq, e);
    rc = *body ? json_decode(*body, GUIDE, sizeof GUIDE / sizeof GUIDE[0], in, e) : e->code;
    if (rc == 0 && !catalog_region(c, in->region)) {
        err_problem(e, SV("/region"), "unknown_region", "没有这个行政区划");
        rc = ERR_INVALID;
    }
    return rc == 0 ? guide_run(c, ind, in->answers, NULL, rq->arena, g, e) : rc;
}

int run_guide(struct request *rq, struct response *rs, struct err *e)
{
    struct guide_in in = { 0 };
    struct guide_result g = { 0 };
    json_t *body = NULL;
    const struct catalog *c = app_of(rq)->catalog;
    int rc = guide(rq, c, &in, &g, &body, e);
    if (rc == 0) {
        struct guide_change *changes;
        size_t n;
        json_t *o = guide_to_json(c, &g, in.region);
        guide_changes(c, &g, c->context, rq->arena, &changes, &n);
        json_put(o, "changes", guide_changes_json(changes, n));
        rc = api_json(rq, rs, 200, o);
    }
    json_decref(g.prefill);
    json_decref(body);
    return rc;
}

json_t *json_notice_result(const struct catalog *c, const struct guide_result *g,
                           struct sv region, struct arena *a)
{
    struct form form;
    const struct permit_type **types = arena_array(a, g->n_permits + 1, sizeof *types);
    json_t *o = json_object();
    for (size_t i = 0; i < g->n_permits; i++)
        types[i] = g->permits[i].permit;
    form_build(c, types, g->n_permits, a, &form);
    json_put(o, "guide", guide_to_json(c, g, region));
    json_put(o, "notice", notice_to_json(c, g, region));
    json_put(o, "form", form_to_json(&form));
    return o;
}

int make_notice(struct request *rq, struct response *rs, struct err *e)
{
    struct guide_in in = { 0 };
    struct guide_result g = { 0 };
    json_t *body = NULL;
    const struct catalog *c = app_of(rq)->catalog;
    int rc = guide(rq, c, &in, &g, &body, e);
    if (rc == 0)
        rc = api_json(rq, rs, 200, json_notice_result(c, &g, in.region, rq->arena));
    json_decref(g.prefill);
    json_decref(body);
    return rc;
}

int list_windows(struct request *rq, struct response *rs, struct err *e)
{
    const struct catalog *c = app_of(rq)->catalog;
    struct sv region = http_query(rq, "region");
    json_t *o = json_object();
    json_t *list = json_array();
    (void)e;
    for (size_t i = 0; i < c->n_windows; i++) {
        const struct window *w = &c->windows[i];
        if (region.n && !sv_eq(w->region, region))
            continue;
        const struct { const char *key; struct sv text; } parts[] = {
            { "code", w->code }, { "name", w->name }, { "type", w->type },
            { "region", w->region }, { "center", w->center }, { "duty", w->duty },
            { "counter_no", w->counter_no }, { "address", w->address }, { "phone", w->phone },
            { "hours", w->hours },
        };
        json_t *x = json_object();
        for (size_t k = 0; k < sizeof parts / sizeof parts[0]; k++)
            json_put_sv(x, parts[k].key, parts[k].text);
        json_put_bool(x, "sample", w->sample);
        json_push(list, x);
    }
    json_put(o, "items", list);
    return api_json(rq, rs, 200, o);
}
