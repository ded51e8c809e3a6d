/* ofd: DER both ways, seals, and the whole of a sealed licence: sound as made, and rejected (or not
 * changed at all in what it shows) when any single byte of it is another. */
#include "test.h"

#include <zip.h>

#include "base/date.h"
#include "base/der.h"
#include "doc/doc.h"
#include "doc/ofd_read.h"
#include "doc/ofd_verify.h"
#include "doc/seal.h"
#include "sys/cert.h"

/* fontconfig keeps its configuration until the process ends. */
const char *__lsan_default_suppressions(void);
const char *__lsan_default_suppressions(void)
{
    return "leak:libfontconfig\n";
}

enum { CAP = 32 * 1024 * 1024 };
#define YEAR (INT64_C(366) * MS_PER_DAY)

static struct arena *arena;
static struct err err;
static int64_t now;

/* One root, the maker of seals and the seal's user. */
static struct { struct sm2_key *ca, *maker, *signer; struct sv ca_cert, maker_cert, signer_cert; } pki;

static struct sv kept(struct buf *b)
{
    assert_true(buf_ok(b));
    struct sv s = arena_sv(arena, buf_sv(b));
    buf_done(b);
    return s;
}

static struct sv certify(struct sv cn, const struct sm2_key *subject, const struct sm2_key *issuer,
                         struct sv issuer_cert, int64_t from, int64_t until)
{
    struct buf b;
    const struct cert_request r = { .o = SV("示例"), .cn = cn, .subject = subject, .issuer = issuer,
                                    .issuer_cert = issuer_cert, .from_ms = from, .until_ms = until,
                                    .is_ca = issuer_cert.n == 0 };
    buf_init(&b, CERT_DER_MAX);
    assert_int_equal(cert_make(&r, &b, &err), 0);
    return kept(&b);
}

static int set_up(void **state)
{
    (void)state;
    arena = arena_new();
    err_init(&err, arena);
    now = date_start_ms(date_of(2026, 11, 27)) + 10 * 3600 * 1000;
    pki.ca = sm2_generate(&err);
    pki.maker = sm2_generate(&err);
    pki.signer = sm2_generate(&err);
    pki.ca_cert = certify(SV("示例根"), pki.ca, pki.ca, SV(""), now - YEAR, now + 10 * YEAR);
    pki.maker_cert = certify(SV("示例制章人"), pki.maker, pki.ca, pki.ca_cert, now - YEAR, now + YEAR);
    pki.signer_cert = certify(SV("示例审批局"), pki.signer, pki.ca, pki.ca_cert, now - YEAR, now + YEAR);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    sm2_free(pki.ca);
    sm2_free(pki.maker);
    sm2_free(pki.signer);
    arena_free(arena);
    return 0;
}

/* ---- DER ---- */

static void test_der_forms(void **state)
{
    (void)state;
    static const uint32_t numbers[] = { 0, 1, 127, 128, 255, 256, 65535, 8388607, 8388608, 0x7fffffff };
    struct buf b;
    char oid[64];
    buf_init(&b, 100000);
    for (size_t i = 0; i < COUNT_OF(numbers); i++)
        der_put_int(&b, numbers[i]);
    der_put_oid(&b, SM2_WITH_SM3);
    der_put_oid(&b, "2.999.1");
    static char big[70000];
    der_put(&b, DER_OCTETS, sv_make(big, 127));
    der_put(&b, DER_OCTETS, sv_make(big, 128));
    der_put(&b, DER_OCTETS, sv_make(big, 65536));
    der_put_bits(&b, SV("xyz"));
    der_wrap(&b, 0, DER_SEQUENCE);
    assert_true(buf_ok(&b));
    struct der all = der_of(buf_sv(&b));
    struct der d = der_enter(&all, DER_SEQUENCE);
    for (size_t i = 0; i < COUNT_OF(numbers); i++)
        assert_int_equal(der_get_int(&d), numbers[i]);
    der_get_oid(&d, oid);
    assert_string_equal(oid, SM2_WITH_SM3);
    der_get_oid(&d, oid);
    assert_string_equal(oid, "2.999.1");
    assert_int_equal(der_get(&d, DER_OCTETS).n, 127);
    assert_int_equal(der_get(&d, DER_OCTETS).n, 128);
    assert_int_equal(der_get(&d, DER_OCTETS).n, 65536);
    assert_sv(der_get_bits(&d), "xyz");
    assert_true(der_end(&d) && der_end(&all));
    buf_clear(&b);
    der_put_oid(&b, SM2_WITH_SM3);
    assert_memory_equal(b.p, "\x06\x08\x2a\x81\x1c\xcf\x55\x01\x83\x75", 10);
    buf_done(&b);
}

