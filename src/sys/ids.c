/* ids: see ids.h. */
#include "sys/ids.h"

#include <stdatomic.h>
#include <stdbool.h>

#include "sys/clock.h"
#include "sys/crypto.h"

#define EPOCH_MS INT64_C(1767225600000) /* 2026-01-01T00:00:00Z */

static _Atomic int64_t last; /* ms << 12 | sequence */
static _Atomic int node = -1;

void id_set_node(unsigned n)
{
    atomic_store(&node, (int)(n & 1023));
}

static int64_t node_bits(void)
{
    int n = atomic_load(&node);
    if (n < 0) {
        uint16_t r;
        int none = -1;
        random_bytes(&r, sizeof r);
        atomic_compare_exchange_strong(&node, &none, r & 1023);
        n = atomic_load(&node);
    }
    return n;
}

int64_t id_next(void)
{
    int64_t fresh = (clock_now_ms() - EPOCH_MS) * 4096; /* negative before the epoch */
    int64_t seen = atomic_load(&last);
    int64_t next;
    /* Never go back: when the clock stands or steps back, count on from the last one. */
    do {
        next = fresh > seen ? fresh : seen + 1;
    } while (!atomic_compare_exchange_weak(&last, &seen, next));
    return (next >> 12) << 22 | node_bits() << 12 | (next & 4095);
}
