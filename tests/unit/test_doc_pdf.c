/* doc as files: the same PDF every time, text that copies out right, a QR code that scans from 300 dpi; the card; what is
 * refused. */
#include <pthread.h>

#include "doc/doc_qr.h"
#include "test_doc_fixture.h"

/* ---- PDF ---- */

static struct sv licence_pdf(size_t permits)
{
    struct doc_permit p[8];
    struct doc_licence d = licence(p, permits);
    struct buf out;
    buf_init(&out, CAP);
    assert_int_equal(doc_licence(&d, DOC_PDF, &out, &err), 0);
    struct sv pdf = arena_sv(arena, buf_sv(&out));
    buf_done(&out);
    return pdf;
}

static void *pdf_in_thread(void *ctx)
{
    struct buf *out = ctx;
    for (int i = 0; i < 4; i++) {
        struct doc_permit p[8];
        struct doc_licence d = licence(p, 5);
        buf_clear(out);
        if (doc_licence(&d, DOC_PDF, out, NULL) != 0)
            return NULL;
    }
    return out;
}

static void test_pdf_reproducible(void **state)
{
    (void)state;
    enum { THREADS = 3 };
    struct sv first = licence_pdf(5);
    struct buf out[THREADS];
    pthread_t t[THREADS];
    assert_true(sv_starts(first, SV("%PDF-1.5")));
    assert_non_null(memmem(first.p, first.n, "/CreationDate(D:20261127", 24));
    assert_true(first.n < 200 * 1024);
    for (int i = 0; i < THREADS; i++) {
        buf_init(&out[i], CAP);
        assert_int_equal(pthread_create(&t[i], NULL, pdf_in_thread, &out[i]), 0);
    }
    for (int i = 0; i < THREADS; i++) {
        void *done;
        pthread_join(t[i], &done);
        assert_non_null(done);
        assert_true(sv_eq(buf_sv(&out[i]), first));
        buf_done(&out[i]);
    }
    struct sv a = letter(12, SV(""), DOC_PDF);
    assert_true(sv_eq(a, letter(12, SV(""), DOC_PDF)));
}

/* Output of a tool run on a file holding data; skips the test when the tool is missing. */
static struct sv run_on(const char *tool, const char *command, struct sv data)
{
    char *path = arena_printf(arena, "%s/yz-test-doc-XXXXXX", P_tmpdir);
    if (system(arena_printf(arena, "command -v %s >/dev/null 2>&1", tool)) != 0)
        skip();
    int fd = mkstemp(path);
    assert_true(fd >= 0);
    assert_int_equal(write(fd, data.p, data.n), data.n);
    close(fd);
    FILE *f = popen(arena_printf(arena, command, path), "r");
    struct buf b;
    assert_non_null(f);
    buf_init(&b, CAP);
    for (int c = fgetc(f); c != EOF; c = fgetc(f))
        buf_byte(&b, (unsigned char)c);
    pclose(f);
    unlink(path);
    struct sv text = arena_sv(arena, buf_sv(&b));
    buf_done(&b);
    return text;
}

static void assert_holds(struct sv text, const char *part)
{
    if (!text.n || !strstr(text.p, part))
        fail_msg("missing in the text of the PDF: %s", part);
}

static void test_pdf_text(void **state)
{
    (void)state;
    struct sv text = run_on("pdftotext", "pdftotext -raw %s -", licence_pdf(8));
    assert_holds(text, "行业综合许可证");
    assert_holds(text, "WHZH150302022026001236");
    assert_holds(text, "乌海市海勃湾区新华街好邻居便利店（个体工商户）");
    assert_holds(text, "蒙乌药监械经营备案20260012号");
    assert_holds(text, "扫码核验真伪及当前状态");
    assert_holds(text, "本证不替代法定许可证，与所载法定许可证同时使用");
    text = run_on("pdftotext", "pdftotext -raw %s -", letter(4, SV(""), DOC_PDF));
    assert_holds(text, "你（单位）于2026年11月23日提交的“便利店”行业综合许可申请");
    assert_null(strstr(text.p, "示例")); /* decoration stays out of the text */
    text = run_on("pdfinfo", "pdfinfo %s", licence_pdf(1));
    assert_holds(text, "行业综合许可证 WHZH150302022026001236");
}

static void test_pdf_qr_scans(void **state)
{
    (void)state;
    struct doc_permit p[8];
    struct doc_licence d = licence(p, 8);
    if (system("command -v zbarimg >/dev/null 2>&1") != 0)
        skip();
    struct sv text = run_on("pdftoppm", "f=%s; pdftoppm -r 300 -png -singlefile $f $f && "
                                        "zbarimg --raw -q $f.png 2>/dev/null; rm -f $f.png",
                            licence_pdf(8));
    assert_true(sv_eq(sv_trim(text), d.qr_text));
}

