/* postgres: the PostgreSQL engine over libpq. Results are binary: integers arrive big-endian
 * in 1, 2, 4 or 8 bytes, text and bytea as they are. */
#include <libpq-fe.h>
#include <stdio.h>
#include <stdlib.h>

#include "db/engine.h"

enum { MAX_ARGS = 40 };

struct pg {
    struct db_conn base;
    PGconn *db;
};

static struct pg *of(struct db_conn *c)
{
    return (struct pg *)c;
}

static const struct { const char *state; int code; } STATES[] = {
    { "40001", ERR_BUSY },     /* serialization_failure */
    { "40P01", ERR_BUSY },     /* deadlock_detected */
    { "23505", ERR_CONFLICT }, /* unique_violation */
    { "23503", ERR_CONFLICT }, { "23514", ERR_CONFLICT },
    { "53100", ERR_FULL },     /* disk_full */
    { "XX001", ERR_CORRUPT },
};

static int fail(struct pg *p, const PGresult *res, const char *what, struct err *e)
{
    const char *state = res ? PQresultErrorField(res, PG_DIAG_SQLSTATE) : NULL;
    const char *text = res ? PQresultErrorField(res, PG_DIAG_MESSAGE_PRIMARY) : NULL;
    int code = ERR_DB;
    for (size_t i = 0; state && i < sizeof STATES / sizeof STATES[0]; i++)
        if (strcmp(state, STATES[i].state) == 0)
            code = STATES[i].code;
    return err_set(e, code, "%s（数据库：%s：%s）", err_title(code), what,
                   text ? text : PQerrorMessage(p->db));
}

static int check(struct pg *p, PGresult *res, const char *what, struct err *e)
{
    ExecStatusType s = PQresultStatus(res);
    int rc = s == PGRES_COMMAND_OK || s == PGRES_TUPLES_OK || s == PGRES_EMPTY_QUERY
                 ? 0 : fail(p, res, what, e);
    return rc;
}

static void pg_close(struct db_conn *c)
{
    PQfinish(of(c)->db);
    free(of(c));
}

static void quiet(void *arg, const char *message)
{
    (void)arg;
    (void)message;
}

static int pg_script(struct db_conn *c, const char *sql, struct err *e)
{
    PGresult *res = PQexec(of(c)->db, sql);
    int rc = check(of(c), res, "script", e);
    PQclear(res);
    return rc;
}

static struct db_conn *pg_open(struct sv url, bool readonly, struct err *e)
{
    struct pg *p = mem_new(sizeof *p);
    struct arena *a = arena_new();
    p->base.ops = &POSTGRES_OPS;
    p->db = PQconnectdb(arena_dup(a, url));
    arena_free(a);
    if (PQstatus(p->db) != CONNECTION_OK) {
        err_set(e, ERR_DB, "连接不上 PostgreSQL：%s", PQerrorMessage(p->db));
        pg_close(&p->base);
        return NULL;
    }
    PQsetNoticeProcessor(p->db, quiet, NULL);
    if (pg_script(&p->base, "SET synchronous_commit TO on; SET client_min_messages TO warning;"
                            "SET client_encoding TO 'UTF8'", e) != 0 ||
        (readonly && pg_script(&p->base, "SET default_transaction_read_only TO on", e) != 0)) {
        pg_close(&p->base);
        return NULL;
    }
    return &p->base;
}

static void statement_name(const struct db_query *q, char out[24])
{
    snprintf(out, 24, "q%d", q->id);
}

static int pg_prepare(struct db_conn *c, const struct db_query_set *const *sets, size_t n_sets,
                      struct err *e)
{
    char name[24];
    for (size_t s = 0; s < n_sets; s++)
        for (size_t i = 0; i < sets[s]->n; i++) {
            const struct db_query *q = &sets[s]->queries[i];
            statement_name(q, name);
            PGresult *res = PQprepare(of(c)->db, name, q->sql, 0, NULL);
            int rc = check(of(c), res, q->name, e);
            PQclear(res);
            if (rc != 0)
                return rc;
        }
    return 0;
}

/* Integers go as text (the server knows the type), blobs binary, text needs its NUL. */
static PGresult *run(struct pg *p, const struct db_query *q, const struct db_arg *args, size_t n)
{
    const char *values[MAX_ARGS];
    int lengths[MAX_ARGS] = { 0 };
    int formats[MAX_ARGS] = { 0 };
    char name[24];
    struct arena *a = arena_new();
    if (n > MAX_ARGS)
        abort();
    for (size_t i = 0; i < n; i++) {
        lengths[i] = (int)args[i].s.n;
        formats[i] = args[i].kind == DB_A_BLOB;
        values[i] = args[i].kind == DB_A_NULL ? NULL
                  : args[i].kind == DB_A_INT ? arena_printf(a, "%lld", (long long)args[i].i)
                  : args[i].kind == DB_A_TEXT ? arena_dup(a, args[i].s)
                  : args[i].s.n ? args[i].s.p : "";
    }
    statement_name(q, name);
    PGresult *res = PQexecPrepared(p->db, name, (int)n, values, lengths, formats, 1);
    arena_free(a);
    return res;
}

static int pg_exec(struct db_conn *c, const struct db_query *q, const struct db_arg *args,
                   size_t n, struct err *e)
{
    PGresult *res = run(of(c), q, args, n);
    int rc = check(of(c), res, q->name, e);
    int64_t rows = 0;
    if (rc == 0 && sv_to_i64(sv_of(PQcmdTuples(res)), &rows))
        rc = (int)rows;
    PQclear(res);
    return rc;
}

static void pg_rows(struct db_rows *r, const struct db_arg *args, size_t n)
{
    PGresult *res = run(of(r->conn), r->query, args, n);
    r->handle = res;
    r->rc = check(of(r->conn), res, r->query->name, r->err);
}

static bool pg_next(struct db_rows *r)
{
    return ++r->row < PQntuples(r->handle);
}

static int pg_done(struct db_rows *r)
{
    PQclear(r->handle);
    r->handle = NULL;
    return r->rc;
}

static bool pg_null(const struct db_rows *r, int col)
{
    return PQgetisnull(r->handle, r->row, col) != 0;
}

static struct sv pg_text(const struct db_rows *r, int col)
{
    return sv_make(PQgetvalue(r->handle, r->row, col),
                   (size_t)PQgetlength(r->handle, r->row, col));
}

static int64_t pg_int(const struct db_rows *r, int col)
{
    struct sv s = pg_text(r, col);
    uint64_t v = 0;
    if (s.n == 0 || pg_null(r, col))
        return 0;
    for (size_t i = 0; i < s.n; i++)
        v = v << 8 | (unsigned char)s.p[i];
    return s.n == 4 ? (int32_t)v : s.n == 2 ? (int16_t)v : (int64_t)v;
}

static bool pg_broken(struct db_conn *c)
{
    return PQstatus(of(c)->db) != CONNECTION_OK;
}

const struct engine_ops POSTGRES_OPS = {
    .open = pg_open, .close = pg_close, .prepare = pg_prepare, .script = pg_script,
    .exec = pg_exec, .rows = pg_rows, .next = pg_next, .done = pg_done,
    .null = pg_null, .integer = pg_int, .text = pg_text, .broken = pg_broken,
    /* All nodes' writers take one lock, so writes are serial as on SQLite: no retries, and the
     * ledger's order is the order of commits. The number is this program's own. */
    .begin_write = "BEGIN; SELECT pg_advisory_xact_lock(7031526)",
    .begin_read = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY",
    .compact = "VACUUM FULL",
    .relax = "SET synchronous_commit TO off",
};
