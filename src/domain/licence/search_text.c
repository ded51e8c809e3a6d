/* search_text: see search_text.h. */
#include "domain/licence/search_text.h"

#include "base/utf8.h"

enum { CODE_MIN = 6, ZERO = 0x3007 /* 〇 */, AGAIN = 0x3005 /* 々 */ };

static bool small_or_digit(uint32_t c)
{
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
}

/* The character that stands for c, or 0: it says nothing. */
static uint32_t plain(uint32_t c)
{
    if (c >= 0xff01 && c <= 0xff5e)
        c -= 0xfee0; /* full width */
    if (c >= 'A' && c <= 'Z')
        c += 'a' - 'A';
    if (c < 0x80)
        return small_or_digit(c) ? c : 0;
    if (c == 0x25cb || c == 0x25ef)
        return ZERO; /* circles typed for 〇 */
    if (c == ZERO || c == AGAIN)
        return c;
    bool nothing = c < 0xc0 || c == 0xd7 || c == 0xf7 || (c >= 0x2000 && c <= 0x2bff) ||
                   (c >= 0x3000 && c <= 0x303f) || (c >= 0xfe00 && c <= 0xfe6f) || c >= 0xe0000 ||
                   (c >= 0xff5f && c <= 0xffff) || (c >= 0xe000 && c <= 0xf8ff) || c == 0xfeff;
    return nothing ? 0 : c;
}

static void put_utf8(struct buf *out, uint32_t c)
{
    if (c < 0x80) {
        buf_byte(out, (unsigned char)c);
    } else if (c < 0x800) {
        buf_byte(out, (unsigned char)(0xc0 | c >> 6));
        buf_byte(out, (unsigned char)(0x80 | (c & 63)));
    } else if (c < 0x10000) {
        buf_byte(out, (unsigned char)(0xe0 | c >> 12));
        buf_byte(out, (unsigned char)(0x80 | (c >> 6 & 63)));
        buf_byte(out, (unsigned char)(0x80 | (c & 63)));
    } else {
        buf_byte(out, (unsigned char)(0xf0 | c >> 18));
        buf_byte(out, (unsigned char)(0x80 | (c >> 12 & 63)));
        buf_byte(out, (unsigned char)(0x80 | (c >> 6 & 63)));
        buf_byte(out, (unsigned char)(0x80 | (c & 63)));
    }
}

void search_normal(struct sv text, unsigned char gap, struct buf *out)
{
    size_t begin = out->n;
    bool open = false; /* a gap is owed */
    while (text.n) {
        uint32_t c = plain(utf8_next(&text));
        if (c && open && gap && out->n > begin)
            buf_byte(out, gap);
        open = c == 0 && (open || out->n > begin);
        if (c)
            put_utf8(out, c);
    }
}

static size_t width(unsigned char lead)
{
    return lead < 0x80 ? 1 : lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4;
}

static bool known(const struct sv *list, size_t n, struct sv gram)
{
    for (size_t i = 0; i < n; i++)
        if (sv_eq(list[i], gram))
            return true;
    return false;
}

size_t search_grams(struct sv words, struct sv *out, size_t max)
{
    size_t n = 0;
    while (words.n) {
        struct sv word = sv_cut(&words, ' ');
        for (size_t at = 0; at < word.n && n < max;) {
            size_t first = width((unsigned char)word.p[at]);
            if (at + first >= word.n)
                break;
            struct sv gram = sv_make(word.p + at, first + width((unsigned char)word.p[at + first]));
            if (!known(out, n, gram))
                out[n++] = gram;
            at += first;
        }
    }
    return n;
}

size_t search_found(struct sv normal, const struct sv *grams, size_t n)
{
    size_t found = 0;
    for (size_t i = 0; i < n; i++)
        for (size_t at = 0; at + grams[i].n <= normal.n; at += width((unsigned char)normal.p[at]))
            if (memcmp(normal.p + at, grams[i].p, grams[i].n) == 0) {
                found++;
                break;
            }
    return found;
}

size_t search_enough(size_t n)
{
    size_t most = (n * 7 + 9) / 10;
    if (n < 3)
        return 0;
    return n >= 4 && n - 2 < most ? n - 2 : most;
}

static struct sv code_of(struct sv typed, struct arena *a)
{
    struct buf b;
    size_t digits = 0;
    buf_init(&b, 1024);
    search_normal(typed, 0, &b);
    for (size_t i = 0; i < b.n; i++) {
        unsigned char c = (unsigned char)b.p[i];
        if (c >= 0x80) {
            buf_done(&b);
            return SV("");
        }
        digits += c <= '9';
        if (c >= 'a')
            b.p[i] = (char)(c - 'a' + 'A');
    }
    struct sv out = digits && b.n >= CODE_MIN ? arena_sv(a, buf_sv(&b)) : SV("");
    buf_done(&b);
    return out;
}

bool search_read(struct sv typed, struct arena *a, struct search_query *out)
{
    struct buf b;
    *out = (struct search_query){ .code = code_of(typed, a) };
    buf_init(&b, 1024);
    search_normal(typed, ' ', &b);
    out->words = arena_sv(a, buf_sv(&b));
    buf_done(&b);
    out->n = search_grams(out->words, out->grams, SEARCH_GRAMS_MAX);
    return out->n > 0 || out->code.n > 0;
}
