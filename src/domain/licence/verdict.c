/* verdict: see verdict.h. */
#include "domain/licence/verdict.h"

#include <strings.h>

/* Clocks of phones and servers differ a little. */
enum { CLOCK_SLACK_MS = 10 * 60 * 1000 };

static const struct { const char *key, *text, *reason; bool genuine; } VERDICT[VERDICTS] = {
    [VERDICT_VALID] = { "valid", "有效", "签名真实，状态名单显示仍然有效", true },
    [VERDICT_UNCONFIRMED] = { "unconfirmed", "真实，现状未确认",
                              "签名真实；没有最新的状态名单，是否已变更或失效请联网确认", true },
    [VERDICT_PARTLY_REVOKED] = { "partly_revoked", "部分许可已失效",
                                 "签名真实；其中有的许可已经失效，见下", true },
    [VERDICT_REVOKED] = { "revoked", "已失效", "签名真实，但所载许可均已失效", true },
    [VERDICT_SUPERSEDED] = { "superseded", "已更新或失效",
                             "签名真实，但这一版已被新版本替代或已失效，请持证人出示最新的证照", true },
    [VERDICT_EXPIRED] = { "expired", "已过期", "签名真实，但所载许可均已过有效期", true },
    [VERDICT_FUTURE] = { "future", "日期不对",
                         "颁发时间在当前时间之后，请检查本设备的时间", true },
    [VERDICT_REPLAYED] = { "replayed", "地址与内容不符",
                           "二维码的网址属于另一张证照，内容是从别处搬来的", false },
    [VERDICT_OTHER_REGION] = { "other_region", "不是该地区签发",
                               "签名的机关无权为这个地区颁证", false },
    [VERDICT_KEY_REVOKED] = { "key_revoked", "签发密钥无效",
                              "签名所用的密钥已经停用或当时不能使用", false },
    [VERDICT_UNKNOWN_KEY] = { "unknown_key", "不认识的签发机关",
                              "不是受信任的机关签发：本市没有这个公钥，也没有导入过它的信任名单", false },
    [VERDICT_FORGED] = { "forged", "签名不符", "签名不符：内容被改动过，或不是所称的机关签发", false },
    [VERDICT_MALFORMED] = { "malformed", "无法识别", "二维码内容不符合格式", false },
};
static const struct { const char *key, *text; } PERMIT[] = {
    [SEEN_IN_FORCE] = { "valid", "有效" },
    [SEEN_UNCONFIRMED] = { "unconfirmed", "在有效期内，现状未确认" },
    [SEEN_PAST] = { "expired", "已过期" },
    [SEEN_REVOKED] = { "revoked", "已失效" },
};

const char *verdict_key(enum verdict v) { return VERDICT[v].key; }
const char *verdict_text(enum verdict v) { return VERDICT[v].text; }
const char *verdict_reason(enum verdict v) { return VERDICT[v].reason; }
bool verdict_genuine(enum verdict v) { return VERDICT[v].genuine; }
const char *permit_status_key(enum permit_status s) { return PERMIT[s].key; }
const char *permit_status_text(enum permit_status s) { return PERMIT[s].text; }

const struct trust_key *trust_key_find(const struct trust *t, struct sv id,
                                       const struct trust_issuer **issuer)
{
    for (size_t i = 0; i < t->n_issuers; i++)
        for (size_t k = 0; k < t->issuers[i].n_keys; k++)
            if (sv_eq(t->issuers[i].keys[k].id, id)) {
                *issuer = &t->issuers[i];
                return &t->issuers[i].keys[k];
            }
    *issuer = NULL;
    return NULL;
}

bool trust_key_signs(const struct trust_key *k, int64_t at)
{
    if (at < k->from_ms - CLOCK_SLACK_MS || (k->until_ms && at > k->until_ms + CLOCK_SLACK_MS))
        return false;
    return k->revoked_ms == 0 || (k->good_before && at < k->revoked_ms);
}

/* ---- who signed it ---- */

static bool signature_fits(const struct verify_in *in, const struct payload_carried *c,
                           const struct trust_key *key)
{
    struct buf signed_bytes;
    buf_init(&signed_bytes, PAYLOAD_MAX_BYTES + 64);
    payload_to_sign(c->format, c->bytes, &signed_bytes);
    bool good = buf_ok(&signed_bytes) && in->signed_by(key->pub, buf_sv(&signed_bytes), c->sig);
    buf_done(&signed_bytes);
    return good;
}

