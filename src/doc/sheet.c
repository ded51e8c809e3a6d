/* sheet: see sheet.h. */
#include "doc/sheet.h"

#include <math.h>

#include "base/utf8.h"
#include "doc/flow_chart.h"
#include "doc/style.h"

enum { MAX_COLS = 12, MAX_ROWS = 5000, TEXT_MAX = 20000 };

static const double CHART_SCALES[] = { 1, 0.94, 0.88, 0.82, 0.76 };

static double next_page(void *ctx)
{
    struct sheet *s = ctx;
    s->begin(s);
    return s->flow.top;
}

void sheet_start(struct sheet *s, struct device *d, double top, double bottom)
{
    s->device = d;
    s->page = 0;
    s->flow = (struct flow){ .device = d, .top = top, .bottom = bottom, .next_page = next_page,
                             .ctx = s };
    s->begin(s);
}

double sheet_room(const struct sheet *s)
{
    return s->flow.bottom - s->flow.y;
}

static bool on_top(const struct sheet *s)
{
    return s->flow.y <= s->flow.top;
}

struct text_style sheet_body(const struct sheet *s)
{
    return (struct text_style){ .face = FACE_SANS, .size = s->size, .colour = INK,
                                .leading = s->leading, .indent = 2, .align = ALIGN_BOTH };
}

void sheet_paragraph(struct sheet *s, struct sv text, const struct text_style *style, size_t carry)
{
    struct box *b = box_new(text, style, s->width);
    double line = box_line_height(b);
    size_t lines = box_lines(b);
    for (size_t from = 0; from < lines;) {
        double fit = sheet_room(s) / line;
        size_t n = fit >= 1 ? (size_t)fit : 0;
        if (n > lines - from)
            n = lines - from;
        if (n == lines - from && carry) {
            n = n > carry ? n - carry : 0;
            carry = 0;
            if (n) {
                box_draw(b, s->device, s->left, s->flow.y, from, n);
                from += n;
            }
            s->begin(s);
            continue;
        }
        if (n < 2 && lines - from > 1 && !on_top(s))
            n = 0;
        if (n == 0 && !on_top(s)) {
            s->begin(s);
            continue;
        }
        if (n == 0)
            n = 1;
        box_draw(b, s->device, s->left, s->flow.y, from, n);
        s->flow.y += (double)n * line;
        from += n;
    }
    box_free(b);
}

/* ---- tables ---- */

static const struct table_style *table_style(struct sheet *s)
{
    struct table_style *t = arena_alloc(s->arena, sizeof *t);
    *t = (struct table_style){
        .head = { .face = FACE_SANS_BOLD, .size = s->table_size, .colour = INK,
                  .align = ALIGN_CENTRE },
        .cell = { .face = FACE_SANS, .size = s->table_size, .colour = INK, .leading = 1.45 },
        .pad_x = 1.8, .pad_y = 1.5, .rule = 0.2, .rule_colour = LETTER_RULE,
        .head_fill = LETTER_TINT,
    };
    return t;
}

static struct table table_of(struct sheet *s, const struct doc_table *t)
{
    double *widths = arena_array(s->arena, t->n_cols, sizeof *widths);
    const struct sv **rows = arena_array(s->arena, t->n_rows + 1, sizeof *rows);
    for (size_t i = 0; i < t->n_cols; i++)
        widths[i] = t->widths[i] * s->width;
    for (size_t i = 0; i < t->n_rows; i++)
        rows[i] = t->rows[i].cells;
    return (struct table){ .n_cols = t->n_cols, .n_rows = t->n_rows, .heads = t->heads,
                           .rows = rows, .widths = widths, .style = table_style(s) };
}

/* Head and first rows: what a title above a table must not be parted from. */
static double table_start(const struct table *t)
{
    double h = table_head_height(t);
    for (size_t i = 0; i < t->n_rows && i < 3 && (i == 0 || h < 30); i++)
        h += table_row_height(t, i);
    return h > 60 ? 60 : h;
}

static void draw_table(struct sheet *s, const struct doc_table *d)
{
    struct table t = table_of(s, d);
    struct text_style style = { .face = FACE_SANS_BOLD, .size = s->table_size + 0.5, .colour = INK };
    s->flow.y += 1.5;
    if (!sv_empty(d->title)) {
        struct box *b = box_new(d->title, &style, s->width);
        double height = box_height(b);
        if (sheet_room(s) < height + 1 + table_start(&t) && !on_top(s))
            s->begin(s);
        box_draw(b, s->device, s->left, s->flow.y, 0, box_lines(b));
        box_free(b);
        s->flow.y += height + 1;
    }
    table_draw(&t, &s->flow, s->left);
    s->flow.y += 3;
}

