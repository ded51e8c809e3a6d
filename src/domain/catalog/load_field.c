/* load_field: form fields with their options, columns and rules. */
#include <regex.h>
#include <stdlib.h>

#include "domain/catalog/load.h"
#include "domain/law/ids.h"

static void each_option(struct load *l, const struct at *at, json_t *obj, void *out)
{
    static const struct member TABLE[] = { TEXT(choice, value, true), TEXT(choice, label, true) };
    load_members(l, at, obj, TABLE, COUNT(TABLE), out);
}

static void no_twins(struct load *l, const struct at *at, const struct choice *options, size_t n)
{
    for (size_t i = 0; i < n; i++)
        for (size_t k = 0; k < i; k++)
            if (sv_eq(options[i].value, options[k].value)) {
                struct at list = at_key(at, "options"), here = at_index(&list, i);
                load_problem(l, &here, "duplicate_option", "选项的值“%.*s”重复",
                             (int)options[i].value.n, options[i].value.p);
            }
}

static void each_column(struct load *l, const struct at *at, json_t *obj, void *out)
{
    static const struct member TABLE[] = {
        CODE(column, code), TEXT(column, label, true), WORD(column, type, true, WORDS_FIELD),
        BOOL(column, required), BOOL(column, any_document), OTHER("options", false),
    };
    struct column *c = out;
    if (!load_members(l, at, obj, TABLE, COUNT(TABLE), c))
        return;
    c->options = load_list(l, at, obj, "options", sizeof *c->options, &c->n_options, each_option);
    no_twins(l, at, c->options, c->n_options);
    struct at here = at_key(at, "type");
    if (c->type == FIELD_TABLE || c->type == FIELD_PERSON || c->type == FIELD_MULTISELECT)
        load_problem(l, &here, "bad_column_type", "表格的列不能再是表格、人员或多选");
    if ((c->type == FIELD_SELECT || c->type == FIELD_RADIO) && c->n_options == 0)
        load_problem(l, at, "options_missing", "选择列没有选项");
}

/* ---- rules ---- */

static void free_pattern(const void *p)
{
    regex_t *re = (regex_t *)(uintptr_t)p;
    if (re) {
        regfree(re);
        free(re);
    }
}

void load_free_patterns(const struct field *fields, size_t n)
{
    for (size_t i = 0; i < n; i++)
        for (size_t k = 0; k < fields[i].n_rules; k++)
            free_pattern(fields[i].rules[k].pattern);
}

/* A small ERE: no back references (they make matching exponential), 200 bytes. */
static void read_pattern(struct load *l, const struct at *at, struct rule *r)
{
    regex_t *re = mem_new(sizeof *re);
    bool bad = sv_empty(r->arg) || r->arg.n > 200;
    for (size_t i = 0; !bad && i + 1 < r->arg.n; i++)
        bad = r->arg.p[i] == '\\' && r->arg.p[i + 1] >= '0' && r->arg.p[i + 1] <= '9';
    if (bad || regcomp(re, r->arg.p, REG_EXTENDED | REG_NOSUB) != 0) {
        load_problem(l, at, "bad_pattern", "不是有效的正则表达式（不能含反向引用）");
        free(re);
        return;
    }
    r->pattern = re;
}

static void read_rule_value(struct load *l, const struct at *at, json_t *v, struct rule *r)
{
    struct at here = at_key(at, "value");
    bool ok = true;
    r->arg = json_text(v);
    if (r->kind == RULE_MIN || r->kind == RULE_MAX) {
        ok = cond_number(v, &r->limit);
    } else if (r->kind == RULE_MIN_ROWS) {
        r->limit = json_is_integer(v) ? (int64_t)json_integer_value(v) : -1;
        ok = r->limit >= 1 && r->limit <= 100;
    } else if (r->kind == RULE_EQUALS) {
        ok = json_is_string(v) || json_is_boolean(v);
        if (json_is_boolean(v))
            r->arg = json_is_true(v) ? SV("true") : SV("false");
    } else if (r->kind == RULE_PATTERN || r->kind == RULE_ONLY_IF) {
        ok = json_is_string(v) && !sv_empty(r->arg);
    }
    if (!ok)
        load_problem(l, &here, "bad_rule", "规则的值不合适");
    else if (r->kind == RULE_PATTERN)
        read_pattern(l, &here, r);
}

