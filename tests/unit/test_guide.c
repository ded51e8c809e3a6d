/* The guide: the 32 written scenarios, every combination of answers, and bad answers. */
#include "test_catalog_shipped.h"

static bool has_permit(const struct guide_result *g, struct sv code)
{
    for (size_t i = 0; i < g->n_permits; i++)
        if (sv_eq(g->permits[i].permit->code, code))
            return true;
    return false;
}

static void run_scenario(const json_t *s)
{
    struct arena *a = arena_new();
    struct err e;
    struct guide_result g;
    const char *name = json_sv(s, "name").p;
    err_init(&e, a);
    const struct industry *ind = catalog_industry(catalog, json_sv(s, "industry"));
    int rc = guide_run(catalog, ind, json_object_get(s, "answers"),
                       json_object_get(s, "context"), a, &g, &e);
    fixture_print(&e);
    assert_int_equal(rc, 0);
    json_t *permits = json_object_get(s, "permits"), *related = json_object_get(s, "related");
    if (g.n_permits != json_array_size(permits) || g.n_related != json_array_size(related))
        fail_msg("%s: %zu permits, %zu related", name, g.n_permits, g.n_related);
    for (size_t i = 0; i < json_array_size(permits); i++)
        if (!has_permit(&g, json_text(json_array_get(permits, i))))
            fail_msg("%s: %s missing", name, json_string_value(json_array_get(permits, i)));
    for (size_t i = 0; i < json_array_size(related); i++) {
        bool found = false;
        for (size_t k = 0; k < g.n_related; k++)
            found = found || sv_eq(g.related[k].related->code, json_text(json_array_get(related, i)));
        assert_true(found);
    }
    json_decref(g.prefill);
    arena_free(a);
}

static void test_scenarios(void **state)
{
    (void)state;
    json_t *all = fixture_json(arena, "tests/data/scenarios.json");
    assert_int_equal(json_array_size(all), 32);
    for (size_t i = 0; i < json_array_size(all); i++)
        run_scenario(json_array_get(all, i));
    json_decref(all);
}

/* ---- every combination ---- */

struct sweep {
    const struct industry *ind;
    const json_t *raw; /* the industry in the file */
    struct arena *a;
};

static bool listed(const json_t *list, struct sv code)
{
    for (size_t i = 0; i < json_array_size(list); i++)
        if (sv_eq(json_text(json_array_get(list, i)), code))
            return true;
    return false;
}

/* The oracle, from the file alone: (required + added) - dropped, then the 2024 rules. */
static bool expected(const struct sweep *w, const json_t *answers, const json_t *listing)
{
    struct sv code = json_sv(listing, "permit");
    bool in = sv_is(json_sv(listing, "mode"), "必办"), out = false;
    json_t *questions = json_object_get(w->raw, "questions");
    for (size_t q = 0; q < json_array_size(questions); q++) {
        json_t *question = json_array_get(questions, q), *option;
        json_t *given = json_object_get(answers, json_sv(question, "code").p);
        size_t i;
        json_array_foreach(json_object_get(question, "options"), i, option) {
            if (!listed(given, json_sv(option, "code")))
                continue;
            in = in || listed(json_object_get(option, "add"), code);
            out = out || listed(json_object_get(option, "drop"), code);
        }
    }
    bool result = in && !out;
    json_t *rules = json_object_get(w->raw, "system_rules"), *rule;
    size_t i;
    json_array_foreach(rules, i, rule) {
        if (!sv_is(json_sv(json_object_get(rule, "when"), "value"), "2024"))
            continue;
        result = result || listed(json_object_get(rule, "add"), code);
        result = result && !listed(json_object_get(rule, "drop"), code);
    }
    return result;
}

static void check_groups(const struct sweep *w, const struct guide_result *g, const json_t *answers)
{
    json_t *groups = json_object_get(w->raw, "groups"), *group;
    size_t i;
    json_array_foreach(groups, i, group) {
        size_t n = 0;
        for (size_t k = 0; k < g->n_permits; k++)
            n += listed(json_object_get(group, "permits"), g->permits[k].permit->code);
        json_t *unless = json_object_get(group, "unless");
        if (unless && fixture_visible(unless, answers))
            assert_int_equal(n, 0);
        else
            assert_int_equal(n, 1);
    }
}

static void check_reasons(const struct guide_result *g)
{
    for (size_t i = 0; i < g->n_permits; i++) {
        const struct guide_permit *p = &g->permits[i];
        assert_true(p->n_why > 0);
        for (size_t k = 0; k < p->n_why; k++)
            assert_true(p->why[k].text.n > 0);
        for (size_t k = 0; k < p->n_drops_out; k++)
            assert_true(p->drops_out[k].question && p->drops_out[k].option);
        assert_true(p->listing->permit == p->permit);
        assert_non_null(catalog_decider(p->permit, SV("150303")));
    }
}

