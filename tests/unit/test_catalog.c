/* The shipped catalogue: the annex's 14 industries exactly, and what must hold of all. */
#include <regex.h>

#include "domain/licence/number.h"
#include "test_catalog_shipped.h"

/* Typed by hand from the plan's annex 行业目录（第一批）; permits in its order, "" ends. */
static const struct annex_row {
    const char *name, *permits[6], *remark, *text;
} ANNEX[] = {
    { "超市",
      { "食品经营许可证", "食品生产经营登记证", "药品经营许可证", "第二类医疗器械经营备案凭证",
        "烟草专卖证", NULL },
      "",
      "食品经营许可证、食品生产经营登记证、药品经营许可证、第二类医疗器械经营备案凭证、烟草专卖证" },
    { "便利店",
      { "食品生产经营登记证", "药品经营许可证", "第二类医疗器械经营备案凭证", NULL },
      "按需办理", "食品生产经营登记证、药品经营许可证、第二类医疗器械经营备案凭证" },
    { "餐厅/饭店", { "食品经营许可证", "烟草专卖证", NULL }, "按需办理",
      "食品经营许可证、烟草专卖证" },
    { "小餐饮", { "食品经营许可证", "食品生产经营登记证", NULL }, "按需办理",
      "食品经营许可证（食品生产经营登记证）" },
    { "老年人就餐中心", { "食品经营许可证", NULL }, "按需办理", "食品经营许可证" },
    { "烘焙坊/面包房/蛋糕店", { "食品生产经营登记证", "食品经营许可证", NULL }, "按需办理",
      "食品生产经营登记证（食品经营许可证）" },
    { "宾馆/旅馆/酒店", { "卫生许可证", "食品经营许可证", "特种行业许可证", NULL }, "按需办理",
      "卫生许可证、食品经营许可证、特种行业许可证" },
    { "游艺娱乐场所/电玩城", { "卫生许可证", "娱乐场所经营许可证", "食品经营许可证", NULL },
      "按需办理", "卫生许可证、娱乐场所经营许可证、食品经营许可证" },
    { "歌舞娱乐场所/KTV", { "卫生许可证", "娱乐场所经营许可证", "食品经营许可证", NULL },
      "按需办理", "卫生许可证、娱乐场所经营许可证、食品经营许可证" },
    { "网吧/网咖",
      { "互联网上网服务营业场所安全审核批准书", "食品经营许可证", "网络文化经营许可证", NULL }, "",
      "互联网上网服务营业场所安全审核批准书、食品经营许可证、网络文化经营许可证" },
    { "电影院", { "卫生许可证", "电影放映经营许可证", "食品经营许可证", NULL }, "",
      "卫生许可证、电影放映经营许可证、食品经营许可证" },
    { "诊所", { "医疗机构许可证备案", "母婴保健机构执业许可证", "放射诊疗许可证", NULL }, "",
      "医疗机构许可证备案、母婴保健机构执业许可证、放射诊疗许可证" },
    { "零售药店",
      { "药品经营许可证", "第二类医疗器械经营备案凭证", "第三类医疗器械经营许可证",
        "食品经营许可证", NULL },
      "",
      "药品经营许可证、第二类医疗器械经营备案凭证、第三类医疗器械经营许可证、食品经营许可证" },
    { "医疗器械销售", { "第二类医疗器械经营备案凭证", "第三类医疗器械经营许可证", NULL }, "",
      "第二类医疗器械经营备案凭证、第三类医疗器械经营许可证" },
};

static bool named(const struct permit_type *p, const char *annex_name)
{
    for (size_t i = 0; i < p->n_annex_names; i++)
        if (sv_is(p->annex_names[i], annex_name))
            return true;
    return false;
}

