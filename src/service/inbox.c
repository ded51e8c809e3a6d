/* inbox: see inbox.h. */
#include "service/inbox.h"

struct inbox_ctx { int64_t user, id, now; };

static int read_tx(struct db_conn *c, void *ctx, struct err *e)
{
    const struct inbox_ctx *x = ctx;
    int rc = message_read(c, x->user, x->id, x->now, e);
    return rc == 0 ? err_set(e, ERR_NOT_FOUND, "没有这条消息") : rc;
}

int inbox_read(struct app *app, int64_t user, int64_t message, int64_t now, struct err *e)
{
    struct inbox_ctx x = { user, message, now };
    int rc = db_write(app->db, read_tx, &x, e);
    return rc < 0 ? rc : 0;
}

static int read_all_tx(struct db_conn *c, void *ctx, struct err *e)
{
    const struct inbox_ctx *x = ctx;
    return message_read_all(c, x->user, x->id, x->now, e);
}

int inbox_read_all(struct app *app, int64_t user, int64_t up_to, int64_t now, struct err *e)
{
    struct inbox_ctx x = { user, up_to, now };
    int rc = db_write(app->db, read_all_tx, &x, e);
    return rc < 0 ? rc : 0;
}

static int retry_tx(struct db_conn *c, void *ctx, struct err *e)
{
    const struct inbox_ctx *x = ctx;
    int rc = dispatch_retry(c, x->id, x->now, e);
    return rc == 0 ? err_set(e, ERR_NOT_FOUND, "没有这条发送失败的通知，可能已经重新发送") : rc;
}

int outbox_retry(struct app *app, int64_t dispatch, int64_t now, struct err *e)
{
    struct inbox_ctx x = { .id = dispatch, .now = now };
    int rc = db_write(app->db, retry_tx, &x, e);
    return rc < 0 ? rc : 0;
}

struct counts_ctx { int64_t since; struct arena *arena; struct dispatch_count *list; size_t n; };

static int counts_tx(struct db_conn *c, void *ctx, struct err *e)
{
    struct counts_ctx *x = ctx;
    return dispatch_counts(c, x->since, x->arena, &x->list, &x->n, e);
}

int outbox_counts(struct app *app, int64_t now, struct arena *a, struct dispatch_count **out,
                  size_t *n, struct err *e)
{
    struct counts_ctx x = { .since = now - MS_PER_DAY, .arena = a };
    int rc = db_read(app->db, counts_tx, &x, e);
    *out = x.list;
    *n = x.n;
    return rc;
}

static int drop_tx(struct db_conn *c, void *ctx, struct err *e)
{
    (void)ctx;
    return dispatch_drop_queued(c, e);
}

int outbox_drop(struct app *app, struct err *e)
{
    int rc = db_write(app->db, drop_tx, NULL, e);
    return rc < 0 ? rc : 0;
}
