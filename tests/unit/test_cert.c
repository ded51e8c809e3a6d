/* cert: certificates made and read here, verified here and by the openssl command line; DER signatures. */
#include "sys/cert.h"
#include "test.h"

enum { DAY_S = 86400 };
static const int64_t DAY_MS = (int64_t)DAY_S * 1000;

static struct arena *arena;
static struct err err;
static struct sm2_key *ca_key, *leaf_key, *other_key;
static int64_t now;

static int setup(void **state)
{
    (void)state;
    arena = arena_new();
    err_init(&err, arena);
    ca_key = sm2_generate(&err);
    leaf_key = sm2_generate(&err);
    other_key = sm2_generate(&err);
    now = (int64_t)time(NULL) * 1000;
    return ca_key && leaf_key && other_key ? 0 : -1;
}

static int teardown(void **state)
{
    (void)state;
    sm2_free(ca_key);
    sm2_free(leaf_key);
    sm2_free(other_key);
    arena_free(arena);
    return 0;
}

static struct cert_request ca_request(void)
{
    return (struct cert_request){ .o = SV("乌海市政务服务局"), .cn = SV("一业一证平台根证书"),
                                  .subject = ca_key, .issuer = ca_key, .from_ms = now - DAY_MS,
                                  .until_ms = now + 10 * DAY_MS, .is_ca = true };
}

static struct sv make(struct cert_request r)
{
    struct buf b;
    buf_init(&b, CERT_DER_MAX);
    if (cert_make(&r, &b, &err) != 0)
        fail_msg("%s", err_text(&err));
    struct sv der = arena_sv(arena, buf_sv(&b));
    buf_done(&b);
    return der;
}

static struct cert_request leaf_request(struct sv ca)
{
    return (struct cert_request){ .o = SV("乌海市海勃湾区行政审批局"), .cn = SV("电子印章签章人"),
                                  .subject = leaf_key, .issuer = ca_key, .issuer_cert = ca,
                                  .from_ms = now, .until_ms = now + 5 * DAY_MS };
}

static struct sv pem(struct sv der)
{
    struct buf b;
    buf_init(&b, 4 * CERT_DER_MAX);
    assert_int_equal(cert_to_pem(der, &b, &err), 0);
    struct sv s = arena_sv(arena, buf_sv(&b));
    buf_done(&b);
    return s;
}

static void test_read(void **state)
{
    (void)state;
    struct cert_info info;
    unsigned char raw[SM2_PUB_SIZE];
    struct sv ca = make(ca_request());
    struct cert_request r = leaf_request(ca);
    r.serial = 0x1234;
    r.until_ms = INT64_C(4102444800000); /* 2100-01-01: GeneralizedTime */
    struct sv leaf = make(r);
    assert_int_equal(cert_read(ca, arena, &info, &err), 0);
    assert_true(info.is_ca);
    assert_sv(info.cn, "一业一证平台根证书");
    assert_sv(info.issuer_cn, "一业一证平台根证书");
    assert_int_equal(info.serial.n, 32);
    assert_int_equal(cert_read(leaf, arena, &info, &err), 0);
    assert_false(info.is_ca);
    assert_sv(info.o, "乌海市海勃湾区行政审批局");
    assert_sv(info.cn, "电子印章签章人");
    assert_sv(info.issuer_o, "乌海市政务服务局");
    assert_sv(info.serial, "1234");
    assert_int_equal(info.from_ms, now / 1000 * 1000);
    assert_int_equal(info.until_ms, INT64_C(4102444800000));
    assert_int_equal(sm2_public_raw(leaf_key, raw, &err), 0);
    assert_memory_equal(raw, info.key, sizeof raw);
}

static void test_pem(void **state)
{
    (void)state;
    struct buf back;
    struct sv ca = make(ca_request());
    buf_init(&back, CERT_DER_MAX);
    assert_int_equal(cert_from_pem(pem(ca), &back, &err), 0);
    assert_true(sv_eq(buf_sv(&back), ca));
    assert_int_equal(cert_from_pem(SV("-----BEGIN"), &back, &err), ERR_INVALID);
    buf_done(&back);
}

static void refused(struct sv leaf, struct sv ca, int64_t at, const char *why)
{
    err_clear(&err);
    assert_int_equal(cert_verify(leaf, ca, at, &err), ERR_INVALID);
    assert_string_equal(err_text(&err), why);
}

static void test_verify(void **state)
{
    (void)state;
    struct sv ca = make(ca_request());
    struct sv leaf = make(leaf_request(ca));
    assert_int_equal(cert_verify(leaf, ca, now, &err), 0);
    assert_int_equal(cert_verify(leaf, ca, now + 5 * DAY_MS - 2000, &err), 0);
    refused(leaf, ca, now - 2000, "证书尚未生效");
    refused(leaf, ca, now + 5 * DAY_MS + 2000, "证书已过期");
    refused(leaf, leaf, now, "上级证书不是签发机构的证书");
    /* The same names, another key. */
    struct cert_request r = ca_request();
    r.subject = r.issuer = other_key;
    struct sv stranger = make(r);
    refused(leaf, stranger, now, "证书不是由该机构签发的");
    char *broken = arena_dup(arena, leaf);
    broken[leaf.n - 1] ^= 1;
    refused(sv_make(broken, leaf.n), ca, now, "证书上的签名不正确");
    refused(SV("30"), ca, now, "证书验证未通过");
}

