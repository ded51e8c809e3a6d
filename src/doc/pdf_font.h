/* pdf_font: one font of a PDF file, with the glyphs that the file uses.
 *
 * A glyph may stand for different characters (the mark for a missing one, variants); so each
 * pair of glyph and text gets a CID of its own, and copying text out gives what was meant.
 */
#ifndef YZ_DOC_PDF_FONT_H
#define YZ_DOC_PDF_FONT_H

#include "doc/font.h"
#include "doc/pdf.h"

struct pdf_font;

struct pdf_font *pdf_font_new(const struct font *font);
void pdf_font_free(struct pdf_font *f);
bool pdf_font_is(const struct pdf_font *f, const struct font *font);
/* The CID for a glyph that means text (copied); 0 when there are too many. */
unsigned pdf_font_cid(struct pdf_font *f, uint32_t glyph, struct sv text);
void pdf_font_set_object(struct pdf_font *f, unsigned object);
unsigned pdf_font_object(const struct pdf_font *f);
/* The font's objects: dictionaries, widths, outlines, and the way back to Unicode. */
void pdf_font_write(const struct pdf_font *f, struct pdf *pdf);

#endif
