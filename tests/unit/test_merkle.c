/* merkle: vectors of RFC 6962 implementations (SHA-256) and their SM3 counterparts; every
 * proof against a naive recursion written straight from RFC 9162. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <openssl/sha.h>
#include <stdlib.h>

#include "domain/ledger/merkle.h"
#include "sys/crypto.h"

enum { MAX_LEAVES = 2000, MAX_PATH = MERKLE_LEVELS * 2 };

static void sha256(struct sv data, struct merkle_hash *out)
{
    SHA256((const unsigned char *)data.p, data.n, out->b);
}

static void hash_sm3(struct sv data, struct merkle_hash *out)
{
    struct sm3_hash h;
    sm3(data, &h);
    memcpy(out->b, h.b, MERKLE_HASH);
}

static struct merkle_hash leaves[MAX_LEAVES];

static struct merkle_hash hex(const char *text)
{
    struct sm3_hash h;
    struct merkle_hash out;
    assert_true(sm3_from_hex(sv_of(text), &h));
    memcpy(out.b, h.b, MERKLE_HASH);
    return out;
}

/* ---- naive: RFC 9162 2.1.1, 2.1.3.1, 2.1.4.1 as written ---- */

static size_t split(size_t n)
{
    size_t k = 1;
    while (k * 2 < n)
        k *= 2;
    return k;
}

static struct merkle_hash mth(merkle_hash_fn *h, size_t lo, size_t n)
{
    struct merkle_hash out;
    if (n == 0)
        h(SV(""), &out);
    else if (n == 1)
        out = leaves[lo];
    else {
        size_t k = split(n);
        struct merkle_hash l = mth(h, lo, k);
        struct merkle_hash r = mth(h, lo + k, n - k);
        merkle_node(h, &l, &r, &out);
    }
    return out;
}

static int path(merkle_hash_fn *h, size_t m, size_t lo, size_t n, struct merkle_hash *out)
{
    if (n == 1)
        return 0;
    size_t k = split(n);
    bool left = m < k;
    int c = left ? path(h, m, lo, k, out) : path(h, m - k, lo + k, n - k, out);
    out[c] = left ? mth(h, lo + k, n - k) : mth(h, lo, k);
    return c + 1;
}

static int subproof(merkle_hash_fn *h, size_t m, size_t lo, size_t n, bool b,
                    struct merkle_hash *out)
{
    if (m == n) {
        if (!b)
            out[0] = mth(h, lo, n);
        return b ? 0 : 1;
    }
    size_t k = split(n);
    int c = m <= k ? subproof(h, m, lo, k, b, out) : subproof(h, m - k, lo + k, n - k, false, out);
    out[c] = m <= k ? mth(h, lo + k, n - k) : mth(h, lo, k);
    return c + 1;
}

/* ---- a store of perfect subtrees, filled by merkle_append ---- */

static struct merkle_hash nodes[12][MAX_LEAVES];
static bool known[12][MAX_LEAVES];
static struct merkle_hash roots[MAX_LEAVES + 1];

static void keep(void *ctx, unsigned level, uint64_t index, const struct merkle_hash *hash)
{
    (void)ctx;
    assert_true(level >= 1 && level < 12 && index < MAX_LEAVES);
    assert_false(known[level][index]); /* once per subtree */
    known[level][index] = true;
    nodes[level][index] = *hash;
}

static int fetch(void *ctx, unsigned level, uint64_t index, struct merkle_hash *out)
{
    (void)ctx;
    assert_true(level < 12 && index < MAX_LEAVES && known[level][index]);
    *out = nodes[level][index];
    return 0;
}

static int fetch_fails(void *ctx, unsigned level, uint64_t index, struct merkle_hash *out)
{
    (void)ctx;
    (void)level;
    (void)index;
    (void)out;
    return -77;
}

static void assert_frontier_round_trip(const struct merkle_frontier *f, const struct merkle_hash *root)
{
    unsigned char bytes[8 + MERKLE_LEVELS * MERKLE_HASH];
    struct merkle_frontier again;
    struct merkle_hash r;
    size_t n = merkle_frontier_write(f, bytes);
    assert_true(merkle_frontier_read(sv_make((char *)bytes, n), &again));
    merkle_root(hash_sm3, &again, &r);
    assert_memory_equal(r.b, root->b, MERKLE_HASH);
    assert_false(merkle_frontier_read(sv_make((char *)bytes, n - 1), &again));
}

static int build(void **state)
{
    (void)state;
    struct merkle_frontier f = { 0 };
    merkle_root(hash_sm3, &f, &roots[0]);
    for (uint32_t i = 0; i < MAX_LEAVES; i++) {
        merkle_leaf(hash_sm3, sv_make((char *)&i, sizeof i), &leaves[i]);
        nodes[0][i] = leaves[i];
        known[0][i] = true;
        merkle_append(hash_sm3, &f, &leaves[i], keep, NULL);
        merkle_root(hash_sm3, &f, &roots[i + 1]);
        if (i < 70)
            assert_frontier_round_trip(&f, &roots[i + 1]);
    }
    return 0;
}