/* A character that no font has is drawn as 〓 but still copies out as itself. */
static void test_missing_glyph(void **state)
{
    (void)state;
    struct doc_permit p[1];
    struct doc_licence d = licence(p, 1);
    struct buf out;
    buf_init(&out, CAP);
    d.person = SV("王\U000E1234\U000E1235国");
    assert_int_equal(doc_licence(&d, DOC_PDF, &out, &err), 0);
    assert_holds(run_on("pdftotext", "pdftotext -raw %s -", buf_sv(&out)), "王\U000E1234\U000E1235国");
    buf_done(&out);
}

static void test_refuses(void **state)
{
    (void)state;
    struct doc_permit p[8];
    struct buf out;
    buf_init(&out, CAP);
    struct doc_licence d = licence(p, 2);
    d.holder = SV("\xff");
    assert_int_equal(doc_licence(&d, DOC_PDF, &out, &err), ERR_INVALID);
    d = licence(p, 2);
    p[1].number = SV("a\x01");
    assert_int_equal(doc_licence(&d, DOC_PDF, &out, &err), ERR_INVALID);
    d = licence(p, 2);
    d.n_permits = 1000;
    assert_int_equal(doc_licence(&d, DOC_PDF, &out, &err), ERR_TOO_LARGE);
    static const struct sv heads[] = { { "a", 1 } };
    static const double widths[] = { 3.0 };
    const struct doc_table table = { SV(""), heads, widths, 1, NULL, 0 };
    const struct doc_block block = { .table = &table };
    const struct doc_letter l = { .title = SV("x"), .blocks = &block, .n_blocks = 1 };
    assert_int_equal(doc_letter(&l, DOC_PDF, &out, &err), ERR_INVALID);
    assert_int_equal(out.n, 0);
    const struct doc_letter empty = { .title = SV("") };
    assert_int_equal(doc_letter(&empty, DOC_PDF, &out, &err), 0);
    buf_done(&out);
}

/* The card: a PNG of the promised width; the code is left away when it would mislead. */
static void test_card(void **state)
{
    (void)state;
    struct doc_permit p[8];
    struct doc_licence d = licence(p, 8);
    struct buf out;
    buf_init(&out, CAP);
    make_long(&d);
    assert_int_equal(doc_card(&d, SV("有效"), &out, &err), 0);
    assert_memory_equal(out.p, "\x89PNG\r\n\x1a\n", 8);
    assert_memory_equal(out.p + 16, "\0\0\x04\x38", 4);
    if (system("command -v zbarimg >/dev/null 2>&1") == 0) {
        assert_true(sv_eq(sv_trim(run_on("zbarimg", "zbarimg --raw -q %s", buf_sv(&out))), d.qr_text));
        d.void_note = SV("本版已失效");
        buf_clear(&out);
        assert_int_equal(doc_card(&d, SV("已失效"), &out, &err), 0);
        assert_int_equal(run_on("zbarimg", "zbarimg --raw -q %s 2>/dev/null", buf_sv(&out)).n, 0);
    }
    buf_done(&out);
}

/* ---- QR ---- */

static void test_qr_svg(void **state)
{
    (void)state;
    struct buf out;
    struct qr q;
    char *big = arena_alloc(arena, 5001);
    buf_init(&out, CAP);
    assert_int_equal(doc_qr_svg(SV("HTTPS://ZWFW.WUHAI.GOV.CN/V/7K3QD9XM"), 'M', &out, &err), 0);
    assert_true(sv_starts(buf_sv(&out), SV("<svg xmlns=\"http://www.w3.org/2000/svg\" "
                                           "viewBox=\"0 0 33 33\"")));
    memset(big, 'A', 5000);
    assert_int_equal(doc_qr_svg(sv_make(big, 3900), 'M', &out, &err), ERR_TOO_LARGE);
    assert_int_equal(doc_qr_svg(sv_make(big, 5000), 'M', &out, &err), ERR_INVALID);
    assert_int_equal(doc_qr_svg(SV("x"), 'X', &out, &err), ERR_INVALID);
    assert_int_equal(doc_qr_svg(SV(""), 'M', &out, &err), ERR_INVALID);
    assert_int_equal(doc_qr_svg(sv_make("a\0b", 3), 'M', &out, &err), ERR_INVALID);
    buf_done(&out);
    assert_int_equal(qr_encode(SV("12345"), 'H', &q, &err), 0);
    assert_int_equal(q.size, 21);
    assert_int_equal(qr_run(&q, 0, 0), 7); /* finder pattern */
    assert_int_equal(qr_run(&q, 0, 1), 1);
    qr_done(&q);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_pdf_reproducible), cmocka_unit_test(test_pdf_text),
        cmocka_unit_test(test_pdf_qr_scans),     cmocka_unit_test(test_missing_glyph),
        cmocka_unit_test(test_refuses),          cmocka_unit_test(test_card),
        cmocka_unit_test(test_qr_svg),
    };
    return cmocka_run_group_tests_name("doc_pdf", tests, set_up, tear_down);
}
