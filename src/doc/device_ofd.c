/* device_ofd: papers as OFD, the national format of fixed layout (GB/T 33190-2016).
 *
 * One document, all objects of a page in one layer. Every text stands where layout put it, by
 * advances of our own (DeltaX), in embedded fonts of just the characters used. What readers are
 * known to need: the prefix "ofd:", the folder name Signs, no space but one between numbers.
 * Lengths are millimetres with three decimals, positions summed before they are rounded.
 */
#include <math.h>
#include <stdlib.h>

#include "base/utf8.h"
#include "doc/ofd.h"
#include "doc/ofd_font.h"
#include "doc/ofd_meta.h"
#include "doc/pdf.h"

enum { MAX_PAGES = 200, MAX_FONTS = 24, PAGE_CAP = 8 * 1024 * 1024 };

struct ofd_page { unsigned id; struct buf content; double width, height; };

struct ofd_device {
    struct device device;
    struct arena *arena;
    struct doc_facts facts;
    struct ofd_page pages[MAX_PAGES];
    size_t n_pages;
    struct ofd_font *fonts[MAX_FONTS];
    size_t n_fonts;
    struct ofd_index index; /* texts, to find what shows an item of the metadata */
    struct ofd_place seal;  /* page 0: none */
    unsigned last_id;       /* of anything in the document */
    bool failed;
};

static struct ofd_device *of(struct device *d)
{
    return (struct ofd_device *)d;
}

static struct ofd_page *page_of(struct ofd_device *p)
{
    return &p->pages[p->n_pages - 1];
}

static struct buf *content(struct ofd_device *p)
{
    return &page_of(p)->content;
}

static void put_numbers(struct buf *b, const double *v, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        if (i)
            buf_byte(b, ' ');
        pdf_number(b, v[i]);
    }
}

static void put_colour(struct buf *b, const char *element, struct colour c)
{
    buf_fmt(b, "<ofd:%s Value=\"%u %u %u\"", element, c.r, c.g, c.b);
    if (c.alpha != 1)
        buf_fmt(b, " Alpha=\"%ld\"", lround(c.alpha * 255));
    buf_str(b, "/>");
}

static void ofd_page(struct device *d, double width, double height)
{
    struct ofd_device *p = of(d);
    if (p->n_pages == MAX_PAGES) {
        p->failed = true;
        return;
    }
    struct ofd_page *page = &p->pages[p->n_pages++];
    *page = (struct ofd_page){ .id = ++p->last_id, .width = width, .height = height };
    buf_init(&page->content, PAGE_CAP);
}

/* ---- paths ---- */

struct box { double x0, y0, x1, y1; };

static void widen(struct box *b, double x, double y)
{
    b->x0 = fmin(b->x0, x);
    b->y0 = fmin(b->y0, y);
    b->x1 = fmax(b->x1, x);
    b->y1 = fmax(b->y1, y);
}

/* Up to the points' own extent; objects are cut at their boundary, so lines need their width. */
static struct box bounds(const struct path_op *ops, size_t n, double width)
{
    struct box b = { INFINITY, INFINITY, -INFINITY, -INFINITY };
    for (size_t i = 0; i < n; i++) {
        if (ops[i].op == PATH_CLOSE)
            continue;
        widen(&b, ops[i].x, ops[i].y);
        if (ops[i].op == PATH_CURVE) {
            widen(&b, ops[i].x1, ops[i].y1);
            widen(&b, ops[i].x2, ops[i].y2);
        }
    }
    double more = fmax(width, 0.1); /* also room for mitred corners */
    return (struct box){ b.x0 - more, b.y0 - more, b.x1 + more, b.y1 + more };
}

