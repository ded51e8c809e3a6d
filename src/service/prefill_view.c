/* prefill_view: marks and certificates of a case, as they are shown and counted. See prefill.h. */
#include "service/prefill.h"

struct sv prefill_digest(const json_t *value, struct arena *a)
{
    struct sm3_hash h;
    char hex[65];
    json_t *wrapped = json_array();
    json_push(wrapped, json_incref((json_t *)(uintptr_t)value));
    sm3(json_dump(a, wrapped, true), &h);
    json_decref(wrapped);
    sm3_hex(&h, hex);
    return arena_sv(a, sv_of(hex));
}

json_t *prefill_marks(const struct bundle *b, const json_t *values)
{
    struct arena *a = arena_new();
    json_t *out = json_object();
    const char *code;
    json_t *mark;
    json_object_foreach(b->marks, code, mark) {
        const json_t *now = json_object_get(values, code);
        json_t *ref = json_object_get(mark, "reference");
        json_t *o = json_object();
        json_put_sv(o, "kind", json_sv(mark, "kind"));
        json_put_sv(o, "source", json_sv(mark, "source"));
        json_put(o, "reference", ref ? json_incref(ref) : json_null());
        json_put_sv(o, "on", json_sv(mark, "on"));
        json_put_bool(o, "changed",
                      !now || !sv_eq(prefill_digest(now, a), json_sv(mark, "digest")));
        json_put(out, code, o);
    }
    arena_free(a);
    return out;
}

const json_t *certificate_of(const struct bundle *b, struct sv material)
{
    struct sv holder = json_sv(b->certificates, "holder");
    json_t *items = json_object_get(b->certificates, "items");
    if (holder.n == 0 || !sv_eq(holder, bundle_value(b, F_USCC)))
        return NULL;
    return json_object_getn(items, material.p, material.n);
}

bool certificate_obtained(const json_t *certificate)
{
    return sv_is(json_sv(certificate, "state"), "obtained");
}

/* "2026-11-24" -> "2026年11月24日"; anything else as it is. */
static struct sv in_words(struct sv day, struct arena *a)
{
    char text[32];
    int32_t d;
    return date_parse(day, &d) ? arena_sv(a, sv_of(date_chinese(d, text))) : day;
}

struct sv certificate_text(const json_t *c, struct arena *a)
{
    static const struct { const char *state, *text; } WITHOUT[] = {
        { "not_found", "电子证照库里没有查到，请上传" },
        { "expired", "电子证照库里的这份证照已经过期，请上传有效的" },
        { "unavailable", "电子证照库暂时取不到，请上传" },
        { "not_configured", "还没有接通电子证照库，请上传" },
    };
    for (size_t i = 0; i < sizeof WITHOUT / sizeof WITHOUT[0]; i++)
        if (sv_is(json_sv(c, "state"), WITHOUT[i].state))
            return sv_of(WITHOUT[i].text);
    struct sv source = json_sv(c, "source"), name = json_sv(c, "name");
    struct sv number = json_sv(c, "number"), issuer = json_sv(c, "issuer");
    struct sv until = in_words(json_sv(c, "valid_until"), a), on = in_words(json_sv(c, "on"), a);
    return arena_printf_sv(a, "由%.*s提供：%.*s，编号%.*s，%.*s发，%s%.*s，%.*s取得", (int)source.n,
                           source.p, (int)name.n, name.p, (int)number.n, number.p, (int)issuer.n,
                           issuer.p, until.n ? "有效期至" : "长期有效", (int)until.n, until.p,
                           (int)on.n, on.p);
}

json_t *certificates_shared(const struct bundle *b)
{
    json_t *out = json_object();
    const char *code;
    json_t *one;
    json_object_foreach(json_object_get(b->certificates, "items"), code, one) {
        const json_t *c = certificate_of(b, sv_of(code));
        if (c)
            json_put_bool(out, code, certificate_obtained(c));
    }
    return out;
}

void certificates_digest(const struct bundle *b, const struct permit_type *p, struct buf *out)
{
    for (size_t i = 0; i < p->n_materials; i++) {
        struct sv code = p->materials[i].material->code;
        const json_t *c = certificate_of(b, code);
        if (!c || !certificate_obtained(c))
            continue;
        buf_byte(out, '\n');
        buf_sv_add(out, code);
        buf_byte(out, ' ');
        buf_sv_add(out, json_sv(c, "digest"));
    }
}
