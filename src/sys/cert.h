/* cert: X.509 certificates of SM2 keys, signed SM2-with-SM3 (OID 1.2.156.10197.1.501) with the
 * distinguishing id "1234567812345678", as GM/T 0015 has them. Pure: no file, no clock.
 *
 * A certificate travels as DER. Times are ms UTC; X.509 knows whole seconds, so from is cut down to its
 * second and until as well.
 */
#ifndef YZ_SYS_CERT_H
#define YZ_SYS_CERT_H

#include "base/arena.h"
#include "sys/crypto.h"

enum { CERT_DER_MAX = 16 * 1024 };

struct cert_request {
    struct sv o, cn;               /* UTF-8, 1..64 characters each; the country is CN */
    const struct sm2_key *subject; /* its public half is certified */
    const struct sm2_key *issuer;  /* private: signs */
    struct sv issuer_cert;         /* DER of the issuer's; "": self-signed, subject's own name */
    int64_t from_ms, until_ms;     /* from < until; any year up to 9999 */
    bool is_ca;                    /* CA:TRUE pathlen 0, keyCertSign cRLSign; else signatures only */
    uint64_t serial;               /* 0: 126 random bits */
};

/* DER appended to out. ERR_INVALID (what is wrong with r), ERR_INTERNAL. */
int cert_make(const struct cert_request *r, struct buf *out, struct err *e);

/* Between the two encodings; "-----BEGIN CERTIFICATE-----". ERR_INVALID for what is none. */
int cert_to_pem(struct sv der, struct buf *out, struct err *e);
int cert_from_pem(struct sv pem, struct buf *out, struct err *e);

struct cert_info {
    struct sv o, cn;               /* of the subject */
    struct sv issuer_o, issuer_cn;
    struct sv serial;              /* upper-case hex */
    int64_t from_ms, until_ms;
    bool is_ca;
    unsigned char key[SM2_PUB_SIZE];
};
/* What one certificate says, text on a; nothing is verified. ERR_INVALID unless der is exactly one
 * certificate of an SM2 key. */
int cert_read(struct sv der, struct arena *a, struct cert_info *out, struct err *e);

/* Is leaf issued by this CA certificate, are both valid at this moment, may the CA issue? 0, or
 * ERR_INVALID with the reason. */
int cert_verify(struct sv leaf, struct sv ca, int64_t at_ms, struct err *e);

#endif
