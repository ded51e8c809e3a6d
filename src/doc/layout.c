/* layout: boxes of text, see layout.h. Tables are in table.c, figures in figure.c. */
#include "doc/layout.h"

#include <math.h>
#include <stdlib.h>

#include "base/arena.h"

#define LEADING 1.4
/* Top of the em square to the base line, in em: where Noto CJK puts it. */
#define EM_ASCENT 0.88

struct box {
    PangoLayout *layout;
    struct text_style style;
    double width;
    const char *text; /* pango's copy */
};

static double mm(int pango_units)
{
    return (double)pango_units / PANGO_SCALE * MM_PER_PT;
}

static int pango_units(double mm_)
{
    return (int)lround(mm_ / MM_PER_PT * PANGO_SCALE);
}

/* A long number that goes to the next line whole leaves a gap: letters pulled apart to fill it look
 * worse than a ragged edge. */
static bool justifies(PangoLayout *layout, double width)
{
    const double least = 0.9;
    int n = pango_layout_get_line_count(layout);
    for (int i = 0; i + 1 < n; i++) {
        PangoRectangle r;
        PangoLayoutLine *line = pango_layout_get_line_readonly(layout, i);
        pango_layout_line_get_extents(line, NULL, &r);
        double room = mm(pango_layout_get_width(layout)) -
                      (i == 0 ? mm(pango_layout_get_indent(layout)) : 0);
        if (mm(r.width) < least * room)
            return false;
    }
    return width > 0;
}

struct box *box_new(struct sv text, const struct text_style *style, double width)
{
    struct box *b = mem_new(sizeof *b);
    b->style = *style;
    b->width = width;
    b->layout = pango_layout_new(font_context());
    pango_layout_set_font_description(b->layout, font_description(style->face, style->size));
    pango_layout_set_text(b->layout, text.n ? text.p : "", (int)text.n);
    b->text = pango_layout_get_text(b->layout);
    pango_layout_set_wrap(b->layout, PANGO_WRAP_WORD_CHAR); /* a long URL breaks anywhere */
    if (width > 0)
        pango_layout_set_width(b->layout, pango_units(width));
    if (style->indent > 0)
        pango_layout_set_indent(b->layout, (int)lround(style->indent * style->size * PANGO_SCALE));
    if (style->spacing > 0) {
        PangoAttrList *list = pango_attr_list_new();
        pango_attr_list_insert(list, pango_attr_letter_spacing_new(
                                         (int)lround(style->spacing * style->size * PANGO_SCALE)));
        pango_layout_set_attributes(b->layout, list);
        pango_attr_list_unref(list);
    }
    if (style->align == ALIGN_BOTH)
        pango_layout_set_justify(b->layout, justifies(b->layout, width));
    return b;
}

void box_free(struct box *b)
{
    if (!b)
        return;
    g_object_unref(b->layout);
    free(b);
}

size_t box_lines(const struct box *b)
{
    return (size_t)pango_layout_get_line_count(b->layout);
}

double box_line_height(const struct box *b)
{
    return b->style.size * MM_PER_PT * (b->style.leading > 0 ? b->style.leading : LEADING);
}

double box_height(const struct box *b)
{
    return (double)box_lines(b) * box_line_height(b);
}

double box_width(const struct box *b)
{
    PangoRectangle logical;
    pango_layout_get_extents(b->layout, NULL, &logical);
    return mm(logical.width);
}

/* ---- one line as runs ---- */

struct line {
    struct device *device;
    const struct box *box;
    struct text_run run; /* being gathered */
    struct glyph *glyphs;
    size_t cap;
    double x, y;         /* where the next glyph goes, along the line from its start */
    double width;        /* gathered */
};

static void flush(struct line *l)
{
    if (l->run.n) {
        l->run.glyphs = l->glyphs;
        l->device->text(l->device, &l->run);
    }
    l->run.n = 0;
}

/* End of the cluster that begins at byte `at`, in the text of the item. */
static int cluster_end(const PangoGlyphItem *item, int glyph)
{
    const PangoGlyphString *g = item->glyphs;
    int at = g->log_clusters[glyph];
    int end = item->item->length;
    for (int i = 0; i < g->num_glyphs; i++)
        if (g->log_clusters[i] > at && g->log_clusters[i] < end)
            end = g->log_clusters[i];
    return end;
}

