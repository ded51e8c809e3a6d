/* ofd_font: the characters of one face that a document uses, as one font file of OFD.
 *
 * Readers find glyphs by characters, so one file can give a character one glyph only. Where
 * layout chose another glyph for the same character (a variant), it goes into a further file. */
#ifndef YZ_DOC_OFD_FONT_H
#define YZ_DOC_OFD_FONT_H

#include "doc/font.h"

struct ofd_font;

struct ofd_font *ofd_font_new(const struct font *font, unsigned id);
void ofd_font_free(struct ofd_font *f);
unsigned ofd_font_id(const struct ofd_font *f);
/* Of this face, and nothing against code being that glyph: then it is from now on. */
bool ofd_font_take(struct ofd_font *f, const struct font *font, uint32_t code, uint32_t glyph);
/* The <ofd:Font> element, naming the file; then the file itself. */
void ofd_font_element(const struct ofd_font *f, struct buf *out);
void ofd_font_file(const struct ofd_font *f, struct buf *out);

#endif
