/* check: what must hold across the whole catalogue. Runs after everything is read, on top
 * of problems of single members; pointers lead to the member that an editor must change. */
#include "domain/catalog/load.h"

#include <regex.h>

#include "base/date.h"

#include "domain/catalog/check.h"

#define S(x) (int)((x).n > 80 ? 80 : (x).n), (x).p ? (x).p : ""

/* ---- fields and rules ---- */

static bool is_numeric(enum field_type t)
{
    return t == FIELD_NUMBER || t == FIELD_INTEGER;
}

static bool is_textual(enum field_type t)
{
    return t == FIELD_TEXT || t == FIELD_TEXTAREA || t == FIELD_ADDRESS;
}

static const struct field *field_ref(struct load *l, const struct at *at, const char *key,
                                     struct sv code)
{
    struct at here = at_key(at, key);
    const struct field *f = load_find(l->c, "field", code);
    if (!f)
        load_problem(l, &here, "unknown_field", "规则中没有这个字段：“%.*s”", S(code));
    return f;
}

static bool has_option(const struct field *f, struct sv value)
{
    for (size_t i = 0; i < f->n_options; i++)
        if (sv_eq(f->options[i].value, value))
            return true;
    return false;
}

/* The type the rule looks at: the field's, or that of one column. FIELD_TABLE when wrong. */
static enum field_type subject_type(struct load *l, const struct at *at, const struct field *f,
                                    const struct rule *r)
{
    struct at here = at_key(at, "column");
    if (sv_empty(r->column))
        return f->type;
    for (size_t i = 0; i < f->n_columns; i++)
        if (sv_eq(f->columns[i].code, r->column))
            return f->columns[i].type;
    load_problem(l, &here, "unknown_column", "字段“%.*s”没有列“%.*s”", S(f->code), S(r->column));
    return FIELD_TABLE;
}

static bool rule_fits(struct load *l, const struct at *at, const struct field *f,
                      const struct rule *r, enum field_type t)
{
    const struct field *other;
    switch (r->kind) {
    case RULE_PATTERN:
        return is_textual(t);
    case RULE_MIN:
    case RULE_MAX:
        return is_numeric(t);
    case RULE_LE_FIELD:
    case RULE_GE_FIELD:
        other = field_ref(l, at, "field", r->arg);
        return !other || (is_numeric(t) && is_numeric(other->type)) ||
               (t == FIELD_DATE && other->type == FIELD_DATE);
    case RULE_EQUALS:
        return t == FIELD_BOOL ? sv_is(r->arg, "true") || sv_is(r->arg, "false")
                               : is_numeric(t) || is_textual(t) || has_option(f, r->arg);
    case RULE_NOT_BEFORE_TODAY:
    case RULE_NOT_AFTER_TODAY:
        return t == FIELD_DATE;
    case RULE_MIN_ROWS:
        return t == FIELD_TABLE && sv_empty(r->column);
    case RULE_ONLY_IF:
        return t == FIELD_MULTISELECT && has_option(f, r->arg);
    case RULE_QUOTIENT:
        field_ref(l, at, "field", r->arg);
        field_ref(l, at, "by", r->by);
        return is_numeric(t);
    }
    return false;
}

static void check_rules_of(struct load *l, const struct at *at, const struct field *f)
{
    struct at list = at_key(at, "rules");
    for (size_t i = 0; i < f->n_rules; i++) {
        struct at here = at_index(&list, i), kind = at_key(&here, "kind");
        size_t before = l->e->n_problems;
        enum field_type t = subject_type(l, &here, f, &f->rules[i]);
        if (l->e->n_problems == before && !rule_fits(l, &here, f, &f->rules[i], t) &&
            l->e->n_problems == before)
            load_problem(l, &kind, "rule_does_not_fit", "规则“%s”不适用于字段“%.*s”的类型或选项",
                         WORDS_RULE[f->rules[i].kind], S(f->code));
    }
}

enum { CHAIN_MAX = 12 };

/* Follows show_if to the fields it names; a chain longer than any honest one is a circle. */
static bool endless(const struct cond *c, int depth)
{
    if (!c)
        return false;
    if (depth > CHAIN_MAX)
        return true;
    for (size_t i = 0; i < c->n_kids; i++)
        if (endless(c->kids[i], depth))
            return true;
    return c->kind == COND_FIELD && c->field && endless(c->field->show_if, depth + 1);
}

