/* doc_licence: 行业综合许可证, A4 landscape, the product's face.
 *
 * Everything above the foot (holder and table of permits) is measured at a few sizes and set
 * at the largest that fits; what does not fit even at the smallest goes on continuation
 * pages in the same frame. The foot (QR code, issuer, seal) never moves. Rows grow a little
 * when there is room, and the space below the last one is closed with 以下空白, as on other
 * certificates, so that nothing can be added.
 */
#include "doc/doc.h"

#include <math.h>

#include "base/utf8.h"
#include "doc/layout.h"
#include "doc/style.h"

enum { COLS = 6, MAX_PERMITS = 64, TEXT_MAX = 3000, SIZES = 6 };

static const double SCALE[SIZES] = { 1.06, 1.0, 0.92, 0.85, 0.78, 0.70 };
static const enum align ALIGNS[COLS] = { ALIGN_CENTRE, ALIGN_LEFT, ALIGN_LEFT, ALIGN_LEFT,
                                         ALIGN_CENTRE, ALIGN_CENTRE };
static const double WIDTHS[COLS] = { 13, 54, 59, 59, 33, 33 }; /* of LIC_RIGHT - LIC_LEFT */
static const struct sv HEADS[COLS] = { { "序号", 6 }, { "许可（备案、登记）名称", 33 },
                                       { "证号", 6 }, { "发证部门", 12 }, { "发证日期", 12 },
                                       { "有效期至", 12 } };

/* One size of paper. Ornaments, type and distances of the A4 sheet are multiplied by k. */
struct sheet_size {
    double w, h;
    double k;
    double left, right;  /* text */
    double body_y;       /* holder block */
    double foot_y;       /* QR, issuer and seal */
    double print_y;      /* small print, base of the content */
    double seal;         /* diameter */
    double qr;           /* times the least side */
};
static const struct sheet_size A4 = { LIC_W, LIC_H, 1, LIC_LEFT, LIC_RIGHT, LIC_BODY_Y, LIC_FOOT_Y,
                                      LIC_PRINT_Y, LIC_SEAL, 1 };
/* For the wall: read from further away, so larger type; but a seal is as large as a seal is, and the
 * rest of the room is air, not larger ornaments. */
static const struct sheet_size A3 = { 420, 297, 1.34, 36, 384, 73, 218, 276, 42, 1.25 };

struct paper {
    const struct doc_licence *d;
    const struct sheet_size *g;
    struct device *device;
    struct arena *arena;
    struct qr qr;
    double scale;
    struct table_style style;
    struct table table;
    struct flow flow;
    unsigned page;
    bool many; /* has continuation pages */
};

static struct text_style serif(double size, struct colour c)
{
    return (struct text_style){ .face = FACE_SERIF, .size = size, .colour = c };
}

static struct text_style bold(double size, struct colour c)
{
    return (struct text_style){ .face = FACE_SERIF_BOLD, .size = size, .colour = c };
}

/* ---- frame ---- */

/* A squared spiral 回纹 in a corner; sx, sy = -1 mirror it. */
static void corner(struct paper *p, double x, double y, double sx, double sy)
{
    struct device *d = p->device;
    static const double at[][2] = { { 0, 11 }, { 0, 0 }, { 11, 0 }, { 11, 4 }, { 4, 4 }, { 4, 11 },
                                    { 0, 11 } };
    static const double in[][2] = { { 1.6, 9.4 }, { 1.6, 1.6 }, { 9.4, 1.6 } };
    struct path_op ops[8];
    size_t n = sizeof at / sizeof *at;
    sx *= p->g->k;
    sy *= p->g->k;
    for (size_t i = 0; i < n; i++)
        ops[i] = (struct path_op){ .op = i ? PATH_LINE : PATH_MOVE, .x = x + sx * at[i][0],
                                   .y = y + sy * at[i][1] };
    ops[n] = (struct path_op){ .op = PATH_CLOSE };
    d->path(d, ops, n + 1, 0.45 * p->g->k, RED);
    for (size_t i = 0; i < 3; i++)
        ops[i] = (struct path_op){ .op = i ? PATH_LINE : PATH_MOVE, .x = x + sx * in[i][0],
                                   .y = y + sy * in[i][1] };
    d->path(d, ops, 3, 0.9 * p->g->k, GOLD);
}

