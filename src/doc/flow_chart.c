/* flow_chart: see flow_chart.h and struct doc_flow. The wide layout has a column of lane names on the
 * left; the narrow one hangs every box on a trunk line, parallel ones under each other. */
#include "doc/flow_chart.h"

#include <math.h>
#include <stdio.h>

#include "base/utf8.h"
#include "doc/style.h"

enum { MAX_NODES = 400, MAX_EDGES = 1200, TEXT_MAX = 2000, WORDS_MAX = 64000, NOTES = 12 };

struct chart {
    const struct doc_flow *d;
    struct chart_place at;
    struct flow *flow;
    struct device *device;
};

/* ---- small marks ---- */

static void dashes(struct device *d, double x1, double y1, double x2, double y2, double width,
                   struct colour c)
{
    double length = hypot(x2 - x1, y2 - y1);
    size_t n = (size_t)(length / 2.0) + 1; /* a dash and its gap: about 2 mm */
    for (size_t i = 0; i < n; i++) {
        double from = (double)i / (double)n;
        double to = from + 0.6 / (double)n;
        d->line(d, x1 + (x2 - x1) * from, y1 + (y2 - y1) * from, x1 + (x2 - x1) * to,
                y1 + (y2 - y1) * to, width, c);
    }
}

/* A triangle with its point at (x, y), in direction (dx, dy). */
static void arrow(struct device *d, double x, double y, double dx, double dy, struct colour c)
{
    const double l = 1.9;
    const double w = 0.95;
    const struct path_op ops[4] = {
        { .op = PATH_MOVE, .x = x, .y = y },
        { .op = PATH_LINE, .x = x - dx * l - dy * w, .y = y - dy * l + dx * w },
        { .op = PATH_LINE, .x = x - dx * l + dy * w, .y = y - dy * l - dx * w },
        { .op = PATH_CLOSE },
    };
    d->path(d, ops, 4, 0, c);
}

static void rounded(struct device *d, double x, double y, double w, double h, double width,
                    struct colour c)
{
    const double r = 1.2;
    const double k = r * 0.4477;
    const struct path_op ops[9] = {
        { .op = PATH_MOVE, .x = x + r, .y = y },
        { .op = PATH_LINE, .x = x + w - r, .y = y },
        { PATH_CURVE, x + w, y + r, x + w - k, y, x + w, y + k },
        { .op = PATH_LINE, .x = x + w, .y = y + h - r },
        { PATH_CURVE, x + w - r, y + h, x + w, y + h - k, x + w - k, y + h },
        { .op = PATH_LINE, .x = x + r, .y = y + h },
        { PATH_CURVE, x, y + h - r, x + k, y + h, x, y + h - k },
        { .op = PATH_LINE, .x = x, .y = y + r },
        { PATH_CURVE, x + r, y, x, y + k, x + k, y },
    };
    d->path(d, ops, 9, width, c);
}

static struct colour edge_colour(bool wait, bool critical)
{
    return wait ? AMBER : critical ? ACTION : LINE_GREY;
}

static void edge_line(struct chart *c, double x1, double y1, double x2, double y2, bool wait,
                      bool critical)
{
    struct colour colour = edge_colour(wait, critical);
    if (wait)
        dashes(c->device, x1, y1, x2, y2, FLOW_THIN * 1.4, colour);
    else
        c->device->line(c->device, x1, y1, x2, y2, critical ? FLOW_THICK : FLOW_THIN, colour);
}

/* ---- a box ---- */

struct part { struct sv text; struct text_style style; };

