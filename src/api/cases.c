/* cases: open, list, read, submit, supplement, withdraw, issue. */
#include "api/api.h"

struct create_in { struct sv industry, region, authorisation; json_t *answers, *applicant; };
static const struct json_field CREATE[] = {
    { "industry", "行业", JSON_K_TEXT, true, offsetof(struct create_in, industry), 0, 20 },
    { "region", "区域", JSON_K_TEXT, true, offsetof(struct create_in, region), 0, 12 },
    { "answers", "情形引导的回答", JSON_K_OBJECT, true, offsetof(struct create_in, answers), 0, 0 },
    { "applicant", "申请人", JSON_K_OBJECT, false, offsetof(struct create_in, applicant), 0, 0 },
    { "authorisation", "委托说明", JSON_K_TEXT, false,
      offsetof(struct create_in, authorisation), 0, 200 },
};

struct person_in { struct sv name, phone; };
static const struct json_field PERSON[] = {
    { "name", "姓名", JSON_K_TEXT, false, offsetof(struct person_in, name), 0, 50 },
    { "phone", "手机号", JSON_K_TEXT, false, offsetof(struct person_in, phone), 0, 20 },
};

#define N(table) (table), sizeof(table) / sizeof((table)[0])

int create_case(struct request *rq, struct response *rs, struct err *e)
{
    struct create_in in = { 0 };
    struct person_in person = { 0 };
    struct command cmd;
    int64_t id = 0;
    json_t *body = api_body(rq, e);
    int rc = body ? json_decode(body, N(CREATE), &in, e) : e->code;
    if (rc == 0 && in.applicant)
        rc = json_decode(in.applicant, N(PERSON), &person, e);
    if (rc == 0)
        rc = api_command(rq, &cmd, e);
    if (rc == 0) {
        struct new_case n = { in.industry, in.region, in.answers, person.name, person.phone,
                              in.authorisation };
        rc = draft_create(app_of(rq), &cmd, &n, &id, e);
    }
    json_decref(body);
    if (rc != 0)
        return rc;
    response_header(rs, "Location",
                    arena_printf_sv(rq->arena, "/api/v1/cases/%lld", (long long)id));
    return api_answer_case(rq, rs, 201, id, e);
}

/* Whose cases: own for applicants, the hall's for clerks, the region's for the bureau. */
static struct case_filter filter_of(struct request *rq)
{
    const struct actor *who = actor_of(rq);
    struct case_filter f = { .state = http_query(rq, "state"),
                             .industry = http_query(rq, "industry"), .q = api_like(rq) };
    if (who->role == ROLE_APPLICANT)
        f.applicant_id = who->id;
    else if (who->role == ROLE_CLERK)
        f.hall = who->hall.n ? who->hall : SV("-");
    else
        f.region = api_region(rq);
    return f;
}

struct list_ctx {
    struct request *rq;
    struct case_filter filter;
    struct case_row *rows; size_t n;
    struct state_count *counts; size_t n_counts;
    json_t *items;
};

/* Items and correction of the listed cases tell clock and next step. */
static int list_tx(struct db_conn *c, void *ctx, struct err *e)
{
    struct list_ctx *x = ctx;
    struct view v = api_view(x->rq);
    int rc = case_list(c, &x->filter, x->rq->arena, &x->rows, &x->n, e);
    if (rc == 0)
        rc = case_counts(c, &x->filter, x->rq->arena, &x->counts, &x->n_counts, e);
    for (size_t i = 0; rc == 0 && i < x->n; i++) {
        struct bundle b = { 0 };
        rc = bundle_load(app_of(x->rq), c, x->rows[i].id, WITH_ITEMS | WITH_CORRECTION,
                         x->rq->arena, &b, e);
        if (rc == 1)
            json_push(x->items, json_case_summary(&v, &b));
        rc = rc < 0 ? rc : 0;
        bundle_done(&b);
    }
    return rc;
}

static json_t *counts_json(const struct state_count *counts, size_t n, int64_t *total)
{
    json_t *o = json_object();
    *total = 0;
    for (size_t i = 0; i < n; i++) {
        json_put_i64(o, counts[i].state.p, counts[i].n);
        *total += counts[i].n;
    }
    return o;
}

int list_cases(struct request *rq, struct response *rs, struct err *e)
{
    struct list_ctx x = { .rq = rq, .filter = filter_of(rq) };
    int64_t total;
    int rc = api_page(rq, INT64_MAX, &x.filter.before, &x.filter.limit, e);
    if (rc != 0)
        return rc;
    x.items = json_array();
    rc = db_read(app_of(rq)->db, list_tx, &x, e);
    if (rc != 0) {
        json_decref(x.items);
        return rc;
    }
    json_t *out = json_object();
    json_t *counts = json_object();
    json_put(out, "items", x.items);
    if ((int64_t)x.n == x.filter.limit)
        put_id(out, "next_cursor", x.rows[x.n - 1].id);
    else
        json_put(out, "next_cursor", json_null());
    json_put(counts, "by_state", counts_json(x.counts, x.n_counts, &total));
    json_put_i64(out, "total", total);
    json_put(out, "counts", counts);
    return api_json(rq, rs, 200, out);
}

int get_case(struct request *rq, struct response *rs, struct err *e)
{
    int64_t id;
    int rc = api_id(rq, 0, &id, e);
    return rc == 0 ? api_answer_case(rq, rs, 200, id, e) : rc;
}

