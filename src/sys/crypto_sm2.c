/* crypto_sm2: SM2 keys and SM2-with-SM3 signatures, see crypto.h.
 *
 * A key is an EVP_PKEY that nobody changes after it is made; every signature runs in its own
 * context, so one key serves all threads. OpenSSL speaks DER, we speak raw r || s: the two
 * are converted here and nowhere else. OpenSSL's error queue belongs to the thread and is
 * read by other libraries (TLS in libpq, libcurl), so whatever fails here clears it.
 */
#include "sys/crypto.h"

#include <openssl/bio.h>
#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <pthread.h>
#include <stdlib.h>

enum { DER_MAX = 80, PEM_MAX = 16 * 1024 };

static const char DIST_ID[] = "1234567812345678";

/* Order n of the curve, big-endian: both halves of a raw signature lie in 1..n-1. */
static const unsigned char ORDER[32] = {
    0xff, 0xff, 0xff, 0xfe, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
    0x72, 0x03, 0xdf, 0x6b, 0x21, 0xc6, 0x05, 0x2b, 0x53, 0xbb, 0xf4, 0x09, 0x39, 0xd5, 0x41, 0x23
};

struct sm2_key {
    EVP_PKEY *pkey;
    bool private;
    unsigned char pub[SM2_PUB_SIZE];
    char id[17];
};

static pthread_once_t once = PTHREAD_ONCE_INIT;
static EVP_MD *sm3_md;

static void set_up(void)
{
    sm3_md = EVP_MD_fetch(NULL, "SM3", NULL);
    if (!sm3_md)
        abort();
}

/* Wraps pkey (taken over, also on failure) after making sure that it is a sound SM2 key. */
static struct sm2_key *wrap(EVP_PKEY *pkey, bool private, struct err *e)
{
    struct sm2_key *k = mem_new(sizeof *k);
    size_t n = 0;
    k->pkey = pkey;
    k->private = private;
    if (!pkey || !EVP_PKEY_is_a(pkey, "SM2"))
        goto bad;
    if (EVP_PKEY_get_octet_string_param(pkey, "encoded-pub-key", k->pub, sizeof k->pub, &n) != 1 &&
        EVP_PKEY_get_octet_string_param(pkey, "pub", k->pub, sizeof k->pub, &n) != 1)
        goto bad;
    if (n != SM2_PUB_SIZE || k->pub[0] != 4)
        goto bad;
    struct sm3_hash h;
    char hex[65];
    sm3(sv_make((const char *)k->pub, SM2_PUB_SIZE), &h);
    sm3_hex(&h, hex);
    memcpy(k->id, hex, 16);
    return k;
bad:
    sm2_free(k);
    ERR_clear_error();
    err_set(e, ERR_INVALID, "不是有效的SM2密钥");
    return NULL;
}

struct sm2_key *sm2_generate(struct err *e)
{
    EVP_PKEY *pkey = EVP_PKEY_Q_keygen(NULL, NULL, "SM2");
    if (!pkey) {
        ERR_clear_error();
        err_set(e, ERR_INTERNAL, "生成SM2密钥失败");
        return NULL;
    }
    return wrap(pkey, true, e);
}

/* Without this OpenSSL would ask for a pass phrase on the terminal. */
static int no_password(char *buf, int size, int rwflag, void *ctx)
{
    (void)buf;
    (void)size;
    (void)rwflag;
    (void)ctx;
    return -1;
}

struct sm2_key *sm2_load_pem(struct sv pem, struct err *e)
{
    if (pem.n == 0 || pem.n > PEM_MAX) {
        err_set(e, ERR_INVALID, "密钥文件为空或过大");
        return NULL;
    }
    BIO *in = BIO_new_mem_buf(pem.p, (int)pem.n);
    if (!in)
        abort();
    EVP_PKEY *pkey = PEM_read_bio_PrivateKey(in, NULL, no_password, NULL);
    bool private = pkey != NULL;
    if (!pkey) {
        BIO_reset(in);
        pkey = PEM_read_bio_PUBKEY(in, NULL, no_password, NULL);
    }
    BIO_free(in);
    ERR_clear_error();
    struct sm2_key *k = wrap(pkey, private, e);
    if (!k || !private)
        return k;
    /* A PKCS#8 file may carry a public half that does not belong to its private half. */
    EVP_PKEY_CTX *pc = EVP_PKEY_CTX_new(pkey, NULL);
    bool ok = pc && EVP_PKEY_pairwise_check(pc) == 1;
    EVP_PKEY_CTX_free(pc);
    if (ok)
        return k;
    ERR_clear_error();
    sm2_free(k);
    err_set(e, ERR_INVALID, "SM2私钥与公钥不匹配");
    return NULL;
}

struct sm2_key *sm2_from_public(const unsigned char pub[SM2_PUB_SIZE], struct err *e)
{
    char group[] = "SM2";
    unsigned char copy[SM2_PUB_SIZE];
    memcpy(copy, pub, sizeof copy);
    OSSL_PARAM params[] = {
        OSSL_PARAM_construct_utf8_string("group", group, 0),
        OSSL_PARAM_construct_octet_string("pub", copy, sizeof copy),
        OSSL_PARAM_construct_end(),
    };
    EVP_PKEY *pkey = NULL;
    EVP_PKEY_CTX *pc = EVP_PKEY_CTX_new_from_name(NULL, "SM2", NULL);
    if (copy[0] == 4 && pc && EVP_PKEY_fromdata_init(pc) == 1)
        EVP_PKEY_fromdata(pc, &pkey, EVP_PKEY_PUBLIC_KEY, params); /* checks the point */
    EVP_PKEY_CTX_free(pc);
    return wrap(pkey, false, e);
}

