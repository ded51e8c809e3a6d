/* paper_verify: the code that every paper carries, so that anybody can ask whether it is real.
 *
 * 20 bytes in Crockford's base32 (32 characters, all in QR's alphanumeric mode): case id (8), kind
 * (upper 5 bits of 1), place of the item in the case (1; 0: the case itself), ordinal (1), and
 * the first 9 bytes of an HMAC-SM3 over them. Nothing is stored: the code names the paper's facts,
 * of which the paper is made again. It cannot be guessed or made up without the key, which stays
 * in DATA/keys; it stays valid as long as that key does.
 */
#include "service/papers.h"

enum { NAMED = 11, MAC = 9, CODE_BYTES = NAMED + MAC, CODE_CHARS = CODE_BYTES * 8 / 5,
       ORDINAL_MAX = 255 };

static const char ALPHABET[] = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";

static void mac_of(const struct app *app, const unsigned char *named, unsigned char out[MAC])
{
    static const char domain[] = "yizheng paper 1";
    unsigned char text[sizeof domain + NAMED];
    struct sm3_hash h;
    memcpy(text, domain, sizeof domain);
    memcpy(text + sizeof domain, named, NAMED);
    hmac_sm3(sv_make((const char *)app->mac_key.b, SM3_SIZE),
             sv_make((const char *)text, sizeof text), &h);
    memcpy(out, h.b, MAC);
}

/* 1 + the place of the paper's item; 0 for the case. Items never come or go once submitted. */
static unsigned place_of(const struct bundle *b, int64_t item_id)
{
    for (size_t i = 0; item_id && i < b->n_items; i++)
        if (b->items[i].id == item_id)
            return (unsigned)i + 1;
    return 0;
}

static unsigned at_most(unsigned n, unsigned most)
{
    return n < most ? n : most;
}

static const unsigned char *named_by(const struct bundle *b, const struct paper *p,
                                     unsigned char out[NAMED])
{
    for (int i = 0; i < 8; i++)
        out[i] = (unsigned char)((uint64_t)b->row.id >> (56 - 8 * i));
    out[8] = (unsigned char)((unsigned)p->kind << 3);
    out[9] = (unsigned char)place_of(b, p->item_id);
    out[10] = (unsigned char)at_most(p->ordinal, ORDINAL_MAX);
    return out;
}

struct sv paper_verify_code(const struct app *app, const struct bundle *b, const struct paper *p,
                            struct arena *a)
{
    unsigned char bytes[CODE_BYTES];
    char *text = arena_alloc(a, CODE_CHARS + 1);
    named_by(b, p, bytes);
    mac_of(app, bytes, bytes + NAMED);
    for (size_t i = 0; i < CODE_CHARS; i++) {
        size_t bit = i * 5;
        unsigned pair = (unsigned)bytes[bit / 8] << 8;
        pair |= bit / 8 + 1 < CODE_BYTES ? bytes[bit / 8 + 1] : 0;
        text[i] = ALPHABET[pair >> (11 - bit % 8) & 31];
    }
    return sv_make(text, CODE_CHARS);
}

/* As typed by hand: case does not matter, O is 0, I and L are 1. */
static int digit_of(char c)
{
    c = c >= 'a' && c <= 'z' ? (char)(c - 'a' + 'A') : c;
    c = c == 'O' ? '0' : c == 'I' || c == 'L' ? '1' : c;
    const char *at = c ? strchr(ALPHABET, c) : NULL;
    return at ? (int)(at - ALPHABET) : -1;
}

/* The named bytes of a genuine code. */
static bool decode(const struct app *app, struct sv code, unsigned char named[NAMED])
{
    unsigned char bytes[CODE_BYTES] = { 0 };
    unsigned char mac[MAC];
    if (code.n != CODE_CHARS)
        return false;
    for (size_t i = 0; i < CODE_CHARS; i++) {
        int digit = digit_of(code.p[i]);
        if (digit < 0)
            return false;
        for (size_t k = 0; k < 5; k++)
            if (digit >> (4 - k) & 1)
                bytes[(i * 5 + k) / 8] |= (unsigned char)(0x80 >> (i * 5 + k) % 8);
    }
    mac_of(app, bytes, mac);
    memcpy(named, bytes, NAMED);
    return crypto_equal(sv_make((const char *)mac, MAC),
                        sv_make((const char *)bytes + NAMED, MAC));
}

int paper_of_code(const struct app *app, const struct bundle *b, struct sv code, struct arena *a,
                  struct paper *out)
{
    unsigned char named[NAMED];
    unsigned char bytes[NAMED];
    struct paper *list;
    size_t n;
    if (!decode(app, code, named))
        return 0;
    papers_list(b, a, &list, &n);
    for (size_t k = 0; k < n; k++)
        if (memcmp(named, named_by(b, &list[k], bytes), NAMED) == 0) {
            *out = list[k];
            return 1;
        }
    return 0;
}

struct verify_ctx { struct app *app; int64_t case_id; struct arena *arena; struct bundle *b; };

static int load_tx(struct db_conn *c, void *ctx, struct err *e)
{
    struct verify_ctx *x = ctx;
    return bundle_load(x->app, c, x->case_id, WITH_ALL, x->arena, x->b, e);
}

static int view_paper(struct app *app, struct bundle *b, struct arena *a, struct paper_view *out,
                      struct err *e)
{
    struct sm3_hash h;
    struct buf pdf;
    char hex[65];
    buf_init(&pdf, (size_t)16 << 20);
    int rc = paper_make(app, b, &out->paper, SV(""), a, DOC_PDF, &pdf, e);
    if (rc == 0) {
        sm3(buf_sv(&pdf), &h);
        sm3_hex(&h, hex);
        out->sm3 = arena_sv(a, sv_of(hex));
        out->issuer = paper_issuer(b, &out->paper);
        out->holder = paper_holder(b, &out->paper, a);
    }
    buf_done(&pdf);
    return rc < 0 ? rc : 1;
}

int paper_verify(struct app *app, struct sv code, struct arena *a, struct paper_view *out,
                 struct err *e)
{
    unsigned char named[NAMED];
    struct bundle b = { 0 };
    struct verify_ctx x = { .app = app, .arena = a, .b = &b };
    *out = (struct paper_view){ 0 };
    if (!decode(app, code, named))
        return 0;
    for (int i = 0; i < 8; i++)
        x.case_id = (int64_t)((uint64_t)x.case_id << 8 | named[i]);
    int rc = db_read(app->db, load_tx, &x, e);
    if (rc == 1) {
        rc = paper_of_code(app, &b, code, a, &out->paper);
        if (rc == 1)
            rc = view_paper(app, &b, a, out, e);
    }
    bundle_done(&b);
    return rc;
}
