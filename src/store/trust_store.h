/* trust_store: issuers of other regions whose keys are trusted here. See store.h. */
#ifndef YZ_STORE_TRUST_STORE_H
#define YZ_STORE_TRUST_STORE_H

#include "store/store.h"

struct trust_row {
    struct sv region, name;
    struct sv body;      /* JSON of the issuer (service/trust_doc.h) */
    int64_t issued_ms;   /* of the list it was taken from */
    int64_t added_at;
};
/* Puts it in the place of an older entry of the same region. */
int trust_put(struct db_conn *c, const struct trust_row *row, struct err *e);
/* 1 removed, 0 there was none. */
int trust_delete(struct db_conn *c, struct sv region, struct err *e);
/* All, by region. */
int trust_list(struct db_conn *c, struct arena *a, struct trust_row **out, size_t *n,
               struct err *e);

#endif