static void test_bad_requests(void **state)
{
    (void)state;
    struct buf b;
    struct cert_info info;
    unsigned char raw[SM2_PUB_SIZE];
    struct sv ca = make(ca_request());
    buf_init(&b, CERT_DER_MAX);
    struct cert_request r = leaf_request(ca);
    r.cn = SV("");
    assert_int_equal(cert_make(&r, &b, &err), ERR_INVALID);
    r = leaf_request(ca);
    r.until_ms = r.from_ms;
    assert_int_equal(cert_make(&r, &b, &err), ERR_INVALID);
    r = leaf_request(ca);
    r.issuer = other_key; /* not the CA's */
    assert_int_equal(cert_make(&r, &b, &err), ERR_INVALID);
    sm2_public_raw(ca_key, raw, &err);
    struct sm2_key *public = sm2_from_public(raw, &err);
    r = leaf_request(ca);
    r.issuer = public;
    assert_int_equal(cert_make(&r, &b, &err), ERR_INVALID);
    assert_int_equal(b.n, 0);
    for (size_t n = 0; n < ca.n; n++)
        assert_int_equal(cert_read(sv_make(ca.p, n), arena, &info, &err), ERR_INVALID);
    assert_int_equal(cert_read(arena_printf_sv(arena, "%.*s", 0, ""), arena, &info, &err),
                     ERR_INVALID);
    sm2_free(public);
    buf_done(&b);
}

static void test_der_signature(void **state)
{
    (void)state;
    struct buf b;
    struct sv msg = SV("电子印章");
    buf_init(&b, 128);
    assert_int_equal(sm2_sign_der(leaf_key, msg, &b, &err), 0);
    assert_in_range(b.n, 68, 72);
    assert_true(sm2_verify_der(leaf_key, msg, buf_sv(&b)));
    assert_false(sm2_verify_der(ca_key, msg, buf_sv(&b)));
    assert_false(sm2_verify_der(leaf_key, SV("电子印"), buf_sv(&b)));
    b.p[b.n - 1] ^= 1;
    assert_false(sm2_verify_der(leaf_key, msg, buf_sv(&b)));
    assert_false(sm2_verify_der(leaf_key, msg, SV("")));
    buf_done(&b);
}

static void put(const char *path, struct sv body)
{
    FILE *f = fopen(path, "wb");
    assert_non_null(f);
    assert_int_equal(fwrite(body.p, 1, body.n, f), body.n);
    fclose(f);
}

/* The other implementation at hand. (-vfyopt reaches the first certificate of a chain only.) */
static void test_command_line(void **state)
{
    (void)state;
    if (system("openssl version > /dev/null 2>&1") != 0)
        skip();
    char *folder = test_folder(arena);
    struct sv ca = make(ca_request());
    struct sv leaf = make(leaf_request(ca));
    struct buf sig;
    buf_init(&sig, 128);
    assert_int_equal(sm2_sign_der(leaf_key, SV("hello"), &sig, &err), 0);
    put(arena_printf(arena, "%s/ca.pem", folder), pem(ca));
    put(arena_printf(arena, "%s/leaf.pem", folder), pem(leaf));
    put(arena_printf(arena, "%s/m", folder), SV("hello"));
    put(arena_printf(arena, "%s/m.sig", folder), buf_sv(&sig));
    const char *const commands[] = {
        "openssl verify -x509_strict -CAfile ca.pem -vfyopt distid:1234567812345678 leaf.pem",
        "openssl x509 -in leaf.pem -noout -text | grep -q 'Signature Algorithm: SM2-with-SM3'",
        "openssl x509 -in leaf.pem -noout -ext keyUsage | grep -q 'Digital Signature, Non Repudiation'",
        "openssl x509 -in ca.pem -noout -ext basicConstraints,keyUsage | grep -q 'CA:TRUE'",
        "openssl x509 -in leaf.pem -noout -subject -nameopt utf8,-esc_msb | grep -q 电子印章签章人",
        "openssl x509 -in leaf.pem -noout -pubkey > leaf.pub",
        "openssl dgst -sm3 -verify leaf.pub -sigopt distid:1234567812345678 -signature m.sig m",
    };
    for (size_t i = 0; i < COUNT_OF(commands); i++)
        if (system(arena_printf(arena, "cd %s && { %s; } > out 2>&1 || { cat out; false; }", folder,
                             commands[i])) != 0)
            fail_msg("%s", commands[i]);
    buf_done(&sig);
    test_folder_remove(folder);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_read, setup, teardown),
        cmocka_unit_test_setup_teardown(test_pem, setup, teardown),
        cmocka_unit_test_setup_teardown(test_verify, setup, teardown),
        cmocka_unit_test_setup_teardown(test_bad_requests, setup, teardown),
        cmocka_unit_test_setup_teardown(test_der_signature, setup, teardown),
        cmocka_unit_test_setup_teardown(test_command_line, setup, teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
