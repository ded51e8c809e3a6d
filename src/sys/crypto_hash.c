/* crypto_hash: SM3 and HMAC-SM3, see crypto.h.
 *
 * The digest is fetched once: in OpenSSL 3 a fetch by name costs more than hashing a short
 * record. One-shot hashes run in a context kept per thread, because the Merkle log and the
 * audit chain hash many small pieces and an allocation each would dominate. A failure in
 * here can only mean a broken OpenSSL installation (no SM3 in the provider); nothing right
 * could be done without it, so it aborts.
 */
#include "sys/crypto.h"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <pthread.h>
#include <stdlib.h>

enum { SM3_BLOCK = 64 };

struct sm3_ctx {
    EVP_MD_CTX *md;
};

static pthread_once_t once = PTHREAD_ONCE_INIT;
static EVP_MD *algorithm;       /* set once, read only afterwards */
static pthread_key_t per_thread; /* EVP_MD_CTX *, freed when its thread ends */

static void free_context(void *md)
{
    EVP_MD_CTX_free(md);
}

static void set_up(void)
{
    algorithm = EVP_MD_fetch(NULL, "SM3", NULL);
    if (!algorithm || pthread_key_create(&per_thread, free_context) != 0)
        abort();
}

static void must(bool ok)
{
    if (!ok)
        abort();
}

static EVP_MD_CTX *thread_context(void)
{
    pthread_once(&once, set_up);
    EVP_MD_CTX *md = pthread_getspecific(per_thread);
    if (md)
        return md;
    md = EVP_MD_CTX_new();
    must(md && pthread_setspecific(per_thread, md) == 0);
    return md;
}

/* out = SM3 of the two pieces in a row. */
static void hash_two(struct sv a, struct sv b, struct sm3_hash *out)
{
    EVP_MD_CTX *md = thread_context();
    unsigned n = 0;
    must(EVP_DigestInit_ex2(md, algorithm, NULL) == 1);
    must(EVP_DigestUpdate(md, a.p, a.n) == 1);
    must(EVP_DigestUpdate(md, b.p, b.n) == 1);
    must(EVP_DigestFinal_ex(md, out->b, &n) == 1 && n == SM3_SIZE);
}

void sm3(struct sv data, struct sm3_hash *out)
{
    hash_two(data, SV(""), out);
}

struct sm3_ctx *sm3_new(void)
{
    pthread_once(&once, set_up);
    struct sm3_ctx *c = mem_new(sizeof *c);
    c->md = EVP_MD_CTX_new();
    must(c->md && EVP_DigestInit_ex2(c->md, algorithm, NULL) == 1);
    return c;
}

void sm3_add(struct sm3_ctx *c, struct sv data)
{
    must(EVP_DigestUpdate(c->md, data.p, data.n) == 1);
}

void sm3_end(struct sm3_ctx *c, struct sm3_hash *out)
{
    unsigned n = 0;
    must(EVP_DigestFinal_ex(c->md, out->b, &n) == 1 && n == SM3_SIZE);
    must(EVP_DigestInit_ex2(c->md, algorithm, NULL) == 1);
}

void sm3_free(struct sm3_ctx *c)
{
    if (!c)
        return;
    EVP_MD_CTX_free(c->md);
    free(c);
}

void sm3_hex(const struct sm3_hash *h, char out[65])
{
    static const char digits[] = "0123456789abcdef";
    for (size_t i = 0; i < SM3_SIZE; i++) {
        out[2 * i] = digits[h->b[i] >> 4];
        out[2 * i + 1] = digits[h->b[i] & 15];
    }
    out[64] = 0;
}

static int nibble(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    if (c >= 'a' && c <= 'f')
        return c - 'a' + 10;
    return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

bool sm3_from_hex(struct sv hex, struct sm3_hash *out)
{
    if (hex.n != 2 * SM3_SIZE)
        return false;
    for (size_t i = 0; i < SM3_SIZE; i++) {
        int hi = nibble(hex.p[2 * i]);
        int lo = nibble(hex.p[2 * i + 1]);
        if (hi < 0 || lo < 0)
            return false;
        out->b[i] = (unsigned char)(hi << 4 | lo);
    }
    return true;
}

/* RFC 2104 over SM3 (GB/T 15852.2): H(K^opad || H(K^ipad || data)). */
void hmac_sm3(struct sv key, struct sv data, struct sm3_hash *out)
{
    unsigned char pad[SM3_BLOCK] = { 0 };
    struct sm3_hash inner;
    if (key.n > SM3_BLOCK) {
        sm3(key, &inner);
        memcpy(pad, inner.b, SM3_SIZE);
    } else if (key.n) {
        memcpy(pad, key.p, key.n);
    }
    for (size_t i = 0; i < SM3_BLOCK; i++)
        pad[i] ^= 0x36;
    hash_two(sv_make((const char *)pad, SM3_BLOCK), data, &inner);
    for (size_t i = 0; i < SM3_BLOCK; i++)
        pad[i] ^= 0x36 ^ 0x5c;
    hash_two(sv_make((const char *)pad, SM3_BLOCK),
             sv_make((const char *)inner.b, SM3_SIZE), out);
    OPENSSL_cleanse(pad, sizeof pad);
    OPENSSL_cleanse(&inner, sizeof inner);
}
