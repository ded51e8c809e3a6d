/* prefill: which known value goes into which empty field; whatever sources say, the form is no
 * worse afterwards and nothing that was typed is lost. */
#include "test_catalog_fixture.h"

#include "domain/catalog/cond.h"
#include "domain/catalog/prefill.h"

static struct arena *arena;
static struct catalog *catalog;
static int32_t today;

static int setup(void **state)
{
    (void)state;
    arena = arena_new();
    catalog = fixture_catalog(arena);
    today = date_of(2026, 11, 24);
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    catalog_free(catalog);
    arena_free(arena);
    return 0;
}

static struct form build(const char *code)
{
    const struct permit_type *one[] = { catalog_permit(catalog, sv_of(code)) };
    struct form f;
    assert_non_null(one[0]);
    form_build(catalog, one, 1, arena, &f);
    return f;
}

#define FOOD "P-SPJYXK"

static struct prefill_source source(enum prefill_kind kind, const char *values)
{
    return (struct prefill_source){ kind, sv_of(prefill_kind_text(kind)),
                                    kind == PREFILL_CASE ? SV("N1") : SV(""), date_of(2026, 3, 1),
                                    fixture_text(values), 0 };
}

/* Fill `typed` from the sources (given up afterwards) and give the values. */
static json_t *fill(const char *typed, struct prefill_source *s, size_t n, json_t *marks,
                    size_t expected)
{
    struct form f = build(FOOD);
    json_t *values = fixture_text(typed);
    size_t filled = prefill_fill(&f, values, NULL, s, n, today, marks);
    size_t claimed = 0;
    for (size_t i = 0; i < n; i++) {
        claimed += s[i].filled;
        json_decref((json_t *)(uintptr_t)s[i].values);
    }
    if (filled != expected)
        fail_msg("%zu filled, %zu expected: %s", filled, expected,
                 json_dump(arena, values, true).p);
    assert_int_equal(claimed, filled);
    assert_int_equal(json_object_size(marks), filled);
    return values;
}

static void expect(const json_t *values, const char *code, const char *text)
{
    struct sv is = json_sv(values, code);
    if (!sv_is(is, text))
        fail_msg("%s is “%.*s”, not “%s”", code, (int)is.n, is.p ? is.p : "", text);
}

static void test_precedence(void **state)
{
    (void)state;
    json_t *marks = json_object();
    struct prefill_source s[] = {
        source(PREFILL_CASE, "{'F_ENT_NAME':'案','F_LEGAL_NAME':'案','F_STREET':'案','F_ADDR':'案'}"),
        source(PREFILL_CASE, "{'F_ENT_NAME':'旧','F_FLOOR':'旧'}"),
        source(PREFILL_PERMIT, "{'F_ENT_NAME':'证','F_LEGAL_NAME':'证','F_ADDR':'证'}"),
        source(PREFILL_REGISTER, "{'F_ENT_NAME':'登','F_DOMICILE':'登','F_BIZ_SCOPE':'登'}"),
    };
    json_t *v = fill("{'F_DOMICILE':'我写的','F_FLOOR':'  ','F_AGENT':false}", s, 4, marks, 6);
    expect(v, "F_ENT_NAME", "登");
    expect(v, "F_LEGAL_NAME", "证");
    expect(v, "F_ADDR", "证");
    expect(v, "F_STREET", "案");
    expect(v, "F_FLOOR", "旧");
    expect(v, "F_DOMICILE", "我写的");
    expect(v, "F_BIZ_SCOPE", "登");
    assert_null(json_object_get(marks, "F_DOMICILE"));
    expect(json_object_get(marks, "F_ENT_NAME"), "kind", "register");
    expect(json_object_get(marks, "F_ENT_NAME"), "source", "企业登记信息");
    expect(json_object_get(marks, "F_ENT_NAME"), "on", "2026-03-01");
    expect(json_object_get(marks, "F_STREET"), "kind", "case");
    expect(json_object_get(marks, "F_STREET"), "reference", "N1");
    assert_null(json_object_get(json_object_get(marks, "F_ENT_NAME"), "reference"));
    json_decref(v);
    json_decref(marks);
}

