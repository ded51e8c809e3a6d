/* payload: base41 vectors, strict CBOR, sizes in the QR code, and that no changed character
 * of a signed text passes. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <qrencode.h>
#include <stdio.h>
#include <stdlib.h>
#include <zlib.h>

#include "domain/licence/cbor.h"
#include "domain/licence/payload.h"
#include "sys/crypto.h"

static const char ALPHABET[] = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ$*-./";

static struct arena *arena;
static struct err err;

static int set_up(void **state)
{
    (void)state;
    arena = arena_new();
    err_init(&err, arena);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    arena_free(arena);
    return 0;
}

/* ---- base41 ---- */

static void test_base41_vectors(void **state)
{
    (void)state;
    static const struct { struct sv bytes; const char *text; } v[] = {
        { { "", 0 }, "" },          { { "\0", 1 }, "00" },     { { "\xff", 1 }, "96" },
        { { "\xff\xff", 2 }, "H/-" }, { { "AB", 2 }, "J-9" }, { { "Hello!!", 7 }, "11B/KG$*GX0" },
    };
    for (size_t i = 0; i < sizeof v / sizeof *v; i++) {
        struct buf b;
        buf_init(&b, 100);
        base41_encode(v[i].bytes, &b);
        assert_true(sv_is(buf_sv(&b), v[i].text));
        buf_clear(&b);
        assert_int_equal(base41_decode(sv_of(v[i].text), &b, &err), 0);
        assert_true(sv_eq(buf_sv(&b), v[i].bytes));
        buf_done(&b);
    }
}

static void test_base41_refuses(void **state)
{
    (void)state;
    static const char *const bad[] = {
        "0",   "0000", "00a", "00 ", "0+0", "0:0", "0%0",
        "I/-" /* 65536 */, "///", "A6" /* 256 */, "//",
    };
    struct buf b;
    buf_init(&b, 100);
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        assert_int_equal(base41_decode(sv_of(bad[i]), &b, &err), ERR_INVALID);
    assert_int_equal(base41_decode(sv_make("0\0000", 3), &b, &err), ERR_INVALID);
    buf_done(&b);
}

/* Every triple that decodes is the one that its value encodes to. */
static void test_base41_canonical(void **state)
{
    (void)state;
    struct buf bytes;
    struct buf again;
    buf_init(&bytes, 10);
    buf_init(&again, 10);
    size_t valid = 0;
    for (unsigned v = 0; v < 41 * 41 * 41; v++) {
        char t[3] = { ALPHABET[v % 41], ALPHABET[v / 41 % 41], ALPHABET[v / 1681] };
        buf_clear(&bytes);
        buf_clear(&again);
        struct err *quiet = NULL;
        if (base41_decode(sv_make(t, 3), &bytes, quiet) < 0)
            continue;
        valid++;
        base41_encode(buf_sv(&bytes), &again);
        assert_true(sv_eq(buf_sv(&again), sv_make(t, 3)));
    }
    assert_int_equal(valid, 65536);
    buf_done(&bytes);
    buf_done(&again);
}

/* ---- CBOR ---- */

static bool reads_int(struct sv bytes)
{
    struct cbor c = { .rest = bytes };
    cbor_int(&c);
    return cbor_done(&c);
}

static void test_cbor_ints(void **state)
{
    (void)state;
    static const int64_t values[] = { 0, 1, 23, 24, 255, 256, 65535, 65536, 4294967295, 4294967296,
                                      -1, -24, -25, -256, -257, -65537, CBOR_INT_MAX, -CBOR_INT_MAX };
    static const size_t sizes[] = { 1, 1, 1, 2, 2, 3, 3, 5, 5, 9, 1, 1, 2, 2, 3, 5, 9, 9 };
    for (size_t i = 0; i < sizeof values / sizeof *values; i++) {
        struct buf b;
        buf_init(&b, 16);
        cbor_put_int(&b, values[i]);
        assert_int_equal(b.n, sizes[i]);
        struct cbor c = { .rest = buf_sv(&b) };
        assert_true(cbor_int(&c) == values[i]);
        assert_true(cbor_done(&c));
        buf_done(&b);
    }
    static const struct sv bad[] = {
        { "\x18\x17", 2 },                              /* 23 in two bytes */
        { "\x19\x00\xff", 3 },                          /* 255 in three */
        { "\x1a\x00\x00\xff\xff", 5 },
        { "\x1b\x00\x00\x00\x00\xff\xff\xff\xff", 9 },
        { "\x1b\x00\x20\x00\x00\x00\x00\x00\x01", 9 },  /* 2^53 + 1 */
        { "\x3b\x00\x20\x00\x00\x00\x00\x00\x00", 9 },  /* -2^53 - 1 */
        { "\x1b\xff\xff\xff\xff\xff\xff\xff\xff", 9 },
        { "\x1c", 1 }, { "\x1f", 1 }, { "\x18", 1 }, { "", 0 }, { "\x00\x00", 2 }, /* trailing */
        { "\x60", 1 }, { "\xf6", 1 }, { "\xf9\x00\x00", 3 }, { "\xc0\x00", 2 },
    };
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        assert_false(reads_int(bad[i]));
}

