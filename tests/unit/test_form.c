/* The form: merging loses nothing; every kind of rule, good and bad, all problems at once. */
#include "test_catalog_shipped.h"

static struct form build(struct arena *a, const char *codes)
{
    const struct permit_type *list[16];
    size_t n = 0;
    struct sv rest = sv_of(codes);
    struct form f;
    while (!sv_empty(rest)) {
        list[n] = catalog_permit(catalog, sv_cut(&rest, ' '));
        assert_non_null(list[n]);
        n++;
    }
    form_build(catalog, list, n, a, &f);
    return f;
}

/* ---- merging ---- */

static size_t times_field(const struct form *f, const struct field *field)
{
    size_t n = 0;
    for (size_t i = 0; i < f->n_fields; i++)
        n += f->fields[i].field == field;
    return n;
}

static void check_merge(const struct form *f)
{
    for (size_t i = 0; i < f->n_permits; i++) {
        const struct permit_type *p = f->permits[i];
        for (size_t k = 0; k < p->n_fields; k++)
            assert_int_equal(times_field(f, &p->fields[k]), 1);
        for (size_t k = 0; k < p->n_shared; k++)
            assert_int_equal(times_field(f, p->shared[k]), 1);
        for (size_t k = 0; k < p->n_materials; k++) {
            size_t seen = 0;
            for (size_t m = 0; m < f->n_materials; m++)
                for (size_t u = 0; u < f->materials[m].n_permits; u++)
                    if (f->materials[m].uses[u] == &p->materials[k]) {
                        assert_true(f->materials[m].permits[u] == p);
                        assert_true(f->materials[m].material == p->materials[k].material);
                        seen++;
                    }
            assert_int_equal(seen, 1);
        }
    }
    for (size_t m = 0; m < f->n_materials; m++)
        for (size_t k = 0; k < m; k++)
            assert_true(f->materials[k].material != f->materials[m].material);
    bool own = false; /* shared first, then individual ones */
    for (size_t i = 0; i < f->n_fields; i++) {
        assert_true(f->fields[i].n_permits >= 1);
        own = own || f->fields[i].owner;
        assert_true(own == (f->fields[i].owner != NULL));
    }
}

struct sweep {
    const struct industry *ind;
    struct arena *a;
};

static void each_merge(void *ctx, json_t *answers)
{
    struct sweep *w = ctx;
    struct guide_result g;
    struct err e;
    struct form f;
    const struct permit_type *list[64];
    arena_reset(w->a);
    err_init(&e, w->a);
    assert_int_equal(guide_run(catalog, w->ind, answers, NULL, w->a, &g, &e), 0);
    for (size_t i = 0; i < g.n_permits; i++)
        list[i] = g.permits[i].permit;
    form_build(catalog, list, g.n_permits, w->a, &f);
    assert_int_equal(f.n_permits, g.n_permits);
    check_merge(&f);
    /* What the guide fills in beforehand is never wrong. */
    int rc = form_check(&f, g.prefill, answers, date_of(2026, 11, 23), false, &e);
    fixture_print(&e);
    assert_int_equal(rc, 0);
    json_decref(g.prefill);
}

static void test_merge_every_combination(void **state)
{
    (void)state;
    struct arena *a = arena_new();
    for (size_t i = 0; i < catalog->n_industries; i++) {
        struct sweep w = { &catalog->industries[i], a };
        fixture_combinations(catalog, w.ind, each_merge, &w);
    }
    arena_free(a);
}

static void test_merge_all(void **state)
{
    (void)state;
    struct form f, empty;
    const struct permit_type *all[64];
    for (size_t i = 0; i < catalog->n_permits; i++)
        all[i] = &catalog->permits[i];
    all[catalog->n_permits] = all[0]; /* twice is once */
    form_build(catalog, all, catalog->n_permits + 1, arena, &f);
    assert_int_equal(f.n_permits, catalog->n_permits);
    check_merge(&f);
    form_build(catalog, NULL, 0, arena, &empty);
    assert_int_equal(empty.n_fields, 0);
}

/* ---- checking ---- */

