/* patch: changing a catalogue document step by step, as RFC 6902 writes it: add, replace, remove,
 * move. Pure; the editor sends one member or one element at a time. */
#ifndef YZ_DOMAIN_CATALOG_PATCH_H
#define YZ_DOMAIN_CATALOG_PATCH_H

#include "base/json.h"

/* ops: [{"op", "path", "value"?, "from"?}], at most 200. Changes doc in place; after an error
 * (problems at /ops/N…) doc is half changed and to be thrown away. */
int catalog_patch(json_t *doc, const json_t *ops, struct err *e);

/* What a pointer leads to, borrowed, or NULL. */
json_t *json_at(const json_t *doc, struct sv pointer);

#endif
