/* supervise: see supervise.h. */
#include "domain/case/supervise.h"

#define JOINT "审管联动"
/* A result says what was found, in words; a problem also which kind it is. */
#define FOUND (NEED(OWN) | NEED(HAS_REASON) | NEED(HAS_RESULT))

static const struct transition ROWS[] = {
    /* With the decision, in its transaction. */
    { SUPERVISION_NONE, ACT_OPEN_SUPERVISION, BY_CLOCK, ANY_KIND, 0,
      SUPERVISION_PENDING, EFFECT_NONE, "P30", JOINT },
    { SUPERVISION_PENDING, ACT_ACKNOWLEDGE_SUPERVISION, BY_DEPARTMENT, ANY_KIND, NEED(OWN),
      SUPERVISION_ACKNOWLEDGED, EFFECT_NONE, "P30", JOINT },
    { SUPERVISION_ACKNOWLEDGED, ACT_REPORT_SOUND, BY_DEPARTMENT, ANY_KIND, FOUND,
      SUPERVISION_CLOSED, EFFECT_NONE, "P30", "行政许可法第六十一条第二款" },
    { SUPERVISION_ACKNOWLEDGED, ACT_REPORT_PROBLEM, BY_DEPARTMENT, ANY_KIND, FOUND,
      SUPERVISION_FINDING, EFFECT_NONE, "P30", "行政许可法第六十一条第二款" },
    { SUPERVISION_ACKNOWLEDGED, ACT_CLOSE_SUPERVISION, BY_DEPARTMENT, ANY_KIND,
      NEED(OWN) | NEED(HAS_REASON), SUPERVISION_CLOSED, EFFECT_NONE, "P30", JOINT },
    { SUPERVISION_FINDING, ACT_REPORT_SOUND, BY_DEPARTMENT, ANY_KIND, FOUND,
      SUPERVISION_CLOSED, EFFECT_NONE, "P30", "行政许可法第六十一条第二款" },
    { SUPERVISION_FINDING, ACT_REPORT_PROBLEM, BY_DEPARTMENT, ANY_KIND, FOUND,
      SUPERVISION_FINDING, EFFECT_NONE, "P30", "行政许可法第六十一条第二款" },
    { SUPERVISION_FINDING, ACT_CLOSE_SUPERVISION, BY_DEPARTMENT, ANY_KIND,
      NEED(OWN) | NEED(HAS_REASON), SUPERVISION_CLOSED, EFFECT_NONE, "P30", JOINT },
    { SUPERVISION_FINDING, ACT_PROPOSE_TAKING, BY_DEPARTMENT, ANY_KIND,
      NEED(OWN) | NEED(HAS_REASON) | NEED(HAS_BASIS) | NEED(HAS_DOCUMENT),
      SUPERVISION_PROPOSED, EFFECT_NONE, "P30", "审管联动：函告" },
    /* Here OWN is the department that granted (P28). */
    { SUPERVISION_PROPOSED, ACT_DECLINE_PROPOSAL, BY_DEPARTMENT, ANY_KIND,
      NEED(OWN) | NEED(HAS_REASON) | NEED(HAS_DOCUMENT),
      SUPERVISION_FINDING, EFFECT_NONE, "P30", "各部门对自己的决定负责" },
    /* Whatever ended the permit, as proposed or otherwise. */
    { SUPERVISION_PROPOSED, ACT_ADOPT_PROPOSAL, BY_CLOCK, ANY_KIND, 0,
      SUPERVISION_CLOSED, EFFECT_NONE, "P30", "许可的变动见许可本身的规则" },
    /* A later inspection. */
    { SUPERVISION_CLOSED, ACT_REPORT_SOUND, BY_DEPARTMENT, ANY_KIND, FOUND,
      SUPERVISION_CLOSED, EFFECT_NONE, "P30", "行政许可法第六十一条第二款" },
    { SUPERVISION_CLOSED, ACT_REPORT_PROBLEM, BY_DEPARTMENT, ANY_KIND, FOUND,
      SUPERVISION_FINDING, EFFECT_NONE, "P30", "行政许可法第六十一条第二款" },
};

struct word { const char *key, *text; };

static const struct word STATES[SUPERVISION_STATES] = {
    [SUPERVISION_NONE] = { "none", "未推送" },
    [SUPERVISION_PENDING] = { "pending", "待签收" },
    [SUPERVISION_ACKNOWLEDGED] = { "acknowledged", "已签收" },
    [SUPERVISION_FINDING] = { "finding", "发现问题" },
    [SUPERVISION_PROPOSED] = { "proposed", "已函告" },
    [SUPERVISION_CLOSED] = { "closed", "已办结" },
};

