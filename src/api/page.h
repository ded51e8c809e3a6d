/* page: what the verification pages share: small HTML without script, readable on any phone. The
 * only HTML that the C code makes; what varies goes through buf_html. Private to src/api. */
#ifndef YZ_API_PAGE_H
#define YZ_API_PAGE_H

#include "api/api.h"

/* Up to and with the heading inside <main>; title and heading are literals. */
void page_head(struct buf *b, const char *title, const char *heading);
/* One line of a <dl>; nothing for "". */
void page_row(struct buf *b, const char *label, struct sv value);
/* 2026年11月23日, or none for DATE_NONE; on a. */
struct sv page_date(struct arena *a, int32_t d, const char *none);
/* Type, body and the headers that keep such a page harmless. */
void page_answer(struct response *rs, struct sv body);

/* "2026年11月24日 20:57:38" of an instant, on a. */
struct sv page_time(struct arena *a, int64_t ms);

#endif
