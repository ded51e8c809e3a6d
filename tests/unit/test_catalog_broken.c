/* Broken catalogues: one thing wrong each, found with the right code at the right place. */
#include "test_catalog_fixture.h"

static struct arena *arena;
static json_t *shipped;

static int setup(void **state)
{
    (void)state;
    arena = arena_new();
    shipped = fixture_json(arena, "catalog/wuhai-2026.json");
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    json_decref(shipped);
    arena_free(arena);
    return 0;
}

/* Put value (NULL: remove) at an RFC 6901 pointer; "-" appends to an array. */
static void put(json_t *doc, const char *pointer, json_t *value)
{
    struct sv rest = sv_skip(sv_of(pointer), 1);
    json_t *at = doc;
    for (;;) {
        struct sv key = sv_cut(&rest, '/');
        char *name = arena_dup(arena, key);
        int64_t i = -1;
        sv_to_i64(key, &i);
        if (!sv_empty(rest)) {
            at = json_is_array(at) ? json_array_get(at, (size_t)i) : json_object_get(at, name);
            if (!at)
                fail_msg("no %s in %s", name, pointer);
            continue;
        }
        if (json_is_array(at) && sv_is(key, "-"))
            json_array_append_new(at, value);
        else if (json_is_array(at) && !value)
            json_array_remove(at, (size_t)i);
        else if (json_is_array(at))
            json_array_set_new(at, (size_t)i, value);
        else if (!value)
            json_object_del(at, name);
        else
            json_object_set_new(at, name, value);
        return;
    }
}

