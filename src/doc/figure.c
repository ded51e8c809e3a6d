/* figure: circle, seal and QR code, see layout.h. */
#include <math.h>

#include "base/utf8.h"
#include "doc/layout.h"
#include "doc/style.h"

/* Control points of a quarter circle, in radii. */
#define QUARTER 0.5523

size_t circle_path(double x, double y, double r, struct path_op *out)
{
    double k = r * QUARTER;
    out[0] = (struct path_op){ .op = PATH_MOVE, .x = x + r, .y = y };
    out[1] = (struct path_op){ PATH_CURVE, x, y + r, x + r, y + k, x + k, y + r };
    out[2] = (struct path_op){ PATH_CURVE, x - r, y, x - k, y + r, x - r, y + k };
    out[3] = (struct path_op){ PATH_CURVE, x, y - r, x - r, y - k, x - k, y - r };
    out[4] = (struct path_op){ PATH_CURVE, x + r, y, x + k, y - r, x + r, y - k };
    out[5] = (struct path_op){ .op = PATH_CLOSE };
    return 6;
}

static void star_draw(struct device *d, double x, double y, double radius, struct colour c)
{
    struct path_op ops[11];
    for (int i = 0; i < 10; i++) {
        double r = i % 2 ? radius * 0.381966 : radius; /* points of a regular pentagram */
        double a = M_PI * (i / 5.0 - 0.5);
        ops[i] = (struct path_op){ .op = i ? PATH_LINE : PATH_MOVE, .x = x + r * cos(a),
                                   .y = y + r * sin(a) };
    }
    ops[10] = (struct path_op){ .op = PATH_CLOSE };
    d->path(d, ops, 11, 0, c);
}

/* The name runs clockwise along the upper part, open at the bottom; long names get smaller. */
static void ring_text(struct device *d, struct sv name, double x, double y, double radius)
{
    size_t n = utf8_count(name);
    double open = n <= 8 ? 150 : n <= 14 ? 110 : 80; /* degrees left free below */
    double step = n > 1 ? (360 - open) / (double)(n - 1) * M_PI / 180 : 0;
    double at = -step * (double)(n - 1) / 2 - M_PI / 2;
    double size = radius * 0.27;
    double most = step * radius * 0.80;
    if (n > 1 && size > most)
        size = most;
    struct text_style s = { .face = FACE_SERIF_BOLD, .size = size / MM_PER_PT, .colour = SEAL_RED,
                            .silent = true };
    double r = radius * 0.93 - size / 2;
    while (name.n) {
        struct sv rest = name;
        utf8_next(&rest);
        struct sv letter = sv_make(name.p, name.n - rest.n);
        text_draw_turned(d, letter, &s, x + r * cos(at), y + r * sin(at), at + M_PI / 2);
        at += step;
        name = rest;
    }
}

void seal_draw(struct device *d, struct sv name, struct sv word, double x, double y,
               double diameter)
{
    struct path_op ops[6];
    double width = diameter * 0.03;
    if (d->seal && d->seal(d, x, y, diameter))
        return;
    double radius = diameter / 2 - width / 2;
    d->path(d, ops, circle_path(x, y, radius, ops), width, SEAL_RED);
    ring_text(d, name, x, y, radius - width);
    star_draw(d, x, y, diameter * 0.145, SEAL_RED);
    if (!sv_empty(word)) {
        struct text_style s = { .face = FACE_SERIF_BOLD, .size = diameter * 0.115 / MM_PER_PT,
                                .colour = SEAL_RED, .spacing = 0.3, .silent = true };
        text_draw_turned(d, word, &s, x, y + diameter * 0.27, 0);
    }
}

void sample_mark(struct device *d, double x, double y, double size)
{
    struct text_style s = { .face = FACE_SERIF_BOLD, .size = size, .colour = SAMPLE_INK,
                            .spacing = 0.5, .silent = true };
    text_draw_turned(d, SV("示例"), &s, x, y, -0.35);
}

/* Normally of 60 pt on a width of 225 mm. */
void void_mark(struct device *d, struct sv note, double x, double y, double most)
{
    const double k = most / 225, angle = -0.48;
    struct text_style s = { .face = FACE_SERIF_BOLD, .size = 60 * k, .colour = VOID_RED };
    struct box *b = box_new(note, &s, 0);
    double wide = box_width(b);
    box_free(b);
    if (wide > most)
        s.size *= most / wide;
    double half_w = fmin(wide, most) / 2 + 8 * k;
    double half_h = s.size * MM_PER_PT * 0.85;
    struct path_op ops[5];
    for (int i = 0; i < 4; i++) {
        double u = i == 0 || i == 3 ? -half_w : half_w;
        double v = i < 2 ? -half_h : half_h;
        ops[i] = (struct path_op){ .op = i ? PATH_LINE : PATH_MOVE,
                                   .x = x + u * cos(angle) - v * sin(angle),
                                   .y = y + u * sin(angle) + v * cos(angle) };
    }
    ops[4] = (struct path_op){ .op = PATH_CLOSE };
    d->path(d, ops, 5, 1.1 * k, VOID_RED);
    text_draw_turned(d, note, &s, x, y, angle);
}

double qr_side(const struct qr *q)
{
    double side = q->size * QR_MODULE;
    if (side > QR_MOST)
        return QR_MOST;
    return side > QR_LEAST ? side : QR_LEAST;
}

void qr_draw(struct device *d, const struct qr *q, double x, double y, double side)
{
    double quiet = side / q->size * QR_QUIET;
    d->rect(d, x - quiet, y - quiet, side + 2 * quiet, side + 2 * quiet, 0, WHITE);
    d->qr(d, q, x, y, side);
}