#define FOOD "P-SPJYXK"
#define SHOP "P-SPDJZ"
#define DRUG "P-YPJY"
#define HOTEL "P-GGWS P-LGTZ"
#define NET "P-WLWH"
#define CLINIC "P-ZSBA"
#define FUN "P-YLCS"
#define CINEMA "P-DYFY"
#define SMOKE "P-YCLS"

/* code "" : no problem at all in a draft with these values. */
static const struct row {
    const char *permits, *values, *pointer, *code;
} ROWS[] = {
    /* types */
    { FOOD, "{'F_USCC':'91150302MA00000074'}", "", "" },
    { FOOD, "{'F_USCC':'91150302MA00000075'}", "/values/F_USCC", "bad_uscc" },
    { FOOD, "{'F_USCC':'91150302ma00000074'}", "/values/F_USCC", "bad_uscc" },
    { FOOD, "{'F_USCC':12}", "/values/F_USCC", "wrong_type" },
    { FOOD, "{'F_ENT_NAME':'甲\\u0001'}", "/values/F_ENT_NAME", "bad_text" },
    { FOOD, "{'F_ENT_TYPE':'05'}", "", "" },
    { FOOD, "{'F_ENT_TYPE':'99'}", "/values/F_ENT_TYPE", "bad_option" },
    { FOOD, "{'F_ENT_TYPE':['05']}", "/values/F_ENT_TYPE", "wrong_type" },
    { FOOD, "{'F_REGION':'150303'}", "", "" },
    { FOOD, "{'F_REGION':'02'}", "/values/F_REGION", "bad_option" },
    { FOOD, "{'F_AREA':'120.50'}", "", "" },
    { FOOD, "{'F_AREA':120}", "", "" },
    { FOOD, "{'F_AREA':'一百'}", "/values/F_AREA", "bad_number" },
    { FOOD, "{'F_AREA':'1.234'}", "/values/F_AREA", "bad_number" },
    { FOOD, "{'F_AREA':true}", "/values/F_AREA", "bad_number" },
    { FOOD, "{'F_STAFF':3}", "", "" },
    { FOOD, "{'F_STAFF':'3.5'}", "/values/F_STAFF", "bad_integer" },
    { FOOD, "{'F_AGENT':true}", "", "" },
    { FOOD, "{'F_AGENT':'是'}", "/values/F_AGENT", "wrong_type" },
    { FOOD, "{'F_CONTACT_PHONE':'13812345678'}", "", "" },
    { FOOD, "{'F_CONTACT_PHONE':'0473-1234567'}", "", "" },
    { FOOD, "{'F_CONTACT_PHONE':'123'}", "/values/F_CONTACT_PHONE", "bad_phone" },
    { FOOD, "{'SPJY_XM':['XS1','CY1']}", "", "" },
    { FOOD, "{'SPJY_XM':'XS1'}", "/values/SPJY_XM", "wrong_type" },
    { FOOD, "{'SPJY_XM':['XS1','ZZ']}", "/values/SPJY_XM/1", "bad_option" },
    { FOOD, "{'SPJY_XM':['XS1','XS1']}", "/values/SPJY_XM", "duplicate_option" },
    { "P-WLWH", "{'F_LNGLAT':'106.794,39.655'}", "", "" },
    { "P-WLWH", "{'F_LNGLAT':'39.655,106.794'}", "/values/F_LNGLAT", "bad_lnglat" },
    { "P-WLWH", "{'F_LNGLAT':'106.794'}", "/values/F_LNGLAT", "bad_lnglat" },
    /* documents by kind */
    { FOOD, "{'F_LEGAL_IDTYPE':'01','F_LEGAL_IDNO':'150302199003070016'}", "", "" },
    { FOOD, "{'F_LEGAL_IDTYPE':'01','F_LEGAL_IDNO':'E12345678'}", "/values/F_LEGAL_IDNO", "bad_id" },
    { FOOD, "{'F_LEGAL_IDTYPE':'02','F_LEGAL_IDNO':'E12345678'}", "", "" },
    { FOOD, "{'F_LEGAL_IDTYPE':'03','F_LEGAL_IDNO':'H12345678'}", "", "" },
    { FOOD, "{'F_LEGAL_IDTYPE':'04','F_LEGAL_IDNO':'H12345678'}", "/values/F_LEGAL_IDNO", "bad_id" },
    /* min, max, other fields */
    { FOOD, "{'F_AREA':'0'}", "/values/F_AREA", "min" },
    { FOOD, "{'F_AREA':'999999.99'}", "", "" },
    { FOOD, "{'F_AREA':'1000000'}", "/values/F_AREA", "max" },
    { FOOD, "{'F_AREA':'100','F_USE_AREA':'100'}", "", "" },
    { FOOD, "{'F_AREA':'100','F_USE_AREA':'100.01'}", "/values/F_USE_AREA", "le_field" },
    { FOOD, "{'F_AREA':'很大','F_USE_AREA':'100'}", "/values/F_AREA", "bad_number" },
    { FOOD, "{'F_STAFF':0}", "/values/F_STAFF", "min" },
    { HOTEL, "{'LGTZ_KF':10,'LGTZ_CW':10}", "", "" },
    { HOTEL, "{'LGTZ_KF':10,'LGTZ_CW':'9'}", "/values/LGTZ_CW", "ge_field" },
    { HOTEL, "{'LGTZ_KF':-1}", "/values/LGTZ_KF", "min" },
    { SHOP, "{'SPDJ_LB':'Z','SPDJ_MJ':'300'}", "", "" },
    { SHOP, "{'SPDJ_LB':'Z','SPDJ_MJ':'300.01'}", "/values/SPDJ_MJ", "max" },
    { SHOP, "{'SPDJ_LB':'C','SPDJ_MJ':'300.01'}", "", "" },
    { SHOP, "{'SPDJ_LB':'Z','SPDJ_RS':11}", "/values/SPDJ_RS", "max" },
    { FUN, "{'YLCS_JK':30}", "", "" },
    { FUN, "{'YLCS_JK':29}", "/values/YLCS_JK", "min" },
    { NET, "{'WLWH_XX':'200.01'}", "", "" },
    { NET, "{'WLWH_XX':'200'}", "/values/WLWH_XX", "min" },
    { NET, "{'WLWH_MJ':'19.99'}", "/values/WLWH_MJ", "min" },
    /* quotient */
    { NET, "{'WLWH_MJ':'200','WLWH_ZD':60,'WLWH_DJ':'3.33'}", "", "" },
    { NET, "{'WLWH_MJ':'200','WLWH_ZD':60,'WLWH_DJ':'3.5'}", "/values/WLWH_DJ", "quotient" },
    { NET, "{'WLWH_MJ':'200','WLWH_ZD':0,'WLWH_DJ':'3.5'}", "", "" },
    { NET, "{'WLWH_DJ':'1.9'}", "/values/WLWH_DJ", "min" },
    /* equals */
    { NET, "{'WLWH_LZ':false}", "", "" },
    { NET, "{'WLWH_LZ':true}", "/values/WLWH_LZ", "equals" },
    { CLINIC, "{'ZSBA_CW':0}", "", "" },
    { CLINIC, "{'ZSBA_CW':'1'}", "/values/ZSBA_CW", "equals" },
    { FOOD, "{'F_TRUTH':false}", "", "" }, /* not ticked yet: missing, not wrong */
    /* pattern */
    { CLINIC, "{'ZSBA_MC':'乌海示例口腔诊所'}", "", "" },
    { CLINIC, "{'ZSBA_MC':'诊所'}", "/values/ZSBA_MC", "pattern" },
    { CLINIC, "{'ZSBA_MC':'示例医院'}", "/values/ZSBA_MC", "pattern" },
    /* dates */
    { CINEMA, "{'F_PREMISES':'02','F_LEASE_END':'2026-11-23'}", "", "" },
    { CINEMA, "{'F_PREMISES':'02','F_LEASE_END':'2026-11-22'}", "/values/F_LEASE_END",
      "not_before_today" },
    { CINEMA, "{'F_PREMISES':'02','F_LEASE_END':'2026-2-30'}", "/values/F_LEASE_END", "bad_date" },
    { CINEMA, "{'F_PREMISES':'01','F_LEASE_END':'2020-01-01'}", "", "" }, /* hidden: ignored */
    /* only_if */
    { FOOD, "{'SPJY_ZTBZ':['02'],'SPJY_XM':['CY4']}", "", "" },
    { FOOD, "{'SPJY_XM':['CY4']}", "/values/SPJY_XM", "only_if" },
    { DRUG, "{'YPJY_LB':['03'],'YPJY_FW':['02','03']}", "", "" },
    { DRUG, "{'YPJY_LB':['03'],'YPJY_FW':['01']}", "/values/YPJY_FW", "only_if" },
    { DRUG, "{'YPJY_LB':['01','03'],'YPJY_FW':['01']}", "", "" },
    /* persons and tables */
    { DRUG, "{'YPJY_QYFZR':{'name':'张三'}}", "", "" },
    { DRUG, "{'YPJY_QYFZR':'张三'}", "/values/YPJY_QYFZR", "wrong_type" },
    { DRUG, "{'YPJY_QYFZR':{'nick':'张三'}}", "/values/YPJY_QYFZR/nick", "unknown_column" },
    { DRUG, "{'YPJY_QYFZR':{'work_years':'x'}}", "/values/YPJY_QYFZR/work_years", "bad_integer" },
    { FOOD, "{'SPJY_AQY':[{'name':'张三','id_no':'150302199003070016'}]}", "", "" },
    { FOOD, "{'SPJY_AQY':[{'name':'张三'},{'id_no':'150302199003070017'}]}",
      "/values/SPJY_AQY/1/id_no", "bad_id" },
    { FOOD, "{'SPJY_AQY':[{'post':'店长'}]}", "/values/SPJY_AQY/0/post", "bad_option" },
    { FOOD, "{'SPJY_AQY':[1]}", "/values/SPJY_AQY/0", "wrong_type" },
    { FOOD, "{'SPJY_AQY':{'name':'张三'}}", "/values/SPJY_AQY", "wrong_type" },
    { NET, "{'WLWH_GL':[{'id_no':'E12345678'}]}", "", "" }, /* any document */
    { NET, "{'WLWH_GL':[{'id_no':'E1'}]}", "/values/WLWH_GL/0/id_no", "bad_id" },
    { CLINIC, "{'ZSBA_ZFZR':{'name':'李四','practice_years':5}}", "", "" },
    { CLINIC, "{'ZSBA_ZFZR':{'name':'李四','practice_years':4}}", "/values/ZSBA_ZFZR/practice_years",
      "min" },
    /* modes */
    { FOOD, "{'F_MODE':'03'}", "", "" },
    { SMOKE, "{'F_MODE':'03'}", "/values/F_MODE", "mode_not_offered" },
    { FOOD " " SMOKE, "{'F_MODE':'03'}", "", "" },
    /* names */
    { FOOD, "{'F_NOTHING':1}", "/values/F_NOTHING", "unknown_field" },
    { FOOD, "{'YPJY_LB':'left over'}", "", "" }, /* another permit's field */
    { FOOD, "{'SPJY_CLQ':'很大'}", "", "" },     /* hidden: ZTYT is not 2 or 3 */
    { FOOD, "{'SPJY_ZTYT':'2','SPJY_CLQ':'很大'}", "/values/SPJY_CLQ", "bad_number" },
    { FOOD, "[]", "/values", "wrong_type" },
};

