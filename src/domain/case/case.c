/* case: see case.h. */
#include "domain/case/case.h"

#define LAW "行政许可法"
#define LAW_716 "国务院令第716号"
#define ARCHIVERS (BY_WINDOW | BY_BUREAU | BY_CLOCK)
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
    { CASE_ISSUED, ACT_REISSUE_LICENCE, BY_BUREAU | BY_APPLICANT, ANY_KIND,
      NEED(OWN) | NEED(HAS_REASON),
      CASE_ISSUED, EFFECT_NONE, "P27", "免费换发、补发" },
    /* The licence lives on when the case that led to it has been put away. */
    { CASE_ARCHIVED, ACT_REISSUE_LICENCE, BY_BUREAU | BY_APPLICANT, ANY_KIND,
      NEED(OWN) | NEED(HAS_REASON),
      CASE_ARCHIVED, EFFECT_NONE, "P27", "免费换发、补发" },
    /* Complete or not: domain/archive says what is missing. */
    { CASE_ISSUED, ACT_ARCHIVE_CASE, ARCHIVERS, ANY_KIND, NEED(ALL_CLOSED),
      CASE_ARCHIVED, EFFECT_NONE, "P31", LAW_716 "第十二条" },
    { CASE_DECIDED, ACT_ARCHIVE_CASE, ARCHIVERS, ANY_KIND, NEED(ALL_CLOSED),
      CASE_ARCHIVED, EFFECT_NONE, "P31", LAW_716 "第十二条" },
    { CASE_WITHDRAWN, ACT_ARCHIVE_CASE, ARCHIVERS, ANY_KIND, NEED(ALL_CLOSED),
      CASE_ARCHIVED, EFFECT_NONE, "P31", LAW_716 "第十二条" },
    { CASE_ENDED, ACT_ARCHIVE_CASE, ARCHIVERS, ANY_KIND, NEED(ALL_CLOSED),
      CASE_ARCHIVED, EFFECT_NONE, "P31", LAW_716 "第十二条" },
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
    if (f->archived)
        return err_refuse(e, "P31", "办件已归档，不再变动");
    const struct transition *t =
        transition_find(&CASE_TABLE, CASE_DECIDED, ACT_ISSUE_LICENCE, BY_BUREAU, false,
                        case_fact_set(f), e);
    if (!t && !f->issued && open_items(f) > 0)
        return err_refuse(e, "P22", "还有 %zu 个事项没有办结，不能统一出证", open_items(f));
    return t ? 0 : ERR_REFUSED;
}

static const struct { const char *key, *text; enum act act; } KINDS[CASE_KINDS] = {
    [KIND_NEW] = { "new", "新办", ACT_GRANT },
    [KIND_AMEND] = { "amend", "变更", ACT_AMEND_PERMIT },
    [KIND_RENEW] = { "renew", "延续", ACT_RENEW_PERMIT },
    [KIND_REPLACE] = { "replace", "补证", ACT_REPLACE_PERMIT },
    [KIND_CANCEL] = { "cancel", "注销", ACT_CANCEL_PERMIT },
};

const char *case_kind_key(enum case_kind k)
{
    return KINDS[k].key;
}

const char *case_kind_text(enum case_kind k)
{
    return KINDS[k].text;
}

enum act case_kind_act(enum case_kind k)
{
    return KINDS[k].act;
}

enum case_kind case_kind_of(struct sv key)
{
    int k = KIND_NEW;
    while (k < CASE_KINDS && !sv_is(key, KINDS[k].key))
        k++;
    return (enum case_kind)k;
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