static void test_cbor_strings(void **state)
{
    (void)state;
    static const struct sv bad[] = {
        { "\x7f\x61" "a\xff", 4 },      /* indefinite */
        { "\x78\x01" "a", 3 },          /* length not minimal */
        { "\x62" "a", 2 },              /* cut off */
        { "\x62\xc3\x28", 3 },          /* bad UTF-8 */
        { "\x63\xed\xa0\x80", 4 },      /* surrogate */
        { "\x62\xc0\x80", 3 },          /* overlong */
        { "\x61\x00", 2 },              /* control character */
        { "\x65" "abcde", 6 },          /* more than max */
        { "\x41" "a", 2 },              /* bytes are not text */
        { "\x7b\xff\xff\xff\xff\xff\xff\xff\xff" "a", 10 },
    };
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        struct cbor c = { .rest = bad[i] };
        assert_int_equal(cbor_text(&c, 4).n, 0);
        assert_false(cbor_done(&c));
    }
    struct cbor c = { .rest = SV("\x64" "abcd" "\x80\xf6") };
    assert_true(sv_is(cbor_text(&c, 4), "abcd"));
    assert_false(cbor_null(&c));
    assert_int_equal(cbor_array(&c, 4), 0);
    assert_true(cbor_null(&c));
    assert_true(cbor_done(&c));
    struct cbor map = { .rest = SV("\xa2\x02\x00\x01\x00") }; /* keys 2, 1 */
    assert_int_equal(cbor_map(&map, 2), 2);
    cbor_key(&map, 1);
    assert_false(cbor_done(&map));
    struct cbor big = { .rest = SV("\x98\x21") }; /* 33 elements where 32 are allowed */
    assert_int_equal(cbor_array(&big, 32), 0);
    assert_true(big.failed);
}

/* ---- payload ---- */

#define DAY(y, m, d) date_of(y, m, d)

/* Permits as Wuhai's departments write them. */
static size_t permits(struct payload_permit *p, size_t n)
{
    const struct payload_permit all[] = {
        { SV("食品经营许可证"), SV("JY21503020012345"), SV("海勃湾区行政审批和政务服务局"),
          DAY(2026, 11, 23), DAY(2031, 11, 22), 51234 },
        { SV("药品经营许可证（零售）"), SV("蒙DA4730123"), SV("乌海市市场监督管理局"),
          DAY(2026, 11, 20), DAY(2031, 11, 19), 51299 },
        { SV("第二类医疗器械经营备案凭证"), SV("蒙乌药监械经营备案20260012号"),
          SV("乌海市市场监督管理局"), DAY(2026, 11, 20), DATE_NONE, 88213 },
        { SV("烟草专卖零售许可证"), SV("150302105678"), SV("乌海市烟草专卖局"),
          DAY(2026, 11, 19), DAY(2031, 11, 18), 3345 },
        { SV("公共场所卫生许可证"), SV("乌海卫公证字〔2026〕第150302-00123号"),
          SV("海勃湾区卫生健康委员会"), DAY(2026, 11, 23), DAY(2030, 11, 22), 127777 },
        { SV("娱乐经营许可证"), SV("150302160012"), SV("海勃湾区文体旅游广电局"),
          DAY(2026, 11, 23), DAY(2028, 11, 22), 12777 },
        { SV("特种行业许可证"), SV("公特（旅）字第150302-0012号"),
          SV("乌海市公安局海勃湾区分局"), DAY(2026, 11, 23), DATE_NONE, -1 },
        { SV("电影放映经营许可证"), SV("蒙乌证放字第0007号"), SV("海勃湾区文体旅游广电局"),
          DAY(2026, 11, 23), DAY(2028, 11, 22), 12779 },
    };
    for (size_t i = 0; i < n; i++)
        p[i] = all[i % 8];
    return n;
}

