/* form_check: values against the types and rules of their fields, all problems at once. */
#include "domain/catalog/form_check.h"

#include <stdarg.h>
#include <stdio.h>

#include "base/utf8.h"
#include "domain/law/ids.h"

enum { ROWS_MAX = 200, COLUMN_MAX = 200, NUMBER_MAX = 12 /* digits before the point */ };

/* What is checked now: a field, or one column of it in one row. */
struct cell {
    const struct field *field;
    int64_t row;
    struct sv column;
    const char *label; /* NUL-terminated */
    enum field_type type;
    const struct choice *options; size_t n_options;
    int64_t max_length;
    const struct column *col; /* NULL: the field itself */
};

void check_problem(struct check *k, const struct field *f, int64_t row, struct sv column,
                   const char *code, const char *fmt, ...)
{
    char text[512];
    va_list ap;
    va_start(ap, fmt);
    vsnprintf(text, sizeof text, fmt, ap);
    va_end(ap);
    struct sv ptr = json_pointer(k->e->arena, SV("/values"), f->code);
    if (row >= 0)
        ptr = json_pointer_at(k->e->arena, ptr, (size_t)row);
    if (!sv_empty(column))
        ptr = json_pointer(k->e->arena, ptr, column);
    err_problem(k->e, ptr, code, "%s", text);
}

#define WRONG(code, ...) check_problem(k, c->field, c->row, c->column, code, __VA_ARGS__)

/* ---- one value by its type: each returns true when the rules may look at it ---- */

static bool is_text(struct check *k, const struct cell *c, const json_t *v, struct sv *out)
{
    *out = json_text(v);
    if (!json_is_string(v))
        WRONG("wrong_type", "“%s”应为文字", c->label);
    else if (!utf8_clean(*out))
        WRONG("bad_text", "“%s”含有不能使用的字符", c->label);
    else if (c->max_length > 0 && out->n > (size_t)c->max_length &&
             utf8_count(*out) > (size_t)c->max_length)
        WRONG("too_long", "“%s”最多%lld个字，现在有%zu个字", c->label, (long long)c->max_length,
              utf8_count(*out));
    else
        return true;
    return false;
}

static bool is_number(struct check *k, const struct cell *c, const json_t *v)
{
    int64_t n;
    struct sv s = sv_trim(json_text(v));
    bool whole = c->type == FIELD_INTEGER;
    bool ok = json_is_integer(v) || (json_is_string(v) && s.n <= NUMBER_MAX + 4);
    ok = ok && cond_number(v, &n) && n <= INT64_C(99999999999999) && n >= -INT64_C(99999999999999);
    if (ok && (!whole || n % 100 == 0))
        return true;
    if (whole)
        WRONG("bad_integer", "“%s”应填整数", c->label);
    else
        WRONG("bad_number", "“%s”应填数字，最多两位小数", c->label);
    return false;
}

static bool is_choice(struct check *k, const struct cell *c, const json_t *v)
{
    for (size_t i = 0; i < c->n_options; i++)
        if (sv_eq(c->options[i].value, json_text(v)))
            return true;
    WRONG(json_is_string(v) ? "bad_option" : "wrong_type", "“%s”选了不存在的选项", c->label);
    return false;
}

static bool is_choices(struct check *k, const struct cell *c, const json_t *v)
{
    bool ok = true;
    if (!json_is_array(v)) {
        WRONG("wrong_type", "“%s”应为选项的列表", c->label);
        return false;
    }
    for (size_t i = 0; i < json_array_size(v) && i <= c->n_options; i++) {
        struct cell one = *c;
        one.row = (int64_t)i;
        if (!is_choice(k, &one, json_array_get(v, i)))
            return false;
        for (size_t j = 0; j < i; j++)
            ok = ok && !sv_eq(json_text(json_array_get(v, i)), json_text(json_array_get(v, j)));
    }
    if (!ok)
        WRONG("duplicate_option", "“%s”中同一个选项选了两次", c->label);
    return ok;
}

static bool is_date(struct check *k, const struct cell *c, const json_t *v)
{
    int32_t d;
    if (date_parse(sv_trim(json_text(v)), &d))
        return true;
    WRONG("bad_date", "“%s”应为日期，如2026-01-31", c->label);
    return false;
}

/* "106.79" -> 106; at most 9 decimals. -1 when it is no such number. */
static int64_t degrees(struct sv s)
{
    int64_t whole = -1, unused;
    struct sv head = sv_cut(&s, '.');
    bool ok = head.n >= 1 && head.n <= 3 && sv_digits(head, head.n) && sv_to_i64(head, &whole) &&
              s.n <= 9 && (s.n == 0 || (sv_digits(s, s.n) && sv_to_i64(s, &unused)));
    return ok ? whole : -1;
}

