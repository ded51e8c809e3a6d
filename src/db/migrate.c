/* migrate: numbered scripts, applied once each, in order, each in one transaction. */
#include <stdlib.h>

#include "db/engine.h"
#include "sys/embed.h"

static struct db_query QUERIES[] = {
    { "schema_now", "SELECT COALESCE(MAX(number), 0) FROM schema_version", 0 },
    { "schema_set", "INSERT INTO schema_version (number, name) VALUES ($1, $2)", 1 },
};
static const struct db_query_set SET = { QUERIES, 2 };
static const struct db_query_set *const SETS[] = { &SET };

/* "sql/sqlite/0001_init.sql" -> 1 for the engine's own files, else 0. */
static int64_t number_of(const struct embed_file *f, enum db_engine engine)
{
    struct sv name = sv_of(f->name);
    struct sv dir = engine == DB_SQLITE ? SV("sql/sqlite/") : SV("sql/postgres/");
    int64_t n = 0;
    if (!sv_starts(name, dir) || name.n < dir.n + 4)
        return 0;
    return sv_to_i64(sv_make(name.p + dir.n, 4), &n) ? n : 0;
}

int db_schema_known(enum db_engine engine)
{
    int64_t last = 0;
    for (const struct embed_file *f = EMBED_FILES; f->name; f++)
        if (number_of(f, engine) > last)
            last = number_of(f, engine);
    return (int)last;
}

/* Take the lock of all writers, so that of several nodes started at once one does the work and
 * the others then find it done. Ended by finish(). */
static int begin(struct db_conn *c, struct err *e)
{
    return c->ops->script(c, c->ops->begin_write, e);
}

static int finish(struct db_conn *c, int rc, struct err *e)
{
    if (rc >= 0)
        rc = c->ops->script(c, "COMMIT", e);
    if (rc < 0)
        c->ops->script(c, "ROLLBACK", NULL);
    return rc < 0 ? rc : 0;
}

static int prepare(struct db_conn *c, struct err *e)
{
    int rc = begin(c, e);
    if (rc == 0)
        rc = c->ops->script(c, "CREATE TABLE IF NOT EXISTS schema_version ("
                               "number BIGINT PRIMARY KEY, name TEXT NOT NULL)", e);
    rc = finish(c, rc, e);
    return rc < 0 ? rc : c->ops->prepare(c, SETS, 1, e);
}

static int apply(struct db_conn *c, const struct embed_file *f, int64_t number, struct err *e)
{
    struct arena *a = arena_new();
    int64_t now = 0;
    int rc = begin(c, e);
    if (rc == 0)
        rc = db_find_int(c, &QUERIES[0], DB_NO_ARGS, &now, e);
    if (rc >= 0 && now < number) {
        rc = c->ops->script(c, arena_dup(a, sv_make((const char *)f->body, f->n)), e);
        if (rc >= 0)
            rc = c->ops->exec(c, &QUERIES[1], DB_ARGS(DB_I(number), DB_T(sv_of(f->name))), e);
    }
    arena_free(a);
    return finish(c, rc, e);
}

int db_migrate(struct sv url, struct err *e)
{
    enum db_engine engine = engine_of(url);
    struct db_conn *c = engine_ops_of(url)->open(url, false, e);
    int64_t now = 0;
    int rc;
    if (!c)
        return e && e->code ? e->code : ERR_DB;
    rc = prepare(c, e);
    if (rc == 0)
        rc = db_find_int(c, &QUERIES[0], DB_NO_ARGS, &now, e);
    if (rc >= 0 && now > db_schema_known(engine))
        rc = err_set(e, ERR_CONFIG, "数据库结构是第 %lld 版，比本程序（第 %d 版）新，请使用新版程序",
                     (long long)now, db_schema_known(engine));
    for (const struct embed_file *f = EMBED_FILES; rc >= 0 && f->name; f++)
        if (number_of(f, engine) > now)
            rc = apply(c, f, number_of(f, engine), e);
    c->ops->close(c);
    return rc < 0 ? rc : 0;
}
