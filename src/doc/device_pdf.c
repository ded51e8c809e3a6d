/* device_pdf: papers as PDF.
 *
 * Written by hand rather than with cairo's PDF surface: cairo 1.16 copies the whole 20 MB of
 * each CJK font and all its subroutines for every paper (two faces: 47 ms and 600 KB for
 * one licence). Here a paper carries flat outlines of its own glyphs only (font_subset).
 */
#include <math.h>
#include <stdlib.h>

#include "base/date.h"
#include "doc/font.h"
#include "doc/pdf.h"
#include "doc/pdf_font.h"

enum { MAX_PAGES = 200, MAX_FONTS = 16, MAX_ALPHAS = 16, PDF_CAP = 32 * 1024 * 1024,
       PAGE_CAP = 4 * 1024 * 1024 };

struct pdf_page { struct buf content; double width, height; };

struct pdf_device {
    struct device device;
    struct arena *arena;
    struct doc_facts facts;
    struct pdf_page pages[MAX_PAGES];
    size_t n_pages;
    struct pdf_font *fonts[MAX_FONTS];
    size_t n_fonts;
    double alphas[MAX_ALPHAS];
    size_t n_alphas;
    bool failed;
};

static struct pdf_device *of(struct device *d)
{
    return (struct pdf_device *)d;
}

static struct pdf_page *page_of(struct pdf_device *p)
{
    return &p->pages[p->n_pages - 1];
}

static struct buf *content(struct pdf_device *p)
{
    return &page_of(p)->content;
}

static void put_x(struct pdf_device *p, double x)
{
    pdf_number(content(p), x / MM_PER_PT);
    buf_byte(content(p), ' ');
}

static void put_point(struct pdf_device *p, double x, double y)
{
    put_x(p, x);
    put_x(p, page_of(p)->height - y);
}

static void put_colour(struct pdf_device *p, struct colour c, bool stroke)
{
    struct buf *b = content(p);
    size_t i = 0;
    while (i < p->n_alphas && p->alphas[i] != c.alpha)
        i++;
    if (i == MAX_ALPHAS)
        i = 0;
    else if (i == p->n_alphas)
        p->alphas[p->n_alphas++] = c.alpha;
    if (p->alphas[i] != 1)
        buf_fmt(b, "/A%zu gs ", i);
    pdf_number(b, c.r / 255.0);
    buf_byte(b, ' ');
    pdf_number(b, c.g / 255.0);
    buf_byte(b, ' ');
    pdf_number(b, c.b / 255.0);
    buf_str(b, stroke ? " RG " : " rg ");
}

static void pdf_page(struct device *d, double width, double height)
{
    struct pdf_device *p = of(d);
    if (p->n_pages == MAX_PAGES) {
        p->failed = true;
        return;
    }
    struct pdf_page *page = &p->pages[p->n_pages++];
    page->width = width;
    page->height = height;
    buf_init(&page->content, PAGE_CAP);
}

/* ---- marks ---- */

/* "q", colour and line width; pdf_paint ends it. */
static void begin_mark(struct pdf_device *p, double width, struct colour c)
{
    buf_str(content(p), "q ");
    put_colour(p, c, width > 0);
    if (width > 0) {
        put_x(p, width);
        buf_str(content(p), "w ");
    }
}

static void end_mark(struct pdf_device *p, double width)
{
    buf_str(content(p), width > 0 ? "S Q\n" : "f Q\n");
}

static void pdf_rect(struct device *d, double x, double y, double w, double h, double width,
                     struct colour c)
{
    struct pdf_device *p = of(d);
    begin_mark(p, width, c);
    put_point(p, x, y + h);
    put_x(p, w);
    put_x(p, h);
    buf_str(content(p), "re ");
    end_mark(p, width);
}

static void pdf_path(struct device *d, const struct path_op *ops, size_t n, double width,
                     struct colour c)
{
    struct pdf_device *p = of(d);
    begin_mark(p, width, c);
    for (size_t i = 0; i < n; i++) {
        const struct path_op *o = &ops[i];
        if (o->op == PATH_CLOSE) {
            buf_str(content(p), "h ");
            continue;
        }
        if (o->op == PATH_CURVE) {
            put_point(p, o->x1, o->y1);
            put_point(p, o->x2, o->y2);
        }
        put_point(p, o->x, o->y);
        buf_str(content(p), o->op == PATH_MOVE ? "m " : o->op == PATH_LINE ? "l " : "c ");
    }
    end_mark(p, width);
}

static void pdf_line(struct device *d, double x1, double y1, double x2, double y2, double width,
                     struct colour c)
{
    const struct path_op ops[2] = { { .op = PATH_MOVE, .x = x1, .y = y1 },
                                    { .op = PATH_LINE, .x = x2, .y = y2 } };
    pdf_path(d, ops, 2, width, c);
}