static void test_rows(void **state)
{
    (void)state;
    struct arena *a = arena_new();
    for (size_t i = 0; i < sizeof ROWS / sizeof *ROWS; i++) {
        struct err e;
        arena_reset(a);
        err_init(&e, a);
        struct form f = build(a, ROWS[i].permits);
        json_t *values = fixture_text(ROWS[i].values);
        int rc = form_check(&f, values, NULL, date_of(2026, 11, 23), false, &e);
        bool good = ROWS[i].code[0] == '\0';
        if (good != (rc == 0) || (!good && !fixture_has(&e, ROWS[i].pointer, ROWS[i].code))) {
            fixture_print(&e);
            fail_msg("%s %s", ROWS[i].permits, ROWS[i].values);
        }
        json_decref(values);
    }
    arena_free(a);
}

static void test_all_at_once(void **state)
{
    (void)state;
    struct err e;
    err_init(&e, arena);
    struct form f = build(arena, FOOD);
    json_t *values = fixture_text("{'F_USCC':'1','F_AREA':'x','F_STAFF':0,'F_ENT_TYPE':'99',"
                                  "'F_CONTACT_PHONE':'1'}");
    assert_int_equal(form_check(&f, values, NULL, date_of(2026, 11, 23), false, &e), ERR_INVALID);
    assert_int_equal(e.n_problems, 5);
    json_decref(values);
}

