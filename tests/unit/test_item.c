/* item: the acts on items, cases and visits, one test per rule. Each rule is written out a second
 * time here, as PROCESS.md says it: with exactly the facts it asks for the act passes, without any one
 * of them it is refused by the right rule. At the end: every row of the tables was tested so, and
 * nothing that is not written here is possible. */
#include "domain/case/case.h"
#include "domain/case/permit.h"
#include "domain/case/supervise.h"
#include "domain/case/visit.h"
#include "test.h"

static struct arena *arena;
static struct err err;

enum { ROWS_MAX = 200, N_TABLES = 5 };
static bool seen[N_TABLES][ROWS_MAX];
static const struct transition_table *const TABLES[N_TABLES] = { &ITEM_TABLE, &CASE_TABLE, &VISIT_TABLE,
                                                                  &PERMIT_TABLE, &SUPERVISION_TABLE };

static int setup(void **state)
{
    (void)state;
    arena = arena_new();
    err_init(&err, arena);
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    arena_free(arena);
    return 0;
}

static const struct transition *ask(const struct transition_table *t, int from, enum act act,
                                    unsigned by, bool filing, uint64_t facts)
{
    err_clear(&err);
    const struct transition *row = transition_find(t, from, act, by, filing, facts, &err);
    assert_true((row == NULL) == (err.code != 0));
    return row;
}

static void mark(const struct transition_table *t, const struct transition *row)
{
    for (int k = 0; k < N_TABLES; k++)
        if (TABLES[k] == t)
            seen[k][row - t->rows] = true;
}

/* One sentence of the rules. */
struct sentence {
    const struct transition_table *table;
    int from;
    enum act act;
    unsigned by; /* one actor */
    bool filing;
    uint64_t needs;
    int to;
    enum effect effect;
    const char *rule;
};

static void check(const struct sentence *r)
{
    const struct transition *row = ask(r->table, r->from, r->act, r->by, r->filing, r->needs);
    if (!row)
        fail_msg("%s: %s should pass: %s", r->rule, act_key(r->act), err.detail);
    assert_int_equal(row->to, r->to);
    assert_int_equal(row->effect, r->effect);
    assert_string_equal(row->rule, r->rule);
    mark(r->table, row);
    for (int f = 0; f < FACTS; f++) {
        uint64_t one = UINT64_C(1) << f;
        const char *by = fact_rule((enum fact)f) ? fact_rule((enum fact)f) : r->rule;
        if (!(r->needs & one))
            continue;
        if (ask(r->table, r->from, r->act, r->by, r->filing, r->needs & ~one))
            fail_msg("%s: %s passes without %s", r->rule, act_key(r->act),
                     fact_key((enum fact)f));
        assert_int_equal(err.code, fact_error((enum fact)f));
        assert_string_equal(err.rule, by);
        assert_non_null(strstr(err.detail, fact_text((enum fact)f)));
        assert_non_null(strstr(err.detail, "（")); /* with its article */
        /* Whatever else may hold does not make up for it. */
        assert_null(ask(r->table, r->from, r->act, r->by, r->filing, FACTS_ALL & ~one));
    }
}

#define ITEM(from, act, by, filing, needs, to, effect, rule)                                      \
    check(&(struct sentence){ &ITEM_TABLE, from, act, by, filing, needs, to, effect, rule })
#define CASE(from, act, by, needs, to, effect, rule)                                              \
    check(&(struct sentence){ &CASE_TABLE, from, act, by, false, needs, to, effect, rule })
#define VISIT(from, act, by, needs, to, rule)                                                     \
    check(&(struct sentence){ &VISIT_TABLE, from, act, by, false, needs, to, EFFECT_NONE, rule })
#define BOTH(from, act, by, needs, to, effect, rule)                                              \
    for (int filing = 0; filing < 2; filing++)                                                    \
    ITEM(from, act, by, filing, needs, to, effect, rule)

static void never(int from, enum act act, unsigned by, const char *why)
{
    for (int filing = 0; filing < 2; filing++)
        if (ask(&ITEM_TABLE, from, act, by, filing, FACTS_ALL))
            fail_msg("possible: %s", why);
}

