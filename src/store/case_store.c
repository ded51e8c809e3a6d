/* case_store: cases and their forms. */
#include "store/case_store.h"

#include "store/sealed.h"
#include "store/sets.h"

/* What a new case has: no clock runs yet. */
#define CASE_NEW                                                                             \
    "id, number, industry, region, catalog_version, channel, applicant_id, clerk_id, "       \
    "applicant_name, applicant_phone, hall, authorisation, answers, state, version, "        \
    "holder_name, uscc, person, address, n_items, n_open, created_at, updated_at, "          \
    "submitted_at, closed_at, issued_at, licence_number, files_rev, kind, of_licence, "      \
    "permits"
#define CASE_COLS CASE_NEW ", "                                                              \
    "joint_clock, joint_holder, joint_since, joint_used, joint_extended_days, "              \
    "joint_extended, joint_started_on, days_ours, days_applicant, days_special, "            \
    "joint_due_on, licence_delivered_on, deliver_by, deliver_warn_on, deliver_warned"
/* $1 narrows the owner, so that its index leads; the rest filters what is left. */
#define CASE_MATCH                                                                           \
    " AND ($2 = '' OR state = $2) AND ($3 = '' OR industry = $3) "                           \
    "AND ($4 = '' OR " MATCHES("number", "$4") " OR " MATCHES("holder_name", "$4")           \
    " OR " MATCHES("uscc", "$4") ")"
#define CASE_PAGE " AND id < $5 ORDER BY id DESC LIMIT $6"
#define BY_OWNER "applicant_id = $1"
#define BY_HALL "hall = $1"
#define BY_REGION "region = $1 AND state <> 'draft'"
#define BY_CITY "($1 = '' OR region = $1) AND state <> 'draft'"
#define LIST(where) "SELECT " CASE_COLS " FROM licensing_case WHERE " where CASE_MATCH CASE_PAGE
#define COUNTS(where)                                                                        \
    "SELECT state, COUNT(*) FROM licensing_case WHERE " where CASE_MATCH " GROUP BY state"

enum { Q_INSERT, Q_FIND, Q_UPDATE, Q_DELETE, Q_LIST_OWNER, Q_LIST_HALL, Q_LIST_REGION,
       Q_LIST_CITY, Q_COUNT_OWNER, Q_COUNT_HALL, Q_COUNT_REGION, Q_COUNT_CITY, Q_FORM_PUT,
       Q_FORM_FIND, Q_FORM_DELETE, Q_FILES_DELETE, Q_DRAFTS, Q_TOUCH, Q_SCAN, Q_SET_JOINT,
       Q_SET_DELIVERY, Q_TO_DELIVER, Q_DELIVERY_TOLD, Q_OF_LICENCE };

