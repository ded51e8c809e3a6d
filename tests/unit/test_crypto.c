/* crypto: published vectors of SM3, HMAC and SM2; threads; passwords; randomness. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "sys/crypto.h"

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

static void unhex(const char *hex, unsigned char *out)
{
    for (size_t i = 0; hex[2 * i]; i++) {
        char two[3] = { hex[2 * i], hex[2 * i + 1], 0 };
        out[i] = (unsigned char)strtoul(two, NULL, 16);
    }
}

static void assert_sm3(struct sv data, const char *want)
{
    struct sm3_hash h;
    struct sm3_hash again;
    char hex[65];
    sm3(data, &h);
    sm3_hex(&h, hex);
    assert_string_equal(hex, want);
    assert_true(sm3_from_hex(sv_of(hex), &again));
    assert_memory_equal(h.b, again.b, SM3_SIZE);
}

static void test_sm3(void **state)
{
    (void)state;
    struct sm3_hash h;
    char hex[65];
    char many[64 + 1];
    assert_sm3(SV(""), "1ab21d8355cfa17f8e61194831e81a8f22bec8c728fefb747ed035eb5082aa2b");
    assert_sm3(SV("abc"), "66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0");
    for (size_t i = 0; i < 64; i++) /* second example of GB/T 32905 */
        many[i] = "abcd"[i % 4];
    assert_sm3(sv_make(many, 64),
               "debe9ff92275b8a138604889c18e5a4d6fdb70e5387e5765293dcba39c0c5732");
    struct sm3_ctx *c = sm3_new();
    for (int round = 0; round < 2; round++) { /* a context may be used anew */
        sm3_add(c, SV("a"));
        sm3_add(c, SV(""));
        sm3_add(c, SV("bc"));
        sm3_end(c, &h);
        sm3_hex(&h, hex);
        assert_string_equal(hex, "66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0");
    }
    sm3_free(c);
    assert_false(sm3_from_hex(SV("66c7"), &h));
    hex[10] = 'g';
    assert_false(sm3_from_hex(sv_of(hex), &h));
}

static void test_hmac(void **state)
{
    (void)state;
    /* against OpenSSL, around the block size of 64 */
    static const size_t lengths[] = { 0, 1, 32, 63, 64, 65, 128, 200 };
    char key[200];
    char data[300];
    for (size_t i = 0; i < sizeof key; i++)
        key[i] = (char)(i * 7);
    for (size_t i = 0; i < sizeof data; i++)
        data[i] = (char)(i * 3);
    for (size_t i = 0; i < sizeof lengths / sizeof *lengths; i++) {
        struct sm3_hash ours;
        unsigned char theirs[32];
        unsigned n = 0;
        assert_non_null(HMAC(EVP_sm3(), key, (int)lengths[i], (unsigned char *)data, sizeof data,
                             theirs, &n));
        hmac_sm3(sv_make(key, lengths[i]), sv_make(data, sizeof data), &ours);
        assert_memory_equal(ours.b, theirs, 32);
    }
}

/* GB/T 32918.5 */
static const char PUB_HEX[] =
    "0409F9DF311E5421A150DD7D161E4BC5C672179FAD1833FC076BB08FF356F35020"
    "CCEA490CE26775A52DC6EA718CC1AA600AED05FBF35E084A6632F6072DA9AD13";
static const char SIG_HEX[] =
    "F5A03B0648D2C4630EEAC513E1BB81A15944DA3827D5B74143AC7EACEEE720B3"
    "B1B6AA29DF212FD8763182BC0D421CA1BB9038FD1F7F42D4840B69C485BBC1AA";
/* The vector's private key as PKCS#8. */
static const char KEY_HEX[] = "3945208F7B2144B13F36E38AC6D39F95889393692860B51A42FB81EF4DF7C5B8";

static void test_sm2_vector(void **state)
{
    (void)state;
    unsigned char pub[SM2_PUB_SIZE];
    unsigned char raw[SM2_PUB_SIZE];
    unsigned char sig[SM2_SIG_SIZE];
    unhex(PUB_HEX, pub);
    unhex(SIG_HEX, sig);
    struct sm2_key *k = sm2_from_public(pub, &err);
    assert_non_null(k);
    assert_true(sm2_verify(k, SV("message digest"), sig));
    assert_false(sm2_verify(k, SV("message digesT"), sig));
    for (size_t i = 0; i < SM2_SIG_SIZE; i++) {
        sig[i] ^= 1;
        assert_false(sm2_verify(k, SV("message digest"), sig));
        sig[i] ^= 1;
    }
    assert_int_equal(sm2_public_raw(k, raw, &err), 0);
    assert_memory_equal(raw, pub, SM2_PUB_SIZE);
    assert_int_equal(sm2_sign(k, SV("x"), sig, &err), ERR_INVALID);
    sm2_free(k);
}

