/* crypto_secret: passwords, random tokens and constant-time comparison, see crypto.h.
 *
 * Randomness comes straight from the kernel: no state of our own that a fork or a snapshot
 * of a virtual machine could duplicate.
 */
#include "sys/crypto.h"

#include <argon2.h>
#include <errno.h>
#include <openssl/crypto.h>
#include <stdlib.h>
#include <sys/random.h>

/* OWASP's floor for argon2id; raise here, old hashes carry their own figures. */
enum { ARGON_KIB = 19456, ARGON_PASSES = 2, ARGON_LANES = 1, SALT_SIZE = 16, HASH_SIZE = 32 };
enum { PASSWORD_MAX = 1024, PHC_MAX = 256 };

int password_hash(struct sv password, char out[128], struct err *e)
{
    unsigned char salt[SALT_SIZE];
    if (password.n > PASSWORD_MAX)
        return err_set(e, ERR_INVALID, "密码过长，最多%d个字节", PASSWORD_MAX);
    random_bytes(salt, sizeof salt);
    int rc = argon2id_hash_encoded(ARGON_PASSES, ARGON_KIB, ARGON_LANES,
                                   password.n ? password.p : "", password.n, salt, sizeof salt,
                                   HASH_SIZE, out, 128);
    if (rc != ARGON2_OK)
        return err_set(e, rc == ARGON2_MEMORY_ALLOCATION_ERROR ? ERR_BUSY : ERR_INTERNAL,
                       "密码处理失败，请稍后重试");
    return 0;
}

bool password_check(struct sv password, const char *phc)
{
    if (password.n > PASSWORD_MAX || !phc)
        return false;
    struct sv s = sv_of(phc);
    if (s.n > PHC_MAX || !sv_starts(s, SV("$argon2id$v=19$")))
        return false;
    return argon2id_verify(phc, password.n ? password.p : "", password.n) == ARGON2_OK;
}

void random_bytes(void *out, size_t n)
{
    unsigned char *p = out;
    while (n) {
        ssize_t got = getrandom(p, n, 0);
        if (got < 0) {
            if (errno == EINTR)
                continue;
            abort();
        }
        p += got;
        n -= (size_t)got;
    }
}

void random_token(size_t n, char *out)
{
    static const char letters[] =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    uint32_t bits = 0;
    unsigned held = 0;
    for (size_t i = 0; i < n; i++) {
        unsigned char c;
        random_bytes(&c, 1);
        bits = bits << 8 | c;
        for (held += 8; held >= 6; held -= 6)
            *out++ = letters[bits >> (held - 6) & 63];
    }
    if (held)
        *out++ = letters[bits << (6 - held) & 63];
    *out = 0;
}

void random_digits6(char out[7])
{
    uint32_t v;
    do /* a remainder of 2^32 would favour small numbers */
        random_bytes(&v, sizeof v);
    while (v >= UINT32_MAX - UINT32_MAX % 1000000u);
    v %= 1000000u;
    for (int i = 5; i >= 0; i--, v /= 10)
        out[i] = (char)('0' + v % 10);
    out[6] = 0;
}

bool crypto_equal(struct sv a, struct sv b)
{
    return a.n == b.n && (a.n == 0 || CRYPTO_memcmp(a.p, b.p, a.n) == 0);
}

void crypto_wipe(void *p, size_t n)
{
    if (p)
        OPENSSL_cleanse(p, n);
}
