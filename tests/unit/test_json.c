/* json: what is refused at the door, and how a request body becomes a struct. */
#include "base/json.h"
#include "base/utf8.h"
#include "test.h"

static struct arena *arena;
static struct err err;

static int setup(void **state)
{
    (void)state;
    arena = arena_new();
    err_init(&err, arena);
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    arena_free(arena);
    return 0;
}

/* Refused as malformed, with a sentence that is text. */
static void refused(struct sv text)
{
    err_clear(&err);
    json_t *v = json_parse(text, &err);
    if (v)
        fail_msg("accepted: %.*s", (int)(text.n < 80 ? text.n : 80), text.p);
    assert_int_equal(err.code, ERR_MALFORMED);
    assert_true(utf8_valid(sv_of(err.detail)));
}

static void test_refused(void **state)
{
    (void)state;
    static const char *const WRONG[] = {
        "", " ", "1", "\"a\"", "null", "true", "{", "[", "]", "{]", "[1,]", "{\"a\":1,}",
        "{a:1}", "{'a':1}", "[01]", "[+1]", "[1] x", "[1][2]", "[\"a]", "[\"\\x\"]",
        "[\"\\ud800\"]", "[\"\\udc00\\ud800\"]", "[\"\x01\"]", "[\"\n\"]", "[NaN]", "[Infinity]",
        "// c\n[]", "[tru]", "\xef\xbb\xbf[]",
        /* duplicates, however deep and however written */
        "{\"a\":1,\"a\":1}", "{\"a\":{\"b\":1,\"\\u0062\":2}}", "[{\"中\":1,\"中\":2}]",
        /* numbers that are not whole, or too large */
        "[1.0]", "[1.5]", "[1e2]", "[-0.0]", "{\"a\":[{\"b\":1E-1}]}", "[9223372036854775808]",
        "[-9223372036854775809]", "[1e999]",
        /* text that is not UTF-8 */
        "[\"\xff\"]", "[\"\xc0\x80\"]", "[\"\xed\xa0\x80\"]", "[\"\xe4\xb8\"]", "{\"\xff\":1}",
        "\xff", "[\"中中中中中中中中中\xff\"]",
    };
    for (size_t i = 0; i < COUNT_OF(WRONG); i++)
        refused(sv_of(WRONG[i]));
    refused(sv_make(NULL, 0));
}

/* NUL, raw and escaped, in values and in keys. */
static void test_nul(void **state)
{
    (void)state;
    refused(SV("[\"a\\u0000b\"]"));
    refused(SV("{\"a\\u0000\":1}"));
    refused(SV("[\"a\0b\"]"));
    refused(SV("[1]\0"));
    refused(SV("\0[1]"));
}

/* A million brackets cost one scan and no stack; brackets in text are only text. */
static void test_depth(void **state)
{
    (void)state;
    enum { MILLION = 1000000 };
    char *text = malloc(MILLION * 2 + 2);
    memset(text, '[', MILLION);
    memset(text + MILLION, ']', MILLION);
    double from = test_seconds();
    refused(sv_make(text, MILLION));
    refused(sv_make(text, MILLION * 2));
    refused(sv_make(text + MILLION, MILLION));
    for (size_t i = 0; i + 5 <= MILLION * 2; i += 5)
        memcpy(text + i, "{\"a\":", 5);
    refused(sv_make(text, MILLION * 2));
    double took = test_seconds() - from;
    if (took > 1.0)
        fail_msg("took %.2f s", took);
    for (int depth = JSON_DEPTH_MAX; depth <= JSON_DEPTH_MAX + 1; depth++) {
        memset(text, '[', (size_t)depth);
        memset(text + depth, ']', (size_t)depth);
        err_clear(&err);
        json_t *v = json_parse(sv_make(text, (size_t)depth * 2), &err);
        assert_int_equal(v != NULL, depth <= JSON_DEPTH_MAX);
        json_decref(v);
    }
    memset(text, '[', 1000);
    memcpy(text, "[\"", 2);
    memcpy(text + 998, "\\\"", 2); /* an escaped quote does not end the text */
    memcpy(text + 1000, "[[\"]", 4);
    err_clear(&err);
    json_t *v = json_parse(sv_make(text, 1004), &err);
    assert_non_null(v);
    json_decref(v);
    free(text);
}

