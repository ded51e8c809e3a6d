/* licence_store: comprehensive licences. */
#include "store/licence_store.h"
#include "store/sets.h"

#define LICENCE_COLS                                                                         \
    "l.number, l.version, l.is_current, l.state, l.case_id, l.short_id, l.uscc, l.holder, "  \
    "l.person, l.address, l.industry, l.region, l.issuer, l.issued_on, l.issued_at, "        \
    "l.expires_on, l.permits_valid, l.payload, l.ended_note, l.ledger_seq, "                   \
    "l.status_index, l.ended_on"
#define LIST_MATCH                                                                           \
    " AND ($2 = '' OR " MATCHES("l.number", "$2") " OR " MATCHES("l.holder", "$2")           \
    " OR " MATCHES("l.uscc", "$2") ") AND (l.issued_at < $3 OR "                             \
    "(l.issued_at = $3 AND l.number > $4)) ORDER BY l.issued_at DESC, l.number LIMIT $5"

enum { Q_INSERT, Q_CURRENT, Q_SHORT, Q_VERSION, Q_STATUS,
       Q_LIST_OWNER, Q_LIST_DEPT, Q_LIST_HALL, Q_LIST_REGION, Q_SCAN,
       Q_SUPERSEDE, Q_VERSIONS, Q_UNNUMBERED, Q_SET_STATUS };

static struct db_query LICENCE_QUERIES[] = {
    [Q_SCAN] = { "licence_scan",
                 "SELECT " LICENCE_COLS " FROM licence l WHERE l.number > $1 "
                 "OR (l.number = $1 AND l.version > $2) ORDER BY l.number, l.version LIMIT $3",
                 0 },
    [Q_INSERT] = { "licence_insert",
                   "INSERT INTO licence (number, version, is_current, state, case_id, short_id, "
                   "uscc, holder, person, address, industry, region, issuer, issued_on, "
                   "issued_at, expires_on, permits_valid, payload, ended_note, ledger_seq, "
                   "status_index, ended_on) "
                   "VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, "
                   "$16, $17, $18, $19, $20, $21, $22)", 0 },
    [Q_SUPERSEDE] = { "licence_supersede",
                      "UPDATE licence SET is_current = 0, state = 'superseded', ended_on = $1 "
                      "WHERE number = $2 AND version = $3 AND is_current = 1", 0 },
    [Q_VERSIONS] = { "licence_versions", "SELECT " LICENCE_COLS " FROM licence l "
                                         "WHERE l.number = $1 ORDER BY l.version DESC", 0 },
    [Q_UNNUMBERED] = { "licence_unnumbered",
                       "SELECT " LICENCE_COLS " FROM licence l WHERE l.status_index IS NULL "
                       "ORDER BY l.number, l.version LIMIT $1", 0 },
    [Q_SET_STATUS] = { "licence_set_status", "UPDATE licence SET status_index = $1 "
                                             "WHERE number = $2 AND version = $3", 0 },
    [Q_CURRENT] = { "licence_current", "SELECT " LICENCE_COLS " FROM licence l "
                                       "WHERE l.number = $1 AND l.is_current = 1", 0 },
    [Q_SHORT] = { "licence_short",
                  "SELECT " LICENCE_COLS " FROM licence l WHERE l.short_id = $1", 0 },
    [Q_VERSION] = { "licence_version", "SELECT " LICENCE_COLS " FROM licence l "
                                       "WHERE l.number = $1 AND l.version = $2", 0 },
    [Q_STATUS] = { "licence_status", "SELECT version, permits_valid, expires_on, state "
                                     "FROM licence WHERE number = $1 AND is_current = 1", 0 },
    [Q_LIST_OWNER] = { "licence_list_owner",
                       "SELECT " LICENCE_COLS " FROM licence l JOIN licensing_case k "
                       "ON k.id = l.case_id WHERE k.applicant_id = $1 AND l.is_current = 1"
                       LIST_MATCH, 0 },
    [Q_LIST_HALL] = { "licence_list_hall",
                      "SELECT " LICENCE_COLS " FROM licence l JOIN licensing_case k "
                      "ON k.id = l.case_id WHERE k.hall = $1 AND l.is_current = 1" LIST_MATCH, 0 },
    [Q_LIST_DEPT] = { "licence_list_dept",
                      "SELECT " LICENCE_COLS " FROM licence l WHERE l.is_current = 1 AND EXISTS "
                      "(SELECT 1 FROM permit p WHERE p.licence_number = l.number "
                           "AND p.department = $1)"
                      LIST_MATCH, 0 },
    [Q_LIST_REGION] = { "licence_list_region",
                        "SELECT " LICENCE_COLS " FROM licence l WHERE l.is_current = 1 "
                        "AND ($1 = '' OR l.region = $1)" LIST_MATCH, 0 },
};
const struct db_query_set LICENCE_SET = QUERY_SET(LICENCE_QUERIES);

