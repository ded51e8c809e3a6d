/* vault: see vault.h. */
#include "sys/vault.h"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <pthread.h>
#include <stdlib.h>

enum { IV = 16, TAG = 16, ID = 16, CIPHER_KEY = 16, SEALED_MAX = 16 << 20, WRAP_ROUNDS = 200000 };
/* "~1:" id ":" */
enum { HEAD = 3 + ID + 1 };

static const char PREFIX[] = "~1:";
static const char WRAPPED[] = "wrapped:1:";

struct slot { char id[17]; unsigned char cipher[CIPHER_KEY]; struct sm3_hash mac; };

struct vault {
    size_t n, current;
    struct sm3_hash index;
    struct slot slots[];
};

static pthread_once_t once = PTHREAD_ONCE_INIT;
static EVP_CIPHER *sm4_ctr;

static void set_up(void)
{
    sm4_ctr = EVP_CIPHER_fetch(NULL, "SM4-CTR", NULL);
    if (!sm4_ctr)
        abort();
}

static struct sv secret_sv(const struct sm3_hash *h)
{
    return sv_make((const char *)h->b, SM3_SIZE);
}

static void derive(const struct vault_key *key, struct slot *out)
{
    struct sm3_hash h;
    memcpy(out->id, key->id, sizeof out->id);
    hmac_sm3(secret_sv(&key->secret), SV("yizheng seal 1 cipher"), &h);
    memcpy(out->cipher, h.b, CIPHER_KEY);
    hmac_sm3(secret_sv(&key->secret), SV("yizheng seal 1 mac"), &out->mac);
    OPENSSL_cleanse(&h, sizeof h);
}

struct vault *vault_new(const struct vault_key *keys, size_t n, size_t current,
                        const struct sm3_hash *index)
{
    struct vault *v = mem_new(sizeof *v + n * sizeof v->slots[0]);
    v->n = n;
    v->current = current;
    v->index = *index;
    for (size_t i = 0; i < n; i++)
        derive(&keys[i], &v->slots[i]);
    return v;
}

void vault_free(struct vault *v)
{
    if (v)
        OPENSSL_cleanse(v, sizeof *v + v->n * sizeof v->slots[0]);
    free(v);
}

bool vault_is_sealed(struct sv text)
{
    return text.n > HEAD && memcmp(text.p, PREFIX, 3) == 0 && text.p[HEAD - 1] == ':';
}

static const struct slot *slot_of(const struct vault *v, struct sv sealed)
{
    for (size_t i = 0; i < v->n; i++)
        if (memcmp(sealed.p + 3, v->slots[i].id, ID) == 0)
            return &v->slots[i];
    return NULL;
}

bool vault_is_current(const struct vault *v, struct sv text)
{
    return vault_is_sealed(text) && slot_of(v, text) == &v->slots[v->current];
}

static void must(bool ok)
{
    if (!ok)
        abort();
}

/* CTR is its own inverse. */
static void crypt(const struct slot *s, const unsigned char *iv, struct sv in, unsigned char *out)
{
    int n = 0;
    pthread_once(&once, set_up);
    EVP_CIPHER_CTX *c = EVP_CIPHER_CTX_new();
    must(c && EVP_EncryptInit_ex2(c, sm4_ctr, s->cipher, iv, NULL) == 1);
    if (in.n)
        must(EVP_EncryptUpdate(c, out, &n, (const unsigned char *)in.p, (int)in.n) == 1 &&
             (size_t)n == in.n);
    EVP_CIPHER_CTX_free(c);
}

/* body: iv and ciphertext. */
static void tag_of(const struct slot *s, const char *where, int64_t row, struct sv body,
                   unsigned char out[TAG])
{
    struct buf b;
    struct sm3_hash h;
    buf_init(&b, body.n + 256);
    buf_add(&b, "yizheng seal 1", sizeof "yizheng seal 1");
    buf_be(&b, strlen(where), 2);
    buf_str(&b, where);
    buf_be(&b, (uint64_t)row, 8);
    buf_sv_add(&b, body);
    must(buf_ok(&b));
    hmac_sm3(secret_sv(&s->mac), buf_sv(&b), &h);
    memcpy(out, h.b, TAG);
    buf_done(&b);
}

void vault_seal(const struct vault *v, const char *where, int64_t row, struct sv plain,
                struct buf *out)
{
    const struct slot *s = &v->slots[v->current];
    size_t n = IV + plain.n + TAG;
    must(plain.n < SEALED_MAX);
    unsigned char *raw = mem_new(n);
    unsigned char *text = mem_new(n / 3 * 4 + 8);
    random_bytes(raw, IV);
    crypt(s, raw, plain, raw + IV);
    tag_of(s, where, row, sv_make((const char *)raw, IV + plain.n), raw + IV + plain.n);
    int chars = EVP_EncodeBlock(text, raw, (int)n);
    buf_str(out, PREFIX);
    buf_str(out, s->id);
    buf_byte(out, ':');
    buf_add(out, text, (size_t)chars);
    free(raw);
    free(text);
}

