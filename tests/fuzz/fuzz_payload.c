/* fuzz_payload: the two things a stranger can hand to the verifier, the text of a QR code and
 * the carried bytes. What decodes must encode and decode to the same content again.
 *
 *   clang -g -O1 -std=gnu11 -D_GNU_SOURCE -Isrc -fsanitize=fuzzer,address,undefined \
 *     tests/fuzz/fuzz_payload.c src/domain/licence/{payload,payload_dictionary,cbor,base41}.c \
 *     src/base/{arena,buf,err,sv,utf8,date}.c -lz
 */
#include <stdlib.h>

#include "domain/licence/payload.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void decode(const struct payload_carried *c, struct arena *a, struct err *e)
{
    struct payload first;
    struct payload second;
    struct buf once;
    struct buf twice;
    if (payload_decode(c, a, &first, e) < 0)
        return;
    buf_init(&once, PAYLOAD_MAX_BYTES * 2);
    buf_init(&twice, PAYLOAD_MAX_BYTES * 2);
    /* Too large for one QR code is a fair answer: decode takes plain bodies up to the cap. */
    if (payload_encode(&first, &once, e) == 0) {
        struct payload_carried again = { .format = c->format, .bytes = buf_sv(&once) };
        if (payload_decode(&again, a, &second, e) < 0 ||
            payload_encode(&second, &twice, e) < 0 || !sv_eq(buf_sv(&once), buf_sv(&twice)))
            abort();
    } else if (e->code != ERR_TOO_LARGE) {
        abort();
    }
    buf_done(&once);
    buf_done(&twice);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct arena *a = arena_new();
    struct err e;
    struct sv in = sv_make((const char *)data, size);
    err_init(&e, a);
    for (int format = 1; format <= PAYLOAD_FORMAT; format++)
        decode(&(struct payload_carried){ .format = format, .bytes = in }, a, &e);
    struct payload_carried c;
    if (payload_split(in, &c, &e) == 0) {
        struct buf text;
        buf_init(&text, PAYLOAD_MAX_TEXT);
        payload_text(&c, &text);
        const char *hash = memchr(in.p, '#', in.n);
        struct sv bare = hash ? sv_skip(in, (size_t)(hash - in.p) + 1) : in;
        if (!buf_ok(&text) || !sv_eq(buf_sv(&text), bare) || payload_url_short(in).n > in.n)
            abort();
        buf_done(&text);
        decode(&c, a, &e);
    }
    arena_free(a);
    return 0;
}
