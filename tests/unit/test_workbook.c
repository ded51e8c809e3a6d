/* workbook: a catalogue to Excel and back is the same to the byte; what is wrong is named by sheet,
 * row and column; hostile files are turned away. */
#include "domain/catalog/shape.h"
#include "domain/catalog/workbook.h"
#include "generate.h"
#include "sheet/xlsx.h"
#include "test_catalog_fixture.h"

static struct arena *arena;
static struct err err;

static void start(void)
{
    arena = arena_new();
    err_init(&err, arena);
}

static struct sv bytes_of(const struct grid *g)
{
    struct buf b;
    buf_init(&b, XLSX_TOTAL_MAX);
    int rc = xlsx_write(g, &b, &err);
    if (rc != 0)
        fixture_print(&err);
    assert_int_equal(rc, 0);
    struct sv out = arena_sv(arena, buf_sv(&b));
    buf_done(&b);
    return out;
}

static struct sv export(const json_t *doc)
{
    struct grid g;
    grid_init(&g, arena);
    int rc = workbook_from_catalog(doc, &g, &err);
    fixture_print(&err);
    assert_int_equal(rc, 0);
    return bytes_of(&g);
}

static void read_grid(struct sv bytes, struct grid *g)
{
    grid_init(g, arena);
    int rc = xlsx_read(bytes, g, &err);
    fixture_print(&err);
    assert_int_equal(rc, 0);
}

static void assert_round_trip(const json_t *doc)
{
    struct grid g;
    read_grid(export(doc), &g);
    json_t *back = workbook_to_catalog(&g, arena, NULL, &err);
    fixture_print(&err);
    assert_non_null(back);
    assert_true(json_equal((json_t *)(uintptr_t)doc, back));
    struct sv one = shape_text(doc, arena), two = shape_text(back, arena);
    assert_int_equal(one.n, two.n);
    assert_memory_equal(one.p, two.p, one.n);
    json_decref(back);
}

static void test_shipped_round_trip(void **state)
{
    (void)state;
    start();
    json_t *doc = fixture_json(arena, "catalog/wuhai-2026.json");
    assert_round_trip(doc);
    json_decref(doc);
    arena_free(arena);
}

static void test_generated_round_trip(void **state)
{
    (void)state;
    for (uint64_t seed = 1; seed <= 4; seed++) {
        start();
        json_t *shipped = fixture_json(arena, "catalog/wuhai-2026.json");
        json_t *doc = generate_catalog(shipped, seed, 40, 100, arena);
        assert_round_trip(doc);
        json_decref(doc);
        json_decref(shipped);
        arena_free(arena);
    }
}

/* What a cell cannot hold as it is: blanks, backslashes, markers, line feeds, escapes. */
static const char *const ODD[] = {
    "", " ", "\\", "\\\\n", "（空）", "（空列表）", "a\nb", "\n", "_x000D_", "_x0041_x", "=1+1", "'x",
    "007", "是", "a=b", " a ", "\ta", "\\:x", "<&>\"", "\xF0\x9F\x98\x80", "1.50", "-3", "true", ":",
    "\\n", "a\\", "见分表", "_x005F_",
};

static void test_odd_texts(void **state)
{
    (void)state;
    start();
    json_t *doc = fixture_json(arena, "catalog/wuhai-2026.json");
    json_t *permit = json_array_get(json_object_get(doc, "permits"), 0);
    json_t *field = json_array_get(json_object_get(permit, "fields"), 0);
    json_t *texts = json_array(), *choices = json_array(), *rules = json_array();
    for (size_t i = 0; i < sizeof ODD / sizeof ODD[0]; i++) {
        json_push_sv(texts, sv_of(ODD[i]));
        json_push(choices, json_pack("{s:s,s:s}", "value", ODD[i], "label", ODD[i]));
        json_push(rules, json_pack("{s:s,s:s,s:s}", "kind", "equals", "value", ODD[i], "message",
                                   ODD[i]));
        json_t *b = json_array_get(json_object_get(permit, "bases"), i % 3);
        json_put_sv(b, "summary", sv_of(ODD[i]));
    }
    json_push(rules, json_pack("{s:s,s:i}", "kind", "min", "value", -7));
    json_push(rules, json_pack("{s:s,s:b}", "kind", "equals", "value", 1));
    json_put(permit, "notes", texts);
    json_put(field, "options", choices);
    json_put(field, "rules", rules);
    json_put(permit, "conditions", json_array());
    json_put(permit, "checks", json_array());
    json_put(permit, "effect", json_object());
    json_put(permit, "sensitive", json_pack("[s]", ""));
    assert_round_trip(doc);
    json_decref(doc);
    arena_free(arena);
}

