/* device_pdf: papers as PDF.
 *
 * Written by hand rather than with cairo's PDF surface: cairo 1.16 copies the whole 20 MB of
 * each CJK font and all its subroutines for every paper (two faces: 47 ms and 600 KB for
 * one licence). Here a paper carries flat outlines of its own glyphs only (font_subset).
 *
 * A glyph may stand for different characters (the mark for a missing one, variants); so each
 * pair of glyph and text gets a CID of its own, and copying text out gives what was meant.
 */
#include <math.h>
#include <stdlib.h>

#include "base/date.h"
#include "doc/font.h"
#include "doc/pdf.h"

enum { MAX_PAGES = 200, MAX_FONTS = 16, MAX_ALPHAS = 16, PDF_CAP = 32 * 1024 * 1024,
       PAGE_CAP = 4 * 1024 * 1024, MAX_CIDS = 60000, HASH_SIZE = 1 << 12 };

struct cid {
    uint32_t glyph;
    struct sv text;
    unsigned next; /* in its hash chain; 0 = end */
};

struct pdf_font {
    const struct font *font;
    unsigned object;
    struct cid *cids; /* from 1 */
    unsigned n, cap;
    unsigned hash[HASH_SIZE];
};

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
        if (p->fonts[*index]->font == font)
            return p->fonts[*index];
    if (p->n_fonts == MAX_FONTS) {
        p->failed = true;
        return NULL;
    }
    struct pdf_font *f = mem_new(sizeof *f);
    f->font = font;
    return p->fonts[p->n_fonts++] = f;
}

static unsigned cid_for(struct pdf_device *p, struct pdf_font *f, uint32_t glyph, struct sv text)
{
    unsigned slot = (glyph * 2654435761u >> 7) % HASH_SIZE;
    for (unsigned i = f->hash[slot]; i; i = f->cids[i].next)
        if (f->cids[i].glyph == glyph && sv_eq(f->cids[i].text, text))
            return i;
    if (f->n + 1 >= MAX_CIDS) {
        p->failed = true;
        return 0;
    }
    if (f->n + 1 >= f->cap) {
        unsigned cap = f->cap ? f->cap * 2 : 64;
        struct cid *cids = realloc(f->cids, cap * sizeof *cids);
        if (!cids)
            abort();
        f->cids = cids;
        f->cap = cap;
    }
    f->cids[++f->n] = (struct cid){ glyph, arena_sv(p->arena, text), f->hash[slot] };
    f->hash[slot] = f->n;
    return f->n;
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
    buf_str(b, r->silent ? "/Span<</ActualText<FEFF>>>BDC q " : "q ");
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
            buf_fmt(b, "<%04X> Tj ", cid_for(p, f, g->id, g->text));
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
        buf_fmt(b, "%04X", cid_for(p, f, g->id, g->text));
        is += font_width(r->font, g->id);
        want += g->advance / em * 1000;
    }
    buf_str(b, r->silent ? ">] TJ ET Q EMC\n" : ">] TJ ET Q\n");
}

/* ---- the file ---- */

static void write_to_unicode(struct pdf *pdf, unsigned number, const struct pdf_font *f)
{
    enum { AT_ONCE = 100 }; /* the most that one beginbfchar may hold */
    struct buf b;
    buf_init(&b, PAGE_CAP);
    buf_str(&b, "/CIDInit /ProcSet findresource begin 12 dict begin begincmap\n"
                "/CIDSystemInfo<</Registry(Adobe)/Ordering(UCS)/Supplement 0>>def\n"
                "/CMapName/Adobe-Identity-UCS def/CMapType 2 def\n"
                "1 begincodespacerange <0000><FFFF> endcodespacerange\n");
    for (unsigned from = 1; from <= f->n; from += AT_ONCE) {
        unsigned to = from + AT_ONCE - 1 < f->n ? from + AT_ONCE - 1 : f->n;
        unsigned named = 0;
        for (unsigned i = from; i <= to; i++)
            named += f->cids[i].text.n > 0;
        if (named == 0)
            continue;
        buf_fmt(&b, "%u beginbfchar\n", named);
        for (unsigned i = from; i <= to; i++) {
            if (f->cids[i].text.n == 0)
                continue;
            buf_fmt(&b, "<%04X><", i);
            pdf_utf16(&b, f->cids[i].text);
            buf_str(&b, ">\n");
        }
        buf_str(&b, "endbfchar\n");
    }
    buf_str(&b, "endcmap CMapName currentdict/CMap defineresource pop end end\n");
    pdf->failed = pdf->failed || !buf_ok(&b);
    pdf_stream(pdf, number, "", buf_sv(&b));
    buf_done(&b);
}

/* "ABCDEF+Name": the tag must differ between subsets, so it is drawn from the content. */
static void font_tag(const struct pdf_font *f, struct buf *name)
{
    uint64_t h = UINT64_C(14695981039346656037);
    for (unsigned i = 1; i <= f->n; i++)
        h = (h ^ f->cids[i].glyph) * UINT64_C(1099511628211);
    for (int i = 0; i < 6; i++, h /= 26)
        buf_byte(name, (unsigned char)('A' + h % 26));
    buf_fmt(name, "+%s", font_name(f->font));
}

