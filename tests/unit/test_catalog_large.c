/* A catalogue of 300 industries and 800 permits: loads, answers, and every form is right by a proof
 * of its own that shares nothing with the program but the document. */
#include "domain/catalog/guide.h"
#include "domain/catalog/shape.h"
#include "generate.h"
#include "test_catalog_fixture.h"

enum { INDUSTRIES = 300, PERMITS = 800, ROUNDS = 6 };

static double seconds(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static json_t *element(const json_t *list, const char *member, struct sv code)
{
    size_t i;
    json_t *v;
    json_array_foreach((json_t *)(uintptr_t)list, i, v)
        if (sv_eq(json_sv(v, member), code))
            return v;
    return NULL;
}

static bool has(const json_t *list, struct sv text)
{
    size_t i;
    json_t *v;
    json_array_foreach((json_t *)(uintptr_t)list, i, v)
        if (sv_eq(json_text(v), text))
            return true;
    return false;
}

/* A question that shows, by the document alone. */
static bool shows(const json_t *q, const json_t *answers)
{
    const json_t *c = json_object_get(q, "show_if");
    return !c || has(json_object_get(answers, json_sv(c, "answer").p), json_sv(c, "value"));
}

/* Random answers to all visible questions, in order. */
static json_t *answer(struct generate *g, const json_t *ind)
{
    json_t *answers = json_object(), *q;
    size_t i;
    json_array_foreach(json_object_get(ind, "questions"), i, q) {
        json_t *options = json_object_get(q, "options");
        json_t *o = json_array_get(options, gen_pick(g, json_array_size(options)));
        if (shows(q, answers))
            json_put(answers, json_sv(q, "code").p,
                     json_pack("[O]", json_object_get(o, "code")));
    }
    return answers;
}

/* The permits by the naive reading: always ones, plus what visible answers add. */
static json_t *expected(const json_t *ind, const json_t *answers)
{
    json_t *out = json_array(), *p, *q;
    size_t i, k;
    json_array_foreach(json_object_get(ind, "permits"), i, p) {
        bool in = sv_is(json_sv(p, "mode"), "必办");
        json_array_foreach(json_object_get(ind, "questions"), k, q) {
            json_t *given = json_object_get(answers, json_sv(q, "code").p);
            json_t *o = element(json_object_get(q, "options"), "code",
                                json_text(json_array_get(given, 0)));
            in = in || (given && has(json_object_get(o, "add"), json_sv(p, "permit")));
        }
        if (in)
            json_push_sv(out, json_sv(p, "permit"));
    }
    return out;
}

/* All codes in list under member, each once; else the test fails. */
static json_t *once(const json_t *list, const char *member)
{
    json_t *out = json_object(), *v;
    size_t i;
    json_array_foreach((json_t *)(uintptr_t)list, i, v) {
        const char *code = json_sv(v, member).p;
        if (json_object_get(out, code))
            fail_msg("%s stands twice", code);
        json_put(out, code, json_incref(v));
    }
    return out;
}

static void prove_form(const json_t *doc, const json_t *permits, const json_t *form,
                       const json_t *notice)
{
    json_t *fields = once(json_object_get(form, "fields"), "code");
    json_t *materials = once(json_object_get(form, "materials"), "code");
    json_t *told = once(json_object_get(notice, "materials"), "code");
    size_t wanted_materials = 0, i, k;
    json_t *seen = json_object(), *code, *v;
    json_array_foreach((json_t *)(uintptr_t)permits, i, code) {
        const json_t *p = element(json_object_get(doc, "permits"), "code", json_text(code));
        json_array_foreach(json_object_get(p, "shared_fields"), k, v) {
            json_t *f = json_object_get(fields, json_text(v).p);
            assert_non_null(f);
            assert_true(has(json_object_get(f, "permits"), json_text(code)));
            json_put(seen, json_text(v).p, json_true());
        }
        json_array_foreach(json_object_get(p, "fields"), k, v) {
            assert_non_null(json_object_get(fields, json_sv(v, "code").p));
            json_put(seen, json_sv(v, "code").p, json_true());
        }
        json_array_foreach(json_object_get(p, "materials"), k, v) {
            const char *m = json_sv(v, "material").p;
            json_t *in_form = json_object_get(materials, m), *in_notice = json_object_get(told, m);
            assert_non_null(in_form);
            assert_non_null(in_notice);
            assert_non_null(element(json_object_get(in_form, "permits"), "code", json_text(code)));
            wanted_materials += json_object_get(seen, m) == NULL;
            json_put(seen, m, json_true());
        }
    }
    assert_int_equal(json_object_size(materials), wanted_materials);
    assert_int_equal(json_object_size(fields) + wanted_materials, json_object_size(seen));
    json_decref(seen);
    json_decref(fields);
    json_decref(materials);
    json_decref(told);
}

static void prove_case(const struct catalog *c, const json_t *doc, const json_t *ind,
                       const json_t *answers, double *worst)
{
    struct arena *a = arena_new();
    struct guide_result g;
    struct form form;
    struct err e;
    err_init(&e, a);
    double begin = seconds();
    int rc = guide_run(c, catalog_industry(c, json_sv(ind, "code")), answers, NULL, a, &g, &e);
    double took = seconds() - begin;
    *worst = took > *worst ? took : *worst;
    fixture_print(&e);
    assert_int_equal(rc, 0);
    assert_true(g.complete);
    json_t *want = expected(ind, answers);
    const struct permit_type **types = arena_array(a, g.n_permits + 1, sizeof *types);
    assert_int_equal(g.n_permits, json_array_size(want));
    for (size_t i = 0; i < g.n_permits; i++) {
        types[i] = g.permits[i].permit;
        assert_true(sv_eq(types[i]->code, json_text(json_array_get(want, i))));
    }
    form_build(c, types, g.n_permits, a, &form);
    json_t *f = form_to_json(&form), *notice = notice_to_json(c, &g, SV("150302"));
    prove_form(doc, want, f, notice);
    json_decref(f);
    json_decref(notice);
    json_decref(want);
    json_decref(g.prefill);
    arena_free(a);
}

static void test_large(void **state)
{
    (void)state;
    struct arena *a = arena_new();
    struct err e;
    err_init(&e, a);
    json_t *shipped = fixture_json(a, "catalog/wuhai-2026.json");
    json_t *doc = generate_catalog(shipped, 7, INDUSTRIES, PERMITS, a), *ind;
    struct sv text = shape_text(doc, a);
    double begin = seconds();
    struct catalog *c = catalog_load(text, SV("generated"), &e);
    double load = seconds() - begin, worst = 0;
    fixture_print(&e);
    assert_non_null(c);
    assert_int_equal(c->n_industries, INDUSTRIES);
    assert_int_equal(c->n_permits, PERMITS);
    struct generate g = { .seed = 99, .arena = a };
    size_t i;
    json_array_foreach(json_object_get(doc, "industries"), i, ind)
        for (int round = 0; round < ROUNDS; round++) {
            json_t *answers = answer(&g, ind);
            prove_case(c, doc, ind, answers, &worst);
            json_decref(answers);
        }
    print_message("%zu kB load in %.0f ms, slowest guide %.3f ms\n", text.n / 1000, load * 1e3,
                  worst * 1e3);
    /* Ten times the promise: a busy machine is not a defect, a wrong algorithm is. */
    assert_true(load < 10);
    assert_true(worst < 0.05);
    catalog_free(c);
    json_decref(doc);
    json_decref(shipped);
    arena_free(a);
}

/* Thirty questions that have nothing to do with each other: 3 to the 30th combinations, and still
 * every one is proven, because independent questions are tried apart. */
static void test_many_questions(void **state)
{
    enum { QUESTIONS = 30 };
    (void)state;
    struct arena *a = arena_new();
    struct err e;
    err_init(&e, a);
    json_t *shipped = fixture_json(a, "catalog/wuhai-2026.json");
    json_t *doc = generate_catalog(shipped, 5, 1, 40, a);
    json_t *ind = json_array_get(json_object_get(doc, "industries"), 0);
    json_t *permits = json_array(), *questions = json_array();
    for (size_t k = 0; k < QUESTIONS; k++) {
        json_t *code = json_object_get(json_array_get(json_object_get(doc, "permits"), k), "code");
        json_push(permits, json_pack("{s:O,s:s,s:s}", "permit", code, "mode", "按需", "certainty",
                                     "确定"));
        json_push(questions, json_pack("{s:s,s:s,s:[o,o,o]}", "code",
                                       arena_printf(a, "N000-Q%zu", k), "text", "问题", "options",
                                       gen_answer("A", "有", code), gen_answer("B", "没有", NULL),
                                       gen_answer("C", "还没有决定", NULL)));
    }
    json_put(ind, "permits", permits);
    json_put(ind, "questions", questions);
    json_object_del(ind, "groups");
    double begin = seconds();
    struct catalog *c = catalog_load(shape_text(doc, a), SV("many"), &e);
    assert_true(seconds() - begin < 5);
    fixture_print(&e);
    assert_non_null(c);
    catalog_free(c);
    /* Tie three of them to a group that one combination leaves empty: it is found. */
    json_put(ind, "groups", json_pack("[{s:s,s:[O,O,O],s:i,s:i,s:{s:s,s:s,s:s}}]", "code", "G",
                                      "permits", json_object_get(json_array_get(permits, 3), "permit"),
                                      json_object_get(json_array_get(permits, 9), "permit"),
                                      json_object_get(json_array_get(permits, 21), "permit"),
                                      "min", 1, "max", 3, "unless", "answer", "N000-Q27", "op",
                                      "has", "value", "C"));
    for (size_t k = 3; k <= 21; k += k == 3 ? 6 : 12) {
        json_put_sv(json_array_get(permits, k), "mode", SV("二选一"));
        json_put_sv(json_array_get(permits, k), "group", SV("G"));
    }
    assert_null(catalog_load(shape_text(doc, a), SV("many"), &e));
    assert_int_equal(e.n_problems, 1);
    assert_true(sv_is(e.problems[0].code, "guide_dead_end"));
    assert_non_null(strstr(e.problems[0].message.p, "N000-Q3=B、N000-Q9=B、N000-Q21=B、N000-Q27=A"));
    json_decref(doc);
    json_decref(shipped);
    arena_free(a);
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(test_large),
                                        cmocka_unit_test(test_many_questions) };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