/* ---- before acceptance ---- */

static void test_P1_submit(void **state)
{
    (void)state;
    BOTH(ITEM_NONE, ACT_SUBMIT, BY_APPLICANT, NEED(OWN), ITEM_RECEIVED, EFFECT_ACCEPTANCE, "P1");
    never(ITEM_RECEIVED, ACT_SUBMIT, BY_APPLICANT, "an item received twice");
    never(ITEM_NONE, ACT_SUBMIT, BY_DEPARTMENT, "a department applying");
}

static void test_P2_accept(void **state)
{
    (void)state;
    ITEM(ITEM_RECEIVED, ACT_ACCEPT, BY_DEPARTMENT, false, NEED(OWN) | NEED(NOT_BANNED),
         ITEM_ACCEPTED, EFFECT_DECISION, "P2");
    never(ITEM_CORRECTING, ACT_ACCEPT, BY_DEPARTMENT, "accepting while the applicant corrects");
    never(ITEM_RECEIVED, ACT_ACCEPT, BY_WINDOW | BY_APPLICANT, "the window accepting");
}

static void test_P3_refuse(void **state)
{
    (void)state;
    BOTH(ITEM_RECEIVED, ACT_REFUSE, BY_DEPARTMENT, NEED(OWN) | NEED(HAS_REASON) | NEED(HAS_ORGAN),
         ITEM_REFUSED, EFFECT_CLOSE, "P3");
    never(ITEM_ACCEPTED, ACT_REFUSE, BY_DEPARTMENT, "refusing what was accepted");
}

static void test_P4_correction_once(void **state)
{
    (void)state;
    BOTH(ITEM_RECEIVED, ACT_ASK_CORRECTION, BY_DEPARTMENT,
         NEED(OWN) | NEED(NO_NOTICE_OUT) | NEED(HAS_ENTRIES) | NEED(ENTRIES_NEW), ITEM_CORRECTING, EFFECT_NONE, "P4");
    BOTH(ITEM_CORRECTING, ACT_SEND_CORRECTION, BY_CLOCK, NEED(ALL_SPOKEN_OR_LAST_DAY),
         ITEM_CORRECTING, EFFECT_APPLICANT, "P4");
    never(ITEM_ACCEPTED, ACT_ASK_CORRECTION, BY_DEPARTMENT, "asking after acceptance");
    never(ITEM_CORRECTING, ACT_ASK_CORRECTION, BY_DEPARTMENT, "asking twice in a round");
}

static void test_P5_silence_is_acceptance(void **state)
{
    (void)state;
    BOTH(ITEM_RECEIVED, ACT_DEEM_ACCEPTED, BY_CLOCK, NEED(SILENCE_PASSED), ITEM_ACCEPTED,
         EFFECT_DECISION, "P5");
    never(ITEM_RECEIVED, ACT_DEEM_ACCEPTED, BY_DEPARTMENT | BY_HEAD, "deeming by a department");
    never(ITEM_CORRECTING, ACT_DEEM_ACCEPTED, BY_CLOCK, "silence while a correction was asked");
}

static void test_P6_supplement(void **state)
{
    (void)state;
    BOTH(ITEM_CORRECTING, ACT_SUPPLEMENT, BY_APPLICANT,
         NEED(OWN) | NEED(NOTICE_SENT) | NEED(ANSWER_IN_TIME), ITEM_RECEIVED, EFFECT_ACCEPTANCE,
         "P6");
    BOTH(ITEM_RECEIVED, ACT_SUPPLEMENT, BY_APPLICANT, NEED(OWN) | NEED(INPUTS_CHANGED),
         ITEM_RECEIVED, EFFECT_NONE, "P6");
    BOTH(ITEM_ACCEPTED, ACT_SUPPLEMENT, BY_APPLICANT, NEED(OWN) | NEED(INPUTS_CHANGED),
         ITEM_ACCEPTED, EFFECT_NONE, "P6");
    never(ITEM_CORRECTING, ACT_SUPPLEMENT, BY_DEPARTMENT, "a department answering itself");
}

