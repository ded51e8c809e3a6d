/* licences: status, lists, the QR code; papers are in licence_papers.c. */
#include "api/api.h"
#include "doc/doc.h"
#include "domain/licence/payload.h"
#include "service/licence.h"
#include "service/permits.h"
#include "sys/clock.h"

const char *licence_state(const char *stored, int32_t expires_on, int32_t today)
{
    if (strcmp(stored, "valid") == 0 && expires_on != DATE_NONE && today > expires_on)
        return "expired";
    return stored;
}

const char *licence_state_text(const char *state)
{
    static const struct { const char *key, *text; } names[] = {
        { "valid", "有效" }, { "expired", "已过期" }, { "superseded", "已被新版本替代" },
        { "void", "已失效" },
    };
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        if (strcmp(state, names[i].key) == 0)
            return names[i].text;
    return state;
}

struct status_ctx { struct sv number; struct licence_status status; };

static int status_tx(struct db_conn *c, void *ctx, struct err *e)
{
    struct status_ctx *x = ctx;
    return licence_status_find(c, x->number, &x->status, e);
}

/* The hottest read of all: one indexed row, no JSON tree. */
int get_licence_status(struct request *rq, struct response *rs, struct err *e)
{
    struct status_ctx x = { .number = rq->params[0] };
    char until[11];
    char at[32];
    int64_t now = clock_now_ms();
    int rc = db_peek(app_of(rq)->db, status_tx, &x, e);
    if (rc == 0)
        return err_set(e, ERR_NOT_FOUND, "没有这个证号");
    if (rc < 0)
        return rc;
    const char *state = licence_state(x.status.state, x.status.expires_on, date_of_ms(now));
    date_format(x.status.expires_on, until);
    const char *quote = until[0] ? "\"" : "";
    rs->type = SV("application/json; charset=utf-8");
    response_header(rs, "Cache-Control", SV("no-store"));
    rs->body = arena_printf_sv(
        rq->arena,
        "{\"number\":\"%.*s\",\"state\":\"%s\",\"state_text\":\"%s\",\"version\":%lld,"
        "\"permits_valid\":%lld,\"expires_on\":%s%s%s,\"as_of\":\"%s\"}",
        (int)rq->params[0].n, rq->params[0].p, state, licence_state_text(state),
        (long long)x.status.version, (long long)x.status.permits_valid, quote,
        until[0] ? until : "null", quote, time_format(now, at));
    return 0;
}

static json_t *permits_json(const struct permit_row *p, size_t n, int32_t today)
{
    json_t *list = json_array();
    for (size_t i = 0; i < n; i++) {
        const char *state = licence_state(p[i].state.p, p[i].valid_until, today);
        json_t *o = json_object();
        put_id(o, "id", p[i].id);
        json_put_sv(o, "code", p[i].permit_type);
        json_put_sv(o, "name", p[i].name);
        json_put_sv(o, "number", p[i].number);
        json_put_sv(o, "department", p[i].department_name);
        put_date(o, "granted_on", p[i].granted_on);
        put_date(o, "valid_from", p[i].valid_from);
        put_date(o, "valid_until", p[i].valid_until);
        put_date(o, "renew_by", permit_renew_by(&p[i]));
        json_put_sv(o, "state", sv_of(state));
        json_put_sv(o, "state_text", sv_of(permit_state_text(permit_state_of(sv_of(state)))));
        json_push(list, o);
    }
    return list;
}

json_t *json_licence(const struct view *v, const struct licence_row *l,
                     const struct permit_row *permits, size_t n)
{
    const struct catalog *c = v->app->catalog;
    const struct industry *ind = catalog_industry(c, l->industry);
    const struct region *r = catalog_region(c, l->region);
    const char *state = licence_state(l->state.p, l->expires_on, v->today);
    json_t *o = json_object();
    json_put_sv(o, "number", l->number);
    json_put_i64(o, "version", l->version);
    json_put_sv(o, "state", sv_of(state));
    json_put_sv(o, "state_text", sv_of(licence_state_text(state)));
    json_put_sv(o, "holder", l->holder);
    json_put_sv(o, "uscc", l->uscc);
    json_put_sv(o, "person", l->person);
    json_put_sv(o, "address", l->address);
    put_pair(o, "industry", l->industry, ind ? ind->name : l->industry);
    put_pair(o, "region", l->region, r ? r->name : l->region);
    json_put_sv(o, "issuer", l->issuer);
    put_date(o, "issued_on", l->issued_on);
    put_date(o, "expires_on", l->expires_on);
    json_put_sv(o, "short_id", l->short_id);
    json_put_sv(o, "verify_url", licence_verify_url(v->app, l, v->arena));
    json_put_sv(o, "qr_text", licence_qr_text(v->app, l, v->arena));
    put_id(o, "case_id", l->case_id);
    json_put_sv(o, "ended_note", l->ended_note);
    json_put_i64(o, "ledger_seq", l->ledger_seq);
    json_put(o, "permits", permits_json(permits, n, v->today));
    return o;
}

