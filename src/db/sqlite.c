/* sqlite: the SQLite engine. WAL, synchronous=FULL: an answered write is on disk. */
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "db/engine.h"

/* What frames every transaction and command: prepared once, parsed thousands of times less. */
static const char *const CONTROL[] = { "BEGIN IMMEDIATE", "BEGIN", "COMMIT", "SAVEPOINT command",
                                       "RELEASE command" };
enum { N_CONTROL = sizeof CONTROL / sizeof CONTROL[0] };

struct lite {
    struct db_conn base;
    sqlite3 *db;
    sqlite3_stmt *control[N_CONTROL];
    sqlite3_stmt **stmts; /* by query id */
    size_t n_stmts;
};

static struct lite *of(struct db_conn *c)
{
    return (struct lite *)c;
}

static int fail(sqlite3 *db, const char *what, struct err *e)
{
    int x = sqlite3_errcode(db);
    int code = x == SQLITE_FULL ? ERR_FULL
             : x == SQLITE_BUSY || x == SQLITE_LOCKED ? ERR_BUSY
             : x == SQLITE_CONSTRAINT ? ERR_CONFLICT
             : x == SQLITE_CORRUPT || x == SQLITE_NOTADB ? ERR_CORRUPT
             : x == SQLITE_IOERR || x == SQLITE_CANTOPEN || x == SQLITE_READONLY ? ERR_IO
                                                                                 : ERR_DB;
    return err_set(e, code, "%s（数据库：%s：%s）", err_title(code), what, sqlite3_errmsg(db));
}

static void lite_close(struct db_conn *c)
{
    struct lite *l = of(c);
    for (size_t i = 0; i < l->n_stmts; i++)
        sqlite3_finalize(l->stmts[i]);
    free(l->stmts);
    for (size_t i = 0; i < N_CONTROL; i++)
        sqlite3_finalize(l->control[i]);
    sqlite3_close(l->db);
    free(l);
}

static int run_control(struct lite *l, size_t i, struct err *e)
{
    if (!l->control[i] && sqlite3_prepare_v3(l->db, CONTROL[i], -1, SQLITE_PREPARE_PERSISTENT,
                                             &l->control[i], NULL) != SQLITE_OK)
        return fail(l->db, CONTROL[i], e);
    int step = sqlite3_step(l->control[i]);
    int rc = step == SQLITE_DONE ? 0 : fail(l->db, CONTROL[i], e);
    sqlite3_reset(l->control[i]);
    return rc;
}

static int lite_script(struct db_conn *c, const char *sql, struct err *e)
{
    for (size_t i = 0; i < N_CONTROL; i++)
        if (strcmp(sql, CONTROL[i]) == 0)
            return run_control(of(c), i, e);
    /* The text may be a whole migration: naming it would leave no room for the reason. */
    return sqlite3_exec(of(c)->db, sql, NULL, NULL, NULL) == SQLITE_OK
               ? 0 : fail(of(c)->db, "script", e);
}

/* Turning a new file to WAL while somebody else does is answered "busy" at once: the busy timeout
 * does not cover it. */
static int set_up(struct lite *l, const char *pragmas, struct err *e)
{
    int rc = SQLITE_BUSY;
    for (int i = 0; i < 250 && rc == SQLITE_BUSY; i++) {
        if (i > 0)
            sqlite3_sleep(20);
        rc = sqlite3_exec(l->db, pragmas, NULL, NULL, NULL);
    }
    return rc == SQLITE_OK ? 0 : fail(l->db, "open", e);
}

static struct db_conn *lite_open(struct sv url, bool readonly, struct err *e)
{
    struct lite *l = mem_new(sizeof *l);
    char path[4096];
    l->base.ops = &SQLITE_OPS;
    if (url.n >= sizeof path) {
        err_set(e, ERR_CONFIG, "数据库文件名太长");
        free(l);
        return NULL;
    }
    memcpy(path, url.p, url.n);
    path[url.n] = 0;
    int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX;
    if (sqlite3_open_v2(path, &l->db, flags, NULL) != SQLITE_OK) {
        err_set(e, ERR_CONFIG, "打不开数据库 %s：%s", path, sqlite3_errmsg(l->db));
        lite_close(&l->base);
        return NULL;
    }
    sqlite3_busy_timeout(l->db, 10000);
    /* No mmap: resident memory stays small and predictable. */
    const char *setup = readonly
        ? "PRAGMA query_only=ON; PRAGMA cache_size=-6144; PRAGMA mmap_size=0;"
        : "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA cache_size=-24576;"
          "PRAGMA wal_autocheckpoint=4000; PRAGMA temp_store=MEMORY; PRAGMA mmap_size=0;"
          "PRAGMA foreign_keys=ON;";
    if (set_up(l, setup, e) != 0) {
        lite_close(&l->base);
        return NULL;
    }
    return &l->base;
}

