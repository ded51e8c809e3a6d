/* status: see status.h. */
#include "service/status.h"

#include "service/trust.h"
#include "store/status_store.h"

struct kept_list {
    unsigned char *bits;           /* STATUS_LIST_BYTES */
    char *body; size_t n_body;     /* signed document; NULL = to be made */
    int64_t from_ms;
    char etag[80];
};

struct status_cache {
    pthread_mutex_t lock;
    int64_t asked_ms;              /* when the database was asked last */
    int64_t revision;              /* as of then; -1 = never */
    struct kept_list *lists; size_t n;
};

static struct status_cache *cache_of(struct app *app)
{
    pthread_mutex_lock(&app->lock);
    if (!app->status) {
        app->status = mem_new(sizeof *app->status);
        app->status->revision = -1;
        pthread_mutex_init(&app->status->lock, NULL);
    }
    pthread_mutex_unlock(&app->lock);
    return app->status;
}

static void lists_free(struct kept_list *lists, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        free(lists[i].bits);
        free(lists[i].body);
    }
    free(lists);
}

void status_cache_free(struct status_cache *c)
{
    if (!c)
        return;
    lists_free(c->lists, c->n);
    pthread_mutex_destroy(&c->lock);
    free(c);
}

/* ---- bits from the database ---- */

struct refresh {
    struct status_cache *cache;
    int64_t revision, highest;
    bool moved;                    /* lists below are new */
    struct kept_list *lists; size_t n;
};

static void put_bit(void *ctx, int64_t index)
{
    struct refresh *x = ctx;
    size_t list = (size_t)status_list_of(index);
    if (index >= 0 && list < x->n)
        status_set(x->lists[list].bits, STATUS_LIST_BYTES, index % STATUS_LIST_SIZE);
}

/* One snapshot: the counter and, if it moved or another list was begun, all that has ended. */
static int refresh_tx(struct db_conn *c, void *ctx, struct err *e)
{
    struct refresh *x = ctx;
    int rc = status_revision(c, &x->revision, e);
    if (rc == 0)
        rc = status_highest(c, &x->highest, e);
    if (rc < 0)
        return rc;
    x->n = x->highest < 0 ? 1 : (size_t)status_list_of(x->highest) + 1;
    if (x->revision == x->cache->revision && x->n == x->cache->n)
        return 0;
    if (x->n > STATUS_LISTS_MAX)
        return err_set(e, ERR_CORRUPT, "状态序号超出范围");
    x->lists = mem_new(x->n * sizeof *x->lists);
    for (size_t i = 0; i < x->n; i++)
        x->lists[i].bits = mem_new(STATUS_LIST_BYTES);
    x->moved = true;
    return status_bits(c, 0, (int64_t)x->n * STATUS_LIST_SIZE - 1, put_bit, x, e);
}

/* Documents of lists whose bits did not change stay. */
static void take_over(struct status_cache *k, struct refresh *x)
{
    for (size_t i = 0; i < x->n && i < k->n; i++) {
        struct kept_list *old = &k->lists[i];
        if (memcmp(old->bits, x->lists[i].bits, STATUS_LIST_BYTES) != 0)
            continue;
        unsigned char *bits = x->lists[i].bits;
        x->lists[i] = *old;
        *old = (struct kept_list){ .bits = bits };
    }
    lists_free(k->lists, k->n);
    k->lists = x->lists;
    k->n = x->n;
}

/* With the lock held. */
static int refresh(struct app *app, struct status_cache *k, int64_t now, struct err *e)
{
    /* A clock that was set back must not keep an old list alive. */
    if (k->revision >= 0 && now >= k->asked_ms && now - k->asked_ms < STATUS_FRESH_MS)
        return 0;
    struct refresh x = { .cache = k };
    int rc = db_read(app->db, refresh_tx, &x, e);
    if (rc == 0 && x.moved)
        take_over(k, &x);
    else
        lists_free(x.lists, x.lists ? x.n : 0);
    if (rc == 0) {
        k->revision = x.revision;
        k->asked_ms = now;
    }
    return rc;
}

/* ---- the document ---- */

static int sign_list(struct app *app, struct kept_list *k, int64_t list, int64_t now,
                     struct err *e)
{
    struct status_source by = { app->public_url, trust_city_name(app), trust_city_prefix(app) };
    struct status_list l = { by.region, list, now, now + STATUS_VALID_MS,
                             sv_make((const char *)k->bits, STATUS_LIST_BYTES) };
    struct sm3_hash h;
    char hex[65];
    struct buf text;
    json_t *doc;
    int rc = status_doc_make(&by, &l, app_keys(app)->signer, &doc, e);
    if (rc < 0)
        return rc;
    buf_init(&text, STATUS_DOC_MAX);
    json_write(&text, doc, true);
    json_decref(doc);
    if (!buf_ok(&text)) {
        buf_done(&text);
        return err_set(e, ERR_TOO_LARGE, "状态名单过大");
    }
    sm3(buf_sv(&text), &h);
    sm3_hex(&h, hex);
    snprintf(k->etag, sizeof k->etag, "\"%s\"", hex);
    free(k->body);
    k->body = text.p; /* taken over: buf's memory is malloc's */
    k->n_body = text.n;
    k->from_ms = now;
    return 0;
}

int status_publish(struct app *app, int64_t list, int64_t now, struct arena *a,
                   struct status_published *out, struct err *e)
{
    struct status_cache *k = cache_of(app);
    pthread_mutex_lock(&k->lock);
    int rc = refresh(app, k, now, e);
    if (rc == 0 && (list < 0 || (uint64_t)list >= k->n))
        rc = err_set(e, ERR_NOT_FOUND, "没有这个状态名单");
    if (rc == 0) {
        struct kept_list *l = &k->lists[list];
        if (!l->body || now < l->from_ms || now - l->from_ms >= STATUS_RESIGN_MS)
            rc = sign_list(app, l, list, now, e);
        if (rc == 0)
            *out = (struct status_published){ arena_sv(a, sv_make(l->body, l->n_body)),
                                              arena_sv(a, sv_of(l->etag)), l->from_ms };
    }
    pthread_mutex_unlock(&k->lock);
    return rc;
}

int status_now(struct app *app, int64_t now, struct arena *a, const struct status_list **out,
               size_t *n, struct err *e)
{
    struct status_cache *k = cache_of(app);
    pthread_mutex_lock(&k->lock);
    int rc = refresh(app, k, now, e);
    struct status_list *lists = rc == 0 ? arena_array(a, k->n, sizeof *lists) : NULL;
    for (size_t i = 0; rc == 0 && i < k->n; i++)
        lists[i] = (struct status_list){
            trust_city_prefix(app), (int64_t)i, now, now + STATUS_VALID_MS,
            arena_sv(a, sv_make((const char *)k->lists[i].bits, STATUS_LIST_BYTES)) };
    *n = rc == 0 ? k->n : 0;
    pthread_mutex_unlock(&k->lock);
    *out = lists;
    return rc;
}
