/* Codes of people and enterprises: the vectors of the standards, and what people mistype. */
#include "domain/law/ids.h"
#include "test_catalog_fixture.h"

enum { TODAY = 20610 }; /* 2026-06-06 */

static const char *const GOOD_USCC[] = {
    "91110000802100433B", "91110108551385082Q", "914403001922038216", "91330100799655058B",
    "9144030071526726XG", "91440300708461136T", "91110000101623741K", "911101066976941872",
    "91350100M000100Y43", "11100000000013338W", "11100000MB03271699", "11110000000021135M",
    "12441500196720244T", "91320404MA22FHG7XX", "91150302MA00000074", "11150300MA0000007F",
    "91150300MA0NABCD58",
};

static void test_uscc(void **state)
{
    (void)state;
    struct id_verdict v;
    for (size_t i = 0; i < sizeof GOOD_USCC / sizeof *GOOD_USCC; i++) {
        struct sv s = sv_of(GOOD_USCC[i]);
        if (!ids_check_uscc(s, "统一社会信用代码", &v))
            fail_msg("%s: %s", GOOD_USCC[i], v.problem);
        assert_string_equal(v.problem, "");
        assert_int_equal(ids_uscc_char(sv_make(s.p, 17)), s.p[17]);
    }
    assert_true(ids_check_uscc(SV("91350100M000100Y43"), "统一社会信用代码", &v));
    assert_string_equal(v.warning, "");
}

/* Every single wrong character is noticed: that is what the check character is for. */
static void test_uscc_single_errors(void **state)
{
    (void)state;
    static const char ALPHABET[] = "0123456789ABCDEFGHJKLMNPQRTUWXY";
    struct id_verdict v;
    for (size_t i = 0; i < sizeof GOOD_USCC / sizeof *GOOD_USCC; i++)
        for (size_t at = 0; at < 18; at++)
            for (const char *c = ALPHABET; *c; c++) {
                char s[19];
                memcpy(s, GOOD_USCC[i], sizeof s);
                if (s[at] == *c)
                    continue;
                s[at] = *c;
                assert_false(ids_check_uscc(sv_of(s), "统一社会信用代码", &v));
            }
}

static void test_uscc_sentences(void **state)
{
    (void)state;
    static const struct {
        const char *code, *problem;
    } ROWS[] = {
        { "91350100M000100Y44", "统一社会信用代码第18位校验码不对，请核对营业执照" },
        { "91350211M0000XUF46", "统一社会信用代码第18位校验码不对，请核对营业执照" },
        { "91350100m000100Y43", "统一社会信用代码第9位“m”是小写字母，请用大写字母填写" },
        { "91350100M000100Y4", "统一社会信用代码应为18位，现在是17位，请核对营业执照" },
        { "", "统一社会信用代码应为18位，现在是0位，请核对营业执照" },
        { "91350100MO00100Y43",
          "统一社会信用代码第10位不能是“O”（不使用I、O、S、V、Z），请核对营业执照" },
        { "9135010AM000100Y43",
          "统一社会信用代码第3至8位是登记机关行政区划码，应为6位数字，请核对营业执照" },
        { "91350100 M000100Y43", "统一社会信用代码中间或两端有空格，请去掉空格" },
        { "９1350100M000100Y43",
          "统一社会信用代码中有全角字符或汉字，请用半角数字和字母填写" },
    };
    struct id_verdict v;
    for (size_t i = 0; i < sizeof ROWS / sizeof *ROWS; i++) {
        assert_false(ids_check_uscc(sv_of(ROWS[i].code), "统一社会信用代码", &v));
        assert_string_equal(v.problem, ROWS[i].problem);
    }
}

/* GB 11714 inside the USCC: a mismatch is only a warning. */
static void test_organisation_code(void **state)
{
    (void)state;
    struct id_verdict v;
    assert_int_equal(ids_organisation_char(SV("80210043")), '3');
    assert_int_equal(ids_organisation_char(SV("71526726")), 'X');
    assert_int_equal(ids_organisation_char(SV("M000100Y")), '4');
    assert_int_equal(ids_organisation_char(SV("00001333")), '8');
    char s[19] = "91150302MA00000094";
    s[17] = ids_uscc_char(sv_make(s, 17));
    assert_true(ids_check_uscc(sv_of(s), "统一社会信用代码", &v));
    assert_non_null(strstr(v.warning, "第9至17位"));
}

static void test_citizen(void **state)
{
    (void)state;
    static const char *const GOOD[] = { "11010519491231002X", "150302199003070016",
                                        "150302199003070024", "150302199003070032" };
    static const struct {
        const char *id, *part;
    } BAD[] = {
        { "11010519491231002x", "小写x" },
        { "110105194912310021", "第18位校验码不对" },
        { "1101051949123100", "现在是16位" },
        { "110105491231002", "15位的旧号码" },
        { "110105194902300022", "不是有效的出生日期" },
        { "110105209912310021", "晚于今天" },
        { "990105194912310021", "不是省级行政区划码" },
        { "11010519491231O02X", "前17位应为数字" },
        { "11010519491231002Y", "最后一位应为数字或大写X" },
        { "440524188001010014", "不是有效的出生日期" }, /* the standard's example, born 1880 */
    };
    struct id_verdict v;
    int32_t today = date_of(2026, 6, 6);
    assert_int_equal(today, TODAY);
    assert_int_equal(ids_citizen_char(SV("44052418800101001")), '4');
    for (size_t i = 0; i < sizeof GOOD / sizeof *GOOD; i++)
        assert_true(ids_check_citizen(sv_of(GOOD[i]), "证件号码", today, &v));
    for (size_t i = 0; i < sizeof BAD / sizeof *BAD; i++) {
        assert_false(ids_check_citizen(sv_of(BAD[i].id), "证件号码", today, &v));
        if (!strstr(v.problem, BAD[i].part))
            fail_msg("%s: %s", BAD[i].id, v.problem);
    }
}

