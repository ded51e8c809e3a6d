/* personal_store: see personal_store.h. A table's key is its row number under the seal. */
#include "store/personal_store.h"

#include "store/sealed.h"
#include "store/sets.h"

enum { COLUMNS = 2 };

#define ACCESS_COLS "id, at, actor_id, actor_name, actor_role, department, case_id, place, fields, why"

/* For each table: how many, a page of key and columns, what is put back. */
#define SWEEP(table, key, a, b)                                                              \
    { table "_sealed_count", "SELECT COUNT(*) FROM " table, 0 },                             \
    { table "_sealed_page", "SELECT " key ", " a ", " b " FROM " table " WHERE " key " > $1 " \
                            "ORDER BY " key " LIMIT $2", 0 },                                \
    { table "_sealed_put", "UPDATE " table " SET " a " = $1, " b " = $2 WHERE " key " = $3", 0 }

enum { Q_COUNT, Q_PAGE, Q_PUT, PER_TABLE, Q_A_INSERT = SEALED_TABLES * PER_TABLE, Q_A_SINCE,
       Q_A_LIST };

static struct db_query PERSONAL_QUERIES[] = {
    SWEEP("user_account", "id", "phone", "phone_index"),
    SWEEP("licensing_case", "id", "applicant_phone", "authorisation"),
    SWEEP("case_form", "case_id", "body", "draft"),
    SWEEP("case_form", "case_id", "before", "commitments"),
    SWEEP("case_prefill", "case_id", "marks", "certificates"),
    SWEEP("hearing", "item_id", "parties", "reason"),
    SWEEP("consultation", "id", "asker_phone", "region"),
    SWEEP("dispatch", "id", "address", "channel"),
    [Q_A_INSERT] = { "access_insert",
                     "INSERT INTO personal_access (" ACCESS_COLS ") "
                     "VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)", 0 },
    [Q_A_SINCE] = { "access_since",
                    "SELECT 1 FROM personal_access WHERE case_id = $1 AND actor_id = $2 "
                    "AND place = $3 AND at > $4 LIMIT 1", 0 },
    [Q_A_LIST] = { "access_list", "SELECT " ACCESS_COLS " FROM personal_access "
                                  "WHERE case_id = $1 AND id < $2 ORDER BY id DESC LIMIT $3", 0 },
};
const struct db_query_set PERSONAL_SET = QUERY_SET(PERSONAL_QUERIES);

/* where NULL: the column only fills the query's shape and stays as it is. */
static const struct { const char *text; const char *where[COLUMNS]; bool index; }
TABLES[SEALED_TABLES] = {
    { "账号", { SEALED_USER_PHONE, NULL }, true },
    { "办件", { SEALED_CASE_PHONE, SEALED_CASE_AUTHORISATION }, false },
    { "表单", { SEALED_FORM_BODY, SEALED_FORM_DRAFT }, false },
    { "证照原内容", { SEALED_FORM_BEFORE, NULL }, false },
    { "预填", { SEALED_PREFILL_MARKS, SEALED_PREFILL_CERTIFICATES }, false },
    { "听证", { SEALED_HEARING_PARTIES, NULL }, false },
    { "咨询", { SEALED_ASKER_PHONE, NULL }, false },
    { "通知", { SEALED_DISPATCH_ADDRESS, NULL }, false },
};

const char *sealed_table_text(size_t table)
{
    return TABLES[table].text;
}

int sealed_count(struct db_conn *c, size_t table, int64_t *n, struct err *e)
{
    int rc = db_find_int(c, &PERSONAL_QUERIES[table * PER_TABLE + Q_COUNT], DB_NO_ARGS, n, e);
    return rc < 0 ? rc : 0;
}

struct sealed_row { int64_t key; struct sv value[COLUMNS]; bool null[COLUMNS], stale; };

/* Is anything of the row not as it would be written today? */
static bool row_stale(const struct db_rows *r, size_t table)
{
    const struct vault *v = db_vault(r->conn);
    bool stale = TABLES[table].index && !db_null(r, 1) && db_null(r, 2);
    for (int k = 0; k < COLUMNS; k++)
        stale |= TABLES[table].where[k] && db_text(r, k + 1).n &&
                 !vault_is_current(v, db_text(r, k + 1));
    return stale;
}

