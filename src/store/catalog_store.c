/* catalog_store: see catalog_store.h. */
#include "store/catalog_store.h"

#include "store/sets.h"

#define WHO(column) "(SELECT u.name FROM user_account u WHERE u.id = d." column ")"
#define DRAFT_COLS(body)                                                                     \
    "d.id, d.version, d.title, d.base_version, " body ", d.digest, d.state, d.batch, d.note, " \
    "d.reasons, d.author_id, d.edited_by, d.submitted_by, d.approved_by, d.published_by, "   \
    "d.publish_on, d.created_at, d.updated_at, d.submitted_at, d.approved_at, "              \
    "d.published_at, " WHO("author_id") ", " WHO("edited_by") ", " WHO("submitted_by") ", "  \
    WHO("approved_by") ", " WHO("published_by") " FROM catalog_draft d "

enum { Q_INSERT, Q_FIND, Q_UPDATE, Q_LIST, Q_DUE, Q_VERSIONS, Q_CURRENT, Q_KNOWN, Q_CASES, Q_OPEN,
       Q_LICENCES, Q_PAST };

static struct db_query CATALOG_QUERIES[] = {
    [Q_INSERT] = { "catalog_draft_insert",
                   "INSERT INTO catalog_draft (id, version, title, base_version, body, digest, "
                   "state, batch, note, reasons, author_id, edited_by, submitted_by, approved_by, "
                   "published_by, publish_on, created_at, updated_at, submitted_at, approved_at, "
                   "published_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, "
                   "$13, $14, $15, $16, $17, $18, $19, $20, $21)", 0 },
    [Q_FIND] = { "catalog_draft_find", "SELECT " DRAFT_COLS("d.body") "WHERE d.id = $1", 0 },
    [Q_UPDATE] = { "catalog_draft_update",
                   "UPDATE catalog_draft SET version = $1, title = $2, base_version = $3, "
                   "body = $4, digest = $5, state = $6, batch = $7, note = $8, reasons = $9, "
                   "edited_by = $10, submitted_by = $11, approved_by = $12, published_by = $13, "
                   "publish_on = $14, updated_at = $15, submitted_at = $16, approved_at = $17, "
                   "published_at = $18 WHERE id = $19 AND version = $20", 0 },
    [Q_LIST] = { "catalog_draft_list", "SELECT " DRAFT_COLS("''") "WHERE d.id < $1 "
                                       "ORDER BY d.id DESC LIMIT $2", 0 },
    [Q_DUE] = { "catalog_draft_due", "SELECT id FROM catalog_draft WHERE state = 'scheduled' "
                                     "AND publish_on <= $1 ORDER BY publish_on, id LIMIT 1", 0 },
    [Q_VERSIONS] = { "catalog_versions",
                     "SELECT d.version, d.digest, d.origin, " WHO("published_by") ", d.batch, "
                     "d.loaded_at, d.draft_id, LENGTH(d.body), d.published_on, d.is_current "
                     "FROM catalog_version d ORDER BY d.loaded_at DESC, d.version DESC", 0 },
    [Q_CURRENT] = { "catalog_current_version", "SELECT version FROM catalog_version "
                                               "WHERE is_current = 1", 0 },
    [Q_KNOWN] = { "catalog_version_known", "SELECT 1 FROM catalog_version WHERE version = $1", 0 },
    [Q_CASES] = { "catalog_cases", "SELECT industry, COUNT(*) FROM licensing_case "
                                   "WHERE submitted_at >= $1 GROUP BY industry "
                                   "ORDER BY industry", 0 },
    [Q_OPEN] = { "catalog_open", "SELECT industry, COUNT(*) FROM licensing_case "
                                 "WHERE n_open > 0 GROUP BY industry ORDER BY industry", 0 },
    [Q_LICENCES] = { "catalog_licences", "SELECT industry, COUNT(*) FROM licence "
                                         "WHERE is_current = 1 AND state = 'valid' "
                                         "GROUP BY industry ORDER BY industry", 0 },
    [Q_PAST] = { "catalog_past_cases", "SELECT id FROM licensing_case WHERE id < $1 "
                                       "AND ($2 = '' OR industry = $2) "
                                       "AND submitted_at IS NOT NULL ORDER BY id DESC "
                                       "LIMIT $3", 0 },
};
const struct db_query_set CATALOG_SET = QUERY_SET(CATALOG_QUERIES);

