/* personal_read: officers who were shown personal data, on record (personal.h).
 *
 * A full disk stops every change but no reading (R9.3), and no reading may go unrecorded (R9.2): while the
 * database takes no row, readings wait in memory, and whoever answers puts each into the process's own log.
 * They are written with the next one that can be, or by the job.
 */
#include <stdlib.h>

#include "service/personal.h"

#include "sys/ids.h"

enum { WAITING_MAX = 20000 };
#define AGAIN_MS INT64_C(600000)

struct waiting { struct arena *arena; struct access_row row; struct waiting *next; };

struct readings { pthread_mutex_t lock; struct waiting *first; size_t n; };

static void waiting_free(struct waiting *w)
{
    while (w) {
        struct waiting *next = w->next;
        arena_free(w->arena);
        w = next;
    }
}

struct readings *readings_new(void)
{
    struct readings *r = mem_new(sizeof *r);
    pthread_mutex_init(&r->lock, NULL);
    return r;
}

void readings_free(struct readings *r)
{
    if (r) {
        waiting_free(r->first);
        pthread_mutex_destroy(&r->lock);
    }
    free(r);
}

struct log_ctx { const struct waiting *waiting; const struct access_row *row; };

static int since_tx(struct db_conn *c, void *ctx, struct err *e)
{
    const struct access_row *x = ((struct log_ctx *)ctx)->row;
    return access_since(c, x->actor_id, x->case_id, x->place, x->at - AGAIN_MS, e);
}

static int insert_tx(struct db_conn *c, void *ctx, struct err *e)
{
    const struct log_ctx *x = ctx;
    int rc = x->row ? access_insert(c, x->row, e) : 0;
    for (const struct waiting *w = x->waiting; w && rc >= 0; w = w->next)
        rc = access_insert(c, &w->row, e);
    return rc;
}

static struct access_row row_copy(struct arena *a, const struct access_row *x)
{
    return (struct access_row){
        x->id, x->at, x->actor_id, x->case_id, arena_sv(a, x->actor_name),
        arena_sv(a, x->actor_role), arena_sv(a, x->department), arena_sv(a, x->place),
        arena_sv(a, x->fields), arena_sv(a, x->why),
    };
}

/* The same person, case and place once, as in the database. PERSONAL_WAITS; e->code when memory has no more room. */
static int keep(struct readings *r, const struct access_row *x, struct err *e)
{
    bool there = false;
    int rc = e->code;
    pthread_mutex_lock(&r->lock);
    for (const struct waiting *w = r->first; w && !there; w = w->next)
        there = w->row.actor_id == x->actor_id && w->row.case_id == x->case_id &&
                sv_eq(w->row.place, x->place) && w->row.at > x->at - AGAIN_MS;
    if (!there && r->n < WAITING_MAX) {
        struct arena *a = arena_new();
        struct waiting *w = arena_alloc(a, sizeof *w);
        *w = (struct waiting){ a, row_copy(a, x), r->first };
        r->first = w;
        r->n++;
        there = true;
    }
    pthread_mutex_unlock(&r->lock);
    if (there)
        err_clear(e);
    return there ? PERSONAL_WAITS : rc;
}

static struct waiting *take_all(struct readings *r)
{
    pthread_mutex_lock(&r->lock);
    struct waiting *all = r->first;
    r->first = NULL;
    r->n = 0;
    pthread_mutex_unlock(&r->lock);
    return all;
}

static void put_back(struct readings *r, struct waiting *all)
{
    pthread_mutex_lock(&r->lock);
    while (all) {
        struct waiting *w = all;
        all = w->next;
        w->next = r->first;
        r->first = w;
        r->n++;
    }
    pthread_mutex_unlock(&r->lock);
}

/* row (may be NULL) and all that waits, in one transaction. */
static int put(struct app *app, const struct access_row *row, struct err *e)
{
    struct waiting *all = take_all(app->readings);
    struct log_ctx x = { all, row };
    int rc = row || all ? db_write(app->db, insert_tx, &x, e) : 0;
    if (rc < 0)
        put_back(app->readings, all);
    else
        waiting_free(all);
    return rc == ERR_FULL && row ? keep(app->readings, row, e) : rc;
}

int personal_log(struct app *app, const struct personal_read *r, int64_t now, struct err *e)
{
    if (r->actor->role == ROLE_APPLICANT || r->actor->role == ROLE_NONE ||
        json_array_size(r->fields) == 0)
        return 0;
    struct arena *a = arena_new();
    struct access_row row = {
        .id = id_next(), .at = now, .actor_id = r->actor->id, .case_id = r->case_id,
        .actor_name = r->actor->name, .actor_role = sv_of(role_key(r->actor->role)),
        .department = r->actor->department, .place = sv_of(r->place),
        .fields = json_dump(a, r->fields, false), .why = r->why,
    };
    struct log_ctx x = { NULL, &row };
    int rc = db_peek(app->db, since_tx, &x, e);
    rc = rc == 0 ? put(app, &row, e) : rc < 0 ? rc : 0;
    arena_free(a);
    return rc;
}

int personal_log_waiting(struct app *app, int64_t now, struct err *e)
{
    (void)now;
    int rc = put(app, NULL, e);
    return rc == ERR_FULL ? 0 : rc < 0 ? rc : 0; /* who reads or writes is told of the disk */
}

struct list_ctx { int64_t case_id, before, limit; struct arena *arena; struct access_row **out;
                  size_t *n; };

static int list(struct db_conn *c, void *ctx, struct err *e)
{
    const struct list_ctx *x = ctx;
    return access_list(c, x->case_id, x->before, x->limit, x->arena, x->out, x->n, e);
}

int personal_readings(struct app *app, const struct actor *actor, int64_t case_id, int64_t before,
                      int64_t limit, struct arena *a, struct access_row **out, size_t *n,
                      struct err *e)
{
    struct list_ctx x = { case_id, before, limit, a, out, n };
    *n = 0;
    if (actor->role != ROLE_ADMIN && actor->role != ROLE_BUREAU)
        return err_set(e, ERR_FORBIDDEN, "查阅记录由审批服务管理局和系统管理员查看");
    return db_read(app->db, list, &x, e);
}
