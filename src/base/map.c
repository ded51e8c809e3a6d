/* map: see map.h. Open addressing, FNV-1a, at most half full. */
#include "base/map.h"

struct map_slot {
    struct sv key;
    void *value; /* NULL: free */
};

static uint64_t hash(struct sv key)
{
    uint64_t h = 1469598103934665603u;
    for (size_t i = 0; i < key.n; i++)
        h = (h ^ (unsigned char)key.p[i]) * 1099511628211u;
    return h;
}

static struct map_slot *slot_of(const struct map *m, struct sv key)
{
    size_t at = (size_t)hash(key) & (m->size - 1);
    while (m->slots[at].value && !sv_eq(m->slots[at].key, key))
        at = (at + 1) & (m->size - 1);
    return &m->slots[at];
}

void map_init(struct map *m, struct arena *a)
{
    *m = (struct map){ .arena = a };
}

static void grow(struct map *m)
{
    struct map old = *m;
    m->size = old.size ? old.size * 2 : 16;
    m->slots = arena_array(m->arena, m->size, sizeof *m->slots);
    for (size_t i = 0; i < old.size; i++)
        if (old.slots[i].value)
            *slot_of(m, old.slots[i].key) = old.slots[i];
}

void *map_put(struct map *m, struct sv key, void *value)
{
    if (m->count * 2 >= m->size)
        grow(m);
    struct map_slot *s = slot_of(m, key);
    void *before = s->value;
    *s = (struct map_slot){ key, value };
    m->count += before == NULL;
    return before;
}

void *map_find(const struct map *m, struct sv key)
{
    return m->size ? slot_of(m, key)->value : NULL;
}
