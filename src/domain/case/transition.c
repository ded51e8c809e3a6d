/* transition: see transition.h. */
#include "domain/case/transition.h"

#include <stdio.h>

static bool applies(const struct transition *t, unsigned by, bool filing)
{
    return (t->actors & by) && (t->kind == ANY_KIND || (t->kind == FILING_ONLY) == filing);
}

/* Say which fact is missing, by the rule that asks for it. */
static int refuse(const struct transition *t, uint64_t missing, struct err *e)
{
    int f = 0;
    while (!(missing >> f & 1))
        f++;
    const char *rule = fact_rule((enum fact)f);
    int code = fact_error((enum fact)f);
    err_refuse(e, rule ? rule : t->rule, "%s（%s）", fact_text((enum fact)f), t->article);
    if (e)
        e->code = code;
    return code;
}

const struct transition *transition_find(const struct transition_table *t, int from, enum act act,
                                         unsigned by, bool filing, uint64_t facts, struct err *e)
{
    const struct transition *closest = NULL;
    for (size_t i = 0; i < t->n; i++) {
        const struct transition *row = &t->rows[i];
        if (row->from != from || row->act != act || !applies(row, by, filing))
            continue;
        if ((row->needs & ~facts) == 0)
            return row;
        closest = row;
    }
    if (closest)
        refuse(closest, closest->needs & ~facts, e);
    else
        err_refuse(e, "state", "当前状态是“%s”，您不能%s", t->state_text(from), act_text(act));
    return NULL;
}

uint64_t transition_allowed(const struct transition_table *t, int from, unsigned by, bool filing,
                            uint64_t facts, uint64_t later)
{
    uint64_t acts = 0;
    for (size_t i = 0; i < t->n; i++) {
        const struct transition *row = &t->rows[i];
        if (row->from == from && applies(row, by, filing) &&
            (row->needs & ~(facts | later)) == 0)
            acts |= UINT64_C(1) << row->act;
    }
    return acts;
}

static const struct { const char *key, *text; } ACT_NAMES[ACTS] = {
#define ACT_NAME_(name, key, text) [ACT_##name] = { key, text },
    ACT_LIST(ACT_NAME_)
#undef ACT_NAME_
};

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

static const struct { const char *key, *text; } EFFECT_NAMES[EFFECTS] = {
    [EFFECT_NONE] = { "none", "时限不变" },
    [EFFECT_ACCEPTANCE] = { "acceptance", "五日答复期限开始" },
    [EFFECT_DECISION] = { "decision", "审批期限开始" },
    [EFFECT_APPLICANT] = { "applicant", "转为申请人的时间" },
    [EFFECT_STOP] = { "stop", "停止计时" },
    [EFFECT_RESUME] = { "resume", "恢复计时" },
    [EFFECT_EXTEND] = { "extend", "期限延长" },
    [EFFECT_CLOSE] = { "close", "计时结束" },
};

const char *effect_key(enum effect e)
{
    return EFFECT_NAMES[e].key;
}

const char *effect_text(enum effect e)
{
    return EFFECT_NAMES[e].text;
}

const char *actors_text(unsigned actors, char out[160])
{
    static const struct { unsigned bit; const char *text; } names[] = {
        { BY_APPLICANT, "申请人（或代其办理的窗口）" }, { BY_DEPARTMENT, "审批部门" },
        { BY_HEAD, "部门负责人" }, { BY_BUREAU, "审批局" }, { BY_GOVERNMENT, "政府负责人" },
        { BY_WINDOW, "窗口" }, { BY_CLOCK, "系统（期限或前一动作的结果）" },
    };
    size_t n = 0;
    out[0] = '\0';
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        if (actors & names[i].bit)
            n += (size_t)snprintf(out + n, 160 - n, "%s%s", n ? "、" : "", names[i].text);
    return out;
}