/* The values in clear, of rows that are to be written only: the rest stays closed. */
static void read_row(struct db_rows *r, size_t table, struct arena *a, struct sealed_row *x)
{
    *x = (struct sealed_row){ .key = db_int(r, 0), .stale = row_stale(r, table) };
    for (int k = 0; x->stale && k < COLUMNS; k++) {
        const char *where = TABLES[table].where[k];
        x->null[k] = db_null(r, k + 1);
        x->value[k] = where ? col_sealed(r, k + 1, a, where, x->key) : col_sv(r, k + 1, a);
    }
    if (x->stale && TABLES[table].index && x->value[0].n) {
        x->value[1] = phone_index(r->conn, a, x->value[0]);
        x->null[1] = false;
    }
}

static int put_row(struct db_conn *c, size_t table, struct arena *a, const struct sealed_row *x,
                   struct err *e)
{
    struct db_arg args[COLUMNS + 1];
    for (int k = 0; k < COLUMNS; k++) {
        const char *where = TABLES[table].where[k];
        args[k] = x->null[k] ? DB_N()
                             : DB_T(where ? seal_sv(c, a, where, x->key, x->value[k])
                                          : x->value[k]);
    }
    args[COLUMNS] = DB_I(x->key);
    return exec_one(c, &PERSONAL_QUERIES[table * PER_TABLE + Q_PUT], args, COLUMNS + 1, e);
}

int sealed_step(struct db_conn *c, size_t table, int64_t limit, int64_t *after, int64_t *seen,
                int64_t *changed, struct err *e)
{
    struct db_rows r;
    struct arena *a = arena_new();
    struct sealed_row *rows = arena_array(a, (size_t)limit, sizeof *rows);
    size_t n = 0;
    db_rows(c, &PERSONAL_QUERIES[table * PER_TABLE + Q_PAGE], DB_ARGS(DB_I(*after), DB_I(limit)),
            &r, e);
    while (db_next(&r))
        read_row(&r, table, a, &rows[n++]);
    int rc = db_done(&r);
    for (size_t i = 0; rc >= 0 && i < n; i++)
        if (rows[i].stale) {
            rc = put_row(c, table, a, &rows[i], e);
            ++*changed;
        }
    *seen += (int64_t)n;
    if (n)
        *after = rows[n - 1].key;
    arena_free(a);
    return rc < 0 ? rc : 0;
}

/* ---- readings ---- */

int access_insert(struct db_conn *c, const struct access_row *x, struct err *e)
{
    return exec_one(c, &PERSONAL_QUERIES[Q_A_INSERT],
                    DB_ARGS(DB_I(x->id), DB_I(x->at), DB_I(x->actor_id), DB_T(x->actor_name),
                            DB_T(x->actor_role), DB_T(x->department), DB_I(x->case_id),
                            DB_T(x->place), DB_T(x->fields), DB_T(x->why)),
                    e);
}

int access_since(struct db_conn *c, int64_t actor_id, int64_t case_id, struct sv place,
                 int64_t since, struct err *e)
{
    int64_t one;
    return db_find_int(c, &PERSONAL_QUERIES[Q_A_SINCE],
                       DB_ARGS(DB_I(case_id), DB_I(actor_id), DB_T(place), DB_I(since)), &one, e);
}

int access_list(struct db_conn *c, int64_t case_id, int64_t before, int64_t limit,
                struct arena *a, struct access_row **out, size_t *n, struct err *e)
{
    struct db_rows r;
    size_t cap = 0;
    *out = NULL;
    *n = 0;
    db_rows(c, &PERSONAL_QUERIES[Q_A_LIST], DB_ARGS(DB_I(case_id), DB_I(before), DB_I(limit)), &r,
            e);
    while (db_next(&r))
        *ROWS_PUSH(a, *out, *n, cap) = (struct access_row){
            .id = db_int(&r, 0), .at = db_int(&r, 1), .actor_id = db_int(&r, 2),
            .actor_name = col_sv(&r, 3, a), .actor_role = col_sv(&r, 4, a),
            .department = col_sv(&r, 5, a), .case_id = db_int(&r, 6), .place = col_sv(&r, 7, a),
            .fields = col_sv(&r, 8, a), .why = col_sv(&r, 9, a),
        };
    return db_done(&r);
}
