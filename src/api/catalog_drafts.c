/* catalog_drafts: drafts of the catalogue: making, changing, reviewing, previewing, rehearsing. */
#include "api/catalog.h"

#include "service/desk.h"

#define N(table) table, sizeof table / sizeof table[0]
#define XLSX_TYPE "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"

struct drafts { struct arena *arena; int64_t cursor, limit; struct catalog_draft_row *list;
                size_t n; };

static int drafts_tx(struct db_conn *c, void *ctx, struct err *e)
{
    struct drafts *d = ctx;
    return catalog_draft_list(c, d->cursor, d->limit + 1, d->arena, &d->list, &d->n, e);
}

int list_drafts(struct request *rq, struct response *rs, struct err *e)
{
    struct drafts d = { .arena = rq->arena };
    int rc = api_page(rq, INT64_MAX, &d.cursor, &d.limit, e);
    if (rc == 0)
        rc = db_peek(app_of(rq)->db, drafts_tx, &d, e);
    if (rc != 0)
        return rc;
    json_t *o = json_object(), *items = json_array();
    bool more = d.n > (size_t)d.limit;
    size_t n = more ? (size_t)d.limit : d.n;
    for (size_t i = 0; i < n; i++)
        json_push(items, json_draft(&d.list[i]));
    json_put(o, "items", items);
    if (more)
        put_id(o, "next_cursor", d.list[n - 1].id);
    else
        json_put(o, "next_cursor", json_null());
    return api_json(rq, rs, 200, o);
}

static int answer_draft(struct request *rq, struct response *rs, int status, int64_t id,
                        struct err *e)
{
    struct catalog_draft_row row;
    struct office_review r = { 0 };
    struct view v = api_view(rq);
    int rc = office_find(app_of(rq), id, rq->arena, &row, e);
    if (rc == 0)
        rc = office_review(app_of(rq), &row, actor_of(rq), rq->arena, &r, e);
    if (rc == 0) {
        api_etag(rq, rs, row.version);
        rc = api_json(rq, rs, status, json_draft_detail(&v, &row, &r));
    }
    office_review_done(&r);
    return rc;
}

struct create_in { struct sv title, from; };
static const struct json_field CREATE[] = {
    { "title", "说明", JSON_K_TEXT, true, offsetof(struct create_in, title), 1, 60 },
    { "from", "底稿版本", JSON_K_TEXT, false, offsetof(struct create_in, from), 0, 80 },
};

int create_draft(struct request *rq, struct response *rs, struct err *e)
{
    struct create_in in = { 0 };
    struct command cmd;
    int64_t id = 0;
    json_t *body = api_body(rq, e);
    int rc = body ? json_decode(body, N(CREATE), &in, e) : e->code;
    if (rc == 0)
        rc = api_command(rq, &cmd, e);
    if (rc == 0)
        rc = office_create(app_of(rq), &cmd, in.title, in.from, &id, e);
    json_decref(body);
    if (rc != 0)
        return rc;
    response_header(rs, "Location", arena_printf_sv(rq->arena, "/api/v1/catalog/drafts/%lld",
                                                    (long long)id));
    return answer_draft(rq, rs, 201, id, e);
}

int get_draft(struct request *rq, struct response *rs, struct err *e)
{
    int64_t id;
    int rc = api_id(rq, 0, &id, e);
    return rc == 0 ? answer_draft(rq, rs, 200, id, e) : rc;
}

int get_draft_body(struct request *rq, struct response *rs, struct err *e)
{
    struct catalog_draft_row row;
    int64_t id;
    int rc = api_id(rq, 0, &id, e);
    if (rc == 0)
        rc = office_find(app_of(rq), id, rq->arena, &row, e);
    json_t *doc = rc == 0 ? json_parse(row.body, e) : NULL;
    if (!doc)
        return rc ? rc : e->code;
    api_etag(rq, rs, row.version);
    return answer_document(rq, rs, json_sv(doc, "version"), doc, e);
}

/* ---- changing ---- */

/* A file from outside must be sound; the editor goes step by step and may pass through what is
 * not. */
int replace_draft(struct request *rq, struct response *rs, struct err *e)
{
    struct command cmd;
    int64_t id;
    struct sv type = http_header(rq, "Content-Type");
    bool xlsx = sv_starts(type, SV(XLSX_TYPE));
    int rc = api_id(rq, 0, &id, e);
    if (rc == 0 && !xlsx && !sv_starts(type, SV("application/json")))
        rc = err_set(e, ERR_MEDIA_TYPE, "请上传 JSON 或 Excel（.xlsx）文件");
    if (rc == 0)
        rc = api_command(rq, &cmd, e);
    json_t *doc = rc == 0 ? office_read_file(rq->body, xlsx, rq->arena, e) : NULL;
    if (rc == 0)
        rc = doc ? office_replace(app_of(rq), &cmd, id, doc, e) : e->code;
    json_decref(doc);
    return rc == 0 ? answer_draft(rq, rs, 200, id, e) : rc;
}

struct patch_in { json_t *ops; };
static const struct json_field PATCH[] = {
    { "ops", "操作", JSON_K_ARRAY, true, offsetof(struct patch_in, ops), 0, 0 },
};

int patch_draft(struct request *rq, struct response *rs, struct err *e)
{
    struct patch_in in = { 0 };
    struct command cmd;
    int64_t id;
    json_t *body = api_body(rq, e);
    int rc = body ? json_decode(body, N(PATCH), &in, e) : e->code;
    if (rc == 0)
        rc = api_id(rq, 0, &id, e);
    if (rc == 0)
        rc = api_command(rq, &cmd, e);
    if (rc == 0)
        rc = office_patch(app_of(rq), &cmd, id, in.ops, e);
    json_decref(body);
    return rc == 0 ? answer_draft(rq, rs, 200, id, e) : rc;
}

