/* fuzz_archive: whatever comes as an archive package, checking it neither crashes nor runs away, says what is wrong in
 * words, and never finds it good: nothing here is signed by the key that is trusted.
 *
 * The first byte chooses the door: a whole ZIP; the text of a manifest in an otherwise empty package; or keys, log,
 * proofs, head and facts parted by bytes of value 1, for which a manifest with the right digests is made here. */
#include <stdlib.h>
#include <zip.h>

#include "base/json.h"
#include "domain/archive/layout.h"
#include "service/archive_verify.h"
#include "sys/crypto.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { PARTS_MAX = 8, PACKAGE_CAP = 4 << 20 };
struct named { const char *name; struct sv bytes; };

static void check(struct zip_pack *p, struct arena *a)
{
    static struct trust_key key = { .id = { "0123456789abcdef", 16 }, .pub = { 4, 1 } };
    static struct trust_issuer issuer = { .name = { "fuzz", 4 }, .region = { "1503", 4 }, .keys = &key, .n_keys = 1 };
    const struct trust trusted = { &issuer, 1 }, nobody = { NULL, 0 };
    struct archive_report *r = arena_alloc(a, sizeof *r);
    if (archive_verify(p, &trusted, SV(""), a, r) || archive_verify(p, &nobody, SV("no certificate"), a, r))
        abort();
    if (r->n_findings == 0)
        abort(); /* not good without a word */
}

static void whole(struct sv bytes, struct arena *a)
{
    struct err e;
    err_init(&e, a);
    struct zip_pack *p = zip_pack_of(bytes, &e);
    if (!p && !e.detail)
        abort();
    if (p)
        check(p, a);
    zip_pack_close(p);
}

/* A package of these files, in memory. */
static void pack(const struct named *files, size_t n, struct arena *a)
{
    zip_source_t *source = zip_source_buffer_create(NULL, 0, 0, NULL);
    zip_t *zip = zip_open_from_source(source, ZIP_CREATE | ZIP_TRUNCATE, NULL);
    zip_stat_t stat;
    zip_source_keep(source);
    for (size_t i = 0; i < n; i++) {
        zip_source_t *s = zip_source_buffer(zip, files[i].bytes.n ? files[i].bytes.p : "", files[i].bytes.n, 0);
        zip_int64_t at = zip_file_add(zip, files[i].name, s, ZIP_FL_ENC_UTF_8);
        zip_set_file_compression(zip, (zip_uint64_t)at, ZIP_CM_STORE, 0);
    }
    if (zip_close(zip) != 0)
        abort();
    zip_stat_init(&stat);
    zip_source_stat(source, &stat);
    struct sv bytes = sv_make(arena_alloc(a, stat.size + 1), stat.size);
    zip_source_open(source);
    zip_source_read(source, (void *)(uintptr_t)bytes.p, stat.size);
    zip_source_close(source);
    zip_source_free(source);
    if (bytes.n < PACKAGE_CAP)
        whole(bytes, a);
}

static void manifest(struct sv text, struct arena *a)
{
    const struct named files[] = { { ARCHIVE_MANIFEST, text }, { ARCHIVE_SIGNATURE, SV("0") } };
    pack(files, 2, a);
}

static json_t *listed(const char *path, const char *piece, struct sv bytes)
{
    struct sm3_hash h;
    char hex[65];
    json_t *o = json_object();
    sm3(bytes, &h);
    sm3_hex(&h, hex);
    json_put_sv(o, "path", sv_of(path));
    json_put_sv(o, "piece", sv_of(piece));
    json_put_sv(o, "ref", SV("0"));
    json_put_sv(o, "code", SV(""));
    json_put_i64(o, "size", (int64_t)bytes.n);
    json_put_sv(o, "sm3", sv_of(hex));
    return o;
}

static void parts(struct sv bytes, struct arena *a)
{
    static const char *const pieces[] = { "key", "log", "proofs", "head" };
    struct named files[PARTS_MAX] = { { ARCHIVE_MANIFEST, SV("") }, { ARCHIVE_SIGNATURE, SV("0") } };
    json_t *m = json_object(), *list = json_array(), *c = json_object();
    size_t n = 2;
    struct err e;
    err_init(&e, a);
    for (size_t i = 0; i < sizeof pieces / sizeof pieces[0]; i++, n++) {
        files[n] = (struct named){ pieces[i], sv_cut(&bytes, 1) };
        json_push(list, listed(pieces[i], pieces[i], files[n].bytes));
    }
    json_t *facts = json_parse(bytes, &e);
    json_t *head = json_parse(files[5].bytes, &e);
    json_put_sv(c, "id", SV("7"));
    json_put_sv(m, "format", SV(ARCHIVE_FORMAT));
    json_put_sv(m, "key_id", SV("0123456789abcdef"));
    json_put_i64(m, "head_size", json_i64(head, "size", 0));
    json_put(m, "case", c);
    json_put(m, "files", list);
    json_put(m, "facts", facts ? facts : json_array());
    json_decref(head);
    files[0].bytes = json_dump(a, m, true);
    json_decref(m);
    pack(files, n, a);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static void (*const doors[])(struct sv, struct arena *) = { whole, manifest, parts };
    if (size < 1)
        return 0;
    struct arena *a = arena_new();
    doors[data[0] % 3](sv_make((const char *)data + 1, size - 1), a);
    arena_free(a);
    return 0;
}
