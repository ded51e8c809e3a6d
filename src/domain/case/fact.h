/* fact: what a guard may ask, as one bit each. Pure.
 *
 * A row of a transition table lists the facts that must hold (NEED(…)); whoever steps the table
 * gathers the facts that do hold as a set. Every fact is worded so that "yes" lets the act pass;
 * its sentence tells a person what is missing, with the rule and article that ask for it when
 * these differ from the row's own. So a guard is data: it can be printed (docs/process.md),
 * explored exhaustively (tests/unit/test_explore.c) and deleted by the mutation script.
 */
#ifndef YZ_DOMAIN_CASE_FACT_H
#define YZ_DOMAIN_CASE_FACT_H

#include "base/err.h"

/* X(NAME, error, rule or NULL = the row's, sentence when it does not hold) */
#define FACT_LIST(X)                                                                             \
    X(OWN, FORBIDDEN, "P28", "该事项由其他部门负责，您不能办理")                                 \
    X(NOT_RECEIVER, REFUSED, "P8", "窗口收件的人员不能作决定（受审分离）")                       \
    X(NOT_BANNED, REFUSED, "P33", "申请人在禁止再次申请的期限内，应当不予受理或不予许可")        \
    X(SILENCE_PASSED, REFUSED, NULL, "五日期限还没有届满")                                       \
    X(HAS_REASON, REFUSED, NULL, "请写明理由")                                                   \
    X(HAS_BASIS, REFUSED, NULL, "请写明法律依据")                                                \
    X(HAS_ORGAN, REFUSED, NULL, "请告知应向哪个机关申请（或注明无需许可）")                      \
    X(HAS_ENTRIES, REFUSED, NULL, "请列明需要补正的全部内容")                                    \
    X(ENTRIES_NEW, REFUSED, NULL, "首次补正时就能提出的内容，不得再次要求补正")                  \
    X(NO_NOTICE_OUT, REFUSED, NULL, "补正通知已经发出，请等申请人答复后再提出")                  \
    X(NOTICE_SENT, REFUSED, NULL, "补正通知书还没有发出")                                        \
    X(ANSWER_IN_TIME, REFUSED, "P7", "补正期限已经届满")                                         \
    X(ANSWER_OVERDUE, REFUSED, NULL, "补正期限还没有届满")                                       \
    X(INPUTS_CHANGED, REFUSED, NULL, "该事项所依据的内容没有变化")                               \
    X(SOMEBODY_ASKS, REFUSED, NULL, "没有部门要求补正")                                          \
    X(ALL_SPOKEN_OR_LAST_DAY, REFUSED, NULL, "还有部门没有答复，首个五日期限也没有到")           \
    X(CLOCK_RUNNING, REFUSED, "P9", "特别程序还没有结束")                                        \
    X(SPECIAL_OPEN, REFUSED, NULL, "现在没有正在进行的特别程序")                                 \
    X(SPECIAL_ALLOWED, REFUSED, NULL, "该事项的目录没有列明这种不计入期限的程序")                \
    X(NOT_A_HEARING, REFUSED, NULL, "听证请按听证程序结束，并附笔录")                            \
    X(HAS_DAYS, REFUSED, NULL, "请写明所需工作日，书面告知申请人")                               \
    X(HAS_RESULT, REFUSED, NULL, "请写明结果")                                                   \
    X(NOT_EXTENDED, REFUSED, NULL, "已经延长过一次，不得再延长")                                 \
    X(LIMIT_LEFT, REFUSED, NULL, "法定期限已经届满，不能再延长")                                 \
    X(HEARING_SETTLED, REFUSED, "P9", "听证权利的告知期限未满，或听证还没有举行")                \
    X(HEARING_IF_DUE, REFUSED, "P9", "该事项依法应当先举行听证")                                 \
    X(HEARING_NEW, REFUSED, NULL, "已经告知过听证权利")                                          \
    X(HAS_PARTIES, REFUSED, NULL, "请列明利害关系人及其联系方式，或注明只告知申请人")            \
    X(HEARING_TOLD, REFUSED, NULL, "还没有告知听证权利，或已经提出、放弃")                       \
    X(ASK_IN_TIME, REFUSED, NULL, "要求听证应在被告知之日起五日内提出")                          \
    X(SOLE_PARTY, REFUSED, NULL, "还有其他利害关系人，须待其期限届满")                           \
    X(HEARING_ASKED, REFUSED, NULL, "没有人要求听证，或听证已经通知")                            \
    X(NOTICE_SEVEN_DAYS, REFUSED, NULL, "应当在举行听证七日前通知")                              \
    X(WITHIN_TWENTY_DAYS, REFUSED, NULL, "应当在提出听证要求之日起二十日内举行")                 \
    X(CHAIR_NEUTRAL, REFUSED, NULL, "听证主持人不得由审查该申请的人员担任")                      \
    X(HAS_PLACE, REFUSED, NULL, "请写明地点")                                                    \
    X(HEARING_DAY, REFUSED, NULL, "听证还没有通知，或通知的日子还没有到")                        \
    X(HAS_MINUTES, REFUSED, NULL, "听证应当制作笔录，依据笔录作决定")                            \
    X(INSPECTION_PASSED, REFUSED, "P11", "现场核查还没有完成，或没有通过")                       \
    X(TWO_OFFICERS, REFUSED, "P11", "每个部门应当指派两名以上工作人员")                          \
    X(NAMED_OFFICER, FORBIDDEN, "P11", "您不是本次核查指派的人员")                               \
    X(OTHER_OFFICER, REFUSED, "P11", "应当由另一名核查人员确认")                                 \
    X(VISIT_DAY, REFUSED, "P11", "核查还没有通知，或约定的日子还没有到")                         \
    X(CHECKS_COMPLETE, REFUSED, "P11", "请逐项填写核查结果")                                     \
    X(INSPECTED, REFUSED, "P11", "还没有记录核查结果，或已经确认")                               \
    X(NOT_CONFIRMED, REFUSED, "P11", "核查结果已经两人确认，不能再改")                           \
    X(COMMITMENTS_KEPT, REFUSED, "P12", "承诺后补的材料已经逾期")                                \
    X(COMMITMENT_OPEN, REFUSED, NULL, "没有待确认的承诺材料")                                    \
    X(COLLECTED, REFUSED, NULL, "请当场收取承诺的材料（上传照片或文件）后再确认")                \
    X(ITEMS_ACCEPTED, REFUSED, NULL, "还有需要核查的事项没有受理")                               \
    X(NEEDS_VISIT, REFUSED, NULL, "没有需要现场核查的事项")                                      \
    X(NO_OPEN_VISIT, REFUSED, NULL, "已经有一次核查在安排或进行中")                              \
    X(DATE_WORKS, REFUSED, NULL, "核查日期应是今天或以后的工作日")                               \
    X(ALL_AGREED, REFUSED, NULL, "还有部门没有同意")                                             \
    X(ALL_CONFIRMED, REFUSED, NULL, "还有部门没有完成核查记录")                                  \
    X(ALL_CLOSED, REFUSED, NULL, "还有事项没有办结")                                             \
    X(ONE_GRANTED, REFUSED, NULL, "没有准予的事项，不能颁发行业综合许可证")                      \
    X(NOT_ISSUED, REFUSED, NULL, "该办件已颁发行业综合许可证，不能重复颁发")                     \
    X(NOT_DELIVERED, REFUSED, NULL, "已经送达")                                                  \
    X(HAS_RECEIVER, REFUSED, NULL, "请写明送达方式和签收人")                                     \
    X(HAS_DOCUMENT, REFUSED, NULL, "请写明文书编号")                                             \
    X(NOT_EXPIRED, REFUSED, "P26", "该许可的有效期已经届满，应当重新申请")                       \
    X(EXPIRY_PASSED, REFUSED, NULL, "该许可的有效期还没有届满")                                  \
    X(RENEWAL_IN_TIME, REFUSED, NULL, "没有在规定时间提出的延续申请")

enum fact {
#define FACT_ENUM_(name, code, rule, text) FACT_##name,
    FACT_LIST(FACT_ENUM_)
#undef FACT_ENUM_
    FACTS
};

/* A set of facts, one bit each. */
_Static_assert(FACTS <= 64, "a set of facts is one word");
#define NEED(name) (UINT64_C(1) << FACT_##name)
#define FACTS_ALL (~UINT64_C(0))

static inline uint64_t fact_if(bool holds, enum fact f)
{
    return holds ? UINT64_C(1) << f : 0;
}

const char *fact_key(enum fact f);  /* "HAS_REASON" */
const char *fact_text(enum fact f); /* the sentence */
const char *fact_rule(enum fact f); /* "P11", or NULL: the row's */
int fact_error(enum fact f);        /* ERR_REFUSED or ERR_FORBIDDEN */

#endif
