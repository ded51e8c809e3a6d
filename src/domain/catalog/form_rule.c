/* form_rule: the rules that a filled, well-typed value must keep.
 *
 * A rule about another field that is empty, hidden or itself wrong is silent: the other
 * field's own problem is the one to mend first.
 */
#include <regex.h>

#include "base/date.h"

#include "domain/catalog/form_check.h"

static const json_t *other_value(const struct check *k, struct sv code)
{
    const struct field *f = catalog_field(k->f->catalog, code);
    const json_t *v = f ? json_object_get(k->env.values, f->code.p) : NULL;
    return v && cond_filled(v) && cond_true(f->show_if, &k->env) ? v : NULL;
}

/* -1, 0, 1; 2 when the two cannot be compared. */
static int compare(const json_t *a, const json_t *b)
{
    int64_t x, y;
    int32_t d;
    if (cond_number(a, &x) && cond_number(b, &y))
        return x < y ? -1 : x > y;
    if (date_parse(sv_trim(json_text(a)), &d) && date_parse(sv_trim(json_text(b)), &d)) {
        int order = sv_cmp(sv_trim(json_text(a)), sv_trim(json_text(b)));
        return order < 0 ? -1 : order > 0;
    }
    return 2;
}

static bool equals(const struct rule *r, const json_t *v)
{
    int64_t x, y;
    if (json_is_boolean(v))
        return sv_is(r->arg, json_is_true(v) ? "true" : "false");
    if (sv_to_centi(r->arg, &y) && cond_number(v, &x))
        return x == y;
    return sv_eq(sv_trim(json_text(v)), r->arg);
}

/* A box not ticked yet is missing, not wrong, in a draft. */
static bool not_yet(const struct check *k, const struct rule *r, const json_t *v)
{
    return !k->complete && (r->kind == RULE_MIN_ROWS ||
                            (r->kind == RULE_EQUALS && json_is_false(v) && sv_is(r->arg, "true")));
}

/* |value * by - arg| <= by / 2, in hundredths: equal after rounding to two places. */
static bool quotient_ok(const struct check *k, const struct rule *r, const json_t *v)
{
    const json_t *whole = other_value(k, r->arg), *by = other_value(k, r->by);
    int64_t x, w, d;
    if (!whole || !by || !cond_number(v, &x) || !cond_number(whole, &w) || !cond_number(by, &d) ||
        d <= 0 || x < 0 || w < 0)
        return true;
    if (x > 100000000000 || w > 100000000000 || d > 100000000000)
        return true; /* the fields' own maxima speak */
    __int128 difference = (__int128)x * d - (__int128)w * 100;
    return difference <= d && difference >= -(__int128)d; /* rounded or cut, both are right */
}

static bool date_ok(const struct check *k, const struct rule *r, const json_t *v)
{
    int32_t d;
    if (!date_parse(sv_trim(json_text(v)), &d))
        return true;
    return r->kind == RULE_NOT_BEFORE_TODAY ? d >= k->today : d <= k->today;
}

static bool only_if_ok(const struct check *k, const struct rule *r, const json_t *v)
{
    for (size_t i = 0; i < json_array_size(v); i++)
        if (sv_eq(json_text(json_array_get(v, i)), r->arg))
            return cond_true(r->test, &k->env);
    return true;
}

static bool kept(const struct check *k, const struct rule *r, const json_t *v)
{
    int64_t x;
    const json_t *other;
    int order;
    switch (r->kind) {
    case RULE_MIN:
        return !cond_number(v, &x) || x >= r->limit;
    case RULE_MAX:
        return !cond_number(v, &x) || x <= r->limit;
    case RULE_LE_FIELD:
    case RULE_GE_FIELD:
        other = other_value(k, r->arg);
        order = other ? compare(v, other) : 2;
        return order == 2 || (r->kind == RULE_LE_FIELD ? order <= 0 : order >= 0);
    case RULE_EQUALS:
        return equals(r, v);
    case RULE_NOT_BEFORE_TODAY:
    case RULE_NOT_AFTER_TODAY:
        return date_ok(k, r, v);
    case RULE_MIN_ROWS:
        return (int64_t)json_array_size(v) >= r->limit;
    case RULE_ONLY_IF:
        return only_if_ok(k, r, v);
    case RULE_QUOTIENT:
        return quotient_ok(k, r, v);
    case RULE_PATTERN:
        return !json_is_string(v) ||
               regexec(r->pattern, json_string_value(v), 0, NULL, 0) == 0;
    }
    return true;
}

static void check_column_rule(struct check *k, const struct field *f, const struct rule *r,
                              const json_t *row, int64_t index)
{
    const json_t *v = json_object_get(row, r->column.p);
    if (cond_filled(v) && !kept(k, r, v))
        check_problem(k, f, index, r->column, rule_kind_text(r->kind), "%.*s", (int)r->message.n,
                      r->message.p);
}

void check_rules(struct check *k, const struct field *f, const json_t *value)
{
    for (size_t i = 0; i < f->n_rules; i++) {
        const struct rule *r = &f->rules[i];
        if (!cond_true(r->when, &k->env) || not_yet(k, r, value))
            continue;
        if (!sv_empty(r->column)) {
            if (json_is_object(value))
                check_column_rule(k, f, r, value, -1);
            for (size_t row = 0; row < json_array_size(value); row++)
                check_column_rule(k, f, r, json_array_get(value, row), (int64_t)row);
        } else if (!kept(k, r, value)) {
            check_problem(k, f, -1, SV(""), rule_kind_text(r->kind), "%.*s", (int)r->message.n,
                          r->message.p);
        }
    }
}