static void test_sm2_private_vector(void **state)
{
    (void)state;
    unsigned char d[32];
    unsigned char pub[SM2_PUB_SIZE];
    unsigned char got[SM2_PUB_SIZE];
    unsigned char sig[SM2_SIG_SIZE];
    struct buf der;
    struct buf pem;
    unhex(KEY_HEX, d);
    unhex(PUB_HEX, pub);
    static const unsigned char head[] = {
        0x30, 0x81, 0x87, 2, 1, 0, 0x30, 0x13, 6, 7, 0x2a, 0x86, 0x48, 0xce, 0x3d, 2, 1,
        6, 8, 0x2a, 0x81, 0x1c, 0xcf, 0x55, 1, 0x82, 0x2d, 4, 0x6d, 0x30, 0x6b, 2, 1, 1, 4, 0x20
    };
    buf_init(&der, 1000);
    buf_init(&pem, 1000);
    buf_add(&der, head, sizeof head);
    buf_add(&der, d, 32);
    buf_add(&der, "\xa1\x44\x03\x42\x00", 5);
    buf_add(&der, pub, sizeof pub);
    unsigned char b64[400];
    EVP_EncodeBlock(b64, (unsigned char *)der.p, (int)der.n);
    buf_fmt(&pem, "-----BEGIN PRIVATE KEY-----\n%s\n-----END PRIVATE KEY-----\n", (char *)b64);
    struct sm2_key *k = sm2_load_pem(buf_sv(&pem), SV(""), &err);
    assert_non_null(k);
    sm2_public_raw(k, got, &err);
    assert_memory_equal(got, pub, sizeof pub);
    assert_int_equal(sm2_sign(k, SV("message digest"), sig, &err), 0);
    assert_true(sm2_verify(k, SV("message digest"), sig));
    sm2_free(k);
    der.p[der.n - 1] ^= 1; /* a public half that does not belong */
    EVP_EncodeBlock(b64, (unsigned char *)der.p, (int)der.n);
    buf_clear(&pem);
    buf_fmt(&pem, "-----BEGIN PRIVATE KEY-----\n%s\n-----END PRIVATE KEY-----\n", (char *)b64);
    assert_null(sm2_load_pem(buf_sv(&pem), SV(""), &err));
    buf_done(&der);
    buf_done(&pem);
}

static void test_sm2_pem(void **state)
{
    (void)state;
    struct buf private;
    struct buf public;
    unsigned char sig[SM2_SIG_SIZE];
    char id[3][17];
    buf_init(&private, 4096);
    buf_init(&public, 4096);
    struct sm2_key *k = sm2_generate(&err);
    assert_int_equal(sm2_private_pem(k, SV(""), &private, &err), 0);
    assert_int_equal(sm2_public_pem(k, &public, &err), 0);
    assert_true(sv_starts(buf_sv(&private), SV("-----BEGIN PRIVATE KEY-----")));
    assert_true(sv_starts(buf_sv(&public), SV("-----BEGIN PUBLIC KEY-----")));
    struct sm2_key *a = sm2_load_pem(buf_sv(&private), SV(""), &err);
    struct sm2_key *b = sm2_load_pem(buf_sv(&public), SV(""), &err);
    assert_non_null(a);
    assert_non_null(b);
    assert_int_equal(sm2_sign(a, SV("m"), sig, &err), 0);
    assert_true(sm2_verify(b, SV("m"), sig));
    sm2_key_id(k, id[0], &err);
    sm2_key_id(a, id[1], &err);
    sm2_key_id(b, id[2], &err);
    assert_string_equal(id[0], id[1]);
    assert_string_equal(id[0], id[2]);
    assert_int_equal(strlen(id[0]), 16);
    assert_int_equal(sm2_private_pem(b, SV(""), &private, &err), ERR_INVALID);
    sm2_free(k);
    sm2_free(a);
    sm2_free(b);
    buf_done(&private);
    buf_done(&public);
}

/* A P-256 key, an encrypted key, rubbish, an empty file: refused, without a question on the
 * terminal. */
static void test_sm2_bad_keys(void **state)
{
    (void)state;
    static const char p256[] =
        "-----BEGIN PUBLIC KEY-----\n"
        "MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEaxfR8uEsQkf4vOblY6RA8ncDfYEt6zOg9KE5RdiYwpZP40Li/"
        "hp/m47n60p8D54WK84zV2sxXs7LtkBoN79R9Q==\n-----END PUBLIC KEY-----\n";
    static const char locked[] =
        "-----BEGIN ENCRYPTED PRIVATE KEY-----\nMIGrMFcGCSqGSIb3DQEFDTBKMCkGCSqGSIb3DQEFDDAcBAg=\n"
        "-----END ENCRYPTED PRIVATE KEY-----\n";
    unsigned char pub[SM2_PUB_SIZE];
    assert_null(sm2_load_pem(sv_of(p256), SV(""), &err));
    assert_int_equal(err.code, ERR_INVALID);
    assert_null(sm2_load_pem(sv_of(locked), SV(""), &err));
    assert_null(sm2_load_pem(SV("hello"), SV(""), &err));
    assert_null(sm2_load_pem(SV(""), SV(""), &err));
    unhex(PUB_HEX, pub);
    pub[64] ^= 1; /* not on the curve */
    assert_null(sm2_from_public(pub, &err));
    memset(pub, 0, sizeof pub);
    assert_null(sm2_from_public(pub, &err));
}