/* The better source says something unusable: the next one is asked; nobody has it: empty. */
static void test_unusable(void **state)
{
    (void)state;
    static const struct { const char *code, *bad, *good; } CASES[] = {
        { "F_USCC", "'91150302MA00000075'", "91150302MA00000074" },
        { "F_ENT_TYPE", "'外星公司'", "05" },
        { "F_ENT_TYPE", "['05']", "05" },
        { "F_ENT_NAME", "'甲\\u0001'", "乙" },
        { "F_ENT_NAME", "{'a':1}", "乙" },
        { "F_LEASE_END", "'2020-01-01'", "2031-01-01" },
        { "F_AREA", "'很大'", "120.50" },
        { "F_AREA", "'0'", "120.50" },
        { "F_LEGAL_PHONE", "'12'", "13904730001" },
        { "F_REGION", "'110101'", "150302" },
        { "F_LEGAL_IDNO", "'150302199001011234'", "150302199001010001" },
    };
    for (size_t i = 0; i < sizeof CASES / sizeof CASES[0]; i++)
        for (int with = 0; with <= 1; with++) {
            json_t *marks = json_object();
            struct prefill_source s[] = {
                source(PREFILL_REGISTER, arena_printf(arena, "{'%s':%s}", CASES[i].code,
                                                      CASES[i].bad)),
                source(PREFILL_CASE, arena_printf(arena, "{'%s':'%s'}", CASES[i].code,
                                                  CASES[i].good)),
            };
            if (!with)
                json_decref((json_t *)(uintptr_t)s[1].values);
            json_t *v = fill("{'F_PREMISES':'02'}", s, 1 + (size_t)with, marks, (size_t)with);
            expect(v, CASES[i].code, with ? CASES[i].good : "");
            json_decref(v);
            json_decref(marks);
        }
}

static void test_choices(void **state)
{
    (void)state;
    json_t *marks = json_object();
    struct prefill_source s[] = {
        source(PREFILL_REGISTER, "{'F_ENT_TYPE':'个体工商户','F_REGION':'海南区',"
                                 "'F_SMS':['短信','04']}"),
    };
    json_t *v = fill("{}", s, 1, marks, 3);
    expect(v, "F_ENT_TYPE", "05");
    expect(v, "F_REGION", "150303");
    json_t *list = json_object_get(v, "F_SMS");
    assert_int_equal(json_array_size(list), 2);
    assert_true(sv_is(json_text(json_array_get(list, 0)), "01"));
    json_decref(v);
    json_decref(marks);
    marks = json_object();
    struct prefill_source half[] = { source(PREFILL_REGISTER, "{'F_SMS':['短信','飞鸽']}") };
    json_decref(fill("{}", half, 1, marks, 0));
    json_decref(marks);
}

/* Every required column in every row, or nothing; of another row nothing is mixed in. */
static void test_whole_tables(void **state)
{
    (void)state;
    static const struct { const char *typed, *said; bool taken; } CASES[] = {
        { "{}", "[{'name':'甲','id_no':'150302199001010001','post':'食品安全员'}]", true },
        { "{}", "[{'name':'甲','id_no':'150302199001010001'},{'name':'乙'}]", false },
        { "{}", "[{'name':'甲','id_no':'1'}]", false },
        { "{}", "[{'name':'甲','id_no':'150302199001010001','shoe':'42'}]", false },
        { "{}", "[]", false },
        { "{}", "'甲'", false },
        { "{}", "{'name':'甲','id_no':'150302199001010001'}", false },
        { "{'SPJY_AQY':[{'name':'我'}]}", "[{'name':'甲','id_no':'150302199001010001'}]", false },
    };
    for (size_t i = 0; i < sizeof CASES / sizeof CASES[0]; i++) {
        json_t *marks = json_object();
        struct prefill_source s[] = {
            source(PREFILL_CASE, arena_printf(arena, "{'SPJY_AQY':%s}", CASES[i].said)) };
        json_decref(fill(CASES[i].typed, s, 1, marks, CASES[i].taken));
        json_decref(marks);
    }
}

