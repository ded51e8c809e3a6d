/* review_store: attachments and corrections. */
#include "store/case_store.h"
#include "store/sets.h"

#define ATT_COLS                                                                             \
    "f.id, f.case_id, f.material, f.name, f.media_type, f.sm3, f.size, f.created_at, "            \
    "f.created_by, f.removed_at, f.rotation, f.replaces, "                                     \
    "(SELECT o.name FROM attachment o WHERE o.id = f.replaces)"
#define ENTRY_COLS "t.id, t.correction_id, t.item_id, t.kind, t.code, t.label, t.what, t.why"

enum { Q_A_INSERT, Q_A_FIND, Q_A_LIST, Q_A_REMOVE, Q_A_TURN, Q_C_INSERT, Q_C_LATEST, Q_C_LIST,
       Q_C_UPDATE, Q_C_OVERDUE, Q_E_INSERT, Q_E_LIST, Q_E_ITEM };

static struct db_query REVIEW_QUERIES[] = {
    [Q_A_INSERT] = { "attachment_insert",
                     "INSERT INTO attachment (id, case_id, material, name, media_type, sm3, size, "
                     "created_at, created_by, replaces) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, "
                     "$10)", 0 },
    [Q_A_FIND] = { "attachment_find", "SELECT " ATT_COLS " FROM attachment f WHERE f.id = $1", 0 },
    [Q_A_LIST] = { "attachment_list", "SELECT " ATT_COLS " FROM attachment f WHERE f.case_id = $1 "
                                      "AND f.removed_at IS NULL ORDER BY f.id", 0 },
    [Q_A_REMOVE] = { "attachment_remove", "UPDATE attachment SET removed_at = $1 "
                                          "WHERE id = $2 AND removed_at IS NULL", 0 },
    [Q_A_TURN] = { "attachment_turn", "UPDATE attachment SET rotation = $1 WHERE id = $2", 0 },
    [Q_C_INSERT] = { "correction_insert",
                     "INSERT INTO correction (id, case_id, round, state, issued_at, due_on) "
                     "VALUES ($1, $2, $3, $4, $5, $6)", 0 },
    [Q_C_LATEST] = { "correction_latest",
                     "SELECT id, case_id, round, state, issued_at, due_on FROM correction "
                     "WHERE case_id = $1 ORDER BY round DESC LIMIT 1", 0 },
    [Q_C_LIST] = { "correction_list",
                   "SELECT id, case_id, round, state, issued_at, due_on FROM correction "
                   "WHERE case_id = $1 ORDER BY round", 0 },
    [Q_C_UPDATE] = { "correction_update", "UPDATE correction SET state = $1, issued_at = $2, "
                                          "due_on = $3 WHERE id = $4", 0 },
    [Q_C_OVERDUE] = { "correction_overdue",
                      "SELECT id, case_id, round, state, issued_at, due_on FROM correction "
                      "WHERE state = $1 AND due_on IS NOT NULL AND due_on < $2 "
                      "ORDER BY due_on, id LIMIT $3", 0 },
    [Q_E_INSERT] = { "entry_insert",
                     "INSERT INTO correction_entry (id, correction_id, item_id, kind, code, label, "
                     "what, why) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)", 0 },
    [Q_E_LIST] = { "entry_list", "SELECT " ENTRY_COLS " FROM correction_entry t "
                                 "WHERE t.correction_id = $1 ORDER BY t.id", 0 },
    [Q_E_ITEM] = { "entry_item", "SELECT " ENTRY_COLS " FROM correction_entry t "
                                 "JOIN correction k ON k.id = t.correction_id "
                                 "WHERE k.case_id = $1 AND t.item_id = $2 AND k.round < $3 "
                                 "ORDER BY t.id", 0 },
};
const struct db_query_set REVIEW_SET = QUERY_SET(REVIEW_QUERIES);

int attachment_insert(struct db_conn *c, const struct attachment_row *x, struct err *e)
{
    return exec_one(c, &REVIEW_QUERIES[Q_A_INSERT],
                    DB_ARGS(DB_I(x->id), DB_I(x->case_id), DB_T(x->material), DB_T(x->name),
                            DB_T(x->media_type), DB_T(x->sm3), DB_I(x->size),
                            DB_I(x->created_at), DB_I(x->created_by),
                            DB_I_OR_NULL(x->replaces, 0)),
                    e);
}

static void attachment_read(const struct db_rows *r, struct arena *a, struct attachment_row *out)
{
    *out = (struct attachment_row){
        .id = db_int(r, 0), .case_id = db_int(r, 1), .material = col_sv(r, 2, a),
        .name = col_sv(r, 3, a), .media_type = col_sv(r, 4, a), .sm3 = col_sv(r, 5, a),
        .size = db_int(r, 6), .created_at = db_int(r, 7), .created_by = db_int(r, 8),
        .removed_at = db_int(r, 9), .rotation = db_int(r, 10), .replaces = db_int(r, 11),
        .replaced_name = col_sv(r, 12, a),
    };
}

int attachment_find(struct db_conn *c, int64_t id, struct arena *a, struct attachment_row *out,
                    struct err *e)
{
    struct db_rows r;
    int found = 0;
    db_rows(c, &REVIEW_QUERIES[Q_A_FIND], DB_ARGS(DB_I(id)), &r, e);
    if (db_next(&r)) {
        attachment_read(&r, a, out);
        found = 1;
    }
    int rc = db_done(&r);
    return rc < 0 ? rc : found;
}

