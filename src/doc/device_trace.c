/* device_trace: every mark as one line of text, for golden tests; and the device that draws
 * nothing, for a first pass that only counts pages. Coordinates are given to 0.1 mm: enough
 * to see a mark move, too coarse to see another patch version of a library. */
#include <math.h>
#include <stdlib.h>

#include "doc/font.h"

enum { TRACE_CAP = 8 * 1024 * 1024 };

struct trace_device {
    struct device device;
    struct buf out;
};

static struct buf *out_of(struct device *d)
{
    return &((struct trace_device *)d)->out;
}

static void number(struct buf *b, double v)
{
    long tenths = lround(v * 10);
    buf_fmt(b, " %s%ld.%ld", tenths < 0 ? "-" : "", labs(tenths) / 10, labs(tenths) % 10);
}

static void colour(struct buf *b, struct colour c)
{
    buf_fmt(b, " #%02x%02x%02x", c.r, c.g, c.b);
    if (c.alpha != 1)
        buf_fmt(b, "/%ld%%", lround(c.alpha * 100));
}

static void paint(struct buf *b, double width, struct colour c)
{
    if (width > 0) {
        buf_str(b, " line");
        number(b, width);
    } else {
        buf_str(b, " fill");
    }
    colour(b, c);
    buf_byte(b, '\n');
}

static void trace_page(struct device *d, double width, double height)
{
    struct buf *b = out_of(d);
    buf_str(b, "page");
    number(b, width);
    number(b, height);
    buf_byte(b, '\n');
}

static void trace_text(struct device *d, const struct text_run *r)
{
    struct buf *b = out_of(d);
    double width = 0;
    buf_str(b, "text");
    number(b, r->x);
    number(b, r->y);
    for (size_t i = 0; i < r->n; i++)
        width += r->glyphs[i].advance;
    buf_str(b, " wide");
    number(b, width);
    buf_fmt(b, " %s", font_name(r->font));
    number(b, r->size);
    colour(b, r->colour);
    if (r->angle != 0) {
        buf_str(b, " turned");
        number(b, r->angle * 180 / G_PI);
    }
    buf_str(b, r->silent ? " silent " : " ");
    for (size_t i = 0; i < r->n; i++)
        buf_sv_add(b, r->glyphs[i].text);
    buf_byte(b, '\n');
}

static void trace_rect(struct device *d, double x, double y, double w, double h, double width,
                       struct colour c)
{
    struct buf *b = out_of(d);
    buf_str(b, "rect");
    number(b, x);
    number(b, y);
    number(b, w);
    number(b, h);
    paint(b, width, c);
}

static void trace_line(struct device *d, double x1, double y1, double x2, double y2, double width,
                       struct colour c)
{
    struct buf *b = out_of(d);
    buf_str(b, "line");
    number(b, x1);
    number(b, y1);
    number(b, x2);
    number(b, y2);
    paint(b, width, c);
}

static void trace_path(struct device *d, const struct path_op *ops, size_t n, double width,
                       struct colour c)
{
    struct buf *b = out_of(d);
    buf_str(b, "path");
    for (size_t i = 0; i < n; i++) {
        buf_fmt(b, " %c", "MLCZ"[ops[i].op]);
        if (ops[i].op == PATH_CLOSE)
            continue;
        number(b, ops[i].x);
        number(b, ops[i].y);
    }
    paint(b, width, c);
}

static void trace_qr(struct device *d, const struct qr *q, double x, double y, double side)
{
    struct buf *b = out_of(d);
    buf_str(b, "qr");
    number(b, x);
    number(b, y);
    number(b, side);
    buf_fmt(b, " version %u\n", q->version);
}

static int trace_finish(struct device *d, struct buf *out, struct err *e)
{
    struct buf *b = out_of(d);
    buf_sv_add(out, buf_sv(b));
    return buf_ok(b) && buf_ok(out) ? 0 : err_set(e, ERR_TOO_LARGE, "文书内容过多");
}

static void trace_free(struct device *d)
{
    buf_done(out_of(d));
    free(d);
}

struct device *device_trace_new(const struct doc_facts *facts)
{
    struct trace_device *t = mem_new(sizeof *t);
    t->device = (struct device){ trace_page, trace_text, trace_rect, trace_line, trace_path,
                                 trace_qr, trace_finish, trace_free, NULL };
    buf_init(&t->out, TRACE_CAP);
    buf_str(&t->out, "title ");
    buf_sv_add(&t->out, facts->title);
    buf_byte(&t->out, '\n');
    return &t->device;
}

/* ---- nothing ---- */

static void null_page(struct device *d, double width, double height)
{
    (void)d, (void)width, (void)height;
}

static void null_text(struct device *d, const struct text_run *r)
{
    (void)d, (void)r;
}

static void null_rect(struct device *d, double x, double y, double w, double h, double width,
                      struct colour c)
{
    (void)d, (void)x, (void)y, (void)w, (void)h, (void)width, (void)c;
}

static void null_path(struct device *d, const struct path_op *ops, size_t n, double width,
                      struct colour c)
{
    (void)d, (void)ops, (void)n, (void)width, (void)c;
}

static void null_qr(struct device *d, const struct qr *q, double x, double y, double side)
{
    (void)d, (void)q, (void)x, (void)y, (void)side;
}

static int null_finish(struct device *d, struct buf *out, struct err *e)
{
    (void)d, (void)out, (void)e;
    return 0;
}

static void null_free(struct device *d)
{
    free(d);
}

struct device *device_null_new(void)
{
    struct device *d = mem_new(sizeof *d);
    *d = (struct device){ null_page, null_text, null_rect, null_rect, null_path, null_qr,
                          null_finish, null_free, NULL };
    return d;
}
