/* supervise_act: what the supervising department does with a task, and what the one that granted
 * answers to a proposal. One transaction each: table, entry, event, row, message. */
#include "service/acts.h"
#include "service/supervise.h"
#include "service/tell_supervise.h"

struct act_ctx { struct app *app; const struct command *cmd; int64_t id; enum act act;
                 const struct supervision_input *in; struct arena *arena;
                 struct supervision_entry entry; enum supervision_result result; };

bool supervise_own_act(enum act act)
{
    return act == ACT_ACKNOWLEDGE_SUPERVISION || act == ACT_REPORT_SOUND ||
           act == ACT_REPORT_PROBLEM || act == ACT_PROPOSE_TAKING || act == ACT_DECLINE_PROPOSAL ||
           act == ACT_CLOSE_SUPERVISION;
}

static bool reports(enum act act)
{
    return act == ACT_REPORT_SOUND || act == ACT_REPORT_PROBLEM;
}

/* Whose act it is: an answer is the granting department's, all else the supervising one's. */
static struct sv owner(const struct act_ctx *x)
{
    const struct supervision_row *t = &x->entry.task;
    return x->act == ACT_DECLINE_PROPOSAL ? t->grantor : t->department;
}

/* ---- what is said ---- */

static void check_report(struct act_ctx *x, int32_t today, struct err *e)
{
    const struct supervision_input *in = x->in;
    int32_t on = in->on == DATE_NONE ? today : in->on;
    bool sound = x->act == ACT_REPORT_SOUND;
    x->result = sound && in->result.n == 0 ? SUPERVISED_SOUND : supervision_result_of(in->result);
    if (x->result == SUPERVISION_RESULTS ||
        (x->result != SUPERVISED_NONE && sound != (x->result == SUPERVISED_SOUND)))
        err_problem(e, SV("/result"), "unknown_result", sound ? "合格的结果应是 sound"
                                                              : "结果应是发现问题、责令整改或立案查处");
    if (on > today || on < x->entry.task.opened_on)
        err_problem(e, SV("/on"), "out_of_range", "检查日期应在推送之后，且不晚于今天");
    if (x->result == SUPERVISED_RECTIFY && (in->rectify_by == DATE_NONE || in->rectify_by <= today))
        err_problem(e, SV("/rectify_by"), "out_of_range", "责令整改应写明今天以后的整改期限");
    if (x->result != SUPERVISED_RECTIFY && in->rectify_by != DATE_NONE)
        err_problem(e, SV("/rectify_by"), "not_allowed", "只有责令整改才填写整改期限");
}

/* The permit's own table says what may become of it; it is asked again when the act is done. */
static int check_proposal(const struct act_ctx *x, struct err *e)
{
    const struct supervision_entry *t = &x->entry;
    enum act wants;
    if (!act_of(x->in->wants, &wants)) {
        err_problem(e, SV("/wants"), "unknown_act", "请选择建议的处理：撤销、撤回、吊销或注销");
        return e->code;
    }
    if (t->task.permit_id == 0 ||
        !supervision_may_propose(permit_state_of(t->permit_state), wants))
        return err_refuse(e, "P24", "该许可%s，不能建议%s",
                          t->task.permit_id ? permit_state_text(permit_state_of(t->permit_state))
                                            : "没有颁发",
                          act_text(wants));
    return 0;
}

static int check(struct act_ctx *x, struct err *e)
{
    const struct supervision_input *in = x->in;
    if (reports(x->act))
        check_report(x, date_of_ms(x->cmd->now), e);
    else if (in->result.n || in->on != DATE_NONE || in->rectify_by != DATE_NONE)
        err_problem(e, SV(""), "not_allowed", "只有反馈监管结果才填写结果、检查日期和整改期限");
    if (x->act != ACT_PROPOSE_TAKING && in->wants.n)
        err_problem(e, SV("/wants"), "not_allowed", "只有函告才填写建议的处理");
    return e->code;
}

static const struct transition *ask(const struct act_ctx *x, struct err *e)
{
    const struct actor *who = x->cmd->actor;
    bool own = who->role == ROLE_REVIEWER && sv_eq(who->department, owner(x));
    uint64_t facts = fact_if(own, FACT_OWN) | fact_if(x->in->reason.n > 0, FACT_HAS_REASON) |
                     fact_if(x->in->basis.n > 0, FACT_HAS_BASIS) |
                     fact_if(x->in->document.n > 0, FACT_HAS_DOCUMENT) |
                     fact_if(x->result != SUPERVISED_NONE, FACT_HAS_RESULT);
    return transition_find(&SUPERVISION_TABLE, (int)x->entry.task.state, x->act, actor_kinds(who),
                           false, facts, e);
}

