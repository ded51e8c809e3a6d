/* supervise_store: see supervise_store.h. */
#include "store/supervise_store.h"
#include "store/sets.h"

#define COLS                                                                                 \
    "t.id, t.event_seq, t.act, t.permit_id, t.case_id, t.item_id, t.permit_type, "           \
    "t.department, t.lead, t.grantor, t.region, t.kind, t.state, t.opened_on, t.opened_at, " \
    "t.due_on, t.yellow_on, t.acknowledged_on, t.acknowledged_by, t.wants, t.result, "       \
    "t.result_on, t.version, t.ledger_seq"
enum { N_COLS = 24 };
#define HOLDER "COALESCE(p.holder, k.holder_name)"
#define VIEW                                                                                 \
    COLS ", " HOLDER ", k.uscc, COALESCE(p.person, k.person), "                              \
    "COALESCE(p.address, k.address), COALESCE(p.number, ''), COALESCE(p.name, ''), "         \
    "COALESCE(p.state, ''), COALESCE(p.licence_number, ''), k.industry, k.number, "          \
    "p.valid_until"
#define FROM                                                                                 \
    " FROM supervision_task t JOIN licensing_case k ON k.id = t.case_id "                    \
    "LEFT JOIN permit p ON p.id = t.permit_id "
#define SELECT "SELECT " VIEW FROM
#define MATCH                                                                                \
    " AND ($2 = '' OR t.region = $2) AND ($3 = '' OR k.industry = $3) "                      \
    "AND ($4 = '' OR t.kind = $4) AND ($5 = '' OR " MATCHES(HOLDER, "$5") " OR "             \
    MATCHES("k.uscc", "$5") " OR " MATCHES("p.number", "$5") ") "
#define WAITING "('pending', 'finding', 'proposed')"
#define PAGE                                                                                 \
    "AND ($6 = '' OR t.state = $6 OR ($6 = 'waiting' AND t.state IN " WAITING ")) "          \
    "AND COALESCE(t.due_on, 9999999) >= $7 AND COALESCE(t.due_on, 9999999) <= $8 "           \
    "AND COALESCE(t.yellow_on, 9999999) >= $9 AND COALESCE(t.yellow_on, 9999999) <= $10 "    \
    "AND ($11 = 0 OR t.due_on IS NOT NULL) AND (COALESCE(t.due_on, 9999999) > $12 OR "       \
    "(COALESCE(t.due_on, 9999999) = $12 AND t.id > $13)) "                                   \
    "ORDER BY COALESCE(t.due_on, 9999999), t.id LIMIT $14"
/* $6 is the day: parameters are numbered by their first appearance. */
#define COUNTS(where)                                                                        \
    "WITH x AS (SELECT t.state, t.due_on, t.yellow_on" FROM "WHERE " where MATCH ") "        \
    "SELECT state, COUNT(*), COUNT(CASE WHEN due_on < $6 THEN 1 END), "                      \
    "COUNT(CASE WHEN due_on >= $6 AND yellow_on <= $6 THEN 1 END), "                         \
    "COUNT(CASE WHEN due_on >= $6 AND yellow_on > $6 THEN 1 END) FROM x GROUP BY state"
#define OF_SAME " FROM supervision_task s WHERE s.permit_id = t.permit_id "                  \
                "AND s.department = t.department "
#define LAST(column) "(SELECT s." column OF_SAME                                             \
    "AND s.result <> '' ORDER BY s.result_on DESC, s.id DESC LIMIT 1)"
#define SUPERVISED(where)                                                                    \
    "SELECT t.permit_id, t.id, p.holder, p.uscc, p.person, p.address, p.name, p.number, "    \
    "p.state, COALESCE(p.licence_number, ''), t.region, k.industry, t.department, "          \
    "t.grantor, p.granted_on, p.valid_until, t.acknowledged_on, "                            \
    "COALESCE(" LAST("result") ", ''), " LAST("result_on") ", "                              \
    "(SELECT COUNT(*)" OF_SAME "AND s.state IN " WAITING ")" FROM "WHERE " where MATCH       \
    "AND t.permit_id IS NOT NULL AND ($6 = '' OR p.state = $6) AND t.id < $7 "               \
    "ORDER BY t.id DESC LIMIT $8"