int licence_insert(struct db_conn *c, const struct licence_row *x, struct err *e)
{
    return exec_one(c, &LICENCE_QUERIES[Q_INSERT],
                    DB_ARGS(DB_T(x->number), DB_I(x->version), DB_I(x->current), DB_T(x->state),
                            DB_I(x->case_id), DB_T(x->short_id), DB_T(x->uscc), DB_T(x->holder),
                            DB_T(x->person), DB_T(x->address), DB_T(x->industry),
                            DB_T(x->region), DB_T(x->issuer), DB_I(x->issued_on),
                            DB_I(x->issued_at), arg_date(x->expires_on), DB_I(x->permits_valid),
                            DB_T(x->payload), DB_T(x->ended_note), DB_I(x->ledger_seq),
                            DB_I_OR_NULL(x->status_index, -1), arg_date(x->ended_on)),
                    e);
}

static void licence_read(const struct db_rows *r, struct arena *a, struct licence_row *out)
{
    *out = (struct licence_row){
        .number = col_sv(r, 0, a), .version = db_int(r, 1), .current = db_int(r, 2) != 0,
        .state = col_sv(r, 3, a), .case_id = db_int(r, 4), .short_id = col_sv(r, 5, a),
        .uscc = col_sv(r, 6, a), .holder = col_sv(r, 7, a), .person = col_sv(r, 8, a),
        .address = col_sv(r, 9, a), .industry = col_sv(r, 10, a), .region = col_sv(r, 11, a),
        .issuer = col_sv(r, 12, a), .issued_on = col_date(r, 13), .issued_at = db_int(r, 14),
        .expires_on = col_date(r, 15), .permits_valid = db_int(r, 16),
        .payload = col_sv(r, 17, a), .ended_note = col_sv(r, 18, a), .ledger_seq = db_int(r, 19),
        .status_index = db_null(r, 20) ? -1 : db_int(r, 20), .ended_on = col_date(r, 21),
    };
}

static int licence_one(struct db_conn *c, int query, const struct db_arg *args, size_t n,
                       struct arena *a, struct licence_row *out, struct err *e)
{
    struct db_rows r;
    int found = 0;
    db_rows(c, &LICENCE_QUERIES[query], args, n, &r, e);
    if (db_next(&r)) {
        licence_read(&r, a, out);
        found = 1;
    }
    int rc = db_done(&r);
    return rc < 0 ? rc : found;
}

int licence_find_current(struct db_conn *c, struct sv number, struct arena *a,
                         struct licence_row *out, struct err *e)
{
    return licence_one(c, Q_CURRENT, DB_ARGS(DB_T(number)), a, out, e);
}

int licence_find_short(struct db_conn *c, struct sv short_id, struct arena *a,
                       struct licence_row *out, struct err *e)
{
    return licence_one(c, Q_SHORT, DB_ARGS(DB_T(short_id)), a, out, e);
}

