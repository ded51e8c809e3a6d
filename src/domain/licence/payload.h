/* payload: the signed content of the licence's QR code (R7.3), bytes <-> struct.
 *
 * QR text:  HTTPS://HOST/V/<SHORT>#2<base41(flag || body || signature)>
 *   '2'   version of this format (docs/qr-payload.md); '1' is read, too: it has no key 16
 *   flag  0 = body is the CBOR, 1 = raw deflate of it, 2 = raw deflate of it with the preset
 *         dictionary payload_dictionary(); a writer takes the shortest
 *   body  CBOR map with integer keys, deterministic encoding (RFC 8949 4.2)
 *   sig   64 bytes SM2-with-SM3, r||s, over "yizheng licence v2\0" || flag || body as carried
 * The signature covers the bytes as carried, so no other encoding of the same content passes.
 * The version is in what is signed, so no text of one version passes as one of the other.
 * Base41 is decoded canonically only. Pure: signing and checking are done by the caller with
 * the bytes given here.
 */
#ifndef YZ_DOMAIN_LICENCE_PAYLOAD_H
#define YZ_DOMAIN_LICENCE_PAYLOAD_H

#include "base/buf.h"
#include "base/date.h"
#include "base/err.h"

struct payload_permit {
    struct sv name;       /* 食品经营许可证 */
    struct sv number;
    struct sv department; /* 海勃湾区市场监督管理局 */
    int32_t granted;      /* date */
    int32_t valid_until;  /* date; DATE_NONE = no expiry 长期 */
    int64_t status_index; /* bit in the status list; -1 none yet */
};

struct payload {
    int format;           /* 1 or PAYLOAD_FORMAT */
    struct sv key_id;     /* 16 hex digits of the signing key */
    struct sv number;     /* licence number */
    int64_t version;      /* 1, 2, … */
    struct sv short_id;   /* the id in the path */
    struct sv region;     /* 6 digits */
    struct sv industry;   /* name */
    struct sv holder, uscc, person, address;
    struct sv issuer;     /* name of the bureau */
    int32_t issued;       /* date */
    int64_t issued_at;    /* ms UTC */
    struct payload_permit *permits; size_t n_permits; /* at most PAYLOAD_MAX_PERMITS */
    int64_t status_index; /* the licence version's bit in the status list; -1 none (format 1) */
};
enum { PAYLOAD_FORMAT = 2 /* what is written today */, PAYLOAD_MAX_PERMITS = 32, PAYLOAD_MAX_BYTES = 4096, PAYLOAD_MAX_TEXT = 3000 };

/* A text taken apart, not yet believed. */
struct payload_carried {
    int format;
    struct sv bytes; /* flag || body, as the signature covers them */
    unsigned char sig[64];
};

/* CBOR (+ deflate when shorter) with its leading flag byte: what is signed and carried. */
int payload_encode(const struct payload *p, struct buf *out, struct err *e);
/* The exact bytes that the signature covers: prefix of the format || carried. */
void payload_to_sign(int format, struct sv carried, struct buf *out);
/* '2' + base41(carried || sig). */
void payload_text(const struct payload_carried *c, struct buf *out);
/* Whole QR text for a host ("zwfw.example" or "127.0.0.1:8080", scheme given). */
void payload_url(struct sv scheme_host, struct sv short_id, struct sv text, struct buf *out);

/* Accepts a whole URL or the bare text after '#'; bytes on the arena of e. Any non-canonical
 * character or length is ERR_INVALID. */
int payload_split(struct sv text, struct payload_carried *out, struct err *e);
/* The short id in the path of a whole URL (…/V/<SHORT>#…), or "". It is not signed: good only to be
 * compared with the one that is. */
struct sv payload_url_short(struct sv text);
/* Decode carried bytes: trusted with nothing, and trust nothing of them until the signature holds. */
int payload_decode(const struct payload_carried *c, struct arena *a, struct payload *out,
                   struct err *e);

/* The preset dictionary of flag 2: fixed for ever (docs/qr-payload.md). */
struct sv payload_dictionary(void);

/* Base41: 2 bytes n=256a+b -> c + 41 d + 1681 e, least first; odd byte -> 2 chars. */
void base41_encode(struct sv bytes, struct buf *out);
int base41_decode(struct sv text, struct buf *out, struct err *e);

#endif
