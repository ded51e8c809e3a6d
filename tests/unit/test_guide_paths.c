/* What another answer changes and where an open one leads: against runs of the guide with that answer,
 * for every combination of answers of every industry. */
#include "domain/catalog/guide_paths.h"
#include "test_catalog_shipped.h"

struct sweep { const struct industry *ind; struct arena *a; size_t n; };

/* ---- the oracle: sets by name, from a run of its own ---- */

struct outcome { bool permits[64]; bool *materials; size_t n_permits, n_materials, missing;
                 int64_t days; bool blocked; };

/* Documents to bring, by the rules as docs/catalog-format.md words them. */
static bool brought(const struct material_use *u)
{
    if (u->material->generated || u->material->exempt_by_share || u->on_site)
        return false;
    return (u->necessity == NECESSARY || u->necessity == TOLERABLE) && u->when == NULL;
}

static struct outcome run(const struct industry *ind, const json_t *answers, struct arena *a)
{
    struct guide_result g;
    struct err e;
    struct outcome o = { .materials = arena_array(a, catalog->n_materials, sizeof(bool)) };
    err_init(&e, a);
    assert_int_equal(guide_run(catalog, ind, answers, NULL, a, &g, &e), 0);
    o.blocked = g.blocked;
    o.missing = g.n_missing;
    o.n_permits = g.n_permits;
    for (size_t i = 0; i < g.n_permits; i++) {
        const struct permit_type *p = g.permits[i].permit;
        o.permits[guide_index(ind, p)] = true;
        o.days = p->promised_days > o.days ? p->promised_days : o.days;
        for (size_t k = 0; k < p->n_materials; k++)
            if (brought(&p->materials[k]))
                o.materials[p->materials[k].material - catalog->materials] = true;
    }
    for (size_t i = 0; i < catalog->n_materials; i++)
        o.n_materials += o.materials[i];
    json_decref(g.prefill);
    return o;
}

static json_t *answered(const json_t *answers, struct sv question, struct sv option)
{
    json_t *other = json_deep_copy(answers), *one = json_array();
    json_push_sv(one, option);
    json_object_set_new(other, question.p, one);
    return other;
}

static size_t lost(const bool *from, const bool *to, size_t n)
{
    size_t k = 0;
    for (size_t i = 0; i < n; i++)
        k += from[i] && !to[i];
    return k;
}

/* ---- another answer ---- */

static void check_change(struct sweep *w, const struct guide_change *x, const struct outcome *now,
                         const json_t *answers)
{
    json_t *other = answered(answers, x->question->code, x->option->code);
    struct outcome then = run(w->ind, other, w->a);
    assert_true(x->on);
    assert_int_equal(x->blocked, then.blocked);
    assert_int_equal(x->n_added, lost(then.permits, now->permits, w->ind->n_permits));
    assert_int_equal(x->n_removed, lost(now->permits, then.permits, w->ind->n_permits));
    for (size_t i = 0; i < x->n_added; i++)
        assert_true(then.permits[guide_index(w->ind, x->added[i])]);
    for (size_t i = 0; i < x->n_removed; i++)
        assert_false(then.permits[guide_index(w->ind, x->removed[i])]);
    assert_int_equal(x->n_asked, lost(then.materials, now->materials, catalog->n_materials));
    assert_int_equal(x->n_spared, lost(now->materials, then.materials, catalog->n_materials));
    for (size_t i = 0; i < x->n_asked; i++)
        assert_true(then.materials[x->asked[i] - catalog->materials]);
    assert_int_equal(x->days, then.days - now->days);
    if (then.missing > now->missing)
        assert_true(x->opens > 0);
    json_decref(other);
    w->n++;
}

static void each_change(void *ctx, json_t *answers)
{
    struct sweep *w = ctx;
    struct guide_result g;
    struct guide_change *list;
    struct err e;
    size_t n, options = 0;
    arena_reset(w->a);
    err_init(&e, w->a);
    struct outcome now = run(w->ind, answers, w->a);
    assert_int_equal(guide_run(catalog, w->ind, answers, NULL, w->a, &g, &e), 0);
    guide_changes(catalog, &g, catalog->context, w->a, &list, &n);
    for (size_t i = 0; i < g.n_visible; i++)
        options += g.visible[i]->n_options;
    assert_true(n <= options);
    for (size_t i = 0; i < n; i++)
        if (!list[i].question->multi)
            check_change(w, &list[i], &now, answers);
    json_decref(g.prefill);
}

static void test_changes_are_true(void **state)
{
    (void)state;
    struct sweep w = { .a = arena_new() };
    for (size_t i = 0; i < catalog->n_industries; i++) {
        w.ind = &catalog->industries[i];
        fixture_combinations(catalog, w.ind, each_change, &w);
    }
    print_message("%zu changes\n", w.n);
    assert_true(w.n > 5000);
    arena_free(w.a);
}

