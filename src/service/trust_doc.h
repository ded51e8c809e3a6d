/* trust_doc: the trust list as JSON (docs/offline-verification.md): whose keys vouch for which regions.
 *
 *   { "type": "YizhengTrustList", "version": 1, "id": URL,
 *     "issuer": { "name": "乌海市", "region": "1503" }, "issued_at": time, "issued_ms": ms,
 *     "issuers": [ { "name", "region", "status_url": URL or null,
 *                    "keys": [ { "id", "algorithm": "SM2-with-SM3", "public_hex", "from_ms",
 *                                "until_ms": ms or null, "revoked_ms": ms or null,
 *                                "good_before": bool, "reason": text or null } ] } ],
 *     "proof": … }                                   signed_json.h, purpose "trust"
 * The one named by "issuer" is among the issuers and signs with a key of its own there.
 */
#ifndef YZ_SERVICE_TRUST_DOC_H
#define YZ_SERVICE_TRUST_DOC_H

#include "domain/licence/verdict.h"
#include "service/signed_json.h"

enum { TRUST_MAX_TEXT = 1 << 20 };

struct trust_doc {
    struct trust trust;
    const struct trust_issuer *self; /* who signed the list */
    int64_t issued_ms;
};

/* Shape, key ids, that no two regions overlap, and the list's own signature. Texts on a. 0, or
 * ERR_INVALID / ERR_MALFORMED with the reason. */
int trust_doc_read(struct sv text, struct arena *a, struct trust_doc *out, struct err *e);

json_t *trust_issuer_json(const struct trust_issuer *x);
int trust_issuer_read(const json_t *o, struct arena *a, struct trust_issuer *out, struct err *e);
/* Does one of these region prefixes lie in the other? */
bool trust_overlap(struct sv a, struct sv b);

#endif
