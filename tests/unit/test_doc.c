/* doc: golden traces of the papers (YZ_GOLDEN_UPDATE=1 rewrites them: look at the picture
 * first), nothing overlaps or leaves the frame. */
#include <math.h>

#include "doc/style.h"
#include "test_doc_fixture.h"

static struct sv licence_trace(const struct doc_licence *d)
{
    struct buf out;
    buf_init(&out, CAP);
    assert_int_equal(doc_licence(d, DOC_TRACE, &out, &err), 0);
    struct sv text = arena_sv(arena, buf_sv(&out));
    buf_done(&out);
    return text;
}

static struct sv certificate_trace(bool lengthy)
{
    struct doc_certificate d = {
        .title = SV("公共场所卫生许可证"), .number = SV("乌海卫公证字〔2026〕第150302-00123号"),
        .holder = SV("乌海市海勃湾区新华街好邻居便利店（个体工商户）"), .uscc = SV("92150302MA0N3K7T5X"),
        .person = SV("王建国"), .address = SV("内蒙古自治区乌海市海勃湾区新华西街街道办事处人民南路18号滨河花园"
                                              "小区3号楼底商102室"),
        .department = SV("海勃湾区卫生健康委员会"), .granted = SV("2026年11月23日"), .valid = SV("长期"),
        .identifier = SV("1.2.156.3005.2.11150300MB0000000A001.11150300MB0000000A.20260000001.001.3"),
        .licence = SV("WHZH150302022026001236"), .qr_text = SV("HTTPS://ZWFW.WUHAI.GOV.CN/V/7K3QD9XM"),
        .query_url = SV("https://zwfw.wuhai.gov.cn/v/7K3QD9XM"), .void_note = SV("本证已过有效期"),
        .sample = true,
    };
    struct doc_permit p[1];
    struct doc_licence l = licence(p, 1);
    make_long(&l);
    if (lengthy) {
        d.title = p[0].name;
        d.number = p[0].number;
        d.holder = l.holder;
        d.address = arena_printf_sv(arena, "%s%s", l.address.p, l.address.p);
        d.person = l.person;
        d.department = p[0].department;
    }
    struct buf out;
    buf_init(&out, CAP);
    assert_int_equal(doc_certificate(&d, DOC_TRACE, &out, &err), 0);
    struct sv text = arena_sv(arena, buf_sv(&out));
    buf_done(&out);
    return text;
}

/* ---- golden traces ---- */

static struct sv read_file(const char *path)
{
    struct buf b;
    FILE *f = fopen(path, "rb");
    if (!f)
        return SV("");
    buf_init(&b, CAP);
    for (int c = fgetc(f); c != EOF; c = fgetc(f))
        buf_byte(&b, (unsigned char)c);
    fclose(f);
    struct sv text = arena_sv(arena, buf_sv(&b));
    buf_done(&b);
    return text;
}

static void write_file(const char *path, struct sv text)
{
    FILE *f = fopen(path, "wb");
    assert_non_null(f);
    assert_int_equal(fwrite(text.p, 1, text.n, f), text.n);
    assert_int_equal(fclose(f), 0);
}

static void assert_golden(const char *name, struct sv got)
{
    const char *source = getenv("YZ_SOURCE");
    if (!source)
        return;
    char *path = arena_printf(arena, "%s/tests/golden/%s.txt", source, name);
    if (getenv("YZ_GOLDEN_UPDATE"))
        write_file(path, got);
    struct sv want = read_file(path);
    for (size_t line = 1; want.n || got.n; line++) {
        struct sv w = sv_cut(&want, '\n');
        struct sv g = sv_cut(&got, '\n');
        if (!sv_eq(w, g))
            fail_msg("%s.txt line %zu\n  want %.*s\n  got  %.*s", name, line, (int)w.n, w.p,
                     (int)g.n, g.p);
    }
}

static void test_golden(void **state)
{
    (void)state;
    struct doc_permit p[8];
    struct doc_licence d = licence(p, 1);
    d.sample = true;
    assert_golden("licence_1_sample", licence_trace(&d));
    d = licence(p, 8);
    d.void_note = SV("本版已被第4版替代");
    assert_golden("licence_8_void", licence_trace(&d));
    d = licence(p, 5);
    make_long(&d);
    assert_golden("licence_5_long", licence_trace(&d));
    d = licence(p, 4);
    d.a3 = true;
    assert_golden("licence_4_a3", licence_trace(&d));
    assert_golden("certificate", certificate_trace(false));
    assert_golden("letter_4", letter(4, SV(""), DOC_TRACE));
}

/* ---- geometry, read back from traces ---- */

struct mark { double x0, y0, x1, y1, size; int page; bool bold; struct sv text; };

/* Upright texts that belong to the paper; returns how many. */
static size_t texts(struct sv trace, struct mark *out, size_t max)
{
    size_t n = 0;
    int page = 0;
    while (trace.n) {
        struct sv line = sv_cut(&trace, '\n');
        char font[64];
        double x;
        double y;
        double wide;
        double size;
        int at = 0;
        page += sv_starts(line, SV("page"));
        char *copy = arena_dup(arena, line);
        if (sscanf(copy, "text %lf %lf wide %lf %63s %lf %*s %n", &x, &y, &wide, font, &size,
                   &at) < 5 || strstr(copy, " turned ") || strstr(copy, " silent "))
            continue;
        assert_true(n < max);
        double em = size * MM_PER_PT;
        out[n++] = (struct mark){ x, y - 0.88 * em, x + wide, y + 0.12 * em, size, page,
                                  strstr(font, "Bold") != NULL, sv_skip(line, (size_t)at) };
    }
    return n;
}

