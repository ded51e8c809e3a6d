/* The merged notice: everything once, with who asks, why, and how sure. */
#include "test_catalog_shipped.h"

static size_t listed(const json_t *list, struct sv text)
{
    size_t n = 0;
    for (size_t i = 0; i < json_array_size(list); i++)
        n += sv_eq(json_text(json_array_get(list, i)), text);
    return n;
}

/* The element of list whose member is text; each such text may stand there only once. */
static json_t *only(const json_t *list, const char *member, struct sv text)
{
    json_t *found = NULL, *one;
    size_t i;
    json_array_foreach(list, i, one)
        if (sv_eq(json_sv(one, member), text)) {
            assert_null(found);
            found = one;
        }
    return found;
}

static void check_permit(const json_t *notice, const struct guide_permit *gp)
{
    const struct permit_type *p = gp->permit;
    json_t *o = only(json_object_get(notice, "permits"), "code", p->code);
    assert_non_null(o);
    assert_true(json_is_object(json_object_get(o, "department")));
    assert_true(json_array_size(json_object_get(o, "why")) > 0);
    assert_int_equal(json_array_size(json_object_get(o, "bases")), p->n_bases);
    json_t *limits = json_object_get(o, "limits");
    assert_int_equal(json_i64(limits, "promised_days", -1), p->promised_days);
    assert_int_equal(json_i64(limits, "statutory_days", -1), p->statutory_days);
    for (size_t i = 0; i < p->n_conditions; i++) {
        json_t *c = only(json_object_get(notice, "conditions"), "text", p->conditions[i]);
        assert_non_null(c);
        assert_int_equal(listed(json_object_get(c, "permits"), p->code), 1);
        assert_false(sv_empty(json_sv(c, "certainty")));
    }
    for (size_t i = 0; i < p->n_materials; i++) {
        json_t *m = only(json_object_get(notice, "materials"), "code",
                         p->materials[i].material->code);
        assert_non_null(m);
        assert_non_null(only(json_object_get(m, "permits"), "code", p->code));
    }
    for (size_t i = 0; i < p->n_fields; i++)
        assert_non_null(only(json_object_get(notice, "fields"), "code", p->fields[i].code));
}

static void check_whole(const json_t *n, const struct guide_result *g)
{
    json_t *limits = json_object_get(n, "limits"), *joint = json_object_get(limits, "joint");
    int64_t longest = 0;
    for (size_t i = 0; i < g->n_permits; i++) {
        check_permit(n, &g->permits[i]);
        if (g->permits[i].permit->promised_days > longest)
            longest = g->permits[i].permit->promised_days;
    }
    assert_int_equal(json_i64(joint, "days", 0), 45);
    assert_int_equal(json_i64(joint, "extension_days", 0), 15);
    assert_non_null(strstr(json_sv(joint, "basis").p, "第四十二条"));
    assert_int_equal(json_i64(json_object_get(limits, "critical_path"), "days", -1), longest);
    assert_false(json_bool(json_object_get(n, "fee"), "charged", true));
    json_t *remedies = json_object_get(n, "remedies");
    assert_int_equal(json_array_size(remedies), 2);
    assert_true(sv_is(json_sv(json_array_get(remedies, 0), "limit"), "60日"));
    assert_true(sv_is(json_sv(json_array_get(remedies, 1), "limit"), "6个月"));
    json_t *windows = json_object_get(n, "windows"), *w;
    size_t i;
    assert_int_equal(json_array_size(windows), 6); /* three of the district, three of the city */
    assert_true(sv_is(json_sv(json_array_get(windows, 0), "region"), "150302"));
    json_array_foreach(windows, i, w)
        assert_true(json_bool(w, "sample", false));
    json_t *bases = json_object_get(n, "bases"), *b;
    json_array_foreach(bases, i, b)
        assert_false(sv_empty(json_sv(b, "certainty")));
    assert_int_equal(json_array_size(json_object_get(n, "related")), g->n_related);
}

struct sweep {
    const struct industry *ind;
    struct arena *a;
    size_t n;
};

/* Building a notice is the slowest thing here: every 7th combination is enough. */
static void each(void *ctx, json_t *answers)
{
    struct sweep *s = ctx;
    struct guide_result g;
    struct err e;
    if (s->n++ % 7)
        return;
    arena_reset(s->a);
    err_init(&e, s->a);
    assert_int_equal(guide_run(catalog, s->ind, answers, NULL, s->a, &g, &e), 0);
    json_t *n = notice_to_json(catalog, &g, SV("150302"));
    assert_int_equal(json_array_size(json_object_get(n, "permits")), g.n_permits);
    check_whole(n, &g);
    json_decref(n);
    json_decref(g.prefill);
}

