/* item: see item.h. */
#include "domain/case/item.h"

#define LAW "行政许可法"

static bool silent(const struct item_facts *f, const char **why)
{
    *why = "五日期限还没有届满";
    return f->silence_passed;
}

static bool refusal_reasoned(const struct item_facts *f, const char **why)
{
    *why = "不予受理要写明理由，并告知应向哪个机关申请（或注明无需许可）";
    return f->has_reason && f->has_right_organ;
}

static bool correction_complete(const struct item_facts *f, const char **why)
{
    if (f->n_entries == 0) {
        *why = "请列明需要补正的全部内容";
        return false;
    }
    *why = "首次补正时就能提出的内容，不得再次要求补正";
    return f->correction_new;
}

static bool notice_sent(const struct item_facts *f, const char **why)
{
    *why = "补正通知书还没有发出";
    return f->correction_sent;
}

static bool overdue(const struct item_facts *f, const char **why)
{
    *why = "补正期限还没有届满";
    return f->correction_sent && f->correction_overdue;
}

static bool may_decide(const struct item_facts *f, const char **why)
{
    *why = "窗口收件的人员不能作决定（受审分离）";
    return !f->received_by_actor;
}

static bool may_deny(const struct item_facts *f, const char **why)
{
    if (!may_decide(f, why))
        return false;
    *why = "不予许可要写明理由和依据";
    return f->has_reason && f->has_basis;
}

const struct transition ITEM_TABLE[] = {
    { ITEM_NONE, ACT_SUBMIT, BY_APPLICANT, ANY_KIND, NULL, ITEM_RECEIVED, "P1", LAW "第二十九条、第三十一条" },
    { ITEM_RECEIVED, ACT_ACCEPT, BY_DEPARTMENT, NOT_FILING, NULL, ITEM_ACCEPTED, "P2", LAW "第三十二条" },
    { ITEM_RECEIVED, ACT_ACCEPT, BY_DEPARTMENT, FILING_ONLY, may_decide, ITEM_GRANTED, "P14", "备案：受理即办结" },
    { ITEM_RECEIVED, ACT_REFUSE, BY_DEPARTMENT, ANY_KIND, refusal_reasoned, ITEM_REFUSED, "P3",
      LAW "第三十二条" },
    { ITEM_RECEIVED, ACT_ASK_CORRECTION, BY_DEPARTMENT, ANY_KIND, correction_complete, ITEM_CORRECTING, "P4",
      LAW "第三十二条第一款第四项" },
    { ITEM_RECEIVED, ACT_DEEM_ACCEPTED, BY_CLOCK, ANY_KIND, silent, ITEM_ACCEPTED, "P5",
      LAW "第三十二条第一款第四项" },
    { ITEM_CORRECTING, ACT_SUPPLEMENT, BY_APPLICANT, ANY_KIND, notice_sent, ITEM_RECEIVED, "P6",
      LAW "第三十二条" },
    { ITEM_CORRECTING, ACT_END_CORRECTION, BY_CLOCK, ANY_KIND, overdue, ITEM_ENDED, "P7",
      "补正期限届满未补正" },
    { ITEM_ACCEPTED, ACT_GRANT, BY_DEPARTMENT, ANY_KIND, may_decide, ITEM_GRANTED, "P8", LAW "第三十八条" },
    { ITEM_ACCEPTED, ACT_DENY, BY_DEPARTMENT, ANY_KIND, may_deny, ITEM_DENIED, "P8", LAW "第三十八条" },
    { ITEM_RECEIVED, ACT_WITHDRAW, BY_APPLICANT, ANY_KIND, NULL, ITEM_WITHDRAWN, "P13", "申请人撤回" },
    { ITEM_CORRECTING, ACT_WITHDRAW, BY_APPLICANT, ANY_KIND, NULL, ITEM_WITHDRAWN, "P13", "申请人撤回" },
    { ITEM_ACCEPTED, ACT_WITHDRAW, BY_APPLICANT, ANY_KIND, NULL, ITEM_WITHDRAWN, "P13", "申请人撤回" },
};
const size_t ITEM_TABLE_SIZE = sizeof ITEM_TABLE / sizeof ITEM_TABLE[0];