/* ---- what it leaves ---- */

static void apply(const struct act_ctx *x, struct supervision_row *t,
                  const struct supervision_event_row *v)
{
    const struct calendar *c = app_calendar(x->app, t->region);
    int32_t today = date_of_ms(x->cmd->now);
    t->clock = (struct supervision_clock){ DATE_NONE, DATE_NONE };
    switch (x->act) {
    case ACT_ACKNOWLEDGE_SUPERVISION:
        t->acknowledged_on = today;
        t->acknowledged_by = x->cmd->actor->name;
        break;
    case ACT_REPORT_SOUND:
    case ACT_REPORT_PROBLEM:
        t->result = x->result;
        t->result_on = v->effective_on;
        if (v->due_on != DATE_NONE)
            t->clock = supervision_until(c, today, v->due_on);
        break;
    case ACT_PROPOSE_TAKING:
        t->wants = v->wants;
        t->clock = supervision_clock(c, today, x->app->supervision.limits.answer_days);
        break;
    default:
        break;
    }
}

static int tell(struct db_conn *c, const struct act_ctx *x, const struct supervision_event_row *v,
                struct err *e)
{
    if (x->act == ACT_ACKNOWLEDGE_SUPERVISION)
        return tell_supervision_seen(c, &x->entry.task, x->cmd->now, e);
    if (x->act == ACT_PROPOSE_TAKING)
        return tell_supervision_proposed(x->app, c, &x->entry, v, e);
    if (x->act == ACT_DECLINE_PROPOSAL)
        return tell_supervision_answered(x->app, c, &x->entry, v, e);
    return 0;
}

static int step(struct db_conn *c, struct act_ctx *x, struct err *e)
{
    struct supervision_row *t = &x->entry.task;
    const struct supervision_input *in = x->in;
    int rc = check(x, e);
    const struct transition *row = rc == 0 ? ask(x, e) : NULL;
    if (row && x->act == ACT_PROPOSE_TAKING)
        rc = check_proposal(x, e);
    if (!row || rc != 0)
        return e->code;
    struct supervision_event_row v = {
        .act = x->act, .effective_on = in->on == DATE_NONE ? date_of_ms(x->cmd->now) : in->on,
        .department = owner(x), .result = sv_of(supervision_result_key(x->result)),
        .reason = in->reason, .basis = in->basis, .document = in->document, .wants = in->wants,
        .due_on = in->rectify_by,
    };
    t->state = (enum supervision_state)row->to;
    apply(x, t, &v);
    rc = supervise_write(x->app, c, t, &v, x->cmd->actor, x->cmd->now, e);
    return rc == 0 ? tell(c, x, &v, e) : rc;
}

static bool concerned(const struct act_ctx *x)
{
    const struct supervision_row *t = &x->entry.task;
    struct sv mine = x->cmd->actor->department;
    return mine.n && (sv_eq(mine, t->department) || sv_eq(mine, t->grantor));
}

static int act_tx(struct db_conn *c, void *ctx, struct err *e)
{
    struct act_ctx *x = ctx;
    struct sv ref;
    int rc = command_begin(c, x->cmd, x->arena, &ref, e);
    if (rc != 0)
        return rc < 0 ? rc : 0;
    rc = supervision_find(c, x->id, x->arena, &x->entry, e);
    if (rc != 1 || !concerned(x))
        return rc < 0 ? rc : err_set(e, ERR_NOT_FOUND, "没有找到这个监管任务，或它与您的部门无关");
    rc = command_match(x->cmd, x->entry.task.version, e);
    if (rc == 0)
        rc = step(c, x, e);
    return rc == 0 ? command_end(c, x->cmd, arena_printf_sv(x->arena, "%lld", (long long)x->id), e)
                   : rc;
}

int supervise_act(struct app *app, const struct command *cmd, int64_t id, enum act act,
                  const struct supervision_input *in, struct err *e)
{
    struct act_ctx x = { .app = app, .cmd = cmd, .id = id, .act = act, .in = in,
                         .arena = arena_new() };
    int rc = supervise_own_act(act) ? 0 : err_set(e, ERR_NOT_FOUND, "监管没有这种动作");
    if (rc == 0 && cmd->actor->role != ROLE_REVIEWER)
        rc = err_set(e, ERR_FORBIDDEN, "只有监管部门（答复函告：审批部门）可以办理");
    if (rc == 0 && cmd->if_match == 0)
        rc = command_match(cmd, 0, e);
    if (rc == 0)
        rc = db_write(app->db, act_tx, &x, e);
    arena_free(x.arena);
    return rc;
}
