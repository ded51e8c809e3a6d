/* items: the department's queue and its acts. */
#include "api/api.h"

struct queue_ctx {
    struct request *rq;
    struct item_filter filter;
    struct queue_row *rows; size_t n;
    struct state_count *counts; size_t n_counts;
    struct signal_counts signals;
    int32_t today;
    json_t *items;
};

static int queue_tx(struct db_conn *c, void *ctx, struct err *e)
{
    struct queue_ctx *x = ctx;
    struct view v = api_view(x->rq);
    int rc = item_queue(c, &x->filter, x->rq->arena, &x->rows, &x->n, e);
    if (rc == 0)
        rc = item_counts(c, &x->filter, x->rq->arena, &x->counts, &x->n_counts, e);
    if (rc == 0)
        rc = item_signals(c, &x->filter, x->today, &x->signals, e);
    for (size_t i = 0; rc == 0 && i < x->n; i++) {
        struct bundle b = { 0 };
        rc = bundle_load(app_of(x->rq), c, x->rows[i].item.case_id, WITH_CORRECTION,
                         x->rq->arena, &b, e);
        if (rc == 1)
            json_push(x->items, json_item(&v, &b, &x->rows[i].item));
        rc = rc < 0 ? rc : 0;
        bundle_done(&b);
    }
    return rc;
}

/* "due.id" of the last row seen. */
static bool read_cursor(struct sv text, struct item_filter *f)
{
    struct sv due = sv_cut(&text, '.');
    int64_t d;
    if (!sv_to_i64(due, &d) || !sv_to_i64(text, &f->after_id))
        return false;
    f->after_due = (int32_t)d;
    return true;
}

/* Signals are ranges of due_on and yellow_on. */
static bool read_signal(struct sv s, int32_t today, struct item_filter *f)
{
    f->due_from = f->due_to = f->yellow_from = f->yellow_to = DATE_NONE;
    if (s.n == 0)
        return true;
    f->open_only = true;
    if (sv_is(s, "red")) {
        f->due_to = today - 1;
    } else if (sv_is(s, "yellow")) {
        f->due_from = today;
        f->yellow_to = today;
    } else if (sv_is(s, "green")) {
        f->due_from = today;
        f->yellow_from = today + 1;
    } else {
        return false;
    }
    return true;
}

static bool read_officer(struct sv s, const struct actor *who, struct item_filter *f)
{
    if (s.n == 0)
        return true;
    if (sv_is(s, "me"))
        f->officer_id = who->id;
    else if (sv_is(s, "none"))
        f->officer_id = -1;
    else
        return sv_to_i64(s, &f->officer_id) && f->officer_id > 0;
    return true;
}

static int read_filter(struct queue_ctx *x, struct err *e)
{
    struct request *rq = x->rq;
    const struct actor *who = actor_of(rq);
    struct item_filter *f = &x->filter;
    struct sv cursor = http_query(rq, "cursor");
    struct sv limit = http_query(rq, "limit");
    *f = (struct item_filter){ .state = http_query(rq, "state"),
                               .permit = http_query(rq, "permit"), .q = api_like(rq),
                               .inspection = http_query(rq, "inspection"),
                               .undelivered = sv_is(http_query(rq, "undelivered"), "1"),
                               .after_due = DATE_NONE, .limit = 20 };
    if (who->role == ROLE_REVIEWER)
        f->department = who->department.n ? who->department : SV("-");
    else if (who->role == ROLE_CLERK)
        f->hall = who->hall.n ? who->hall : SV("-");
    else
        f->region = api_region(rq);
    if (!read_officer(http_query(rq, "officer"), who, f))
        err_problem(e, SV("/officer"), "out_of_range", "officer 应为 me、none 或人员编号");
    if (!read_signal(http_query(rq, "signal"), x->today, f))
        err_problem(e, SV("/signal"), "out_of_range", "signal 应为 red、yellow 或 green");
    if (f->state.n && item_state_of(f->state) == ITEM_NONE)
        err_problem(e, SV("/state"), "out_of_range", "没有这种状态");
    if (cursor.n && !read_cursor(cursor, f))
        err_problem(e, SV("/cursor"), "bad_cursor", "cursor 不正确，请从第一页开始");
    if (limit.n && (!sv_to_i64(limit, &f->limit) || f->limit < 1 || f->limit > 100))
        err_problem(e, SV("/limit"), "out_of_range", "limit 应在1到100之间");
    return e->code;
}

