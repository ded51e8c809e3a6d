/* font_file: a small OpenType font around the outlines of font_subset, for papers whose readers
 * want a font file and find glyphs by characters (OFD). Tables as in ISO/IEC 14496-22.
 *
 * Glyphs are numbered in the order of their characters, so that neighbouring characters are
 * neighbouring glyphs and the character maps are short. */
#include <stdlib.h>

#include "base/arena.h"
#include "doc/font.h"

enum { TABLES = 9, EM = 1000, ASCENT = 880, DESCENT = -120, FILE_CAP = 32 * 1024 * 1024,
       NAMES = 4, HEAD_CHECK_AT = 8 };

static bool is_bold(const struct font *f)
{
    return strstr(font_name(f), "Bold") != NULL;
}

/* A run of characters, each one more than the one before; its first glyph. */
struct run { uint32_t first, last, glyph; };

static size_t runs_of(const struct font_char *chars, size_t n, uint32_t most, struct run *out)
{
    size_t k = 0;
    for (size_t i = 0; i < n && chars[i].code <= most; i++) {
        if (k && out[k - 1].last + 1 == chars[i].code)
            out[k - 1].last++;
        else
            out[k++] = (struct run){ chars[i].code, chars[i].code, (uint32_t)i + 1 };
    }
    return k;
}

/* Format 4: the basic plane. */
static void put_map_4(struct buf *b, const struct run *r, size_t n)
{
    uint64_t search = 1, log = 0;
    while (search * 2 <= n + 1)
        search *= 2, log++;
    buf_be(b, 4, 2);
    buf_be(b, 16 + 8 * (n + 1), 2);
    buf_be(b, 0, 2);
    buf_be(b, 2 * (n + 1), 2);
    buf_be(b, 2 * search, 2);
    buf_be(b, log, 2);
    buf_be(b, 2 * (n + 1 - search), 2);
    for (size_t i = 0; i < n; i++)
        buf_be(b, r[i].last, 2);
    buf_be(b, 0xffff, 2);
    buf_be(b, 0, 2);
    for (size_t i = 0; i < n; i++)
        buf_be(b, r[i].first, 2);
    buf_be(b, 0xffff, 2);
    for (size_t i = 0; i < n; i++)
        buf_be(b, (uint16_t)(r[i].glyph - r[i].first), 2);
    buf_be(b, 1, 2);
    for (size_t i = 0; i <= n; i++)
        buf_be(b, 0, 2);
}

/* Format 12: all planes. */
static void put_map_12(struct buf *b, const struct run *r, size_t n)
{
    buf_be(b, UINT64_C(12) << 16, 4);
    buf_be(b, 16 + 12 * n, 4);
    buf_be(b, 0, 4);
    buf_be(b, n, 4);
    for (size_t i = 0; i < n; i++) {
        buf_be(b, r[i].first, 4);
        buf_be(b, r[i].last, 4);
        buf_be(b, r[i].glyph, 4);
    }
}

static void put_cmap(struct buf *b, const struct font_char *chars, size_t n)
{
    struct run *r = mem_new((n + 1) * sizeof *r);
    size_t basic = runs_of(chars, n, 0xfffe, r);
    size_t first_size = 16 + 8 * (basic + 1);
    buf_be(b, 2, 4); /* version 0, two maps: Windows, BMP and all */
    buf_be(b, 3 << 16 | 1, 4);
    buf_be(b, 20, 4);
    buf_be(b, 3 << 16 | 10, 4);
    buf_be(b, 20 + first_size, 4);
    put_map_4(b, r, basic);
    put_map_12(b, r, runs_of(chars, n, UINT32_MAX, r));
    free(r);
}

static void put_head(struct buf *b, const struct font *f)
{
    buf_be(b, 0x00010000, 4);
    buf_be(b, 0x00010000, 4);
    buf_be(b, 0, 4); /* checkSumAdjustment, later */
    buf_be(b, 0x5f0f3cf5, 4);
    buf_be(b, 3, 2);
    buf_be(b, EM, 2);
    buf_be(b, 0, 8); /* no dates: equal content is equal bytes */
    buf_be(b, 0, 8);
    for (int i = 0; i < 4; i++)
        buf_be(b, (uint16_t)FONT_BOX[i], 2);
    buf_be(b, is_bold(f), 2);
    buf_be(b, 8, 2);
    buf_be(b, 2, 2);
    buf_be(b, 0, 4);
}

static void put_hhea(struct buf *b, size_t glyphs)
{
    buf_be(b, 0x00010000, 4);
    buf_be(b, ASCENT, 2);
    buf_be(b, (uint16_t)DESCENT, 2);
    buf_be(b, 0, 2);
    buf_be(b, 3 * EM, 2);
    buf_be(b, (uint16_t)FONT_BOX[0], 2);
    buf_be(b, 0, 2);
    buf_be(b, (uint64_t)FONT_BOX[2], 2);
    buf_be(b, 1 << 16, 4); /* upright caret */
    buf_be(b, 0, 8);
    buf_be(b, 0, 4);
    buf_be(b, glyphs, 2);
}

static void put_hmtx(struct buf *b, const struct font *f, const struct font_char *chars, size_t n)
{
    for (size_t i = 0; i <= n; i++) {
        buf_be(b, (uint64_t)font_width(f, i ? chars[i - 1].glyph : 0), 2);
        buf_be(b, 0, 2);
    }
}

