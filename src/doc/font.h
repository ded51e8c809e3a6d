/* font: the fonts that papers use, and small copies of them for embedding.
 *
 * Everything hangs on a per-thread Pango font map (Pango is thread-safe that way), so papers
 * are made in several threads at once without a lock.
 */
#ifndef YZ_DOC_FONT_H
#define YZ_DOC_FONT_H

#include <pango/pango.h>

#include "doc/device.h"

enum face { FACE_SERIF, FACE_SERIF_BOLD, FACE_SANS, FACE_SANS_BOLD, FACES };

/* This thread's context for laying out; borrowed. */
PangoContext *font_context(void);
/* ERR_CONFIG when a face is not installed (a licence in a chance font would be worse). */
int font_check(struct err *e);
/* A description for pango at size points; borrowed, valid until the next call. */
const PangoFontDescription *font_description(enum face face, double size);
/* The font behind a piece that pango shaped; lives as long as the thread. */
const struct font *font_of(PangoFont *pango_font);
const char *font_name(const struct font *f); /* PostScript name */
/* The glyph for 〓, drawn where no installed font has a character; its advance in em. */
uint32_t font_missing(const struct font *f, double *advance);
/* Advance of a glyph in thousandths of an em. */
int font_width(const struct font *f, uint32_t glyph);

/* The glyph of a character by itself, 0 when the font has none. */
uint32_t font_glyph(const struct font *f, uint32_t code);

/* The outline of a glyph, thousandths of an em, y upwards; every contour is closed. */
struct font_pen {
    void (*move)(void *ctx, float x, float y);
    void (*line)(void *ctx, float x, float y);
    void (*curve)(void *ctx, float x1, float y1, float x2, float y2, float x, float y);
    void *ctx;
};
void font_outline(const struct font *f, uint32_t glyph, const struct font_pen *pen);

/* Generous bounds of every glyph, thousandths of an em. */
extern const int FONT_BOX[4];

/* Bare CFF font (Adobe TN 5176), CID-keyed, holding .notdef and then glyphs[0..n-1] as CIDs
 * 1..n; 1000 units per em. name is its PostScript name. */
void font_subset(const struct font *f, const uint32_t *glyphs, size_t n, struct sv name,
                 struct buf *out);

/* An OpenType font file (font_file.c) with the given characters, sorted by code without doubles. */
struct font_char { uint32_t code, glyph; };
void font_file(const struct font *f, const struct font_char *chars, size_t n, struct buf *out);

#endif