/* Up to AbbreviatedData; returns where data is relative to. */
static void begin_path(struct ofd_device *p, struct box b, double width, struct colour c)
{
    struct buf *out = content(p);
    const double v[4] = { b.x0, b.y0, b.x1 - b.x0, b.y1 - b.y0 };
    buf_fmt(out, "<ofd:PathObject ID=\"%u\" Boundary=\"", ++p->last_id);
    put_numbers(out, v, 4);
    if (width > 0) {
        buf_str(out, "\" LineWidth=\"");
        pdf_number(out, width);
        buf_str(out, "\" Stroke=\"true\" Fill=\"false\">");
        put_colour(out, "StrokeColor", c);
    } else {
        buf_str(out, "\" Stroke=\"false\" Fill=\"true\">");
        put_colour(out, "FillColor", c);
    }
    buf_str(out, "<ofd:AbbreviatedData>");
}

static void end_path(struct ofd_device *p)
{
    buf_str(content(p), "</ofd:AbbreviatedData></ofd:PathObject>\n");
}

static void put_op(struct buf *b, const struct path_op *o, const struct box *from)
{
    static const char letters[] = { [PATH_MOVE] = 'M', [PATH_LINE] = 'L', [PATH_CURVE] = 'B',
                                    [PATH_CLOSE] = 'C' };
    const double v[6] = { o->x1 - from->x0, o->y1 - from->y0, o->x2 - from->x0, o->y2 - from->y0,
                          o->x - from->x0, o->y - from->y0 };
    buf_byte(b, (unsigned char)letters[o->op]);
    if (o->op == PATH_CLOSE)
        return;
    buf_byte(b, ' ');
    if (o->op == PATH_CURVE)
        put_numbers(b, v, 6);
    else
        put_numbers(b, v + 4, 2);
}

static void ofd_path(struct device *d, const struct path_op *ops, size_t n, double width,
                     struct colour c)
{
    struct ofd_device *p = of(d);
    struct box b = bounds(ops, n, width);
    if (n == 0)
        return;
    begin_path(p, b, width, c);
    for (size_t i = 0; i < n; i++) {
        if (i)
            buf_byte(content(p), ' ');
        put_op(content(p), &ops[i], &b);
    }
    end_path(p);
}

static void ofd_rect(struct device *d, double x, double y, double w, double h, double width,
                     struct colour c)
{
    const struct path_op ops[5] = { { .op = PATH_MOVE, .x = x, .y = y },
                                    { .op = PATH_LINE, .x = x + w, .y = y },
                                    { .op = PATH_LINE, .x = x + w, .y = y + h },
                                    { .op = PATH_LINE, .x = x, .y = y + h },
                                    { .op = PATH_CLOSE } };
    ofd_path(d, ops, 5, width, c);
}

static void ofd_line(struct device *d, double x1, double y1, double x2, double y2, double width,
                     struct colour c)
{
    const struct path_op ops[2] = { { .op = PATH_MOVE, .x = x1, .y = y1 },
                                    { .op = PATH_LINE, .x = x2, .y = y2 } };
    ofd_path(d, ops, 2, width, c);
}

/* Runs of black modules as boxes of one path, all edges on one grid of rounded lines. */
static void ofd_qr(struct device *d, const struct qr *q, double x, double y, double side)
{
    struct ofd_device *p = of(d);
    struct buf *b = content(p);
    double module = side / q->size;
    bool first = true;
    begin_path(p, (struct box){ x, y, x + side, y + side }, 0, (struct colour){ 0, 0, 0, 1 });
    for (unsigned v = 0; v < q->size; v++) {
        for (unsigned u = 0; u < q->size;) {
            unsigned run = qr_run(q, u, v);
            const double at[4] = { u * module, v * module, (u + run) * module, (v + 1) * module };
            const size_t corner[4][2] = { { 0, 1 }, { 2, 1 }, { 2, 3 }, { 0, 3 } };
            for (size_t i = 0; run && i < 4; i++) {
                buf_str(b, i ? " L " : first ? "M " : " M ");
                put_numbers(b, (const double[]){ at[corner[i][0]], at[corner[i][1]] }, 2);
                first = false;
            }
            if (run)
                buf_str(b, " C");
            u += run ? run : 1;
        }
    }
    end_path(p);
}

/* ---- text ---- */

