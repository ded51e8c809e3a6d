/* ofd_font: see ofd_font.h. */
#include "doc/ofd_font.h"

#include <stdlib.h>

#include "base/arena.h"

struct ofd_font {
    const struct font *font;
    unsigned id;
    struct font_char *chars; /* sorted by code */
    size_t n, cap;
};

/* What a reader without this file's outlines should take instead: by name, most know only these. */
static const struct { const char *part, *family; } FAMILIES[] = {
    { "Serif", "宋体" }, { "Sans", "黑体" },
};

struct ofd_font *ofd_font_new(const struct font *font, unsigned id)
{
    struct ofd_font *f = mem_new(sizeof *f);
    f->font = font;
    f->id = id;
    return f;
}

void ofd_font_free(struct ofd_font *f)
{
    free(f->chars);
    free(f);
}

unsigned ofd_font_id(const struct ofd_font *f)
{
    return f->id;
}

bool ofd_font_take(struct ofd_font *f, const struct font *font, uint32_t code, uint32_t glyph)
{
    size_t from = 0, to = f->n;
    if (f->font != font)
        return false;
    while (from < to) {
        size_t mid = (from + to) / 2;
        if (f->chars[mid].code < code)
            from = mid + 1;
        else
            to = mid;
    }
    if (from < f->n && f->chars[from].code == code)
        return f->chars[from].glyph == glyph;
    if (f->n == f->cap) {
        f->cap = f->cap ? f->cap * 2 : 64;
        f->chars = realloc(f->chars, f->cap * sizeof *f->chars);
        if (!f->chars)
            abort();
    }
    memmove(f->chars + from + 1, f->chars + from, (f->n - from) * sizeof *f->chars);
    f->chars[from] = (struct font_char){ code, glyph };
    f->n++;
    return true;
}

void ofd_font_element(const struct ofd_font *f, struct buf *out)
{
    const char *name = font_name(f->font);
    const char *family = name;
    for (size_t i = 0; i < sizeof FAMILIES / sizeof FAMILIES[0]; i++)
        if (strstr(name, FAMILIES[i].part))
            family = FAMILIES[i].family;
    buf_fmt(out, "<ofd:Font ID=\"%u\" FontName=\"%s\" FamilyName=\"%s\"%s><ofd:FontFile>font_%u.otf"
                 "</ofd:FontFile></ofd:Font>", f->id, name, family,
            strstr(name, "Bold") ? " Bold=\"true\"" : "", f->id);
}

void ofd_font_file(const struct ofd_font *f, struct buf *out)
{
    font_file(f->font, f->chars, f->n, out);
}
