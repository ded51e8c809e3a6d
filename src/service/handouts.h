/* handouts: papers for everybody that need no case (R2.3, R2.4): one-time notice, flow chart, work
 * specification, poster. Drawn from a catalogue alone: no database, no clock, no key, so that
 * `yizheng docs` and the server make the same bytes. Slow (up to some hundred ms): never on an event
 * thread. Text in *out lives in the buffer.
 */
#ifndef YZ_SERVICE_HANDOUTS_H
#define YZ_SERVICE_HANDOUTS_H

#include "doc/doc.h"
#include "domain/catalog/flow.h"
#include "domain/catalog/form.h"

struct handout {
    const struct catalog *catalog;
    const struct industry *industry;
    struct sv region;           /* whose departments and windows */
    const json_t *answers;      /* of the guide; NULL: all permits of the industry */
    struct sv base_url;         /* of the portal, no slash at the end; "" no QR codes */
    struct arena *arena;
};

enum handout_kind { HANDOUT_NOTICE, HANDOUT_SPECIFICATION, HANDOUT_POSTER, HANDOUT_FLOW_WIDE,
                    HANDOUT_FLOW_NARROW, HANDOUTS };
/* notice.pdf, specification.pdf, poster.pdf, flow.svg, flow-narrow.svg */
const char *handout_file(enum handout_kind k);
/* 一次告知书 … */
const char *handout_title(enum handout_kind k);

/* 0; ERR_INVALID: unknown answers, or answers that need no permit. */
int handout_make(const struct handout *h, enum handout_kind kind, enum doc_format format,
                 struct buf *out, struct err *e);

/* What is known for the papers: everything of the answers, or of all permits of the industry. */
int handout_guide(const struct handout *h, struct guide_result *out, struct err *e);
struct doc_flow handout_chart(const struct flow_chart *f, struct arena *a);
/* The chart of some permits; what is 二选一 with a drawn one is named in a note instead. */
void handout_flow(const struct industry *ind, const struct permit_type **permits, size_t n,
                  struct sv region, struct arena *a, struct doc_flow *out);
/* specification.c */
int handout_specification(const struct handout *h, enum doc_format format, struct buf *out,
                          struct err *e);

#endif
