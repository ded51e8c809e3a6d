/* load_cond: reading conditions once every field and question is known. */
#include "domain/catalog/load.h"

enum { DEPTH_MAX = 8 };

static const struct op_word {
    const char *word;
    enum cond_op op;
    bool field, answer, context; /* where it may stand */
    json_type value;             /* JSON_NULL: no value; JSON_ARRAY: a list; else one scalar */
} OPS[] = {
    { "eq", COND_EQ, true, false, true, JSON_STRING },
    { "ne", COND_NE, true, false, true, JSON_STRING },
    { "in", COND_IN, true, false, true, JSON_ARRAY },
    { "contains", COND_CONTAINS, true, false, false, JSON_STRING },
    { "filled", COND_FILLED, true, true, true, JSON_NULL },
    { "empty", COND_EMPTY, true, true, true, JSON_NULL },
    { "lt", COND_LT, true, false, false, JSON_STRING },
    { "le", COND_LE, true, false, false, JSON_STRING },
    { "gt", COND_GT, true, false, false, JSON_STRING },
    { "ge", COND_GE, true, false, false, JSON_STRING },
    { "has", COND_HAS, false, true, false, JSON_STRING },
};

static const struct cond *read_cond(struct load *l, struct sv ptr, json_t *v, int depth);

static void problem(struct load *l, struct sv ptr, const char *code, const char *text, struct sv s)
{
    err_problem(l->e, ptr, code, "%s“%.*s”", text, (int)(s.n > 80 ? 80 : s.n), s.p ? s.p : "");
}

void load_cond_later(struct load *l, const struct at *up, const json_t *obj, const char *key,
                     const struct cond **slot)
{
    json_t *v = json_object_get(obj, key);
    struct at at = at_key(up, key);
    if (!v || json_is_null(v))
        return;
    if (l->n_later == l->cap_later) {
        size_t cap = l->cap_later ? l->cap_later * 2 : 64;
        struct later *more = arena_array(l->a, cap, sizeof *more);
        if (l->n_later)
            memcpy(more, l->later, l->n_later * sizeof *more);
        l->later = more;
        l->cap_later = cap;
    }
    l->later[l->n_later++] = (struct later){ slot, v, at_pointer(l->a, &at) };
}

static bool option_ok(const struct choice *options, size_t n, const json_t *v)
{
    for (size_t i = 0; i < n; i++)
        if (sv_eq(options[i].value, json_text(v)))
            return true;
    return n == 0;
}

/* Does the value fit the field it is compared with? */
static void check_value(struct load *l, struct sv ptr, const struct field *f, const json_t *v)
{
    int64_t x;
    bool ok;
    switch (f->type) {
    case FIELD_BOOL:
        ok = json_is_boolean(v);
        break;
    case FIELD_NUMBER:
    case FIELD_INTEGER:
        ok = cond_number(v, &x);
        break;
    default:
        ok = json_is_string(v);
    }
    if (!ok)
        problem(l, ptr, "bad_condition_value", "条件的值与字段类型不符，字段是", f->code);
    else if (!option_ok(f->options, f->n_options, v))
        problem(l, ptr, "unknown_option", "字段没有这个选项：", json_text(v));
}

static void check_field_value(struct load *l, struct sv ptr, const struct cond *c)
{
    struct sv at = json_pointer(l->e->arena, ptr, SV("value"));
    bool list = c->field->type == FIELD_MULTISELECT;
    if (c->op == COND_FILLED || c->op == COND_EMPTY)
        return;
    if (list != (c->op == COND_CONTAINS)) {
        problem(l, json_pointer(l->e->arena, ptr, SV("op")), "bad_operator",
                list ? "多选字段只能用 contains、filled、empty：" : "contains 只能用于多选字段：",
                c->field->code);
    } else if (c->op == COND_IN) {
        for (size_t i = 0; i < json_array_size(c->value); i++)
            check_value(l, json_pointer_at(l->e->arena, at, i), c->field,
                        json_array_get(c->value, i));
    } else {
        check_value(l, at, c->field, c->value);
    }
}

