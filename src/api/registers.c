/* registers: the public register: search, one entry with its proof (docs/register.md). */
#include "api/api.h"
#include "base/utf8.h"
#include "service/register.h"
#include "service/register_proof.h"

static json_t *permits_json(const struct view *v, struct sv text)
{
    json_t *stored = json_parse(text, NULL);
    json_t *list = json_array();
    json_t *p;
    size_t i;
    json_array_foreach(stored, i, p) {
        int32_t until = date_from_number(json_i64(p, "until", 0));
        struct sv state = sv_of(licence_state(json_sv(p, "state").p, until, v->today));
        json_t *o = json_object();
        json_put_sv(o, "name", json_sv(p, "name"));
        json_put_sv(o, "number", json_sv(p, "number"));
        json_put_sv(o, "department", json_sv(p, "department"));
        put_date(o, "valid_from", date_from_number(json_i64(p, "from", 0)));
        put_date(o, "valid_until", until);
        json_put_sv(o, "state", state);
        json_put_sv(o, "state_text", sv_of(permit_state_text(permit_state_of(state))));
        json_push(list, o);
    }
    json_decref(stored);
    return list;
}

static json_t *entry_json(const struct view *v, const struct register_row *r)
{
    const struct region *region = catalog_region(v->app->catalog, r->region);
    const char *state = licence_state(r->state.p, r->expires_on, v->today);
    json_t *o = json_object();
    json_put_sv(o, "number", r->number);
    json_put_i64(o, "version", r->version);
    json_put_sv(o, "state", sv_of(state));
    json_put_sv(o, "state_text", sv_of(licence_state_text(state)));
    json_put_sv(o, "holder", r->holder);
    json_put_sv(o, "uscc", r->uscc);
    json_put_sv(o, "address", r->address);
    put_pair(o, "industry", r->industry, r->industry_name);
    put_pair(o, "region", r->region, region ? region->name : r->region);
    json_put_sv(o, "issuer", r->issuer);
    put_date(o, "first_issued_on", r->first_issued_on);
    put_date(o, "issued_on", r->issued_on);
    put_date(o, "expires_on", r->expires_on);
    put_date(o, "ended_on", r->ended_on);
    json_put_sv(o, "verify_path", arena_printf_sv(v->arena, "/v/%s", r->short_id.p));
    json_put(o, "permits", permits_json(v, r->permits));
    return o;
}

/* "how.id" of the page before. */
static bool read_cursor(struct sv text, struct register_ask *ask)
{
    int64_t how;
    if (!sv_to_i64(sv_cut(&text, '.'), &how) || how < REGISTER_NAME || how > REGISTER_ANYWHERE ||
        !sv_to_i64(text, &ask->before))
        return false;
    ask->how = (enum register_how)how;
    return true;
}

static int read_ask(struct request *rq, struct register_ask *ask, struct err *e)
{
    struct sv cursor = http_query(rq, "cursor"), limit = http_query(rq, "limit");
    *ask = (struct register_ask){
        .q = sv_trim(http_query(rq, "q")), .industry = http_query(rq, "industry"),
        .region = http_query(rq, "region"), .state = http_query(rq, "state"),
        .before = INT64_MAX, .limit = 20,
    };
    if (utf8_count(ask->q) > REGISTER_QUERY_MAX)
        err_problem(e, SV("/q"), "too_long", "最多输入%d个字", REGISTER_QUERY_MAX);
    if (ask->state.n && !sv_is(ask->state, "valid") && !sv_is(ask->state, "void"))
        err_problem(e, SV("/state"), "unknown", "状态应为 valid 或 void");
    if (cursor.n && !read_cursor(cursor, ask))
        err_problem(e, SV("/cursor"), "bad_cursor", "cursor 不正确，请从第一页开始");
    if (limit.n && (!sv_to_i64(limit, &ask->limit) || ask->limit < 1 || ask->limit > 100))
        err_problem(e, SV("/limit"), "out_of_range", "limit 应在1到100之间");
    return e->code;
}

int search_register(struct request *rq, struct response *rs, struct err *e)
{
    struct register_ask ask;
    struct register_page page;
    struct view v = api_view(rq);
    int rc = read_ask(rq, &ask, e);
    if (rc == 0)
        rc = register_search(app_of(rq), &ask, rq->arena, &page, e);
    if (rc != 0)
        return rc;
    json_t *o = json_object();
    json_t *list = json_array();
    for (size_t i = 0; i < page.n; i++) {
        json_t *x = entry_json(&v, &page.items[i].row);
        json_put_sv(x, "match", sv_of(register_how_key(page.items[i].how)));
        json_push(list, x);
    }
    json_put(o, "items", list);
    json_put(o, "next_cursor", json_null());
    if (page.more)
        json_put_sv(o, "next_cursor", arena_printf_sv(rq->arena, "%d.%lld", (int)page.how,
                                                      (long long)page.before));
    json_put_bool(o, "narrow", page.narrow);
    return api_json_shared(rq, rs, REGISTER_SECONDS, o);
}

int get_register_entry(struct request *rq, struct response *rs, struct err *e)
{
    struct register_row row;
    struct view v = api_view(rq);
    int rc = register_open(app_of(rq), rq->params[0], rq->arena, &row, e);
    if (rc == 0)
        return err_set(e, ERR_NOT_FOUND, "公示登记中没有这个证号");
    json_t *proof = rc == 1 ? proof_of_entry(app_of(rq), row.ledger_seq, 0, e) : NULL;
    if (!proof)
        return e->code;
    json_t *o = entry_json(&v, &row);
    json_put(o, "proof", proof);
    return api_json(rq, rs, 200, o);
}
