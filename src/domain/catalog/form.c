/* form: merging the fields and materials of several permits; what is needed now. */
#include "domain/catalog/form.h"

#include "domain/catalog/cond.h"

static struct cond_env env_of(const struct form *f, const json_t *values, const json_t *answers)
{
    return (struct cond_env){ .values = values, .answers = answers,
                              .context = f->context ? f->context : f->catalog->context };
}

/* ---- building ---- */

static bool uses_shared(const struct permit_type *p, const struct field *f)
{
    for (size_t i = 0; i < p->n_shared; i++)
        if (p->shared[i] == f)
            return true;
    return false;
}

static void add_shared(struct form *f, struct arena *a)
{
    const struct catalog *c = f->catalog;
    /* The catalogue keeps shared fields ordered by group; which are asked for is one pass. */
    bool *asked = arena_array(a, c->n_fields, sizeof *asked);
    for (size_t i = 0; i < f->n_permits; i++)
        for (size_t k = 0; k < f->permits[i]->n_shared; k++)
            asked[f->permits[i]->shared[k] - c->fields] = true;
    for (size_t i = 0; i < c->n_fields; i++) {
        if (!asked[i])
            continue;
        struct form_field *ff = &f->fields[f->n_fields++];
        *ff = (struct form_field){ .field = &c->fields[i] };
        ff->permits = arena_array(a, f->n_permits, sizeof *ff->permits);
        for (size_t k = 0; k < f->n_permits; k++)
            if (uses_shared(f->permits[k], &c->fields[i]))
                ff->permits[ff->n_permits++] = f->permits[k];
    }
}

static void add_own(struct form *f, const struct permit_type *p, struct arena *a)
{
    for (size_t i = 0; i < p->n_fields; i++) {
        struct form_field *ff = &f->fields[f->n_fields++];
        *ff = (struct form_field){ .field = &p->fields[i], .owner = p, .n_permits = 1 };
        ff->permits = arena_array(a, 1, sizeof *ff->permits);
        ff->permits[0] = p;
    }
}

static void add_materials(struct form *f, struct arena *a)
{
    const struct catalog *c = f->catalog;
    size_t *at = arena_array(a, c->n_materials, sizeof *at); /* index + 1 in f->materials */
    for (size_t i = 0; i < f->n_permits; i++)
        for (size_t k = 0; k < f->permits[i]->n_materials; k++) {
            const struct material_use *u = &f->permits[i]->materials[k];
            size_t *slot = &at[u->material - c->materials];
            struct form_material *m;
            if (*slot == 0) {
                m = &f->materials[f->n_materials++];
                *slot = f->n_materials;
                m->material = u->material;
                m->uses = arena_array(a, f->n_permits, sizeof *m->uses);
                m->permits = arena_array(a, f->n_permits, sizeof *m->permits);
            }
            m = &f->materials[*slot - 1];
            m->uses[m->n_permits] = u;
            m->permits[m->n_permits++] = f->permits[i];
        }
}

void form_build(const struct catalog *c, const struct permit_type **permits, size_t n,
                struct arena *a, struct form *out)
{
    size_t own = 0;
    *out = (struct form){ .catalog = c };
    out->permits = arena_array(a, n, sizeof *out->permits);
    for (size_t i = 0; i < n; i++) { /* a permit given twice is one permit */
        size_t k = 0;
        while (k < out->n_permits && out->permits[k] != permits[i])
            k++;
        if (k < out->n_permits)
            continue;
        out->permits[out->n_permits++] = permits[i];
        own += permits[i]->n_fields;
    }
    out->fields = arena_array(a, c->n_fields + own, sizeof *out->fields);
    out->materials = arena_array(a, c->n_materials, sizeof *out->materials);
    add_shared(out, a);
    for (size_t i = 0; i < out->n_permits; i++)
        add_own(out, out->permits[i], a);
    add_materials(out, a);
}

struct form_demand form_material_demand(const struct form_material *m)
{
    struct form_demand d = { OPTIONAL, true, true, true };
    for (size_t i = 0; i < m->n_permits; i++) {
        const struct material_use *u = m->uses[i];
        d.strictest = u->necessity < d.strictest ? u->necessity : d.strictest;
        d.tolerable = d.tolerable && (u->necessity == OPTIONAL ||
                                      (u->necessity == TOLERABLE && m->permits[i]->tolerance_allowed));
        d.conditional = d.conditional && (u->when || (u->necessity == OPTIONAL && !u->on_site));
        d.on_site = d.on_site && u->on_site;
    }
    d.tolerable = d.tolerable && d.strictest == TOLERABLE;
    return d;
}

/* ---- what the values make of it ---- */

bool form_field_shown(const struct form *f, const struct form_field *ff, const json_t *values,
                      const json_t *answers)
{
    struct cond_env env = env_of(f, values, answers);
    return cond_true(ff->field->show_if, &env);
}

bool form_inspection_needed(const struct form *f, const struct permit_type *p,
                            const json_t *values, const json_t *answers)
{
    struct cond_env env = env_of(f, values, answers);
    return p->inspection_required && cond_true(p->inspection_when, &env);
}

bool form_tolerance_allowed(const struct form *f, const struct permit_type *p,
                            const json_t *values, const json_t *answers)
{
    struct cond_env env = env_of(f, values, answers);
    return p->tolerance_allowed && p->n_sensitive == 0 &&
           cond_true(f->catalog->tolerance_when, &env) && cond_true(p->tolerance_when, &env);
}

