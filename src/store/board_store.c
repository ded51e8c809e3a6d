/* board_store: see board_store.h. */
#include "store/board_store.h"

#include "store/sets.h"

#define SCOPE "($2 = '' OR k.region = $2) AND ($3 = '' OR k.hall = $3)"
#define SCOPE_FIRST "($1 = '' OR k.region = $1) AND ($2 = '' OR k.hall = $2)"
#define ITEMS "FROM item i JOIN licensing_case k ON k.id = i.case_id WHERE "

/* ---- what each list is about ---- */
#define JOINT_FROM                                                                           \
    "FROM licensing_case k WHERE k.state IN ('submitted', 'in_progress') "                   \
    "AND k.joint_due_on IS NOT NULL AND "
#define UNDELIVERED_FROM                                                                     \
    ITEMS "i.closed_on IS NOT NULL AND i.delivered_on IS NULL "                              \
          "AND i.state IN ('granted', 'denied') AND "
#define PROMISES_FROM                                                                        \
    "FROM commitment m JOIN licensing_case k ON k.id = m.case_id "                           \
    "WHERE m.state IN ('promised', 'broken') AND k.state NOT IN ('withdrawn', 'ended') AND "
#define CORRECTIONS_FROM                                                                     \
    "FROM correction r JOIN licensing_case k ON k.id = r.case_id WHERE r.state = 'issued' AND "

#define WHOSE "k.number, k.holder_name, k.region, "
#define COUNT_OF(due, from)                                                                  \
    "SELECT COUNT(*), COUNT(CASE WHEN " due " < $1 THEN 1 END) " from SCOPE
#define LIST_OF(columns, from, order)                                                        \
    "SELECT k.id, " columns " " from SCOPE_FIRST " ORDER BY " order " LIMIT $3"

enum { Q_OPEN, Q_PACE, Q_DAYS, Q_ISSUES, Q_LIST, Q_COUNT = Q_LIST + BOARD_LISTS };

static struct db_query BOARD_QUERIES[] = {
    [Q_OPEN] = { "board_open",
                 "SELECT i.department, i.state, COUNT(*), "
                 "COUNT(CASE WHEN i.due_on < $1 THEN 1 END), "
                 "COUNT(CASE WHEN i.due_on >= $1 AND i.yellow_on <= $1 THEN 1 END) " ITEMS
                 "i.state IN ('received', 'correcting', 'accepted') AND " SCOPE
                 " GROUP BY i.department, i.state ORDER BY i.department, i.state", 0 },
    [Q_PACE] = { "board_pace",
                 "SELECT i.department, i.permit, i.region, i.accepted_on, i.closed_on, "
                 "i.days_special, i.extended, COUNT(*), CAST(SUM(i.days_ours) AS BIGINT), "
                 "CAST(SUM(i.days_applicant) AS BIGINT), "
                 "CAST(SUM(i.days_special) AS BIGINT) " ITEMS
                 "i.state IN ('granted', 'denied') AND i.closed_on >= $1 AND " SCOPE
                 " GROUP BY i.department, i.permit, i.region, i.accepted_on, i.closed_on, "
                 "i.days_special, i.extended ORDER BY i.department", 0 },
    [Q_DAYS] = { "board_days",
                 "SELECT days_ours, COUNT(*) FROM item WHERE permit = $1 AND department = $2 "
                 "AND closed_on >= $3 AND closed_on IS NOT NULL "
                 "AND state IN ('granted', 'denied') GROUP BY days_ours ORDER BY days_ours", 0 },
    [Q_ISSUES] = { "board_issues",
                   "SELECT k.id, k.industry, i.permit FROM licensing_case k "
                   "JOIN item i ON i.case_id = k.id "
                   "WHERE k.issued_at >= $1 AND ($2 = '' OR k.region = $2) "
                   "ORDER BY k.industry, k.id, i.permit", 0 },
    [Q_LIST + BOARD_JOINT] = {
        "board_joint",
        LIST_OF("k.id, " WHOSE "k.industry, k.industry, k.state, k.joint_due_on", JOINT_FROM,
                "k.joint_due_on, k.id"), 0 },
    [Q_LIST + BOARD_UNDELIVERED] = {
        "board_undelivered",
        LIST_OF("i.id, " WHOSE "i.permit, i.department, i.state, i.closed_on", UNDELIVERED_FROM,
                "i.closed_on, i.id"), 0 },
    [Q_LIST + BOARD_PROMISES] = {
        "board_promises",
        LIST_OF("m.id, " WHOSE "m.material, m.material, m.state, m.due_on", PROMISES_FROM,
                "m.due_on, m.id"), 0 },
    [Q_LIST + BOARD_CORRECTIONS] = {
        "board_corrections",
        LIST_OF("r.id, " WHOSE "k.industry, k.industry, r.state, r.due_on", CORRECTIONS_FROM,
                "r.issued_at, r.id"), 0 },
    [Q_COUNT + BOARD_JOINT] = { "board_n_joint", COUNT_OF("k.joint_due_on", JOINT_FROM), 0 },
    [Q_COUNT + BOARD_UNDELIVERED] = { "board_n_undelivered",
                                      COUNT_OF("i.closed_on", UNDELIVERED_FROM), 0 },
    [Q_COUNT + BOARD_PROMISES] = { "board_n_promises", COUNT_OF("m.due_on", PROMISES_FROM), 0 },
    [Q_COUNT + BOARD_CORRECTIONS] = { "board_n_corrections",
                                      COUNT_OF("r.due_on", CORRECTIONS_FROM), 0 },
};
const struct db_query_set BOARD_SET = QUERY_SET(BOARD_QUERIES);

