/* doc_certificate: the electronic certificate of one statutory permit, A4 portrait.
 *
 * One layout for all kinds: title, number, what the permit is about as label and value, then code,
 * authority and seal. It says nothing that is not in the register. */
#include "doc/doc.h"

#include "base/utf8.h"
#include "doc/layout.h"
#include "doc/style.h"

enum { FIELDS = 8, TEXT_MAX = 1200 /* bytes: what fits at the smallest */ };

struct certificate {
    const struct doc_certificate *d;
    struct device *device;
    struct arena *arena;
    struct qr qr;
    double scale; /* of the body's type */
};

static struct text_style style(enum face face, double size, struct colour c, enum align align)
{
    return (struct text_style){ .face = face, .size = size, .colour = c, .align = align,
                                .leading = 1.5 };
}

static void frame(struct device *d)
{
    const double o = CERT_FRAME, i = CERT_FRAME + 2.6, k = CERT_FRAME + 5;
    d->rect(d, o, o, CERT_W - 2 * o, CERT_H - 2 * o, 0, PAPER);
    d->rect(d, o, o, CERT_W - 2 * o, CERT_H - 2 * o, 1.4, RED);
    d->rect(d, i, i, CERT_W - 2 * i, CERT_H - 2 * i, 0.35, RED);
    d->rect(d, k, k, CERT_W - 2 * k, CERT_H - 2 * k, 0.25, GOLD);
}

static void head(struct certificate *c)
{
    struct text_style title = style(FACE_SERIF_BOLD, 30, RED, ALIGN_CENTRE);
    struct text_style number = style(FACE_SERIF, 12, INK, ALIGN_CENTRE);
    double width = CERT_RIGHT - CERT_LEFT;
    title.leading = 1.25;
    title.spacing = utf8_count(c->d->title) <= 9 ? 0.2 : 0.06;
    struct box *b = box_new(c->d->title, &title, width);
    if (box_lines(b) > 1) {
        title.size = 24;
        box_free(b);
        b = box_new(c->d->title, &title, width);
    }
    box_draw(b, c->device, CERT_LEFT, CERT_TITLE_Y, 0, box_lines(b));
    double y = CERT_TITLE_Y + box_height(b) + 4;
    box_free(b);
    c->device->line(c->device, CERT_W / 2 - 45, y, CERT_W / 2 + 45, y, 0.3, GOLD);
    text_draw(c->device, arena_printf_sv(c->arena, "证号：%.*s", (int)c->d->number.n, c->d->number.p),
              &number, CERT_LEFT, y + 4, width);
}

/* Label and value, with a thin line below; returns the y below it. */
static double field(struct certificate *c, struct device *device, const char *label, struct sv value,
                    double size, double y)
{
    struct text_style l = style(FACE_SERIF, 11.5 * c->scale, RED, ALIGN_LEFT);
    struct text_style v = style(FACE_SERIF, size * c->scale, INK, ALIGN_LEFT);
    l.leading = v.size * v.leading / l.size;
    text_draw(device, sv_of(label), &l, CERT_LEFT, y, 44);
    y += text_draw(device, value, &v, CERT_LEFT + 44, y, CERT_RIGHT - CERT_LEFT - 44);
    device->line(device, CERT_LEFT + 44, y + 1, CERT_RIGHT, y + 1, 0.2, RULE);
    return y + 1 + 3.6 * c->scale;
}

/* Returns the y below. */
static double body(struct certificate *c, struct device *device)
{
    const struct doc_certificate *d = c->d;
    const struct { const char *label; struct sv value; double size; } fields[FIELDS] = {
        { "持证主体", d->holder, 14 },
        { "统一社会信用代码", d->uscc, 13 },
        { "法定代表人（负责人）", d->person, 13 },
        { "经营场所", d->address, 13 },
        { "发证机关", d->department, 13 },
        { "发证日期", d->granted, 13 },
        { "有效期至", d->valid, 13 },
        { "电子证照标识", d->identifier, 8.5 },
    };
    double y = CERT_BODY_Y;
    for (int i = 0; i < FIELDS; i++)
        if (!sv_empty(fields[i].value))
            y = field(c, device, fields[i].label, fields[i].value, fields[i].size, y);
    return y;
}