static void test_P7_correction_not_answered(void **state)
{
    (void)state;
    BOTH(ITEM_CORRECTING, ACT_END_CORRECTION, BY_CLOCK, NEED(NOTICE_SENT) | NEED(ANSWER_OVERDUE),
         ITEM_ENDED, EFFECT_CLOSE, "P7");
    never(ITEM_CORRECTING, ACT_END_CORRECTION, BY_DEPARTMENT, "a department ending an item");
}

/* ---- the decision ---- */

#define DECIDES (NEED(OWN) | NEED(NOT_RECEIVER) | NEED(CLOCK_RUNNING) | NEED(HEARING_SETTLED))

static void test_P8_decide(void **state)
{
    (void)state;
    BOTH(ITEM_ACCEPTED, ACT_GRANT, BY_DEPARTMENT,
         DECIDES | NEED(NOT_BANNED) | NEED(HEARING_IF_DUE) | NEED(INSPECTION_PASSED) |
             NEED(COMMITMENTS_KEPT),
         ITEM_GRANTED, EFFECT_CLOSE, "P8");
    BOTH(ITEM_ACCEPTED, ACT_DENY, BY_DEPARTMENT, DECIDES | NEED(HAS_REASON) | NEED(HAS_BASIS),
         ITEM_DENIED, EFFECT_CLOSE, "P8");
    never(ITEM_RECEIVED, ACT_GRANT, BY_DEPARTMENT, "granting what was not accepted");
    for (int s = ITEM_GRANTED; s < ITEM_STATES; s++) {
        never(s, ACT_GRANT, BY_DEPARTMENT | BY_HEAD, "deciding twice");
        never(s, ACT_DENY, BY_DEPARTMENT | BY_HEAD, "deciding twice");
    }
}

static void test_P9_special_procedure(void **state)
{
    (void)state;
    ITEM(ITEM_ACCEPTED, ACT_OPEN_SPECIAL, BY_DEPARTMENT, false,
         NEED(OWN) | NEED(CLOCK_RUNNING) | NEED(SPECIAL_ALLOWED) | NEED(HAS_REASON) |
             NEED(HAS_DAYS),
         ITEM_ACCEPTED, EFFECT_STOP, "P9");
    ITEM(ITEM_ACCEPTED, ACT_CLOSE_SPECIAL, BY_DEPARTMENT, false,
         NEED(OWN) | NEED(SPECIAL_OPEN) | NEED(NOT_A_HEARING) | NEED(HAS_RESULT), ITEM_ACCEPTED,
         EFFECT_RESUME, "P9");
    never(ITEM_RECEIVED, ACT_OPEN_SPECIAL, BY_DEPARTMENT, "stopping the five days");
}

static void test_P9_hearing(void **state)
{
    (void)state;
    ITEM(ITEM_ACCEPTED, ACT_TELL_HEARING, BY_DEPARTMENT, false,
         NEED(OWN) | NEED(HEARING_NEW) | NEED(HAS_REASON) | NEED(HAS_PARTIES), ITEM_ACCEPTED,
         EFFECT_NONE, "P9");
    for (int k = 0; k < 2; k++) /* the applicant, or the department for a third party */
        ITEM(ITEM_ACCEPTED, ACT_ASK_HEARING, k ? BY_DEPARTMENT : BY_APPLICANT, false,
             NEED(OWN) | NEED(CLOCK_RUNNING) | NEED(HEARING_TOLD) | NEED(ASK_IN_TIME),
             ITEM_ACCEPTED, EFFECT_STOP, "P9");
    ITEM(ITEM_ACCEPTED, ACT_WAIVE_HEARING, BY_APPLICANT, false,
         NEED(OWN) | NEED(HEARING_TOLD) | NEED(SOLE_PARTY), ITEM_ACCEPTED, EFFECT_NONE, "P9");
    ITEM(ITEM_ACCEPTED, ACT_NOTIFY_HEARING, BY_DEPARTMENT, false,
         NEED(OWN) | NEED(HEARING_ASKED) | NEED(NOTICE_SEVEN_DAYS) | NEED(WITHIN_TWENTY_DAYS) |
             NEED(CHAIR_NEUTRAL) | NEED(HAS_PLACE),
         ITEM_ACCEPTED, EFFECT_NONE, "P9");
    ITEM(ITEM_ACCEPTED, ACT_HOLD_HEARING, BY_DEPARTMENT, false,
         NEED(OWN) | NEED(HEARING_DAY) | NEED(HAS_MINUTES), ITEM_ACCEPTED, EFFECT_RESUME, "P9");
    never(ITEM_ACCEPTED, ACT_WAIVE_HEARING, BY_DEPARTMENT, "a department waiving it");
}

