/* case: see case.h. */
#include "domain/case/case.h"

#define LAW "行政许可法"
#define ISSUES (NEED(ALL_CLOSED) | NEED(ONE_GRANTED) | NEED(NOT_ISSUED))

static const struct transition ROWS[] = {
    { CASE_IN_PROGRESS, ACT_EXTEND_JOINT, BY_GOVERNMENT, ANY_KIND,
      NEED(OWN) | NEED(HAS_REASON) | NEED(CLOCK_RUNNING) | NEED(NOT_EXTENDED) |
          NEED(LIMIT_LEFT),
      CASE_IN_PROGRESS, EFFECT_EXTEND, "P16", LAW "第四十二条第二款" },
    { CASE_DECIDED, ACT_ISSUE_LICENCE, BY_BUREAU, ANY_KIND, ISSUES,
      CASE_ISSUED, EFFECT_NONE, "P22", "统一出证" },
    { CASE_ISSUED, ACT_DELIVER_LICENCE, BY_WINDOW | BY_BUREAU | BY_APPLICANT, ANY_KIND,
      NEED(NOT_DELIVERED) | NEED(HAS_RECEIVER),
      CASE_ISSUED, EFFECT_NONE, "P17", LAW "第四十四条" },
    /* A promise that was not kept is a fact, whatever became of the case meanwhile. */
    { CASE_SUBMITTED, ACT_BREAK_COMMITMENT, BY_CLOCK, ANY_KIND, NEED(COMMITMENT_OPEN),
      CASE_SUBMITTED, EFFECT_NONE, "P32", "承诺制容缺受理" },
    { CASE_IN_PROGRESS, ACT_BREAK_COMMITMENT, BY_CLOCK, ANY_KIND, NEED(COMMITMENT_OPEN),
      CASE_IN_PROGRESS, EFFECT_NONE, "P32", "承诺制容缺受理" },
    { CASE_DECIDED, ACT_BREAK_COMMITMENT, BY_CLOCK, ANY_KIND, NEED(COMMITMENT_OPEN),
      CASE_DECIDED, EFFECT_NONE, "P32", "承诺制容缺受理" },
    { CASE_ISSUED, ACT_BREAK_COMMITMENT, BY_CLOCK, ANY_KIND, NEED(COMMITMENT_OPEN),
      CASE_ISSUED, EFFECT_NONE, "P32", "承诺制容缺受理" },
};

static size_t open_items(const struct case_facts *f)
{
    return f->count[ITEM_RECEIVED] + f->count[ITEM_CORRECTING] + f->count[ITEM_ACCEPTED];
}

static size_t all_items(const struct case_facts *f)
{
    size_t n = 0;
    for (int s = ITEM_RECEIVED; s < ITEM_STATES; s++)
        n += f->count[s];
    return n;
}

enum case_state case_derive(const struct case_facts *f)
{
    if (!f->submitted)
        return CASE_DRAFT;
    if (f->archived)
        return CASE_ARCHIVED;
    if (f->issued)
        return CASE_ISSUED;
    if (f->count[ITEM_RECEIVED] == all_items(f))
        return CASE_SUBMITTED;
    if (open_items(f) > 0)
        return CASE_IN_PROGRESS;
    if (f->count[ITEM_GRANTED] + f->count[ITEM_DENIED] > 0)
        return CASE_DECIDED;
    return f->count[ITEM_WITHDRAWN] == all_items(f) ? CASE_WITHDRAWN : CASE_ENDED;
}

uint64_t case_fact_set(const struct case_facts *f)
{
    return fact_if(f->submitted && open_items(f) == 0, FACT_ALL_CLOSED) |
           fact_if(f->count[ITEM_GRANTED] > 0, FACT_ONE_GRANTED) |
           fact_if(!f->issued, FACT_NOT_ISSUED);
}

/* Whatever the state is: what is missing says more to a person than the state's name. */
int case_may_issue(const struct case_facts *f, struct err *e)
{
    const struct transition *t =
        transition_find(&CASE_TABLE, CASE_DECIDED, ACT_ISSUE_LICENCE, BY_BUREAU, false,
                        case_fact_set(f), e);
    if (!t && !f->issued && open_items(f) > 0)
        return err_refuse(e, "P22", "还有 %zu 个事项没有办结，不能统一出证", open_items(f));
    return t ? 0 : ERR_REFUSED;
}

static const struct { const char *key, *text; } STATES[CASE_STATES] = {
    [CASE_DRAFT] = { "draft", "草稿" },
    [CASE_SUBMITTED] = { "submitted", "已提交" },
    [CASE_IN_PROGRESS] = { "in_progress", "办理中" },
    [CASE_DECIDED] = { "decided", "已决定" },
    [CASE_ISSUED] = { "issued", "已发证" },
    [CASE_ARCHIVED] = { "archived", "已归档" },
    [CASE_WITHDRAWN] = { "withdrawn", "已撤回" },
    [CASE_ENDED] = { "ended", "已终止" },
};

static const char *state_text(int s)
{
    return STATES[s].text;
}

static const char *state_key(int s)
{
    return STATES[s].key;
}

const struct transition_table CASE_TABLE = { "case", ROWS, sizeof ROWS / sizeof ROWS[0],
                                             state_text, state_key };

const char *case_state_key(enum case_state s)
{
    return STATES[s].key;
}

const char *case_state_text(enum case_state s)
{
    return STATES[s].text;
}

bool case_state_of(struct sv key, enum case_state *out)
{
    for (int s = 0; s < CASE_STATES; s++)
        if (sv_is(key, STATES[s].key)) {
            *out = (enum case_state)s;
            return true;
        }
    return false;
}