static struct glyph glyph_of(const struct line *l, const PangoGlyphItem *item, int i)
{
    const PangoGlyphInfo *info = &item->glyphs->glyphs[i];
    int at = item->glyphs->log_clusters[i];
    bool first = i == 0 || item->glyphs->log_clusters[i - 1] != at;
    struct glyph g = {
        .id = info->glyph,
        .advance = mm(info->geometry.width),
        .dx = mm(info->geometry.x_offset),
        .dy = mm(info->geometry.y_offset),
        .text = SV(""),
    };
    if (first)
        g.text = sv_make(l->box->text + item->item->offset + at,
                         (size_t)(cluster_end(item, i) - at));
    if (info->glyph & PANGO_GLYPH_UNKNOWN_FLAG) { /* no font has it: 〓 instead of a hex box */
        double em;
        g.id = font_missing(l->run.font, &em);
        g.advance = mm(info->geometry.width);
        g.dx = (g.advance - em * l->box->style.size * MM_PER_PT) / 2;
        g.dy = 0;
    }
    return g;
}

static void add_item(struct line *l, const PangoGlyphItem *item)
{
    const struct font *font = font_of(item->item->analysis.font);
    if (l->run.n == 0 || l->run.font != font) {
        flush(l);
        l->run.font = font;
        l->run.x = l->x + l->width * cos(l->run.angle);
        l->run.y = l->y + l->width * sin(l->run.angle);
    }
    for (int i = 0; i < item->glyphs->num_glyphs; i++) {
        struct glyph g = glyph_of(l, item, i);
        if (item->glyphs->glyphs[i].glyph == PANGO_GLYPH_EMPTY)
            g.id = UINT32_MAX;
        l->width += g.advance;
        if (g.id == UINT32_MAX) { /* nothing to draw: only its width counts */
            if (l->run.n)
                l->glyphs[l->run.n - 1].advance += g.advance;
            else {
                l->run.x += g.advance * cos(l->run.angle);
                l->run.y += g.advance * sin(l->run.angle);
            }
            continue;
        }
        if (l->run.n == l->cap) {
            l->cap = l->cap ? l->cap * 2 : 64;
            l->glyphs = realloc(l->glyphs, l->cap * sizeof *l->glyphs);
            if (!l->glyphs)
                abort();
        }
        l->glyphs[l->run.n++] = g;
    }
}

/* Line i with its start (before indent) at (x, y) on the base line. */
static void draw_line(const struct box *b, struct device *d, size_t i, double x, double y,
                      double angle)
{
    PangoLayoutLine *line = pango_layout_get_line_readonly(b->layout, (int)i);
    struct line l = { .device = d, .box = b, .x = x, .y = y };
    l.run.size = b->style.size;
    l.run.colour = b->style.colour;
    l.run.angle = angle;
    l.run.silent = b->style.silent;
    l.run.spaced = b->style.spacing > 0;
    for (GSList *at = line->runs; at; at = at->next)
        add_item(&l, at->data);
    flush(&l);
    free(l.glyphs);
}

static double line_width(const struct box *b, size_t i)
{
    PangoRectangle logical;
    pango_layout_line_get_extents(pango_layout_get_line_readonly(b->layout, (int)i), NULL, &logical);
    /* letter spacing stands behind the last letter too, where nobody sees it */
    return mm(logical.width) - b->style.spacing * b->style.size * MM_PER_PT;
}

static double line_start(const struct box *b, size_t i)
{
    PangoLayoutLine *line = pango_layout_get_line_readonly(b->layout, (int)i);
    double em = b->style.size * MM_PER_PT;
    double free_ = b->width - line_width(b, i);
    double from = line->is_paragraph_start ? b->style.indent * em : 0;
    if (b->style.align == ALIGN_CENTRE && b->width > 0)
        return free_ / 2;
    return b->style.align == ALIGN_RIGHT && b->width > 0 ? free_ : from;
}

void box_draw(const struct box *b, struct device *d, double x, double y, size_t from, size_t n)
{
    double em = b->style.size * MM_PER_PT;
    double height = box_line_height(b);
    for (size_t i = from; i < from + n && i < box_lines(b); i++, y += height)
        draw_line(b, d, i, x + line_start(b, i), y + (height - em) / 2 + EM_ASCENT * em, 0);
}

double text_draw(struct device *d, struct sv text, const struct text_style *style, double x,
                 double y, double width)
{
    struct box *b = box_new(text, style, width);
    double height = box_height(b);
    box_draw(b, d, x, y, 0, box_lines(b));
    box_free(b);
    return height;
}

void text_draw_turned(struct device *d, struct sv text, const struct text_style *style, double x,
                      double y, double angle)
{
    struct box *b = box_new(text, style, 0);
    double em = style->size * MM_PER_PT;
    double along = -line_width(b, 0) / 2;
    double below = (EM_ASCENT - 0.5) * em;
    draw_line(b, d, 0, x + along * cos(angle) - below * sin(angle),
              y + along * sin(angle) + below * cos(angle), angle);
    box_free(b);
}