/* The key id is read before the signature is checked, to choose among keys that are trusted anyway;
 * nothing else of the content counts until then. */
static enum verdict origin(const struct verify_in *in, struct arena *a, struct verified *out)
{
    struct payload_carried c;
    struct err e;
    err_init(&e, a);
    if (payload_split(in->text, &c, &e) < 0 || payload_decode(&c, a, &out->payload, &e) < 0) {
        out->reason = err_text(&e);
        return VERDICT_MALFORMED;
    }
    const struct trust_key *key = trust_key_find(in->trust, out->payload.key_id, &out->issuer);
    if (!key)
        return VERDICT_UNKNOWN_KEY;
    if (!signature_fits(in, &c, key))
        return VERDICT_FORGED;
    if (!trust_key_signs(key, out->payload.issued_at)) {
        if (key->revoked_ms && key->reason.n)
            out->reason = arena_printf(a, "签名所用的密钥已作废（%.*s）", (int)key->reason.n,
                                       key->reason.p);
        return VERDICT_KEY_REVOKED;
    }
    if (!sv_starts(out->payload.region, out->issuer->region))
        return VERDICT_OTHER_REGION;
    struct sv in_path = payload_url_short(in->text);
    if (in_path.n && (in_path.n != out->payload.short_id.n ||
                      strncasecmp(in_path.p, out->payload.short_id.p, in_path.n) != 0))
        return VERDICT_REPLAYED;
    return VERDICT_VALID;
}

/* ---- is it in force ---- */

/* The freshest list of this issuer that has this number. */
static const struct status_list *list_for(const struct verify_in *in, struct sv region,
                                          int64_t index)
{
    const struct status_list *best = NULL;
    for (size_t i = 0; i < in->n_lists; i++) {
        const struct status_list *l = &in->lists[i];
        if (sv_eq(l->region, region) && l->list == status_list_of(index) &&
            (uint64_t)(index % STATUS_LIST_SIZE) / 8 < l->bits.n &&
            (!best || l->from_ms > best->from_ms))
            best = l;
    }
    return best;
}

/* Is the bit of this number set? Notes what the answer rests on. */
static bool ended(const struct verify_in *in, struct verified *out, int64_t index,
                  enum list_state *state)
{
    const struct status_list *l = index < 0 ? NULL : list_for(in, out->issuer->region, index);
    *state = LIST_NONE;
    if (l) {
        *state = in->now > l->until_ms ? LIST_OLD : LIST_FRESH;
        if (out->as_of_ms == 0 || l->from_ms < out->as_of_ms)
            out->as_of_ms = l->from_ms;
    }
    if (*state < out->list)
        out->list = *state;
    return l && status_bit(l->bits, index % STATUS_LIST_SIZE);
}

static enum verdict standing(const struct verify_in *in, struct verified *out)
{
    const struct payload *p = &out->payload;
    int32_t today = date_of_ms(in->now);
    enum list_state state;
    size_t revoked = 0;
    size_t usable = 0;
    out->list = LIST_FRESH;
    bool superseded = ended(in, out, p->status_index, &state);
    for (size_t i = 0; i < p->n_permits; i++) {
        const struct payload_permit *t = &p->permits[i];
        bool gone = ended(in, out, t->status_index, &state);
        bool past = t->valid_until != DATE_NONE && today > t->valid_until;
        out->permits[i] = gone ? SEEN_REVOKED : past ? SEEN_PAST
                        : state == LIST_FRESH ? SEEN_IN_FORCE : SEEN_UNCONFIRMED;
        revoked += gone;
        usable += !gone && !past;
    }
    if (superseded)
        return VERDICT_SUPERSEDED;
    if (revoked)
        return usable ? VERDICT_PARTLY_REVOKED : VERDICT_REVOKED;
    if (p->n_permits && !usable)
        return VERDICT_EXPIRED;
    return out->list == LIST_FRESH ? VERDICT_VALID : VERDICT_UNCONFIRMED;
}

void verify_offline(const struct verify_in *in, struct arena *a, struct verified *out)
{
    *out = (struct verified){ 0 };
    enum verdict v = origin(in, a, out);
    if (v == VERDICT_VALID)
        v = out->payload.issued_at > in->now + CLOCK_SLACK_MS ? VERDICT_FUTURE
                                                              : standing(in, out);
    out->verdict = v;
    if (!out->reason) /* some say more exactly what is wrong */
        out->reason = VERDICT[v].reason;
    if (!verdict_genuine(v))
        out->payload = (struct payload){ .issued = DATE_NONE };
}
