/* map: text -> pointer, on an arena. Keys are borrowed and must live as long as the map.
 * No removal: maps here are built once (catalogue, routes) and then only read. */
#ifndef YZ_BASE_MAP_H
#define YZ_BASE_MAP_H

#include "base/arena.h"

struct map {
    struct arena *arena;
    struct map_slot *slots;
    size_t size; /* power of two, or 0 */
    size_t count;
};

void map_init(struct map *m, struct arena *a);

/* Insert or replace; returns the value that stood there before, or NULL. value != NULL. */
void *map_put(struct map *m, struct sv key, void *value);

/* The value or NULL. */
void *map_find(const struct map *m, struct sv key);

#endif