/* One character with its glyph and place along the line, from the run's start. */
struct letter { uint32_t code, glyph; double x, y; struct sv text; };

static struct ofd_font *font_for(struct ofd_device *p, const struct font *font, const struct letter *l)
{
    for (size_t i = 0; i < p->n_fonts; i++)
        if (ofd_font_take(p->fonts[i], font, l->code, l->glyph))
            return p->fonts[i];
    if (p->n_fonts == MAX_FONTS) {
        p->failed = true;
        return p->fonts[0];
    }
    struct ofd_font *f = ofd_font_new(font, ++p->last_id);
    ofd_font_take(f, font, l->code, l->glyph);
    return p->fonts[p->n_fonts++] = f;
}

/* The characters of a cluster that begins at glyph i: each with its own glyph where there are as
 * many, otherwise (a ligature) with the font's glyph for it, sharing the width. Returns how many
 * glyphs the cluster has. */
static size_t add_cluster(const struct text_run *r, size_t i, double at, struct letter *out,
                          size_t *n)
{
    size_t glyphs = 1;
    size_t chars = utf8_count(r->glyphs[i].text);
    struct sv rest = r->glyphs[i].text;
    double width = r->glyphs[i].advance;
    double x = at;
    for (; i + glyphs < r->n && r->glyphs[i + glyphs].text.n == 0; glyphs++)
        width += r->glyphs[i + glyphs].advance;
    for (size_t k = 0; k < chars; k++) {
        const struct glyph *g = &r->glyphs[i + k % glyphs];
        struct sv from = rest;
        uint32_t code = utf8_next(&rest);
        struct letter l = { code, g->id, x + g->dx, g->dy, sv_make(from.p, from.n - rest.n) };
        x += g->advance;
        if (chars != glyphs) {
            l.glyph = font_glyph(r->font, code);
            l.x = at + width * (double)k / (double)chars;
            l.y = 0;
        }
        out[(*n)++] = l;
    }
    return glyphs;
}

static size_t letters_of(const struct text_run *r, struct letter *out)
{
    size_t n = 0;
    double at = 0;
    for (size_t i = 0; i < r->n;) {
        size_t glyphs = add_cluster(r, i, at, out, &n);
        for (; glyphs > 0; glyphs--)
            at += r->glyphs[i++].advance;
    }
    return n;
}

/* "g 9 4.233" for what repeats. */
static void put_deltas(struct buf *b, const struct letter *l, size_t n, bool vertical)
{
    long at = 0;
    for (size_t i = 1; i < n;) {
        size_t same = 0;
        long step = 0;
        for (size_t k = i; k < n; k++, same++) {
            long next = lround((vertical ? l[k].y - l[0].y : l[k].x - l[0].x) * 1000);
            if (same == 0)
                step = next - at;
            else if (next - at != step)
                break;
            at = next;
        }
        if (i > 1)
            buf_byte(b, ' ');
        if (same > 2)
            buf_fmt(b, "g %zu ", same);
        for (size_t k = 0; k < (same > 2 ? 1 : same); k++) {
            if (k)
                buf_byte(b, ' ');
            pdf_number(b, (double)step / 1000);
        }
        i += same;
    }
}

/* Boundary, and for turned text the matrix: its origin is where the run begins. */
static void put_frame(struct ofd_device *p, const struct text_run *r, const struct letter *l,
                      double width)
{
    struct buf *b = content(p);
    double em = r->size * MM_PER_PT;
    double c = cos(r->angle), s = sin(r->angle);
    double x = r->x + l->x * c, y = r->y + l->x * s;
    if (r->angle == 0) {
        const double v[4] = { x - 0.2 * em, y - em, width + 1.5 * em, 1.4 * em };
        put_numbers(b, v, 4);
        return;
    }
    const double page[4] = { 0, 0, page_of(p)->width, page_of(p)->height };
    const double m[6] = { c, s, -s, c, x, y };
    put_numbers(b, page, 4);
    buf_str(b, "\" CTM=\"");
    put_numbers(b, m, 6);
}

