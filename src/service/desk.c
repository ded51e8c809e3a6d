/* desk: see desk.h. */
#include "service/desk.h"

#include <stdlib.h>

enum { KEPT = 4 };

struct sheet {
    struct sheet *next; /* newest first */
    struct catalog *catalog;
    struct sv digest; /* on the catalogue's arena */
    int users;
};

struct desk {
    pthread_mutex_t lock;
    struct sheet *sheets;
    json_t *offered; /* the last one offered and not yet taken */
    char offered_digest[65];
};

struct desk *desk_new(void)
{
    struct desk *d = mem_new(sizeof *d);
    pthread_mutex_init(&d->lock, NULL);
    return d;
}

void desk_free(struct desk *d)
{
    if (!d)
        return;
    while (d->sheets) {
        struct sheet *s = d->sheets;
        d->sheets = s->next;
        catalog_free(s->catalog);
        free(s);
    }
    json_decref(d->offered);
    pthread_mutex_destroy(&d->lock);
    free(d);
}

/* Under lock. */
static const struct catalog *find(struct desk *d, struct sv digest)
{
    for (struct sheet *s = d->sheets; s; s = s->next)
        if (sv_eq(s->digest, digest)) {
            s->users++;
            return s->catalog;
        }
    return NULL;
}

/* Under lock: what nobody uses, beyond the newest few. */
static void clear_away(struct desk *d)
{
    int n = 0;
    for (struct sheet **at = &d->sheets; *at;) {
        struct sheet *s = *at;
        if (++n <= KEPT || s->users) {
            at = &s->next;
            continue;
        }
        *at = s->next;
        catalog_free(s->catalog);
        free(s);
    }
}

void desk_offer(struct desk *d, struct sv digest, json_t *doc)
{
    pthread_mutex_lock(&d->lock);
    json_decref(d->offered);
    d->offered = digest.n < sizeof d->offered_digest ? json_incref(doc) : NULL;
    memset(d->offered_digest, 0, sizeof d->offered_digest);
    if (d->offered)
        memcpy(d->offered_digest, digest.p, digest.n);
    pthread_mutex_unlock(&d->lock);
}

/* Under lock: the offered document, if it is this one; the caller's reference then. */
static json_t *take_offered(struct desk *d, struct sv digest)
{
    json_t *doc = d->offered;
    if (!doc || !sv_is(digest, d->offered_digest))
        return NULL;
    d->offered = NULL;
    return doc;
}

const struct catalog *desk_take(struct desk *d, struct sv digest, struct sv body, struct err *e)
{
    pthread_mutex_lock(&d->lock);
    const struct catalog *found = find(d, digest);
    json_t *doc = found ? NULL : take_offered(d, digest);
    pthread_mutex_unlock(&d->lock);
    if (found)
        return found;
    struct catalog *c = doc ? catalog_load_tree(doc, SV("草稿"), e)
                            : catalog_load(body, SV("草稿"), e);
    if (!c)
        return NULL;
    struct sheet *s = mem_new(sizeof *s);
    c->digest = arena_sv(c->arena, digest);
    *s = (struct sheet){ .catalog = c, .digest = c->digest, .users = 1 };
    pthread_mutex_lock(&d->lock);
    s->next = d->sheets; /* a twin loaded meanwhile does no harm */
    d->sheets = s;
    clear_away(d);
    pthread_mutex_unlock(&d->lock);
    return c;
}

void desk_give(struct desk *d, const struct catalog *c)
{
    pthread_mutex_lock(&d->lock);
    for (struct sheet *s = d->sheets; c && s; s = s->next)
        if (s->catalog == c)
            s->users--;
    clear_away(d);
    pthread_mutex_unlock(&d->lock);
}