/* The texts of a box from top to bottom; their number. */
static size_t parts(const struct chart *c, const struct doc_flow_node *x, struct part out[4])
{
    const double s = c->at.scale;
    const enum align align = c->at.narrow ? ALIGN_LEFT : ALIGN_CENTRE;
    const struct { struct sv text; enum face face; double size; struct colour colour; } rows[] = {
        { c->at.narrow ? x->head : SV(""), FACE_SANS, FLOW_TEXT, SOFT_INK },
        { x->title, FACE_SANS_BOLD, x->caption ? FLOW_TEXT : FLOW_TITLE, x->wait ? AMBER : INK },
        { x->text, FACE_SANS, FLOW_TEXT, INK },
        { x->time, FACE_SANS_BOLD, FLOW_TEXT, x->wait ? AMBER : ACTION },
    };
    size_t n = 0;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        if (!sv_empty(rows[i].text))
            out[n++] = (struct part){ rows[i].text, { .face = rows[i].face,
                                                      .size = rows[i].size * s,
                                                      .colour = rows[i].colour, .align = align } };
    return n;
}

static double node_height(const struct chart *c, const struct doc_flow_node *x, double width)
{
    struct part list[4];
    size_t n = parts(c, x, list);
    double h = 2 * FLOW_PAD;
    for (size_t i = 0; i < n; i++) {
        struct box *b = box_new(list[i].text, &list[i].style, width - 2 * FLOW_PAD);
        h += box_height(b);
        box_free(b);
    }
    return h;
}

static void node_draw(const struct chart *c, const struct doc_flow_node *x, double left, double top,
                      double width, double height)
{
    struct device *d = c->device;
    struct part list[4];
    size_t n = parts(c, x, list);
    double y = top + FLOW_PAD + (height - node_height(c, x, width)) / 2;
    if (x->caption) {
        rounded(d, left, top, width, height, 0, ACTION_SOFT);
    } else if (x->wait) {
        d->rect(d, left, top, width, height, 0, AMBER_SOFT);
        dashes(d, left, top, left + width, top, FLOW_THIN, AMBER);
        dashes(d, left, top + height, left + width, top + height, FLOW_THIN, AMBER);
        dashes(d, left, top, left, top + height, FLOW_THIN, AMBER);
        dashes(d, left + width, top, left + width, top + height, FLOW_THIN, AMBER);
    } else {
        rounded(d, left, top, width, height, 0, WHITE);
        rounded(d, left, top, width, height, x->critical ? FLOW_THICK : FLOW_THIN,
                x->critical ? ACTION : LINE_GREY);
    }
    for (size_t i = 0; i < n; i++)
        y += text_draw(d, list[i].text, &list[i].style, left + FLOW_PAD, y, width - 2 * FLOW_PAD);
}

static void make_room(struct chart *c, double height)
{
    if (c->flow->y + height > c->flow->bottom && c->flow->y > c->flow->top)
        c->flow->y = c->flow->next_page(c->flow->ctx);
}

/* ---- wide ---- */

struct row { size_t first, n; double height, above, below; };

static double wide_left(const struct chart *c, const struct doc_flow_node *x)
{
    double width = c->at.width - FLOW_LANE_W - 2;
    return c->at.x + FLOW_LANE_W + 2 + x->x0 * width + (x->x0 > 0 ? 1 : 0);
}

static double wide_width(const struct chart *c, const struct doc_flow_node *x)
{
    double width = c->at.width - FLOW_LANE_W - 2;
    return (x->x1 - x->x0) * width - (x->x0 > 0 ? 1 : 0) - (x->x1 < 0.999 ? 1 : 0);
}

static struct row wide_row(const struct chart *c, size_t first)
{
    const struct doc_flow *d = c->d;
    struct row r = { .first = first, .above = FLOW_ABOVE, .below = FLOW_BELOW };
    for (; first + r.n < d->n_nodes && d->nodes[first + r.n].row == d->nodes[first].row; r.n++) {
        const struct doc_flow_node *x = &d->nodes[first + r.n];
        r.height = fmax(r.height, node_height(c, x, wide_width(c, x)));
    }
    if (d->nodes[first].caption)
        r.below = 0;
    if (first > 0 && d->nodes[first - 1].caption)
        r.above = 1;
    return r;
}

