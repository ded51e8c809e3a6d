/* csv: the first sheet of a grid as CSV for Excel (base/grid.h): UTF-8 with a mark, RFC 4180 quoting.
 *
 * A cell that a spreadsheet would take for a formula (it begins with = + - @, a tab or a return) gets
 * an apostrophe in front: what holders wrote into their names is never executed on an officer's desk.
 */
#ifndef YZ_SHEET_CSV_H
#define YZ_SHEET_CSV_H

#include "base/buf.h"
#include "base/grid.h"

void csv_write(const struct grid *g, struct buf *out);

#endif