static void test_annex(void **state)
{
    (void)state;
    assert_int_equal(catalog->n_industries, 14);
    assert_int_equal(sizeof ANNEX / sizeof *ANNEX, 14);
    for (size_t i = 0; i < 14; i++) {
        const struct industry *ind = &catalog->industries[i];
        assert_int_equal(ind->seq, i + 1);
        assert_true(sv_is(ind->name, ANNEX[i].name));
        assert_true(sv_is(ind->annex_remark, ANNEX[i].remark));
        assert_true(sv_is(ind->annex_text, ANNEX[i].text));
        assert_true(sv_is(ind->batch, "B1"));
        size_t n = 0;
        for (; ANNEX[i].permits[n]; n++) {
            bool found = false;
            for (size_t k = 0; k < ind->n_permits; k++)
                found = found || named(ind->permits[k].permit, ANNEX[i].permits[n]);
            if (!found)
                fail_msg("%s: %s", ANNEX[i].name, ANNEX[i].permits[n]);
        }
        assert_int_equal(ind->n_permits, n);
        bool bracket = strstr(ANNEX[i].text, "（") != NULL; /* 二选一 */
        assert_int_equal(ind->n_groups, bracket);
        for (size_t k = 0; bracket && k < ind->n_permits; k++)
            assert_int_equal(ind->permits[k].mode, MODE_ONE_OF);
    }
}

static void test_permits(void **state)
{
    (void)state;
    assert_int_equal(catalog->n_permits, 15);
    for (size_t i = 0; i < catalog->n_permits; i++) {
        const struct permit_type *p = &catalog->permits[i];
        for (size_t r = 0; r < catalog->n_regions; r++) {
            const struct department *d = catalog_decider(p, catalog->regions[r].code);
            assert_non_null(d);
            assert_true(sv_eq(d->role, p->decider_role));
            assert_non_null(catalog_supervisor(p, catalog->regions[r].code));
        }
        assert_true(p->n_bases > 0 && p->n_conditions > 0 && p->n_materials > 0);
        assert_true(p->n_checks > 0 && p->number_format.n > 0);
        assert_true(p->promised_days > 0 && p->correction_days == 30);
        assert_true(form_asks(p, SV("M-SQB")));
        assert_true(!p->tolerance_allowed || p->n_sensitive == 0);
        for (size_t k = 0; k < p->n_bases; k++)
            assert_non_null(p->bases[k].law);
        assert_int_equal(p->retired, sv_is(p->code, "P-WBAQ"));
    }
    static const char *const TOLERANT[] = { "P-SPJYXK", "P-SPDJZ", "P-GGWS" };
    size_t n = 0;
    for (size_t i = 0; i < catalog->n_permits; i++)
        n += catalog->permits[i].tolerance_allowed;
    assert_int_equal(n, 3);
    for (size_t i = 0; i < 3; i++)
        assert_true(catalog_permit(catalog, sv_of(TOLERANT[i]))->tolerance_allowed);
}

static void test_fields(void **state)
{
    (void)state;
    const struct field *region = catalog_field(catalog, SV("F_REGION"));
    assert_int_equal(region->n_options, 3);
    assert_true(sv_is(region->options[0].value, "150302"));
    assert_true(sv_is(region->options[1].value, "150303"));
    assert_true(sv_is(region->options[2].value, "150304"));
    assert_int_equal(catalog_field(catalog, SV("F_USCC"))->type, FIELD_USCC);
    assert_null(catalog_field(catalog, SV("F_NOTHING")));
    for (size_t i = 0; i < catalog->n_permits; i++)
        for (size_t k = 0; k < catalog->permits[i].n_fields; k++) {
            const struct field *f = &catalog->permits[i].fields[k];
            assert_true(f->owner == &catalog->permits[i]);
            assert_true(catalog_field(catalog, f->code) == f);
        }
    size_t generated = 0;
    for (size_t i = 0; i < catalog->n_materials; i++)
        generated += catalog->materials[i].generated;
    assert_int_equal(generated, 1);
    assert_true(catalog_material(catalog, SV("M-SQB"))->generated);
}

static struct sv form_value(void *ctx, struct sv code)
{
    const struct field *f = catalog_field(catalog, code);
    (void)ctx;
    return f && f->n_options ? f->options[0].value : SV("");
}

