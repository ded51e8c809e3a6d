/* item_store: items. What queues show of them is in queue_store.c. */
#include "store/case_store.h"
#include "store/item_row.h"
#include "store/sets.h"

enum { Q_INSERT, Q_FIND, Q_UPDATE, Q_CASE, Q_OVERDUE, Q_SCAN, Q_SET_TIME, Q_WARN, Q_WARNED,
       Q_PERMIT };

static struct db_query ITEM_QUERIES[] = {
    [Q_INSERT] = { "item_insert",
                   "INSERT INTO item (id, case_id, permit, department, region, state, version, "
                   "received_on, due_on, yellow_on, seen_digest, clock, time_holder, "
                   "clock_since, last_on, inspection, permit_id) VALUES ($1, $2, $3, $4, $5, $6, "
                   "$7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17)", 0 },
    [Q_FIND] = { "item_find", "SELECT " ITEM_COLS " FROM item i WHERE i.id = $1", 0 },
    [Q_UPDATE] = { "item_update",
                   "UPDATE item SET state = $1, version = $2, received_on = $3, accepted_on = $4, "
                   "accept_deemed = $5, closed_on = $6, due_on = $7, yellow_on = $8, "
                   "asked_round = $9, seen_digest = $10, inputs_changed = $11, number = $12, "
                   "valid_from = $13, valid_until = $14, reason = $15, basis = $16, "
                   "right_organ = $17, clock = $18, time_holder = $19, clock_since = $20, "
                   "clock_used = $21, extended_days = $22, days_ours = $23, "
                   "days_applicant = $24, days_special = $25, last_on = $26, extended = $27, "
                   "special_id = $28, special_due = $29, hearing = $30, hearing_until = $31, "
                   "inspection = $32, rectify_by = $33, delivered_on = $34, "
                   "false_material = $35, officer_id = $36, warned = $37 "
                   "WHERE id = $38 AND version = $39", 0 },
    [Q_CASE] = { "item_case", "SELECT " ITEM_COLS " FROM item i WHERE i.case_id = $1 "
                              "ORDER BY i.id", 0 },
    [Q_SCAN] = { "item_scan", "SELECT " ITEM_COLS " FROM item i WHERE i.id > $1 "
                              "ORDER BY i.id LIMIT $2", 0 },
    [Q_OVERDUE] = { "item_overdue", "SELECT " ITEM_COLS " FROM item i WHERE i.state = $1 "
                                    "AND i.due_on IS NOT NULL AND i.due_on < $2 "
                                    "ORDER BY i.due_on, i.id LIMIT $3", 0 },
    [Q_SET_TIME] = { "item_set_time",
                     "UPDATE item SET due_on = $1, yellow_on = $2, clock_used = $3, "
                     "days_ours = $4, days_applicant = $5, days_special = $6 WHERE id = $7", 0 },
    [Q_WARN] = { "item_to_warn", "SELECT " ITEM_COLS " FROM item i WHERE "
                                 "(i.warned = 0 AND i.yellow_on IS NOT NULL AND i.yellow_on <= $1) "
                                 "OR (i.warned < 2 AND i.due_on IS NOT NULL AND i.due_on < $1) "
                                 "ORDER BY i.id LIMIT $2", 0 },
    [Q_PERMIT] = { "item_of_permit", "SELECT " ITEM_COLS " FROM item i WHERE i.permit_id = $1 "
                                     "AND i.state IN ('received', 'correcting', 'accepted') "
                                     "ORDER BY i.id", 0 },
    [Q_WARNED] = { "item_warned", "UPDATE item SET warned = $1 WHERE id = $2 AND warned < $1", 0 },
};
const struct db_query_set ITEM_SET = QUERY_SET(ITEM_QUERIES);

