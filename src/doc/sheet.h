/* sheet: blocks (headings, paragraphs, tables, charts) that flow over pages. What letters and
 * manuals share; private to this folder.
 *
 * Whoever owns a sheet draws the frame of its pages (begin) and decides the type area. Never a
 * heading at the foot of a page, never a single line of a paragraph parted from the rest.
 */
#ifndef YZ_DOC_SHEET_H
#define YZ_DOC_SHEET_H

#include "doc/doc.h"
#include "doc/layout.h"

struct sheet {
    struct device *device;
    struct arena *arena;
    struct flow flow;
    double left, width;
    double size, leading;   /* of the text, pt */
    double table_size;
    unsigned page;
    void (*begin)(struct sheet *s);                  /* a new page, its frame, flow.y = flow.top */
    void (*headed)(struct sheet *s, size_t block);   /* told of each heading's page; NULL: nobody */
};

void sheet_start(struct sheet *s, struct device *d, double top, double bottom);
double sheet_room(const struct sheet *s);
/* The last `carry` lines go to a new page. */
void sheet_paragraph(struct sheet *s, struct sv text, const struct text_style *style, size_t carry);
/* Of blocks[i]; it stays with the start of what follows. fresh: on a new page. */
void sheet_heading(struct sheet *s, const struct doc_block *blocks, size_t n, size_t i, bool fresh);
/* Any block but a paragraph that needs carrying. */
void sheet_block(struct sheet *s, const struct doc_block *blocks, size_t n, size_t i);
struct text_style sheet_body(const struct sheet *s);
/* Texts clean, tables regular. */
bool sheet_block_ok(const struct doc_block *b);
bool sheet_text_ok(struct sv s);

#endif
