/* doc_poster: 窗口海报, A3 portrait, to be read from two metres: what it is, what it saves, how it goes,
 * what to bring, whom to ask. The list of what to bring gets the room that is left: it is set in the
 * largest size that fits, and nothing is cut.
 */
#include "doc/doc.h"

#include <stdio.h>

#include "base/utf8.h"
#include "doc/layout.h"
#include "doc/style.h"

enum { TEXT_MAX = 4000, MAX_FIGURES = 4, MAX_STEPS = 5, MAX_BRING = 40, MAX_WINDOWS = 3 };

#define WIDTH (POST_W - 2 * POST_MARGIN)
#define BOTTOM (POST_H - 12)

static const double BRING_SIZES[] = { 20, 18, 16, 15, 14, 13, 12, 11, 10, 9, 8 };
enum { SIZES = sizeof BRING_SIZES / sizeof *BRING_SIZES };

struct poster {
    const struct doc_poster *d;
    struct device *device;
    struct qr qr;
    double y;
};

static struct text_style style(enum face face, double size, struct colour c, enum align align)
{
    return (struct text_style){ .face = face, .size = size, .colour = c, .align = align };
}

/* One line as large as fits the width, at most size. */
static double one_line(struct device *d, struct sv text, struct text_style s, double x, double y,
                       double width)
{
    struct box *b = box_new(text, &s, 0);
    double wide = box_width(b);
    box_free(b);
    if (wide > width)
        s.size *= width / wide * 0.99;
    return text_draw(d, text, &s, x, y, width);
}

static void band(struct poster *p)
{
    struct device *d = p->device;
    struct text_style kicker = style(FACE_SANS, 24, WHITE, ALIGN_LEFT);
    struct text_style title = style(FACE_SANS_BOLD, 84, WHITE, ALIGN_LEFT);
    struct text_style subtitle = style(FACE_SANS_BOLD, 27, WHITE, ALIGN_LEFT);
    title.leading = 1.2;
    d->rect(d, 0, 0, POST_W, POST_BAND, 0, ACTION);
    text_draw(d, p->d->kicker, &kicker, POST_MARGIN, 10, WIDTH);
    one_line(d, p->d->title, title, POST_MARGIN, 25, WIDTH);
    one_line(d, p->d->subtitle, subtitle, POST_MARGIN, 65, WIDTH);
    p->y = POST_BAND + 9;
}

/* A large number with its small unit, their middle at x. */
static void number_and_unit(struct device *d, struct sv number, struct sv unit, double x, double y)
{
    struct text_style big = style(FACE_SANS_BOLD, 50, ACTION, ALIGN_LEFT);
    struct text_style small = style(FACE_SANS_BOLD, 19, ACTION, ALIGN_LEFT);
    big.leading = small.leading = 1;
    struct box *n = box_new(number, &big, 0);
    struct box *u = box_new(unit, &small, 0);
    double left = x - (box_width(n) + 1.5 + box_width(u)) / 2;
    box_draw(n, d, left, y, 0, 1);
    box_draw(u, d, left + box_width(n) + 1.5, y + (big.size - small.size) * MM_PER_PT * 0.88, 0, 1);
    box_free(n);
    box_free(u);
}

/* Name, what it takes together, what it took one by one, in a tinted field. */
static void figure(struct poster *p, const struct doc_poster_figure *f, double x, double width)
{
    struct device *d = p->device;
    struct text_style name = style(FACE_SANS, 17, SOFT_INK, ALIGN_CENTRE);
    struct text_style before = style(FACE_SANS, 15, SOFT_INK, ALIGN_CENTRE);
    char text[160];
    d->rect(d, x, p->y, width, 43, 0, ACTION_SOFT);
    text_draw(d, f->name, &name, x, p->y + 3, width);
    number_and_unit(d, f->after, f->unit, x + width / 2, p->y + 11);
    snprintf(text, sizeof text, "逐个办：%.*s%.*s", (int)f->before.n, f->before.p,
             (int)f->unit.n, f->unit.p);
    text_draw(d, f->before.n ? sv_of(text) : SV("逐个办：待核定"), &before, x, p->y + 32, width);
}

static void figures(struct poster *p)
{
    const double gap = 5;
    const struct doc_poster *d = p->d;
    if (d->n_figures == 0)
        return;
    double width = (WIDTH - gap * (double)(d->n_figures - 1)) / (double)d->n_figures;
    for (size_t i = 0; i < d->n_figures; i++)
        figure(p, &d->figures[i], POST_MARGIN + (double)i * (width + gap), width);
    p->y += 45;
    struct text_style small = style(FACE_SANS, 10, SOFT_INK, ALIGN_LEFT);
    p->y += text_draw(p->device, d->figures_note, &small, POST_MARGIN, p->y, WIDTH) + 6;
}

