/* device_svg: one page as an SVG picture for screens (R2.3).
 *
 * Text is real <text> in the reader's own fonts, so that nothing is downloaded and it can be
 * selected, searched and read aloud; textLength keeps each run as wide as it was laid out, whatever
 * the font. No scripts, no styles, no links: presentation attributes only, so that the picture
 * may stand inside a page under its strict content policy. One millimetre is four units: browsers
 * round font sizes of a few units badly.
 */
#include <math.h>
#include <stdlib.h>

#include "doc/font.h"

#define UNITS 4.0
enum { SVG_CAP = 4 * 1024 * 1024 };

static const char FAMILY[] = "system-ui,-apple-system,'PingFang SC','HarmonyOS Sans SC',"
                             "'Microsoft YaHei','Noto Sans CJK SC','Source Han Sans SC',sans-serif";

struct svg_device {
    struct device device;
    struct arena *arena;
    struct doc_facts facts;
    struct buf body;
    double width, height;
    size_t pages;
};

static struct svg_device *of(struct device *d)
{
    return (struct svg_device *)d;
}

static struct buf *body(struct device *d)
{
    return &of(d)->body;
}

/* Hundredths of a unit, no trailing zeros: smaller files, the same picture. */
static void number(struct buf *b, double v)
{
    long h = lround(v * 100);
    unsigned long n = h < 0 ? (unsigned long)-h : (unsigned long)h;
    buf_fmt(b, "%s%lu", h < 0 ? "-" : "", n / 100);
    if (n % 100)
        buf_fmt(b, n % 10 ? ".%02lu" : ".%lu", n % 10 ? n % 100 : n % 100 / 10);
}

static void length(struct buf *b, double mm)
{
    number(b, mm * UNITS);
}

static void attribute(struct buf *b, const char *name, double mm)
{
    buf_fmt(b, " %s=\"", name);
    length(b, mm);
    buf_byte(b, '"');
}

static void escaped(struct buf *b, struct sv s)
{
    for (size_t i = 0; i < s.n; i++) {
        switch (s.p[i]) {
        case '&': buf_str(b, "&amp;"); break;
        case '<': buf_str(b, "&lt;"); break;
        case '>': buf_str(b, "&gt;"); break;
        case '"': buf_str(b, "&quot;"); break;
        default: buf_byte(b, (unsigned char)s.p[i]);
        }
    }
}

static void colour(struct buf *b, const char *name, struct colour c)
{
    buf_fmt(b, " %s=\"#%02x%02x%02x\"", name, c.r, c.g, c.b);
    if (c.alpha != 1) {
        buf_fmt(b, " %s-opacity=\"", name);
        number(b, c.alpha);
        buf_byte(b, '"');
    }
}

static void paint(struct buf *b, double width, struct colour c)
{
    if (width > 0) {
        buf_str(b, " fill=\"none\"");
        colour(b, "stroke", c);
        attribute(b, "stroke-width", width);
    } else {
        colour(b, "fill", c);
    }
    buf_str(b, "/>\n");
}

static void svg_page(struct device *d, double width, double height)
{
    of(d)->pages++;
    of(d)->width = width;
    of(d)->height = height;
}

static bool is_bold(const struct font *f)
{
    return strstr(font_name(f), "Bold") != NULL;
}

static void svg_text(struct device *d, const struct text_run *r)
{
    struct buf *b = body(d);
    double width = 0;
    for (size_t i = 0; i < r->n; i++)
        width += r->glyphs[i].advance;
    buf_str(b, "<text");
    attribute(b, "x", r->x);
    attribute(b, "y", r->y);
    attribute(b, "font-size", r->size * MM_PER_PT);
    if (is_bold(r->font))
        buf_str(b, " font-weight=\"700\"");
    if (r->n > 1)
        attribute(b, "textLength", width);
    if (r->n > 1)
        buf_str(b, " lengthAdjust=\"spacingAndGlyphs\"");
    if (r->silent)
        buf_str(b, " aria-hidden=\"true\"");
    if (r->angle != 0) {
        buf_str(b, " transform=\"rotate(");
        number(b, r->angle * 180 / M_PI);
        buf_byte(b, ' ');
        length(b, r->x);
        buf_byte(b, ' ');
        length(b, r->y);
        buf_str(b, ")\"");
    }
    colour(b, "fill", r->colour);
    buf_byte(b, '>');
    for (size_t i = 0; i < r->n; i++)
        escaped(b, r->glyphs[i].text);
    buf_str(b, "</text>\n");
}

