/* calendar_store: see calendar_store.h. */
#include "store/calendar_store.h"

#include "store/sets.h"

enum { Q_YEAR_PUT, Q_DAYS_CLEAR, Q_DAY_INSERT, Q_YEARS, Q_DAYS, Q_CASES, Q_CORRECTION_DUE };

static struct db_query CALENDAR_QUERIES[] = {
    [Q_YEAR_PUT] = { "calendar_year_put",
                     "INSERT INTO calendar_year (region, year, certainty, source, imported_at, "
                     "imported_by, digest) VALUES ($1, $2, $3, $4, $5, $6, $7) "
                     "ON CONFLICT (region, year) DO UPDATE SET certainty = excluded.certainty, "
                     "source = excluded.source, imported_at = excluded.imported_at, "
                     "imported_by = excluded.imported_by, digest = excluded.digest", 0 },
    [Q_DAYS_CLEAR] = { "calendar_days_clear", "DELETE FROM calendar_day WHERE region = $1 "
                                              "AND day >= $2 AND day <= $3", 0 },
    [Q_DAY_INSERT] = { "calendar_day_insert", "INSERT INTO calendar_day (region, day, kind, name) "
                                              "VALUES ($1, $2, $3, $4)", 0 },
    [Q_YEARS] = { "calendar_years", "SELECT region, year, certainty, source, imported_at, "
                                    "imported_by, digest FROM calendar_year "
                                    "ORDER BY region, year", 0 },
    [Q_DAYS] = { "calendar_days", "SELECT region, day, kind, name FROM calendar_day "
                                  "ORDER BY region, day", 0 },
    [Q_CASES] = { "calendar_open_cases", "SELECT id FROM licensing_case WHERE id > $1 "
                                         "AND (n_open > 0 OR deliver_by IS NOT NULL) "
                                         "ORDER BY id LIMIT $2", 0 },
    [Q_CORRECTION_DUE] = { "correction_set_due", "UPDATE correction SET due_on = $1 "
                                                 "WHERE id = $2", 0 },
};
const struct db_query_set CALENDAR_SET = QUERY_SET(CALENDAR_QUERIES);

int calendar_year_put(struct db_conn *c, const struct calendar_year_row *x, int32_t first,
                      int32_t last, struct err *e)
{
    int rc = exec_one(c, &CALENDAR_QUERIES[Q_YEAR_PUT],
                      DB_ARGS(DB_T(x->region), DB_I(x->year), DB_T(x->certainty),
                              DB_T(x->source), DB_I(x->imported_at), DB_T(x->imported_by),
                              DB_T(x->digest)),
                      e);
    if (rc == 0)
        rc = db_exec(c, &CALENDAR_QUERIES[Q_DAYS_CLEAR],
                     DB_ARGS(DB_T(x->region), DB_I(first), DB_I(last)), e);
    return rc < 0 ? rc : 0;
}

int calendar_day_insert(struct db_conn *c, const struct calendar_day_row *x, struct err *e)
{
    return exec_one(c, &CALENDAR_QUERIES[Q_DAY_INSERT],
                    DB_ARGS(DB_T(x->region), DB_I(x->day), DB_T(x->kind), DB_T(x->name)), e);
}

int calendar_year_list(struct db_conn *c, struct arena *a, struct calendar_year_row **out,
                       size_t *n, struct err *e)
{
    struct db_rows r;
    size_t cap = 0;
    *out = NULL;
    *n = 0;
    db_rows(c, &CALENDAR_QUERIES[Q_YEARS], DB_NO_ARGS, &r, e);
    while (db_next(&r))
        *ROWS_PUSH(a, *out, *n, cap) = (struct calendar_year_row){
            .region = col_sv(&r, 0, a), .year = db_int(&r, 1), .certainty = col_sv(&r, 2, a),
            .source = col_sv(&r, 3, a), .imported_at = db_int(&r, 4),
            .imported_by = col_sv(&r, 5, a), .digest = col_sv(&r, 6, a),
        };
    return db_done(&r);
}

int calendar_day_list(struct db_conn *c, struct arena *a, struct calendar_day_row **out, size_t *n,
                      struct err *e)
{
    struct db_rows r;
    size_t cap = 0;
    *out = NULL;
    *n = 0;
    db_rows(c, &CALENDAR_QUERIES[Q_DAYS], DB_NO_ARGS, &r, e);
    while (db_next(&r))
        *ROWS_PUSH(a, *out, *n, cap) = (struct calendar_day_row){
            col_sv(&r, 0, a), col_date(&r, 1), col_sv(&r, 2, a), col_sv(&r, 3, a),
        };
    return db_done(&r);
}

int calendar_open_cases(struct db_conn *c, int64_t after, int64_t limit, struct arena *a,
                        int64_t **out, size_t *n, struct err *e)
{
    struct db_rows r;
    size_t cap = 0;
    *out = NULL;
    *n = 0;
    db_rows(c, &CALENDAR_QUERIES[Q_CASES], DB_ARGS(DB_I(after), DB_I(limit)), &r, e);
    while (db_next(&r))
        *ROWS_PUSH(a, *out, *n, cap) = db_int(&r, 0);
    return db_done(&r);
}

int correction_set_due(struct db_conn *c, int64_t id, int32_t due_on, struct err *e)
{
    return exec_one(c, &CALENDAR_QUERIES[Q_CORRECTION_DUE], DB_ARGS(arg_date(due_on), DB_I(id)),
                    e);
}
