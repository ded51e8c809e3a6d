/* The reform's effect and the flow chart: over every set of permits that any answers could lead
 * to (every subset of every industry's permits, which is more than the guide ever gives), all
 * figures are the sum of their counted lines and together is never more than one by one; the
 * chart hangs together and names every permit. What the catalogue lacks is said to be missing. */
#include "test_catalog_shipped.h"

#include "domain/catalog/effect.h"
#include "domain/catalog/flow.h"

/* Calls each with every non-empty subset of the permits of every industry. */
static size_t every_set(void (*each)(const struct industry *, const struct permit_type **, size_t,
                                     struct arena *))
{
    size_t sets = 0;
    for (size_t i = 0; i < catalog->n_industries; i++) {
        const struct industry *ind = &catalog->industries[i];
        for (unsigned mask = 1; mask < 1u << ind->n_permits; mask++, sets++) {
            struct arena *a = arena_new();
            const struct permit_type **set = arena_array(a, ind->n_permits, sizeof *set);
            size_t n = 0;
            for (size_t k = 0; k < ind->n_permits; k++)
                if (mask >> k & 1)
                    set[n++] = ind->permits[k].permit;
            each(ind, set, n, a);
            arena_free(a);
        }
    }
    return sets;
}

static void check_side(const struct effect_side *s)
{
    int64_t sum = 0;
    for (size_t i = 0; i < s->n_lines; i++) {
        assert_true(s->lines[i].label.n > 0 && s->lines[i].source.n > 0);
        assert_true(s->lines[i].certainty.n > 0);
        sum += s->lines[i].counted ? s->lines[i].amount : 0;
    }
    assert_true(s->known);
    assert_int_equal(s->total, sum);
    assert_true(s->how.n > 0);
}

static void check_effect(const struct industry *ind, const struct permit_type **set, size_t n,
                         struct arena *a)
{
    struct reform_effect e;
    (void)ind;
    effect_compute(catalog, set, n, a, &e);
    assert_int_equal(e.n_missing, 0);
    for (int k = 0; k < EFFECT_KINDS; k++) {
        check_side(&e.figures[k].before);
        check_side(&e.figures[k].after);
        if (e.figures[k].after.total > e.figures[k].before.total)
            fail_msg("%s of %s and %zu more: %lld together, %lld one by one",
                     effect_figure_key((enum effect_kind)k), set[0]->code.p, n - 1,
                     (long long)e.figures[k].after.total, (long long)e.figures[k].before.total);
    }
    for (size_t i = 0; i < n; i++)
        assert_true(e.figures[EFFECT_DAYS].after.total >= set[i]->promised_days);
    assert_int_equal(e.figures[EFFECT_DAYS].before.n_lines, n);
}

static void test_together_is_never_more(void **state)
{
    (void)state;
    assert_true(every_set(check_effect) > 100);
}

/* Typed from the catalogue by hand: restaurant that sells tobacco. */
static void test_restaurant_by_hand(void **state)
{
    const struct permit_type *set[] = { catalog_permit(catalog, SV("P-SPJYXK")),
                                        catalog_permit(catalog, SV("P-YCLS")) };
    struct reform_effect e;
    (void)state;
    effect_compute(catalog, set, 2, arena, &e);
    assert_int_equal(e.figures[EFFECT_MATERIALS].before.total, 8 + 4);
    assert_int_equal(e.figures[EFFECT_VISITS].before.total, 2 + 2);
    assert_int_equal(e.figures[EFFECT_VISITS].after.total, 1);
    assert_int_equal(e.figures[EFFECT_STEPS].before.total, 5 + 5);
    assert_int_equal(e.figures[EFFECT_STEPS].after.total, 5);
    assert_int_equal(e.figures[EFFECT_DAYS].before.total, 10 + 20);
    assert_int_equal(e.figures[EFFECT_DAYS].after.total, 8);
    assert_int_equal(e.figures[EFFECT_SITE_VISITS].before.total, 2);
    assert_int_equal(e.figures[EFFECT_SITE_VISITS].after.total, 1);
    assert_int_equal(effect_percent(&e.figures[EFFECT_DAYS]), 73);
}

