/* prefill: see prefill.h. */
#include "domain/catalog/prefill.h"

#include "base/date.h"
#include "domain/catalog/cond.h"

static const struct { const char *key, *text; } KINDS[PREFILL_KINDS] = {
    [PREFILL_REGISTER] = { "register", "企业登记信息" },
    [PREFILL_LIBRARY] = { "library", "电子证照库" },
    [PREFILL_PERMIT] = { "permit", "已颁发的行业综合许可证" },
    [PREFILL_CASE] = { "case", "以前的申请" },
};

const char *prefill_kind_key(enum prefill_kind k)
{
    return KINDS[k].key;
}

const char *prefill_kind_text(enum prefill_kind k)
{
    return KINDS[k].text;
}

struct filling {
    const struct form *form;
    json_t *values;
    const json_t *answers;
    int32_t today;
    struct arena *arena; /* of the problems before */
    struct err before;
};

/* ---- what a source says, in the form's own terms ---- */

/* The option that is meant, by value or by label; NULL when there is none. New reference. */
static json_t *choice_of(const struct choice *options, size_t n, const json_t *v)
{
    struct sv s = sv_trim(json_text(v));
    for (size_t i = 0; i < n; i++)
        if (s.n && (sv_eq(options[i].value, s) || sv_eq(options[i].label, s)))
            return json_stringn(options[i].value.p, options[i].value.n);
    return NULL;
}

static json_t *choices_of(const struct field *f, const json_t *v)
{
    json_t *list = json_is_array(v) ? json_array() : NULL;
    for (size_t i = 0; list && i < json_array_size(v); i++) {
        json_t *one = choice_of(f->options, f->n_options, json_array_get(v, i));
        if (one) {
            json_push(list, one);
        } else {
            json_decref(list);
            list = NULL;
        }
    }
    return list;
}

/* Every column that must be filled is. */
static bool record_whole(const struct field *f, const json_t *row)
{
    for (size_t i = 0; i < f->n_columns; i++)
        if (f->columns[i].required && !cond_filled(json_object_get(row, f->columns[i].code.p)))
            return false;
    return json_is_object(row);
}

static bool table_whole(const struct field *f, const json_t *v)
{
    for (size_t i = 0; i < json_array_size(v); i++)
        if (!record_whole(f, json_array_get(v, i)))
            return false;
    return json_is_array(v);
}

/* What the form would hold; NULL when it cannot be said in its terms. New reference. */
static json_t *in_form_terms(const struct field *f, const json_t *v)
{
    switch (f->type) {
    case FIELD_RADIO:
    case FIELD_SELECT:
    case FIELD_REGION: return choice_of(f->options, f->n_options, v);
    case FIELD_MULTISELECT: return choices_of(f, v);
    case FIELD_PERSON: return record_whole(f, v) ? json_deep_copy(v) : NULL;
    case FIELD_TABLE: return table_whole(f, v) ? json_deep_copy(v) : NULL;
    default: return json_deep_copy(v);
    }
}

/* "I declare that …": somebody has to say it now. */
static bool declaration(const struct field *f)
{
    for (size_t i = 0; i < f->n_rules; i++)
        if (f->type == FIELD_BOOL && f->rules[i].kind == RULE_EQUALS)
            return true;
    return false;
}

/* ---- taking ---- */

static bool known_problem(const struct err *before, const struct problem *p)
{
    for (size_t i = 0; i < before->n_problems; i++)
        if (sv_eq(before->problems[i].pointer, p->pointer) &&
            sv_eq(before->problems[i].code, p->code))
            return true;
    return false;
}

/* Has the form a problem that it had not at the start? */
static bool worse(const struct filling *x)
{
    struct arena *a = arena_new();
    struct err now;
    bool found = false;
    err_init(&now, a);
    form_check(x->form, x->values, x->answers, x->today, false, &now);
    for (size_t i = 0; !found && i < now.n_problems; i++)
        found = !known_problem(&x->before, &now.problems[i]);
    arena_free(a);
    return found;
}

static bool take(const struct filling *x, const struct field *f, const json_t *said)
{
    json_t *v = cond_filled(said) ? in_form_terms(f, said) : NULL;
    if (!v)
        return false;
    json_t *old = json_incref(json_object_get(x->values, f->code.p));
    json_put(x->values, f->code.p, v);
    bool good = !worse(x);
    if (!good && old)
        json_object_set(x->values, f->code.p, old);
    else if (!good)
        json_object_del(x->values, f->code.p);
    json_decref(old);
    return good;
}

static void mark(json_t *marks, const struct field *f, const struct prefill_source *s)
{
    char on[11];
    json_t *m = json_object();
    json_put_sv(m, "kind", sv_of(prefill_kind_key(s->kind)));
    json_put_sv(m, "source", s->label);
    if (s->reference.n)
        json_put_sv(m, "reference", s->reference);
    json_put_sv(m, "on", sv_of(date_format(s->on, on)));
    json_put(marks, f->code.p, m);
}

/* The best source that has a usable value. */
static bool fill_field(const struct filling *x, const struct form_field *ff,
                       struct prefill_source *sources, size_t n, json_t *marks)
{
    const struct field *f = ff->field;
    if (cond_filled(json_object_get(x->values, f->code.p)) || declaration(f) ||
        !form_field_shown(x->form, ff, x->values, x->answers))
        return false;
    for (int kind = 0; kind < PREFILL_KINDS; kind++)
        for (size_t i = 0; i < n; i++)
            if ((int)sources[i].kind == kind &&
                take(x, f, json_object_get(sources[i].values, f->code.p))) {
                mark(marks, f, &sources[i]);
                sources[i].filled++;
                return true;
            }
    return false;
}

size_t prefill_fill(const struct form *f, json_t *values, const json_t *answers,
                    struct prefill_source *sources, size_t n, int32_t today, json_t *marks)
{
    struct filling x = { f, values, answers, today, arena_new(), { 0 } };
    size_t filled = 0, before;
    for (size_t i = 0; i < n; i++)
        sources[i].filled = 0;
    err_init(&x.before, x.arena);
    form_check(f, values, answers, today, false, &x.before);
    /* A value may show a field that was hidden, or make another one's value pass. */
    do {
        before = filled;
        for (size_t i = 0; i < f->n_fields; i++)
            filled += fill_field(&x, &f->fields[i], sources, n, marks);
    } while (filled > before);
    arena_free(x.arena);
    return filled;
}
