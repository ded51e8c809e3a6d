/* office_file: catalogues as files for people. See office.h. */
#include "domain/catalog/shape.h"
#include "domain/catalog/workbook.h"
#include "service/office.h"
#include "sheet/xlsx.h"

int office_to_xlsx(const json_t *doc, struct buf *out, struct err *e)
{
    struct arena *a = arena_new();
    struct grid g;
    grid_init(&g, a);
    int rc = workbook_from_catalog(doc, &g, e);
    if (rc == 0)
        rc = xlsx_write(&g, out, e);
    arena_free(a);
    return rc;
}

json_t *office_read_file(struct sv bytes, bool xlsx, struct arena *a, struct err *e)
{
    struct workbook_map *map = NULL;
    struct grid g;
    json_t *doc = NULL;
    if (!xlsx) {
        doc = json_parse(bytes, e);
    } else {
        grid_init(&g, a);
        if (xlsx_read(bytes, &g, e) == 0)
            doc = workbook_to_catalog(&g, a, &map, e);
    }
    if (!doc)
        return NULL;
    struct catalog *c = catalog_load(shape_text(doc, a), SV("导入"), e);
    if (!c && map)
        workbook_place_problems(map, e);
    if (!c) {
        json_decref(doc);
        return NULL;
    }
    catalog_free(c);
    return doc;
}
