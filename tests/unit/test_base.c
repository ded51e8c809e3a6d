/* base: pieces of text, numbers, memory, buffers, UTF-8, the map and the error list. */
#include "base/buf.h"
#include "base/map.h"
#include "base/utf8.h"
#include "test.h"

static void test_sv_integers(void **state)
{
    (void)state;
    static const struct { const char *text; bool ok; int64_t value; } ROWS[] = {
        { "0", true, 0 }, { "-0", true, 0 }, { "007", true, 7 }, { "-12", true, -12 },
        { "9223372036854775807", true, INT64_MAX },
        { "-9223372036854775807", true, -INT64_MAX },
        { "9223372036854775808", false, 0 }, { "-9223372036854775809", false, 0 },
        { "9999999999999999999", false, 0 }, { "00000000000000000001", false, 0 },
        { "", false, 0 }, { "-", false, 0 }, { "--1", false, 0 }, { "+1", false, 0 },
        { " 1", false, 0 }, { "1 ", false, 0 }, { "1.0", false, 0 }, { "0x10", false, 0 },
        { "1e3", false, 0 }, { "１", false, 0 }, { "18446744073709551617", false, 0 },
    };
    for (size_t i = 0; i < COUNT_OF(ROWS); i++) {
        int64_t v = -77;
        if (sv_to_i64(sv_of(ROWS[i].text), &v) != ROWS[i].ok)
            fail_msg("“%s”", ROWS[i].text);
        assert_int_equal(v, ROWS[i].ok ? ROWS[i].value : -77);
    }
    int64_t v;
    assert_false(sv_to_i64(sv_make("1\0", 2), &v));
    assert_false(sv_to_i64(sv_make(NULL, 0), &v));
}

static void test_sv_centi(void **state)
{
    (void)state;
    static const struct { const char *text; bool ok; int64_t value; } ROWS[] = {
        { "0", true, 0 }, { "12.5", true, 1250 }, { "12.05", true, 1205 },
        { "12.50", true, 1250 }, { "-0.5", true, -50 }, { "-0.05", true, -5 },
        { "-12.34", true, -1234 }, { "999999999999999", true, INT64_C(99999999999999900) },
        { "1000000000000000", false, 0 }, { "12.", false, 0 }, { ".5", false, 0 },
        { "1.234", false, 0 }, { "1.-5", false, 0 }, { "1.+5", false, 0 }, { "1..5", false, 0 },
        { "1.5.5", false, 0 }, { "", false, 0 }, { "-", false, 0 }, { "-.5", false, 0 },
        { "1,5", false, 0 }, { "1e2", false, 0 }, { "1. 5", false, 0 }, { "NaN", false, 0 },
    };
    for (size_t i = 0; i < COUNT_OF(ROWS); i++) {
        int64_t v = -77;
        if (sv_to_centi(sv_of(ROWS[i].text), &v) != ROWS[i].ok)
            fail_msg("“%s”", ROWS[i].text);
        assert_int_equal(v, ROWS[i].ok ? ROWS[i].value : -77);
    }
}

/* Every quantity with two places comes back as it was written. */
static void test_sv_centi_roundtrip(void **state)
{
    (void)state;
    char text[32];
    for (int64_t c = -30000; c <= 30000; c++) {
        int64_t v, abs = c < 0 ? -c : c;
        snprintf(text, sizeof text, "%s%lld.%02lld", c < 0 ? "-" : "", (long long)(abs / 100),
                 (long long)(abs % 100));
        assert_true(sv_to_centi(sv_of(text), &v));
        assert_int_equal(v, c);
    }
}

