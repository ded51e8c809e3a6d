/* handouts: flow chart and papers of an industry for anybody (R2.3, R2.4).
 *
 * What stands in them depends on the catalogue, the program, the public address and the query alone;
 * these make the ETag, so a copy is asked for again but not made again.
 */
#include "api/api.h"
#include "service/handouts.h"
#include "service/template_paper.h"

static int find_handout(struct request *rq, struct handout *h, struct err *e)
{
    struct app *app = app_of(rq);
    struct sv region = http_query(rq, "region");
    *h = (struct handout){ .catalog = app->catalog, .base_url = app->public_url,
                           .arena = rq->arena,
                           .industry = catalog_industry(app->catalog, rq->params[0]) };
    if (!h->industry)
        return err_set(e, ERR_NOT_FOUND, "目录中没有这个行业");
    h->region = region.n || app->catalog->n_regions == 0 ? region : app->catalog->regions[0].code;
    if (!catalog_region(app->catalog, h->region)) {
        err_problem(e, SV("/region"), "unknown_region", "没有这个行政区划");
        return ERR_INVALID;
    }
    return 0;
}

/* I01-Q1=A&I01-Q6=B,C as the guide's address has them; NULL without any. New reference. */
static json_t *answers_of(struct request *rq, const struct industry *ind)
{
    json_t *answers = json_object();
    for (size_t i = 0; i < ind->n_questions; i++) {
        struct sv given = http_query(rq, ind->questions[i].code.p);
        json_t *list = given.n ? json_array() : NULL;
        while (given.n)
            json_push_sv(list, sv_cut(&given, ','));
        if (list)
            json_put(answers, ind->questions[i].code.p, list);
    }
    if (json_object_size(answers))
        return answers;
    json_decref(answers);
    return NULL;
}

/* Of everything the bytes depend on. */
static struct sv etag_of(struct request *rq, const struct handout *h, enum handout_kind kind)
{
    struct sm3_hash hash;
    char hex[65];
    char *text = h->answers ? json_dumps(h->answers, JSON_COMPACT | JSON_SORT_KEYS) : NULL;
    struct sv all = arena_printf_sv(rq->arena, "%s|%.*s|%.*s|%s|%.*s|%.*s|%s", YZ_VERSION,
                                    (int)h->catalog->version.n, h->catalog->version.p,
                                    (int)h->catalog->digest.n, h->catalog->digest.p,
                                    handout_file(kind), (int)h->base_url.n, h->base_url.p,
                                    (int)h->region.n, h->region.p, text ? text : "");
    free(text);
    sm3(arena_printf_sv(rq->arena, "%s|%s", all.p, h->industry->code.p), &hash);
    sm3_hex(&hash, hex);
    return arena_printf_sv(rq->arena, "\"%.32s\"", hex);
}

static int answer(struct request *rq, struct response *rs, struct handout *h,
                  enum handout_kind kind, const char *type, struct err *e)
{
    struct sv etag = etag_of(rq, h, kind);
    struct buf out;
    response_header(rs, "ETag", etag);
    response_header(rs, "Cache-Control", SV("public, max-age=300"));
    response_header(rs, "X-Content-Type-Options", SV("nosniff"));
    if (sv_eq(http_header(rq, "If-None-Match"), etag)) {
        rs->status = 304;
        return 0;
    }
    buf_init(&out, (size_t)32 << 20);
    int rc = handout_make(h, kind, DOC_PDF, &out, e);
    if (rc == 0) {
        rs->type = sv_of(type);
        rs->body = arena_sv(rq->arena, buf_sv(&out));
        response_header(rs, "Content-Disposition",
                        arena_printf_sv(rq->arena, "inline; filename=\"%s-%s\"",
                                        h->industry->code.p, handout_file(kind)));
    }
    buf_done(&out);
    return rc;
}

/* template.pdf or sample.pdf of a material. */
int get_material_paper(struct request *rq, struct response *rs, struct err *e)
{
    const struct catalog *c = app_of(rq)->catalog;
    const struct material *m = catalog_material(c, rq->params[0]);
    bool filled = sv_is(rq->params[1], "sample.pdf");
    struct buf out;
    if (!m || (!filled && !sv_is(rq->params[1], "template.pdf")))
        return err_set(e, ERR_NOT_FOUND, "没有这份模板或样例");
    buf_init(&out, (size_t)8 << 20);
    int rc = template_paper(m, filled, DOC_PDF, rq->arena, &out, e);
    if (rc == 0) {
        rs->type = SV("application/pdf");
        rs->body = arena_sv(rq->arena, buf_sv(&out));
        response_header(rs, "Cache-Control", SV("public, max-age=300"));
        response_header(rs, "X-Content-Type-Options", SV("nosniff"));
        response_header(rs, "Content-Disposition",
                        arena_printf_sv(rq->arena, "inline; filename=\"%s-%s\"", m->code.p,
                                        filled ? "sample.pdf" : "template.pdf"));
    }
    buf_done(&out);
    return rc;
}

int get_industry_flow(struct request *rq, struct response *rs, struct err *e)
{
    struct handout h;
    struct sv layout = http_query(rq, "layout");
    bool narrow = sv_is(layout, "narrow");
    int rc = find_handout(rq, &h, e);
    if (rc == 0 && layout.n && !narrow && !sv_is(layout, "wide")) {
        err_problem(e, SV("/layout"), "unknown_layout", "版式只能是 wide（宽）或 narrow（窄）");
        rc = ERR_INVALID;
    }
    if (rc != 0)
        return rc;
    json_t *answers = answers_of(rq, h.industry);
    h.answers = answers;
    rc = answer(rq, rs, &h, narrow ? HANDOUT_FLOW_NARROW : HANDOUT_FLOW_WIDE, "image/svg+xml", e);
    json_decref(answers);
    return rc;
}

int get_industry_paper(struct request *rq, struct response *rs, struct err *e)
{
    static const enum handout_kind kinds[] = { HANDOUT_NOTICE, HANDOUT_SPECIFICATION,
                                               HANDOUT_POSTER };
    struct handout h;
    int rc = find_handout(rq, &h, e);
    if (rc != 0)
        return rc;
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
        if (!sv_is(rq->params[1], handout_file(kinds[i])))
            continue;
        json_t *answers = kinds[i] == HANDOUT_NOTICE ? answers_of(rq, h.industry) : NULL;
        h.answers = answers;
        rc = answer(rq, rs, &h, kinds[i], "application/pdf", e);
        json_decref(answers);
        return rc;
    }
    return err_set(e, ERR_NOT_FOUND, "只有一次告知书、工作规范和窗口海报");
}