/* In a grid of whole units, so that neighbours share their edges exactly. */
static void pdf_qr(struct device *d, const struct qr *q, double x, double y, double side)
{
    struct pdf_device *p = of(d);
    struct buf *b = content(p);
    buf_str(b, "q 0 g ");
    pdf_number(b, side / MM_PER_PT / q->size * 1000);
    buf_str(b, " 0 0 ");
    pdf_number(b, -side / MM_PER_PT / q->size * 1000);
    buf_byte(b, ' ');
    put_point(p, x, y);
    buf_str(b, "cm .001 0 0 .001 0 0 cm\n");
    for (unsigned v = 0; v < q->size; v++) {
        for (unsigned u = 0; u < q->size;) {
            unsigned run = qr_run(q, u, v);
            if (run)
                buf_fmt(b, "%u %u %u 1 re\n", u, v, run);
            u += run ? run : 1;
        }
    }
    buf_str(b, "f Q\n");
}

/* ---- text ---- */

static struct pdf_font *font_for(struct pdf_device *p, const struct font *font, size_t *index)
{
    for (*index = 0; *index < p->n_fonts; ++*index)
        if (pdf_font_is(p->fonts[*index], font))
            return p->fonts[*index];
    if (p->n_fonts == MAX_FONTS) {
        p->failed = true;
        return NULL;
    }
    return p->fonts[p->n_fonts++] = pdf_font_new(font);
}

static void put_matrix(struct pdf_device *p, const struct text_run *r, double dx, double dy)
{
    double c = cos(r->angle);
    double s = sin(r->angle);
    const double m[4] = { c, -s, s, c };
    for (size_t i = 0; i < 4; i++) {
        pdf_number(content(p), m[i]);
        buf_byte(content(p), ' ');
    }
    put_point(p, r->x + dx * c - dy * s, r->y + dx * s + dy * c);
    buf_str(content(p), "Tm ");
}

/* What a reader gets instead of the glyphs: nothing of decoration, and letter-spaced text
 * without the spaces that programs guess from the gaps. False when the glyphs say it all. */
static bool begin_actual_text(struct buf *b, const struct text_run *r)
{
    if (!r->silent && !r->spaced)
        return false;
    buf_str(b, "/Span<</ActualText<FEFF");
    for (size_t i = 0; i < r->n && !r->silent; i++)
        pdf_utf16(b, r->glyphs[i].text);
    buf_str(b, ">>>BDC ");
    return true;
}

/* Glyphs in one TJ; the difference between where PDF would be by the glyphs' widths and
 * where layout wants to be is corrected before each glyph, from sums, so it never adds up. */
static void pdf_text(struct device *d, const struct text_run *r)
{
    struct pdf_device *p = of(d);
    struct buf *b = content(p);
    size_t index;
    struct pdf_font *f = font_for(p, r->font, &index);
    if (!f || r->n == 0)
        return;
    bool replaced = begin_actual_text(b, r);
    buf_str(b, "q ");
    put_colour(p, r->colour, false);
    buf_fmt(b, "BT /F%zu ", index);
    pdf_number(b, r->size);
    buf_str(b, " Tf ");
    put_matrix(p, r, 0, 0);
    buf_str(b, "[<");
    double em = r->size * MM_PER_PT;
    double want = 0; /* thousandths of an em since the start */
    double is = 0;
    for (size_t i = 0; i < r->n; i++) {
        const struct glyph *g = &r->glyphs[i];
        if (g->dy != 0) { /* a mark placed above or below */
            buf_str(b, ">] TJ ");
            put_matrix(p, r, want * em / 1000 + g->dx, g->dy);
            buf_fmt(b, "<%04X> Tj ", pdf_font_cid(f, g->id, g->text));
            want += g->advance / em * 1000;
            put_matrix(p, r, want * em / 1000, 0);
            buf_str(b, "[<");
            is = want;
            continue;
        }
        long move = lround(is - (want + g->dx / em * 1000));
        if (move != 0) {
            buf_fmt(b, ">%ld<", move);
            is -= (double)move;
        }
        buf_fmt(b, "%04X", pdf_font_cid(f, g->id, g->text));
        is += font_width(r->font, g->id);
        want += g->advance / em * 1000;
    }
    buf_str(b, replaced ? ">] TJ ET Q EMC\n" : ">] TJ ET Q\n");
}

/* ---- the file ---- */

/* One dictionary of fonts and transparencies for all pages. */
static void write_resources(struct pdf_device *p, struct pdf *pdf, unsigned number)
{
    pdf_begin(pdf, number);
    buf_str(&pdf->out, "<</Font<<");
    for (size_t i = 0; i < p->n_fonts; i++)
        buf_fmt(&pdf->out, "/F%zu %u 0 R", i, pdf_font_object(p->fonts[i]));
    buf_str(&pdf->out, ">>/ExtGState<<");
    for (size_t i = 0; i < p->n_alphas; i++) {
        buf_fmt(&pdf->out, "/A%zu<</ca ", i);
        pdf_number(&pdf->out, p->alphas[i]);
        buf_str(&pdf->out, "/CA ");
        pdf_number(&pdf->out, p->alphas[i]);
        buf_str(&pdf->out, ">>");
    }
    buf_str(&pdf->out, ">>>>");
    pdf_end(pdf);
}