static void check_prefill(const struct guide_result *g)
{
    const char *key;
    json_t *v;
    json_object_foreach(g->prefill, key, v) {
        const struct field *f = catalog_field(catalog, sv_of(key));
        assert_non_null(f);
        if (f->owner)
            assert_true(has_permit(g, f->owner->code));
    }
}

static void each_combination(void *ctx, json_t *answers)
{
    struct sweep *w = ctx;
    struct guide_result g;
    struct err e;
    arena_reset(w->a);
    err_init(&e, w->a);
    if (guide_run(catalog, w->ind, answers, NULL, w->a, &g, &e) != 0) {
        fixture_print(&e);
        fail();
    }
    assert_true(g.complete);
    assert_int_equal(g.n_missing, 0);
    json_t *listing;
    size_t i;
    if (g.blocked) {
        assert_true(g.n_notes > 0);
        assert_int_equal(g.n_permits, 0);
    } else {
        /* Nobody is left without an answer. */
        assert_true(g.n_permits || g.n_related || g.n_redirects || g.n_notes);
        check_groups(w, &g, answers);
        json_array_foreach(json_object_get(w->raw, "permits"), i, listing)
            assert_int_equal(has_permit(&g, json_sv(listing, "permit")),
                             expected(w, answers, listing));
    }
    check_reasons(&g);
    check_prefill(&g);
    for (i = 0; i < g.n_redirects; i++)
        assert_non_null(catalog_industry(catalog, g.redirects[i]));
    json_decref(g.prefill);
}

static void test_every_combination(void **state)
{
    (void)state;
    size_t total = 0;
    struct arena *a = arena_new();
    for (size_t i = 0; i < catalog->n_industries; i++) {
        const json_t *raw = json_array_get(json_object_get(catalog->source, "industries"), i);
        struct sweep w = { &catalog->industries[i], raw, a };
        size_t n = fixture_combinations(catalog, w.ind, each_combination, &w);
        assert_true(n > 1);
        total += n;
    }
    print_message("%zu combinations of answers\n", total);
    assert_true(total > 1500);
    arena_free(a);
}

/* A reason that says "would drop out" is true: give that answer and it is gone. */
static void each_drop(void *ctx, json_t *answers)
{
    struct sweep *w = ctx;
    struct guide_result g, after;
    struct err e;
    arena_reset(w->a);
    err_init(&e, w->a);
    assert_int_equal(guide_run(catalog, w->ind, answers, NULL, w->a, &g, &e), 0);
    for (size_t i = 0; i < g.n_permits; i++)
        for (size_t k = 0; k < g.permits[i].n_drops_out; k++) {
            const struct guide_reason *r = &g.permits[i].drops_out[k];
            if (r->question->multi)
                continue;
            json_t *other = json_deep_copy(answers), *one = json_array();
            json_push_sv(one, r->option->code);
            json_object_set_new(other, r->question->code.p, one);
            assert_int_equal(guide_run(catalog, w->ind, other, NULL, w->a, &after, &e), 0);
            assert_false(has_permit(&after, g.permits[i].permit->code));
            json_decref(after.prefill);
            json_decref(other);
        }
    json_decref(g.prefill);
}

static void test_drops_out_is_true(void **state)
{
    (void)state;
    static const char *const CODES[] = { "I01", "I04", "I05", "I06", "I10", "I12" };
    struct arena *a = arena_new();
    for (size_t i = 0; i < sizeof CODES / sizeof *CODES; i++) {
        struct sweep w = { catalog_industry(catalog, sv_of(CODES[i])), NULL, a };
        fixture_combinations(catalog, w.ind, each_drop, &w);
    }
    arena_free(a);
}

/* ---- bad and partial answers ---- */

