/* contradict: see contradict.h. */
#include "domain/catalog/contradict.h"
#include "domain/catalog/shape.h"

#include <stdio.h>

#define S(x) (int)((x).n > 150 ? 150 : (x).n), (x).p ? (x).p : ""

struct scan {
    const struct catalog *c;
    struct arena *a;
    struct contradictions *out;
    const struct permit_type *p[2]; /* the two under comparison */
};

/* ---- saying it ---- */

static struct sv department_of(const struct scan *s, const struct permit_type *p)
{
    for (size_t i = 0; i < s->c->n_departments; i++)
        if (sv_eq(s->c->departments[i].role, p->decider_role))
            return s->c->departments[i].role_name.n ? s->c->departments[i].role_name
                                                    : s->c->departments[i].name;
    return p->decider_role;
}

static struct sv place_of(const struct scan *s, const struct permit_type *p, const char *list,
                          size_t index)
{
    return arena_printf_sv(s->a, "/permits/%zu/%s/%zu", (size_t)(p - s->c->permits), list, index);
}

/* what: the thing in common; a and b: how each wants it. */
static void report(struct scan *s, const char *kind, const char *list, size_t i, size_t k,
                   struct sv what, struct sv a, struct sv b, const char *words)
{
    struct contradictions *o = s->out;
    if (o->n == CONTRADICTIONS_MAX)
        return;
    if (o->n == o->cap) {
        size_t cap = o->cap ? o->cap * 2 : 16;
        struct contradiction *more = arena_array(s->a, cap, sizeof *more);
        if (o->n)
            memcpy(more, o->list, o->n * sizeof *more);
        o->list = more;
        o->cap = cap;
    }
    struct contradiction *x = &o->list[o->n++];
    x->kind = kind;
    x->key = arena_printf_sv(s->a, "%s|%.*s|%.*s|%.*s|%.*s|%.*s", kind, S(s->p[0]->code),
                             S(s->p[1]->code), S(what), S(a), S(b));
    x->pointer[0] = place_of(s, s->p[0], list, i);
    x->pointer[1] = place_of(s, s->p[1], list, k);
    for (int n = 0; n < 2; n++) {
        struct sv d = department_of(s, s->p[n]);
        x->place[n] = arena_printf_sv(s->a, "%.*s·%.*s", S(d), S(s->p[n]->name));
    }
    x->sentence = arena_printf_sv(s->a, "%s：“%.*s”，“%.*s”要求%.*s，“%.*s”要求%.*s", words, S(what),
                                  S(s->p[0]->name), S(a), S(s->p[1]->name), S(b));
}

/* ---- materials ---- */

static struct sv tolerance_word(struct scan *s, const struct permit_type *p,
                                const struct material_use *u)
{
    if (u->necessity == TOLERABLE)
        return SV("可以容缺后补");
    return p->n_sensitive ? arena_printf_sv(s->a, "不得容缺（涉及%.*s）", S(p->sensitive[0]))
                          : SV("不能容缺");
}

static void compare_use(struct scan *s, size_t i, size_t k)
{
    const struct material_use *a = &s->p[0]->materials[i], *b = &s->p[1]->materials[k];
    struct sv name = a->material->name;
    if (a->form != b->form)
        report(s, "material_form", "materials", i, k, name, sv_of(material_form_text(a->form)),
               sv_of(material_form_text(b->form)), "同一材料形式不同");
    if (a->copies != b->copies && a->copies && b->copies)
        report(s, "material_copies", "materials", i, k, name,
               arena_printf_sv(s->a, "%lld份", (long long)a->copies),
               arena_printf_sv(s->a, "%lld份", (long long)b->copies), "同一材料份数不同");
    if (a->necessity == b->necessity || a->when || b->when)
        return;
    if (a->necessity == OPTIONAL || b->necessity == OPTIONAL)
        report(s, "material_necessity", "materials", i, k, name,
               sv_of(necessity_text(a->necessity)), sv_of(necessity_text(b->necessity)),
               "同一材料必要性不同");
    else
        report(s, "material_tolerance", "materials", i, k, name, tolerance_word(s, s->p[0], a),
               tolerance_word(s, s->p[1], b), "同一材料能否容缺不同");
}

static void compare_materials(struct scan *s)
{
    for (size_t i = 0; i < s->p[0]->n_materials; i++)
        for (size_t k = 0; k < s->p[1]->n_materials; k++)
            if (s->p[0]->materials[i].material == s->p[1]->materials[k].material)
                compare_use(s, i, k);
}

/* ---- texts that are the same but for their numbers ---- */

static bool digit(char c)
{
    return c >= '0' && c <= '9';
}

/* Are x and y equal when every number counts as the same? *differ: some numbers differ. */
static bool same_topic(struct sv x, struct sv y, bool *differ)
{
    size_t i = 0, k = 0;
    *differ = false;
    while (i < x.n && k < y.n) {
        if (!digit(x.p[i]) || !digit(y.p[k])) {
            if (x.p[i++] != y.p[k++])
                return false;
            continue;
        }
        size_t from = i, to = k;
        while (i < x.n && (digit(x.p[i]) || x.p[i] == '.'))
            i++;
        while (k < y.n && (digit(y.p[k]) || y.p[k] == '.'))
            k++;
        *differ |= !sv_eq(sv_make(x.p + from, i - from), sv_make(y.p + to, k - to));
    }
    return i == x.n && k == y.n;
}