static const char GOOD_FOOD[] =
    "{'F_ENT_NAME':'乌海示例超市','F_USCC':'91150302MA00000074','F_ENT_TYPE':'01',"
    "'F_LEGAL_NAME':'张三','F_LEGAL_IDTYPE':'01','F_LEGAL_IDNO':'150302199003070016',"
    "'F_LEGAL_PHONE':'13812345678','F_BIZ_SCOPE':'食品销售','F_DOMICILE':'示例路1号',"
    "'F_REGION':'150302','F_STREET':'示例街道','F_ADDR':'示例路1号','F_AREA':'200',"
    "'F_USE_AREA':'180.5','F_PREMISES':'01','F_STAFF':5,'F_CONTACT':'张三',"
    "'F_CONTACT_PHONE':'13812345678','F_AGENT':false,'F_MODE':'01','F_DELIVERY':'01',"
    "'F_TRUTH':true,'F_FLOOR':'地上1层','SPJY_ZTYT':'1','SPJY_XM':['XS2'],"
    "'SPJY_AQY':[{'name':'张三','id_no':'150302199003070016'}],'SPJY_WL':false}";

static void test_complete(void **state)
{
    (void)state;
    struct err e;
    err_init(&e, arena);
    struct form f = build(arena, FOOD);
    json_t *values = fixture_text(GOOD_FOOD);
    int rc = form_check(&f, values, NULL, date_of(2026, 11, 23), true, &e);
    fixture_print(&e);
    assert_int_equal(rc, 0);
    /* each required value is missed by its name when it is gone */
    static const char *const REQUIRED[] = { "F_ENT_NAME", "F_USCC", "F_REGION", "SPJY_XM",
                                            "SPJY_AQY", "F_AGENT", "SPJY_WL" };
    for (size_t i = 0; i < sizeof REQUIRED / sizeof *REQUIRED; i++) {
        json_t *less = json_copy(values);
        json_object_del(less, REQUIRED[i]);
        err_clear(&e);
        form_check(&f, less, NULL, date_of(2026, 11, 23), true, &e);
        assert_true(fixture_has(&e, arena_printf(arena, "/values/%s", REQUIRED[i]), "required"));
        err_clear(&e);
        assert_int_equal(form_check(&f, less, NULL, date_of(2026, 11, 23), false, &e), 0);
        json_decref(less);
    }
    /* conditional ones */
    json_object_set_new(values, "F_AGENT", json_true());
    json_object_set_new(values, "F_DELIVERY", json_string("02"));
    json_object_set_new(values, "F_PREMISES", json_string("02"));
    json_object_set_new(values, "F_TRUTH", json_false());
    err_clear(&e);
    form_check(&f, values, NULL, date_of(2026, 11, 23), true, &e);
    static const char *const MORE[] = { "F_AGENT_NAME", "F_AGENT_IDNO", "F_AGENT_PHONE",
                                        "F_AGENT_SCOPE", "F_MAIL_ADDR", "F_LEASE_END" };
    for (size_t i = 0; i < sizeof MORE / sizeof *MORE; i++)
        assert_true(fixture_has(&e, arena_printf(arena, "/values/%s", MORE[i]), "required"));
    assert_true(fixture_has(&e, "/values/F_TRUTH", "equals"));
    assert_int_equal(e.n_problems, 7);
    json_decref(values);
}