/* ---- acts ---- */

struct act_in { struct sv reason, key, batch, on; };
static const struct json_field ACT[] = {
    { "reason", "理由", JSON_K_TEXT, false, offsetof(struct act_in, reason), 0, 500 },
    { "key", "矛盾", JSON_K_TEXT, false, offsetof(struct act_in, key), 0, 2000 },
    { "batch", "批次", JSON_K_TEXT, false, offsetof(struct act_in, batch), 0, 40 },
    { "on", "公布日期", JSON_K_TEXT, false, offsetof(struct act_in, on), 0, 10 },
};

static bool act_named(struct sv name, enum act *out)
{
    static const struct { const char *name; enum act act; } ACTS_OF[] = {
        { "explain", ACT_EXPLAIN_CATALOG }, { "rebase", ACT_REBASE_CATALOG },
        { "submit", ACT_SUBMIT_CATALOG },
        { "return", ACT_RETURN_CATALOG }, { "approve", ACT_APPROVE_CATALOG },
        { "publish", ACT_PUBLISH_CATALOG }, { "abandon", ACT_ABANDON_CATALOG },
    };
    for (size_t i = 0; i < sizeof ACTS_OF / sizeof ACTS_OF[0]; i++)
        if (sv_is(name, ACTS_OF[i].name)) {
            *out = ACTS_OF[i].act;
            return true;
        }
    return false;
}

int act_on_draft(struct request *rq, struct response *rs, struct err *e)
{
    struct act_in in = { 0 };
    struct office_input input = { .on = DATE_NONE };
    struct command cmd;
    enum act act = ACT_EXPLAIN_CATALOG;
    int64_t id;
    json_t *body = api_body(rq, e);
    int rc = body ? json_decode(body, N(ACT), &in, e) : e->code;
    if (rc == 0) {
        api_date(in.on, "/on", &input.on, e);
        rc = e->code;
    }
    if (rc == 0)
        rc = api_id(rq, 0, &id, e);
    if (rc == 0 && !act_named(rq->params[1], &act))
        rc = err_set(e, ERR_NOT_FOUND, "没有这种操作");
    if (rc == 0)
        rc = api_command(rq, &cmd, e);
    input.reason = in.reason;
    input.key = in.key;
    input.batch = in.batch;
    if (rc == 0)
        rc = office_act(app_of(rq), &cmd, id, act, &input, e);
    json_decref(body);
    return rc == 0 ? answer_draft(rq, rs, 200, id, e) : rc;
}

/* ---- looking ahead ---- */

struct preview_in { struct sv industry, region; json_t *answers; };
static const struct json_field PREVIEW[] = {
    { "industry", "行业", JSON_K_TEXT, true, offsetof(struct preview_in, industry), 1, 40 },
    { "region", "区域", JSON_K_TEXT, true, offsetof(struct preview_in, region), 1, 12 },
    { "answers", "回答", JSON_K_OBJECT, true, offsetof(struct preview_in, answers), 0, 0 },
};

static json_t *preview(const struct catalog *c, const struct preview_in *in, struct request *rq,
                       struct err *e)
{
    struct guide_result g = { 0 };
    json_t *o = NULL;
    const struct industry *ind = catalog_industry(c, in->industry);
    if (!ind)
        err_problem(e, SV("/industry"), "unknown_industry", "草稿里没有这个行业");
    if (!catalog_region(c, in->region))
        err_problem(e, SV("/region"), "unknown_region", "草稿里没有这个行政区划");
    if (e->code == 0 && guide_run(c, ind, in->answers, NULL, rq->arena, &g, e) == 0) {
        o = json_notice_result(c, &g, in->region, rq->arena);
        json_t *industry = json_industry(c, ind, api_view(rq).today, rq->arena);
        json_put(industry, "questions", json_questions(c, ind->code));
        json_t *notes = json_array();
        for (size_t i = 0; i < ind->n_notes; i++)
            json_push_sv(notes, ind->notes[i]);
        json_put(industry, "notes", notes);
        json_put(o, "industry", industry);
    }
    json_decref(g.prefill);
    return o;
}

int preview_draft(struct request *rq, struct response *rs, struct err *e)
{
    struct preview_in in = { 0 };
    const struct catalog *c = NULL;
    json_t *o = NULL;
    int64_t id;
    json_t *body = api_body(rq, e);
    int rc = body ? json_decode(body, N(PREVIEW), &in, e) : e->code;
    if (rc == 0)
        rc = api_id(rq, 0, &id, e);
    if (rc == 0)
        c = office_catalog(app_of(rq), id, e);
    if (c)
        o = preview(c, &in, rq, e);
    rc = o ? api_json(rq, rs, 200, o) : rc ? rc : e->code;
    desk_give(app_of(rq)->desk, c);
    json_decref(body);
    return rc;
}

int rehearse_draft(struct request *rq, struct response *rs, struct err *e)
{
    struct rehearsal r = { 0 };
    int64_t id, cursor, limit;
    const struct catalog *c = NULL;
    int rc = api_id(rq, 0, &id, e);
    if (rc == 0)
        rc = api_page(rq, INT64_MAX, &cursor, &limit, e);
    if (rc == 0)
        c = office_catalog(app_of(rq), id, e);
    if (rc == 0)
        rc = c ? office_rehearse(app_of(rq), c, http_query(rq, "industry"), cursor, limit,
                                 rq->arena, &r, e) : e->code;
    if (rc == 0)
        rc = api_json(rq, rs, 200, json_rehearsal(&r));
    desk_give(app_of(rq)->desk, c);
    return rc;
}
