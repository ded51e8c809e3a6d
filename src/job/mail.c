/* mail: see mail.h. */
#include "job/mail.h"

#include "base/date.h"

enum { WORD_BYTES = 39 /* with "Subject: " at most the 76 of RFC 2047 */,
       LINE_BYTES = 57 /* 76 characters, the longest line of RFC 2045 */ };

/* Padded base64 (RFC 4648) of at most one line. */
static void base64(struct buf *out, struct sv s)
{
    static const char alphabet[] =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    for (size_t i = 0; i < s.n; i += 3) {
        uint32_t v = 0;
        size_t have = s.n - i < 3 ? s.n - i : 3;
        for (size_t k = 0; k < 3; k++)
            v = v << 8 | (k < have ? (unsigned char)s.p[i + k] : 0u);
        for (size_t k = 0; k < 4; k++)
            buf_byte(out, k <= have ? (unsigned char)alphabet[v >> (18 - 6 * k) & 63] : '=');
    }
}

/* At most n bytes of s, not cutting a character. */
static struct sv head_of(struct sv s, size_t n)
{
    if (s.n <= n)
        return s;
    while (n > 0 && ((unsigned char)s.p[n] & 0xC0) == 0x80)
        n--;
    return sv_make(s.p, n);
}

/* Encoded words, one a line. */
static void words(struct buf *out, struct sv s)
{
    while (s.n > 0) {
        struct sv head = head_of(s, WORD_BYTES);
        buf_str(out, "=?UTF-8?B?");
        base64(out, head);
        buf_str(out, "?=");
        s = sv_skip(s, head.n);
        if (s.n > 0)
            buf_str(out, "\r\n ");
    }
}

static void date(struct buf *out, int64_t at)
{
    static const char days[] = "SunMonTueWedThuFriSat";
    static const char months[] = "JanFebMarAprMayJunJulAugSepOctNovDec";
    int32_t day = date_of_ms(at);
    struct civil c = date_civil(day);
    int64_t second = (at - date_start_ms(day)) / 1000;
    buf_fmt(out, "Date: %.3s, %d %.3s %d %02d:%02d:%02d +0800\r\n", days + 3 * date_weekday(day),
            c.day, months + 3 * (c.month - 1), c.year, (int)(second / 3600),
            (int)(second / 60 % 60), (int)(second % 60));
}

void mail_write(struct buf *out, const struct mail *m)
{
    const char *at = memchr(m->from.p, '@', m->from.n);
    struct sv domain = at ? sv_skip(m->from, (size_t)(at - m->from.p) + 1) : SV("localhost");
    date(out, m->at);
    buf_str(out, "From: ");
    words(out, m->from_name);
    buf_fmt(out, "%s<%.*s>\r\nTo: <%.*s>\r\nSubject: ", m->from_name.n ? " " : "", (int)m->from.n,
            m->from.p, (int)m->to.n, m->to.p);
    words(out, m->subject);
    buf_fmt(out, "\r\nMessage-ID: <dispatch-%lld@%.*s>\r\nMIME-Version: 1.0\r\n"
                 "Content-Type: text/plain; charset=utf-8\r\n"
                 "Content-Transfer-Encoding: base64\r\n\r\n",
            (long long)m->id, (int)domain.n, domain.p);
    for (struct sv rest = m->text; rest.n > 0; rest = sv_skip(rest, LINE_BYTES)) {
        base64(out, sv_make(rest.p, rest.n < LINE_BYTES ? rest.n : LINE_BYTES));
        buf_str(out, "\r\n");
    }
}