/* Indexes: permit 0 P-SPJYXK, 1 P-SPDJZ, 5 P-YCLS, 12 P-ZSBA; industry 0 I01, 3 I04, 9 I10. */
static const struct mutation {
    const char *at, *value; /* NULL value: remove */
    const char *pointer, *code;
} MUTATIONS[] = {
    { "/format", "'other'", "/format", "unknown_format" },
    { "/version", NULL, "/version", "missing" },
    { "/version", "5", "/version", "wrong_type" },
    { "/surprise", "1", "/surprise", "unknown_member" },
    { "/title", "'甲\\u0001'", "/title", "bad_text" },
    { "/context", "[]", "/context", "wrong_type" },
    { "/regions", "{}", "/regions", "wrong_type" },
    { "/regions/1/code", "'1503'", "/regions/1/code", "bad_code" },
    { "/regions/1/code", "'150300'", "/regions/1/code", "duplicate_code" },
    { "/regions/-", "{'code':'150305','name':'新区'}", "/permits/0/deciders/by_region",
      "decider_missing" },
    { "/regions/-", "{'code':'150305','name':'新区'}", "/regions/4", "bureau_missing" },
    { "/regions/-", "{'code':'150305','name':'新区'}", "/regions/4", "window_missing" },
    { "/departments/1/region", "'999999'", "/departments/1/region", "unknown_reference" },
    { "/departments/1/certainty", "'也许'", "/departments/1/certainty", "bad_word" },
    { "/departments/1/role", "'SPJ'", "/departments/1/role", "duplicate_role" },
    { "/departments/1/vertical", "'是'", "/departments/1/vertical", "wrong_type" },
    { "/windows/0/department", "'D-NO'", "/windows/0/department", "unknown_reference" },
    { "/laws/0/certainty", NULL, "/laws/0/certainty", "missing" },
    { "/bases/0/law", "'L-NO'", "/bases/0/law", "unknown_reference" },
    { "/materials/0/code", "'M 1'", "/materials/0/code", "bad_code" },
    { "/materials/1/code", "'M-SQB'", "/materials/1/code", "duplicate_code" },
    { "/related/0/department_role", "'NO'", "/related/0/department_role", "unknown_reference" },
    { "/batches/0/published_on", "'2026-2-30'", "/batches/0/published_on", "bad_date" },
    { "/tolerance_when", "{'field':'F_NO','op':'filled'}", "/tolerance_when/field",
      "unknown_field" },
    /* fields */
    { "/fields/0/type", "'words'", "/fields/0/type", "bad_word" },
    { "/fields/0/max_length", NULL, "/fields/0", "missing" },
    { "/fields/0/max_length", "-1", "/fields/0/max_length", "out_of_range" },
    { "/fields/0/options", "[{'value':'1','label':'一'}]", "/fields/0", "options_unexpected" },
    { "/fields/2/options", "[]", "/fields/2", "options_missing" },
    { "/fields/2/options/1/value", "'01'", "/fields/2/options/1", "duplicate_option" },
    { "/fields/5/id_type/field", "'F_NO'", "/fields/5/id_type/field", "unknown_field" },
    { "/fields/5/id_type/kinds", "{'77':'citizen'}", "/fields/5/id_type/kinds/77",
      "unknown_option" },
    { "/fields/5/id_type/kinds", "{'01':'driver'}", "/fields/5/id_type/kinds/01", "bad_word" },
    { "/fields/16/rules/1/field", "'F_NO'", "/fields/16/rules/1/field", "unknown_field" },
    { "/fields/16/rules/1/field", "'F_ADDR'", "/fields/16/rules/1/kind", "rule_does_not_fit" },
    { "/fields/16/rules/1/field", NULL, "/fields/16/rules/1", "bad_rule" },
    { "/fields/16/rules/0/value", "'很多'", "/fields/16/rules/0/value", "bad_rule" },
    { "/fields/16/rules/0/kind", "'pattern'", "/fields/16/rules/0/kind", "rule_does_not_fit" },
    { "/fields/16/rules/0/message", NULL, "/fields/16/rules/0/message", "missing" },
    { "/fields/16/show_if", "{'field':'F_USE_AREA','op':'filled'}", "/fields/16/show_if",
      "condition_cycle" },
    { "/fields/19/show_if", "{'field':'F_PREMISES','op':'about','value':'1'}",
      "/fields/19/show_if/op", "bad_operator" },
    { "/fields/19/show_if", "{'field':'F_PREMISES','op':'eq','value':'77'}",
      "/fields/19/show_if/value", "unknown_option" },
    { "/fields/19/show_if", "{'field':'F_PREMISES','op':'contains','value':'01'}",
      "/fields/19/show_if/op", "bad_operator" },
    { "/fields/19/show_if", "{'field':'F_PREMISES','op':'in','value':'01'}",
      "/fields/19/show_if/value", "bad_condition_value" },
    { "/fields/19/show_if", "{'field':'F_PREMISES','op':'in','value':['01','88']}",
      "/fields/19/show_if/value/1", "unknown_option" },
    { "/fields/19/show_if", "{'field':'F_AGENT','op':'eq','value':'true'}",
      "/fields/19/show_if/value", "bad_condition_value" },
    { "/fields/19/show_if", "{'all':[]}", "/fields/19/show_if/all", "bad_condition" },
    { "/fields/19/show_if", "{'any':[{'not':{}}]}", "/fields/19/show_if/any/0/not",
      "bad_condition" },
    { "/fields/19/show_if", "{'field':'F_AGENT','op':'filled','more':1}", "/fields/19/show_if",
      "bad_condition" },
    { "/fields/19/show_if", "{'answer':'I99-Q1','op':'has','value':'A'}",
      "/fields/19/show_if/answer", "unknown_question" },
    { "/fields/19/show_if", "{'answer':'I01-Q1','op':'has','value':'Z'}",
      "/fields/19/show_if/value", "unknown_option" },
    { "/fields/19/show_if", "{'context':'weather','op':'eq','value':'rain'}",
      "/fields/19/show_if/context", "unknown_context" },
    /* permits */
    { "/permits/0/kind", "'执照'", "/permits/0/kind", "bad_word" },
    { "/permits/0/deciders", NULL, "/permits/0/deciders", "missing" },
    { "/permits/0/deciders/by_region/150303", NULL, "/permits/0/deciders/by_region",
      "decider_missing" },
    { "/permits/0/deciders/by_region/150303", "'D-NO'", "/permits/0/deciders/by_region/150303",
      "unknown_reference" },
    { "/permits/0/deciders/by_region/150303", "'D-HBW-SCJG'",
      "/permits/0/deciders/by_region/150303", "wrong_region" },
    { "/permits/0/supervisors/by_region/150304", NULL, "/permits/0/supervisors/by_region",
      "supervisor_missing" },
    { "/permits/0/limits/statutory_days", "'十天'", "/permits/0/limits/statutory_days",
      "wrong_type" },
    { "/permits/0/limits/promised_days", "11", "/permits/0/limits/promised_days",
      "promise_too_long" },
    { "/permits/0/materials/0/material", "'M-NO'", "/permits/0/materials/0/material",
      "unknown_reference" },
    { "/permits/0/materials/1/material", "'M-SQB'", "/permits/0/materials/1/material",
      "duplicate_material" },
    { "/permits/5/materials/3/necessity", "'容缺后补'", "/permits/5/materials/3/necessity",
      "tolerance_unreachable" },
    { "/permits/5/tolerance/allowed", "true", "/permits/5/tolerance/allowed",
      "tolerance_forbidden" },
    { "/permits/5/sensitive", "['机密']", "/permits/5/sensitive/0", "bad_word" },
    { "/permits/0/shared_fields/0", "'F_NO'", "/permits/0/shared_fields/0", "unknown_reference" },
    { "/permits/0/shared_fields/1", "'F_ENT_NAME'", "/permits/0/shared_fields/1",
      "duplicate_reference" },
    { "/permits/1/shared_fields/0", "'SPJY_XM'", "/permits/1/shared_fields/0", "not_shared" },
    { "/permits/1/fields/0/code", "'SPJY_XM'", "/permits/1/fields/0/code", "duplicate_code" },
    { "/permits/0/fields/8/columns", "[]", "/permits/0/fields/8", "columns_missing" },
    { "/permits/0/fields/8/columns/1/code", "'name'", "/permits/0/fields/8/columns/1",
      "duplicate_code" },
    { "/permits/0/fields/8/columns/0/type", "'table'", "/permits/0/fields/8/columns/0/type",
      "bad_column_type" },
    { "/permits/12/fields/3/rules/0/column", "'age'", "/permits/12/fields/3/rules/0/column",
      "unknown_column" },
    { "/permits/12/fields/0/rules/0/value", "'(a)\\\\1'", "/permits/12/fields/0/rules/0/value",
      "bad_pattern" },
    { "/permits/12/fields/0/rules/0/value", "'(a'", "/permits/12/fields/0/rules/0/value",
      "bad_pattern" },
    { "/permits/0/number/template", "'JY{serial:99}'", "/permits/0/number/template",
      "bad_template" },
    { "/permits/0/number/template", "'JY{field:NO}'", "/permits/0/number/template",
      "bad_template" },
    { "/permits/0/number/template", "'JY{region'", "/permits/0/number/template", "bad_template" },
    { "/permits/0/modes/0", "'09'", "/permits/0/modes/0", "unknown_option" },
    { "/permits/0/dependencies/0/on", "'R-NO'", "/permits/0/dependencies/0/on",
      "unknown_reference" },
    { "/permits/0/checks/0/common", "'C-NO'", "/permits/0/checks/0/common", "unknown_reference" },
    /* industries and guides */
    { "/industries/0/batch", "'B9'", "/industries/0/batch", "unknown_reference" },
    { "/industries/0/lead/role", "'NO'", "/industries/0/lead/role", "unknown_reference" },
    { "/industries/0/permits", "[]", "/industries/0/permits", "no_permits" },
    { "/industries/0/permits/0/permit", "'P-NO'", "/industries/0/permits/0/permit",
      "unknown_reference" },
    { "/industries/0/permits/1/permit", "'P-SPJYXK'", "/industries/0/permits/1/permit",
      "duplicate_permit" },
    { "/industries/9/permits/0/mode", "'必办'", "/industries/9/permits/0/mode", "retired_permit" },
    { "/industries/0/permits/0/mode", "'二选一'", "/industries/0/permits/0/group",
      "group_missing" },
    { "/industries/3/permits/0/group", "'G9'", "/industries/3/permits/0/group",
      "unknown_reference" },
    { "/industries/3/groups/0/min", "3", "/industries/3/groups/0", "impossible_group" },
    { "/industries/3/groups/0/max", "0", "/industries/3/groups/0", "impossible_group" },
    { "/industries/3/groups/0/unless", NULL, "/industries/3/groups/0", "guide_dead_end" },
    { "/industries/3/questions/1/options/0/add", "[]", "/industries/3/groups/0",
      "guide_dead_end" },
    { "/industries/3/questions/2/options/0/add", "['P-SPJYXK']", "/industries/3/groups/0",
      "guide_dead_end" },
    { "/industries/3/groups/0/permits/0", "'P-YPJY'", "/industries/3/groups/0/permits/0",
      "not_in_industry" },
    { "/industries/0/questions/0/options", "[]", "/industries/0/questions/0/options",
      "options_missing" },
    { "/industries/0/questions/0/options/1/code", "'A'", "/industries/0/questions/0/options/1",
      "duplicate_code" },
    { "/industries/0/questions/1/code", "'I01-Q1'", "/industries/0/questions/1/code",
      "duplicate_code" },
    { "/industries/0/questions/0/options/0/add", "['P-GGWS']",
      "/industries/0/questions/0/options/0/add/0", "not_in_industry" },
    { "/industries/0/questions/0/options/0/add", "['P-NO']",
      "/industries/0/questions/0/options/0/add/0", "unknown_reference" },
    { "/industries/0/questions/0/options/0/related", "['R-NO']",
      "/industries/0/questions/0/options/0/related/0", "unknown_reference" },
    { "/industries/0/questions/0/options/0/redirects", "['I01']",
      "/industries/0/questions/0/options/0/redirects/0", "unknown_reference" },
    { "/industries/0/questions/0/options/0/exclusive", "true",
      "/industries/0/questions/0/options/0/exclusive", "rule_does_not_fit" },
    { "/industries/0/questions/0/options/0/prefill/SPJY_ZTYT", "'9'",
      "/industries/0/questions/0/options/0/prefill/SPJY_ZTYT", "bad_prefill" },
    { "/industries/0/questions/0/options/0/prefill/NO", "'9'",
      "/industries/0/questions/0/options/0/prefill/NO", "unknown_field" },
    { "/industries/3/questions/0/show_if", "{'answer':'I04-Q2','op':'has','value':'A'}",
      "/industries/3/questions/0/show_if", "question_order" },
    { "/industries/0/questions/4/options/0/add", "[]", "/industries/0/permits/4",
      "permit_unreachable" },
    { "/industries/3/questions/2/show_if",
      "{'all':[{'answer':'I04-Q1','op':'has','value':'A'},"
      "{'answer':'I04-Q1','op':'has','value':'B'}]}",
      "/industries/3/questions/2", "question_unreachable" },
    { "/industries/9/system_rules/0/when", NULL, "/industries/9/system_rules/0/when", "missing" },
    { "/industries/9/system_rules/0/when", "{'answer':'I01-Q1','op':'has','value':'A'}",
      "/industries/9/system_rules/0/when", "question_order" },
};

