/* catalogs: versions of the catalogue, comparing two, the figures for removal. */
#include "api/catalog.h"

#include "domain/catalog/shape.h"
#include "sys/clock.h"

int get_shape(struct request *rq, struct response *rs, struct err *e)
{
    json_t *o = json_object();
    (void)e;
    json_put(o, "shapes", shape_to_json());
    return api_json(rq, rs, 200, o);
}

struct versions { struct arena *arena; struct catalog_version_row *list; size_t n; };

static int versions_tx(struct db_conn *c, void *ctx, struct err *e)
{
    struct versions *v = ctx;
    return catalog_version_list(c, v->arena, &v->list, &v->n, e);
}

int list_versions(struct request *rq, struct response *rs, struct err *e)
{
    struct versions v = { .arena = rq->arena };
    int rc = db_peek(app_of(rq)->db, versions_tx, &v, e);
    if (rc != 0)
        return rc;
    json_t *o = json_object(), *items = json_array();
    for (size_t i = 0; i < v.n; i++)
        json_push(items, json_version(&v.list[i]));
    json_put(o, "items", items);
    json_put_bool(o, "may_edit", office_may_edit(app_of(rq), actor_of(rq)));
    return api_json(rq, rs, 200, o);
}

int get_version(struct request *rq, struct response *rs, struct err *e)
{
    struct sv name = arena_printf_sv(rq->arena, "v:%.*s", (int)rq->params[0].n, rq->params[0].p);
    json_t *doc = office_document(app_of(rq), name, rq->arena, e);
    return doc ? answer_document(rq, rs, rq->params[0], doc, e) : e->code;
}

int compare_catalogs(struct request *rq, struct response *rs, struct err *e)
{
    struct sv names[2] = { http_query(rq, "from"), http_query(rq, "to") };
    json_t *docs[2] = { NULL, NULL };
    struct diff d;
    for (int i = 0; i < 2; i++) {
        if (!sv_starts(names[i], SV("v:")) && !sv_starts(names[i], SV("d:")))
            err_problem(e, i ? SV("/to") : SV("/from"), "bad_reference",
                        "应写成 v:版本 或 d:草稿编号");
        else
            docs[i] = office_document(app_of(rq), names[i], rq->arena, e);
    }
    int rc = docs[0] && docs[1] ? 0 : e->code;
    if (rc == 0) {
        catalog_diff(docs[0], docs[1], rq->arena, &d);
        json_t *o = diff_to_json(&d);
        json_put_sv(o, "from", names[0]);
        json_put_sv(o, "to", names[1]);
        rc = api_json(rq, rs, 200, o);
    }
    json_decref(docs[0]);
    json_decref(docs[1]);
    return rc;
}

/* ---- proposals for removal (R1.3) ---- */

enum { FEW_CASES = 5, YEAR_DAYS = 365 };

struct figures { struct arena *arena; int64_t since; struct industry_figure *list; size_t n; };

static int figures_tx(struct db_conn *c, void *ctx, struct err *e)
{
    struct figures *f = ctx;
    return catalog_figures(c, f->since, f->arena, &f->list, &f->n, e);
}

/* Why an industry might leave the catalogue, as sentences; none: it stays. */
static json_t *why_remove(const struct industry *ind, const struct industry_figure *f,
                          struct arena *a)
{
    json_t *why = json_array();
    if (f->cases < FEW_CASES)
        json_push_sv(why, arena_printf_sv(a, "近12个月只有%lld件申请", (long long)f->cases));
    for (size_t i = 0; i < ind->n_permits; i++)
        if (ind->permits[i].permit->retired)
            json_push_sv(why, arena_printf_sv(a, "其中的“%s”已经取消",
                                              ind->permits[i].permit->name.p));
    return why;
}

static json_t *figure_json(const struct catalog *c, const struct industry *ind,
                           const struct figures *f, struct arena *a)
{
    struct industry_figure none = { .industry = ind->code }, *own = &none;
    for (size_t i = 0; i < f->n; i++)
        if (sv_eq(f->list[i].industry, ind->code))
            own = &f->list[i];
    enum industry_offer offer = catalog_offer(c, ind, clock_today());
    json_t *o = json_object();
    json_t *why = offer == INDUSTRY_OFFERED ? why_remove(ind, own, a) : json_array();
    json_put_sv(o, "code", ind->code);
    json_put_sv(o, "name", ind->name);
    json_put_sv(o, "batch", ind->batch);
    json_put_bool(o, "offered", offer == INDUSTRY_OFFERED);
    json_put_sv(o, "offer_text", catalog_offer_text(c, ind, clock_today(), a));
    json_put_i64(o, "cases", own->cases);
    json_put_i64(o, "open", own->open);
    json_put_i64(o, "licences", own->licences);
    json_put_bool(o, "proposed", json_array_size(why) > 0);
    json_put(o, "why", why);
    return o;
}

int get_figures(struct request *rq, struct response *rs, struct err *e)
{
    const struct catalog *c = app_of(rq)->catalog;
    int64_t now = caller_of(rq)->now;
    struct figures f = { .arena = rq->arena,
                         .since = now - INT64_C(86400000) * YEAR_DAYS };
    int rc = db_read(app_of(rq)->db, figures_tx, &f, e);
    if (rc != 0)
        return rc;
    json_t *o = json_object(), *items = json_array();
    for (size_t i = 0; i < c->n_industries; i++)
        json_push(items, figure_json(c, &c->industries[i], &f, rq->arena));
    json_put_sv(o, "catalog_version", c->version);
    put_date(o, "since", date_of_ms(f.since));
    json_put(o, "items", items);
    return api_json(rq, rs, 200, o);
}