static void test_roots_naive(void **state)
{
    (void)state;
    for (size_t n = 0; n <= MAX_LEAVES; n += n < 130 ? 1 : 187) {
        struct merkle_hash want = mth(hash_sm3, 0, n);
        assert_memory_equal(roots[n].b, want.b, MERKLE_HASH);
    }
}

static void check_inclusion(size_t i, size_t n)
{
    struct merkle_hash got[MAX_PATH + 1];
    struct merkle_hash want[MAX_PATH];
    int c = merkle_inclusion(hash_sm3, fetch, NULL, i, n, got);
    assert_int_equal(c, path(hash_sm3, i, 0, n, want));
    assert_memory_equal(got, want, (size_t)c * sizeof *got);
    assert_true(merkle_check_inclusion(hash_sm3, i, n, &leaves[i], got, (size_t)c, &roots[n]));
    /* and nothing near it */
    assert_false(merkle_check_inclusion(hash_sm3, i, n, &leaves[i], got, (size_t)c, &roots[n - 1]));
    assert_false(merkle_check_inclusion(hash_sm3, i, n, &leaves[(i + 1) % MAX_LEAVES], got,
                                        (size_t)c, &roots[n]));
    assert_false(merkle_check_inclusion(hash_sm3, n, n, &leaves[i], got, (size_t)c, &roots[n]));
    got[c] = leaves[0];
    assert_false(merkle_check_inclusion(hash_sm3, i, n, &leaves[i], got, (size_t)c + 1, &roots[n]));
    if (c == 0)
        return;
    assert_false(merkle_check_inclusion(hash_sm3, i, n, &leaves[i], got, (size_t)c - 1, &roots[n]));
    got[c / 2].b[5] ^= 1;
    assert_false(merkle_check_inclusion(hash_sm3, i, n, &leaves[i], got, (size_t)c, &roots[n]));
}

static void check_consistency(size_t m, size_t n)
{
    struct merkle_hash got[MAX_PATH + 1];
    struct merkle_hash want[MAX_PATH];
    int c = merkle_consistency(hash_sm3, fetch, NULL, m, n, got);
    assert_int_equal(c, m ? subproof(hash_sm3, m, 0, n, true, want) : 0);
    assert_memory_equal(got, want, (size_t)c * sizeof *got);
    assert_true(merkle_check_consistency(hash_sm3, m, n, got, (size_t)c, &roots[m], &roots[n]));
    struct merkle_hash wrong = roots[m];
    wrong.b[0] ^= 1;
    assert_false(merkle_check_consistency(hash_sm3, m, n, got, (size_t)c, &wrong, &roots[n]));
    if (m == 0)
        return; /* every tree continues the empty one: the new root is not looked at */
    wrong = roots[n];
    wrong.b[31] ^= 0x80;
    assert_false(merkle_check_consistency(hash_sm3, m, n, got, (size_t)c, &roots[m], &wrong));
    got[c] = leaves[0];
    assert_false(merkle_check_consistency(hash_sm3, m, n, got, (size_t)c + 1, &roots[m], &roots[n]));
    if (c == 0)
        return;
    assert_false(merkle_check_consistency(hash_sm3, m, n, got, (size_t)c - 1, &roots[m], &roots[n]));
    got[c / 2].b[9] ^= 4;
    assert_false(merkle_check_consistency(hash_sm3, m, n, got, (size_t)c, &roots[m], &roots[n]));
}

static void test_all_to_64(void **state)
{
    (void)state;
    for (size_t n = 1; n <= 64; n++) {
        for (size_t i = 0; i < n; i++)
            check_inclusion(i, n);
        for (size_t m = 0; m <= n; m++)
            check_consistency(m, n);
    }
}

static void test_random_to_2000(void **state)
{
    (void)state;
    uint64_t seed = 20261123; /* fixed: a failure can be repeated */
    for (int round = 0; round < 300; round++) {
        seed = seed * 6364136223846793005u + 1442695040888963407u;
        size_t n = 1 + (size_t)(seed >> 33) % MAX_LEAVES;
        seed = seed * 6364136223846793005u + 1442695040888963407u;
        size_t m = (size_t)(seed >> 33) % n;
        check_inclusion(m, n);
        check_consistency(m, n);
    }
}

static void test_bad_arguments(void **state)
{
    (void)state;
    struct merkle_hash out[MAX_PATH];
    assert_true(merkle_inclusion(hash_sm3, fetch, NULL, 5, 5, out) < 0);
    assert_true(merkle_inclusion(hash_sm3, fetch, NULL, 0, UINT64_MAX, out) < 0);
    assert_true(merkle_consistency(hash_sm3, fetch, NULL, 6, 5, out) < 0);
    assert_int_equal(merkle_inclusion(hash_sm3, fetch_fails, NULL, 1, 5, out), -77);
    assert_int_equal(merkle_consistency(hash_sm3, fetch_fails, NULL, 3, 5, out), -77);
    assert_false(merkle_check_inclusion(hash_sm3, 0, UINT64_MAX, &leaves[0], out, 200, &roots[1]));
    struct merkle_frontier f;
    assert_false(merkle_frontier_read(SV(""), &f));
    assert_false(merkle_frontier_read(SV("\xff\xff\xff\xff\xff\xff\xff\xff"), &f));
    assert_true(merkle_frontier_read(SV("\0\0\0\0\0\0\0\0"), &f));
}

