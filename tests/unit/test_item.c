/* item: the acts on an item, one test per rule, and the whole table cell by cell. */
#include "domain/case/item.h"
#include "test.h"

static struct arena *arena;
static struct err err;

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

/* Facts under which nothing stands in the way. */
static struct item_facts fair(void)
{
    return (struct item_facts){
        .same_department = true, .silence_passed = true, .correction_sent = true,
        .correction_overdue = true, .correction_new = true, .n_entries = 1, .has_reason = true,
        .has_basis = true, .has_right_organ = true,
    };
}

static int step(enum item_state from, enum act act, enum actor_kind by, struct item_facts f)
{
    err_clear(&err);
    int rc = item_step(from, act, by, &f, &err);
    assert_true(rc != 0 && (rc > 0) == (err.code == 0));
    if (rc < 0)
        assert_true(rc == err.code && err.detail && err.detail[0]);
    return rc;
}

/* Refused by this rule, whose article stands in the sentence. */
static void refused(int rc, const char *rule)
{
    assert_int_equal(rc, ERR_REFUSED);
    assert_string_equal(err.rule, rule);
    assert_true(rule[0] != 'P' || strstr(err.detail, "（") != NULL);
}

static void test_P1_submit(void **state)
{
    (void)state;
    struct item_facts none = { 0 };
    assert_int_equal(step(ITEM_NONE, ACT_SUBMIT, BY_APPLICANT, none), ITEM_RECEIVED);
    refused(step(ITEM_RECEIVED, ACT_SUBMIT, BY_APPLICANT, fair()), "state");
    assert_int_equal(step(ITEM_NONE, ACT_SUBMIT, BY_DEPARTMENT, fair()), ERR_REFUSED);
}

static void test_P2_accept(void **state)
{
    (void)state;
    struct item_facts f = { .same_department = true };
    assert_int_equal(step(ITEM_RECEIVED, ACT_ACCEPT, BY_DEPARTMENT, f), ITEM_ACCEPTED);
    f.received_by_actor = true; /* receiving and accepting may be one person, deciding not */
    assert_int_equal(step(ITEM_RECEIVED, ACT_ACCEPT, BY_DEPARTMENT, f), ITEM_ACCEPTED);
    refused(step(ITEM_CORRECTING, ACT_ACCEPT, BY_DEPARTMENT, fair()), "state");
}

static void test_P3_refuse(void **state)
{
    (void)state;
    struct item_facts f = fair();
    assert_int_equal(step(ITEM_RECEIVED, ACT_REFUSE, BY_DEPARTMENT, f), ITEM_REFUSED);
    f.has_reason = false;
    refused(step(ITEM_RECEIVED, ACT_REFUSE, BY_DEPARTMENT, f), "P3");
    f = fair();
    f.has_right_organ = false;
    refused(step(ITEM_RECEIVED, ACT_REFUSE, BY_DEPARTMENT, f), "P3");
    refused(step(ITEM_ACCEPTED, ACT_REFUSE, BY_DEPARTMENT, fair()), "state");
}

static void test_P4_ask_correction_once(void **state)
{
    (void)state;
    struct item_facts f = fair();
    assert_int_equal(step(ITEM_RECEIVED, ACT_ASK_CORRECTION, BY_DEPARTMENT, f), ITEM_CORRECTING);
    f.n_entries = 0;
    refused(step(ITEM_RECEIVED, ACT_ASK_CORRECTION, BY_DEPARTMENT, f), "P4");
    f = fair();
    f.correction_new = false; /* could have been named the first time */
    refused(step(ITEM_RECEIVED, ACT_ASK_CORRECTION, BY_DEPARTMENT, f), "P4");
    refused(step(ITEM_ACCEPTED, ACT_ASK_CORRECTION, BY_DEPARTMENT, fair()), "state");
}

static void test_P5_silence_is_acceptance(void **state)
{
    (void)state;
    struct item_facts f = fair();
    assert_int_equal(step(ITEM_RECEIVED, ACT_DEEM_ACCEPTED, BY_CLOCK, f), ITEM_ACCEPTED);
    f.silence_passed = false;
    refused(step(ITEM_RECEIVED, ACT_DEEM_ACCEPTED, BY_CLOCK, f), "P5");
    assert_int_equal(step(ITEM_RECEIVED, ACT_DEEM_ACCEPTED, BY_DEPARTMENT, fair()), ERR_REFUSED);
    refused(step(ITEM_CORRECTING, ACT_DEEM_ACCEPTED, BY_CLOCK, fair()), "state");
}

