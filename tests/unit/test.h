/* test: what every test program needs: cmocka with its headers, an arena per test, the
 * repository's files, and a temporary folder that goes away. */
#ifndef YZ_TEST_H
#define YZ_TEST_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/err.h"

#define UNUSED __attribute__((unused))
#define COUNT_OF(array) (sizeof(array) / sizeof(array)[0])

/* The same text, shown when it is not. */
#define assert_sv(is, cstr)                                                                  \
    do {                                                                                     \
        struct sv is_ = (is);                                                                \
        if (!sv_is(is_, (cstr)))                                                             \
            fail_msg("“%.*s” is not “%s”", (int)is_.n, is_.p ? is_.p : "", (cstr));          \
    } while (0)

/* Small numbers that are the same on every run. */
UNUSED static uint64_t test_random(uint64_t *state)
{
    *state ^= *state << 13;
    *state ^= *state >> 7;
    *state ^= *state << 17;
    return *state;
}

UNUSED static double test_seconds(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

UNUSED static bool test_has(const struct err *e, const char *pointer, const char *code)
{
    for (size_t i = 0; i < e->n_problems; i++)
        if (sv_is(e->problems[i].pointer, pointer) && sv_is(e->problems[i].code, code))
            return true;
    return false;
}

/* A file of the repository, whole. */
UNUSED static struct sv test_file(struct arena *a, const char *name)
{
    const char *root = getenv("YZ_SOURCE");
    char *path = arena_printf(a, "%s/%s", root ? root : ".", name);
    FILE *f = fopen(path, "rb");
    if (!f)
        fail_msg("cannot open %s (set YZ_SOURCE to the repository)", path);
    fseek(f, 0, SEEK_END);
    size_t n = (size_t)ftell(f);
    rewind(f);
    char *p = arena_alloc(a, n + 1);
    assert_int_equal(fread(p, 1, n, f), n);
    fclose(f);
    return sv_make(p, n);
}

/* A new empty folder; give it to test_folder_remove. */
UNUSED static char *test_folder(struct arena *a)
{
    const char *base = getenv("TMPDIR");
    char *path = arena_printf(a, "%s/yz-test-XXXXXX", base && *base ? base : P_tmpdir);
    if (!mkdtemp(path))
        fail_msg("cannot make %s", path);
    return path;
}

UNUSED static void test_folder_remove(const char *path)
{
    char command[4200];
    snprintf(command, sizeof command, "rm -rf '%s'", path);
    if (system(command) != 0)
        fail_msg("cannot remove %s", path);
}

#endif
