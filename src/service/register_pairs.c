/* register_pairs: see register_pairs.h. */
#include "service/register_pairs.h"

#include <stdatomic.h>
#include <stdlib.h>

#include "sys/clock.h"

enum { SAMPLE = 1000, BUCKETS = 1 << 16 };
static const int64_t EVERY_US = INT64_C(600) * 1000000;

struct register_pairs {
    _Atomic int64_t next_us; /* monotonic: when the next sample is due */
    _Atomic uint16_t count[BUCKETS];
};

struct register_pairs *register_pairs_new(void)
{
    return mem_new(sizeof(struct register_pairs));
}

void register_pairs_free(struct register_pairs *p)
{
    free(p);
}

static unsigned bucket_of(struct sv mark, struct sv gram)
{
    uint32_t h = 2166136261u;
    for (size_t i = 0; i < mark.n; i++)
        h = (h ^ (unsigned char)mark.p[i]) * 16777619u;
    for (size_t i = 0; i < gram.n; i++)
        h = (h ^ (unsigned char)gram.p[i]) * 16777619u;
    return (h ^ h >> 16) & (BUCKETS - 1);
}

static void count_grams(uint16_t *count, struct sv grams)
{
    while (grams.n)
        count[bucket_of(SV(""), sv_cut(&grams, ' '))]++;
}

/* Evenly over the ids; ids are dense. */
static int sample(struct db_conn *c, uint16_t *count, struct err *e)
{
    struct arena *a = arena_new();
    int64_t last = 0;
    int rc = register_last(c, &last, e);
    int64_t n = last < SAMPLE ? last : SAMPLE;
    for (int64_t i = 0; rc >= 0 && i < n; i++) {
        struct sv grams = { 0 };
        arena_reset(a);
        rc = register_grams(c, 1 + i * last / n, a, &grams, e);
        count_grams(count, grams);
    }
    arena_free(a);
    return rc < 0 ? rc : 0;
}

int register_pairs_refresh(struct register_pairs *p, struct db_conn *c, struct err *e)
{
    int64_t now = clock_monotonic_us();
    int64_t due = p->next_us;
    if ((due && now < due) || !atomic_compare_exchange_strong(&p->next_us, &due, now + EVERY_US))
        return 0;
    uint16_t *count = mem_new(BUCKETS * sizeof *count);
    int rc = sample(c, count, e);
    for (size_t i = 0; rc == 0 && i < BUCKETS; i++)
        atomic_store_explicit(&p->count[i], count[i], memory_order_relaxed);
    free(count);
    return rc;
}

unsigned register_pairs_count(const struct register_pairs *p, const char *mark, struct sv gram)
{
    return atomic_load_explicit(&p->count[bucket_of(sv_of(mark), gram)], memory_order_relaxed);
}