/* "106.794,39.655": inside China, so that swapped numbers are noticed. */
static bool is_lnglat(struct check *k, const struct cell *c, struct sv s)
{
    int64_t lng = degrees(sv_cut(&s, ',')), lat = degrees(s);
    if (lng >= 73 && lng < 136 && lat >= 3 && lat < 54)
        return true;
    WRONG("bad_lnglat", "“%s”应为“经度,纬度”，如106.79,39.65", c->label);
    return false;
}

static enum id_kind document_kind(const struct check *k, const struct field *f)
{
    const json_t *v = json_object_get(k->env.values, f->id_type.field.p);
    enum id_kind kind = ID_CITIZEN;
    for (size_t i = 0; i < f->id_type.n_kinds; i++)
        if (sv_eq(f->id_type.kinds[i].value, json_text(v)))
            ids_kind(f->id_type.kinds[i].label, &kind);
    return kind;
}

static bool is_code(struct check *k, const struct cell *c, struct sv s)
{
    static const char *const CODES[] = { [FIELD_PHONE] = "bad_phone", [FIELD_EMAIL] = "bad_email",
                                         [FIELD_IDCARD] = "bad_id", [FIELD_USCC] = "bad_uscc" };
    struct id_verdict v = { 0 };
    bool ok;
    s = sv_trim(s);
    if (c->type == FIELD_PHONE)
        ok = ids_check_phone(s, c->label, &v);
    else if (c->type == FIELD_EMAIL)
        ok = ids_check_email(s, c->label, &v);
    else if (c->type == FIELD_USCC)
        ok = ids_check_uscc(s, c->label, &v);
    else if (c->col && c->col->any_document)
        ok = ids_check_any(s, c->label, k->today, &v);
    else if (!c->col && c->field->id_type.n_kinds)
        ok = ids_check_document(document_kind(k, c->field), s, c->label, k->today, &v);
    else
        ok = ids_check_citizen(s, c->label, k->today, &v);
    if (!ok)
        WRONG(CODES[c->type], "%s", v.problem);
    return ok;
}

static bool check_cell(struct check *k, const struct cell *c, const json_t *v)
{
    struct sv s;
    switch (c->type) {
    case FIELD_NUMBER:
    case FIELD_INTEGER:
        return is_number(k, c, v);
    case FIELD_DATE:
        return is_date(k, c, v);
    case FIELD_BOOL:
        if (!json_is_boolean(v))
            WRONG("wrong_type", "“%s”应选是或否", c->label);
        return json_is_boolean(v);
    case FIELD_RADIO:
    case FIELD_SELECT:
    case FIELD_REGION:
        return is_choice(k, c, v);
    case FIELD_MULTISELECT:
        return is_choices(k, c, v);
    case FIELD_LNGLAT:
        return is_text(k, c, v, &s) && is_lnglat(k, c, sv_trim(s));
    case FIELD_PHONE:
    case FIELD_EMAIL:
    case FIELD_IDCARD:
    case FIELD_USCC:
        return is_text(k, c, v, &s) && is_code(k, c, s);
    default:
        return is_text(k, c, v, &s);
    }
}

/* ---- rows of tables, parts of persons ---- */

static bool has_column(const struct field *f, const char *code)
{
    for (size_t i = 0; i < f->n_columns; i++)
        if (sv_is(f->columns[i].code, code))
            return true;
    return false;
}

static void missing(struct check *k, const struct cell *c)
{
    bool choose = c->type == FIELD_RADIO || c->type == FIELD_SELECT || c->type == FIELD_BOOL ||
                  c->type == FIELD_MULTISELECT || c->type == FIELD_REGION || c->type == FIELD_DATE;
    WRONG("required", "%s“%s”", choose ? "请选择" : "请填写", c->label);
}

static bool check_row(struct check *k, const struct field *f, const json_t *row, int64_t index)
{
    const char *key;
    json_t *v;
    size_t before = k->e->n_problems;
    if (!json_is_object(row)) {
        check_problem(k, f, index, SV(""), "wrong_type", "“%s”的这一项格式不对", f->label.p);
        return false;
    }
    json_object_foreach((json_t *)(uintptr_t)row, key, v)
        if (!has_column(f, key))
            check_problem(k, f, index, sv_of(key), "unknown_column", "“%s”没有这一列", f->label.p);
    for (size_t i = 0; i < f->n_columns; i++) {
        const struct column *col = &f->columns[i];
        struct cell cell = { f, index, col->code, col->label.p, col->type, col->options,
                             col->n_options, COLUMN_MAX, col };
        v = json_object_get(row, col->code.p);
        if (cond_filled(v))
            check_cell(k, &cell, v);
        else if (col->required && k->complete)
            missing(k, &cell);
    }
    return k->e->n_problems == before;
}