static void svg_rect(struct device *d, double x, double y, double w, double h, double width,
                     struct colour c)
{
    struct buf *b = body(d);
    buf_str(b, "<rect");
    attribute(b, "x", x);
    attribute(b, "y", y);
    attribute(b, "width", w);
    attribute(b, "height", h);
    paint(b, width, c);
}

static void point(struct buf *b, double x, double y)
{
    length(b, x);
    buf_byte(b, ' ');
    length(b, y);
}

static void svg_path(struct device *d, const struct path_op *ops, size_t n, double width,
                     struct colour c)
{
    struct buf *b = body(d);
    buf_str(b, "<path d=\"");
    for (size_t i = 0; i < n; i++) {
        const struct path_op *o = &ops[i];
        static const char letters[] = { [PATH_MOVE] = 'M', [PATH_LINE] = 'L', [PATH_CURVE] = 'C',
                                        [PATH_CLOSE] = 'z' };
        buf_byte(b, (unsigned char)letters[o->op]);
        if (o->op == PATH_CURVE) {
            point(b, o->x1, o->y1);
            buf_byte(b, ' ');
            point(b, o->x2, o->y2);
            buf_byte(b, ' ');
        }
        if (o->op != PATH_CLOSE)
            point(b, o->x, o->y);
    }
    buf_byte(b, '"');
    paint(b, width, c);
}

static void svg_line(struct device *d, double x1, double y1, double x2, double y2, double width,
                     struct colour c)
{
    const struct path_op ops[2] = { { .op = PATH_MOVE, .x = x1, .y = y1 },
                                    { .op = PATH_LINE, .x = x2, .y = y2 } };
    svg_path(d, ops, 2, width, c);
}

static void svg_qr(struct device *d, const struct qr *q, double x, double y, double side)
{
    double module = side / q->size;
    for (unsigned v = 0; v < q->size; v++) {
        for (unsigned u = 0; u < q->size;) {
            unsigned run = qr_run(q, u, v);
            if (run)
                svg_rect(d, x + u * module, y + v * module, run * module, module, 0,
                         (struct colour){ 0, 0, 0, 1 });
            u += run ? run : 1;
        }
    }
}

static int svg_finish(struct device *d, struct buf *out, struct err *e)
{
    struct svg_device *s = of(d);
    if (s->pages != 1 || !buf_ok(&s->body))
        return err_set(e, ERR_TOO_LARGE, "图太大，画不下一页");
    buf_str(out, "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 ");
    point(out, s->width, s->height);
    buf_fmt(out, "\" role=\"img\" aria-labelledby=\"chart-title chart-text\" font-family=\"%s\">\n"
                 "<title id=\"chart-title\">", FAMILY);
    escaped(out, s->facts.title);
    buf_str(out, "</title>\n<desc id=\"chart-text\">");
    escaped(out, s->facts.text);
    buf_str(out, "</desc>\n");
    buf_sv_add(out, buf_sv(&s->body));
    buf_str(out, "</svg>\n");
    return buf_ok(out) ? 0 : err_set(e, ERR_TOO_LARGE, "图太大");
}

static void svg_free(struct device *d)
{
    buf_done(&of(d)->body);
    arena_free(of(d)->arena);
    free(d);
}

struct device *device_svg_new(const struct doc_facts *facts)
{
    struct svg_device *s = mem_new(sizeof *s);
    s->device = (struct device){ svg_page, svg_text, svg_rect, svg_line, svg_path, svg_qr,
                                 svg_finish, svg_free, NULL };
    s->arena = arena_new();
    s->facts = (struct doc_facts){ .title = arena_sv(s->arena, facts->title),
                                   .text = arena_sv(s->arena, facts->text) };
    buf_init(&s->body, SVG_CAP);
    return &s->device;
}