/* SQLite numbers "$n" by first appearance: a text that does not name $1, $2, ... in this order would
 * silently bind the wrong values (README.md). */
static bool in_order(sqlite3_stmt *st)
{
    char name[16];
    for (int i = 1; i <= sqlite3_bind_parameter_count(st); i++) {
        const char *is = sqlite3_bind_parameter_name(st, i);
        snprintf(name, sizeof name, "$%d", i);
        if (!is || strcmp(is, name) != 0)
            return false;
    }
    return true;
}

static int lite_prepare(struct db_conn *c, const struct db_query_set *const *sets, size_t n_sets,
                        struct err *e)
{
    struct lite *l = of(c);
    size_t total = 0;
    for (size_t s = 0; s < n_sets; s++)
        total += sets[s]->n;
    l->stmts = mem_new(total * sizeof *l->stmts);
    l->n_stmts = total;
    for (size_t s = 0; s < n_sets; s++)
        for (size_t i = 0; i < sets[s]->n; i++) {
            const struct db_query *q = &sets[s]->queries[i];
            if (sqlite3_prepare_v3(l->db, q->sql, -1, SQLITE_PREPARE_PERSISTENT,
                                   &l->stmts[q->id], NULL) != SQLITE_OK)
                return fail(l->db, q->name, e);
            if (!in_order(l->stmts[q->id]))
                return err_set(e, ERR_INTERNAL, "查询 %s 的参数没有按顺序出现", q->name);
        }
    return 0;
}

static int bind(sqlite3_stmt *st, const struct db_arg *args, size_t n)
{
    int rc = SQLITE_OK;
    for (size_t i = 0; i < n && rc == SQLITE_OK; i++) {
        int at = (int)i + 1;
        const struct db_arg *a = &args[i];
        int len = (int)a->s.n;
        switch (a->kind) {
        case DB_A_NULL: rc = sqlite3_bind_null(st, at); break;
        case DB_A_INT: rc = sqlite3_bind_int64(st, at, a->i); break;
        case DB_A_TEXT:
            rc = sqlite3_bind_text(st, at, len ? a->s.p : "", len, SQLITE_STATIC);
            break;
        case DB_A_BLOB:
            rc = len ? sqlite3_bind_blob(st, at, a->s.p, len, SQLITE_STATIC)
                     : sqlite3_bind_zeroblob(st, at, 0);
            break;
        }
    }
    return rc;
}

static int lite_exec(struct db_conn *c, const struct db_query *q, const struct db_arg *args,
                     size_t n, struct err *e)
{
    struct lite *l = of(c);
    sqlite3_stmt *st = l->stmts[q->id];
    int rc = 0;
    int step = bind(st, args, n);
    if (step == SQLITE_OK)
        step = sqlite3_step(st);
    while (step == SQLITE_ROW)
        step = sqlite3_step(st);
    if (step != SQLITE_DONE)
        rc = fail(l->db, q->name, e);
    else
        rc = sqlite3_changes(l->db);
    sqlite3_reset(st);
    return rc;
}

static void lite_rows(struct db_rows *r, const struct db_arg *args, size_t n)
{
    struct lite *l = of(r->conn);
    sqlite3_stmt *st = l->stmts[r->query->id];
    r->handle = st;
    if (bind(st, args, n) != SQLITE_OK)
        r->rc = fail(l->db, r->query->name, r->err);
}

static bool lite_next(struct db_rows *r)
{
    int step = sqlite3_step(r->handle);
    if (step == SQLITE_ROW)
        return true;
    if (step != SQLITE_DONE)
        r->rc = fail(of(r->conn)->db, r->query->name, r->err);
    return false;
}

static int lite_done(struct db_rows *r)
{
    sqlite3_reset(r->handle);
    return r->rc;
}

static bool lite_null(const struct db_rows *r, int col)
{
    return sqlite3_column_type(r->handle, col) == SQLITE_NULL;
}

static int64_t lite_int(const struct db_rows *r, int col)
{
    return sqlite3_column_int64(r->handle, col);
}

static struct sv lite_text(const struct db_rows *r, int col)
{
    const void *p = sqlite3_column_blob(r->handle, col);
    return sv_make(p, (size_t)sqlite3_column_bytes(r->handle, col));
}

static bool lite_broken(struct db_conn *c)
{
    (void)c;
    return false;
}

const struct engine_ops SQLITE_OPS = {
    .open = lite_open, .close = lite_close, .prepare = lite_prepare, .script = lite_script,
    .exec = lite_exec, .rows = lite_rows, .next = lite_next, .done = lite_done,
    .null = lite_null, .integer = lite_int, .text = lite_text, .broken = lite_broken,
    .begin_write = "BEGIN IMMEDIATE", .begin_read = "BEGIN",
    .compact = "VACUUM; PRAGMA wal_checkpoint(TRUNCATE)",
    .relax = "PRAGMA synchronous=OFF",
};
