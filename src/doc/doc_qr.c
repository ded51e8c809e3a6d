/* doc_qr: QR codes as SVG for pages (doc.h), and the encoding that the papers use too.
 *
 * libqrencode picks the version; the text decides the mode. Mask and version depend on the
 * text alone, so the same text gives the same picture.
 */
#include "doc/doc_qr.h"

#include <errno.h>
#include <qrencode.h>
#include <stdlib.h>

#include "doc/doc.h"

enum { QUIET = 4, TEXT_MAX = 4000 };

static bool level_of(char level, QRecLevel *out)
{
    static const char letters[] = "LMQH";
    const char *at = level ? strchr(letters, level) : NULL;
    if (at)
        *out = (QRecLevel)(at - letters);
    return at != NULL;
}

int qr_encode(struct sv text, char level, struct qr *out, struct err *e)
{
    QRecLevel ec = QR_ECLEVEL_M;
    *out = (struct qr){ 0 };
    if (!level_of(level, &ec))
        return err_set(e, ERR_INVALID, "二维码纠错级别只能是 L、M、Q、H");
    if (text.n == 0 || text.n > TEXT_MAX || memchr(text.p, 0, text.n))
        return err_set(e, ERR_INVALID, "二维码内容为空、过长或含有无效字符");
    char *copy = mem_new(text.n + 1);
    memcpy(copy, text.p, text.n);
    QRcode *code = QRcode_encodeString(copy, 0, ec, QR_MODE_8, 1);
    free(copy);
    if (!code)
        return err_set(e, errno == ERANGE ? ERR_TOO_LARGE : ERR_INTERNAL, "二维码内容过长");
    out->size = (unsigned)code->width;
    out->version = (unsigned)code->version;
    out->modules = mem_new((size_t)out->size * out->size);
    for (size_t i = 0; i < (size_t)out->size * out->size; i++)
        out->modules[i] = code->data[i] & 1;
    QRcode_free(code);
    return 0;
}

void qr_done(struct qr *q)
{
    free(q->modules);
    *q = (struct qr){ 0 };
}

int doc_qr_svg(struct sv text, char level, struct buf *out, struct err *e)
{
    struct qr q;
    int rc = qr_encode(text, level, &q, e);
    if (rc < 0)
        return rc;
    unsigned side = q.size + 2 * QUIET;
    buf_fmt(out, "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %u %u\" "
                 "shape-rendering=\"crispEdges\" role=\"img\" aria-label=\"二维码\">"
                 "<path fill=\"#fff\" d=\"M0 0h%uv%uH0z\"/><path d=\"", side, side, side, side);
    for (unsigned y = 0; y < q.size; y++) {
        for (unsigned x = 0; x < q.size;) {
            unsigned run = qr_run(&q, x, y);
            if (run)
                buf_fmt(out, "M%u %uh%uv1h-%uz", x + QUIET, y + QUIET, run, run);
            x += run ? run : 1;
        }
    }
    buf_str(out, "\"/></svg>\n");
    qr_done(&q);
    return buf_ok(out) ? 0 : err_set(e, ERR_TOO_LARGE, "二维码图片过大");
}