static void test_invariants(void **state)
{
    (void)state;
    struct arena *a = arena_new();
    for (size_t i = 0; i < catalog->n_industries; i++) {
        struct sweep s = { &catalog->industries[i], a, 0 };
        fixture_combinations(catalog, s.ind, each, &s);
    }
    arena_free(a);
}

static json_t *notice_of(const char *industry, const char *text, struct guide_result *g)
{
    struct err e;
    err_init(&e, arena);
    json_t *answers = fixture_text(text);
    const struct industry *ind = catalog_industry(catalog, sv_of(industry));
    assert_int_equal(guide_run(catalog, ind, answers, NULL, arena, g, &e), 0);
    json_decref(answers);
    return notice_to_json(catalog, g, SV("150302"));
}

static void test_supermarket(void **state)
{
    (void)state;
    struct guide_result g;
    json_t *n = notice_of("I01", "{'I01-Q1':['A'],'I01-Q2':['A'],'I01-Q3':['A'],'I01-Q4':['A'],"
                                 "'I01-Q5':['A'],'I01-Q6':['A','C']}", &g);
    assert_true(sv_is(json_sv(n, "title"), "超市“一业一证”一次告知书"));
    json_t *m = only(json_object_get(n, "materials"), "code", SV("M-CSZM"));
    assert_int_equal(json_array_size(json_object_get(m, "permits")), 5);
    assert_true(sv_is(json_sv(m, "necessity"), "必要")); /* the strictest */
    assert_false(json_bool(m, "tolerable", true));
    m = only(json_object_get(n, "materials"), "code", SV("M-SPLC"));
    assert_true(json_bool(m, "tolerable", false));
    m = only(json_object_get(n, "materials"), "code", SV("M-WTS"));
    assert_true(json_bool(m, "conditional", false));
    json_t *critical = json_object_get(json_object_get(n, "limits"), "critical_path");
    assert_int_equal(json_i64(critical, "days", 0), 10);
    assert_int_equal(listed(json_object_get(critical, "permits"), SV("P-YPJY")), 1);
    assert_true(json_array_size(json_object_get(n, "to_verify")) > 0);
    assert_int_equal(json_array_size(json_object_get(n, "related")), 2);
    json_decref(n);
    json_decref(g.prefill);
}

/* Nothing that is unsure is shown as sure: each 待核定 of a permit is listed. */
static void test_certainty(void **state)
{
    (void)state;
    struct guide_result g;
    json_t *n = notice_of("I12", "{'I12-Q1':['A'],'I12-Q2':['A'],'I12-Q3':['A']}", &g);
    json_t *o = only(json_object_get(n, "permits"), "code", SV("P-MYBJ"));
    assert_true(sv_is(json_sv(json_object_get(o, "limits"), "certainty"), "待核定"));
    json_t *list = json_object_get(n, "to_verify"), *one;
    size_t i;
    bool found = false;
    json_array_foreach(list, i, one)
        found = found || (strstr(json_string_value(one), "母婴") &&
                          strstr(json_string_value(one), "法定时限"));
    assert_true(found);
    json_decref(n);
    json_decref(g.prefill);
}

static void test_nothing_needed(void **state)
{
    (void)state;
    struct guide_result g;
    json_t *n = notice_of("I02", "{'I02-Q1':['D'],'I02-Q2':['C'],'I02-Q3':['B'],'I02-Q4':['B']}",
                          &g);
    assert_int_equal(json_array_size(json_object_get(n, "permits")), 0);
    assert_int_equal(json_array_size(json_object_get(n, "notes")), 1);
    assert_int_equal(json_array_size(json_object_get(n, "materials")), 0);
    json_decref(n);
    n = notice_to_json(catalog, &g, SV("000000")); /* no such region: still a notice */
    assert_true(json_is_null(json_object_get(n, "region")));
    json_decref(n);
    json_decref(g.prefill);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_invariants), cmocka_unit_test(test_supermarket),
        cmocka_unit_test(test_certainty), cmocka_unit_test(test_nothing_needed),
    };
    return cmocka_run_group_tests(tests, shipped_setup, shipped_teardown);
}
