/* device_png: a paper as a picture: the licence on a phone, the face of an electronic seal.
 *
 * Glyphs are filled outlines, not text, so a picture does not depend on how cairo would render
 * fonts; equal content is equal bytes. */
#include <cairo.h>
#include <math.h>
#include <stdlib.h>

#include "doc/font.h"

enum { SIDE_MAX = 8000 };

struct png_device {
    struct device device;
    double scale; /* pixels per mm */
    bool transparent;
    cairo_surface_t *surface;
    cairo_t *cr;
    unsigned pages;
};

static struct png_device *of(struct device *d)
{
    return (struct png_device *)d;
}

static void png_page(struct device *d, double width, double height)
{
    struct png_device *p = of(d);
    long w = lround(width * p->scale);
    long h = lround(height * p->scale);
    p->pages++;
    if (p->cr || w < 1 || h < 1 || w > SIDE_MAX || h > SIDE_MAX)
        return;
    p->surface = cairo_image_surface_create(p->transparent ? CAIRO_FORMAT_ARGB32
                                                           : CAIRO_FORMAT_RGB24, (int)w, (int)h);
    p->cr = cairo_create(p->surface);
    cairo_scale(p->cr, p->scale, p->scale);
    if (!p->transparent) {
        cairo_set_source_rgb(p->cr, 1, 1, 1);
        cairo_paint(p->cr);
    }
}

static void set_colour(struct png_device *p, struct colour c)
{
    cairo_set_source_rgba(p->cr, c.r / 255.0, c.g / 255.0, c.b / 255.0, c.alpha);
}

static void paint(struct png_device *p, double width, struct colour c)
{
    set_colour(p, c);
    if (width > 0) {
        cairo_set_line_width(p->cr, width);
        cairo_stroke(p->cr);
    } else {
        cairo_fill(p->cr);
    }
}

static void png_rect(struct device *d, double x, double y, double w, double h, double width,
                     struct colour c)
{
    if (!of(d)->cr)
        return;
    cairo_rectangle(of(d)->cr, x, y, w, h);
    paint(of(d), width, c);
}

static void png_path(struct device *d, const struct path_op *ops, size_t n, double width,
                     struct colour c)
{
    cairo_t *cr = of(d)->cr;
    if (!cr)
        return;
    for (size_t i = 0; i < n; i++) {
        const struct path_op *o = &ops[i];
        switch (o->op) {
        case PATH_MOVE: cairo_move_to(cr, o->x, o->y); break;
        case PATH_LINE: cairo_line_to(cr, o->x, o->y); break;
        case PATH_CURVE: cairo_curve_to(cr, o->x1, o->y1, o->x2, o->y2, o->x, o->y); break;
        case PATH_CLOSE: cairo_close_path(cr); break;
        }
    }
    paint(of(d), width, c);
}

static void png_line(struct device *d, double x1, double y1, double x2, double y2, double width,
                     struct colour c)
{
    const struct path_op ops[2] = { { .op = PATH_MOVE, .x = x1, .y = y1 },
                                    { .op = PATH_LINE, .x = x2, .y = y2 } };
    png_path(d, ops, 2, width, c);
}

/* Whole pixels, no grey between modules: this is for cameras. */
static void png_qr(struct device *d, const struct qr *q, double x, double y, double side)
{
    struct png_device *p = of(d);
    double module = floor(side * p->scale / q->size);
    if (!p->cr)
        return;
    if (module < 1)
        module = side * p->scale / q->size;
    double left = floor(x * p->scale + (side * p->scale - module * q->size) / 2);
    double top = floor(y * p->scale + (side * p->scale - module * q->size) / 2);
    cairo_save(p->cr);
    cairo_identity_matrix(p->cr);
    for (unsigned v = 0; v < q->size; v++) {
        for (unsigned u = 0; u < q->size;) {
            unsigned run = qr_run(q, u, v);
            if (run)
                cairo_rectangle(p->cr, left + u * module, top + v * module, run * module, module);
            u += run ? run : 1;
        }
    }
    cairo_restore(p->cr);
    paint(p, 0, (struct colour){ 0, 0, 0, 1 });
}

static void pen_move(void *cr, float x, float y)
{
    cairo_move_to(cr, x, y);
}

static void pen_line(void *cr, float x, float y)
{
    cairo_line_to(cr, x, y);
}

static void pen_curve(void *cr, float x1, float y1, float x2, float y2, float x, float y)
{
    cairo_curve_to(cr, x1, y1, x2, y2, x, y);
}

static void png_text(struct device *d, const struct text_run *r)
{
    cairo_t *cr = of(d)->cr;
    const struct font_pen pen = { pen_move, pen_line, pen_curve, cr };
    double unit = r->size * MM_PER_PT / 1000;
    double at = 0;
    if (!cr)
        return;
    cairo_save(cr);
    cairo_translate(cr, r->x, r->y);
    cairo_rotate(cr, r->angle);
    for (size_t i = 0; i < r->n; i++) {
        const struct glyph *g = &r->glyphs[i];
        cairo_save(cr);
        cairo_translate(cr, at + g->dx, g->dy);
        cairo_scale(cr, unit, -unit);
        font_outline(r->font, g->id, &pen);
        cairo_restore(cr);
        at += g->advance;
    }
    cairo_restore(cr);
    paint(of(d), 0, r->colour);
}

static cairo_status_t put(void *out, const unsigned char *data, unsigned n)
{
    buf_add(out, data, n);
    return buf_ok(out) ? CAIRO_STATUS_SUCCESS : CAIRO_STATUS_WRITE_ERROR;
}

static int png_finish(struct device *d, struct buf *out, struct err *e)
{
    struct png_device *p = of(d);
    if (p->pages != 1 || !p->cr || cairo_status(p->cr) != CAIRO_STATUS_SUCCESS ||
        cairo_surface_write_to_png_stream(p->surface, put, out) != CAIRO_STATUS_SUCCESS)
        return err_set(e, ERR_TOO_LARGE, "图太大，画不下一页");
    return 0;
}

static void png_free(struct device *d)
{
    struct png_device *p = of(d);
    if (p->cr)
        cairo_destroy(p->cr);
    if (p->surface)
        cairo_surface_destroy(p->surface);
    free(p);
}

struct device *device_png_new(double pixels_per_mm, bool transparent)
{
    struct png_device *p = mem_new(sizeof *p);
    p->device = (struct device){ png_page, png_text, png_rect, png_line, png_path, png_qr,
                                 png_finish, png_free, NULL };
    p->scale = pixels_per_mm;
    p->transparent = transparent;
    return &p->device;
}