static void test_sv_pieces(void **state)
{
    (void)state;
    struct sv rest = SV("a,,b,");
    assert_sv(sv_cut(&rest, ','), "a");
    assert_sv(sv_cut(&rest, ','), "");
    assert_sv(sv_cut(&rest, ','), "b");
    assert_sv(sv_cut(&rest, ','), "");
    assert_int_equal(rest.n, 0);
    rest = sv_make(NULL, 0);
    assert_sv(sv_cut(&rest, ','), "");
    assert_sv(sv_trim(SV(" \t\r\n a b \n")), "a b");
    assert_sv(sv_trim(SV("  ")), "");
    assert_sv(sv_trim(SV("　全角空格不算　")), "　全角空格不算　");
    assert_sv(sv_skip(SV("abc"), 9), "");
    assert_true(sv_digits(SV("0123"), 4) && !sv_digits(SV("0123"), 3) && !sv_digits(SV("012a"), 4));
    assert_true(sv_cmp(SV("a"), SV("b")) < 0 && sv_cmp(SV("ab"), SV("a")) > 0);
    assert_int_equal(sv_cmp(sv_make(NULL, 0), SV("")), 0);
    /* Bytes are unsigned: any Chinese character stands behind every ASCII one. */
    assert_true(sv_cmp(SV("z"), SV("中")) < 0);
    assert_true(sv_eq(sv_make(NULL, 0), SV("")) && sv_starts(SV("a"), sv_make(NULL, 0)));
    assert_false(sv_is(sv_make("a\0", 2), "a"));
}

static void test_arena(void **state)
{
    (void)state;
    struct arena *a = arena_new();
    unsigned char *pieces[500];
    uint64_t r = 1;
    size_t sizes[500];
    for (size_t i = 0; i < 500; i++) {
        sizes[i] = (size_t)(test_random(&r) % 3000);
        pieces[i] = arena_alloc(a, sizes[i]);
        assert_non_null(pieces[i]);
        assert_int_equal((uintptr_t)pieces[i] % 16, 0);
        for (size_t k = 0; k < sizes[i]; k++)
            assert_int_equal(pieces[i][k], 0);
        memset(pieces[i], (int)(i & 255), sizes[i]);
    }
    for (size_t i = 0; i < 500; i++)
        for (size_t k = 0; k < sizes[i]; k++)
            if (pieces[i][k] != (i & 255))
                fail_msg("piece %zu was overwritten", i);
    char *big = arena_alloc(a, 5 << 20);
    big[(5 << 20) - 1] = 1;
    assert_true(arena_size(a) >= (5u << 20));
    arena_reset(a);
    assert_int_equal(arena_size(a), 4096);
    assert_string_equal(arena_dup(a, sv_make("ab\0c", 2)), "ab");
    assert_sv(arena_printf_sv(a, "%s-%d", "甲", 7), "甲-7");
    char *zero = arena_alloc(a, 64);
    for (int i = 0; i < 64; i++)
        assert_int_equal(zero[i], 0);
    arena_free(a);
    arena_free(NULL);
}

static void test_buf_cap(void **state)
{
    (void)state;
    struct buf b;
    buf_init(&b, 5);
    buf_str(&b, "abcde");
    assert_true(buf_ok(&b));
    assert_int_equal(b.p[5], 0);
    buf_byte(&b, 'f');
    assert_false(buf_ok(&b));
    assert_int_equal(b.n, 5);
    /* Sticky: what would fit again is not written either. */
    b.n = 0;
    buf_str(&b, "x");
    assert_false(buf_ok(&b));
    assert_int_equal(b.n, 0);
    buf_clear(&b);
    buf_fmt(&b, "%d", 123456);
    assert_false(buf_ok(&b));
    assert_int_equal(b.n, 0);
    buf_clear(&b);
    buf_fmt(&b, "%d", 12345);
    assert_true(buf_ok(&b));
    assert_sv(buf_sv(&b), "12345");
    buf_clear(&b);
    buf_add(&b, "x", SIZE_MAX);
    assert_false(buf_ok(&b));
    buf_done(&b);
    buf_init(&b, 0);
    buf_add(&b, NULL, 0);
    assert_true(buf_ok(&b));
    buf_byte(&b, 0);
    assert_false(buf_ok(&b));
    buf_done(&b);
}