static void put_os2(struct buf *b, const struct font *f, const struct font_char *chars, size_t n)
{
    uint32_t last = n ? chars[n - 1].code : 0;
    buf_be(b, 4, 2);
    buf_be(b, EM, 2);
    buf_be(b, is_bold(f) ? 700 : 400, 2);
    buf_be(b, 5, 2);
    buf_be(b, 0, 2); /* may be embedded */
    for (int i = 0; i < 11; i++) /* sub- and superscripts, strikeout, family class */
        buf_be(b, i < 8 && i % 4 < 2 ? 650 : 0, 2);
    for (int i = 0; i < 10; i++)
        buf_byte(b, 0);
    buf_be(b, 0, 8);
    buf_be(b, 0, 8);
    buf_str(b, "NONE");
    buf_be(b, is_bold(f) ? 0x20 : 0x40, 2);
    buf_be(b, n && chars[0].code < 0xffff ? chars[0].code : 0xffff, 2);
    buf_be(b, last < 0xffff ? last : 0xffff, 2);
    buf_be(b, ASCENT, 2);
    buf_be(b, (uint16_t)DESCENT, 2);
    buf_be(b, 0, 2);
    buf_be(b, (uint64_t)FONT_BOX[3], 2);
    buf_be(b, (uint64_t)-FONT_BOX[1], 2);
    buf_be(b, 0, 8);
    buf_be(b, 540, 2);
    buf_be(b, 733, 2);
    buf_be(b, 0, 2);
    buf_be(b, ' ', 2);
    buf_be(b, 0, 2);
}

/* Family, style, full name and PostScript name, in UTF-16 for Windows. Names are ASCII. */
static void put_name(struct buf *b, const struct font *f)
{
    const char *const texts[NAMES] = { font_name(f), is_bold(f) ? "Bold" : "Regular", font_name(f),
                                       font_name(f) };
    static const unsigned char ids[NAMES] = { 1, 2, 4, 6 };
    size_t at = 0;
    buf_be(b, 0, 2);
    buf_be(b, NAMES, 2);
    buf_be(b, 6 + 12 * NAMES, 2);
    for (int i = 0; i < NAMES; i++) {
        size_t n = 2 * strlen(texts[i]);
        buf_be(b, UINT64_C(3) << 32 | 1 << 16 | 0x409, 6);
        buf_be(b, ids[i], 2);
        buf_be(b, n, 2);
        buf_be(b, at, 2);
        at += n;
    }
    for (int i = 0; i < NAMES; i++)
        for (const char *p = texts[i]; *p; p++)
            buf_be(b, (unsigned char)*p, 2);
}

static uint32_t checksum(struct sv s)
{
    uint32_t sum = 0;
    for (size_t i = 0; i < s.n; i++)
        sum += (uint32_t)(unsigned char)s.p[i] << (8 * (3 - i % 4));
    return sum;
}

static void put_cff(struct buf *b, const struct font *f, const struct font_char *chars, size_t n)
{
    uint32_t *glyphs = mem_new((n + 1) * sizeof *glyphs);
    for (size_t i = 0; i < n; i++)
        glyphs[i] = chars[i].glyph;
    font_subset(f, glyphs, n, sv_of(font_name(f)), b);
    free(glyphs);
}

/* Header, directory, and the tables padded to whole words; data holds them one after another. */
static void put_file(struct buf *out, const struct buf *tables)
{
    static const char tags[TABLES][5] = { "CFF ", "OS/2", "cmap", "head", "hhea", "hmtx", "maxp",
                                          "name", "post" };
    enum { HEAD = 3 };
    size_t from = out->n;
    size_t at = 12 + 16 * TABLES;
    size_t head_at = 0;
    buf_str(out, "OTTO");
    buf_be(out, TABLES, 2);
    buf_be(out, 8 * 16, 2);
    buf_be(out, 3, 2);
    buf_be(out, (TABLES - 8) * 16, 2);
    for (int i = 0; i < TABLES; i++) {
        buf_str(out, tags[i]);
        buf_be(out, checksum(buf_sv(&tables[i])), 4);
        buf_be(out, at, 4);
        buf_be(out, tables[i].n, 4);
        if (i == HEAD)
            head_at = from + at;
        at += (tables[i].n + 3) & ~(size_t)3;
    }
    for (int i = 0; i < TABLES; i++) {
        buf_sv_add(out, buf_sv(&tables[i]));
        while ((out->n - from) % 4 && buf_ok(out))
            buf_byte(out, 0);
        out->failed = out->failed || !buf_ok(&tables[i]);
    }
    if (!buf_ok(out))
        return;
    uint32_t adjust = 0xb1b0afba - checksum(sv_skip(buf_sv(out), from));
    for (size_t i = 0; i < 4; i++)
        out->p[head_at + HEAD_CHECK_AT + i] = (char)(adjust >> (8 * (3 - i)));
}

void font_file(const struct font *f, const struct font_char *chars, size_t n, struct buf *out)
{
    struct buf t[TABLES];
    for (int i = 0; i < TABLES; i++)
        buf_init(&t[i], FILE_CAP);
    put_cff(&t[0], f, chars, n);
    put_os2(&t[1], f, chars, n);
    put_cmap(&t[2], chars, n);
    put_head(&t[3], f);
    put_hhea(&t[4], n + 1);
    put_hmtx(&t[5], f, chars, n);
    buf_be(&t[6], 0x00005000, 4);
    buf_be(&t[6], n + 1, 2);
    put_name(&t[7], f);
    buf_be(&t[8], 0x00030000, 4); /* no glyph names */
    for (int i = 0; i < 7; i++)
        buf_be(&t[8], i == 1 ? (uint64_t)(uint32_t)(-100 * 65536 + 50) : 0, 4);
    put_file(out, t);
    for (int i = 0; i < TABLES; i++)
        buf_done(&t[i]);
}