static struct db_query CASE_QUERIES[] = {
    [Q_INSERT] = { "case_insert",
                   "INSERT INTO licensing_case (" CASE_NEW ") VALUES ($1, $2, $3, $4, $5, $6, $7, "
                   "$8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, $23, "
                   "$24, $25, $26, $27, $28, $29, $30, $31)", 0 },
    [Q_FIND] = { "case_find", "SELECT " CASE_COLS " FROM licensing_case WHERE id = $1", 0 },
    [Q_UPDATE] = { "case_update",
                   "UPDATE licensing_case SET number = $1, industry = $2, region = $3, "
                   "catalog_version = $4, hall = $5, answers = $6, state = $7, version = $8, "
                   "holder_name = $9, uscc = $10, person = $11, address = $12, n_items = $13, "
                   "n_open = $14, updated_at = $15, submitted_at = $16, closed_at = $17, "
                   "issued_at = $18, licence_number = $19, joint_clock = $20, "
                   "joint_holder = $21, joint_since = $22, joint_used = $23, "
                   "joint_extended_days = $24, joint_extended = $25, joint_started_on = $26, "
                   "days_ours = $27, days_applicant = $28, days_special = $29, "
                   "joint_due_on = $30, licence_delivered_on = $31, deliver_by = $32, "
                   "deliver_warn_on = $33, deliver_warned = $34, permits = $35 "
                   "WHERE id = $36 AND version = $37", 0 },
    [Q_DELETE] = { "case_delete",
                   "DELETE FROM licensing_case WHERE id = $1 AND state = 'draft'", 0 },
    [Q_LIST_OWNER] = { "case_list_owner", LIST(BY_OWNER), 0 },
    [Q_LIST_HALL] = { "case_list_hall", LIST(BY_HALL), 0 },
    [Q_LIST_REGION] = { "case_list_region", LIST(BY_REGION), 0 },
    [Q_LIST_CITY] = { "case_list_city", LIST(BY_CITY), 0 },
    [Q_COUNT_OWNER] = { "case_count_owner", COUNTS(BY_OWNER), 0 },
    [Q_COUNT_HALL] = { "case_count_hall", COUNTS(BY_HALL), 0 },
    [Q_COUNT_REGION] = { "case_count_region", COUNTS(BY_REGION), 0 },
    [Q_COUNT_CITY] = { "case_count_city", COUNTS(BY_CITY), 0 },
    [Q_FORM_PUT] = { "form_put",
                     "INSERT INTO case_form (case_id, body, commitments, draft, before) "
                     "VALUES ($1, $2, $3, $4, $5) "
                     "ON CONFLICT (case_id) DO UPDATE SET body = excluded.body, "
                     "commitments = excluded.commitments, draft = excluded.draft", 0 },
    [Q_FORM_FIND] = { "form_find",
                      "SELECT body, commitments, draft, before FROM case_form "
                      "WHERE case_id = $1", 0 },
    [Q_FILES_DELETE] = { "files_delete", "DELETE FROM attachment WHERE case_id = $1", 0 },
    [Q_DRAFTS] = { "case_count_drafts", "SELECT COUNT(*) FROM licensing_case "
                                        "WHERE applicant_id = $1 AND state = 'draft'", 0 },
    [Q_SCAN] = { "case_scan", "SELECT " CASE_COLS " FROM licensing_case WHERE id > $1 "
                              "AND submitted_at IS NOT NULL ORDER BY id LIMIT $2", 0 },
    [Q_SET_JOINT] = { "case_set_joint",
                      "UPDATE licensing_case SET joint_used = $1, days_ours = $2, "
                      "days_applicant = $3, days_special = $4, joint_due_on = $5 "
                      "WHERE id = $6", 0 },
    [Q_SET_DELIVERY] = { "case_set_delivery", "UPDATE licensing_case SET deliver_by = $1, "
                                              "deliver_warn_on = $2 WHERE id = $3", 0 },
    [Q_TO_DELIVER] = { "case_to_deliver",
                       "SELECT id FROM licensing_case WHERE (deliver_warned = 0 "
                       "AND deliver_warn_on IS NOT NULL AND deliver_warn_on <= $1) "
                       "OR (deliver_warned < 2 AND deliver_by IS NOT NULL AND deliver_by < $1) "
                       "ORDER BY id LIMIT $2", 0 },
    [Q_DELIVERY_TOLD] = { "case_delivery_told", "UPDATE licensing_case SET deliver_warned = $1 "
                                                "WHERE id = $2 AND deliver_warned < $1", 0 },
    [Q_OF_LICENCE] = { "case_of_licence",
                       "SELECT id FROM licensing_case WHERE of_licence = $1 "
                       "AND issued_at IS NOT NULL ORDER BY id DESC", 0 },
    [Q_TOUCH] = { "case_touch_files", "UPDATE licensing_case SET files_rev = files_rev + 1 "
                                      "WHERE id = $1", 0 },
    [Q_FORM_DELETE] = { "form_delete", "DELETE FROM case_form WHERE case_id = $1", 0 },
};
const struct db_query_set CASE_SET = QUERY_SET(CASE_QUERIES);

