/* item_table: THE table of the acts on an item. Rules as in PROCESS.md; articles of 行政许可法
 * unless another law is named. `make test` proves every row and every need (tools/mutate.mjs). */
#include "domain/case/item.h"

#define LAW "行政许可法"
/* What every decision needs, whatever it is. */
#define DECIDES (NEED(OWN) | NEED(NOT_RECEIVER) | NEED(CLOCK_RUNNING) | NEED(HEARING_SETTLED))

static const struct transition ROWS[] = {
    { ITEM_NONE, ACT_SUBMIT, BY_APPLICANT, ANY_KIND, NEED(OWN),
      ITEM_RECEIVED, EFFECT_ACCEPTANCE, "P1", LAW "第二十九条、第三十一条" },

    { ITEM_RECEIVED, ACT_ACCEPT, BY_DEPARTMENT, NOT_FILING, NEED(OWN) | NEED(NOT_BANNED),
      ITEM_ACCEPTED, EFFECT_DECISION, "P2", LAW "第三十二条" },
    { ITEM_RECEIVED, ACT_ACCEPT, BY_DEPARTMENT, FILING_ONLY,
      NEED(OWN) | NEED(NOT_RECEIVER) | NEED(NOT_BANNED),
      ITEM_GRANTED, EFFECT_CLOSE, "P14", "备案：受理即办结" },
    { ITEM_RECEIVED, ACT_REFUSE, BY_DEPARTMENT, ANY_KIND,
      NEED(OWN) | NEED(HAS_REASON) | NEED(HAS_ORGAN),
      ITEM_REFUSED, EFFECT_CLOSE, "P3", LAW "第三十二条" },
    { ITEM_RECEIVED, ACT_ASK_CORRECTION, BY_DEPARTMENT, ANY_KIND,
      NEED(OWN) | NEED(NO_NOTICE_OUT) | NEED(HAS_ENTRIES) | NEED(ENTRIES_NEW),
      ITEM_CORRECTING, EFFECT_NONE, "P4", LAW "第三十二条第一款第四项" },
    { ITEM_RECEIVED, ACT_DEEM_ACCEPTED, BY_CLOCK, ANY_KIND, NEED(SILENCE_PASSED),
      ITEM_ACCEPTED, EFFECT_DECISION, "P5", LAW "第三十二条第一款第四项" },

    { ITEM_CORRECTING, ACT_SEND_CORRECTION, BY_CLOCK, ANY_KIND, NEED(ALL_SPOKEN_OR_LAST_DAY),
      ITEM_CORRECTING, EFFECT_APPLICANT, "P4", LAW "第三十二条第一款第四项" },
    { ITEM_CORRECTING, ACT_SUPPLEMENT, BY_APPLICANT, ANY_KIND,
      NEED(OWN) | NEED(NOTICE_SENT) | NEED(ANSWER_IN_TIME),
      ITEM_RECEIVED, EFFECT_ACCEPTANCE, "P6", LAW "第三十二条" },
    { ITEM_CORRECTING, ACT_END_CORRECTION, BY_CLOCK, ANY_KIND,
      NEED(NOTICE_SENT) | NEED(ANSWER_OVERDUE),
      ITEM_ENDED, EFFECT_CLOSE, "P7", "补正期限届满未补正" },
    /* Departments that did not ask keep their state, but are told that their inputs changed. */
    { ITEM_RECEIVED, ACT_SUPPLEMENT, BY_APPLICANT, ANY_KIND, NEED(OWN) | NEED(INPUTS_CHANGED),
      ITEM_RECEIVED, EFFECT_NONE, "P6", LAW "第三十二条" },
    { ITEM_ACCEPTED, ACT_SUPPLEMENT, BY_APPLICANT, ANY_KIND, NEED(OWN) | NEED(INPUTS_CHANGED),
      ITEM_ACCEPTED, EFFECT_NONE, "P6", LAW "第三十二条" },

    { ITEM_ACCEPTED, ACT_GRANT, BY_DEPARTMENT, ANY_KIND,
      DECIDES | NEED(NOT_BANNED) | NEED(HEARING_IF_DUE) | NEED(INSPECTION_PASSED) |
          NEED(COMMITMENTS_KEPT),
      ITEM_GRANTED, EFFECT_CLOSE, "P8", LAW "第三十八条第一款" },
    { ITEM_ACCEPTED, ACT_DENY, BY_DEPARTMENT, ANY_KIND,
      DECIDES | NEED(HAS_REASON) | NEED(HAS_BASIS),
      ITEM_DENIED, EFFECT_CLOSE, "P8", LAW "第三十八条第二款" },

    /* A renewal asked for in time and not decided before the permit's end is granted by silence. */
    { ITEM_RECEIVED, ACT_DEEM_RENEWED, BY_CLOCK, ANY_KIND,
      NEED(RENEWAL_IN_TIME) | NEED(EXPIRY_PASSED),
      ITEM_GRANTED, EFFECT_CLOSE, "P26", LAW "第五十条第二款" },
    { ITEM_ACCEPTED, ACT_DEEM_RENEWED, BY_CLOCK, ANY_KIND,
      NEED(RENEWAL_IN_TIME) | NEED(EXPIRY_PASSED),
      ITEM_GRANTED, EFFECT_CLOSE, "P26", LAW "第五十条第二款" },

    { ITEM_ACCEPTED, ACT_OPEN_SPECIAL, BY_DEPARTMENT, NOT_FILING,
      NEED(OWN) | NEED(CLOCK_RUNNING) | NEED(SPECIAL_ALLOWED) | NEED(HAS_REASON) |
          NEED(HAS_DAYS),
      ITEM_ACCEPTED, EFFECT_STOP, "P9", LAW "第四十五条" },
    { ITEM_ACCEPTED, ACT_CLOSE_SPECIAL, BY_DEPARTMENT, NOT_FILING,
      NEED(OWN) | NEED(SPECIAL_OPEN) | NEED(NOT_A_HEARING) | NEED(HAS_RESULT),
      ITEM_ACCEPTED, EFFECT_RESUME, "P9", LAW "第四十五条" },
    { ITEM_ACCEPTED, ACT_EXTEND, BY_HEAD, NOT_FILING,
      NEED(OWN) | NEED(CLOCK_RUNNING) | NEED(NOT_EXTENDED) | NEED(LIMIT_LEFT) |
          NEED(HAS_REASON),
      ITEM_ACCEPTED, EFFECT_EXTEND, "P10", LAW "第四十二条第一款" },

    { ITEM_ACCEPTED, ACT_TELL_HEARING, BY_DEPARTMENT, NOT_FILING,
      NEED(OWN) | NEED(HEARING_NEW) | NEED(HAS_REASON) | NEED(HAS_PARTIES),
      ITEM_ACCEPTED, EFFECT_NONE, "P9", LAW "第三十六条、第四十六条、第四十七条" },
    { ITEM_ACCEPTED, ACT_ASK_HEARING, BY_APPLICANT | BY_DEPARTMENT, NOT_FILING,
      NEED(OWN) | NEED(CLOCK_RUNNING) | NEED(HEARING_TOLD) | NEED(ASK_IN_TIME),
      ITEM_ACCEPTED, EFFECT_STOP, "P9", LAW "第四十七条" },
    { ITEM_ACCEPTED, ACT_WAIVE_HEARING, BY_APPLICANT, NOT_FILING,
      NEED(OWN) | NEED(HEARING_TOLD) | NEED(SOLE_PARTY),
      ITEM_ACCEPTED, EFFECT_NONE, "P9", LAW "第四十七条" },
    { ITEM_ACCEPTED, ACT_NOTIFY_HEARING, BY_DEPARTMENT, NOT_FILING,
      NEED(OWN) | NEED(HEARING_ASKED) | NEED(NOTICE_SEVEN_DAYS) | NEED(WITHIN_TWENTY_DAYS) |
          NEED(CHAIR_NEUTRAL) | NEED(HAS_PLACE),
      ITEM_ACCEPTED, EFFECT_NONE, "P9", LAW "第四十七条、第四十八条" },
    { ITEM_ACCEPTED, ACT_HOLD_HEARING, BY_DEPARTMENT, NOT_FILING,
      NEED(OWN) | NEED(HEARING_DAY) | NEED(HAS_MINUTES),
      ITEM_ACCEPTED, EFFECT_RESUME, "P9", LAW "第四十八条" },

    { ITEM_ACCEPTED, ACT_INSPECT, BY_DEPARTMENT, ANY_KIND,
      NEED(OWN) | NEED(NAMED_OFFICER) | NEED(VISIT_DAY) | NEED(NOT_CONFIRMED) |
          NEED(CHECKS_COMPLETE),
      ITEM_ACCEPTED, EFFECT_NONE, "P11", LAW "第三十四条第三款" },
    { ITEM_ACCEPTED, ACT_COUNTERSIGN, BY_DEPARTMENT, ANY_KIND,
      NEED(OWN) | NEED(NAMED_OFFICER) | NEED(INSPECTED) | NEED(OTHER_OFFICER),
      ITEM_ACCEPTED, EFFECT_NONE, "P11", LAW "第三十四条第三款" },
    { ITEM_ACCEPTED, ACT_CONFIRM_COMMITMENT, BY_DEPARTMENT, ANY_KIND,
      NEED(OWN) | NEED(COMMITMENT_OPEN) | NEED(COLLECTED),
      ITEM_ACCEPTED, EFFECT_NONE, "P12", "承诺制容缺受理：现场确认并获取" },
    { ITEM_GRANTED, ACT_CONFIRM_COMMITMENT, BY_DEPARTMENT, ANY_KIND,
      NEED(OWN) | NEED(COMMITMENT_OPEN) | NEED(COLLECTED),
      ITEM_GRANTED, EFFECT_NONE, "P12", "承诺制容缺受理：现场确认并获取" },

    { ITEM_RECEIVED, ACT_WITHDRAW, BY_APPLICANT, ANY_KIND, NEED(OWN),
      ITEM_WITHDRAWN, EFFECT_CLOSE, "P13", "申请人撤回" },
    { ITEM_CORRECTING, ACT_WITHDRAW, BY_APPLICANT, ANY_KIND, NEED(OWN),
      ITEM_WITHDRAWN, EFFECT_CLOSE, "P13", "申请人撤回" },
    { ITEM_ACCEPTED, ACT_WITHDRAW, BY_APPLICANT, ANY_KIND, NEED(OWN),
      ITEM_WITHDRAWN, EFFECT_CLOSE, "P13", "申请人撤回" },

    { ITEM_GRANTED, ACT_DELIVER, BY_WINDOW | BY_BUREAU | BY_APPLICANT, ANY_KIND,
      NEED(NOT_DELIVERED) | NEED(HAS_RECEIVER),
      ITEM_GRANTED, EFFECT_NONE, "P17", LAW "第四十四条" },
    { ITEM_DENIED, ACT_DELIVER, BY_WINDOW | BY_BUREAU | BY_APPLICANT, ANY_KIND,
      NEED(NOT_DELIVERED) | NEED(HAS_RECEIVER),
      ITEM_DENIED, EFFECT_NONE, "P17", LAW "第四十四条" },
};

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

