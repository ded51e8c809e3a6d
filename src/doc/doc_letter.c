/* doc_letter: a formal letter, A4 portrait, in the type area of GB/T 9704.
 *
 * Letterhead and red line, title, number under it, addressee, blocks, then issuer, date and
 * the seal's place bottom right and the QR code bottom left. The footer says "page x of y",
 * so everything is laid out twice: first on a device that draws nothing.
 */
#include "doc/doc.h"

#include <math.h>

#include "doc/sheet.h"
#include "doc/style.h"

enum { MAX_BLOCKS = 2000 };

#define WIDTH (LET_RIGHT - LET_LEFT)

struct letter {
    struct sheet sheet; /* first: the sheet's calls come back to the letter */
    const struct doc_letter *d;
    struct qr qr;
    unsigned pages;
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
    s.leading = l->sheet.leading;
    return s;
}

/* ---- pages ---- */

static void footer(struct letter *l)
{
    struct device *d = l->sheet.device;
    struct text_style s = sans(8.5, GREY);
    s.leading = 1.5;
    double y = LET_FOOT_Y;
    d->line(d, LET_LEFT, y, LET_RIGHT, y, 0.2, LETTER_RULE);
    y += 1.2;
    if (!sv_empty(l->d->footer))
        text_draw(d, l->d->footer, &s, LET_LEFT, y, WIDTH - 32);
    s.align = ALIGN_RIGHT;
    text_draw(d, arena_printf_sv(l->sheet.arena, "第%u页 共%u页", l->sheet.page, l->pages), &s,
              LET_RIGHT - 30, y, 30);
}

static void begin_page(struct sheet *s)
{
    struct letter *l = (struct letter *)s;
    s->page++;
    s->device->page(s->device, LET_W, LET_H);
    if (l->d->sample) {
        struct text_style mark = bold(130, SAMPLE_INK);
        mark.spacing = 0.4;
        mark.silent = true;
        text_draw_turned(s->device, SV("示例"), &mark, LET_W / 2, LET_H / 2, -0.7);
    }
    footer(l);
    s->flow.y = s->flow.top;
}

/* ---- top ---- */

static void letterhead(struct letter *l)
{
    struct text_style s = bold(24, LETTER_RED);
    double y = l->sheet.flow.y;
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
    y += text_draw(l->sheet.device, l->d->issuer, &s, LET_LEFT, y, WIDTH) + 3;
    l->sheet.device->line(l->sheet.device, LET_LEFT, y, LET_RIGHT, y, 0.8, LETTER_RED);
    l->sheet.flow.y = y + 9;
}

static void head(struct letter *l)
{
    struct text_style t = bold(20, INK);
    struct text_style n = sans(10.5, GREY);
    struct text_style to = bold(LET_BODY, INK);
    struct sheet *sheet = &l->sheet;
    t.align = n.align = ALIGN_CENTRE;
    t.spacing = 0.08;
    t.leading = 1.5;
    to.leading = l->sheet.leading;
    sheet->flow.y += text_draw(sheet->device, l->d->title, &t, LET_LEFT, sheet->flow.y, WIDTH);
    if (!sv_empty(l->d->number))
        sheet->flow.y += 1 + text_draw(sheet->device, l->d->number, &n, LET_LEFT,
                                       sheet->flow.y + 1, WIDTH);
    sheet->flow.y += 6;
    if (!sv_empty(l->d->to))
        sheet->flow.y += text_draw(sheet->device, arena_printf_sv(sheet->arena, "%.*s：",
                                                                  (int)l->d->to.n, l->d->to.p),
                                   &to, LET_LEFT, sheet->flow.y, WIDTH);
}

/* ---- blocks ---- */

static void blocks(struct letter *l)
{
    const struct doc_letter *d = l->d;
    struct text_style style = sheet_body(&l->sheet);
    for (size_t i = 0; i < d->n_blocks; i++) {
        const struct doc_block *b = &d->blocks[i];
        /* the last paragraph goes to the page of the seal: so does its heading */
        bool carried = l->carry && i + 2 == d->n_blocks && !sv_empty(b->heading);
        l->carried = l->carried || carried;
        if (carried)
            sheet_heading(&l->sheet, d->blocks, d->n_blocks, i, true);
        else if (!sv_empty(b->paragraph) && i + 1 == d->n_blocks)
            sheet_paragraph(&l->sheet, b->paragraph, &style, l->carry && !l->carried ? 2 : 0);
        else
            sheet_block(&l->sheet, d->blocks, d->n_blocks, i);
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
    qr_draw(l->sheet.device, &l->qr, LET_LEFT + quiet, bottom - side - 6, side);
    text_draw(l->sheet.device, sv_empty(l->d->qr_note) ? SV("扫码核验本文书") : l->d->qr_note, &s, LET_LEFT - 4, bottom - 4.5, side + 2 * quiet + 8);
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
    if (sheet_room(&l->sheet) < need && l->sheet.flow.y > l->sheet.flow.top) {
        begin_page(&l->sheet);
        l->alone = true;
    }
    double y = l->sheet.flow.y;
    s.align = ALIGN_CENTRE;
    if (!sv_empty(l->d->issuer)) {
        if (!l->d->plain)
            seal_draw(l->sheet.device, l->d->issuer, l->d->sample ? SV("示例") : SV(""),
                      left + width / 2 + 18, y + seal_y, seal);
        struct box *b = box_new(l->d->issuer, &s, width);
        box_draw(b, l->sheet.device, left, y + seal_y + 1 - box_height(b), 0, box_lines(b));
        box_free(b);
    }
    text_draw(l->sheet.device, l->d->date, &s, left, y + seal_y + 1.5, width);
    code(l, y + need);
    l->sheet.flow.y = y + need;
}

static void draw(struct letter *l, struct device *d)
{
    l->alone = l->carried = false;
    sheet_start(&l->sheet, d, LET_TOP, LET_BOTTOM);
    letterhead(l);
    head(l);
    blocks(l);
    sign(l);
}

/* ---- checking ---- */

static int check(const struct doc_letter *d, struct err *e)
{
    const struct sv texts[] = { d->title, d->number, d->to, d->issuer, d->date, d->footer };
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        if (!sheet_text_ok(texts[i]))
            return err_set(e, ERR_INVALID, "文书有过长或无法识别的文字");
    if (d->n_blocks > MAX_BLOCKS)
        return err_set(e, ERR_TOO_LARGE, "文书段落过多");
    for (size_t i = 0; i < d->n_blocks; i++) {
        if (!sheet_block_ok(&d->blocks[i]))
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
    l.sheet = (struct sheet){ .arena = arena_new(), .left = LET_LEFT, .width = WIDTH,
                             .size = LET_BODY, .table_size = 10, .begin = begin_page };
    struct doc_facts facts = { .title = d->title, .author = d->issuer, .date = d->date };
    struct device *counter = device_null_new();
    struct device *device = device_new(format, &facts);
    for (int i = 0; i < TRIES; i++) {
        l.sheet.leading = LEADING[i];
        l.carry = i == TRIES - 1;
        draw(&l, counter);
        if (!l.alone)
            break;
    }
    l.pages = l.sheet.page;
    draw(&l, device);
    rc = device->finish(device, out, e);
    counter->free(counter);
    device->free(device);
    arena_free(l.sheet.arena);
    qr_done(&l.qr);
    return rc;
}