static struct payload licence(struct payload_permit *p, size_t n)
{
    return (struct payload){
        .format = PAYLOAD_FORMAT, .status_index = 70001, .key_id = SV("9f86d081884c7d65"), .number = SV("WHZH150302022026000123"), .version = 3,
        .short_id = SV("7K3QD9XM"), .region = SV("150302"), .industry = SV("便利店"),
        .holder = SV("乌海市海勃湾区新华街好邻居便利店（个体工商户）"),
        .uscc = SV("92150302MA0N3K7T5X"), .person = SV("王建国"),
        .address = SV("内蒙古自治区乌海市海勃湾区新华西街街道办事处人民南路18号滨河花园小区"
                      "3号楼底商102室"),
        .issuer = SV("海勃湾区行政审批和政务服务局"), .issued = DAY(2026, 11, 27),
        .issued_at = INT64_C(1795755323123), .permits = p, .n_permits = permits(p, n),
    };
}

static void assert_sv(struct sv a, struct sv b)
{
    assert_true(sv_eq(a, b));
}

static void assert_same(const struct payload *a, const struct payload *b)
{
    assert_sv(a->key_id, b->key_id);
    assert_sv(a->number, b->number);
    assert_sv(a->short_id, b->short_id);
    assert_sv(a->region, b->region);
    assert_sv(a->industry, b->industry);
    assert_sv(a->holder, b->holder);
    assert_sv(a->uscc, b->uscc);
    assert_sv(a->person, b->person);
    assert_sv(a->address, b->address);
    assert_sv(a->issuer, b->issuer);
    assert_true(a->version == b->version && a->issued == b->issued &&
                a->issued_at == b->issued_at && a->n_permits == b->n_permits &&
                a->format == b->format && a->status_index == b->status_index);
    for (size_t i = 0; i < a->n_permits; i++) {
        const struct payload_permit *x = &a->permits[i];
        const struct payload_permit *y = &b->permits[i];
        assert_sv(x->name, y->name);
        assert_sv(x->number, y->number);
        assert_sv(x->department, y->department);
        assert_true(x->granted == y->granted && x->valid_until == y->valid_until &&
                    x->status_index == y->status_index);
    }
}

static void test_round_trip(void **state)
{
    (void)state;
    struct payload_permit p[PAYLOAD_MAX_PERMITS];
    for (size_t n = 0; n <= 25; n++) {
        struct buf carried;
        struct payload in = licence(p, n / 2);
        struct payload out;
        if (n % 2) /* as it was before the status list */
            in.format = 1, in.status_index = -1;
        if (n == 8) /* empty texts and an instant on another day are fine */
            in.person = in.industry = SV(""), in.issued_at = 0;
        buf_init(&carried, 10000);
        assert_int_equal(payload_encode(&in, &carried, &err), 0);
        struct payload_carried c = { .format = in.format, .bytes = buf_sv(&carried) };
        assert_int_equal(payload_decode(&c, arena, &out, &err), 0);
        assert_same(&in, &out);
        c.format = 3 - c.format; /* neither is the other */
        assert_int_equal(payload_decode(&c, arena, &out, &err), ERR_INVALID);
        buf_done(&carried);
    }
}

static void make_text(const struct payload *in, const struct sm2_key *key, struct buf *text)
{
    struct buf carried;
    struct buf to_sign;
    buf_init(&carried, 10000);
    buf_init(&to_sign, 10000);
    assert_int_equal(payload_encode(in, &carried, &err), 0);
    struct payload_carried c = { .format = in->format, .bytes = buf_sv(&carried) };
    payload_to_sign(in->format, c.bytes, &to_sign);
    assert_int_equal(sm2_sign(key, buf_sv(&to_sign), c.sig, &err), 0);
    payload_text(&c, text);
    assert_true(buf_ok(text));
    buf_done(&carried);
    buf_done(&to_sign);
}

/* The whole check of a verifier. */
static bool verifies(struct sv text, const struct sm2_key *key)
{
    struct arena *a = arena_new();
    struct err e;
    struct payload_carried c;
    struct buf to_sign;
    struct payload out;
    err_init(&e, a);
    buf_init(&to_sign, 10000);
    bool ok = payload_split(text, &c, &e) == 0;
    if (ok) {
        payload_to_sign(c.format, c.bytes, &to_sign);
        ok = sm2_verify(key, buf_sv(&to_sign), c.sig) && payload_decode(&c, a, &out, &e) == 0;
    }
    buf_done(&to_sign);
    arena_free(a);
    return ok;
}

