/* engine: what db.c asks of an engine. Private to src/db. */
#ifndef YZ_DB_ENGINE_H
#define YZ_DB_ENGINE_H

#include "db/db.h"

struct engine_ops {
    /* A connection; readonly refuses writes. prepare: all queries now. */
    struct db_conn *(*open)(struct sv url, bool readonly, struct err *e);
    void (*close)(struct db_conn *c);
    int (*prepare)(struct db_conn *c, const struct db_query_set *const *sets, size_t n_sets,
                   struct err *e);
    /* Plain statements: migrations and BEGIN / COMMIT / SAVEPOINT. Several with ';' allowed. */
    int (*script)(struct db_conn *c, const char *sql, struct err *e);
    int (*exec)(struct db_conn *c, const struct db_query *q, const struct db_arg *args, size_t n,
                struct err *e);
    void (*rows)(struct db_rows *r, const struct db_arg *args, size_t n);
    bool (*next)(struct db_rows *r);
    int (*done)(struct db_rows *r);
    bool (*null)(const struct db_rows *r, int col);
    int64_t (*integer)(const struct db_rows *r, int col);
    struct sv (*text)(const struct db_rows *r, int col);
    const char *begin_write; /* starts a write transaction that excludes all other writers */
    const char *begin_read;  /* starts a read-only snapshot */
    const char *compact;     /* outside any transaction */
    const char *relax;       /* commits of this connection need not reach the disk by themselves */
    /* The connection is dead and must be replaced. */
    bool (*broken)(struct db_conn *c);
};

struct db_conn {
    const struct engine_ops *ops;
    struct db *db; /* set by db_connect */
    struct db_conn *next_free;
};

extern const struct engine_ops SQLITE_OPS;
extern const struct engine_ops POSTGRES_OPS;

enum db_engine engine_of(struct sv url);
const struct engine_ops *engine_ops_of(struct sv url);

/* A new connection with every query prepared. */
struct db_conn *db_connect(struct db *db, bool readonly, struct err *e);

/* The group-commit writer (writer.c); owns conn, replaces it through db_connect when it breaks. */
struct writer;
struct writer *writer_new(struct db_conn *conn, struct db *db);
void writer_free(struct writer *w);
int writer_run(struct writer *w, int (*fn)(struct db_conn *, void *, struct err *), void *ctx,
               struct err *e);

#endif
