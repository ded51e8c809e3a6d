/* diff: see diff.h. */
#include "domain/catalog/diff.h"

#include "base/utf8.h"

enum { SHOWN = 60 /* characters of a value in a sentence */ };

struct walk {
    struct arena *a;
    const json_t *before, *after;
    struct diff *out;
    struct diff_entity *entity;
};

static void *grown(struct arena *a, void *list, size_t n, size_t *cap, size_t size)
{
    if (n < *cap)
        return list;
    *cap = *cap ? *cap * 2 : 8;
    void *p = arena_array(a, *cap, size);
    if (n)
        memcpy(p, list, n * size);
    return p;
}

/* ---- words ---- */

static struct sv cut(struct arena *a, struct sv s)
{
    struct sv rest = s;
    for (int i = 0; i < SHOWN && rest.n; i++)
        utf8_next(&rest);
    return rest.n ? arena_printf_sv(a, "%.*s…", (int)(s.n - rest.n), s.p) : s;
}

static struct sv said(struct arena *a, const json_t *v)
{
    struct buf b;
    size_t i;
    json_t *one;
    if (json_is_string(v))
        return cut(a, json_text(v));
    if (json_is_boolean(v))
        return json_is_true(v) ? SV("是") : SV("否");
    if (!json_is_array(v) || !json_is_string(json_array_get(v, 0)))
        return json_is_array(v) && json_array_size(v) == 0 ? SV("空")
                                                           : cut(a, json_dump(a, v, false));
    buf_init(&b, 1 << 20);
    json_array_foreach((json_t *)(uintptr_t)v, i, one)
        buf_fmt(&b, "%s%.*s", i ? "、" : "", (int)json_text(one).n, json_text(one).p);
    struct sv out = cut(a, arena_sv(a, buf_sv(&b)));
    buf_done(&b);
    return out;
}

/* The name of what a code stands for, in either document: 材料 M-CSZM -> 场所使用证明. */
static struct sv name_of_ref(const struct walk *w, const char *ref, struct sv code)
{
    const json_t *docs[] = { w->after, w->before };
    for (size_t i = 0; ref && i < CATALOG_SHAPE.n; i++) {
        const struct shape *of = CATALOG_SHAPE.members[i].of;
        if (!of || strcmp(of->key, ref) != 0 || !of->id || !of->title)
            continue;
        for (int d = 0; d < 2; d++) {
            size_t k;
            json_t *one;
            json_array_foreach(json_object_get(docs[d], CATALOG_SHAPE.members[i].name), k, one)
                if (sv_eq(json_sv(one, of->id), code))
                    return json_sv(one, of->title);
        }
    }
    return code;
}

static struct sv call(const struct walk *w, const struct shape *s, const json_t *v, size_t index)
{
    const struct shape_member *id = s->id ? shape_member(s, sv_of(s->id)) : NULL;
    if (!id || id->kind != SHAPE_REF)
        return shape_call(s, v, index, w->a);
    struct sv name = name_of_ref(w, id->ref, json_sv(v, s->id));
    return arena_printf_sv(w->a, "%s“%.*s”", s->label, (int)name.n, name.p ? name.p : "");
}

static struct sv under(struct arena *a, struct sv label, struct sv more)
{
    return label.n ? arena_printf_sv(a, "%.*s·%.*s", (int)label.n, label.p, (int)more.n, more.p)
                   : more;
}

static struct sv sentence(const struct walk *w, struct sv label, const json_t *before,
                          const json_t *after)
{
    struct sv old = before ? said(w->a, before) : SV(""), new = after ? said(w->a, after) : SV("");
    if (!before)
        return arena_printf_sv(w->a, "%.*s：新写“%.*s”", (int)label.n, label.p, (int)new.n, new.p);
    if (!after)
        return arena_printf_sv(w->a, "%.*s：删去“%.*s”", (int)label.n, label.p, (int)old.n, old.p);
    return arena_printf_sv(w->a, "%.*s：由“%.*s”改为“%.*s”", (int)label.n, label.p, (int)old.n, old.p,
                           (int)new.n, new.p);
}

static void tell(struct walk *w, struct sv pointer, struct sv label, const json_t *before,
                 const json_t *after, struct sv words)
{
    struct diff_entity *e = w->entity;
    e->members = grown(w->a, e->members, e->n, &e->cap, sizeof *e->members);
    e->members[e->n++] = (struct diff_member){
        pointer, label, before, after, words.n ? words : sentence(w, label, before, after) };
}

/* ---- lists ---- */

