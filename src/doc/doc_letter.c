/* doc_letter: a formal letter, A4 portrait, in the type area of GB/T 9704.
 *
 * Letterhead and red line, title, number under it, addressee, blocks, then issuer, date and
 * the seal's place bottom right and the QR code bottom left. The footer says "page x of y",
 * so everything is laid out twice: first on a device that draws nothing.
 */
#include "doc/doc.h"

#include <math.h>

#include "base/utf8.h"
#include "doc/layout.h"
#include "doc/style.h"

enum { MAX_BLOCKS = 2000, MAX_COLS = 12, MAX_ROWS = 5000, TEXT_MAX = 20000 };

#define WIDTH (LET_RIGHT - LET_LEFT)

struct letter {
    const struct doc_letter *d;
    struct device *device;
    struct arena *arena;
    struct qr qr;
    struct flow flow;
    unsigned page, pages;
    double leading; /* of the text */
    bool carry;     /* send the last two lines to the page of the seal */
    bool carried;   /* done in this pass */
    bool alone;     /* the seal came to stand alone on its page */
};

/* A seal must not have a page to itself (GB/T 9704): tighter lines first, carrying last. */
static const double LEADING[] = { LET_LEADING, 1.65, 1.55, LET_LEADING };
enum { TRIES = sizeof LEADING / sizeof *LEADING };

static struct text_style sans(double size, struct colour c)
{
    return (struct text_style){ .face = FACE_SANS, .size = size, .colour = c };
}

static struct text_style bold(double size, struct colour c)
{
    return (struct text_style){ .face = FACE_SANS_BOLD, .size = size, .colour = c };
}

static struct text_style body(const struct letter *l)
{
    struct text_style s = sans(LET_BODY, INK);
    s.leading = l->leading;
    return s;
}

/* ---- pages ---- */

static void footer(struct letter *l)
{
    struct device *d = l->device;
    struct text_style s = sans(8.5, GREY);
    s.leading = 1.5;
    double y = LET_FOOT_Y;
    d->line(d, LET_LEFT, y, LET_RIGHT, y, 0.2, LETTER_RULE);
    y += 1.2;
    if (!sv_empty(l->d->footer))
        text_draw(d, l->d->footer, &s, LET_LEFT, y, WIDTH - 32);
    s.align = ALIGN_RIGHT;
    text_draw(d, arena_printf_sv(l->arena, "第%u页 共%u页", l->page, l->pages), &s,
              LET_RIGHT - 30, y, 30);
}

static void begin_page(struct letter *l)
{
    l->page++;
    l->device->page(l->device, LET_W, LET_H);
    if (l->d->sample) {
        struct text_style s = bold(130, SAMPLE_INK);
        s.spacing = 0.4;
        s.silent = true;
        text_draw_turned(l->device, SV("示例"), &s, LET_W / 2, LET_H / 2, -0.7);
    }
    footer(l);
    l->flow.y = l->flow.top;
}

static double next_page(void *ctx)
{
    struct letter *l = ctx;
    begin_page(l);
    return l->flow.top;
}

static double room(const struct letter *l)
{
    return l->flow.bottom - l->flow.y;
}

/* ---- top ---- */

static void letterhead(struct letter *l)
{
    struct text_style s = bold(24, LETTER_RED);
    double y = l->flow.y;
    if (sv_empty(l->d->issuer) || l->d->plain)
        return;
    s.align = ALIGN_CENTRE;
    s.spacing = 0.12;
    s.leading = 1.3;
    struct box *b = box_new(l->d->issuer, &s, 0);
    double wide = box_width(b);
    box_free(b);
    if (wide > WIDTH) /* one line if it stays dignified, else two */
        s.size = fmax(s.size * WIDTH / wide * 0.98, 17);
    y += text_draw(l->device, l->d->issuer, &s, LET_LEFT, y, WIDTH) + 3;
    l->device->line(l->device, LET_LEFT, y, LET_RIGHT, y, 0.8, LETTER_RED);
    l->flow.y = y + 9;
}

static void head(struct letter *l)
{
    struct text_style t = bold(20, INK);
    struct text_style n = sans(10.5, GREY);
    struct text_style to = bold(LET_BODY, INK);
    t.align = n.align = ALIGN_CENTRE;
    t.spacing = 0.08;
    t.leading = 1.5;
    to.leading = l->leading;
    l->flow.y += text_draw(l->device, l->d->title, &t, LET_LEFT, l->flow.y, WIDTH);
    if (!sv_empty(l->d->number))
        l->flow.y += 1 + text_draw(l->device, l->d->number, &n, LET_LEFT, l->flow.y + 1, WIDTH);
    l->flow.y += 6;
    if (!sv_empty(l->d->to))
        l->flow.y += text_draw(l->device, arena_printf_sv(l->arena, "%.*s：", (int)l->d->to.n,
                                                          l->d->to.p),
                               &to, LET_LEFT, l->flow.y, WIDTH);
}

/* ---- blocks ---- */

/* Line by line; never a single line of a longer paragraph alone at the foot of a page. The
 * last `carry` lines go to a new page. */