static void test_P6_supplement(void **state)
{
    (void)state;
    struct item_facts f = fair();
    assert_int_equal(step(ITEM_CORRECTING, ACT_SUPPLEMENT, BY_APPLICANT, f), ITEM_RECEIVED);
    f.correction_overdue = false;
    assert_int_equal(step(ITEM_CORRECTING, ACT_SUPPLEMENT, BY_APPLICANT, f), ITEM_RECEIVED);
    f.correction_sent = false;
    refused(step(ITEM_CORRECTING, ACT_SUPPLEMENT, BY_APPLICANT, f), "P6");
    assert_int_equal(step(ITEM_CORRECTING, ACT_SUPPLEMENT, BY_DEPARTMENT, fair()), ERR_REFUSED);
}

static void test_P7_correction_not_answered(void **state)
{
    (void)state;
    struct item_facts f = fair();
    assert_int_equal(step(ITEM_CORRECTING, ACT_END_CORRECTION, BY_CLOCK, f), ITEM_ENDED);
    f.correction_overdue = false;
    refused(step(ITEM_CORRECTING, ACT_END_CORRECTION, BY_CLOCK, f), "P7");
    f = fair();
    f.correction_sent = false; /* nobody was asked: nothing to answer */
    refused(step(ITEM_CORRECTING, ACT_END_CORRECTION, BY_CLOCK, f), "P7");
    assert_int_equal(step(ITEM_CORRECTING, ACT_END_CORRECTION, BY_DEPARTMENT, fair()), ERR_REFUSED);
}

static void test_P8_decide(void **state)
{
    (void)state;
    struct item_facts f = { .same_department = true };
    assert_int_equal(step(ITEM_ACCEPTED, ACT_GRANT, BY_DEPARTMENT, f), ITEM_GRANTED);
    refused(step(ITEM_ACCEPTED, ACT_DENY, BY_DEPARTMENT, f), "P8");
    f.has_reason = true;
    refused(step(ITEM_ACCEPTED, ACT_DENY, BY_DEPARTMENT, f), "P8");
    f.has_basis = true;
    assert_int_equal(step(ITEM_ACCEPTED, ACT_DENY, BY_DEPARTMENT, f), ITEM_DENIED);
    f.received_by_actor = true; /* 受审分离 */
    refused(step(ITEM_ACCEPTED, ACT_GRANT, BY_DEPARTMENT, f), "P8");
    refused(step(ITEM_ACCEPTED, ACT_DENY, BY_DEPARTMENT, f), "P8");
    refused(step(ITEM_RECEIVED, ACT_GRANT, BY_DEPARTMENT, fair()), "state");
    refused(step(ITEM_GRANTED, ACT_GRANT, BY_DEPARTMENT, fair()), "state"); /* decided once */
    refused(step(ITEM_DENIED, ACT_GRANT, BY_DEPARTMENT, fair()), "state");
    refused(step(ITEM_GRANTED, ACT_DENY, BY_DEPARTMENT, fair()), "state");
}

static void test_P13_withdraw(void **state)
{
    (void)state;
    struct item_facts none = { 0 };
    for (int s = ITEM_NONE; s < ITEM_STATES; s++)
        if (item_open((enum item_state)s))
            assert_int_equal(step((enum item_state)s, ACT_WITHDRAW, BY_APPLICANT, none),
                             ITEM_WITHDRAWN);
        else
            refused(step((enum item_state)s, ACT_WITHDRAW, BY_APPLICANT, fair()), "state");
    assert_int_equal(step(ITEM_ACCEPTED, ACT_WITHDRAW, BY_DEPARTMENT, fair()), ERR_REFUSED);
    assert_int_equal(step(ITEM_ACCEPTED, ACT_WITHDRAW, BY_BUREAU, fair()), ERR_REFUSED);
}