/* For each new element the old one it was (-1: added). */
static void match(const struct shape *s, const json_t *before, const json_t *after, ptrdiff_t *was,
                  bool *taken)
{
    size_t n = json_array_size(after), m = json_array_size(before), next = 0;
    for (size_t i = 0; i < n; i++) {
        const json_t *v = json_array_get(after, i);
        was[i] = -1;
        for (size_t k = 0; k < m && was[i] < 0; k++) {
            const json_t *old = json_array_get(before, (i + k) % m); /* most stay in their place */
            bool same = s->id ? sv_eq(json_sv(old, s->id), json_sv(v, s->id))
                              : json_equal((json_t *)(uintptr_t)old, (json_t *)(uintptr_t)v);
            if (same && !taken[(i + k) % m]) {
                was[i] = (ptrdiff_t)((i + k) % m);
                taken[was[i]] = true;
            }
        }
    }
    for (size_t i = 0; i < n && !s->id; i++) { /* without a code: what is left over, by place */
        while (next < m && taken[next])
            next++;
        if (was[i] < 0 && next < m) {
            was[i] = (ptrdiff_t)next;
            taken[next] = true;
        }
    }
}

static bool reordered(const ptrdiff_t *was, size_t n)
{
    ptrdiff_t last = -1;
    for (size_t i = 0; i < n; i++) {
        if (was[i] >= 0 && was[i] < last)
            return true;
        last = was[i] > last ? was[i] : last;
    }
    return false;
}

static void compare(struct walk *w, const struct shape *s, const json_t *before,
                    const json_t *after, struct sv pointer, struct sv label);

static void compare_list(struct walk *w, const struct shape_member *m, const json_t *before,
                         const json_t *after, struct sv pointer, struct sv label)
{
    size_t n = json_array_size(after), old = json_array_size(before);
    ptrdiff_t *was = arena_array(w->a, n + 1, sizeof *was);
    bool *taken = arena_array(w->a, old + 1, sizeof *taken);
    match(m->of, before, after, was, taken);
    for (size_t k = 0; k < old; k++) {
        const json_t *v = json_array_get(before, k);
        struct sv name = under(w->a, label, call(w, m->of, v, k));
        if (!taken[k])
            tell(w, json_pointer_at(w->a, pointer, k), name, v, NULL,
                 arena_printf_sv(w->a, "删去%.*s", (int)name.n, name.p));
    }
    for (size_t i = 0; i < n; i++) {
        const json_t *v = json_array_get(after, i);
        struct sv at = json_pointer_at(w->a, pointer, i);
        struct sv name = under(w->a, label, call(w, m->of, v, i));
        if (was[i] < 0)
            tell(w, at, name, NULL, v, arena_printf_sv(w->a, "增加%.*s", (int)name.n, name.p));
        else
            compare(w, m->of, json_array_get(before, (size_t)was[i]), v, at, name);
    }
    if (reordered(was, n)) {
        struct sv name = under(w->a, label, sv_of(m->label));
        tell(w, pointer, name, before, after,
             arena_printf_sv(w->a, "%.*s的先后次序有变动", (int)name.n, name.p));
    }
}

/* ---- members ---- */

static void compare_member(struct walk *w, const struct shape_member *m, const json_t *before,
                           const json_t *after, struct sv pointer, struct sv label)
{
    if (json_is_null(before))
        before = NULL;
    if (json_is_null(after))
        after = NULL;
    if (before == after || (before && after && json_equal((json_t *)(uintptr_t)before,
                                                          (json_t *)(uintptr_t)after)))
        return;
    struct sv at = json_pointer(w->a, pointer, sv_of(m->name));
    struct sv name = under(w->a, label, sv_of(m->label));
    if (m->kind == SHAPE_OBJECT)
        compare(w, m->of, before, after, at, name);
    else if (m->kind == SHAPE_LIST && (json_array_size(before) || json_array_size(after)))
        compare_list(w, m, before, after, at, label);
    else
        tell(w, at, name, before, after, SV(""));
}

static void compare(struct walk *w, const struct shape *s, const json_t *before,
                    const json_t *after, struct sv pointer, struct sv label)
{
    for (size_t i = 0; i < s->n; i++)
        compare_member(w, &s->members[i], json_object_get(before, s->members[i].name),
                       json_object_get(after, s->members[i].name), pointer, label);
}

/* ---- entities ---- */

static struct diff_entity *entity(struct walk *w, const struct shape *s, const json_t *v,
                                  size_t index, enum diff_what what, struct sv pointer)
{
    static const char *const WORDS[] = { "新增", "删除", "修改" };
    struct diff *d = w->out;
    struct sv name = call(w, s, v, index);
    d->entities = grown(w->a, d->entities, d->n, &d->cap, sizeof *d->entities);
    struct diff_entity *e = &d->entities[d->n++];
    *e = (struct diff_entity){
        .shape = s, .what = what, .pointer = pointer,
        .code = s->id ? json_sv(v, s->id) : SV(""),
        .name = s->title ? json_sv(v, s->title) : SV(""),
        .sentence = arena_printf_sv(w->a, "%s%.*s", WORDS[what], (int)name.n, name.p),
    };
    w->entity = e;
    return e;
}

