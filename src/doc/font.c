/* font: see font.h. */
#include "doc/font.h"

#include <hb-ot.h>
#include <pango/pangocairo.h>
#include <pthread.h>
#include <stdlib.h>

struct font {
    hb_font_t *hb; /* scaled to 1000 units per em */
    hb_face_t *face;
    char name[64];
    struct font *next;
};

/* All that a thread keeps; freed when it ends. */
struct fonts {
    PangoContext *context;
    PangoFontDescription *description[FACES];
    struct font *list;
};

static pthread_once_t once = PTHREAD_ONCE_INIT;
static pthread_key_t per_thread;

static const struct { const char *family; PangoWeight weight; } FACE[FACES] = {
    [FACE_SERIF] = { "Noto Serif CJK SC", PANGO_WEIGHT_NORMAL },
    [FACE_SERIF_BOLD] = { "Noto Serif CJK SC", PANGO_WEIGHT_BOLD },
    [FACE_SANS] = { "Noto Sans CJK SC", PANGO_WEIGHT_NORMAL },
    [FACE_SANS_BOLD] = { "Noto Sans CJK SC", PANGO_WEIGHT_BOLD },
};

static void fonts_free(void *p)
{
    struct fonts *f = p;
    while (f->list) {
        struct font *next = f->list->next;
        hb_font_destroy(f->list->hb);
        hb_face_destroy(f->list->face);
        free(f->list);
        f->list = next;
    }
    for (int i = 0; i < FACES; i++)
        pango_font_description_free(f->description[i]);
    g_object_unref(f->context);
    free(f);
}

static void set_up(void)
{
    if (pthread_key_create(&per_thread, fonts_free) != 0)
        abort();
}

static struct fonts *fonts(void)
{
    pthread_once(&once, set_up);
    struct fonts *f = pthread_getspecific(per_thread);
    if (f)
        return f;
    f = mem_new(sizeof *f);
    /* A map of our own, not pango's per-thread default: that one may go before our context. */
    PangoFontMap *map = pango_cairo_font_map_new();
    pango_cairo_font_map_set_resolution(PANGO_CAIRO_FONT_MAP(map), 72.0);
    f->context = pango_font_map_create_context(map);
    g_object_unref(map);
    pango_context_set_language(f->context, pango_language_from_string("zh-cn"));
    pango_context_set_round_glyph_positions(f->context, FALSE);
    cairo_font_options_t *o = cairo_font_options_create(); /* positions free of any screen */
    cairo_font_options_set_hint_style(o, CAIRO_HINT_STYLE_NONE);
    cairo_font_options_set_hint_metrics(o, CAIRO_HINT_METRICS_OFF);
    pango_cairo_context_set_font_options(f->context, o);
    cairo_font_options_destroy(o);
    for (int i = 0; i < FACES; i++) {
        f->description[i] = pango_font_description_new();
        pango_font_description_set_family_static(f->description[i], FACE[i].family);
        pango_font_description_set_weight(f->description[i], FACE[i].weight);
    }
    if (pthread_setspecific(per_thread, f) != 0)
        abort();
    return f;
}

PangoContext *font_context(void)
{
    return fonts()->context;
}

const PangoFontDescription *font_description(enum face face, double size)
{
    PangoFontDescription *d = fonts()->description[face];
    pango_font_description_set_absolute_size(d, size * PANGO_SCALE);
    return d;
}

int font_check(struct err *e)
{
    for (int i = 0; i < FACES; i++) {
        PangoFont *font = pango_context_load_font(font_context(), font_description((enum face)i, 12));
        PangoFontDescription *d = font ? pango_font_describe(font) : NULL;
        bool ok = d && strcmp(pango_font_description_get_family(d), FACE[i].family) == 0;
        pango_font_description_free(d);
        g_clear_object(&font);
        if (!ok)
            return err_set(e, ERR_CONFIG, "没有安装字体“%s”（软件包 fonts-noto-cjk）", FACE[i].family);
    }
    return 0;
}

/* The PostScript name, with only characters that need no escape in PDF. */
static void read_name(struct font *f)
{
    char raw[sizeof f->name] = "";
    unsigned n = sizeof raw;
    size_t k = 0;
    hb_ot_name_get_utf8(f->face, HB_OT_NAME_ID_POSTSCRIPT_NAME, HB_LANGUAGE_INVALID, &n, raw);
    for (size_t i = 0; raw[i]; i++)
        if (g_ascii_isalnum(raw[i]) || raw[i] == '-')
            f->name[k++] = raw[i];
    if (k == 0)
        memcpy(f->name, "Font", 5);
}

const struct font *font_of(PangoFont *pango_font)
{
    struct fonts *all = fonts();
    hb_face_t *face = hb_font_get_face(pango_font_get_hb_font(pango_font));
    for (struct font *f = all->list; f; f = f->next)
        if (f->face == face)
            return f;
    struct font *f = mem_new(sizeof *f);
    f->face = hb_face_reference(face);
    f->hb = hb_font_create(face);
    hb_font_set_scale(f->hb, 1000, 1000);
    read_name(f);
    f->next = all->list;
    all->list = f;
    return f;
}

