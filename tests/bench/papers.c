/* papers: see papers.h. */
#include "papers.h"

#include <stdio.h>
#include <stdlib.h>

#include "doc/doc.h"
#include "doc/seal.h"
#include "sys/cert.h"
#include "sys/clock.h"

enum { ROUNDS = 41, PERMITS = 4, CAP = 32 * 1024 * 1024 };

struct work { struct doc_licence d; struct doc_seal seal; struct doc_original original; struct err *e; };

static int draw(const struct work *w, int what, struct buf *out)
{
    static const enum doc_format formats[] = { DOC_NULL, DOC_PDF, DOC_OFD };
    return what == 3 ? doc_card(&w->d, SV("有效"), out, w->e)
                     : doc_licence(&w->d, formats[what], out, w->e);
}

static int by_size(const void *a, const void *b)
{
    int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;
    return (x > y) - (x < y);
}

/* Median microseconds; the first round, which loads the fonts, does not count. */
static double median(const struct work *w, int what, size_t *bytes)
{
    int64_t us[ROUNDS];
    for (int i = -1; i < ROUNDS; i++) {
        struct buf out;
        buf_init(&out, CAP);
        int64_t from = clock_monotonic_us();
        if (draw(w, what, &out) != 0) {
            fprintf(stderr, "%s\n", err_text(w->e));
            exit(1);
        }
        if (i >= 0)
            us[i] = clock_monotonic_us() - from;
        *bytes = out.n;
        buf_done(&out);
    }
    qsort(us, ROUNDS, sizeof us[0], by_size);
    return (double)us[ROUNDS / 2];
}

static struct sv make_seal(const struct sm2_key *key, struct sv cert, struct arena *a, struct err *e)
{
    struct buf picture, der;
    buf_init(&picture, CAP);
    buf_init(&der, CAP);
    doc_seal_picture(SV("海勃湾区行政审批和政务服务局"), SV(""), 42, &picture, e);
    const struct seal s = { .vendor = SV("bench"), .id = SV("1"), .name = SV("海勃湾区行政审批和政务服务局"),
                            .type = SEAL_OF_UNIT, .certs = { cert }, .n_certs = 1,
                            .created = SV("20260101000000Z"), .from = SV("20260101000000Z"),
                            .until = SV("20360101000000Z"), .picture_kind = SV("PNG"),
                            .picture = buf_sv(&picture), .width = 42, .height = 42 };
    seal_make(&s, key, cert, &der, e);
    struct sv out = arena_sv(a, buf_sv(&der));
    buf_done(&picture);
    buf_done(&der);
    return out;
}

void bench_papers(void)
{
    static const char *const names[] = { "layout alone", "PDF", "OFD, sealed", "card (PNG)" };
    struct doc_permit permits[PERMITS];
    struct arena *a = arena_new();
    struct err e;
    struct buf cert;
    err_init(&e, a);
    buf_init(&cert, CERT_DER_MAX);
    struct sm2_key *key = sm2_generate(&e);
    int64_t now = clock_now_ms();
    const struct cert_request r = { .o = SV("bench"), .cn = SV("bench"), .subject = key, .issuer = key,
                                    .from_ms = now, .until_ms = now + 1000000000, .is_ca = true };
    cert_make(&r, &cert, &e);
    for (size_t i = 0; i < PERMITS; i++)
        permits[i] = (struct doc_permit){ SV("公共场所卫生许可证"), SV("乌海卫公证字〔2026〕第150302-00123号"),
                                          SV("海勃湾区卫生健康委员会"), SV("2026年11月23日"),
                                          SV("2030年11月22日"), SV("有效") };
    char *code = arena_dup(a, SV("HTTPS://ZWFW.WUHAI.GOV.CN/V/7K3QD9XM#1"));
    for (int i = 0; i < 10; i++)
        code = arena_printf(a, "%s0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ", code);
    struct work w = { .e = &e, .d = { .number = SV("WHZH150302022026001236"),
        .holder = SV("乌海市海勃湾区新华街好邻居便利店（个体工商户）"), .uscc = SV("92150302MA0N3K7T5X"),
        .person = SV("王建国"), .address = SV("内蒙古自治区乌海市海勃湾区人民南路18号滨河花园3号楼底商102室"),
        .industry = SV("便利店"), .issuer = SV("海勃湾区行政审批和政务服务局"), .issued = SV("2026年11月27日"),
        .version = 1, .qr_text = sv_of(code), .query_url = SV("https://zwfw.wuhai.gov.cn/verify"),
        .permits = permits, .n_permits = PERMITS } };
    w.seal = (struct doc_seal){ make_seal(key, buf_sv(&cert), a, &e), key, buf_sv(&cert), now };
    w.original.seal = &w.seal;
    w.d.original = &w.original;
    double base = 0;
    for (int what = 0; what < 4; what++) {
        size_t bytes;
        double us = median(&w, what, &bytes);
        base = what ? base : us;
        printf("(f) one licence, %s: median %.1f ms, %.1f times the layout, %zu kB\n", names[what],
               us / 1000, us / base, bytes / 1024);
    }
    buf_done(&cert);
    sm2_free(key);
    arena_free(a);
}
