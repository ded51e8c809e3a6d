/* office_rehearse: past cases under a draft. See office.h.
 *
 * A case's answers go through the guide of the version it was filed under and through the draft's;
 * what they ask for is compared by code: permits, materials (as needed with the case's own values)
 * and the longest promised time. Nothing personal leaves here: codes, names of permits, numbers.
 */
#include "service/bundle.h"
#include "service/office.h"

struct side { /* one catalogue's answer to a case */
    struct guide_result guide;
    struct form form;
    const struct permit_type **permits;
    bool answered;
};

struct rehearse {
    struct app *app;
    const struct catalog *draft;
    struct arena *a;
    struct sv industry;
    int64_t before, limit;
    struct rehearsal *out;
};

static void side_run(struct side *s, const struct catalog *c, struct sv industry,
                     const json_t *answers, struct arena *a, struct err *e)
{
    const struct industry *ind = catalog_industry(c, industry);
    if (!ind || guide_run(c, ind, answers, NULL, a, &s->guide, e) != 0)
        return;
    s->answered = true;
    s->permits = arena_array(a, s->guide.n_permits + 1, sizeof *s->permits);
    for (size_t i = 0; i < s->guide.n_permits; i++)
        s->permits[i] = s->guide.permits[i].permit;
    form_build(c, s->permits, s->guide.n_permits, a, &s->form);
}

static int64_t longest(const struct side *s)
{
    int64_t days = 0;
    for (size_t i = 0; i < s->guide.n_permits; i++)
        days = s->permits[i]->promised_days > days ? s->permits[i]->promised_days : days;
    return days;
}

static bool needed(const struct side *s, size_t i, const json_t *values, const json_t *answers)
{
    enum material_need n = form_material_need(&s->form, &s->form.materials[i], values, answers);
    return n == NEED_REQUIRED || n == NEED_TOLERABLE || n == NEED_ON_SITE;
}

static bool has_material(const struct side *s, struct sv code, const json_t *values,
                         const json_t *answers)
{
    for (size_t i = 0; i < s->form.n_materials; i++)
        if (sv_eq(s->form.materials[i].material->code, code))
            return needed(s, i, values, answers);
    return false;
}

/* What `more` asks for and `less` does not. */
static void surplus(const struct side *more, const struct side *less, const json_t *values,
                    const json_t *answers, struct arena *a, struct rehearsal_diff *out)
{
    out->permits = arena_array(a, more->guide.n_permits + 1, sizeof *out->permits);
    out->materials = arena_array(a, more->form.n_materials + 1, sizeof *out->materials);
    for (size_t i = 0; i < more->guide.n_permits; i++) {
        bool found = false;
        for (size_t k = 0; k < less->guide.n_permits; k++)
            found = found || sv_eq(more->permits[i]->code, less->permits[k]->code);
        if (!found)
            out->permits[out->n_permits++] = more->permits[i];
    }
    for (size_t i = 0; i < more->form.n_materials; i++) {
        const struct material *m = more->form.materials[i].material;
        if (needed(more, i, values, answers) && !has_material(less, m->code, values, answers))
            out->materials[out->n_materials++] = m;
    }
}

static struct sv hindrance_of(const struct rehearse *x, const struct side *s,
                              const struct err *refused, struct sv industry)
{
    const struct industry *ind = catalog_industry(x->draft, industry);
    if (!ind)
        return SV("草稿里没有这个行业");
    if (!s->answered)
        return refused->n_problems ? refused->problems[0].message : sv_of(err_text(refused));
    if (s->guide.blocked)
        return SV("按草稿，这些回答不能开办");
    if (!s->guide.complete)
        return arena_printf_sv(x->a, "草稿多了%zu个要回答的问题：%.*s", s->guide.n_missing,
                               (int)s->guide.missing[0]->text.n, s->guide.missing[0]->text.p);
    return SV("");
}

static void compare(struct rehearse *x, const struct bundle *b, struct rehearsed *out)
{
    struct side was = { 0 }, now = { 0 };
    struct err old, refused;
    err_init(&old, x->a);
    err_init(&refused, x->a);
    side_run(&was, b->catalog, b->row.industry, b->answers, x->a, &old);
    side_run(&now, x->draft, b->row.industry, b->answers, x->a, &refused);
    *out = (struct rehearsed){
        .case_id = b->row.id, .number = b->row.number, .industry = b->row.industry,
        .region = b->row.region, .version = b->row.catalog_version,
        .hindrance = hindrance_of(x, &now, &refused, b->row.industry),
        .days_before = longest(&was), .days_after = longest(&now),
        .fields_before = was.form.n_fields, .fields_after = now.form.n_fields,
    };
    surplus(&now, &was, b->values, b->answers, x->a, &out->added);
    surplus(&was, &now, b->values, b->answers, x->a, &out->removed);
    out->changed = out->hindrance.n || out->added.n_permits || out->added.n_materials ||
                   out->removed.n_permits || out->removed.n_materials ||
                   out->days_before != out->days_after ||
                   out->fields_before != out->fields_after;
    json_decref(was.guide.prefill);
    json_decref(now.guide.prefill);
}

static int rehearse_tx(struct db_conn *c, void *ctx, struct err *e)
{
    struct rehearse *x = ctx;
    int64_t *ids;
    size_t n;
    int rc = catalog_past_cases(c, x->industry, x->before, x->limit + 1, x->a, &ids, &n, e);
    if (rc != 0)
        return rc;
    bool more = n > (size_t)x->limit;
    n = more ? (size_t)x->limit : n;
    x->out->cases = arena_array(x->a, n + 1, sizeof *x->out->cases);
    for (size_t i = 0; rc == 0 && i < n; i++) {
        struct bundle b = { 0 };
        rc = bundle_load(x->app, c, ids[i], WITH_FORM, x->a, &b, e);
        if (rc == 1)
            compare(x, &b, &x->out->cases[x->out->n++]);
        bundle_done(&b);
        rc = rc < 0 ? rc : 0;
    }
    x->out->next = more && n ? ids[n - 1] : 0;
    return rc;
}

int office_rehearse(struct app *app, const struct catalog *catalog, struct sv industry,
                    int64_t before, int64_t limit, struct arena *a, struct rehearsal *out,
                    struct err *e)
{
    struct rehearse x = { app, catalog, a, industry, before, limit, out };
    *out = (struct rehearsal){ 0 };
    return db_read(app->db, rehearse_tx, &x, e);
}
