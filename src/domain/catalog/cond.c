/* cond: see cond.h. */
#include "domain/catalog/cond.h"

bool cond_filled(const json_t *value)
{
    const char *key;
    json_t *part;
    switch (value ? json_typeof(value) : JSON_NULL) {
    case JSON_STRING:
        return !sv_empty(sv_trim(json_text(value)));
    case JSON_ARRAY:
        return json_array_size(value) > 0;
    case JSON_OBJECT: /* a person of whom nothing is written yet */
        json_object_foreach((json_t *)(uintptr_t)value, key, part)
            if (cond_filled(part))
                return true;
        return false;
    case JSON_NULL:
        return false;
    default:
        return true;
    }
}

bool cond_number(const json_t *value, int64_t *out)
{
    if (json_is_integer(value)) {
        int64_t n = (int64_t)json_integer_value(value);
        if (n > INT64_MAX / 100 || n < INT64_MIN / 100)
            return false;
        *out = n * 100;
        return true;
    }
    return json_is_string(value) && sv_to_centi(sv_trim(json_text(value)), out);
}

static bool is_numeric(const struct field *f)
{
    return f && (f->type == FIELD_NUMBER || f->type == FIELD_INTEGER);
}

/* "12.0" and 12 are the same number; text and booleans compare as they are. */
static bool same(const struct field *f, const json_t *a, const json_t *b)
{
    int64_t x, y;
    if (is_numeric(f))
        return cond_number(a, &x) && cond_number(b, &y) && x == y;
    return json_equal(a, b) != 0;
}

static bool in_list(const struct field *f, const json_t *one, const json_t *list)
{
    for (size_t i = 0; i < json_array_size(list); i++)
        if (same(f, one, json_array_get(list, i)))
            return true;
    return false;
}

/* Numbers by value, dates and everything else as text (YYYY-MM-DD sorts by time). */
static bool in_order(const struct cond *c, const json_t *value)
{
    int64_t x, y;
    int order;
    if (is_numeric(c->field)) {
        if (!cond_number(value, &x) || !cond_number(c->value, &y))
            return false;
        order = x < y ? -1 : x > y;
    } else {
        if (!json_is_string(value) || !json_is_string(c->value))
            return false;
        order = sv_cmp(json_text(value), json_text(c->value));
    }
    switch (c->op) {
    case COND_LT:
        return order < 0;
    case COND_LE:
        return order <= 0;
    case COND_GT:
        return order > 0;
    default:
        return order >= 0;
    }
}

static bool holds(const struct cond *c, const json_t *value)
{
    switch (c->op) {
    case COND_FILLED:
        return cond_filled(value);
    case COND_EMPTY:
        return !cond_filled(value);
    case COND_EQ:
        return cond_filled(value) && same(c->field, value, c->value);
    case COND_NE:
        return cond_filled(value) && !same(c->field, value, c->value);
    case COND_IN:
        return cond_filled(value) && in_list(c->field, value, c->value);
    case COND_CONTAINS:
    case COND_HAS:
        return in_list(NULL, c->value, value);
    default:
        return cond_filled(value) && in_order(c, value);
    }
}

static bool field_holds(const struct cond *c, const struct cond_env *env)
{
    const json_t *value = json_object_get(env->values, c->name.p);
    if (value && c->field && c->field->show_if && !cond_true(c->field->show_if, env))
        value = NULL;
    return holds(c, value);
}

static bool answer_holds(const struct cond *c, const struct cond_env *env)
{
    const struct question *q = c->question;
    if (env->selected) {
        const struct industry *ind = env->industry;
        if (!q || q < ind->questions || q >= ind->questions + ind->n_questions)
            return false;
        return env->selected[q - ind->questions] >> c->option & 1;
    }
    if (q && q->show_if && !cond_true(q->show_if, env))
        return false;
    return holds(c, json_object_get(env->answers, c->name.p));
}

bool cond_true(const struct cond *c, const struct cond_env *env)
{
    if (!c)
        return true;
    switch (c->kind) {
    case COND_ALL:
        for (size_t i = 0; i < c->n_kids; i++)
            if (!cond_true(c->kids[i], env))
                return false;
        return true;
    case COND_ANY:
        for (size_t i = 0; i < c->n_kids; i++)
            if (cond_true(c->kids[i], env))
                return true;
        return false;
    case COND_NOT:
        return !cond_true(c->kids[0], env);
    case COND_FIELD:
        return field_holds(c, env);
    case COND_ANSWER:
        return answer_holds(c, env);
    case COND_CONTEXT:
        return holds(c, json_object_get(env->context, c->name.p));
    }
    return false;
}

json_t *cond_to_json(const struct cond *c)
{
    return c ? json_incref(c->source) : json_null();
}
