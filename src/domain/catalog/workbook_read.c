/* workbook_read: cells into a catalogue, and from a place in it back to its cell. See workbook.h. */
#include "base/map.h"
#include "domain/catalog/workbook.h"
#include "domain/catalog/workbook_plan.h"

struct origin { /* where an element came from */
    const struct plan_sheet *sheet;
    size_t row;          /* as Excel counts */
    const size_t *where; /* column of the file for every planned column */
};

struct workbook_map { struct arena *arena; struct map origins; /* JSON pointer -> origin */ };

struct element { json_t *value; struct sv pointer; };

struct to {
    struct plan plan;
    const struct grid *grid;
    struct arena *a;
    struct err *e;
    struct map elements; /* sheet and codes -> struct element */
    struct workbook_map *map;
};

enum { NOWHERE = 0xffff /* more than a sheet has columns */ };

static void problem_at(struct to *t, const struct plan_sheet *s, size_t column, size_t row,
                       const char *code, const char *head, const char *why)
{
    char name[GRID_COLUMN_TEXT];
    grid_column_name(column, name);
    err_problem(t->e, arena_printf_sv(t->e->arena, "%s!%s%zu", s->shape->sheet, name, row), code,
                "工作表“%s”第%zu行%s列“%s”：%s", s->shape->sheet, row, name, head, why);
}

/* ---- heads ---- */

static void find_column(struct to *t, const struct plan_sheet *s, const struct grid_sheet *from,
                        struct sv head, size_t *out)
{
    size_t wide = from->n_rows ? from->rows[0].n : 0;
    *out = NOWHERE;
    for (size_t i = 0; i < wide; i++) {
        if (!sv_eq(sv_trim(grid_at(from, 0, i).text), head))
            continue;
        if (*out != NOWHERE)
            problem_at(t, s, i, 1, "duplicate_column", head.p, "这个表头出现了两次");
        *out = i;
    }
    if (*out == NOWHERE)
        err_problem(t->e, arena_printf_sv(t->e->arena, "%s!1", s->shape->sheet), "missing_column",
                    "工作表“%s”第1行：缺少列“%s”；表头不能改名或删除", s->shape->sheet, head.p);
}

static bool known_head(const struct plan_sheet *s, struct sv head)
{
    bool known = false;
    for (size_t i = 0; i < s->n_parents; i++)
        known = known || sv_eq(s->parent_heads[i], head);
    for (size_t i = 0; i < s->n_columns; i++)
        known = known || sv_eq(s->columns[i].head, head);
    return known;
}

static size_t *find_columns(struct to *t, const struct plan_sheet *s,
                            const struct grid_sheet *from)
{
    size_t n = s->n_parents + s->n_columns;
    size_t *where = arena_array(t->a, n, sizeof *where);
    for (size_t i = 0; i < n; i++)
        find_column(t, s, from, i < s->n_parents ? s->parent_heads[i]
                                                 : s->columns[i - s->n_parents].head, &where[i]);
    for (size_t i = 0; from->n_rows && i < from->rows[0].n; i++) {
        struct cell c = grid_at(from, 0, i);
        struct sv head = sv_trim(c.text);
        if (c.kind != CELL_BLANK && head.n && !known_head(s, head))
            problem_at(t, s, i, 1, "unknown_column", arena_dup(t->a, head),
                       "不认识的表头；备注请写在名称以“备注”开头的工作表里");
    }
    return where;
}

/* ---- rows ---- */

static bool blank_row(const struct grid_row *r)
{
    for (size_t i = 0; i < r->n; i++)
        if (r->cells[i].kind != CELL_BLANK &&
            !(r->cells[i].kind == CELL_TEXT && sv_trim(r->cells[i].text).n == 0))
            return false;
    return true;
}

static struct sv key_of(struct to *t, const struct plan_sheet *s, const struct sv *codes, size_t n)
{
    struct buf b;
    buf_init(&b, 1 << 20);
    buf_str(&b, s->shape->sheet);
    for (size_t i = 0; i < n; i++) {
        buf_byte(&b, '\n');
        buf_sv_add(&b, codes[i]);
    }
    struct sv out = arena_sv(t->a, buf_sv(&b));
    buf_done(&b);
    return out;
}