static void test_P14_filing(void **state)
{
    (void)state;
    struct item_facts f = { .same_department = true, .filing = true };
    assert_int_equal(step(ITEM_RECEIVED, ACT_ACCEPT, BY_DEPARTMENT, f), ITEM_GRANTED);
    f.received_by_actor = true; /* here accepting is deciding */
    refused(step(ITEM_RECEIVED, ACT_ACCEPT, BY_DEPARTMENT, f), "P14");
}

/* P28: nobody acts on another department's item, whatever the state. */
static void test_P28_other_department(void **state)
{
    (void)state;
    struct item_facts f = fair();
    f.same_department = false;
    for (int s = ITEM_NONE; s < ITEM_STATES; s++)
        for (int a = 0; a < ACTS; a++)
            assert_int_equal(step((enum item_state)s, (enum act)a, BY_DEPARTMENT, f),
                             ERR_FORBIDDEN);
    assert_int_equal(item_allowed(ITEM_ACCEPTED, BY_DEPARTMENT, &f), 0);
}

/* ---- the table, cell by cell ---- */

/* Written out a second time, as the rules say it: 0 = refused. */
static enum item_state expected(enum item_state s, enum act a, enum actor_kind by,
                                const struct item_facts *f)
{
    bool dept = by == BY_DEPARTMENT && f->same_department;
    if (a == ACT_SUBMIT)
        return s == ITEM_NONE && by == BY_APPLICANT ? ITEM_RECEIVED : ITEM_NONE;
    if (a == ACT_WITHDRAW)
        return by == BY_APPLICANT &&
                       (s == ITEM_RECEIVED || s == ITEM_CORRECTING || s == ITEM_ACCEPTED)
                   ? ITEM_WITHDRAWN : ITEM_NONE;
    if (s == ITEM_RECEIVED && a == ACT_ACCEPT && dept)
        return !f->filing ? ITEM_ACCEPTED : f->received_by_actor ? ITEM_NONE : ITEM_GRANTED;
    if (s == ITEM_RECEIVED && a == ACT_REFUSE && dept)
        return f->has_reason && f->has_right_organ ? ITEM_REFUSED : ITEM_NONE;
    if (s == ITEM_RECEIVED && a == ACT_ASK_CORRECTION && dept)
        return f->n_entries > 0 && f->correction_new ? ITEM_CORRECTING : ITEM_NONE;
    if (s == ITEM_RECEIVED && a == ACT_DEEM_ACCEPTED && by == BY_CLOCK)
        return f->silence_passed ? ITEM_ACCEPTED : ITEM_NONE;
    if (s == ITEM_CORRECTING && a == ACT_SUPPLEMENT && by == BY_APPLICANT)
        return f->correction_sent ? ITEM_RECEIVED : ITEM_NONE;
    if (s == ITEM_CORRECTING && a == ACT_END_CORRECTION && by == BY_CLOCK)
        return f->correction_sent && f->correction_overdue ? ITEM_ENDED : ITEM_NONE;
    if (s == ITEM_ACCEPTED && a == ACT_GRANT && dept)
        return f->received_by_actor ? ITEM_NONE : ITEM_GRANTED;
    if (s == ITEM_ACCEPTED && a == ACT_DENY && dept)
        return !f->received_by_actor && f->has_reason && f->has_basis ? ITEM_DENIED : ITEM_NONE;
    return ITEM_NONE;
}

enum { FACTS = 1 << 11 };

static struct item_facts facts_of(unsigned bits)
{
    return (struct item_facts){
        .filing = bits & 1, .received_by_actor = bits & 2, .same_department = bits & 4,
        .silence_passed = bits & 8, .correction_sent = bits & 16, .correction_overdue = bits & 32,
        .correction_new = bits & 64, .n_entries = bits & 128 ? 2 : 0, .has_reason = bits & 256,
        .has_basis = bits & 512, .has_right_organ = bits & 1024,
    };
}