static void test_P10_extension(void **state)
{
    (void)state;
    ITEM(ITEM_ACCEPTED, ACT_EXTEND, BY_HEAD, false,
         NEED(OWN) | NEED(CLOCK_RUNNING) | NEED(NOT_EXTENDED) | NEED(LIMIT_LEFT) |
             NEED(HAS_REASON),
         ITEM_ACCEPTED, EFFECT_EXTEND, "P10");
    never(ITEM_ACCEPTED, ACT_EXTEND, BY_DEPARTMENT, "a reviewer who is not the head");
}

static void test_P11_inspection(void **state)
{
    (void)state;
    const uint64_t plan = NEED(OWN) | NEED(NEEDS_VISIT) | NEED(ITEMS_ACCEPTED) |
                          NEED(DATE_WORKS) | NEED(HAS_PLACE);
    const unsigned offices[] = { BY_BUREAU, BY_DEPARTMENT, BY_WINDOW };
    BOTH(ITEM_ACCEPTED, ACT_INSPECT, BY_DEPARTMENT,
         NEED(OWN) | NEED(NAMED_OFFICER) | NEED(VISIT_DAY) | NEED(NOT_CONFIRMED) |
             NEED(CHECKS_COMPLETE),
         ITEM_ACCEPTED, EFFECT_NONE, "P11");
    BOTH(ITEM_ACCEPTED, ACT_COUNTERSIGN, BY_DEPARTMENT,
         NEED(OWN) | NEED(NAMED_OFFICER) | NEED(INSPECTED) | NEED(OTHER_OFFICER), ITEM_ACCEPTED,
         EFFECT_NONE, "P11");
    for (size_t k = 0; k < COUNT_OF(offices); k++) {
        VISIT(VISIT_NONE, ACT_PROPOSE_VISIT, offices[k], plan | NEED(NO_OPEN_VISIT),
              VISIT_PROPOSED, "P11");
        VISIT(VISIT_PROPOSED, ACT_PROPOSE_VISIT, offices[k], plan, VISIT_PROPOSED, "P11");
        VISIT(VISIT_ANNOUNCED, ACT_PROPOSE_VISIT, offices[k], plan | NEED(HAS_REASON),
              VISIT_PROPOSED, "P11");
        VISIT(VISIT_PROPOSED, ACT_CANCEL_VISIT, offices[k], NEED(OWN) | NEED(HAS_REASON),
              VISIT_CANCELLED, "P11");
        VISIT(VISIT_ANNOUNCED, ACT_CANCEL_VISIT, offices[k], NEED(OWN) | NEED(HAS_REASON),
              VISIT_CANCELLED, "P11");
    }
    VISIT(VISIT_PROPOSED, ACT_AGREE_VISIT, BY_DEPARTMENT, NEED(OWN) | NEED(TWO_OFFICERS),
          VISIT_PROPOSED, "P11");
    VISIT(VISIT_PROPOSED, ACT_DECLINE_VISIT, BY_DEPARTMENT, NEED(OWN) | NEED(HAS_REASON),
          VISIT_PROPOSED, "P11");
    VISIT(VISIT_PROPOSED, ACT_ANNOUNCE_VISIT, BY_CLOCK, NEED(ALL_AGREED), VISIT_ANNOUNCED, "P11");
    VISIT(VISIT_PROPOSED, ACT_CLOSE_VISIT, BY_CLOCK, NEED(ALL_CONFIRMED), VISIT_CLOSED, "P11");
    VISIT(VISIT_ANNOUNCED, ACT_CLOSE_VISIT, BY_CLOCK, NEED(ALL_CONFIRMED), VISIT_CLOSED, "P11");
    never(ITEM_RECEIVED, ACT_INSPECT, BY_DEPARTMENT, "inspecting what was not accepted");
}