int board_open_items(struct db_conn *c, const struct board_scope *s, int32_t today,
                     struct arena *a, struct board_open **out, size_t *n, struct err *e)
{
    struct db_rows r;
    size_t cap = 0;
    *out = NULL;
    *n = 0;
    db_rows(c, &BOARD_QUERIES[Q_OPEN],
            DB_ARGS(DB_I(today), DB_T(s->region), DB_T(s->hall)), &r, e);
    while (db_next(&r))
        *ROWS_PUSH(a, *out, *n, cap) = (struct board_open){
            .department = col_sv(&r, 0, a), .state = col_sv(&r, 1, a), .n = db_int(&r, 2),
            .red = db_int(&r, 3), .yellow = db_int(&r, 4) };
    return db_done(&r);
}

int board_paces(struct db_conn *c, const struct board_scope *s, int32_t since, struct arena *a,
                struct board_pace **out, size_t *n, struct err *e)
{
    struct db_rows r;
    size_t cap = 0;
    *out = NULL;
    *n = 0;
    db_rows(c, &BOARD_QUERIES[Q_PACE],
            DB_ARGS(DB_I(since), DB_T(s->region), DB_T(s->hall)), &r, e);
    while (db_next(&r))
        *ROWS_PUSH(a, *out, *n, cap) = (struct board_pace){
            .department = col_sv(&r, 0, a), .permit = col_sv(&r, 1, a),
            .region = col_sv(&r, 2, a), .accepted_on = col_date(&r, 3),
            .closed_on = col_date(&r, 4), .special_each = db_int(&r, 5),
            .extended = db_int(&r, 6) != 0, .n = db_int(&r, 7), .ours = db_int(&r, 8),
            .applicant = db_int(&r, 9), .special = db_int(&r, 10) };
    return db_done(&r);
}

/* One more case of an industry with these permits. */
static void count_issue(struct arena *a, struct board_issue **list, size_t *n, size_t *cap,
                        size_t first, struct sv industry, struct sv permits)
{
    for (size_t i = first; i < *n; i++)
        if (sv_eq((*list)[i].permits, permits)) {
            (*list)[i].n++;
            return;
        }
    *ROWS_PUSH(a, *list, *n, *cap) = (struct board_issue){ industry, permits, 1 };
}

int board_issues(struct db_conn *c, struct sv region, int64_t since, struct arena *a,
                 struct board_issue **out, size_t *n, struct err *e)
{
    struct db_rows r;
    struct board_issue *list = NULL;
    struct arena *work = arena_new();
    struct sv permits = SV(""), industry = SV("");
    int64_t id = 0;
    size_t cap = 0, first = 0, count = 0;
    db_rows(c, &BOARD_QUERIES[Q_ISSUES], DB_ARGS(DB_I(since), DB_T(region)), &r, e);
    while (db_next(&r)) {
        if (id && db_int(&r, 0) != id) {
            count_issue(a, &list, &count, &cap, first, industry, arena_sv(a, permits));
            permits = SV("");
        }
        if (!sv_eq(db_text(&r, 1), industry)) {
            industry = col_sv(&r, 1, a);
            first = count;
        }
        id = db_int(&r, 0);
        struct sv permit = db_text(&r, 2);
        permits = arena_printf_sv(work, "%.*s%s%.*s", (int)permits.n, permits.p,
                                  permits.n ? "," : "", (int)permit.n, permit.p);
    }
    if (id)
        count_issue(a, &list, &count, &cap, first, industry, arena_sv(a, permits));
    arena_free(work);
    *out = list;
    *n = count;
    return db_done(&r);
}

int board_days_taken(struct db_conn *c, struct sv permit, struct sv department, int32_t since,
                     struct arena *a, struct board_days **out, size_t *n, struct err *e)
{
    struct db_rows r;
    size_t cap = 0;
    *out = NULL;
    *n = 0;
    db_rows(c, &BOARD_QUERIES[Q_DAYS], DB_ARGS(DB_T(permit), DB_T(department), DB_I(since)), &r, e);
    while (db_next(&r))
        *ROWS_PUSH(a, *out, *n, cap) = (struct board_days){ db_int(&r, 0), db_int(&r, 1) };
    return db_done(&r);
}

int board_entries(struct db_conn *c, enum board_list which, const struct board_scope *s,
                  int64_t limit, struct arena *a, struct board_entry **out, size_t *n,
                  struct err *e)
{
    struct db_rows r;
    size_t cap = 0;
    *out = NULL;
    *n = 0;
    db_rows(c, &BOARD_QUERIES[Q_LIST + (size_t)which],
            DB_ARGS(DB_T(s->region), DB_T(s->hall), DB_I(limit)), &r, e);
    while (db_next(&r))
        *ROWS_PUSH(a, *out, *n, cap) = (struct board_entry){
            .case_id = db_int(&r, 0), .id = db_int(&r, 1), .number = col_sv(&r, 2, a),
            .holder = col_sv(&r, 3, a), .region = col_sv(&r, 4, a), .code = col_sv(&r, 5, a),
            .department = col_sv(&r, 6, a), .state = col_sv(&r, 7, a), .due = col_date(&r, 8) };
    return db_done(&r);
}

int board_count(struct db_conn *c, enum board_list which, const struct board_scope *s,
                int32_t before, struct board_tally *out, struct err *e)
{
    struct db_rows r;
    *out = (struct board_tally){ 0 };
    db_rows(c, &BOARD_QUERIES[Q_COUNT + (size_t)which],
            DB_ARGS(DB_I(before), DB_T(s->region), DB_T(s->hall)), &r, e);
    if (db_next(&r))
        *out = (struct board_tally){ db_int(&r, 0), db_int(&r, 1) };
    return db_done(&r);
}
