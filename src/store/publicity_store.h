/* publicity_store: decisions on permits as they are to be published (双公示, docs/register.md). */
#ifndef YZ_STORE_PUBLICITY_STORE_H
#define YZ_STORE_PUBLICITY_STORE_H

#include "store/store.h"

struct publicity_row {
    int64_t id;            /* of the permit event, or of the item that was refused */
    bool refused;
    enum act act;          /* ACT_GRANT, or of PERMIT_TABLE; ACT_DENY of a refusal */
    int32_t decided_on, valid_from, valid_until; /* DATE_NONE */
    struct sv permit_type, certificate, number, department, region, uscc, holder, person;
    struct sv case_number; /* "" by the department itself, or the clock */
    struct sv document;    /* of a decision by the department itself */
    struct sv state;       /* of the permit now; "" of a refusal */
    int32_t shown_on;      /* when the public register first had it; DATE_NONE: not yet */
};
/* Decisions of from..to, at most limit of each kind, oldest first; refusals after the rest. */
int publicity_list(struct db_conn *c, int32_t from, int32_t to, int64_t limit, struct arena *a,
                   struct publicity_row **out, size_t *n, struct err *e);

#endif
