/* What the catalogue's editors compare and list: differences, steps of a patch, contradictions. */
#include "domain/catalog/contradict.h"
#include "domain/catalog/diff.h"
#include "domain/catalog/edition.h"
#include "domain/catalog/merge.h"
#include "domain/catalog/patch.h"
#include "generate.h"
#include "test_catalog_fixture.h"

static struct arena *arena;
static struct err err;
static json_t *doc, *other;

static int setup(void **state)
{
    (void)state;
    arena = arena_new();
    err_init(&err, arena);
    doc = fixture_json(arena, "catalog/wuhai-2026.json");
    other = json_deep_copy(doc);
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    json_decref(doc);
    json_decref(other);
    arena_free(arena);
    return 0;
}

static int patch(const char *ops)
{
    json_t *list = json_loads(ops, JSON_DECODE_ANY, NULL);
    assert_non_null(list);
    err_clear(&err);
    int rc = catalog_patch(other, list, &err);
    json_decref(list);
    return rc;
}

static struct diff differences(void)
{
    struct diff d;
    catalog_diff(doc, other, arena, &d);
    return d;
}

static void test_nothing_changed(void **state)
{
    (void)state;
    assert_int_equal(differences().n, 0);
}

static void assert_said(struct sv s, const char *words)
{
    if (!strstr(s.p, words))
        fail_msg("“%s” does not say “%s”", s.p, words);
}

static void test_member_changes(void **state)
{
    (void)state;
    assert_int_equal(patch("[{\"op\":\"replace\",\"path\":\"/permits/0/limits/promised_days\",\"value\":3},"
                           "{\"op\":\"replace\",\"path\":\"/permits/0/materials/1/copies\",\"value\":4},"
                           "{\"op\":\"add\",\"path\":\"/permits/0/notes/-\",\"value\":\"新备注\"},"
                           "{\"op\":\"replace\",\"path\":\"/title\",\"value\":\"新标题\"}]"), 0);
    struct diff d = differences();
    assert_int_equal(d.n, 2);
    assert_string_equal(d.entities[0].shape->key, "catalog");
    assert_said(d.entities[0].members[0].sentence, "新标题");
    assert_string_equal(d.entities[1].code.p, "P-SPJYXK");
    assert_int_equal(d.entities[1].n, 3);
    assert_true(sv_is(d.entities[1].members[0].pointer, "/permits/0/limits/promised_days"));
    assert_said(d.entities[1].members[0].sentence, "时限·承诺工作日：由“5”改为“3”");
    assert_true(sv_is(d.entities[1].members[1].pointer, "/permits/0/materials/1/copies"));
    assert_said(d.entities[1].members[1].label, "许可材料“"); /* by name, not by code */
    assert_null(strstr(d.entities[1].members[1].label.p, "M-"));
}

static void test_added_removed_moved(void **state)
{
    (void)state;
    assert_int_equal(patch("[{\"op\":\"remove\",\"path\":\"/industries/3\"},"
                           "{\"op\":\"add\",\"path\":\"/materials/0\",\"value\":"
                           "{\"code\":\"M-NEW\",\"name\":\"新材料\",\"source\":\"示例\"}},"
                           "{\"op\":\"move\",\"from\":\"/batches/0\",\"path\":\"/batches/0\"},"
                           "{\"op\":\"move\",\"from\":\"/permits/5\",\"path\":\"/permits/2\"}]"), 0);
    struct diff d = differences();
    assert_int_equal(d.n, 3);
    assert_int_equal(d.entities[0].what, DIFF_ADDED);
    assert_true(sv_is(d.entities[0].pointer, "/materials/0"));
    assert_said(d.entities[0].sentence, "新增材料“新材料”");
    assert_said(d.entities[1].sentence, "许可事项的先后次序有变动");
    assert_int_equal(d.entities[2].what, DIFF_REMOVED);
    assert_true(sv_is(d.entities[2].pointer, "/industries/3"));
    json_t *o = diff_to_json(&d);
    assert_int_equal(json_i64(o, "added", 0), 1);
    assert_int_equal(json_i64(o, "removed", 0), 1);
    assert_int_equal(json_i64(o, "changed", 0), 1);
    json_decref(o);
}