/* ZSBA_FS says no radiology was chosen in the guide: the answers count too. */
static void test_rule_on_answers(void **state)
{
    (void)state;
    struct err e;
    err_init(&e, arena);
    struct form f = build(arena, CLINIC);
    json_t *values = fixture_text("{'ZSBA_FS':true}");
    json_t *no = fixture_text("{'I12-Q2':['B']}"), *yes = fixture_text("{'I12-Q2':['A']}");
    assert_int_equal(form_check(&f, values, yes, date_of(2026, 11, 23), false, &e), 0);
    assert_int_equal(form_check(&f, values, no, date_of(2026, 11, 23), false, &e), ERR_INVALID);
    assert_true(fixture_has(&e, "/values/ZSBA_FS", "equals"));
    json_decref(values);
    json_decref(no);
    json_decref(yes);
}

static void test_warn(void **state)
{
    (void)state;
    struct err e;
    err_init(&e, arena);
    struct form f = build(arena, FOOD);
    json_t *values = fixture_text("{'F_USCC':'91150302MA00000074'}");
    form_warn(&f, values, NULL, &e);
    assert_int_equal(e.code, 0);
    json_decref(values);
}

/* ---- materials ---- */

static enum material_need need_of(const struct form *f, const char *code, const json_t *values)
{
    for (size_t i = 0; i < f->n_materials; i++)
        if (sv_is(f->materials[i].material->code, code))
            return form_material_need(f, &f->materials[i], values, NULL);
    fail_msg("no material %s", code);
    return NEED_NONE;
}

