/* transition: the tables that say what may be done, and the one function that asks them. Pure.
 *
 * A row: in this state, this act, by these actors, when these facts hold, leads to that state, has
 * this effect on the clock, by this rule and article. Five tables share the shape: items, the case
 * itself, the joint inspection, what becomes of a permit, and who supervises it afterwards. Nothing else in the program decides whether an act is
 * possible: services gather facts, step the table and carry out the effect.
 */
#ifndef YZ_DOMAIN_CASE_TRANSITION_H
#define YZ_DOMAIN_CASE_TRANSITION_H

#include "domain/case/fact.h"

/* X(NAME, key in API and log, Chinese) */
#define ACT_LIST(X)                                                                              \
    X(SUBMIT, "submit", "提交申请")                                                              \
    X(ACCEPT, "accept", "受理")                                                                  \
    X(DEEM_ACCEPTED, "deem_accepted", "视为受理")                                                \
    X(REFUSE, "refuse", "不予受理")                                                              \
    X(ASK_CORRECTION, "ask_correction", "要求补正")                                              \
    X(SUPPLEMENT, "supplement", "补正")                                                          \
    X(END_CORRECTION, "end_correction", "逾期未补正终止")                                        \
    X(GRANT, "grant", "准予许可")                                                                \
    X(DENY, "deny", "不予许可")                                                                  \
    X(WITHDRAW, "withdraw", "撤回申请")                                                          \
    X(OPEN_SPECIAL, "open_special", "启动特别程序")                                              \
    X(CLOSE_SPECIAL, "close_special", "结束特别程序")                                            \
    X(EXTEND, "extend", "延长期限")                                                              \
    X(TELL_HEARING, "tell_hearing", "告知听证权利")                                              \
    X(ASK_HEARING, "ask_hearing", "要求听证")                                                    \
    X(WAIVE_HEARING, "waive_hearing", "放弃听证")                                                \
    X(NOTIFY_HEARING, "notify_hearing", "通知听证")                                              \
    X(HOLD_HEARING, "hold_hearing", "举行听证")                                                  \
    X(INSPECT, "inspect", "记录现场核查")                                                        \
    X(COUNTERSIGN, "countersign", "确认现场核查")                                                \
    X(CONFIRM_COMMITMENT, "confirm_commitment", "确认承诺材料")                                  \
    X(DELIVER, "deliver", "送达")                                                                \
    X(SEND_CORRECTION, "send_correction", "发出补正通知")                                        \
    X(EXTEND_JOINT, "extend_joint", "延长联合办理期限")                                          \
    X(ISSUE_LICENCE, "issue_licence", "颁发行业综合许可证")                                      \
    X(DELIVER_LICENCE, "deliver_licence", "送达行业综合许可证")                                  \
    X(BREAK_COMMITMENT, "break_commitment", "承诺逾期未履行")                                    \
    X(PROPOSE_VISIT, "propose_visit", "提议核查时间")                                            \
    X(AGREE_VISIT, "agree_visit", "同意核查时间")                                                \
    X(DECLINE_VISIT, "decline_visit", "不同意核查时间")                                          \
    X(ANNOUNCE_VISIT, "announce_visit", "通知现场核查")                                          \
    X(CANCEL_VISIT, "cancel_visit", "取消现场核查")                                              \
    X(CLOSE_VISIT, "close_visit", "完成现场核查")                                                \
    X(CREATE_CATALOG, "create_catalog", "起草行业目录")                                          \
    X(EDIT_CATALOG, "edit_catalog", "修改目录草稿")                                              \
    X(EXPLAIN_CATALOG, "explain_catalog", "说明目录中的矛盾")                                    \
    X(REBASE_CATALOG, "rebase_catalog", "目录草稿合并现行版本")                                  \
    X(SUBMIT_CATALOG, "submit_catalog", "提交目录草稿审核")                                      \
    X(RETURN_CATALOG, "return_catalog", "退回目录草稿")                                          \
    X(APPROVE_CATALOG, "approve_catalog", "审核通过目录草稿")                                    \
    X(SCHEDULE_CATALOG, "schedule_catalog", "排定目录公布日期")                                  \
    X(PUBLISH_CATALOG, "publish_catalog", "公布行业目录")                                        \
    X(ABANDON_CATALOG, "abandon_catalog", "作废目录草稿")                                        \
    X(DEEM_RENEWED, "deem_renewed", "视为准予延续")                                              \
    X(AMEND_PERMIT, "amend_permit", "变更许可")                                                  \
    X(RENEW_PERMIT, "renew_permit", "延续许可")                                                  \
    X(REPLACE_PERMIT, "replace_permit", "补发许可证")                                            \
    X(EXPIRE_PERMIT, "expire_permit", "许可届满失效")                                            \
    X(WITHDRAW_PERMIT, "withdraw_permit", "撤回许可")                                            \
    X(REVOKE_PERMIT, "revoke_permit", "撤销许可")                                                \
    X(CANCEL_PERMIT, "cancel_permit", "注销许可")                                                \
    X(FORFEIT_PERMIT, "forfeit_permit", "吊销许可证")                                            \
    X(REISSUE_LICENCE, "reissue_licence", "换发行业综合许可证")                                  \
    X(ARCHIVE_CASE, "archive_case", "归档")                                            \
    X(OPEN_SUPERVISION, "open_supervision", "推送监管任务")                                      \
    X(ACKNOWLEDGE_SUPERVISION, "acknowledge", "签收监管任务")                                    \
    X(REPORT_SOUND, "report_sound", "反馈监管结果：合格")                                        \
    X(REPORT_PROBLEM, "report_problem", "反馈监管结果：发现问题")                                \
    X(PROPOSE_TAKING, "propose_taking", "函告建议处理许可")                                      \
    X(DECLINE_PROPOSAL, "decline_proposal", "不采纳处理建议")                                    \
    X(ADOPT_PROPOSAL, "adopt_proposal", "处理建议已有结果")                                      \
    X(CLOSE_SUPERVISION, "close_supervision", "办结监管任务")

