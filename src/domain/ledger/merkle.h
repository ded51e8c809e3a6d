/* merkle: the append-only log's tree in the shape of RFC 9162, with SM3.
 *
 * leaf = SM3(0x00 || data), node = SM3(0x01 || left || right), split at the largest power of
 * two below n, MTH of nothing = SM3(""). The frontier (the roots of the perfect subtrees from
 * left to right) is all that an append needs. Pure; hashing goes through a function pointer
 * so that this layer knows no crypto library and vectors of SHA-256 can be tested too.
 */
#ifndef YZ_DOMAIN_LEDGER_MERKLE_H
#define YZ_DOMAIN_LEDGER_MERKLE_H

#include "base/sv.h"

enum { MERKLE_HASH = 32, MERKLE_LEVELS = 63 };
struct merkle_hash { unsigned char b[MERKLE_HASH]; };

/* out = H(data). */
typedef void merkle_hash_fn(struct sv data, struct merkle_hash *out);

struct merkle_frontier {
    uint64_t size;                             /* leaves */
    struct merkle_hash peak[MERKLE_LEVELS];    /* peak[l] valid iff bit l of size is set */
};

void merkle_leaf(merkle_hash_fn *h, struct sv data, struct merkle_hash *out);
void merkle_node(merkle_hash_fn *h, const struct merkle_hash *l, const struct merkle_hash *r,
                 struct merkle_hash *out);
/* Add one leaf hash. If done != NULL it is called once per perfect subtree completed
 * (level >= 1, index of that subtree within its level): what a store keeps for proofs. */
void merkle_append(merkle_hash_fn *h, struct merkle_frontier *f, const struct merkle_hash *leaf,
                   void (*done)(void *ctx, unsigned level, uint64_t index,
                                const struct merkle_hash *hash), void *ctx);
void merkle_root(merkle_hash_fn *h, const struct merkle_frontier *f, struct merkle_hash *out);

/* Where a proof takes its hashes from: the root of the perfect subtree of 2^level leaves
 * number index. 0, or negative (then the proof fails with that value). */
typedef int merkle_fetch(void *ctx, unsigned level, uint64_t index, struct merkle_hash *out);

/* Paths as RFC 9162 2.1.3 / 2.1.4 define them; out holds MERKLE_LEVELS*2 hashes. Returns the
 * number of hashes or negative. */
int merkle_inclusion(merkle_hash_fn *h, merkle_fetch *get, void *ctx, uint64_t index, uint64_t size,
                     struct merkle_hash *out);
int merkle_consistency(merkle_hash_fn *h, merkle_fetch *get, void *ctx, uint64_t from, uint64_t to,
                       struct merkle_hash *out);
bool merkle_check_inclusion(merkle_hash_fn *h, uint64_t index, uint64_t size,
                            const struct merkle_hash *leaf, const struct merkle_hash *path,
                            size_t n, const struct merkle_hash *root);
bool merkle_check_consistency(merkle_hash_fn *h, uint64_t from, uint64_t to,
                              const struct merkle_hash *path, size_t n,
                              const struct merkle_hash *old_root, const struct merkle_hash *root);

/* Frontier <-> bytes: 8 bytes size, then the valid peaks from high to low. out holds
 * 8 + 63*32 bytes; returns the length. */
size_t merkle_frontier_write(const struct merkle_frontier *f, unsigned char *out);
bool merkle_frontier_read(struct sv bytes, struct merkle_frontier *f);

#endif