static void test_patch_refuses(void **state)
{
    static const struct { const char *ops, *pointer; } BAD[] = {
        { "[]", "/ops" }, { "{}", "/ops" },
        { "[{\"op\":\"test\",\"path\":\"/title\"}]", "/ops/0/op" },
        { "[{\"op\":\"replace\",\"path\":\"/title\"}]", "/ops/0/value" },
        { "[{\"op\":\"replace\",\"path\":\"/titel\",\"value\":1}]", "/ops/0/path" },
        { "[{\"op\":\"remove\",\"path\":\"\"}]", "/ops/0/path" },
        { "[{\"op\":\"remove\",\"path\":\"/permits/999\"}]", "/ops/0/path" },
        { "[{\"op\":\"add\",\"path\":\"/permits/999\",\"value\":1}]", "/ops/0/path" },
        { "[{\"op\":\"add\",\"path\":\"/permits/-1\",\"value\":1}]", "/ops/0/path" },
        { "[{\"op\":\"move\",\"from\":\"/permits\",\"path\":\"/permits/0\"}]", "/ops/0/path" },
        { "[{\"op\":\"remove\",\"path\":\"/title\"},{\"op\":\"remove\",\"path\":\"/title\"}]",
          "/ops/1/path" },
    };
    (void)state;
    for (size_t i = 0; i < sizeof BAD / sizeof BAD[0]; i++) {
        assert_int_equal(patch(BAD[i].ops), ERR_INVALID);
        assert_true(sv_is(err.problems[0].pointer, BAD[i].pointer));
    }
}

/* ---- merging ---- */

static void test_merge(void **state)
{
    (void)state;
    struct merge_conflicts conflicts;
    json_t *mine = json_deep_copy(doc);
    json_put_sv(mine, "version", SV("mine"));
    json_put_i64(json_at(mine, SV("/permits/0/limits")), "promised_days", 3);
    json_put_sv(json_at(mine, SV("/permits/1")), "name", SV("甲"));
    json_array_append_new(json_object_get(mine, "materials"),
                          json_pack("{s:s,s:s,s:s}", "code", "M-A", "name", "a", "source", "x"));
    json_array_remove(json_object_get(mine, "laws"), 5);
    assert_int_equal(patch("[{\"op\":\"replace\",\"path\":\"/version\",\"value\":\"theirs\"},"
                           "{\"op\":\"replace\",\"path\":\"/permits/0/limits/statutory_days\",\"value\":9},"
                           "{\"op\":\"replace\",\"path\":\"/permits/1/name\",\"value\":\"乙\"},"
                           "{\"op\":\"add\",\"path\":\"/materials/0\",\"value\":{\"code\":\"M-B\"}},"
                           "{\"op\":\"remove\",\"path\":\"/windows/2\"}]"), 0);
    json_t *v = catalog_merge(doc, mine, other, arena, &conflicts);
    assert_true(sv_is(json_sv(v, "version"), "mine"));
    assert_int_equal(json_i64(json_at(v, SV("/permits/0/limits")), "promised_days", 0), 3);
    assert_int_equal(json_i64(json_at(v, SV("/permits/0/limits")), "statutory_days", 0), 9);
    assert_true(sv_is(json_sv(json_at(v, SV("/permits/1")), "name"), "甲"));
    assert_int_equal(conflicts.n, 1);
    assert_said(conflicts.labels[0], "许可事项“乙”·名称");
    size_t n = json_array_size(json_object_get(doc, "materials"));
    assert_int_equal(json_array_size(json_object_get(v, "materials")), n + 2);
    assert_true(sv_is(json_sv(json_at(v, SV("/materials/0")), "code"), "M-B"));
    assert_int_equal(json_array_size(json_object_get(v, "laws")),
                     json_array_size(json_object_get(doc, "laws")) - 1);
    assert_int_equal(json_array_size(json_object_get(v, "windows")),
                     json_array_size(json_object_get(doc, "windows")) - 1);
    json_decref(v);
    v = catalog_merge(doc, doc, doc, arena, &conflicts);
    assert_true(json_equal(v, doc));
    assert_int_equal(conflicts.n, 0);
    json_decref(v);
    json_decref(mine);
}