/* The count on the page (must hand in, always) and the figure are the same thing. */
static void test_materials_as_in_the_notice(void **state)
{
    const struct permit_type *p = catalog_permit(catalog, SV("P-SPJYXK"));
    struct guide_permit gp = { .permit = p, .listing = &catalog_industry(catalog, SV("I03"))->permits[0] };
    struct guide_result g = { .industry = catalog_industry(catalog, SV("I03")), .complete = true,
                              .permits = &gp, .n_permits = 1 };
    size_t i, wanted = 0;
    json_t *m;
    (void)state;
    json_t *notice = notice_to_json(catalog, &g, SV("150302"));
    json_array_foreach(json_object_get(notice, "materials"), i, m)
        wanted += !json_bool(m, "exempt_by_share", false) && !json_bool(m, "generated", false) &&
                  !json_bool(m, "conditional", false) && !json_bool(m, "on_site", false);
    json_t *figure = json_array_get(json_object_get(json_object_get(notice, "effect"), "figures"), 0);
    assert_true(sv_is(json_sv(figure, "key"), "materials"));
    assert_int_equal(json_i64(json_object_get(figure, "after"), "total", -1), (int64_t)wanted);
    assert_int_equal(json_i64(json_object_get(figure, "before"), "total", -1), 8);
    json_decref(notice);
}

static void test_missing_is_said(void **state)
{
    struct permit_type bare = *catalog_permit(catalog, SV("P-YCLS"));
    const struct permit_type *set[] = { catalog_permit(catalog, SV("P-SPJYXK")), &bare };
    struct reform_effect e;
    (void)state;
    bare.effect = NULL;
    effect_compute(catalog, set, 2, arena, &e);
    assert_int_equal(e.n_missing, 4);
    assert_false(e.figures[EFFECT_DAYS].before.known);
    assert_int_equal(effect_percent(&e.figures[EFFECT_DAYS]), 0);
    json_t *o = effect_to_json(&e);
    json_t *days = json_array_get(json_object_get(o, "figures"), EFFECT_DAYS);
    assert_true(json_is_null(json_object_get(json_object_get(days, "before"), "total")));
    assert_int_equal(json_i64(json_object_get(days, "after"), "total", 0), 8);
    assert_int_equal(json_array_size(json_object_get(o, "missing")), 4);
    json_decref(o);
    effect_compute(catalog, set, 0, arena, &e);
    o = effect_to_json(&e);
    assert_true(json_is_null(o));
    json_decref(o);
}

/* ---- the chart ---- */

static void check_node(const struct flow_chart *f, size_t at)
{
    const struct flow_node *x = &f->nodes[at];
    size_t in = 0, out = 0;
    assert_true(x->n > 0 && x->first + x->n <= f->n_branches);
    assert_true(x->title.n > 0);
    for (size_t i = 0; i < f->n_edges; i++) {
        in += f->edges[i].to == at;
        out += f->edges[i].from == at;
    }
    assert_true(in > 0 || x->stage == FLOW_TOLD);
    assert_true(out > 0 || x->stage == FLOW_AFTER || x->stage == FLOW_DELIVER ||
                x->stage == FLOW_CORRECT);
}

/* From the first node the critical edges lead through one critical branch to the licence. */
static void check_critical(const struct flow_chart *f)
{
    size_t at = 0, steps = 0;
    bool moved = true;
    while (moved) {
        moved = false;
        for (size_t i = 0; i < f->n_edges && !moved; i++)
            if (f->edges[i].critical && f->edges[i].from == at) {
                assert_true(f->edges[i].to > at && f->nodes[f->edges[i].to].critical);
                at = f->edges[i].to;
                moved = true;
                steps++;
            }
    }
    assert_int_equal(f->nodes[at].stage, FLOW_DELIVER);
    assert_true(steps >= 7);
}

