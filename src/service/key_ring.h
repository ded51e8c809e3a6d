/* key_ring: the keys of a data directory as they stand, an immutable snapshot. What is made with them asks
 * app_keys(app) once for one piece of work: a rotation by command puts another snapshot in its place
 * within about a second; old ones stay until app_close. */
#ifndef YZ_SERVICE_KEY_RING_H
#define YZ_SERVICE_KEY_RING_H

#include "sys/crypto.h"
#include "sys/files.h"
#include "sys/vault.h"

/* A key that signs licences and tree heads, or did. */
struct key_info {
    char id[17];
    unsigned char raw[SM2_PUB_SIZE];
    struct sv pem, cert_der; /* public; cert_der "" when the directory is older than certificates */
    int64_t from_ms;
    int64_t until_ms;   /* signs nothing after it; 0 open */
    int64_t revoked_ms; /* nothing that it signed counts any more; 0 not */
    struct sv reason;   /* of the revocation */
    bool current;
    struct sm2_key *public;
};

/* What an electronic seal (GB/T 38540) is made with. */
struct seal_keys {
    struct sm2_key *signer; /* the current licence key */
    struct sv signer_cert;
    struct sm2_key *maker;
    struct sv maker_cert, ca_cert; /* DER */
};

struct key_ring {
    struct arena *arena;
    struct key_info *keys; /* oldest first */
    size_t n_keys;
    const struct key_info *current;
    struct sm2_key *signer; /* private half of current */
    struct seal_keys seal;
    struct vault *vault;    /* data keys; NULL in a ring of public keys only */
    struct file_stamp stamp;
    struct key_ring *older;
};

/* The key of this id, revoked or not; NULL when there is none. */
const struct key_info *key_ring_find(const struct key_ring *ring, struct sv id);

#endif