static void test_buf_writers(void **state)
{
    (void)state;
    struct buf b;
    buf_init(&b, 1 << 20);
    buf_be(&b, 0x0102030405060708u, 8);
    buf_be(&b, 0xABCD, 2);
    assert_memory_equal(b.p, "\1\2\3\4\5\6\7\10\xAB\xCD", 10);
    buf_clear(&b);
    buf_hex(&b, "\x00\xff\x1a", 3);
    assert_sv(buf_sv(&b), "00ff1a");
    buf_clear(&b);
    buf_json(&b, sv_make("\"\\\n\t\1\0中/", 10));
    assert_sv(buf_sv(&b), "\"\\\"\\\\\\n\\u0009\\u0001\\u0000中/\"");
    buf_clear(&b);
    buf_json(&b, sv_make(NULL, 0));
    assert_sv(buf_sv(&b), "\"\"");
    buf_clear(&b);
    buf_html(&b, SV("<a href=\"x\">'&'</a>"));
    assert_sv(buf_sv(&b), "&lt;a href=&quot;x&quot;&gt;&#39;&amp;&#39;&lt;/a&gt;");
    buf_clear(&b);
    buf_json(&b, SV("a\xff"));
    assert_false(buf_ok(&b));
    buf_clear(&b);
    for (int i = 0; i < 100000; i++)
        buf_str(&b, "0123456789");
    assert_true(buf_ok(&b));
    assert_int_equal(b.n, 1000000);
    assert_int_equal(b.p[1000000], 0);
    buf_done(&b);
}

/* The definition, written another way: encode every scalar value, and only that is right. */
static size_t encode(uint32_t cp, char out[4])
{
    if (cp < 0x80) {
        out[0] = (char)cp;
        return 1;
    }
    size_t n = cp < 0x800 ? 2 : cp < 0x10000 ? 3 : 4;
    for (size_t i = n - 1; i > 0; i--, cp >>= 6)
        out[i] = (char)(0x80 | (cp & 0x3f));
    out[0] = (char)((0xf00 >> n) | cp);
    return n;
}

static void test_utf8_every_code_point(void **state)
{
    (void)state;
    char text[4];
    for (uint32_t cp = 0; cp < 0x120000; cp++) {
        struct sv s = sv_make(text, encode(cp, text));
        bool scalar = cp <= 0x10ffff && !(cp >= 0xd800 && cp <= 0xdfff);
        if (utf8_valid(s) != scalar)
            fail_msg("U+%04X", cp);
        if (!scalar)
            continue;
        assert_int_equal(utf8_count(s), 1);
        bool control = (cp < 0x20 && cp != '\n' && cp != '\t') || (cp >= 0x7f && cp <= 0x9f);
        assert_int_equal(utf8_clean(s), !control);
        /* Cut short it is wrong (an ASCII character cut short is nothing). */
        for (size_t n = 1; n < s.n; n++)
            assert_false(utf8_valid(sv_make(s.p, n)));
        assert_int_equal(utf8_next(&s), cp);
        assert_int_equal(s.n, 0);
    }
}

static void test_utf8_wrong(void **state)
{
    (void)state;
    static const char *const WRONG[] = {
        "\x80", "\xbf", "\xc0\x80", "\xc1\xbf", "\xe0\x80\x80", "\xe0\x9f\xbf",
        "\xf0\x80\x80\x80", "\xf0\x8f\xbf\xbf", "\xed\xa0\x80", "\xed\xbf\xbf",
        "\xf4\x90\x80\x80", "\xf5\x80\x80\x80", "\xfe", "\xff", "\xf8\x88\x80\x80\x80",
        "\xe4\xb8", "\xe4\xb8\x41", "\xe4\x41\xad", "a\xe4\xb8\xad\xe4",
        "\xed\xa0\xbd\xed\xb8\x80", /* a surrogate pair as CESU-8 */
    };
    for (size_t i = 0; i < COUNT_OF(WRONG); i++) {
        if (utf8_valid(sv_of(WRONG[i])) || utf8_clean(sv_of(WRONG[i])))
            fail_msg("sequence %zu", i);
    }
    assert_true(utf8_valid(sv_make("\0", 1)) && !utf8_clean(sv_make("\0", 1)));
    assert_true(utf8_valid(SV("乌海市𠮷")) && utf8_clean(SV("两\n行\t")));
    assert_int_equal(utf8_count(SV("乌海市𠮷a")), 5);
    struct sv s = SV("\xff" "a");
    assert_int_equal(utf8_next(&s), 0xfffd);
    assert_int_equal(utf8_next(&s), 'a');
    assert_int_equal(utf8_next(&s), 0);
}