static void frame(struct paper *p)
{
    struct device *d = p->device;
    const double k = p->g->k, w = p->g->w, h = p->g->h;
    const double o = LIC_FRAME * k;
    const double i = LIC_FRAME_IN * k;
    const double c = i + 1.5 * k;
    d->rect(d, o, o, w - 2 * o, h - 2 * o, 0, PAPER);
    d->rect(d, o, o, w - 2 * o, h - 2 * o, LIC_FRAME_LINE * k, RED);
    d->rect(d, i, i, w - 2 * i, h - 2 * i, LIC_FRAME_IN_LINE * k, RED);
    corner(p, c, c, 1, 1);
    corner(p, w - c, c, -1, 1);
    corner(p, c, h - c, 1, -1);
    corner(p, w - c, h - c, -1, -1);
}

/* ---- head ---- */

static void title(struct paper *p)
{
    struct device *d = p->device;
    const double k = p->g->k;
    struct text_style s = bold((p->page > 1 ? 22 : LIC_TITLE) * k, RED);
    double y = LIC_TITLE_Y * k;
    s.align = ALIGN_CENTRE;
    s.spacing = LIC_TITLE_SPACE;
    s.leading = 1.0;
    text_draw(d, p->page > 1 ? SV("行业综合许可证（续页）") : SV("行业综合许可证"), &s,
              p->g->left, y, p->g->right - p->g->left);
    y += s.size * MM_PER_PT + (p->page > 1 ? 4.5 : 6.2) * k;
    double mid = p->g->w / 2;
    d->line(d, mid - 62 * k, y, mid - 4 * k, y, 0.3 * k, GOLD);
    d->line(d, mid + 4 * k, y, mid + 62 * k, y, 0.3 * k, GOLD);
    const struct path_op diamond[] = { { .op = PATH_MOVE, .x = mid - 1.9 * k, .y = y },
                                       { .op = PATH_LINE, .x = mid, .y = y - 1.3 * k },
                                       { .op = PATH_LINE, .x = mid + 1.9 * k, .y = y },
                                       { .op = PATH_LINE, .x = mid, .y = y + 1.3 * k },
                                       { .op = PATH_CLOSE } };
    d->path(d, diamond, 5, 0, GOLD);
}

static void number(struct paper *p)
{
    const double k = p->g->k;
    struct text_style s = serif(10.5 * k, INK);
    s.align = ALIGN_RIGHT;
    s.leading = 1.5;
    struct sv no = arena_printf_sv(p->arena, "编号：%.*s", (int)p->d->number.n, p->d->number.p);
    struct sv version = arena_printf_sv(p->arena, "第%lld版", (long long)p->d->version);
    double left = p->g->w / 2 + 60 * k; /* clear of the title */
    double width = p->g->right - 4 * k - left;
    double y = (LIC_FRAME_IN + 4.6) * k;
    y += text_draw(p->device, no, &s, left, y, width);
    s.colour = GREY;
    s.size = 9.5 * k;
    text_draw(p->device, version, &s, left, y, width);
}

/* ---- holder ---- */

/* Label and value side by side; returns the height. d NULL = measure only. */
static double field(struct paper *p, struct device *d, const char *label, struct sv value,
                    bool strong, double x, double y, double label_width, double width)
{
    struct text_style l = serif(10.5 * p->scale, RED);
    struct text_style v = strong ? bold(12.5 * p->scale, INK) : serif(12 * p->scale, INK);
    l.leading = v.size * 1.45 / l.size; /* same base line as the value's first line */
    v.leading = 1.45;
    struct box *a = box_new(sv_of(label), &l, label_width);
    struct box *b = box_new(value, &v, width - label_width);
    double height = fmax(box_height(a), box_height(b));
    if (d) {
        box_draw(a, d, x, y, 0, box_lines(a));
        box_draw(b, d, x + label_width, y, 0, box_lines(b));
    }
    box_free(a);
    box_free(b);
    return height;
}

