/* papers: the letters of a case as PDF. */
#include "api/api.h"
#include "service/papers.h"

/* Applicant, window and bureau get all papers of a case they see; a department those of its own
 * items, and of a correction only what it asked for itself (P6). */
static int open_for(struct request *rq, int64_t id, struct sv code, struct bundle *b,
                    struct paper *paper, struct err *e)
{
    const struct actor *who = actor_of(rq);
    bool reviewer = who->role == ROLE_REVIEWER;
    int rc = (reviewer ? bundle_open_for_reviewer : bundle_open)(app_of(rq), who, id, WITH_ALL,
                                                                 rq->arena, b, e);
    if (rc != 0)
        return rc;
    if (!papers_find(b, code, rq->arena, paper))
        return err_set(e, ERR_NOT_FOUND, "还没有这份文书");
    bool mine = !reviewer;
    for (size_t i = 0; !mine && i < b->n_items; i++)
        mine = sv_eq(b->items[i].department, who->department) &&
               paper_concerns(b, paper, &b->items[i]);
    return mine ? 0 : err_set(e, ERR_NOT_FOUND, "没有这份文书，或它属于其他部门");
}

int get_paper(struct request *rq, struct response *rs, struct err *e)
{
    const struct actor *who = actor_of(rq);
    struct bundle b = { 0 };
    struct paper paper;
    struct buf pdf;
    struct sv code = rq->params[1];
    int64_t id;
    if (code.n > 4 && memcmp(code.p + code.n - 4, ".pdf", 4) == 0)
        code.n -= 4;
    int rc = api_id(rq, 0, &id, e);
    if (rc == 0)
        rc = open_for(rq, id, code, &b, &paper, e);
    buf_init(&pdf, (size_t)16 << 20);
    if (rc == 0)
        rc = paper_make(app_of(rq), &b, &paper,
                        who->role == ROLE_REVIEWER ? who->department : SV(""), rq->arena, DOC_PDF,
                        &pdf, e);
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

json_t *json_papers(const struct view *v, const struct bundle *b, const struct item_row *only)
{
    json_t *list = json_array();
    struct paper *papers;
    size_t n;
    papers_list(b, v->arena, &papers, &n);
    for (size_t k = 0; k < n; k++) {
        const struct paper *p = &papers[k];
        bool same_day = date_of_ms(p->moment) == p->date; /* not for what took effect earlier */
        if (only && !paper_concerns(b, p, only))
            continue;
        json_t *o = json_object();
        json_put_sv(o, "paper", p->code);
        json_put_sv(o, "title", p->label);
        json_put_sv(o, "number", p->number);
        put_date(o, "date", p->date);
        put_time(o, "at", same_day ? p->moment : date_start_ms(p->date));
        if (p->item_id)
            put_id(o, "item_id", p->item_id);
        else
            json_put(o, "item_id", json_null());
        json_push(list, o);
    }
    return list;
}
