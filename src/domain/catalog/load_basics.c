/* load_basics: regions, departments, windows, laws, materials, related matters, batches. */
#include "domain/catalog/load.h"

static void each_region(struct load *l, const struct at *at, json_t *obj, void *out)
{
    static const struct member TABLE[] = {
        CODE(region, code), TEXT(region, name, true), TEXT(region, short_name, false),
        TEXT(region, parent, false), TEXT(region, note, false), CERTAINTY(region, false),
    };
    struct region *r = out;
    if (!load_members(l, at, obj, TABLE, COUNT(TABLE), r))
        return;
    if (!sv_digits(r->code, 6)) {
        struct at here = at_key(at, "code");
        load_problem(l, &here, "bad_code", "行政区划代码应为6位数字");
    }
    load_register(l, at, "region", r->code, r);
}

static void each_department(struct load *l, const struct at *at, json_t *obj, void *out)
{
    static const struct member TABLE[] = {
        CODE(department, code), TEXT(department, name, true), TEXT(department, role, true),
        TEXT(department, role_name, false), TEXT(department, region, true),
        TEXT(department, duty, false), TEXT(department, note, false), BOOL(department, vertical),
        CERTAINTY(department, true),
    };
    struct department *d = out;
    char key[80];
    if (!load_members(l, at, obj, TABLE, COUNT(TABLE), d))
        return;
    load_ref(l, at, "region", "region", "区划", d->region);
    load_register(l, at, "department", d->code, d);
    if (d->role.n + d->region.n + 1 > sizeof key)
        return;
    /* One department per role and region: "role:WJW" says the role exists. */
    memcpy(key, d->role.p ? d->role.p : "", d->role.n);
    key[d->role.n] = '@';
    memcpy(key + d->role.n + 1, d->region.p ? d->region.p : "", d->region.n);
    struct sv seat = sv_make(key, d->role.n + 1 + d->region.n);
    if (load_find(l->c, "seat", seat)) {
        struct at here = at_key(at, "role");
        load_problem(l, &here, "duplicate_role", "同一区划内职能“%.*s”有两个部门", (int)d->role.n,
                     d->role.p);
        return;
    }
    load_register(l, at, "seat", seat, d);
    if (!load_find(l->c, "role", d->role))
        load_register(l, at, "role", d->role, d);
}

static void each_window(struct load *l, const struct at *at, json_t *obj, void *out)
{
    static const struct member TABLE[] = {
        CODE(window, code), TEXT(window, name, true), TEXT(window, type, true),
        TEXT(window, region, true), TEXT(window, center, false), TEXT(window, department, true),
        TEXT(window, duty, false), TEXT(window, counter_no, false), TEXT(window, address, true),
        TEXT(window, phone, true), TEXT(window, hours, true), BOOL(window, sample),
    };
    struct window *w = out;
    if (!load_members(l, at, obj, TABLE, COUNT(TABLE), w))
        return;
    load_ref(l, at, "region", "region", "区划", w->region);
    load_ref(l, at, "department", "department", "部门", w->department);
    load_register(l, at, "window", w->code, w);
}

static void each_law(struct load *l, const struct at *at, json_t *obj, void *out)
{
    static const struct member TABLE[] = {
        CODE(law, code), TEXT(law, title, true), TEXT(law, doc_no, false),
        TEXT(law, version, false), TEXT(law, note, false), CERTAINTY(law, true),
    };
    struct law *w = out;
    if (load_members(l, at, obj, TABLE, COUNT(TABLE), w))
        load_register(l, at, "law", w->code, w);
}

static void each_material(struct load *l, const struct at *at, json_t *obj, void *out)
{
    static const struct member TABLE[] = {
        CODE(material, code), TEXT(material, name, true), TEXT(material, source, true),
        TEXT(material, issuer, false), TEXT(material, note, false),
        TEXT(material, e_cert_name, false), TEXT(material, kind, false),
        TEXT(material, validity_hint, false), BOOL(material, shareable),
        BOOL(material, exempt_by_share), BOOL(material, generated), OTHER("formats", false),
        TEXTS(material, sample),
        { "template", M_TEXTS, false, AT(material, blank), AT(material, n_blank), NULL, 0 },
    };
    struct material *m = out;
    if (load_members(l, at, obj, TABLE, COUNT(TABLE), m))
        load_register(l, at, "material", m->code, m);
}