int case_insert(struct db_conn *c, const struct case_row *x, struct err *e)
{
    struct arena *a = arena_new();
    struct sv phone = seal_sv(c, a, SEALED_CASE_PHONE, x->id, x->applicant_phone);
    struct sv authorisation = seal_sv(c, a, SEALED_CASE_AUTHORISATION, x->id, x->authorisation);
    int rc = exec_one(
        c, &CASE_QUERIES[Q_INSERT],
        DB_ARGS(DB_I(x->id), arg_text_or_null(x->number), DB_T(x->industry), DB_T(x->region),
                DB_T(x->catalog_version), DB_T(x->channel), DB_I_OR_NULL(x->applicant_id, 0),
                DB_I_OR_NULL(x->clerk_id, 0), DB_T(x->applicant_name), DB_T(phone),
                arg_text_or_null(x->hall), arg_text_or_null(authorisation), DB_T(x->answers),
                DB_T(sv_of(case_state_key(x->state))), DB_I(x->version), DB_T(x->holder_name),
                DB_T(x->uscc), DB_T(x->person), DB_T(x->address), DB_I(x->n_items),
                DB_I(x->n_open), DB_I(x->created_at), DB_I(x->updated_at),
                DB_I_OR_NULL(x->submitted_at, 0), DB_I_OR_NULL(x->closed_at, 0),
                DB_I_OR_NULL(x->issued_at, 0), arg_text_or_null(x->licence_number),
                DB_I(x->files_rev), DB_T(sv_of(case_kind_key(x->kind))),
                arg_text_or_null(x->of_licence), DB_T(x->permits.n ? x->permits : SV("[]"))),
        e);
    arena_free(a);
    return rc;
}

static void case_read(struct db_rows *r, struct arena *a, struct case_row *out)
{
    *out = (struct case_row){
        .id = db_int(r, 0), .number = col_sv(r, 1, a), .industry = col_sv(r, 2, a),
        .region = col_sv(r, 3, a), .catalog_version = col_sv(r, 4, a),
        .channel = col_sv(r, 5, a), .applicant_id = db_int(r, 6), .clerk_id = db_int(r, 7),
        .applicant_name = col_sv(r, 8, a), .applicant_phone = col_sealed(r, 9, a, SEALED_CASE_PHONE, db_int(r, 0)),
        .hall = col_sv(r, 10, a), 
        .authorisation = col_sealed(r, 11, a, SEALED_CASE_AUTHORISATION, db_int(r, 0)),
        .answers = col_sv(r, 12, a), .version = db_int(r, 14),
        .holder_name = col_sv(r, 15, a), .uscc = col_sv(r, 16, a), .person = col_sv(r, 17, a),
        .address = col_sv(r, 18, a), .n_items = db_int(r, 19), .n_open = db_int(r, 20),
        .created_at = db_int(r, 21), .updated_at = db_int(r, 22),
        .submitted_at = db_int(r, 23), .closed_at = db_int(r, 24), .issued_at = db_int(r, 25),
        .licence_number = col_sv(r, 26, a), .files_rev = db_int(r, 27),
        .kind = case_kind_of(db_text(r, 28)), .of_licence = col_sv(r, 29, a),
        .permits = col_sv(r, 30, a),
        .joint = { .clock = clock_kind_of(db_text(r, 31)), .holder = holder_of(db_text(r, 32)),
                   .since = col_date(r, 33), .used = db_int(r, 34), .extended = db_int(r, 35),
                   .spent = { [HOLDER_OURS] = db_int(r, 38), [HOLDER_APPLICANT] = db_int(r, 39),
                              [HOLDER_SPECIAL] = db_int(r, 40) } },
        .joint_extended = db_int(r, 36) != 0, .joint_started_on = col_date(r, 37),
        .joint_due_on = col_date(r, 41), .licence_delivered_on = col_date(r, 42),
        .deliver_by = col_date(r, 43), .deliver_warn_on = col_date(r, 44),
        .deliver_warned = db_int(r, 45),
    };
    case_state_of(db_text(r, 13), &out->state);
}

int case_find(struct db_conn *c, int64_t id, struct arena *a, struct case_row *out, struct err *e)
{
    struct db_rows r;
    int found = 0;
    db_rows(c, &CASE_QUERIES[Q_FIND], DB_ARGS(DB_I(id)), &r, e);
    if (db_next(&r)) {
        case_read(&r, a, out);
        found = 1;
    }
    int rc = db_done(&r);
    return rc < 0 ? rc : found;
}

