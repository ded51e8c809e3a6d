/* diff: what changed between two catalogues, by entity and member, in words. Pure.
 *
 * Works on documents, so drafts with problems can be compared as well. Elements that have a
 * code are the same when the code is; others when they are equal, then by place. Everything
 * points into the two documents, which must outlive the result.
 */
#ifndef YZ_DOMAIN_CATALOG_DIFF_H
#define YZ_DOMAIN_CATALOG_DIFF_H

#include "domain/catalog/shape.h"

enum diff_what { DIFF_ADDED, DIFF_REMOVED, DIFF_CHANGED };

struct diff_member {
    struct sv pointer;          /* into the new document; the old one's when it is gone there */
    struct sv label;            /* 材料“场所证明”·份数 */
    const json_t *before, *after; /* NULL: absent */
    struct sv sentence;
};

struct diff_entity { /* an element of a list of the document, or the document's own members */
    const struct shape *shape;
    enum diff_what what;
    struct sv code, name, pointer, sentence;
    struct diff_member *members; size_t n, cap; /* DIFF_CHANGED */
};

struct diff { struct diff_entity *entities; size_t n, cap; };

void catalog_diff(const json_t *before, const json_t *after, struct arena *a, struct diff *out);

/* {added, removed, changed, items: [...]}; new reference. */
json_t *diff_to_json(const struct diff *d);

#endif