static void write_pages(struct pdf_device *p, struct pdf *pdf, unsigned tree)
{
    unsigned resources = pdf_reserve(pdf);
    unsigned *numbers = mem_new((p->n_pages + 1) * sizeof *numbers);
    write_resources(p, pdf, resources);
    for (size_t i = 0; i < p->n_pages; i++) {
        struct pdf_page *page = &p->pages[i];
        unsigned stream = pdf_reserve(pdf);
        numbers[i] = pdf_reserve(pdf);
        pdf->failed = pdf->failed || !buf_ok(&page->content);
        pdf_stream(pdf, stream, "", buf_sv(&page->content));
        pdf_begin(pdf, numbers[i]);
        buf_fmt(&pdf->out, "<</Type/Page/Parent %u 0 R/Resources %u 0 R/Contents %u 0 R/MediaBox[0 0 ",
                tree, resources, stream);
        pdf_number(&pdf->out, page->width / MM_PER_PT);
        buf_byte(&pdf->out, ' ');
        pdf_number(&pdf->out, page->height / MM_PER_PT);
        buf_str(&pdf->out, "]>>");
        pdf_end(pdf);
    }
    pdf_begin(pdf, tree);
    buf_fmt(&pdf->out, "<</Type/Pages/Count %zu/Kids[", p->n_pages);
    for (size_t i = 0; i < p->n_pages; i++)
        buf_fmt(&pdf->out, "%u 0 R ", numbers[i]);
    buf_str(&pdf->out, "]>>");
    pdf_end(pdf);
    free(numbers);
}

static void write_info(struct pdf_device *p, struct pdf *pdf, unsigned number)
{
    int32_t date = date_in_text(p->facts.date);
    pdf_begin(pdf, number);
    buf_str(&pdf->out, "<</Title ");
    pdf_string(&pdf->out, p->facts.title);
    buf_str(&pdf->out, "/Author ");
    pdf_string(&pdf->out, p->facts.author);
    buf_str(&pdf->out, "/Producer(yizheng)");
    if (date != DATE_NONE) /* of the paper, not of this run: bytes are reproducible */
        buf_fmt(&pdf->out, "/CreationDate(D:%08d000000+08'00')/ModDate(D:%08d000000+08'00')",
                date_to_number(date), date_to_number(date));
    buf_str(&pdf->out, ">>");
    pdf_end(pdf);
}

static int pdf_device_finish(struct device *d, struct buf *out, struct err *e)
{
    struct pdf_device *p = of(d);
    struct pdf *pdf = mem_new(sizeof *pdf);
    pdf_init(pdf, PDF_CAP);
    unsigned root = pdf_reserve(pdf);
    unsigned info = pdf_reserve(pdf);
    unsigned tree = pdf_reserve(pdf);
    for (size_t i = 0; i < p->n_fonts; i++)
        pdf_font_set_object(p->fonts[i], pdf_reserve(pdf));
    pdf_begin(pdf, root);
    buf_fmt(&pdf->out, "<</Type/Catalog/Pages %u 0 R/Lang(zh-CN)"
                       "/ViewerPreferences<</DisplayDocTitle true>>>>", tree);
    pdf_end(pdf);
    write_info(p, pdf, info);
    write_pages(p, pdf, tree);
    for (size_t i = 0; i < p->n_fonts; i++)
        pdf_font_write(p->fonts[i], pdf);
    bool ok = !p->failed && pdf_finish(pdf, root, info);
    if (ok)
        buf_sv_add(out, buf_sv(&pdf->out));
    pdf_done(pdf);
    free(pdf);
    return ok && buf_ok(out) ? 0 : err_set(e, ERR_TOO_LARGE, "文书内容过多，无法生成PDF");
}

static void pdf_device_free(struct device *d)
{
    struct pdf_device *p = of(d);
    for (size_t i = 0; i < p->n_pages; i++)
        buf_done(&p->pages[i].content);
    for (size_t i = 0; i < p->n_fonts; i++)
        pdf_font_free(p->fonts[i]);
    arena_free(p->arena);
    free(p);
}

struct device *device_pdf_new(const struct doc_facts *facts)
{
    struct pdf_device *p = mem_new(sizeof *p);
    p->device = (struct device){ pdf_page, pdf_text, pdf_rect, pdf_line, pdf_path, pdf_qr,
                                 pdf_device_finish, pdf_device_free, NULL };
    p->arena = arena_new();
    p->facts = (struct doc_facts){ .title = arena_sv(p->arena, facts->title),
                                   .author = arena_sv(p->arena, facts->author),
                                   .date = arena_sv(p->arena, facts->date) };
    p->alphas[p->n_alphas++] = 1;
    return &p->device;
}
