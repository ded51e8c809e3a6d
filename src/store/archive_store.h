/* archive_store: the archive packages of closed cases, and what waits for one. See store.h. */
#ifndef YZ_STORE_ARCHIVE_STORE_H
#define YZ_STORE_ARCHIVE_STORE_H

#include "store/case_store.h"

struct archive_row { int64_t case_id; struct sv sm3; int64_t size, files, archived_at, by_id;
                     struct sv by_name; int64_t head_size, ledger_seq; };
int archive_insert(struct db_conn *c, const struct archive_row *row, struct err *e);
int archive_find(struct db_conn *c, int64_t case_id, struct arena *a, struct archive_row *out,
                 struct err *e);
/* Is this blob an archive package? 1 / 0. */
int archive_uses(struct db_conn *c, struct sv sm3, struct err *e);
/* Rows with case id > after, in order: for checking and exporting. */
int archive_scan(struct db_conn *c, int64_t after, int64_t limit, struct arena *a,
                 struct archive_row **out, size_t *n, struct err *e);

/* Ids of closed cases, newest first, ids below `before`. hall, region: "" = any; q: a pattern over number,
 * holder, code, or "". archived: those that are, or those that wait. */
struct archive_filter { struct sv hall, region, q; bool archived; int64_t before, limit; };
int archive_list(struct db_conn *c, const struct archive_filter *f, struct arena *a, int64_t **out,
                 size_t *n, struct err *e);
int archive_count(struct db_conn *c, const struct archive_filter *f, int64_t *n, struct err *e);
/* Ids > after of cases closed at or before `until` and not archived, in order. */
int archive_list_due(struct db_conn *c, int64_t until, int64_t after, int64_t limit,
                     struct arena *a, int64_t **out, size_t *n, struct err *e);

#endif
