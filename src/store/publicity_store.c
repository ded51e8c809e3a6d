/* publicity_store: see publicity_store.h. */
#include "store/publicity_store.h"

#include "store/sets.h"

enum { Q_EVENTS, Q_REFUSALS };

/* A licence shows an event of its permit with the first version made by it or after it. */
static struct db_query PUBLICITY_QUERIES[] = {
    [Q_EVENTS] = { "publicity_events",
                   "SELECT v.id, v.act, v.effective_on, v.valid_from, v.valid_until, "
                   "p.permit_type, p.name, v.number, p.department, p.region, p.uscc, "
                   "CASE WHEN v.holder <> '' THEN v.holder ELSE p.holder END, "
                   "CASE WHEN v.person <> '' THEN v.person ELSE p.person END, "
                   "CASE WHEN v.item_id IS NULL THEN '' ELSE COALESCE(k.number, '') END, "
                   "v.document, p.state, (SELECT MIN(l.issued_on) FROM licence l "
                   "WHERE l.number = p.licence_number AND l.ledger_seq >= v.ledger_seq) "
                   "FROM permit_event v JOIN permit p ON p.id = v.permit_id "
                   "LEFT JOIN licensing_case k ON k.id = v.case_id "
                   "WHERE v.effective_on >= $1 AND v.effective_on <= $2 "
                   "AND v.act <> 'expire_permit' ORDER BY v.effective_on, v.id LIMIT $3", 0 },
    [Q_REFUSALS] = { "publicity_refusals",
                     "SELECT i.id, 'deny', i.closed_on, NULL, NULL, i.permit, '', '', "
                     "i.department, i.region, k.uscc, k.holder_name, k.person, "
                     "COALESCE(k.number, ''), '', '', NULL "
                     "FROM item i JOIN licensing_case k ON k.id = i.case_id "
                     "WHERE i.state = 'denied' AND i.closed_on >= $1 AND i.closed_on <= $2 "
                     "ORDER BY i.closed_on, i.id LIMIT $3", 0 },
};
const struct db_query_set PUBLICITY_SET = QUERY_SET(PUBLICITY_QUERIES);

static void read_row(const struct db_rows *r, struct arena *a, struct publicity_row *out)
{
    *out = (struct publicity_row){
        .id = db_int(r, 0), .act = ACT_GRANT, .decided_on = col_date(r, 2),
        .valid_from = col_date(r, 3), .valid_until = col_date(r, 4),
        .permit_type = col_sv(r, 5, a), .certificate = col_sv(r, 6, a), .number = col_sv(r, 7, a),
        .department = col_sv(r, 8, a), .region = col_sv(r, 9, a), .uscc = col_sv(r, 10, a),
        .holder = col_sv(r, 11, a), .person = col_sv(r, 12, a), .case_number = col_sv(r, 13, a),
        .document = col_sv(r, 14, a), .state = col_sv(r, 15, a), .shown_on = col_date(r, 16),
    };
    act_of(db_text(r, 1), &out->act);
    out->refused = out->act == ACT_DENY;
}

int publicity_list(struct db_conn *c, int32_t from, int32_t to, int64_t limit, struct arena *a,
                   struct publicity_row **out, size_t *n, struct err *e)
{
    size_t cap = 0;
    int rc = 0;
    *out = NULL;
    *n = 0;
    for (int q = Q_EVENTS; rc == 0 && q <= Q_REFUSALS; q++) {
        struct db_rows r;
        db_rows(c, &PUBLICITY_QUERIES[q], DB_ARGS(DB_I(from), DB_I(to), DB_I(limit)), &r, e);
        while (db_next(&r))
            read_row(&r, a, ROWS_PUSH(a, *out, *n, cap));
        rc = db_done(&r);
    }
    return rc;
}
