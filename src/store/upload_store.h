/* upload_store: files that come in pieces. Their bytes lie in blobs (sys/files.h). */
#ifndef YZ_STORE_UPLOAD_STORE_H
#define YZ_STORE_UPLOAD_STORE_H

#include "store/store.h"

struct upload_row {
    int64_t id, case_id;
    struct sv material, name;
    int64_t size;
    int64_t replaces;      /* attachment; 0 none */
    int64_t attachment_id; /* what became of it; 0: not whole yet */
    bool duplicate;
    int64_t created_by, created_at;
};
int upload_insert(struct db_conn *c, const struct upload_row *row, struct err *e);
int upload_find(struct db_conn *c, int64_t id, struct arena *a, struct upload_row *out,
                struct err *e);
/* What somebody has begun and not finished. */
int upload_count_open(struct db_conn *c, int64_t created_by, int64_t *n, struct err *e);
int upload_done(struct db_conn *c, int64_t id, int64_t attachment_id, bool duplicate,
                struct err *e);
int upload_delete(struct db_conn *c, int64_t id, struct err *e);
int upload_purge(struct db_conn *c, int64_t before, struct err *e);

#endif
