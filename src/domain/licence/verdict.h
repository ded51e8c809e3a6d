/* verdict: is this licence genuine, and in force as far as can be known here? (R7.4)
 *
 * One function for everybody who asks: `yizheng verify` without a network, POST /api/v1/verify, and
 * (mirrored in web/src/verify/verdict.ts, held together by tests/data/verify-cases.json) the page
 * that works in airplane mode. It knows only what it is given: whom to trust, the status lists that
 * are at hand, the time. Both must have been checked for their own signatures before
 * (service/trust_doc.h, service/status_doc.h). Pure: the signature check is a function of the caller.
 */
#ifndef YZ_DOMAIN_LICENCE_VERDICT_H
#define YZ_DOMAIN_LICENCE_VERDICT_H

#include "domain/licence/payload.h"
#include "domain/licence/status_list.h"

enum { TRUST_MAX_ISSUERS = 64, TRUST_MAX_KEYS = 64, VERIFY_PUB = 65 };

struct trust_key {
    struct sv id;                    /* 16 hex digits */
    unsigned char pub[VERIFY_PUB];   /* 04 || X || Y */
    int64_t from_ms, until_ms;       /* signs from..until; 0 = no end */
    int64_t revoked_ms;              /* 0 = not */
    /* What it signed before revoked_ms still counts: replaced in the ordinary way. Not so when it may
     * have been in other hands: then a date in the past is no proof of anything. */
    bool good_before;
    struct sv reason;
};
struct trust_issuer {
    struct sv name;                  /* 乌海市 */
    struct sv region;                /* first digits of GB/T 2260: its keys vouch for these only */
    struct sv status_url;            /* "https://host/api/v1/status", "" = none */
    struct trust_key *keys; size_t n_keys;
};
struct trust { struct trust_issuer *issuers; size_t n_issuers; };

/* A status list that is at hand. */
struct status_list {
    struct sv region;                /* of its issuer, as in trust_issuer */
    int64_t list;                    /* 0, 1, … */
    int64_t from_ms, until_ms;       /* as of; and what it is good until */
    struct sv bits;
};

enum verdict {
    VERDICT_VALID,          /* genuine, in force by a fresh list */
    VERDICT_UNCONFIRMED,    /* genuine and within its dates; no fresh list says that it is in force */
    VERDICT_PARTLY_REVOKED, /* some permits are no longer in force */
    VERDICT_REVOKED,        /* none is */
    VERDICT_SUPERSEDED,     /* this version: replaced by a newer one, or ended */
    VERDICT_EXPIRED,        /* the last day of every permit is past */
    VERDICT_FUTURE,         /* issued after now: this clock or that one is wrong */
    VERDICT_REPLAYED,       /* stands in the address of another licence */
    VERDICT_OTHER_REGION,   /* the key is good, but not for this region */
    VERDICT_KEY_REVOKED,    /* the key is no longer, or was not then, allowed to sign */
    VERDICT_UNKNOWN_KEY,    /* of an issuer that is not trusted here */
    VERDICT_FORGED,         /* the signature does not fit */
    VERDICT_MALFORMED,      /* no licence text, or damaged */
    VERDICTS
};
/* Stable key ("partly_revoked"), Chinese word (部分许可已失效) and sentence. */
const char *verdict_key(enum verdict v);
const char *verdict_text(enum verdict v);
const char *verdict_reason(enum verdict v);
/* Did this bureau issue exactly this, whatever became of it? Only then may its content be shown. */
bool verdict_genuine(enum verdict v);

/* A permit as far as it can be seen from here. */
enum permit_status { SEEN_UNCONFIRMED, SEEN_IN_FORCE, SEEN_PAST, SEEN_REVOKED };
const char *permit_status_key(enum permit_status s);
const char *permit_status_text(enum permit_status s);

typedef bool (*verify_signature)(const unsigned char pub[VERIFY_PUB], struct sv message,
                                 const unsigned char sig[64]);

struct verify_in {
    struct sv text;                            /* of the QR code: a URL or what stands behind # */
    const struct trust *trust;
    const struct status_list *lists; size_t n_lists;
    int64_t now;                               /* ms UTC */
    verify_signature signed_by;
};

enum list_state { LIST_NONE, LIST_OLD, LIST_FRESH };

struct verified {
    enum verdict verdict;
    const char *reason;                        /* Chinese sentence */
    struct payload payload;                    /* when verdict_genuine */
    const struct trust_issuer *issuer;         /* who signed; NULL when not known */
    enum permit_status permits[PAYLOAD_MAX_PERMITS];
    enum list_state list;                      /* the worst of the lists that were needed */
    int64_t as_of_ms;                          /* of the oldest list used; 0 without */
};

void verify_offline(const struct verify_in *in, struct arena *a, struct verified *out);

/* The issuer and key of this id, or NULL. */
const struct trust_key *trust_key_find(const struct trust *t, struct sv id,
                                       const struct trust_issuer **issuer);
/* May this key sign something made at this time? */
bool trust_key_signs(const struct trust_key *k, int64_t at_ms);

#endif