int item_insert(struct db_conn *c, const struct item_row *x, struct err *e)
{
    return exec_one(c, &ITEM_QUERIES[Q_INSERT],
                    DB_ARGS(DB_I(x->id), DB_I(x->case_id), DB_T(x->permit), DB_T(x->department),
                            DB_T(x->region), DB_T(sv_of(item_state_key(x->state))),
                            DB_I(x->version), DB_I(x->received_on), arg_date(x->due_on),
                            arg_date(x->yellow_on), DB_T(x->seen_digest),
                            DB_T(sv_of(clock_kind_text(x->timer.clock))),
                            DB_T(sv_of(holder_key(x->timer.holder))), arg_date(x->timer.since),
                            arg_date(x->last_on),
                            DB_T(sv_of(inspection_stage_key(x->inspection))),
                            DB_I_OR_NULL(x->permit_id, 0)),
                    e);
}

void item_read_row(const struct db_rows *r, struct arena *a, struct item_row *out)
{
    *out = (struct item_row){
        .id = db_int(r, 0), .case_id = db_int(r, 1), .permit = col_sv(r, 2, a),
        .department = col_sv(r, 3, a), .region = col_sv(r, 4, a),
        .state = item_state_of(db_text(r, 5)), .version = db_int(r, 6),
        .received_on = col_date(r, 7), .accepted_on = col_date(r, 8),
        .accept_deemed = db_int(r, 9) != 0, .closed_on = col_date(r, 10),
        .due_on = col_date(r, 11), .yellow_on = col_date(r, 12), .asked_round = db_int(r, 13),
        .seen_digest = col_sv(r, 14, a), .inputs_changed = db_int(r, 15) != 0,
        .number = col_sv(r, 16, a), .valid_from = col_date(r, 17),
        .valid_until = col_date(r, 18), .reason = col_sv(r, 19, a), .basis = col_sv(r, 20, a),
        .right_organ = col_sv(r, 21, a),
        .timer = { .clock = clock_kind_of(db_text(r, 22)), .holder = holder_of(db_text(r, 23)),
                   .since = col_date(r, 24), .used = db_int(r, 25), .extended = db_int(r, 26),
                   .spent = { [HOLDER_OURS] = db_int(r, 27), [HOLDER_APPLICANT] = db_int(r, 28),
                              [HOLDER_SPECIAL] = db_int(r, 29) } },
        .last_on = col_date(r, 30), .extended = db_int(r, 31) != 0, .special_id = db_int(r, 32),
        .special_due = col_date(r, 33), .hearing = hearing_stage_of(db_text(r, 34)),
        .hearing_until = col_date(r, 35), .inspection = inspection_stage_of(db_text(r, 36)),
        .rectify_by = col_date(r, 37), .delivered_on = col_date(r, 38),
        .false_material = db_int(r, 39) != 0, .officer_id = db_int(r, 40),
        .warned = db_int(r, 41), .permit_id = db_int(r, 42),
    };
}

int item_find(struct db_conn *c, int64_t id, struct arena *a, struct item_row *out, struct err *e)
{
    struct db_rows r;
    int found = 0;
    db_rows(c, &ITEM_QUERIES[Q_FIND], DB_ARGS(DB_I(id)), &r, e);
    if (db_next(&r)) {
        item_read_row(&r, a, out);
        found = 1;
    }
    int rc = db_done(&r);
    return rc < 0 ? rc : found;
}

int item_update(struct db_conn *c, const struct item_row *x, struct err *e)
{
    return exec_one(
        c, &ITEM_QUERIES[Q_UPDATE],
        DB_ARGS(DB_T(sv_of(item_state_key(x->state))), DB_I(x->version), DB_I(x->received_on),
                arg_date(x->accepted_on), DB_I(x->accept_deemed), arg_date(x->closed_on),
                arg_date(x->due_on), arg_date(x->yellow_on), DB_I(x->asked_round),
                DB_T(x->seen_digest), DB_I(x->inputs_changed), arg_text_or_null(x->number),
                arg_date(x->valid_from), arg_date(x->valid_until), arg_text_or_null(x->reason),
                arg_text_or_null(x->basis), arg_text_or_null(x->right_organ),
                DB_T(sv_of(clock_kind_text(x->timer.clock))),
                DB_T(sv_of(holder_key(x->timer.holder))), arg_date(x->timer.since),
                DB_I(x->timer.used), DB_I(x->timer.extended), DB_I(x->timer.spent[HOLDER_OURS]),
                DB_I(x->timer.spent[HOLDER_APPLICANT]), DB_I(x->timer.spent[HOLDER_SPECIAL]),
                arg_date(x->last_on), DB_I(x->extended), DB_I_OR_NULL(x->special_id, 0),
                arg_date(x->special_due), DB_T(sv_of(hearing_stage_key(x->hearing))),
                arg_date(x->hearing_until), DB_T(sv_of(inspection_stage_key(x->inspection))),
                arg_date(x->rectify_by), arg_date(x->delivered_on), DB_I(x->false_material),
                DB_I_OR_NULL(x->officer_id, 0), DB_I(x->warned), DB_I(x->id),
                DB_I(x->version - 1)),
        e);
}