/* Letters that share a font file. */
static void put_text(struct ofd_device *p, const struct text_run *r, const struct ofd_font *f,
                     const struct letter *l, size_t n)
{
    struct buf *b = content(p);
    double em = r->size * MM_PER_PT;
    bool up_down = false;
    for (size_t i = 1; i < n; i++)
        up_down = up_down || l[i].y != l[0].y;
    buf_fmt(b, "<ofd:TextObject ID=\"%u\" Boundary=\"", ++p->last_id);
    put_frame(p, r, l, l[n - 1].x - l[0].x);
    buf_fmt(b, "\" Font=\"%u\" Size=\"", ofd_font_id(f));
    pdf_number(b, em);
    if (strstr(font_name(r->font), "Bold"))
        buf_str(b, "\" Weight=\"700");
    buf_str(b, "\">");
    put_colour(b, "FillColor", r->colour);
    buf_str(b, "<ofd:TextCode X=\"");
    pdf_number(b, r->angle == 0 ? 0.2 * em : 0);
    buf_str(b, "\" Y=\"");
    pdf_number(b, (r->angle == 0 ? em : 0) + l->y);
    if (n > 1) {
        buf_str(b, "\" DeltaX=\"");
        put_deltas(b, l, n, false);
    }
    if (up_down) {
        buf_str(b, "\" DeltaY=\"");
        put_deltas(b, l, n, true);
    }
    buf_str(b, "\">");
    size_t from = p->index.text.n;
    for (size_t i = 0; i < n; i++) {
        buf_html(b, l[i].text);
        if (!r->silent)
            buf_sv_add(&p->index.text, l[i].text);
    }
    ofd_index_end(&p->index, page_of(p)->id, p->last_id, from);
    buf_str(b, "</ofd:TextCode></ofd:TextObject>\n");
}

static void ofd_text(struct device *d, const struct text_run *r)
{
    struct ofd_device *p = of(d);
    size_t most = 0;
    for (size_t i = 0; i < r->n; i++)
        most += utf8_count(r->glyphs[i].text);
    struct letter *l = mem_new((most + 1) * sizeof *l);
    size_t n = letters_of(r, l);
    for (size_t from = 0; from < n;) {
        struct ofd_font *f = font_for(p, r->font, &l[from]);
        size_t to = from + 1;
        while (to < n && ofd_font_take(f, r->font, l[to].code, l[to].glyph))
            to++;
        put_text(p, r, f, l + from, to - from);
        from = to;
    }
    free(l);
}

static bool ofd_seal(struct device *d, double x, double y, double side)
{
    struct ofd_device *p = of(d);
    if (!p->facts.original || !p->facts.original->seal || p->seal.page)
        return false;
    p->seal = (struct ofd_place){ page_of(p)->id, x - side / 2, y - side / 2, side };
    return true;
}

/* ---- the files ---- */

static void write_pages(struct ofd_device *p, struct ofd_pack *pack)
{
    for (size_t i = 0; i < p->n_pages; i++) {
        struct ofd_page *page = &p->pages[i];
        struct buf *b = ofd_xml(pack, arena_printf(p->arena, "Doc_0/Pages/Page_%zu/Content.xml", i));
        const double box[4] = { 0, 0, page->width, page->height };
        buf_str(b, "<ofd:Page xmlns:ofd=\"" OFD_NS "\"><ofd:Area><ofd:PhysicalBox>");
        put_numbers(b, box, 4);
        buf_fmt(b, "</ofd:PhysicalBox></ofd:Area><ofd:Content><ofd:Layer ID=\"%u\" Type=\"Body\">\n",
                ++p->last_id);
        buf_sv_add(b, buf_sv(&page->content));
        buf_str(b, "</ofd:Layer></ofd:Content></ofd:Page>\n");
        pack->failed = pack->failed || !buf_ok(&page->content);
    }
}

