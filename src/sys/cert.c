/* cert: see cert.h. OpenSSL 3.0 verifies no SM2 certificate whose distinguishing id has not been set on the
 * parsed object, so everything parsed here gets it at once.
 */
#include "sys/cert.h"

#include <openssl/bio.h>
#include <openssl/bn.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

#include "sys/sm2_key.h"

enum { NAME_PART_MAX = 64 * 4, SERIAL_BITS = 126, TEXT_CAP = 512 };

static int fail(struct err *e, int code, const char *sentence)
{
    ERR_clear_error(); /* the queue belongs to the thread: see crypto_sm2.c */
    return err_set(e, code, "%s", sentence);
}

/* A parsed certificate, to be freed; NULL unless der is exactly one. */
static X509 *parse(struct sv der)
{
    const unsigned char *p = (const unsigned char *)der.p;
    if (der.n == 0 || der.n > CERT_DER_MAX)
        return NULL;
    X509 *x = d2i_X509(NULL, &p, (long)der.n);
    ASN1_OCTET_STRING *id = x ? ASN1_OCTET_STRING_new() : NULL;
    if (x && id && p == (const unsigned char *)der.p + der.n &&
        ASN1_OCTET_STRING_set(id, (const unsigned char *)SM2_DIST_ID, sizeof SM2_DIST_ID - 1) == 1) {
        X509_set0_distinguishing_id(x, id);
        return x;
    }
    ASN1_OCTET_STRING_free(id);
    X509_free(x);
    ERR_clear_error();
    return NULL;
}

/* ---- making ---- */

static bool name_add(X509_NAME *name, const char *field, struct sv value)
{
    return X509_NAME_add_entry_by_txt(name, field, MBSTRING_UTF8, (const unsigned char *)value.p,
                                      (int)value.n, -1, 0) == 1;
}

static bool set_names(X509 *x, const struct cert_request *r, X509 *issuer)
{
    X509_NAME *name = X509_NAME_new();
    bool ok = name && name_add(name, "C", SV("CN")) && name_add(name, "O", r->o) &&
              name_add(name, "CN", r->cn) && X509_set_subject_name(x, name) == 1 &&
              X509_set_issuer_name(x, issuer ? X509_get_subject_name(issuer) : name) == 1;
    X509_NAME_free(name);
    return ok;
}

static bool set_serial(X509 *x, uint64_t serial)
{
    if (serial)
        return ASN1_INTEGER_set_uint64(X509_get_serialNumber(x), serial) == 1;
    BIGNUM *bn = BN_new();
    bool ok = bn && BN_rand(bn, SERIAL_BITS, BN_RAND_TOP_ONE, BN_RAND_BOTTOM_ANY) == 1 &&
              BN_to_ASN1_INTEGER(bn, X509_get_serialNumber(x)) != NULL;
    BN_free(bn);
    return ok;
}

static bool set_times(X509 *x, int64_t from_ms, int64_t until_ms)
{
    return ASN1_TIME_set(X509_getm_notBefore(x), (time_t)(from_ms / 1000)) &&
           ASN1_TIME_set(X509_getm_notAfter(x), (time_t)(until_ms / 1000));
}

static bool set_extensions(X509 *x, bool is_ca, X509 *issuer)
{
    const struct { int nid; const char *value; } all[] = {
        { NID_basic_constraints, is_ca ? "critical,CA:TRUE,pathlen:0" : "critical,CA:FALSE" },
        { NID_key_usage, is_ca ? "critical,keyCertSign,cRLSign"
                               : "critical,digitalSignature,nonRepudiation" },
        { NID_subject_key_identifier, "hash" },
        { NID_authority_key_identifier, "keyid:always" },
    };
    X509V3_CTX ctx;
    X509V3_set_ctx(&ctx, issuer ? issuer : x, x, NULL, NULL, 0);
    for (size_t i = 0; i < sizeof all / sizeof *all; i++) {
        X509_EXTENSION *ext = X509V3_EXT_conf_nid(NULL, &ctx, all[i].nid, all[i].value);
        bool ok = ext && X509_add_ext(x, ext, -1) == 1;
        X509_EXTENSION_free(ext);
        if (!ok)
            return false;
    }
    return true;
}

static bool sign(X509 *x, const struct sm2_key *issuer)
{
    EVP_MD_CTX *mc;
    EVP_PKEY_CTX *pc;
    EVP_PKEY *pkey = sm2_key_pkey(issuer);
    if (!sm2_context(pkey, &mc, &pc))
        return false;
    bool ok = EVP_DigestSignInit(mc, NULL, EVP_sm3(), NULL, pkey) == 1 && X509_sign_ctx(x, mc) > 0;
    EVP_MD_CTX_free(mc);
    EVP_PKEY_CTX_free(pc);
    return ok;
}