static struct db_arg id_or_null(int64_t id)
{
    return DB_I_OR_NULL(id, 0);
}

int catalog_draft_insert(struct db_conn *c, const struct catalog_draft_row *x, struct err *e)
{
    return exec_one(c, &CATALOG_QUERIES[Q_INSERT],
                    DB_ARGS(DB_I(x->id), DB_I(x->version), DB_T(x->title), DB_T(x->base_version),
                            DB_T(x->body), DB_T(x->digest), DB_T(x->state), DB_T(x->batch),
                            DB_T(x->note), DB_T(x->reasons), DB_I(x->author_id),
                            DB_I(x->edited_by), id_or_null(x->submitted_by),
                            id_or_null(x->approved_by), id_or_null(x->published_by),
                            arg_date(x->publish_on), DB_I(x->created_at), DB_I(x->updated_at),
                            id_or_null(x->submitted_at), id_or_null(x->approved_at),
                            id_or_null(x->published_at)),
                    e);
}

int catalog_draft_update(struct db_conn *c, const struct catalog_draft_row *x, struct err *e)
{
    return exec_one(c, &CATALOG_QUERIES[Q_UPDATE],
                    DB_ARGS(DB_I(x->version), DB_T(x->title), DB_T(x->base_version),
                            DB_T(x->body), DB_T(x->digest), DB_T(x->state), DB_T(x->batch),
                            DB_T(x->note), DB_T(x->reasons), DB_I(x->edited_by),
                            id_or_null(x->submitted_by), id_or_null(x->approved_by),
                            id_or_null(x->published_by), arg_date(x->publish_on),
                            DB_I(x->updated_at), id_or_null(x->submitted_at),
                            id_or_null(x->approved_at), id_or_null(x->published_at), DB_I(x->id),
                            DB_I(x->version - 1)),
                    e);
}

static void read_draft(const struct db_rows *r, struct arena *a, struct catalog_draft_row *x)
{
    *x = (struct catalog_draft_row){
        .id = db_int(r, 0), .version = db_int(r, 1), .title = col_sv(r, 2, a),
        .base_version = col_sv(r, 3, a), .body = col_sv(r, 4, a), .digest = col_sv(r, 5, a),
        .state = col_sv(r, 6, a), .batch = col_sv(r, 7, a), .note = col_sv(r, 8, a),
        .reasons = col_sv(r, 9, a), .author_id = db_int(r, 10), .edited_by = db_int(r, 11),
        .submitted_by = db_int(r, 12), .approved_by = db_int(r, 13),
        .published_by = db_int(r, 14), .publish_on = col_date(r, 15),
        .created_at = db_int(r, 16), .updated_at = db_int(r, 17), .submitted_at = db_int(r, 18),
        .approved_at = db_int(r, 19), .published_at = db_int(r, 20), .author = col_sv(r, 21, a),
        .editor = col_sv(r, 22, a), .submitter = col_sv(r, 23, a), .approver = col_sv(r, 24, a),
        .publisher = col_sv(r, 25, a),
    };
}

int catalog_draft_find(struct db_conn *c, int64_t id, struct arena *a,
                       struct catalog_draft_row *out, struct err *e)
{
    struct db_rows r;
    int found = 0;
    db_rows(c, &CATALOG_QUERIES[Q_FIND], DB_ARGS(DB_I(id)), &r, e);
    if (db_next(&r)) {
        read_draft(&r, a, out);
        found = 1;
    }
    int rc = db_done(&r);
    return rc < 0 ? rc : found;
}

int catalog_draft_list(struct db_conn *c, int64_t before, int64_t limit, struct arena *a,
                       struct catalog_draft_row **out, size_t *n, struct err *e)
{
    struct db_rows r;
    size_t cap = 0;
    *out = NULL;
    *n = 0;
    db_rows(c, &CATALOG_QUERIES[Q_LIST], DB_ARGS(DB_I(before), DB_I(limit)), &r, e);
    while (db_next(&r))
        read_draft(&r, a, ROWS_PUSH(a, *out, *n, cap));
    return db_done(&r);
}