/* A number made from the template has the shape that the permit's own rule describes. */
static void test_numbers(void **state)
{
    (void)state;
    size_t checked = 0;
    for (size_t i = 0; i < catalog->n_permits; i++) {
        const struct permit_type *p = &catalog->permits[i];
        struct buf out, ere;
        regex_t re;
        buf_init(&out, 200);
        buf_init(&ere, 400);
        assert_true(permit_number(&out, p->number_format, SV("150302"), 2026, 7, form_value, NULL));
        assert_true(out.n > 5);
        for (size_t k = 0; k < p->number_regex.n; k++)
            if (p->number_regex.p[k] == '\\' && p->number_regex.p[k + 1] == 'd') {
                buf_str(&ere, "[0-9]");
                k++;
            } else {
                buf_byte(&ere, (unsigned char)p->number_regex.p[k]);
            }
        if (ere.n) {
            assert_int_equal(regcomp(&re, ere.p, REG_EXTENDED | REG_NOSUB), 0);
            if (regexec(&re, out.p, 0, NULL, 0) != 0)
                fail_msg("%s does not match %s", out.p, ere.p);
            regfree(&re);
            checked++;
        }
        buf_done(&out);
        buf_done(&ere);
    }
    assert_int_equal(checked, 5);
}

/* Sample data is marked as sample, so that no page shows an invented phone as real. */
static void test_windows(void **state)
{
    (void)state;
    assert_int_equal(catalog->n_windows, 12);
    for (size_t i = 0; i < catalog->n_windows; i++) {
        assert_true(catalog->windows[i].sample);
        assert_non_null(strstr(catalog->windows[i].phone.p, "示例"));
        assert_non_null(strstr(catalog->windows[i].address.p, "示例"));
    }
    for (size_t i = 0; i < catalog->n_regions; i++)
        assert_non_null(catalog_bureau(catalog, catalog->regions[i].code));
    assert_null(catalog_bureau(catalog, SV("150000")));
}

static void test_calendars(void **state)
{
    (void)state;
    static const struct {
        const char *file, *certainty;
        size_t off, work;
    } ROWS[] = {
        { "catalog/calendar/2025.json", "published", 28, 5 },
        { "catalog/calendar/2026.json", "published", 33, 6 },
        { "catalog/calendar/2027.json", "provisional", 13, 0 },
    };
    for (size_t i = 0; i < 3; i++) {
        json_t *v = fixture_json(arena, ROWS[i].file), *day;
        size_t k, off = 0, work = 0;
        int32_t date, last = INT32_MIN;
        assert_true(sv_is(json_sv(v, "certainty"), ROWS[i].certainty));
        json_array_foreach(json_object_get(v, "days"), k, day) {
            assert_true(date_parse(json_sv(day, "date"), &date));
            assert_true(date > last);
            assert_int_equal(date_civil(date).year, json_i64(v, "year", 0));
            off += sv_is(json_sv(day, "kind"), "off");
            work += sv_is(json_sv(day, "kind"), "work");
            last = date;
        }
        assert_int_equal(off, ROWS[i].off);
        assert_int_equal(work, ROWS[i].work);
        json_decref(v);
    }
}

static void test_load_speed(void **state)
{
    (void)state;
    struct arena *a = arena_new();
    struct err e;
    struct sv text = fixture_read(a, "catalog/wuhai-2026.json");
    err_init(&e, a);
    double start = fixture_seconds();
    struct catalog *c = catalog_load(text, SV("x"), &e);
    double ms = (fixture_seconds() - start) * 1e3;
    print_message("catalog_load %.1f ms\n", ms);
    assert_non_null(c);
    assert_true(ms < 1000); /* the budget is 100; a sanitized, loaded machine is slower */
    catalog_free(c);
    arena_free(a);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_annex), cmocka_unit_test(test_permits),
        cmocka_unit_test(test_fields), cmocka_unit_test(test_numbers), cmocka_unit_test(test_windows),
        cmocka_unit_test(test_calendars), cmocka_unit_test(test_load_speed),
    };
    return cmocka_run_group_tests(tests, shipped_setup, shipped_teardown);
}
