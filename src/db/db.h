/* db: one interface, two engines (SQLite, PostgreSQL). See README.md for the transaction model.
 *
 * SQL is one portable text with $1..$n in order of first use, only in the query tables at the
 * top of store files, prepared when a connection opens. Integers are 64-bit, text is UTF-8,
 * blobs are bytes; there are no other types. sqlite3.h and libpq-fe.h are included only in
 * this folder.
 */
#ifndef YZ_DB_DB_H
#define YZ_DB_DB_H

#include "base/err.h"
#include "sys/vault.h"

enum db_engine { DB_SQLITE, DB_POSTGRES };

struct db;
struct db_conn;

struct db_query {
    const char *name; /* unique, for errors */
    const char *sql;
    int id; /* given by db_open */
};

struct db_query_set { struct db_query *queries; size_t n; };

enum db_arg_kind { DB_A_NULL, DB_A_INT, DB_A_TEXT, DB_A_BLOB };
struct db_arg { enum db_arg_kind kind; int64_t i; struct sv s; };
#define DB_I(v) ((struct db_arg){ DB_A_INT, (v), { NULL, 0 } })
#define DB_T(v) ((struct db_arg){ DB_A_TEXT, 0, (v) })
#define DB_B(v) ((struct db_arg){ DB_A_BLOB, 0, (v) })
#define DB_N() ((struct db_arg){ DB_A_NULL, 0, { NULL, 0 } })
/* NULL for DATE_NONE-like absences. */
#define DB_I_OR_NULL(v, none) ((v) == (none) ? DB_N() : DB_I(v))
#define DB_ARGS(...)                                                                         \
    (struct db_arg[]){ __VA_ARGS__ }, sizeof((struct db_arg[]){ __VA_ARGS__ }) /            \
                                          sizeof(struct db_arg)
#define DB_NO_ARGS NULL, 0

/* url: path of a SQLite file, or "postgres://…" / "postgresql://…". Prepares every query of
 * every set on each connection. readers: read connections kept (SQLite) or pool size (both). */
struct db *db_open(struct sv url, const struct db_query_set *const *sets, size_t n_sets, size_t readers,
                   struct err *e);
void db_close(struct db *db);
enum db_engine db_engine(const struct db *db);

/* What the stores seal personal data with (store/sealed.h); borrowed until db_close, replaced at any time. */
void db_set_vault(struct db *db, const struct vault *vault);
const struct vault *db_vault(const struct db_conn *c); /* NULL: none was set */

/* Whether commits need not reach the disk by themselves, for data that can be made again from nothing; called while
 * nobody else writes. Back to false, it is all on disk after the next commit and db_close. */
int db_relax(struct db *db, bool relaxed, struct err *e);

/* Write the whole database anew, so that nothing of what was overwritten or deleted stays in its files. Slow; nobody else
 * should be using it. */
int db_compact(struct db *db, struct err *e);

/* Bring the schema up to date from the embedded migrations sql/<engine>/NNNN_*.sql, each in one
 * transaction. ERR_CONFIG when the database is newer than this program. Called before db_open. */
int db_migrate(struct sv url, struct err *e);
/* The schema number the program carries. */
int db_schema_known(enum db_engine engine);

/* fn runs alone among all writers, on the writer's thread. Negative return rolls it back and
 * only it. Returns what fn returned, or ERR_* when the shared commit failed: then nothing took effect
 * (after a lost PostgreSQL connection: perhaps; the caller's Idempotency-Key settles it). On
 * return 0 or positive the change is on disk. */
int db_write(struct db *db, int (*fn)(struct db_conn *, void *, struct err *), void *ctx,
             struct err *e);

/* fn sees one snapshot and may not write. */
int db_read(struct db *db, int (*fn)(struct db_conn *, void *, struct err *), void *ctx,
            struct err *e);
/* As db_read for a single statement: no transaction around it. */
int db_peek(struct db *db, int (*fn)(struct db_conn *, void *, struct err *), void *ctx,
            struct err *e);

/* Rows changed (>= 0) or ERR_*: ERR_CONFLICT on a uniqueness violation. */
int db_exec(struct db_conn *c, const struct db_query *q, const struct db_arg *args, size_t n,
            struct err *e);

struct db_rows {
    struct db_conn *conn;
    const struct db_query *query;
    void *handle;
    int row;
    int rc;
    struct err *err;
};
/* Start a query; then while (db_next(&r)) … ; return db_done(&r). db_done gives 0 or ERR_*
 * (also after a failed db_rows), and must be called before the next use of the connection. */
void db_rows(struct db_conn *c, const struct db_query *q, const struct db_arg *args, size_t n,
             struct db_rows *r, struct err *e);
bool db_next(struct db_rows *r);
int db_done(struct db_rows *r);
/* Columns of the current row; text and blob are borrowed until db_next / db_done. */
bool db_null(const struct db_rows *r, int col);
int64_t db_int(const struct db_rows *r, int col);
struct sv db_text(const struct db_rows *r, int col);

/* First column of the first row: 1 found, 0 no row, or ERR_*. */
int db_find_int(struct db_conn *c, const struct db_query *q, const struct db_arg *args, size_t n,
                int64_t *out, struct err *e);

#endif