static void check_field_of(struct load *l, const struct at *at, const struct field *f)
{
    struct at show = at_key(at, "show_if"), id = at_key(at, "id_type"),
              kinds = at_key(&id, "kinds");
    check_rules_of(l, at, f);
    if (endless(f->show_if, 0))
        load_problem(l, &show, "condition_cycle", "字段“%.*s”的显示条件绕回了自己", S(f->code));
    if (sv_empty(f->id_type.field))
        return;
    const struct field *by = field_ref(l, &id, "field", f->id_type.field);
    for (size_t i = 0; by && i < f->id_type.n_kinds; i++)
        if (!has_option(by, f->id_type.kinds[i].value)) {
            struct at here = at_key(&kinds, f->id_type.kinds[i].value.p);
            load_problem(l, &here, "unknown_option", "字段“%.*s”没有选项“%.*s”", S(by->code),
                         S(f->id_type.kinds[i].value));
        }
}

/* ---- permits ---- */

static void check_seats(struct load *l, const struct at *up, const struct permit_type *p)
{
    struct at deciders = at_key(up, "deciders"), d = at_key(&deciders, "by_region");
    struct at supervisors = at_key(up, "supervisors"), s = at_key(&supervisors, "by_region");
    for (size_t i = 0; i < l->c->n_regions; i++) {
        const struct region *r = &l->c->regions[i];
        if (!catalog_decider(p, r->code))
            load_problem(l, &d, "decider_missing", "“%.*s”在%.*s没有决定部门", S(p->name), S(r->name));
        if (!catalog_supervisor(p, r->code))
            load_problem(l, &s, "supervisor_missing", "“%.*s”在%.*s没有监管部门", S(p->name),
                         S(r->name));
    }
}

static void check_tolerance(struct load *l, const struct at *up, const struct permit_type *p)
{
    static const char *const SENSITIVE[] = { "国家安全", "公共安全", "生态安全", "产业政策" };
    struct at tolerance = at_key(up, "tolerance"), allowed = at_key(&tolerance, "allowed");
    struct at list = at_key(up, "sensitive");
    for (size_t i = 0; i < p->n_sensitive; i++) {
        struct at here = at_index(&list, i);
        bool known = false;
        for (size_t k = 0; k < 4; k++)
            known = known || sv_is(p->sensitive[i], SENSITIVE[k]);
        if (!known)
            load_problem(l, &here, "bad_word", "“%.*s”不是国家安全、公共安全、生态安全、产业政策之一",
                         S(p->sensitive[i]));
    }
    if (p->tolerance_allowed && p->n_sensitive)
        load_problem(l, &allowed, "tolerance_forbidden", "“%.*s”涉及%.*s，不得容缺受理", S(p->name),
                     S(p->sensitive[0]));
}

static void check_materials_of(struct load *l, const struct at *up, const struct permit_type *p)
{
    struct at list = at_key(up, "materials");
    for (size_t i = 0; i < p->n_materials; i++) {
        const struct material_use *u = &p->materials[i];
        struct at here = at_index(&list, i), material = at_key(&here, "material"),
                  necessity = at_key(&here, "necessity");
        for (size_t k = 0; k < i; k++)
            if (u->material && u->material == p->materials[k].material)
                load_problem(l, &material, "duplicate_material", "“%.*s”在这个许可中列了两次",
                             S(u->material->name));
        if (u->necessity == TOLERABLE && !p->tolerance_allowed)
            load_problem(l, &necessity, "tolerance_unreachable",
                         "“%.*s”不适用容缺受理，材料不能是“容缺后补”", S(p->name));
    }
}

static bool one_placeholder(struct load *l, struct sv s)
{
    int64_t n;
    if (sv_is(s, "region") || sv_is(s, "year") || sv_is(s, "check:11,10"))
        return true;
    if (sv_starts(s, SV("serial:")))
        return sv_to_i64(sv_skip(s, 7), &n) && n >= 1 && n <= 12;
    return sv_starts(s, SV("field:")) && load_find(l->c, "field", sv_skip(s, 6));
}