/* There is one encoding of everything. */
static void test_der_strict(void **state)
{
    (void)state;
    static const struct { const char *bytes; size_t n; } wrong[] = {
        { "\x02\x01", 2 }, { "\x02", 1 }, { "\x02\x81\x01\x05", 4 }, { "\x02\x02\x00\x05", 4 },
        { "\x02\x00", 2 }, { "\x02\x01\x80", 3 }, { "\x02\x80\x05\x00\x00", 5 },
        { "\x02\x05\x00\xff\xff\xff\xff", 7 }, { "\x04\x01\x05", 3 },
        { "\x02\x84\x7f\xff\xff\xff\x05", 7 }, { "\x02\x82\x00\x81", 4 },
    };
    for (size_t i = 0; i < COUNT_OF(wrong); i++) {
        struct der d = der_of(sv_make(wrong[i].bytes, wrong[i].n));
        der_get_int(&d);
        assert_true(d.bad);
        assert_false(der_end(&d));
    }
    struct der bits = der_of(sv_make("\x03\x02\x01\x80", 4));
    der_get_bits(&bits);
    assert_true(bits.bad);
    struct der oid = der_of(sv_make("\x06\x02\x80\x01", 4));
    char text[64];
    der_get_oid(&oid, text);
    assert_true(oid.bad && !text[0]);
}

static void test_seal_time(void **state)
{
    (void)state;
    char text[SEAL_TIME + 1];
    seal_time(date_start_ms(date_of(2026, 11, 24)), text);
    assert_string_equal(text, "20261123160000Z");
    for (int64_t at = now; at < now + 100 * MS_PER_DAY; at += 7919000) {
        seal_time(at, text);
        assert_int_equal(seal_time_ms(sv_of(text)), at / 1000 * 1000);
    }
    assert_int_equal(seal_time_ms(SV("20260230000000Z")), INT64_MIN);
    assert_int_equal(seal_time_ms(SV("20261123246060Z")), INT64_MIN);
    assert_int_equal(seal_time_ms(SV("20261123101112")), INT64_MIN);
}

/* ---- a sealed licence ---- */

struct change { /* from what is right */
    int64_t seal_from, seal_until, at;
    struct sv user_cert, signer_cert;
    const struct sm2_key *signer, *maker;
};

static struct change right(void)
{
    return (struct change){ now - YEAR / 2, now + YEAR / 2, now, pki.signer_cert, pki.signer_cert,
                            pki.signer, pki.maker };
}

static struct sv make_seal(const struct change *c)
{
    static char from[SEAL_TIME + 1], until[SEAL_TIME + 1];
    struct buf b, picture;
    seal_time(c->seal_from, from);
    seal_time(c->seal_until, until);
    buf_init(&picture, CAP);
    buf_init(&b, CAP);
    assert_int_equal(doc_seal_picture(SV("海勃湾区行政审批和政务服务局"), SV("示例"), 40, &picture, &err), 0);
    assert_true(picture.n < 60000); /* ofd.js passes it to one call as arguments */
    const struct seal s = { .vendor = SV("yizheng"), .id = SV("150302-1"), .type = SEAL_OF_UNIT,
                            .name = SV("海勃湾区行政审批和政务服务局"), .certs = { c->user_cert },
                            .n_certs = 1, .created = sv_of(from), .from = sv_of(from),
                            .until = sv_of(until), .picture_kind = SV("PNG"),
                            .picture = buf_sv(&picture), .width = 40, .height = 40 };
    assert_int_equal(seal_make(&s, c->maker, pki.maker_cert, &b, &err), 0);
    buf_done(&picture);
    return kept(&b);
}

static void test_seal(void **state)
{
    (void)state;
    struct change c = right();
    struct sv der = make_seal(&c);
    struct seal s;
    assert_int_equal(seal_read(der, &s, &err), 0);
    assert_int_equal(s.version, 4);
    assert_sv(s.name, "海勃湾区行政审批和政务服务局");
    assert_sv(s.vendor, "yizheng");
    assert_sv(s.picture_kind, "PNG");
    assert_true(s.n_certs == 1 && sv_eq(s.certs[0], pki.signer_cert) && s.width == 40);
    assert_true(sv_starts(s.picture, SV("\x89PNG")));
    assert_true(sm2_verify_der(pki.maker, s.info, s.signature));
    for (size_t n = 0; n < der.n; n += n < 200 ? 1 : 97)
        assert_int_equal(seal_read(sv_make(der.p, n), &s, &err), ERR_INVALID);
}

