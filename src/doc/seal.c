/* seal: see seal.h. */
#include "doc/seal.h"

#include <stdio.h>

#include "base/date.h"

enum { V1 = 1, V4 = 4, V5 = 5 };

/* ---- times ---- */

void seal_time(int64_t ms, char out[SEAL_TIME + 1])
{
    int64_t utc = ms - SHANGHAI_MS; /* date_of_ms adds it */
    int32_t day = date_of_ms(utc);
    int64_t s = (utc - date_start_ms(day)) / 1000;
    char text[64];
    snprintf(text, sizeof text, "%08d%02d%02d%02dZ", (int)date_to_number(day), (int)(s / 3600),
             (int)(s / 60 % 60), (int)(s % 60));
    memcpy(out, text, SEAL_TIME);
    out[SEAL_TIME] = 0;
}

static int two(struct sv s, size_t at)
{
    return (s.p[at] - '0') * 10 + s.p[at + 1] - '0';
}

int64_t seal_time_ms(struct sv text)
{
    int64_t number = 0;
    if (text.n != SEAL_TIME || text.p[14] != 'Z' || !sv_digits(sv_make(text.p, 14), 14))
        return INT64_MIN;
    sv_to_i64(sv_make(text.p, 8), &number);
    int32_t day = date_from_number(number);
    int h = two(text, 8), m = two(text, 10), s = two(text, 12);
    if (day == DATE_NONE || h > 23 || m > 59 || s > 60)
        return INT64_MIN;
    return date_start_ms(day) + SHANGHAI_MS + ((h * 60 + m) * 60 + s) * INT64_C(1000);
}

/* ---- writing ---- */

static void put_property(struct buf *out, const struct seal *s)
{
    size_t from = out->n;
    der_put_int(out, s->type);
    der_put(out, DER_UTF8, s->name);
    der_put_int(out, SEAL_BY_CERT);
    size_t list = out->n;
    for (size_t i = 0; i < s->n_certs; i++)
        der_put(out, DER_OCTETS, s->certs[i]);
    der_wrap(out, list, DER_SEQUENCE);
    der_put(out, DER_TIME, s->created);
    der_put(out, DER_TIME, s->from);
    der_put(out, DER_TIME, s->until);
    der_wrap(out, from, DER_SEQUENCE);
}

static void put_info(struct buf *out, const struct seal *s)
{
    size_t from = out->n;
    der_put(out, DER_IA5, SV("ES"));
    der_put_int(out, V4);
    der_put(out, DER_IA5, s->vendor);
    der_wrap(out, from, DER_SEQUENCE);
    der_put(out, DER_IA5, s->id);
    put_property(out, s);
    size_t picture = out->n;
    der_put(out, DER_IA5, s->picture_kind);
    der_put(out, DER_OCTETS, s->picture);
    der_put_int(out, s->width);
    der_put_int(out, s->height);
    der_wrap(out, picture, DER_SEQUENCE);
    der_wrap(out, from, DER_SEQUENCE);
}

/* Certificate, algorithm and signature over what stands in out from `from` on, behind it. */
static int put_signature(struct buf *out, size_t from, const struct sm2_key *key, struct sv cert,
                         struct err *e)
{
    struct buf sig;
    buf_init(&sig, 128);
    int rc = sm2_sign_der(key, sv_skip(buf_sv(out), from), &sig, e);
    der_put(out, DER_OCTETS, cert);
    der_put_oid(out, SM2_WITH_SM3);
    der_put_bits(out, buf_sv(&sig));
    buf_done(&sig);
    der_wrap(out, from, DER_SEQUENCE);
    if (rc == 0 && !buf_ok(out))
        rc = err_set(e, ERR_TOO_LARGE, "电子印章过大");
    return rc;
}

int seal_make(const struct seal *s, const struct sm2_key *maker, struct sv maker_cert,
              struct buf *out, struct err *e)
{
    size_t from = out->n;
    put_info(out, s);
    return put_signature(out, from, maker, maker_cert, e);
}

int seal_use_make(struct sv seal_der, const struct sm3_hash *hash, struct sv property, int64_t now,
                  const struct sm2_key *signer, struct sv signer_cert, struct buf *out,
                  struct err *e)
{
    char time[SEAL_TIME + 1];
    size_t from = out->n;
    seal_time(now, time);
    der_put_int(out, V4);
    buf_sv_add(out, seal_der);
    der_put(out, DER_TIME, sv_of(time));
    der_put_bits(out, sv_make((const char *)hash->b, SM3_SIZE));
    der_put(out, DER_IA5, property);
    der_wrap(out, from, DER_SEQUENCE);
    return put_signature(out, from, signer, signer_cert, e);
}

/* ---- reading ---- */

