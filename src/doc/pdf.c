/* pdf: see pdf.h. PDF 1.5 with a plain cross-reference table; the file's /ID is a digest of
 * its content, so equal content is equal bytes. */
#include "doc/pdf.h"

#include <math.h>
#include <stdlib.h>
#include <zlib.h>

#include "base/arena.h"
#include "base/utf8.h"
#include "sys/crypto.h"

void pdf_init(struct pdf *p, size_t cap)
{
    *p = (struct pdf){ 0 };
    buf_init(&p->out, cap);
    buf_str(&p->out, "%PDF-1.5\n%\xe4\xb8\x80\xe8\xaf\x81\n"); /* bytes above 127: a binary file */
}

void pdf_done(struct pdf *p)
{
    buf_done(&p->out);
}

unsigned pdf_reserve(struct pdf *p)
{
    if (p->n + 1 >= PDF_MAX_OBJECTS) {
        p->failed = true;
        return p->n;
    }
    return ++p->n;
}

void pdf_begin(struct pdf *p, unsigned number)
{
    p->at[number] = p->out.n;
    buf_fmt(&p->out, "%u 0 obj\n", number);
}

void pdf_end(struct pdf *p)
{
    buf_str(&p->out, "\nendobj\n");
}

void pdf_stream(struct pdf *p, unsigned number, const char *extra, struct sv data)
{
    uLong size = compressBound((uLong)data.n);
    unsigned char *packed = mem_new(size);
    if (compress2(packed, &size, (const unsigned char *)data.p, (uLong)data.n, 6) != Z_OK)
        p->failed = true;
    pdf_begin(p, number);
    buf_fmt(&p->out, "<</Length %lu/Filter/FlateDecode%s>>\nstream\n", (unsigned long)size, extra);
    buf_add(&p->out, packed, size);
    buf_str(&p->out, "\nendstream");
    pdf_end(p);
    free(packed);
}

void pdf_number(struct buf *b, double v)
{
    long milli = lround(v * 1000);
    if (milli < 0) {
        buf_byte(b, '-');
        milli = -milli;
    }
    buf_fmt(b, "%ld", milli / 1000);
    milli %= 1000;
    if (milli == 0)
        return;
    char digits[3] = { (char)('0' + milli / 100), (char)('0' + milli / 10 % 10),
                       (char)('0' + milli % 10) };
    buf_byte(b, '.');
    buf_add(b, digits, milli % 10 ? 3 : milli % 100 ? 2 : 1);
}

void pdf_utf16(struct buf *b, struct sv text)
{
    while (text.n) {
        uint32_t c = utf8_next(&text);
        if (c >= 0x10000)
            buf_fmt(b, "%04X%04X", (unsigned)(0xd800 + ((c - 0x10000) >> 10)),
                    (unsigned)(0xdc00 + (c & 0x3ff)));
        else
            buf_fmt(b, "%04X", (unsigned)c);
    }
}

void pdf_string(struct buf *b, struct sv text)
{
    buf_str(b, "<FEFF");
    pdf_utf16(b, text);
    buf_byte(b, '>');
}

bool pdf_finish(struct pdf *p, unsigned root, unsigned info)
{
    struct sm3_hash h;
    struct buf *b = &p->out;
    if (!buf_ok(b) || p->failed)
        return false;
    sm3(buf_sv(b), &h);
    size_t start = b->n;
    buf_fmt(b, "xref\n0 %u\n0000000000 65535 f \n", p->n + 1);
    for (unsigned i = 1; i <= p->n; i++) {
        if (p->at[i] == 0)
            return false;
        buf_fmt(b, "%010zu 00000 n \n", p->at[i]);
    }
    buf_fmt(b, "trailer\n<</Size %u/Root %u 0 R/Info %u 0 R/ID[<", p->n + 1, root, info);
    buf_hex(b, h.b, 16);
    buf_str(b, "><");
    buf_hex(b, h.b, 16);
    buf_fmt(b, ">]>>\nstartxref\n%zu\n%%%%EOF\n", start);
    return buf_ok(b);
}
