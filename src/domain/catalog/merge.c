/* merge: see merge.h. */
#include "domain/catalog/merge.h"

struct merge { struct arena *a; struct merge_conflicts *out; };

static bool same(const json_t *x, const json_t *y)
{
    if (json_is_null(x))
        x = NULL;
    if (json_is_null(y))
        y = NULL;
    return x == y || (x && y && json_equal((json_t *)(uintptr_t)x, (json_t *)(uintptr_t)y));
}

static json_t *taken(const json_t *v)
{
    return json_incref((json_t *)(uintptr_t)v); /* NULL stays NULL */
}

static struct sv under(struct merge *m, struct sv label, struct sv more)
{
    return label.n ? arena_printf_sv(m->a, "%.*s·%.*s", (int)label.n, label.p, (int)more.n, more.p)
                   : more;
}

static void conflict(struct merge *m, struct sv label)
{
    if (m->out->n < MERGE_CONFLICTS_MAX)
        m->out->labels[m->out->n++] = label;
}

static const json_t *element(const json_t *list, const char *id, struct sv code)
{
    size_t i;
    json_t *one;
    json_array_foreach((json_t *)(uintptr_t)list, i, one)
        if (sv_eq(json_sv(one, id), code))
            return one;
    return NULL;
}

static json_t *merge_object(struct merge *m, const struct shape *s, const json_t *base,
                            const json_t *mine, const json_t *theirs, struct sv label);

/* One element: NULL when it is to go. */
static json_t *merge_element(struct merge *m, const struct shape *s, const json_t *base,
                             const json_t *mine, const json_t *theirs, struct sv label)
{
    if (same(mine, theirs) || same(theirs, base))
        return taken(mine);
    if (same(mine, base))
        return taken(theirs);
    if (mine && theirs)
        return merge_object(m, s, base, mine, theirs, label);
    conflict(m, label); /* one removed what the other changed */
    return taken(mine ? mine : theirs);
}

static json_t *merge_list(struct merge *m, const struct shape *s, const json_t *base,
                          const json_t *mine, const json_t *theirs, struct sv label)
{
    json_t *out = json_array(), *one;
    size_t i;
    json_array_foreach((json_t *)(uintptr_t)theirs, i, one) {
        struct sv code = json_sv(one, s->id);
        json_t *v = merge_element(m, s, element(base, s->id, code), element(mine, s->id, code),
                                  one, under(m, label, shape_call(s, one, i, m->a)));
        if (v)
            json_push(out, v);
    }
    json_array_foreach((json_t *)(uintptr_t)mine, i, one) {
        struct sv code = json_sv(one, s->id);
        if (element(theirs, s->id, code))
            continue;
        json_t *v = merge_element(m, s, element(base, s->id, code), one, NULL,
                                  under(m, label, shape_call(s, one, i, m->a)));
        if (v)
            json_push(out, v);
    }
    return out;
}

static json_t *merge_member(struct merge *m, const struct shape_member *x, const json_t *base,
                            const json_t *mine, const json_t *theirs, struct sv label)
{
    struct sv name = under(m, label, sv_of(x->label));
    if (same(mine, theirs) || same(theirs, base))
        return taken(mine);
    if (same(mine, base))
        return taken(theirs);
    if (x->kind == SHAPE_LIST && x->of->id && mine && theirs)
        return merge_list(m, x->of, base, mine, theirs, label);
    if (x->kind == SHAPE_OBJECT && mine && theirs)
        return merge_object(m, x->of, base, mine, theirs, name);
    conflict(m, name);
    return taken(mine);
}

static json_t *merge_object(struct merge *m, const struct shape *s, const json_t *base,
                            const json_t *mine, const json_t *theirs, struct sv label)
{
    json_t *out = json_object();
    for (size_t i = 0; i < s->n; i++) {
        const char *name = s->members[i].name;
        json_t *v = merge_member(m, &s->members[i], json_object_get(base, name),
                                 json_object_get(mine, name), json_object_get(theirs, name),
                                 label);
        if (v)
            json_put(out, name, v);
    }
    return out;
}

json_t *catalog_merge(const json_t *base, const json_t *mine, const json_t *theirs,
                      struct arena *a, struct merge_conflicts *out)
{
    struct merge m = { a, out };
    *out = (struct merge_conflicts){
        .labels = arena_array(a, MERGE_CONFLICTS_MAX, sizeof *out->labels) };
    json_t *named = json_copy((json_t *)(uintptr_t)theirs);
    json_object_set(named, "version", json_object_get(mine, "version")); /* the draft's own name */
    json_t *v = merge_object(&m, &CATALOG_SHAPE, base, mine, named, SV(""));
    json_decref(named);
    return v;
}