static int open_visible(struct request *rq, struct licence_view *out, struct err *e)
{
    return licence_open_for(app_of(rq), actor_of(rq), rq->params[0], rq->arena, out, e);
}

int get_licence(struct request *rq, struct response *rs, struct err *e)
{
    struct licence_view l;
    struct view v = api_view(rq);
    int rc = open_visible(rq, &l, e);
    if (rc != 0)
        return rc;
    json_t *o = json_licence(&v, &l.row, l.permits, l.n_permits);
    json_put(o, "papers", json_licence_papers(&l, rq->arena));
    return api_json(rq, rs, 200, o);
}

struct list_ctx { struct request *rq; struct licence_filter f; struct licence_row *rows; size_t n;
                  json_t *items; };

static int list_tx(struct db_conn *c, void *ctx, struct err *e)
{
    struct list_ctx *x = ctx;
    struct view v = api_view(x->rq);
    int rc = licence_list(c, &x->f, x->rq->arena, &x->rows, &x->n, e);
    for (size_t i = 0; rc == 0 && i < x->n; i++) {
        struct permit_row *permits;
        size_t n;
        rc = permit_list_licence(c, x->rows[i].number, x->rq->arena, &permits, &n, e);
        if (rc == 0)
            json_push(x->items, json_licence(&v, &x->rows[i], permits, n));
    }
    return rc;
}

/* "issued_at.number" of the last row. */
static bool read_cursor(struct sv text, struct licence_filter *f)
{
    if (!sv_to_i64(sv_cut(&text, '.'), &f->before_issued))
        return false;
    f->before_number = text;
    return true;
}

int list_licences(struct request *rq, struct response *rs, struct err *e)
{
    const struct actor *who = actor_of(rq);
    struct list_ctx x = { .rq = rq };
    struct sv cursor = http_query(rq, "cursor");
    x.f = (struct licence_filter){ .before_issued = INT64_MAX, .q = api_like(rq) };
    if (who->role == ROLE_APPLICANT)
        x.f.applicant_id = who->id;
    else if (who->role == ROLE_REVIEWER)
        x.f.department = who->department.n ? who->department : SV("-");
    else if (who->role == ROLE_CLERK)
        x.f.hall = who->hall.n ? who->hall : SV("-");
    else
        x.f.region = api_region(rq);
    if (cursor.n && !read_cursor(cursor, &x.f))
        err_problem(e, SV("/cursor"), "bad_cursor", "cursor 不正确，请从第一页开始");
    struct sv limit = http_query(rq, "limit");
    x.f.limit = 20;
    if (limit.n && (!sv_to_i64(limit, &x.f.limit) || x.f.limit < 1 || x.f.limit > 100))
        err_problem(e, SV("/limit"), "out_of_range", "limit 应在1到100之间");
    if (e->code != 0)
        return e->code;
    x.items = json_array();
    int rc = db_read(app_of(rq)->db, list_tx, &x, e);
    if (rc != 0) {
        json_decref(x.items);
        return rc;
    }
    json_t *o = json_object();
    json_put(o, "items", x.items);
    json_put(o, "next_cursor", json_null());
    if ((int64_t)x.n == x.f.limit)
        json_put_sv(o, "next_cursor",
                    arena_printf_sv(rq->arena, "%lld.%s", (long long)x.rows[x.n - 1].issued_at,
                                    x.rows[x.n - 1].number.p));
    return api_json(rq, rs, 200, o);
}

/* ---- QR ---- */

int get_licence_qr(struct request *rq, struct response *rs, struct err *e)
{
    struct licence_view l;
    struct buf svg;
    int rc = open_visible(rq, &l, e);
    if (rc != 0)
        return rc;
    buf_init(&svg, (size_t)4 << 20);
    rc = doc_qr_svg(licence_qr_text(app_of(rq), &l.row, rq->arena), 'M', &svg, e);
    if (rc == 0)
        rc = put_bytes(rq, rs, &svg, "image/svg+xml", NULL);
    buf_done(&svg);
    return rc;
}
