/* papers: the letters of a case as PDF. */
#include "service/papers.h"

#include "api/api.h"

/* A department gets the papers of its own items and the receipt, nothing else. */
static int open_for(struct request *rq, int64_t id, struct sv paper, struct bundle *b,
                    struct err *e)
{
    const struct actor *who = actor_of(rq);
    if (who->role != ROLE_REVIEWER)
        return bundle_open(app_of(rq), who, id, WITH_ALL, rq->arena, b, e);
    int rc = bundle_open_for_reviewer(app_of(rq), who, id, WITH_ALL, rq->arena, b, e);
    const struct item_row *item = rc == 0 ? paper_item(b, paper) : NULL;
    bool mine = item ? sv_eq(item->department, who->department) : sv_is(paper, "receipt");
    if (rc == 0 && !mine)
        rc = err_set(e, ERR_NOT_FOUND, "没有这份文书，或它属于其他部门");
    return rc;
}

int get_paper(struct request *rq, struct response *rs, struct err *e)
{
    struct bundle b = { 0 };
    struct buf pdf;
    struct sv paper = rq->params[1];
    int64_t id;
    if (paper.n > 4 && memcmp(paper.p + paper.n - 4, ".pdf", 4) == 0)
        paper.n -= 4;
    int rc = api_id(rq, 0, &id, e);
    if (rc == 0)
        rc = open_for(rq, id, paper, &b, e);
    buf_init(&pdf, (size_t)16 << 20);
    if (rc == 0)
        rc = paper_make(app_of(rq), &b, paper, rq->arena, DOC_PDF, &pdf, e);
    if (rc == 0) {
        rs->type = SV("application/pdf");
        rs->body = arena_sv(rq->arena, buf_sv(&pdf));
        response_header(rs, "Cache-Control", SV("private, no-store"));
        response_header(rs, "X-Content-Type-Options", SV("nosniff"));
        response_header(rs, "Content-Disposition", SV("inline"));
    }
    buf_done(&pdf);
    bundle_done(&b);
    return rc;
}