static json_t *counts_of(const struct queue_ctx *x, int64_t *total)
{
    json_t *o = json_object();
    json_t *states = json_object();
    json_t *signals = json_object();
    *total = 0;
    for (size_t i = 0; i < x->n_counts; i++) {
        json_put_i64(states, x->counts[i].state.p, x->counts[i].n);
        *total += x->counts[i].n;
    }
    json_put_i64(signals, "red", x->signals.red);
    json_put_i64(signals, "yellow", x->signals.yellow);
    json_put_i64(signals, "green", x->signals.green);
    json_put(o, "by_state", states);
    json_put(o, "by_signal", signals);
    return o;
}

int list_items(struct request *rq, struct response *rs, struct err *e)
{
    enum { NO_DUE = 9999999 };
    struct queue_ctx x = { .rq = rq, .today = api_view(rq).today };
    int64_t total;
    int rc = read_filter(&x, e);
    if (rc != 0)
        return rc;
    x.items = json_array();
    rc = db_read(app_of(rq)->db, queue_tx, &x, e);
    if (rc != 0) {
        json_decref(x.items);
        return rc;
    }
    json_t *o = json_object();
    json_put(o, "items", x.items);
    json_put(o, "next_cursor", json_null());
    if ((int64_t)x.n == x.filter.limit) {
        const struct item_row *last = &x.rows[x.n - 1].item;
        int32_t due = last->due_on == DATE_NONE ? NO_DUE : last->due_on;
        json_put_sv(o, "next_cursor", arena_printf_sv(rq->arena, "%d.%lld", (int)due,
                                                      (long long)last->id));
    }
    json_put(o, "counts", counts_of(&x, &total));
    json_put_i64(o, "total", total);
    return api_json(rq, rs, 200, o);
}

int get_item(struct request *rq, struct response *rs, struct err *e)
{
    int64_t id;
    int rc = api_id(rq, 0, &id, e);
    return rc == 0 ? api_answer_item(rq, rs, id, e) : rc;
}

struct act_in { struct sv reason, basis, right_organ, note, number, valid_from, valid_until;
                json_t *entries; bool false_material; struct sv kind, title; int64_t days;
                struct sv result; json_t *parties; bool applicant_only;
                struct sv asked_by, on, time, place, chair, minutes; json_t *checks;
                struct sv findings, rectify_by, material; int64_t taken_at; };
