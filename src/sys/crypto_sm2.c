/* crypto_sm2: SM2 keys and SM2-with-SM3 signatures, see crypto.h.
 *
 * A key is an EVP_PKEY that nobody changes after it is made; every signature runs in its own
 * context, so one key serves all threads. OpenSSL speaks DER, we speak raw r || s: the two
 * are converted here and nowhere else. OpenSSL's error queue belongs to the thread and is
 * read by other libraries (TLS in libpq, libcurl), so whatever fails here clears it.
 */
#include "sys/sm2_key.h"

#include <openssl/bio.h>
#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/pkcs12.h>
#include <pthread.h>
#include <stdlib.h>

enum { DER_MAX = 80, PEM_MAX = 16 * 1024, PKCS8_ROUNDS = 200000 };

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
struct asked { struct sv passphrase; bool asked; };

static int give_passphrase(char *buf, int size, int rwflag, void *ctx)
{
    struct asked *x = ctx;
    (void)rwflag;
    x->asked = true;
    if (x->passphrase.n == 0 || x->passphrase.n > (size_t)size)
        return -1;
    memcpy(buf, x->passphrase.p, x->passphrase.n);
    return (int)x->passphrase.n;
}

struct sm2_key *sm2_load_pem(struct sv pem, struct sv passphrase, struct err *e)
{
    struct asked x = { passphrase, false };
    if (pem.n == 0 || pem.n > PEM_MAX) {
        err_set(e, ERR_INVALID, "密钥文件为空或过大");
        return NULL;
    }
    BIO *in = BIO_new_mem_buf(pem.p, (int)pem.n);
    if (!in)
        abort();
    EVP_PKEY *pkey = PEM_read_bio_PrivateKey(in, NULL, give_passphrase, &x);
    bool private = pkey != NULL;
    if (!pkey && !x.asked) {
        BIO_reset(in);
        pkey = PEM_read_bio_PUBKEY(in, NULL, give_passphrase, &x);
    }
    BIO_free(in);
    ERR_clear_error();
    if (!pkey && x.asked) {
        err_set(e, ERR_CONFIG, passphrase.n ? "密钥口令不对，或密钥文件已损坏"
                                            : "密钥文件有口令保护，但没有给出口令");
        return NULL;
    }
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

/* PEM_write_bio_PKCS8PrivateKey would derive the key in 2048 rounds only. */
static bool write_encrypted(BIO *bio, EVP_PKEY *pkey, struct sv passphrase)
{
    PKCS8_PRIV_KEY_INFO *plain = EVP_PKEY2PKCS8(pkey);
    X509_SIG *sealed = plain ? PKCS8_encrypt(-1, EVP_aes_256_cbc(), passphrase.p,
                                             (int)passphrase.n, NULL, 0, PKCS8_ROUNDS, plain)
                             : NULL;
    bool ok = sealed && PEM_write_bio_PKCS8(bio, sealed) == 1;
    X509_SIG_free(sealed);
    PKCS8_PRIV_KEY_INFO_free(plain);
    return ok;
}

int sm2_private_pem(const struct sm2_key *k, struct sv passphrase, struct buf *out, struct err *e)
{
    if (!k->private)
        return err_set(e, ERR_INVALID, "这是公钥，不含私钥");
    BIO *bio = BIO_new(BIO_s_secmem()); /* wiped when freed */
    if (!bio)
        abort();
    bool ok = passphrase.n ? write_encrypted(bio, k->pkey, passphrase)
                           : PEM_write_bio_PKCS8PrivateKey(bio, k->pkey, NULL, NULL, 0, NULL,
                                                           NULL) == 1;
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

EVP_PKEY *sm2_key_pkey(const struct sm2_key *k)
{
    return k->pkey;
}

bool sm2_key_private(const struct sm2_key *k)
{
    return k->private;
}

struct sm2_key *sm2_key_of(EVP_PKEY *pkey, struct err *e)
{
    return wrap(pkey && EVP_PKEY_up_ref(pkey) == 1 ? pkey : NULL, false, e);
}

bool sm2_context(EVP_PKEY *pkey, EVP_MD_CTX **mc, EVP_PKEY_CTX **pc)
{
    *mc = EVP_MD_CTX_new();
    *pc = EVP_PKEY_CTX_new(pkey, NULL);
    if (*mc && *pc && EVP_PKEY_CTX_set1_id(*pc, SM2_DIST_ID, sizeof SM2_DIST_ID - 1) == 1) {
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

/* *n: room in der, then what the signature takes. */
static int sign_der(const struct sm2_key *k, struct sv msg, unsigned char *der, size_t *n,
                    struct err *e)
{
    EVP_MD_CTX *mc;
    EVP_PKEY_CTX *pc;
    if (!k->private)
        return err_set(e, ERR_INVALID, "这是公钥，不能签名");
    if (!sm2_context(k->pkey, &mc, &pc))
        return err_set(e, ERR_INTERNAL, "SM2签名失败");
    pthread_once(&once, set_up);
    bool ok = EVP_DigestSignInit(mc, NULL, sm3_md, NULL, k->pkey) == 1 &&
              EVP_DigestSign(mc, der, n, (const unsigned char *)msg.p, msg.n) == 1;
    EVP_MD_CTX_free(mc);
    EVP_PKEY_CTX_free(pc);
    if (ok)
        return 0;
    ERR_clear_error();
    return err_set(e, ERR_INTERNAL, "SM2签名失败");
}

int sm2_sign(const struct sm2_key *k, struct sv msg, unsigned char sig[SM2_SIG_SIZE],
             struct err *e)
{
    unsigned char der[DER_MAX];
    size_t n = sizeof der;
    int rc = sign_der(k, msg, der, &n, e);
    if (rc == 0 && !der_to_raw(der, n, sig))
        rc = err_set(e, ERR_INTERNAL, "SM2签名失败");
    return rc;
}

int sm2_sign_der(const struct sm2_key *k, struct sv msg, struct buf *out, struct err *e)
{
    unsigned char der[DER_MAX];
    size_t n = sizeof der;
    int rc = sign_der(k, msg, der, &n, e);
    if (rc == 0)
        buf_add(out, der, n);
    return rc == 0 && !buf_ok(out) ? err_set(e, ERR_TOO_LARGE, "签名放不下") : rc;
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

bool sm2_verify_der(const struct sm2_key *k, struct sv msg, struct sv der)
{
    EVP_MD_CTX *mc;
    EVP_PKEY_CTX *pc;
    if (der.n == 0 || der.n > DER_MAX || !sm2_context(k->pkey, &mc, &pc))
        return false;
    pthread_once(&once, set_up);
    bool ok = EVP_DigestVerifyInit(mc, NULL, sm3_md, NULL, k->pkey) == 1 &&
              EVP_DigestVerify(mc, (const unsigned char *)der.p, der.n,
                               (const unsigned char *)msg.p, msg.n) == 1;
    EVP_MD_CTX_free(mc);
    EVP_PKEY_CTX_free(pc);
    if (!ok)
        ERR_clear_error();
    return ok;
}

bool sm2_verify(const struct sm2_key *k, struct sv msg, const unsigned char sig[SM2_SIG_SIZE])
{
    unsigned char der[DER_MAX];
    if (!in_range(sig) || !in_range(sig + 32))
        return false;
    size_t n = 2;
    n += der_integer(sig, der + n);
    n += der_integer(sig + 32, der + n);
    der[0] = 0x30;
    der[1] = (unsigned char)(n - 2);
    return sm2_verify_der(k, msg, sv_make((const char *)der, n));
}

bool sm2_signed_by(const unsigned char pub[SM2_PUB_SIZE], struct sv msg,
                   const unsigned char sig[SM2_SIG_SIZE])
{
    struct sm2_key *k = sm2_from_public(pub, NULL);
    bool ok = k && sm2_verify(k, msg, sig);
    sm2_free(k);
    return ok;
}

void sm2_point_id(const unsigned char pub[SM2_PUB_SIZE], char out[17])
{
    struct sm3_hash h;
    char hex[65];
    sm3(sv_make((const char *)pub, SM2_PUB_SIZE), &h);
    sm3_hex(&h, hex);
    memcpy(out, hex, 16);
    out[16] = '\0';
}
