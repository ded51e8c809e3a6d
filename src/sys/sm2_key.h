/* sm2_key: what crypto_sm2.c and cert.c share. Private to src/sys. */
#ifndef YZ_SYS_SM2_KEY_H
#define YZ_SYS_SM2_KEY_H

#include <openssl/evp.h>

#include "sys/crypto.h"

/* The distinguishing id of every signature: GB/T 32918, GM/T 0009. */
#define SM2_DIST_ID "1234567812345678"

/* Borrowed; read only. */
EVP_PKEY *sm2_key_pkey(const struct sm2_key *k);
bool sm2_key_private(const struct sm2_key *k);
/* A public key out of pkey (a reference is taken). NULL with e when it is not a sound SM2 key. */
struct sm2_key *sm2_key_of(EVP_PKEY *pkey, struct err *e);
/* *mc and *pc ready for one SM2-with-SM3 signature or check by pkey with the one id; both are freed by
 * the caller, mc first. False leaves nothing to free. */
bool sm2_context(EVP_PKEY *pkey, EVP_MD_CTX **mc, EVP_PKEY_CTX **pc);

#endif
