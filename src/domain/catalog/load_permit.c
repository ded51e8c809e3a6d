/* load_permit: what a department may grant. First all permits with their fields, then
 * (load_permit_links) what refers to other permits. */
#include "domain/catalog/load.h"

static void each_own_field(struct load *l, const struct at *at, json_t *obj, void *out)
{
    struct field *f = out;
    load_field(l, at, obj, f);
    load_register(l, at, "field", f->code, f);
}

static void each_use(struct load *l, const struct at *at, json_t *obj, void *out)
{
    static const struct member TABLE[] = {
        OTHER("material", true), WORD(material_use, necessity, true, WORDS_NECESSITY),
        WORD(material_use, form, true, WORDS_FORM),
        { "copies", M_INT, false, AT(material_use, copies), 0, NULL, 0 },
        BOOL(material_use, before), BOOL(material_use, on_site), COND(material_use, when),
        TEXT(material_use, original_name, false), TEXT(material_use, annotate, false),
        TEXT(material_use, tolerance, false), TEXT(material_use, when_text, false),
        TEXT(material_use, note, false),
    };
    struct material_use *u = out;
    if (load_members(l, at, obj, TABLE, COUNT(TABLE), u))
        u->material = load_ref(l, at, "material", "material", "材料", json_sv(obj, "material"));
}

static void each_dependency(struct load *l, const struct at *at, json_t *obj, void *out)
{
    static const struct member TABLE[] = { TEXT(dependency, type, true), TEXT(dependency, on, true),
                                           TEXT(dependency, note, false) };
    load_members(l, at, obj, TABLE, COUNT(TABLE), out);
}

static void each_check(struct load *l, const struct at *at, json_t *obj, void *out)
{
    static const struct member TABLE[] = {
        TEXT(check_item, item, true), TEXT(check_item, method, false), BOOL(check_item, key_item),
        { "common", M_TEXT, false, AT(check_item, common_code), 0, NULL, 0 },
    };
    struct check_item *c = out;
    if (load_members(l, at, obj, TABLE, COUNT(TABLE), c))
        load_ref(l, at, "common", "check", "通用核查项", c->common_code);
}

/* {"role":"SCJG","by_region":{"150302":"D-HBW-SCJG", ...}} */
static void read_by_region(struct load *l, const struct at *up, const json_t *obj, const char *key,
                           struct sv *role, struct map *out)
{
    struct at at = at_key(up, key), map_at = at_key(&at, "by_region");
    json_t *v = json_object_get(obj, key), *map = json_object_get(v, "by_region"), *code;
    const char *region;
    map_init(out, l->a);
    *role = json_sv(v, "role");
    if (!json_is_object(v) || !json_is_object(map) || sv_empty(*role)) {
        load_problem(l, &at, "missing", "“%s”应写明 role 和 by_region", key);
        return;
    }
    load_ref(l, &at, "role", "role", "部门职能", *role);
    json_object_foreach(map, region, code) {
        struct at here = at_key(&map_at, region);
        const struct department *d = load_find(l->c, "department", json_text(code));
        const struct region *r = load_find(l->c, "region", sv_of(region));
        if (!r)
            load_problem(l, &here, "unknown_reference", "没有代码为“%.40s”的区划", region);
        else if (!d)
            load_problem(l, &here, "unknown_reference", "没有代码为“%.60s”的部门",
                         json_is_string(code) ? json_string_value(code) : "");
        else if (!sv_eq(d->region, r->code) && !sv_eq(d->region, r->parent))
            load_problem(l, &here, "wrong_region", "%.*s不在%.*s，也不是它的上级",
                         (int)d->name.n, d->name.p, (int)r->name.n, r->name.p);
        else
            map_put(out, sv_of(region), (void *)(uintptr_t)d);
    }
}

