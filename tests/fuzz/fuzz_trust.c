/* fuzz_trust: a trust list from a file or another city's server. What is taken must hold what the rest
 * relies on: regions that do not overlap, key ids that are those of the keys, itself among the issuers. */
#include <stdlib.h>

#include "service/trust_doc.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(const struct trust_doc *d)
{
    const struct trust *t = &d->trust;
    const struct trust_issuer *whose;
    char id[17];
    if (!d->self || t->n_issuers == 0 || t->n_issuers > TRUST_MAX_ISSUERS)
        abort();
    for (size_t i = 0; i < t->n_issuers; i++) {
        for (size_t k = 0; k < i; k++)
            if (trust_overlap(t->issuers[i].region, t->issuers[k].region))
                abort();
        for (size_t k = 0; k < t->issuers[i].n_keys; k++) {
            sm2_point_id(t->issuers[i].keys[k].pub, id);
            if (!sv_is(t->issuers[i].keys[k].id, id) || !trust_key_find(t, sv_of(id), &whose) ||
                whose != &t->issuers[i])
                abort();
        }
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct arena *a = arena_new();
    struct err e;
    struct trust_doc doc;
    err_init(&e, a);
    if (trust_doc_read(sv_make((const char *)data, size), a, &doc, &e) == 0)
        check(&doc);
    arena_free(a);
    return 0;
}