const char *font_name(const struct font *f)
{
    return f->name;
}

int font_width(const struct font *f, uint32_t glyph)
{
    return hb_font_get_glyph_h_advance(f->hb, glyph);
}

uint32_t font_missing(const struct font *f, double *advance)
{
    uint32_t glyph = font_glyph(f, 0x3013);
    *advance = font_width(f, glyph) / 1000.0;
    return glyph;
}

/* ---- outlines ---- */

static void draw_move(hb_draw_funcs_t *f, void *c, hb_draw_state_t *s, float x, float y, void *u)
{
    const struct font_pen *pen = c;
    (void)f, (void)s, (void)u;
    pen->move(pen->ctx, x, y);
}

static void draw_line(hb_draw_funcs_t *f, void *c, hb_draw_state_t *s, float x, float y, void *u)
{
    const struct font_pen *pen = c;
    (void)f, (void)s, (void)u;
    pen->line(pen->ctx, x, y);
}

static void draw_curve(hb_draw_funcs_t *f, void *c, hb_draw_state_t *s, float x1, float y1,
                       float x2, float y2, float x, float y, void *u)
{
    const struct font_pen *pen = c;
    (void)f, (void)s, (void)u;
    pen->curve(pen->ctx, x1, y1, x2, y2, x, y);
}

static hb_draw_funcs_t *draw_funcs;
static pthread_once_t draw_once = PTHREAD_ONCE_INIT;

static void draw_set_up(void) /* quadratic curves come as cubic ones by default */
{
    draw_funcs = hb_draw_funcs_create();
    hb_draw_funcs_set_move_to_func(draw_funcs, draw_move, NULL, NULL);
    hb_draw_funcs_set_line_to_func(draw_funcs, draw_line, NULL, NULL);
    hb_draw_funcs_set_cubic_to_func(draw_funcs, draw_curve, NULL, NULL);
    hb_draw_funcs_make_immutable(draw_funcs);
}

void font_outline(const struct font *f, uint32_t glyph, const struct font_pen *pen)
{
    void *data = (void *)(uintptr_t)pen;
    pthread_once(&draw_once, draw_set_up);
#if HB_VERSION_ATLEAST(7, 0, 0)
    hb_font_draw_glyph(f->hb, glyph, draw_funcs, data);
#else
    hb_font_get_glyph_shape(f->hb, glyph, draw_funcs, data);
#endif
}

uint32_t font_glyph(const struct font *f, uint32_t code)
{
    hb_codepoint_t glyph = 0;
    hb_font_get_nominal_glyph(f->hb, code, &glyph);
    return glyph;
}

/* ---- outlines as Type 2 charstrings (Adobe TN 5177) ---- */

const int FONT_BOX[4] = { -1000, -500, 2000, 1500 };

enum { OP_LINE = 5, OP_CURVE = 8, OP_END = 14, OP_MOVE = 21, OP_NONE = 0, STACK = 48 };
enum { EM = 1000 };

/* Coordinates are rounded once, absolutely, so that nothing drifts along an outline. */
struct charstring {
    struct buf *out;
    int x, y;
    int op;      /* whose arguments stand in args */
    int args[STACK];
    int n;
};

static void put_number(struct buf *b, int v)
{
    if (v >= -107 && v <= 107)
        buf_byte(b, (unsigned char)(v + 139));
    else if (v >= 108 && v <= 1131)
        buf_be(b, (uint64_t)((v - 108 + (247 << 8))), 2);
    else if (v <= -108 && v >= -1131)
        buf_be(b, (uint64_t)((-v - 108 + (251 << 8))), 2);
    else
        buf_be(b, UINT64_C(28) << 16 | (uint16_t)v, 3);
}

static void flush(struct charstring *c)
{
    for (int i = 0; i < c->n; i++)
        put_number(c->out, c->args[i]);
    if (c->op != OP_NONE)
        buf_byte(c->out, (unsigned char)c->op);
    c->n = 0;
    c->op = OP_NONE;
}

/* One more segment of op, with its points; lines and curves in a row share one operator. */
static void segment(struct charstring *c, int op, const float *xy, int points)
{
    if (c->op != op || op == OP_MOVE || c->n + 2 * points > STACK)
        flush(c);
    c->op = op;
    for (int i = 0; i < points; i++) {
        int x = (int)__builtin_lroundf(xy[2 * i]);
        int y = (int)__builtin_lroundf(xy[2 * i + 1]);
        c->args[c->n++] = x - c->x;
        c->args[c->n++] = y - c->y;
        c->x = x;
        c->y = y;
    }
}

static void string_move(void *c, float x, float y)
{
    segment(c, OP_MOVE, (float[]){ x, y }, 1);
}

static void string_line(void *c, float x, float y)
{
    segment(c, OP_LINE, (float[]){ x, y }, 1);
}

static void string_curve(void *c, float x1, float y1, float x2, float y2, float x, float y)
{
    segment(c, OP_CURVE, (float[]){ x1, y1, x2, y2, x, y }, 3);
}

