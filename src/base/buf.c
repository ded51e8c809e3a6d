/* buf: see buf.h. */
#include "base/buf.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/utf8.h"

void buf_init(struct buf *b, size_t cap)
{
    *b = (struct buf){ .cap = cap };
}

void buf_done(struct buf *b)
{
    free(b->p);
    *b = (struct buf){ .cap = b->cap };
}

void buf_clear(struct buf *b)
{
    b->n = 0;
    b->failed = false;
    if (b->p)
        b->p[0] = 0;
}

/* Room for n more bytes and the NUL; false (and sticky) past the cap. */
static bool room(struct buf *b, size_t n)
{
    if (b->failed)
        return false;
    if (n > b->cap || b->n > b->cap - n) {
        b->failed = true;
        return false;
    }
    size_t need = b->n + n + 1;
    if (need <= b->size)
        return true;
    size_t size = b->size ? b->size : 256;
    while (size < need)
        size *= 2;
    char *p = realloc(b->p, size);
    if (!p)
        abort();
    b->p = p;
    b->size = size;
    return true;
}

void buf_add(struct buf *b, const void *p, size_t n)
{
    if (!room(b, n))
        return;
    if (n)
        memcpy(b->p + b->n, p, n);
    b->n += n;
    b->p[b->n] = 0;
}

void buf_sv_add(struct buf *b, struct sv s)
{
    buf_add(b, s.p, s.n);
}

void buf_str(struct buf *b, const char *cstr)
{
    buf_add(b, cstr, strlen(cstr));
}

void buf_byte(struct buf *b, unsigned char c)
{
    buf_add(b, &c, 1);
}

void buf_be(struct buf *b, uint64_t v, unsigned bytes)
{
    unsigned char out[8];
    for (unsigned i = 0; i < bytes && i < 8; i++)
        out[i] = (unsigned char)(v >> (8 * (bytes - 1 - i)));
    buf_add(b, out, bytes < 8 ? bytes : 8);
}

void buf_hex(struct buf *b, const void *p, size_t n)
{
    static const char digits[] = "0123456789abcdef";
    const unsigned char *u = p;
    for (size_t i = 0; i < n; i++) {
        char two[2] = { digits[u[i] >> 4], digits[u[i] & 15] };
        buf_add(b, two, 2);
    }
}

void buf_fmt(struct buf *b, const char *fmt, ...)
{
    va_list ap;
    va_list again;
    va_start(ap, fmt);
    va_copy(again, ap);
    int n = vsnprintf(NULL, 0, fmt, ap);
    va_end(ap);
    if (n < 0)
        b->failed = true;
    else if (room(b, (size_t)n)) {
        vsnprintf(b->p + b->n, (size_t)n + 1, fmt, again);
        b->n += (size_t)n;
    }
    va_end(again);
}

void buf_json(struct buf *b, struct sv s)
{
    if (!utf8_valid(s)) {
        b->failed = true;
        return;
    }
    buf_byte(b, '"');
    size_t from = 0;
    for (size_t i = 0; i < s.n; i++) {
        unsigned char c = (unsigned char)s.p[i];
        if (c >= 0x20 && c != '"' && c != '\\')
            continue;
        buf_add(b, s.p + from, i - from);
        from = i + 1;
        if (c == '"' || c == '\\')
            buf_fmt(b, "\\%c", c);
        else if (c == '\n')
            buf_str(b, "\\n");
        else
            buf_fmt(b, "\\u%04x", c);
    }
    if (s.n)
        buf_add(b, s.p + from, s.n - from);
    buf_byte(b, '"');
}

void buf_html(struct buf *b, struct sv s)
{
    for (size_t i = 0; i < s.n; i++) {
        switch (s.p[i]) {
        case '&': buf_str(b, "&amp;"); break;
        case '<': buf_str(b, "&lt;"); break;
        case '>': buf_str(b, "&gt;"); break;
        case '"': buf_str(b, "&quot;"); break;
        case '\'': buf_str(b, "&#39;"); break;
        default: buf_byte(b, (unsigned char)s.p[i]);
        }
    }
}
