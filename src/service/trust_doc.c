/* trust_doc: see trust_doc.h. */
#include "service/trust_doc.h"

#include "base/utf8.h"

enum { NAME_MAX_BYTES = 200, URL_MAX_BYTES = 300, REGION_MIN = 2, REGION_MAX = 6 };

static int refuse(struct err *e, const char *why)
{
    return err_set(e, ERR_INVALID, "信任名单不符合格式：%s", why);
}

bool trust_overlap(struct sv a, struct sv b)
{
    return sv_starts(a, b) || sv_starts(b, a);
}

/* A time, or null for none; false for anything else. */
static bool read_ms(const json_t *o, const char *key, bool required, int64_t *out)
{
    const json_t *v = json_object_get(o, key);
    *out = json_i64(o, key, 0);
    return json_is_integer(v) ? *out > 0 : !required && json_is_null(v);
}

static int read_key(const json_t *o, struct arena *a, struct trust_key *k, struct err *e)
{
    char id[17];
    if (!sv_is(json_sv(o, "algorithm"), "SM2-with-SM3") ||
        !hex_bytes(json_sv(o, "public_hex"), k->pub, sizeof k->pub) || k->pub[0] != 4)
        return refuse(e, "公钥不是 SM2 公钥");
    sm2_point_id(k->pub, id);
    if (!sv_is(json_sv(o, "id"), id))
        return refuse(e, "公钥与它的编号不一致");
    k->id = arena_sv(a, sv_of(id));
    k->good_before = json_bool(o, "good_before", false);
    k->reason = arena_sv(a, json_sv(o, "reason"));
    if (!read_ms(o, "from_ms", true, &k->from_ms) || !read_ms(o, "until_ms", false, &k->until_ms) ||
        !read_ms(o, "revoked_ms", false, &k->revoked_ms) || k->reason.n > NAME_MAX_BYTES)
        return refuse(e, "密钥的起止时间不正确");
    return 0;
}

int trust_issuer_read(const json_t *o, struct arena *a, struct trust_issuer *out, struct err *e)
{
    const json_t *keys = json_object_get(o, "keys");
    *out = (struct trust_issuer){ .name = arena_sv(a, json_sv(o, "name")),
                                  .region = arena_sv(a, json_sv(o, "region")),
                                  .status_url = arena_sv(a, json_sv(o, "status_url")) };
    if (out->name.n == 0 || out->name.n > NAME_MAX_BYTES || !utf8_clean(out->name) ||
        out->status_url.n > URL_MAX_BYTES)
        return refuse(e, "机关名称或地址不正确");
    if (out->region.n < REGION_MIN || out->region.n > REGION_MAX ||
        !sv_digits(out->region, out->region.n))
        return refuse(e, "区划应为2到6位数字");
    size_t n = json_array_size(keys);
    if (n == 0 || n > TRUST_MAX_KEYS)
        return refuse(e, "机关的公钥数量不正确");
    out->keys = arena_array(a, n, sizeof *out->keys);
    for (size_t i = 0; i < n; i++) {
        int rc = read_key(json_array_get(keys, i), a, &out->keys[i], e);
        if (rc < 0)
            return rc;
    }
    out->n_keys = n;
    return 0;
}

static bool key_twice(const struct trust *t)
{
    const struct trust_issuer *first;
    for (size_t i = 0; i < t->n_issuers; i++)
        for (size_t k = 0; k < t->issuers[i].n_keys; k++)
            if (trust_key_find(t, t->issuers[i].keys[k].id, &first) != &t->issuers[i].keys[k])
                return true;
    return false;
}

static int read_issuers(const json_t *doc, struct arena *a, struct trust *t, struct err *e)
{
    const json_t *list = json_object_get(doc, "issuers");
    size_t n = json_array_size(list);
    if (n == 0 || n > TRUST_MAX_ISSUERS)
        return refuse(e, "机关的数量不正确");
    t->issuers = arena_array(a, n, sizeof *t->issuers);
    for (size_t i = 0; i < n; i++) {
        int rc = trust_issuer_read(json_array_get(list, i), a, &t->issuers[i], e);
        if (rc < 0)
            return rc;
        for (size_t k = 0; k < i; k++)
            if (trust_overlap(t->issuers[i].region, t->issuers[k].region))
                return refuse(e, "两个机关的区划重叠");
    }
    t->n_issuers = n;
    return key_twice(t) ? refuse(e, "同一个公钥出现了两次") : 0;
}

static int read_doc(const json_t *doc, struct arena *a, struct trust_doc *out, struct err *e)
{
    struct sv region = json_sv(json_object_get(doc, "issuer"), "region");
    if (!sv_is(json_sv(doc, "type"), "YizhengTrustList") || json_i64(doc, "version", 0) != 1 ||
        !read_ms(doc, "issued_ms", true, &out->issued_ms))
        return refuse(e, "不是信任名单，或版本不受支持");
    int rc = read_issuers(doc, a, &out->trust, e);
    if (rc < 0)
        return rc;
    const struct trust_issuer *issuer;
    const struct trust_key *key = trust_key_find(&out->trust, signed_json_key(doc), &issuer);
    if (!key || !sv_eq(issuer->region, region) || !trust_key_signs(key, out->issued_ms))
        return refuse(e, "不是名单自己的机关用现行密钥签名的");
    if (!signed_json_check(doc, "trust", key->pub))
        return err_set(e, ERR_INVALID, "信任名单的签名不符：内容被改动过");
    out->self = issuer;
    return 0;
}

int trust_doc_read(struct sv text, struct arena *a, struct trust_doc *out, struct err *e)
{
    *out = (struct trust_doc){ 0 };
    if (text.n > TRUST_MAX_TEXT)
        return err_set(e, ERR_INVALID, "信任名单过大");
    json_t *doc = json_parse(text, e);
    if (!doc)
        return e->code;
    int rc = read_doc(doc, a, out, e);
    json_decref(doc);
    return rc;
}

static void put_ms(json_t *o, const char *key, int64_t ms)
{
    if (ms)
        json_put_i64(o, key, ms);
    else
        json_put(o, key, json_null());
}

static void put_text(json_t *o, const char *key, struct sv s)
{
    if (s.n)
        json_put_sv(o, key, s);
    else
        json_put(o, key, json_null());
}

static json_t *key_json(const struct trust_key *k)
{
    struct buf hex;
    json_t *o = json_object();
    buf_init(&hex, 2 * sizeof k->pub);
    buf_hex(&hex, k->pub, sizeof k->pub);
    json_put_sv(o, "id", k->id);
    json_put_sv(o, "algorithm", SV("SM2-with-SM3"));
    json_put_sv(o, "public_hex", buf_sv(&hex));
    put_ms(o, "from_ms", k->from_ms);
    put_ms(o, "until_ms", k->until_ms);
    put_ms(o, "revoked_ms", k->revoked_ms);
    json_put_bool(o, "good_before", k->good_before);
    put_text(o, "reason", k->reason);
    buf_done(&hex);
    return o;
}

json_t *trust_issuer_json(const struct trust_issuer *x)
{
    json_t *o = json_object();
    json_t *keys = json_array();
    json_put_sv(o, "name", x->name);
    json_put_sv(o, "region", x->region);
    put_text(o, "status_url", x->status_url);
    for (size_t i = 0; i < x->n_keys; i++)
        json_push(keys, key_json(&x->keys[i]));
    json_put(o, "keys", keys);
    return o;
}