/* The table and the published schema say the same. */
static void compare_shape(const struct shape *s, const json_t *defs, const json_t *def)
{
    const char *key;
    json_t *v;
    json_t *properties = json_object_get(def, "properties");
    json_object_foreach(properties, key, v)
        if (!shape_member(s, sv_of(key)))
            fail_msg("%s: the table lacks %s", s->key, key);
    for (size_t i = 0; i < s->n; i++) {
        const struct shape_member *m = &s->members[i];
        json_t *p = json_object_get(properties, m->name);
        bool required = false;
        if (!p)
            fail_msg("%s: the schema lacks %s", s->key, m->name);
        for (size_t k = 0; k < json_array_size(json_object_get(def, "required")); k++)
            required = required ||
                       sv_is(json_text(json_array_get(json_object_get(def, "required"), k)),
                             m->name);
        if (required != m->required)
            fail_msg("%s.%s: required differs", s->key, m->name);
        if (m->kind != SHAPE_OBJECT && m->kind != SHAPE_LIST)
            continue;
        json_t *of = m->kind == SHAPE_LIST ? json_object_get(p, "items") : p;
        struct sv ref = json_sv(of, "$ref");
        compare_shape(m->of, defs,
                      ref.n ? json_object_get(defs, ref.p + strlen("#/$defs/")) : of);
    }
}

static void test_schema(void **state)
{
    (void)state;
    start();
    json_t *schema = fixture_json(arena, "catalog/schema.json");
    compare_shape(&CATALOG_SHAPE, json_object_get(schema, "$defs"), schema);
    json_decref(schema);
    arena_free(arena);
}

/* ---- problems ---- */

struct spoil { const char *sheet; size_t row; const char *head; const char *text;
               const char *pointer, *code; };

static struct cell *cell_at(struct grid *g, const char *sheet, size_t row, const char *head)
{
    for (size_t i = 0; i < g->n_sheets; i++)
        for (size_t k = 0; sv_is(g->sheets[i].name, sheet) && k < g->sheets[i].rows[0].n; k++)
            if (sv_is(g->sheets[i].rows[0].cells[k].text, head)) {
                struct grid_row *r = &g->sheets[i].rows[row];
                if (k >= r->n) {
                    struct cell *more = arena_array(arena, k + 1, sizeof *more);
                    memcpy(more, r->cells, r->n * sizeof *more);
                    *r = (struct grid_row){ more, k + 1 };
                }
                return &r->cells[k];
            }
    fail_msg("no %s in %s", head, sheet);
    return NULL;
}

static bool told(const char *pointer, const char *code)
{
    for (size_t i = 0; i < err.n_problems; i++)
        if (sv_is(err.problems[i].pointer, pointer) && sv_is(err.problems[i].code, code))
            return true;
    fixture_print(&err);
    return false;
}