static struct sv licence(const struct change *c, enum doc_format format)
{
    struct doc_permit p[2] = {
        { SV("食品经营许可证"), SV("JY21503020012345"), SV("海勃湾区行政审批和政务服务局"),
          SV("2026年11月23日"), SV("2031年11月22日"), SV("有效") },
        { SV("公共场所卫生许可证"), SV("乌海卫公证字〔2026〕第150302-00123号"),
          SV("海勃湾区卫生健康委员会"), SV("2026年11月23日"), SV("2030年11月22日"), SV("有效") },
    };
    const struct doc_meta meta[] = {
        { "ZZMC", SV("行业综合许可证"), SV("行业综合许可证") },
        { "ZZBH", SV("WHZH150302022026001236"), SV("WHZH150302022026001236") },
        { "CZZT", SV("好邻居<便利>&店"), SV("好邻居<便利>&店") },
        { "ZZYXQJZRQ", SV("2031-11-22"), SV("") },
    };
    struct doc_seal seal = { 0 };
    struct doc_original o = { meta, COUNT_OF(meta), NULL };
    if (c) {
        seal = (struct doc_seal){ make_seal(c), c->signer, c->signer_cert, c->at };
        o.seal = &seal;
    }
    const struct doc_licence d = {
        .number = SV("WHZH150302022026001236"), .holder = SV("好邻居<便利>&店"),
        .uscc = SV("92150302MA0N3K7T5X"), .person = SV("王建国"), .address = SV("人民南路18号"),
        .industry = SV("便利店"), .issuer = SV("海勃湾区行政审批和政务服务局"),
        .issued = SV("2026年11月27日"), .version = 1, .qr_text = SV("HTTPS://EXAMPLE/V/7K3QD9XM"),
        .query_url = SV("https://example/verify"), .permits = p, .n_permits = 2, .original = &o,
    };
    struct buf b;
    buf_init(&b, CAP);
    assert_int_equal(doc_licence(&d, format, &b, &err), 0);
    return kept(&b);
}

static bool has(const struct ofd_report *r, const char *code)
{
    for (size_t i = 0; i < r->n_bad; i++)
        if (sv_is(r->bad[i].code, code))
            return true;
    return false;
}

static void assert_good(struct sv ofd)
{
    struct ofd_report *r = arena_alloc(arena, sizeof *r);
    assert_int_equal(ofd_verify(ofd, pki.ca_cert, arena, r, &err), 0);
    for (size_t i = 0; i < r->n_bad; i++)
        fail_msg("%s", r->bad[i].text.p);
}

static void assert_bad(struct sv ofd, struct sv ca, const char *code)
{
    struct ofd_report *r = arena_alloc(arena, sizeof *r);
    assert_int_equal(ofd_verify(ofd, ca, arena, r, &err), 0);
    if (!has(r, code))
        fail_msg("no %s", code);
}

static void test_sealed(void **state)
{
    (void)state;
    struct change c = right();
    struct sv ofd = licence(&c, DOC_OFD);
    struct ofd_report *r = arena_alloc(arena, sizeof *r);
    assert_good(ofd);
    assert_int_equal(ofd_verify(ofd, pki.ca_cert, arena, r, &err), 0);
    assert_int_equal(r->n_seals, 1);
    assert_sv(r->seals[0].name, "海勃湾区行政审批和政务服务局");
    assert_sv(r->seals[0].signer, "示例审批局");
    assert_sv(r->seals[0].maker, "示例制章人");
    assert_int_equal(r->seals[0].at, now);
    assert_int_equal(r->seals[0].n_files, r->n_files - 3);
    assert_sv(r->title, "行业综合许可证 WHZH150302022026001236");
    assert_int_equal(r->n_meta, 4);
    assert_sv(r->meta[2].name, "CZZT");
    assert_sv(r->meta[2].value, "好邻居<便利>&店");
    assert_bad(ofd, SV(""), "chain_unknown");
    assert_bad(licence(NULL, DOC_OFD), pki.ca_cert, "not_sealed");
}

static void test_wrong_seals(void **state)
{
    (void)state;
    struct change c = right();
    c.at = c.seal_until + 1000;
    assert_bad(licence(&c, DOC_OFD), pki.ca_cert, "seal_expired");
    c = right();
    c.at = now + 2 * YEAR;
    c.seal_until = now + 3 * YEAR;
    assert_bad(licence(&c, DOC_OFD), pki.ca_cert, "signer_expired");
    c = right();
    c.user_cert = pki.maker_cert;
    assert_bad(licence(&c, DOC_OFD), pki.ca_cert, "not_the_user");
    c = right();
    c.signer = pki.maker;
    assert_bad(licence(&c, DOC_OFD), pki.ca_cert, "signature");
    c = right();
    c.maker = pki.signer;
    assert_bad(licence(&c, DOC_OFD), pki.ca_cert, "seal_signature");
    c = right();
    c.user_cert = c.signer_cert = certify(SV("外人"), pki.signer, pki.maker, pki.maker_cert,
                                          now - YEAR, now + YEAR);
    assert_bad(licence(&c, DOC_OFD), pki.ca_cert, "chain");
}