static int encode(X509 *x, struct buf *out, struct err *e)
{
    unsigned char *der = NULL;
    int n = i2d_X509(x, &der);
    if (n > 0)
        buf_add(out, der, (size_t)n);
    OPENSSL_free(der);
    return n > 0 && buf_ok(out) ? 0 : fail(e, ERR_INTERNAL, "证书编码失败");
}

static int check_request(const struct cert_request *r, struct err *e)
{
    if (sv_empty(r->o) || sv_empty(r->cn) || r->o.n > NAME_PART_MAX || r->cn.n > NAME_PART_MAX)
        return err_set(e, ERR_INVALID, "证书的单位名称和通用名称不能为空，也不能过长");
    if (r->from_ms >= r->until_ms)
        return err_set(e, ERR_INVALID, "证书的有效期截止时间须晚于起始时间");
    if (!sm2_key_private(r->issuer))
        return err_set(e, ERR_INVALID, "签发证书需要私钥");
    return 0;
}

int cert_make(const struct cert_request *r, struct buf *out, struct err *e)
{
    int rc = check_request(r, e);
    if (rc != 0)
        return rc;
    X509 *issuer = NULL;
    if (!sv_empty(r->issuer_cert)) {
        issuer = parse(r->issuer_cert);
        if (!issuer)
            return err_set(e, ERR_INVALID, "上级证书不是有效的证书");
        if (X509_check_private_key(issuer, sm2_key_pkey(r->issuer)) != 1) {
            X509_free(issuer);
            return fail(e, ERR_INVALID, "上级证书与签发私钥不匹配");
        }
    }
    X509 *x = X509_new();
    bool ok = x && X509_set_version(x, X509_VERSION_3) == 1 && set_serial(x, r->serial) &&
              set_names(x, r, issuer) && set_times(x, r->from_ms, r->until_ms) &&
              X509_set_pubkey(x, sm2_key_pkey(r->subject)) == 1 &&
              set_extensions(x, r->is_ca, issuer) && sign(x, r->issuer);
    rc = ok ? encode(x, out, e) : fail(e, ERR_INVALID, "证书签发失败，请检查名称和有效期");
    X509_free(x);
    X509_free(issuer);
    return rc;
}

/* ---- encodings ---- */

int cert_to_pem(struct sv der, struct buf *out, struct err *e)
{
    char *p = NULL;
    X509 *x = parse(der);
    BIO *bio = x ? BIO_new(BIO_s_mem()) : NULL;
    long n = bio && PEM_write_bio_X509(bio, x) == 1 ? BIO_get_mem_data(bio, &p) : 0;
    if (n > 0)
        buf_add(out, p, (size_t)n);
    BIO_free(bio);
    X509_free(x);
    return n > 0 && buf_ok(out) ? 0 : fail(e, ERR_INVALID, "不是有效的证书");
}

int cert_from_pem(struct sv pem, struct buf *out, struct err *e)
{
    if (pem.n == 0 || pem.n > 2 * CERT_DER_MAX)
        return err_set(e, ERR_INVALID, "证书文件为空或过大");
    BIO *in = BIO_new_mem_buf(pem.p, (int)pem.n);
    X509 *x = in ? PEM_read_bio_X509(in, NULL, NULL, NULL) : NULL;
    BIO_free(in);
    if (!x)
        return fail(e, ERR_INVALID, "不是有效的证书");
    int rc = encode(x, out, e);
    X509_free(x);
    return rc;
}

/* ---- reading ---- */

static struct sv name_part(struct arena *a, const X509_NAME *name, int nid)
{
    unsigned char *utf8 = NULL;
    int at = X509_NAME_get_index_by_NID(name, nid, -1);
    if (at < 0)
        return SV("");
    int n = ASN1_STRING_to_UTF8(&utf8, X509_NAME_ENTRY_get_data(X509_NAME_get_entry(name, at)));
    struct sv s = n > 0 ? arena_sv(a, sv_make((const char *)utf8, (size_t)n)) : SV("");
    OPENSSL_free(utf8);
    return s;
}

static bool time_ms(const ASN1_TIME *t, int64_t *ms)
{
    struct tm tm;
    if (ASN1_TIME_to_tm(t, &tm) != 1)
        return false;
    *ms = (int64_t)timegm(&tm) * 1000;
    return true;
}

