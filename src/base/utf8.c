/* utf8: see utf8.h. */
#include "base/utf8.h"

/* Length of the well-formed sequence at s, its code point in *cp; 0 when malformed. */
static size_t sequence(struct sv s, uint32_t *cp)
{
    static const uint32_t least[5] = { 0, 0, 0x80, 0x800, 0x10000 };
    const unsigned char *u = (const unsigned char *)s.p;
    unsigned char c = u[0];
    size_t n = c < 0x80 ? 1 : (c & 0xe0) == 0xc0 ? 2 : (c & 0xf0) == 0xe0 ? 3
             : (c & 0xf8) == 0xf0 ? 4 : 0;
    if (n == 0 || n > s.n)
        return 0;
    uint32_t v = n == 1 ? c : (uint32_t)(c & (0xff >> (n + 1)));
    for (size_t i = 1; i < n; i++) {
        if ((u[i] & 0xc0) != 0x80)
            return 0;
        v = v << 6 | (u[i] & 0x3f);
    }
    if (v < least[n] || v > 0x10ffff || (v >= 0xd800 && v <= 0xdfff))
        return 0;
    *cp = v;
    return n;
}

bool utf8_valid(struct sv s)
{
    uint32_t cp;
    while (s.n) {
        size_t n = sequence(s, &cp);
        if (n == 0)
            return false;
        s = sv_skip(s, n);
    }
    return true;
}

size_t utf8_count(struct sv s)
{
    size_t count = 0;
    for (size_t i = 0; i < s.n; i++)
        count += ((unsigned char)s.p[i] & 0xc0) != 0x80;
    return count;
}

uint32_t utf8_next(struct sv *s)
{
    uint32_t cp = 0;
    if (s->n == 0)
        return 0;
    size_t n = sequence(*s, &cp);
    *s = sv_skip(*s, n ? n : 1);
    return n ? cp : 0xfffd;
}

bool utf8_clean(struct sv s)
{
    uint32_t cp;
    while (s.n) {
        size_t n = sequence(s, &cp);
        if (n == 0 || (cp < 0x20 && cp != '\n' && cp != '\t') || (cp >= 0x7f && cp < 0xa0))
            return false;
        s = sv_skip(s, n);
    }
    return true;
}