enum act {
#define ACT_ENUM_(name, key, text) ACT_##name,
    ACT_LIST(ACT_ENUM_)
#undef ACT_ENUM_
    ACTS
};
_Static_assert(ACTS <= 64, "transition_allowed answers with one bit for each");

enum actor_kind { /* bits: an officer may be several */
    BY_APPLICANT = 1, /* or the clerk on the applicant's behalf */
    BY_DEPARTMENT = 2,
    BY_CLOCK = 4, /* time, or the consequence of another act */
    BY_BUREAU = 8,
    BY_HEAD = 16,       /* the department's head */
    BY_GOVERNMENT = 32, /* the head of the people's government */
    BY_WINDOW = 64      /* the clerk as such */
};

enum permit_class { ANY_KIND, FILING_ONLY, NOT_FILING };

/* What the act does to the item's clock (law/timer.h). */
enum effect {
    EFFECT_NONE,
    EFFECT_ACCEPTANCE, /* the 5 days of art. 32 start */
    EFFECT_DECISION,   /* the decision clock starts */
    EFFECT_APPLICANT,  /* the applicant is the one to act */
    EFFECT_STOP,       /* time that the law does not count (art. 45) */
    EFFECT_RESUME,
    EFFECT_EXTEND,     /* more days (art. 42) */
    EFFECT_CLOSE,      /* no clock runs any more */
    EFFECTS
};

struct transition {
    int from;
    enum act act;
    unsigned actors;
    enum permit_class kind;
    uint64_t needs; /* NEED(…) | NEED(…) */
    int to;
    enum effect effect;
    const char *rule;    /* "P8" */
    const char *article; /* "行政许可法第三十八条" */
};

struct transition_table {
    const char *name;
    const struct transition *rows;
    size_t n;
    const char *(*state_text)(int state); /* 待受理 */
    const char *(*state_key)(int state);  /* "received" */
};

extern const struct transition_table ITEM_TABLE, CASE_TABLE, VISIT_TABLE, PERMIT_TABLE,
    SUPERVISION_TABLE;

/* by: bits of actor_kind. The row taken (its `to` is the next state), or NULL with
 * ERR_REFUSED / ERR_FORBIDDEN, rule, article and sentence in e (which may be NULL). */
const struct transition *transition_find(const struct transition_table *t, int from, enum act act,
                                         unsigned by, bool filing, uint64_t facts, struct err *e);
/* Acts that somebody may try in this state, as a set of bits over enum act: rows whose needs hold
 * apart from those in `later`, which come with the act itself (reasons, dates, …). */
uint64_t transition_allowed(const struct transition_table *t, int from, unsigned by, bool filing,
                            uint64_t facts, uint64_t later);

/* Facts that are given together with the act, by whoever acts. */
#define FACTS_OF_INPUT                                                                           \
    (NEED(HAS_REASON) | NEED(HAS_BASIS) | NEED(HAS_ORGAN) | NEED(HAS_ENTRIES) |                  \
     NEED(ENTRIES_NEW) | NEED(HAS_DAYS) | NEED(HAS_RESULT) | NEED(SPECIAL_ALLOWED) |             \
     NEED(HAS_PARTIES) | NEED(NOTICE_SEVEN_DAYS) | NEED(WITHIN_TWENTY_DAYS) |                    \
     NEED(CHAIR_NEUTRAL) | NEED(HAS_PLACE) | NEED(HAS_MINUTES) | NEED(CHECKS_COMPLETE) |         \
     NEED(COLLECTED) | NEED(DATE_WORKS) | NEED(HAS_RECEIVER) | NEED(TWO_OFFICERS) | \
     NEED(HAS_DOCUMENT))

const char *act_key(enum act a);
const char *act_text(enum act a);
bool act_of(struct sv key, enum act *out);
const char *effect_key(enum effect e);
const char *effect_text(enum effect e); /* what happens to the clock, in Chinese */
/* "申请人、部门"; out holds 160 bytes. Returns out. */
const char *actors_text(unsigned actors, char out[160]);

#endif