static void test_any_changed_character_fails(void **state)
{
    (void)state;
    struct payload_permit p[1];
    struct payload in = licence(p, 1);
    struct buf text;
    struct sm2_key *key = sm2_generate(&err);
    in.address = SV("海勃湾区"); /* short: every check costs a signature */
    in.holder = SV("小店");
    buf_init(&text, 10000);
    make_text(&in, key, &text);
    assert_true(verifies(buf_sv(&text), key));
    for (size_t i = 0; i < text.n; i++) {
        char right = text.p[i];
        for (const char *c = ALPHABET; *c; c++) {
            if (*c == right)
                continue;
            text.p[i] = *c;
            assert_false(verifies(buf_sv(&text), key));
        }
        text.p[i] = 'a'; /* not in the alphabet */
        assert_false(verifies(buf_sv(&text), key));
        text.p[i] = right;
    }
    for (size_t n = 0; n < text.n; n++)
        assert_false(verifies(sv_make(text.p, n), key));
    buf_byte(&text, '0');
    assert_false(verifies(buf_sv(&text), key));
    sm2_free(key);
    buf_done(&text);
}

static void test_url(void **state)
{
    (void)state;
    struct payload_permit p[2];
    struct payload in = licence(p, 2);
    struct sm2_key *key = sm2_generate(&err);
    struct buf text;
    struct buf url;
    buf_init(&text, 10000);
    buf_init(&url, 10000);
    make_text(&in, key, &text);
    payload_url(SV("https://zwfw.wuhai.gov.cn"), in.short_id, buf_sv(&text), &url);
    assert_true(sv_starts(buf_sv(&url), SV("HTTPS://ZWFW.WUHAI.GOV.CN/V/7K3QD9XM#2")));
    assert_true(verifies(buf_sv(&url), key));
    buf_clear(&url);
    payload_url(SV("http://127.0.0.1:8080"), in.short_id, buf_sv(&text), &url);
    assert_true(sv_starts(buf_sv(&url), SV("HTTP://127.0.0.1:8080/V/7K3QD9XM#2")));
    assert_true(verifies(buf_sv(&url), key));
    sm2_free(key);
    buf_done(&text);
    buf_done(&url);
}

static void test_short_id_of_url(void **state)
{
    (void)state;
    static const struct { const char *text, *id; } v[] = {
        { "HTTPS://X.CN/V/7K3QD9XM#2ABC", "7K3QD9XM" }, { "https://x.cn/v/7k#2ABC", "7k" },
        { "/V/AB#2", "AB" }, { "HTTPS://X.CN/V/#2ABC", "" }, { "2ABC", "" }, { "#2ABC", "" },
        { "HTTPS://X.CN/V#2ABC", "" }, { "https://x.cn/verify#2ABC", "" }, { "V/A#2", "" },
        { "HTTPS://X.CN/V/7K3QD9XM", "" },
    };
    for (size_t i = 0; i < sizeof v / sizeof *v; i++)
        assert_true(sv_is(payload_url_short(sv_of(v[i].text)), v[i].id));
}

static void test_qr_versions(void **state)
{
    (void)state;
    static const struct { size_t n; int most; } cases[] = { { 1, 14 }, { 3, 16 }, { 5, 18 }, { 8, 20 } };
    struct sm2_key *key = sm2_generate(&err);
    for (size_t i = 0; i < 4; i++) {
        struct payload_permit p[8];
        struct payload in = licence(p, cases[i].n);
        struct buf text;
        struct buf url;
        buf_init(&text, 10000);
        buf_init(&url, 10000);
        make_text(&in, key, &text);
        payload_url(SV("https://zwfw.wuhaishi.gov.cn"), in.short_id, buf_sv(&text), &url);
        QRcode *code = QRcode_encodeString(url.p, 0, QR_ECLEVEL_M, QR_MODE_8, 1);
        assert_non_null(code);
        print_message("%zu permits: %zu characters, QR version %d at level M\n", cases[i].n, url.n,
                      code->version);
        assert_in_range(code->version, 1, cases[i].most);
        QRcode_free(code);
        buf_done(&text);
        buf_done(&url);
    }
    sm2_free(key);
}

