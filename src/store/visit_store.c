/* visit_store: see process_store.h. Joint inspections with their parts and photos; commitments. */
#include "store/process_store.h"
#include "store/sets.h"

#define VISIT_COLS                                                                                \
    "v.id, v.case_id, v.round, v.version, v.state, v.held_on, v.held_time, v.place, v.note, "    \
    "v.proposed_by, v.cancel_reason, v.proposed_at, v.announced_at, v.closed_at"
enum { N_VISIT_COLS = 14 };
#define PART_COLS                                                                                 \
    "id, visit_id, case_id, item_id, version, department, declined_reason, agreed_at, "          \
    "counter_on, officer_a, officer_b, officer_a_name, officer_b_name, checks, result, "         \
    "findings, rectify_by, recorded_by, recorded_at, taken_at, confirmed_by, confirmed_at"
#define PHOTO_COLS                                                                                \
    "id, visit_id, case_id, item_id, size, taken_at, created_at, created_by, check_code, name, " \
    "media_type, sm3"
#define COMMITMENT_COLS                                                                           \
    "id, case_id, item_id, material, state, due_on, confirmed_on, signed_at, warned_at, "        \
    "signed_by, digest, confirmed_by, note"

enum { Q_V_INSERT, Q_V_UPDATE, Q_V_FIND, Q_V_LIST, Q_V_SCAN, Q_V_SCHEDULE, Q_P_INSERT,
       Q_P_UPDATE, Q_P_DELETE, Q_P_LIST, Q_P_SCAN, Q_F_INSERT, Q_F_LIST, Q_C_INSERT, Q_C_UPDATE,
       Q_C_LIST, Q_C_SCAN, Q_C_DUE };