static void paragraph(struct letter *l, struct sv text, const struct text_style *s, size_t carry)
{
    struct box *b = box_new(text, s, WIDTH);
    double line = box_line_height(b);
    size_t lines = box_lines(b);
    for (size_t from = 0; from < lines;) {
        double fit = room(l) / line;
        size_t n = fit >= 1 ? (size_t)fit : 0;
        if (n > lines - from)
            n = lines - from;
        if (n == lines - from && carry) {
            n = n > carry ? n - carry : 0;
            carry = 0;
            if (n) {
                box_draw(b, l->device, LET_LEFT, l->flow.y, from, n);
                from += n;
            }
            begin_page(l);
            continue;
        }
        if (n < 2 && lines - from > 1 && l->flow.y > l->flow.top)
            n = 0;
        if (n == 0 && l->flow.y > l->flow.top) {
            begin_page(l);
            continue;
        }
        if (n == 0)
            n = 1;
        box_draw(b, l->device, LET_LEFT, l->flow.y, from, n);
        l->flow.y += (double)n * line;
        from += n;
    }
    box_free(b);
}

static const struct table_style *table_style(void)
{
    static const struct table_style s = {
        .head = { .face = FACE_SANS_BOLD, .size = 10, .colour = { 0x22, 0x20, 0x1e, 1 },
                  .align = ALIGN_CENTRE },
        .cell = { .face = FACE_SANS, .size = 10, .colour = { 0x22, 0x20, 0x1e, 1 },
                  .leading = 1.45 },
        .pad_x = 1.8, .pad_y = 1.5, .rule = 0.2, .rule_colour = { 0x9a, 0x9a, 0x9a, 1 },
        .head_fill = { 0xf0, 0xf2, 0xf5, 1 },
    };
    return &s;
}

static struct table table_of(struct letter *l, const struct doc_table *t)
{
    double *widths = arena_array(l->arena, t->n_cols, sizeof *widths);
    const struct sv **rows = arena_array(l->arena, t->n_rows + 1, sizeof *rows);
    for (size_t i = 0; i < t->n_cols; i++)
        widths[i] = t->widths[i] * WIDTH;
    for (size_t i = 0; i < t->n_rows; i++)
        rows[i] = t->rows[i].cells;
    return (struct table){ .n_cols = t->n_cols, .n_rows = t->n_rows, .heads = t->heads,
                           .rows = rows, .widths = widths, .style = table_style() };
}

/* Head and first row: what a title above a table must not be parted from. */
static double table_start(const struct table *t)
{
    double h = table_head_height(t) + (t->n_rows ? table_row_height(t, 0) : 0);
    return h > 60 ? 60 : h;
}

static struct text_style heading_style(void)
{
    struct text_style s = bold(LET_BODY + 0.5, INK);
    s.leading = 1.7;
    return s;
}

static void table(struct letter *l, const struct doc_table *d)
{
    struct table t = table_of(l, d);
    struct text_style s = bold(10.5, INK);
    l->flow.y += 1.5;
    if (!sv_empty(d->title)) {
        struct box *b = box_new(d->title, &s, WIDTH);
        double height = box_height(b);
        if (room(l) < height + 1 + table_start(&t) && l->flow.y > l->flow.top)
            begin_page(l);
        box_draw(b, l->device, LET_LEFT, l->flow.y, 0, box_lines(b));
        box_free(b);
        l->flow.y += height + 1;
    }
    table_draw(&t, &l->flow, LET_LEFT);
    l->flow.y += 3;
}

/* Least room that the start of block i needs below a heading. */
static double block_start(struct letter *l, size_t i)
{
    double line = LET_BODY * MM_PER_PT * l->leading;
    if (i >= l->d->n_blocks)
        return 0;
    const struct doc_block *b = &l->d->blocks[i];
    if (b->table) {
        struct table t = table_of(l, b->table);
        return table_start(&t) + (sv_empty(b->table->title) ? 2 : 9);
    }
    return (sv_empty(b->heading) ? 2 : 3) * line;
}

static void heading(struct letter *l, size_t i)
{
    struct text_style s = heading_style();
    struct box *b = box_new(l->d->blocks[i].heading, &s, WIDTH);
    double height = box_height(b);
    l->flow.y += l->flow.y > l->flow.top ? 2.5 : 0;
    if (l->carry && i + 2 == l->d->n_blocks) { /* the last paragraph goes: so do I */
        begin_page(l);
        l->carried = true;
    }
    if (room(l) < height + block_start(l, i + 1) && l->flow.y > l->flow.top)
        begin_page(l);
    box_draw(b, l->device, LET_LEFT, l->flow.y, 0, box_lines(b));
    l->flow.y += height;
    box_free(b);
}

static void blocks(struct letter *l)
{
    struct text_style s = body(l);
    s.indent = 2;
    s.align = ALIGN_BOTH;
    for (size_t i = 0; i < l->d->n_blocks; i++) {
        const struct doc_block *b = &l->d->blocks[i];
        if (b->table)
            table(l, b->table);
        else if (!sv_empty(b->heading))
            heading(l, i);
        else
            paragraph(l, b->paragraph, &s, l->carry && !l->carried && i + 1 == l->d->n_blocks ? 2 : 0);
    }
}