static void test_problems_name_the_cell(void **state)
{
    static const struct spoil SPOILS[] = {
        { "许可事项", 1, "时限·法定工作日", "十天", "许可事项!R2", "bad_cell" },
        { "许可事项", 2, "性质", "许可", "许可事项!F3", "bad_cell" },
        { "许可材料", 3, "所属许可事项", "P-NONE", "许可材料!A4", "unknown_reference" },
        { "行业", 2, "代码", "I01", "行业!A3", "duplicate_code" },
        { "共用字段", 2, "选项", "没有等号", "共用字段!K3", "bad_cell" },
        { "共用字段", 1, "必填", "也许", "共用字段!E2", "bad_cell" },
        { "引导问题", 1, "显示条件", "{", "引导问题!F2", "bad_cell" },
        { "窗口", 0, "电话", "手机", "窗口!J1", "unknown_column" },
    };
    (void)state;
    start();
    struct grid g;
    json_t *doc = fixture_json(arena, "catalog/wuhai-2026.json");
    read_grid(export(doc), &g);
    for (size_t i = 0; i < sizeof SPOILS / sizeof SPOILS[0]; i++)
        *cell_at(&g, SPOILS[i].sheet, SPOILS[i].row, SPOILS[i].head) =
            cell_text(sv_of(SPOILS[i].text));
    assert_null(workbook_to_catalog(&g, arena, NULL, &err));
    assert_int_equal(err.code, ERR_INVALID);
    for (size_t i = 0; i < sizeof SPOILS / sizeof SPOILS[0]; i++)
        assert_true(told(SPOILS[i].pointer, SPOILS[i].code));
    for (size_t i = 0; i < err.n_problems; i++)
        assert_non_null(strstr(err.problems[i].message.p, "工作表“"));
    assert_true(told("窗口!1", "missing_column"));
    json_decref(doc);
    arena_free(arena);
}

/* What the loader finds later is told by cell as well. */
static void test_loader_problems_are_placed(void **state)
{
    (void)state;
    start();
    struct grid g;
    struct workbook_map *map;
    json_t *doc = fixture_json(arena, "catalog/wuhai-2026.json");
    read_grid(export(doc), &g);
    *cell_at(&g, "许可材料", 2, "材料") = cell_text(SV("M-NONE"));
    *cell_at(&g, "许可事项", 3, "有效期·年数") = (struct cell){ CELL_NUMBER, SV("-5"), false };
    *cell_at(&g, "问题选项", 2, "减去许可") = cell_text(SV("P-NONE"));
    json_t *back = workbook_to_catalog(&g, arena, &map, &err);
    assert_non_null(back);
    assert_null(catalog_load(shape_text(back, arena), SV("x"), &err));
    workbook_place_problems(map, &err);
    assert_true(told("许可材料!B3", "unknown_reference"));
    assert_true(told("许可事项!AB4", "out_of_range"));
    assert_true(told("问题选项!G3", "unknown_reference"));
    json_decref(back);
    json_decref(doc);
    arena_free(arena);
}

/* Excel makes numbers of codes and dates, and people move columns and leave blank rows. */
static void test_what_excel_does(void **state)
{
    (void)state;
    start();
    struct grid g;
    json_t *doc = fixture_json(arena, "catalog/wuhai-2026.json");
    json_put_sv(json_array_get(json_object_get(doc, "batches"), 0), "published_on",
                SV("2026-03-01"));
    read_grid(export(doc), &g);
    *cell_at(&g, "区划", 1, "代码") = (struct cell){ CELL_NUMBER, SV("150300"), false };
    *cell_at(&g, "批次", 1, "公布日期") = (struct cell){ CELL_NUMBER, SV("46082"), false };
    assert_true(sv_is(cell_at(&g, "共用字段", 1, "类型")->text, "文字")); /* officials read Chinese */
    *cell_at(&g, "共用字段", 1, "类型") = cell_text(SV("text"));
    *cell_at(&g, "材料", 1, "可共享") = cell_bool(true);
    json_put_bool(json_array_get(json_object_get(doc, "materials"), 0), "shareable", true);
    for (size_t i = 0; i < g.n_sheets; i++) {
        struct grid_sheet *s = &g.sheets[i];
        if (s->n_rows < 2 || sv_is(s->name, "说明"))
            continue;
        for (size_t r = 0; r < s->n_rows; r++) { /* first two columns change places */
            struct cell one = grid_at(s, r, 0), two = grid_at(s, r, 1);
            if (s->rows[r].n > 1) {
                s->rows[r].cells[0] = two;
                s->rows[r].cells[1] = one;
            }
        }
        grid_add_row(&g, s, 3)->cells[1] = cell_text(SV("  "));
    }
    grid_add_sheet(&g, SV("备注一"));
    json_t *back = workbook_to_catalog(&g, arena, NULL, &err);
    fixture_print(&err);
    assert_non_null(back);
    assert_true(json_equal(doc, back));
    json_decref(back);
    json_decref(doc);
    arena_free(arena);
}