static void test_accepted(void **state)
{
    (void)state;
    json_t *v = json_parse(SV(" {\"甲\": [9223372036854775807, -9223372036854775807, true, null, "
                              "\"\\u4e2d\\ud842\\udfb7/\\/\"]} \n"), &err);
    assert_non_null(v);
    const json_t *list = json_object_get(v, "甲");
    assert_true(json_integer_value(json_array_get(list, 0)) == INT64_MAX);
    assert_sv(json_text(json_array_get(list, 4)), "中𠮷//");
    assert_sv(json_dump(arena, v, true),
              "{\"甲\":[9223372036854775807,-9223372036854775807,true,null,\"中𠮷//\"]}");
    json_decref(v);
}

static void test_members(void **state)
{
    (void)state;
    json_t *v = json_parse(SV("{\"b\":true,\"n\":5,\"t\":\"文\",\"z\":\"\"}"), &err);
    assert_sv(json_sv(v, "t"), "文");
    assert_sv(json_sv(v, "n"), "");
    assert_sv(json_sv(NULL, "t"), "");
    assert_int_equal(json_i64(v, "n", -1), 5);
    assert_int_equal(json_i64(v, "t", -1), -1);
    assert_true(json_bool(v, "b", false) && json_bool(v, "n", true) && !json_bool(v, "x", false));
    json_put_sv(v, "bad", SV("\xff"));
    assert_null(json_object_get(v, "bad"));
    json_put_sv(v, "a", sv_make("x中y", 4));
    json_put_i64(v, "c", INT64_MIN);
    json_put_bool(v, "b", false);
    assert_sv(json_dump(arena, v, true),
              "{\"a\":\"x中\",\"b\":false,\"c\":-9223372036854775808,\"n\":5,\"t\":\"文\",\"z\":\"\"}");
    struct buf b;
    buf_init(&b, 10);
    json_write(&b, v, true);
    assert_false(buf_ok(&b));
    buf_done(&b);
    json_decref(v);
}

static void test_pointers(void **state)
{
    (void)state;
    assert_sv(json_pointer(arena, SV(""), SV("a")), "/a");
    assert_sv(json_pointer(arena, SV("/a"), SV("b/c~d")), "/a/b~1c~0d");
    assert_sv(json_pointer(arena, SV(""), SV("~1")), "/~01");
    assert_sv(json_pointer(arena, SV("/x"), SV("")), "/x/");
    assert_sv(json_pointer(arena, sv_make(NULL, 0), SV("甲")), "/甲");
    assert_sv(json_pointer_at(arena, SV("/rows"), 12), "/rows/12");
    assert_sv(json_pointer_at(arena, sv_make(NULL, 0), 0), "/0");
}

/* ---- decoding by a table ---- */

struct sample {
    struct sv name, note;
    int64_t days, count;
    bool sure;
    json_t *values, *list;
};
#define AT(member) offsetof(struct sample, member)
static const struct json_field FIELDS[] = {
    { "name", "名称", JSON_K_TEXT, true, AT(name), 0, 5 },
    { "note", "备注", JSON_K_TEXT, false, AT(note), 0, 0 },
    { "days", "天数", JSON_K_INT, true, AT(days), 1, 30 },
    { "count", "数量", JSON_K_INT, false, AT(count), 0, 0 },
    { "sure", "确认", JSON_K_BOOL, false, AT(sure), 0, 0 },
    { "values", "内容", JSON_K_OBJECT, false, AT(values), 0, 0 },
    { "list", "列表", JSON_K_ARRAY, true, AT(list), 0, 0 },
};

static int decode(const char *text, struct sample *out)
{
    *out = (struct sample){ .days = -7, .count = -7 };
    err_clear(&err);
    json_t *v = json_parse(sv_of(text), &err);
    assert_non_null(v);
    int rc = json_decode(v, FIELDS, COUNT_OF(FIELDS), out, &err);
    if (rc != 0 || err.code != 0)
        assert_int_equal(rc, err.code);
    out->name = arena_sv(arena, out->name);
    out->note = arena_sv(arena, out->note);
    json_decref(v);
    return rc;
}

