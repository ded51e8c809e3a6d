/* sessions: codes, signing in and out. */
#include "api/api.h"
#include "sys/clock.h"

json_t *json_user(const struct view *v, const struct actor *a)
{
    const struct catalog *c = v->app->catalog;
    const struct department *d = catalog_department(c, a->department);
    const struct region *r = catalog_region(c, a->region);
    json_t *o = json_object();
    put_id(o, "id", a->id);
    json_put_sv(o, "kind", a->role == ROLE_APPLICANT ? SV("applicant") : SV("officer"));
    json_put_sv(o, "name", a->name);
    json_put_sv(o, "role", sv_of(role_key(a->role)));
    json_put_sv(o, "role_text", sv_of(role_text(a->role)));
    if (d)
        put_pair(o, "department", d->code, d->name);
    if (r)
        put_pair(o, "region", r->code, r->name);
    if (a->hall.n)
        json_put_sv(o, "hall", a->hall);
    if (a->phone.n)
        json_put_sv(o, "phone", a->phone);
    return o;
}

static json_t *demo_accounts(struct request *rq)
{
    const struct catalog *c = app_of(rq)->catalog;
    struct user_row *list;
    struct err e;
    size_t n;
    json_t *out = json_array();
    err_init(&e, rq->arena);
    if (account_list_officers(app_of(rq), rq->arena, &list, &n, &e) != 0)
        return out;
    for (size_t i = 0; i < n; i++) {
        const struct department *d = catalog_department(c, list[i].department);
        const struct region *r = catalog_region(c, list[i].region);
        json_t *o = json_object();
        json_put_sv(o, "login", list[i].login);
        json_put_sv(o, "password", SV(DEMO_PASSWORD));
        json_put_sv(o, "name", list[i].name);
        json_put_sv(o, "role_text", sv_of(role_text(role_of(list[i].role))));
        json_put_sv(o, "department", d ? d->name : SV(""));
        json_put_sv(o, "region", r ? r->name : SV(""));
        json_push(out, o);
    }
    return out;
}

static int answer_session(struct request *rq, struct response *rs, const struct actor *a,
                          struct sv token)
{
    char csrf[CSRF_TEXT] = "";
    struct view v = { app_of(rq), rq->arena, clock_today(), a };
    json_t *o = json_object();
    if (token.n && a)
        account_csrf(app_of(rq), token, csrf);
    json_put(o, "user", a ? json_user(&v, a) : json_null());
    json_put_sv(o, "csrf", sv_of(csrf));
    json_put_bool(o, "demo", app_of(rq)->demo);
    put_time(o, "now", clock_now_ms());
    if (!a && app_of(rq)->demo)
        json_put(o, "demo_accounts", demo_accounts(rq));
    return api_json(rq, rs, 200, o);
}

static void set_cookie(struct request *rq, struct response *rs, const char *token, int seconds)
{
    bool https = sv_starts(app_of(rq)->public_url, SV("https://"));
    response_header(rs, "Set-Cookie",
                    arena_printf_sv(rq->arena,
                                    "yz_session=%s; Path=/; HttpOnly; SameSite=Strict; "
                                    "Max-Age=%d%s", token, seconds, https ? "; Secure" : ""));
}

struct code_in { struct sv phone, code, name; };
static const struct json_field CODE[] = {
    { "phone", "手机号", JSON_K_TEXT, true, offsetof(struct code_in, phone), 0, 20 },
};
static const struct json_field ENTER[] = {
    { "phone", "手机号", JSON_K_TEXT, true, offsetof(struct code_in, phone), 0, 20 },
    { "code", "验证码", JSON_K_TEXT, true, offsetof(struct code_in, code), 0, 10 },
    { "name", "姓名", JSON_K_TEXT, false, offsetof(struct code_in, name), 0, 50 },
};

int request_code(struct request *rq, struct response *rs, struct err *e)
{
    struct code_in in = { 0 };
    char code[7];
    json_t *body = api_body(rq, e);
    int rc = body ? json_decode(body, CODE, 1, &in, e) : e->code;
    if (rc == 0)
        rc = account_send_code(app_of(rq), in.phone, http_address(rq), clock_now_ms(), code, e);
    json_decref(body);
    if (rc != 0)
        return rc;
    json_t *o = json_object();
    json_put_i64(o, "expires_in", CODE_SECONDS);
    json_put_i64(o, "retry_after", CODE_AGAIN_SECONDS);
    if (app_of(rq)->demo)
        json_put_sv(o, "demo_code", sv_of(code));
    return api_json(rq, rs, 202, o);
}

int sign_in_applicant(struct request *rq, struct response *rs, struct err *e)
{
    struct code_in in = { 0 };
    struct session s;
    json_t *body = api_body(rq, e);
    int rc = body ? json_decode(body, ENTER, 3, &in, e) : e->code;
    if (rc == 0)
        rc = account_enter_applicant(app_of(rq), in.phone, in.code, in.name, http_address(rq),
                                     clock_now_ms(), rq->arena, &s, e);
    if (rc == 0) {
        set_cookie(rq, rs, s.token, SESSION_HOURS * 3600);
        rc = answer_session(rq, rs, &s.actor, sv_of(s.token));
    }
    json_decref(body);
    return rc;
}

struct officer_in { struct sv login, password; };
static const struct json_field OFFICER[] = {
    { "login", "用户名", JSON_K_TEXT, true, offsetof(struct officer_in, login), 0, 40 },
    { "password", "密码", JSON_K_TEXT, true, offsetof(struct officer_in, password), 0, 200 },
};

int sign_in_officer(struct request *rq, struct response *rs, struct err *e)
{
    struct officer_in in = { 0 };
    struct session s;
    json_t *body = api_body(rq, e);
    int rc = body ? json_decode(body, OFFICER, 2, &in, e) : e->code;
    if (rc == 0)
        rc = account_enter_officer(app_of(rq), in.login, in.password, http_address(rq),
                                   clock_now_ms(), rq->arena, &s, e);
    if (rc == 0) {
        set_cookie(rq, rs, s.token, SESSION_HOURS * 3600);
        rc = answer_session(rq, rs, &s.actor, sv_of(s.token));
    }
    json_decref(body);
    return rc;
}

int get_session(struct request *rq, struct response *rs, struct err *e)
{
    int rc = api_session(rq, e);
    if (rc < 0)
        return rc;
    return answer_session(rq, rs, rc == 1 ? actor_of(rq) : NULL, caller_of(rq)->token);
}

int sign_out(struct request *rq, struct response *rs, struct err *e)
{
    int rc = account_leave(app_of(rq), caller_of(rq)->token, e);
    set_cookie(rq, rs, "", 0);
    return rc == 0 ? api_no_content(rs) : rc;
}
