/* reform: what handling together has saved (R2.5): of one case, and of all licences issued in the last year.
 * Figures are those of the catalogue for the permits of each case; how each comes about is said there. */
#include "api/api.h"
#include "domain/catalog/effect.h"
#include "store/board_store.h"

enum { YEAR = 365, PERMITS_MAX = 64 };

/* ---- one case ---- */

int get_case_effect(struct request *rq, struct response *rs, struct err *e)
{
    struct bundle b = { 0 };
    int64_t id;
    int rc = api_id(rq, 0, &id, e);
    if (rc == 0)
        rc = bundle_open(app_of(rq), actor_of(rq), id, WITH_ITEMS | WITH_FORM, rq->arena, &b, e);
    if (rc == 0)
        rc = bundle_resolve(&b, rq->arena, e);
    if (rc == 0) {
        struct reform_effect effect;
        json_t *o = json_object();
        effect_compute(b.catalog, b.types, b.n_types, rq->arena, &effect);
        json_put(o, "effect", b.n_types ? effect_to_json(&effect) : json_null());
        rc = api_json(rq, rs, 200, o);
    }
    bundle_done(&b);
    return rc;
}

/* ---- a year ---- */

struct totals { int64_t cases, before[EFFECT_KINDS], after[EFFECT_KINDS]; bool known[EFFECT_KINDS]; };

struct reform_ctx { struct arena *arena; struct sv region; int64_t since;
                    struct board_issue *list; size_t n; };

static int read_tx(struct db_conn *c, void *ctx, struct err *e)
{
    struct reform_ctx *x = ctx;
    return board_issues(c, x->region, x->since, x->arena, &x->list, &x->n, e);
}

/* What one such case saves. */
static struct totals one_of(const struct catalog *c, const struct board_issue *i, struct arena *a)
{
    const struct permit_type *types[PERMITS_MAX];
    struct totals t = { .cases = 1 };
    struct reform_effect effect;
    struct sv rest = i->permits;
    size_t n = 0;
    while (rest.n && n < PERMITS_MAX) {
        const char *comma = memchr(rest.p, ',', rest.n);
        size_t k = comma ? (size_t)(comma - rest.p) : rest.n;
        types[n] = catalog_permit(c, sv_make(rest.p, k));
        n += types[n] != NULL;
        rest = sv_skip(rest, comma ? k + 1 : k);
    }
    effect_compute(c, types, n, a, &effect);
    for (int k = 0; k < EFFECT_KINDS; k++) {
        const struct effect_figure *f = &effect.figures[k];
        t.known[k] = f->before.known && f->after.known;
        t.before[k] = t.known[k] ? f->before.total : 0;
        t.after[k] = t.known[k] ? f->after.total : 0;
    }
    return t;
}

static void add(struct totals *sum, const struct totals *one, int64_t times)
{
    sum->cases += times;
    for (int k = 0; k < EFFECT_KINDS; k++) {
        sum->before[k] += one->before[k] * times;
        sum->after[k] += one->after[k] * times;
    }
}

static json_t *figures_json(const struct totals *t)
{
    json_t *list = json_array();
    for (int k = 0; k <= EFFECT_DAYS; k++) {
        json_t *o = json_object();
        json_put_sv(o, "key", sv_of(effect_figure_key((enum effect_kind)k)));
        json_put_sv(o, "name", sv_of(effect_figure_name((enum effect_kind)k)));
        json_put_sv(o, "unit", sv_of(effect_figure_unit((enum effect_kind)k)));
        json_put_i64(o, "before", t->before[k]);
        json_put_i64(o, "after", t->after[k]);
        json_push(list, o);
    }
    return list;
}

/* Rows come by industry; alike cases are one row with their number. */
int get_reform(struct request *rq, struct response *rs, struct err *e)
{
    const struct catalog *c = app_of(rq)->catalog;
    struct reform_ctx x = { .arena = rq->arena, .region = api_region(rq),
                            .since = caller_of(rq)->now - YEAR * MS_PER_DAY };
    struct totals all = { 0 }, sum = { 0 };
    int rc = db_read(app_of(rq)->db, read_tx, &x, e);
    if (rc < 0)
        return rc;
    json_t *o = json_object();
    json_t *list = json_array();
    for (size_t i = 0; i < x.n; i++) {
        struct totals one = one_of(c, &x.list[i], rq->arena);
        add(&sum, &one, x.list[i].n);
        add(&all, &one, x.list[i].n);
        if (i + 1 < x.n && sv_eq(x.list[i + 1].industry, x.list[i].industry))
            continue;
        const struct industry *ind = catalog_industry(c, x.list[i].industry);
        json_t *row = json_object();
        put_pair(row, "industry", x.list[i].industry, ind ? ind->name : x.list[i].industry);
        json_put_i64(row, "cases", sum.cases);
        json_put(row, "figures", figures_json(&sum));
        json_push(list, row);
        sum = (struct totals){ 0 };
    }
    json_put_i64(o, "cases", all.cases);
    json_put(o, "figures", figures_json(&all));
    json_put(o, "industries", list);
    return api_json(rq, rs, 200, o);
}
