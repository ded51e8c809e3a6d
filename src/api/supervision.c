/* supervision: 审管联动 (P30): the departments' tasks, what they do with them, what they supervise, as
 * pages and as files. Departments' own systems use the same operations. */
#include "api/supervise.h"

#define N(table) table, sizeof table / sizeof table[0]
#define XLSX "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"

enum { EXPORT_ROWS = 20000, EXPORT_BYTES = 64 * 1024 * 1024 };

/* ---- whose, and which ---- */

/* A department sees what it supervises, or (scope=granted) what it granted; bureau and government
 * the region, or one department of it. */
static void read_scope(struct request *rq, struct supervision_filter *f)
{
    const struct actor *who = actor_of(rq);
    struct sv department = http_query(rq, "department");
    f->region = http_query(rq, "region");
    if (who->role == ROLE_REVIEWER) {
        f->scope = sv_is(http_query(rq, "scope"), "granted") ? SCOPE_GRANTED : SCOPE_SUPERVISES;
        f->whose = who->department.n ? who->department : SV("-");
        return;
    }
    f->scope = department.n ? SCOPE_SUPERVISES : SCOPE_REGION;
    f->whose = department.n ? department : api_region(rq);
    if (department.n)
        f->region = api_region(rq);
}

static int check_scope(struct request *rq, struct err *e)
{
    struct sv scope = http_query(rq, "scope");
    if (scope.n && !sv_is(scope, "granted") && !sv_is(scope, "supervises"))
        err_problem(e, SV("/scope"), "out_of_range", "scope 应为 supervises 或 granted");
    return e->code;
}

/* Signals are ranges of the clock's two days. */
static bool read_signal(struct sv s, int32_t today, struct supervision_filter *f)
{
    f->due_from = f->due_to = f->yellow_from = f->yellow_to = DATE_NONE;
    f->due_only = s.n > 0;
    if (sv_is(s, "red"))
        f->due_to = today - 1;
    else if (s.n)
        f->due_from = today;
    if (sv_is(s, "yellow"))
        f->yellow_to = today;
    else if (sv_is(s, "green"))
        f->yellow_from = today + 1;
    return s.n == 0 || sv_is(s, "red") || sv_is(s, "yellow") || sv_is(s, "green");
}

static bool read_cursor(struct sv text, struct supervision_filter *f)
{
    struct sv due = sv_cut(&text, '.');
    int64_t d;
    if (!sv_to_i64(due, &d) || !sv_to_i64(text, &f->after_id))
        return false;
    f->after_due = (int32_t)d;
    return true;
}

static int read_filter(struct request *rq, int32_t today, struct supervision_filter *f,
                       struct err *e)
{
    struct sv cursor = http_query(rq, "cursor");
    struct sv limit = http_query(rq, "limit");
    *f = (struct supervision_filter){ .industry = http_query(rq, "industry"),
                                      .kind = http_query(rq, "kind"),
                                      .state = http_query(rq, "state"), .q = api_like(rq),
                                      .after_due = DATE_NONE, .limit = 20 };
    read_scope(rq, f);
    check_scope(rq, e);
    if (!read_signal(http_query(rq, "signal"), today, f))
        err_problem(e, SV("/signal"), "out_of_range", "signal 应为 red、yellow 或 green");
    if (f->state.n && !sv_is(f->state, "waiting") &&
        supervision_state_of(f->state) == SUPERVISION_STATES)
        err_problem(e, SV("/state"), "out_of_range", "没有这种状态");
    if (f->kind.n && supervision_kind_of(f->kind) == SUPERVISION_KINDS)
        err_problem(e, SV("/kind"), "out_of_range", "没有这种监管任务");
    if (cursor.n && !read_cursor(cursor, f))
        err_problem(e, SV("/cursor"), "bad_cursor", "cursor 不正确，请从第一页开始");
    if (limit.n && (!sv_to_i64(limit, &f->limit) || f->limit < 1 || f->limit > 100))
        err_problem(e, SV("/limit"), "out_of_range", "limit 应在1到100之间");
    return e->code;
}

/* ---- tasks ---- */

struct list_ctx { struct supervision_filter f; int32_t today; struct arena *arena;
                  struct supervision_entry *rows; size_t n; struct supervision_counts counts; };