/* Of several answers one more or one less; "none of these" excludes the others. */
static void test_several_answers(void **state)
{
    (void)state;
    struct guide_result g;
    struct guide_change *list;
    struct err e;
    size_t n, seen = 0;
    const struct industry *ind = catalog_industry(catalog, SV("I03"));
    json_t *answers = fixture_text("{'I03-Q1':['A','B']}");
    err_init(&e, arena);
    assert_int_equal(guide_run(catalog, ind, answers, NULL, arena, &g, &e), 0);
    guide_changes(catalog, &g, catalog->context, arena, &list, &n);
    for (size_t i = 0; i < n; i++) {
        if (!sv_is(list[i].question->code, "I03-Q1"))
            continue;
        seen++;
        bool chosen = sv_is(list[i].option->code, "A") || sv_is(list[i].option->code, "B");
        assert_int_equal(list[i].on, !chosen);
    }
    assert_int_equal(seen, ind->questions[0].n_options);
    json_decref(g.prefill);
    json_decref(answers);
}

/* ---- "I do not know" ---- */

struct reach { bool any[64], all[64]; };

/* Every way to answer what is not answered yet. */
static void reach_from(struct sweep *w, json_t *answers, struct reach *r)
{
    struct guide_result g;
    struct err e;
    err_init(&e, w->a);
    assert_int_equal(guide_run(catalog, w->ind, answers, NULL, w->a, &g, &e), 0);
    for (size_t k = 0; g.n_missing && !g.blocked && k < g.missing[0]->n_options; k++) {
        json_t *next = answered(answers, g.missing[0]->code, g.missing[0]->options[k].code);
        reach_from(w, next, r);
        json_decref(next);
    }
    if (g.n_missing == 0 || g.blocked) {
        struct outcome o = run(w->ind, answers, w->a);
        for (size_t i = 0; i < w->ind->n_permits; i++) {
            r->any[i] |= o.permits[i];
            r->all[i] &= o.permits[i];
        }
    }
    json_decref(g.prefill);
}

static void check_unsure(struct sweep *w, const struct question *q, const json_t *answers)
{
    struct guide_result g;
    struct err e;
    struct reach r = { { 0 }, { 0 } };
    json_t *open = answered(answers, q->code, SV("?"));
    err_init(&e, w->a);
    memset(r.all, 1, sizeof r.all);
    assert_int_equal(guide_run(catalog, w->ind, open, NULL, w->a, &g, &e), 0);
    assert_false(g.complete);
    assert_int_equal(g.n_unsure, 1);
    assert_ptr_equal(g.unsure[0], q);
    assert_int_equal(g.n_paths, q->n_options);
    for (size_t k = 0; k < q->n_options; k++) {
        json_t *sure = answered(answers, q->code, q->options[k].code);
        struct outcome o = run(w->ind, sure, w->a);
        assert_int_equal(g.paths[k].n_permits, o.n_permits);
        assert_int_equal(g.paths[k].n_materials, o.n_materials);
        assert_int_equal(g.paths[k].days, o.days);
        assert_int_equal(g.paths[k].blocked, o.blocked);
        reach_from(w, sure, &r);
        json_decref(sure);
    }
    size_t listed = 0;
    for (size_t i = 0; i < w->ind->n_permits; i++)
        listed += r.any[i];
    assert_int_equal(g.n_permits, listed);
    for (size_t i = 0; i < g.n_permits; i++) {
        int at = guide_index(w->ind, g.permits[i].permit);
        assert_true(r.any[at]);
        assert_int_equal(g.permits[i].maybe, !r.all[at]);
        assert_true(!g.permits[i].maybe || g.permits[i].n_why > 0);
    }
    json_decref(g.prefill);
    json_decref(open);
    w->n++;
}

static void each_unsure(void *ctx, json_t *answers)
{
    struct sweep *w = ctx;
    struct guide_result g;
    struct err e;
    arena_reset(w->a);
    err_init(&e, w->a);
    assert_int_equal(guide_run(catalog, w->ind, answers, NULL, w->a, &g, &e), 0);
    for (size_t i = 0; !g.blocked && i < g.n_visible; i++)
        check_unsure(w, g.visible[i], answers);
    json_decref(g.prefill);
}

static void test_unsure_spans_every_answer(void **state)
{
    (void)state;
    struct sweep w = { .a = arena_new() };
    for (size_t i = 0; i < catalog->n_industries; i++) {
        w.ind = &catalog->industries[i];
        fixture_combinations(catalog, w.ind, each_unsure, &w);
    }
    print_message("%zu open questions\n", w.n);
    assert_true(w.n > 5000);
    arena_free(w.a);
}

/* Everything open: what some answers need is what the industry lists at all. */
static void test_all_open(void **state)
{
    (void)state;
    for (size_t i = 0; i < catalog->n_industries; i++) {
        const struct industry *ind = &catalog->industries[i];
        struct guide_result g;
        struct err e;
        json_t *answers = json_object();
        err_init(&e, arena);
        for (size_t q = 0; q < ind->n_questions; q++)
            json_object_set_new(answers, ind->questions[q].code.p, json_pack("[s]", "?"));
        assert_int_equal(guide_run(catalog, ind, answers, NULL, arena, &g, &e), 0);
        assert_true(g.n_permits > 0 && g.n_permits <= ind->n_permits);
        assert_int_equal(g.n_missing, 0);
        assert_int_equal(g.n_unsure, g.n_visible);
        json_decref(g.prefill);
        json_decref(answers);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_changes_are_true), cmocka_unit_test(test_several_answers),
        cmocka_unit_test(test_unsure_spans_every_answer), cmocka_unit_test(test_all_open),
    };
    return cmocka_run_group_tests_name("guide paths", tests, shipped_setup, shipped_teardown);
}