/* The middle of the narrower of both ends: it lies within the other. */
static double edge_x(const struct chart *c, const struct doc_flow_edge *e)
{
    const struct doc_flow_node *a = &c->d->nodes[e->from];
    const struct doc_flow_node *b = &c->d->nodes[e->to];
    const struct doc_flow_node *x = a->x1 - a->x0 < b->x1 - b->x0 ? a : b;
    return wide_left(c, x) + wide_width(c, x) / 2;
}

/* What of an edge lies in this row: from above, through it, and on below. */
static void wide_edge(struct chart *c, const struct doc_flow_edge *e, size_t row, double y,
                      const struct row *r)
{
    const struct doc_flow_node *from = &c->d->nodes[e->from];
    const struct doc_flow_node *to = &c->d->nodes[e->to];
    size_t upper = from->row < to->row ? from->row : to->row;
    size_t lower = from->row < to->row ? to->row : from->row;
    double x = edge_x(c, e);
    struct colour colour = edge_colour(e->wait, e->critical);
    double top = y + r->above;
    double bottom = top + r->height;
    if (from->caption || row < upper || row > lower)
        return;
    edge_line(c, x, row == upper ? bottom : y, x,
              row == lower ? top - 1.2 : bottom + r->below, e->wait, e->critical);
    if (row == lower)
        arrow(c->device, x, top, 0, 1, colour);
    if (row == upper && e->wait)
        arrow(c->device, x, bottom, 0, -1, colour);
}

static void wide_lane(struct chart *c, const struct row *r, double y)
{
    const struct doc_flow_node *x = &c->d->nodes[r->first];
    struct device *d = c->device;
    bool starts = r->first == 0 || !sv_eq(c->d->nodes[r->first - 1].lane, x->lane) ||
                  y <= c->flow->top;
    d->rect(d, c->at.x, y, FLOW_LANE_W, r->above + r->height + r->below, 0, GROUND);
    if (!starts)
        return;
    struct text_style s = { .face = FACE_SANS_BOLD, .size = FLOW_TEXT * c->at.scale,
                            .colour = SOFT_INK, .align = ALIGN_CENTRE };
    if (r->first > 0)
        d->line(d, c->at.x, y, c->at.x + c->at.width, y, FLOW_THIN / 2, LINE_GREY);
    text_draw(d, x->lane, &s, c->at.x + 0.5, y + r->above + FLOW_PAD, FLOW_LANE_W - 1);
}

static void wide_draw(struct chart *c)
{
    const struct doc_flow *d = c->d;
    for (size_t i = 0; i < d->n_nodes;) {
        struct row r = wide_row(c, i);
        double need = r.above + r.height + r.below;
        if (d->nodes[i].caption && i + r.n < d->n_nodes)
            need += wide_row(c, i + r.n).height;
        make_room(c, need);
        double y = c->flow->y;
        wide_lane(c, &r, y);
        for (size_t k = 0; k < d->n_edges; k++)
            wide_edge(c, &d->edges[k], d->nodes[i].row, y, &r);
        for (size_t k = i; k < i + r.n; k++)
            node_draw(c, &d->nodes[k], wide_left(c, &d->nodes[k]), y + r.above,
                      wide_width(c, &d->nodes[k]), r.height);
        c->flow->y += r.above + r.height + r.below;
        i += r.n;
    }
}

/* ---- narrow ---- */

static double narrow_width(const struct chart *c)
{
    return c->at.width - FLOW_NARROW_X;
}

static size_t narrow_count(const struct chart *c, size_t row)
{
    size_t n = 0;
    for (size_t i = 0; i < c->d->n_nodes; i++)
        n += c->d->nodes[i].narrow_row == row && !c->d->nodes[i].caption;
    return n;
}