#define OF_DEPARTMENT "t.department = $1"
#define OF_GRANTOR "t.grantor = $1"
#define OF_REGION "($1 = '' OR t.region = $1)"
#define EVENT_COLS                                                                           \
    "id, task_id, act, effective_on, at, department, actor_id, actor_name, result, reason, " \
    "basis, document, wants, due_on, permit_seq, ledger_seq"

enum { Q_INSERT, Q_EXISTS, Q_UPDATE, Q_FIND, Q_PERMIT, Q_SCAN, Q_WARN, Q_WARNED, Q_LIST,
       Q_COUNT = Q_LIST + SUPERVISION_SCOPES, Q_SUPERVISED = Q_COUNT + SUPERVISION_SCOPES,
       Q_V_INSERT = Q_SUPERVISED + SUPERVISION_SCOPES, Q_V_OF, Q_V_SCAN };

static struct db_query SUPERVISE_QUERIES[] = {
    [Q_INSERT] = { "supervision_insert",
                   "INSERT INTO supervision_task (id, event_seq, act, permit_id, case_id, "
                   "item_id, permit_type, department, lead, grantor, region, kind, state, "
                   "opened_on, opened_at, due_on, yellow_on, version, ledger_seq) VALUES "
                   "($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, "
                   "$17, $18, $19)", 0 },
    [Q_EXISTS] = { "supervision_exists", "SELECT id FROM supervision_task "
                                         "WHERE event_seq = $1 AND department = $2", 0 },
    [Q_UPDATE] = { "supervision_update",
                   "UPDATE supervision_task SET state = $1, due_on = $2, yellow_on = $3, "
                   "acknowledged_on = $4, acknowledged_by = $5, wants = $6, result = $7, "
                   "result_on = $8, version = $9, warned = 0 WHERE id = $10 AND version = $11",
                   0 },
    [Q_FIND] = { "supervision_find", SELECT "WHERE t.id = $1", 0 },
    [Q_PERMIT] = { "supervision_permit", SELECT "WHERE t.permit_id = $1 ORDER BY t.id", 0 },
    [Q_SCAN] = { "supervision_scan", "SELECT " COLS " FROM supervision_task t WHERE t.id > $1 "
                                     "ORDER BY t.id LIMIT $2", 0 },
    [Q_WARN] = { "supervision_to_warn",
                 "SELECT id FROM supervision_task WHERE due_on IS NOT NULL AND "
                 "((warned = 0 AND yellow_on <= $1) OR (warned < 2 AND due_on < $1)) "
                 "ORDER BY due_on, id LIMIT $2", 0 },
    [Q_WARNED] = { "supervision_warned",
                   "UPDATE supervision_task SET warned = $1 WHERE id = $2 AND warned < $1", 0 },
    [Q_LIST + SCOPE_SUPERVISES] = { "supervision_list", SELECT "WHERE " OF_DEPARTMENT MATCH PAGE,
                                    0 },
    [Q_LIST + SCOPE_GRANTED] = { "supervision_granted", SELECT "WHERE " OF_GRANTOR MATCH PAGE, 0 },
    [Q_LIST + SCOPE_REGION] = { "supervision_all", SELECT "WHERE " OF_REGION MATCH PAGE, 0 },
    [Q_COUNT + SCOPE_SUPERVISES] = { "supervision_count", COUNTS(OF_DEPARTMENT), 0 },
    [Q_COUNT + SCOPE_GRANTED] = { "supervision_count_granted", COUNTS(OF_GRANTOR), 0 },
    [Q_COUNT + SCOPE_REGION] = { "supervision_count_all", COUNTS(OF_REGION), 0 },
    [Q_SUPERVISED + SCOPE_SUPERVISES] = { "supervised_list",
                                          SUPERVISED(OF_DEPARTMENT " AND t.kind = 'start'"), 0 },
    [Q_SUPERVISED + SCOPE_GRANTED] = { "supervised_granted",
                                       SUPERVISED(OF_GRANTOR " AND t.kind = 'start'"), 0 },
    [Q_SUPERVISED + SCOPE_REGION] = { "supervised_all",
                                      SUPERVISED(OF_REGION " AND t.kind = 'start'"), 0 },
    [Q_V_INSERT] = { "supervision_event_insert",
                     "INSERT INTO supervision_event (" EVENT_COLS ") VALUES ($1, $2, $3, $4, "
                     "$5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16)", 0 },
    [Q_V_OF] = { "supervision_events", "SELECT " EVENT_COLS " FROM supervision_event "
                                       "WHERE task_id = $1 ORDER BY ledger_seq", 0 },
    [Q_V_SCAN] = { "supervision_event_scan", "SELECT " EVENT_COLS " FROM supervision_event "
                                             "WHERE id > $1 ORDER BY id LIMIT $2", 0 },
};
const struct db_query_set SUPERVISE_SET = QUERY_SET(SUPERVISE_QUERIES);