static void test_P12_commitment(void **state)
{
    (void)state;
    BOTH(ITEM_ACCEPTED, ACT_CONFIRM_COMMITMENT, BY_DEPARTMENT,
         NEED(OWN) | NEED(COMMITMENT_OPEN) | NEED(COLLECTED), ITEM_ACCEPTED, EFFECT_NONE, "P12");
    BOTH(ITEM_GRANTED, ACT_CONFIRM_COMMITMENT, BY_DEPARTMENT,
         NEED(OWN) | NEED(COMMITMENT_OPEN) | NEED(COLLECTED), ITEM_GRANTED, EFFECT_NONE, "P12");
}

static void test_P13_withdraw(void **state)
{
    (void)state;
    for (int s = ITEM_RECEIVED; s < ITEM_STATES; s++)
        if (item_open((enum item_state)s))
            BOTH(s, ACT_WITHDRAW, BY_APPLICANT, NEED(OWN), ITEM_WITHDRAWN, EFFECT_CLOSE, "P13");
        else
            never(s, ACT_WITHDRAW, BY_APPLICANT, "withdrawing what is decided");
    never(ITEM_ACCEPTED, ACT_WITHDRAW, BY_DEPARTMENT | BY_BUREAU | BY_HEAD, "others withdrawing");
}

static void test_P14_filing(void **state)
{
    (void)state;
    ITEM(ITEM_RECEIVED, ACT_ACCEPT, BY_DEPARTMENT, true,
         NEED(OWN) | NEED(NOT_RECEIVER) | NEED(NOT_BANNED), ITEM_GRANTED, EFFECT_CLOSE, "P14");
}

static void test_P16_joint_extension(void **state)
{
    (void)state;
    CASE(CASE_IN_PROGRESS, ACT_EXTEND_JOINT, BY_GOVERNMENT,
         NEED(OWN) | NEED(HAS_REASON) | NEED(CLOCK_RUNNING) | NEED(NOT_EXTENDED) |
             NEED(LIMIT_LEFT),
         CASE_IN_PROGRESS, EFFECT_EXTEND, "P16");
    assert_null(ask(&CASE_TABLE, CASE_IN_PROGRESS, ACT_EXTEND_JOINT,
                    BY_BUREAU | BY_HEAD | BY_DEPARTMENT, false, FACTS_ALL));
}

static void test_P17_delivery(void **state)
{
    (void)state;
    const unsigned by[] = { BY_WINDOW, BY_BUREAU, BY_APPLICANT };
    const uint64_t needs = NEED(NOT_DELIVERED) | NEED(HAS_RECEIVER);
    for (size_t k = 0; k < COUNT_OF(by); k++) {
        BOTH(ITEM_GRANTED, ACT_DELIVER, by[k], needs, ITEM_GRANTED, EFFECT_NONE, "P17");
        BOTH(ITEM_DENIED, ACT_DELIVER, by[k], needs, ITEM_DENIED, EFFECT_NONE, "P17");
        CASE(CASE_ISSUED, ACT_DELIVER_LICENCE, by[k], needs, CASE_ISSUED, EFFECT_NONE, "P17");
    }
}

static void test_P22_issue(void **state)
{
    (void)state;
    CASE(CASE_DECIDED, ACT_ISSUE_LICENCE, BY_BUREAU,
         NEED(ALL_CLOSED) | NEED(ONE_GRANTED) | NEED(NOT_ISSUED), CASE_ISSUED, EFFECT_NONE, "P22");
    assert_null(ask(&CASE_TABLE, CASE_DECIDED, ACT_ISSUE_LICENCE,
                    BY_DEPARTMENT | BY_HEAD | BY_WINDOW | BY_GOVERNMENT, false, FACTS_ALL));
}

static void test_P32_broken_commitment(void **state)
{
    (void)state;
    for (int s = CASE_SUBMITTED; s <= CASE_ISSUED; s++)
        CASE(s, ACT_BREAK_COMMITMENT, BY_CLOCK, NEED(COMMITMENT_OPEN), s, EFFECT_NONE, "P32");
}

