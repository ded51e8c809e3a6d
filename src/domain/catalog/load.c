/* load: see load.h. */
#include "domain/catalog/load.h"

#include <stdarg.h>
#include <stdio.h>

#include "base/utf8.h"

enum { TEXT_MAX = 4000, LIST_MAX = 5000, INT_MAX_ = 1000000 };

const char *const WORDS_CERTAINTY[3] = { "确定", "较确定", "待核定" };
const char *const WORDS_KIND[3] = { "行政许可", "备案", "登记" };
const char *const WORDS_MODE[3] = { "必办", "按需", "二选一" };
const char *const WORDS_NECESSITY[3] = { "必要", "容缺后补", "非必要" };
const char *const WORDS_FORM[3] = { "原件", "复印件", "电子" };
const char *const WORDS_FIELD[18] = {
    "text", "textarea", "number", "integer", "date", "bool", "radio", "select", "multiselect",
    "table", "person", "phone", "email", "idcard", "uscc", "address", "region", "lnglat"
};

const char *const WORDS_RULE[11] = {
    [RULE_PATTERN] = "pattern", [RULE_MIN] = "min", [RULE_MAX] = "max",
    [RULE_LE_FIELD] = "le_field", [RULE_GE_FIELD] = "ge_field", [RULE_EQUALS] = "equals",
    [RULE_NOT_BEFORE_TODAY] = "not_before_today", [RULE_NOT_AFTER_TODAY] = "not_after_today",
    [RULE_MIN_ROWS] = "min_rows", [RULE_ONLY_IF] = "only_if", [RULE_QUOTIENT] = "quotient",
};

struct at at_key(const struct at *up, const char *key)
{
    return (struct at){ up, key, 0 };
}

struct at at_index(const struct at *up, size_t index)
{
    return (struct at){ up, NULL, index };
}

struct sv at_pointer(struct arena *a, const struct at *at)
{
    if (!at || (!at->up && !at->key))
        return SV("");
    struct sv up = at_pointer(a, at->up);
    return at->key ? json_pointer(a, up, sv_of(at->key)) : json_pointer_at(a, up, at->index);
}

void load_problem(struct load *l, const struct at *at, const char *code, const char *fmt, ...)
{
    char text[512];
    va_list ap;
    va_start(ap, fmt);
    vsnprintf(text, sizeof text, fmt, ap);
    va_end(ap);
    err_problem(l->e, at_pointer(l->e->arena, at), code, "%s", text);
}

