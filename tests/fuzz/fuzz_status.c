/* fuzz_status: an encodedList as such, and a whole status list document. What decodes must encode to a
 * text that decodes to the same bits; no document may be taken that the one trusted key did not sign. */
#include <stdlib.h>

#include "service/status_doc.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void decode(struct sv text, struct arena *a, struct err *e)
{
    struct sv bits, again;
    struct buf b;
    if (status_decode(text, a, &bits, e) < 0)
        return;
    buf_init(&b, STATUS_MAX_TEXT);
    if (bits.n < STATUS_MIN_BYTES || bits.n > STATUS_MAX_BYTES || status_encode(bits, &b, e) < 0 ||
        status_decode(buf_sv(&b), a, &again, e) < 0 || !sv_eq(bits, again))
        abort();
    buf_done(&b);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    /* A key that signed nothing. */
    static const unsigned char pub[VERIFY_PUB] = {
        4, 0x09, 0xf9, 0xdf, 0x31, 0x1e, 0x54, 0x21, 0xa1, 0x50, 0xdd, 0x7d, 0x16, 0x1e, 0x4b, 0xc5,
        0xc6, 0x72, 0x17, 0x9f, 0xad, 0x18, 0x33, 0xfc, 0x07, 0x6b, 0xb0, 0x8f, 0xf3, 0x56, 0xf3,
        0x50, 0x20, 0xcc, 0xea, 0x49, 0x0c, 0xe2, 0x67, 0x75, 0xa5, 0x2d, 0xc6, 0xea, 0x71, 0x8c,
        0xc1, 0xaa, 0x60, 0x0a, 0xed, 0x05, 0xfb, 0xf3, 0x5e, 0x08, 0x4a, 0x66, 0x32, 0xf6, 0x07,
        0x2d, 0xa9, 0xad, 0x13,
    };
    struct arena *a = arena_new();
    struct err e;
    struct status_list list;
    char id[17];
    struct trust_key key = { .from_ms = 1 };
    struct trust_issuer issuer = { .name = SV("x"), .region = SV("1503"), .keys = &key, .n_keys = 1 };
    struct trust trust = { &issuer, 1 };
    memcpy(key.pub, pub, sizeof pub);
    sm2_point_id(pub, id);
    key.id = sv_of(id);
    err_init(&e, a);
    decode(sv_make((const char *)data, size), a, &e);
    if (status_doc_read(sv_make((const char *)data, size), &trust, a, &list, &e) >= 0)
        abort();
    arena_free(a);
    return 0;
}