static const struct word KINDS[SUPERVISION_KINDS] = {
    [SUPERVISE_START] = { "start", "纳入监管" },
    [SUPERVISE_CHANGE] = { "change", "信息变更" },
    [SUPERVISE_END] = { "end", "终止监管" },
    [SUPERVISE_INFORM] = { "inform", "信息告知" },
};

static const struct word RESULTS[SUPERVISION_RESULTS] = {
    [SUPERVISED_NONE] = { "", "" },
    [SUPERVISED_SOUND] = { "sound", "合格" },
    [SUPERVISED_PROBLEM] = { "problem", "发现问题" },
    [SUPERVISED_RECTIFY] = { "rectify", "责令整改" },
    [SUPERVISED_FILED] = { "filed", "立案查处" },
};

static int find_word(const struct word *words, int n, struct sv key)
{
    int i = 0;
    while (i < n && !sv_is(key, words[i].key))
        i++;
    return i;
}

static const char *state_text(int s)
{
    return STATES[s].text;
}

static const char *state_key(int s)
{
    return STATES[s].key;
}

const struct transition_table SUPERVISION_TABLE = { "supervision", ROWS,
                                                    sizeof ROWS / sizeof ROWS[0], state_text,
                                                    state_key };

bool supervision_of(enum act act, enum supervision_kind *kind)
{
    static const struct { enum act act; enum supervision_kind kind; } of[] = {
        { ACT_GRANT, SUPERVISE_START },           { ACT_DENY, SUPERVISE_INFORM },
        { ACT_AMEND_PERMIT, SUPERVISE_CHANGE },   { ACT_RENEW_PERMIT, SUPERVISE_CHANGE },
        { ACT_REPLACE_PERMIT, SUPERVISE_CHANGE }, { ACT_EXPIRE_PERMIT, SUPERVISE_END },
        { ACT_WITHDRAW_PERMIT, SUPERVISE_END },   { ACT_REVOKE_PERMIT, SUPERVISE_END },
        { ACT_CANCEL_PERMIT, SUPERVISE_END },     { ACT_FORFEIT_PERMIT, SUPERVISE_END },
    };
    for (size_t i = 0; i < sizeof of / sizeof of[0]; i++)
        if (of[i].act == act) {
            *kind = of[i].kind;
            return true;
        }
    return false;
}

struct supervision_clock supervision_clock(const struct calendar *c, int32_t from, int64_t limit)
{
    int32_t due = calendar_add(c, from, limit);
    return (struct supervision_clock){ due, law_yellow_on(c, due, limit) };
}

struct supervision_clock supervision_until(const struct calendar *c, int32_t from, int32_t due_on)
{
    return (struct supervision_clock){
        due_on, law_yellow_on(c, due_on, calendar_count(c, from, due_on)) };
}

enum signal supervision_signal(const struct supervision_clock *k, int32_t today)
{
    if (k->due_on == DATE_NONE)
        return SIGNAL_NONE;
    if (today > k->due_on)
        return SIGNAL_RED;
    return today >= k->yellow_on ? SIGNAL_YELLOW : SIGNAL_GREEN;
}

bool supervision_may_propose(enum permit_state s, enum act act)
{
    for (size_t i = 0; i < PERMIT_TABLE.n; i++) {
        const struct transition *t = &PERMIT_TABLE.rows[i];
        if (t->from == (int)s && t->act == act && (t->actors & BY_DEPARTMENT) && t->to != t->from)
            return true;
    }
    return false;
}

const char *supervision_state_key(enum supervision_state s)
{
    return STATES[s].key;
}

const char *supervision_state_text(enum supervision_state s)
{
    return STATES[s].text;
}

enum supervision_state supervision_state_of(struct sv key)
{
    return (enum supervision_state)find_word(STATES, SUPERVISION_STATES, key);
}

const char *supervision_kind_key(enum supervision_kind k)
{
    return KINDS[k].key;
}

const char *supervision_kind_text(enum supervision_kind k)
{
    return KINDS[k].text;
}

enum supervision_kind supervision_kind_of(struct sv key)
{
    return (enum supervision_kind)find_word(KINDS, SUPERVISION_KINDS, key);
}

const char *supervision_result_key(enum supervision_result r)
{
    return RESULTS[r].key;
}

const char *supervision_result_text(enum supervision_result r)
{
    return RESULTS[r].text;
}

enum supervision_result supervision_result_of(struct sv key)
{
    return (enum supervision_result)find_word(RESULTS, SUPERVISION_RESULTS, key);
}