static void read_limits(struct load *l, const struct at *up, const json_t *obj,
                        struct permit_type *p)
{
    static const struct member TABLE[] = {
        { "statutory_days", M_INT, true, AT(permit_type, statutory_days), 0, NULL, 0 },
        { "statutory_text", M_TEXT, true, AT(permit_type, statutory_text), 0, NULL, 0 },
        { "certainty", M_WORD, true, AT(permit_type, limit_certainty), 0, WORDS_CERTAINTY, 3 },
        { "promised_days", M_INT, true, AT(permit_type, promised_days), 0, NULL, 0 },
        { "promised_certainty", M_TEXT, false, AT(permit_type, promised_certainty), 0, NULL, 0 },
        { "promised_by_mode", M_JSON, false, AT(permit_type, promised_by_mode), 0, NULL, 0 },
        { "excludes", M_TEXTS, false, AT(permit_type, limit_excludes),
          AT(permit_type, n_limit_excludes), NULL, 0 },
        { "extension_days", M_INT, false, AT(permit_type, extension_days), 0, NULL, 0 },
        { "correction_days", M_INT, false, AT(permit_type, correction_days), 0, NULL, 0 },
        { "note", M_TEXT, false, AT(permit_type, limit_note), 0, NULL, 0 },
    };
    struct at at = at_key(up, "limits"), here = at_key(&at, "promised_days");
    p->correction_days = 30;
    if (!load_members(l, &at, json_object_get(obj, "limits"), TABLE, COUNT(TABLE), p))
        return;
    if (p->statutory_days > 0 && p->promised_days > p->statutory_days)
        load_problem(l, &here, "promise_too_long", "承诺时限%lld个工作日超过法定时限%lld个工作日",
                     (long long)p->promised_days, (long long)p->statutory_days);
}

static void read_parts(struct load *l, const struct at *up, const json_t *obj,
                       struct permit_type *p)
{
    static const struct member VALIDITY[] = {
        { "years", M_INT, true, AT(permit_type, validity_years), 0, NULL, 0 },
        { "text", M_TEXT, true, AT(permit_type, validity_text), 0, NULL, 0 },
        { "renewal", M_TEXT, false, AT(permit_type, renewal_text), 0, NULL, 0 },
        { "annual", M_TEXT, false, AT(permit_type, annual_text), 0, NULL, 0 },
        { "certainty", M_WORD, true, AT(permit_type, validity_certainty), 0, WORDS_CERTAINTY, 3 },
    };
    static const struct member INSPECTION[] = {
        { "required", M_BOOL, true, AT(permit_type, inspection_required), 0, NULL, 0 },
        { "when", M_COND, false, AT(permit_type, inspection_when), 0, NULL, 0 },
        { "phase", M_TEXT, false, AT(permit_type, inspection_phase), 0, NULL, 0 },
        { "text", M_TEXT, false, AT(permit_type, inspection_text), 0, NULL, 0 },
        { "certainty", M_WORD, true, AT(permit_type, inspection_certainty), 0, WORDS_CERTAINTY, 3 },
    };
    static const struct member TOLERANCE[] = {
        { "allowed", M_BOOL, true, AT(permit_type, tolerance_allowed), 0, NULL, 0 },
        { "when", M_COND, false, AT(permit_type, tolerance_when), 0, NULL, 0 },
        { "reason", M_TEXT, true, AT(permit_type, tolerance_reason), 0, NULL, 0 },
        { "days", M_INT, false, AT(permit_type, tolerance_days), 0, NULL, 0 },
        { "certainty", M_WORD, true, AT(permit_type, tolerance_certainty), 0, WORDS_CERTAINTY, 3 },
    };
    static const struct member PUBLICITY[] = {
        { "days", M_INT, false, AT(permit_type, publicity_days), 0, NULL, 0 },
        { "hearing", M_TEXT, false, AT(permit_type, hearing_text), 0, NULL, 0 },
        { "hearing_required", M_BOOL, false, AT(permit_type, hearing_required), 0, NULL, 0 },
        { "basis", M_TEXT, false, AT(permit_type, publicity_basis), 0, NULL, 0 },
        { "certainty", M_WORD, false, AT(permit_type, publicity_certainty), 0, WORDS_CERTAINTY, 3 },
    };
    static const struct member NUMBER[] = {
        { "template", M_TEXT, true, AT(permit_type, number_format), 0, NULL, 0 },
        { "text", M_TEXT, false, AT(permit_type, number_text), 0, NULL, 0 },
        { "regex", M_TEXT, false, AT(permit_type, number_regex), 0, NULL, 0 },
        { "example", M_TEXT, false, AT(permit_type, number_example), 0, NULL, 0 },
        { "certainty", M_WORD, true, AT(permit_type, number_certainty), 0, WORDS_CERTAINTY, 3 },
        { "external", M_BOOL, false, AT(permit_type, number_external), 0, NULL, 0 },
        { "note", M_TEXT, false, AT(permit_type, number_note), 0, NULL, 0 },
    };
    struct at at = at_key(up, "validity");
    load_members(l, &at, json_object_get(obj, "validity"), VALIDITY, COUNT(VALIDITY), p);
    at = at_key(up, "inspection");
    load_members(l, &at, json_object_get(obj, "inspection"), INSPECTION, COUNT(INSPECTION), p);
    at = at_key(up, "tolerance");
    load_members(l, &at, json_object_get(obj, "tolerance"), TOLERANCE, COUNT(TOLERANCE), p);
    at = at_key(up, "publicity");
    if (json_object_get(obj, "publicity"))
        load_members(l, &at, json_object_get(obj, "publicity"), PUBLICITY, COUNT(PUBLICITY), p);
    at = at_key(up, "number");
    load_members(l, &at, json_object_get(obj, "number"), NUMBER, COUNT(NUMBER), p);
}

