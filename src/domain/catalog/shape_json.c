/* shape_json: documents in canonical form, and the table of shapes for clients. See shape.h. */
#include "domain/catalog/shape.h"

#include <stdlib.h>

static json_t *ordered(const struct shape *s, const json_t *v);

static json_t *ordered_member(const struct shape_member *m, json_t *v)
{
    if (m->kind == SHAPE_OBJECT)
        return ordered(m->of, v);
    if (m->kind != SHAPE_LIST || !json_is_array(v))
        return json_incref(v);
    json_t *list = json_array();
    size_t i;
    json_t *one;
    json_array_foreach(v, i, one)
        json_push(list, ordered(m->of, one));
    return list;
}

/* Members by the table, then what it does not know (a problem for the loader, not for us). */
static json_t *ordered(const struct shape *s, const json_t *v)
{
    const char *key;
    json_t *one;
    if (!json_is_object(v))
        return json_incref((json_t *)(uintptr_t)v);
    json_t *out = json_object();
    for (size_t i = 0; i < s->n; i++) {
        one = json_object_get(v, s->members[i].name);
        if (one && !json_is_null(one))
            json_put(out, s->members[i].name, ordered_member(&s->members[i], one));
    }
    json_object_foreach((json_t *)(uintptr_t)v, key, one)
        if (!shape_member(s, sv_of(key)))
            json_put(out, key, json_incref(one));
    return out;
}

json_t *shape_canonical(const json_t *doc)
{
    return ordered(&CATALOG_SHAPE, doc);
}

struct sv shape_text(const json_t *doc, struct arena *a)
{
    json_t *v = shape_canonical(doc);
    char *text = json_dumps(v, JSON_INDENT(2) | JSON_ENCODE_ANY);
    size_t n = text ? strlen(text) : 0;
    char *out = arena_alloc(a, n + 2);
    if (n)
        memcpy(out, text, n);
    out[n] = '\n';
    free(text);
    json_decref(v);
    return sv_make(out, n + 1);
}

/* ---- the table ---- */

static json_t *member_json(const struct shape_member *m)
{
    json_t *o = json_object();
    json_put_sv(o, "name", sv_of(m->name));
    json_put_sv(o, "label", sv_of(m->label));
    json_put_sv(o, "kind", sv_of(shape_kind_key(m->kind)));
    json_put_bool(o, "required", m->required);
    if (m->ref)
        json_put_sv(o, "ref", sv_of(m->ref));
    if (m->of)
        json_put_sv(o, "of", sv_of(m->of->key));
    if (m->n_words) {
        json_t *words = json_array(), *says = json_array();
        for (size_t i = 0; i < m->n_words; i++) {
            json_push_sv(words, sv_of(m->words[i]));
            json_push_sv(says, sv_of(m->says ? m->says[i] : m->words[i]));
        }
        json_put(o, "words", words);
        json_put(o, "says", says);
    }
    return o;
}

static void put_shape(json_t *out, const struct shape *s)
{
    json_t *o = json_object();
    json_t *members = json_array();
    json_put_sv(o, "label", sv_of(s->label));
    json_put(o, "id", s->id ? json_string(s->id) : json_null());
    json_put(o, "title", s->title ? json_string(s->title) : json_null());
    for (size_t i = 0; i < s->n; i++) {
        json_push(members, member_json(&s->members[i]));
        if (s->members[i].of && !json_object_get(out, s->members[i].of->key))
            put_shape(out, s->members[i].of);
    }
    json_put(o, "members", members);
    json_put(out, s->key, o);
}

json_t *shape_to_json(void)
{
    json_t *out = json_object();
    put_shape(out, &CATALOG_SHAPE);
    return out;
}

struct sv shape_call(const struct shape *s, const json_t *element, size_t index, struct arena *a)
{
    struct sv name = s->title ? json_sv(element, s->title) : SV("");
    if (name.n == 0 && s->id)
        name = json_sv(element, s->id);
    if (s == &CATALOG_SHAPE)
        return SV("目录");
    if (name.n == 0)
        return arena_printf_sv(a, "第%zu个%s", index + 1, s->label);
    return arena_printf_sv(a, "%s“%.*s”", s->label, (int)(name.n > 200 ? 200 : name.n), name.p);
}
