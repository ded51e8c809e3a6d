/* workbook: a catalogue into cells. See workbook.h. */
#include "domain/catalog/workbook.h"

#include "base/map.h"
#include "domain/catalog/workbook_plan.h"

struct from {
    struct plan plan;
    struct grid *grid;
    struct err *e;
    struct map ids; /* sheet and codes of elements that have children: must be their own */
};

static size_t plan_index(const struct plan *p, const struct plan_sheet *s)
{
    size_t i = 0;
    while (p->sheets[i] != s)
        i++;
    return i;
}

/* ---- heads ---- */

static int width_of(const struct shape_member *m)
{
    switch (m->kind) {
    case SHAPE_BOOL: case SHAPE_INT: return 9;
    case SHAPE_CODE: case SHAPE_DATE: case SHAPE_WORD: case SHAPE_REF: case SHAPE_LIST: return 14;
    case SHAPE_COND: case SHAPE_JSON: case SHAPE_TEXTS: case SHAPE_CHOICES: return 36;
    default: return 22;
    }
}

static struct sv note_of(const struct shape_member *m)
{
    switch (m->kind) {
    case SHAPE_TEXTS: case SHAPE_REFS: return SV("每行一项");
    case SHAPE_CHOICES: return SV("每行一个选项：值=名称");
    case SHAPE_MAP: return SV("每行一个：代码=内容");
    case SHAPE_COND: return SV("条件，写法见说明");
    case SHAPE_JSON: return SV("JSON 对象");
    case SHAPE_DATE: return SV("日期，如 2026-01-31");
    case SHAPE_LIST: return SV("内容在同名的分表里，这一格不用填");
    default: return SV("");
    }
}

static void put_heads(struct from *f, const struct plan_sheet *s, struct grid_sheet *to)
{
    static const char *const YES_NO[] = { "是", "否" };
    to->n_columns = s->n_parents + s->n_columns;
    to->columns = arena_array(f->grid->arena, to->n_columns, sizeof *to->columns);
    for (size_t i = 0; i < s->n_parents; i++)
        to->columns[i] = (struct grid_column){ .head = s->parent_heads[i], .width = 14,
                                               .required = true };
    for (size_t i = 0; i < s->n_columns; i++) {
        const struct shape_member *m = plan_member(&s->columns[i]);
        bool list = m->kind == SHAPE_TEXTS; /* several words in one cell: nothing to choose */
        to->columns[s->n_parents + i] = (struct grid_column){
            .head = s->columns[i].head, .note = note_of(m), .width = width_of(m),
            .words = m->kind == SHAPE_BOOL ? YES_NO : list ? NULL : m->says ? m->says : m->words,
            .n_words = m->kind == SHAPE_BOOL ? 2 : list ? 0 : m->n_words,
            .required = m->required && m->kind != SHAPE_LIST,
        };
    }
}

static void put_guide(struct grid *g)
{
    static const char *const LINES[] = {
        "一业一证行业目录", "",
        "每张工作表是目录的一部分，每行一个。表头深色的列必须填写；有下拉列表的列只能选列出的值。",
        "分表的前几列写明所属的许可、字段、行业或问题的代码；同一所属的行按先后排列。",
        "不要改动工作表名和表头；可以调整列的先后。增加一项就是增加一行，删除一项就是删除一行（分表里的行也要删除）。",
        "空白表示没有这一内容。（空）表示写了空的文字，（空列表）表示写了空的列表，两者很少用到。",
        "一格多项的，每行一项（单元格内换行用 Alt+Enter）；选项写成“值=名称”。",
        "“是/否”的列写“是”或“否”；日期写成 2026-01-31。",
        "条件写成 JSON，例如 {\"field\": \"F_AGENT\", \"op\": \"eq\", \"value\": true}、"
        "{\"answer\": \"I04-Q1\", \"op\": \"has\", \"value\": \"A\"}，"
        "用 {\"all\": [..]}、{\"any\": [..]}、{\"not\": ..} 组合。",
        "内容以反斜杠 \\ 开头的，表示后面的文字照原样，不作特殊理解。",
        "备注可以写在名称以“备注”开头的工作表里，导入时不读。",
        "导入时会列出全部问题，写明工作表、行、列和原因；有问题时什么也不会改动。",
    };
    struct grid_sheet *s = grid_add_sheet(g, SV("说明"));
    s->text = true;
    for (size_t i = 0; i < sizeof LINES / sizeof LINES[0]; i++)
        grid_add_row(g, s, 1)->cells[0] = cell_text(sv_of(LINES[i]));
}

/* ---- rows ---- */