/* ---- charts ---- */

/* As large as fits a page; if not even small, it goes over several at full size. */
static struct chart_place chart_place(const struct sheet *s, const struct doc_flow *d)
{
    struct chart_place at = { s->left, s->width, 1, false };
    double page = s->flow.bottom - s->flow.top - 12; /* its heading above it */
    for (size_t i = 0; i < sizeof CHART_SCALES / sizeof *CHART_SCALES; i++) {
        at.scale = CHART_SCALES[i];
        if (flow_chart_height(d, &at) <= page)
            return at;
    }
    at.scale = 1;
    return at;
}

static double chart_start(const struct sheet *s, const struct doc_flow *d)
{
    struct chart_place at = chart_place(s, d);
    double page = s->flow.bottom - s->flow.top - 12;
    double h = flow_chart_height(d, &at);
    return h > page ? 40 : h;
}

static void draw_chart(struct sheet *s, const struct doc_flow *d)
{
    struct chart_place at = chart_place(s, d);
    if (sheet_room(s) < chart_start(s, d) && !on_top(s))
        s->begin(s);
    s->flow.y += 1;
    flow_chart_draw(d, &at, &s->flow);
    s->flow.y += 3;
}

/* ---- headings ---- */

/* Least room that the start of block i needs below a heading. */
static double block_start(struct sheet *s, const struct doc_block *blocks, size_t n, size_t i)
{
    double line = s->size * MM_PER_PT * s->leading;
    if (i >= n)
        return 0;
    const struct doc_block *b = &blocks[i];
    if (b->flow)
        return chart_start(s, b->flow);
    if (b->table) {
        struct table t = table_of(s, b->table);
        return table_start(&t) + (sv_empty(b->table->title) ? 2 : 9);
    }
    bool leads = i + 1 < n && blocks[i + 1].table; /* a sentence or a heading above a table */
    return (sv_empty(b->heading) ? 2 : 3) * line + (leads ? block_start(s, blocks, n, i + 1) : 0);
}

void sheet_heading(struct sheet *s, const struct doc_block *blocks, size_t n, size_t i, bool fresh)
{
    struct text_style style = { .face = FACE_SANS_BOLD, .size = s->size + (blocks[i].level ? 0 : 0.5),
                                .colour = INK, .leading = 1.7 };
    struct box *b = box_new(blocks[i].heading, &style, s->width);
    double height = box_height(b);
    double start = block_start(s, blocks, n, i + 1);
    if (!blocks[i].level && i + 2 < n && blocks[i + 2].level) /* a sentence, then the first section */
        start += block_start(s, blocks, n, i + 2);
    s->flow.y += on_top(s) ? 0 : 2.5;
    if (fresh || (sheet_room(s) < height + start && !on_top(s)))
        s->begin(s);
    box_draw(b, s->device, s->left, s->flow.y, 0, box_lines(b));
    s->flow.y += height;
    if (s->headed)
        s->headed(s, i);
    box_free(b);
}

void sheet_block(struct sheet *s, const struct doc_block *blocks, size_t n, size_t i)
{
    struct text_style style = sheet_body(s);
    const struct doc_block *b = &blocks[i];
    if (b->table)
        draw_table(s, b->table);
    else if (b->flow)
        draw_chart(s, b->flow);
    else if (!sv_empty(b->heading))
        sheet_heading(s, blocks, n, i, false);
    else
        sheet_paragraph(s, b->paragraph, &style, 0);
}

/* ---- checking ---- */

bool sheet_text_ok(struct sv s)
{
    return s.n <= TEXT_MAX && utf8_clean(s);
}

static bool table_ok(const struct doc_table *t)
{
    double sum = 0;
    if (t->n_cols == 0 || t->n_cols > MAX_COLS || t->n_rows > MAX_ROWS || !sheet_text_ok(t->title))
        return false;
    for (size_t i = 0; i < t->n_cols; i++) {
        if (!sheet_text_ok(t->heads[i]) || !(t->widths[i] >= 0.04))
            return false;
        sum += t->widths[i];
    }
    for (size_t r = 0; r < t->n_rows; r++) {
        if (t->rows[r].n != t->n_cols)
            return false;
        for (size_t i = 0; i < t->n_cols; i++)
            if (!sheet_text_ok(t->rows[r].cells[i]))
                return false;
    }
    return sum > 0.9 && sum < 1.001;
}

bool sheet_block_ok(const struct doc_block *b)
{
    if (b->table)
        return table_ok(b->table);
    if (b->flow)
        return flow_chart_ok(b->flow);
    return sheet_text_ok(b->heading) && sheet_text_ok(b->paragraph);
}
