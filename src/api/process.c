/* process: acts on a case beside filing (hearing, delivery, joint extension), the queue's own
 * (assignment, accepting several at once), and the tables themselves. */
#include "api/api.h"
#include "service/describe.h"
#include "service/tolerance.h"

#define N(table) table, sizeof table / sizeof table[0]

/* ---- the applicant and a hearing ---- */

struct hearing_in { struct sv item, act; };
static const struct json_field HEARING[] = {
    { "item", "事项件", JSON_K_TEXT, true, offsetof(struct hearing_in, item), 0, 20 },
    { "act", "动作", JSON_K_TEXT, true, offsetof(struct hearing_in, act), 0, 10 },
};

int ask_hearing(struct request *rq, struct response *rs, struct err *e)
{
    struct hearing_in in = { 0 };
    struct command cmd;
    int64_t id, item = 0;
    json_t *body = api_body(rq, e);
    int rc = body ? json_decode(body, N(HEARING), &in, e) : e->code;
    bool asks = sv_is(in.act, "ask");
    if (rc == 0 && !asks && !sv_is(in.act, "waive"))
        err_problem(e, SV("/act"), "out_of_range", "act 应为 ask（要求听证）或 waive（放弃）");
    if (rc == 0 && !sv_to_i64(in.item, &item))
        err_problem(e, SV("/item"), "unknown_item", "没有这个事项件");
    rc = rc ? rc : e->code;
    if (rc == 0)
        rc = api_id(rq, 0, &id, e);
    if (rc == 0)
        rc = api_command(rq, &cmd, e);
    if (rc == 0)
        rc = case_hearing(app_of(rq), &cmd, id, item, asks ? ACT_ASK_HEARING : ACT_WAIVE_HEARING,
                          e);
    json_decref(body);
    return rc == 0 ? api_answer_case(rq, rs, 200, id, e) : rc;
}

/* ---- delivery (P17) ---- */

struct deliver_in { struct sv method, receiver, relation, tracking; json_t *items; };
static const struct json_field DELIVER[] = {
    { "method", "送达方式", JSON_K_TEXT, true, offsetof(struct deliver_in, method), 0, 12 },
    { "receiver", "签收人", JSON_K_TEXT, true, offsetof(struct deliver_in, receiver), 0, 60 },
    { "relation", "与申请人的关系", JSON_K_TEXT, false, offsetof(struct deliver_in, relation), 0,
      40 },
    { "tracking", "邮件号", JSON_K_TEXT, false, offsetof(struct deliver_in, tracking), 0, 40 },
    { "items", "事项件", JSON_K_ARRAY, false, offsetof(struct deliver_in, items), 0, 0 },
};

int deliver_case(struct request *rq, struct response *rs, struct err *e)
{
    struct deliver_in in = { 0 };
    struct command cmd;
    int64_t id;
    json_t *body = api_body(rq, e);
    int rc = body ? json_decode(body, N(DELIVER), &in, e) : e->code;
    if (rc == 0)
        rc = api_id(rq, 0, &id, e);
    if (rc == 0)
        rc = api_command(rq, &cmd, e);
    if (rc == 0) {
        struct delivery_input d = { in.method, in.receiver, in.relation, in.tracking, in.items };
        rc = case_deliver(app_of(rq), &cmd, id, &d, e);
    }
    json_decref(body);
    return rc == 0 ? api_answer_case(rq, rs, 200, id, e) : rc;
}

/* ---- the joint extension (P16) ---- */

struct extend_in { struct sv reason; };
static const struct json_field EXTEND[] = {
    { "reason", "理由", JSON_K_TEXT, false, offsetof(struct extend_in, reason), 0, 500 },
};

int extend_case(struct request *rq, struct response *rs, struct err *e)
{
    struct extend_in in = { 0 };
    struct command cmd;
    int64_t id;
    json_t *body = api_body(rq, e);
    int rc = body ? json_decode(body, N(EXTEND), &in, e) : e->code;
    if (rc == 0)
        rc = api_id(rq, 0, &id, e);
    if (rc == 0)
        rc = api_command(rq, &cmd, e);
    if (rc == 0)
        rc = case_extend_joint(app_of(rq), &cmd, id, in.reason, e);
    json_decref(body);
    return rc == 0 ? api_answer_case(rq, rs, 200, id, e) : rc;
}

/* ---- the queue ---- */

struct assign_in { struct sv officer; };
static const struct json_field ASSIGN[] = {
    { "officer", "人员", JSON_K_TEXT, false, offsetof(struct assign_in, officer), 0, 20 },
};