#define PERMIT(from, act, by, needs, to, rule)                                                    \
    check(&(struct sentence){ &PERMIT_TABLE, from, act, by, false, needs, to, EFFECT_NONE, rule })
#define TAKES (NEED(OWN) | NEED(HAS_REASON) | NEED(HAS_BASIS) | NEED(HAS_DOCUMENT))

/* P24: the granting department alone, in writing; or the clock, for what has run out. */
static void test_P24_permit_events(void **state)
{
    (void)state;
    const uint64_t changes = NEED(OWN) | NEED(NOT_EXPIRED) | NEED(HAS_DOCUMENT);
    static const struct { enum act act; enum permit_state to; } takes[] = {
        { ACT_WITHDRAW_PERMIT, PERMIT_WITHDRAWN }, { ACT_REVOKE_PERMIT, PERMIT_REVOKED },
        { ACT_FORFEIT_PERMIT, PERMIT_FORFEITED }, { ACT_CANCEL_PERMIT, PERMIT_CANCELLED },
    };
    PERMIT(PERMIT_VALID, ACT_AMEND_PERMIT, BY_DEPARTMENT, changes, PERMIT_VALID, "P24");
    PERMIT(PERMIT_VALID, ACT_REPLACE_PERMIT, BY_DEPARTMENT, changes, PERMIT_VALID, "P24");
    PERMIT(PERMIT_VALID, ACT_EXPIRE_PERMIT, BY_CLOCK, NEED(EXPIRY_PASSED), PERMIT_EXPIRED, "P24");
    for (size_t i = 0; i < sizeof takes / sizeof takes[0]; i++)
        PERMIT(PERMIT_VALID, takes[i].act, BY_DEPARTMENT, TAKES, (int)takes[i].to, "P24");
    /* What has lost its force is only struck off, and what is struck off stays so. */
    for (int s = PERMIT_EXPIRED; s < PERMIT_STATES; s++)
        for (int a = 0; a < ACTS; a++) {
            if (a == ACT_CANCEL_PERMIT && s != PERMIT_CANCELLED)
                PERMIT(s, ACT_CANCEL_PERMIT, BY_DEPARTMENT, TAKES, PERMIT_CANCELLED, "P24");
            else
                assert_null(ask(&PERMIT_TABLE, s, (enum act)a, ~0u, false, FACTS_ALL));
        }
    /* P28: no other department, not even the bureau. */
    for (int a = 0; a < ACTS; a++)
        assert_null(ask(&PERMIT_TABLE, PERMIT_VALID, (enum act)a,
                        BY_BUREAU | BY_GOVERNMENT | BY_WINDOW | BY_APPLICANT, false, FACTS_ALL));
}

#define SUPERVISE(from, act, by, needs, to)                                                       \
    check(&(struct sentence){ &SUPERVISION_TABLE, from, act, by, false, needs, to, EFFECT_NONE,   \
                              "P30" })