static void test_mutations(void **state)
{
    (void)state;
    size_t n = sizeof MUTATIONS / sizeof *MUTATIONS;
    assert_true(n >= 30);
    for (size_t i = 0; i < n; i++) {
        const struct mutation *m = &MUTATIONS[i];
        struct arena *a = arena_new();
        struct err e;
        err_init(&e, a);
        json_t *doc = json_deep_copy(shipped);
        put(doc, m->at, m->value ? fixture_text(m->value) : NULL);
        struct catalog *c = catalog_load(json_dump(a, doc, false), SV("test.json"), &e);
        if (c || !fixture_has(&e, m->pointer, m->code)) {
            fixture_print(&e);
            fail_msg("%s = %s: expected %s at %s", m->at, m->value ? m->value : "(removed)",
                     m->code, m->pointer);
        }
        assert_int_equal(e.code, ERR_INVALID);
        assert_non_null(strstr(err_text(&e), "test.json"));
        for (size_t k = 0; k < e.n_problems; k++)
            assert_true(e.problems[k].message.n > 6);
        json_decref(doc);
        arena_free(a);
    }
    print_message("%zu broken catalogues\n", n);
}

static void test_all_at_once(void **state)
{
    (void)state;
    struct err e;
    err_init(&e, arena);
    json_t *doc = json_deep_copy(shipped);
    put(doc, "/version", NULL);
    put(doc, "/fields/2/options", json_array());
    put(doc, "/permits/0/kind", json_string("执照"));
    put(doc, "/industries/3/groups/0/max", json_integer(0));
    assert_null(catalog_load(json_dump(arena, doc, false), SV("x"), &e));
    assert_true(fixture_has(&e, "/version", "missing"));
    assert_true(fixture_has(&e, "/fields/2", "options_missing"));
    assert_true(fixture_has(&e, "/permits/0/kind", "bad_word"));
    assert_true(fixture_has(&e, "/industries/3/groups/0", "impossible_group"));
    json_decref(doc);
}