/* ---- the life of a draft ---- */

static void test_edition_table(void **state)
{
    enum { ALL = (1 << EDITION_FACTS) - 1 };
    static const enum act ACTS_OF[] = { ACT_EDIT_CATALOG, ACT_EXPLAIN_CATALOG, ACT_REBASE_CATALOG,
                                        ACT_SUBMIT_CATALOG, ACT_RETURN_CATALOG,
                                        ACT_APPROVE_CATALOG, ACT_SCHEDULE_CATALOG,
                                        ACT_PUBLISH_CATALOG, ACT_ABANDON_CATALOG };
    (void)state;
    for (int s = 0; s < EDITION_STATES; s++) {
        assert_int_equal(edition_of(sv_of(edition_key((enum edition_state)s))), s);
        for (size_t k = 0; k < sizeof ACTS_OF / sizeof ACTS_OF[0]; k++) {
            err_clear(&err);
            int to = edition_step((enum edition_state)s, ACTS_OF[k], ALL, &err);
            if (s == EDITION_PUBLISHED || s == EDITION_ABANDONED)
                assert_int_equal(to, ERR_REFUSED); /* both are final */
            if (to == EDITION_PUBLISHED) /* only after somebody approved */
                assert_true(s == EDITION_APPROVED || s == EDITION_SCHEDULED);
            if (to == EDITION_APPROVED) {
                assert_int_equal(edition_step((enum edition_state)s, ACTS_OF[k],
                                              ALL & ~EDITION_BIT(SECOND), &err), ERR_REFUSED);
                assert_non_null(strstr(err_text(&err), "另一个人"));
            }
            if (to >= EDITION_SUBMITTED && to != EDITION_ABANDONED)
                assert_int_equal(edition_step((enum edition_state)s, ACTS_OF[k],
                                              ALL & ~EDITION_BIT(SOUND), &err), ERR_REFUSED);
        }
    }
}

/* ---- contradictions ---- */

static struct contradictions contradictions_of(const json_t *d)
{
    struct contradictions out;
    struct catalog *c = catalog_load(json_dump(arena, d, false), SV("x"), &err);
    fixture_print(&err);
    assert_non_null(c);
    catalog_contradictions(c, arena, &out);
    for (size_t i = 0; i < out.n; i++) { /* both places exist and are of two permits */
        assert_non_null(json_at(d, out.list[i].pointer[0]));
        assert_non_null(json_at(d, out.list[i].pointer[1]));
        assert_false(sv_eq(out.list[i].place[0], out.list[i].place[1]));
        for (size_t k = 0; k < i; k++)
            assert_false(sv_eq(out.list[i].key, out.list[k].key));
    }
    catalog_free(c);
    return out;
}

static size_t count(const struct contradictions *s, const char *kind)
{
    size_t n = 0;
    for (size_t i = 0; i < s->n; i++)
        n += strcmp(s->list[i].kind, kind) == 0;
    return n;
}

