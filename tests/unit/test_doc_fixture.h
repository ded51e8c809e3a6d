/* test_doc_fixture: a licence and a letter of the lengths that hurt, for test_doc.c and test_doc_pdf.c. */
#ifndef YZ_TEST_DOC_FIXTURE_H
#define YZ_TEST_DOC_FIXTURE_H

#include "doc/doc.h"
#include "test.h"

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

#endif
