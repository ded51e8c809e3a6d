/* fuzz_workbook: whatever file or cells come in, reading a workbook neither crashes nor leaks, and
 * refuses with words.
 *
 * The first byte chooses the door: an .xlsx file, or cells put into the shipped catalogue's
 * workbook ($YZ_SOURCE/catalog/wuhai-2026.json): sheet, row, column, length, text, and so on.
 */
#include <stdio.h>
#include <stdlib.h>

#include "domain/catalog/workbook.h"
#include "sheet/xlsx.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static json_t *shipped(void)
{
    static json_t *doc;
    static char text[4 << 20];
    char path[1024];
    if (doc)
        return doc;
    const char *root = getenv("YZ_SOURCE");
    snprintf(path, sizeof path, "%s/catalog/wuhai-2026.json", root ? root : ".");
    FILE *f = fopen(path, "rb");
    if (!f)
        abort();
    size_t n = fread(text, 1, sizeof text, f);
    fclose(f);
    doc = json_loadb(text, n, 0, NULL);
    return doc;
}

static void read_grid(const struct grid *g, struct arena *a)
{
    struct err e;
    struct workbook_map *map;
    err_init(&e, a);
    json_t *doc = workbook_to_catalog(g, a, &map, &e);
    if (!doc && e.n_problems == 0)
        abort(); /* refused without a word */
    json_decref(doc);
}

static void fuzz_file(struct sv bytes, struct arena *a)
{
    struct err e;
    struct grid g;
    err_init(&e, a);
    grid_init(&g, a);
    if (xlsx_read(bytes, &g, &e) == 0)
        read_grid(&g, a);
    else if (e.code == 0)
        abort();
}

/* A written grid has its heads in the columns; a read one in the first row. */
static void heads_to_rows(struct grid *g)
{
    for (size_t i = 0; i < g->n_sheets; i++) {
        struct grid_sheet *s = &g->sheets[i];
        grid_add_row(g, s, s->n_columns);
        memmove(s->rows + 1, s->rows, (s->n_rows - 1) * sizeof *s->rows);
        s->rows[0] = (struct grid_row){ arena_array(g->arena, s->n_columns, sizeof(struct cell)),
                                        s->n_columns };
        for (size_t k = 0; k < s->n_columns; k++)
            s->rows[0].cells[k] = cell_text(s->columns[k].head);
    }
}

static void fuzz_cells(const uint8_t *p, size_t n, struct arena *a)
{
    struct err e;
    struct grid g;
    err_init(&e, a);
    grid_init(&g, a);
    if (workbook_from_catalog(shipped(), &g, &e) != 0)
        abort();
    heads_to_rows(&g);
    while (n >= 5) {
        struct grid_sheet *s = &g.sheets[p[0] % g.n_sheets];
        struct grid_row *r = &s->rows[p[1] % s->n_rows];
        size_t length = p[4] < n - 5 ? p[4] : n - 5;
        if (r->n)
            r->cells[p[2] % r->n] = (struct cell){ (enum cell_kind)(p[3] % 5),
                                                   sv_make((const char *)p + 5, length), p[3] & 8 };
        p += 5 + length;
        n -= 5 + length;
    }
    read_grid(&g, a);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size < 1)
        return 0;
    struct arena *a = arena_new();
    if (data[0] % 2 == 0)
        fuzz_file(sv_make((const char *)data + 1, size - 1), a);
    else
        fuzz_cells(data + 1, size - 1, a);
    arena_free(a);
    return 0;
}