static void each_related(struct load *l, const struct at *at, json_t *obj, void *out)
{
    static const struct member TABLE[] = {
        CODE(related, code), TEXT(related, name, true), TEXT(related, relation, true),
        TEXT(related, note, false), TEXT(related, department_role, true),
        TEXT(related, kind, false),
    };
    struct related *r = out;
    if (!load_members(l, at, obj, TABLE, COUNT(TABLE), r))
        return;
    load_ref(l, at, "department_role", "role", "部门职能", r->department_role);
    load_register(l, at, "related", r->code, r);
}

static void each_batch(struct load *l, const struct at *at, json_t *obj, void *out)
{
    static const struct member TABLE[] = {
        CODE(batch, code), TEXT(batch, name, true), TEXT(batch, published_on, false),
    };
    struct batch *b = out;
    if (load_members(l, at, obj, TABLE, COUNT(TABLE), b))
        load_register(l, at, "batch", b->code, b);
}

static void each_common(struct load *l, const struct at *at, json_t *obj, void *out)
{
    static const struct member TABLE[] = {
        CODE(common_check, code), TEXT(common_check, item, true),
        TEXT(common_check, method, false),
    };
    struct common_check *c = out;
    if (load_members(l, at, obj, TABLE, COUNT(TABLE), c))
        load_register(l, at, "check", c->code, c);
}

static void each_field(struct load *l, const struct at *at, json_t *obj, void *out)
{
    struct field *f = out;
    load_field(l, at, obj, f);
    load_register(l, at, "field", f->code, f);
}

void load_basis(struct load *l, const struct at *at, json_t *obj, void *out)
{
    static const struct member TABLE[] = {
        OTHER("law", true), TEXT(basis, article, true), TEXT(basis, summary, false),
        TEXT(basis, verified_by, false), CERTAINTY(basis, true),
    };
    struct basis *b = out;
    if (load_members(l, at, obj, TABLE, COUNT(TABLE), b))
        b->law = load_ref(l, at, "law", "law", "法规", json_sv(obj, "law"));
}

void load_basics(struct load *l, const struct at *at, const json_t *doc)
{
    static const struct member TABLE[] = {
        OTHER("$schema", false), OTHER("format", true), TEXT(catalog, version, true),
        TEXT(catalog, title, true), TEXT(catalog, disclaimer, false),
        { "context", M_JSON, false, AT(catalog, context), 0, NULL, 0 },
        { "tolerance_when", M_COND, true, AT(catalog, tolerance_when), 0, NULL, 0 },
        OTHER("regions", true), OTHER("departments", true), OTHER("windows", true),
        OTHER("laws", true), OTHER("bases", true), OTHER("materials", true),
        OTHER("fields", true), OTHER("common_checks", false), OTHER("related", false),
        OTHER("permits", true), OTHER("batches", true), OTHER("industries", true),
    };
    struct catalog *c = l->c;
#define LIST(name, type, member, count, each) \
    c->member = load_list(l, at, doc, name, sizeof(struct type), &c->count, each)
    if (!load_members(l, at, doc, TABLE, COUNT(TABLE), c))
        return;
    LIST("regions", region, regions, n_regions, each_region);
    LIST("departments", department, departments, n_departments, each_department);
    LIST("windows", window, windows, n_windows, each_window);
    LIST("laws", law, laws, n_laws, each_law);
    LIST("bases", basis, bases, n_bases, load_basis);
    LIST("materials", material, materials, n_materials, each_material);
    LIST("fields", field, fields, n_fields, each_field);
    LIST("common_checks", common_check, common_checks, n_common_checks, each_common);
    LIST("related", related, related, n_related, each_related);
    LIST("batches", batch, batches, n_batches, each_batch);
#undef LIST
}