static bool template_ok(struct load *l, struct sv s)
{
    while (!sv_empty(s)) {
        struct sv plain = sv_cut(&s, '{');
        if (memchr(plain.p, '}', plain.n))
            return false;
        if (sv_empty(s))
            return true;
        const char *end = memchr(s.p, '}', s.n);
        if (!end || !one_placeholder(l, sv_make(s.p, (size_t)(end - s.p))))
            return false;
        s = sv_skip(s, (size_t)(end - s.p) + 1);
    }
    return true;
}

static void check_number(struct load *l, const struct at *up, const struct permit_type *p)
{
    struct at number = at_key(up, "number"), template = at_key(&number, "template"),
              regex = at_key(&number, "regex");
    regex_t re;
    if (!template_ok(l, p->number_format))
        load_problem(l, &template, "bad_template",
                     "编号模板有错：只能用{region}{year}{serial:N}{field:代码}{check:11,10}");
    if (sv_empty(p->number_regex))
        return;
    /* \d is not ERE, but clients read it; the check is only for balance. */
    if (p->number_regex.n > 200 || regcomp(&re, p->number_regex.p, REG_EXTENDED | REG_NOSUB) != 0)
        load_problem(l, &regex, "bad_pattern", "编号的正则表达式有错");
    else
        regfree(&re);
}

/* Modes are the options of the field that offers them. */
static void check_modes(struct load *l, const struct at *up, const struct permit_type *p)
{
    struct at list = at_key(up, "modes");
    for (size_t i = 0; i < p->n_modes; i++) {
        struct at here = at_index(&list, i);
        bool known = false, any = false;
        for (size_t k = 0; k < l->c->n_fields; k++)
            if (l->c->fields[k].by_mode) {
                any = true;
                known = known || has_option(&l->c->fields[k], p->modes[i]);
            }
        if (any && !known)
            load_problem(l, &here, "unknown_option", "办理方式没有选项“%.*s”", S(p->modes[i]));
    }
}

static void check_permit(struct load *l, const struct at *at, const struct permit_type *p)
{
    struct at fields = at_key(at, "fields");
    check_seats(l, at, p);
    check_tolerance(l, at, p);
    check_materials_of(l, at, p);
    check_number(l, at, p);
    check_modes(l, at, p);
    for (size_t i = 0; i < p->n_fields; i++) {
        struct at here = at_index(&fields, i);
        check_field_of(l, &here, &p->fields[i]);
    }
}

/* ---- regions ---- */

static void check_region(struct load *l, const struct at *at, const struct region *r)
{
    bool window = false;
    for (size_t i = 0; i < l->c->n_windows; i++)
        window = window || sv_eq(l->c->windows[i].region, r->code);
    if (!catalog_bureau(l->c, r->code))
        load_problem(l, at, "bureau_missing", "%.*s没有审批服务管理局（职能SPJ）", S(r->name));
    if (!window)
        load_problem(l, at, "window_missing", "%.*s没有窗口，一次告知书无法写明办理地点", S(r->name));
}

static void check_batches(struct load *l)
{
    struct at root = { NULL, NULL, 0 }, list = at_key(&root, "batches");
    for (size_t i = 0; i < l->c->n_batches; i++) {
        struct at here = at_index(&list, i), on = at_key(&here, "published_on");
        int32_t date;
        if (!sv_empty(l->c->batches[i].published_on) &&
            !date_parse(l->c->batches[i].published_on, &date))
            load_problem(l, &on, "bad_date", "公布日期应写成2026-01-31的样子");
    }
}

void check_catalog(struct load *l)
{
    struct at root = { NULL, NULL, 0 }, list = at_key(&root, "permits");
    const struct catalog *c = l->c;
    for (size_t i = 0; i < c->n_permits; i++) {
        struct at here = at_index(&list, i);
        check_permit(l, &here, &c->permits[i]);
    }
    list = at_key(&root, "fields");
    for (size_t i = 0; i < c->n_fields; i++) {
        struct at here = at_index(&list, i);
        check_field_of(l, &here, &c->fields[i]);
    }
    list = at_key(&root, "regions");
    for (size_t i = 0; i < c->n_regions; i++) {
        struct at here = at_index(&list, i);
        check_region(l, &here, &c->regions[i]);
    }
    check_batches(l);
    list = at_key(&root, "industries");
    for (size_t i = 0; i < c->n_industries; i++) {
        struct at here = at_index(&list, i);
        check_industry(l, &here, &c->industries[i]);
    }
}