static double holder(struct paper *p, struct device *d, double y)
{
    const struct doc_licence *l = p->d;
    const double gap = 1.6 * p->scale;
    const double right = p->g->w / 2 + (182 - LIC_W / 2) * p->g->k;
    const double wide = 40 * p->scale;  /* 法定代表人（负责人） and a space */
    const double narrow = 33 * p->scale;
    const double left_width = right - p->g->left - 5 * p->g->k;
    const double right_width = p->g->right - right;
    y += fmax(field(p, d, "市场主体名称", l->holder, true, p->g->left, y, wide, left_width),
              field(p, d, "统一社会信用代码", l->uscc, false, right, y, narrow, right_width)) + gap;
    y += fmax(field(p, d, "法定代表人（负责人）", l->person, false, p->g->left, y, wide, left_width),
              field(p, d, "行业", l->industry, false, right, y, narrow, right_width)) + gap;
    y += field(p, d, "经营场所", l->address, false, p->g->left, y, wide, p->g->right - p->g->left);
    return y + 2.6 * p->scale;
}

/* One line above the table. */
static double lead(struct paper *p, struct device *d, double y)
{
    struct text_style s = serif(11 * p->scale, INK);
    s.leading = 1.7;
    struct sv text = arena_printf_sv(p->arena, "该市场主体已依法取得下列许可（备案、登记），共%zu项：",
                                     p->d->n_permits);
    struct box *b = box_new(text, &s, p->g->right - p->g->left);
    double height = box_height(b);
    if (d)
        box_draw(b, d, p->g->left, y, 0, box_lines(b));
    box_free(b);
    return y + height + 0.8;
}

/* ---- permits ---- */

static void set_table(struct paper *p)
{
    const struct doc_licence *l = p->d;
    struct sv *cells = arena_array(p->arena, l->n_permits * COLS + 1, sizeof *cells);
    const struct sv **rows = arena_array(p->arena, l->n_permits + 1, sizeof *rows);
    double *widths = arena_array(p->arena, COLS, sizeof *widths);
    for (size_t i = 0; i < COLS; i++)
        widths[i] = WIDTHS[i] * (p->g->right - p->g->left) / (LIC_RIGHT - LIC_LEFT);
    for (size_t i = 0; i < l->n_permits; i++) {
        const struct doc_permit *t = &l->permits[i];
        struct sv *c = &cells[i * COLS];
        bool said = sv_empty(t->status) || sv_is(t->status, "有效");
        c[0] = arena_printf_sv(p->arena, "%zu", i + 1);
        c[1] = t->name;
        c[2] = t->number;
        c[3] = t->department;
        c[4] = t->granted;
        c[5] = said ? t->valid : arena_printf_sv(p->arena, "%.*s（%.*s）", (int)t->valid.n,
                                                 t->valid.p, (int)t->status.n, t->status.p);
        rows[i] = c;
    }
    p->table = (struct table){ .n_cols = COLS, .n_rows = l->n_permits, .heads = HEADS,
                               .rows = rows, .widths = widths, .style = &p->style };
}

static void set_scale(struct paper *p, double of_normal)
{
    const double k = p->g->k, scale = of_normal * k;
    p->scale = scale;
    p->style = (struct table_style){
        .head = bold(10.5 * scale, RED), .cell = serif(10.5 * scale, INK),
        .pad_x = 2.0 * k, .pad_y = 1.35 * scale, .rule = 0.2 * k, .rule_colour = RULE,
        .head_fill = TINT, .aligns = ALIGNS,
    };
    p->style.head.align = ALIGN_CENTRE;
    p->style.cell.leading = 1.3;
}

/* What ended without a permit, under the table; returns the y below. d NULL = measure only. */
static double note(struct paper *p, struct device *d, double y)
{
    struct text_style s = serif(9.5 * p->scale, INK);
    s.leading = 1.45;
    if (sv_empty(p->d->ended_note))
        return y;
    struct box *b = box_new(p->d->ended_note, &s, p->g->right - p->g->left);
    y += 1.6;
    if (d)
        box_draw(b, d, p->g->left, y, 0, box_lines(b));
    y += box_height(b);
    box_free(b);
    return y;
}