static bool code_ok(struct sv s)
{
    if (s.n < 1 || s.n > 40)
        return false;
    for (size_t i = 0; i < s.n; i++) {
        char c = s.p[i];
        if (!((c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') ||
              c == '_' || c == '-'))
            return false;
    }
    return true;
}

static struct sv read_text(struct load *l, const struct at *at, const json_t *v)
{
    struct sv s = json_text(v);
    if (!json_is_string(v))
        load_problem(l, at, "wrong_type", "“%s”应为文字", at->key ? at->key : "列表中的这一项");
    else if (!utf8_clean(s))
        load_problem(l, at, "bad_text", "文字中含有控制字符");
    else if (utf8_count(s) > TEXT_MAX)
        load_problem(l, at, "too_long", "文字超过%d字", TEXT_MAX);
    else
        return s;
    return SV("");
}

static void read_texts(struct load *l, const struct at *at, const json_t *v, const struct member *m,
                       char *out)
{
    if (!json_is_array(v)) {
        load_problem(l, at, "wrong_type", "“%s”应为列表", m->name);
        return;
    }
    size_t n = json_array_size(v);
    if (n > LIST_MAX) {
        load_problem(l, at, "too_long", "“%s”超过%d项", m->name, LIST_MAX);
        return;
    }
    struct sv *list = arena_array(l->a, n, sizeof *list);
    for (size_t i = 0; i < n; i++) {
        struct at here = at_index(at, i);
        list[i] = read_text(l, &here, json_array_get(v, i));
    }
    *(const struct sv **)(void *)(out + m->at) = list;
    *(size_t *)(void *)(out + m->at_n) = n;
}

static void read_word(struct load *l, const struct at *at, const json_t *v, const struct member *m,
                      void *out)
{
    struct sv s = json_text(v);
    for (size_t i = 0; i < m->n_words; i++)
        if (sv_is(s, m->words[i])) {
            *(unsigned *)out = (unsigned)i; /* the enums here have no negative value */
            return;
        }
    load_problem(l, at, "bad_word", "“%s”的值“%.*s”不在允许的范围内（第一个允许的值是“%s”）", m->name,
                 (int)(s.n > 60 ? 60 : s.n), s.p ? s.p : "", m->words[0]);
}

static void read_int(struct load *l, const struct at *at, const json_t *v, int64_t *out)
{
    json_int_t n = json_integer_value(v);
    if (!json_is_integer(v))
        load_problem(l, at, "wrong_type", "“%s”应为整数", at->key);
    else if (n < 0 || n > INT_MAX_)
        load_problem(l, at, "out_of_range", "“%s”应在0到%d之间", at->key, INT_MAX_);
    else
        *out = (int64_t)n;
}

static void read_member(struct load *l, const struct at *at, json_t *v, const struct member *m,
                        char *out, const json_t *obj)
{
    void *to = out + m->at;
    switch (m->kind) {
    case M_TEXT:
        *(struct sv *)to = read_text(l, at, v);
        return;
    case M_CODE:
        *(struct sv *)to = read_text(l, at, v);
        if (json_is_string(v) && !code_ok(*(struct sv *)to))
            load_problem(l, at, "bad_code", "代码只能用字母、数字、“-”和“_”，长度1到40");
        return;
    case M_INT:
        read_int(l, at, v, to);
        return;
    case M_BOOL:
        if (json_is_boolean(v))
            *(bool *)to = json_is_true(v);
        else
            load_problem(l, at, "wrong_type", "“%s”应为 true 或 false", m->name);
        return;
    case M_WORD:
        read_word(l, at, v, m, to);
        return;
    case M_TEXTS:
        read_texts(l, at, v, m, out);
        return;
    case M_JSON:
        if (json_is_object(v))
            *(json_t **)to = v;
        else
            load_problem(l, at, "wrong_type", "“%s”应为对象", m->name);
        return;
    case M_COND:
        load_cond_later(l, at->up, obj, m->name, to);
        return;
    case M_OTHER:
        return;
    }
}

static bool known(const struct member *table, size_t n, const char *key)
{
    for (size_t i = 0; i < n; i++)
        if (strcmp(table[i].name, key) == 0)
            return true;
    return false;
}

bool load_members(struct load *l, const struct at *at, const json_t *obj,
                  const struct member *table, size_t n, void *out)
{
    const char *key;
    json_t *v;
    if (!obj)
        return false; /* the member's owner has reported it as missing */
    if (!json_is_object(obj)) {
        load_problem(l, at, "wrong_type", "这里应为对象");
        return false;
    }
    json_object_foreach((json_t *)(uintptr_t)obj, key, v)
        if (!known(table, n, key)) {
            struct at here = at_key(at, key);
            load_problem(l, &here, "unknown_member", "不认识的成员“%.80s”", key);
        }
    for (size_t i = 0; i < n; i++) {
        struct at here = at_key(at, table[i].name);
        v = json_object_get(obj, table[i].name);
        if (v && !json_is_null(v))
            read_member(l, &here, v, &table[i], out, obj);
        else if (table[i].required)
            load_problem(l, &here, "missing", "缺少“%s”", table[i].name);
    }
    return true;
}

size_t load_array(struct load *l, const struct at *up, const json_t *obj, const char *key,
                  struct at *at, json_t **out)
{
    *at = at_key(up, key);
    *out = json_object_get(obj, key);
    if (!*out)
        return 0;
    if (!json_is_array(*out)) {
        load_problem(l, at, "wrong_type", "“%s”应为列表", key);
        return 0;
    }
    if (json_array_size(*out) > LIST_MAX) {
        load_problem(l, at, "too_long", "“%s”超过%d项", key, LIST_MAX);
        return 0;
    }
    return json_array_size(*out);
}

void *load_list(struct load *l, const struct at *up, const json_t *obj, const char *key,
                size_t size, size_t *n,
                void (*each)(struct load *, const struct at *, json_t *, void *))
{
    struct at at;
    json_t *list;
    *n = load_array(l, up, obj, key, &at, &list);
    char *out = arena_array(l->a, *n, size);
    for (size_t i = 0; i < *n; i++) {
        struct at here = at_index(&at, i);
        each(l, &here, json_array_get(list, i), out + i * size);
    }
    return out;
}

/* "kind:code" in out; empty when it does not fit (then nothing is found). */
static struct sv full_code(char out[96], const char *kind, struct sv code)
{
    size_t k = strlen(kind);
    if (k + 1 + code.n > 96)
        return SV("");
    memcpy(out, kind, k);
    out[k] = ':';
    if (code.n)
        memcpy(out + k + 1, code.p, code.n);
    return sv_make(out, k + 1 + code.n);
}

void *load_find(const struct catalog *c, const char *kind, struct sv code)
{
    char key[96];
    return map_find(&c->by_code, full_code(key, kind, code));
}

void load_register(struct load *l, const struct at *at, const char *kind, struct sv code,
                   const void *thing)
{
    char key[96];
    struct at here = at_key(at, "code");
    if (sv_empty(code))
        return; /* reported as missing */
    if (load_find(l->c, kind, code))
        load_problem(l, &here, "duplicate_code", "代码“%.*s”重复", (int)code.n, code.p);
    else
        map_put(&l->c->by_code, arena_sv(l->a, full_code(key, kind, code)),
                (void *)(uintptr_t)thing);
}

const void *load_ref(struct load *l, const struct at *up, const char *key, const char *kind,
                     const char *label, struct sv code)
{
    struct at here = at_key(up, key);
    if (sv_empty(code))
        return NULL;
    const void *found = load_find(l->c, kind, code);
    if (!found)
        load_problem(l, &here, "unknown_reference", "没有代码为“%.*s”的%s",
                     (int)(code.n > 80 ? 80 : code.n), code.p, label);
    return found;
}

const void **load_refs(struct load *l, const struct at *up, const json_t *obj, const char *key,
                       const char *kind, const char *label, size_t *n)
{
    struct at at;
    json_t *list;
    size_t len = load_array(l, up, obj, key, &at, &list);
    const void **out = arena_array(l->a, len, sizeof *out);
    *n = 0;
    for (size_t i = 0; i < len; i++) {
        struct at here = at_index(&at, i);
        struct sv code = read_text(l, &here, json_array_get(list, i));
        const void *found = sv_empty(code) ? NULL : load_find(l->c, kind, code);
        bool twice = false;
        for (size_t k = 0; k < *n; k++)
            twice = twice || out[k] == found;
        if (found && twice)
            load_problem(l, &here, "duplicate_reference", "“%.*s”重复", (int)code.n, code.p);
        else if (found)
            out[(*n)++] = found;
        else if (json_is_string(json_array_get(list, i)))
            load_problem(l, &here, "unknown_reference", "没有代码为“%.*s”的%s",
                         (int)(code.n > 80 ? 80 : code.n), code.p ? code.p : "", label);
    }
    return out;
}