/* What sharing could not give is handed in like anything else. */
static void test_shared(void **state)
{
    (void)state;
    struct form f = build(arena, FOOD);
    json_t *in_vain = fixture_text("{'M-YYZZ':false,'M-SQB':false}");
    json_t *given = fixture_text("{'M-YYZZ':true}");
    json_t *have = json_object();
    struct err e;
    f.shared = given;
    assert_int_equal(need_of(&f, "M-YYZZ", NULL), NEED_EXEMPT);
    f.shared = in_vain;
    assert_int_equal(need_of(&f, "M-YYZZ", NULL), NEED_REQUIRED);
    assert_int_equal(need_of(&f, "M-SQB", NULL), NEED_GENERATED);
    err_init(&e, arena);
    form_check_materials(&f, have, NULL, NULL, NULL, &e);
    assert_true(fixture_has(&e, "/materials/M-YYZZ", "material_missing"));
    json_put_i64(have, "M-YYZZ", 1);
    err_init(&e, arena);
    form_check_materials(&f, have, NULL, NULL, NULL, &e);
    assert_false(fixture_has(&e, "/materials/M-YYZZ", "material_missing"));
    json_decref(in_vain);
    json_decref(given);
    json_decref(have);
}

static void test_needs(void **state)
{
    (void)state;
    static const struct {
        const char *permits, *values, *material;
        enum material_need need;
    } NEEDS[] = {
        { FOOD, "{}", "M-SQB", NEED_GENERATED },
        { FOOD, "{}", "M-YYZZ", NEED_EXEMPT },
        { FOOD, "{}", "M-FRSFZ", NEED_REQUIRED },
        { FOOD, "{}", "M-CSZM", NEED_REQUIRED },
        { FOOD, "{'F_MODE':'01'}", "M-CSZM", NEED_REQUIRED },
        { FOOD, "{'F_MODE':'03'}", "M-CSZM", NEED_TOLERABLE },
        { FOOD, "{'F_MODE':'03','SPJY_XM':['CY3']}", "M-CSZM", NEED_REQUIRED }, /* high risk */
        { FOOD, "{'F_MODE':'03','SPJY_XM':['CY2'],'SPJY_XMBZ':['03']}", "M-CSZM", NEED_REQUIRED },
        { FOOD, "{'F_MODE':'03','SPJY_XM':['CY1'],'SPJY_XMBZ':['03']}", "M-CSZM",
          NEED_TOLERABLE }, /* the mark is hidden, so it counts for nothing */
        { FOOD, "{'F_MODE':'03','SPJY_ZTBZ':['05']}", "M-CSZM", NEED_REQUIRED },
        { FOOD, "{}", "M-WTS", NEED_NONE },
        { FOOD, "{'F_AGENT':true}", "M-WTS", NEED_REQUIRED },
        { FOOD, "{}", "M-XYCN", NEED_NONE },
        { FOOD, "{'F_MODE':'02'}", "M-XYCN", NEED_REQUIRED },
        { FOOD, "{'F_MODE':'03'}", "M-XYCN", NEED_REQUIRED },
        { FOOD, "{}", "M-CYJK", NEED_ON_SITE },
        { FOOD " " SHOP, "{}", "M-CYJK", NEED_REQUIRED }, /* the stricter one wins */
        { FOOD " " SHOP, "{'F_MODE':'03'}", "M-CYJK", NEED_TOLERABLE },
        { FOOD " " DRUG, "{'F_MODE':'03'}", "M-CSZM", NEED_REQUIRED }, /* drugs never */
        { FOOD, "{'SPJY_ZTYT':'2','SPJY_XD':'03'}", "M-SPJZ", NEED_REQUIRED },
        { FOOD, "{'SPJY_XD':'03'}", "M-SPJZ", NEED_NONE }, /* hidden field */
        { HOTEL, "{'GGWS_KT':true}", "M-KTJC", NEED_REQUIRED },
        { HOTEL, "{'GGWS_KT':false}", "M-KTJC", NEED_NONE },
        { HOTEL, "{}", "M-XFHG", NEED_EXEMPT },
        { HOTEL, "{}", "M-KFQD", NEED_OPTIONAL },
        { CLINIC, "{'ZSBA_YF':true}", "M-ZSYP", NEED_REQUIRED },
        { CLINIC, "{}", "M-ZSYP", NEED_NONE },
        { NET, "{}", "M-WACN", NEED_NONE }, /* 2024 rules */
        { "P-QX2 P-QX3", "{'QX3_CK':[{'address':'x'}]}", "M-CKZM", NEED_REQUIRED },
        { "P-QX2 P-QX3", "{}", "M-CKZM", NEED_NONE },
        { FUN, "{}", "M-BAHT", NEED_OPTIONAL },
    };
    for (size_t i = 0; i < sizeof NEEDS / sizeof *NEEDS; i++) {
        struct form f = build(arena, NEEDS[i].permits);
        json_t *values = fixture_text(NEEDS[i].values);
        enum material_need need = need_of(&f, NEEDS[i].material, values);
        if (need != NEEDS[i].need)
            fail_msg("%s %s %s: %s", NEEDS[i].permits, NEEDS[i].values, NEEDS[i].material,
                     material_need_code(need));
        json_decref(values);
    }
}

