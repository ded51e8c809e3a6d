/* permits: what became of permits, departments' own acts on them, versions of a licence, and cases about a
 * licence. */
#include "api/api.h"
#include "service/about.h"
#include "service/licence.h"
#include "service/papers.h"
#include "service/permits.h"

/* ---- permits ---- */

static void put_ref(json_t *o, const char *key, int64_t id)
{
    if (id)
        put_id(o, key, id);
    else
        json_put(o, key, json_null());
}

/* granted_in: the case that led to its permit. */
static json_t *event_json(const struct permit_event_row *v, int64_t granted_in)
{
    char at[32];
    json_t *o = json_object();
    json_put_sv(o, "act", sv_of(act_key(v->act)));
    json_put_sv(o, "act_text", sv_of(act_text(v->act)));
    put_date(o, "effective_on", v->effective_on);
    json_put_sv(o, "recorded_at", sv_of(time_format(v->at, at)));
    json_put_sv(o, "document", v->document);
    json_put_sv(o, "reason", v->reason);
    json_put_sv(o, "basis", v->basis);
    json_put_sv(o, "number", v->number);
    put_date(o, "valid_from", v->valid_from);
    put_date(o, "valid_until", v->valid_until);
    json_put_sv(o, "holder", v->holder);
    json_put_sv(o, "person", v->person);
    json_put_sv(o, "address", v->address);
    put_ref(o, "case_id", v->case_id);
    json_put_bool(o, "by_clock", v->actor_id == 0);
    if (paper_of_event(v)) {
        char code[40];
        json_t *paper = json_object();
        snprintf(code, sizeof code, "permit-%lld", (long long)v->id);
        put_id(paper, "case_id", granted_in);
        json_put_sv(paper, "paper", sv_of(code));
        json_put(o, "paper", paper);
    } else {
        json_put(o, "paper", json_null());
    }
    json_put_i64(o, "ledger_seq", v->ledger_seq);
    return o;
}

static json_t *permit_json(const struct permit_row *p)
{
    json_t *o = json_object();
    put_id(o, "id", p->id);
    json_put_i64(o, "version", p->version);
    json_put_sv(o, "code", p->permit_type);
    json_put_sv(o, "name", p->name);
    json_put_sv(o, "number", p->number);
    put_pair(o, "department", p->department, p->department_name);
    json_put_sv(o, "state", p->state);
    json_put_sv(o, "state_text", sv_of(permit_state_text(permit_state_of(p->state))));
    json_put_sv(o, "holder", p->holder);
    json_put_sv(o, "person", p->person);
    json_put_sv(o, "address", p->address);
    json_put_sv(o, "uscc", p->uscc);
    put_date(o, "granted_on", p->granted_on);
    put_date(o, "valid_from", p->valid_from);
    put_date(o, "valid_until", p->valid_until);
    put_date(o, "renew_by", permit_renew_by(p));
    json_put_sv(o, "licence", p->licence_number);
    return o;
}

static int answer_permit(struct request *rq, struct response *rs, int64_t id, struct err *e)
{
    struct permit_view v;
    int rc = permit_open_for(app_of(rq), actor_of(rq), id, rq->arena, &v, e);
    if (rc != 0)
        return rc;
    json_t *o = permit_json(&v.row);
    json_t *events = json_array();
    json_t *open = json_array();
    json_t *allowed = json_array();
    for (size_t i = 0; i < v.n_events; i++)
        json_push(events, event_json(&v.events[i], v.row.case_id));
    for (size_t i = 0; i < v.n_open; i++) {
        json_t *one = json_object();
        put_id(one, "item_id", v.open[i].id);
        put_id(one, "case_id", v.open[i].case_id);
        json_push(open, one);
    }
    for (int a = 0; a < ACTS; a++)
        if (permit_own_act((enum act)a) && (v.allowed >> a & 1))
            json_push_sv(allowed, sv_of(act_key((enum act)a)));
    json_put(o, "events", events);
    json_put(o, "open_items", open);
    json_put(o, "allowed", allowed);
    response_header(rs, "ETag", arena_printf_sv(rq->arena, "\"%lld\"", (long long)v.row.version));
    return api_json(rq, rs, 200, o);
}

int get_permit(struct request *rq, struct response *rs, struct err *e)
{
    int64_t id;
    int rc = api_id(rq, 0, &id, e);
    return rc == 0 ? answer_permit(rq, rs, id, e) : rc;
}

