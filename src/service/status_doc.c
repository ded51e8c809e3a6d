/* status_doc: see status_doc.h. */
#include "service/status_doc.h"

static void put_when(json_t *o, const char *name, const char *name_ms, int64_t ms)
{
    char at[32];
    json_put_sv(o, name, sv_of(time_format(ms, at)));
    json_put_i64(o, name_ms, ms);
}

static json_t *words(const char *a, const char *b)
{
    json_t *list = json_array();
    json_push_sv(list, sv_of(a));
    if (b)
        json_push_sv(list, sv_of(b));
    return list;
}

static json_t *subject_json(struct sv id, const struct status_list *l, struct sv encoded)
{
    json_t *o = json_object();
    struct arena *a = arena_new();
    json_put_sv(o, "id", arena_printf_sv(a, "%.*s#list", (int)id.n, id.p));
    json_put_sv(o, "type", SV("BitstringStatusList"));
    json_put_sv(o, "statusPurpose", SV("revocation"));
    json_put_i64(o, "list", l->list);
    json_put_i64(o, "ttl", STATUS_TTL_MS);
    json_put_sv(o, "encodedList", encoded);
    arena_free(a);
    return o;
}

static json_t *doc_json(const struct status_source *by, const struct status_list *l,
                        struct sv encoded)
{
    struct arena *a = arena_new();
    json_t *o = json_object();
    json_t *issuer = json_object();
    struct sv id = arena_printf_sv(a, "%.*s/api/v1/status/%lld", (int)by->public_url.n,
                                   by->public_url.p, (long long)l->list);
    json_put(o, "@context", words("https://www.w3.org/ns/credentials/v2", NULL));
    json_put_sv(o, "id", id);
    json_put(o, "type", words("VerifiableCredential", "BitstringStatusListCredential"));
    json_put_sv(issuer, "id", by->public_url);
    json_put_sv(issuer, "name", by->name);
    json_put_sv(issuer, "region", by->region);
    json_put(o, "issuer", issuer);
    put_when(o, "validFrom", "validFrom_ms", l->from_ms);
    put_when(o, "validUntil", "validUntil_ms", l->until_ms);
    json_put(o, "credentialSubject", subject_json(id, l, encoded));
    arena_free(a);
    return o;
}

int status_doc_make(const struct status_source *by, const struct status_list *l,
                    const struct sm2_key *key, json_t **out, struct err *e)
{
    struct buf encoded;
    buf_init(&encoded, STATUS_MAX_TEXT);
    *out = NULL;
    int rc = status_encode(l->bits, &encoded, e);
    if (rc == 0) {
        *out = doc_json(by, l, buf_sv(&encoded));
        rc = signed_json_add(*out, "status", key, l->from_ms, e);
    }
    buf_done(&encoded);
    if (rc < 0) {
        json_decref(*out);
        *out = NULL;
    }
    return rc;
}

static bool has_word(const json_t *list, const char *word)
{
    const json_t *x;
    size_t i;
    json_array_foreach(list, i, x)
        if (sv_is(json_text(x), word))
            return true;
    return false;
}

static int read_doc(const json_t *doc, const struct trust *trust, struct arena *a,
                    struct status_list *out, struct err *e)
{
    const json_t *subject = json_object_get(doc, "credentialSubject");
    const struct trust_issuer *issuer;
    const struct trust_key *key = trust_key_find(trust, signed_json_key(doc), &issuer);
    *out = (struct status_list){ .list = json_i64(subject, "list", -1),
                                 .from_ms = json_i64(doc, "validFrom_ms", 0),
                                 .until_ms = json_i64(doc, "validUntil_ms", 0) };
    if (!has_word(json_object_get(doc, "type"), "BitstringStatusListCredential") ||
        !sv_is(json_sv(subject, "type"), "BitstringStatusList") ||
        !sv_is(json_sv(subject, "statusPurpose"), "revocation"))
        return err_set(e, ERR_INVALID, "不是状态名单");
    if (out->list < 0 || out->list >= STATUS_LISTS_MAX || out->from_ms <= 0 ||
        out->until_ms < out->from_ms || out->until_ms - out->from_ms > 31 * MS_PER_DAY)
        return err_set(e, ERR_INVALID, "状态名单的编号或时间不正确");
    if (!key)
        return err_set(e, ERR_INVALID, "状态名单不是受信任的机关签发的");
    struct sv claimed = json_sv(json_object_get(doc, "issuer"), "region");
    /* A key given by hand stands for any region (issuer->region ""). */
    if (issuer->region.n && !sv_eq(claimed, issuer->region))
        return err_set(e, ERR_INVALID, "状态名单的机关与签名的密钥不符");
    if (!trust_key_signs(key, out->from_ms) || !signed_json_check(doc, "status", key->pub))
        return err_set(e, ERR_INVALID, "状态名单的签名不符：内容被改动过，或密钥已停用");
    out->region = issuer->region;
    return status_decode(json_sv(subject, "encodedList"), a, &out->bits, e);
}

int status_doc_read(struct sv text, const struct trust *trust, struct arena *a,
                    struct status_list *out, struct err *e)
{
    *out = (struct status_list){ 0 };
    if (text.n > STATUS_DOC_MAX)
        return err_set(e, ERR_INVALID, "状态名单过大");
    json_t *doc = json_parse(text, e);
    if (!doc)
        return e->code;
    int rc = read_doc(doc, trust, a, out, e);
    json_decref(doc);
    return rc;
}