static int list_tx(struct db_conn *c, void *ctx, struct err *e)
{
    struct list_ctx *x = ctx;
    int rc = supervision_list(c, &x->f, x->arena, &x->rows, &x->n, e);
    return rc == 0 ? supervision_count(c, &x->f, x->today, &x->counts, e) : rc;
}

int list_supervision(struct request *rq, struct response *rs, struct err *e)
{
    enum { NO_DUE = 9999999 };
    struct view v = api_view(rq);
    struct list_ctx x = { .today = v.today, .arena = rq->arena };
    int rc = read_filter(rq, v.today, &x.f, e);
    if (rc == 0)
        rc = db_read(app_of(rq)->db, list_tx, &x, e);
    if (rc != 0)
        return rc;
    json_t *o = json_object();
    json_t *items = json_array();
    for (size_t i = 0; i < x.n; i++)
        json_push(items, json_supervision(&v, &x.rows[i]));
    json_put(o, "items", items);
    json_put(o, "counts", json_supervision_counts(&x.counts));
    json_put(o, "next_cursor", json_null());
    if ((int64_t)x.n == x.f.limit) {
        const struct supervision_row *last = &x.rows[x.n - 1].task;
        int32_t due = last->clock.due_on == DATE_NONE ? NO_DUE : last->clock.due_on;
        json_put_sv(o, "next_cursor", arena_printf_sv(rq->arena, "%d.%lld", (int)due,
                                                      (long long)last->id));
    }
    return api_json(rq, rs, 200, o);
}

static int answer_task(struct request *rq, struct response *rs, int64_t id, struct err *e)
{
    struct view v = api_view(rq);
    struct supervision_view x;
    int rc = supervise_open_for(app_of(rq), actor_of(rq), id, rq->arena, &x, e);
    if (rc != 0)
        return rc;
    api_etag(rq, rs, x.entry.task.version);
    return api_json(rq, rs, 200, json_supervision_detail(&v, &x));
}

int get_supervision(struct request *rq, struct response *rs, struct err *e)
{
    int64_t id;
    int rc = api_id(rq, 0, &id, e);
    return rc == 0 ? answer_task(rq, rs, id, e) : rc;
}

int get_permit_supervision(struct request *rq, struct response *rs, struct err *e)
{
    struct view v = api_view(rq);
    struct supervision_view *list = NULL;
    size_t n = 0;
    int64_t id;
    int rc = api_id(rq, 0, &id, e);
    if (rc == 0)
        rc = supervise_history(app_of(rq), actor_of(rq), id, rq->arena, &list, &n, e);
    if (rc != 0)
        return rc;
    json_t *o = json_object();
    json_t *items = json_array();
    for (size_t i = 0; i < n; i++)
        json_push(items, json_supervision_detail(&v, &list[i]));
    json_put(o, "items", items);
    return api_json(rq, rs, 200, o);
}

/* ---- acts ---- */

