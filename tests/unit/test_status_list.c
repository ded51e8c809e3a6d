/* status_list: the bits and the examples of W3C Bitstring Status List v1.0, strict decoding, and how
 * large and how slow the list of a million permits is. */
#include <zlib.h>

#include "domain/licence/status_list.h"
#include "test.h"

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

/* The two examples of the specification: nothing set, and bit 94567 set. */
#define EXAMPLE_EMPTY "uH4sIAAAAAAAAA-3BMQEAAADCoPVPbQwfoAAAAAAAAAAAAAAAAAAAAIC3AYbSVKsAQAAA"
#define EXAMPLE_94567 "uH4sIAAAAAAAC_-3QAQ0AAAwCIO1f2hz_IAIJAAAAAAAAAAAAAADfVAEAAADAOQNQdb5gAEAAAA"

static void test_examples_of_the_specification(void **state)
{
    (void)state;
    struct sv bits;
    assert_int_equal(status_decode(SV(EXAMPLE_EMPTY), arena, &bits, &err), 0);
    assert_int_equal(bits.n, 16384);
    for (int64_t i = 0; i < 131072; i++)
        assert_false(status_bit(bits, i));
    if (status_decode(SV(EXAMPLE_94567), arena, &bits, &err) == 0) {
        size_t set = 0;
        for (int64_t i = 0; i < (int64_t)bits.n * 8; i++)
            set += status_bit(bits, i);
        assert_int_equal(set, 1);
        assert_true(status_bit(bits, 94567));
        assert_int_equal((unsigned char)bits.p[11820], 0x01);
    } else {
        fail_msg("%s", err_text(&err));
    }
}

static void test_bits(void **state)
{
    (void)state;
    unsigned char bytes[2] = { 0 };
    status_set(bytes, 2, 0);
    status_set(bytes, 2, 15);
    status_set(bytes, 2, 16); /* outside: nothing happens */
    status_set(bytes, 2, -1);
    assert_int_equal(bytes[0], 0x80);
    assert_int_equal(bytes[1], 0x01);
    struct sv bits = sv_make((char *)bytes, 2);
    assert_true(status_bit(bits, 0) && status_bit(bits, 15));
    assert_false(status_bit(bits, 1) || status_bit(bits, 16) || status_bit(bits, -1));
}

static struct sv encoded(struct sv bits)
{
    struct buf b;
    buf_init(&b, STATUS_MAX_TEXT);
    assert_int_equal(status_encode(bits, &b, &err), 0);
    struct sv out = arena_sv(arena, buf_sv(&b));
    buf_done(&b);
    return out;
}

static void test_round_trip(void **state)
{
    (void)state;
    uint64_t seed = 7;
    static const size_t sizes[] = { STATUS_MIN_BYTES, STATUS_MIN_BYTES + 1, 40001, 40002,
                                    STATUS_LIST_BYTES, STATUS_MAX_BYTES };
    for (size_t s = 0; s < COUNT_OF(sizes); s++) {
        unsigned char *p = arena_alloc(arena, sizes[s]);
        for (int i = 0; i < 3000; i++)
            status_set(p, sizes[s], (int64_t)(test_random(&seed) % (sizes[s] * 8)));
        struct sv in = sv_make((char *)p, sizes[s]);
        struct sv out;
        assert_int_equal(status_decode(encoded(in), arena, &out, &err), 0);
        assert_true(sv_eq(in, out));
    }
    struct buf b;
    buf_init(&b, STATUS_MAX_TEXT);
    assert_int_equal(status_encode(SV("short"), &b, &err), ERR_INVALID);
    buf_done(&b);
}

