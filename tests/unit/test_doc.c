/* doc: golden traces of the papers (YZ_GOLDEN_UPDATE=1 rewrites them: look at the picture
 * first), nothing overlaps or leaves the frame, reproducible PDF, text that copies out right,
 * a QR code that scans from 300 dpi. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <math.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "doc/doc.h"
#include "doc/doc_qr.h"
#include "doc/style.h"

/* fontconfig keeps its configuration until the process ends. */
const char *__lsan_default_suppressions(void);
const char *__lsan_default_suppressions(void)
{
    return "leak:libfontconfig\n";
}

enum { CAP = 32 * 1024 * 1024 };

static struct arena *arena;
static struct err err;

static int set_up(void **state)
{
    (void)state;
    arena = arena_new();
    err_init(&err, arena);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    arena_free(arena);
    return 0;
}

/* ---- papers to look at ---- */

static const struct doc_permit PERMITS[8] = {
    { SV("食品经营许可证"), SV("JY21503020012345"), SV("海勃湾区行政审批和政务服务局"),
      SV("2026年11月23日"), SV("2031年11月22日"), SV("有效") },
    { SV("药品经营许可证（零售）"), SV("蒙DA473012345"), SV("乌海市市场监督管理局"),
      SV("2026年11月20日"), SV("2031年11月19日"), SV("有效") },
    { SV("第二类医疗器械经营备案凭证"), SV("蒙乌药监械经营备案20260012号"),
      SV("乌海市市场监督管理局"), SV("2026年11月20日"), SV("长期"), SV("有效") },
    { SV("烟草专卖零售许可证"), SV("150302105678"), SV("乌海市烟草专卖局"),
      SV("2026年11月19日"), SV("2031年11月18日"), SV("") },
    { SV("公共场所卫生许可证"), SV("乌海卫公证字〔2026〕第150302-00123号"),
      SV("海勃湾区卫生健康委员会"), SV("2026年11月23日"), SV("2030年11月22日"), SV("有效") },
    { SV("娱乐经营许可证"), SV("150302160012"), SV("海勃湾区文体旅游广电局"),
      SV("2026年11月23日"), SV("2028年11月22日"), SV("有效") },
    { SV("特种行业许可证"), SV("公特（旅）字第150302-0012号"),
      SV("乌海市公安局海勃湾区分局"), SV("2026年11月23日"), SV("长期"), SV("有效") },
    { SV("电影放映经营许可证"), SV("蒙乌证放字第0007号"),
      SV("中共海勃湾区委宣传部（海勃湾区电影局）"), SV("2026年11月23日"),
      SV("2028年11月22日"), SV("已注销") },
};

static struct doc_licence licence(struct doc_permit *permits, size_t n)
{
    for (size_t i = 0; i < n; i++)
        permits[i] = PERMITS[i % 8];
    return (struct doc_licence){
        .number = SV("WHZH150302022026001236"),
        .holder = SV("乌海市海勃湾区新华街好邻居便利店（个体工商户）"),
        .uscc = SV("92150302MA0N3K7T5X"), .person = SV("王建国"),
        .address = SV("内蒙古自治区乌海市海勃湾区新华西街街道办事处人民南路18号滨河花园小区"
                      "3号楼底商102室"),
        .industry = SV("便利店"), .issuer = SV("海勃湾区行政审批和政务服务局"),
        .issued = SV("2026年11月27日"), .version = 3,
        .qr_text = SV("HTTPS://ZWFW.WUHAI.GOV.CN/V/7K3QD9XM#1TE06RVPN7H5$I6F-3CBI6"
                      "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"),
        .query_url = SV("https://zwfw.wuhai.gov.cn/verify"), .permits = permits, .n_permits = n,
    };
}

static void make_long(struct doc_licence *d)
{
    d->holder = SV("内蒙古自治区乌海市海勃湾区滨河新区幸福里社区阳光百姓健康大药房连锁有限责任公司"
                   "第二十八分公司暨综合便民服务超市");
    d->address = SV("内蒙古自治区乌海市海勃湾区滨河街道办事处学府社区世纪大道东、神华大街北、规划二路"
                    "西鸿达国际商业广场综合体三期A座（含地下一层B1-018至B1-026号）一层101、102、103、"
                    "104、105号及二层201至208号商铺");
    d->person = SV("阿拉坦巴特尔·乌云毕力格");
    d->industry = SV("游艺娱乐场所/电玩城");
    d->issuer = SV("内蒙古自治区乌海市海勃湾区行政审批和政务服务管理局");
    d->ended_note = SV("说明：烟草专卖零售许可（乌海市烟草专卖局，2026年11月20日不予许可，文号乌烟许不"
                       "〔2026〕12号）未载入本证，申请人可在60日内申请行政复议或6个月内提起行政诉讼。");
    for (size_t i = 0; i < d->n_permits; i++) {
        d->permits[i].name = SV("母婴保健机构执业许可证（母婴保健技术服务）");
        d->permits[i].number = SV("乌海卫公证字〔2026〕第150302-00123-ABCDEFGHIJKLMNOPQRST号");
        d->permits[i].department = SV("中共乌海市海勃湾区委宣传部（海勃湾区电影局、新闻出版局）");
    }
}

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