static void check_flow(const struct industry *ind, const struct permit_type **set, size_t n,
                       struct arena *a)
{
    struct flow_chart f;
    int64_t longest = 0;
    flow_build(ind, set, n, SV("150302"), a, &f);
    assert_int_equal(f.n_branches, n);
    for (size_t i = 0; i < n; i++) {
        size_t shown = 0, decided = 0;
        for (size_t k = 0; k < f.n_nodes; k++) {
            shown += f.nodes[k].stage == FLOW_REVIEW && sv_eq(f.nodes[k].title, set[i]->name);
            decided += f.nodes[k].stage == FLOW_DECIDE && f.nodes[k].first == i;
            if (f.nodes[k].stage == FLOW_VISIT) /* neighbours, and only who must be visited */
                for (size_t b = 0; b < n; b++)
                    assert_int_equal(f.branches[b].visit,
                                     b >= f.nodes[k].first && b < f.nodes[k].first + f.nodes[k].n);
        }
        assert_int_equal(shown, 1);
        assert_int_equal(decided, 1);
        longest = set[i]->promised_days > longest ? set[i]->promised_days : longest;
    }
    assert_int_equal(f.critical_days, longest);
    for (size_t k = 0; k < f.n_nodes; k++)
        check_node(&f, k);
    check_critical(&f);
    assert_true(flow_to_text(&f, a).n > 100);
}

static void test_charts_hang_together(void **state)
{
    (void)state;
    assert_true(every_set(check_flow) > 100);
}

/* A dance hall: hearing and publicity wait outside the clock, one visit of three departments. */
static void test_dance_hall(void **state)
{
    const struct permit_type *set[] = { catalog_permit(catalog, SV("P-GGWS")),
                                        catalog_permit(catalog, SV("P-YLCS")),
                                        catalog_permit(catalog, SV("P-SPJYXK")) };
    struct flow_chart f;
    size_t waits = 0, seats = 0, after = 0;
    (void)state;
    flow_build(catalog_industry(catalog, SV("I09")), set, 3, SV("150302"), arena, &f);
    for (size_t k = 0; k < f.n_nodes; k++) {
        const struct flow_node *x = &f.nodes[k];
        seats += x->stage == FLOW_SEAT;
        after += x->stage == FLOW_AFTER;
        if (x->stage == FLOW_WAIT) {
            waits++;
            assert_true(x->wait && x->days == -1);
            assert_non_null(strstr(x->title.p, "公示10日"));
            assert_non_null(strstr(x->title.p, "听证"));
        }
        if (x->stage == FLOW_VISIT)
            assert_int_equal(x->n, 3);
    }
    assert_int_equal(waits, 1);
    assert_int_equal(seats, 3);
    assert_int_equal(after, 0);
    assert_int_equal(f.critical_days, 10);
    flow_build(catalog_industry(catalog, SV("I09")), set, 0, SV("150302"), arena, &f);
    assert_int_equal(f.n_nodes, 0);
}

/* 二选一: nobody needs both, so both are never drawn or counted together. */
static void test_one_of_two(void **state)
{
    const struct industry *ind = catalog_industry(catalog, SV("I04"));
    const struct permit_type *both[] = { catalog_permit(catalog, SV("P-SPDJZ")),
                                         catalog_permit(catalog, SV("P-SPJYXK")) };
    const struct permit_type *free[] = { both[0], both[1] };
    (void)state;
    assert_int_equal(guide_at_once(ind, both, 2), 1);
    assert_true(sv_is(both[0]->code, "P-SPJYXK") && sv_is(both[1]->code, "P-SPDJZ"));
    assert_int_equal(guide_at_once(ind, both, 1), 1);
    assert_int_equal(guide_at_once(catalog_industry(catalog, SV("I01")), free, 2), 2);
    assert_true(sv_is(free[0]->code, "P-SPDJZ"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_together_is_never_more),
        cmocka_unit_test(test_restaurant_by_hand),
        cmocka_unit_test(test_materials_as_in_the_notice),
        cmocka_unit_test(test_missing_is_said),
        cmocka_unit_test(test_charts_hang_together),
        cmocka_unit_test(test_dance_hall),
        cmocka_unit_test(test_one_of_two),
    };
    return cmocka_run_group_tests(tests, shipped_setup, shipped_teardown);
}