static void test_documents(void **state)
{
    (void)state;
    static const struct {
        const char *kind, *id;
        bool ok;
    } ROWS[] = {
        { "passport", "E12345678", true }, { "passport", "EA1234567", true },
        { "passport", "G12345678", true }, { "passport", "e12345678", false },
        { "passport", "1234", false }, { "passport", "ABCDEFGH", false },
        { "hk_macao", "H12345678", true }, { "hk_macao", "M1234567890", true },
        { "hk_macao", "K12345678", false }, { "hk_macao", "H1234567", false },
        { "taiwan", "12345678", true }, { "taiwan", "1234567", false },
        { "taiwan", "A2345678", false }, { "foreign_resident", "ABC123456789012", true },
        { "foreign_resident", "AB1234567890123", false }, { "citizen", "E12345678", false },
    };
    struct id_verdict v;
    for (size_t i = 0; i < sizeof ROWS / sizeof *ROWS; i++) {
        enum id_kind kind;
        assert_true(ids_kind(sv_of(ROWS[i].kind), &kind));
        bool ok = ids_check_document(kind, sv_of(ROWS[i].id), "证件号码", TODAY, &v);
        if (ok != ROWS[i].ok)
            fail_msg("%s %s: %s", ROWS[i].kind, ROWS[i].id, v.problem);
        assert_true(ok == (v.problem[0] == '\0'));
    }
    enum id_kind unused;
    assert_false(ids_kind(SV("driver"), &unused));
    char resident[19] = "91110019900101001";
    resident[17] = ids_citizen_char(sv_make(resident, 17));
    assert_true(ids_check_document(ID_FOREIGN_RESIDENT, sv_of(resident), "证件号码", TODAY, &v));
    /* 港澳台居民居住证 is checked as a citizen id. */
    char hk[19] = "81000019900101001";
    hk[17] = ids_citizen_char(sv_make(hk, 17));
    assert_true(ids_check_citizen(sv_of(hk), "证件号码", TODAY, &v));
}

static void test_any(void **state)
{
    (void)state;
    struct id_verdict v;
    assert_true(ids_check_any(SV("150302199003070016"), "证件号", TODAY, &v));
    assert_true(ids_check_any(SV("91150302MA00000074"), "证件号", TODAY, &v));
    assert_true(ids_check_any(SV("914403001922038216"), "证件号", TODAY, &v));
    assert_true(ids_check_any(SV("E12345678"), "证件号", TODAY, &v));
    assert_false(ids_check_any(SV("150302199003070017"), "证件号", TODAY, &v));
    assert_false(ids_check_any(SV("e12345678"), "证件号", TODAY, &v));
    assert_false(ids_check_any(SV("1234"), "证件号", TODAY, &v));
    assert_false(ids_check_any(SV(""), "证件号", TODAY, &v));
}

static void test_phone(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        bool ok;
    } ROWS[] = {
        { "13812345678", true }, { "19912345678", true }, { "0473-1234567", true },
        { "04731234567", true }, { "010-12345678", true }, { "0473-1234567-801", true },
        { "12812345678", false }, { "1381234567", false }, { "138123456789", false },
        { "+8613812345678", false }, { "1234567", false }, { "0473-123456", false },
        { "0473--1234567", false }, { "138 1234 5678", false }, { "0473-1234567-", false },
        { "１3812345678", false }, { "", false }, { "-", false },
    };
    struct id_verdict v;
    for (size_t i = 0; i < sizeof ROWS / sizeof *ROWS; i++)
        if (ids_check_phone(sv_of(ROWS[i].text), "联系人电话", &v) != ROWS[i].ok)
            fail_msg("%s: %s", ROWS[i].text, v.problem);
}

static void test_email(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        bool ok;
    } ROWS[] = {
        { "a@b.cn", true }, { "zhang.san+1@mail.example.com", true }, { "a@b", false },
        { "@b.cn", false }, { "a@", false }, { "a.b.cn", false }, { "a..b@c.cn", false },
        { ".a@c.cn", false }, { "a@c..cn", false }, { "a@c.cn.", false }, { "a@-c.cn", false },
        { "a b@c.cn", false }, { "张@c.cn", false }, { "a@b@c.cn", false }, { "", false },
    };
    struct id_verdict v;
    for (size_t i = 0; i < sizeof ROWS / sizeof *ROWS; i++)
        if (ids_check_email(sv_of(ROWS[i].text), "电子邮箱", &v) != ROWS[i].ok)
            fail_msg("%s: %s", ROWS[i].text, v.problem);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_uscc), cmocka_unit_test(test_uscc_single_errors),
        cmocka_unit_test(test_uscc_sentences), cmocka_unit_test(test_organisation_code),
        cmocka_unit_test(test_citizen), cmocka_unit_test(test_documents),
        cmocka_unit_test(test_any), cmocka_unit_test(test_phone), cmocka_unit_test(test_email),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