static void test_missing_and_strange_sheets(void **state)
{
    (void)state;
    start();
    struct grid g;
    json_t *doc = fixture_json(arena, "catalog/wuhai-2026.json");
    read_grid(export(doc), &g);
    for (size_t i = 0; i < g.n_sheets; i++)
        if (sv_is(g.sheets[i].name, "核查清单"))
            g.sheets[i].name = SV("检查单");
    assert_null(workbook_to_catalog(&g, arena, NULL, &err));
    assert_true(told("核查清单", "missing_sheet"));
    assert_true(told("检查单", "unknown_sheet"));
    json_decref(doc);
    arena_free(arena);
}

static void test_unfit_documents_are_refused(void **state)
{
    (void)state;
    start();
    struct grid g;
    json_t *doc = fixture_json(arena, "catalog/wuhai-2026.json");
    json_t *permits = json_object_get(doc, "permits");
    json_put_sv(json_array_get(permits, 1), "code", json_sv(json_array_get(permits, 0), "code"));
    json_put_sv(json_array_get(permits, 2), "surprise", SV("x"));
    json_put_sv(json_object_get(json_array_get(permits, 3), "limits"), "statutory_days", SV("x"));
    grid_init(&g, arena);
    assert_int_equal(workbook_from_catalog(doc, &g, &err), ERR_INVALID);
    assert_true(told("/permits/1/code", "duplicate_code"));
    assert_true(told("/permits/2/surprise", "unknown_member"));
    assert_true(told("/permits/3/limits/statutory_days", "wrong_type"));
    json_decref(doc);
    arena_free(arena);
}

/* Every byte changed once, every length cut: an answer or a refusal, never more. */
static void test_broken_files(void **state)
{
    (void)state;
    start();
    struct grid g;
    grid_init(&g, arena);
    struct grid_sheet *s = grid_add_sheet(&g, SV("目录"));
    s->columns = arena_array(arena, 1, sizeof *s->columns);
    s->columns[0] = (struct grid_column){ .head = SV("格式"), .width = 9 };
    s->n_columns = 1;
    grid_add_row(&g, s, 1)->cells[0] = cell_text(SV("yizheng-catalog/1"));
    struct sv good = bytes_of(&g);
    size_t refused = 0;
    for (size_t i = 0; i < good.n; i++) {
        struct arena *a = arena_new();
        struct err e;
        struct grid out;
        err_init(&e, a);
        grid_init(&out, a);
        char *bad = arena_dup(a, good);
        bad[i] = (char)(bad[i] ^ (1 << (i % 8)));
        refused += xlsx_read(sv_make(bad, i % 2 ? good.n : i), &out, &e) != 0;
        arena_free(a);
    }
    assert_true(refused > good.n / 2);
    assert_true(refused < good.n);
    struct grid out;
    grid_init(&out, arena);
    assert_int_equal(xlsx_read(SV("PK\x03\x04 not a zip"), &out, &err), ERR_INVALID);
    assert_true(told("file", "unreadable"));
    arena_free(arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_shipped_round_trip),
        cmocka_unit_test(test_generated_round_trip),
        cmocka_unit_test(test_odd_texts),
        cmocka_unit_test(test_schema),
        cmocka_unit_test(test_problems_name_the_cell),
        cmocka_unit_test(test_loader_problems_are_placed),
        cmocka_unit_test(test_what_excel_does),
        cmocka_unit_test(test_missing_and_strange_sheets),
        cmocka_unit_test(test_unfit_documents_are_refused),
        cmocka_unit_test(test_broken_files),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
