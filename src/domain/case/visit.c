/* visit: see visit.h. */
#include "domain/case/visit.h"

#define LAW "行政许可法"
#define PLANS (NEED(OWN) | NEED(NEEDS_VISIT) | NEED(ITEMS_ACCEPTED) | NEED(DATE_WORKS) | \
               NEED(HAS_PLACE))
#define OFFICES (BY_BUREAU | BY_DEPARTMENT | BY_WINDOW)

static const struct transition ROWS[] = {
    { VISIT_NONE, ACT_PROPOSE_VISIT, OFFICES, ANY_KIND, PLANS | NEED(NO_OPEN_VISIT),
      VISIT_PROPOSED, EFFECT_NONE, "P11", "一同核查：一次上门" },
    /* Another date: everybody is asked again; once announced, with a reason. */
    { VISIT_PROPOSED, ACT_PROPOSE_VISIT, OFFICES, ANY_KIND, PLANS,
      VISIT_PROPOSED, EFFECT_NONE, "P11", "一同核查：一次上门" },
    { VISIT_ANNOUNCED, ACT_PROPOSE_VISIT, OFFICES, ANY_KIND, PLANS | NEED(HAS_REASON),
      VISIT_PROPOSED, EFFECT_NONE, "P11", "一同核查：一次上门" },
    { VISIT_PROPOSED, ACT_AGREE_VISIT, BY_DEPARTMENT, ANY_KIND, NEED(OWN) | NEED(TWO_OFFICERS),
      VISIT_PROPOSED, EFFECT_NONE, "P11", LAW "第三十四条第三款" },
    { VISIT_PROPOSED, ACT_DECLINE_VISIT, BY_DEPARTMENT, ANY_KIND, NEED(OWN) | NEED(HAS_REASON),
      VISIT_PROPOSED, EFFECT_NONE, "P11", "一同核查：各部门商定" },
    { VISIT_PROPOSED, ACT_ANNOUNCE_VISIT, BY_CLOCK, ANY_KIND, NEED(ALL_AGREED),
      VISIT_ANNOUNCED, EFFECT_NONE, "P11", "一同核查：告知申请人" },
    { VISIT_PROPOSED, ACT_CANCEL_VISIT, OFFICES, ANY_KIND, NEED(OWN) | NEED(HAS_REASON),
      VISIT_CANCELLED, EFFECT_NONE, "P11", "一同核查" },
    { VISIT_ANNOUNCED, ACT_CANCEL_VISIT, OFFICES, ANY_KIND, NEED(OWN) | NEED(HAS_REASON),
      VISIT_CANCELLED, EFFECT_NONE, "P11", "一同核查" },
    /* Everybody's item was closed before the day was agreed: nobody goes there any more. */
    { VISIT_PROPOSED, ACT_CLOSE_VISIT, BY_CLOCK, ANY_KIND, NEED(ALL_CONFIRMED),
      VISIT_CLOSED, EFFECT_NONE, "P11", LAW "第三十四条第三款" },
    { VISIT_ANNOUNCED, ACT_CLOSE_VISIT, BY_CLOCK, ANY_KIND, NEED(ALL_CONFIRMED),
      VISIT_CLOSED, EFFECT_NONE, "P11", LAW "第三十四条第三款" },
};

static const struct { const char *key, *text; } STATES[VISIT_STATES] = {
    [VISIT_NONE] = { "none", "未安排" },
    [VISIT_PROPOSED] = { "proposed", "商定时间" },
    [VISIT_ANNOUNCED] = { "announced", "已通知" },
    [VISIT_CLOSED] = { "closed", "已完成" },
    [VISIT_CANCELLED] = { "cancelled", "已取消" },
};

static const struct { const char *key, *text; enum inspection_stage outcome; } OUTCOMES[RESULTS] = {
    [RESULT_NONE] = { "none", "未记录", INSPECTION_REQUIRED },
    [RESULT_PASS] = { "pass", "通过", INSPECTION_PASSED },
    [RESULT_RECTIFY] = { "rectify", "限期整改", INSPECTION_RECTIFY },
    [RESULT_FAIL] = { "fail", "不通过", INSPECTION_FAILED },
};

static const char *state_text(int s)
{
    return STATES[s].text;
}

static const char *state_key(int s)
{
    return STATES[s].key;
}

const struct transition_table VISIT_TABLE = { "visit", ROWS, sizeof ROWS / sizeof ROWS[0],
                                              state_text, state_key };

enum inspection_stage visit_outcome(enum visit_result r)
{
    return OUTCOMES[r].outcome;
}

const char *visit_state_key(enum visit_state s)
{
    return STATES[s].key;
}

const char *visit_state_text(enum visit_state s)
{
    return STATES[s].text;
}

enum visit_state visit_state_of(struct sv key)
{
    for (int s = VISIT_NONE; s < VISIT_STATES; s++)
        if (sv_is(key, STATES[s].key))
            return (enum visit_state)s;
    return VISIT_NONE;
}

const char *visit_result_key(enum visit_result r)
{
    return OUTCOMES[r].key;
}

const char *visit_result_text(enum visit_result r)
{
    return OUTCOMES[r].text;
}

bool visit_result_of(struct sv key, enum visit_result *out)
{
    for (int r = RESULT_PASS; r < RESULTS; r++)
        if (sv_is(key, OUTCOMES[r].key)) {
            *out = (enum visit_result)r;
            return true;
        }
    return false;
}
