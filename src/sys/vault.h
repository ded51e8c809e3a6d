/* vault: values encrypted at rest under data keys, and a keyed index to find them again.
 *
 * A sealed value is text, fit for a column:
 *
 *   ~1:<key id, 16 hex>:<base64 of iv (16) || SM4-CTR ciphertext || tag (16)>
 *   tag = first 16 bytes of HMAC-SM3(mac key, "yizheng seal 1" 0 | n(where) where | row | iv | ciphertext)
 *
 * SM4-CTR with HMAC-SM3, encrypt then MAC: both are national algorithms, as GB/T 39786 asks of such
 * systems, and OpenSSL 3.0 has no SM4-GCM. where ("table.column") and the row's number are under the tag, so that
 * a value moved to another row or column does not open. The two keys are derived from the data key.
 * A vault is immutable and may be used by all threads at once.
 */
#ifndef YZ_SYS_VAULT_H
#define YZ_SYS_VAULT_H

#include "base/buf.h"
#include "base/err.h"
#include "sys/crypto.h"

enum { VAULT_INDEX_TEXT = 33 };

struct vault_key { char id[17]; struct sm3_hash secret; };

struct vault;
/* keys[current] seals, all of them open. index: key of vault_index, the same for ever. All are copied. */
struct vault *vault_new(const struct vault_key *keys, size_t n, size_t current,
                        const struct sm3_hash *index);
void vault_free(struct vault *v); /* wiped; NULL is fine */

/* Appends the sealed value. plain: any bytes. */
void vault_seal(const struct vault *v, const char *where, int64_t row, struct sv plain,
                struct buf *out);
/* Appends what was sealed for this very place. ERR_CORRUPT: changed, moved here from elsewhere, or of a key
 * that is not there (told apart in e). */
int vault_open(const struct vault *v, const char *where, int64_t row, struct sv sealed,
               struct buf *out, struct err *e);
bool vault_is_sealed(struct sv text);
/* Sealed by the key that seals now? */
bool vault_is_current(const struct vault *v, struct sv text);

/* 128 bits of HMAC-SM3 in hex: equal for equal texts, tells nothing without the key. domain keeps different kinds of
 * values apart. */
void vault_index(const struct vault *v, const char *domain, struct sv text,
                 char out[VAULT_INDEX_TEXT]);

/* ---- a secret in a file, under a passphrase ---- */
/* "wrapped:1:<salt hex>:<sealed>" of a key made by PBKDF2-HMAC-SM3. */
void secret_wrap(struct sv passphrase, const struct sm3_hash *secret, struct buf *out);
bool secret_is_wrapped(struct sv text);
/* 0, ERR_CONFIG (wrong passphrase, or the file was changed). */
int secret_unwrap(struct sv passphrase, struct sv text, struct sm3_hash *out, struct err *e);

#endif
