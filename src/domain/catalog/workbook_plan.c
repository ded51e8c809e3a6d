/* workbook_plan: sheets and columns from the shapes. See workbook_plan.h. */
#include "domain/catalog/workbook_plan.h"

static void add_column(struct plan *p, struct plan_sheet *s, const struct shape_member *m,
                       const struct shape_member *inner)
{
    s->columns[s->n_columns++] = (struct plan_column){
        { m, inner },
        inner ? arena_printf_sv(p->arena, "%s·%s", m->label, inner->label) : sv_of(m->label),
    };
}

static size_t count_columns(const struct shape *s)
{
    size_t n = 0;
    for (size_t i = 0; i < s->n; i++)
        n += s->members[i].kind == SHAPE_OBJECT ? s->members[i].of->n : 1;
    return n;
}

static struct plan_sheet *add_sheet(struct plan *p, const struct shape *shape,
                                    struct plan_sheet *parent, const struct shape_member *list)
{
    if (p->n == p->cap) {
        size_t cap = p->cap ? p->cap * 2 : 32;
        struct plan_sheet **more = arena_array(p->arena, cap, sizeof *more);
        if (p->n)
            memcpy(more, p->sheets, p->n * sizeof *more);
        p->sheets = more;
        p->cap = cap;
    }
    struct plan_sheet *s = arena_alloc(p->arena, sizeof *s);
    p->sheets[p->n++] = s;
    *s = (struct plan_sheet){ .shape = shape, .list = list, .parent = parent };
    s->columns = arena_array(p->arena, count_columns(shape), sizeof *s->columns);
    if (parent && parent->list) {
        s->n_parents = parent->n_parents + 1;
        memcpy(s->parent_heads, parent->parent_heads, sizeof s->parent_heads);
        s->parent_heads[parent->n_parents] = arena_printf_sv(p->arena, "所属%s",
                                                             parent->shape->label);
    }
    return s;
}

/* Parents before children, so that a row finds the element it belongs to. */
static void plan_shape(struct plan *p, const struct shape *shape, struct plan_sheet *parent,
                       const struct shape_member *list)
{
    struct plan_sheet *s = add_sheet(p, shape, parent, list);
    for (size_t i = 0; i < shape->n; i++) {
        const struct shape_member *m = &shape->members[i];
        if (m->kind == SHAPE_OBJECT)
            for (size_t k = 0; k < m->of->n; k++)
                add_column(p, s, m, &m->of->members[k]);
        else
            add_column(p, s, m, NULL);
        s->has_children = s->has_children || m->kind == SHAPE_LIST;
    }
    for (size_t i = 0; i < shape->n; i++)
        if (shape->members[i].kind == SHAPE_LIST)
            plan_shape(p, shape->members[i].of, s, &shape->members[i]);
}

void plan_make(struct plan *p, struct arena *a)
{
    *p = (struct plan){ .arena = a };
    plan_shape(p, &CATALOG_SHAPE, NULL, NULL);
}

struct plan_sheet *plan_child(const struct plan *p, const struct plan_sheet *parent,
                              const struct shape_member *list)
{
    for (size_t i = 0; i < p->n; i++)
        if (p->sheets[i]->parent == parent && p->sheets[i]->list == list)
            return p->sheets[i];
    return NULL;
}

const struct shape_member *plan_member(const struct plan_column *c)
{
    return c->path[1] ? c->path[1] : c->path[0];
}