/* A value that makes another one wrong is not taken, whichever of both is there first. */
static void test_rules_between_fields(void **state)
{
    (void)state;
    static const struct { const char *typed, *said; size_t filled; } CASES[] = {
        { "{'F_AREA':'100'}", "{'F_USE_AREA':'200'}", 0 },
        { "{'F_AREA':'100'}", "{'F_USE_AREA':'80'}", 1 },
        { "{'F_USE_AREA':'200'}", "{'F_AREA':'100'}", 0 },
        { "{'F_USE_AREA':'200'}", "{'F_AREA':'200'}", 1 },
        { "{}", "{'F_USE_AREA':'200','F_AREA':'100'}", 1 },
        { "{}", "{'F_USE_AREA':'50','F_AREA':'100'}", 2 },
        /* Wrong already, by the applicant's own hand: no reason to refuse the rest. */
        { "{'F_LEGAL_PHONE':'12'}", "{'F_USE_AREA':'50','F_AREA':'100'}", 2 },
    };
    for (size_t i = 0; i < sizeof CASES / sizeof CASES[0]; i++) {
        json_t *marks = json_object();
        struct prefill_source s[] = { source(PREFILL_CASE, CASES[i].said) };
        json_decref(fill(CASES[i].typed, s, 1, marks, CASES[i].filled));
        json_decref(marks);
    }
}

static void test_hidden_and_declared(void **state)
{
    (void)state;
    json_t *marks = json_object();
    struct prefill_source hidden[] = { source(PREFILL_CASE, "{'F_MAIL_ADDR':'示例街1号'}") };
    json_decref(fill("{'F_DELIVERY':'01'}", hidden, 1, marks, 0));
    /* Shown by a value that is itself filled in, though it stands before it in the source. */
    struct prefill_source shown[] = {
        source(PREFILL_CASE, "{'F_MAIL_ADDR':'示例街1号','F_DELIVERY':'02'}") };
    json_decref(fill("{}", shown, 1, marks, 2));
    json_decref(marks);
    marks = json_object();
    struct prefill_source truth[] = { source(PREFILL_CASE, "{'F_TRUTH':true,'F_AGENT':true}") };
    json_t *v = fill("{}", truth, 1, marks, 1);
    assert_null(json_object_get(v, "F_TRUTH"));
    json_decref(v);
    json_decref(marks);
    marks = json_object();
    struct prefill_source other[] = { source(PREFILL_CASE, "{'QX3_CK':[{'address':'x'}],'X':1}") };
    json_decref(fill("{}", other, 1, marks, 0));
    json_decref(marks);
}

static void test_idempotent(void **state)
{
    (void)state;
    struct form f = build(FOOD);
    json_t *values = json_object(), *marks = json_object(), *again = json_object();
    struct prefill_source s[] = { source(PREFILL_REGISTER, "{'F_ENT_NAME':'甲','F_AREA':'9'}") };
    assert_int_equal(prefill_fill(&f, values, NULL, s, 1, today, marks), 2);
    assert_int_equal(prefill_fill(&f, values, NULL, s, 1, today, again), 0);
    assert_int_equal(json_object_size(again), 0);
    json_decref((json_t *)(uintptr_t)s[0].values);
    json_decref(values);
    json_decref(marks);
    json_decref(again);
}

/* ---- whatever anybody says ---- */

static uint64_t seed;

static uint64_t draw(uint64_t below)
{
    seed ^= seed << 13;
    seed ^= seed >> 7;
    seed ^= seed << 17;
    return seed % below;
}