static double heading(struct poster *p, struct sv text, double x, double y)
{
    struct text_style s = style(FACE_SANS_BOLD, 25, ACTION, ALIGN_LEFT);
    return text_draw(p->device, text, &s, x, y, WIDTH);
}

/* Its height. */
static double step(struct poster *p, size_t i, double x, double y, double width)
{
    const double r = 7;
    const struct doc_poster_step *s = &p->d->steps[i];
    struct text_style title = style(FACE_SANS_BOLD, 19, INK, ALIGN_LEFT);
    struct text_style text = style(FACE_SANS, 13.5, INK, ALIGN_LEFT);
    struct text_style number = style(FACE_SANS_BOLD, 22, WHITE, ALIGN_CENTRE);
    struct path_op ops[6];
    char digit[24];
    snprintf(digit, sizeof digit, "%zu", i + 1);
    p->device->path(p->device, ops, circle_path(x + r, y + r, r, ops), 0, ACTION);
    text_draw(p->device, sv_of(digit), &number, x, y + r - 22 * MM_PER_PT * 0.7, 2 * r);
    if (i + 1 < p->d->n_steps)
        p->device->line(p->device, x + 2 * r + 2, y + r, x + width + 2, y + r, 0.8, ACTION);
    double at = y + 2 * r + 2.5;
    at += text_draw(p->device, s->title, &title, x, at, width - 2) + 1;
    at += text_draw(p->device, s->text, &text, x, at, width - 2);
    return at - y;
}

static void steps(struct poster *p)
{
    const double gap = 5;
    const struct doc_poster *d = p->d;
    double width = (WIDTH - gap * (double)(d->n_steps - 1)) / (double)d->n_steps;
    p->y += heading(p, SV("怎么办"), POST_MARGIN, p->y) + 3;
    double most = 0;
    for (size_t i = 0; i < d->n_steps; i++) {
        double height = step(p, i, POST_MARGIN + (double)i * (width + gap), p->y, width);
        most = height > most ? height : most;
    }
    p->y += most + 7;
}

/* Lays out what to bring; draws it unless d is NULL. Its height. */
static double bring_at(const struct poster *p, struct device *d, double size, double width)
{
    struct text_style title = style(FACE_SANS_BOLD, size, INK, ALIGN_LEFT);
    struct text_style text = style(FACE_SANS, size, INK, ALIGN_LEFT);
    struct text_style note = style(FACE_SANS, size * 0.85, SOFT_INK, ALIGN_LEFT);
    double y = 0;
    struct device *none = d ? NULL : device_null_new();
    struct device *to = d ? d : none;
    title.leading = text.leading = 1.42;
    for (size_t i = 0; i < p->d->n_bring; i++) {
        const struct doc_poster_step *b = &p->d->bring[i];
        y += text_draw(to, b->title, &title, POST_MARGIN, p->y + y, width);
        y += text_draw(to, b->text, &text, POST_MARGIN, p->y + y, width) + size * 0.12;
    }
    y += text_draw(to, p->d->bring_note, &note, POST_MARGIN, p->y + y, width);
    if (none)
        none->free(none);
    return y;
}

static void code(struct poster *p, double x, double y)
{
    struct text_style note = style(FACE_SANS_BOLD, 15, INK, ALIGN_CENTRE);
    double quiet = POST_QR / p->qr.size * QR_QUIET;
    p->device->rect(p->device, x - quiet, y, POST_QR + 2 * quiet, POST_QR + 2 * quiet, 0, WHITE);
    p->device->rect(p->device, x - quiet, y, POST_QR + 2 * quiet, POST_QR + 2 * quiet, 0.4, ACTION);
    p->device->qr(p->device, &p->qr, x, y + quiet, POST_QR);
    text_draw(p->device, p->d->qr_note, &note, x - quiet - 2, y + POST_QR + 2 * quiet + 3,
              POST_QR + 2 * quiet + 4);
}

