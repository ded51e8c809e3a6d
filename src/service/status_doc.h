/* status_doc: a status list as it travels: W3C BitstringStatusListCredential (docs/status-list.md).
 *
 *   { "@context": ["https://www.w3.org/ns/credentials/v2"], "id": STATUS_URL/N,
 *     "type": ["VerifiableCredential", "BitstringStatusListCredential"],
 *     "issuer": { "id": PUBLIC_URL, "name": "乌海市", "region": "1503" },
 *     "validFrom": time, "validFrom_ms": ms, "validUntil": time, "validUntil_ms": ms,
 *     "credentialSubject": { "id": STATUS_URL/N#list, "type": "BitstringStatusList",
 *         "statusPurpose": "revocation", "list": N, "ttl": ms, "encodedList": "u…" },
 *     "proof": … }                                   signed_json.h, purpose "status"
 */
#ifndef YZ_SERVICE_STATUS_DOC_H
#define YZ_SERVICE_STATUS_DOC_H

#include "domain/licence/verdict.h"
#include "service/signed_json.h"

enum {
    STATUS_DOC_MAX = 3 << 20,             /* bytes of text */
    STATUS_TTL_MS = 5 * 60 * 1000,        /* a newer one may be there after this */
    STATUS_VALID_MS = 24 * 60 * 60 * 1000 /* to carry it longer than this proves nothing of today */
};

struct status_source { struct sv public_url, name, region; };

/* The signed document of a list as of from_ms; ERR_* or 0 with *out a new reference. */
int status_doc_make(const struct status_source *by, const struct status_list *l,
                    const struct sm2_key *key, json_t **out, struct err *e);
/* Checks shape and signature against the keys of one trusted issuer; out->region is that issuer's as
 * the trust list has it. 0, or ERR_INVALID / ERR_MALFORMED with the reason. */
int status_doc_read(struct sv text, const struct trust *trust, struct arena *a,
                    struct status_list *out, struct err *e);

#endif