static void each_rule(struct load *l, const struct at *at, json_t *obj, void *out)
{
    static const struct member TABLE[] = {
        WORD(rule, kind, true, WORDS_RULE), TEXT(rule, by, false), TEXT(rule, column, false),
        TEXT(rule, message, true), COND(rule, when), COND(rule, test), OTHER("value", false),
        OTHER("field", false),
    };
    struct rule *r = out;
    if (!load_members(l, at, obj, TABLE, COUNT(TABLE), r))
        return;
    json_t *v = json_object_get(obj, "value");
    bool about_field = r->kind == RULE_LE_FIELD || r->kind == RULE_GE_FIELD ||
                       r->kind == RULE_QUOTIENT;
    read_rule_value(l, at, v, r);
    if (about_field)
        r->arg = json_sv(obj, "field");
    if (about_field != (json_object_get(obj, "field") != NULL) ||
        (r->kind == RULE_QUOTIENT) == sv_empty(r->by) ||
        (r->kind == RULE_ONLY_IF) != (json_object_get(obj, "test") != NULL))
        load_problem(l, at, "bad_rule", "规则的成员不全，或者有不属于这种规则的成员");
}

/* ---- fields ---- */

static void read_id_type(struct load *l, const struct at *up, const json_t *obj, struct field *f)
{
    json_t *v = json_object_get(obj, "id_type"), *kind;
    struct at at = at_key(up, "id_type"), kinds = at_key(&at, "kinds");
    const char *key;
    size_t n = 0;
    if (!v)
        return;
    f->id_type.field = json_sv(v, "field");
    json_t *map = json_object_get(v, "kinds");
    if (f->type != FIELD_IDCARD || sv_empty(f->id_type.field) || !json_object_size(map)) {
        load_problem(l, &at, "bad_id_type", "证件类型应写明 field 和 kinds，且只用于证件号码字段");
        return;
    }
    struct choice *list = arena_array(l->a, json_object_size(map), sizeof *list);
    json_object_foreach(map, key, kind) {
        enum id_kind unused;
        struct at here = at_key(&kinds, key);
        list[n++] = (struct choice){ sv_of(key), json_text(kind) };
        if (!ids_kind(json_text(kind), &unused))
            load_problem(l, &here, "bad_word", "不认识的证件种类“%.*s”",
                         (int)json_text(kind).n, json_text(kind).p ? json_text(kind).p : "");
    }
    f->id_type.kinds = list;
    f->id_type.n_kinds = n;
}

static void check_shape(struct load *l, const struct at *at, const struct field *f)
{
    bool choice = f->type == FIELD_RADIO || f->type == FIELD_SELECT ||
                  f->type == FIELD_MULTISELECT || f->type == FIELD_REGION;
    bool rows = f->type == FIELD_TABLE || f->type == FIELD_PERSON;
    if (choice != (f->n_options > 0))
        load_problem(l, at, choice ? "options_missing" : "options_unexpected",
                     choice ? "选择类字段没有选项" : "只有选择类字段可以有选项");
    if (rows != (f->n_columns > 0))
        load_problem(l, at, rows ? "columns_missing" : "columns_unexpected",
                     rows ? "表格或人员字段没有列" : "只有表格和人员字段可以有列");
    if (!choice && !rows && f->type != FIELD_DATE && f->type != FIELD_BOOL && f->max_length == 0)
        load_problem(l, at, "missing", "缺少“max_length”");
    no_twins(l, at, f->options, f->n_options);
    for (size_t i = 0; i < f->n_columns; i++)
        for (size_t k = 0; k < i; k++)
            if (sv_eq(f->columns[i].code, f->columns[k].code)) {
                struct at list = at_key(at, "columns"), here = at_index(&list, i);
                load_problem(l, &here, "duplicate_code", "列代码“%.*s”重复",
                             (int)f->columns[i].code.n, f->columns[i].code.p);
            }
}

void load_field(struct load *l, const struct at *at, json_t *obj, void *out)
{
    static const struct member TABLE[] = {
        CODE(field, code), TEXT(field, label, true), TEXT(field, group, false),
        TEXT(field, note, false), TEXT(field, unit, false), TEXT(field, prefill_source, false),
        WORD(field, type, true, WORDS_FIELD), BOOL(field, required), BOOL(field, sensitive),
        BOOL(field, by_mode), COND(field, show_if), COND(field, required_if),
        { "max_length", M_INT, false, AT(field, max_length), 0, NULL, 0 },
        OTHER("options", false), OTHER("columns", false), OTHER("rules", false),
        OTHER("id_type", false),
    };
    struct field *f = out;
    if (!load_members(l, at, obj, TABLE, COUNT(TABLE), f))
        return;
    f->options = load_list(l, at, obj, "options", sizeof *f->options, &f->n_options, each_option);
    f->columns = load_list(l, at, obj, "columns", sizeof *f->columns, &f->n_columns, each_column);
    f->rules = load_list(l, at, obj, "rules", sizeof *f->rules, &f->n_rules, each_rule);
    read_id_type(l, at, obj, f);
    check_shape(l, at, f);
}
