/* json: see json.h. */
#include "base/json.h"

#include "base/utf8.h"

/* jansson recurses to its own limit (2048) before we see the tree, so depth is counted
 * in the text first: a body of 10^6 brackets costs one scan and no stack. */
static bool too_deep(struct sv text)
{
    int depth = 0;
    bool in_string = false;
    for (size_t i = 0; i < text.n; i++) {
        char c = text.p[i];
        if (in_string) {
            if (c == '\\')
                i++;
            else if (c == '"')
                in_string = false;
        } else if (c == '"') {
            in_string = true;
        } else if (c == '[' || c == '{') {
            if (++depth > JSON_DEPTH_MAX)
                return true;
        } else if (c == ']' || c == '}') {
            depth--;
        }
    }
    return false;
}

static bool has_real(const json_t *v)
{
    const char *key;
    json_t *child;
    size_t i;
    if (json_is_real(v))
        return true;
    if (json_is_array(v)) {
        json_array_foreach(v, i, child)
            if (has_real(child))
                return true;
    } else if (json_is_object(v)) {
        json_object_foreach((json_t *)(uintptr_t)v, key, child)
            if (has_real(child))
                return true;
    }
    return false;
}

json_t *json_parse(struct sv text, struct err *e)
{
    json_error_t je;
    if (too_deep(text)) {
        err_set(e, ERR_MALFORMED, "JSON 嵌套超过 %d 层", JSON_DEPTH_MAX);
        return NULL;
    }
    json_t *v = json_loadb(text.n ? text.p : "", text.n, JSON_REJECT_DUPLICATES, &je);
    if (!v) {
        /* The library quotes what stands there, and may cut a character in two. */
        err_set(e, ERR_MALFORMED, "不是有效的 JSON：第 %d 行第 %d 列附近有错误（%s）", je.line,
                je.column, utf8_valid(sv_of(je.text)) ? je.text : "编码不正确");
        return NULL;
    }
    if (has_real(v)) {
        json_decref(v);
        err_set(e, ERR_MALFORMED, "JSON 中不能有小数，请用字符串表示，例如 \"12.50\"");
        return NULL;
    }
    return v;
}

struct sv json_text(const json_t *value)
{
    if (!json_is_string(value))
        return sv_make(NULL, 0);
    return sv_make(json_string_value(value), json_string_length(value));
}

struct sv json_sv(const json_t *obj, const char *key)
{
    return json_text(json_object_get(obj, key));
}

int64_t json_i64(const json_t *obj, const char *key, int64_t fallback)
{
    const json_t *v = json_object_get(obj, key);
    return json_is_integer(v) ? (int64_t)json_integer_value(v) : fallback;
}

bool json_bool(const json_t *obj, const char *key, bool fallback)
{
    const json_t *v = json_object_get(obj, key);
    return json_is_boolean(v) ? json_is_true(v) : fallback;
}

void json_put_sv(json_t *obj, const char *key, struct sv text)
{
    json_object_set_new(obj, key, json_stringn(text.n ? text.p : "", text.n));
}

void json_put_i64(json_t *obj, const char *key, int64_t v)
{
    json_object_set_new(obj, key, json_integer(v));
}

void json_put_bool(json_t *obj, const char *key, bool v)
{
    json_object_set_new(obj, key, json_boolean(v));
}

void json_put(json_t *obj, const char *key, json_t *steal)
{
    json_object_set_new(obj, key, steal);
}

void json_push(json_t *arr, json_t *steal)
{
    json_array_append_new(arr, steal);
}

void json_push_sv(json_t *arr, struct sv text)
{
    json_array_append_new(arr, json_stringn(text.n ? text.p : "", text.n));
}

static int to_buf(const char *p, size_t n, void *data)
{
    buf_add(data, p, n);
    return buf_ok(data) ? 0 : -1;
}

void json_write(struct buf *out, const json_t *v, bool sorted)
{
    size_t flags = JSON_COMPACT | JSON_ENCODE_ANY | (sorted ? JSON_SORT_KEYS : 0);
    if (json_dump_callback(v, to_buf, out, flags) != 0)
        out->failed = true;
}

struct sv json_dump(struct arena *a, const json_t *v, bool sorted)
{
    struct buf b;
    buf_init(&b, (size_t)1 << 30);
    json_write(&b, v, sorted);
    struct sv out = arena_sv(a, buf_sv(&b));
    buf_done(&b);
    return out;
}