/* Takes the entity back when nothing in it changed. */
static void compare_entity(struct walk *w, const struct shape *s, const json_t *before,
                           const json_t *after, size_t index, struct sv pointer)
{
    struct diff_entity *e = entity(w, s, after, index, DIFF_CHANGED, pointer);
    compare(w, s, before, after, pointer, SV(""));
    if (e->n == 0)
        w->out->n--;
}

static void compare_top(struct walk *w, const struct shape_member *m)
{
    const json_t *before = json_object_get(w->before, m->name);
    const json_t *after = json_object_get(w->after, m->name);
    struct sv pointer = json_pointer(w->a, SV(""), sv_of(m->name));
    size_t n = json_array_size(after), old = json_array_size(before);
    ptrdiff_t *was = arena_array(w->a, n + 1, sizeof *was);
    bool *taken = arena_array(w->a, old + 1, sizeof *taken);
    match(m->of, before, after, was, taken);
    for (size_t k = 0; k < old; k++)
        if (!taken[k])
            entity(w, m->of, json_array_get(before, k), k, DIFF_REMOVED,
                   json_pointer_at(w->a, pointer, k));
    for (size_t i = 0; i < n; i++) {
        const json_t *v = json_array_get(after, i);
        struct sv at = json_pointer_at(w->a, pointer, i);
        if (was[i] < 0)
            entity(w, m->of, v, i, DIFF_ADDED, at);
        else
            compare_entity(w, m->of, json_array_get(before, (size_t)was[i]), v, i, at);
    }
    if (!reordered(was, n))
        return;
    struct diff_entity *e = entity(w, m->of, NULL, 0, DIFF_CHANGED, pointer);
    e->sentence = arena_printf_sv(w->a, "%s的先后次序有变动", m->label);
}

void catalog_diff(const json_t *before, const json_t *after, struct arena *a, struct diff *out)
{
    struct walk w = { .a = a, .before = before, .after = after, .out = out };
    *out = (struct diff){ 0 };
    struct diff_entity *e = entity(&w, &CATALOG_SHAPE, after, 0, DIFF_CHANGED, SV(""));
    for (size_t i = 0; i < CATALOG_SHAPE.n; i++) {
        const struct shape_member *m = &CATALOG_SHAPE.members[i];
        if (m->kind != SHAPE_LIST)
            compare_member(&w, m, json_object_get(before, m->name),
                           json_object_get(after, m->name), SV(""), SV(""));
    }
    if (e->n == 0)
        out->n--;
    for (size_t i = 0; i < CATALOG_SHAPE.n; i++)
        if (CATALOG_SHAPE.members[i].kind == SHAPE_LIST)
            compare_top(&w, &CATALOG_SHAPE.members[i]);
}

static json_t *borrowed(const json_t *v)
{
    return v ? json_incref((json_t *)(uintptr_t)v) : json_null();
}

json_t *diff_to_json(const struct diff *d)
{
    static const char *const KEYS[] = { "added", "removed", "changed" };
    int64_t count[3] = { 0 };
    json_t *out = json_object(), *items = json_array();
    for (size_t i = 0; i < d->n; i++) {
        const struct diff_entity *e = &d->entities[i];
        json_t *o = json_object(), *members = json_array();
        count[e->what]++;
        json_put_sv(o, "what", sv_of(KEYS[e->what]));
        json_put_sv(o, "kind", sv_of(e->shape->key));
        json_put_sv(o, "label", sv_of(e->shape->label));
        json_put_sv(o, "code", e->code);
        json_put_sv(o, "name", e->name);
        json_put_sv(o, "pointer", e->pointer);
        json_put_sv(o, "sentence", e->sentence);
        for (size_t k = 0; k < e->n; k++) {
            json_t *m = json_object();
            json_put_sv(m, "pointer", e->members[k].pointer);
            json_put_sv(m, "label", e->members[k].label);
            json_put(m, "before", borrowed(e->members[k].before));
            json_put(m, "after", borrowed(e->members[k].after));
            json_put_sv(m, "sentence", e->members[k].sentence);
            json_push(members, m);
        }
        json_put(o, "members", members);
        json_push(items, o);
    }
    for (int i = 0; i < 3; i++)
        json_put_i64(out, KEYS[i], count[i]);
    json_put(out, "items", items);
    return out;
}
