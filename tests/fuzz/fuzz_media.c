/* fuzz_media: an uploaded file's first and last bytes, and its name.
 *
 * The type comes from the content alone; a name that passes can be shown anywhere.
 */
#include <stdlib.h>

#include "base/utf8.h"
#include "service/draft.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void must(bool ok)
{
    if (!ok)
        abort();
}

static void check_name(struct sv name, struct arena *a)
{
    struct err e;
    err_init(&e, a);
    int rc = media_name_check(name, &e);
    must(rc == e.code && (rc == 0 || (rc == ERR_INVALID && e.n_problems == 1)));
    if (rc != 0)
        return;
    must(name.n > 0 && utf8_clean(name) && utf8_count(name) <= 120);
    must(!memchr(name.p, '/', name.n) && !memchr(name.p, '\\', name.n) && !memchr(name.p, '\n', name.n));
    must(!sv_is(name, ".") && !sv_is(name, ".."));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const char *const TYPES[] = { "application/pdf", "image/jpeg", "image/png",
                                         "application/ofd" };
    struct sv file = sv_make((const char *)data, size);
    size_t head = size < 512 ? size : 512;
    size_t tail = size < 1024 ? size : 1024;
    const char *type = media_type_of(sv_make(file.p, head), sv_skip(file, size - tail));
    bool known = type == NULL;
    for (size_t i = 0; i < sizeof TYPES / sizeof TYPES[0]; i++)
        known = known || strcmp(type, TYPES[i]) == 0;
    must(known);
    must(media_type_of(sv_make(NULL, 0), file) == NULL);
    struct arena *a = arena_new();
    check_name(file, a);
    arena_free(a);
    return 0;
}
