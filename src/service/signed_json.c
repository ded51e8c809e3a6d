/* signed_json: see signed_json.h. */
#include "service/signed_json.h"

#include "base/date.h"
#include "base/utf8.h"

#define PROOF_TYPE "YizhengSm2Signature2026"
enum { DOCUMENT_MAX = 4 << 20 };
#define INTEGER_MAX (INT64_C(1) << 53)

static bool plain_name(const char *key)
{
    for (; *key; key++)
        if (*key < ' ' || *key > '~')
            return false;
    return true;
}

/* Would every writer of RFC 8785 put this the same way? */
static bool canonical(const json_t *v)
{
    const char *key;
    json_t *child;
    size_t i;
    if (json_is_string(v))
        return utf8_clean(json_text(v));
    if (json_is_integer(v))
        return json_integer_value(v) <= INTEGER_MAX && json_integer_value(v) >= -INTEGER_MAX;
    if (json_is_array(v)) {
        json_array_foreach(v, i, child)
            if (!canonical(child))
                return false;
    } else if (json_is_object(v)) {
        json_object_foreach((json_t *)(uintptr_t)v, key, child)
            if (!plain_name(key) || !canonical(child))
                return false;
    }
    return !json_is_real(v);
}

static bool bytes_to_sign(const json_t *doc, const char *purpose, struct buf *out)
{
    if (!json_is_object(doc))
        return false;
    json_t *bare = json_copy((json_t *)(uintptr_t)doc);
    json_object_del(bare, "proof");
    bool good = canonical(bare);
    if (good) {
        buf_fmt(out, "yizheng %s v1", purpose);
        buf_byte(out, 0);
        json_write(out, bare, true);
    }
    json_decref(bare);
    return good && buf_ok(out);
}

int signed_json_add(json_t *doc, const char *purpose, const struct sm2_key *key, int64_t now,
                    struct err *e)
{
    unsigned char sig[SM2_SIG_SIZE];
    char id[17], at[32];
    struct buf b, hex;
    buf_init(&b, DOCUMENT_MAX);
    buf_init(&hex, 2 * SM2_SIG_SIZE);
    int rc = bytes_to_sign(doc, purpose, &b) ? sm2_sign(key, buf_sv(&b), sig, e)
                                             : err_set(e, ERR_INVALID, "文件内容不能签名");
    if (rc == 0)
        rc = sm2_key_id(key, id, e);
    if (rc == 0) {
        json_t *proof = json_object();
        buf_hex(&hex, sig, sizeof sig);
        json_put_sv(proof, "type", SV(PROOF_TYPE));
        json_put_sv(proof, "created", sv_of(time_format(now, at)));
        json_put_i64(proof, "created_ms", now);
        json_put_sv(proof, "verificationMethod", sv_of(id));
        json_put_sv(proof, "proofValue", buf_sv(&hex));
        json_put(doc, "proof", proof);
    }
    buf_done(&b);
    buf_done(&hex);
    return rc;
}

bool hex_bytes(struct sv hex, unsigned char *out, size_t n)
{
    if (hex.n != 2 * n)
        return false;
    for (size_t i = 0; i < hex.n; i++) {
        char c = hex.p[i];
        int v = c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
        if (v < 0)
            return false;
        out[i / 2] = (unsigned char)(i % 2 ? out[i / 2] | v : v << 4);
    }
    return true;
}

struct sv signed_json_key(const json_t *doc)
{
    const json_t *proof = json_object_get(doc, "proof");
    return sv_is(json_sv(proof, "type"), PROOF_TYPE) ? json_sv(proof, "verificationMethod")
                                                     : SV("");
}

bool signed_json_check(const json_t *doc, const char *purpose,
                       const unsigned char pub[SM2_PUB_SIZE])
{
    unsigned char sig[SM2_SIG_SIZE];
    struct buf b;
    buf_init(&b, DOCUMENT_MAX);
    bool good = hex_bytes(json_sv(json_object_get(doc, "proof"), "proofValue"), sig, sizeof sig) &&
                bytes_to_sign(doc, purpose, &b) && sm2_signed_by(pub, buf_sv(&b), sig);
    buf_done(&b);
    return good;
}
