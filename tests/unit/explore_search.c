/* explore_search: see explore.h. The set of states reached, breadth first from the start, and
 * backwards from the ends along the same steps. */
#include "explore.h"
#include "test.h"

/* ---- the set of states reached ---- */

static uint64_t mix(const uint64_t key[2])
{
    uint64_t h = key[0] * UINT64_C(0x9e3779b97f4a7c15) ^ (key[1] + UINT64_C(0xbf58476d1ce4e5b9));
    h ^= h >> 29;
    return h * UINT64_C(0x94d049bb133111eb) ^ h >> 32;
}

static void grow(struct set *s)
{
    s->size = s->size ? s->size * 2 : 1u << 16;
    free(s->slots);
    s->slots = calloc(s->size, sizeof *s->slots);
    for (size_t i = 0; i < s->n; i++) {
        uint64_t key[2];
        model_pack(&s->states[i], key);
        size_t at = mix(key) & (s->size - 1);
        while (s->slots[at])
            at = (at + 1) & (s->size - 1);
        s->slots[at] = (uint32_t)i + 1;
    }
}

/* The state's index, new or old. */
static uint32_t add(struct set *s, const struct model *m)
{
    uint64_t key[2], other[2];
    if (s->n * 2 >= s->size)
        grow(s);
    model_pack(m, key);
    size_t at = mix(key) & (s->size - 1);
    for (; s->slots[at]; at = (at + 1) & (s->size - 1)) {
        model_pack(&s->states[s->slots[at] - 1], other);
        if (other[0] == key[0] && other[1] == key[1])
            return s->slots[at] - 1;
    }
    if (s->n == s->cap) {
        s->cap = s->cap ? s->cap * 2 : 1u << 12;
        s->states = realloc(s->states, s->cap * sizeof *s->states);
    }
    s->states[s->n++] = *m;
    s->slots[at] = (uint32_t)s->n;
    return (uint32_t)s->n - 1;
}

/* ---- forwards ---- */

void explorer_reached(struct explorer *x, const struct model *m)
{
    x->steps++;
    check_model(m);
    if (broken)
        return;
    uint32_t to = add(x->set, m);
    if (!x->keep)
        return;
    if (x->steps * 2 > x->cap) {
        x->cap = x->cap ? x->cap * 2 : 1u << 16;
        x->edges = realloc(x->edges, x->cap * sizeof *x->edges);
    }
    x->edges[x->steps * 2 - 2] = x->from;
    x->edges[x->steps * 2 - 1] = to;
}

void explorer_run(struct explorer *x, unsigned with)
{
    struct set *s = x->set;
    features = with;
    struct model first = model_start();
    broken = NULL;
    add(s, &first);
    for (size_t i = 0; i < s->n && !broken; i++) {
        struct model m = s->states[i]; /* the array moves as it grows */
        x->from = (uint32_t)i;
        model_moves(x, &m, with & RACES);
    }
    if (broken)
        fail_msg("invariant broken after %zu states: %s", s->n, broken);
    print_message("explored %zu states, %zu steps\n", s->n, x->steps);
}

void explorer_free(struct explorer *x)
{
    free(x->set->states);
    free(x->set->slots);
    free(x->edges);
    *x->set = (struct set){ 0 };
    *x = (struct explorer){ 0 };
}

/* ---- backwards ---- */

/* Edges sorted by where they lead: those into state i are list[first[i]] … list[first[i + 1] - 1]. */
static uint32_t *sort_backwards(const struct explorer *x, size_t *first)
{
    size_t n = x->set->n;
    uint32_t *list = malloc(x->steps * sizeof *list);
    for (size_t e = 0; e < x->steps; e++)
        first[x->edges[2 * e + 1] + 1]++;
    for (size_t i = 0; i < n; i++)
        first[i + 1] += first[i];
    size_t *next = malloc(n * sizeof *next);
    memcpy(next, first, n * sizeof *next);
    for (size_t e = 0; e < x->steps; e++)
        list[next[x->edges[2 * e + 1]]++] = x->edges[2 * e];
    free(next);
    return list;
}

long explorer_find_trap(const struct explorer *x, size_t *ends)
{
    const struct set *s = x->set;
    size_t *first = calloc(s->n + 1, sizeof *first);
    uint32_t *list = sort_backwards(x, first);
    uint32_t *queue = malloc(s->n * sizeof *queue);
    bool *good = calloc(s->n, 1);
    size_t n = 0;
    long trap = -1;
    for (size_t i = 0; i < s->n; i++)
        if (model_over(&s->states[i])) {
            good[i] = true;
            queue[n++] = (uint32_t)i;
        }
    *ends = n;
    for (size_t at = 0; at < n; at++)
        for (size_t e = first[queue[at]]; e < first[queue[at] + 1]; e++)
            if (!good[list[e]]) {
                good[list[e]] = true;
                queue[n++] = list[e];
            }
    for (size_t i = 0; i < s->n && trap < 0; i++)
        if (!good[i])
            trap = (long)i;
    free(good);
    free(queue);
    free(list);
    free(first);
    return trap;
}