/* ---- tasks ---- */

int supervision_insert(struct db_conn *c, const struct supervision_row *x, struct err *e)
{
    return exec_one(c, &SUPERVISE_QUERIES[Q_INSERT],
                   DB_ARGS(DB_I(x->id), DB_I(x->event_seq), DB_T(sv_of(act_key(x->act))),
                           DB_I_OR_NULL(x->permit_id, 0), DB_I(x->case_id),
                           DB_I_OR_NULL(x->item_id, 0), DB_T(x->permit_type),
                           DB_T(x->department), DB_I(x->lead), DB_T(x->grantor), DB_T(x->region),
                           DB_T(sv_of(supervision_kind_key(x->kind))),
                           DB_T(sv_of(supervision_state_key(x->state))), DB_I(x->opened_on),
                           DB_I(x->opened_at), arg_date(x->clock.due_on),
                           arg_date(x->clock.yellow_on), DB_I(x->version), DB_I(x->ledger_seq)),
                   e);
}

int supervision_exists(struct db_conn *c, int64_t event_seq, struct sv department, struct err *e)
{
    int64_t id;
    return db_find_int(c, &SUPERVISE_QUERIES[Q_EXISTS], DB_ARGS(DB_I(event_seq), DB_T(department)),
                       &id, e);
}

int supervision_update(struct db_conn *c, const struct supervision_row *x, struct err *e)
{
    return exec_one(c, &SUPERVISE_QUERIES[Q_UPDATE],
                    DB_ARGS(DB_T(sv_of(supervision_state_key(x->state))),
                            arg_date(x->clock.due_on), arg_date(x->clock.yellow_on),
                            arg_date(x->acknowledged_on), DB_T(x->acknowledged_by),
                            DB_T(x->wants), DB_T(sv_of(supervision_result_key(x->result))),
                            arg_date(x->result_on), DB_I(x->version), DB_I(x->id),
                            DB_I(x->version - 1)),
                    e);
}

static void task_read(const struct db_rows *r, struct arena *a, struct supervision_row *x)
{
    *x = (struct supervision_row){
        .id = db_int(r, 0), .event_seq = db_int(r, 1), .act = ACTS, .permit_id = db_int(r, 3),
        .case_id = db_int(r, 4), .item_id = db_int(r, 5), .permit_type = col_sv(r, 6, a),
        .department = col_sv(r, 7, a), .lead = db_int(r, 8) != 0, .grantor = col_sv(r, 9, a),
        .region = col_sv(r, 10, a), .kind = supervision_kind_of(db_text(r, 11)),
        .state = supervision_state_of(db_text(r, 12)), .opened_on = col_date(r, 13),
        .opened_at = db_int(r, 14), .clock = { col_date(r, 15), col_date(r, 16) },
        .acknowledged_on = col_date(r, 17), .acknowledged_by = col_sv(r, 18, a),
        .wants = col_sv(r, 19, a), .result = supervision_result_of(db_text(r, 20)),
        .result_on = col_date(r, 21), .version = db_int(r, 22), .ledger_seq = db_int(r, 23),
    };
    act_of(db_text(r, 2), &x->act);
}

static void entry_read(const struct db_rows *r, struct arena *a, struct supervision_entry *x)
{
    *x = (struct supervision_entry){
        .holder = col_sv(r, N_COLS, a), .uscc = col_sv(r, N_COLS + 1, a),
        .person = col_sv(r, N_COLS + 2, a), .address = col_sv(r, N_COLS + 3, a),
        .number = col_sv(r, N_COLS + 4, a), .permit_name = col_sv(r, N_COLS + 5, a),
        .permit_state = col_sv(r, N_COLS + 6, a), .licence = col_sv(r, N_COLS + 7, a),
        .industry = col_sv(r, N_COLS + 8, a), .case_number = col_sv(r, N_COLS + 9, a),
        .valid_until = col_date(r, N_COLS + 10),
    };
    task_read(r, a, &x->task);
}

