/* corpus: every input kept for the fuzz targets (tests/fuzz/corpus/TARGET), whole, cut short
 * everywhere and with single bits turned, through the same entry point as under the fuzzer.
 *
 * A target aborts when it finds something wrong; the handler then says with which input.
 * meson.build compiles each target with LLVMFuzzerTestOneInput renamed to fuzz_TARGET.
 */
#include <dirent.h>
#include <signal.h>

#include "test.h"

#define TARGETS(X) X(archive) X(base41) X(catalog) X(dates) X(json) X(media) X(ofd) X(payload) \
    X(router) X(status) X(trust) X(workbook)

#define DECLARE(name) int fuzz_##name(const uint8_t *data, size_t size);
TARGETS(DECLARE)

static char current[600];

static void say_which(int sig)
{
    ssize_t put = write(STDERR_FILENO, current, strlen(current));
    (void)put;
    signal(sig, SIG_DFL);
    raise(sig);
}

/* Each input stands alone on the heap, so that a sanitizer sees a read past its end. */
static void feed(int (*one)(const uint8_t *, size_t), const char *from, size_t n)
{
    char *copy = malloc(n ? n : 1);
    memcpy(copy, from, n);
    assert_int_equal(one((const uint8_t *)copy, n), 0);
    free(copy);
}

static void run_file(int (*one)(const uint8_t *, size_t), struct sv text)
{
    feed(one, text.p, text.n);
    for (size_t n = 0; n < text.n && n < 600; n++)
        feed(one, text.p, n);
    char *p = (char *)(uintptr_t)text.p;
    for (size_t i = 0; i < text.n && i < 600; i++) {
        char bit = (char)(1 << (i % 8));
        p[i] = (char)(p[i] ^ bit);
        feed(one, p, text.n);
        p[i] = (char)(p[i] ^ bit);
    }
}

static void run_target(const char *name, int (*one)(const uint8_t *, size_t))
{
    struct arena *a = arena_new();
    const char *root = getenv("YZ_SOURCE");
    size_t files = 0;
    DIR *d = opendir(arena_printf(a, "%s/tests/fuzz/corpus/%s", root ? root : ".", name));
    if (!d)
        fail_msg("tests/fuzz/corpus/%s is missing", name);
    for (struct dirent *x; (x = readdir(d));) {
        if (x->d_name[0] == '.')
            continue;
        const char *path = arena_printf(a, "tests/fuzz/corpus/%s/%s", name, x->d_name);
        snprintf(current, sizeof current, "\nfuzz_%s aborts on (a variant of) %s\n", name, path);
        run_file(one, test_file(a, path));
        files++;
    }
    closedir(d);
    assert_true(files >= 3);
    arena_free(a);
}

#define DEFINE(name) \
    static void test_##name(void **state) { (void)state; run_target(#name, fuzz_##name); }
TARGETS(DEFINE)

int main(void)
{
#define ENTRY(name) cmocka_unit_test(test_##name),
    const struct CMUnitTest tests[] = { TARGETS(ENTRY) };
    signal(SIGABRT, say_which);
    return cmocka_run_group_tests_name("corpus", tests, NULL, NULL);
}