static void read_cell(struct to *t, const struct plan_sheet *s, size_t i,
                      const struct grid_sheet *from, size_t row, const size_t *where, json_t *into)
{
    const struct plan_column *c = &s->columns[i];
    const struct shape_member *m = plan_member(c);
    size_t column = where[s->n_parents + i];
    struct cell cell = column == NOWHERE ? (struct cell){ .kind = CELL_BLANK }
                                         : grid_at(from, row, column);
    const char *why = "";
    if (cell.kind == CELL_BLANK || (cell.kind == CELL_TEXT && sv_trim(cell.text).n == 0))
        return;
    if (m->kind == SHAPE_LIST) {
        if (sv_is(sv_trim(cell.text), EMPTY_LIST))
            json_put(into, m->name, json_array());
        return;
    }
    json_t *v = value_of_cell(m, cell, t->a, &why);
    if (!v) {
        problem_at(t, s, column, row + 1, "bad_cell", c->head.p, why);
        return;
    }
    if (c->path[1]) {
        json_t *inner = json_object_get(into, c->path[0]->name);
        if (!inner)
            json_put(into, c->path[0]->name, inner = json_object());
        into = inner;
    }
    json_put(into, m->name, v);
}

/* The element that this row belongs to, or NULL with a problem. */
static struct element *find_parent(struct to *t, const struct plan_sheet *s,
                                   const struct grid_sheet *from, size_t row, const size_t *where,
                                   struct sv *codes)
{
    for (size_t i = 0; i < s->n_parents; i++) {
        struct cell c = where[i] == NOWHERE ? (struct cell){ .kind = CELL_BLANK }
                                            : grid_at(from, row, where[i]);
        codes[i] = sv_trim(c.text);
        if (where[i] != NOWHERE && codes[i].n == 0) {
            problem_at(t, s, where[i], row + 1, "missing", s->parent_heads[i].p,
                       "没有写明属于哪一个");
            return NULL;
        }
    }
    struct element *found = map_find(&t->elements, key_of(t, s->parent, codes, s->n_parents));
    size_t last = s->n_parents ? s->n_parents - 1 : 0;
    if (!found && s->n_parents && where[last] != NOWHERE)
        problem_at(t, s, where[last], row + 1, "unknown_reference", s->parent_heads[last].p,
                   arena_printf(t->a, "工作表“%s”里没有代码为“%.*s”的一行", s->parent->shape->sheet,
                                (int)(codes[last].n > 80 ? 80 : codes[last].n), codes[last].p));
    return found;
}

static void remember(struct to *t, const struct plan_sheet *s, struct element *made,
                     struct sv *codes, size_t row, const size_t *where)
{
    struct origin *o = arena_alloc(t->a, sizeof *o);
    size_t n = s->n_parents, id = 0;
    *o = (struct origin){ s, row + 1, where };
    map_put(&t->map->origins, made->pointer, o);
    if (!s->has_children)
        return;
    if (s->list)
        codes[n++] = s->shape->id ? json_sv(made->value, s->shape->id) : SV("");
    struct sv key = key_of(t, s, codes, n);
    if (map_find(&t->elements, key) == NULL)
        map_put(&t->elements, key, made);
    else if (s->list) {
        while (id < s->n_columns && strcmp(s->columns[id].path[0]->name, s->shape->id) != 0)
            id++;
        problem_at(t, s, where[s->n_parents + id], row + 1, "duplicate_code",
                   s->columns[id].head.p, "代码重复");
    }
}

static struct element *read_row(struct to *t, const struct plan_sheet *s,
                                const struct grid_sheet *from, size_t row, const size_t *where)
{
    struct sv codes[PLAN_PARENTS + 1] = { { 0 } };
    struct element *parent = s->list ? find_parent(t, s, from, row, where, codes) : NULL;
    struct element *made = arena_alloc(t->a, sizeof *made);
    if (s->list && !parent)
        return NULL;
    made->value = json_object();
    for (size_t i = 0; i < s->n_columns; i++)
        read_cell(t, s, i, from, row, where, made->value);
    if (s->list) {
        json_t *list = json_object_get(parent->value, s->list->name);
        if (!list)
            json_put(parent->value, s->list->name, list = json_array());
        struct sv at = json_pointer(t->a, parent->pointer, sv_of(s->list->name));
        made->pointer = json_pointer_at(t->a, at, json_array_size(list));
        json_push(list, made->value); /* the list keeps it alive */
    }
    remember(t, s, made, codes, row, where);
    return made;
}

/* Without a document the other sheets are read all the same: everything wrong is told at once. */
static json_t *stand_in(struct to *t, const struct plan_sheet *s)
{
    struct element *made = arena_alloc(t->a, sizeof *made);
    made->value = json_object();
    map_put(&t->elements, key_of(t, s, NULL, 0), made);
    return made->value;
}

