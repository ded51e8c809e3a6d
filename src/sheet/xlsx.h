/* xlsx: Excel workbooks <-> grids of plain cells (base/grid.h).
 *
 * Written with libxlsxwriter; read with libzip and libxml2, whose headers are included only in
 * this folder. A workbook comes from anybody's machine: sizes are capped before anything is
 * unpacked, XML with a document type is refused (so there are no entities to expand, and nothing
 * is ever fetched), formulas count as the value that was stored with them. Text that cannot stand
 * in XML as it is travels as _xHHHH_, as Excel itself does it, in both directions.
 */
#ifndef YZ_SHEET_XLSX_H
#define YZ_SHEET_XLSX_H

#include "base/buf.h"
#include "base/err.h"
#include "base/grid.h"

enum {
    XLSX_FILE_MAX = 16 * 1024 * 1024,  /* the workbook as sent */
    XLSX_PART_MAX = 64 * 1024 * 1024,  /* one part of it, unpacked */
    XLSX_TOTAL_MAX = 160 * 1024 * 1024, /* all parts read */
    XLSX_ENTRIES_MAX = 500,
    XLSX_SHEETS_MAX = 100,
    XLSX_ROWS_MAX = 200000,
    XLSX_COLUMNS_MAX = 256,
    XLSX_CELLS_MAX = 3000000,
    XLSX_CELL_TEXT_MAX = 32767          /* characters: what Excel keeps in a cell */
};

/* The workbook's bytes. Heads are frozen and filtered, columns with words are validated. */
int xlsx_write(const struct grid *g, struct buf *out, struct err *e);

/* ERR_INVALID with problems ("file" or a sheet's name as pointer) when it is no workbook we read;
 * ERR_TOO_LARGE beyond a cap. Cells on g's arena. */
int xlsx_read(struct sv bytes, struct grid *g, struct err *e);

#endif
