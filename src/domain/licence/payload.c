/* payload: see payload.h; the format is laid down in docs/qr-payload.md.
 *
 * One fixed shape: a map of exactly the keys 1..16 (format 1: 1..15) in order. What is not in the shape does
 * not decode, so a payload cannot smuggle in anything that a verifier would skip. Dates are
 * days since 1970-01-01 (3 bytes instead of 5), departments are named once and then by
 * index, the instant of issue is told from the start of the day of issue.
 */
#include "domain/licence/payload.h"

#include <zlib.h>

#include "base/utf8.h"
#include "domain/licence/cbor.h"

enum key { K_KEY_ID = 1, K_NUMBER, K_VERSION, K_SHORT, K_REGION, K_INDUSTRY, K_HOLDER, K_USCC,
           K_PERSON, K_ADDRESS, K_ISSUER, K_ISSUED, K_ISSUED_AT, K_DEPARTMENTS, K_PERMITS,
           K_STATUS };
enum flag { FLAG_PLAIN = 0, FLAG_DEFLATE = 1, FLAG_DICTIONARY = 2 };
enum { TEXT_MAX = 600, SHORT_MAX = 32, PERMIT_PARTS = 6, SIG = 64 };
/* Most bytes that '1' + base41(carried || signature) can hold within PAYLOAD_MAX_TEXT. */
enum { CARRIED_MAX = (PAYLOAD_MAX_TEXT - 1) / 3 * 2 - SIG };

/* What stands before the signed bytes, with its NUL; by format. */
static const struct sv SIGN_PREFIX[] = {
    [1] = { "yizheng licence v1", sizeof "yizheng licence v1" },
    [2] = { "yizheng licence v2", sizeof "yizheng licence v2" },
};

static bool format_known(int format)
{
    return format == 1 || format == PAYLOAD_FORMAT;
}

static size_t keys_of(int format)
{
    return format == 1 ? K_PERMITS : K_STATUS;
}

static struct sv dictionary_for(unsigned flag)
{
    return flag == FLAG_DICTIONARY ? payload_dictionary() : SV("");
}

/* ---- encoding ---- */