static struct db_query VISIT_QUERIES[] = {
    [Q_V_INSERT] = { "visit_insert",
                     "INSERT INTO visit (id, case_id, round, state, version, held_on, held_time, "
                     "place, note, proposed_by, proposed_at) "
                     "VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)", 0 },
    [Q_V_UPDATE] = { "visit_update",
                     "UPDATE visit SET state = $1, version = $2, held_on = $3, held_time = $4, "
                     "place = $5, note = $6, proposed_by = $7, proposed_at = $8, "
                     "announced_at = $9, closed_at = $10, cancel_reason = $11 "
                     "WHERE id = $12 AND version = $13", 0 },
    [Q_V_FIND] = { "visit_find", "SELECT " VISIT_COLS " FROM visit v WHERE v.id = $1", 0 },
    [Q_V_LIST] = { "visit_list", "SELECT " VISIT_COLS " FROM visit v WHERE v.case_id = $1 "
                                 "ORDER BY v.id", 0 },
    [Q_V_SCAN] = { "visit_scan", "SELECT " VISIT_COLS " FROM visit v WHERE v.id > $1 "
                                 "ORDER BY v.id LIMIT $2", 0 },
    [Q_V_SCHEDULE] = { "visit_schedule",
                       "SELECT " VISIT_COLS ", k.number, k.holder_name, k.address, k.region "
                       "FROM visit v JOIN licensing_case k ON k.id = v.case_id "
                       "WHERE v.held_on >= $1 AND v.held_on <= $2 "
                       "AND ($3 = 0 OR v.state IN ('proposed', 'announced')) "
                       "AND ($4 = '' OR k.region = $4) AND ($5 = '' OR k.hall = $5) "
                       "AND ($6 = '' OR EXISTS (SELECT 1 FROM visit_part p WHERE "
                       "p.visit_id = v.id AND p.department = $6 "
                       "AND (p.officer_a = $7 OR p.officer_b = $7 OR $7 = 0))) "
                       "AND v.id > $8 ORDER BY v.id LIMIT $9", 0 },
    [Q_P_INSERT] = { "part_insert",
                     "INSERT INTO visit_part (id, visit_id, case_id, item_id, version, "
                     "department, checks, result, findings) "
                     "VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)", 0 },
    [Q_P_UPDATE] = { "part_update",
                     "UPDATE visit_part SET version = $1, declined_reason = $2, agreed_at = $3, "
                     "counter_on = $4, officer_a = $5, officer_b = $6, officer_a_name = $7, "
                     "officer_b_name = $8, checks = $9, result = $10, findings = $11, "
                     "rectify_by = $12, recorded_by = $13, recorded_at = $14, taken_at = $15, "
                     "confirmed_by = $16, confirmed_at = $17 WHERE id = $18 AND version = $19", 0 },
    [Q_P_DELETE] = { "part_delete", "DELETE FROM visit_part WHERE id = $1", 0 },
    [Q_P_LIST] = { "part_list", "SELECT " PART_COLS " FROM visit_part WHERE case_id = $1 "
                                "ORDER BY id", 0 },
    [Q_P_SCAN] = { "part_scan", "SELECT " PART_COLS " FROM visit_part WHERE id > $1 "
                                "ORDER BY id LIMIT $2", 0 },
    [Q_F_INSERT] = { "photo_insert", "INSERT INTO visit_photo (" PHOTO_COLS ") VALUES "
                                     "($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)", 0 },
    [Q_F_LIST] = { "photo_list", "SELECT " PHOTO_COLS " FROM visit_photo WHERE case_id = $1 "
                                 "ORDER BY id", 0 },
    [Q_C_INSERT] = { "commitment_insert",
                     "INSERT INTO commitment (id, case_id, material, state, due_on, signed_at, "
                     "signed_by, digest) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)", 0 },
    [Q_C_UPDATE] = { "commitment_update",
                     "UPDATE commitment SET state = $1, warned_at = $2, confirmed_on = $3, "
                     "confirmed_by = $4, item_id = $5, note = $6 WHERE id = $7", 0 },
    [Q_C_LIST] = { "commitment_list", "SELECT " COMMITMENT_COLS " FROM commitment "
                                      "WHERE case_id = $1 ORDER BY id", 0 },
    [Q_C_SCAN] = { "commitment_scan", "SELECT " COMMITMENT_COLS " FROM commitment "
                                      "WHERE id > $1 ORDER BY id LIMIT $2", 0 },
    [Q_C_DUE] = { "commitment_due", "SELECT " COMMITMENT_COLS " FROM commitment "
                                    "WHERE state = 'promised' AND due_on < $1 "
                                    "AND ($2 = 0 OR warned_at IS NULL) ORDER BY due_on, id "
                                    "LIMIT $3", 0 },
};
const struct db_query_set VISIT_SET = QUERY_SET(VISIT_QUERIES);

static struct db_arg arg_id(int64_t id)
{
    return DB_I_OR_NULL(id, 0);
}

/* ---- visits ---- */

int visit_insert(struct db_conn *c, const struct visit_row *x, struct err *e)
{
    return exec_one(c, &VISIT_QUERIES[Q_V_INSERT],
                    DB_ARGS(DB_I(x->id), DB_I(x->case_id), DB_I(x->round),
                            DB_T(sv_of(visit_state_key(x->state))), DB_I(x->version),
                            DB_I(x->held_on), DB_T(x->held_time), DB_T(x->place), DB_T(x->note),
                            DB_T(x->proposed_by), DB_I(x->proposed_at)),
                    e);
}

int visit_update(struct db_conn *c, const struct visit_row *x, struct err *e)
{
    return exec_one(c, &VISIT_QUERIES[Q_V_UPDATE],
                    DB_ARGS(DB_T(sv_of(visit_state_key(x->state))), DB_I(x->version),
                            DB_I(x->held_on), DB_T(x->held_time), DB_T(x->place), DB_T(x->note),
                            DB_T(x->proposed_by), DB_I(x->proposed_at), arg_id(x->announced_at),
                            arg_id(x->closed_at), arg_text_or_null(x->cancel_reason),
                            DB_I(x->id), DB_I(x->version - 1)),
                    e);
}