/* ---- issuer, date, seal, code ---- */

static void code(struct letter *l, double bottom)
{
    struct text_style s = sans(8.5, GREY);
    double side = qr_side(&l->qr);
    double quiet = side / l->qr.size * QR_QUIET;
    if (l->qr.size == 0)
        return;
    s.align = ALIGN_CENTRE;
    qr_draw(l->device, &l->qr, LET_LEFT + quiet, bottom - side - 6);
    text_draw(l->device, SV("扫码核验本文书"), &s, LET_LEFT - 4, bottom - 4.5, side + 2 * quiet + 8);
}

static void sign(struct letter *l)
{
    const double width = 84;
    const double left = LET_RIGHT - width;
    const double seal = l->d->plain ? LET_SIGN : LET_SEAL;
    const double seal_y = 4 + seal / 2;
    const double side = l->qr.size ? qr_side(&l->qr) + 10 : 0;
    struct text_style s = body(l);
    if (sv_empty(l->d->issuer) && sv_empty(l->d->date) && l->qr.size == 0)
        return;
    double need = fmax(4 + seal, side);
    if (room(l) < need && l->flow.y > l->flow.top) {
        begin_page(l);
        l->alone = true;
    }
    double y = l->flow.y;
    s.align = ALIGN_CENTRE;
    if (!sv_empty(l->d->issuer)) {
        if (!l->d->plain)
            seal_draw(l->device, l->d->issuer, l->d->sample ? SV("示例") : SV(""),
                      left + width / 2 + 18, y + seal_y, seal);
        struct box *b = box_new(l->d->issuer, &s, width);
        box_draw(b, l->device, left, y + seal_y + 1 - box_height(b), 0, box_lines(b));
        box_free(b);
    }
    text_draw(l->device, l->d->date, &s, left, y + seal_y + 1.5, width);
    code(l, y + need);
    l->flow.y = y + need;
}

static void draw(struct letter *l, struct device *d)
{
    l->device = d;
    l->page = 0;
    l->alone = l->carried = false;
    l->flow = (struct flow){ .device = d, .top = LET_TOP, .bottom = LET_BOTTOM,
                             .next_page = next_page, .ctx = l };
    begin_page(l);
    letterhead(l);
    head(l);
    blocks(l);
    sign(l);
}

/* ---- checking ---- */

static bool text_ok(struct sv s)
{
    return s.n <= TEXT_MAX && utf8_clean(s);
}

static bool table_ok(const struct doc_table *t)
{
    double sum = 0;
    if (t->n_cols == 0 || t->n_cols > MAX_COLS || t->n_rows > MAX_ROWS || !text_ok(t->title))
        return false;
    for (size_t i = 0; i < t->n_cols; i++) {
        if (!text_ok(t->heads[i]) || !(t->widths[i] >= 0.04))
            return false;
        sum += t->widths[i];
    }
    for (size_t r = 0; r < t->n_rows; r++) {
        if (t->rows[r].n != t->n_cols)
            return false;
        for (size_t i = 0; i < t->n_cols; i++)
            if (!text_ok(t->rows[r].cells[i]))
                return false;
    }
    return sum > 0.9 && sum < 1.001;
}

static int check(const struct doc_letter *d, struct err *e)
{
    const struct sv texts[] = { d->title, d->number, d->to, d->issuer, d->date, d->footer };
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        if (!text_ok(texts[i]))
            return err_set(e, ERR_INVALID, "文书有过长或无法识别的文字");
    if (d->n_blocks > MAX_BLOCKS)
        return err_set(e, ERR_TOO_LARGE, "文书段落过多");
    for (size_t i = 0; i < d->n_blocks; i++) {
        const struct doc_block *b = &d->blocks[i];
        if (b->table ? !table_ok(b->table) : !text_ok(b->heading) || !text_ok(b->paragraph))
            return err_set(e, ERR_INVALID, "文书第%zu段的文字或表格无效", i + 1);
    }
    return 0;
}

int doc_letter(const struct doc_letter *d, enum doc_format format, struct buf *out, struct err *e)
{
    struct letter l = { .d = d };
    int rc = check(d, e);
    if (rc == 0)
        rc = font_check(e);
    if (rc == 0 && !sv_empty(d->qr_text))
        rc = qr_encode(d->qr_text, 'M', &l.qr, e);
    if (rc < 0)
        return rc;
    l.arena = arena_new();
    struct doc_facts facts = { d->title, d->issuer, d->date };
    struct device *counter = device_null_new();
    struct device *device = format == DOC_PDF ? device_pdf_new(&facts) : device_trace_new(&facts);
    for (int i = 0; i < TRIES; i++) {
        l.leading = LEADING[i];
        l.carry = i == TRIES - 1;
        draw(&l, counter);
        if (!l.alone)
            break;
    }
    l.pages = l.page;
    draw(&l, device);
    rc = device->finish(device, out, e);
    counter->free(counter);
    device->free(device);
    arena_free(l.arena);
    qr_done(&l.qr);
    return rc;
}