static void assert_apart(const struct mark *m, size_t n)
{
    for (size_t i = 0; i < n; i++)
        for (size_t k = i + 1; k < n; k++) {
            const struct mark *a = &m[i];
            const struct mark *b = &m[k];
            const double slack = 0.15; /* the trace is rounded */
            if (a->page == b->page && a->x0 < b->x1 - slack && b->x0 < a->x1 - slack &&
                a->y0 < b->y1 - slack && b->y0 < a->y1 - slack)
                fail_msg("overlap: \"%.*s\" and \"%.*s\"", (int)a->text.n, a->text.p,
                         (int)b->text.n, b->text.p);
        }
}

static void test_nothing_overlaps(void **state)
{
    (void)state;
    static struct mark m[2000];
    for (int i = 0; i < 2; i++) {
        size_t n = texts(certificate_trace(i), m, 2000);
        assert_apart(m, n);
        for (size_t k = 0; k < n; k++)
            assert_true(m[k].x0 >= CERT_FRAME && m[k].x1 <= CERT_W - CERT_FRAME && m[k].page == 1);
    }
    for (size_t permits = 0; permits <= 12; permits++) {
        for (int variant = 0; variant < 4; variant++) {
            struct doc_permit p[12];
            struct doc_licence d = licence(p, permits);
            const double w = variant >= 2 ? 420 : LIC_W, h = variant >= 2 ? 297 : LIC_H;
            d.a3 = variant >= 2;
            if (variant % 2)
                make_long(&d);
            size_t n = texts(licence_trace(&d), m, 2000);
            assert_apart(m, n);
            for (size_t i = 0; i < n; i++)
                assert_true(m[i].x0 >= LIC_FRAME_IN && m[i].y0 >= LIC_FRAME_IN &&
                            m[i].x1 <= w - LIC_FRAME_IN && m[i].y1 <= h - LIC_FRAME_IN);
            if (permits <= 8 && variant % 2 == 0)
                assert_int_equal(m[n - 1].page, 1);
        }
    }
}

/* Every piece of text that goes in comes out, however long. */
static void test_nothing_is_cut(void **state)
{
    (void)state;
    struct buf cell;
    buf_init(&cell, 20000);
    for (int i = 0; i < 1500; i++)
        buf_fmt(&cell, "第%d项", i);
    struct sv trace = letter(3, buf_sv(&cell), DOC_TRACE);
    struct buf all;
    static struct mark m[4000];
    size_t n = texts(trace, m, 4000);
    assert_apart(m, n);
    buf_init(&all, CAP);
    for (size_t i = 0; i < n; i++) /* only the cell's column */
        if (m[i].x0 > LET_LEFT + 10 && m[i].x0 < LET_LEFT + 16)
            buf_sv_add(&all, m[i].text);
    struct sv rest = buf_sv(&all);
    for (int i = 0; i < 1500; i++) {
        char *want = arena_printf(arena, "第%d项", i);
        const char *at = strstr(rest.p, want);
        assert_non_null(at);
        rest = sv_of(at + strlen(want));
    }
    assert_true(m[n - 1].page >= 3);
    buf_done(&cell);
    buf_done(&all);
}

/* A heading is never the last thing on a page, and the seal never has a page to itself. */
/* The last row of a table never stands alone on its page: the one before it is there too. */
static void assert_rows_in_company(const struct mark *m, size_t n, size_t rows)
{
    int page[2] = { 0, 0 };
    for (size_t i = 0; i < n; i++)
        for (size_t k = 0; k < 2; k++)
            if (fabs(m[i].size - 10) < 0.01 && !m[i].bold &&
                sv_eq(m[i].text, arena_printf_sv(arena, "%zu", rows - k)))
                page[k] = m[i].page;
    if (rows > 2)
        assert_int_equal(page[0], page[1]);
}

static void test_letter_pages(void **state)
{
    (void)state;
    static struct mark m[2000];
    for (size_t rows = 1; rows <= 24; rows++) {
        size_t n = texts(letter(rows, SV(""), DOC_TRACE), m, 2000);
        assert_apart(m, n);
        size_t last_page = 0;
        assert_rows_in_company(m, n, rows);
        for (size_t i = 0; i < n; i++) {
            bool last = i + 1 == n || m[i + 1].page != m[i].page;
            if (last && m[i].bold && fabs(m[i].size - 12.5) < 0.01)
                fail_msg("%zu rows: heading %.*s ends page %d", rows, (int)m[i].text.n,
                         m[i].text.p, m[i].page);
            assert_true(m[i].y1 <= LET_H - 8);
            last_page += m[i].page == m[n - 1].page;
        }
        /* footer (2), issuer, date, caption, and something to sign */
        assert_true(last_page > 5);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_golden),
        cmocka_unit_test(test_nothing_overlaps),
        cmocka_unit_test(test_nothing_is_cut),
        cmocka_unit_test(test_letter_pages),
    };
    return cmocka_run_group_tests_name("doc", tests, set_up, tear_down);
}