static void put_glyph(const struct font *f, uint32_t glyph, struct buf *out)
{
    struct charstring c = { .out = out };
    const struct font_pen pen = { string_move, string_line, string_curve, &c };
    int width = font_width(f, glyph);
    if (width != EM) /* defaultWidthX */
        put_number(out, width);
    font_outline(f, glyph, &pen);
    flush(&c);
    buf_byte(out, OP_END);
}

/* ---- CFF ---- */

/* An INDEX of pieces; ends[i] is the length of pieces 0..i in data. */
static void put_index(struct buf *out, const uint32_t *ends, size_t n, struct sv data)
{
    buf_be(out, n, 2);
    if (n == 0)
        return;
    buf_byte(out, 4);
    buf_be(out, 1, 4);
    for (size_t i = 0; i < n; i++)
        buf_be(out, UINT64_C(1) + ends[i], 4);
    buf_sv_add(out, data);
}

static void put_index_one(struct buf *out, struct sv piece)
{
    uint32_t end = (uint32_t)piece.n;
    put_index(out, &end, 1, piece);
}

/* Integers always in five bytes, so that the dictionary's size does not depend on them. */
static void put_dict_int(struct buf *b, size_t v)
{
    buf_byte(b, 29);
    buf_be(b, v, 4);
}

/* defaultWidthX 1000, nominalWidthX 0 */
static const char PRIVATE[] = "\x1c\x03\xe8\x14\x8b\x15";

struct cff_places { size_t charset, fd_select, charstrings, fd_array; };

static void put_top_dict(struct buf *b, size_t glyphs, const struct cff_places *at)
{
    put_dict_int(b, 391); /* our first two strings: Adobe, Identity */
    put_dict_int(b, 392);
    put_dict_int(b, 0);
    buf_add(b, "\x0c\x1e", 2); /* ROS */
    put_dict_int(b, glyphs);
    buf_add(b, "\x0c\x22", 2); /* CIDCount */
    for (size_t i = 0; i < 4; i++)
        put_number(b, FONT_BOX[i]);
    buf_byte(b, 5);
    put_dict_int(b, at->charset);
    buf_byte(b, 15);
    put_dict_int(b, at->fd_select);
    buf_add(b, "\x0c\x25", 2);
    put_dict_int(b, at->charstrings);
    buf_byte(b, 17);
    put_dict_int(b, at->fd_array);
    buf_add(b, "\x0c\x24", 2);
}

/* Everything before the tables that the top dictionary points to. */
static void put_head(struct buf *b, struct sv name, size_t glyphs, const struct cff_places *at)
{
    struct buf top;
    static const uint32_t ends[2] = { 5, 13 };
    buf_init(&top, 200);
    put_top_dict(&top, glyphs, at);
    buf_add(b, "\x01\x00\x04\x04", 4);
    put_index_one(b, name);
    put_index_one(b, buf_sv(&top));
    put_index(b, ends, 2, SV("AdobeIdentity"));
    put_index(b, NULL, 0, SV("")); /* global subroutines: none, outlines are flat */
    buf_done(&top);
}

/* Offsets of the tables, which follow the head in this order. */
static struct cff_places places(struct sv name, size_t glyphs, size_t charstrings)
{
    struct cff_places at = { 0 };
    struct buf probe;
    buf_init(&probe, 4096);
    put_head(&probe, name, glyphs, &at);
    at.charset = probe.n;
    at.fd_select = at.charset + 5;
    at.charstrings = at.fd_select + 8;
    at.fd_array = at.charstrings + 3 + 4 * (glyphs + 1) + charstrings;
    buf_done(&probe);
    return at;
}

void font_subset(const struct font *f, const uint32_t *glyphs, size_t n, struct sv name,
                 struct buf *out)
{
    struct buf strings;
    struct buf dict;
    uint32_t *ends = mem_new((n + 1) * sizeof *ends);
    buf_init(&strings, out->cap);
    buf_init(&dict, 64);
    for (size_t i = 0; i <= n; i++) {
        put_glyph(f, i ? glyphs[i - 1] : 0, &strings);
        ends[i] = (uint32_t)strings.n;
    }
    struct cff_places at = places(name, n + 1, strings.n);
    put_head(out, name, n + 1, &at);
    buf_byte(out, 2); /* charset: CIDs 1..n in order */
    buf_be(out, 1, 2);
    buf_be(out, n ? n - 1 : 0, 2);
    buf_byte(out, 3); /* FDSelect: all glyphs use dictionary 0 */
    buf_be(out, 1, 2);
    buf_be(out, 0, 3);
    buf_be(out, n + 1, 2);
    put_index(out, ends, n + 1, buf_sv(&strings));
    put_dict_int(&dict, sizeof PRIVATE - 1);
    put_dict_int(&dict, at.fd_array + 3 + 8 + 11); /* behind this very INDEX */
    buf_byte(&dict, 18);
    put_index_one(out, buf_sv(&dict));
    buf_add(out, PRIVATE, sizeof PRIVATE - 1);
    buf_done(&strings);
    buf_done(&dict);
    free(ends);
}