static void test_old_law(void **state)
{
    (void)state;
    struct form f = build(arena, NET);
    json_t *old = fixture_text("{'law_version':'2022'}");
    f.context = old;
    assert_int_equal(need_of(&f, "M-WACN", NULL), NEED_EXEMPT);
    json_decref(old);
}

static const struct problem *find(const struct err *e, const char *pointer)
{
    for (size_t i = 0; i < e->n_problems; i++)
        if (sv_is(e->problems[i].pointer, pointer))
            return &e->problems[i];
    return NULL;
}

static void test_materials(void **state)
{
    (void)state;
    struct err e;
    err_init(&e, arena);
    struct form f = build(arena, FOOD);
    json_t *values = fixture_text("{'F_MODE':'03'}"), *none = json_object();
    json_t *have = fixture_text("{'M-FRSFZ':1,'M-PMT':1,'M-SBQD':2,'M-XYCN':1}");
    json_t *promise = fixture_text("{'M-CSZM':true,'M-SPLC':true,'M-SPZD':true}");
    assert_int_equal(form_check_materials(&f, have, promise, values, NULL, &e), 0);
    assert_int_equal(form_check_materials(&f, have, none, values, NULL, &e), ERR_INVALID);
    assert_int_equal(e.n_problems, 3);
    assert_non_null(find(&e, "/materials/M-CSZM"));
    err_clear(&e);
    form_check_materials(&f, none, none, values, NULL, &e);
    assert_int_equal(e.n_problems, 7); /* not the licence, not what is generated or on site */
    err_clear(&e);
    json_object_set_new(values, "F_MODE", json_string("01"));
    form_check_materials(&f, have, promise, values, NULL, &e);
    assert_true(fixture_has(&e, "/materials/M-CSZM", "tolerance_refused"));
    json_decref(values);
    values = fixture_text("{'F_MODE':'03'}");
    struct form smoke = build(arena, FOOD " " SMOKE);
    err_clear(&e);
    form_check_materials(&smoke, have, promise, values, NULL, &e);
    const struct problem *p = find(&e, "/materials/M-CSZM");
    assert_non_null(p); /* the refusal names the reason */
    assert_non_null(strstr(p->message.p, "产业政策"));
    json_decref(values);
    json_decref(none);
    json_decref(have);
    json_decref(promise);
}

