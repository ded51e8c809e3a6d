/* crypto_short: SipHash (OpenSSL's) under a key that this process drew for itself. */
#include <openssl/core_names.h>
#include <openssl/evp.h>
#include <pthread.h>
#include <stdlib.h>

#include "sys/crypto.h"

enum { KEY = 16 };

static pthread_once_t once = PTHREAD_ONCE_INIT;
static pthread_key_t own; /* each thread's context; freed when the thread ends */
static unsigned char secret[KEY];
static EVP_MAC *siphash;

static void context_free(void *ctx)
{
    EVP_MAC_CTX_free(ctx);
}

static void set_up(void)
{
    siphash = EVP_MAC_fetch(NULL, OSSL_MAC_NAME_SIPHASH, NULL);
    if (!siphash || pthread_key_create(&own, context_free) != 0)
        abort();
    random_bytes(secret, sizeof secret);
}

static EVP_MAC_CTX *context(void)
{
    EVP_MAC_CTX *ctx = pthread_getspecific(own);
    if (ctx)
        return ctx;
    unsigned size = sizeof(uint64_t);
    OSSL_PARAM params[] = { OSSL_PARAM_construct_uint(OSSL_MAC_PARAM_SIZE, &size),
                            OSSL_PARAM_construct_end() };
    ctx = EVP_MAC_CTX_new(siphash);
    if (!ctx || !EVP_MAC_CTX_set_params(ctx, params) || pthread_setspecific(own, ctx) != 0)
        abort(); /* as when memory has run out */
    return ctx;
}

uint64_t short_hash(struct sv bytes)
{
    uint64_t out = 0;
    size_t n;
    pthread_once(&once, set_up);
    EVP_MAC_CTX *ctx = context();
    if (!EVP_MAC_init(ctx, secret, sizeof secret, NULL) ||
        !EVP_MAC_update(ctx, (const unsigned char *)(bytes.n ? bytes.p : ""), bytes.n) ||
        !EVP_MAC_final(ctx, (unsigned char *)&out, &n, sizeof out) || n != sizeof out)
        abort();
    return out;
}