int catalog_draft_due(struct db_conn *c, int32_t today, int64_t *id, struct err *e)
{
    return db_find_int(c, &CATALOG_QUERIES[Q_DUE], DB_ARGS(DB_I(today)), id, e);
}

int catalog_version_list(struct db_conn *c, struct arena *a, struct catalog_version_row **out,
                         size_t *n, struct err *e)
{
    struct db_rows r;
    size_t cap = 0;
    *out = NULL;
    *n = 0;
    db_rows(c, &CATALOG_QUERIES[Q_VERSIONS], DB_NO_ARGS, &r, e);
    while (db_next(&r))
        *ROWS_PUSH(a, *out, *n, cap) = (struct catalog_version_row){
            .version = col_sv(&r, 0, a), .digest = col_sv(&r, 1, a), .origin = col_sv(&r, 2, a),
            .publisher = col_sv(&r, 3, a), .batch = col_sv(&r, 4, a), .loaded_at = db_int(&r, 5),
            .draft_id = db_int(&r, 6), .size = db_int(&r, 7), .published_on = col_date(&r, 8),
            .current = db_int(&r, 9) != 0,
        };
    return db_done(&r);
}

int catalog_current_version(struct db_conn *c, struct arena *a, struct sv *out, struct err *e)
{
    struct db_rows r;
    int found = 0;
    db_rows(c, &CATALOG_QUERIES[Q_CURRENT], DB_NO_ARGS, &r, e);
    if (db_next(&r)) {
        *out = col_sv(&r, 0, a);
        found = 1;
    }
    int rc = db_done(&r);
    return rc < 0 ? rc : found;
}

int catalog_version_known(struct db_conn *c, struct sv version, struct err *e)
{
    int64_t one;
    return db_find_int(c, &CATALOG_QUERIES[Q_KNOWN], DB_ARGS(DB_T(version)), &one, e);
}

/* The row of an industry, made when it is new. */
static struct industry_figure *figure_of(struct arena *a, struct industry_figure **list, size_t *n,
                                         size_t *cap, struct sv industry)
{
    for (size_t i = 0; i < *n; i++)
        if (sv_eq((*list)[i].industry, industry))
            return &(*list)[i];
    struct industry_figure *f = ROWS_PUSH(a, *list, *n, *cap);
    *f = (struct industry_figure){ .industry = industry };
    return f;
}

int catalog_figures(struct db_conn *c, int64_t since, struct arena *a,
                    struct industry_figure **out, size_t *n, struct err *e)
{
    static const int QUERIES[] = { Q_CASES, Q_OPEN, Q_LICENCES };
    size_t cap = 0;
    int rc = 0;
    *out = NULL;
    *n = 0;
    for (int k = 0; rc == 0 && k < 3; k++) {
        struct db_rows r;
        struct db_arg arg = DB_I(since);
        db_rows(c, &CATALOG_QUERIES[QUERIES[k]], k == 0 ? &arg : NULL, k == 0, &r, e);
        while (db_next(&r)) {
            struct industry_figure *f = figure_of(a, out, n, &cap, col_sv(&r, 0, a));
            *(k == 0 ? &f->cases : k == 1 ? &f->open : &f->licences) = db_int(&r, 1);
        }
        rc = db_done(&r);
    }
    return rc;
}

int catalog_past_cases(struct db_conn *c, struct sv industry, int64_t before, int64_t limit,
                       struct arena *a, int64_t **out, size_t *n, struct err *e)
{
    struct db_rows r;
    size_t cap = 0;
    *out = NULL;
    *n = 0;
    db_rows(c, &CATALOG_QUERIES[Q_PAST], DB_ARGS(DB_I(before), DB_T(industry), DB_I(limit)), &r,
            e);
    while (db_next(&r))
        *ROWS_PUSH(a, *out, *n, cap) = db_int(&r, 0);
    return db_done(&r);
}