static void test_not_a_catalogue(void **state)
{
    (void)state;
    static const char *const TEXTS[] = { "", "{", "[]", "1", "null", "{}", "{\"a\":1.5}",
                                         "\"\\ud800\"", "{\"permits\":[1,null,[]]}" };
    for (size_t i = 0; i < sizeof TEXTS / sizeof *TEXTS; i++) {
        struct err e;
        err_init(&e, arena);
        assert_null(catalog_load(sv_of(TEXTS[i]), SV("x"), &e));
        assert_true(e.code == ERR_INVALID || e.code == ERR_MALFORMED);
    }
}

/* Take away any one member of any object: never a crash, and mostly a problem. */
static void test_remove_each_member(void **state)
{
    (void)state;
    static const char *const PARTS[] = { "fields/5", "permits/0", "industries/3", "materials/0",
                                         "departments/0" };
    for (size_t i = 0; i < sizeof PARTS / sizeof *PARTS; i++) {
        struct sv rest = sv_of(PARTS[i]);
        char *list = arena_dup(arena, sv_cut(&rest, '/'));
        int64_t index;
        sv_to_i64(rest, &index);
        json_t *part = json_array_get(json_object_get(shipped, list), (size_t)index), *v;
        const char *key;
        json_object_foreach(part, key, v) {
            struct arena *a = arena_new();
            struct err e;
            err_init(&e, a);
            json_t *doc = json_deep_copy(shipped);
            put(doc, arena_printf(a, "/%s/%s", PARTS[i], key), json_integer(7));
            catalog_free(catalog_load(json_dump(a, doc, false), SV("x"), &e));
            put(doc, arena_printf(a, "/%s/%s", PARTS[i], key), NULL);
            err_clear(&e);
            catalog_free(catalog_load(json_dump(a, doc, false), SV("x"), &e));
            json_decref(doc);
            arena_free(a);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_mutations), cmocka_unit_test(test_all_at_once),
        cmocka_unit_test(test_not_a_catalogue), cmocka_unit_test(test_remove_each_member),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
