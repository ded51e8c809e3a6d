/* patch: see patch.h. */
#include "domain/catalog/patch.h"

#include "base/utf8.h"

enum { OPS_MAX = 200, KEY_MAX = 200 };

/* The next segment of a pointer, unescaped; false at the end or when it is malformed. */
static bool segment(struct sv *rest, char out[KEY_MAX + 1])
{
    size_t n = 0;
    if (rest->n == 0 || rest->p[0] != '/')
        return false;
    *rest = sv_skip(*rest, 1);
    while (rest->n && rest->p[0] != '/') {
        char c = rest->p[0];
        if (c == '~' && rest->n > 1) {
            *rest = sv_skip(*rest, 1);
            c = rest->p[0] == '0' ? '~' : '/';
        }
        if (n == KEY_MAX)
            return false;
        out[n++] = c;
        *rest = sv_skip(*rest, 1);
    }
    out[n] = 0;
    return true;
}

static json_t *child(const json_t *v, const char *key)
{
    int64_t i;
    if (json_is_array(v))
        return sv_to_i64(sv_of(key), &i) && i >= 0 ? json_array_get(v, (size_t)i) : NULL;
    return json_object_get(v, key);
}

json_t *json_at(const json_t *doc, struct sv pointer)
{
    char key[KEY_MAX + 1];
    json_t *v = (json_t *)(uintptr_t)doc;
    while (v && pointer.n) {
        if (!segment(&pointer, key))
            return NULL;
        v = child(v, key);
    }
    return v;
}

/* The container that a path ends in, and its last segment. */
static json_t *container(json_t *doc, struct sv path, char key[KEY_MAX + 1])
{
    json_t *v = doc;
    if (path.n == 0)
        return NULL;
    for (;;) {
        if (!v || !segment(&path, key))
            return NULL;
        if (path.n == 0)
            return json_is_object(v) || json_is_array(v) ? v : NULL;
        v = child(v, key);
    }
}

/* Both take value over. */
static bool put(json_t *into, const char *key, json_t *value, bool replace)
{
    int64_t i = 0;
    size_t n = json_array_size(into);
    if (json_is_object(into)) {
        bool known = json_object_get(into, key) != NULL;
        if (replace && !known) {
            json_decref(value);
            return false;
        }
        return utf8_valid(sv_of(key)) ? json_object_set_new(into, key, value) == 0
                                      : (json_decref(value), false);
    }
    if (!replace && strcmp(key, "-") == 0)
        return json_array_append_new(into, value) == 0;
    if (!sv_to_i64(sv_of(key), &i) || i < 0 || (size_t)i > n || (replace && (size_t)i == n)) {
        json_decref(value);
        return false;
    }
    return (replace ? json_array_set_new(into, (size_t)i, value)
                    : json_array_insert_new(into, (size_t)i, value)) == 0;
}

static bool drop(json_t *from, const char *key)
{
    int64_t i;
    if (json_is_object(from))
        return json_object_del(from, key) == 0;
    return sv_to_i64(sv_of(key), &i) && i >= 0 && json_array_remove(from, (size_t)i) == 0;
}

static bool move(json_t *doc, struct sv from, struct sv path)
{
    char key[KEY_MAX + 1];
    json_t *v = json_at(doc, from), *c = container(doc, from, key);
    bool inside = sv_starts(path, from) && path.n > from.n && path.p[from.n] == '/';
    if (!v || !c || inside)
        return false;
    json_incref(v);
    if (!drop(c, key) || !(c = container(doc, path, key))) {
        json_decref(v);
        return false;
    }
    return put(c, key, v, false);
}

static void apply(json_t *doc, const json_t *o, struct sv at, struct err *e)
{
    char key[KEY_MAX + 1] = "";
    struct sv op = json_sv(o, "op"), path = json_sv(o, "path");
    json_t *value = json_object_get(o, "value"), *c = container(doc, path, key);
    bool add = sv_is(op, "add"), replace = sv_is(op, "replace"), done = false;
    if (!add && !replace && !sv_is(op, "remove") && !sv_is(op, "move")) {
        err_problem(e, json_pointer(e->arena, at, SV("op")), "bad_word",
                    "操作应为 add、replace、remove 或 move");
        return;
    }
    if ((add || replace) && !value) {
        err_problem(e, json_pointer(e->arena, at, SV("value")), "required", "缺少要写的值");
        return;
    }
    if (add || replace)
        done = c && put(c, key, json_deep_copy(value), replace);
    else if (sv_is(op, "remove"))
        done = c && drop(c, key);
    else
        done = move(doc, json_sv(o, "from"), path);
    if (!done)
        err_problem(e, json_pointer(e->arena, at, SV("path")), "no_such_place",
                    "目录里没有这个位置：%.*s", (int)(path.n > 200 ? 200 : path.n),
                    path.p ? path.p : "");
}

int catalog_patch(json_t *doc, const json_t *ops, struct err *e)
{
    size_t i;
    json_t *o;
    if (!json_is_array(ops) || json_array_size(ops) == 0 || json_array_size(ops) > OPS_MAX)
        err_problem(e, SV("/ops"), "out_of_range", "应有1到%d个操作", OPS_MAX);
    json_array_foreach((json_t *)(uintptr_t)ops, i, o) {
        if (e->code)
            break; /* later ones stand on the earlier */
        apply(doc, o, json_pointer_at(e->arena, SV("/ops"), i), e);
    }
    return e->code;
}