int case_update(struct db_conn *c, const struct case_row *x, struct err *e)
{
    return exec_one(
        c, &CASE_QUERIES[Q_UPDATE],
        DB_ARGS(arg_text_or_null(x->number), DB_T(x->industry), DB_T(x->region),
                DB_T(x->catalog_version), arg_text_or_null(x->hall), DB_T(x->answers),
                DB_T(sv_of(case_state_key(x->state))), DB_I(x->version), DB_T(x->holder_name),
                DB_T(x->uscc), DB_T(x->person), DB_T(x->address), DB_I(x->n_items),
                DB_I(x->n_open), DB_I(x->updated_at), DB_I_OR_NULL(x->submitted_at, 0),
                DB_I_OR_NULL(x->closed_at, 0), DB_I_OR_NULL(x->issued_at, 0),
                arg_text_or_null(x->licence_number),
                DB_T(sv_of(clock_kind_text(x->joint.clock))),
                DB_T(sv_of(holder_key(x->joint.holder))), arg_date(x->joint.since),
                DB_I(x->joint.used), DB_I(x->joint.extended), DB_I(x->joint_extended),
                arg_date(x->joint_started_on), DB_I(x->joint.spent[HOLDER_OURS]),
                DB_I(x->joint.spent[HOLDER_APPLICANT]), DB_I(x->joint.spent[HOLDER_SPECIAL]),
                arg_date(x->joint_due_on), arg_date(x->licence_delivered_on),
                arg_date(x->deliver_by), arg_date(x->deliver_warn_on), DB_I(x->deliver_warned),
                DB_T(x->permits.n ? x->permits : SV("[]")), DB_I(x->id), DB_I(x->version - 1)),
        e);
}

int case_set_joint(struct db_conn *c, const struct case_row *x, struct err *e)
{
    return exec_one(c, &CASE_QUERIES[Q_SET_JOINT],
                    DB_ARGS(DB_I(x->joint.used), DB_I(x->joint.spent[HOLDER_OURS]),
                            DB_I(x->joint.spent[HOLDER_APPLICANT]),
                            DB_I(x->joint.spent[HOLDER_SPECIAL]), arg_date(x->joint_due_on),
                            DB_I(x->id)),
                    e);
}

int case_set_delivery(struct db_conn *c, const struct case_row *x, struct err *e)
{
    return exec_one(c, &CASE_QUERIES[Q_SET_DELIVERY],
                    DB_ARGS(arg_date(x->deliver_by), arg_date(x->deliver_warn_on), DB_I(x->id)),
                    e);
}

static int case_ids(struct db_conn *c, int query, const struct db_arg *args, size_t n_args,
                    struct arena *a, int64_t **out, size_t *n, struct err *e)
{
    struct db_rows r;
    size_t cap = 0;
    *out = NULL;
    *n = 0;
    db_rows(c, &CASE_QUERIES[query], args, n_args, &r, e);
    while (db_next(&r))
        *ROWS_PUSH(a, *out, *n, cap) = db_int(&r, 0);
    return db_done(&r);
}

int case_list_of_licence(struct db_conn *c, struct sv licence, struct arena *a, int64_t **out,
                         size_t *n, struct err *e)
{
    return case_ids(c, Q_OF_LICENCE, DB_ARGS(DB_T(licence)), a, out, n, e);
}

int case_list_undelivered(struct db_conn *c, int32_t today, int64_t limit, struct arena *a,
                          int64_t **out, size_t *n, struct err *e)
{
    return case_ids(c, Q_TO_DELIVER, DB_ARGS(DB_I(today), DB_I(limit)), a, out, n, e);
}

int case_mark_delivery_told(struct db_conn *c, int64_t id, int64_t level, struct err *e)
{
    return db_exec(c, &CASE_QUERIES[Q_DELIVERY_TOLD], DB_ARGS(DB_I(level), DB_I(id)), e);
}

int case_count_drafts(struct db_conn *c, int64_t applicant_id, int64_t *n, struct err *e)
{
    int rc = db_find_int(c, &CASE_QUERIES[Q_DRAFTS], DB_ARGS(DB_I(applicant_id)), n, e);
    return rc < 0 ? rc : 0;
}

int case_delete_draft(struct db_conn *c, int64_t id, struct err *e)
{
    int rc = exec_one(c, &CASE_QUERIES[Q_DELETE], DB_ARGS(DB_I(id)), e);
    if (rc == 0)
        rc = db_exec(c, &CASE_QUERIES[Q_FORM_DELETE], DB_ARGS(DB_I(id)), e);
    if (rc >= 0)
        rc = db_exec(c, &CASE_QUERIES[Q_FILES_DELETE], DB_ARGS(DB_I(id)), e);
    return rc < 0 ? rc : 0;
}

