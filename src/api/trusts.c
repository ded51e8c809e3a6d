/* trusts: what verifiers without a network carry: whom to trust, and what is no longer in force. */
#include "api/api.h"
#include "service/status.h"
#include "service/trust.h"
#include "sys/clock.h"

/* Verifiers of other cities read them from their own pages. */
static void public_headers(struct response *rs, struct sv cache)
{
    response_header(rs, "Cache-Control", cache);
    response_header(rs, "Access-Control-Allow-Origin", SV("*"));
    response_header(rs, "X-Content-Type-Options", SV("nosniff"));
}

int get_trust(struct request *rq, struct response *rs, struct err *e)
{
    json_t *doc;
    int rc = trust_publish(app_of(rq), clock_now_ms(), rq->arena, &doc, e);
    if (rc < 0)
        return rc;
    rs->type = SV("application/json; charset=utf-8");
    rs->body = json_dump(rq->arena, doc, true);
    json_decref(doc);
    public_headers(rs, SV("public, max-age=300"));
    return 0;
}

int get_status_list(struct request *rq, struct response *rs, struct err *e)
{
    int64_t list = -1;
    int64_t now = clock_now_ms();
    struct status_published p;
    sv_to_i64(rq->params[0], &list);
    int rc = status_publish(app_of(rq), list, now, rq->arena, &p, e);
    if (rc < 0)
        return rc;
    /* Proxies may keep it as long as it counts as new; Age tells how much of that is over. */
    public_headers(rs, SV("public, max-age=300, stale-if-error=86400"));
    response_header(rs, "ETag", p.etag);
    response_header(rs, "Age", arena_printf_sv(rq->arena, "%lld",
                                               (long long)(now - p.from_ms) / 1000));
    if (sv_eq(http_header(rq, "If-None-Match"), p.etag)) {
        rs->status = 304;
        return 0;
    }
    rs->type = SV("application/vc+json; charset=utf-8");
    rs->body = p.body;
    return 0;
}
