/* base41: bytes <-> characters that are in the QR code's alphanumeric set and legal raw in
 * the fragment of a URL (see payload.h). The same scheme as base45 (RFC 9285) without the
 * characters space, %, + and :, of which the first two break in URLs.
 *
 * Each triple stands for exactly one value and values above 65535 (255 for the odd byte) are
 * refused, so there is one text for given bytes and every other text means something else.
 */
#include "domain/licence/payload.h"

static const char ALPHABET[] = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ$*-./";

void base41_encode(struct sv bytes, struct buf *out)
{
    for (size_t i = 0; i < bytes.n; i += 2) {
        bool pair = i + 1 < bytes.n;
        unsigned v = (unsigned char)bytes.p[i];
        if (pair)
            v = v << 8 | (unsigned char)bytes.p[i + 1];
        char c[3] = { ALPHABET[v % 41], ALPHABET[v / 41 % 41], ALPHABET[v / 1681] };
        buf_add(out, c, pair ? 3 : 2);
    }
}

static int value_of(char c)
{
    const char *at = c ? strchr(ALPHABET, c) : NULL;
    return at ? (int)(at - ALPHABET) : -1;
}

int base41_decode(struct sv text, struct buf *out, struct err *e)
{
    if (text.n % 3 == 1)
        return err_set(e, ERR_INVALID, "二维码内容不完整");
    for (size_t i = 0; i < text.n; i += 3) {
        size_t n = text.n - i < 3 ? 2 : 3;
        int c = value_of(text.p[i]);
        int d = value_of(text.p[i + 1]);
        int f = n == 3 ? value_of(text.p[i + 2]) : 0;
        int v = c + 41 * d + 1681 * f;
        if (c < 0 || d < 0 || f < 0 || v > (n == 3 ? 0xffff : 0xff))
            return err_set(e, ERR_INVALID, "二维码内容含有无效字符");
        buf_be(out, (uint64_t)v, n == 3 ? 2 : 1);
    }
    return buf_ok(out) ? 0 : err_set(e, ERR_TOO_LARGE, "二维码内容过长");
}