static void test_every_cell(void **state)
{
    (void)state;
    static const enum actor_kind ACTORS[] = { BY_APPLICANT, BY_DEPARTMENT, BY_CLOCK, BY_BUREAU };
    size_t allowed = 0;
    for (int s = ITEM_NONE; s < ITEM_STATES; s++)
        for (int a = 0; a < ACTS; a++) {
            arena_reset(arena);
            for (size_t k = 0; k < COUNT_OF(ACTORS); k++)
                for (unsigned bits = 0; bits < FACTS; bits++) {
                    struct item_facts f = facts_of(bits);
                    err_clear(&err);
                    int rc = item_step((enum item_state)s, (enum act)a, ACTORS[k], &f, NULL);
                    enum item_state to = expected((enum item_state)s, (enum act)a, ACTORS[k], &f);
                    if ((rc > 0 ? rc : 0) != (int)to)
                        fail_msg("%s, %s, actor %d, facts %x: %d, not %d",
                                 item_state_key((enum item_state)s), act_key((enum act)a),
                                 (int)ACTORS[k], bits, rc, (int)to);
                    allowed += to != ITEM_NONE;
                }
        }
    assert_true(allowed > 0);
}

/* What item_allowed offers is exactly what some facts about the act would let happen. */
static void test_allowed_agrees_with_step(void **state)
{
    (void)state;
    static const enum actor_kind ACTORS[] = { BY_APPLICANT, BY_DEPARTMENT, BY_CLOCK, BY_BUREAU };
    for (int s = ITEM_NONE; s < ITEM_STATES; s++)
        for (size_t k = 0; k < COUNT_OF(ACTORS); k++)
            for (unsigned who = 0; who < 8; who++) {
                unsigned possible = 0;
                for (unsigned act_facts = 0; act_facts < FACTS; act_facts += 8) {
                    struct item_facts f = facts_of(act_facts | who);
                    for (int a = 0; a < ACTS; a++)
                        if (item_step((enum item_state)s, (enum act)a, ACTORS[k], &f, NULL) > 0)
                            possible |= 1u << a;
                }
                struct item_facts f = facts_of(who);
                assert_int_equal(item_allowed((enum item_state)s, ACTORS[k], &f), possible);
            }
}

static void test_rows_are_unique(void **state)
{
    (void)state;
    for (size_t i = 0; i < ITEM_TABLE_SIZE; i++) {
        const struct transition *t = &ITEM_TABLE[i];
        assert_true(t->rule[0] == 'P' && t->article[0] && t->actors && t->act < ACT_ITEM_ACTS);
        assert_true(t->to != ITEM_NONE && t->to != t->from);
        assert_true(item_open(t->from) || t->from == ITEM_NONE); /* what is closed stays so */
        for (size_t k = 0; k < i; k++) {
            const struct transition *u = &ITEM_TABLE[k];
            bool same_kind = t->kind == u->kind || t->kind == ANY_KIND || u->kind == ANY_KIND;
            if (t->from == u->from && t->act == u->act && (t->actors & u->actors) && same_kind)
                fail_msg("rows %zu and %zu are about the same act", k, i);
        }
    }
}

static void test_names(void **state)
{
    (void)state;
    enum act act;
    for (int s = ITEM_RECEIVED; s < ITEM_STATES; s++) {
        assert_int_equal(item_state_of(sv_of(item_state_key((enum item_state)s))), s);
        assert_true(item_state_text((enum item_state)s)[0] != 0);
    }
    assert_int_equal(item_state_of(SV("none")), ITEM_NONE);
    assert_int_equal(item_state_of(SV("Received")), ITEM_NONE);
    for (int a = 0; a < ACTS; a++) {
        assert_true(act_of(sv_of(act_key((enum act)a)), &act) && (int)act == a);
        assert_true(act_text((enum act)a)[0] != 0);
    }
    assert_false(act_of(SV(""), &act));
    assert_false(act_of(SV("grant "), &act));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_P1_submit),
        cmocka_unit_test(test_P2_accept),
        cmocka_unit_test(test_P3_refuse),
        cmocka_unit_test(test_P4_ask_correction_once),
        cmocka_unit_test(test_P5_silence_is_acceptance),
        cmocka_unit_test(test_P6_supplement),
        cmocka_unit_test(test_P7_correction_not_answered),
        cmocka_unit_test(test_P8_decide),
        cmocka_unit_test(test_P13_withdraw),
        cmocka_unit_test(test_P14_filing),
        cmocka_unit_test(test_P28_other_department),
        cmocka_unit_test(test_every_cell),
        cmocka_unit_test(test_allowed_agrees_with_step),
        cmocka_unit_test(test_rows_are_unique),
        cmocka_unit_test(test_names),
    };
    return cmocka_run_group_tests_name("item", tests, setup, teardown);
}