struct notice_in { struct sv document, reason, basis, number, holder, person, address, on,
                   valid_until; bool no_end; };
#define TEXT(name, label, max)                                                                    \
    { #name, label, JSON_K_TEXT, false, offsetof(struct notice_in, name), 0, max }
static const struct json_field NOTICE[] = {
    TEXT(document, "文书编号", 100), TEXT(reason, "原因", 500), TEXT(basis, "依据", 500),
    TEXT(number, "证号", 60), TEXT(holder, "市场主体", 100), TEXT(person, "负责人", 60),
    TEXT(address, "经营场所", 200), TEXT(on, "生效日", 10), TEXT(valid_until, "有效期止", 10),
    { "no_end", "没有有效期限", JSON_K_BOOL, false, offsetof(struct notice_in, no_end), 0, 0 },
};

int act_on_permit(struct request *rq, struct response *rs, struct err *e)
{
    struct notice_in in = { 0 };
    struct permit_notice notice = { 0 };
    struct command cmd;
    enum act act = ACT_SUBMIT;
    int64_t id;
    json_t *body = api_body(rq, e);
    int rc = body ? json_decode(body, NOTICE, sizeof NOTICE / sizeof NOTICE[0], &in, e) : e->code;
    api_date(in.on, "/on", &notice.on, e);
    api_date(in.valid_until, "/valid_until", &notice.valid_until, e);
    if (body)
        rc = e->code;
    if (rc == 0)
        rc = api_id(rq, 0, &id, e);
    if (rc == 0 && !act_of(rq->params[1], &act))
        rc = err_set(e, ERR_NOT_FOUND, "没有这种动作");
    if (rc == 0)
        rc = api_command(rq, &cmd, e);
    if (rc == 0) {
        notice.document = in.document;
        notice.reason = in.reason;
        notice.basis = in.basis;
        notice.number = in.number;
        notice.holder = in.holder;
        notice.person = in.person;
        notice.address = in.address;
        notice.no_end = in.no_end;
        rc = permit_act(app_of(rq), &cmd, id, act, &notice, e);
    }
    json_decref(body);
    return rc == 0 ? answer_permit(rq, rs, id, e) : rc;
}

struct list_ctx { struct permit_filter f; struct permit_row *rows; size_t n; struct arena *arena; };

static int list_tx(struct db_conn *c, void *ctx, struct err *e)
{
    struct list_ctx *x = ctx;
    return permit_list(c, &x->f, x->arena, &x->rows, &x->n, e);
}

int list_permits_of(struct request *rq, struct response *rs, struct err *e)
{
    const struct actor *who = actor_of(rq);
    struct list_ctx x = { .arena = rq->arena };
    int rc = api_page(rq, INT64_MAX, &x.f.before, &x.f.limit, e);
    if (rc != 0)
        return rc;
    x.f.q = api_like(rq);
    x.f.state = http_query(rq, "state");
    if (who->role == ROLE_REVIEWER)
        x.f.department = who->department.n ? who->department : SV("-");
    else
        x.f.region = api_region(rq);
    rc = db_read(app_of(rq)->db, list_tx, &x, e);
    if (rc != 0)
        return rc;
    json_t *o = json_object();
    json_t *items = json_array();
    for (size_t i = 0; i < x.n; i++)
        json_push(items, permit_json(&x.rows[i]));
    json_put(o, "items", items);
    if ((int64_t)x.n == x.f.limit)
        put_id(o, "next_cursor", x.rows[x.n - 1].id);
    else
        json_put(o, "next_cursor", json_null());
    return api_json(rq, rs, 200, o);
}

/* ---- of a licence ---- */

struct versions_ctx { struct sv number; struct arena *arena; struct licence_row *rows; size_t n;
                      struct permit_event_row *events; size_t n_events;
                      struct permit_row *permits; size_t n_permits; };

static int versions_tx(struct db_conn *c, void *ctx, struct err *e)
{
    struct versions_ctx *x = ctx;
    int rc = licence_versions(c, x->number, x->arena, &x->rows, &x->n, e);
    if (rc == 0)
        rc = permit_list_licence(c, x->number, x->arena, &x->permits, &x->n_permits, e);
    return rc == 0 ? permit_events_licence(c, x->number, x->arena, &x->events, &x->n_events, e)
                   : rc;
}

/* The act that made a version: a permit's, or the issue itself. */
static int64_t granted_in(const struct versions_ctx *x, int64_t permit_id)
{
    for (size_t i = 0; i < x->n_permits; i++)
        if (x->permits[i].id == permit_id)
            return x->permits[i].case_id;
    return 0;
}

static const struct permit_event_row *maker(const struct versions_ctx *x, int64_t seq)
{
    for (size_t i = 0; i < x->n_events; i++)
        if (x->events[i].ledger_seq == seq)
            return &x->events[i];
    return NULL;
}

int list_licence_versions(struct request *rq, struct response *rs, struct err *e)
{
    struct licence_view l;
    struct versions_ctx x = { .number = rq->params[0], .arena = rq->arena };
    int rc = licence_open_for(app_of(rq), actor_of(rq), x.number, rq->arena, &l, e);
    if (rc == 0)
        rc = db_read(app_of(rq)->db, versions_tx, &x, e);
    if (rc != 0)
        return rc;
    json_t *o = json_object();
    json_t *items = json_array();
    for (size_t i = 0; i < x.n; i++) {
        const struct permit_event_row *v = maker(&x, x.rows[i].ledger_seq);
        json_t *one = json_object();
        json_put_i64(one, "version", x.rows[i].version);
        json_put_sv(one, "state", x.rows[i].state);
        json_put_sv(one, "state_text", sv_of(licence_state_text(x.rows[i].state.p)));
        put_date(one, "issued_on", x.rows[i].issued_on);
        put_date(one, "ended_on", x.rows[i].ended_on);
        json_put_i64(one, "permits_valid", x.rows[i].permits_valid);
        json_put_i64(one, "ledger_seq", x.rows[i].ledger_seq);
        json_put(one, "event", v ? event_json(v, granted_in(&x, v->permit_id)) : json_null());
        json_push(items, one);
    }
    json_put(o, "items", items);
    return api_json(rq, rs, 200, o);
}

struct about_in { struct sv kind, authorisation; json_t *permits, *answers; };
static const struct json_field ABOUT[] = {
    { "kind", "办理类型", JSON_K_TEXT, true, offsetof(struct about_in, kind), 0, 20 },
    { "permits", "许可", JSON_K_ARRAY, false, offsetof(struct about_in, permits), 0, 0 },
    { "answers", "情形引导的回答", JSON_K_OBJECT, false, offsetof(struct about_in, answers), 0, 0 },
    { "authorisation", "委托说明", JSON_K_TEXT, false, offsetof(struct about_in, authorisation), 0,
      200 },
};

int create_licence_case(struct request *rq, struct response *rs, struct err *e)
{
    struct about_in in = { 0 };
    struct command cmd;
    int64_t id = 0;
    json_t *body = api_body(rq, e);
    int rc = body ? json_decode(body, ABOUT, sizeof ABOUT / sizeof ABOUT[0], &in, e) : e->code;
    enum case_kind kind = case_kind_of(in.kind);
    if (rc == 0 && kind == CASE_KINDS)
        err_problem(e, SV("/kind"), "unknown_kind", "办理类型应是新增、变更、延续、补证或注销");
    if (rc == 0)
        rc = e->code;
    if (rc == 0)
        rc = api_command(rq, &cmd, e);
    if (rc == 0) {
        struct about_licence about = { rq->params[0], kind, in.permits, in.answers,
                                       in.authorisation };
        rc = draft_about(app_of(rq), &cmd, &about, &id, e);
    }
    json_decref(body);
    if (rc != 0)
        return rc;
    response_header(rs, "Location",
                    arena_printf_sv(rq->arena, "/api/v1/cases/%lld", (long long)id));
    return api_answer_case(rq, rs, 201, id, e);
}

struct reissue_in { struct sv reason; };
static const struct json_field REISSUE[] = {
    { "reason", "原因", JSON_K_TEXT, true, offsetof(struct reissue_in, reason), 0, 200 },
};

int reissue_licence(struct request *rq, struct response *rs, struct err *e)
{
    struct reissue_in in = { 0 };
    struct command cmd;
    json_t *body = api_body(rq, e);
    int rc = body ? json_decode(body, REISSUE, 1, &in, e) : e->code;
    if (rc == 0)
        rc = api_command(rq, &cmd, e);
    if (rc == 0)
        rc = licence_reissue(app_of(rq), &cmd, rq->params[0], in.reason, e);
    json_decref(body);
    return rc == 0 ? get_licence(rq, rs, e) : rc;
}
