/* merkle: see merkle.h.
 *
 * Every range that a proof names starts at a multiple of a power of two not smaller than its
 * length. So its hash folds from the perfect subtrees that the binary digits of its length
 * name: the same fold as for the root over the frontier. Nothing here is recursive.
 */
#include "domain/ledger/merkle.h"

#include <assert.h>
#include <stdlib.h>

#include "base/arena.h"
#include "base/err.h"

#define SIZE_LIMIT (UINT64_C(1) << MERKLE_LEVELS)

enum { LEAF_ON_STACK = 1024, PATH_MAX_HASHES = MERKLE_LEVELS * 2 };

static struct sv bytes(const void *p, size_t n)
{
    return sv_make(p, n);
}

void merkle_leaf(merkle_hash_fn *h, struct sv data, struct merkle_hash *out)
{
    unsigned char small[LEAF_ON_STACK];
    unsigned char *p = data.n < sizeof small ? small : mem_new(data.n + 1);
    p[0] = 0;
    if (data.n)
        memcpy(p + 1, data.p, data.n);
    h(bytes(p, data.n + 1), out);
    if (p != small)
        free(p);
}

void merkle_node(merkle_hash_fn *h, const struct merkle_hash *l, const struct merkle_hash *r,
                 struct merkle_hash *out)
{
    unsigned char p[1 + 2 * MERKLE_HASH];
    p[0] = 1;
    memcpy(p + 1, l->b, MERKLE_HASH);
    memcpy(p + 1 + MERKLE_HASH, r->b, MERKLE_HASH);
    h(bytes(p, sizeof p), out);
}

void merkle_append(merkle_hash_fn *h, struct merkle_frontier *f, const struct merkle_hash *leaf,
                   void (*done)(void *ctx, unsigned level, uint64_t index,
                                const struct merkle_hash *hash), void *ctx)
{
    assert(f->size < SIZE_LIMIT - 1);
    struct merkle_hash cur = *leaf;
    unsigned level = 0;
    for (; f->size >> level & 1; level++) { /* like the carry of size + 1 */
        merkle_node(h, &f->peak[level], &cur, &cur);
        if (done)
            done(ctx, level + 1, f->size >> (level + 1), &cur);
    }
    f->peak[level] = cur;
    f->size++;
}

void merkle_root(merkle_hash_fn *h, const struct merkle_frontier *f, struct merkle_hash *out)
{
    bool any = false;
    if (f->size == 0)
        h(bytes("", 0), out);
    for (unsigned level = 0; level < MERKLE_LEVELS; level++) {
        if (!(f->size >> level & 1))
            continue;
        if (any)
            merkle_node(h, &f->peak[level], out, out);
        else
            *out = f->peak[level];
        any = true;
    }
}

/* Hash of the n leaves from lo on; lo is a multiple of a power of two >= n > 0. */
static int range_hash(merkle_hash_fn *h, merkle_fetch *get, void *ctx, uint64_t lo, uint64_t n,
                      struct merkle_hash *out)
{
    bool any = false;
    for (unsigned level = 0; level < MERKLE_LEVELS; level++) {
        if (!(n >> level & 1))
            continue;
        struct merkle_hash peak;
        uint64_t at = lo + (n >> level << level) - (UINT64_C(1) << level);
        int rc = get(ctx, level, at >> level, &peak);
        if (rc < 0)
            return rc;
        if (any)
            merkle_node(h, &peak, out, out);
        else
            *out = peak;
        any = true;
    }
    return 0;
}

/* Largest power of two below n; n >= 2. */
static uint64_t split(uint64_t n)
{
    return UINT64_C(1) << (63 - __builtin_clzll(n - 1));
}

static void reverse(struct merkle_hash *p, int n)
{
    for (int i = 0, j = n - 1; i < j; i++, j--) {
        struct merkle_hash t = p[i];
        p[i] = p[j];
        p[j] = t;
    }
}

/* RFC 9162 2.1.3.1, walked from the root down, so the path comes out reversed. */
int merkle_inclusion(merkle_hash_fn *h, merkle_fetch *get, void *ctx, uint64_t index, uint64_t size,
                     struct merkle_hash *out)
{
    uint64_t lo = 0;
    uint64_t n = size;
    int count = 0;
    if (index >= size || size >= SIZE_LIMIT)
        return ERR_INVALID;
    while (n > 1) {
        uint64_t k = split(n);
        bool left = index - lo < k;
        int rc = range_hash(h, get, ctx, left ? lo + k : lo, left ? n - k : k, &out[count]);
        if (rc < 0)
            return rc;
        count++;
        lo += left ? 0 : k;
        n = left ? k : n - k;
    }
    reverse(out, count);
    return count;
}

/* RFC 9162 2.1.4.1, likewise. The old tree itself is left out where the verifier knows its
 * root (b true in the RFC: we only ever went left). */
