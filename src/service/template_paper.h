/* template_paper: blank forms and filled examples of documents that applicants write themselves (R2.2,
 * R3.3), drawn from the lines of the catalogue. Suggestions: marked 示例 on every page. Slow as every paper. */
#ifndef YZ_SERVICE_TEMPLATE_PAPER_H
#define YZ_SERVICE_TEMPLATE_PAPER_H

#include "doc/doc.h"
#include "domain/catalog/catalog.h"

/* filled: the example. ERR_NOT_FOUND when the catalogue has none of this material. */
int template_paper(const struct material *m, bool filled, enum doc_format format, struct arena *a,
                   struct buf *out, struct err *e);

#endif
