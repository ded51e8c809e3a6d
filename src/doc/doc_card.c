/* doc_card: the licence as a picture for a phone, to be shown at a counter.
 *
 * Drawn twice: once on nothing, to know the height, then on the picture. */
#include "doc/doc.h"
#include "doc/layout.h"
#include "doc/style.h"

struct card {
    const struct doc_licence *d;
    struct sv state;
    struct device *device;
    struct arena *arena;
    struct qr qr;
    double height;
};

static struct text_style sans(bool bold, double size, struct colour c)
{
    return (struct text_style){ .face = bold ? FACE_SANS_BOLD : FACE_SANS, .size = size, .colour = c,
                                .leading = 1.4 };
}

static double text(struct card *c, struct sv s, const struct text_style *style, double y)
{
    return y + text_draw(c->device, s, style, CARD_MARGIN, y, CARD_W - 2 * CARD_MARGIN);
}

static double head(struct card *c)
{
    struct text_style title = sans(true, 19, WHITE);
    struct text_style small = sans(false, 9, WHITE);
    bool valid = sv_empty(c->d->void_note);
    title.align = small.align = ALIGN_CENTRE;
    title.spacing = 0.12;
    c->device->rect(c->device, 0, 0, CARD_W, 27, 0, valid ? RED : GREY);
    double y = text(c, SV("行业综合许可证"), &title, 5);
    y = text(c, c->d->number, &small, y + 1);
    text(c, arena_printf_sv(c->arena, "%.*s · 第%lld版%s", (int)c->state.n, c->state.p,
                            (long long)c->d->version, c->d->sample ? " · 示例数据" : ""), &small, y);
    return 29;
}

/* Void ones show none: what looks like a code gets scanned and trusted. */
static double code(struct card *c, double y)
{
    struct text_style hint = sans(false, 8.5, GREY);
    struct text_style note = sans(true, 15, LETTER_RED);
    hint.align = note.align = ALIGN_CENTRE;
    if (!sv_empty(c->d->void_note))
        return text(c, c->d->void_note, &note, y + 6) + 8;
    if (!c->qr.size)
        return y;
    double quiet = CARD_QR / c->qr.size * QR_QUIET;
    qr_draw(c->device, &c->qr, (CARD_W - CARD_QR) / 2, y + quiet, CARD_QR);
    return text(c, SV("扫码核验真伪及当前状态，断网时亦可核验"), &hint, y + CARD_QR + 2 * quiet) + 3;
}

static double fact(struct card *c, const char *label, struct sv value, double y)
{
    struct text_style l = sans(false, 9, GREY), v = sans(false, 11, INK);
    if (sv_empty(value))
        return y;
    l.leading = v.size * v.leading / l.size;
    text_draw(c->device, sv_of(label), &l, CARD_MARGIN, y, 19);
    return y + 1 + text_draw(c->device, value, &v, CARD_MARGIN + 19, y, CARD_W - 2 * CARD_MARGIN - 19);
}

static double permits(struct card *c, double y)
{
    struct text_style name = sans(true, 10.5, INK), more = sans(false, 9, SOFT_INK);
    struct text_style title = sans(true, 11, RED);
    y = text(c, arena_printf_sv(c->arena, "所载许可（备案、登记）%zu项", c->d->n_permits), &title, y + 2);
    for (size_t i = 0; i < c->d->n_permits; i++) {
        const struct doc_permit *p = &c->d->permits[i];
        c->device->line(c->device, CARD_MARGIN, y + 1, CARD_W - CARD_MARGIN, y + 1, 0.2, RULE);
        y = text(c, p->name, &name, y + 2);
        y = text(c, p->number, &more, y);
        y = text(c, p->department, &more, y);
        y = text(c, arena_printf_sv(c->arena, "有效期至%.*s%s%.*s", (int)p->valid.n, p->valid.p,
                                    sv_empty(p->status) ? "" : " · ", (int)p->status.n, p->status.p),
                 &more, y);
    }
    return y + 3;
}

static void draw(struct card *c)
{
    const struct doc_licence *d = c->d;
    struct text_style print = sans(false, 8, GREY);
    c->device->page(c->device, CARD_W, c->height);
    double y = code(c, head(c));
    y = fact(c, "主体名称", d->holder, y);
    y = fact(c, "信用代码", d->uscc, y);
    y = fact(c, "负责人", d->person, y);
    y = fact(c, "经营场所", d->address, y);
    y = fact(c, "行业", d->industry, y);
    y = fact(c, "颁发部门", d->issuer, y);
    y = fact(c, "颁发日期", d->issued, y);
    y = permits(c, y);
    print.align = ALIGN_CENTRE;
    y = text(c, d->sample ? SV("本证不替代法定许可证，与所载法定许可证同时使用。示例数据，不具法律效力。")
                          : SV("本证不替代法定许可证，与所载法定许可证同时使用。"), &print, y);
    if (d->sample)
        sample_mark(c->device, CARD_W / 2, y - 30, 60);
    c->height = y + 5;
}

int doc_card(const struct doc_licence *d, struct sv state, struct buf *out, struct err *e)
{
    struct card c = { .d = d, .state = state };
    int rc = doc_licence_check(d, e);
    if (rc == 0)
        rc = font_check(e);
    if (rc == 0 && !sv_empty(d->qr_text))
        rc = qr_encode(d->qr_text, 'M', &c.qr, e);
    if (rc < 0)
        return rc;
    c.arena = arena_new();
    c.device = device_null_new();
    draw(&c);
    c.device->free(c.device);
    c.device = device_png_new(CARD_PIXELS, false);
    draw(&c);
    rc = c.device->finish(c.device, out, e);
    c.device->free(c.device);
    arena_free(c.arena);
    qr_done(&c.qr);
    return rc;
}
