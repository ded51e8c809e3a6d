/* personal_store: sealing what is not sealed by the current data key, and who was shown personal data. */
#ifndef YZ_STORE_PERSONAL_STORE_H
#define YZ_STORE_PERSONAL_STORE_H

#include "store/store.h"

/* ---- the sweep over sealed columns ---- */
enum { SEALED_TABLES = 8 };
const char *sealed_table_text(size_t table); /* Chinese, for progress */
int sealed_count(struct db_conn *c, size_t table, int64_t *n, struct err *e);
/* In a write transaction: the next `limit` rows behind *after, those values sealed anew that are not under the current
 * key. *after moves on; *seen and *changed count up. */
int sealed_step(struct db_conn *c, size_t table, int64_t limit, int64_t *after, int64_t *seen,
                int64_t *changed, struct err *e);

/* ---- readings ---- */
struct access_row { int64_t id, at, actor_id, case_id; struct sv actor_name, actor_role,
                    department, place, fields, why; };
int access_insert(struct db_conn *c, const struct access_row *x, struct err *e);
/* Has this person been shown this place of this case since then? 1 / 0. */
int access_since(struct db_conn *c, int64_t actor_id, int64_t case_id, struct sv place,
                 int64_t since, struct err *e);
/* Newest first, ids below `before`. */
int access_list(struct db_conn *c, int64_t case_id, int64_t before, int64_t limit,
                struct arena *a, struct access_row **out, size_t *n, struct err *e);

#endif
