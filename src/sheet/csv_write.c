/* csv_write: see csv.h. */
#include "sheet/csv.h"

static bool formula(struct sv s)
{
    return s.n && strchr("=+-@\t\r", s.p[0]) != NULL;
}

static void put(struct buf *out, struct sv s)
{
    buf_byte(out, '"');
    if (formula(s))
        buf_byte(out, '\'');
    for (size_t i = 0; i < s.n; i++) {
        if (s.p[i] == '"')
            buf_byte(out, '"');
        buf_byte(out, (unsigned char)s.p[i]);
    }
    buf_byte(out, '"');
}

static struct sv text_of(struct cell c)
{
    if (c.kind == CELL_BOOL)
        return c.yes ? SV("是") : SV("否");
    return c.kind == CELL_BLANK ? SV("") : c.text;
}

void csv_write(const struct grid *g, struct buf *out)
{
    buf_str(out, "\xEF\xBB\xBF");
    if (g->n_sheets == 0)
        return;
    const struct grid_sheet *s = &g->sheets[0];
    for (size_t i = 0; i < s->n_columns; i++) {
        if (i)
            buf_byte(out, ',');
        put(out, s->columns[i].head);
    }
    buf_str(out, "\r\n");
    for (size_t r = 0; r < s->n_rows; r++) {
        for (size_t i = 0; i < s->n_columns; i++) {
            if (i)
                buf_byte(out, ',');
            put(out, text_of(grid_at(s, r, i)));
        }
        buf_str(out, "\r\n");
    }
}