/* Who acts, above the first box of a lane; several boxes: that they run at the same time. */
static void narrow_lane(struct chart *c, const struct doc_flow_node *x, size_t n, bool trunk,
                        bool thick)
{
    struct text_style s = { .face = FACE_SANS_BOLD, .size = FLOW_TEXT * c->at.scale,
                            .colour = SOFT_INK };
    double height = FLOW_TEXT * c->at.scale * MM_PER_PT * 1.4 + 1;
    double line = c->at.x + FLOW_TRUNK;
    char count[64];
    make_room(c, height + node_height(c, x, narrow_width(c)));
    if (trunk)
        edge_line(c, line, c->flow->y, line, c->flow->y + height, false, thick);
    double used = c->at.x + FLOW_NARROW_X;
    struct box *b = box_new(x->lane, &s, 0);
    box_draw(b, c->device, used, c->flow->y, 0, 1);
    used += box_width(b);
    box_free(b);
    if (n > 1) {
        snprintf(count, sizeof count, "同时进行（%zu项）", n);
        text_draw(c->device, sv_of(count), &s, used, c->flow->y, 0);
    }
    c->flow->y += height;
}

/* One box on the trunk; last: the trunk ends here. */
static void narrow_node(struct chart *c, const struct doc_flow_node *x, bool trunk, bool last)
{
    const double gap = 2.2;
    double height = node_height(c, x, narrow_width(c));
    make_room(c, height + gap);
    double y = c->flow->y;
    double line = c->at.x + FLOW_TRUNK;
    double left = c->at.x + FLOW_NARROW_X;
    double middle = y + height / 2;
    struct colour colour = edge_colour(x->wait, x->critical);
    edge_line(c, line, y, line, last ? middle : y + height + gap, false, trunk);
    edge_line(c, line, middle, left - 1.2, middle, x->wait, x->critical);
    arrow(c->device, left, middle, 1, 0, colour);
    if (x->wait)
        arrow(c->device, line + 0.4, middle, -1, 0, colour);
    node_draw(c, x, left, y, narrow_width(c), height);
    c->flow->y = y + height + gap;
}

static void narrow_draw(struct chart *c)
{
    const struct doc_flow *d = c->d;
    size_t last_row = 0;
    struct sv lane = SV("");
    size_t final = 0; /* the last row that the longest path reaches */
    for (size_t i = 0; i < d->n_nodes; i++) {
        last_row = d->nodes[i].narrow_row > last_row ? d->nodes[i].narrow_row : last_row;
        if (d->nodes[i].critical && d->nodes[i].narrow_row > final)
            final = d->nodes[i].narrow_row;
    }
    for (size_t row = 0; row <= last_row; row++) {
        size_t n = narrow_count(c, row);
        size_t done = 0;
        for (size_t i = 0; i < d->n_nodes; i++) {
            const struct doc_flow_node *x = &d->nodes[i];
            if (x->narrow_row != row || x->caption)
                continue;
            if (done == 0 && (n > 1 || !sv_eq(lane, x->lane)))
                narrow_lane(c, x, n, row > 0, row <= final);
            lane = x->lane;
            narrow_node(c, x, row < final || (row == final && x->critical),
                        row == last_row && ++done == n);
            done += row != last_row;
        }
    }
}

/* ---- both ---- */

static void legend(struct chart *c)
{
    struct device *d = c->device;
    struct text_style s = { .face = FACE_SANS, .size = FLOW_TEXT * c->at.scale, .colour = SOFT_INK };
    double line = s.size * MM_PER_PT * 1.4;
    double x = c->at.x;
    make_room(c, 2 * line + 3);
    c->flow->y += 1.5;
    d->line(d, x, c->flow->y + line / 2, x + 8, c->flow->y + line / 2, FLOW_THICK, ACTION);
    c->flow->y += text_draw(d, SV("粗线：用时最长的一条，决定总时间"), &s, x + 10, c->flow->y,
                            c->at.width - 10);
    dashes(d, x, c->flow->y + line / 2, x + 8, c->flow->y + line / 2, FLOW_THIN * 1.4, AMBER);
    c->flow->y += text_draw(d, SV("虚线：等候，不计入时限"), &s, x + 10, c->flow->y,
                            c->at.width - 10);
}