/* Two permits of one industry and two departments: 0 and the tobacco one. */
static void test_contradictions(void **state)
{
    static const char *const KINDS[] = { "condition_numbers", "check_numbers", "check_method",
                                         "check_key", "field_type", "field_limits" };
    (void)state;
    struct contradictions base = contradictions_of(doc);
    json_t *permits = json_object_get(other, "permits"), *a = json_array_get(permits, 0), *b = NULL;
    size_t i, at = 0;
    json_t *p;
    json_array_foreach(permits, i, p)
        if (sv_is(json_sv(p, "code"), "P-YCLS")) {
            b = p;
            at = i;
        }
    assert_non_null(b);
    json_t *pair[] = { a, b };
    for (int k = 0; k < 2; k++) {
        json_array_append_new(json_object_get(pair[k], "conditions"),
                              json_string(k ? "面积不小于20.5平方米" : "面积不小于30平方米"));
        json_t *checks = json_object_get(pair[k], "checks");
        json_array_append_new(checks, json_pack("{s:s}", "item", k ? "灯光亮度200勒" : "灯光亮度150勒"));
        json_array_append_new(checks, json_pack("{s:s,s:s,s:b}", "item", "示例通道", "method",
                                                k ? "目测" : "测量", "key_item", k));
        json_array_append_new(json_object_get(pair[k], "fields"),
                              json_pack("{s:s,s:s,s:s,s:i}", "code", k ? "ZZ_B" : "ZZ_A", "label",
                                        "示例高度", "type", k ? "number" : "text", "max_length", 10));
        json_array_append_new(json_object_get(pair[k], "fields"),
                              json_pack("{s:s,s:s,s:s,s:i}", "code", k ? "ZY_B" : "ZY_A", "label",
                                        "示例备注", "type", "text", "max_length", k ? 10 : 20));
    }
    struct contradictions now = contradictions_of(other);
    assert_int_equal(now.n, base.n + 6);
    for (size_t k = 0; k < sizeof KINDS / sizeof KINDS[0]; k++)
        assert_int_equal(count(&now, KINDS[k]), count(&base, KINDS[k]) + 1);
    for (size_t k = 0; k < now.n; k++)
        if (strcmp(now.list[k].kind, "condition_numbers") == 0)
            assert_said(now.list[k].sentence, "20.5平方米");
    for (size_t k = 0; k < base.n; k++)
        assert_non_null(contradiction_find(&now, base.list[k].key));
    (void)at;
}

static void test_contradicting_materials(void **state)
{
    (void)state;
    struct contradictions base = contradictions_of(doc);
    print_message("shipped: %zu contradictions\n", base.n);
    for (size_t i = 0; i < base.n && i < 8; i++)
        print_message("  %s\n", base.list[i].sentence.p);
    json_t *u = json_at(other, SV("/permits/0/materials/1"));
    struct sv form = json_sv(u, "form");
    json_put_sv(u, "form", sv_is(form, "原件") ? SV("电子") : SV("原件"));
    struct contradictions now = contradictions_of(other);
    assert_true(count(&now, "material_form") != count(&base, "material_form"));
}

static void test_large_is_quick(void **state)
{
    (void)state;
    json_t *large = generate_catalog(doc, 3, 300, 800, arena);
    struct catalog *c = catalog_load(json_dump(arena, large, false), SV("x"), &err);
    struct contradictions s;
    assert_non_null(c);
    struct timespec t0, t1;
    clock_gettime(CLOCK_MONOTONIC, &t0);
    catalog_contradictions(c, arena, &s);
    clock_gettime(CLOCK_MONOTONIC, &t1);
    double ms = (double)(t1.tv_sec - t0.tv_sec) * 1e3 + (double)(t1.tv_nsec - t0.tv_nsec) / 1e6;
    print_message("300 industries: %zu contradictions in %.0f ms\n", s.n, ms);
    assert_true(s.n > 0 && s.n <= CONTRADICTIONS_MAX);
    assert_true(ms < 3000);
    catalog_free(c);
    json_decref(large);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_nothing_changed, setup, teardown),
        cmocka_unit_test_setup_teardown(test_member_changes, setup, teardown),
        cmocka_unit_test_setup_teardown(test_added_removed_moved, setup, teardown),
        cmocka_unit_test_setup_teardown(test_patch_refuses, setup, teardown),
        cmocka_unit_test_setup_teardown(test_merge, setup, teardown),
        cmocka_unit_test_setup_teardown(test_edition_table, setup, teardown),
        cmocka_unit_test_setup_teardown(test_contradictions, setup, teardown),
        cmocka_unit_test_setup_teardown(test_contradicting_materials, setup, teardown),
        cmocka_unit_test_setup_teardown(test_large_is_quick, setup, teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
