/* about: see about.h; drafts are made in about_draft.c. */
#include "service/about.h"

#include "service/permits.h"

/* row.permits: [{"id": 1, "type": "P-SPJYXK"}]. */
static json_t *list_of(const struct bundle *b)
{
    struct err quiet;
    struct arena *a = arena_new();
    err_init(&quiet, a);
    json_t *list = json_parse(b->row.permits, &quiet);
    arena_free(a);
    return list ? list : json_array();
}

int64_t about_permit(const struct bundle *b, struct sv permit_type)
{
    json_t *list = list_of(b);
    int64_t id = 0;
    size_t i;
    json_t *o;
    if (b->row.kind != KIND_NEW)
        json_array_foreach(list, i, o)
            if (sv_eq(json_sv(o, "type"), permit_type))
                id = json_i64(o, "id", 0);
    json_decref(list);
    return id;
}

static bool listed(const json_t *list, struct sv type)
{
    size_t i;
    json_t *o;
    json_array_foreach(list, i, o)
        if (sv_eq(json_sv(o, "type"), type))
            return true;
    return false;
}

int about_types(struct bundle *b, struct arena *a, struct err *e)
{
    json_t *list = list_of(b);
    size_t n = json_array_size(list) + b->guide.n_permits, i;
    json_t *o;
    int rc = 0;
    b->types = arena_array(a, n, sizeof *b->types);
    b->n_types = 0;
    if (b->row.kind == KIND_NEW) {
        for (i = 0; i < b->guide.n_permits; i++)
            if (!listed(list, b->guide.permits[i].permit->code))
                b->types[b->n_types++] = b->guide.permits[i].permit;
    } else {
        json_array_foreach(list, i, o) {
            const struct permit_type *p = catalog_permit(b->catalog, json_sv(o, "type"));
            if (p)
                b->types[b->n_types++] = p;
        }
    }
    if (b->n_types == 0)
        rc = err_refuse(e, "P1", b->row.kind == KIND_NEW ? "按回答，这张证照已经有全部需要的许可"
                                                         : "没有可以办理的许可");
    json_decref(list);
    return rc;
}

/* Whom to call and how to deliver is about this case, not about the licence. */
static bool is_fact(const struct form_field *f)
{
    static const char *const of_the_case[] = { "联系", "代理", "办理" };
    for (size_t i = 0; !f->owner && i < sizeof of_the_case / sizeof of_the_case[0]; i++)
        if (sv_is(f->field->group, of_the_case[i]))
            return false;
    return true;
}

static bool changed(const struct bundle *b, const struct form_field *f)
{
    const char *code = f->field->code.p;
    size_t n = f->field->code.n;
    const json_t *now = json_object_getn(b->values, code, n);
    const json_t *before = json_object_getn(b->before, code, n);
    if (!is_fact(f) || !form_field_shown(&b->form, f, b->values, b->answers))
        return false;
    return now && before ? !json_equal(now, before) : (now != NULL) != (before != NULL);
}

json_t *about_changes(const struct bundle *b)
{
    json_t *list = json_array();
    for (size_t i = 0; b->before && i < b->form.n_fields; i++)
        if (changed(b, &b->form.fields[i]))
            json_push_sv(list, b->form.fields[i].field->code);
    return list;
}

static bool concerned(const struct bundle *b, const struct permit_type *p)
{
    for (size_t i = 0; i < b->form.n_fields; i++) {
        const struct form_field *f = &b->form.fields[i];
        for (size_t k = 0; k < f->n_permits; k++)
            if (f->permits[k] == p && changed(b, f))
                return true;
    }
    return false;
}

static void check_fixed(const struct bundle *b, struct err *e)
{
    static const struct { const char *code, *why; } fixed[] = {
        { F_USCC, "统一社会信用代码不同就是另一个主体，应当重新申请" },
        { F_REGION, "迁到其他区由当地部门许可，应当重新申请" },
    };
    for (size_t i = 0; i < sizeof fixed / sizeof fixed[0]; i++)
        if (!sv_eq(json_sv(b->values, fixed[i].code), json_sv(b->before, fixed[i].code)))
            err_problem(e, json_pointer(e->arena, SV("/values"), sv_of(fixed[i].code)), "fixed",
                        "%s", fixed[i].why);
}

int about_narrow(struct bundle *b, struct arena *a, struct err *e)
{
    size_t kept = 0;
    if (b->row.kind == KIND_NEW || !b->before)
        return 0;
    check_fixed(b, e);
    if (e->code || b->row.kind != KIND_AMEND)
        return e->code;
    for (size_t i = 0; i < b->n_types; i++)
        if (concerned(b, b->types[i]))
            b->types[kept++] = b->types[i];
    if (kept == 0)
        return err_refuse(e, "nothing_changed", "内容与现在的证照相同，没有需要变更的");
    b->n_types = kept;
    const json_t *shared = b->form.shared;
    form_build(b->catalog, b->types, b->n_types, a, &b->form);
    b->form.shared = shared;
    return 0;
}

/* ---- in the transaction ---- */

static int one_still(struct db_conn *c, const struct bundle *b, int64_t id, int32_t today,
                     struct arena *a, struct err *e)
{
    struct permit_row p;
    struct item_row *items;
    size_t n;
    int rc = permit_find(c, id, a, &p, e);
    if (rc != 1)
        return rc < 0 ? rc : err_set(e, ERR_NOT_FOUND, "没有这个许可");
    bool ended = p.valid_until != DATE_NONE && today > p.valid_until;
    if (!sv_is(p.state, "valid") || ended)
        return err_refuse(e, "P24", "%s已经失效（%s），不能%s", p.name.p,
                          ended ? "有效期届满" : permit_state_text(permit_state_of(p.state)),
                          case_kind_text(b->row.kind));
    rc = item_list_permit(c, id, a, &items, &n, e);
    if (rc == 0 && n > 0)
        rc = err_refuse(e, "P24", "%s正在另一个办件中办理，请等它办结", p.name.p);
    return rc;
}

int about_still(struct db_conn *c, const struct bundle *b, int32_t today, struct arena *a,
                struct err *e)
{
    struct licence_row l;
    int rc = 0;
    for (size_t i = 0; rc == 0 && i < b->n_items; i++)
        if (b->items[i].permit_id)
            rc = one_still(c, b, b->items[i].permit_id, today, a, e);
    if (rc != 0 || b->row.of_licence.n == 0)
        return rc;
    rc = licence_find_current(c, b->row.of_licence, a, &l, e);
    if (rc == 1 && !sv_is(l.state, "valid") && b->row.kind == KIND_NEW)
        return err_refuse(e, "P25", "这张证照已经失效，不能再增补，请重新申请");
    return rc < 0 ? rc : 0;
}
