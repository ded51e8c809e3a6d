/* ofd_verify: is an OFD what its electronic seals say? For files from anywhere.
 *
 * Reads the archive with caps (entries, bytes unpacked, no strange names), then checks every seal:
 * the digest of each file, that no file is left out, the digest of Signature.xml, both signatures, the
 * user of the seal, times, and the certificates against one root. What is wrong is said in Chinese, one
 * finding each; nothing stops at the first. Thread-safe; never reads anything but the bytes given.
 */
#ifndef YZ_DOC_OFD_VERIFY_H
#define YZ_DOC_OFD_VERIFY_H

#include "base/err.h"
#include "sys/crypto.h"

enum { OFD_FINDINGS_MAX = 200, OFD_SEALS_MAX = 16, OFD_META_MAX = 64 };

struct ofd_finding { struct sv code, text; }; /* code: stable, snake_case */
struct ofd_seal_seen { struct sv name, id, maker, signer, path; int64_t at; /* ms UTC */
                       unsigned char key[SM2_PUB_SIZE]; /* the signer's */
                       size_t n_files; /* covered */
                       bool stamped; };
struct ofd_item { struct sv name, value; };

struct ofd_report {
    struct arena *arena;
    struct ofd_finding bad[OFD_FINDINGS_MAX]; size_t n_bad; /* none: all is well */
    struct ofd_seal_seen seals[OFD_SEALS_MAX]; size_t n_seals;
    struct sv title;
    struct ofd_item meta[OFD_META_MAX]; size_t n_meta; /* CustomDatas */
    size_t n_files;
};

/* ca: the root certificate, DER; "": whose certificates they are stays open, which is a finding
 * (chain_unknown). ERR_INVALID or ERR_TOO_LARGE when bytes are no OFD that can be read at all. */
int ofd_verify(struct sv bytes, struct sv ca, struct arena *a, struct ofd_report *out,
               struct err *e);

#endif
