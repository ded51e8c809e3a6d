/* verify_paper: is this letter real? The page that the QR code of every paper leads to.
 *
 * A code that is not ours says nothing but that nothing was found. For a genuine one the paper is
 * made again from the facts, so that the holder of a file can compare its SM3; the addressee is
 * masked, because the page is open to whoever has the paper in hand.
 */
#include "api/page.h"
#include "service/papers.h"
#include "sys/clock.h"

#define HEADING "行政许可文书核验"

/* Bytes of the character that ends at s.p[end - 1]. */
static size_t last_character(struct sv s, size_t end)
{
    size_t n = 1;
    while (n < end && ((unsigned char)s.p[end - n] & 0xc0) == 0x80)
        n++;
    return n;
}

/* 乌***店: first and last character; a name of two keeps the first. */
static struct sv mask_ends(struct arena *a, struct sv name)
{
    size_t first = 1;
    while (first < name.n && ((unsigned char)name.p[first] & 0xc0) == 0x80)
        first++;
    if (name.n <= first)
        return name;
    size_t last = last_character(name, name.n);
    if (first + last == name.n)
        return arena_printf_sv(a, "%.*s*", (int)first, name.p);
    return arena_printf_sv(a, "%.*s***%.*s", (int)first, name.p, (int)last,
                           name.p + name.n - last);
}

static void answer(struct buf *b, const char *css, const char *word, const char *text)
{
    buf_fmt(b, "<section class=\"card %s\" role=\"status\"><p class=\"big\">%s</p><p>%s</p>",
            css, word, text);
}

static void genuine(struct request *rq, const struct paper_view *v, struct buf *b)
{
    page_head(b, "真实", HEADING);
    if (v->paper.replaced)
        answer(b, "warn", "！已被替代", "这份文书真实，但此后已另行通知，请以最新的通知为准。");
    else
        answer(b, "ok", "✔ 真实", "这份文书由下列机关制发，请核对纸面内容与下列登记是否一致。");
    buf_fmt(b, "<small>查询时间 %s</small>%s</section><section class=\"card\"><dl>",
            page_time(rq->arena, clock_now_ms()).p,
            app_of(rq)->demo ? " <span class=\"sample\">示例数据</span>" : "");
    page_row(b, "文书", v->paper.label);
    page_row(b, "编号", v->paper.number);
    page_row(b, "日期", page_date(rq->arena, v->paper.date, ""));
    page_row(b, "制发机关", v->paper.kind == PAPER_COMMITMENT ? SV("") : v->issuer);
    page_row(b, "当事人", mask_ends(rq->arena, v->holder));
    page_row(b, "文件SM3", v->sm3);
    buf_str(b, "</dl></section><section class=\"card\"><small>手里有PDF文件的，可以计算它的SM3摘要与上面比对，"
               "一致即没有改动过。本页只说明文书当时的内容真实，事项此后的进展以登记为准。</small></section>"
               "</main></body></html>");
}

int verify_paper(struct request *rq, struct response *rs, struct err *e)
{
    struct paper_view v;
    struct buf b;
    int rc = paper_verify(app_of(rq), rq->params[0], rq->arena, &v, e);
    if (rc < 0)
        return rc;
    buf_init(&b, 64 * 1024);
    if (rc == 1) {
        genuine(rq, &v, &b);
    } else {
        page_head(&b, "无法核验", HEADING);
        answer(&b, "bad", "✘ 无法核验", "没有查到这份文书，请核对二维码是否完整，谨防假冒。");
        buf_str(&b, "</section></main></body></html>");
        rs->status = 404;
    }
    page_answer(rs, arena_sv(rq->arena, buf_sv(&b)));
    buf_done(&b);
    return 0;
}