/* gzip of n zero bytes, as base64url by the list's own encoder if it takes the size. */
static struct sv bomb(size_t n)
{
    unsigned char *zeros = arena_alloc(arena, n);
    unsigned char packed[8192];
    static const char letters[] =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    z_stream z = { .next_in = zeros, .avail_in = (unsigned)n, .next_out = packed,
                   .avail_out = sizeof packed };
    assert_int_equal(deflateInit2(&z, 9, Z_DEFLATED, 31, 9, 0), Z_OK);
    assert_int_equal(deflate(&z, Z_FINISH), Z_STREAM_END);
    deflateEnd(&z);
    struct buf b;
    buf_init(&b, 20000);
    buf_byte(&b, 'u');
    for (size_t i = 0; i < z.total_out * 8; i += 6) {
        unsigned v = 0;
        for (size_t k = 0; k < 6; k++)
            v = v << 1 | (i + k < z.total_out * 8 ? packed[(i + k) / 8] >> (7 - (i + k) % 8) & 1 : 0u);
        buf_byte(&b, (unsigned char)letters[v]);
    }
    struct sv out = arena_sv(arena, buf_sv(&b));
    buf_done(&b);
    return out;
}

static void test_refuses(void **state)
{
    (void)state;
    struct sv bits;
    struct sv good = SV(EXAMPLE_EMPTY);
    static const char *const bad[] = {
        "", "u", "H4sIAAAAAAAAA", "uA", "u====", "u!!!!", "uH4sI AAAA", "uAAAA", EXAMPLE_EMPTY "AAAA",
        "z" EXAMPLE_EMPTY,
    };
    for (size_t i = 0; i < COUNT_OF(bad); i++)
        assert_int_equal(status_decode(sv_of(bad[i]), arena, &bits, &err), ERR_INVALID);
    for (size_t n = 0; n < good.n; n++)
        assert_int_equal(status_decode(sv_make(good.p, n), arena, &bits, &err), ERR_INVALID);
    char *loose = arena_dup(arena, good); /* one more bit in the last letter: another text, same bytes */
    loose[good.n - 1]++;
    assert_int_equal(status_decode(sv_of(loose), arena, &bits, &err), ERR_INVALID);
    assert_int_equal(status_decode(bomb(STATUS_MIN_BYTES), arena, &bits, &err), 0);
    assert_int_equal(status_decode(bomb(STATUS_MIN_BYTES - 1), arena, &bits, &err), ERR_INVALID);
    assert_int_equal(status_decode(bomb(STATUS_MAX_BYTES), arena, &bits, &err), 0);
    assert_int_equal(status_decode(bomb(STATUS_MAX_BYTES + 1), arena, &bits, &err), ERR_INVALID);
    assert_int_equal(status_decode(bomb(6 << 20), arena, &bits, &err), ERR_INVALID);
}

/* The figure asked for: a million permits, one in a hundred revoked, at most 200 KB and 200 ms. */
static void test_a_million(void **state)
{
    (void)state;
    uint64_t seed = 4711;
    enum { MILLION = 1000000, REVOKED = MILLION / 100 };
    unsigned char *p = arena_alloc(arena, STATUS_LIST_BYTES);
    for (int n = 0; n < REVOKED;) {
        int64_t at = (int64_t)(test_random(&seed) % STATUS_LIST_SIZE);
        struct sv so_far = sv_make((char *)p, STATUS_LIST_BYTES);
        if (!status_bit(so_far, at)) {
            status_set(p, STATUS_LIST_BYTES, at);
            n++;
        }
    }
    double begin = test_seconds();
    struct sv text = encoded(sv_make((char *)p, STATUS_LIST_BYTES));
    double took = test_seconds() - begin;
    struct sv out;
    begin = test_seconds();
    assert_int_equal(status_decode(text, arena, &out, &err), 0);
    print_message("1,000,000 numbers, 10,000 set: %zu bytes encoded, made in %.1f ms, read in %.1f ms\n",
                  text.n, took * 1000, (test_seconds() - begin) * 1000);
    assert_true(text.n <= 200 * 1000);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_examples_of_the_specification),
        cmocka_unit_test(test_bits),
        cmocka_unit_test(test_round_trip),
        cmocka_unit_test(test_refuses),
        cmocka_unit_test(test_a_million),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
