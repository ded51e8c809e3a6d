/* xlsx_xml: see xlsx_xml.h. */
#include "sheet/xlsx_xml.h"

#include <string.h>

static int hex_of(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    c = (char)(c | 0x20);
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* _x000D_: 13; -1 when it is no escape. */
static int escape_at(struct sv s, size_t i)
{
    int value = 0;
    if (i + 6 >= s.n || s.p[i] != '_' || s.p[i + 1] != 'x' || s.p[i + 6] != '_')
        return -1;
    for (size_t k = i + 2; k < i + 6; k++) {
        int digit = hex_of(s.p[k]);
        if (digit < 0)
            return -1;
        value = value * 16 + digit;
    }
    return value;
}

/* Escapes above ASCII are nobody's: they stay as they are. Carriage returns are dropped. */
static struct sv resolved(struct sv s, struct arena *a)
{
    char *out = arena_alloc(a, s.n + 1);
    size_t n = 0;
    for (size_t i = 0; i < s.n; i++) {
        int c = escape_at(s, i);
        if (c < 0 || c > 127) {
            out[n++] = s.p[i];
            continue;
        }
        if (c != '\r')
            out[n++] = (char)c;
        i += 6;
    }
    return sv_make(out, n);
}

struct sv part_text(struct part *p, const char *skip, struct arena *a)
{
    struct buf b;
    int depth = xmlTextReaderDepth(p->xml), skipping = -1;
    if (xmlTextReaderIsEmptyElement(p->xml))
        return SV("");
    buf_init(&b, XLSX_PART_MAX);
    while (part_next(p) && xmlTextReaderDepth(p->xml) > depth) {
        int type = xmlTextReaderNodeType(p->xml);
        if (skip && part_at(p, skip) && !xmlTextReaderIsEmptyElement(p->xml))
            skipping = xmlTextReaderDepth(p->xml);
        else if (skipping >= 0 && xmlTextReaderDepth(p->xml) == skipping)
            skipping = -1;
        else if (skipping < 0 && (type == XML_READER_TYPE_TEXT || type == XML_READER_TYPE_CDATA ||
                                  type == XML_READER_TYPE_SIGNIFICANT_WHITESPACE))
            buf_str(&b, (const char *)xmlTextReaderConstValue(p->xml));
    }
    struct sv out = resolved(buf_sv(&b), a);
    buf_done(&b);
    return out;
}