/* Largest size at which all stands above the foot; otherwise false, and the smallest. */
static bool choose_size(struct paper *p)
{
    for (int i = 0; i < SIZES; i++) {
        set_scale(p, SCALE[i]);
        double y = lead(p, NULL, holder(p, NULL, p->g->body_y));
        double spare = p->g->foot_y - 2 - note(p, NULL, y + table_height(&p->table));
        if (spare < 0)
            continue;
        /* Looser rows where there is room, up to twice the padding. */
        double share = fmax(spare - 0.5, 0) / (2.0 * (double)(p->table.n_rows + 1));
        p->style.pad_y += fmin(share, 1.1 * p->scale);
        return true;
    }
    return false;
}

static void close_table(struct paper *p, double y, double bottom)
{
    struct text_style s = serif(9 * p->g->k, GREY);
    s.align = ALIGN_CENTRE;
    s.spacing = 0.5;
    if (bottom - y > 7 * p->g->k)
        text_draw(p->device, SV("（以下空白）"), &s, p->g->left, y + 1.6, p->g->right - p->g->left);
}

/* ---- foot ---- */

static void foot_left(struct paper *p)
{
    const struct doc_licence *l = p->d;
    struct device *d = p->device;
    const double k = p->g->k;
    double x = p->g->left + 2 * k;
    double y = p->g->foot_y;
    if (p->qr.size) {
        double side = qr_side(&p->qr) * p->g->qr;
        double quiet = side / p->qr.size * QR_QUIET;
        qr_draw(d, &p->qr, p->g->left + quiet, p->g->foot_y + quiet, side);
        x = p->g->left + side + 2 * quiet + 3 * k;
        y += quiet;
    }
    struct text_style head = bold(11.5 * k, INK);
    struct text_style body = serif(8.5 * k, GREY);
    double width = p->g->w / 2 + (174 - LIC_W / 2) * k - x;
    body.leading = 1.55;
    y += text_draw(d, SV("扫码核验真伪及当前状态"), &head, x, y, width) + 0.8 * k;
    y += text_draw(d, SV("二维码载有本证全部内容及数字签名，断网时亦可核验。"), &body, x, y, width);
    if (!sv_empty(l->query_url))
        y += text_draw(d, arena_printf_sv(p->arena, "查询渠道：%.*s", (int)l->query_url.n,
                                          l->query_url.p), &body, x, y, width);
    text_draw(d, SV("许可变更、延续、失效的，免费换发新版，旧版同时作废。"), &body, x, y, width);
}

static void foot_right(struct paper *p)
{
    const struct doc_licence *l = p->d;
    const double k = p->g->k, mid = p->g->w / 2 - LIC_W / 2 * k;
    const double left = mid + 184 * k;
    const double centre = mid + 219 * k; /* of the text; the seal rides on its right end */
    const double width = 2 * (centre - left);
    const double seal = mid + 246 * k;
    const double middle = p->g->foot_y + LIC_SEAL * k / 2;
    struct text_style small = serif(10 * k, RED);
    struct text_style big = bold(13 * k, INK);
    big.align = ALIGN_CENTRE;
    seal_draw(p->device, l->issuer, l->sample ? SV("示例") : SV(""), seal, middle, p->g->seal);
    struct box *name = box_new(l->issuer, &big, width); /* two lines grow upwards */
    double y = middle + 2.5 * k;
    text_draw(p->device, SV("颁发部门（盖章）"), &small, left, y - box_height(name) - 6.5 * k,
              60 * k);
    box_draw(name, p->device, left, y - box_height(name), 0, box_lines(name));
    box_free(name);
    text_draw(p->device, l->issued, &big, left, y + 3 * k, width);
}

static void small_print(struct paper *p)
{
    const double k = p->g->k;
    struct text_style s = serif(8.5 * k, RED);
    struct buf text;
    s.align = ALIGN_CENTRE;
    buf_init(&text, 1000);
    buf_str(&text, "本证不替代法定许可证，与所载法定许可证同时使用。");
    if (p->d->sample)
        buf_str(&text, "示例数据，不具法律效力。");
    if (p->many)
        buf_fmt(&text, "（第%u页，共%zu项许可）", p->page, p->d->n_permits);
    text_draw(p->device, buf_sv(&text), &s, p->g->left + 12 * k, p->g->print_y - 2 * k,
              p->g->right - p->g->left - 24 * k);
    buf_done(&text);
}

