/* outbox: see outbox.h. */
#include "job/outbox.h"

#include <pthread.h>

#include "job/channel.h"
#include "sys/clock.h"
#include "sys/log.h"

#define SECOND INT64_C(1000)
/* Longer than a batch can take, so that a lease ends only when its holder has. */
#define LEASE_MS (60 * SECOND)
enum { FILE_BATCH = 200, GATEWAY_BATCH = 16, WHO_BYTES = 9, WHO_TEXT = 13 };

static char node_name[WHO_TEXT];
static pthread_once_t node_named = PTHREAD_ONCE_INIT;

static void name_node(void)
{
    random_token(WHO_BYTES, node_name);
}

int64_t outbox_pause(int64_t attempts)
{
    static const int64_t pauses[] = { 30 * SECOND, 120 * SECOND, 600 * SECOND, 3600 * SECOND,
                                      6 * 3600 * SECOND };
    enum { N = sizeof pauses / sizeof pauses[0] };
    return attempts >= 1 && attempts <= N ? pauses[attempts - 1] : 0;
}

/* A wanted channel and what carries it here: its gateway, or the file. */
struct way {
    struct sv wanted, used;
    void (*send)(const struct app *, struct outgoing *, size_t, int64_t, struct arena *);
    int64_t limit;
};

struct round {
    struct app *app;
    struct arena *arena;
    struct way way;
    struct lease lease;
    struct dispatch_row *rows;
    struct outgoing *out;
    size_t n;
    int64_t now;
};

static int any_tx(struct db_conn *c, void *ctx, struct err *e)
{
    const int64_t *now = ctx;
    return dispatch_any_due(c, *now, e);
}

static int claim_tx(struct db_conn *c, void *ctx, struct err *e)
{
    struct round *r = ctx;
    return dispatch_claim(c, r->way.wanted, &r->lease, r->way.limit, r->arena, &r->rows, &r->n, e);
}

static int note_tx(struct db_conn *c, void *ctx, struct err *e)
{
    struct round *r = ctx;
    int rc = 0;
    for (size_t i = 0; rc >= 0 && i < r->n; i++) {
        const struct outgoing *o = &r->out[i];
        int64_t pause = o->verdict == VERDICT_LATER ? outbox_pause(o->d->attempts) : 0;
        rc = o->verdict == VERDICT_SENT
                 ? dispatch_sent(c, o->d->id, r->way.used, r->now, e)
                 : dispatch_missed(c, o->d->id, r->lease.who, pause ? r->now + pause : 0, o->why,
                                   e);
    }
    return rc < 0 ? rc : 0;
}

/* A code that nobody can use any more is not sent: the first k of out are those still of use. */
static size_t set_expired_aside(struct round *r)
{
    size_t k = 0, end = r->n;
    for (size_t i = 0; i < r->n; i++) {
        const struct dispatch_row *d = &r->rows[i];
        if (d->expires_at == 0 || d->expires_at > r->now)
            r->out[k++] = (struct outgoing){ .d = d };
        else
            r->out[--end] = (struct outgoing){ d, VERDICT_NEVER, SV("已过有效期，没有发送") };
    }
    return k;
}

static void log_dead(const struct round *r)
{
    for (size_t i = 0; i < r->n; i++) {
        const struct outgoing *o = &r->out[i];
        if (o->verdict == VERDICT_NEVER ||
            (o->verdict == VERDICT_LATER && outbox_pause(o->d->attempts) == 0))
            LOG(LOG_WARN, "notice_failed", LOG_N("dispatch", o->d->id),
                LOG_T("channel", r->way.wanted), LOG_N("attempts", o->d->attempts),
                LOG_T("why", o->why));
    }
}

static int run_way(struct app *app, const struct way *way, int64_t now, struct err *e)
{
    struct round r = { .app = app, .arena = arena_new(), .way = *way, .now = now,
                       .lease = { sv_of(node_name), now, now + LEASE_MS } };
    int rc = db_write(app->db, claim_tx, &r, e);
    if (rc == 0 && r.n > 0) {
        r.out = arena_array(r.arena, r.n, sizeof *r.out);
        size_t k = set_expired_aside(&r);
        if (k > 0)
            way->send(app, r.out, k, now, r.arena);
        r.now = clock_now_ms();
        rc = db_write(app->db, note_tx, &r, e);
        log_dead(&r);
    }
    bool more = rc == 0 && r.n == (size_t)way->limit;
    arena_free(r.arena);
    return rc < 0 ? rc : more;
}

int outbox_run(struct app *app, int64_t now, struct err *e)
{
    struct way ways[] = {
        { SV("sms"), SV("sms"), channel_sms, GATEWAY_BATCH },
        { SV("email"), SV("email"), channel_email, GATEWAY_BATCH },
    };
    const bool gateway[] = { app->gateways.sms.url != NULL, app->gateways.email.url != NULL };
    int more = 0;
    pthread_once(&node_named, name_node);
    int rc = db_peek(app->db, any_tx, &now, e);
    for (size_t i = 0; rc == 1 && i < sizeof ways / sizeof ways[0]; i++) {
        if (!gateway[i])
            ways[i] = (struct way){ ways[i].wanted, SV("file"), channel_file, FILE_BATCH };
        int one = run_way(app, &ways[i], now, e);
        if (one < 0)
            return one;
        more |= one;
    }
    return rc < 0 ? rc : more;
}
