/* whom: see whom.h. */
#include "cli/whom.h"

#include <string.h>

#include "cli/cli.h"
#include "sys/cert.h"

static struct trust_issuer *new_issuer(struct trust *t, struct arena *a)
{
    struct trust_issuer *more = arena_array(a, t->n_issuers + 1, sizeof *more);
    if (t->n_issuers)
        memcpy(more, t->issuers, t->n_issuers * sizeof *more);
    t->issuers = more;
    return &more[t->n_issuers++];
}

int cli_trust_pem(struct trust *t, const char *file, struct arena *a, struct err *e)
{
    struct sv text;
    int rc = cli_read(file, a, &text, e);
    if (rc < 0)
        return rc;
    struct sm2_key *key = sm2_load_pem(text, SV(""), e);
    if (!key)
        return e->code;
    struct trust_key *k = arena_alloc(a, sizeof *k);
    char id[17];
    rc = sm2_public_raw(key, k->pub, e);
    sm2_free(key);
    if (rc < 0)
        return rc;
    sm2_point_id(k->pub, id);
    k->id = arena_sv(a, sv_of(id));
    const struct trust_issuer *known;
    if (!trust_key_find(t, k->id, &known))
        *new_issuer(t, a) = (struct trust_issuer){ .name = SV("所给公钥"), .keys = k, .n_keys = 1 };
    return 0;
}

int cli_trust_data(struct trust *t, const char *data, struct arena *a, struct err *e)
{
    struct key_ring *ring = keys_public(sv_of(data), e);
    if (!ring)
        return e->code;
    struct trust_issuer *own = new_issuer(t, a);
    *own = (struct trust_issuer){ .name = SV("数据目录里的公钥") };
    trust_ring_keys(ring, a, own);
    key_ring_free(ring);
    return 0;
}

int cli_trust_file(struct trust *t, const char *file, struct arena *a, struct err *e)
{
    struct trust_doc doc;
    struct sv text;
    int rc = cli_read(file, a, &text, e);
    if (rc == 0)
        rc = trust_doc_read(text, a, &doc, e);
    for (size_t i = 0; rc == 0 && i < doc.trust.n_issuers; i++) {
        bool known = false;
        for (size_t k = 0; k < t->n_issuers; k++)
            known = known || trust_overlap(t->issuers[k].region, doc.trust.issuers[i].region);
        if (!known)
            *new_issuer(t, a) = doc.trust.issuers[i];
    }
    return rc;
}

int cli_root(const char *file, const char *data, struct arena *a, struct sv *out,
             struct key_ring **ring, struct err *e)
{
    struct sv text;
    *out = SV("");
    if (file) {
        int rc = cli_read(file, a, &text, e);
        if (rc != 0 || !sv_starts(text, SV("-----"))) {
            *out = text;
            return rc;
        }
        struct buf der;
        buf_init(&der, CERT_DER_MAX);
        rc = cert_from_pem(text, &der, e);
        *out = arena_sv(a, buf_sv(&der));
        buf_done(&der);
        return rc;
    }
    *ring = data ? keys_public(sv_of(data), e) : NULL;
    if (data && !*ring)
        return e->code;
    if (*ring)
        *out = (*ring)->seal.ca_cert;
    return data && !out->n ? err_set(e, ERR_CONFIG, "数据目录里没有根证书") : 0;
}
