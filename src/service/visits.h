/* visits: what the files of the joint inspection share. */
#ifndef YZ_SERVICE_VISITS_H
#define YZ_SERVICE_VISITS_H

#include "service/bundle.h"

/* "P-SPJYXK.3": the n-th check (from 0) of a permit; on a. */
struct sv check_code(const struct permit_type *p, size_t n, struct arena *a);
/* Which visit an entry of the ledger is about, and what it is after it. */
void put_visit(json_t *body, const struct visit_row *v);

#endif
