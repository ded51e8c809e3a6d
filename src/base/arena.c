/* arena: see arena.h. Blocks double from 4 KB to 256 KB; larger pieces get a block of their own. */
#include "base/arena.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

enum { FIRST_BLOCK = 4096, MAX_BLOCK = 256 * 1024, ALIGN = 16 };

struct block {
    struct block *next;
    size_t cap;
    size_t used;
    size_t pad; /* keeps data 16-aligned */
    unsigned char data[];
};

struct arena {
    struct block *head; /* current block; older ones behind it */
    size_t total;
};

void *mem_new(size_t n)
{
    void *p = calloc(1, n ? n : 1);
    if (!p)
        abort();
    return p;
}

static struct block *block_new(size_t cap)
{
    struct block *b = malloc(sizeof *b + cap);
    if (!b)
        abort();
    b->next = NULL;
    b->cap = cap;
    b->used = 0;
    return b;
}

struct arena *arena_new(void)
{
    struct arena *a = mem_new(sizeof *a);
    a->head = block_new(FIRST_BLOCK);
    a->total = FIRST_BLOCK;
    return a;
}

void arena_reset(struct arena *a)
{
    struct block *b = a->head;
    while (b->next) {
        struct block *next = b->next;
        free(b);
        b = next;
    }
    b->used = 0;
    a->head = b;
    a->total = b->cap;
}

void arena_free(struct arena *a)
{
    if (!a)
        return;
    arena_reset(a);
    free(a->head);
    free(a);
}

void *arena_alloc(struct arena *a, size_t n)
{
    if (n > SIZE_MAX / 2)
        abort();
    size_t need = (n + ALIGN - 1) & ~(size_t)(ALIGN - 1);
    struct block *b = a->head;
    if (need > b->cap - b->used) {
        size_t cap = b->cap * 2 > MAX_BLOCK ? MAX_BLOCK : b->cap * 2;
        if (cap < need)
            cap = need;
        b = block_new(cap);
        b->next = a->head;
        a->head = b;
        a->total += cap;
    }
    void *p = b->data + b->used;
    b->used += need;
    memset(p, 0, n);
    return p;
}

void *arena_array(struct arena *a, size_t count, size_t size)
{
    if (size && count > SIZE_MAX / size)
        abort();
    return arena_alloc(a, count * size);
}

char *arena_dup(struct arena *a, struct sv s)
{
    char *p = arena_alloc(a, s.n + 1);
    if (s.n)
        memcpy(p, s.p, s.n);
    return p;
}

struct sv arena_sv(struct arena *a, struct sv s)
{
    return sv_make(arena_dup(a, s), s.n);
}

static struct sv vformat(struct arena *a, const char *fmt, va_list ap)
{
    va_list again;
    va_copy(again, ap);
    int n = vsnprintf(NULL, 0, fmt, ap);
    if (n < 0)
        abort();
    char *p = arena_alloc(a, (size_t)n + 1);
    vsnprintf(p, (size_t)n + 1, fmt, again);
    va_end(again);
    return sv_make(p, (size_t)n);
}

char *arena_printf(struct arena *a, const char *fmt, ...)
{
    va_list ap;
    va_start(ap, fmt);
    struct sv s = vformat(a, fmt, ap);
    va_end(ap);
    return (char *)(uintptr_t)s.p;
}

struct sv arena_printf_sv(struct arena *a, const char *fmt, ...)
{
    va_list ap;
    va_start(ap, fmt);
    struct sv s = vformat(a, fmt, ap);
    va_end(ap);
    return s;
}

size_t arena_size(const struct arena *a)
{
    return a->total;
}