int merkle_consistency(merkle_hash_fn *h, merkle_fetch *get, void *ctx, uint64_t from, uint64_t to,
                       struct merkle_hash *out)
{
    uint64_t lo = 0;
    uint64_t m = from;
    uint64_t n = to;
    int count = 0;
    int rc;
    if (from > to || to >= SIZE_LIMIT)
        return ERR_INVALID;
    if (from == 0)
        return 0;
    while (m != n) {
        uint64_t k = split(n);
        bool left = m <= k;
        rc = range_hash(h, get, ctx, left ? lo + k : lo, left ? n - k : k, &out[count]);
        if (rc < 0)
            return rc;
        count++;
        lo += left ? 0 : k;
        m -= left ? 0 : k;
        n = left ? k : n - k;
    }
    if (lo != 0) {
        rc = range_hash(h, get, ctx, lo, n, &out[count]);
        if (rc < 0)
            return rc;
        count++;
    }
    reverse(out, count);
    return count;
}

static bool same(const struct merkle_hash *a, const struct merkle_hash *b)
{
    return memcmp(a->b, b->b, MERKLE_HASH) == 0;
}

/* After a node was joined to its left: climb to where it is a left child or the root. */
static void climb(uint64_t *fn, uint64_t *sn)
{
    while (*fn && !(*fn & 1)) {
        *fn >>= 1;
        *sn >>= 1;
    }
}

/* RFC 9162 2.1.3.2. */
bool merkle_check_inclusion(merkle_hash_fn *h, uint64_t index, uint64_t size,
                            const struct merkle_hash *leaf, const struct merkle_hash *path,
                            size_t n, const struct merkle_hash *root)
{
    if (index >= size || n > PATH_MAX_HASHES)
        return false;
    uint64_t fn = index;
    uint64_t sn = size - 1;
    struct merkle_hash r = *leaf;
    for (size_t i = 0; i < n; i++) {
        if (sn == 0)
            return false;
        if ((fn & 1) || fn == sn) {
            merkle_node(h, &path[i], &r, &r);
            if (!(fn & 1))
                climb(&fn, &sn);
        } else {
            merkle_node(h, &r, &path[i], &r);
        }
        fn >>= 1;
        sn >>= 1;
    }
    return sn == 0 && same(&r, root);
}

/* RFC 9162 2.1.4.2. An empty old tree is a prefix of every tree. */
bool merkle_check_consistency(merkle_hash_fn *h, uint64_t from, uint64_t to,
                              const struct merkle_hash *path, size_t n,
                              const struct merkle_hash *old_root, const struct merkle_hash *root)
{
    if (from > to || n > PATH_MAX_HASHES)
        return false;
    if (from == to)
        return n == 0 && same(old_root, root);
    if (from == 0) {
        struct merkle_hash empty;
        h(bytes("", 0), &empty);
        return n == 0 && same(old_root, &empty);
    }
    bool whole = (from & (from - 1)) == 0; /* the old root is itself a node of the new tree */
    if (!whole && n == 0)
        return false;
    struct merkle_hash fr = whole ? *old_root : path[0];
    struct merkle_hash sr = fr;
    uint64_t fn = from - 1;
    uint64_t sn = to - 1;
    for (; fn & 1; fn >>= 1)
        sn >>= 1;
    for (size_t i = whole ? 0 : 1; i < n; i++) {
        if (sn == 0)
            return false;
        if ((fn & 1) || fn == sn) {
            merkle_node(h, &path[i], &fr, &fr);
            merkle_node(h, &path[i], &sr, &sr);
            if (!(fn & 1))
                climb(&fn, &sn);
        } else {
            merkle_node(h, &sr, &path[i], &sr);
        }
        fn >>= 1;
        sn >>= 1;
    }
    return sn == 0 && same(&fr, old_root) && same(&sr, root);
}

size_t merkle_frontier_write(const struct merkle_frontier *f, unsigned char *out)
{
    size_t n = 0;
    for (; n < 8; n++)
        out[n] = (unsigned char)(f->size >> (8 * (7 - n)));
    for (unsigned level = MERKLE_LEVELS; level-- > 0;) {
        if (!(f->size >> level & 1))
            continue;
        memcpy(out + n, f->peak[level].b, MERKLE_HASH);
        n += MERKLE_HASH;
    }
    return n;
}

bool merkle_frontier_read(struct sv s, struct merkle_frontier *f)
{
    uint64_t size = 0;
    if (s.n < 8)
        return false;
    for (size_t i = 0; i < 8; i++)
        size = size << 8 | (unsigned char)s.p[i];
    if (size >= SIZE_LIMIT ||
        s.n != 8 + (size_t)__builtin_popcountll(size) * MERKLE_HASH)
        return false;
    memset(f, 0, sizeof *f);
    f->size = size;
    const char *p = s.p + 8;
    for (unsigned level = MERKLE_LEVELS; level-- > 0;) {
        if (!(size >> level & 1))
            continue;
        memcpy(f->peak[level].b, p, MERKLE_HASH);
        p += MERKLE_HASH;
    }
    return true;
}