/* ---- pages ---- */

static void begin_page(struct paper *p)
{
    p->page++;
    p->device->page(p->device, p->g->w, p->g->h);
    frame(p);
    if (p->d->sample)
        sample_mark(p->device, p->g->w / 2, p->g->h / 2 + 6 * p->g->k, 150 * p->g->k);
    title(p);
    number(p);
}

static void end_page(struct paper *p)
{
    small_print(p);
    if (!sv_empty(p->d->void_note))
        void_mark(p->device, p->d->void_note, p->g->w / 2, p->g->h / 2, 225 * p->g->k);
}

static double next_page(void *ctx)
{
    struct paper *p = ctx;
    end_page(p);
    begin_page(p);
    p->flow.bottom = p->g->print_y - 5 * p->g->k; /* no foot here */
    return p->flow.top;
}

static void draw(struct paper *p)
{
    p->many = !choose_size(p);
    p->flow = (struct flow){ .device = p->device, .bottom = p->g->foot_y - 2, .ctx = p,
                             .top = (LIC_TITLE_Y + 24) * p->g->k, .next_page = next_page };
    begin_page(p);
    foot_left(p);
    foot_right(p);
    if (p->many)
        set_scale(p, 0.85); /* several pages anyway: then at a comfortable size */
    p->flow.y = lead(p, p->device, holder(p, p->device, p->g->body_y));
    table_draw(&p->table, &p->flow, p->g->left);
    if (note(p, NULL, p->flow.y) > p->flow.bottom)
        p->flow.y = next_page(p);
    p->flow.y = note(p, p->device, p->flow.y);
    close_table(p, p->flow.y, p->flow.bottom);
    end_page(p);
}

static bool text_ok(struct sv s)
{
    return s.n <= TEXT_MAX && utf8_clean(s);
}

int doc_licence_check(const struct doc_licence *d, struct err *e)
{
    const struct sv texts[] = { d->number, d->holder, d->uscc, d->person, d->address, d->industry,
                                d->issuer, d->issued, d->query_url, d->ended_note, d->void_note };
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        if (!text_ok(texts[i]))
            return err_set(e, ERR_INVALID, "综合许可证有过长或无法识别的文字");
    if (d->n_permits > MAX_PERMITS)
        return err_set(e, ERR_TOO_LARGE, "一张综合许可证最多载入%d项许可", MAX_PERMITS);
    for (size_t i = 0; i < d->n_permits; i++) {
        const struct doc_permit *t = &d->permits[i];
        if (!text_ok(t->name) || !text_ok(t->number) || !text_ok(t->department) ||
            !text_ok(t->granted) || !text_ok(t->valid) || !text_ok(t->status))
            return err_set(e, ERR_INVALID, "第%zu项许可有过长或无法识别的文字", i + 1);
    }
    return 0;
}

int doc_licence(const struct doc_licence *d, enum doc_format format, struct buf *out,
                struct err *e)
{
    struct paper p = { .d = d, .g = d->a3 ? &A3 : &A4 };
    int rc = doc_licence_check(d, e);
    if (rc == 0)
        rc = font_check(e);
    if (rc == 0 && !sv_empty(d->qr_text))
        rc = qr_encode(d->qr_text, 'M', &p.qr, e);
    if (rc < 0)
        return rc;
    p.arena = arena_new();
    struct doc_facts facts = {
        .title = arena_printf_sv(p.arena, "行业综合许可证 %.*s", (int)d->number.n, d->number.p),
        .author = d->issuer,
        .date = d->issued,
        .original = d->original,
    };
    p.device = device_new(format, &facts);
    set_table(&p);
    draw(&p);
    rc = p.device->finish(p.device, out, e);
    p.device->free(p.device);
    arena_free(p.arena);
    qr_done(&p.qr);
    return rc;
}