static int nibble(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

static bool key_id_bytes(struct sv hex, unsigned char out[8])
{
    if (hex.n != 16)
        return false;
    for (size_t i = 0; i < 8; i++) {
        int hi = nibble(hex.p[2 * i]);
        int lo = nibble(hex.p[2 * i + 1]);
        if (hi < 0 || lo < 0)
            return false;
        out[i] = (unsigned char)(hi << 4 | lo);
    }
    return true;
}

static bool text_ok(struct sv s)
{
    return s.n <= TEXT_MAX && utf8_clean(s);
}

static bool short_ok(struct sv s)
{
    for (size_t i = 0; i < s.n; i++)
        if (!((s.p[i] >= '0' && s.p[i] <= '9') || (s.p[i] >= 'A' && s.p[i] <= 'Z') ||
              (s.p[i] >= 'a' && s.p[i] <= 'z')))
            return false;
    return s.n > 0 && s.n <= SHORT_MAX;
}

/* A date that put_date and get_date carry. */
static bool date_ok(int32_t date)
{
    return date >= date_of(1900, 1, 1) && date <= date_of(2999, 12, 31);
}

static bool date_or_none(int32_t date)
{
    return date == DATE_NONE || date_ok(date);
}

static int check_texts(const struct payload *p, struct err *e)
{
    const struct sv texts[] = { p->number, p->industry, p->holder, p->uscc, p->person,
                                p->address, p->issuer };
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        if (!text_ok(texts[i]))
            return err_set(e, ERR_INVALID, "证照内容有过长或无法识别的文字");
    for (size_t i = 0; i < p->n_permits; i++) {
        const struct payload_permit *t = &p->permits[i];
        if (!text_ok(t->name) || !text_ok(t->number) || !text_ok(t->department))
            return err_set(e, ERR_INVALID, "第%zu项许可有过长或无法识别的文字", i + 1);
        if (t->status_index < -1 || !date_or_none(t->granted) || !date_or_none(t->valid_until))
            return err_set(e, ERR_INVALID, "第%zu项许可的日期或状态序号无效", i + 1);
    }
    return 0;
}

static void put_date(struct buf *b, int32_t date)
{
    if (date == DATE_NONE)
        cbor_put_null(b);
    else
        cbor_put_int(b, date);
}

/* Departments in order of first appearance; index[i] = place of permit i's department. */
static size_t departments(const struct payload *p, struct sv *names, size_t *index)
{
    size_t n = 0;
    for (size_t i = 0; i < p->n_permits; i++) {
        size_t k = 0;
        while (k < n && !sv_eq(names[k], p->permits[i].department))
            k++;
        if (k == n)
            names[n++] = p->permits[i].department;
        index[i] = k;
    }
    return n;
}

static void put_permits(struct buf *b, const struct payload *p)
{
    struct sv names[PAYLOAD_MAX_PERMITS];
    size_t index[PAYLOAD_MAX_PERMITS];
    size_t n = departments(p, names, index);
    cbor_put_int(b, K_DEPARTMENTS);
    cbor_put_array(b, n);
    for (size_t i = 0; i < n; i++)
        cbor_put_text(b, names[i]);
    cbor_put_int(b, K_PERMITS);
    cbor_put_array(b, p->n_permits);
    for (size_t i = 0; i < p->n_permits; i++) {
        const struct payload_permit *t = &p->permits[i];
        cbor_put_array(b, PERMIT_PARTS);
        cbor_put_text(b, t->name);
        cbor_put_text(b, t->number);
        cbor_put_int(b, (int64_t)index[i]);
        put_date(b, t->granted);
        put_date(b, t->valid_until);
        cbor_put_int(b, t->status_index);
    }
}

static void put_text_at(struct buf *b, enum key key, struct sv text)
{
    cbor_put_int(b, key);
    cbor_put_text(b, text);
}

static void put_payload(struct buf *b, const struct payload *p, const unsigned char key_id[8])
{
    cbor_put_map(b, keys_of(p->format));
    cbor_put_int(b, K_KEY_ID);
    cbor_put_bytes(b, sv_make((const char *)key_id, 8));
    put_text_at(b, K_NUMBER, p->number);
    cbor_put_int(b, K_VERSION);
    cbor_put_int(b, p->version);
    put_text_at(b, K_SHORT, p->short_id);
    put_text_at(b, K_REGION, p->region);
    put_text_at(b, K_INDUSTRY, p->industry);
    put_text_at(b, K_HOLDER, p->holder);
    put_text_at(b, K_USCC, p->uscc);
    put_text_at(b, K_PERSON, p->person);
    put_text_at(b, K_ADDRESS, p->address);
    put_text_at(b, K_ISSUER, p->issuer);
    cbor_put_int(b, K_ISSUED);
    cbor_put_int(b, p->issued);
    cbor_put_int(b, K_ISSUED_AT);
    cbor_put_int(b, p->issued_at - date_start_ms(p->issued));
    put_permits(b, p);
    if (p->format == 1)
        return;
    cbor_put_int(b, K_STATUS);
    cbor_put_int(b, p->status_index);
}

/* Raw deflate of cbor into out if that is shorter than max; its length, or 0. */
static size_t deflate_raw(struct sv cbor, unsigned flag, unsigned char *out, size_t max)
{
    z_stream z = { .next_in = (unsigned char *)(uintptr_t)cbor.p, .avail_in = (unsigned)cbor.n,
                   .next_out = out, .avail_out = (unsigned)max };
    struct sv dict = dictionary_for(flag);
    size_t n = 0;
    if (deflateInit2(&z, 9, Z_DEFLATED, -15, 9, Z_DEFAULT_STRATEGY) != Z_OK)
        return 0;
    if ((dict.n == 0 || deflateSetDictionary(&z, (const unsigned char *)dict.p,
                                             (unsigned)dict.n) == Z_OK) &&
        deflate(&z, Z_FINISH) == Z_STREAM_END && z.total_out < max)
        n = z.total_out;
    deflateEnd(&z);
    return n;
}

int payload_encode(const struct payload *p, struct buf *out, struct err *e)
{
    unsigned char key_id[8];
    unsigned char packed[2][PAYLOAD_MAX_BYTES];
    if (!key_id_bytes(p->key_id, key_id))
        return err_set(e, ERR_INVALID, "签名密钥编号无效");
    if (!format_known(p->format) || p->status_index < -1 ||
        (p->format == 1 && p->status_index != -1))
        return err_set(e, ERR_INVALID, "二维码格式版本或证照的状态序号无效");
    if (!short_ok(p->short_id) || !sv_digits(p->region, 6) || p->version < 1 ||
        !date_ok(p->issued) || p->issued_at > CBOR_INT_MAX / 2 || p->issued_at < -CBOR_INT_MAX / 2)
        return err_set(e, ERR_INVALID, "证照的短编号、区划、版本或颁发日期无效");
    if (p->n_permits > PAYLOAD_MAX_PERMITS)
        return err_set(e, ERR_TOO_LARGE, "一张证照最多载入%d项许可", PAYLOAD_MAX_PERMITS);
    int rc = check_texts(p, e);
    if (rc < 0)
        return rc;
    struct buf cbor;
    buf_init(&cbor, PAYLOAD_MAX_BYTES);
    put_payload(&cbor, p, key_id);
    if (!buf_ok(&cbor)) {
        rc = err_set(e, ERR_TOO_LARGE, "证照内容过多，二维码容纳不下");
        goto out;
    }
    unsigned best = FLAG_PLAIN;
    struct sv body = buf_sv(&cbor);
    for (unsigned flag = FLAG_DEFLATE; flag <= FLAG_DICTIONARY; flag++) {
        unsigned char *to = packed[flag - 1];
        size_t n = deflate_raw(buf_sv(&cbor), flag, to, body.n);
        if (n) {
            best = flag;
            body = sv_make((const char *)to, n);
        }
    }
    if (1 + body.n > CARRIED_MAX) {
        rc = err_set(e, ERR_TOO_LARGE, "证照内容过多，二维码容纳不下");
        goto out;
    }
    buf_byte(out, (unsigned char)best);
    buf_sv_add(out, body);
    if (!buf_ok(out))
        rc = err_set(e, ERR_TOO_LARGE, "证照内容过多");
out:
    buf_done(&cbor);
    return rc;
}

void payload_to_sign(int format, struct sv carried, struct buf *out)
{
    if (!format_known(format)) {
        out->failed = true;
        return;
    }
    buf_sv_add(out, SIGN_PREFIX[format]);
    buf_sv_add(out, carried);
}

void payload_text(const struct payload_carried *c, struct buf *out)
{
    struct buf all;
    buf_init(&all, PAYLOAD_MAX_BYTES + SIG + 1);
    buf_sv_add(&all, c->bytes);
    buf_add(&all, c->sig, SIG);
    buf_byte(out, (unsigned char)('0' + c->format));
    if (buf_ok(&all) && format_known(c->format))
        base41_encode(buf_sv(&all), out);
    else
        out->failed = true;
    buf_done(&all);
}

static void add_upper(struct buf *out, struct sv s)
{
    for (size_t i = 0; i < s.n; i++) {
        char c = s.p[i];
        buf_byte(out, (unsigned char)(c >= 'a' && c <= 'z' ? c - 'a' + 'A' : c));
    }
}

void payload_url(struct sv scheme_host, struct sv short_id, struct sv text, struct buf *out)
{
    add_upper(out, scheme_host); /* upper case keeps the QR code in its alphanumeric mode */
    buf_str(out, "/V/");
    buf_sv_add(out, short_id);
    buf_byte(out, '#');
    buf_sv_add(out, text);
}

/* ---- decoding ---- */

int payload_split(struct sv text, struct payload_carried *out, struct err *e)
{
    struct buf all;
    const char *hash = text.n ? memchr(text.p, '#', text.n) : NULL;
    if (hash)
        text = sv_skip(text, (size_t)(hash - text.p) + 1);
    *out = (struct payload_carried){ 0 };
    if (text.n > PAYLOAD_MAX_TEXT)
        return err_set(e, ERR_INVALID, "二维码内容过长");
    if (text.n == 0 || !format_known(text.p[0] - '0'))
        return err_set(e, ERR_INVALID, "不是本平台的证照二维码，或版本不受支持");
    buf_init(&all, PAYLOAD_MAX_TEXT);
    int rc = base41_decode(sv_skip(text, 1), &all, e);
    if (rc == 0 && all.n < 2 + SIG)
        rc = err_set(e, ERR_INVALID, "二维码内容不完整");
    if (rc == 0) {
        out->format = text.p[0] - '0';
        out->bytes = arena_sv(e->arena, sv_make(all.p, all.n - SIG));
        memcpy(out->sig, all.p + all.n - SIG, SIG);
    }
    buf_done(&all);
    return rc;
}

struct sv payload_url_short(struct sv text)
{
    const char *hash = text.n ? memchr(text.p, '#', text.n) : NULL;
    if (!hash)
        return SV("");
    struct sv path = sv_make(text.p, (size_t)(hash - text.p));
    const char *slash = memrchr(path.p, '/', path.n);
    if (!slash || slash - path.p < 2 || slash[-2] != '/' || (slash[-1] != 'V' && slash[-1] != 'v'))
        return SV("");
    return sv_skip(path, (size_t)(slash - path.p) + 1);
}

/* The CBOR in carried, on the arena; empty when it does not unpack cleanly and within cap. */
static struct sv unpack(struct sv carried, struct arena *a)
{
    unsigned flag = carried.n ? (unsigned char)carried.p[0] : 255;
    struct sv body = sv_skip(carried, 1);
    if (flag > FLAG_DICTIONARY || body.n > PAYLOAD_MAX_BYTES)
        return SV("");
    if (flag == FLAG_PLAIN)
        return arena_sv(a, body);
    unsigned char *out = arena_alloc(a, PAYLOAD_MAX_BYTES);
    z_stream z = { .next_in = (unsigned char *)(uintptr_t)body.p, .avail_in = (unsigned)body.n,
                   .next_out = out, .avail_out = PAYLOAD_MAX_BYTES };
    struct sv dict = dictionary_for(flag);
    struct sv result = SV("");
    if (inflateInit2(&z, -15) != Z_OK)
        return result;
    if ((dict.n == 0 || inflateSetDictionary(&z, (const unsigned char *)dict.p,
                                             (unsigned)dict.n) == Z_OK) &&
        inflate(&z, Z_FINISH) == Z_STREAM_END && z.avail_in == 0)
        result = sv_make((const char *)out, z.total_out);
    inflateEnd(&z);
    return result;
}

static int32_t get_date(struct cbor *c)
{
    if (cbor_null(c))
        return DATE_NONE;
    int64_t v = cbor_int(c);
    if (v >= INT32_MIN && v <= INT32_MAX && date_ok((int32_t)v))
        return (int32_t)v;
    c->failed = true;
    return DATE_NONE;
}

static struct sv text_at(struct cbor *c, enum key key)
{
    cbor_key(c, key);
    return cbor_text(c, TEXT_MAX);
}

/* Departments must be distinct, each used, and in order of first use: one encoding only. */
static void get_permits(struct cbor *c, struct arena *a, struct payload *out)
{
    struct sv names[PAYLOAD_MAX_PERMITS];
    size_t used = 0;
    cbor_key(c, K_DEPARTMENTS);
    size_t n_names = cbor_array(c, PAYLOAD_MAX_PERMITS);
    for (size_t i = 0; i < n_names; i++) {
        names[i] = cbor_text(c, TEXT_MAX);
        for (size_t k = 0; k < i; k++)
            c->failed = c->failed || sv_eq(names[i], names[k]);
    }
    cbor_key(c, K_PERMITS);
    out->n_permits = cbor_array(c, PAYLOAD_MAX_PERMITS);
    out->permits = arena_array(a, out->n_permits, sizeof *out->permits);
    for (size_t i = 0; i < out->n_permits && !c->failed; i++) {
        struct payload_permit *t = &out->permits[i];
        if (cbor_array(c, PERMIT_PARTS) != PERMIT_PARTS)
            c->failed = true;
        t->name = cbor_text(c, TEXT_MAX);
        t->number = cbor_text(c, TEXT_MAX);
        int64_t at = cbor_int(c);
        if (c->failed || at < 0 || (size_t)at >= n_names || (size_t)at > used) {
            c->failed = true;
            return;
        }
        used += (size_t)at == used;
        t->department = names[at];
        t->granted = get_date(c);
        t->valid_until = get_date(c);
        t->status_index = cbor_int(c);
        c->failed = c->failed || t->status_index < -1;
    }
    c->failed = c->failed || used != n_names;
}

static void get_payload(struct cbor *c, struct arena *a, struct payload *out)
{
    struct buf hex;
    if (cbor_map(c, K_STATUS) != keys_of(out->format))
        c->failed = true;
    cbor_key(c, K_KEY_ID);
    struct sv id = cbor_bytes(c, 8);
    buf_init(&hex, 16);
    buf_hex(&hex, id.p, id.n);
    out->key_id = arena_sv(a, buf_sv(&hex));
    buf_done(&hex);
    out->number = text_at(c, K_NUMBER);
    cbor_key(c, K_VERSION);
    out->version = cbor_int(c);
    out->short_id = text_at(c, K_SHORT);
    out->region = text_at(c, K_REGION);
    out->industry = text_at(c, K_INDUSTRY);
    out->holder = text_at(c, K_HOLDER);
    out->uscc = text_at(c, K_USCC);
    out->person = text_at(c, K_PERSON);
    out->address = text_at(c, K_ADDRESS);
    out->issuer = text_at(c, K_ISSUER);
    cbor_key(c, K_ISSUED);
    out->issued = get_date(c);
    cbor_key(c, K_ISSUED_AT);
    int64_t into_day = cbor_int(c);
    if (c->failed || out->key_id.n != 16 || out->version < 1 || !short_ok(out->short_id) ||
        !sv_digits(out->region, 6) || out->issued == DATE_NONE) {
        c->failed = true;
        return;
    }
    out->issued_at = date_start_ms(out->issued) + into_day;
    get_permits(c, a, out);
    if (out->format == 1)
        return;
    cbor_key(c, K_STATUS);
    out->status_index = cbor_int(c);
    c->failed = c->failed || out->status_index < -1;
}

static struct payload nothing(int format)
{
    return (struct payload){ .format = format, .issued = DATE_NONE, .status_index = -1 };
}

int payload_decode(const struct payload_carried *carried, struct arena *a, struct payload *out,
                   struct err *e)
{
    struct cbor c = { .rest = unpack(carried->bytes, a) };
    *out = nothing(carried->format);
    if (!format_known(carried->format))
        c.failed = true;
    get_payload(&c, a, out);
    if (cbor_done(&c))
        return 0;
    *out = nothing(carried->format);
    return err_set(e, ERR_INVALID, "二维码内容不符合格式");
}