/* The metadata leads to the objects that show it. */
static void test_index(void **state)
{
    (void)state;
    struct ofd_files f;
    struct sv ofd = licence(NULL, DOC_OFD);
    assert_int_equal(ofd_read(ofd, arena, &f, &err), 0);
    struct ofd_file *tag = ofd_find(&f, SV("/Doc_0/Tags/Tag_License.xml"));
    struct ofd_file *page = ofd_find(&f, SV("Doc_0/Pages/Page_0/Content.xml"));
    const char *at = strstr(tag->bytes.p, "<lic:ZZBH><ofd:ObjectRef PageRef=\"1\">");
    assert_non_null(at);
    int id = (int)strtol(at + sizeof "<lic:ZZBH><ofd:ObjectRef PageRef=\"1\">" - 1, NULL, 10);
    at = strstr(page->bytes.p, arena_printf(arena, "<ofd:TextObject ID=\"%d\"", id));
    assert_non_null(at);
    const char *shown = strstr(at, "编号：WHZH150302022026001236</ofd:TextCode>");
    assert_true(shown && shown < strstr(at, "</ofd:TextObject>"));
    assert_null(strstr(tag->bytes.p, "ZZYXQJZRQ"));
    assert_non_null(strstr(ofd_find(&f, SV("Doc_0/Attachs/metadata.xml"))->bytes.p,
                           "<lic:ZZYXQJZRQ>2031-11-22</lic:ZZYXQJZRQ>"));
    assert_true(sv_eq(ofd, licence(NULL, DOC_OFD))); /* unsealed: the same to the byte */
}

/* ---- tampering ---- */

static bool same_files(struct sv a, struct sv b)
{
    struct ofd_files x, y;
    if (ofd_read(a, arena, &x, &err) != 0 || ofd_read(b, arena, &y, &err) != 0 || x.n != y.n)
        return false;
    for (size_t i = 0; i < x.n; i++)
        if (!sv_eq(x.all[i].name, y.all[i].name) || !sv_eq(x.all[i].bytes, y.all[i].bytes))
            return false;
    return true;
}

/* Every byte of the archive: refused, or (times and flags of entries) not one file is different. */
static void test_flipped_bytes(void **state)
{
    (void)state;
    struct change c = right();
    struct sv ofd = licence(&c, DOC_OFD);
    struct arena *mine = arena;
    char *copy = malloc(ofd.n);
    size_t harmless = 0, step = getenv("YZ_EVERY_BYTE") ? 1 : 23;
    for (size_t i = 0; i < ofd.n; i += i + 4000 > ofd.n || i < 300 ? 1 : step) {
        struct arena *a = arena_new();
        struct ofd_report *r = arena_alloc(a, sizeof *r);
        struct err e;
        err_init(&e, a);
        memcpy(copy, ofd.p, ofd.n);
        copy[i] = (char)(copy[i] ^ (1 << i % 8));
        if (ofd_verify(sv_make(copy, ofd.n), pki.ca_cert, a, r, &e) == 0 && r->n_bad == 0) {
            arena = a;
            if (!same_files(ofd, sv_make(copy, ofd.n)))
                fail_msg("byte %zu: changed, and not noticed", i);
            arena = mine;
            harmless++;
        }
        arena_free(a);
    }
    assert_true(harmless < 600);
    free(copy);
}

/* The archive with one file replaced, added (NULL name of old) or taken away (bytes.p NULL). */
static struct sv rewrite(struct sv ofd, const char *name, struct sv bytes)
{
    char *path = arena_printf(arena, "%s/yz-test-ofd-XXXXXX", P_tmpdir);
    int fd = mkstemp(path);
    struct buf b;
    assert_int_equal(write(fd, ofd.p, ofd.n), ofd.n);
    close(fd);
    zip_t *zip = zip_open(path, 0, NULL);
    zip_int64_t at = zip_name_locate(zip, name, 0);
    if (!bytes.p)
        assert_int_equal(zip_delete(zip, (zip_uint64_t)at), 0);
    else if (at >= 0)
        assert_int_equal(zip_file_replace(zip, (zip_uint64_t)at,
                                          zip_source_buffer(zip, bytes.p, bytes.n, 0), 0), 0);
    else
        assert_true(zip_file_add(zip, name, zip_source_buffer(zip, bytes.p, bytes.n, 0), 0) >= 0);
    assert_int_equal(zip_close(zip), 0);
    buf_init(&b, CAP);
    FILE *f = fopen(path, "rb");
    for (int ch = fgetc(f); ch != EOF; ch = fgetc(f))
        buf_byte(&b, (unsigned char)ch);
    fclose(f);
    unlink(path);
    return kept(&b);
}

