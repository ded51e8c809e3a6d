/* number: check characters of GB/T 17710 and the numbers built on them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "domain/licence/number.h"

static void test_mod37_36(void **state)
{
    (void)state;
    static const char *const good[] = { /* GB/T 36904 identifiers in use, without dots */
        "11100000000013338W011" "11430000006122244L" "20230000403" "001" "U",
        "11100000000013338W032" "11220000013544541J" "2430599" "001" "F",
        "11100000000013338W009" "11330105002500287C" "2025052201" "002" "0",
        "11100000MB03271699022" "340100" "000000016" "001" "9",
        "A12425GABC1234002" "M", "0794" "J", /* ISO 7064's own */
        "11150300MB0000000A001" "11150300MB0000000A" "20260000001" "001" "3",
    };
    for (size_t i = 0; i < sizeof good / sizeof *good; i++) {
        struct sv s = sv_of(good[i]);
        assert_int_equal(check_mod37_36(sv_make(s.p, s.n - 1)), s.p[s.n - 1]);
    }
    assert_int_equal(check_mod37_36(SV("12a")), 0);
    assert_int_equal(check_mod37_36(SV("1-2")), 0);
}

static void test_mod11_10(void **state)
{
    (void)state;
    static const char *const good[] = { /* food licences in use, and the catalogue's examples */
        "23506230105266", "11117051464030", "11108071215650", "23501110153674",
        "21503020000015", "11503030000011", "31503040000017",
    };
    for (size_t i = 0; i < sizeof good / sizeof *good; i++) {
        struct sv s = sv_of(good[i]);
        assert_int_equal(check_mod11_10(sv_make(s.p, s.n - 1)), s.p[s.n - 1]);
    }
    assert_int_equal(check_mod11_10(SV("0794")), '5'); /* ISO 7064's own */
    assert_int_equal(check_mod11_10(SV("12X")), 0);
}

/* Every wrong digit is found. */
static void test_licence_number(void **state)
{
    (void)state;
    struct buf b;
    buf_init(&b, 100);
    licence_number(&b, SV("150302"), 2, 2026, 123);
    assert_true(buf_ok(&b));
    assert_int_equal(b.n, 22);
    assert_true(sv_starts(buf_sv(&b), SV("WHZH15030202202600123")));
    assert_true(licence_number_ok(buf_sv(&b)));
    for (size_t i = 4; i < b.n; i++) {
        char right = b.p[i];
        for (char c = '0'; c <= '9'; c++) {
            b.p[i] = c;
            assert_int_equal(licence_number_ok(buf_sv(&b)), c == right);
        }
        b.p[i] = right;
    }
    assert_false(licence_number_ok(SV("")));
    assert_false(licence_number_ok(SV("XHZH150302022026001230")));
    buf_done(&b);
}

static void test_licence_number_refuses(void **state)
{
    (void)state;
    const struct { const char *region; int64_t seq; int year; int64_t serial; } bad[] = {
        { "15030", 2, 2026, 1 }, { "1503O2", 2, 2026, 1 }, { "150302", 100, 2026, 1 },
        { "150302", 2, 26, 1 }, { "150302", 2, 2026, 100000 }, { "150302", 2, 2026, -1 },
    };
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        struct buf b;
        buf_init(&b, 100);
        licence_number(&b, sv_of(bad[i].region), bad[i].seq, bad[i].year, bad[i].serial);
        assert_false(buf_ok(&b));
        buf_done(&b);
    }
}

static void test_case_number(void **state)
{
    (void)state;
    struct buf b;
    buf_init(&b, 100);
    buf_str(&b, "办件");
    case_number(&b, SV("150302"), 20261123, 42);
    struct sv number = sv_skip(buf_sv(&b), 6);
    assert_int_equal(number.n, 21);
    assert_true(sv_starts(number, SV("15030220261123000042")));
    assert_true(case_number_ok(number));
    b.p[b.n - 1] = b.p[b.n - 1] == 'A' ? 'B' : 'A';
    assert_false(case_number_ok(number));
    buf_clear(&b);
    case_number(&b, SV("150302"), 20260230, 1); /* no such day */
    assert_false(buf_ok(&b));
    buf_clear(&b);
    case_number(&b, SV("150302"), 20261123, 1000000);
    assert_false(buf_ok(&b));
    assert_false(case_number_ok(SV("150302202613010000019")));
    buf_done(&b);
}

static struct sv value(void *ctx, struct sv code)
{
    (void)ctx;
    if (sv_is(code, "ZT"))
        return SV("2");
    if (sv_is(code, "BAD"))
        return SV("1\n2");
    return SV("");
}

static bool make(const char *template_, int64_t serial, struct buf *b)
{
    buf_clear(b);
    buf_str(b, "x9");
    return permit_number(b, sv_of(template_), SV("150302"), 2026, serial, value, NULL);
}

static void test_permit_number(void **state)
{
    (void)state;
    struct buf b;
    buf_init(&b, 1000);
    assert_true(make("JY{field:ZT}{region}{serial:6}{check:11,10}", 1, &b));
    assert_string_equal(b.p, "x9JY21503020000015"); /* digits before it do not count */
    assert_true(make("蒙乌药监械经营备{year}{serial:4}号", 12, &b));
    assert_string_equal(b.p, "x9蒙乌药监械经营备20260012号");
    assert_true(make("{serial:3}{field:NONE}", 999, &b));
    assert_string_equal(b.p, "x9999");
    static const char *const bad[] = {
        "", "{", "}", "a}b", "{}", "{serial}", "{serial:}", "{serial:0}", "{serial:19}",
        "{serial:x}", "{nothing}", "{field:}", "{field:BAD}", "{check:97,10}", "{check:11,10}",
        "AB{serial:6", "{{serial:6}}", "{serial:2}",
    };
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        assert_false(make(bad[i], 1234, &b));
        assert_string_equal(b.p, "x9"); /* nothing half-written */
    }
    buf_done(&b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_mod37_36),
        cmocka_unit_test(test_mod11_10),
        cmocka_unit_test(test_licence_number),
        cmocka_unit_test(test_licence_number_refuses),
        cmocka_unit_test(test_case_number),
        cmocka_unit_test(test_permit_number),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
