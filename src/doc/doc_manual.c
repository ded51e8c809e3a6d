/* doc_manual: the work specification of an industry, A4 portrait: cover, contents, chapters.
 *
 * Contents name pages and the foot says how many there are, so everything is laid out twice;
 * the first pass, on a device that draws nothing, notes where each heading came to stand. The list of
 * contents is as long in both passes, because it has an entry a heading.
 */
#include <stdio.h>

#include "doc/doc.h"
#include "doc/sheet.h"
#include "doc/style.h"

enum { MAX_BLOCKS = 4000 };

#define WIDTH (MAN_RIGHT - MAN_LEFT)

struct manual {
    struct sheet sheet; /* first: the sheet's calls come back to the manual */
    const struct doc_manual *d;
    unsigned *page_of;  /* of the heading in block i */
    unsigned pages;
};

static struct text_style style(enum face face, double size, struct colour c, enum align align)
{
    return (struct text_style){ .face = face, .size = size, .colour = c, .align = align };
}

static void begin_page(struct sheet *s)
{
    const struct manual *m = (const struct manual *)s;
    struct text_style small = style(FACE_SANS, 8.5, GREY, ALIGN_LEFT);
    struct text_style right = style(FACE_SANS, 8.5, GREY, ALIGN_RIGHT);
    s->page++;
    s->device->page(s->device, LET_W, LET_H);
    s->flow.y = s->flow.top;
    if (s->page == 1)
        return; /* the cover */
    text_draw(s->device, m->d->title, &small, MAN_LEFT, MAN_HEAD_Y, WIDTH * 0.7);
    text_draw(s->device, m->d->subject, &right, MAN_LEFT + WIDTH * 0.5, MAN_HEAD_Y, WIDTH * 0.5);
    s->device->line(s->device, MAN_LEFT, MAN_HEAD_Y + 5.5, MAN_RIGHT, MAN_HEAD_Y + 5.5, 0.2,
                    LETTER_RULE);
    s->device->line(s->device, MAN_LEFT, MAN_FOOT_Y, MAN_RIGHT, MAN_FOOT_Y, 0.2, LETTER_RULE);
    text_draw(s->device, m->d->footer, &small, MAN_LEFT, MAN_FOOT_Y + 1.2, WIDTH - 32);
    text_draw(s->device, arena_printf_sv(s->arena, "第%u页 共%u页", s->page, m->pages), &right,
              MAN_RIGHT - 30, MAN_FOOT_Y + 1.2, 30);
}

static void cover(struct manual *m)
{
    struct sheet *s = &m->sheet;
    struct device *d = s->device;
    struct text_style subject = style(FACE_SANS_BOLD, 40, ACTION, ALIGN_CENTRE);
    struct text_style title = style(FACE_SANS_BOLD, 24, INK, ALIGN_CENTRE);
    struct text_style plain = style(FACE_SANS, 13, INK, ALIGN_CENTRE);
    struct text_style small = style(FACE_SANS, 9.5, GREY, ALIGN_LEFT);
    subject.leading = title.leading = 1.35;
    small.leading = 1.6;
    d->rect(d, 0, 0, LET_W, 10, 0, ACTION);
    double y = 78;
    y += text_draw(d, m->d->subject, &subject, MAN_LEFT, y, WIDTH) + 4;
    y += text_draw(d, m->d->title, &title, MAN_LEFT, y, WIDTH) + 8;
    d->line(d, LET_W / 2 - 24, y, LET_W / 2 + 24, y, 0.8, ACTION);
    text_draw(d, m->d->edition, &plain, MAN_LEFT, y + 8, WIDTH);
    text_draw(d, m->d->issuer, &plain, MAN_LEFT, 214, WIDTH);
    text_draw(d, m->d->note, &small, MAN_LEFT + 14, 238, WIDTH - 28);
}

static double dots(struct sheet *s, double from, double to, double y)
{
    for (double x = from; x < to; x += 1.8)
        s->device->rect(s->device, x, y, 0.3, 0.3, 0, LETTER_RULE);
    return y;
}

