/* signed_json: JSON documents with an SM2 signature inside: trust lists and status lists.
 *
 * The signature is over "yizheng PURPOSE v1" and a NUL, then the document without its member "proof"
 * in the canonical form of RFC 8785 (members sorted, no white space). So that every language writes
 * that form alike, a document has only integers within +-2^53, names of ASCII, and text without
 * control characters (line feed and tab excepted). The member itself:
 *   "proof": { "type": "YizhengSm2Signature2026", "created": time, "created_ms": ms,
 *              "verificationMethod": key id, "proofValue": 128 hex digits r || s }
 */
#ifndef YZ_SERVICE_SIGNED_JSON_H
#define YZ_SERVICE_SIGNED_JSON_H

#include "base/json.h"
#include "sys/crypto.h"

/* Adds the proof. ERR_INVALID when the document has no canonical form. */
int signed_json_add(json_t *doc, const char *purpose, const struct sm2_key *key, int64_t now,
                    struct err *e);
/* The key id that the proof names; "" when there is no usable proof. Borrowed from doc. */
struct sv signed_json_key(const json_t *doc);
/* Does the proof fit the document and this key (04 || X || Y)? */
bool signed_json_check(const json_t *doc, const char *purpose,
                       const unsigned char pub[SM2_PUB_SIZE]);

/* Exactly n bytes of lower-case hex. */
bool hex_bytes(struct sv hex, unsigned char *out, size_t n);

#endif
