/* The shipped catalogue, loaded once for the tests of a file. */
#ifndef YZ_TEST_CATALOG_SHIPPED_H
#define YZ_TEST_CATALOG_SHIPPED_H

#include "test_catalog_fixture.h"

static struct arena *arena;
static struct catalog *catalog;

static int shipped_setup(void **state)
{
    (void)state;
    arena = arena_new();
    catalog = fixture_catalog(arena);
    return 0;
}

static int shipped_teardown(void **state)
{
    (void)state;
    catalog_free(catalog);
    arena_free(arena);
    return 0;
}

#endif