static void read_subject(struct load *l, struct sv ptr, struct cond *c)
{
    struct arena *a = l->e->arena;
    if (c->kind == COND_FIELD) {
        c->field = load_find(l->c, "field", c->name);
        if (c->field)
            check_field_value(l, ptr, c);
        else
            problem(l, json_pointer(a, ptr, SV("field")), "unknown_field", "条件中没有这个字段：",
                    c->name);
    } else if (c->kind == COND_ANSWER) {
        c->question = load_find(l->c, "question", c->name);
        if (!c->question) {
            problem(l, json_pointer(a, ptr, SV("answer")), "unknown_question",
                    "条件中没有这个问题：", c->name);
            return;
        }
        while (c->op == COND_HAS && c->option < c->question->n_options &&
               !sv_eq(c->question->options[c->option].code, json_text(c->value)))
            c->option++;
        if (c->op == COND_HAS && c->option == c->question->n_options)
            problem(l, json_pointer(a, ptr, SV("value")), "unknown_option",
                    "问题没有这个选项：", json_text(c->value));
        if (c->op != COND_HAS) /* the guide keeps answers as masks: only `has` can be asked */
            problem(l, json_pointer(a, ptr, SV("op")), "bad_operator",
                    "对问题的条件只能用 has：", c->name);
    } else if (!json_object_get(l->c->context, c->name.p)) {
        problem(l, json_pointer(a, ptr, SV("context")), "unknown_context",
                "目录的 context 中没有：", c->name);
    }
}

static bool value_shape_ok(const struct op_word *w, const json_t *v)
{
    if (w->value == JSON_NULL)
        return v == NULL;
    if (w->value == JSON_ARRAY)
        return json_is_array(v) && json_array_size(v) > 0;
    return json_is_string(v) || json_is_boolean(v) || json_is_integer(v);
}

static void read_leaf(struct load *l, struct sv ptr, struct cond *c, const char *subject)
{
    struct arena *a = l->e->arena;
    struct sv op = json_sv(c->source, "op");
    const struct op_word *w = NULL;
    c->name = json_sv(c->source, subject);
    c->value = json_object_get(c->source, "value");
    for (size_t i = 0; i < sizeof OPS / sizeof *OPS; i++)
        if (sv_is(op, OPS[i].word) && (c->kind == COND_FIELD    ? OPS[i].field
                                       : c->kind == COND_ANSWER ? OPS[i].answer
                                                                : OPS[i].context))
            w = &OPS[i];
    if (!w) {
        problem(l, json_pointer(a, ptr, SV("op")), "bad_operator", "条件中不能用这个运算：", op);
        return;
    }
    c->op = w->op;
    if (!value_shape_ok(w, c->value))
        problem(l, json_pointer(a, ptr, SV("value")), "bad_condition_value",
                "条件的值的类型不对，运算是", op);
    else
        read_subject(l, ptr, c);
}

static void read_kids(struct load *l, struct sv ptr, struct cond *c, json_t *list, int depth)
{
    c->n_kids = json_array_size(list);
    c->kids = arena_array(l->a, c->n_kids, sizeof *c->kids);
    if (c->n_kids == 0)
        problem(l, ptr, "bad_condition", "条件应为非空的列表", SV(""));
    for (size_t i = 0; i < c->n_kids; i++)
        c->kids[i] = read_cond(l, json_pointer_at(l->e->arena, ptr, i), json_array_get(list, i),
                               depth + 1);
}

static const struct shape {
    const char *key;
    enum cond_kind kind;
    bool leaf;
} SHAPES[] = {
    { "all", COND_ALL, false },     { "any", COND_ANY, false },       { "not", COND_NOT, false },
    { "field", COND_FIELD, true },
    { "answer", COND_ANSWER, true },
    { "context", COND_CONTEXT, true },
};

/* Exactly the members that belong to the shape, nothing else. */
static const struct shape *shape_of(const json_t *v)
{
    for (size_t i = 0; i < sizeof SHAPES / sizeof *SHAPES; i++) {
        const struct shape *s = &SHAPES[i];
        size_t n = 1;
        if (!json_object_get(v, s->key))
            continue;
        if (s->leaf)
            n = n + !!json_object_get(v, "op") + !!json_object_get(v, "value");
        return json_object_size(v) == n ? s : NULL;
    }
    return NULL;
}

static const struct cond *read_cond(struct load *l, struct sv ptr, json_t *v, int depth)
{
    const struct shape *s = json_is_object(v) ? shape_of(v) : NULL;
    if (!s || depth > DEPTH_MAX) {
        problem(l, ptr, "bad_condition", "不是认识的条件写法，或者嵌套太深", SV(""));
        return NULL;
    }
    struct cond *c = arena_alloc(l->a, sizeof *c);
    json_t *inner = json_object_get(v, s->key);
    c->kind = s->kind;
    c->source = v;
    struct sv below = json_pointer(l->e->arena, ptr, sv_of(s->key));
    if (s->leaf) {
        read_leaf(l, ptr, c, s->key);
    } else if (s->kind == COND_NOT) {
        c->n_kids = 1;
        c->kids = arena_array(l->a, 1, sizeof *c->kids);
        c->kids[0] = read_cond(l, below, inner, depth + 1);
    } else {
        read_kids(l, below, c, inner, depth);
    }
    return c;
}

void load_conds(struct load *l)
{
    for (size_t i = 0; i < l->n_later; i++)
        *l->later[i].slot = read_cond(l, l->later[i].pointer, l->later[i].value, 0);
}