static void visit_read(const struct db_rows *r, struct arena *a, struct visit_row *out)
{
    *out = (struct visit_row){
        .id = db_int(r, 0), .case_id = db_int(r, 1), .round = db_int(r, 2),
        .version = db_int(r, 3), .state = visit_state_of(db_text(r, 4)),
        .held_on = col_date(r, 5), .held_time = col_sv(r, 6, a), .place = col_sv(r, 7, a),
        .note = col_sv(r, 8, a), .proposed_by = col_sv(r, 9, a),
        .cancel_reason = col_sv(r, 10, a), .proposed_at = db_int(r, 11),
        .announced_at = db_int(r, 12), .closed_at = db_int(r, 13),
    };
}

int visit_find(struct db_conn *c, int64_t id, struct arena *a, struct visit_row *out,
               struct err *e)
{
    struct db_rows r;
    int found = 0;
    db_rows(c, &VISIT_QUERIES[Q_V_FIND], DB_ARGS(DB_I(id)), &r, e);
    if (db_next(&r)) {
        visit_read(&r, a, out);
        found = 1;
    }
    int rc = db_done(&r);
    return rc < 0 ? rc : found;
}

static int visit_rows(struct db_rows *r, struct arena *a, struct visit_row **out, size_t *n)
{
    size_t cap = 0;
    *out = NULL;
    *n = 0;
    while (db_next(r))
        visit_read(r, a, ROWS_PUSH(a, *out, *n, cap));
    return db_done(r);
}

int visit_list(struct db_conn *c, int64_t case_id, struct arena *a, struct visit_row **out,
               size_t *n, struct err *e)
{
    struct db_rows r;
    db_rows(c, &VISIT_QUERIES[Q_V_LIST], DB_ARGS(DB_I(case_id)), &r, e);
    return visit_rows(&r, a, out, n);
}

int visit_scan(struct db_conn *c, int64_t after, int64_t limit, struct arena *a,
               struct visit_row **out, size_t *n, struct err *e)
{
    struct db_rows r;
    db_rows(c, &VISIT_QUERIES[Q_V_SCAN], DB_ARGS(DB_I(after), DB_I(limit)), &r, e);
    return visit_rows(&r, a, out, n);
}

int visit_schedule(struct db_conn *c, const struct visit_filter *f, struct arena *a,
                   struct visit_entry **out, size_t *n, struct err *e)
{
    struct db_rows r;
    size_t cap = 0;
    *out = NULL;
    *n = 0;
    db_rows(c, &VISIT_QUERIES[Q_V_SCHEDULE],
            DB_ARGS(DB_I(f->from), DB_I(f->to), DB_I(f->open_only), DB_T(f->region),
                    DB_T(f->hall), DB_T(f->department), DB_I(f->officer_id), DB_I(f->after_id),
                    DB_I(f->limit)),
            &r, e);
    while (db_next(&r)) {
        struct visit_entry *x = ROWS_PUSH(a, *out, *n, cap);
        visit_read(&r, a, &x->visit);
        x->case_number = col_sv(&r, N_VISIT_COLS, a);
        x->holder_name = col_sv(&r, N_VISIT_COLS + 1, a);
        x->address = col_sv(&r, N_VISIT_COLS + 2, a);
        x->region = col_sv(&r, N_VISIT_COLS + 3, a);
    }
    return db_done(&r);
}

/* ---- parts ---- */

int part_insert(struct db_conn *c, const struct part_row *x, struct err *e)
{
    return exec_one(c, &VISIT_QUERIES[Q_P_INSERT],
                    DB_ARGS(DB_I(x->id), DB_I(x->visit_id), DB_I(x->case_id), DB_I(x->item_id),
                            DB_I(x->version), DB_T(x->department), DB_T(x->checks),
                            DB_T(sv_of(visit_result_key(x->result))), DB_T(x->findings)),
                    e);
}