static void compare_conditions(struct scan *s)
{
    bool differ;
    for (size_t i = 0; i < s->p[0]->n_conditions; i++)
        for (size_t k = 0; k < s->p[1]->n_conditions; k++)
            if (same_topic(s->p[0]->conditions[i], s->p[1]->conditions[k], &differ) && differ)
                report(s, "condition_numbers", "conditions", i, k, SV("许可条件"),
                       s->p[0]->conditions[i], s->p[1]->conditions[k], "同一条件的数值不同");
}

static struct sv method_of(const struct scan *s, const struct check_item *x)
{
    for (size_t i = 0; x->method.n == 0 && x->common_code.n && i < s->c->n_common_checks; i++)
        if (sv_eq(s->c->common_checks[i].code, x->common_code))
            return s->c->common_checks[i].method;
    return x->method;
}

static void compare_checks(struct scan *s)
{
    bool differ;
    for (size_t i = 0; i < s->p[0]->n_checks; i++)
        for (size_t k = 0; k < s->p[1]->n_checks; k++) {
            const struct check_item *a = &s->p[0]->checks[i], *b = &s->p[1]->checks[k];
            bool common = a->common_code.n && sv_eq(a->common_code, b->common_code);
            struct sv how[2] = { method_of(s, a), method_of(s, b) };
            if (!same_topic(a->item, b->item, &differ)) {
                if (!common)
                    continue;
                differ = false;
            }
            if (differ)
                report(s, "check_numbers", "checks", i, k, SV("核查标准"), a->item, b->item,
                       "同一核查内容的标准不同");
            if (how[0].n && how[1].n && !sv_eq(how[0], how[1]))
                report(s, "check_method", "checks", i, k, a->item, how[0], how[1],
                       "同一核查内容的方法不同");
            if (a->key_item != b->key_item)
                report(s, "check_key", "checks", i, k, a->item,
                       a->key_item ? SV("作为关键项") : SV("作为一般项"),
                       b->key_item ? SV("作为关键项") : SV("作为一般项"), "同一核查内容的轻重不同");
        }
}

/* ---- fields of one meaning ---- */

static struct sv said_type(const struct field *f)
{
    return sv_of(shape_field_type(f->type));
}

static struct sv limits_of(struct scan *s, const struct field *f)
{
    struct buf b;
    buf_init(&b, 1 << 16);
    buf_fmt(&b, "%s", f->required ? "必填" : "选填");
    if (f->max_length)
        buf_fmt(&b, "、至多%lld字", (long long)f->max_length);
    for (size_t i = 0; i < f->n_rules; i++)
        if (f->rules[i].kind == RULE_MIN || f->rules[i].kind == RULE_MAX)
            buf_fmt(&b, "、%s%lld.%02lld", f->rules[i].kind == RULE_MIN ? "不小于" : "不大于",
                    (long long)(f->rules[i].limit / 100),
                    (long long)(f->rules[i].limit % 100 < 0 ? -(f->rules[i].limit % 100)
                                                            : f->rules[i].limit % 100));
    struct sv out = arena_sv(s->a, buf_sv(&b));
    buf_done(&b);
    return out;
}

static void compare_fields(struct scan *s)
{
    for (size_t i = 0; i < s->p[0]->n_fields; i++)
        for (size_t k = 0; k < s->p[1]->n_fields; k++) {
            const struct field *a = &s->p[0]->fields[i], *b = &s->p[1]->fields[k];
            if (!sv_eq(a->label, b->label))
                continue;
            struct sv how[2] = { limits_of(s, a), limits_of(s, b) };
            if (a->type != b->type)
                report(s, "field_type", "fields", i, k, a->label, said_type(a), said_type(b),
                       "同一含义的字段类型不同");
            else if (!sv_eq(how[0], how[1]))
                report(s, "field_limits", "fields", i, k, a->label, how[0], how[1],
                       "同一含义的字段限制不同");
        }
}

/* ---- pairs ---- */

static void compare_pair(struct scan *s, struct map *seen, const struct permit_type *a,
                         const struct permit_type *b)
{
    if (!a || !b || a == b || sv_eq(a->decider_role, b->decider_role))
        return;
    s->p[0] = a < b ? a : b; /* in the order of the file, whichever industry names them first */
    s->p[1] = a < b ? b : a;
    struct sv key = arena_printf_sv(s->a, "%p-%p", (const void *)s->p[0], (const void *)s->p[1]);
    if (map_put(seen, key, s))
        return;
    compare_materials(s);
    compare_conditions(s);
    compare_checks(s);
    compare_fields(s);
}

void catalog_contradictions(const struct catalog *c, struct arena *a, struct contradictions *out)
{
    struct scan s = { .c = c, .a = a, .out = out };
    struct map seen;
    *out = (struct contradictions){ 0 };
    map_init(&seen, a);
    for (size_t n = 0; n < c->n_industries; n++)
        for (size_t i = 0; i < c->industries[n].n_permits; i++)
            for (size_t k = 0; k < i; k++)
                compare_pair(&s, &seen, c->industries[n].permits[i].permit,
                             c->industries[n].permits[k].permit);
}

const struct contradiction *contradiction_find(const struct contradictions *s, struct sv key)
{
    for (size_t i = 0; i < s->n; i++)
        if (sv_eq(s->list[i].key, key))
            return &s->list[i];
    return NULL;
}
