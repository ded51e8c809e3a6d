/* register_store: see register_store.h. */
#include "store/register_store.h"

#include "store/sets.h"

#define COLS                                                                                  \
    "r.id, r.number, r.version, r.state, r.holder, r.uscc, r.address, r.industry, "            \
    "r.industry_name, r.region, r.issuer, r.first_issued_on, r.issued_on, r.expires_on, "      \
    "r.ended_on, r.permits, r.short_id, r.ledger_seq"

enum { Q_PUT, Q_GRAMS_PUT, Q_FIND, Q_GRAMS, Q_MATCH, Q_NEWEST, Q_NUMBER, Q_USCC, Q_SCAN, Q_LAST,
       Q_LICENCES, Q_CARE };

static struct db_query REGISTER_QUERIES[] = {
    [Q_PUT] = { "register_put",
                "INSERT INTO register_entry (id, number, version, state, holder, uscc, address, "
                "industry, industry_name, region, issuer, first_issued_on, issued_on, expires_on, "
                "ended_on, permits, short_id, ledger_seq) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, "
                "$9, $10, $11, $12, $13, $14, $15, $16, $17, $18) ON CONFLICT (id) DO UPDATE SET "
                "version = excluded.version, state = excluded.state, holder = excluded.holder, "
                "uscc = excluded.uscc, address = excluded.address, industry = excluded.industry, "
                "industry_name = excluded.industry_name, region = excluded.region, "
                "issuer = excluded.issuer, first_issued_on = excluded.first_issued_on, "
                "issued_on = excluded.issued_on, expires_on = excluded.expires_on, "
                "ended_on = excluded.ended_on, permits = excluded.permits, "
                "short_id = excluded.short_id, ledger_seq = excluded.ledger_seq", 0 },
    [Q_GRAMS_PUT] = { "register_grams_put",
                      "INSERT INTO register_gram (id, grams) VALUES ($1, $2) "
                      "ON CONFLICT (id) DO UPDATE SET grams = excluded.grams", 0 },
    [Q_FIND] = { "register_find",
                 "SELECT " COLS " FROM register_entry r WHERE r.number = $1", 0 },
    [Q_GRAMS] = { "register_grams", "SELECT grams FROM register_gram WHERE id = $1", 0 },
    [Q_MATCH] = { "register_match",
                  "SELECT " COLS " FROM register_match($1) m JOIN register_entry r ON r.id = m.rowid "
                  "WHERE m.rowid < $2 ORDER BY m.rowid DESC LIMIT $3", 0 },
    [Q_NEWEST] = { "register_newest", "SELECT " COLS " FROM register_entry r WHERE r.id < $1 "
                                      "ORDER BY r.id DESC LIMIT $2", 0 },
    [Q_NUMBER] = { "register_number",
                   "SELECT " COLS " FROM register_entry r WHERE r.number >= $1 AND r.number < $2 "
                   "ORDER BY r.number LIMIT $3", 0 },
    [Q_USCC] = { "register_uscc",
                 "SELECT " COLS " FROM register_entry r WHERE r.uscc >= $1 AND r.uscc < $2 "
                 "ORDER BY r.uscc, r.id LIMIT $3", 0 },
    [Q_SCAN] = { "register_scan", "SELECT " COLS " FROM register_entry r WHERE r.id > $1 "
                                  "ORDER BY r.id LIMIT $2", 0 },
    [Q_LAST] = { "register_last", "SELECT COALESCE(MAX(id), 0) FROM register_entry", 0 },
    [Q_LICENCES] = { "register_licences",
                     "SELECT number FROM licence WHERE is_current = 1 AND number > $1 "
                     "ORDER BY number LIMIT $2", 0 },
    [Q_CARE] = { "register_care", "UPDATE register_care SET pages = $1 WHERE id = 1", 0 },
};
const struct db_query_set REGISTER_SET = QUERY_SET(REGISTER_QUERIES);

int register_put(struct db_conn *c, struct register_row *x, struct sv grams, struct err *e)
{
    int rc = x->id ? 0 : counter_next(c, SV("register"), &x->id, e);
    if (rc >= 0)
        rc = exec_one(c, &REGISTER_QUERIES[Q_PUT],
                      DB_ARGS(DB_I(x->id), DB_T(x->number), DB_I(x->version), DB_T(x->state),
                              DB_T(x->holder), DB_T(x->uscc), DB_T(x->address), DB_T(x->industry),
                              DB_T(x->industry_name), DB_T(x->region), DB_T(x->issuer),
                              DB_I(x->first_issued_on), DB_I(x->issued_on), arg_date(x->expires_on),
                              arg_date(x->ended_on), DB_T(x->permits), DB_T(x->short_id),
                              DB_I(x->ledger_seq)),
                      e);
    return rc < 0 ? rc : exec_one(c, &REGISTER_QUERIES[Q_GRAMS_PUT],
                                  DB_ARGS(DB_I(x->id), DB_T(grams)), e);
}