#define TEXT(name, label, max)                                                                    \
    { #name, label, JSON_K_TEXT, false, offsetof(struct act_in, name), 0, max }
static const struct json_field ACT_FIELDS[] = {
    TEXT(reason, "理由", 500), TEXT(basis, "依据", 500),
    TEXT(right_organ, "应向哪个机关申请", 100), TEXT(note, "说明", 500),
    TEXT(number, "证号", 60), TEXT(valid_from, "有效期起", 10),
    TEXT(valid_until, "有效期止", 10),
    { "entries", "补正内容", JSON_K_ARRAY, false, offsetof(struct act_in, entries), 0, 0 },
    { "false_material", "隐瞒情况或提供虚假材料", JSON_K_BOOL, false,
      offsetof(struct act_in, false_material), 0, 0 },
    TEXT(kind, "特别程序的种类", 20), TEXT(title, "特别程序的名称", 40),
    { "days", "所需工作日", JSON_K_INT, false, offsetof(struct act_in, days), 0, 1000 },
    TEXT(result, "结果", 500),
    { "parties", "利害关系人", JSON_K_ARRAY, false, offsetof(struct act_in, parties), 0, 0 },
    { "applicant_only", "没有其他利害关系人", JSON_K_BOOL, false,
      offsetof(struct act_in, applicant_only), 0, 0 },
    TEXT(asked_by, "要求听证的人", 60), TEXT(on, "日期", 10), TEXT(time, "时间", 20),
    TEXT(place, "地点", 120), TEXT(chair, "主持人", 60), TEXT(minutes, "笔录", 5000),
    { "checks", "核查表", JSON_K_OBJECT, false, offsetof(struct act_in, checks), 0, 0 },
    TEXT(findings, "发现的问题", 1000), TEXT(rectify_by, "整改到期日", 10),
    TEXT(material, "材料", 40),
    { "taken_at", "记录时间", JSON_K_INT, false, offsetof(struct act_in, taken_at), 0,
      INT64_C(4102444800000) },
};

void api_date(struct sv text, const char *pointer, int32_t *out, struct err *e)
{
    *out = DATE_NONE;
    if (text.n && !date_parse(text, out))
        err_problem(e, sv_of(pointer), "bad_date", "日期应像 2026-11-23，且确有这一天");
}

/* The decoded body as the service takes it; bad dates are problems. */
static struct act_input input_of(const struct act_in *in, struct err *e)
{
    struct act_input out = {
        .reason = in->reason, .basis = in->basis, .right_organ = in->right_organ,
        .note = in->note, .number = in->number, .entries = in->entries,
        .false_material = in->false_material, .kind = in->kind, .title = in->title,
        .days = in->days, .result = in->result, .parties = in->parties,
        .applicant_only = in->applicant_only, .asked_by = in->asked_by, .time = in->time,
        .place = in->place, .chair = in->chair, .minutes = in->minutes, .checks = in->checks,
        .findings = in->findings, .material = in->material, .taken_at = in->taken_at,
    };
    api_date(in->valid_from, "/valid_from", &out.valid_from, e);
    api_date(in->valid_until, "/valid_until", &out.valid_until, e);
    api_date(in->on, "/on", &out.on, e);
    api_date(in->rectify_by, "/rectify_by", &out.rectify_by, e);
    return out;
}

static int note_item_changes(struct request *rq, int64_t id, int rc)
{
    struct bundle b = { 0 };
    struct err quiet;
    size_t index;
    err_init(&quiet, rq->arena);
    if (rc == ERR_CHANGED && item_open_for(app_of(rq), actor_of(rq), id, WITH_TIMELINE, rq->arena,
                                           &b, &index, &quiet) == 0)
        api_note_changes(rq, &b);
    bundle_done(&b);
    return rc;
}

int act_on_item(struct request *rq, struct response *rs, struct err *e)
{
    struct act_in in = { 0 };
    struct act_input input;
    struct command cmd;
    enum act act = ACT_SUBMIT;
    int64_t id;
    json_t *body = api_body(rq, e);
    int rc = body ? json_decode(body, ACT_FIELDS, sizeof ACT_FIELDS / sizeof ACT_FIELDS[0], &in,
                                e) : e->code;
    input = input_of(&in, e);
    if (body)
        rc = e->code;
    if (rc == 0)
        rc = api_id(rq, 0, &id, e);
    if (rc == 0 && !act_of(rq->params[1], &act))
        rc = err_set(e, ERR_NOT_FOUND, "部门没有这种办理动作");
    if (rc == 0)
        rc = api_command(rq, &cmd, e);
    if (rc == 0)
        rc = note_item_changes(rq, id, item_act(app_of(rq), &cmd, id, act, &input, e));
    json_decref(body);
    if (rc == 0 && sv_is(http_header(rq, "Prefer"), "return=minimal"))
        return api_no_content(rs);
    return rc == 0 ? api_answer_item(rq, rs, id, e) : rc;
}