static struct sv serial_hex(struct arena *a, const X509 *x)
{
    BIGNUM *bn = ASN1_INTEGER_to_BN(X509_get0_serialNumber(x), NULL);
    char *hex = bn ? BN_bn2hex(bn) : NULL;
    struct sv s = arena_sv(a, sv_of(hex));
    OPENSSL_free(hex);
    BN_free(bn);
    return s;
}

/* Taken from the parsed key, which makes sure that it is of SM2 and lies on the curve. */
static bool key_of(X509 *x, unsigned char out[SM2_PUB_SIZE], struct err *e)
{
    struct sm2_key *k = sm2_key_of(X509_get0_pubkey(x), e);
    if (k)
        sm2_public_raw(k, out, e);
    sm2_free(k);
    return k != NULL;
}

int cert_read(struct sv der, struct arena *a, struct cert_info *out, struct err *e)
{
    X509 *x = parse(der);
    if (!x)
        return err_set(e, ERR_INVALID, "不是有效的证书");
    const X509_NAME *subject = X509_get_subject_name(x);
    const X509_NAME *issuer = X509_get_issuer_name(x);
    *out = (struct cert_info){
        .o = name_part(a, subject, NID_organizationName),
        .cn = name_part(a, subject, NID_commonName),
        .issuer_o = name_part(a, issuer, NID_organizationName),
        .issuer_cn = name_part(a, issuer, NID_commonName),
        .serial = serial_hex(a, x),
        .is_ca = X509_check_ca(x) == 1,
    };
    bool ok = key_of(x, out->key, e) && time_ms(X509_get0_notBefore(x), &out->from_ms) &&
              time_ms(X509_get0_notAfter(x), &out->until_ms);
    X509_free(x);
    return ok ? 0 : fail(e, ERR_INVALID, "证书的密钥或有效期无法识别");
}

/* ---- verifying ---- */

static const char *reason_of(int code)
{
    static const struct { int code; const char *text; } all[] = {
        { X509_V_ERR_CERT_NOT_YET_VALID, "证书尚未生效" },
        { X509_V_ERR_CERT_HAS_EXPIRED, "证书已过期" },
        { X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT, "证书不是由该机构签发的" },
        { X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY, "证书不是由该机构签发的" },
        { X509_V_ERR_UNABLE_TO_VERIFY_LEAF_SIGNATURE, "证书不是由该机构签发的" },
        { X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT, "证书不是由该机构签发的" },
        { X509_V_ERR_CERT_SIGNATURE_FAILURE, "证书上的签名不正确" },
        { X509_V_ERR_INVALID_CA, "上级证书不是签发机构的证书" },
    };
    for (size_t i = 0; i < sizeof all / sizeof *all; i++)
        if (all[i].code == code)
            return all[i].text;
    return "证书验证未通过";
}

/* X509_V_OK or why not. */
static int verify_chain(X509 *leaf, X509 *ca, int64_t at_ms)
{
    int code = X509_V_ERR_UNSPECIFIED;
    X509_STORE *store = X509_STORE_new();
    X509_STORE_CTX *ctx = X509_STORE_CTX_new();
    if (store && ctx && X509_STORE_add_cert(store, ca) == 1 &&
        X509_STORE_CTX_init(ctx, store, leaf, NULL) == 1) {
        /* The root's own signature and the CA bit of what was self-issued are looked at too. */
        X509_STORE_CTX_set_flags(ctx, X509_V_FLAG_CHECK_SS_SIGNATURE | X509_V_FLAG_X509_STRICT);
        X509_STORE_CTX_set_time(ctx, 0, (time_t)(at_ms / 1000));
        code = X509_verify_cert(ctx) == 1 ? X509_V_OK : X509_STORE_CTX_get_error(ctx);
    }
    X509_STORE_CTX_free(ctx);
    X509_STORE_free(store);
    ERR_clear_error();
    return code;
}

int cert_verify(struct sv leaf_der, struct sv ca_der, int64_t at_ms, struct err *e)
{
    X509 *leaf = parse(leaf_der);
    X509 *ca = parse(ca_der);
    int code = X509_V_ERR_UNSPECIFIED;
    if (leaf && ca)
        code = X509_check_ca(ca) == 1 ? verify_chain(leaf, ca, at_ms) : X509_V_ERR_INVALID_CA;
    X509_free(leaf);
    X509_free(ca);
    return code == X509_V_OK ? 0 : err_set(e, ERR_INVALID, "%s", reason_of(code));
}
