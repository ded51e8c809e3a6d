/* template_paper: see template_paper.h. */
#include "service/template_paper.h"

enum { COLUMNS_MAX = 8, ROWS_MAX = 40, BLOCKS_MAX = 64 };

struct sheet { struct arena *arena; struct doc_block blocks[BLOCKS_MAX]; size_t n; };

/* "|a|b|c" into cells; how many. */
static size_t cells_of(struct sv line, struct sv *cells)
{
    size_t n = 0;
    while (line.n && n < COLUMNS_MAX) {
        line = sv_skip(line, 1);
        const char *bar = line.n ? memchr(line.p, '|', line.n) : NULL;
        cells[n++] = bar ? sv_make(line.p, (size_t)(bar - line.p)) : line;
        line = bar ? sv_skip(line, (size_t)(bar - line.p)) : SV("");
    }
    return n;
}

static bool table_line(struct sv line)
{
    return line.n > 0 && line.p[0] == '|';
}

/* Rows of this table from `at` on: empty ones counted out. */
static size_t rows_of(const struct sv *lines, size_t n, size_t at)
{
    size_t rows = 0;
    int64_t blank;
    for (; at < n && table_line(lines[at]); at++) {
        bool empty = lines[at].n > 2 && lines[at].p[1] == '*' &&
                     sv_to_i64(sv_skip(lines[at], 2), &blank) && blank > 0 && blank <= ROWS_MAX;
        rows += empty ? (size_t)blank : 1;
    }
    return rows;
}

static void add_row(struct arena *a, struct doc_row *row, struct sv line, size_t columns)
{
    struct sv *cells = arena_array(a, COLUMNS_MAX, sizeof *cells);
    if (!(line.n > 1 && line.p[1] == '*'))
        cells_of(line, cells);
    for (size_t i = 0; i < columns; i++)
        if (cells[i].n == 0)
            cells[i] = SV(" ");
    row->cells = cells;
    row->n = columns;
}

/* One table; the line after it. */
static size_t put_table(struct sheet *s, const struct sv *lines, size_t n, size_t at)
{
    struct sv *heads = arena_array(s->arena, COLUMNS_MAX, sizeof *heads);
    double *widths = arena_array(s->arena, COLUMNS_MAX, sizeof *widths);
    size_t columns = cells_of(lines[at++], heads);
    size_t rows = rows_of(lines, n, at);
    struct doc_row *row = arena_array(s->arena, rows + 1, sizeof *row);
    struct doc_table *t = arena_alloc(s->arena, sizeof *t);
    double all = 0;
    /* As wide as the head's words; a running number needs little. */
    for (size_t i = 0; i < columns; i++)
        all += widths[i] = sv_is(heads[i], "序号") ? 4 : (double)(heads[i].n < 9 ? 9 : heads[i].n);
    for (size_t i = 0; i < columns; i++)
        widths[i] /= all;
    for (size_t k = 0; at < n && table_line(lines[at]); at++)
        for (size_t times = rows_of(lines, at + 1, at); times > 0 && k < rows; times--)
            add_row(s->arena, &row[k++], lines[at], columns);
    *t = (struct doc_table){ .heads = heads, .widths = widths, .n_cols = columns, .rows = row,
                             .n_rows = rows };
    s->blocks[s->n++] = (struct doc_block){ .table = t };
    return at;
}

int template_paper(const struct material *m, bool filled, enum doc_format format, struct arena *a,
                   struct buf *out, struct err *e)
{
    const struct sv *lines = filled ? m->sample : m->blank;
    size_t n = filled ? m->n_sample : m->n_blank;
    struct sheet *s = arena_alloc(a, sizeof *s);
    s->arena = a;
    if (n == 0)
        return err_set(e, ERR_NOT_FOUND, "这份材料没有%s", filled ? "样例" : "模板");
    for (size_t i = 1; i < n && s->n < BLOCKS_MAX;) {
        if (table_line(lines[i])) {
            i = put_table(s, lines, n, i);
            continue;
        }
        if (lines[i].n)
            s->blocks[s->n++] = (struct doc_block){ .paragraph = lines[i] };
        i++;
    }
    struct doc_letter d = {
        .title = lines[0], .blocks = s->blocks, .n_blocks = s->n, .plain = true, .sample = true,
        .footer = filled ? SV("填写样例（示例），内容均为虚构，请按实际情况填写")
                         : SV("参考模板（示例），可以自拟，内容齐全即可"),
    };
    return doc_letter(&d, format, out, e);
}
