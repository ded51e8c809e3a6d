/* status_list: see status_list.h. */
#include "domain/licence/status_list.h"

#include <stdlib.h>
#include <zlib.h>

enum { GZIP_WINDOW = 15 + 16 };

int64_t status_list_of(int64_t index)
{
    return index / STATUS_LIST_SIZE;
}

bool status_bit(struct sv bits, int64_t index)
{
    if (index < 0 || (uint64_t)index / 8 >= bits.n)
        return false;
    return ((unsigned char)bits.p[index >> 3] & (0x80 >> (index & 7))) != 0;
}

void status_set(unsigned char *bits, size_t n_bytes, int64_t index)
{
    if (index >= 0 && (uint64_t)index / 8 < n_bytes)
        bits[index >> 3] = (unsigned char)(bits[index >> 3] | 0x80 >> (index & 7));
}

/* ---- base64url without padding (RFC 4648 5) ---- */

static const char LETTERS[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

static void put_base64(struct buf *out, const unsigned char *p, size_t n)
{
    for (size_t i = 0; i < n; i += 3) {
        size_t have = n - i < 3 ? n - i : 3;
        unsigned v = (unsigned)p[i] << 16 | (have > 1 ? (unsigned)p[i + 1] << 8 : 0) |
                     (have > 2 ? p[i + 2] : 0u);
        char four[4] = { LETTERS[v >> 18], LETTERS[v >> 12 & 63], LETTERS[v >> 6 & 63],
                         LETTERS[v & 63] };
        buf_add(out, four, have + 1);
    }
}

static int letter(char c)
{
    if (c >= 'A' && c <= 'Z')
        return c - 'A';
    if (c >= 'a' && c <= 'z')
        return c - 'a' + 26;
    if (c >= '0' && c <= '9')
        return c - '0' + 52;
    return c == '-' ? 62 : c == '_' ? 63 : -1;
}

/* Bytes of text into out (which holds text.n * 3 / 4); the loose bits of a last group must be 0. */
static bool get_base64(struct sv text, unsigned char *out, size_t *n)
{
    unsigned v = 0;
    unsigned bits = 0;
    *n = 0;
    if (text.n % 4 == 1)
        return false;
    for (size_t i = 0; i < text.n; i++) {
        int six = letter(text.p[i]);
        if (six < 0)
            return false;
        v = (v << 6 | (unsigned)six) & 0xfff;
        bits += 6;
        if (bits >= 8) {
            bits -= 8;
            out[(*n)++] = (unsigned char)(v >> bits);
            v &= (1u << bits) - 1;
        }
    }
    return v == 0;
}

/* ---- the list ---- */

int status_encode(struct sv bits, struct buf *out, struct err *e)
{
    z_stream z = { .next_in = (unsigned char *)(uintptr_t)bits.p, .avail_in = (unsigned)bits.n };
    if (bits.n < STATUS_MIN_BYTES || bits.n > STATUS_MAX_BYTES)
        return err_set(e, ERR_INVALID, "状态名单的大小无效");
    /* Level 9: made once a minute at most, carried by everybody. */
    if (deflateInit2(&z, 9, Z_DEFLATED, GZIP_WINDOW, 9, Z_DEFAULT_STRATEGY) != Z_OK)
        return err_set(e, ERR_INTERNAL, "无法压缩状态名单");
    size_t cap = deflateBound(&z, z.avail_in);
    unsigned char *packed = mem_new(cap);
    z.next_out = packed;
    z.avail_out = (unsigned)cap;
    int done = deflate(&z, Z_FINISH);
    if (done == Z_STREAM_END) {
        buf_byte(out, 'u');
        put_base64(out, packed, z.total_out);
    }
    deflateEnd(&z);
    free(packed);
    return done == Z_STREAM_END && buf_ok(out) ? 0
                                               : err_set(e, ERR_TOO_LARGE, "状态名单过大");
}

static bool unpack(const unsigned char *packed, size_t n, struct arena *a, struct sv *bits)
{
    /* One byte more than is allowed, so that too much is seen. */
    unsigned char *out = mem_new(STATUS_MAX_BYTES + 1);
    z_stream z = { .next_in = (unsigned char *)(uintptr_t)packed, .avail_in = (unsigned)n,
                   .next_out = out, .avail_out = STATUS_MAX_BYTES + 1 };
    bool good = inflateInit2(&z, GZIP_WINDOW) == Z_OK;
    if (good) {
        good = inflate(&z, Z_FINISH) == Z_STREAM_END && z.avail_in == 0 &&
               z.total_out >= STATUS_MIN_BYTES && z.total_out <= STATUS_MAX_BYTES;
        inflateEnd(&z);
    }
    if (good)
        *bits = arena_sv(a, sv_make((const char *)out, z.total_out));
    free(out);
    return good;
}

int status_decode(struct sv encoded, struct arena *a, struct sv *bits, struct err *e)
{
    size_t n = 0;
    *bits = SV("");
    if (encoded.n < 2 || encoded.n > STATUS_MAX_TEXT || encoded.p[0] != 'u')
        return err_set(e, ERR_INVALID, "状态名单不符合格式");
    unsigned char *packed = mem_new(encoded.n);
    bool good = get_base64(sv_skip(encoded, 1), packed, &n) && unpack(packed, n, a, bits);
    free(packed);
    return good ? 0 : err_set(e, ERR_INVALID, "状态名单不符合格式");
}
