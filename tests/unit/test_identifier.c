/* identifier: GB/T 36904 against published identifiers; every single error of one character found. */
#include "test.h"

#include "domain/licence/identifier.h"
#include "domain/licence/number.h"

static const struct { const char *text; struct identifier parts; } VECTORS[] = {
    { "1.2.156.3005.2.11100000000013338W011.11430000006122244L.20230000403.001.U",
      { SV("11100000000013338W011"), SV("11430000006122244L"), SV("20230000403"), 1 } },
    { "1.2.156.3005.2.11100000000013338W032.11220000013544541J.2430599.001.F",
      { SV("11100000000013338W032"), SV("11220000013544541J"), SV("2430599"), 1 } },
    { "1.2.156.3005.2.11100000000013338W009.11330105002500287C.2025052201.002.0",
      { SV("11100000000013338W009"), SV("11330105002500287C"), SV("2025052201"), 2 } },
    { "1.2.156.3005.2.11100000MB03271699022.340100.000000016.001.9",
      { SV("11100000MB03271699022"), SV("340100"), SV("000000016"), 1 } },
    { "1.2.156.3005.2.11150300MB0000000A001.11150300MB0000000A.20260000001.001.3",
      { SV("11150300MB0000000A001"), SV("11150300MB0000000A"), SV("20260000001"), 1 } },
};

enum { N = sizeof VECTORS / sizeof VECTORS[0] };

static void test_iso7064(void **state)
{
    (void)state;
    assert_int_equal(check_mod37_36(SV("A12425GABC1234002")), 'M');
    assert_int_equal(check_mod11_10(SV("0794")), '5');
    assert_int_equal(check_mod37_36(SV("0794")), 'J');
    assert_int_equal(check_mod37_36(SV("a1")), 0);
    assert_int_equal(check_mod37_36(SV("A.1")), 0);
}

static void test_vectors(void **state)
{
    (void)state;
    for (size_t i = 0; i < N; i++) {
        struct identifier id;
        struct buf b;
        buf_init(&b, IDENTIFIER_MAX);
        identifier_write(&b, &VECTORS[i].parts);
        assert_true(buf_ok(&b));
        assert_string_equal(b.p, VECTORS[i].text);
        buf_done(&b);
        assert_int_equal(identifier_read(sv_of(VECTORS[i].text), &id), IDENTIFIER_GOOD);
        assert_true(sv_eq(id.type, VECTORS[i].parts.type));
        assert_true(sv_eq(id.issuer, VECTORS[i].parts.issuer));
        assert_true(sv_eq(id.serial, VECTORS[i].parts.serial));
        assert_int_equal(id.version, VECTORS[i].parts.version);
    }
}

/* MOD 37,36 finds every wrong character; the root is part of the form. */
static void test_one_wrong_character(void **state)
{
    (void)state;
    for (size_t i = 0; i < N; i++) {
        char copy[IDENTIFIER_MAX];
        size_t n = strlen(VECTORS[i].text);
        for (size_t at = 0; at < n; at++) {
            for (char c = '0'; c <= 'Z'; c++) {
                struct identifier id;
                memcpy(copy, VECTORS[i].text, n + 1);
                if (copy[at] == c)
                    continue;
                copy[at] = c;
                assert_int_not_equal(identifier_read(sv_of(copy), &id), IDENTIFIER_GOOD);
            }
        }
    }
}

static void test_no_identifier(void **state)
{
    (void)state;
    static const char *const BAD[] = {
        "", "1.2.156.3005.2", "1.2.156.3005.2.", "1.2.156.3005.2.....",
        "1.2.156.3005.3.11150300MB0000000A001.11150300MB0000000A.20260000001.001.3",
        "1.2.156.3005.2.11150300MB0000000A01.11150300MB0000000A.20260000001.001.3",
        "1.2.156.3005.2.11150300MB0000000A001.11150300MB0000000A..001.3",
        "1.2.156.3005.2.11150300MB0000000A001.11150300MB0000000A.20260000001.000.3",
        "1.2.156.3005.2.11150300MB0000000A001.11150300MB0000000A.20260000001.1.3",
        "1.2.156.3005.2.11150300MB0000000A001.11150300MB0000000A.20260000001.001.",
        "1.2.156.3005.2.11150300MB0000000A001.11150300MB0000000A.20260000001.001.33",
        "1.2.156.3005.2.11150300mb0000000a001.11150300MB0000000A.20260000001.001.3",
    };
    for (size_t i = 0; i < sizeof BAD / sizeof BAD[0]; i++) {
        struct identifier id;
        assert_int_equal(identifier_read(sv_of(BAD[i]), &id), IDENTIFIER_SHAPE);
        assert_int_equal(id.type.n, 0);
    }
    /* one published example ends in M where the standard's rule gives another character */
    struct identifier id;
    assert_int_equal(identifier_read(SV("1.2.156.3005.2.11150300MB0000000A001.11150300MB0000000A."
                                        "20260000001.001.M"), &id), IDENTIFIER_CHECK);
    assert_int_equal(id.version, 1);
}

static void test_serial(void **state)
{
    (void)state;
    static const struct { const char *number, *serial; } CASES[] = {
        { "WHZH150302012026000011", "WHZH150302012026000011" },
        { "乌海卫公证字〔2026〕第150302-00123号", "202615030200123" },
        { "jy2150302", "JY2150302" }, { "号", "" },
        { "0123456789012345678901234567890123456789ABCDEF", "6789012345678901234567890123456789ABCDEF" },
    };
    for (size_t i = 0; i < sizeof CASES / sizeof CASES[0]; i++) {
        struct buf b;
        buf_init(&b, 100);
        identifier_serial(&b, sv_of(CASES[i].number));
        assert_true(sv_is(buf_sv(&b), CASES[i].serial));
        buf_done(&b);
    }
    struct buf b;
    const struct identifier none = { SV("11150300MB0000000A001"), SV("11150300MB0000000A"), SV(""), 1 };
    buf_init(&b, IDENTIFIER_MAX);
    identifier_write(&b, &none);
    assert_false(buf_ok(&b));
    buf_done(&b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_iso7064), cmocka_unit_test(test_vectors),
        cmocka_unit_test(test_one_wrong_character), cmocka_unit_test(test_no_identifier),
        cmocka_unit_test(test_serial),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