static void test_encode_refuses(void **state)
{
    (void)state;
    struct payload_permit p[PAYLOAD_MAX_PERMITS];
    struct buf out;
    char noise[32][600];
    buf_init(&out, 10000);
    for (int i = 0; i < 11; i++) {
        struct payload in = licence(p, 2);
        switch (i) {
        case 0: in.key_id = SV("9F86D081884C7D65"); break; /* upper case */
        case 1: in.short_id = SV("A/B"); break;
        case 2: in.region = SV("15030"); break;
        case 3: in.version = 0; break;
        case 4: in.issued = DATE_NONE; break;
        case 5: in.holder = SV("\xff"); break;
        case 6: p[1].name = SV("a\x01"); break;
        case 7: in.format = 3; break;
        case 8: in.format = 1; break; /* has no place for the status index */
        case 9: in.status_index = -2; break;
        default: p[1].granted = 1 << 30; break;
        }
        assert_int_equal(payload_encode(&in, &out, &err), ERR_INVALID);
        assert_int_equal(out.n, 0);
    }
    for (size_t i = 0; i < 32; i++)
        for (size_t k = 0; k < 600; k++)
            noise[i][k] = (char)(33 + (i * 7919 + k * k * 31 + k * 17) % 94);
    struct payload in = licence(p, 32);
    for (size_t i = 0; i < 32; i++)
        p[i].name = sv_make(noise[i], 100);
    assert_int_equal(payload_encode(&in, &out, &err), ERR_TOO_LARGE);
    in.n_permits = 33;
    assert_int_equal(payload_encode(&in, &out, &err), ERR_TOO_LARGE);
    assert_int_equal(out.n, 0);
    buf_done(&out);
}

static int decode(struct sv bytes, struct payload *out)
{
    struct payload_carried c = { .format = PAYLOAD_FORMAT, .bytes = bytes };
    return payload_decode(&c, arena, out, &err);
}

/* Bombs, wrong flags, rubbish behind the stream. */
static void test_decode_hostile(void **state)
{
    (void)state;
    struct payload out;
    static unsigned char zeros[1 << 20];
    unsigned char bomb[3000] = { 1 };
    z_stream z = { .next_in = zeros, .avail_in = sizeof zeros, .next_out = bomb + 1,
                   .avail_out = sizeof bomb - 1 };
    assert_int_equal(deflateInit2(&z, 9, Z_DEFLATED, -15, 9, Z_DEFAULT_STRATEGY), Z_OK);
    assert_int_equal(deflate(&z, Z_FINISH), Z_STREAM_END);
    deflateEnd(&z);
    assert_int_equal(decode(SV(""), &out), ERR_INVALID);
    assert_int_equal(decode(SV("\x00"), &out), ERR_INVALID);
    assert_int_equal(decode(SV("\x03\xaf"), &out), ERR_INVALID);
    assert_int_equal(decode(sv_make((char *)bomb, 1 + z.total_out), &out), ERR_INVALID);
    struct payload_permit p[2];
    struct payload in = licence(p, 2);
    struct buf carried;
    buf_init(&carried, 10000);
    assert_int_equal(payload_encode(&in, &carried, &err), 0);
    assert_int_equal(carried.p[0], 2);
    buf_byte(&carried, 0);
    assert_int_equal(decode(buf_sv(&carried), &out), ERR_INVALID);
    buf_done(&carried);
    assert_int_equal(out.n_permits, 0);
}

/* docs/qr-payload.md must show the dictionary byte for byte: others build on it. */
static void test_dictionary_is_documented(void **state)
{
    (void)state;
    const char *source = getenv("YZ_SOURCE");
    if (!source)
        skip();
    char *path = arena_printf(arena, "%s/docs/qr-payload.md", source);
    struct buf doc;
    buf_init(&doc, 100000);
    FILE *f = fopen(path, "rb");
    assert_non_null(f);
    for (int c = fgetc(f); c != EOF; c = fgetc(f))
        if (c != '\n')
            buf_byte(&doc, (unsigned char)c);
    fclose(f);
    assert_non_null(strstr(doc.p, payload_dictionary().p));
    struct sm3_hash h;
    char hex[65];
    sm3(payload_dictionary(), &h);
    sm3_hex(&h, hex);
    if (!strstr(doc.p, hex))
        fail_msg("docs/qr-payload.md lacks the dictionary's SM3 %s", hex);
    buf_done(&doc);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_base41_vectors),
        cmocka_unit_test(test_base41_refuses),
        cmocka_unit_test(test_base41_canonical),
        cmocka_unit_test(test_cbor_ints),
        cmocka_unit_test(test_cbor_strings),
        cmocka_unit_test(test_round_trip),
        cmocka_unit_test(test_url),
        cmocka_unit_test(test_short_id_of_url),
        cmocka_unit_test(test_qr_versions),
        cmocka_unit_test(test_encode_refuses),
        cmocka_unit_test(test_decode_hostile),
        cmocka_unit_test(test_dictionary_is_documented),
        cmocka_unit_test(test_any_changed_character_fails),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