int licence_find_version(struct db_conn *c, struct sv number, int64_t version, struct arena *a,
                         struct licence_row *out, struct err *e)
{
    return licence_one(c, Q_VERSION, DB_ARGS(DB_T(number), DB_I(version)), a, out, e);
}

int licence_status_find(struct db_conn *c, struct sv number, struct licence_status *out,
                        struct err *e)
{
    struct db_rows r;
    int found = 0;
    db_rows(c, &LICENCE_QUERIES[Q_STATUS], DB_ARGS(DB_T(number)), &r, e);
    if (db_next(&r)) {
        struct sv state = db_text(&r, 3);
        size_t n = state.n < sizeof out->state - 1 ? state.n : sizeof out->state - 1;
        *out = (struct licence_status){ .version = db_int(&r, 0), .permits_valid = db_int(&r, 1),
                                        .expires_on = col_date(&r, 2) };
        memcpy(out->state, state.p, n);
        found = 1;
    }
    int rc = db_done(&r);
    return rc < 0 ? rc : found;
}

static int licence_rows(struct db_rows *r, struct arena *a, struct licence_row **out, size_t *n)
{
    size_t cap = 0;
    *out = NULL;
    *n = 0;
    while (db_next(r))
        licence_read(r, a, ROWS_PUSH(a, *out, *n, cap));
    return db_done(r);
}

int licence_scan(struct db_conn *c, struct sv number, int64_t version, int64_t limit,
                 struct arena *a, struct licence_row **out, size_t *n, struct err *e)
{
    struct db_rows r;
    db_rows(c, &LICENCE_QUERIES[Q_SCAN], DB_ARGS(DB_T(number), DB_I(version), DB_I(limit)), &r,
            e);
    return licence_rows(&r, a, out, n);
}

int licence_list(struct db_conn *c, const struct licence_filter *f, struct arena *a,
                 struct licence_row **out, size_t *n, struct err *e)
{
    struct db_rows r;
    int query = f->applicant_id ? Q_LIST_OWNER
              : f->department.n ? Q_LIST_DEPT : f->hall.n ? Q_LIST_HALL : Q_LIST_REGION;
    struct db_arg owner = f->applicant_id ? DB_I(f->applicant_id)
                        : DB_T(f->department.n ? f->department : f->hall.n ? f->hall : f->region);
    db_rows(c, &LICENCE_QUERIES[query],
            DB_ARGS(owner, DB_T(f->q), DB_I(f->before_issued), DB_T(f->before_number),
                    DB_I(f->limit)),
            &r, e);
    return licence_rows(&r, a, out, n);
}

int licence_supersede(struct db_conn *c, struct sv number, int64_t version, int32_t on,
                      struct err *e)
{
    return exec_one(c, &LICENCE_QUERIES[Q_SUPERSEDE],
                    DB_ARGS(DB_I(on), DB_T(number), DB_I(version)), e);
}

int licence_versions(struct db_conn *c, struct sv number, struct arena *a,
                     struct licence_row **out, size_t *n, struct err *e)
{
    struct db_rows r;
    db_rows(c, &LICENCE_QUERIES[Q_VERSIONS], DB_ARGS(DB_T(number)), &r, e);
    return licence_rows(&r, a, out, n);
}

int licence_list_unnumbered(struct db_conn *c, int64_t limit, struct arena *a,
                            struct licence_row **out, size_t *n, struct err *e)
{
    struct db_rows r;
    db_rows(c, &LICENCE_QUERIES[Q_UNNUMBERED], DB_ARGS(DB_I(limit)), &r, e);
    return licence_rows(&r, a, out, n);
}

int licence_set_status(struct db_conn *c, struct sv number, int64_t version,
                       int64_t status_index, struct err *e)
{
    return exec_one(c, &LICENCE_QUERIES[Q_SET_STATUS],
                    DB_ARGS(DB_I(status_index), DB_T(number), DB_I(version)), e);
}
