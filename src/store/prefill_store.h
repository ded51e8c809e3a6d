/* prefill_store: where the values of a case came from. See store.h. */
#ifndef YZ_STORE_PREFILL_STORE_H
#define YZ_STORE_PREFILL_STORE_H

#include "store/licence_store.h"

/* JSON texts; what is in them: service/prefill.h. */
struct prefill_row { struct sv marks, certificates; };
int prefill_put(struct db_conn *c, int64_t case_id, const struct prefill_row *row, struct err *e);
/* 1 / 0 (nothing was prefilled). */
int prefill_find(struct db_conn *c, int64_t case_id, struct arena *a, struct prefill_row *out,
                 struct err *e);
/* With the draft; fine when there is none. */
int prefill_delete(struct db_conn *c, int64_t case_id, struct err *e);

/* Forms that an applicant's account has submitted before the case `except`, newest first: what may
 * be offered again. uscc: "" any, else of this enterprise only. */
struct earlier_row { int64_t case_id, submitted_at; struct sv number, uscc, body; };
int earlier_list(struct db_conn *c, int64_t applicant_id, struct sv uscc, int64_t except,
                 int64_t limit, struct arena *a, struct earlier_row **out, size_t *n,
                 struct err *e);

/* Valid permits of an enterprise that were granted in cases of this account, newest first. */
int permit_list_own(struct db_conn *c, int64_t applicant_id, struct sv uscc, struct arena *a,
                    struct permit_row **out, size_t *n, struct err *e);

#endif
