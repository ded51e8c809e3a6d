/* doc_seal: the face of an electronic seal, as a picture. */
#include "doc/doc.h"
#include "doc/layout.h"

/* 40 mm make 360 pixels: sharp in print, and small enough for readers that pass it on as text. */
enum { PIXELS_PER_MM = 9 };

int doc_seal_picture(struct sv name, struct sv word, double side, struct buf *out, struct err *e)
{
    int rc = font_check(e);
    if (rc != 0)
        return rc;
    struct device *d = device_png_new(PIXELS_PER_MM, true);
    d->page(d, side, side);
    seal_draw(d, name, word, side / 2, side / 2, side);
    rc = d->finish(d, out, e);
    d->free(d);
    return rc;
}