static int item_rows(struct db_rows *r, struct arena *a, struct item_row **out, size_t *n)
{
    size_t cap = 0;
    *out = NULL;
    *n = 0;
    while (db_next(r))
        item_read_row(r, a, ROWS_PUSH(a, *out, *n, cap));
    return db_done(r);
}

int item_list_case(struct db_conn *c, int64_t case_id, struct arena *a, struct item_row **out,
                   size_t *n, struct err *e)
{
    struct db_rows r;
    db_rows(c, &ITEM_QUERIES[Q_CASE], DB_ARGS(DB_I(case_id)), &r, e);
    return item_rows(&r, a, out, n);
}

int item_list_permit(struct db_conn *c, int64_t permit_id, struct arena *a, struct item_row **out,
                     size_t *n, struct err *e)
{
    struct db_rows r;
    db_rows(c, &ITEM_QUERIES[Q_PERMIT], DB_ARGS(DB_I(permit_id)), &r, e);
    return item_rows(&r, a, out, n);
}

int item_scan(struct db_conn *c, int64_t after, int64_t limit, struct arena *a,
              struct item_row **out, size_t *n, struct err *e)
{
    struct db_rows r;
    db_rows(c, &ITEM_QUERIES[Q_SCAN], DB_ARGS(DB_I(after), DB_I(limit)), &r, e);
    return item_rows(&r, a, out, n);
}

int item_list_overdue(struct db_conn *c, enum item_state state, int32_t today, int64_t limit,
                      struct arena *a, struct item_row **out, size_t *n, struct err *e)
{
    struct db_rows r;
    db_rows(c, &ITEM_QUERIES[Q_OVERDUE],
            DB_ARGS(DB_T(sv_of(item_state_key(state))), DB_I(today), DB_I(limit)), &r, e);
    return item_rows(&r, a, out, n);
}

struct item_row item_blank(void)
{
    return (struct item_row){
        .accepted_on = DATE_NONE, .closed_on = DATE_NONE, .due_on = DATE_NONE,
        .yellow_on = DATE_NONE, .valid_from = DATE_NONE, .valid_until = DATE_NONE,
        .timer = timer_new(), .last_on = DATE_NONE, .special_due = DATE_NONE,
        .hearing_until = DATE_NONE, .rectify_by = DATE_NONE, .delivered_on = DATE_NONE,
    };
}

int item_set_time(struct db_conn *c, const struct item_row *x, struct err *e)
{
    return exec_one(c, &ITEM_QUERIES[Q_SET_TIME],
                    DB_ARGS(arg_date(x->due_on), arg_date(x->yellow_on), DB_I(x->timer.used),
                            DB_I(x->timer.spent[HOLDER_OURS]),
                            DB_I(x->timer.spent[HOLDER_APPLICANT]),
                            DB_I(x->timer.spent[HOLDER_SPECIAL]), DB_I(x->id)),
                    e);
}

int item_list_warn(struct db_conn *c, int32_t today, int64_t limit, struct arena *a,
                   struct item_row **out, size_t *n, struct err *e)
{
    struct db_rows r;
    db_rows(c, &ITEM_QUERIES[Q_WARN], DB_ARGS(DB_I(today), DB_I(limit)), &r, e);
    return item_rows(&r, a, out, n);
}

int item_mark_warned(struct db_conn *c, int64_t id, int64_t level, struct err *e)
{
    return db_exec(c, &ITEM_QUERIES[Q_WARNED], DB_ARGS(DB_I(level), DB_I(id)), e);
}