int part_update(struct db_conn *c, const struct part_row *x, struct err *e)
{
    return exec_one(c, &VISIT_QUERIES[Q_P_UPDATE],
                    DB_ARGS(DB_I(x->version), arg_text_or_null(x->declined_reason),
                            arg_id(x->agreed_at), arg_date(x->counter_on), arg_id(x->officer_a),
                            arg_id(x->officer_b), arg_text_or_null(x->officer_a_name),
                            arg_text_or_null(x->officer_b_name), DB_T(x->checks),
                            DB_T(sv_of(visit_result_key(x->result))), DB_T(x->findings),
                            arg_date(x->rectify_by), arg_id(x->recorded_by),
                            arg_id(x->recorded_at), arg_id(x->taken_at), arg_id(x->confirmed_by),
                            arg_id(x->confirmed_at), DB_I(x->id), DB_I(x->version - 1)),
                    e);
}

int part_delete(struct db_conn *c, int64_t id, struct err *e)
{
    return exec_one(c, &VISIT_QUERIES[Q_P_DELETE], DB_ARGS(DB_I(id)), e);
}

static void part_read(const struct db_rows *r, struct arena *a, struct part_row *out)
{
    *out = (struct part_row){
        .id = db_int(r, 0), .visit_id = db_int(r, 1), .case_id = db_int(r, 2),
        .item_id = db_int(r, 3), .version = db_int(r, 4), .department = col_sv(r, 5, a),
        .declined_reason = col_sv(r, 6, a), .agreed_at = db_int(r, 7),
        .counter_on = col_date(r, 8), .officer_a = db_int(r, 9), .officer_b = db_int(r, 10),
        .officer_a_name = col_sv(r, 11, a), .officer_b_name = col_sv(r, 12, a),
        .checks = col_sv(r, 13, a), .findings = col_sv(r, 15, a), .rectify_by = col_date(r, 16),
        .recorded_by = db_int(r, 17), .recorded_at = db_int(r, 18), .taken_at = db_int(r, 19),
        .confirmed_by = db_int(r, 20), .confirmed_at = db_int(r, 21),
    };
    visit_result_of(db_text(r, 14), &out->result);
}

static int part_rows(struct db_rows *r, struct arena *a, struct part_row **out, size_t *n)
{
    size_t cap = 0;
    *out = NULL;
    *n = 0;
    while (db_next(r))
        part_read(r, a, ROWS_PUSH(a, *out, *n, cap));
    return db_done(r);
}

int part_list(struct db_conn *c, int64_t case_id, struct arena *a, struct part_row **out,
              size_t *n, struct err *e)
{
    struct db_rows r;
    db_rows(c, &VISIT_QUERIES[Q_P_LIST], DB_ARGS(DB_I(case_id)), &r, e);
    return part_rows(&r, a, out, n);
}

int part_scan(struct db_conn *c, int64_t after, int64_t limit, struct arena *a,
              struct part_row **out, size_t *n, struct err *e)
{
    struct db_rows r;
    db_rows(c, &VISIT_QUERIES[Q_P_SCAN], DB_ARGS(DB_I(after), DB_I(limit)), &r, e);
    return part_rows(&r, a, out, n);
}

/* ---- photos ---- */

int photo_insert(struct db_conn *c, const struct photo_row *x, struct err *e)
{
    return exec_one(c, &VISIT_QUERIES[Q_F_INSERT],
                    DB_ARGS(DB_I(x->id), DB_I(x->visit_id), DB_I(x->case_id), DB_I(x->item_id),
                            DB_I(x->size), arg_id(x->taken_at), DB_I(x->created_at),
                            DB_I(x->created_by), DB_T(x->check_code), DB_T(x->name),
                            DB_T(x->media_type), DB_T(x->sm3)),
                    e);
}