static void test_decode(void **state)
{
    (void)state;
    struct sample s;
    assert_int_equal(decode("{\"name\":\" 一二三四五 \",\"days\":30,\"list\":[],\"sure\":true,"
                            "\"note\":null}", &s), 0);
    assert_sv(s.name, "一二三四五");
    assert_int_equal(s.days, 30);
    assert_true(s.sure);
    assert_non_null(s.list);
    assert_null(s.values);
    assert_int_equal(s.count, -7);
    assert_int_equal(decode("{\"name\":\"a\",\"days\":1,\"list\":[1],\"note\":\"\","
                            "\"count\":9007199254740993}", &s), 0);
    assert_true(s.count == INT64_C(9007199254740993));
}

/* Everything that is wrong is said at once, each with its place. */
static void test_decode_all_at_once(void **state)
{
    (void)state;
    struct sample s;
    assert_int_equal(decode("{\"name\":\"一二三四五六\",\"days\":31,\"count\":\"3\",\"sure\":1,"
                            "\"values\":[],\"list\":{},\"note\":\"a\\u0007\",\"x/y\":1,\"甲\":2}",
                            &s), ERR_INVALID);
    assert_int_equal(err.n_problems, 9);
    assert_true(test_has(&err, "/name", "too_long"));
    assert_true(test_has(&err, "/days", "out_of_range"));
    assert_true(test_has(&err, "/count", "wrong_type"));
    assert_true(test_has(&err, "/sure", "wrong_type"));
    assert_true(test_has(&err, "/values", "wrong_type"));
    assert_true(test_has(&err, "/list", "wrong_type"));
    assert_true(test_has(&err, "/note", "bad_text"));
    assert_true(test_has(&err, "/x~1y", "unknown_member"));
    assert_true(test_has(&err, "/甲", "unknown_member"));
    assert_int_equal(s.days, -7); /* what is wrong is not stored */
    assert_int_equal(decode("{}", &s), ERR_INVALID);
    assert_int_equal(err.n_problems, 3);
    assert_true(test_has(&err, "/name", "required") && test_has(&err, "/days", "required") &&
                test_has(&err, "/list", "required"));
    assert_int_equal(decode("{\"name\":\"  \",\"days\":0,\"list\":null}", &s), ERR_INVALID);
    assert_true(test_has(&err, "/name", "required") && test_has(&err, "/days", "out_of_range") &&
                test_has(&err, "/list", "required"));
    for (size_t i = 0; i < err.n_problems; i++)
        assert_true(err.problems[i].message.n > 0);
}

static void test_decode_default_length(void **state)
{
    (void)state;
    struct sample s;
    for (int n = 200; n <= 201; n++) {
        struct buf b;
        buf_init(&b, 4000);
        buf_str(&b, "{\"name\":\"a\",\"days\":1,\"list\":[],\"note\":\"");
        for (int i = 0; i < n; i++)
            buf_str(&b, "证");
        buf_str(&b, "\"}");
        assert_int_equal(decode(b.p, &s), n <= 200 ? 0 : ERR_INVALID);
        buf_done(&b);
    }
}

static void test_decode_not_an_object(void **state)
{
    (void)state;
    struct sample s;
    assert_int_equal(decode("[1]", &s), ERR_MALFORMED);
    err_clear(&err);
    assert_int_equal(json_decode(NULL, FIELDS, COUNT_OF(FIELDS), &s, &err), ERR_MALFORMED);
}

/* A thousand unknown members neither fill the memory nor hide that something is wrong. */
static void test_decode_many(void **state)
{
    (void)state;
    struct sample s;
    struct buf b;
    buf_init(&b, 1 << 20);
    buf_str(&b, "{");
    for (int i = 0; i < 1000; i++)
        buf_fmt(&b, "%s\"u%d\":0", i ? "," : "", i);
    buf_str(&b, "}");
    assert_int_equal(decode(b.p, &s), ERR_INVALID);
    assert_int_equal(err.n_problems, ERR_MAX_PROBLEMS);
    buf_done(&b);
}

int main(void)
{
#define T(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
    const struct CMUnitTest tests[] = {
        T(test_refused), T(test_nul), T(test_depth), T(test_accepted), T(test_members),
        T(test_pointers), T(test_decode), T(test_decode_all_at_once),
        T(test_decode_default_length), T(test_decode_not_an_object), T(test_decode_many),
    };
    return cmocka_run_group_tests_name("json", tests, NULL, NULL);
}