static void contents_line(struct manual *m, size_t i)
{
    struct sheet *s = &m->sheet;
    const struct doc_block *b = &m->d->blocks[i];
    struct text_style text = style(b->level ? FACE_SANS : FACE_SANS_BOLD, b->level ? 10 : 11, INK,
                                   ALIGN_LEFT);
    struct text_style page = style(FACE_SANS, 10, INK, ALIGN_RIGHT);
    double indent = b->level ? 8 : 0;
    text.leading = page.leading = 1.7;
    struct box *box = box_new(b->heading, &text, WIDTH - indent - 16);
    double height = box_height(box) + (b->level ? 0 : 1.2);
    if (sheet_room(s) < height)
        s->begin(s);
    s->flow.y += b->level ? 0 : 1.2;
    double line = box_line_height(box);
    double y = s->flow.y + (double)(box_lines(box) - 1) * line;
    box_draw(box, s->device, MAN_LEFT + indent, s->flow.y, 0, box_lines(box));
    dots(s, MAN_LEFT + indent + (box_lines(box) > 1 ? WIDTH / 2 : box_width(box)) + 3,
         MAN_RIGHT - 12, y + line * 0.6);
    text_draw(s->device, arena_printf_sv(s->arena, "%u", m->page_of[i]), &page, MAN_RIGHT - 10, y,
              10);
    s->flow.y += box_height(box);
    box_free(box);
}

static void contents(struct manual *m)
{
    struct sheet *s = &m->sheet;
    struct text_style title = style(FACE_SANS_BOLD, 16, INK, ALIGN_CENTRE);
    s->begin(s);
    s->flow.y += text_draw(s->device, SV("目　录"), &title, MAN_LEFT, s->flow.y, WIDTH) + 4;
    for (size_t i = 0; i < m->d->n_blocks; i++)
        if (!sv_empty(m->d->blocks[i].heading) && m->d->blocks[i].level < 2)
            contents_line(m, i);
}

static void note_page(struct sheet *s, size_t block)
{
    ((struct manual *)s)->page_of[block] = s->page;
}

static void draw(struct manual *m, struct device *device)
{
    sheet_start(&m->sheet, device, MAN_TOP, MAN_BOTTOM);
    cover(m);
    contents(m);
    m->sheet.begin(&m->sheet);
    for (size_t i = 0; i < m->d->n_blocks; i++)
        sheet_block(&m->sheet, m->d->blocks, m->d->n_blocks, i);
}

static int check(const struct doc_manual *d, struct err *e)
{
    const struct sv texts[] = { d->title, d->subject, d->issuer, d->edition, d->note, d->footer };
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        if (!sheet_text_ok(texts[i]))
            return err_set(e, ERR_INVALID, "规范有过长或无法识别的文字");
    if (d->n_blocks > MAX_BLOCKS)
        return err_set(e, ERR_TOO_LARGE, "规范段落过多");
    for (size_t i = 0; i < d->n_blocks; i++)
        if (!sheet_block_ok(&d->blocks[i]))
            return err_set(e, ERR_INVALID, "规范第%zu段的文字、表格或图无效", i + 1);
    return 0;
}

int doc_manual(const struct doc_manual *d, enum doc_format format, struct buf *out, struct err *e)
{
    struct manual m = { .d = d };
    int rc = check(d, e);
    if (rc == 0)
        rc = font_check(e);
    if (rc < 0)
        return rc;
    m.sheet = (struct sheet){ .arena = arena_new(), .left = MAN_LEFT, .width = WIDTH,
                              .size = MAN_BODY, .leading = MAN_LEADING, .table_size = 9,
                              .begin = begin_page, .headed = note_page };
    m.page_of = arena_array(m.sheet.arena, d->n_blocks + 1, sizeof *m.page_of);
    struct doc_facts facts = { .title = arena_printf_sv(m.sheet.arena, "%.*s%.*s",
                                                        (int)d->subject.n, d->subject.p,
                                                        (int)d->title.n, d->title.p),
                               .author = d->issuer };
    struct device *counter = device_null_new();
    struct device *device = device_new(format, &facts);
    draw(&m, counter);
    m.pages = m.sheet.page;
    draw(&m, device);
    rc = device->finish(device, out, e);
    counter->free(counter);
    device->free(device);
    arena_free(m.sheet.arena);
    return rc;
}
