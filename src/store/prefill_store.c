/* prefill_store: see prefill_store.h. */
#include "store/prefill_store.h"

#include "store/sealed.h"
#include "store/sets.h"

enum { Q_PUT, Q_FIND, Q_DELETE, Q_EARLIER, Q_PERMITS };

static struct db_query PREFILL_QUERIES[] = {
    [Q_PUT] = { "prefill_put",
                "INSERT INTO case_prefill (case_id, marks, certificates) VALUES ($1, $2, $3) "
                "ON CONFLICT (case_id) DO UPDATE SET marks = excluded.marks, "
                "certificates = excluded.certificates", 0 },
    [Q_FIND] = { "prefill_find",
                 "SELECT marks, certificates FROM case_prefill WHERE case_id = $1", 0 },
    [Q_DELETE] = { "prefill_delete", "DELETE FROM case_prefill WHERE case_id = $1", 0 },
    [Q_EARLIER] = { "earlier_list",
                    "SELECT k.id, k.submitted_at, k.number, k.uscc, f.body "
                    "FROM licensing_case k JOIN case_form f ON f.case_id = k.id "
                    "WHERE k.applicant_id = $1 AND ($2 = '' OR k.uscc = $2) AND k.id <> $3 "
                    "AND k.submitted_at IS NOT NULL ORDER BY k.id DESC LIMIT $4", 0 },
    [Q_PERMITS] = { "permit_list_own",
                    "SELECT p.id, p.permit_type, p.name, p.number, p.department_name, "
                    "p.granted_on, p.valid_until FROM permit p "
                    "JOIN licensing_case k ON k.id = p.case_id WHERE k.applicant_id = $1 "
                    "AND p.uscc = $2 AND p.state = 'valid' ORDER BY p.id DESC LIMIT 50", 0 },
};
const struct db_query_set PREFILL_SET = QUERY_SET(PREFILL_QUERIES);

int prefill_put(struct db_conn *c, int64_t case_id, const struct prefill_row *row, struct err *e)
{
    struct arena *a = arena_new();
    struct sv marks = seal_sv(c, a, SEALED_PREFILL_MARKS, case_id, row->marks);
    struct sv certificates = seal_sv(c, a, SEALED_PREFILL_CERTIFICATES, case_id,
                                     row->certificates);
    int rc = exec_one(c, &PREFILL_QUERIES[Q_PUT],
                      DB_ARGS(DB_I(case_id), DB_T(marks), DB_T(certificates)), e);
    arena_free(a);
    return rc;
}

int prefill_find(struct db_conn *c, int64_t case_id, struct arena *a, struct prefill_row *out,
                 struct err *e)
{
    struct db_rows r;
    int found = 0;
    db_rows(c, &PREFILL_QUERIES[Q_FIND], DB_ARGS(DB_I(case_id)), &r, e);
    if (db_next(&r)) {
        *out = (struct prefill_row){
            col_sealed(&r, 0, a, SEALED_PREFILL_MARKS, case_id),
            col_sealed(&r, 1, a, SEALED_PREFILL_CERTIFICATES, case_id),
        };
        found = 1;
    }
    int rc = db_done(&r);
    return rc < 0 ? rc : found;
}

int prefill_delete(struct db_conn *c, int64_t case_id, struct err *e)
{
    int rc = db_exec(c, &PREFILL_QUERIES[Q_DELETE], DB_ARGS(DB_I(case_id)), e);
    return rc < 0 ? rc : 0;
}

int earlier_list(struct db_conn *c, int64_t applicant_id, struct sv uscc, int64_t except,
                 int64_t limit, struct arena *a, struct earlier_row **out, size_t *n,
                 struct err *e)
{
    struct db_rows r;
    size_t cap = 0;
    *out = NULL;
    *n = 0;
    db_rows(c, &PREFILL_QUERIES[Q_EARLIER],
            DB_ARGS(DB_I(applicant_id), DB_T(uscc), DB_I(except), DB_I(limit)), &r, e);
    while (db_next(&r))
        *ROWS_PUSH(a, *out, *n, cap) = (struct earlier_row){
            db_int(&r, 0), db_int(&r, 1), col_sv(&r, 2, a), col_sv(&r, 3, a),
            col_sealed(&r, 4, a, SEALED_FORM_BODY, db_int(&r, 0)) };
    return db_done(&r);
}

int permit_list_own(struct db_conn *c, int64_t applicant_id, struct sv uscc, struct arena *a,
                    struct permit_row **out, size_t *n, struct err *e)
{
    struct db_rows r;
    size_t cap = 0;
    *out = NULL;
    *n = 0;
    db_rows(c, &PREFILL_QUERIES[Q_PERMITS], DB_ARGS(DB_I(applicant_id), DB_T(uscc)), &r, e);
    while (db_next(&r))
        *ROWS_PUSH(a, *out, *n, cap) = (struct permit_row){
            .id = db_int(&r, 0), .permit_type = col_sv(&r, 1, a), .name = col_sv(&r, 2, a),
            .number = col_sv(&r, 3, a), .department_name = col_sv(&r, 4, a),
            .granted_on = col_date(&r, 5), .valid_until = col_date(&r, 6), .uscc = uscc };
    return db_done(&r);
}
