/* workbook_plan: which sheets and columns there are, derived from the shapes, and how a member's
 * value is written in a cell. Private to this folder. */
#ifndef YZ_DOMAIN_CATALOG_WORKBOOK_PLAN_H
#define YZ_DOMAIN_CATALOG_WORKBOOK_PLAN_H

#include "base/grid.h"
#include "domain/catalog/shape.h"

enum { PLAN_PATH = 2, PLAN_PARENTS = 2 };

#define EMPTY_TEXT "（空）"
#define EMPTY_LIST "（空列表）"
#define SEE_SHEET "见分表"

struct plan_column {
    const struct shape_member *path[PLAN_PATH]; /* the second NULL for a plain member */
    struct sv head;
};

struct plan_sheet {
    const struct shape *shape;
    const struct shape_member *list; /* of the parent; NULL: the document itself */
    struct plan_sheet *parent;       /* NULL: the document */
    size_t n_parents;                /* columns naming them */
    struct sv parent_heads[PLAN_PARENTS];
    struct plan_column *columns; size_t n_columns; /* behind the parents' */
    bool has_children;
};

struct plan { struct plan_sheet **sheets; size_t n, cap; struct arena *arena; };

/* Every sheet, parents before children. */
void plan_make(struct plan *p, struct arena *a);
struct plan_sheet *plan_child(const struct plan *p, const struct plan_sheet *parent,
                              const struct shape_member *list);
/* The member that a column is about. */
const struct shape_member *plan_member(const struct plan_column *c);

/* value (not NULL) as a cell; false when its type does not fit the member. */
bool cell_of_value(const struct shape_member *m, const json_t *value, struct arena *a,
                   struct cell *out);
/* The cell (not blank) as a value: new reference, or NULL with why. */
json_t *value_of_cell(const struct shape_member *m, struct cell c, struct arena *a,
                      const char **why);

#endif