int delete_case(struct request *rq, struct response *rs, struct err *e)
{
    struct command cmd;
    int64_t id;
    int rc = api_id(rq, 0, &id, e);
    if (rc == 0)
        rc = api_command(rq, &cmd, e);
    if (rc == 0)
        rc = draft_delete(app_of(rq), &cmd, id, e);
    return rc == 0 ? api_no_content(rs) : rc;
}

struct answers_in { struct sv region; json_t *answers; };
static const struct json_field ANSWERS[] = {
    { "region", "区域", JSON_K_TEXT, true, offsetof(struct answers_in, region), 0, 12 },
    { "answers", "情形引导的回答", JSON_K_OBJECT, true, offsetof(struct answers_in, answers), 0,
      0 },
};

int change_answers(struct request *rq, struct response *rs, struct err *e)
{
    struct answers_in in = { 0 };
    struct command cmd;
    int64_t id;
    json_t *body = api_body(rq, e);
    int rc = body ? json_decode(body, N(ANSWERS), &in, e) : e->code;
    if (rc == 0)
        rc = api_id(rq, 0, &id, e);
    if (rc == 0)
        rc = api_command(rq, &cmd, e);
    if (rc == 0)
        rc = draft_answers(app_of(rq), &cmd, id, in.region, in.answers, e);
    json_decref(body);
    return rc == 0 ? api_answer_case(rq, rs, 200, id, e) : rc;
}

/* ---- acts on the case ---- */

/* Tell the loser of a race what happened meanwhile. */
static int with_changes(struct request *rq, int64_t id, int rc)
{
    struct bundle b = { 0 };
    struct err quiet;
    err_init(&quiet, rq->arena);
    if (rc == ERR_CHANGED && bundle_open(app_of(rq), actor_of(rq), id, WITH_TIMELINE, rq->arena,
                                         &b, &quiet) == 0)
        api_note_changes(rq, &b);
    bundle_done(&b);
    return rc;
}

static bool minimal(struct request *rq)
{
    return sv_is(http_header(rq, "Prefer"), "return=minimal");
}

struct submit_in { bool truth; };
static const struct json_field SUBMIT[] = {
    { "truth", "真实性承诺", JSON_K_BOOL, true, offsetof(struct submit_in, truth), 0, 0 },
};

int submit_case(struct request *rq, struct response *rs, struct err *e)
{
    struct submit_in in = { 0 };
    struct command cmd;
    int64_t id;
    json_t *body = api_body(rq, e);
    int rc = body ? json_decode(body, N(SUBMIT), &in, e) : e->code;
    json_decref(body);
    if (rc == 0 && !in.truth) {
        err_problem(e, SV("/truth"), "required", "请确认所填内容和材料真实有效");
        rc = ERR_INVALID;
    }
    if (rc == 0)
        rc = api_id(rq, 0, &id, e);
    if (rc == 0)
        rc = api_command(rq, &cmd, e);
    if (rc == 0)
        rc = with_changes(rq, id, case_submit(app_of(rq), &cmd, id, e));
    if (rc == 0 && minimal(rq))
        return api_no_content(rs);
    return rc == 0 ? api_answer_case(rq, rs, 200, id, e) : rc;
}

int supplement_case(struct request *rq, struct response *rs, struct err *e)
{
    struct command cmd;
    int64_t id;
    int rc = api_id(rq, 0, &id, e);
    if (rc == 0)
        rc = api_command(rq, &cmd, e);
    if (rc == 0)
        rc = with_changes(rq, id, case_supplement(app_of(rq), &cmd, id, e));
    return rc == 0 ? api_answer_case(rq, rs, 200, id, e) : rc;
}

struct withdraw_in { struct sv reason; json_t *items; };
static const struct json_field WITHDRAW[] = {
    { "reason", "原因", JSON_K_TEXT, false, offsetof(struct withdraw_in, reason), 0, 300 },
    { "items", "事项", JSON_K_ARRAY, false, offsetof(struct withdraw_in, items), 0, 0 },
};

int withdraw_case(struct request *rq, struct response *rs, struct err *e)
{
    struct withdraw_in in = { 0 };
    struct command cmd;
    int64_t id;
    json_t *body = api_body(rq, e);
    int rc = body ? json_decode(body, N(WITHDRAW), &in, e) : e->code;
    if (rc == 0)
        rc = api_id(rq, 0, &id, e);
    if (rc == 0)
        rc = api_command(rq, &cmd, e);
    if (rc == 0)
        rc = with_changes(rq, id, case_withdraw(app_of(rq), &cmd, id, in.reason, in.items, e));
    json_decref(body);
    return rc == 0 ? api_answer_case(rq, rs, 200, id, e) : rc;
}

int issue_licence(struct request *rq, struct response *rs, struct err *e)
{
    struct command cmd;
    struct sv number;
    int64_t id;
    int rc = api_id(rq, 0, &id, e);
    if (rc == 0)
        rc = api_command(rq, &cmd, e);
    if (rc == 0)
        rc = with_changes(rq, id, case_issue(app_of(rq), &cmd, id, rq->arena, &number, e));
    if (rc == 0 && minimal(rq))
        return api_no_content(rs);
    rq->params[0] = number;
    return rc == 0 ? get_licence(rq, rs, e) : rc;
}
