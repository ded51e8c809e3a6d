/* fuzz_ofd: whatever comes as an OFD, a seal or the XML of a signature, verifying neither crashes nor
 * runs away, and nothing passes: no signature can be right under this root.
 *
 * The first byte chooses the door: a whole file; SignedValue.dat; Seal.esl; or OFD.xml, Signatures.xml,
 * Signature.xml, SignedValue.dat parted by bytes of value 1, packed here. */
#include <stdio.h>
#include <stdlib.h>

#include "doc/ofd.h"
#include "doc/ofd_verify.h"
#include "doc/seal.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void verify(struct sv bytes, struct arena *a)
{
    struct err e;
    struct ofd_report *r = arena_alloc(a, sizeof *r);
    err_init(&e, a);
    int rc = ofd_verify(bytes, SV("no certificate"), a, r, &e);
    if (rc != 0 && !e.detail)
        abort(); /* refused without a word */
    if (rc == 0 && r->n_bad == 0)
        abort();
}

static void read_use(struct sv bytes, struct arena *a)
{
    struct err e;
    struct seal_use u;
    err_init(&e, a);
    if (seal_use_read(bytes, &u, &e) == 0) {
        if (u.to_sign.n > bytes.n || u.seal.info.n > u.seal_der.n || u.seal_der.n > u.to_sign.n)
            abort();
        seal_time_ms(u.time);
    }
}

static void read_seal(struct sv bytes, struct arena *a)
{
    struct err e;
    struct seal s;
    err_init(&e, a);
    if (seal_read(bytes, &s, &e) == 0 && (s.info.n > bytes.n || s.n_certs > SEAL_CERTS_MAX))
        abort();
}

static void pack(struct sv bytes, struct arena *a)
{
    static const char *const names[] = { "OFD.xml", "Doc_0/Signs/Signatures.xml",
                                         "Doc_0/Signs/Sign_0/Signature.xml",
                                         "Doc_0/Signs/Sign_0/SignedValue.dat" };
    struct ofd_pack *p = ofd_pack_new();
    struct buf out;
    buf_init(&out, OFD_CAP);
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        buf_sv_add(ofd_part(p, names[i]), sv_cut(&bytes, 1));
    if (ofd_zip(p, &out, NULL) == 0)
        verify(buf_sv(&out), a);
    buf_done(&out);
    ofd_pack_free(p);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static void (*const doors[])(struct sv, struct arena *) = { verify, read_use, read_seal, pack };
    if (size < 1)
        return 0;
    struct arena *a = arena_new();
    doors[data[0] % 4](sv_make((const char *)data + 1, size - 1), a);
    arena_free(a);
    return 0;
}
