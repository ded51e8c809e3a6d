/* search_text: what is the same when names are compared, and pairs of characters against plain substring search. */
#include "domain/licence/search_text.h"

#include "base/utf8.h"
#include "test.h"

static struct arena *arena;

static int begin(void **state)
{
    (void)state;
    arena = arena_new();
    return 0;
}

static int end(void **state)
{
    (void)state;
    arena_free(arena);
    return 0;
}

static struct sv normal(struct sv text, unsigned char gap)
{
    struct buf b;
    buf_init(&b, 65536);
    search_normal(text, gap, &b);
    struct sv out = arena_sv(arena, buf_sv(&b));
    buf_done(&b);
    return out;
}

static void test_normal(void **state)
{
    static const struct { const char *text, *joined, *words; } cases[] = {
        { "乌海市（海勃湾区）好再来餐厅", "乌海市海勃湾区好再来餐厅", "乌海市 海勃湾区 好再来餐厅" },
        { "ＫＴＶ 欢唱Ｂａｒ１２", "ktv欢唱bar12", "ktv 欢唱bar12" },
        { "  前后　空白  ", "前后空白", "前后 空白" },
        { "A·B-C_D.e", "abcde", "a b c d e" },
        { "二○二六", "二〇二六", "二〇二六" },
        { "二〇二六年", "二〇二六年", "二〇二六年" },
        { "“老字号”【总店】《书》", "老字号总店书", "老字号 总店 书" },
        { "佐々木", "佐々木", "佐々木" },
        { "\xf0\xa0\xae\xb7野家", "\xf0\xa0\xae\xb7野家", "\xf0\xa0\xae\xb7野家" },
        { "（）—…", "", "" },
        { "'\"%_*", "", "" },
    };
    (void)state;
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        assert_sv(normal(sv_of(cases[i].text), 0), cases[i].joined);
        assert_sv(normal(sv_of(cases[i].text), ' '), cases[i].words);
    }
}

static void test_grams(void **state)
{
    struct sv grams[8];
    (void)state;
    assert_int_equal(search_grams(SV("乌海火锅"), grams, 8), 3);
    assert_sv(grams[0], "乌海");
    assert_sv(grams[2], "火锅");
    assert_int_equal(search_grams(SV("火锅 火锅 店"), grams, 8), 1);
    assert_int_equal(search_grams(SV("a\xf0\xa0\xae\xb7" "b"), grams, 8), 2);
    assert_int_equal(search_grams(SV("哈哈哈哈"), grams, 8), 1);
    assert_int_equal(search_grams(SV("一"), grams, 8), 0);
    assert_int_equal(search_grams(SV("一二三四五六七八九十"), grams, 4), 4);
    assert_int_equal(search_found(SV("乌海市火锅店"), grams, 0), 0);
}

/* The bytes of another character must not be taken for a pair. */
static void test_found_is_by_characters(void **state)
{
    struct sv gram = SV("\xb8\x80\xe4\xba");
    (void)state;
    assert_int_equal(search_found(SV("一二"), &gram, 1), 0);
}

static void test_query(void **state)
{
    struct search_query q;
    (void)state;
    assert_false(search_read(SV("店"), arena, &q));
    assert_false(search_read(SV(" - "), arena, &q));
    assert_false(search_read(SV("一 二 三"), arena, &q));
    assert_true(search_read(SV("火锅"), arena, &q));
    assert_int_equal(q.code.n, 0);
    assert_true(search_read(SV("whzh 1503 0203"), arena, &q));
    assert_sv(q.code, "WHZH15030203");
    assert_true(search_read(SV("９２１５０３０２ＭＡ"), arena, &q));
    assert_sv(q.code, "92150302MA");
    assert_true(search_read(SV("KTV123"), arena, &q));
    assert_sv(q.code, "KTV123");
    assert_true(search_read(SV("karaoke"), arena, &q));
    assert_int_equal(q.code.n, 0);
}

static void test_enough(void **state)
{
    static const size_t want[] = { 0, 0, 0, 3, 2, 3, 4, 5, 6, 7, 7 };
    (void)state;
    for (size_t n = 0; n < COUNT_OF(want); n++)
        assert_int_equal(search_enough(n), want[n]);
    for (size_t n = 10; n < 64; n++)
        assert_true(search_enough(n) * 10 >= n * 7 && search_enough(n) < n);
}

/* Whatever plain substring search finds, all pairs find too; and never anything without all pairs. */
static void test_property(void **state)
{
    static const char *const letters[] = { "乌", "海", "火", "锅", "店", "a", "B", "1", "（", "）", " ", "·" };
    uint64_t seed = 42;
    (void)state;
    for (int round = 0; round < 20000; round++) {
        struct buf text;
        struct search_query q;
        buf_init(&text, 512);
        size_t n = 2 + test_random(&seed) % 18;
        for (size_t i = 0; i < n; i++)
            buf_str(&text, letters[test_random(&seed) % COUNT_OF(letters)]);
        struct sv doc = normal(buf_sv(&text), 0);
        arena_reset(arena);
        doc = normal(buf_sv(&text), 0);
        size_t skip = test_random(&seed) % 3, take = 2 + test_random(&seed) % 4;
        struct sv rest = doc, from = doc;
        for (size_t i = 0; i < skip; i++)
            utf8_next(&from);
        rest = from;
        for (size_t i = 0; i < take; i++)
            utf8_next(&rest);
        struct sv typed = sv_make(from.p, (size_t)(rest.p - from.p));
        if (utf8_count(typed) >= 2) {
            assert_true(search_read(typed, arena, &q));
            assert_int_equal(search_found(doc, q.grams, q.n), q.n);
        }
        buf_done(&text);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_normal, begin, end),
        cmocka_unit_test_setup_teardown(test_grams, begin, end),
        cmocka_unit_test_setup_teardown(test_found_is_by_characters, begin, end),
        cmocka_unit_test_setup_teardown(test_query, begin, end),
        cmocka_unit_test_setup_teardown(test_enough, begin, end),
        cmocka_unit_test_setup_teardown(test_property, begin, end),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