static bool check_table(struct check *k, const struct field *f, const json_t *v)
{
    bool ok = true;
    if (!json_is_array(v)) {
        check_problem(k, f, -1, SV(""), "wrong_type", "“%s”应为列表", f->label.p);
        return false;
    }
    if (json_array_size(v) > ROWS_MAX) {
        check_problem(k, f, -1, SV(""), "too_many_rows", "“%s”最多%d行", f->label.p, ROWS_MAX);
        return false;
    }
    for (size_t i = 0; i < json_array_size(v); i++)
        ok = check_row(k, f, json_array_get(v, i), (int64_t)i) && ok;
    return ok;
}

/* ---- fields ---- */

/* F_MODE: an option that no permit here offers would promise what nobody may do. */
static bool mode_offered(const struct form *f, struct sv mode)
{
    for (size_t i = 0; i < f->n_permits; i++)
        for (size_t k = 0; k < f->permits[i]->n_modes; k++)
            if (sv_eq(f->permits[i]->modes[k], mode))
                return true;
    return false;
}

static void check_field(struct check *k, const struct field *f)
{
    const json_t *v = json_object_get(k->env.values, f->code.p);
    struct cell cell = { f, -1, SV(""), f->label.p, f->type, f->options, f->n_options,
                         f->max_length, NULL };
    bool ok;
    if (!cond_true(f->show_if, &k->env))
        return;
    if (!cond_filled(v)) {
        bool needed = f->required || (f->required_if && cond_true(f->required_if, &k->env));
        if (needed && k->complete)
            missing(k, &cell);
        return;
    }
    if (f->type == FIELD_TABLE)
        ok = check_table(k, f, v);
    else if (f->type == FIELD_PERSON)
        ok = check_row(k, f, v, -1);
    else
        ok = check_cell(k, &cell, v);
    if (ok && f->by_mode && !mode_offered(k->f, json_text(v)))
        check_problem(k, f, -1, SV(""), "mode_not_offered",
                      "所办的许可事项都不适用这种%s，请另选一项", f->label.p);
    /* A table with a bad cell still has rows to count and other cells to judge. */
    if (ok || json_is_array(v) || json_is_object(v))
        check_rules(k, f, v);
}

/* Values of fields of other permits are left over from other answers: ignored. Names that
 * no catalogue knows are typing errors of a program. */
static void check_names(struct check *k, const json_t *values)
{
    const char *key;
    json_t *v;
    json_object_foreach((json_t *)(uintptr_t)values, key, v)
        if (!catalog_field(k->f->catalog, sv_of(key)))
            err_problem(k->e, json_pointer(k->e->arena, SV("/values"), sv_of(key)),
                        "unknown_field", "没有代码为“%.60s”的字段", key);
}

static void run(struct check *k, const json_t *values)
{
    if (values && !json_is_object(values)) {
        err_problem(k->e, SV("/values"), "wrong_type", "表单内容应为对象");
        return;
    }
    check_names(k, values);
    for (size_t i = 0; i < k->f->n_fields; i++)
        check_field(k, k->f->fields[i].field);
}

int form_check(const struct form *f, const json_t *values, const json_t *answers, int32_t today,
               bool complete, struct err *e)
{
    size_t before = e->n_problems;
    struct check k = { .f = f, .today = today, .complete = complete, .e = e,
                       .env = { .values = values, .answers = answers,
                                .context = f->context ? f->context : f->catalog->context } };
    run(&k, values);
    return e->n_problems > before ? ERR_INVALID : 0;
}

/* Only codes carry warnings, and only when they are right otherwise. */
void form_warn(const struct form *f, const json_t *values, const json_t *answers, struct err *e)
{
    struct check k = { .f = f, .e = e,
                       .env = { .values = values, .answers = answers,
                                .context = f->context ? f->context : f->catalog->context } };
    for (size_t i = 0; i < f->n_fields; i++) {
        const struct field *field = f->fields[i].field;
        const json_t *v = json_object_get(values, field->code.p);
        struct id_verdict verdict;
        if (field->type == FIELD_USCC && json_is_string(v) && cond_true(field->show_if, &k.env) &&
            ids_check_uscc(sv_trim(json_text(v)), field->label.p, &verdict) && verdict.warning[0])
            check_problem(&k, field, -1, SV(""), "organisation_code", "%s", verdict.warning);
    }
    e->code = 0;
}
