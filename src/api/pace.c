/* pace: how long the departments of a case usually take, from what they have decided in the last year.
 * Nobody is told a figure that rests on a handful of cases. */
#include "api/api.h"
#include "store/board_store.h"

enum { YEAR = 365, LEAST = 5 };

struct pace_ctx { struct arena *arena; const struct bundle *b; int32_t since; json_t *list; };

/* The number of days within which this share of n is done. */
static int64_t within(const struct board_days *d, size_t n, int64_t all, int64_t percent)
{
    int64_t seen = 0;
    for (size_t i = 0; i < n; i++) {
        seen += d[i].n;
        if (seen * 100 >= all * percent)
            return d[i].days;
    }
    return 0;
}

static int read_tx(struct db_conn *c, void *ctx, struct err *e)
{
    struct pace_ctx *x = ctx;
    for (size_t i = 0; i < x->b->n_items; i++) {
        const struct item_row *item = &x->b->items[i];
        struct board_days *d;
        size_t n;
        int64_t all = 0;
        int rc = board_days_taken(c, item->permit, item->department, x->since, x->arena, &d, &n, e);
        if (rc < 0)
            return rc;
        for (size_t k = 0; k < n; k++)
            all += d[k].n;
        if (all < LEAST)
            continue;
        json_t *o = json_object();
        put_id(o, "item", item->id);
        json_put_i64(o, "n", all);
        json_put_i64(o, "median", within(d, n, all, 50));
        json_put_i64(o, "most", within(d, n, all, 80));
        json_push(x->list, o);
    }
    return 0;
}

int get_pace(struct request *rq, struct response *rs, struct err *e)
{
    struct bundle b = { 0 };
    struct pace_ctx x = { .arena = rq->arena, .b = &b, .since = api_view(rq).today - YEAR };
    int64_t id;
    int rc = api_id(rq, 0, &id, e);
    if (rc == 0)
        rc = bundle_open(app_of(rq), actor_of(rq), id, WITH_ITEMS, rq->arena, &b, e);
    x.list = json_array();
    if (rc == 0)
        rc = db_read(app_of(rq)->db, read_tx, &x, e);
    bundle_done(&b);
    if (rc < 0) {
        json_decref(x.list);
        return rc;
    }
    json_t *o = json_object();
    json_put(o, "items", x.list);
    return api_json(rq, rs, 200, o);
}
