/* pdf_font: see pdf_font.h. */
#include "doc/pdf_font.h"

#include <stdlib.h>

#include "base/arena.h"

enum { MAX_CIDS = 60000, HASH_SIZE = 1 << 12, FONT_CAP = 32 * 1024 * 1024 };

struct cid {
    uint32_t glyph;
    struct sv text;
    unsigned next; /* in its hash chain; 0 = end */
};

struct pdf_font {
    const struct font *font;
    struct arena *arena;
    unsigned object;
    struct cid *cids; /* from 1 */
    unsigned n, cap;
    bool failed;
    unsigned hash[HASH_SIZE];
};

struct pdf_font *pdf_font_new(const struct font *font)
{
    struct pdf_font *f = mem_new(sizeof *f);
    f->font = font;
    f->arena = arena_new();
    return f;
}

void pdf_font_free(struct pdf_font *f)
{
    arena_free(f->arena);
    free(f->cids);
    free(f);
}

bool pdf_font_is(const struct pdf_font *f, const struct font *font)
{
    return f->font == font;
}

void pdf_font_set_object(struct pdf_font *f, unsigned object)
{
    f->object = object;
}

unsigned pdf_font_object(const struct pdf_font *f)
{
    return f->object;
}

unsigned pdf_font_cid(struct pdf_font *f, uint32_t glyph, struct sv text)
{
    unsigned slot = (glyph * 2654435761u >> 7) % HASH_SIZE;
    for (unsigned i = f->hash[slot]; i; i = f->cids[i].next)
        if (f->cids[i].glyph == glyph && sv_eq(f->cids[i].text, text))
            return i;
    if (f->n + 1 >= MAX_CIDS) {
        f->failed = true;
        return 0;
    }
    if (f->n + 1 >= f->cap) {
        unsigned cap = f->cap ? f->cap * 2 : 64;
        struct cid *cids = realloc(f->cids, cap * sizeof *cids);
        if (!cids)
            abort();
        f->cids = cids;
        f->cap = cap;
    }
    f->cids[++f->n] = (struct cid){ glyph, arena_sv(f->arena, text), f->hash[slot] };
    f->hash[slot] = f->n;
    return f->n;
}

static void write_to_unicode(struct pdf *pdf, unsigned number, const struct pdf_font *f)
{
    enum { AT_ONCE = 100 }; /* the most that one beginbfchar may hold */
    struct buf b;
    buf_init(&b, FONT_CAP);
    buf_str(&b, "/CIDInit /ProcSet findresource begin 12 dict begin begincmap\n"
                "/CIDSystemInfo<</Registry(Adobe)/Ordering(UCS)/Supplement 0>>def\n"
                "/CMapName/Adobe-Identity-UCS def/CMapType 2 def\n"
                "1 begincodespacerange <0000><FFFF> endcodespacerange\n");
    for (unsigned from = 1; from <= f->n; from += AT_ONCE) {
        unsigned to = from + AT_ONCE - 1 < f->n ? from + AT_ONCE - 1 : f->n;
        unsigned named = 0;
        for (unsigned i = from; i <= to; i++)
            named += f->cids[i].text.n > 0;
        if (named == 0)
            continue;
        buf_fmt(&b, "%u beginbfchar\n", named);
        for (unsigned i = from; i <= to; i++) {
            if (f->cids[i].text.n == 0)
                continue;
            buf_fmt(&b, "<%04X><", i);
            pdf_utf16(&b, f->cids[i].text);
            buf_str(&b, ">\n");
        }
        buf_str(&b, "endbfchar\n");
    }
    buf_str(&b, "endcmap CMapName currentdict/CMap defineresource pop end end\n");
    pdf->failed = pdf->failed || !buf_ok(&b);
    pdf_stream(pdf, number, "", buf_sv(&b));
    buf_done(&b);
}

/* "ABCDEF+Name": the tag must differ between subsets, so it is drawn from the content. */
static void font_tag(const struct pdf_font *f, struct buf *name)
{
    uint64_t h = UINT64_C(14695981039346656037);
    for (unsigned i = 1; i <= f->n; i++)
        h = (h ^ f->cids[i].glyph) * UINT64_C(1099511628211);
    for (int i = 0; i < 6; i++, h /= 26)
        buf_byte(name, (unsigned char)('A' + h % 26));
    buf_fmt(name, "+%s", font_name(f->font));
}

static void write_descendant(struct pdf *pdf, unsigned number, unsigned descriptor,
                             const struct pdf_font *f, const char *name)
{
    pdf_begin(pdf, number);
    buf_fmt(&pdf->out, "<</Type/Font/Subtype/CIDFontType0/BaseFont/%s/CIDSystemInfo"
                       "<</Registry(Adobe)/Ordering(Identity)/Supplement 0>>"
                       "/FontDescriptor %u 0 R/DW 1000/W[1[", name, descriptor);
    for (unsigned i = 1; i <= f->n; i++)
        buf_fmt(&pdf->out, "%d ", font_width(f->font, f->cids[i].glyph));
    buf_str(&pdf->out, "]]>>");
    pdf_end(pdf);
}

void pdf_font_write(const struct pdf_font *f, struct pdf *pdf)
{
    struct buf cff;
    struct buf name;
    uint32_t *glyphs = mem_new((f->n + 1) * sizeof *glyphs);
    unsigned descendant = pdf_reserve(pdf);
    unsigned descriptor = pdf_reserve(pdf);
    unsigned file = pdf_reserve(pdf);
    unsigned unicode = pdf_reserve(pdf);
    buf_init(&cff, FONT_CAP);
    buf_init(&name, 128);
    font_tag(f, &name);
    for (unsigned i = 1; i <= f->n; i++)
        glyphs[i - 1] = f->cids[i].glyph;
    font_subset(f->font, glyphs, f->n, buf_sv(&name), &cff);
    pdf_begin(pdf, f->object);
    buf_fmt(&pdf->out, "<</Type/Font/Subtype/Type0/BaseFont/%s/Encoding/Identity-H"
                       "/DescendantFonts[%u 0 R]/ToUnicode %u 0 R>>", name.p, descendant, unicode);
    pdf_end(pdf);
    write_descendant(pdf, descendant, descriptor, f, name.p);
    pdf_begin(pdf, descriptor);
    buf_fmt(&pdf->out, "<</Type/FontDescriptor/FontName/%s/Flags 4/FontBBox[%d %d %d %d]"
                       "/ItalicAngle 0/Ascent 880/Descent -120/CapHeight 733/StemV 80"
                       "/FontFile3 %u 0 R>>", name.p, FONT_BOX[0], FONT_BOX[1], FONT_BOX[2],
            FONT_BOX[3], file);
    pdf_end(pdf);
    pdf->failed = pdf->failed || f->failed || !buf_ok(&cff);
    pdf_stream(pdf, file, "/Subtype/CIDFontType0C", buf_sv(&cff));
    write_to_unicode(pdf, unicode, f);
    buf_done(&cff);
    buf_done(&name);
    free(glyphs);
}