/* P30: a task with each decision; who supervises acknowledges, reports, proposes; who granted answers. */
static void test_P30_supervision(void **state)
{
    (void)state;
    const uint64_t found = NEED(OWN) | NEED(HAS_REASON) | NEED(HAS_RESULT);
    const uint64_t closes = NEED(OWN) | NEED(HAS_REASON);
    SUPERVISE(SUPERVISION_NONE, ACT_OPEN_SUPERVISION, BY_CLOCK, 0, SUPERVISION_PENDING);
    SUPERVISE(SUPERVISION_PENDING, ACT_ACKNOWLEDGE_SUPERVISION, BY_DEPARTMENT, NEED(OWN),
              SUPERVISION_ACKNOWLEDGED);
    SUPERVISE(SUPERVISION_ACKNOWLEDGED, ACT_CLOSE_SUPERVISION, BY_DEPARTMENT, closes,
              SUPERVISION_CLOSED);
    SUPERVISE(SUPERVISION_FINDING, ACT_CLOSE_SUPERVISION, BY_DEPARTMENT, closes, SUPERVISION_CLOSED);
    for (int s = SUPERVISION_ACKNOWLEDGED; s <= SUPERVISION_CLOSED; s++) {
        if (s == SUPERVISION_PROPOSED)
            continue; /* the other department has the word */
        SUPERVISE(s, ACT_REPORT_SOUND, BY_DEPARTMENT, found, SUPERVISION_CLOSED);
        SUPERVISE(s, ACT_REPORT_PROBLEM, BY_DEPARTMENT, found, SUPERVISION_FINDING);
    }
    SUPERVISE(SUPERVISION_FINDING, ACT_PROPOSE_TAKING, BY_DEPARTMENT, TAKES, SUPERVISION_PROPOSED);
    SUPERVISE(SUPERVISION_PROPOSED, ACT_DECLINE_PROPOSAL, BY_DEPARTMENT,
              closes | NEED(HAS_DOCUMENT), SUPERVISION_FINDING);
    SUPERVISE(SUPERVISION_PROPOSED, ACT_ADOPT_PROPOSAL, BY_CLOCK, 0, SUPERVISION_CLOSED);
    /* Nothing is reported before it was acknowledged, and nobody else acts. */
    assert_null(ask(&SUPERVISION_TABLE, SUPERVISION_PENDING, ACT_REPORT_SOUND, BY_DEPARTMENT, false,
                    FACTS_ALL));
    for (int s = 0; s < SUPERVISION_STATES; s++)
        for (int a = 0; a < ACTS; a++)
            assert_null(ask(&SUPERVISION_TABLE, s, (enum act)a,
                            BY_BUREAU | BY_GOVERNMENT | BY_WINDOW | BY_APPLICANT, false,
                            FACTS_ALL));
}

static void test_P26_renewal(void **state)
{
    (void)state;
    const uint64_t silent = NEED(RENEWAL_IN_TIME) | NEED(EXPIRY_PASSED);
    PERMIT(PERMIT_VALID, ACT_RENEW_PERMIT, BY_DEPARTMENT,
           NEED(OWN) | NEED(NOT_EXPIRED) | NEED(HAS_DOCUMENT), PERMIT_VALID, "P26");
    PERMIT(PERMIT_VALID, ACT_RENEW_PERMIT, BY_CLOCK, silent, PERMIT_VALID, "P26");
    BOTH(ITEM_RECEIVED, ACT_DEEM_RENEWED, BY_CLOCK, silent, ITEM_GRANTED, EFFECT_CLOSE, "P26");
    BOTH(ITEM_ACCEPTED, ACT_DEEM_RENEWED, BY_CLOCK, silent, ITEM_GRANTED, EFFECT_CLOSE, "P26");
    never(ITEM_CORRECTING, ACT_DEEM_RENEWED, BY_CLOCK, "silence while the applicant is the one to act");
    never(ITEM_ACCEPTED, ACT_DEEM_RENEWED, BY_DEPARTMENT | BY_HEAD, "deeming by a department");
}

static void test_P27_reissue(void **state)
{
    (void)state;
    for (unsigned by = BY_APPLICANT; by <= BY_BUREAU; by = by == BY_APPLICANT ? BY_BUREAU : by << 1)
        for (int s = CASE_ISSUED; s <= CASE_ARCHIVED; s++) /* also when the case has been put away */
            CASE(s, ACT_REISSUE_LICENCE, by, NEED(OWN) | NEED(HAS_REASON), s, EFFECT_NONE, "P27");
    assert_null(ask(&CASE_TABLE, CASE_DECIDED, ACT_REISSUE_LICENCE, BY_BUREAU, false, FACTS_ALL));
}

/* P31: by window, bureau or (after some days) the clock, once nothing is open any more; what has been archived stays as it is. */
static void test_P31_archive(void **state)
{
    (void)state;
    const enum case_state after[] = { CASE_ISSUED, CASE_DECIDED, CASE_WITHDRAWN, CASE_ENDED };
    const unsigned who[] = { BY_WINDOW, BY_BUREAU, BY_CLOCK };
    for (size_t k = 0; k < COUNT_OF(after); k++) {
        for (size_t n = 0; n < COUNT_OF(who); n++)
            CASE((int)after[k], ACT_ARCHIVE_CASE, who[n], NEED(ALL_CLOSED), CASE_ARCHIVED, EFFECT_NONE,
                 "P31");
        assert_null(ask(&CASE_TABLE, (int)after[k], ACT_ARCHIVE_CASE,
                        BY_APPLICANT | BY_DEPARTMENT | BY_HEAD | BY_GOVERNMENT, false, FACTS_ALL));
    }
    for (int a = 0; a < ACTS; a++)
        if (a != ACT_REISSUE_LICENCE)
            assert_null(ask(&CASE_TABLE, CASE_ARCHIVED, (enum act)a, ~0u, false, FACTS_ALL));
}