/* r or s of 0, n or more is no signature. */
static void test_sm2_range(void **state)
{
    (void)state;
    static const char order[] = "FFFFFFFEFFFFFFFFFFFFFFFFFFFFFFFF7203DF6B21C6052B53BBF40939D54123";
    unsigned char pub[SM2_PUB_SIZE];
    unsigned char good[SM2_SIG_SIZE];
    unsigned char bad[SM2_SIG_SIZE];
    unhex(PUB_HEX, pub);
    unhex(SIG_HEX, good);
    struct sm2_key *k = sm2_from_public(pub, &err);
    for (int half = 0; half < 2; half++) {
        memcpy(bad, good, sizeof bad);
        memset(bad + 32 * half, 0, 32);
        assert_false(sm2_verify(k, SV("message digest"), bad));
        bad[32 * half + 31] = 1; /* short integers */
        assert_false(sm2_verify(k, SV("message digest"), bad));
        unhex(order, bad + 32 * half);
        assert_false(sm2_verify(k, SV("message digest"), bad));
        memset(bad + 32 * half, 0xff, 32);
        assert_false(sm2_verify(k, SV("message digest"), bad));
    }
    sm2_free(k);
}

enum { THREADS = 4, ROUNDS = 50 };

static void *sign_and_verify(void *key)
{
    struct sm2_key *k = key;
    uintptr_t good = 0;
    for (int i = 0; i < ROUNDS; i++) {
        unsigned char sig[SM2_SIG_SIZE];
        struct sv msg = sv_make((const char *)&i, sizeof i);
        good += sm2_sign(k, msg, sig, NULL) == 0 && sm2_verify(k, msg, sig);
    }
    return (void *)good;
}

static void test_sm2_threads(void **state)
{
    (void)state;
    pthread_t t[THREADS];
    struct sm2_key *k = sm2_generate(&err);
    for (int i = 0; i < THREADS; i++)
        assert_int_equal(pthread_create(&t[i], NULL, sign_and_verify, k), 0);
    for (int i = 0; i < THREADS; i++) {
        void *good;
        pthread_join(t[i], &good);
        assert_int_equal((uintptr_t)good, ROUNDS);
    }
    sm2_free(k);
}

static void test_password(void **state)
{
    (void)state;
    char phc[128];
    char again[128];
    assert_int_equal(password_hash(SV("乌海2026!"), phc, &err), 0);
    assert_true(sv_starts(sv_of(phc), SV("$argon2id$v=19$m=19456,t=2,p=1$")));
    assert_int_equal(password_hash(SV("乌海2026!"), again, &err), 0);
    assert_string_not_equal(phc, again); /* salted */
    assert_true(password_check(SV("乌海2026!"), phc));
    assert_false(password_check(SV("乌海2026"), phc));
    assert_false(password_check(SV(""), phc));
    assert_false(password_check(SV("x"), "$argon2id$v=19$m=1"));
    assert_false(password_check(SV("x"), ""));
    assert_false(password_check(SV("x"), NULL));
}

static void test_random(void **state)
{
    (void)state;
    static const size_t sizes[] = { 1, 2, 3, 16, 32 };
    static const size_t lengths[] = { 2, 3, 4, 22, 43 };
    char token[64];
    char digits[7];
    int seen[10] = { 0 };
    for (size_t i = 0; i < 5; i++) {
        random_token(sizes[i], token);
        assert_int_equal(strlen(token), lengths[i]);
        assert_int_equal(strspn(token, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
                                       "0123456789-_"), lengths[i]);
    }
    for (int i = 0; i < 2000; i++) {
        random_digits6(digits);
        assert_true(sv_digits(sv_of(digits), 6));
        seen[digits[0] - '0']++;
    }
    for (int i = 0; i < 10; i++)
        assert_in_range(seen[i], 100, 320);
    assert_true(crypto_equal(SV("ab"), SV("ab")));
    assert_false(crypto_equal(SV("ab"), SV("ac")));
    assert_false(crypto_equal(SV("ab"), SV("abc")));
    assert_true(crypto_equal(SV(""), SV("")));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_sm3),
        cmocka_unit_test(test_hmac),
        cmocka_unit_test(test_sm2_vector),
        cmocka_unit_test(test_sm2_private_vector),
        cmocka_unit_test(test_sm2_pem),
        cmocka_unit_test(test_sm2_bad_keys),
        cmocka_unit_test(test_sm2_range),
        cmocka_unit_test(test_sm2_threads),
        cmocka_unit_test(test_password),
        cmocka_unit_test(test_random),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