static void test_problems(void **state)
{
    (void)state;
    static const struct {
        const char *answers, *pointer, *code;
    } ROWS[] = {
        { "{'I01-Q9':['A']}", "/answers/I01-Q9", "unknown_question" },
        { "{'I02-Q1':['A']}", "/answers/I02-Q1", "unknown_question" },
        { "{'I01-Q1':['Z']}", "/answers/I01-Q1/0", "unknown_option" },
        { "{'I01-Q1':[1]}", "/answers/I01-Q1/0", "unknown_option" },
        { "{'I01-Q1':'A'}", "/answers/I01-Q1", "wrong_type" },
        { "{'I01-Q1':['A','B']}", "/answers/I01-Q1", "too_many_answers" },
        { "{'I01-Q6':['A','D']}", "/answers/I01-Q6", "contradictory_answers" },
        { "[]", "/answers", "wrong_type" },
    };
    const struct industry *ind = catalog_industry(catalog, SV("I01"));
    for (size_t i = 0; i < sizeof ROWS / sizeof *ROWS; i++) {
        struct guide_result g;
        struct err e;
        json_t *answers = fixture_text(ROWS[i].answers);
        err_init(&e, arena);
        assert_int_equal(guide_run(catalog, ind, answers, NULL, arena, &g, &e), ERR_INVALID);
        if (!fixture_has(&e, ROWS[i].pointer, ROWS[i].code)) {
            fixture_print(&e);
            fail_msg("%s", ROWS[i].answers);
        }
        json_decref(answers);
    }
}

static void test_partial(void **state)
{
    (void)state;
    struct guide_result g;
    struct err e;
    err_init(&e, arena);
    const struct industry *ind = catalog_industry(catalog, SV("I04"));
    assert_int_equal(guide_run(catalog, ind, NULL, NULL, arena, &g, &e), 0);
    assert_false(g.complete);
    assert_int_equal(g.n_visible, 1);
    assert_int_equal(g.n_missing, 1);
    assert_int_equal(g.n_permits, 0);
    assert_int_equal(g.n_notes, 0);
    json_decref(g.prefill);
    json_t *answers = fixture_text("{'I04-Q1':['B'],'I04-Q2':['A']}");
    assert_int_equal(guide_run(catalog, ind, answers, NULL, arena, &g, &e), 0);
    assert_true(g.complete); /* the answer to the hidden question counts for nothing */
    assert_int_equal(g.n_permits, 0);
    assert_int_equal(g.n_related, 1);
    json_decref(g.prefill);
    json_decref(answers);
}

static void test_blocked(void **state)
{
    (void)state;
    struct guide_result g;
    struct err e;
    err_init(&e, arena);
    json_t *answers = fixture_text("{'I09-Q5':['B']}");
    const struct industry *ind = catalog_industry(catalog, SV("I09"));
    assert_int_equal(guide_run(catalog, ind, answers, NULL, arena, &g, &e), 0);
    assert_true(g.blocked);
    assert_int_equal(g.n_permits, 0);
    json_t *j = guide_to_json(catalog, &g, SV("150302"));
    json_t *note = json_array_get(json_object_get(j, "notes"), 0);
    assert_string_equal(json_string_value(json_object_get(note, "level")), "block");
    json_decref(j);
    json_decref(g.prefill);
    json_decref(answers);
}

static void test_prefill_merges(void **state)
{
    (void)state;
    struct guide_result g;
    struct err e;
    err_init(&e, arena);
    json_t *answers = fixture_text("{'I03-Q1':['A','B','D']}");
    const struct industry *ind = catalog_industry(catalog, SV("I03"));
    assert_int_equal(guide_run(catalog, ind, answers, NULL, arena, &g, &e), 0);
    json_t *want = fixture_text("{'SPJY_XM':['CY1','CY2','CY5'],'SPJY_XMBZ':['03']}");
    assert_true(json_equal(g.prefill, want));
    json_decref(want);
    json_decref(g.prefill);
    json_decref(answers);
}

static void test_speed(void **state)
{
    (void)state;
    struct arena *a = arena_new();
    json_t *answers = fixture_text("{'I01-Q1':['A'],'I01-Q2':['A'],'I01-Q3':['A'],'I01-Q4':['A'],"
                                   "'I01-Q5':['A'],'I01-Q6':['A','C']}");
    const struct industry *ind = catalog_industry(catalog, SV("I01"));
    double start = fixture_seconds();
    for (int i = 0; i < 2000; i++) {
        struct guide_result g;
        struct err e;
        arena_reset(a);
        err_init(&e, a);
        guide_run(catalog, ind, answers, NULL, a, &g, &e);
        json_decref(g.prefill);
    }
    double us = (fixture_seconds() - start) / 2000 * 1e6;
    print_message("guide_run %.1f us\n", us);
    assert_true(us < 1000); /* the budget is 50; a sanitized, loaded machine is slower */
    json_decref(answers);
    arena_free(a);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_scenarios), cmocka_unit_test(test_every_combination),
        cmocka_unit_test(test_drops_out_is_true), cmocka_unit_test(test_problems),
        cmocka_unit_test(test_partial), cmocka_unit_test(test_blocked),
        cmocka_unit_test(test_prefill_merges), cmocka_unit_test(test_speed),
    };
    return cmocka_run_group_tests(tests, shipped_setup, shipped_teardown);
}
