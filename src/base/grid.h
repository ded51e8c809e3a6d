/* grid: a workbook as plain cells, between those who know files (sheet/) and those who know
 * what the cells mean (domain/catalog/workbook). Everything lives on one arena.
 *
 * A grid to be written has columns (head, width, allowed words) and rows of values below it; a
 * grid that was read has no columns: its rows start with the head as it stands in the file.
 */
#ifndef YZ_BASE_GRID_H
#define YZ_BASE_GRID_H

#include "base/arena.h"

enum cell_kind { CELL_BLANK, CELL_TEXT, CELL_NUMBER, CELL_BOOL, CELL_ERROR };

struct cell {
    enum cell_kind kind;
    struct sv text; /* TEXT; NUMBER as decimal digits; ERROR as the file says */
    bool yes;       /* BOOL */
};

struct grid_row { struct cell *cells; size_t n; };

struct grid_column {
    struct sv head, note;    /* note: shown when the head is pointed at */
    const char *const *words; /* only these may be chosen; NULL = anything */
    size_t n_words;
    int width;               /* characters */
    bool required;
};

struct grid_sheet {
    struct sv name;
    struct grid_column *columns; size_t n_columns;
    struct grid_row *rows; size_t n_rows, cap_rows;
    bool text; /* prose in the first column: neither head nor filter */
};

struct grid {
    struct arena *arena;
    struct grid_sheet *sheets; size_t n_sheets, cap_sheets;
};

void grid_init(struct grid *g, struct arena *a);
/* Pointers to sheets and rows are good until the next one is added. */
struct grid_sheet *grid_add_sheet(struct grid *g, struct sv name);
struct grid_row *grid_add_row(struct grid *g, struct grid_sheet *s, size_t cells);
/* NULL when there is none of that name. */
const struct grid_sheet *grid_find(const struct grid *g, struct sv name);
/* A blank cell when outside. */
struct cell grid_at(const struct grid_sheet *s, size_t row, size_t column);
static inline struct cell cell_text(struct sv s)
{
    return (struct cell){ CELL_TEXT, s, false };
}
static inline struct cell cell_bool(bool yes)
{
    return (struct cell){ CELL_BOOL, { NULL, 0 }, yes };
}
struct cell cell_number(int64_t v, struct arena *a);

enum { GRID_COLUMN_TEXT = 8 };
/* 0 -> "A", 27 -> "AB". Returns out. */
const char *grid_column_name(size_t column, char out[GRID_COLUMN_TEXT]);

#endif
