/* pdf: writing the objects of a PDF file (pdf.c), used by the PDF device (device_pdf.c).
 * Objects are numbered from 1 in the order they are reserved; each is written once. */
#ifndef YZ_DOC_PDF_H
#define YZ_DOC_PDF_H

#include "base/buf.h"

enum { PDF_MAX_OBJECTS = 2000 };

struct pdf {
    struct buf out;
    size_t at[PDF_MAX_OBJECTS]; /* offset of each object; 0 = not written */
    unsigned n;                 /* highest number given out */
    bool failed;
};

void pdf_init(struct pdf *p, size_t cap);
void pdf_done(struct pdf *p);
unsigned pdf_reserve(struct pdf *p);
/* "N 0 obj"; the caller writes the object to p->out and calls pdf_end. */
void pdf_begin(struct pdf *p, unsigned number);
void pdf_end(struct pdf *p);
/* A whole stream object, compressed; extra stands in its dictionary. */
void pdf_stream(struct pdf *p, unsigned number, const char *extra, struct sv data);
/* A number with up to three decimals, independent of any locale. */
void pdf_number(struct buf *b, double v);
/* A text string object for people: UTF-16 in hex. text is well-formed UTF-8. */
void pdf_string(struct buf *b, struct sv text);
/* UTF-16BE of text as hex digits. */
void pdf_utf16(struct buf *b, struct sv text);
/* Cross-reference table and trailer; false when anything failed. */
bool pdf_finish(struct pdf *p, unsigned root, unsigned info);

#endif