static void write_descendant(struct pdf *pdf, unsigned number, unsigned descriptor,
                             const struct pdf_font *f, const char *name)
{
    pdf_begin(pdf, number);
    buf_fmt(&pdf->out, "<</Type/Font/Subtype/CIDFontType0/BaseFont/%s/CIDSystemInfo"
                       "<</Registry(Adobe)/Ordering(Identity)/Supplement 0>>"
                       "/FontDescriptor %u 0 R/DW 1000/W[1[", name, descriptor);
    for (unsigned i = 1; i <= f->n; i++)
        buf_fmt(&pdf->out, "%d ", font_width(f->font, f->cids[i].glyph));
    buf_str(&pdf->out, "]]>>");
    pdf_end(pdf);
}

static void write_font(struct pdf *pdf, struct pdf_font *f)
{
    struct buf cff;
    struct buf name;
    uint32_t *glyphs = mem_new((f->n + 1) * sizeof *glyphs);
    unsigned descendant = pdf_reserve(pdf);
    unsigned descriptor = pdf_reserve(pdf);
    unsigned file = pdf_reserve(pdf);
    unsigned unicode = pdf_reserve(pdf);
    buf_init(&cff, PDF_CAP);
    buf_init(&name, 128);
    font_tag(f, &name);
    for (unsigned i = 1; i <= f->n; i++)
        glyphs[i - 1] = f->cids[i].glyph;
    font_subset(f->font, glyphs, f->n, buf_sv(&name), &cff);
    pdf_begin(pdf, f->object);
    buf_fmt(&pdf->out, "<</Type/Font/Subtype/Type0/BaseFont/%s/Encoding/Identity-H"
                       "/DescendantFonts[%u 0 R]/ToUnicode %u 0 R>>", name.p, descendant, unicode);
    pdf_end(pdf);
    write_descendant(pdf, descendant, descriptor, f, name.p);
    pdf_begin(pdf, descriptor);
    buf_fmt(&pdf->out, "<</Type/FontDescriptor/FontName/%s/Flags 4/FontBBox[%d %d %d %d]"
                       "/ItalicAngle 0/Ascent 880/Descent -120/CapHeight 733/StemV 80"
                       "/FontFile3 %u 0 R>>", name.p, FONT_BOX[0], FONT_BOX[1], FONT_BOX[2],
            FONT_BOX[3], file);
    pdf_end(pdf);
    pdf->failed = pdf->failed || !buf_ok(&cff);
    pdf_stream(pdf, file, "/Subtype/CIDFontType0C", buf_sv(&cff));
    write_to_unicode(pdf, unicode, f);
    buf_done(&cff);
    buf_done(&name);
    free(glyphs);
}

/* One dictionary of fonts and transparencies for all pages. */
static void write_resources(struct pdf_device *p, struct pdf *pdf, unsigned number)
{
    pdf_begin(pdf, number);
    buf_str(&pdf->out, "<</Font<<");
    for (size_t i = 0; i < p->n_fonts; i++)
        buf_fmt(&pdf->out, "/F%zu %u 0 R", i, p->fonts[i]->object);
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

/* Year, month and day: the first three numbers in a text; DATE_NONE when they are no date. */
static int32_t date_in(struct sv s)
{
    int part[3] = { 0, 0, 0 };
    size_t n = 0;
    for (size_t i = 0; i < s.n && n < 3; i++) {
        if (s.p[i] < '0' || s.p[i] > '9')
            continue;
        for (; i < s.n && s.p[i] >= '0' && s.p[i] <= '9'; i++)
            part[n] = part[n] < 10000 ? part[n] * 10 + (s.p[i] - '0') : part[n];
        n++;
    }
    return n == 3 ? date_of(part[0], part[1], part[2]) : DATE_NONE;
}

static void write_info(struct pdf_device *p, struct pdf *pdf, unsigned number)
{
    int32_t date = date_in(p->facts.date);
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
        p->fonts[i]->object = pdf_reserve(pdf);
    pdf_begin(pdf, root);
    buf_fmt(&pdf->out, "<</Type/Catalog/Pages %u 0 R/Lang(zh-CN)"
                       "/ViewerPreferences<</DisplayDocTitle true>>>>", tree);
    pdf_end(pdf);
    write_info(p, pdf, info);
    write_pages(p, pdf, tree);
    for (size_t i = 0; i < p->n_fonts; i++)
        write_font(pdf, p->fonts[i]);
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
    for (size_t i = 0; i < p->n_fonts; i++) {
        free(p->fonts[i]->cids);
        free(p->fonts[i]);
    }
    arena_free(p->arena);
    free(p);
}

struct device *device_pdf_new(const struct doc_facts *facts)
{
    struct pdf_device *p = mem_new(sizeof *p);
    p->device = (struct device){ pdf_page, pdf_text, pdf_rect, pdf_line, pdf_path, pdf_qr,
                                 pdf_device_finish, pdf_device_free };
    p->arena = arena_new();
    p->facts = (struct doc_facts){ arena_sv(p->arena, facts->title),
                                   arena_sv(p->arena, facts->author),
                                   arena_sv(p->arena, facts->date) };
    p->alphas[p->n_alphas++] = 1;
    return &p->device;
}
