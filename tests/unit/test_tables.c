/* The rule tables as such: no two rows about the same act, closed stays closed, what may be tried is what some input would
 * let happen, every name leads back. What the rows say is for test_item.c. */
#include "domain/case/case.h"
#include "domain/case/permit.h"
#include "domain/case/supervise.h"
#include "domain/case/visit.h"
#include "test.h"

static const struct transition_table *const TABLES[] = { &ITEM_TABLE, &CASE_TABLE, &VISIT_TABLE, &PERMIT_TABLE,
                                                         &SUPERVISION_TABLE };

static void test_rows_are_sound(void **state)
{
    (void)state;
    for (size_t k = 0; k < COUNT_OF(TABLES); k++)
        for (size_t i = 0; i < TABLES[k]->n; i++) {
            const struct transition *t = &TABLES[k]->rows[i];
            assert_true(t->rule[0] == 'P' && t->article[0] && t->actors &&
                        (t->needs || t->actors == BY_CLOCK));
            for (size_t j = 0; j < i; j++) {
                const struct transition *u = &TABLES[k]->rows[j];
                bool kinds = t->kind == u->kind || t->kind == ANY_KIND || u->kind == ANY_KIND;
                if (t->from == u->from && t->act == u->act && (t->actors & u->actors) && kinds)
                    fail_msg("%s: rows %zu and %zu are about the same act", TABLES[k]->name, j, i);
            }
        }
    /* What is closed stays closed. */
    for (size_t i = 0; i < ITEM_TABLE.n; i++)
        if (!item_open((enum item_state)ITEM_TABLE.rows[i].from))
            assert_true(ITEM_TABLE.rows[i].from == ITEM_NONE ||
                        ITEM_TABLE.rows[i].from == ITEM_TABLE.rows[i].to);
}

/* What may be tried is what some input would let happen. */
static void test_allowed_agrees_with_find(void **state)
{
    (void)state;
    for (int s = ITEM_NONE; s < ITEM_STATES; s++)
        for (unsigned by = 1; by <= BY_WINDOW; by <<= 1)
            for (uint64_t round = 0; round < 64; round++) {
                uint64_t facts = (round * UINT64_C(0x9e3779b97f4a7c15)) | NEED(OWN);
                facts &= ~FACTS_OF_INPUT;
                uint64_t may = transition_allowed(&ITEM_TABLE, s, by, false, facts,
                                                  FACTS_OF_INPUT);
                for (int a = 0; a < ACTS; a++) {
                    bool found = transition_find(&ITEM_TABLE, s, (enum act)a, by, false,
                                                 facts | FACTS_OF_INPUT, NULL) != NULL;
                    assert_int_equal(found, may >> a & 1);
                }
            }
}

static void test_names(void **state)
{
    (void)state;
    enum act act;
    enum visit_result r;
    char text[160];
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
    for (int s = 0; s < HEARING_STAGES; s++)
        assert_int_equal(hearing_stage_of(sv_of(hearing_stage_key((enum hearing_stage)s))), s);
    for (int s = 0; s < INSPECTION_STAGES; s++)
        assert_int_equal(inspection_stage_of(sv_of(inspection_stage_key(
                             (enum inspection_stage)s))), s);
    for (int s = 0; s < VISIT_STATES; s++)
        assert_int_equal(visit_state_of(sv_of(visit_state_key((enum visit_state)s))), s);
    for (int s = 0; s < PERMIT_STATES; s++)
        assert_int_equal(permit_state_of(sv_of(permit_state_key((enum permit_state)s))), s);
    assert_int_equal(permit_state_of(SV("lost")), PERMIT_STATES);
    for (int k = RESULT_PASS; k < RESULTS; k++)
        assert_true(visit_result_of(sv_of(visit_result_key((enum visit_result)k)), &r) &&
                    (int)r == k);
    assert_false(visit_result_of(SV("none"), &r));
    assert_string_equal(actors_text(BY_DEPARTMENT | BY_HEAD, text), "审批部门、部门负责人");
    for (int f = 0; f < FACTS; f++)
        assert_true(fact_key((enum fact)f)[0] && fact_text((enum fact)f)[0]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_rows_are_sound),
        cmocka_unit_test(test_allowed_agrees_with_find),
        cmocka_unit_test(test_names),
    };
    return cmocka_run_group_tests_name("tables", tests, NULL, NULL);
}
