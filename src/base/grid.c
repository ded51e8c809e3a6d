/* grid: see grid.h. */
#include "base/grid.h"

void grid_init(struct grid *g, struct arena *a)
{
    *g = (struct grid){ .arena = a };
}

/* Room for one more in an array on the arena. */
static void *grown(struct arena *a, void *list, size_t n, size_t *cap, size_t size)
{
    if (n < *cap)
        return list;
    size_t bigger = *cap ? *cap * 2 : 16;
    void *p = arena_array(a, bigger, size);
    if (n)
        memcpy(p, list, n * size);
    *cap = bigger;
    return p;
}

struct grid_sheet *grid_add_sheet(struct grid *g, struct sv name)
{
    g->sheets = grown(g->arena, g->sheets, g->n_sheets, &g->cap_sheets, sizeof *g->sheets);
    struct grid_sheet *s = &g->sheets[g->n_sheets++];
    *s = (struct grid_sheet){ .name = name };
    return s;
}

struct grid_row *grid_add_row(struct grid *g, struct grid_sheet *s, size_t cells)
{
    s->rows = grown(g->arena, s->rows, s->n_rows, &s->cap_rows, sizeof *s->rows);
    struct grid_row *r = &s->rows[s->n_rows++];
    *r = (struct grid_row){ arena_array(g->arena, cells, sizeof *r->cells), cells };
    return r;
}

const struct grid_sheet *grid_find(const struct grid *g, struct sv name)
{
    for (size_t i = 0; i < g->n_sheets; i++)
        if (sv_eq(g->sheets[i].name, name))
            return &g->sheets[i];
    return NULL;
}

struct cell grid_at(const struct grid_sheet *s, size_t row, size_t column)
{
    if (row >= s->n_rows || column >= s->rows[row].n)
        return (struct cell){ .kind = CELL_BLANK };
    return s->rows[row].cells[column];
}

struct cell cell_number(int64_t v, struct arena *a)
{
    return (struct cell){ CELL_NUMBER, arena_printf_sv(a, "%lld", (long long)v), false };
}

const char *grid_column_name(size_t column, char out[GRID_COLUMN_TEXT])
{
    char back[GRID_COLUMN_TEXT];
    size_t n = 0, k = 0;
    for (size_t c = column + 1; c > 0 && n < GRID_COLUMN_TEXT - 1; c = (c - 1) / 26)
        back[n++] = (char)('A' + (c - 1) % 26);
    while (n)
        out[k++] = back[--n];
    out[k] = 0;
    return out;
}
