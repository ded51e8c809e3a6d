/* fuzz_base41: what decodes must encode to the very same text; any bytes must come back.
 *
 *   clang -g -O1 -std=gnu11 -D_GNU_SOURCE -Isrc -fsanitize=fuzzer,address,undefined \
 *     tests/fuzz/fuzz_base41.c src/domain/licence/base41.c src/base/{arena,buf,err,sv,utf8}.c
 */
#include <stdlib.h>

#include "domain/licence/payload.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct sv in = sv_make((const char *)data, size);
    struct buf a;
    struct buf b;
    buf_init(&a, size * 2 + 16);
    buf_init(&b, size * 2 + 16);
    if (base41_decode(in, &a, NULL) == 0) {
        base41_encode(buf_sv(&a), &b);
        if (!sv_eq(buf_sv(&b), in))
            abort();
    }
    buf_clear(&a);
    buf_clear(&b);
    base41_encode(in, &a);
    if (base41_decode(buf_sv(&a), &b, NULL) != 0 || !sv_eq(buf_sv(&b), in))
        abort();
    buf_done(&a);
    buf_done(&b);
    return 0;
}