static void write_fonts(struct ofd_device *p, struct ofd_pack *pack)
{
    struct buf *b = ofd_xml(pack, "Doc_0/PublicRes.xml");
    buf_str(b, "<ofd:Res xmlns:ofd=\"" OFD_NS "\" BaseLoc=\"Res\"><ofd:Fonts>");
    for (size_t i = 0; i < p->n_fonts; i++)
        ofd_font_element(p->fonts[i], b);
    buf_str(b, "</ofd:Fonts></ofd:Res>\n");
    for (size_t i = 0; i < p->n_fonts; i++)
        ofd_font_file(p->fonts[i], ofd_part(pack, arena_printf(p->arena, "Doc_0/Res/font_%u.otf",
                                                               ofd_font_id(p->fonts[i]))));
}

/* Last of all: it names the highest ID. */
static void write_document(struct ofd_device *p, struct ofd_pack *pack)
{
    struct buf *b = ofd_xml(pack, "Doc_0/Document.xml");
    buf_fmt(b, "<ofd:Document xmlns:ofd=\"" OFD_NS "\"><ofd:CommonData><ofd:MaxUnitID>%u"
               "</ofd:MaxUnitID><ofd:PageArea><ofd:PhysicalBox>", p->last_id);
    if (p->n_pages)
        put_numbers(b, (const double[]){ 0, 0, p->pages[0].width, p->pages[0].height }, 4);
    buf_str(b, "</ofd:PhysicalBox></ofd:PageArea><ofd:PublicRes>PublicRes.xml</ofd:PublicRes>"
               "</ofd:CommonData><ofd:Pages>");
    for (size_t i = 0; i < p->n_pages; i++)
        buf_fmt(b, "<ofd:Page ID=\"%u\" BaseLoc=\"Pages/Page_%zu/Content.xml\"/>", p->pages[i].id, i);
    buf_str(b, "</ofd:Pages>");
    if (p->facts.original && p->facts.original->n_meta)
        buf_str(b, "<ofd:Attachments>Attachs/Attachments.xml</ofd:Attachments>"
                   "<ofd:CustomTags>Tags/CustomTags.xml</ofd:CustomTags>");
    buf_str(b, "</ofd:Document>\n");
}

static int ofd_finish(struct device *d, struct buf *out, struct err *e)
{
    struct ofd_device *p = of(d);
    struct ofd_pack *pack = ofd_pack_new();
    bool sealed = p->seal.page != 0;
    int rc = 0;
    pack->failed = p->failed;
    write_pages(p, pack);
    write_fonts(p, pack);
    if (p->facts.original && p->facts.original->n_meta)
        ofd_meta_parts(pack, &p->facts, &p->index, ++p->last_id);
    write_document(p, pack);
    ofd_meta_root(pack, &p->facts, sealed);
    if (sealed)
        rc = ofd_sign(pack, p->facts.original->seal, &p->seal, e);
    if (rc == 0)
        rc = ofd_zip(pack, out, e);
    ofd_pack_free(pack);
    return rc;
}

static void ofd_free(struct device *d)
{
    struct ofd_device *p = of(d);
    for (size_t i = 0; i < p->n_pages; i++)
        buf_done(&p->pages[i].content);
    for (size_t i = 0; i < p->n_fonts; i++)
        ofd_font_free(p->fonts[i]);
    ofd_index_done(&p->index);
    arena_free(p->arena);
    free(p);
}

struct device *device_ofd_new(const struct doc_facts *facts)
{
    struct ofd_device *p = mem_new(sizeof *p);
    p->device = (struct device){ ofd_page, ofd_text, ofd_rect, ofd_line, ofd_path, ofd_qr,
                                 ofd_finish, ofd_free, ofd_seal };
    p->arena = arena_new();
    p->facts = (struct doc_facts){ .title = arena_sv(p->arena, facts->title),
                                   .author = arena_sv(p->arena, facts->author),
                                   .date = arena_sv(p->arena, facts->date),
                                   .original = facts->original };
    ofd_index_init(&p->index);
    return &p->device;
}