void load_permit(struct load *l, const struct at *at, json_t *obj, void *out)
{
    static const struct member TABLE[] = {
        CODE(permit_type, code), TEXT(permit_type, name, true),
        TEXT(permit_type, formal_name, true), TEXT(permit_type, certificate_name, true),
        TEXT(permit_type, scope, false), TEXT(permit_type, status, false),
        TEXTS(permit_type, annex_names), WORD(permit_type, kind, true, WORDS_KIND),
        BOOL(permit_type, retired), TEXT(permit_type, level, false),
        WORD(permit_type, level_certainty, false, WORDS_CERTAINTY),
        TEXTS(permit_type, co_supervisors), TEXTS(permit_type, modes),
        TEXTS(permit_type, sensitive), TEXTS(permit_type, conditions), TEXTS(permit_type, notes),
        WORD(permit_type, conditions_certainty, false, WORDS_CERTAINTY),
        WORD(permit_type, materials_certainty, false, WORDS_CERTAINTY),
        { "quantity_control", M_JSON, false, AT(permit_type, quantity_control), 0, NULL, 0 },
        { "effect", M_JSON, false, AT(permit_type, effect), 0, NULL, 0 },
        OTHER("deciders", true), OTHER("supervisors", true), OTHER("bases", true),
        OTHER("limits", true), OTHER("validity", true), OTHER("inspection", true),
        OTHER("tolerance", true), OTHER("publicity", false), OTHER("number", true),
        OTHER("materials", true), OTHER("shared_fields", true), OTHER("fields", true),
        OTHER("dependencies", false), OTHER("checks", false),
    };
    struct permit_type *p = out;
    if (!load_members(l, at, obj, TABLE, COUNT(TABLE), p))
        return;
    load_register(l, at, "permit", p->code, p);
    read_by_region(l, at, obj, "deciders", &p->decider_role, &p->deciders);
    read_by_region(l, at, obj, "supervisors", &p->supervisor_role, &p->supervisors);
    read_limits(l, at, obj, p);
    read_parts(l, at, obj, p);
    p->bases = load_list(l, at, obj, "bases", sizeof *p->bases, &p->n_bases, load_basis);
    p->materials =
        load_list(l, at, obj, "materials", sizeof *p->materials, &p->n_materials, each_use);
    struct field *own =
        load_list(l, at, obj, "fields", sizeof *own, &p->n_fields, each_own_field);
    for (size_t i = 0; i < p->n_fields; i++)
        own[i].owner = p;
    p->fields = own;
    p->shared = (const struct field **)load_refs(l, at, obj, "shared_fields", "field", "共用字段",
                                                 &p->n_shared);
    p->deps = load_list(l, at, obj, "dependencies", sizeof *p->deps, &p->n_deps, each_dependency);
    p->checks = load_list(l, at, obj, "checks", sizeof *p->checks, &p->n_checks, each_check);
}

void load_permit_links(struct load *l, const struct at *at, const struct permit_type *p)
{
    struct at list = at_key(at, "dependencies"), shared = at_key(at, "shared_fields");
    for (size_t i = 0; i < p->n_deps; i++) {
        struct at here = at_index(&list, i);
        struct sv on = p->deps[i].on;
        if (!sv_empty(on) && !load_find(l->c, "permit", on) && !load_find(l->c, "related", on)) {
            struct at key = at_key(&here, "on");
            load_problem(l, &key, "unknown_reference", "没有代码为“%.*s”的许可事项或关联事项",
                         (int)on.n, on.p);
        }
    }
    for (size_t i = 0; i < p->n_shared; i++)
        if (p->shared[i]->owner) {
            struct at here = at_index(&shared, i);
            load_problem(l, &here, "not_shared", "“%.*s”不是共用字段", (int)p->shared[i]->code.n,
                         p->shared[i]->code.p);
        }
    for (size_t i = 0; i < p->n_co_supervisors; i++) {
        struct at co = at_key(at, "co_supervisors"), here = at_index(&co, i);
        if (!load_find(l->c, "role", p->co_supervisors[i]))
            load_problem(l, &here, "unknown_reference", "没有代码为“%.*s”的部门职能",
                         (int)p->co_supervisors[i].n, p->co_supervisors[i].p);
    }
}