static void notes(struct chart *c)
{
    struct text_style s = { .face = FACE_SANS, .size = FLOW_TEXT * c->at.scale, .colour = INK };
    for (size_t i = 0; i < c->d->n_notes; i++) {
        struct box *b = box_new(c->d->notes[i], &s, c->at.width);
        make_room(c, box_height(b) + 1);
        box_draw(b, c->device, c->at.x, c->flow->y + 0.8, 0, box_lines(b));
        c->flow->y += box_height(b) + 0.8;
        box_free(b);
    }
}

void flow_chart_draw(const struct doc_flow *d, const struct chart_place *at, struct flow *flow)
{
    struct chart c = { d, *at, flow, flow->device };
    if (at->narrow)
        narrow_draw(&c);
    else
        wide_draw(&c);
    legend(&c);
    notes(&c);
}

static double stay(void *ctx)
{
    const struct flow *f = ctx;
    return f->y;
}

double flow_chart_height(const struct doc_flow *d, const struct chart_place *at)
{
    struct device *none = device_null_new();
    struct flow flow = { .device = none, .bottom = 1e9, .next_page = stay };
    flow.ctx = &flow;
    flow_chart_draw(d, at, &flow);
    none->free(none);
    return flow.y;
}

static bool text_ok(struct sv s, size_t most)
{
    return s.n <= most && utf8_clean(s);
}

bool flow_chart_ok(const struct doc_flow *d)
{
    if (d->n_nodes == 0 || d->n_nodes > MAX_NODES || d->n_edges > MAX_EDGES || d->n_notes > NOTES ||
        !text_ok(d->title, TEXT_MAX) || d->words.n > WORDS_MAX)
        return false;
    for (size_t i = 0; i < d->n_nodes; i++) {
        const struct doc_flow_node *x = &d->nodes[i];
        const struct sv texts[] = { x->title, x->text, x->time, x->head, x->lane };
        for (size_t k = 0; k < sizeof texts / sizeof *texts; k++)
            if (!text_ok(texts[k], TEXT_MAX))
                return false;
        if (!(x->x0 >= 0 && x->x0 < x->x1 && x->x1 <= 1.001) || x->narrow_row > 2 * MAX_NODES ||
            (i && x->row < d->nodes[i - 1].row))
            return false;
    }
    for (size_t i = 0; i < d->n_edges; i++)
        if (d->edges[i].from >= d->n_nodes || d->edges[i].to >= d->n_nodes)
            return false;
    for (size_t i = 0; i < d->n_notes; i++)
        if (!text_ok(d->notes[i], TEXT_MAX))
            return false;
    return true;
}

int doc_flow(const struct doc_flow *d, bool narrow, enum doc_format format, struct buf *out,
             struct err *e)
{
    const double margin = 2;
    struct chart_place at = { margin, narrow ? FLOW_NARROW_W : FLOW_WIDE_W,
                              narrow ? FLOW_NARROW_SCALE : FLOW_WIDE_SCALE, narrow };
    at.width -= 2 * margin;
    if (!flow_chart_ok(d))
        return err_set(e, ERR_INVALID, "流程图的内容无效");
    if (font_check(e) < 0)
        return e->code;
    struct doc_facts facts = { .title = d->title, .text = d->words };
    struct device *device = device_new(format, &facts);
    struct flow flow = { .device = device, .y = margin, .top = margin, .bottom = 1e9,
                         .next_page = stay };
    flow.ctx = &flow;
    double height = flow_chart_height(d, &at) + 2 * margin;
    device->page(device, at.width + 2 * margin, height);
    device->rect(device, 0, 0, at.width + 2 * margin, height, 0, WHITE);
    flow_chart_draw(d, &at, &flow);
    int rc = device->finish(device, out, e);
    device->free(device);
    return rc;
}