static const char *state_text(int s)
{
    return STATES[s].text;
}

static const char *state_key(int s)
{
    return STATES[s].key;
}

const struct transition_table ITEM_TABLE = { "item", ROWS, sizeof ROWS / sizeof ROWS[0],
                                             state_text, state_key };

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

/* ---- stages beside the state ---- */

static const char *const HEARINGS[HEARING_STAGES] = { "none", "told", "asked", "noticed", "held",
                                                      "waived" };
static const struct { const char *key, *text; } INSPECTIONS[INSPECTION_STAGES] = {
    [INSPECTION_NONE] = { "none", "不需要现场核查" },
    [INSPECTION_REQUIRED] = { "required", "待现场核查" },
    [INSPECTION_RECORDED] = { "recorded", "核查待另一人确认" },
    [INSPECTION_PASSED] = { "passed", "现场核查通过" },
    [INSPECTION_RECTIFY] = { "rectify", "限期整改，待复查" },
    [INSPECTION_FAILED] = { "failed", "现场核查不通过" },
};

const char *hearing_stage_key(enum hearing_stage s)
{
    return HEARINGS[s];
}

enum hearing_stage hearing_stage_of(struct sv key)
{
    for (int s = HEARING_NONE; s < HEARING_STAGES; s++)
        if (sv_is(key, HEARINGS[s]))
            return (enum hearing_stage)s;
    return HEARING_NONE;
}

const char *inspection_stage_key(enum inspection_stage s)
{
    return INSPECTIONS[s].key;
}

const char *inspection_stage_text(enum inspection_stage s)
{
    return INSPECTIONS[s].text;
}

enum inspection_stage inspection_stage_of(struct sv key)
{
    for (int s = INSPECTION_NONE; s < INSPECTION_STAGES; s++)
        if (sv_is(key, INSPECTIONS[s].key))
            return (enum inspection_stage)s;
    return INSPECTION_NONE;
}