/* Every region of the document, changed so that the archive itself stays sound. */
static void test_changed_files(void **state)
{
    (void)state;
    struct change c = right();
    struct sv ofd = licence(&c, DOC_OFD);
    struct ofd_files f;
    assert_int_equal(ofd_read(ofd, arena, &f, &err), 0);
    for (size_t i = 0; i < f.n; i++) {
        struct sv was = f.all[i].bytes;
        for (size_t k = 0; k < 5; k++) {
            char *is = arena_dup(arena, was);
            size_t at = was.n > 1 ? (was.n - 1) * k / 4 : 0;
            is[at] = (char)(is[at] ^ 1);
            struct ofd_report *r = arena_alloc(arena, sizeof *r);
            int rc = ofd_verify(rewrite(ofd, f.all[i].name.p, sv_make(is, was.n)), pki.ca_cert,
                                arena, r, &err);
            /* Signatures.xml is left open for further seals: only what it says of this one counts */
            bool open = sv_is(f.all[i].name, "Doc_0/Signs/Signatures.xml");
            if (rc == 0 && r->n_bad == 0 && !open)
                fail_msg("%s, byte %zu: not noticed", f.all[i].name.p, at);
        }
        if (!sv_is(f.all[i].name, "OFD.xml"))
            assert_bad(rewrite(ofd, f.all[i].name.p, sv_make(NULL, 0)), pki.ca_cert, "missing_file");
    }
    assert_bad(rewrite(ofd, "Doc_0/Res/more.png", SV("x")), pki.ca_cert, "uncovered_file");
    assert_bad(rewrite(ofd, "Doc_0/Signs/Signatures.xml", SV("<a/>")), pki.ca_cert, "not_sealed");
}

/* Files that want to hurt. */
static void test_hostile(void **state)
{
    (void)state;
    struct change c = right();
    struct sv ofd = licence(&c, DOC_OFD);
    struct ofd_report *r = arena_alloc(arena, sizeof *r);
    struct buf b;
    buf_init(&b, 40 * 1024 * 1024);
    static const char doctype[] = "<!DOCTYPE a [<!ENTITY x SYSTEM \"file:///etc/passwd\"><!ENTITY y \"&x;&x;\">]>"
                                  "<ofd:OFD xmlns:ofd=\"http://www.ofdspec.org/2016\">&y;</ofd:OFD>";
    assert_bad(rewrite(ofd, "OFD.xml", sv_of(doctype)), pki.ca_cert, "bad_xml");
    for (int i = 0; i < 100000; i++)
        buf_str(&b, "<a>");
    assert_bad(rewrite(ofd, "OFD.xml", buf_sv(&b)), pki.ca_cert, "bad_xml");
    buf_clear(&b);
    while (b.n < 33 * 1024 * 1024)
        buf_add(&b, "                                ", 32);
    assert_int_equal(ofd_verify(rewrite(ofd, "Doc_0/bomb", buf_sv(&b)), pki.ca_cert, arena, r, &err),
                     ERR_TOO_LARGE);
    static const char *const names[] = { "../x", "/x", "a//b", "a\\b", "./x" };
    for (size_t i = 0; i < COUNT_OF(names); i++)
        assert_int_equal(ofd_verify(rewrite(ofd, names[i], SV("x")), pki.ca_cert, arena, r, &err),
                         ERR_INVALID);
    assert_int_equal(ofd_verify(SV(""), pki.ca_cert, arena, r, &err), ERR_INVALID);
    assert_int_equal(ofd_verify(SV("PK\x03\x04"), pki.ca_cert, arena, r, &err), ERR_INVALID);
    buf_done(&b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_der_forms),     cmocka_unit_test(test_der_strict),
        cmocka_unit_test(test_seal_time),     cmocka_unit_test(test_seal),
        cmocka_unit_test(test_sealed),        cmocka_unit_test(test_wrong_seals),
        cmocka_unit_test(test_index),         cmocka_unit_test(test_flipped_bytes),
        cmocka_unit_test(test_changed_files), cmocka_unit_test(test_hostile),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