static void read_list(struct der *property, struct seal *s)
{
    struct der list;
    s->list_kind = der_get_int(property);
    list = der_enter(property, DER_SEQUENCE);
    while (!list.bad && list.rest.n) {
        struct sv entry;
        if (s->list_kind == SEAL_BY_DIGEST) {
            struct der pair = der_enter(&list, DER_SEQUENCE);
            der_get(&pair, DER_PRINTABLE);
            entry = der_get(&pair, DER_OCTETS);
            list.bad = list.bad || !der_end(&pair);
        } else {
            entry = der_get(&list, DER_OCTETS);
        }
        list.bad = list.bad || s->n_certs == SEAL_CERTS_MAX;
        if (!list.bad)
            s->certs[s->n_certs++] = entry;
    }
    property->bad = property->bad || list.bad ||
                    (s->list_kind != SEAL_BY_CERT && s->list_kind != SEAL_BY_DIGEST);
}

static void read_property(struct der *info, struct seal *s)
{
    struct der p = der_enter(info, DER_SEQUENCE);
    s->type = der_get_int(&p);
    s->name = der_get(&p, DER_UTF8);
    read_list(&p, s);
    s->created = der_get(&p, DER_TIME);
    s->from = der_get(&p, DER_TIME);
    s->until = der_get(&p, DER_TIME);
    info->bad = info->bad || !der_end(&p);
}

static void read_picture(struct der *info, struct seal *s)
{
    struct der p = der_enter(info, DER_SEQUENCE);
    s->picture_kind = der_get(&p, DER_IA5);
    s->picture = der_get(&p, DER_OCTETS);
    s->width = der_get_int(&p);
    s->height = der_get_int(&p);
    info->bad = info->bad || !der_end(&p);
}

static void read_info(struct sv whole, struct seal *s, bool *bad)
{
    struct der outer = der_of(whole);
    struct der info = der_enter(&outer, DER_SEQUENCE);
    struct der head = der_enter(&info, DER_SEQUENCE);
    s->info = whole;
    head.bad = head.bad || !sv_is(der_get(&head, DER_IA5), "ES");
    s->version = der_get_int(&head);
    s->vendor = der_get(&head, DER_IA5);
    s->id = der_get(&info, DER_IA5);
    read_property(&info, s);
    read_picture(&info, s);
    if (der_at(&info, DER_SEQUENCE)) /* extDatas: whatever the vendor adds */
        der_get(&info, DER_SEQUENCE);
    *bad = !der_end(&head) || !der_end(&info) || !der_end(&outer);
}

static bool is_sm2(struct der *d)
{
    char oid[64];
    der_get_oid(d, oid);
    return strcmp(oid, SM2_WITH_SM3) == 0;
}

int seal_read(struct sv der, struct seal *out, struct err *e)
{
    struct der all = der_of(der);
    struct der s = der_enter(&all, DER_SEQUENCE);
    bool bad;
    *out = (struct seal){ 0 };
    read_info(der_whole(&s, DER_SEQUENCE), out, &bad);
    if (!bad && out->version == V1)
        return err_set(e, ERR_INVALID, "电子印章是旧版格式（GM/T 0031-2014），不能核验");
    out->maker_cert = der_get(&s, DER_OCTETS);
    bool sm2 = is_sm2(&s);
    out->signature = der_get_bits(&s);
    if (der_at(&s, DER_EXPLICIT_0)) /* V5: a timestamp */
        der_get(&s, DER_EXPLICIT_0);
    if (bad || !der_end(&s) || !der_end(&all) || (out->version != V4 && out->version != V5))
        return err_set(e, ERR_INVALID, "电子印章数据损坏或格式不认识");
    return sm2 ? 0 : err_set(e, ERR_INVALID, "电子印章的签名算法不是SM2");
}

int seal_use_read(struct sv der, struct seal_use *out, struct err *e)
{
    struct der all = der_of(der);
    struct der s = der_enter(&all, DER_SEQUENCE);
    *out = (struct seal_use){ .to_sign = der_whole(&s, DER_SEQUENCE) };
    struct der outer = der_of(out->to_sign);
    struct der t = der_enter(&outer, DER_SEQUENCE);
    uint32_t version = der_get_int(&t);
    out->seal_der = der_whole(&t, DER_SEQUENCE);
    out->time = der_get(&t, DER_TIME);
    out->hash = der_get_bits(&t);
    out->property = der_get(&t, DER_IA5);
    if (der_at(&t, DER_EXPLICIT_0))
        der_get(&t, DER_EXPLICIT_0);
    out->signer_cert = der_get(&s, DER_OCTETS);
    bool sm2 = is_sm2(&s);
    out->signature = der_get_bits(&s);
    if (der_at(&s, DER_EXPLICIT_0)) {
        der_get(&s, DER_EXPLICIT_0);
        out->stamped = true;
    }
    if (!der_end(&s) || !der_end(&all) || !der_end(&t) || !der_end(&outer) ||
        (version != V4 && version != V5))
        return err_set(e, ERR_INVALID, "电子签章数据损坏，或是不认识的（旧版）格式");
    if (!sm2)
        return err_set(e, ERR_INVALID, "电子签章的签名算法不是SM2");
    return seal_read(out->seal_der, &out->seal, e);
}
