/* catalog_store: drafts of the catalogue, its versions, and the figures about industries. See
 * store.h; reading and putting a version itself is in meta_store.c. */
#ifndef YZ_STORE_CATALOG_STORE_H
#define YZ_STORE_CATALOG_STORE_H

#include "store/store.h"

struct catalog_draft_row {
    int64_t id, version; /* version: of the row, for If-Match */
    struct sv title, base_version, body, digest, state, batch, note, reasons;
    int64_t author_id, edited_by, submitted_by, approved_by, published_by; /* 0 = nobody yet */
    int32_t publish_on; /* DATE_NONE = not set */
    int64_t created_at, updated_at, submitted_at, approved_at, published_at; /* 0 = not yet */
    struct sv author, editor, submitter, approver, publisher; /* names; read only */
};
int catalog_draft_insert(struct db_conn *c, const struct catalog_draft_row *row, struct err *e);
int catalog_draft_find(struct db_conn *c, int64_t id, struct arena *a,
                       struct catalog_draft_row *out, struct err *e);
/* Write back everything that may change; row->version must be the stored one + 1, else
 * ERR_CHANGED. */
int catalog_draft_update(struct db_conn *c, const struct catalog_draft_row *row, struct err *e);
/* Newest first, ids below `before`; without body. */
int catalog_draft_list(struct db_conn *c, int64_t before, int64_t limit, struct arena *a,
                       struct catalog_draft_row **out, size_t *n, struct err *e);
/* The scheduled draft whose day is the earliest not after today: 1 / 0. */
int catalog_draft_due(struct db_conn *c, int32_t today, int64_t *id, struct err *e);

struct catalog_version_row {
    struct sv version, digest, origin, publisher, batch;
    int64_t loaded_at, draft_id, size;
    int32_t published_on;
    bool current;
};
/* Newest first. */
int catalog_version_list(struct db_conn *c, struct arena *a, struct catalog_version_row **out,
                         size_t *n, struct err *e);
/* The current version's name: 1 / 0. */
int catalog_current_version(struct db_conn *c, struct arena *a, struct sv *out, struct err *e);

/* Is there a version of that name: 1 / 0. */
int catalog_version_known(struct db_conn *c, struct sv version, struct err *e);

struct industry_figure { struct sv industry; int64_t cases, open, licences; };
/* Cases submitted since, those still open among all, licences in force; one row for an industry. */
int catalog_figures(struct db_conn *c, int64_t since, struct arena *a,
                    struct industry_figure **out, size_t *n, struct err *e);
/* Submitted cases with ids below before, newest first. industry "": any. */
int catalog_past_cases(struct db_conn *c, struct sv industry, int64_t before, int64_t limit,
                       struct arena *a, int64_t **out, size_t *n, struct err *e);

#endif
