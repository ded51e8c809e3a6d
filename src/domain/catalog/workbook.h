/* workbook: a catalogue as an Excel workbook's cells and back (R1.4). Pure; files are sheet/'s.
 *
 * One sheet for the document itself and one for every list of it (shape.h), a row for every
 * element. A row of a child names its parents by their codes in the first columns; children keep
 * the order of their rows. Members of fixed objects are columns of their own ("时限·法定工作日").
 * What one cell cannot say plainly is said so:
 *   absent           blank cell               empty text       （空）
 *   list of texts    one a line               empty list       （空列表）
 *   choices, maps    value=label, one a line  conditions, free objects: JSON
 * A backslash protects what would be read as one of these. Every member survives the way there
 * and back, so the document that comes back has the same canonical bytes (shape.h).
 */
#ifndef YZ_DOMAIN_CATALOG_WORKBOOK_H
#define YZ_DOMAIN_CATALOG_WORKBOOK_H

#include "base/grid.h"
#include "base/json.h"

/* Fill g (initialised). ERR_INVALID with JSON pointers when the document does not fit the table
 * (unknown members, wrong types, parents without a code of their own): repair it first. */
int workbook_from_catalog(const json_t *doc, struct grid *g, struct err *e);

struct workbook_map;

/* The document in canonical order as a new reference, or NULL with every problem at
 * `工作表!B7`. *map (may be NULL) tells where parts of the document came from; it lives on a. */
json_t *workbook_to_catalog(const struct grid *g, struct arena *a, struct workbook_map **map,
                            struct err *e);

/* Rewrite problems that point into the document so that they name sheet, row and column. */
void workbook_place_problems(const struct workbook_map *map, struct err *e);

#endif
