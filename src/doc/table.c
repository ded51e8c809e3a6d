/* table: see layout.h. A row is as high as its tallest cell; cells are set in the middle of
 * it. Rules are drawn per row, so a table may end and go on at any row. */
#include <stdlib.h>

#include "base/arena.h"
#include "doc/layout.h"

enum { MAX_COLS = 16 };

struct row {
    struct box *cells[MAX_COLS];
    size_t n, lines; /* lines: of the tallest cell */
    double height;
};

static void lay_row(const struct table *t, const struct sv *texts, bool head, struct row *r)
{
    const struct table_style *s = t->style;
    *r = (struct row){ .n = t->n_cols < MAX_COLS ? t->n_cols : MAX_COLS };
    for (size_t i = 0; i < r->n; i++) {
        struct text_style style = head ? s->head : s->cell;
        if (!head && s->aligns)
            style.align = s->aligns[i];
        r->cells[i] = box_new(texts[i], &style, t->widths[i] - 2 * s->pad_x);
        double h = box_height(r->cells[i]);
        if (h > r->height)
            r->height = h;
        if (box_lines(r->cells[i]) > r->lines)
            r->lines = box_lines(r->cells[i]);
    }
    r->height += 2 * s->pad_y;
}

static void free_row(struct row *r)
{
    for (size_t i = 0; i < r->n; i++)
        box_free(r->cells[i]);
}

static double row_height(const struct table *t, const struct sv *texts, bool head)
{
    struct row r;
    lay_row(t, texts, head, &r);
    free_row(&r);
    return r.height;
}

double table_head_height(const struct table *t)
{
    return row_height(t, t->heads, true);
}

double table_row_height(const struct table *t, size_t row)
{
    return row_height(t, t->rows[row], false);
}

double table_height(const struct table *t)
{
    double h = table_head_height(t);
    for (size_t i = 0; i < t->n_rows; i++)
        h += table_row_height(t, i);
    return h;
}

static double table_width(const struct table *t)
{
    double w = 0;
    for (size_t i = 0; i < t->n_cols && i < MAX_COLS; i++)
        w += t->widths[i];
    return w;
}

/* Lines from..from+n-1 of every cell in a strip of the given height. */
static void draw_strip(const struct table *t, const struct row *r, struct device *d, double x,
                       double y, double height, size_t from, size_t n, bool head)
{
    const struct table_style *s = t->style;
    double width = table_width(t);
    double right = x;
    if (head)
        d->rect(d, x, y, width, height, 0, s->head_fill);
    for (size_t i = 0; i < r->n; i++) {
        const struct box *b = r->cells[i];
        size_t lines = box_lines(b) > from ? box_lines(b) - from : 0;
        if (lines > n)
            lines = n;
        double top = y + (height - (double)lines * box_line_height(b)) / 2;
        box_draw(b, d, right + s->pad_x, top, from, lines);
        d->line(d, right, y, right, y + height, s->rule, s->rule_colour);
        right += t->widths[i];
    }
    d->line(d, right, y, right, y + height, s->rule, s->rule_colour);
    d->line(d, x, y, x + width, y, s->rule, s->rule_colour);
    d->line(d, x, y + height, x + width, y + height, s->rule, s->rule_colour);
}

static void draw_head(const struct table *t, struct flow *f, double x)
{
    struct row r;
    lay_row(t, t->heads, true, &r);
    draw_strip(t, &r, f->device, x, f->y, r.height, 0, r.lines, true);
    f->y += r.height;
    free_row(&r);
}

static void next_page(const struct table *t, struct flow *f, double x)
{
    f->y = f->next_page(f->ctx);
    draw_head(t, f, x);
}

/* The lines of all cells side by side, as many per page as fit. Cells of one table share a
 * style, hence one distance of lines. At least one line goes on every page: it ends. */
static void draw_long_row(const struct table *t, const struct row *r, struct flow *f, double x)
{
    double line = box_line_height(r->cells[0]);
    double pads = 2 * t->style->pad_y;
    bool fresh = false;
    for (size_t from = 0; from < r->lines;) {
        double room = (f->bottom - f->y - pads) / line;
        size_t n = room >= 1 ? (size_t)room : 0;
        if (n == 0 && !fresh) {
            next_page(t, f, x);
            fresh = true;
            continue;
        }
        if (n == 0)
            n = 1;
        if (n > r->lines - from)
            n = r->lines - from;
        double height = (double)n * line + pads;
        draw_strip(t, r, f->device, x, f->y, height, from, n, false);
        f->y += height;
        from += n;
        fresh = false;
    }
}

/* The last row would stand alone under a repeated head: the one before it goes along. */
static bool leaves_one(const struct table *t, size_t i, const struct row *r, const struct flow *f,
                       double page)
{
    if (i == 0 || i + 2 != t->n_rows || f->y + r->height > f->bottom)
        return false;
    double both = r->height + table_row_height(t, i + 1);
    return f->y + both > f->bottom && both <= page;
}

void table_draw(const struct table *t, struct flow *f, double x)
{
    double head = table_head_height(t);
    double first = t->n_rows ? table_row_height(t, 0) : 0;
    double page = f->bottom - f->top - head; /* about what rows have of a fresh page */
    if (f->y + head + (first < page ? first : page) > f->bottom && f->y > f->top)
        f->y = f->next_page(f->ctx);
    draw_head(t, f, x);
    for (size_t i = 0; i < t->n_rows; i++) {
        struct row r;
        lay_row(t, t->rows[i], false, &r);
        if ((f->y + r.height > f->bottom && r.height <= page) || leaves_one(t, i, &r, f, page))
            next_page(t, f, x);
        if (f->y + r.height > f->bottom) {
            draw_long_row(t, &r, f, x);
        } else {
            draw_strip(t, &r, f->device, x, f->y, r.height, 0, r.lines, false);
            f->y += r.height;
        }
        free_row(&r);
    }
}