static bool applies(const struct transition *t, enum actor_kind by, const struct item_facts *f)
{
    return (t->actors & (unsigned)by) &&
           (t->kind == ANY_KIND || (t->kind == FILING_ONLY) == f->filing);
}

int item_step(enum item_state from, enum act act, enum actor_kind by, const struct item_facts *f,
              struct err *e)
{
    const struct transition *refusing = NULL;
    const char *why = NULL;
    if (by == BY_DEPARTMENT && !f->same_department)
        return err_set(e, ERR_FORBIDDEN, "该事项由其他部门负责，您不能办理");
    for (size_t i = 0; i < ITEM_TABLE_SIZE; i++) {
        const struct transition *t = &ITEM_TABLE[i];
        if (t->from != from || t->act != act || !applies(t, by, f))
            continue;
        if (!t->guard || t->guard(f, &why))
            return (int)t->to;
        refusing = t;
    }
    if (refusing)
        return err_refuse(e, refusing->rule, "%s（%s）", why, refusing->article);
    return err_refuse(e, "state", "当前状态是“%s”，不能%s", item_state_text(from), act_text(act));
}

unsigned item_allowed(enum item_state from, enum actor_kind by, const struct item_facts *f)
{
    unsigned acts = 0;
    if (by == BY_DEPARTMENT && !f->same_department)
        return 0;
    for (size_t i = 0; i < ITEM_TABLE_SIZE; i++) {
        const struct transition *t = &ITEM_TABLE[i];
        bool decides = t->to == ITEM_GRANTED || t->to == ITEM_DENIED;
        if (t->from == from && applies(t, by, f) && !(decides && f->received_by_actor))
            acts |= 1u << t->act;
    }
    return acts;
}

static const struct { const char *key, *text; } STATES[ITEM_STATES] = {
    [ITEM_NONE] = { "none", "未提交" },
    [ITEM_RECEIVED] = { "received", "待受理" },
    [ITEM_CORRECTING] = { "correcting", "待补正" },
    [ITEM_ACCEPTED] = { "accepted", "审查中" },
    [ITEM_GRANTED] = { "granted", "准予" },
    [ITEM_DENIED] = { "denied", "不予许可" },
    [ITEM_REFUSED] = { "refused", "不予受理" },
    [ITEM_WITHDRAWN] = { "withdrawn", "已撤回" },
    [ITEM_ENDED] = { "ended", "已终止" },
};

static const struct { const char *key, *text; } ACT_NAMES[ACTS] = {
    [ACT_SUBMIT] = { "submit", "提交申请" },
    [ACT_ACCEPT] = { "accept", "受理" },
    [ACT_DEEM_ACCEPTED] = { "deem_accepted", "视为受理" },
    [ACT_REFUSE] = { "refuse", "不予受理" },
    [ACT_ASK_CORRECTION] = { "ask_correction", "要求补正" },
    [ACT_SUPPLEMENT] = { "supplement", "补正" },
    [ACT_END_CORRECTION] = { "end_correction", "逾期未补正终止" },
    [ACT_GRANT] = { "grant", "准予许可" },
    [ACT_DENY] = { "deny", "不予许可" },
    [ACT_WITHDRAW] = { "withdraw", "撤回申请" },
    [ACT_SEND_CORRECTION] = { "send_correction", "发出补正通知" },
    [ACT_ISSUE_LICENCE] = { "issue_licence", "颁发行业综合许可证" },
};

const char *item_state_key(enum item_state s)
{
    return STATES[s].key;
}

const char *item_state_text(enum item_state s)
{
    return STATES[s].text;
}

enum item_state item_state_of(struct sv key)
{
    for (int s = ITEM_RECEIVED; s < ITEM_STATES; s++)
        if (sv_is(key, STATES[s].key))
            return (enum item_state)s;
    return ITEM_NONE;
}

const char *act_key(enum act a)
{
    return ACT_NAMES[a].key;
}

const char *act_text(enum act a)
{
    return ACT_NAMES[a].text;
}

bool act_of(struct sv key, enum act *out)
{
    for (int a = 0; a < ACTS; a++)
        if (sv_is(key, ACT_NAMES[a].key)) {
            *out = (enum act)a;
            return true;
        }
    return false;
}
