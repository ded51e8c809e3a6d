/* arena: memory that is given out piece by piece and freed whole.
 *
 * One arena per request or job. There is no free of a single piece; failure of a
 * small allocation aborts the process (a server that cannot get 64 KB cannot do
 * anything right). Sizes that a user chooses are checked against a cap by the
 * caller before they reach an arena. Not thread-safe: one owner at a time.
 */
#ifndef YZ_BASE_ARENA_H
#define YZ_BASE_ARENA_H

#include <stdarg.h>
#include <stddef.h>

#include "base/sv.h"

struct arena;

/* New empty arena; free with arena_free. */
struct arena *arena_new(void);
void arena_free(struct arena *a);

/* Forget everything given out, keep the first block for the next use. */
void arena_reset(struct arena *a);

/* n zeroed bytes, aligned for any type. Never NULL. */
void *arena_alloc(struct arena *a, size_t n);

/* count * size zeroed bytes; aborts on overflow. */
void *arena_array(struct arena *a, size_t count, size_t size);

/* A NUL-terminated copy of s. */
char *arena_dup(struct arena *a, struct sv s);

/* A NUL-terminated copy of s as sv (n does not count the NUL). */
struct sv arena_sv(struct arena *a, struct sv s);

/* Formatted text, NUL-terminated. */
char *arena_printf(struct arena *a, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
struct sv arena_printf_sv(struct arena *a, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));

/* Bytes held from the system, for metrics and caps. */
size_t arena_size(const struct arena *a);

/* Zeroed heap memory for things that outlive a request; aborts on failure; free(). */
void *mem_new(size_t n);

#endif