int attachment_list(struct db_conn *c, int64_t case_id, struct arena *a,
                    struct attachment_row **out, size_t *n, struct err *e)
{
    struct db_rows r;
    size_t cap = 0;
    *out = NULL;
    *n = 0;
    db_rows(c, &REVIEW_QUERIES[Q_A_LIST], DB_ARGS(DB_I(case_id)), &r, e);
    while (db_next(&r))
        attachment_read(&r, a, ROWS_PUSH(a, *out, *n, cap));
    return db_done(&r);
}

int attachment_remove(struct db_conn *c, int64_t id, int64_t now, struct err *e)
{
    return exec_one(c, &REVIEW_QUERIES[Q_A_REMOVE], DB_ARGS(DB_I(now), DB_I(id)), e);
}

int attachment_turn(struct db_conn *c, int64_t id, int64_t degrees, struct err *e)
{
    return exec_one(c, &REVIEW_QUERIES[Q_A_TURN], DB_ARGS(DB_I(degrees), DB_I(id)), e);
}

int correction_insert(struct db_conn *c, const struct correction_row *x, struct err *e)
{
    return exec_one(c, &REVIEW_QUERIES[Q_C_INSERT],
                    DB_ARGS(DB_I(x->id), DB_I(x->case_id), DB_I(x->round), DB_T(x->state),
                            DB_I_OR_NULL(x->issued_at, 0), arg_date(x->due_on)),
                    e);
}

static struct correction_row correction_read(const struct db_rows *r, struct arena *a)
{
    return (struct correction_row){ db_int(r, 0), db_int(r, 1), db_int(r, 2),
                                    col_sv(r, 3, a), db_int(r, 4), col_date(r, 5) };
}

int correction_latest(struct db_conn *c, int64_t case_id, struct arena *a,
                      struct correction_row *out, struct err *e)
{
    struct db_rows r;
    int found = 0;
    db_rows(c, &REVIEW_QUERIES[Q_C_LATEST], DB_ARGS(DB_I(case_id)), &r, e);
    if (db_next(&r)) {
        *out = correction_read(&r, a);
        found = 1;
    }
    int rc = db_done(&r);
    return rc < 0 ? rc : found;
}

int correction_list(struct db_conn *c, int64_t case_id, struct arena *a,
                    struct correction_row **out, size_t *n, struct err *e)
{
    struct db_rows r;
    size_t cap = 0;
    *out = NULL;
    *n = 0;
    db_rows(c, &REVIEW_QUERIES[Q_C_LIST], DB_ARGS(DB_I(case_id)), &r, e);
    while (db_next(&r))
        *ROWS_PUSH(a, *out, *n, cap) = correction_read(&r, a);
    return db_done(&r);
}

int correction_list_overdue(struct db_conn *c, struct sv state, int32_t today, int64_t limit,
                            struct arena *a, struct correction_row **out, size_t *n,
                            struct err *e)
{
    struct db_rows r;
    size_t cap = 0;
    *out = NULL;
    *n = 0;
    db_rows(c, &REVIEW_QUERIES[Q_C_OVERDUE], DB_ARGS(DB_T(state), DB_I(today), DB_I(limit)), &r,
            e);
    while (db_next(&r))
        *ROWS_PUSH(a, *out, *n, cap) = correction_read(&r, a);
    return db_done(&r);
}

int correction_update(struct db_conn *c, const struct correction_row *x, struct err *e)
{
    return exec_one(c, &REVIEW_QUERIES[Q_C_UPDATE],
                    DB_ARGS(DB_T(x->state), DB_I_OR_NULL(x->issued_at, 0), arg_date(x->due_on),
                            DB_I(x->id)),
                    e);
}

int entry_insert(struct db_conn *c, const struct entry_row *x, struct err *e)
{
    return exec_one(c, &REVIEW_QUERIES[Q_E_INSERT],
                    DB_ARGS(DB_I(x->id), DB_I(x->correction_id), DB_I(x->item_id), DB_T(x->kind),
                            DB_T(x->code), DB_T(x->label), DB_T(x->what), DB_T(x->why)),
                    e);
}

static int entry_rows(struct db_rows *r, struct arena *a, struct entry_row **out, size_t *n)
{
    size_t cap = 0;
    *out = NULL;
    *n = 0;
    while (db_next(r))
        *ROWS_PUSH(a, *out, *n, cap) = (struct entry_row){
            db_int(r, 0), db_int(r, 1), db_int(r, 2), col_sv(r, 3, a),
            col_sv(r, 4, a), col_sv(r, 5, a), col_sv(r, 6, a), col_sv(r, 7, a),
        };
    return db_done(r);
}

int entry_list(struct db_conn *c, int64_t correction_id, struct arena *a, struct entry_row **out,
               size_t *n, struct err *e)
{
    struct db_rows r;
    db_rows(c, &REVIEW_QUERIES[Q_E_LIST], DB_ARGS(DB_I(correction_id)), &r, e);
    return entry_rows(&r, a, out, n);
}

int entry_list_item(struct db_conn *c, int64_t case_id, int64_t item_id, int64_t before_round,
                    struct arena *a, struct entry_row **out, size_t *n, struct err *e)
{
    struct db_rows r;
    db_rows(c, &REVIEW_QUERIES[Q_E_ITEM],
            DB_ARGS(DB_I(case_id), DB_I(item_id), DB_I(before_round)), &r, e);
    return entry_rows(&r, a, out, n);
}
