/* xlsx_xml: reading the parts of a workbook piece by piece. Private to this folder. */
#ifndef YZ_SHEET_XLSX_XML_H
#define YZ_SHEET_XLSX_XML_H

#include <libxml/xmlreader.h>

#include "base/xml.h"
#include "sheet/xlsx.h"

/* The text inside the present element, without what stands in `skip` (NULL: nothing); _xHHHH_
 * resolved. Moves to its end. On a. */
struct sv part_text(struct part *p, const char *skip, struct arena *a);

#endif
