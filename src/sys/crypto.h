/* crypto: SM3, SM2-with-SM3, HMAC-SM3, argon2id and random bytes, over OpenSSL 3 and libargon2.
 *
 * SM2 always uses the distinguishing id "1234567812345678" (GB/T 32918, GM/T 0009); OpenSSL
 * has no default and would sign with another Z. Signatures travel raw: r || s, 64 bytes,
 * both in 1..n-1. Nothing secret is ever logged or put in an error sentence.
 */
#ifndef YZ_SYS_CRYPTO_H
#define YZ_SYS_CRYPTO_H

#include "base/buf.h"
#include "base/err.h"

enum { SM3_SIZE = 32, SM2_SIG_SIZE = 64, SM2_PUB_SIZE = 65 /* 04 || X || Y */ };

struct sm3_hash { unsigned char b[SM3_SIZE]; };

/* ---- SM3 (GB/T 32905) ---- */
void sm3(struct sv data, struct sm3_hash *out);
struct sm3_ctx; /* incremental */
struct sm3_ctx *sm3_new(void);
void sm3_add(struct sm3_ctx *c, struct sv data);
void sm3_end(struct sm3_ctx *c, struct sm3_hash *out); /* the context may be used anew */
void sm3_free(struct sm3_ctx *c);
void sm3_hex(const struct sm3_hash *h, char out[65]);
bool sm3_from_hex(struct sv hex, struct sm3_hash *out);
void hmac_sm3(struct sv key, struct sv data, struct sm3_hash *out);
/* 64 bits of SipHash-2-4 under a random key of this process: to compare within it what would be long to keep. Another
 * process gives others; nobody outside can choose texts that collide. */
uint64_t short_hash(struct sv bytes);

/* ---- SM2 ---- */
struct sm2_key; /* private or public; immutable, usable from several threads at once */
struct sm2_key *sm2_generate(struct err *e);
/* PKCS#8 private or SPKI public. A private key may be encrypted: ERR_CONFIG when the passphrase is missing ("")
 * or wrong. */
struct sm2_key *sm2_load_pem(struct sv pem, struct sv passphrase, struct err *e);
struct sm2_key *sm2_from_public(const unsigned char pub[SM2_PUB_SIZE], struct err *e);
void sm2_free(struct sm2_key *k);
/* PKCS#8; with a passphrase encrypted (PBES2, AES-256-CBC: what every tool reads), "" = in clear. */
int sm2_private_pem(const struct sm2_key *k, struct sv passphrase, struct buf *out, struct err *e);
int sm2_public_pem(const struct sm2_key *k, struct buf *out, struct err *e);  /* SPKI */
int sm2_public_raw(const struct sm2_key *k, unsigned char out[SM2_PUB_SIZE], struct err *e);
/* First 8 bytes of SM3(04||X||Y) as 16 hex digits: the name of a key everywhere. */
int sm2_key_id(const struct sm2_key *k, char out[17], struct err *e);
int sm2_sign(const struct sm2_key *k, struct sv msg, unsigned char sig[SM2_SIG_SIZE],
             struct err *e);
bool sm2_verify(const struct sm2_key *k, struct sv msg, const unsigned char sig[SM2_SIG_SIZE]);
/* The same with the bare point; false for a point that is none. */
bool sm2_signed_by(const unsigned char pub[SM2_PUB_SIZE], struct sv msg,
                   const unsigned char sig[SM2_SIG_SIZE]);
/* Key id of a bare point. */
void sm2_point_id(const unsigned char pub[SM2_PUB_SIZE], char out[17]);
/* The same signature as DER SEQUENCE { r, s }, 70..72 bytes: for certificates and seals. Appended. */
int sm2_sign_der(const struct sm2_key *k, struct sv msg, struct buf *out, struct err *e);
bool sm2_verify_der(const struct sm2_key *k, struct sv msg, struct sv der);

/* ---- passwords, tokens ---- */
/* PHC string "$argon2id$v=19$m=19456,t=2,p=1$…" (OWASP's floor). Slow on purpose: never
 * inside a transaction or on an event thread. */
int password_hash(struct sv password, char out[128], struct err *e);
bool password_check(struct sv password, const char *phc);
void random_bytes(void *out, size_t n); /* aborts when the system has none */
/* n random bytes as base64url without padding; out holds (n*4+2)/3+1 bytes. */
void random_token(size_t n, char *out);
/* Six decimal digits, uniformly. */
void random_digits6(char out[7]);
void crypto_wipe(void *p, size_t n);
bool crypto_equal(struct sv a, struct sv b); /* constant time for equal lengths */

#endif