/* Height of the windows at the foot. */
static double windows(struct poster *p, bool draw, double y)
{
    struct device *none = device_null_new();
    struct device *d = draw ? p->device : none;
    struct text_style name = style(FACE_SANS_BOLD, 15, INK, ALIGN_LEFT);
    struct text_style text = style(FACE_SANS, 12.5, INK, ALIGN_LEFT);
    struct text_style foot = style(FACE_SANS, 9, SOFT_INK, ALIGN_LEFT);
    double from = y;
    size_t n = p->d->n_windows;
    double width = n ? (WIDTH - 6 * (double)(n - 1)) / (double)n : WIDTH;
    double most = 0;
    d->line(d, POST_MARGIN, y, POST_W - POST_MARGIN, y, 0.8, ACTION);
    y += 3;
    struct text_style head = style(FACE_SANS_BOLD, 20, ACTION, ALIGN_LEFT);
    y += text_draw(d, SV("到哪里、问谁"), &head, POST_MARGIN, y, WIDTH) + 1.5;
    for (size_t i = 0; i < n; i++) {
        const struct doc_poster_window *w = &p->d->windows[i];
        const struct sv lines[] = { w->address, w->phone, w->hours };
        double x = POST_MARGIN + (double)i * (width + 6);
        double at = y + text_draw(d, w->name, &name, x, y, width);
        for (size_t k = 0; k < sizeof lines / sizeof *lines; k++)
            if (!sv_empty(lines[k]))
                at += text_draw(d, lines[k], &text, x, at, width);
        most = at - y > most ? at - y : most;
    }
    y += most + 3;
    y += text_draw(d, p->d->foot, &foot, POST_MARGIN, y, WIDTH);
    none->free(none);
    return y - from;
}

static int body(struct poster *p, struct err *e)
{
    double foot = windows(p, false, 0);
    double last = BOTTOM - foot;
    double side = p->qr.size ? POST_QR + 2 * (POST_QR / p->qr.size * QR_QUIET) : 0;
    double width = p->qr.size ? WIDTH - side - 10 : WIDTH;
    band(p);
    figures(p);
    steps(p);
    double top = p->y;
    p->y += heading(p, SV("带什么"), POST_MARGIN, p->y) + 1.5;
    for (int i = 0; i < SIZES; i++) {
        if (p->y + bring_at(p, NULL, BRING_SIZES[i], width) > last - 4)
            continue;
        bring_at(p, p->device, BRING_SIZES[i], width);
        if (p->qr.size)
            code(p, POST_W - POST_MARGIN - side + POST_QR / p->qr.size * QR_QUIET, top + 4);
        windows(p, true, last);
        return 0;
    }
    return err_set(e, ERR_TOO_LARGE, "海报上要写的内容太多");
}

/* ---- checking ---- */

static bool ok(struct sv s)
{
    return s.n <= TEXT_MAX && utf8_clean(s);
}

static int check(const struct doc_poster *d, struct err *e)
{
    bool good = ok(d->kicker) && ok(d->title) && ok(d->subtitle) && ok(d->figures_note) &&
                ok(d->bring_note) && ok(d->qr_note) && ok(d->foot);
    if (d->n_figures > MAX_FIGURES || d->n_steps < 1 || d->n_steps > MAX_STEPS ||
        d->n_bring > MAX_BRING || d->n_windows > MAX_WINDOWS)
        return err_set(e, ERR_TOO_LARGE, "海报内容过多");
    for (size_t i = 0; i < d->n_figures; i++)
        good = good && ok(d->figures[i].name) && d->figures[i].before.n < 30 &&
               d->figures[i].after.n < 30 && d->figures[i].unit.n < 30;
    for (size_t i = 0; i < d->n_steps; i++)
        good = good && ok(d->steps[i].title) && ok(d->steps[i].text);
    for (size_t i = 0; i < d->n_bring; i++)
        good = good && ok(d->bring[i].title) && ok(d->bring[i].text);
    for (size_t i = 0; i < d->n_windows; i++)
        good = good && ok(d->windows[i].name) && ok(d->windows[i].address) &&
               ok(d->windows[i].phone) && ok(d->windows[i].hours);
    return good ? 0 : err_set(e, ERR_INVALID, "海报有过长或无法识别的文字");
}

int doc_poster(const struct doc_poster *d, enum doc_format format, struct buf *out, struct err *e)
{
    struct poster p = { .d = d };
    int rc = check(d, e);
    if (rc == 0)
        rc = font_check(e);
    if (rc == 0 && !sv_empty(d->qr_text))
        rc = qr_encode(d->qr_text, 'M', &p.qr, e);
    if (rc < 0)
        return rc;
    struct doc_facts facts = { .title = d->title, .author = d->kicker };
    p.device = device_new(format, &facts);
    p.device->page(p.device, POST_W, POST_H);
    rc = body(&p, e);
    if (rc == 0)
        rc = p.device->finish(p.device, out, e);
    p.device->free(p.device);
    qr_done(&p.qr);
    return rc;
}