int assign_item(struct request *rq, struct response *rs, struct err *e)
{
    struct assign_in in = { 0 };
    struct command cmd;
    int64_t id, officer = 0;
    json_t *body = api_body(rq, e);
    int rc = body ? json_decode(body, N(ASSIGN), &in, e) : e->code;
    if (rc == 0 && in.officer.n && !sv_to_i64(in.officer, &officer)) {
        err_problem(e, SV("/officer"), "unknown_officer", "人员编号不正确");
        rc = ERR_INVALID;
    }
    json_decref(body);
    if (rc == 0)
        rc = api_id(rq, 0, &id, e);
    if (rc == 0)
        rc = api_command(rq, &cmd, e);
    if (rc == 0)
        rc = item_assign(app_of(rq), &cmd, id, officer, e);
    return rc == 0 ? api_answer_item(rq, rs, id, e) : rc;
}

/* Accepting alone is harmless: it can be decided either way afterwards. A filing is not (it is
 * granted by it), nor is an item that lacks something it must have. */
static int may_accept(struct request *rq, int64_t id, struct err *e)
{
    struct bundle b = { 0 };
    struct err quiet;
    size_t at = 0;
    err_init(&quiet, rq->arena);
    int rc = item_open_for(app_of(rq), actor_of(rq), id, WITH_FORM | WITH_FILES | WITH_CORRECTION,
                           rq->arena, &b, &at, e);
    if (rc == 0)
        rc = bundle_resolve(&b, rq->arena, e);
    if (rc == 0 && item_filing(&b, &b.items[at]))
        rc = err_refuse(e, "P14", "备案受理即办结，请逐件办理");
    if (rc == 0 && draft_check(app_of(rq), &b, api_view(rq).today, &quiet) != 0)
        rc = err_refuse(e, "P2", "材料或填报内容有缺漏，请逐件查看");
    bundle_done(&b);
    return rc;
}

static int accept_one(struct request *rq, const struct command *cmd, int64_t id, struct err *e)
{
    struct act_input input = ACT_INPUT_NONE;
    int rc = may_accept(rq, id, e);
    return rc == 0 ? item_act(app_of(rq), cmd, id, ACT_ACCEPT, &input, e) : rc;
}

int accept_items(struct request *rq, struct response *rs, struct err *e)
{
    static const struct bulk accept = { "个事项件", "accepted", "受理", 50, accept_one };
    return api_bulk(rq, rs, &accept, e);
}

int list_colleagues(struct request *rq, struct response *rs, struct err *e)
{
    struct user_row *list;
    size_t n;
    int rc = account_list_officers(app_of(rq), rq->arena, &list, &n, e);
    if (rc < 0)
        return rc;
    json_t *items = json_array();
    for (size_t i = 0; i < n; i++) {
        if (list[i].disabled || !sv_eq(list[i].department, actor_of(rq)->department) ||
            role_of(list[i].role) != ROLE_REVIEWER)
            continue;
        json_t *o = json_object();
        put_id(o, "id", list[i].id);
        json_put_sv(o, "name", list[i].name);
        json_put_bool(o, "head", list[i].head);
        json_push(items, o);
    }
    json_t *o = json_object();
    json_put(o, "items", items);
    return api_json(rq, rs, 200, o);
}

/* ---- a promised material collected on site (P12) ---- */

int collect_material(struct request *rq, struct response *rs, struct err *e)
{
    struct new_file f = { .material = http_query(rq, "material") };
    struct command cmd;
    int64_t id, file_id = 0;
    int rc = api_id(rq, 0, &id, e);
    if (rc == 0)
        rc = api_upload_name(rq, &f, e);
    if (rc == 0)
        rc = api_command(rq, &cmd, e);
    if (rc == 0)
        rc = tolerance_collect_allowed(app_of(rq), &cmd, id, f.material, e);
    if (rc == 0)
        rc = api_upload_type(rq, &f, e);
    if (rc == 0)
        rc = api_upload_keep(rq, &f, e);
    if (rc == 0)
        rc = tolerance_collect(app_of(rq), &cmd, id, &f, &file_id, e);
    return rc == 0 ? api_json(rq, rs, 201, api_file_json(rq, &f, file_id, false)) : rc;
}

/* ---- the tables ---- */

int get_process(struct request *rq, struct response *rs, struct err *e)
{
    (void)e;
    return api_json(rq, rs, 200, process_describe());
}