struct act_in { struct sv reason, basis, document, result, wants, on, rectify_by; };
#define TEXT(name, label, max)                                                                    \
    { #name, label, JSON_K_TEXT, false, offsetof(struct act_in, name), 0, max }
static const struct json_field ACT_FIELDS[] = {
    TEXT(reason, "情况说明", 1000), TEXT(basis, "依据", 500), TEXT(document, "文书编号", 100),
    TEXT(result, "监管结果", 20), TEXT(wants, "建议的处理", 40), TEXT(on, "检查日期", 10),
    TEXT(rectify_by, "整改期限", 10),
};

int act_on_supervision(struct request *rq, struct response *rs, struct err *e)
{
    struct act_in in = { 0 };
    struct supervision_input input = SUPERVISION_INPUT_NONE;
    struct command cmd;
    enum act act = ACT_SUBMIT;
    int64_t id;
    json_t *body = api_body(rq, e);
    int rc = body ? json_decode(body, N(ACT_FIELDS), &in, e) : e->code;
    api_date(in.on, "/on", &input.on, e);
    api_date(in.rectify_by, "/rectify_by", &input.rectify_by, e);
    if (body)
        rc = e->code;
    if (rc == 0)
        rc = api_id(rq, 0, &id, e);
    if (rc == 0 && !act_of(rq->params[1], &act))
        rc = err_set(e, ERR_NOT_FOUND, "监管没有这种动作");
    if (rc == 0)
        rc = api_command(rq, &cmd, e);
    if (rc == 0) {
        input.reason = in.reason;
        input.basis = in.basis;
        input.document = in.document;
        input.result = in.result;
        input.wants = in.wants;
        rc = supervise_act(app_of(rq), &cmd, id, act, &input, e);
    }
    json_decref(body);
    return rc == 0 ? answer_task(rq, rs, id, e) : rc;
}

static int acknowledge_one(struct request *rq, const struct command *cmd, int64_t id,
                           struct err *e)
{
    struct supervision_input input = SUPERVISION_INPUT_NONE;
    return supervise_act(app_of(rq), cmd, id, ACT_ACKNOWLEDGE_SUPERVISION, &input, e);
}

/* Acknowledging says that it was seen, no more. */
int acknowledge_supervision(struct request *rq, struct response *rs, struct err *e)
{
    static const struct bulk acknowledge = { "个监管任务", "acknowledged", "签收", 100,
                                             acknowledge_one };
    return api_bulk(rq, rs, &acknowledge, e);
}

/* ---- what is supervised ---- */

struct supervised_ctx { struct supervision_filter f; int64_t before; struct arena *arena;
                        struct supervised_row *rows; size_t n; };

static int supervised_tx(struct db_conn *c, void *ctx, struct err *e)
{
    struct supervised_ctx *x = ctx;
    return supervised_list(c, &x->f, x->before, x->arena, &x->rows, &x->n, e);
}

static int read_supervised(struct request *rq, struct supervised_ctx *x, struct err *e)
{
    x->arena = rq->arena;
    x->f = (struct supervision_filter){ .industry = http_query(rq, "industry"), .kind = SV(""),
                                        .state = http_query(rq, "state"), .q = api_like(rq) };
    read_scope(rq, &x->f);
    check_scope(rq, e);
    if (x->f.state.n && permit_state_of(x->f.state) == PERMIT_STATES)
        err_problem(e, SV("/state"), "out_of_range", "没有这种状态");
    return api_page(rq, INT64_MAX, &x->before, &x->f.limit, e);
}

int list_supervised(struct request *rq, struct response *rs, struct err *e)
{
    struct view v = api_view(rq);
    struct supervised_ctx x = { .n = 0 };
    int rc = read_supervised(rq, &x, e);
    if (rc == 0)
        rc = db_read(app_of(rq)->db, supervised_tx, &x, e);
    if (rc != 0)
        return rc;
    json_t *o = json_object();
    json_t *items = json_array();
    for (size_t i = 0; i < x.n; i++)
        json_push(items, json_supervised(&v, &x.rows[i]));
    json_put(o, "items", items);
    if ((int64_t)x.n == x.f.limit)
        put_id(o, "next_cursor", x.rows[x.n - 1].task_id);
    else
        json_put(o, "next_cursor", json_null());
    return api_json(rq, rs, 200, o);
}

int export_supervised(struct request *rq, struct response *rs, struct err *e)
{
    struct supervised_ctx x = { .n = 0 };
    struct sv format = http_query(rq, "format");
    bool xlsx = sv_is(format, "xlsx");
    struct buf file;
    int rc = read_supervised(rq, &x, e);
    if (!xlsx && format.n && !sv_is(format, "csv"))
        err_problem(e, SV("/format"), "bad_word", "format 应为 csv 或 xlsx");
    rc = e->code ? e->code : rc;
    x.f.limit = EXPORT_ROWS;
    if (rc == 0)
        rc = db_read(app_of(rq)->db, supervised_tx, &x, e);
    if (rc != 0)
        return rc;
    buf_init(&file, EXPORT_BYTES);
    rc = supervise_export(app_of(rq), x.rows, x.n, xlsx ? SUPERVISE_XLSX : SUPERVISE_CSV, &file, e);
    if (rc == 0)
        rc = put_bytes(rq, rs, &file, xlsx ? XLSX : "text/csv; charset=utf-8",
                       xlsx ? "attachment; filename=\"supervised.xlsx\""
                            : "attachment; filename=\"supervised.csv\"");
    buf_done(&file);
    rs->status = rc == 0 ? 200 : rs->status;
    return rc;
}
