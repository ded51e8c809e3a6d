/* elicence_seal: the electronic seals of organs, made once per process. A seal is the organ's name and
 * picture, signed by the maker of seals for the key that uses it. */
#ifndef YZ_SERVICE_ELICENCE_SEAL_H
#define YZ_SERVICE_ELICENCE_SEAL_H

#include "base/err.h"
#include "service/key_ring.h"

struct seal_cache;
struct seal_cache *seal_cache_new(void);
void seal_cache_free(struct seal_cache *c);
/* SESeal (DER) of an organ, on a; sample: 示例 in its picture. Thread-safe. */
int seal_cached(struct seal_cache *c, const struct seal_keys *keys, struct sv organ, struct sv code,
                bool sample, struct arena *a, struct sv *out, struct err *e);

#endif