struct sv json_pointer(struct arena *a, struct sv base, struct sv key)
{
    char *p = arena_alloc(a, base.n + key.n * 2 + 2);
    size_t n = base.n;
    if (base.n)
        memcpy(p, base.p, base.n);
    p[n++] = '/';
    for (size_t i = 0; i < key.n; i++) {
        char c = key.p[i];
        if (c == '~' || c == '/') {
            p[n++] = '~';
            c = c == '~' ? '0' : '1';
        }
        p[n++] = c;
    }
    return sv_make(p, n);
}

struct sv json_pointer_at(struct arena *a, struct sv base, size_t index)
{
    return arena_printf_sv(a, "%.*s/%zu", (int)base.n, base.p ? base.p : "", index);
}

static bool known(const struct json_field *fields, size_t n, const char *key)
{
    for (size_t i = 0; i < n; i++)
        if (strcmp(fields[i].name, key) == 0)
            return true;
    return false;
}

/* A required text that is empty after trimming counts as missing. */
static void decode_text(const struct json_field *f, const json_t *v, void *at, struct sv ptr,
                        struct err *e)
{
    struct sv s = sv_trim(json_text(v));
    int64_t max = f->max ? f->max : 200;
    if (!json_is_string(v))
        err_problem(e, ptr, "wrong_type", "%s应为文字", f->label);
    else if (!utf8_clean(s))
        err_problem(e, ptr, "bad_text", "%s含有不能使用的字符", f->label);
    else if ((int64_t)utf8_count(s) > max)
        err_problem(e, ptr, "too_long", "%s不能超过%lld个字", f->label, (long long)max);
    else if (f->required && s.n == 0)
        err_problem(e, ptr, "required", "请填写%s", f->label);
    else
        *(struct sv *)at = s;
}

static void decode_int(const struct json_field *f, const json_t *v, void *at, struct sv ptr,
                       struct err *e)
{
    int64_t n = (int64_t)json_integer_value(v);
    if (!json_is_integer(v))
        err_problem(e, ptr, "wrong_type", "%s应为整数", f->label);
    else if (n < f->min || (f->max && n > f->max))
        err_problem(e, ptr, "out_of_range", "%s应在%lld到%lld之间", f->label, (long long)f->min,
                    (long long)f->max);
    else
        *(int64_t *)at = n;
}

static void decode_member(const struct json_field *f, json_t *v, void *at, struct sv ptr,
                          struct err *e)
{
    switch (f->kind) {
    case JSON_K_TEXT:
        decode_text(f, v, at, ptr, e);
        return;
    case JSON_K_INT:
        decode_int(f, v, at, ptr, e);
        return;
    case JSON_K_BOOL:
        if (json_is_boolean(v))
            *(bool *)at = json_is_true(v);
        else
            err_problem(e, ptr, "wrong_type", "%s应为是或否", f->label);
        return;
    case JSON_K_OBJECT:
    case JSON_K_ARRAY:
        if (f->kind == JSON_K_OBJECT ? json_is_object(v) : json_is_array(v))
            *(json_t **)at = v;
        else
            err_problem(e, ptr, "wrong_type", "%s应为%s", f->label,
                        f->kind == JSON_K_OBJECT ? "对象" : "列表");
    }
}

int json_decode(const json_t *obj, const struct json_field *fields, size_t n, void *out,
                struct err *e)
{
    const char *key;
    json_t *v;
    if (!json_is_object(obj))
        return err_set(e, ERR_MALFORMED, "请求内容应为 JSON 对象");
    json_object_foreach((json_t *)(uintptr_t)obj, key, v)
        if (!known(fields, n, key))
            err_problem(e, json_pointer(e->arena, SV(""), sv_of(key)), "unknown_member",
                        "不认识的字段“%s”", key);
    for (size_t i = 0; i < n; i++) {
        struct sv ptr = json_pointer(e->arena, SV(""), sv_of(fields[i].name));
        v = json_object_get(obj, fields[i].name);
        if (v && !json_is_null(v))
            decode_member(&fields[i], v, (char *)out + fields[i].offset, ptr, e);
        else if (fields[i].required)
            err_problem(e, ptr, "required", "请填写%s", fields[i].label);
    }
    return e->n_problems ? ERR_INVALID : 0;
}
