/* papers: the letters of a case, made from its facts whenever asked for (nothing is stored). */
#ifndef YZ_SERVICE_PAPERS_H
#define YZ_SERVICE_PAPERS_H

#include "doc/doc.h"
#include "service/bundle.h"

/* paper: "receipt", "correction", "acceptance-<item id>", "decision-<item id>". b: everything
 * loaded. ERR_NOT_FOUND when this case has no such paper (yet). */
int paper_make(const struct app *app, const struct bundle *b, struct sv paper, struct arena *a,
               enum doc_format format, struct buf *out, struct err *e);
/* The item a paper belongs to, or NULL when it belongs to the whole case. */
const struct item_row *paper_item(const struct bundle *b, struct sv paper);

#endif
