/* seal: electronic seals and their use on a document, GB/T 38540-2020 (SES V4), as DER.
 *
 *   SESeal         what a seal is: name, picture, who may use it (certificates), from when to when;
 *                  signed by the maker of seals                                  -> Seal.esl
 *   SES_Signature  one use of it: the seal, time, digest of Signature.xml; signed by the
 *                  seal's user                                                   -> SignedValue.dat
 * Both signatures are SM2-with-SM3, DER inside BIT STRING. A seal's covers eSealInfo alone. Read forms
 * point into the bytes they were read from. Also read: V5 (GM/T 0031-2025), which differs by number
 * and an optional timestamp. V1 (GM/T 0031-2014) is recognised and refused.
 */
#ifndef YZ_DOC_SEAL_H
#define YZ_DOC_SEAL_H

#include "base/der.h"
#include "base/err.h"
#include "sys/crypto.h"

#define SM2_WITH_SM3 "1.2.156.10197.1.501"
#define SM3_OID "1.2.156.10197.1.401"

enum { SEAL_TIME = 15 /* YYYYMMDDHHMMSSZ */, SEAL_CERTS_MAX = 16, SEAL_CAP = 1024 * 1024,
       SEAL_BY_CERT = 1, SEAL_BY_DIGEST = 2, SEAL_OF_UNIT = 1 };

struct seal {
    uint32_t version;            /* 4 or 5 */
    struct sv vendor, id, name;
    uint32_t type;
    uint32_t list_kind;          /* SEAL_BY_CERT: certs holds certificates; else their SM3 */
    struct sv certs[SEAL_CERTS_MAX]; size_t n_certs;
    struct sv created, from, until;  /* GeneralizedTime */
    struct sv picture_kind, picture; /* "PNG", bytes */
    uint32_t width, height;          /* mm */
    /* read only */
    struct sv info;              /* eSealInfo whole: what is signed */
    struct sv maker_cert, signature;
};

struct seal_use {
    struct sv seal_der;
    struct seal seal;
    struct sv time, hash, property; /* property: path of Signature.xml */
    struct sv to_sign;              /* TBS_Sign whole */
    struct sv signer_cert, signature;
    bool stamped;                   /* has a timestamp of a third party */
};

/* "20261123101112Z" of an instant, and back; INT64_MIN when it is no time. */
void seal_time(int64_t ms, char out[SEAL_TIME + 1]);
int64_t seal_time_ms(struct sv text);

/* A new seal, signed by its maker. */
int seal_make(const struct seal *s, const struct sm2_key *maker, struct sv maker_cert,
              struct buf *out, struct err *e);
int seal_read(struct sv der, struct seal *out, struct err *e);

/* Use a seal: hash is SM3 of Signature.xml, whose path is property. */
int seal_use_make(struct sv seal_der, const struct sm3_hash *hash, struct sv property, int64_t now,
                  const struct sm2_key *signer, struct sv signer_cert, struct buf *out,
                  struct err *e);
int seal_use_read(struct sv der, struct seal_use *out, struct err *e);

#endif