static void test_inspection(void **state)
{
    (void)state;
    struct form f = build(arena, "P-GGWS P-YPJY P-QX2");
    const struct permit_type *hygiene = catalog_permit(catalog, SV("P-GGWS")),
                             *drug = catalog_permit(catalog, SV("P-YPJY"));
    json_t *usual = fixture_text("{'F_MODE':'01'}");
    json_t *promised = fixture_text("{'F_MODE':'02','YPJY_LB':['03']}");
    assert_true(form_inspection_needed(&f, hygiene, usual, NULL));
    assert_false(form_inspection_needed(&f, hygiene, promised, NULL));
    assert_true(form_inspection_needed(&f, drug, usual, NULL));
    assert_false(form_inspection_needed(&f, drug, promised, NULL));
    assert_false(form_inspection_needed(&f, catalog_permit(catalog, SV("P-QX2")), usual, NULL));
    json_decref(usual);
    json_decref(promised);
}

/* ---- least privilege, JSON, speed ---- */

static void test_values_for(void **state)
{
    (void)state;
    struct form f = build(arena, FOOD " " SMOKE);
    json_t *values = fixture_text("{'F_USCC':'x','SPJY_WL':true,'YCLS_FW':['01'],'OTHER':1}");
    json_t *seen = form_values_for(&f, catalog_permit(catalog, SV(SMOKE)), values);
    json_t *want = fixture_text("{'F_USCC':'x','YCLS_FW':['01']}");
    assert_true(json_equal(seen, want));
    json_decref(values);
    json_decref(seen);
    json_decref(want);
}

static void test_json(void **state)
{
    (void)state;
    struct form f = build(arena, FOOD " " SMOKE);
    json_t *j = form_to_json(&f), *fields = json_object_get(j, "fields"), *field;
    size_t i;
    assert_int_equal(json_array_size(fields), f.n_fields);
    assert_int_equal(json_array_size(json_object_get(j, "materials")), f.n_materials);
    json_array_foreach(fields, i, field)
        if (sv_is(json_sv(field, "code"), "F_MODE")) /* filtered by what the permits offer */
            assert_int_equal(json_array_size(json_object_get(field, "options")), 3);
    json_decref(j);
    struct form smoke = build(arena, SMOKE);
    j = form_to_json(&smoke);
    json_array_foreach(json_object_get(j, "fields"), i, field)
        if (sv_is(json_sv(field, "code"), "F_MODE"))
            assert_int_equal(json_array_size(json_object_get(field, "options")), 1);
    json_decref(j);
}

static void test_speed(void **state)
{
    (void)state;
    struct arena *a = arena_new();
    struct form f = build(arena, FOOD " " SMOKE);
    json_t *values = fixture_text(GOOD_FOOD);
    double start = fixture_seconds();
    for (int i = 0; i < 5000; i++) {
        struct err e;
        arena_reset(a);
        err_init(&e, a);
        form_check(&f, values, NULL, date_of(2026, 11, 23), true, &e);
    }
    double us = (fixture_seconds() - start) / 5000 * 1e6;
    print_message("form_check of %zu fields %.1f us\n", f.n_fields, us);
    assert_true(us < 2000); /* the budget is 100; a sanitized, loaded machine is slower */
    json_decref(values);
    arena_free(a);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_merge_every_combination), cmocka_unit_test(test_merge_all),
        cmocka_unit_test(test_rows), cmocka_unit_test(test_all_at_once),
        cmocka_unit_test(test_complete), cmocka_unit_test(test_rule_on_answers),
        cmocka_unit_test(test_warn), cmocka_unit_test(test_needs), cmocka_unit_test(test_shared),
        cmocka_unit_test(test_old_law),
        cmocka_unit_test(test_materials), cmocka_unit_test(test_inspection),
        cmocka_unit_test(test_values_for), cmocka_unit_test(test_json),
        cmocka_unit_test(test_speed),
    };
    return cmocka_run_group_tests(tests, shipped_setup, shipped_teardown);
}
