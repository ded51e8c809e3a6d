/* licence_papers: the files of a licence: PDF, OFD, the card, each permit's certificate. */
#include "api/api.h"
#include "service/elicence.h"

enum { PAPER_CAP = 32 * 1024 * 1024 };

int put_bytes(struct request *rq, struct response *rs, const struct buf *b, const char *type,
              const char *disposition)
{
    rs->type = sv_of(type);
    rs->body = arena_sv(rq->arena, buf_sv(b));
    response_header(rs, "Cache-Control", SV("private, no-store"));
    response_header(rs, "X-Content-Type-Options", SV("nosniff"));
    if (disposition)
        response_header(rs, "Content-Disposition", sv_of(disposition));
    return 0;
}

json_t *json_licence_papers(const struct licence_view *l, struct arena *a)
{
    struct elicence_paper *papers;
    size_t n;
    json_t *list = json_array();
    elicence_papers(l, a, &papers, &n);
    for (size_t i = 0; i < n; i++) {
        json_t *o = json_object();
        json_put_sv(o, "paper", papers[i].name);
        json_put_sv(o, "title", papers[i].title);
        json_put_sv(o, "type", sv_of(papers[i].type));
        json_push(list, o);
    }
    return list;
}

/* Browsers have no reader of OFD: that is saved, the others are shown. */
static int answer(struct request *rq, struct response *rs, struct sv name, struct err *e)
{
    struct licence_view l;
    struct buf file;
    const char *type = NULL;
    int rc = licence_open_for(app_of(rq), actor_of(rq), rq->params[0], rq->arena, &l, e);
    if (rc != 0)
        return rc;
    buf_init(&file, PAPER_CAP);
    rc = elicence_make(app_of(rq), &l, name, caller_of(rq)->now, rq->arena, &file, &type, e);
    if (rc == 0)
        rc = put_bytes(rq, rs, &file, type,
                       arena_printf(rq->arena, "%s; filename=\"%s-%.*s\"",
                                    strcmp(type, "application/ofd") == 0 ? "attachment" : "inline",
                                    l.row.number.p, (int)name.n, name.p));
    buf_done(&file);
    return rc;
}

int get_licence_paper(struct request *rq, struct response *rs, struct err *e)
{
    return answer(rq, rs, rq->params[1], e);
}

int get_licence_document(struct request *rq, struct response *rs, struct err *e)
{
    return answer(rq, rs, SV("licence.pdf"), e);
}