/* Bytes behind the head, on the heap; NULL when it is no base64 of an envelope. */
static unsigned char *decode(struct sv sealed, size_t *n)
{
    struct sv text = sv_skip(sealed, HEAD);
    if (text.n % 4 != 0 || text.n > (size_t)SEALED_MAX * 2)
        return NULL;
    unsigned char *raw = mem_new(text.n / 4 * 3 + 4);
    int got = EVP_DecodeBlock(raw, (const unsigned char *)text.p, (int)text.n);
    size_t pad = text.n < 2 ? 0 : (size_t)(text.p[text.n - 1] == '=') +
                                      (size_t)(text.p[text.n - 2] == '=');
    if (got < 0 || (size_t)got < pad + IV + TAG) {
        free(raw);
        return NULL;
    }
    *n = (size_t)got - pad;
    return raw;
}

int vault_open(const struct vault *v, const char *where, int64_t row, struct sv sealed,
               struct buf *out, struct err *e)
{
    unsigned char tag[TAG];
    size_t n = 0;
    const struct slot *s = vault_is_sealed(sealed) ? slot_of(v, sealed) : NULL;
    if (!s)
        return err_set(e, ERR_CORRUPT, "%s 第 %lld 行的数据密钥不在密钥目录中", where,
                       (long long)row);
    unsigned char *raw = decode(sealed, &n);
    if (!raw)
        return err_set(e, ERR_CORRUPT, "%s 第 %lld 行的密文已损坏", where, (long long)row);
    tag_of(s, where, row, sv_make((const char *)raw, n - TAG), tag);
    bool good = CRYPTO_memcmp(tag, raw + n - TAG, TAG) == 0;
    if (good) {
        unsigned char *plain = mem_new(n);
        crypt(s, raw, sv_make((const char *)raw + IV, n - IV - TAG), plain);
        buf_add(out, plain, n - IV - TAG);
        free(plain);
    }
    free(raw);
    return good ? 0 : err_set(e, ERR_CORRUPT, "%s 第 %lld 行的密文被改动过，或不属于这一行", where,
                              (long long)row);
}

void vault_index(const struct vault *v, const char *domain, struct sv text,
                 char out[VAULT_INDEX_TEXT])
{
    struct buf b;
    struct sm3_hash h;
    char hex[65];
    buf_init(&b, text.n + 256);
    buf_add(&b, domain, strlen(domain) + 1);
    buf_sv_add(&b, text);
    must(buf_ok(&b));
    hmac_sm3(secret_sv(&v->index), buf_sv(&b), &h);
    sm3_hex(&h, hex);
    memcpy(out, hex, VAULT_INDEX_TEXT - 1);
    out[VAULT_INDEX_TEXT - 1] = 0;
    buf_done(&b);
}

/* ---- under a passphrase ---- */

/* A vault of the one key that passphrase and salt make. */
static struct vault *vault_of_passphrase(struct sv passphrase, struct sv salt)
{
    struct vault_key k = { .id = "passphrase-00001" };
    must(PKCS5_PBKDF2_HMAC(passphrase.p, (int)passphrase.n, (const unsigned char *)salt.p,
                           (int)salt.n, WRAP_ROUNDS, EVP_sm3(), SM3_SIZE, k.secret.b) == 1);
    struct vault *v = vault_new(&k, 1, 0, &k.secret);
    OPENSSL_cleanse(&k, sizeof k);
    return v;
}

void secret_wrap(struct sv passphrase, const struct sm3_hash *secret, struct buf *out)
{
    struct sm3_hash salt;
    char hex[65];
    random_bytes(salt.b, sizeof salt.b);
    sm3_hex(&salt, hex);
    struct vault *v = vault_of_passphrase(passphrase, sv_of(hex));
    buf_str(out, WRAPPED);
    buf_str(out, hex);
    buf_byte(out, ':');
    vault_seal(v, "keys", 0, secret_sv(secret), out);
    vault_free(v);
}

bool secret_is_wrapped(struct sv text)
{
    return sv_starts(text, SV("wrapped:1:"));
}

int secret_unwrap(struct sv passphrase, struct sv text, struct sm3_hash *out, struct err *e)
{
    struct buf b;
    struct err why;
    struct arena *a = arena_new();
    struct sv rest = sv_skip(text, sizeof WRAPPED - 1);
    struct sv salt = sv_cut(&rest, ':');
    struct vault *v = vault_of_passphrase(passphrase, salt);
    err_init(&why, a);
    buf_init(&b, 256);
    bool good = vault_open(v, "keys", 0, rest, &b, &why) == 0 && b.n == SM3_SIZE;
    if (good)
        memcpy(out->b, b.p, SM3_SIZE);
    if (b.p)
        OPENSSL_cleanse(b.p, b.n);
    buf_done(&b);
    vault_free(v);
    arena_free(a);
    return good ? 0 : err_set(e, ERR_CONFIG, "密钥口令不对，或密钥文件已损坏");
}
