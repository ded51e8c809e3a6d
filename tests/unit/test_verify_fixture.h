/* test_verify_fixture: two cities with keys, licences of theirs, signed trust and status lists. */
#ifndef YZ_TEST_VERIFY_FIXTURE_H
#define YZ_TEST_VERIFY_FIXTURE_H

#include "domain/licence/verdict.h"
#include "service/status_doc.h"
#include "service/trust_doc.h"
#include "test.h"

/* 2026-11-24 12:00 in Shanghai. */
#define NOW INT64_C(1795492800000)
#define HOUR INT64_C(3600000)

enum { KEY_NOW, KEY_STOLEN, KEY_REPLACED, KEY_LATER, CITY_KEYS };

struct city {
    struct sm2_key *keys[CITY_KEYS];
    struct trust_key trusted[CITY_KEYS];
    struct trust_issuer issuer;
};

static struct arena *arena;
static struct err err;

static void city_make(struct city *c, const char *name, const char *region, const char *url)
{
    static const int64_t from[] = { NOW - 9000 * HOUR, NOW - 9000 * HOUR, NOW - 9000 * HOUR,
                                    NOW - 10 * HOUR };
    static const int64_t revoked[] = { 0, NOW - 24 * HOUR, NOW - 24 * HOUR, 0 };
    static const char *const reason[] = { "", "遗失", "到期更换", "" };
    for (size_t i = 0; i < CITY_KEYS; i++) {
        char id[17];
        c->keys[i] = sm2_generate(&err);
        struct trust_key *k = &c->trusted[i];
        *k = (struct trust_key){ .from_ms = from[i], .revoked_ms = revoked[i],
                                 .good_before = i == KEY_REPLACED, .reason = sv_of(reason[i]) };
        sm2_public_raw(c->keys[i], k->pub, &err);
        sm2_point_id(k->pub, id);
        k->id = arena_sv(arena, sv_of(id));
    }
    c->issuer = (struct trust_issuer){ sv_of(name), sv_of(region), sv_of(url), c->trusted,
                                       CITY_KEYS };
}

static void city_free(struct city *c)
{
    for (size_t i = 0; i < CITY_KEYS; i++)
        sm2_free(c->keys[i]);
}

/* A licence of three permits with bits 11, 12, 13 and bit 10 for its version. */
static struct payload licence_of(const struct city *c, const char *region,
                                 struct payload_permit p[3])
{
    const struct payload_permit three[] = {
        { SV("食品经营许可证"), SV("JY21503020012345"), SV("海勃湾区行政审批和政务服务局"),
          date_of(2026, 1, 5), date_of(2031, 1, 4), 11 },
        { SV("公共场所卫生许可证"), SV("乌海卫公证字〔2026〕第00123号"), SV("海勃湾区卫生健康委员会"),
          date_of(2026, 1, 5), date_of(2026, 12, 31), 12 },
        { SV("第二类医疗器械经营备案凭证"), SV("蒙乌药监械经营备案20260012号"),
          SV("乌海市市场监督管理局"), date_of(2026, 1, 6), DATE_NONE, 13 },
    };
    memcpy(p, three, sizeof three);
    return (struct payload){
        .format = PAYLOAD_FORMAT, .key_id = c->trusted[KEY_NOW].id,
        .number = SV("WHZH150302022026000123"), .version = 2, .short_id = SV("7K3QD9XM00"),
        .region = sv_of(region), .industry = SV("便利店"), .holder = SV("好邻居便利店（个体工商户）"),
        .uscc = SV("92150302MA0N3K7T5X"), .person = SV("王建国"), .address = SV("人民南路18号"),
        .issuer = SV("海勃湾区行政审批和政务服务局"), .issued = date_of(2026, 1, 7),
        .issued_at = date_start_ms(date_of(2026, 1, 7)) + 9 * HOUR, .permits = p, .n_permits = 3,
        .status_index = 10,
    };
}

/* What payload_encode and a key make of it. */
static struct payload_carried sign(const struct payload *p, const struct sm2_key *key)
{
    struct payload_carried c = { .format = p->format };
    struct buf carried, to_sign;
    buf_init(&carried, 10000);
    buf_init(&to_sign, 10000);
    assert_int_equal(payload_encode(p, &carried, &err), 0);
    c.bytes = arena_sv(arena, buf_sv(&carried));
    payload_to_sign(p->format, c.bytes, &to_sign);
    assert_int_equal(sm2_sign(key, buf_sv(&to_sign), c.sig, &err), 0);
    buf_done(&carried);
    buf_done(&to_sign);
    return c;
}

static struct sv text_of(const struct payload_carried *c)
{
    struct buf b;
    buf_init(&b, 10000);
    payload_text(c, &b);
    assert_true(buf_ok(&b));
    struct sv out = arena_sv(arena, buf_sv(&b));
    buf_done(&b);
    return out;
}

UNUSED static struct sv url_of(const char *short_id, struct sv text)
{
    struct buf b;
    buf_init(&b, 10000);
    payload_url(SV("https://zwfw.example"), sv_of(short_id), text, &b);
    struct sv out = arena_sv(arena, buf_sv(&b));
    buf_done(&b);
    return out;
}

UNUSED static json_t *trust_json(const struct city *self, const struct city *other,
                                 const struct sm2_key *key)
{
    json_t *doc = json_object();
    json_t *issuer = json_object();
    json_t *list = json_array();
    json_put_sv(doc, "type", SV("YizhengTrustList"));
    json_put_i64(doc, "version", 1);
    json_put_sv(doc, "id", SV("https://zwfw.example/api/v1/trust"));
    json_put_sv(issuer, "name", self->issuer.name);
    json_put_sv(issuer, "region", self->issuer.region);
    json_put(doc, "issuer", issuer);
    json_put_i64(doc, "issued_ms", NOW - HOUR);
    json_push(list, trust_issuer_json(&self->issuer));
    if (other)
        json_push(list, trust_issuer_json(&other->issuer));
    json_put(doc, "issuers", list);
    assert_int_equal(signed_json_add(doc, "trust", key, NOW - HOUR, &err), 0);
    return doc;
}

/* A list of the smallest size with these bits set; ended by -1. */
UNUSED static json_t *status_json(const struct city *c, int key, int64_t from_ms, const int *set)
{
    unsigned char *bits = arena_alloc(arena, STATUS_MIN_BYTES);
    json_t *doc;
    for (; *set >= 0; set++)
        status_set(bits, STATUS_MIN_BYTES, *set);
    struct status_source by = { SV("https://zwfw.example"), c->issuer.name, c->issuer.region };
    struct status_list l = { c->issuer.region, 0, from_ms, from_ms + STATUS_VALID_MS,
                             sv_make((char *)bits, STATUS_MIN_BYTES) };
    assert_int_equal(status_doc_make(&by, &l, c->keys[key], &doc, &err), 0);
    return doc;
}

UNUSED static struct sv dump(json_t *doc)
{
    struct sv out = json_dump(arena, doc, true);
    json_decref(doc);
    return out;
}

#endif