static json_t *anything(void)
{
    static const char *const SAID[] = {
        "'甲'", "''", "'01'", "'02'", "'05'", "'120'", "'-1'", "12", "true", "false", "null",
        "'2020-01-01'", "'2033-05-05'", "'13904730001'", "'91150302MA00000074'",
        "'150302199001010001'", "['01']", "['短信','04']", "[]", "{}", "{'name':'甲'}",
        "[{'name':'甲','id_no':'150302199001010001'}]", "[[1]]", "'150303'", "'CY1'", "['CY1']",
        "['CY2','CY2']", "'2'", "'a@example.com'", "'106.79,39.65'", "[{'address':'示例街1号'}]",
    };
    return fixture_text(arena_printf(arena, "{'x':%s}",
                                     SAID[draw(sizeof SAID / sizeof SAID[0])]));
}

static json_t *random_values(const struct form *f, uint64_t one_in)
{
    json_t *o = json_object();
    for (size_t i = 0; i < f->n_fields; i++)
        if (draw(one_in) == 0) {
            json_t *x = anything();
            json_object_set(o, f->fields[i].field->code.p, json_object_get(x, "x"));
            json_decref(x);
        }
    return o;
}

static bool had(const struct err *before, const struct problem *p)
{
    for (size_t i = 0; i < before->n_problems; i++)
        if (sv_eq(before->problems[i].pointer, p->pointer) &&
            sv_eq(before->problems[i].code, p->code))
            return true;
    return false;
}

static void one_round(const struct form *f, size_t *filled)
{
    struct err before, after;
    json_t *typed = random_values(f, 4), *values = json_deep_copy(typed);
    json_t *marks = json_object();
    struct prefill_source s[4];
    const char *code;
    json_t *v;
    for (int k = 0; k < 4; k++)
        s[k] = (struct prefill_source){ (enum prefill_kind)draw(PREFILL_KINDS), SV("某处"), SV(""), today,
                                        random_values(f, 2), 0 };
    err_init(&before, arena);
    err_init(&after, arena);
    form_check(f, values, NULL, today, false, &before);
    *filled += prefill_fill(f, values, NULL, s, 4, today, marks);
    form_check(f, values, NULL, today, false, &after);
    for (size_t i = 0; i < after.n_problems; i++)
        if (!had(&before, &after.problems[i]))
            fail_msg("new problem %.*s", (int)after.problems[i].pointer.n,
                     after.problems[i].pointer.p);
    json_object_foreach(typed, code, v)
        if (cond_filled(v))
            assert_true(json_equal(v, json_object_get(values, code)));
    json_object_foreach(values, code, v) {
        bool marked = json_object_get(marks, code) != NULL;
        assert_int_equal(marked, !json_equal(v, json_object_get(typed, code)));
        assert_true(!marked || cond_filled(v));
    }
    for (int k = 0; k < 4; k++)
        json_decref((json_t *)(uintptr_t)s[k].values);
    json_decref(typed);
    json_decref(values);
    json_decref(marks);
}

static void test_never_worse(void **state)
{
    (void)state;
    enum { ROUNDS = 150 };
    size_t filled = 0;
    struct form f = build(FOOD);
    for (int i = 0; i < ROUNDS; i++) {
        seed = 0x9e3779b97f4a7c15u + (uint64_t)i * 7919;
        one_round(&f, &filled);
    }
    assert_true(filled > ROUNDS * 3); /* something happened */
}

#define T(name) cmocka_unit_test(name)
int main(void)
{
    static const struct CMUnitTest tests[] = {
        T(test_precedence), T(test_unusable), T(test_choices), T(test_whole_tables),
        T(test_rules_between_fields), T(test_hidden_and_declared), T(test_idempotent),
        T(test_never_worse),
    };
    return cmocka_run_group_tests_name("prefill", tests, setup, teardown);
}