static int entries(struct db_rows *r, struct arena *a, struct supervision_entry **out, size_t *n)
{
    size_t cap = 0;
    *out = NULL;
    *n = 0;
    while (db_next(r))
        entry_read(r, a, ROWS_PUSH(a, *out, *n, cap));
    return db_done(r);
}

int supervision_find(struct db_conn *c, int64_t id, struct arena *a, struct supervision_entry *out,
                     struct err *e)
{
    struct db_rows r;
    int found = 0;
    db_rows(c, &SUPERVISE_QUERIES[Q_FIND], DB_ARGS(DB_I(id)), &r, e);
    if (db_next(&r)) {
        entry_read(&r, a, out);
        found = 1;
    }
    int rc = db_done(&r);
    return rc < 0 ? rc : found;
}

int supervision_of_permit(struct db_conn *c, int64_t permit_id, struct arena *a,
                          struct supervision_entry **out, size_t *n, struct err *e)
{
    struct db_rows r;
    db_rows(c, &SUPERVISE_QUERIES[Q_PERMIT], DB_ARGS(DB_I(permit_id)), &r, e);
    return entries(&r, a, out, n);
}

int supervision_scan(struct db_conn *c, int64_t after, int64_t limit, struct arena *a,
                     struct supervision_row **out, size_t *n, struct err *e)
{
    struct db_rows r;
    size_t cap = 0;
    *out = NULL;
    *n = 0;
    db_rows(c, &SUPERVISE_QUERIES[Q_SCAN], DB_ARGS(DB_I(after), DB_I(limit)), &r, e);
    while (db_next(&r))
        task_read(&r, a, ROWS_PUSH(a, *out, *n, cap));
    return db_done(&r);
}

int supervision_to_warn(struct db_conn *c, int32_t today, int64_t limit, struct arena *a,
                        int64_t **out, size_t *n, struct err *e)
{
    struct db_rows r;
    size_t cap = 0;
    *out = NULL;
    *n = 0;
    db_rows(c, &SUPERVISE_QUERIES[Q_WARN], DB_ARGS(DB_I(today), DB_I(limit)), &r, e);
    while (db_next(&r))
        *ROWS_PUSH(a, *out, *n, cap) = db_int(&r, 0);
    return db_done(&r);
}

int supervision_mark_warned(struct db_conn *c, int64_t id, int64_t level, struct err *e)
{
    return db_exec(c, &SUPERVISE_QUERIES[Q_WARNED], DB_ARGS(DB_I(level), DB_I(id)), e);
}

/* ---- lists ---- */

static struct db_arg bound(int32_t d, int64_t none)
{
    return DB_I(d == DATE_NONE ? none : d);
}

int supervision_list(struct db_conn *c, const struct supervision_filter *f, struct arena *a,
                     struct supervision_entry **out, size_t *n, struct err *e)
{
    struct db_rows r;
    db_rows(c, &SUPERVISE_QUERIES[Q_LIST + f->scope],
            DB_ARGS(DB_T(f->whose), DB_T(f->region), DB_T(f->industry), DB_T(f->kind), DB_T(f->q),
                    DB_T(f->state), bound(f->due_from, -9999999), bound(f->due_to, 99999999),
                    bound(f->yellow_from, -9999999), bound(f->yellow_to, 99999999),
                    DB_I(f->due_only), bound(f->after_due, -9999999), DB_I(f->after_id),
                    DB_I(f->limit)),
            &r, e);
    return entries(&r, a, out, n);
}

int supervision_count(struct db_conn *c, const struct supervision_filter *f, int32_t today,
                      struct supervision_counts *out, struct err *e)
{
    struct db_rows r;
    *out = (struct supervision_counts){ 0 };
    db_rows(c, &SUPERVISE_QUERIES[Q_COUNT + f->scope],
            DB_ARGS(DB_T(f->whose), DB_T(f->region), DB_T(f->industry), DB_T(f->kind), DB_T(f->q),
                    DB_I(today)),
            &r, e);
    while (db_next(&r)) {
        enum supervision_state s = supervision_state_of(db_text(&r, 0));
        if (s < SUPERVISION_STATES)
            out->by_state[s] = db_int(&r, 1);
        out->red += db_int(&r, 2);
        out->yellow += db_int(&r, 3);
        out->green += db_int(&r, 4);
    }
    return db_done(&r);
}