/* A correction notice with n rows; long_cell in its last row. */
static struct sv letter(size_t n, struct sv long_cell, enum doc_format format)
{
    static const struct sv heads[] = { { "序号", 6 }, { "需要补正的材料或内容", 30 },
                                       { "提出部门", 12 }, { "依据", 6 } };
    static const double widths[] = { 0.08, 0.42, 0.24, 0.26 };
    struct sv *cells = arena_array(arena, n * 4, sizeof *cells);
    struct doc_row *rows = arena_array(arena, n, sizeof *rows);
    for (size_t i = 0; i < n; i++) {
        struct sv *c = &cells[4 * i];
        c[0] = arena_printf_sv(arena, "%zu", i + 1);
        c[1] = i % 3 == 1 ? SV("食品安全管理制度：缺少从业人员健康管理、进货查验记录两项制度，请按模板补充"
                               "后重新上传，并由负责人签字确认。")
                          : SV("经营场所平面布局图：未标注冷藏设备位置。");
        if (i + 1 == n && long_cell.n)
            c[1] = long_cell;
        c[2] = SV("海勃湾区行政审批和政务服务局");
        c[3] = SV("《食品经营许可和备案管理办法》第十二条");
        rows[i] = (struct doc_row){ c, 4 };
    }
    const struct doc_table table = { SV("表一 需要一次补正的全部内容"), heads, widths, 4, rows, n };
    const struct doc_block blocks[] = {
        { .paragraph = SV("你（单位）于2026年11月23日提交的“便利店”行业综合许可申请（办件编号"
                          "15030220261123000042X）收悉。经各审批部门并行审查，申请材料需要补正。根据《中华"
                          "人民共和国行政许可法》第三十二条第一款第（四）项的规定，现将需要补正的全部内容一次"
                          "告知如下：") },
        { .heading = SV("一、需要补正的内容") },
        { .table = &table },
        { .heading = SV("二、补正期限与方式") },
        { .paragraph = SV("请于2026年12月23日（周三）前通过 https://zwfw.wuhai.gov.cn 在线补正，或到海勃湾区"
                          "政务服务中心一业一证窗口提交。补正齐全后，各部门将自收到之日起继续审查；逾期未补正的，"
                          "本次申请终止，不影响您重新提出申请。") },
        { .heading = SV("三、救济途径") },
        { .paragraph = SV("如对本通知不服，可自收到本通知之日起六十日内依法申请行政复议，或者自收到本通知之日起"
                          "六个月内依法向人民法院提起行政诉讼。") },
    };
    const struct doc_letter d = {
        .title = SV("行政许可申请材料补正通知书"), .number = SV("海审补〔2026〕第00042号"),
        .to = SV("乌海市海勃湾区新华街好邻居便利店（个体工商户）"), .blocks = blocks,
        .n_blocks = sizeof blocks / sizeof *blocks, .issuer = SV("海勃湾区行政审批和政务服务局"),
        .date = SV("2026年11月24日"), .qr_text = SV("HTTPS://ZWFW.WUHAI.GOV.CN/D/7K3QD9XMPWQ2"),
        .footer = SV("咨询电话：0473-2990000"), .sample = true,
    };
    struct buf out;
    buf_init(&out, CAP);
    assert_int_equal(doc_letter(&d, format, &out, &err), 0);
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
        cmocka_unit_test(test_golden),         cmocka_unit_test(test_nothing_overlaps),
        cmocka_unit_test(test_nothing_is_cut), cmocka_unit_test(test_letter_pages),
        cmocka_unit_test(test_pdf_reproducible), cmocka_unit_test(test_pdf_text),
        cmocka_unit_test(test_pdf_qr_scans),   cmocka_unit_test(test_missing_glyph),
        cmocka_unit_test(test_refuses),        cmocka_unit_test(test_card),
        cmocka_unit_test(test_qr_svg),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