/* One permit's need of a material; the enum's order is the order of strictness. */
static enum material_need use_need(const struct form *f, const struct permit_type *p,
                                   const struct material_use *u, const json_t *values,
                                   const json_t *answers)
{
    struct cond_env env = env_of(f, values, answers);
    if (u->on_site)
        return NEED_ON_SITE;
    if (u->necessity == OPTIONAL && !u->when)
        return NEED_OPTIONAL;
    if (!cond_true(u->when, &env))
        return NEED_NONE;
    if (u->necessity == TOLERABLE && form_tolerance_allowed(f, p, values, answers))
        return NEED_TOLERABLE;
    return NEED_REQUIRED;
}

enum material_need form_material_need(const struct form *f, const struct form_material *m,
                                      const json_t *values, const json_t *answers)
{
    enum material_need need = NEED_NONE;
    for (size_t i = 0; i < m->n_permits; i++) {
        enum material_need one = use_need(f, m->permits[i], m->uses[i], values, answers);
        need = one > need ? one : need;
    }
    if (need == NEED_NONE)
        return NEED_NONE;
    if (m->material->generated)
        return NEED_GENERATED;
    bool refused = json_is_false(json_object_get(f->shared, m->material->code.p));
    return m->material->exempt_by_share && !refused ? NEED_EXEMPT : need;
}

const char *material_need_code(enum material_need v)
{
    static const char *const CODES[] = { "none", "optional", "on_site", "tolerable", "required",
                                         "exempt", "generated" };
    return CODES[v];
}

const char *material_need_text(enum material_need v)
{
    static const char *const TEXTS[] = { "不需要", "选交", "核查时查验", "可容缺后补", "必交",
                                         "免提交", "平台生成" };
    return TEXTS[v];
}

/* ---- materials handed in ---- */

/* Why a promise to hand m in later is not accepted; "" when it is. */
static const char *no_promise(const struct form *f, const struct form_material *m,
                              const json_t *values, const json_t *answers, struct arena *a)
{
    struct cond_env env = env_of(f, values, answers);
    for (size_t i = 0; i < m->n_permits; i++) {
        const struct permit_type *p = m->permits[i];
        enum material_need need = use_need(f, p, m->uses[i], values, answers);
        if (need != NEED_REQUIRED)
            continue;
        if (p->n_sensitive || !p->tolerance_allowed || !cond_true(p->tolerance_when, &env))
            return arena_printf(a, "“%.*s”不适用容缺受理：%.*s", (int)p->name.n, p->name.p,
                                (int)p->tolerance_reason.n, p->tolerance_reason.p);
        if (m->uses[i]->necessity != TOLERABLE)
            return arena_printf(a, "“%.*s”把它列为必要材料，不能容缺", (int)p->name.n, p->name.p);
        return "办理方式没有选择“容缺受理”";
    }
    return "";
}

static void check_material(const struct form *f, const struct form_material *m,
                           const json_t *have, const json_t *commitments, const json_t *values,
                           const json_t *answers, struct err *e)
{
    const char *code = m->material->code.p;
    enum material_need need = form_material_need(f, m, values, answers);
    json_t *files = json_object_get(have, code);
    bool given = json_is_integer(files) && json_integer_value(files) > 0;
    bool promised = json_is_true(json_object_get(commitments, code));
    struct sv ptr = json_pointer(e->arena, SV("/materials"), m->material->code);
    if (given || (need != NEED_TOLERABLE && need != NEED_REQUIRED))
        return;
    if (need == NEED_TOLERABLE && promised)
        return;
    if (need == NEED_TOLERABLE)
        err_problem(e, ptr, "material_missing", "请上传“%.*s”，或者承诺后补",
                    (int)m->material->name.n, m->material->name.p);
    else if (promised)
        err_problem(e, ptr, "tolerance_refused", "“%.*s”不能承诺后补，请上传。%s",
                    (int)m->material->name.n, m->material->name.p,
                    no_promise(f, m, values, answers, e->arena));
    else
        err_problem(e, ptr, "material_missing", "请上传“%.*s”", (int)m->material->name.n,
                    m->material->name.p);
}

int form_check_materials(const struct form *f, const json_t *have, const json_t *commitments,
                         const json_t *values, const json_t *answers, struct err *e)
{
    size_t before = e->n_problems;
    for (size_t i = 0; i < f->n_materials; i++)
        check_material(f, &f->materials[i], have, commitments, values, answers, e);
    return e->n_problems > before ? ERR_INVALID : 0;
}

/* ---- least privilege ---- */

json_t *form_values_for(const struct form *f, const struct permit_type *p, const json_t *values)
{
    json_t *out = json_object();
    for (size_t i = 0; i < f->n_fields; i++) {
        const struct form_field *ff = &f->fields[i];
        json_t *v = json_object_get(values, ff->field->code.p);
        bool mine = false;
        for (size_t k = 0; k < ff->n_permits; k++)
            mine = mine || ff->permits[k] == p;
        if (v && mine)
            json_object_set(out, ff->field->code.p, v);
    }
    return out;
}

bool form_asks(const struct permit_type *p, struct sv material)
{
    for (size_t i = 0; i < p->n_materials; i++)
        if (sv_eq(p->materials[i].material->code, material))
            return true;
    return false;
}