static json_t *read_sheet(struct to *t, const struct plan_sheet *s)
{
    const struct grid_sheet *from = grid_find(t->grid, sv_of(s->shape->sheet));
    json_t *root = NULL;
    if (!from) {
        err_problem(t->e, arena_printf_sv(t->e->arena, "%s", s->shape->sheet), "missing_sheet",
                    "缺少工作表“%s”；没有内容的表也要保留表头", s->shape->sheet);
        return s->list ? NULL : stand_in(t, s);
    }
    size_t *where = find_columns(t, s, from);
    for (size_t row = 1; row < from->n_rows; row++) {
        if (blank_row(&from->rows[row]))
            continue;
        if (!s->list && root) {
            problem_at(t, s, 0, row + 1, "too_many_rows", "", "这张表只有一行内容");
            continue;
        }
        struct element *made = read_row(t, s, from, row, where);
        if (!s->list)
            root = made->value;
    }
    if (s->list || root)
        return root;
    err_problem(t->e, sv_of(s->shape->sheet), "missing", "工作表“%s”没有内容", s->shape->sheet);
    return stand_in(t, s);
}

static void check_strangers(struct to *t)
{
    for (size_t i = 0; i < t->grid->n_sheets; i++) {
        struct sv name = t->grid->sheets[i].name;
        bool known = sv_is(name, "说明") || sv_starts(name, SV("备注"));
        for (size_t k = 0; k < t->plan.n; k++)
            known = known || sv_is(name, t->plan.sheets[k]->shape->sheet);
        if (!known)
            err_problem(t->e, arena_sv(t->e->arena, name), "unknown_sheet",
                        "不认识的工作表“%.*s”；备注请写在名称以“备注”开头的工作表里", (int)name.n,
                        name.p);
    }
}

json_t *workbook_to_catalog(const struct grid *g, struct arena *a, struct workbook_map **map,
                            struct err *e)
{
    struct to t = { .grid = g, .a = a, .e = e, .map = arena_alloc(a, sizeof *t.map) };
    json_t *doc = NULL;
    plan_make(&t.plan, a);
    map_init(&t.elements, a);
    t.map->arena = a;
    map_init(&t.map->origins, a);
    check_strangers(&t);
    doc = read_sheet(&t, t.plan.sheets[0]);
    for (size_t i = 1; i < t.plan.n; i++)
        read_sheet(&t, t.plan.sheets[i]);
    if (map)
        *map = t.map;
    if (e->n_problems == 0) {
        json_t *ordered = shape_canonical(doc);
        json_decref(doc);
        return ordered;
    }
    err_set(e, ERR_INVALID, "工作簿有%zu处问题", e->n_problems);
    json_decref(doc);
    return NULL;
}

/* ---- from the document back to the cell ---- */

/* The planned column whose member the rest of a pointer ("/limits/statutory_days/…") starts with. */
static size_t column_of(const struct plan_sheet *s, struct sv rest, struct arena *a)
{
    size_t best = 0, length = 0;
    for (size_t i = 0; i < s->n_columns; i++) {
        struct sv path = json_pointer(a, SV(""), sv_of(s->columns[i].path[0]->name));
        size_t outer = path.n;
        if (s->columns[i].path[1])
            path = json_pointer(a, path, sv_of(s->columns[i].path[1]->name));
        bool whole = sv_starts(rest, path) && (rest.n == path.n || rest.p[path.n] == '/');
        bool part = !whole && s->columns[i].path[1] && rest.n == outer &&
                    sv_starts(path, rest);
        size_t n = whole ? path.n : part ? outer : 0;
        if (n > length) {
            length = n;
            best = i;
        }
    }
    return best;
}

static void place(const struct workbook_map *map, struct problem *p, struct arena *a)
{
    char name[GRID_COLUMN_TEXT];
    struct sv at = p->pointer;
    const struct origin *o = map_find(&map->origins, at);
    while (!o && at.n) {
        while (at.n && at.p[at.n - 1] != '/')
            at.n--;
        at.n -= at.n ? 1 : 0;
        o = map_find(&map->origins, at);
    }
    if (!o)
        return;
    size_t i = column_of(o->sheet, sv_skip(p->pointer, at.n), map->arena);
    size_t column = o->where[o->sheet->n_parents + i];
    grid_column_name(column, name);
    p->message = arena_printf_sv(a, "工作表“%s”第%zu行%s列“%s”：%.*s", o->sheet->shape->sheet, o->row,
                                 name, o->sheet->columns[i].head.p, (int)p->message.n,
                                 p->message.p);
    p->pointer = arena_printf_sv(a, "%s!%s%zu", o->sheet->shape->sheet, name, o->row);
}

void workbook_place_problems(const struct workbook_map *map, struct err *e)
{
    for (size_t i = 0; i < e->n_problems; i++)
        place(map, &e->problems[i], e->arena);
}