int case_scan(struct db_conn *c, int64_t after, int64_t limit, struct arena *a,
              struct case_row **out, size_t *n, struct err *e)
{
    struct db_rows r;
    size_t cap = 0;
    *out = NULL;
    *n = 0;
    db_rows(c, &CASE_QUERIES[Q_SCAN], DB_ARGS(DB_I(after), DB_I(limit)), &r, e);
    while (db_next(&r))
        case_read(&r, a, ROWS_PUSH(a, *out, *n, cap));
    return db_done(&r);
}

int case_touch_files(struct db_conn *c, int64_t id, struct err *e)
{
    return exec_one(c, &CASE_QUERIES[Q_TOUCH], DB_ARGS(DB_I(id)), e);
}

/* The query variant whose index fits the filter, and its $1. */
static int variant(const struct case_filter *f, struct db_arg *owner)
{
    if (f->applicant_id) {
        *owner = DB_I(f->applicant_id);
        return 0;
    }
    *owner = DB_T(f->hall.n ? f->hall : f->region);
    return f->hall.n ? 1 : f->region.n ? 2 : 3;
}

int case_list(struct db_conn *c, const struct case_filter *f, struct arena *a,
              struct case_row **out, size_t *n, struct err *e)
{
    struct db_rows r;
    struct db_arg owner;
    size_t cap = 0;
    int v = variant(f, &owner);
    *out = NULL;
    *n = 0;
    db_rows(c, &CASE_QUERIES[Q_LIST_OWNER + v],
            DB_ARGS(owner, DB_T(f->state), DB_T(f->industry), DB_T(f->q), DB_I(f->before),
                    DB_I(f->limit)),
            &r, e);
    while (db_next(&r))
        case_read(&r, a, ROWS_PUSH(a, *out, *n, cap));
    return db_done(&r);
}

int case_counts(struct db_conn *c, const struct case_filter *f, struct arena *a,
                struct state_count **out, size_t *n, struct err *e)
{
    struct db_rows r;
    struct db_arg owner;
    size_t cap = 0;
    int v = variant(f, &owner);
    *out = NULL;
    *n = 0;
    db_rows(c, &CASE_QUERIES[Q_COUNT_OWNER + v],
            DB_ARGS(owner, DB_T(SV("")), DB_T(f->industry), DB_T(f->q)), &r, e);
    while (db_next(&r))
        *ROWS_PUSH(a, *out, *n, cap) = (struct state_count){ col_sv(&r, 0, a), db_int(&r, 1) };
    return db_done(&r);
}

int form_put(struct db_conn *c, int64_t case_id, const struct form_row *f, struct err *e)
{
    struct arena *a = arena_new();
    struct sv body = seal_sv(c, a, SEALED_FORM_BODY, case_id, f->body);
    struct sv draft = seal_sv(c, a, SEALED_FORM_DRAFT, case_id, f->draft);
    struct sv before = seal_sv(c, a, SEALED_FORM_BEFORE, case_id, f->before);
    int rc = exec_one(c, &CASE_QUERIES[Q_FORM_PUT],
                      DB_ARGS(DB_I(case_id), DB_T(body), DB_T(f->commitments),
                              arg_text_or_null(draft), DB_T(before)),
                      e);
    arena_free(a);
    return rc;
}

int form_find(struct db_conn *c, int64_t case_id, struct arena *a, struct form_row *out,
              struct err *e)
{
    struct db_rows r;
    int found = 0;
    db_rows(c, &CASE_QUERIES[Q_FORM_FIND], DB_ARGS(DB_I(case_id)), &r, e);
    if (db_next(&r)) {
        *out = (struct form_row){ col_sealed(&r, 0, a, SEALED_FORM_BODY, case_id),
                                  col_sv(&r, 1, a),
                                  col_sealed(&r, 2, a, SEALED_FORM_DRAFT, case_id),
                                  col_sealed(&r, 3, a, SEALED_FORM_BEFORE, case_id) };
        found = 1;
    }
    int rc = db_done(&r);
    return rc < 0 ? rc : found;
}