int photo_list(struct db_conn *c, int64_t case_id, struct arena *a, struct photo_row **out,
               size_t *n, struct err *e)
{
    struct db_rows r;
    size_t cap = 0;
    *out = NULL;
    *n = 0;
    db_rows(c, &VISIT_QUERIES[Q_F_LIST], DB_ARGS(DB_I(case_id)), &r, e);
    while (db_next(&r))
        *ROWS_PUSH(a, *out, *n, cap) = (struct photo_row){
            .id = db_int(&r, 0), .visit_id = db_int(&r, 1), .case_id = db_int(&r, 2),
            .item_id = db_int(&r, 3), .size = db_int(&r, 4), .taken_at = db_int(&r, 5),
            .created_at = db_int(&r, 6), .created_by = db_int(&r, 7),
            .check_code = col_sv(&r, 8, a), .name = col_sv(&r, 9, a),
            .media_type = col_sv(&r, 10, a), .sm3 = col_sv(&r, 11, a),
        };
    return db_done(&r);
}

/* ---- commitments ---- */

int commitment_insert(struct db_conn *c, const struct commitment_row *x, struct err *e)
{
    return exec_one(c, &VISIT_QUERIES[Q_C_INSERT],
                    DB_ARGS(DB_I(x->id), DB_I(x->case_id), DB_T(x->material), DB_T(x->state),
                            DB_I(x->due_on), DB_I(x->signed_at), DB_T(x->signed_by),
                            DB_T(x->digest)),
                    e);
}

int commitment_update(struct db_conn *c, const struct commitment_row *x, struct err *e)
{
    return exec_one(c, &VISIT_QUERIES[Q_C_UPDATE],
                    DB_ARGS(DB_T(x->state), arg_id(x->warned_at), arg_date(x->confirmed_on),
                            arg_text_or_null(x->confirmed_by), arg_id(x->item_id),
                            arg_text_or_null(x->note), DB_I(x->id)),
                    e);
}

static int commitment_rows(struct db_rows *r, struct arena *a, struct commitment_row **out,
                           size_t *n)
{
    size_t cap = 0;
    *out = NULL;
    *n = 0;
    while (db_next(r))
        *ROWS_PUSH(a, *out, *n, cap) = (struct commitment_row){
            .id = db_int(r, 0), .case_id = db_int(r, 1), .item_id = db_int(r, 2),
            .material = col_sv(r, 3, a), .state = col_sv(r, 4, a), .due_on = col_date(r, 5),
            .confirmed_on = col_date(r, 6), .signed_at = db_int(r, 7), .warned_at = db_int(r, 8),
            .signed_by = col_sv(r, 9, a), .digest = col_sv(r, 10, a),
            .confirmed_by = col_sv(r, 11, a), .note = col_sv(r, 12, a),
        };
    return db_done(r);
}

int commitment_list(struct db_conn *c, int64_t case_id, struct arena *a,
                    struct commitment_row **out, size_t *n, struct err *e)
{
    struct db_rows r;
    db_rows(c, &VISIT_QUERIES[Q_C_LIST], DB_ARGS(DB_I(case_id)), &r, e);
    return commitment_rows(&r, a, out, n);
}

int commitment_scan(struct db_conn *c, int64_t after, int64_t limit, struct arena *a,
                    struct commitment_row **out, size_t *n, struct err *e)
{
    struct db_rows r;
    db_rows(c, &VISIT_QUERIES[Q_C_SCAN], DB_ARGS(DB_I(after), DB_I(limit)), &r, e);
    return commitment_rows(&r, a, out, n);
}

int commitment_list_due(struct db_conn *c, int32_t before, bool to_warn, int64_t limit,
                        struct arena *a, struct commitment_row **out, size_t *n, struct err *e)
{
    struct db_rows r;
    db_rows(c, &VISIT_QUERIES[Q_C_DUE], DB_ARGS(DB_I(before), DB_I(to_warn), DB_I(limit)), &r, e);
    return commitment_rows(&r, a, out, n);
}
