/* layout: text and tables on a device. mm, except font sizes (pt) and spacing (em).
 *
 * A box is a laid-out paragraph: measured first, drawn later, whole or line by line, so that
 * whoever places it can break pages. Lines are a fixed distance apart and the characters
 * stand in the middle of their line: Chinese type sits on an em square, the fonts' own line
 * metrics (1.45 em) are for mixed scripts and far too loose.
 */
#ifndef YZ_DOC_LAYOUT_H
#define YZ_DOC_LAYOUT_H

#include "doc/device.h"
#include "doc/font.h"

enum align { ALIGN_LEFT, ALIGN_CENTRE, ALIGN_RIGHT, ALIGN_BOTH };

struct text_style {
    enum face face;
    double size;
    struct colour colour;
    enum align align;
    double leading;  /* distance of lines, in sizes; 0 = 1.4 */
    double indent;   /* of the first line, em */
    double spacing;  /* between letters, em */
    bool silent;     /* see struct text_run */
};

/* Text in a width (0 = one line as wide as it is). Never NULL; text must be clean UTF-8. */
struct box;
struct box *box_new(struct sv text, const struct text_style *style, double width);
void box_free(struct box *b);
size_t box_lines(const struct box *b);
double box_line_height(const struct box *b);
double box_height(const struct box *b);
double box_width(const struct box *b); /* of the longest line */
/* Lines from..from+n-1 with the top of the first at y. */
void box_draw(const struct box *b, struct device *d, double x, double y, size_t from, size_t n);

/* Lay out, draw, forget; the height used. */
double text_draw(struct device *d, struct sv text, const struct text_style *style, double x,
                 double y, double width);
/* One line with its middle at (x, y), turned by angle. */
void text_draw_turned(struct device *d, struct sv text, const struct text_style *style, double x,
                      double y, double angle);

/* ---- tables ---- */

struct table_style {
    struct text_style head, cell;
    double pad_x, pad_y;
    double rule;              /* width of lines */
    struct colour rule_colour, head_fill;
    const enum align *aligns; /* per column; NULL = as in cell */
};

struct table {
    size_t n_cols, n_rows;
    const struct sv *heads;
    const struct sv *const *rows;
    const double *widths;     /* mm per column */
    const struct table_style *style;
};

/* Where a table finds room: called when a row does not fit; moves to a new page and returns
 * its first y. */
struct flow {
    struct device *device;
    double y, top, bottom; /* top: where a fresh page begins */
    double (*next_page)(void *ctx);
    void *ctx;
};

double table_head_height(const struct table *t);
double table_row_height(const struct table *t, size_t row);
double table_height(const struct table *t);
/* Draws all from flow->y on, left edge x; the head is repeated on every page, a row that is
 * taller than a page continues on the next one. flow->y ends below. */
void table_draw(const struct table *t, struct flow *flow, double x);

/* ---- figures ---- */

/* A circle as four curves: out holds 6. Returns 6. */
size_t circle_path(double x, double y, double radius, struct path_op *out);
/* The seal's place: ring, star, name around; word (示例) below the star when given. */
void seal_draw(struct device *d, struct sv name, struct sv word, double x, double y,
               double diameter);
/* 示例 across a paper, middle at (x, y); size in pt. */
void sample_mark(struct device *d, double x, double y, double size);
/* Why a paper counts no more, framed, across it: at most that wide. */
void void_mark(struct device *d, struct sv note, double x, double y, double most);
/* The side of the modules alone, by the limits in style.h. */
double qr_side(const struct qr *q);
/* White ground with quiet zone; x, y is the corner of the modules. */
void qr_draw(struct device *d, const struct qr *q, double x, double y, double side);

#endif