static void register_read(const struct db_rows *r, struct arena *a, struct register_row *out)
{
    *out = (struct register_row){
        .id = db_int(r, 0), .number = col_sv(r, 1, a), .version = db_int(r, 2),
        .state = col_sv(r, 3, a), .holder = col_sv(r, 4, a), .uscc = col_sv(r, 5, a),
        .address = col_sv(r, 6, a), .industry = col_sv(r, 7, a),
        .industry_name = col_sv(r, 8, a), .region = col_sv(r, 9, a), .issuer = col_sv(r, 10, a),
        .first_issued_on = col_date(r, 11), .issued_on = col_date(r, 12),
        .expires_on = col_date(r, 13), .ended_on = col_date(r, 14), .permits = col_sv(r, 15, a),
        .short_id = col_sv(r, 16, a), .ledger_seq = db_int(r, 17),
    };
}

static int rows_of(struct db_rows *r, struct arena *a, struct register_row **out, size_t *n)
{
    size_t cap = 0;
    *out = NULL;
    *n = 0;
    while (db_next(r))
        register_read(r, a, ROWS_PUSH(a, *out, *n, cap));
    return db_done(r);
}

int register_find(struct db_conn *c, struct sv number, struct arena *a, struct register_row *out,
                  struct err *e)
{
    struct db_rows r;
    struct register_row *rows;
    size_t n;
    db_rows(c, &REGISTER_QUERIES[Q_FIND], DB_ARGS(DB_T(number)), &r, e);
    int rc = rows_of(&r, a, &rows, &n);
    if (rc == 0 && n)
        *out = rows[0];
    return rc < 0 ? rc : n > 0;
}

int register_grams(struct db_conn *c, int64_t id, struct arena *a, struct sv *out, struct err *e)
{
    struct db_rows r;
    int found = 0;
    db_rows(c, &REGISTER_QUERIES[Q_GRAMS], DB_ARGS(DB_I(id)), &r, e);
    if (db_next(&r)) {
        *out = col_sv(&r, 0, a);
        found = 1;
    }
    int rc = db_done(&r);
    return rc < 0 ? rc : found;
}

int register_match(struct db_conn *c, struct sv asked, int64_t before, int64_t limit,
                   struct arena *a, bool (*visit)(void *ctx, const struct register_row *row),
                   void *ctx, struct err *e)
{
    struct db_rows r;
    int n = 0;
    bool more = true;
    if (asked.n)
        db_rows(c, &REGISTER_QUERIES[Q_MATCH], DB_ARGS(DB_T(asked), DB_I(before), DB_I(limit)), &r,
                e);
    else
        db_rows(c, &REGISTER_QUERIES[Q_NEWEST], DB_ARGS(DB_I(before), DB_I(limit)), &r, e);
    for (; more && db_next(&r); n++) {
        struct register_row *row = arena_alloc(a, sizeof *row);
        register_read(&r, a, row);
        more = visit(ctx, row);
    }
    int rc = db_done(&r);
    return rc < 0 ? rc : n;
}

int register_code(struct db_conn *c, struct sv begin, int64_t limit, struct arena *a,
                  struct register_row **out, size_t *n, struct err *e)
{
    struct db_rows r;
    struct sv end = arena_printf_sv(a, "%.*s~", (int)begin.n, begin.p);
    db_rows(c, &REGISTER_QUERIES[Q_NUMBER], DB_ARGS(DB_T(begin), DB_T(end), DB_I(limit)), &r, e);
    int rc = rows_of(&r, a, out, n);
    if (rc < 0 || *n)
        return rc;
    db_rows(c, &REGISTER_QUERIES[Q_USCC], DB_ARGS(DB_T(begin), DB_T(end), DB_I(limit)), &r, e);
    return rows_of(&r, a, out, n);
}

int register_scan(struct db_conn *c, int64_t after, int64_t limit, struct arena *a,
                  struct register_row **out, size_t *n, struct err *e)
{
    struct db_rows r;
    db_rows(c, &REGISTER_QUERIES[Q_SCAN], DB_ARGS(DB_I(after), DB_I(limit)), &r, e);
    return rows_of(&r, a, out, n);
}

int register_last(struct db_conn *c, int64_t *out, struct err *e)
{
    return db_find_int(c, &REGISTER_QUERIES[Q_LAST], DB_NO_ARGS, out, e);
}

int register_licences(struct db_conn *c, struct sv after, int64_t limit, struct arena *a,
                      struct sv **out, size_t *n, struct err *e)
{
    struct db_rows r;
    size_t cap = 0;
    *out = NULL;
    *n = 0;
    db_rows(c, &REGISTER_QUERIES[Q_LICENCES], DB_ARGS(DB_T(after), DB_I(limit)), &r, e);
    while (db_next(&r))
        *ROWS_PUSH(a, *out, *n, cap) = col_sv(&r, 0, a);
    return db_done(&r);
}

int register_care(struct db_conn *c, int64_t pages, struct err *e)
{
    return exec_one(c, &REGISTER_QUERIES[Q_CARE], DB_ARGS(DB_I(pages)), e);
}