int supervised_list(struct db_conn *c, const struct supervision_filter *f, int64_t before,
                    struct arena *a, struct supervised_row **out, size_t *n, struct err *e)
{
    struct db_rows r;
    size_t cap = 0;
    *out = NULL;
    *n = 0;
    db_rows(c, &SUPERVISE_QUERIES[Q_SUPERVISED + f->scope],
            DB_ARGS(DB_T(f->whose), DB_T(f->region), DB_T(f->industry), DB_T(f->kind), DB_T(f->q),
                    DB_T(f->state), DB_I(before), DB_I(f->limit)),
            &r, e);
    while (db_next(&r))
        *ROWS_PUSH(a, *out, *n, cap) = (struct supervised_row){
            .permit_id = db_int(&r, 0), .task_id = db_int(&r, 1), .holder = col_sv(&r, 2, a),
            .uscc = col_sv(&r, 3, a), .person = col_sv(&r, 4, a), .address = col_sv(&r, 5, a),
            .permit_name = col_sv(&r, 6, a), .number = col_sv(&r, 7, a),
            .permit_state = col_sv(&r, 8, a), .licence = col_sv(&r, 9, a),
            .region = col_sv(&r, 10, a), .industry = col_sv(&r, 11, a),
            .department = col_sv(&r, 12, a), .grantor = col_sv(&r, 13, a),
            .granted_on = col_date(&r, 14), .valid_until = col_date(&r, 15),
            .acknowledged_on = col_date(&r, 16), .result = col_sv(&r, 17, a),
            .result_on = col_date(&r, 18), .waiting = db_int(&r, 19),
        };
    return db_done(&r);
}

/* ---- what was done ---- */

int supervision_event_insert(struct db_conn *c, const struct supervision_event_row *x,
                             struct err *e)
{
    return exec_one(c, &SUPERVISE_QUERIES[Q_V_INSERT],
                    DB_ARGS(DB_I(x->id), DB_I(x->task_id), DB_T(sv_of(act_key(x->act))),
                            DB_I(x->effective_on), DB_I(x->at), DB_T(x->department),
                            DB_I_OR_NULL(x->actor_id, 0), DB_T(x->actor_name), DB_T(x->result),
                            DB_T(x->reason), DB_T(x->basis), DB_T(x->document), DB_T(x->wants),
                            arg_date(x->due_on), DB_I_OR_NULL(x->permit_seq, 0),
                            DB_I(x->ledger_seq)),
                    e);
}

static int event_rows(struct db_rows *r, struct arena *a, struct supervision_event_row **out,
                      size_t *n)
{
    size_t cap = 0;
    *out = NULL;
    *n = 0;
    while (db_next(r)) {
        struct supervision_event_row *x = ROWS_PUSH(a, *out, *n, cap);
        *x = (struct supervision_event_row){
            .id = db_int(r, 0), .task_id = db_int(r, 1), .act = ACTS,
            .effective_on = col_date(r, 3), .at = db_int(r, 4), .department = col_sv(r, 5, a),
            .actor_id = db_int(r, 6), .actor_name = col_sv(r, 7, a), .result = col_sv(r, 8, a),
            .reason = col_sv(r, 9, a), .basis = col_sv(r, 10, a), .document = col_sv(r, 11, a),
            .wants = col_sv(r, 12, a), .due_on = col_date(r, 13), .permit_seq = db_int(r, 14),
            .ledger_seq = db_int(r, 15),
        };
        act_of(db_text(r, 2), &x->act);
    }
    return db_done(r);
}

int supervision_events(struct db_conn *c, int64_t task_id, struct arena *a,
                       struct supervision_event_row **out, size_t *n, struct err *e)
{
    struct db_rows r;
    db_rows(c, &SUPERVISE_QUERIES[Q_V_OF], DB_ARGS(DB_I(task_id)), &r, e);
    return event_rows(&r, a, out, n);
}

int supervision_event_scan(struct db_conn *c, int64_t after, int64_t limit, struct arena *a,
                           struct supervision_event_row **out, size_t *n, struct err *e)
{
    struct db_rows r;
    db_rows(c, &SUPERVISE_QUERIES[Q_V_SCAN], DB_ARGS(DB_I(after), DB_I(limit)), &r, e);
    return event_rows(&r, a, out, n);
}