/* P28: nobody acts on another department's item, whatever the state and whatever else holds. */
static void test_P28_other_department(void **state)
{
    (void)state;
    for (int s = ITEM_NONE; s < ITEM_STATES; s++)
        for (int a = 0; a < ACTS; a++)
            for (int filing = 0; filing < 2; filing++) {
                assert_null(ask(&ITEM_TABLE, s, (enum act)a, BY_DEPARTMENT | BY_HEAD, filing,
                                FACTS_ALL & ~NEED(OWN)));
                assert_true(err.code == ERR_FORBIDDEN || err.code == ERR_REFUSED);
            }
}

/* ---- the tables as a whole ---- */

static void test_every_row_was_tested(void **state)
{
    (void)state;
    for (int k = 0; k < N_TABLES; k++)
        for (size_t i = 0; i < TABLES[k]->n; i++)
            if (!seen[k][i])
                fail_msg("%s row %zu (%s) has no test", TABLES[k]->name, i,
                         act_key(TABLES[k]->rows[i].act));
}

/* With every fact in the world: what no rule names is refused, and says what the state is. */
static void test_nothing_else(void **state)
{
    (void)state;
    static const int states[N_TABLES] = { ITEM_STATES, CASE_STATES, VISIT_STATES, PERMIT_STATES,
                                           SUPERVISION_STATES };
    size_t refused = 0;
    for (int k = 0; k < N_TABLES; k++)
        for (int s = 0; s < states[k]; s++)
            for (int a = 0; a < ACTS; a++)
                for (unsigned by = 1; by <= BY_WINDOW; by <<= 1)
                    for (int filing = 0; filing < 2; filing++) {
                        const struct transition *row = ask(TABLES[k], s, (enum act)a, by, filing,
                                                           FACTS_ALL);
                        if (row && !seen[k][row - TABLES[k]->rows])
                            fail_msg("%s: %s passes", TABLES[k]->name, act_key((enum act)a));
                        refused += row == NULL;
                        if (!row)
                            assert_string_equal(err.rule, "state");
                    }
    assert_true(refused > 5000);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_P1_submit),
        cmocka_unit_test(test_P2_accept),
        cmocka_unit_test(test_P3_refuse),
        cmocka_unit_test(test_P4_correction_once),
        cmocka_unit_test(test_P5_silence_is_acceptance),
        cmocka_unit_test(test_P6_supplement),
        cmocka_unit_test(test_P7_correction_not_answered),
        cmocka_unit_test(test_P8_decide),
        cmocka_unit_test(test_P9_special_procedure),
        cmocka_unit_test(test_P9_hearing),
        cmocka_unit_test(test_P10_extension),
        cmocka_unit_test(test_P11_inspection),
        cmocka_unit_test(test_P12_commitment),
        cmocka_unit_test(test_P13_withdraw),
        cmocka_unit_test(test_P14_filing),
        cmocka_unit_test(test_P16_joint_extension),
        cmocka_unit_test(test_P17_delivery),
        cmocka_unit_test(test_P24_permit_events),
        cmocka_unit_test(test_P26_renewal),
        cmocka_unit_test(test_P27_reissue),
        cmocka_unit_test(test_P31_archive),
        cmocka_unit_test(test_P22_issue),
        cmocka_unit_test(test_P28_other_department),
        cmocka_unit_test(test_P30_supervision),
        cmocka_unit_test(test_P32_broken_commitment),
        cmocka_unit_test(test_every_row_was_tested),
        cmocka_unit_test(test_nothing_else),
    };
    return cmocka_run_group_tests_name("item", tests, setup, teardown);
}