/* ---- published vectors ---- */

static const struct sv INPUT[8] = {
    { "", 0 }, { "\x00", 1 }, { "\x10", 1 }, { "\x20\x21", 2 }, { "\x30\x31", 2 },
    { "\x40\x41\x42\x43", 4 }, { "\x50\x51\x52\x53\x54\x55\x56\x57", 8 },
    { "\x60\x61\x62\x63\x64\x65\x66\x67\x68\x69\x6a\x6b\x6c\x6d\x6e\x6f", 16 },
};
static const char *const SHA_ROOT[9] = {
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
};
#define H_DEEP "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b"
#define H_PAIR "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0"
#define H_LEFT "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7"

struct small_tree { struct merkle_hash node[4][8]; };

static void keep_small(void *ctx, unsigned level, uint64_t index, const struct merkle_hash *hash)
{
    ((struct small_tree *)ctx)->node[level][index] = *hash;
}

static int fetch_small(void *ctx, unsigned level, uint64_t index, struct merkle_hash *out)
{
    *out = ((struct small_tree *)ctx)->node[level][index];
    return 0;
}

static void assert_hash(const struct merkle_hash *got, const char *want)
{
    struct merkle_hash w = hex(want);
    assert_memory_equal(got->b, w.b, MERKLE_HASH);
}

static void test_vectors_sha256(void **state)
{
    (void)state;
    struct small_tree t;
    struct merkle_frontier f = { 0 };
    struct merkle_hash r;
    struct merkle_hash out[MAX_PATH];
    for (unsigned n = 0; n <= 8; n++) {
        merkle_root(sha256, &f, &r);
        assert_hash(&r, SHA_ROOT[n]);
        if (n == 8)
            break;
        merkle_leaf(sha256, INPUT[n], &t.node[0][n]);
        merkle_append(sha256, &f, &t.node[0][n], keep_small, &t);
    }
    assert_int_equal(merkle_inclusion(sha256, fetch_small, &t, 5, 8, out), 3);
    assert_hash(&out[0], H_DEEP);
    assert_hash(&out[1], H_PAIR);
    assert_hash(&out[2], H_LEFT);
    assert_int_equal(merkle_consistency(sha256, fetch_small, &t, 6, 8, out), 3);
    assert_hash(&out[0], "0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a");
    assert_hash(&out[1], H_PAIR);
    assert_hash(&out[2], H_LEFT);
    assert_int_equal(merkle_consistency(sha256, fetch_small, &t, 2, 5, out), 2);
    assert_hash(&out[0], "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e");
    assert_hash(&out[1], H_DEEP);
}

static void test_vectors_sm3(void **state)
{
    (void)state;
    struct merkle_frontier f = { 0 };
    struct merkle_hash r;
    for (unsigned n = 1; n <= 8; n++) {
        merkle_leaf(hash_sm3, INPUT[n - 1], &r);
        merkle_append(hash_sm3, &f, &r, NULL, NULL);
        merkle_root(hash_sm3, &f, &r);
        if (n == 1)
            assert_hash(&r, "2daef60e7a0b8f5e024c81cd2ab3109f2b4f155cf83adeb2ae5532f74a157fdf");
        if (n == 3)
            assert_hash(&r, "209ec96a210d662a964772680e8544d18cab7b88ffec3e00962220349b56ea56");
        if (n == 8)
            assert_hash(&r, "bc48ba7a709184b5f2a631e1adeb8dc2a0d4c018c1d6cc89b5664fe154c93b38");
    }
}

/* A leaf longer than the stack buffer hashes like any other. */
static void test_long_leaf(void **state)
{
    (void)state;
    static char data[5001];
    struct merkle_hash got;
    struct merkle_hash want;
    for (size_t n = 1020; n <= 5000; n += n < 1030 ? 1 : 993) {
        merkle_leaf(hash_sm3, sv_make(data + 1, n), &got); /* data is all zero, so is the prefix */
        hash_sm3(sv_make(data, n + 1), &want);
        assert_memory_equal(got.b, want.b, MERKLE_HASH);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_vectors_sha256), cmocka_unit_test(test_vectors_sm3),
        cmocka_unit_test(test_roots_naive),    cmocka_unit_test(test_all_to_64),
        cmocka_unit_test(test_random_to_2000), cmocka_unit_test(test_bad_arguments),
        cmocka_unit_test(test_long_leaf),
    };
    return cmocka_run_group_tests(tests, build, NULL);
}