/* A row whose children name it must have a code that nobody else there has. */
static void check_id(struct from *f, const struct plan_sheet *s, const json_t *v,
                     const struct sv *parents, struct sv pointer)
{
    struct sv id = s->shape->id ? json_sv(v, s->shape->id) : SV("");
    struct sv at = json_pointer(f->e->arena, pointer, sv_of(s->shape->id ? s->shape->id : ""));
    struct buf key;
    if (id.n == 0) {
        err_problem(f->e, at, "missing", "没有代码，分表里的行无法写明属于它");
        return;
    }
    buf_init(&key, 4096);
    buf_str(&key, s->shape->key);
    for (size_t i = 0; i < s->n_parents; i++)
        buf_fmt(&key, "\n%.*s", (int)parents[i].n, parents[i].p);
    buf_fmt(&key, "\n%.*s", (int)id.n, id.p);
    if (map_put(&f->ids, arena_sv(f->grid->arena, buf_sv(&key)), (void *)(uintptr_t)v))
        err_problem(f->e, at, "duplicate_code", "代码“%.*s”重复，分表里的行无法写明属于哪一个",
                    (int)id.n, id.p);
    buf_done(&key);
}

static void check_known(struct from *f, const struct shape *s, const json_t *v, struct sv pointer)
{
    const char *key;
    json_t *one;
    if (!json_is_object(v))
        err_problem(f->e, pointer, "wrong_type", "这里应为对象");
    json_object_foreach((json_t *)(uintptr_t)v, key, one) {
        const struct shape_member *m = shape_member(s, sv_of(key));
        struct sv at = json_pointer(f->e->arena, pointer, sv_of(key));
        if (!m)
            err_problem(f->e, at, "unknown_member", "不认识的成员“%.80s”", key);
        else if (m->kind == SHAPE_OBJECT && !json_is_null(one)) {
            check_known(f, m->of, one, at);
            if (json_is_object(one) && json_object_size(one) == 0)
                err_problem(f->e, at, "empty_object", "“%s”没有内容，请填写或整个删除", m->label);
        }
    }
}

static void put_cell(struct from *f, const struct plan_column *c, const json_t *v, struct sv at,
                     struct cell *out)
{
    const json_t *value = json_object_get(v, c->path[0]->name);
    at = json_pointer(f->e->arena, at, sv_of(c->path[0]->name));
    if (c->path[1]) {
        value = json_object_get(value, c->path[1]->name);
        at = json_pointer(f->e->arena, at, sv_of(c->path[1]->name));
    }
    if (!value || json_is_null(value))
        return;
    if (!cell_of_value(plan_member(c), value, f->grid->arena, out))
        err_problem(f->e, at, "wrong_type", "“%s”的内容不是这一项应有的类型", plan_member(c)->label);
}

static void put_element(struct from *f, const struct plan_sheet *s, const json_t *v,
                        const struct sv *parents, struct sv pointer);

static void put_children(struct from *f, const struct plan_sheet *s, const json_t *v,
                         const struct sv *parents, struct sv pointer)
{
    struct sv chain[PLAN_PARENTS + 1] = { { 0 } };
    for (size_t i = 0; i < s->n_parents; i++)
        chain[i] = parents[i];
    if (s->list)
        chain[s->n_parents] = s->shape->id ? json_sv(v, s->shape->id) : SV("");
    for (size_t i = 0; i < s->shape->n; i++) {
        const struct shape_member *m = &s->shape->members[i];
        json_t *list = json_object_get(v, m->name), *one;
        struct sv at = json_pointer(f->e->arena, pointer, sv_of(m->name));
        size_t k;
        if (m->kind == SHAPE_LIST)
            json_array_foreach(list, k, one)
                put_element(f, plan_child(&f->plan, s, m), one, chain,
                            json_pointer_at(f->e->arena, at, k));
    }
}

static void put_element(struct from *f, const struct plan_sheet *s, const json_t *v,
                        const struct sv *parents, struct sv pointer)
{
    size_t index = plan_index(&f->plan, s) + 1; /* behind the explanations */
    struct grid_row *row = grid_add_row(f->grid, &f->grid->sheets[index],
                                        s->n_parents + s->n_columns);
    struct cell *cells = row->cells;
    check_known(f, s->shape, v, pointer);
    if (s->list && s->has_children)
        check_id(f, s, v, parents, pointer);
    for (size_t i = 0; i < s->n_parents; i++)
        cells[i] = cell_text(parents[i]);
    for (size_t i = 0; i < s->n_columns; i++)
        put_cell(f, &s->columns[i], v, pointer, &cells[s->n_parents + i]);
    put_children(f, s, v, parents, pointer);
}

int workbook_from_catalog(const json_t *doc, struct grid *g, struct err *e)
{
    struct from f = { .grid = g, .e = e };
    plan_make(&f.plan, g->arena);
    map_init(&f.ids, g->arena);
    put_guide(g);
    for (size_t i = 0; i < f.plan.n; i++)
        put_heads(&f, f.plan.sheets[i],
                  grid_add_sheet(g, sv_of(f.plan.sheets[i]->shape->sheet)));
    put_element(&f, f.plan.sheets[0], doc, NULL, SV(""));
    if (e->n_problems)
        err_set(e, ERR_INVALID, "目录有%zu处不能写进 Excel", e->n_problems);
    return e->code;
}