static void test_map(void **state)
{
    (void)state;
    struct arena *a = arena_new();
    struct map m;
    static int values[5000];
    map_init(&m, a);
    assert_null(map_find(&m, SV("x")));
    for (int i = 0; i < 5000; i++)
        assert_null(map_put(&m, arena_printf_sv(a, "k%d", i), &values[i]));
    for (int i = 0; i < 5000; i++)
        assert_ptr_equal(map_find(&m, arena_printf_sv(a, "k%d", i)), &values[i]);
    assert_null(map_find(&m, SV("k5000")));
    assert_ptr_equal(map_put(&m, SV("k7"), &values[8]), &values[7]);
    assert_ptr_equal(map_find(&m, SV("k7")), &values[8]);
    assert_int_equal(m.count, 5000);
    assert_null(map_put(&m, SV(""), &values[0]));
    assert_ptr_equal(map_find(&m, sv_make(NULL, 0)), &values[0]);
    arena_free(a);
}

static void test_err_list(void **state)
{
    (void)state;
    for (int i = 0; i < ERR_COUNT_; i++)
        for (int k = 0; k < i; k++)
            assert_string_not_equal(err_key(-i), err_key(-k));
    assert_int_equal(err_status(ERR_CHANGED), 412);
    assert_string_equal(err_key(ERR_REFUSED), "refused_by_rule");
    assert_string_equal(err_key(-999), "internal");
    assert_string_equal(err_key(5), "internal");
    assert_int_equal(err_set(NULL, ERR_IO, "x"), ERR_IO);
    assert_int_equal(err_refuse(NULL, "P1", "x"), ERR_REFUSED);
}

/* However long what somebody typed, the sentence stays text: it is cut between characters. */
static void test_err_sentences(void **state)
{
    (void)state;
    struct arena *a = arena_new();
    struct err e;
    err_init(&e, a);
    for (int shift = 0; shift < 3; shift++) {
        char *text = arena_alloc(a, 4000);
        memset(text, 'x', (size_t)shift);
        for (size_t n = (size_t)shift; n + 3 < 4000; n += 3)
            memcpy(text + n, "证", 3);
        err_set(&e, ERR_INVALID, "%s", text);
        assert_true(utf8_valid(sv_of(e.detail)));
        assert_true(strlen(e.detail) > 1000);
        err_problem(&e, SV("/x"), "bad_text", "%s", text);
        assert_true(utf8_valid(e.problems[shift].message));
    }
    err_clear(&e);
    assert_int_equal(e.code, 0);
    for (int i = 0; i < ERR_MAX_PROBLEMS + 50; i++)
        err_problem(&e, SV("/x"), "bad_text", "%d", i);
    assert_int_equal(e.n_problems, ERR_MAX_PROBLEMS);
    assert_sv(e.problems[ERR_MAX_PROBLEMS - 1].message, "199");
    assert_string_equal(err_text(&e), err_title(ERR_INVALID));
    arena_free(a);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_sv_integers),
        cmocka_unit_test(test_sv_centi),
        cmocka_unit_test(test_sv_centi_roundtrip),
        cmocka_unit_test(test_sv_pieces),
        cmocka_unit_test(test_arena),
        cmocka_unit_test(test_buf_cap),
        cmocka_unit_test(test_buf_writers),
        cmocka_unit_test(test_utf8_every_code_point),
        cmocka_unit_test(test_utf8_wrong),
        cmocka_unit_test(test_map),
        cmocka_unit_test(test_err_list),
        cmocka_unit_test(test_err_sentences),
    };
    return cmocka_run_group_tests_name("base", tests, NULL, NULL);
}