void sm2_free(struct sm2_key *k)
{
    if (!k)
        return;
    EVP_PKEY_free(k->pkey);
    free(k);
}

/* The text that a PEM writer left in bio, into out; frees bio. */
static int pem_out(BIO *bio, bool written, struct buf *out, struct err *e)
{
    char *p = NULL;
    long n = written ? BIO_get_mem_data(bio, &p) : 0;
    if (n > 0)
        buf_add(out, p, (size_t)n);
    BIO_free(bio);
    if (n > 0 && buf_ok(out))
        return 0;
    ERR_clear_error();
    return err_set(e, ERR_INTERNAL, "导出SM2密钥失败");
}

int sm2_private_pem(const struct sm2_key *k, struct buf *out, struct err *e)
{
    if (!k->private)
        return err_set(e, ERR_INVALID, "这是公钥，不含私钥");
    BIO *bio = BIO_new(BIO_s_secmem()); /* wiped when freed */
    if (!bio)
        abort();
    bool ok = PEM_write_bio_PKCS8PrivateKey(bio, k->pkey, NULL, NULL, 0, NULL, NULL) == 1;
    return pem_out(bio, ok, out, e);
}

int sm2_public_pem(const struct sm2_key *k, struct buf *out, struct err *e)
{
    BIO *bio = BIO_new(BIO_s_mem());
    if (!bio)
        abort();
    return pem_out(bio, PEM_write_bio_PUBKEY(bio, k->pkey) == 1, out, e);
}

int sm2_public_raw(const struct sm2_key *k, unsigned char out[SM2_PUB_SIZE], struct err *e)
{
    (void)e;
    memcpy(out, k->pub, SM2_PUB_SIZE);
    return 0;
}

int sm2_key_id(const struct sm2_key *k, char out[17], struct err *e)
{
    (void)e;
    memcpy(out, k->id, sizeof k->id);
    return 0;
}

/* mc and *pc ready for a signature with the one id; false leaves nothing to free. */
static bool context(const struct sm2_key *k, EVP_MD_CTX **mc, EVP_PKEY_CTX **pc)
{
    pthread_once(&once, set_up);
    *mc = EVP_MD_CTX_new();
    *pc = EVP_PKEY_CTX_new(k->pkey, NULL);
    if (*mc && *pc && EVP_PKEY_CTX_set1_id(*pc, DIST_ID, sizeof DIST_ID - 1) == 1) {
        EVP_MD_CTX_set_pkey_ctx(*mc, *pc);
        return true;
    }
    EVP_MD_CTX_free(*mc);
    EVP_PKEY_CTX_free(*pc);
    return false;
}

static bool der_to_raw(const unsigned char *der, size_t n, unsigned char raw[SM2_SIG_SIZE])
{
    ECDSA_SIG *sig = d2i_ECDSA_SIG(NULL, &der, (long)n);
    bool ok = sig && BN_bn2binpad(ECDSA_SIG_get0_r(sig), raw, 32) == 32 &&
              BN_bn2binpad(ECDSA_SIG_get0_s(sig), raw + 32, 32) == 32;
    ECDSA_SIG_free(sig);
    return ok;
}

int sm2_sign(const struct sm2_key *k, struct sv msg, unsigned char sig[SM2_SIG_SIZE],
             struct err *e)
{
    EVP_MD_CTX *mc;
    EVP_PKEY_CTX *pc;
    unsigned char der[DER_MAX];
    size_t n = sizeof der;
    if (!k->private)
        return err_set(e, ERR_INVALID, "这是公钥，不能签名");
    if (!context(k, &mc, &pc))
        return err_set(e, ERR_INTERNAL, "SM2签名失败");
    bool ok = EVP_DigestSignInit(mc, NULL, sm3_md, NULL, k->pkey) == 1 &&
              EVP_DigestSign(mc, der, &n, (const unsigned char *)msg.p, msg.n) == 1 &&
              der_to_raw(der, n, sig);
    EVP_MD_CTX_free(mc);
    EVP_PKEY_CTX_free(pc);
    if (ok)
        return 0;
    ERR_clear_error();
    return err_set(e, ERR_INTERNAL, "SM2签名失败");
}

static bool in_range(const unsigned char half[32])
{
    static const unsigned char zero[32];
    return memcmp(half, zero, 32) != 0 && memcmp(half, ORDER, 32) < 0;
}

/* DER INTEGER of a non-zero 32-byte number: no leading zeros, but never a sign bit. */
static size_t der_integer(const unsigned char *v, unsigned char *out)
{
    size_t skip = 0;
    while (v[skip] == 0)
        skip++;
    size_t pad = v[skip] >> 7;
    size_t n = 32 - skip + pad;
    out[0] = 2;
    out[1] = (unsigned char)n;
    out[2] = 0;
    memcpy(out + 2 + pad, v + skip, 32 - skip);
    return 2 + n;
}

bool sm2_verify(const struct sm2_key *k, struct sv msg, const unsigned char sig[SM2_SIG_SIZE])
{
    EVP_MD_CTX *mc;
    EVP_PKEY_CTX *pc;
    unsigned char der[DER_MAX];
    if (!in_range(sig) || !in_range(sig + 32))
        return false;
    size_t n = 2;
    n += der_integer(sig, der + n);
    n += der_integer(sig + 32, der + n);
    der[0] = 0x30;
    der[1] = (unsigned char)(n - 2);
    if (!context(k, &mc, &pc))
        return false;
    bool ok = EVP_DigestVerifyInit(mc, NULL, sm3_md, NULL, k->pkey) == 1 &&
              EVP_DigestVerify(mc, der, n, (const unsigned char *)msg.p, msg.n) == 1;
    EVP_MD_CTX_free(mc);
    EVP_PKEY_CTX_free(pc);
    if (!ok)
        ERR_clear_error();
    return ok;
}
