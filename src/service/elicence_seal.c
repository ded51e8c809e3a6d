/* elicence_seal: see elicence_seal.h. */
#include "service/elicence_seal.h"

#include <pthread.h>
#include <stdlib.h>

#include "doc/doc.h"
#include "doc/seal.h"
#include "sys/cert.h"

enum { SEALS_MAX = 64 /* organs of a city; when there are more, the oldest goes */ };
#define SEAL_MM 42.0

struct seal_kept { struct sm3_hash key; struct buf der; };

struct seal_cache { pthread_mutex_t lock; struct seal_kept kept[SEALS_MAX]; size_t n, next; };

struct seal_cache *seal_cache_new(void)
{
    struct seal_cache *c = mem_new(sizeof *c);
    pthread_mutex_init(&c->lock, NULL);
    return c;
}

void seal_cache_free(struct seal_cache *c)
{
    for (size_t i = 0; i < c->n; i++)
        buf_done(&c->kept[i].der);
    pthread_mutex_destroy(&c->lock);
    free(c);
}

/* In force as long as both certificates are. */
static int valid_times(const struct seal_keys *k, struct arena *a, char from[SEAL_TIME + 1],
                       char until[SEAL_TIME + 1], struct err *e)
{
    struct cert_info signer, maker;
    int rc = cert_read(k->signer_cert, a, &signer, e);
    if (rc == 0)
        rc = cert_read(k->maker_cert, a, &maker, e);
    if (rc != 0)
        return rc;
    seal_time(signer.from_ms > maker.from_ms ? signer.from_ms : maker.from_ms, from);
    seal_time(signer.until_ms < maker.until_ms ? signer.until_ms : maker.until_ms, until);
    return 0;
}

static int make(const struct seal_keys *k, struct sv organ, struct sv code, bool sample,
                struct arena *a, struct buf *out, struct err *e)
{
    char from[SEAL_TIME + 1], until[SEAL_TIME + 1];
    struct buf picture;
    buf_init(&picture, SEAL_CAP);
    int rc = valid_times(k, a, from, until, e);
    if (rc == 0)
        rc = doc_seal_picture(organ, sample ? SV("示例") : SV(""), SEAL_MM, &picture, e);
    const struct seal s = { .vendor = SV("yizheng"), .id = code.n ? code : SV("0"), .name = organ,
                            .type = SEAL_OF_UNIT, .certs = { k->signer_cert }, .n_certs = 1,
                            .created = sv_of(from), .from = sv_of(from), .until = sv_of(until),
                            .picture_kind = SV("PNG"), .picture = buf_sv(&picture),
                            .width = (uint32_t)SEAL_MM, .height = (uint32_t)SEAL_MM };
    if (rc == 0)
        rc = seal_make(&s, k->maker, k->maker_cert, out, e);
    buf_done(&picture);
    return rc;
}

/* The same seal: organ, certificates, picture. */
static struct sm3_hash key_for(const struct seal_keys *k, struct sv organ, struct sv code, bool sample)
{
    struct sm3_ctx *c = sm3_new();
    struct sm3_hash h;
    const struct sv parts[] = { organ, SV("\n"), code, sample ? SV("\n1") : SV("\n0"), k->signer_cert,
                                k->maker_cert };
    for (size_t i = 0; i < sizeof parts / sizeof parts[0]; i++)
        sm3_add(c, parts[i]);
    sm3_end(c, &h);
    sm3_free(c);
    return h;
}

static bool find(struct seal_cache *c, const struct sm3_hash *key, struct arena *a, struct sv *out)
{
    bool found = false;
    pthread_mutex_lock(&c->lock);
    for (size_t i = 0; !found && i < c->n; i++) {
        found = memcmp(c->kept[i].key.b, key->b, SM3_SIZE) == 0;
        if (found)
            *out = arena_sv(a, buf_sv(&c->kept[i].der));
    }
    pthread_mutex_unlock(&c->lock);
    return found;
}

static void keep(struct seal_cache *c, const struct sm3_hash *key, struct sv der)
{
    pthread_mutex_lock(&c->lock);
    struct seal_kept *k = &c->kept[c->next];
    c->next = (c->next + 1) % SEALS_MAX;
    if (c->n < SEALS_MAX) {
        c->n++;
        buf_init(&k->der, SEAL_CAP);
    }
    k->key = *key;
    buf_clear(&k->der);
    buf_sv_add(&k->der, der);
    pthread_mutex_unlock(&c->lock);
}

int seal_cached(struct seal_cache *c, const struct seal_keys *keys, struct sv organ, struct sv code,
                bool sample, struct arena *a, struct sv *out, struct err *e)
{
    const struct sm3_hash key = key_for(keys, organ, code, sample);
    struct buf der;
    if (find(c, &key, a, out))
        return 0;
    buf_init(&der, SEAL_CAP);
    int rc = make(keys, organ, code, sample, a, &der, e);
    if (rc == 0) {
        *out = arena_sv(a, buf_sv(&der));
        keep(c, &key, *out);
    }
    buf_done(&der);
    return rc;
}