/* The largest type at which all stands above the foot. */
static void choose_scale(struct certificate *c)
{
    static const double scales[] = { 1, 0.9, 0.8, 0.7, 0.6, 0.5 };
    struct device *nothing = device_null_new();
    for (size_t i = 0; i < sizeof scales / sizeof *scales; i++) {
        c->scale = scales[i];
        if (body(c, nothing) <= CERT_FOOT_Y - 2)
            break;
    }
    nothing->free(nothing);
}

static void foot(struct certificate *c)
{
    const struct doc_certificate *d = c->d;
    struct text_style small = style(FACE_SERIF, 8.5, GREY, ALIGN_LEFT);
    struct text_style big = style(FACE_SERIF_BOLD, 13, INK, ALIGN_CENTRE);
    const double left = 106, seal_x = 160, middle = CERT_FOOT_Y + 20;
    double x = CERT_LEFT;
    if (c->qr.size) {
        double side = qr_side(&c->qr), quiet = side / c->qr.size * QR_QUIET;
        qr_draw(c->device, &c->qr, x + quiet, CERT_FOOT_Y + quiet, side);
        struct buf text;
        buf_init(&text, 4000);
        buf_str(&text, "扫码核验真伪及当前状态");
        if (!sv_empty(d->query_url))
            buf_fmt(&text, "\n%.*s", (int)d->query_url.n, d->query_url.p);
        if (!sv_empty(d->licence))
            buf_fmt(&text, "\n已载入行业综合许可证 %.*s", (int)d->licence.n, d->licence.p);
        text_draw(c->device, buf_sv(&text), &small, x + quiet, CERT_FOOT_Y + side + 2 * quiet + 1, 76);
        buf_done(&text);
    }
    seal_draw(c->device, d->department, d->sample ? SV("示例") : SV(""), seal_x, middle, CERT_SEAL);
    struct box *name = box_new(d->department, &big, 70);
    box_draw(name, c->device, left, middle - box_height(name) + 3, 0, box_lines(name));
    box_free(name);
    text_draw(c->device, d->granted, &big, left, middle + 5, 70);
}

static void small_print(struct certificate *c)
{
    struct text_style s = style(FACE_SERIF, 8.5, RED, ALIGN_CENTRE);
    text_draw(c->device, c->d->sample ? SV("示例数据，不具法律效力。本证为电子证照，内容以发证机关登记为准。")
                                      : SV("本证为电子证照，内容以发证机关登记为准。"),
              &s, CERT_LEFT, CERT_PRINT_Y, CERT_RIGHT - CERT_LEFT);
}

static void draw(struct certificate *c)
{
    c->device->page(c->device, CERT_W, CERT_H);
    frame(c->device);
    if (c->d->sample)
        sample_mark(c->device, CERT_W / 2, 150, 110);
    head(c);
    choose_scale(c);
    body(c, c->device);
    foot(c);
    small_print(c);
    if (!sv_empty(c->d->void_note))
        void_mark(c->device, c->d->void_note, CERT_W / 2, 150, 150);
}

static int check(const struct doc_certificate *d, struct err *e)
{
    const struct sv texts[] = { d->title, d->number, d->holder, d->uscc, d->person, d->address,
                                d->department, d->granted, d->valid, d->identifier, d->licence,
                                d->query_url, d->void_note };
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        if (texts[i].n > TEXT_MAX || !utf8_clean(texts[i]))
            return err_set(e, ERR_INVALID, "电子证照有过长或无法识别的文字");
    return 0;
}

int doc_certificate(const struct doc_certificate *d, enum doc_format format, struct buf *out,
                    struct err *e)
{
    struct certificate c = { .d = d };
    int rc = check(d, e);
    if (rc == 0)
        rc = font_check(e);
    if (rc == 0 && !sv_empty(d->qr_text))
        rc = qr_encode(d->qr_text, 'M', &c.qr, e);
    if (rc < 0)
        return rc;
    c.arena = arena_new();
    const struct doc_facts facts = {
        .title = arena_printf_sv(c.arena, "%.*s %.*s", (int)d->title.n, d->title.p,
                                 (int)d->number.n, d->number.p),
        .author = d->department, .date = d->granted, .original = d->original,
    };
    c.device = device_new(format, &facts);
    draw(&c);
    rc = c.device->finish(c.device, out, e);
    c.device->free(c.device);
    arena_free(c.arena);
    qr_done(&c.qr);
    return rc;
}
