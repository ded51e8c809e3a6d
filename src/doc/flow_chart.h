/* flow_chart: drawing a doc_flow (doc.h) into a page. Private to this folder.
 *
 * Rows are drawn one after the other, lines and arrows with them, so that a chart that is taller
 * than a page goes on at the next row.
 */
#ifndef YZ_DOC_FLOW_CHART_H
#define YZ_DOC_FLOW_CHART_H

#include "doc/doc.h"
#include "doc/layout.h"

struct chart_place { double x, width, scale; bool narrow; };

/* Draws from flow->y on; flow->y ends below. */
void flow_chart_draw(const struct doc_flow *d, const struct chart_place *at, struct flow *flow);
/* Height in one piece. */
double flow_chart_height(const struct doc_flow *d, const struct chart_place *at);
/* Texts clean and not too long, edges and rows within bounds. */
bool flow_chart_ok(const struct doc_flow *d);

#endif
