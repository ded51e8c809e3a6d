/* elicence: see elicence.h. */
#include "service/elicence.h"

#include <stdio.h>
#include <stdlib.h>

#include "domain/licence/identifier.h"
#include "service/elicence_seal.h"
#include "sys/embed.h"
#include "sys/files.h"

enum { CODES_MAX = 1024 * 1024, META_MAX = 24, TYPE_CODE = 21, ISSUER_CODE = 18 };

#define TYPE_PDF "application/pdf"
#define TYPE_OFD "application/ofd"
#define TYPE_PNG "image/png"
#define LONG_TERM "99991231"

struct elicence { json_t *codes; struct seal_cache *seals; };

/* ---- codes ---- */

static bool codes_ok(json_t *codes, const char *member, size_t length)
{
    json_t *table = json_object_get(codes, member), *v;
    const char *key;
    json_object_foreach(table, key, v)
        if (json_string_length(v) != length)
            return false;
    return json_is_object(table);
}

int elicence_open(struct app *app, struct err *e)
{
    const struct embed_file *f = embed_find(SV("catalog/e-licence.json"));
    struct sv text = f ? sv_make((const char *)f->body, f->n) : SV("");
    struct arena *a = arena_new();
    char *path = arena_printf(a, "%s/e-licence.json", app->data_dir.p);
    struct buf own;
    int rc = 0;
    buf_init(&own, CODES_MAX);
    if (file_exists(path)) {
        rc = file_read(path, &own, e);
        text = buf_sv(&own);
    }
    json_t *codes = rc == 0 ? json_parse(text, e) : NULL;
    if (codes && codes_ok(codes, "types", TYPE_CODE) && codes_ok(codes, "issuers", ISSUER_CODE)) {
        app->elicence = mem_new(sizeof *app->elicence);
        app->elicence->codes = codes;
        app->elicence->seals = seal_cache_new();
    } else {
        json_decref(codes);
        rc = err_set(e, ERR_CONFIG, "电子证照代码文件 e-licence.json 不正确");
    }
    buf_done(&own);
    arena_free(a);
    return rc;
}

void elicence_close(struct elicence *x)
{
    if (!x)
        return;
    json_decref(x->codes);
    seal_cache_free(x->seals);
    free(x);
}

static struct sv code_of(const struct elicence *x, const char *member, struct sv key)
{
    json_t *v = json_object_getn(json_object_get(x->codes, member), key.p ? key.p : "", key.n);
    return json_is_string(v) ? sv_make(json_string_value(v), json_string_length(v)) : SV("");
}

/* ---- what is common to a licence and a permit ---- */

/* One electronic licence, for its metadata. */
struct original {
    struct sv name, kind;            /* kind: key of "types" */
    struct sv number, issuer, issuer_code, shown_date, shown_until;
    const struct licence_row *row;   /* holder */
    int32_t issued, from, until;
    int64_t version;
    struct sv industry, permits;     /* "" not said */
    struct sv identifier;            /* made here; "" when a code is not known */
    struct doc_meta meta[META_MAX];
    struct doc_seal seal;
    struct doc_original doc;
};

static struct sv identifier_of(const struct elicence *x, const struct original *o, struct arena *a)
{
    struct buf serial, text;
    buf_init(&serial, IDENTIFIER_MAX);
    buf_init(&text, IDENTIFIER_MAX);
    identifier_serial(&serial, o->number);
    const struct identifier id = { code_of(x, "types", o->kind), o->issuer_code, buf_sv(&serial),
                                   (unsigned)o->version };
    identifier_write(&text, &id);
    struct sv out = buf_ok(&text) ? arena_sv(a, buf_sv(&text)) : SV("");
    buf_done(&serial);
    buf_done(&text);
    return out;
}

static struct sv plain_date(int32_t date, const char *none, struct arena *a)
{
    char text[11];
    return date == DATE_NONE ? sv_of(none) : arena_sv(a, sv_of(date_format(date, text)));
}

static void add(struct original *o, const char *name, struct sv value, struct sv shown)
{
    if (!sv_empty(value) && o->doc.n_meta < META_MAX)
        o->meta[o->doc.n_meta++] = (struct doc_meta){ name, value, shown };
}

/* Short names of GB/T 36903. */
static void fill_meta(const struct elicence *x, struct original *o, int64_t now, struct arena *a)
{
    const struct licence_row *r = o->row;
    char at[32];
    struct sv time = arena_sv(a, sv_of(time_format(now, at)));
    add(o, "ZZMC", o->name, o->name);
    add(o, "ZZLXDM", code_of(x, "types", o->kind), SV(""));
    add(o, "ZZBH", o->number, o->number);
    add(o, "ZZBS", o->identifier, o->identifier);
    add(o, "ZZBFJG", o->issuer, o->issuer);
    add(o, "ZZBFJGDM", o->issuer_code, SV(""));
    add(o, "ZZBFRQ", plain_date(o->issued, "", a), o->shown_date);
    add(o, "CZZT", r->holder, r->holder);
    add(o, "CZZTDM", r->uscc, r->uscc);
    add(o, "CZZTDMLX", SV("统一社会信用代码"), SV(""));
    add(o, "CZZTDMLXDM", SV("001"), SV(""));
    add(o, "ZZYXQQSRQ", plain_date(o->from, "", a), SV(""));
    add(o, "ZZYXQJZRQ", plain_date(o->until, LONG_TERM, a), o->shown_until);
    add(o, "ZZQZR", o->issuer, SV(""));
    add(o, "ZZQZMC", o->issuer, SV(""));
    add(o, "ZZQZSJ", time, SV(""));
    add(o, "CJSJ", time, SV(""));
    add(o, "KZ_JYCS", r->address, r->address);
    add(o, "KZ_FDDBR", r->person, r->person);
    add(o, "KZ_HY", o->industry, o->industry);
    add(o, "KZ_XKSX", o->permits, SV(""));
    o->doc.meta = o->meta;
}

/* Metadata and seal for what is going to be an OFD. */
static int make_original(struct app *app, struct original *o, int64_t now, struct arena *a,
                         struct err *e)
{
    const struct key_ring *ring = app_keys(app);
    fill_meta(app->elicence, o, now, a);
    if (!ring->seal.maker || !ring->seal.signer_cert.n)
        return err_set(e, ERR_CONFIG, "没有电子印章的密钥，不能签章");
    int rc = seal_cached(app->elicence->seals, &ring->seal, o->issuer, o->issuer_code, app->demo, a,
                         &o->seal.seal, e);
    o->seal.signer = ring->seal.signer;
    o->seal.signer_cert = ring->seal.signer_cert;
    o->seal.now = now;
    o->doc.seal = &o->seal;
    return rc;
}

/* ---- the licence ---- */

static struct sv permit_names(const struct licence_view *l, struct arena *a)
{
    struct buf b;
    buf_init(&b, CODES_MAX);
    for (size_t i = 0; i < l->n_permits; i++) {
        if (!sv_is(l->permits[i].state, "valid"))
            continue;
        buf_str(&b, b.n ? "；" : "");
        buf_sv_add(&b, l->permits[i].name);
    }
    struct sv out = arena_sv(a, buf_sv(&b));
    buf_done(&b);
    return out;
}

struct request_of { struct app *app; const struct licence_view *l; int64_t now; struct arena *a; };

static int make_licence(const struct request_of *q, bool a3, enum doc_format format,
                        struct buf *out, struct err *e)
{
    const struct licence_row *r = &q->l->row;
    const struct department *bureau = catalog_bureau(q->app->catalog, r->region);
    struct doc_licence d;
    struct original o = { .name = SV("行业综合许可证"), .kind = SV("licence"), .number = r->number,
                          .issuer = r->issuer, .row = r, .issued = r->issued_on,
                          .from = r->issued_on, .until = r->expires_on, .version = r->version };
    int rc = 0;
    licence_facts(q->app, q->l, date_of_ms(q->now), q->a, &d);
    d.a3 = a3;
    if (format == DOC_OFD) {
        o.issuer_code = bureau ? code_of(q->app->elicence, "issuers", bureau->code) : SV("");
        o.identifier = identifier_of(q->app->elicence, &o, q->a);
        o.shown_date = d.issued;
        o.industry = d.industry;
        o.permits = permit_names(q->l, q->a);
        rc = make_original(q->app, &o, q->now, q->a, e);
        d.original = &o.doc;
    }
    return rc == 0 ? doc_licence(&d, format, out, e) : rc;
}

static int make_card(const struct request_of *q, struct buf *out, struct err *e)
{
    struct doc_licence d;
    int32_t today = date_of_ms(q->now), until = q->l->row.expires_on;
    licence_facts(q->app, q->l, today, q->a, &d);
    bool past = until != DATE_NONE && today > until;
    return doc_card(&d, d.void_note.n ? SV("已失效") : past ? SV("已过期") : SV("有效"), out, e);
}

/* ---- one permit ---- */

static struct sv chinese_date(int32_t date, const char *none, struct arena *a)
{
    char text[32];
    return date == DATE_NONE ? sv_of(none) : arena_sv(a, sv_of(date_chinese(date, text)));
}

static struct sv why_void(const struct permit_row *p, int32_t today)
{
    if (!sv_is(p->state, "valid"))
        return SV("本证已失效");
    return p->valid_until != DATE_NONE && today > p->valid_until ? SV("本证已过有效期") : SV("");
}

static int make_permit(const struct request_of *q, const struct permit_row *p, enum doc_format format,
                       struct buf *out, struct err *e)
{
    const struct licence_row *r = &q->l->row;
    const struct elicence *x = q->app->elicence;
    const struct permit_type *type = catalog_permit(q->app->catalog, p->permit_type);
    struct original o = { .name = type && type->certificate_name.n ? type->certificate_name : p->name,
                          .kind = p->permit_type, .number = p->number, .issuer = p->department_name,
                          .issuer_code = code_of(x, "issuers", p->department), .row = r,
                          .issued = p->granted_on, .from = p->valid_from, .until = p->valid_until,
                          .version = p->version };
    o.identifier = identifier_of(x, &o, q->a);
    o.shown_date = chinese_date(p->granted_on, "", q->a);
    o.shown_until = chinese_date(p->valid_until, "长期", q->a);
    struct doc_certificate d = {
        .title = o.name, .number = p->number, .holder = p->holder, .uscc = p->uscc,
        .person = p->person, .address = p->address, .department = p->department_name,
        .granted = o.shown_date, .valid = o.shown_until, .identifier = o.identifier,
        .licence = r->number, .qr_text = licence_qr_text(q->app, r, q->a),
        .query_url = licence_verify_url(q->app, r, q->a),
        .void_note = why_void(p, date_of_ms(q->now)), .sample = q->app->demo,
    };
    int rc = 0;
    if (format == DOC_OFD) {
        rc = make_original(q->app, &o, q->now, q->a, e);
        d.original = &o.doc;
    }
    return rc == 0 ? doc_certificate(&d, format, out, e) : rc;
}

/* ---- by name ---- */

static const struct kind { const char *name, *title, *type; enum doc_format format; bool a3; }
    KINDS[] = {
    { "licence.ofd", "行业综合许可证（OFD，盖有电子印章）", TYPE_OFD, DOC_OFD, false },
    { "licence.pdf", "行业综合许可证（PDF，A4）", TYPE_PDF, DOC_PDF, false },
    { "licence-a3.pdf", "行业综合许可证（PDF，A3）", TYPE_PDF, DOC_PDF, true },
    { "licence-a3.ofd", "行业综合许可证（OFD，A3）", TYPE_OFD, DOC_OFD, true },
    { "card.png", "行业综合许可证（手机图片）", TYPE_PNG, DOC_NULL, false },
};
enum { N_KINDS = sizeof KINDS / sizeof KINDS[0] };

void elicence_papers(const struct licence_view *l, struct arena *a, struct elicence_paper **out,
                     size_t *n)
{
    static const struct { const char *end, *title, *type; } forms[] = {
        { "ofd", "电子证照OFD", TYPE_OFD }, { "pdf", "PDF", TYPE_PDF },
    };
    *out = arena_array(a, N_KINDS + 2 * l->n_permits, sizeof **out);
    *n = 0;
    for (size_t i = 0; i < N_KINDS; i++)
        (*out)[(*n)++] = (struct elicence_paper){ sv_of(KINDS[i].name), sv_of(KINDS[i].title),
                                                  KINDS[i].type };
    for (size_t i = 0; i < l->n_permits; i++)
        for (size_t k = 0; k < 2; k++)
            (*out)[(*n)++] = (struct elicence_paper){
                arena_printf_sv(a, "permit-%lld.%s", (long long)l->permits[i].id, forms[k].end),
                arena_printf_sv(a, "%.*s（%s）", (int)l->permits[i].name.n, l->permits[i].name.p,
                                forms[k].title),
                forms[k].type };
}

/* "permit-17.ofd" */
static const struct permit_row *permit_of(const struct licence_view *l, struct sv name,
                                          enum doc_format *format)
{
    struct sv rest = name;
    struct sv stem = sv_cut(&rest, '.');
    int64_t id = 0;
    *format = sv_is(rest, "ofd") ? DOC_OFD : DOC_PDF;
    if (!sv_starts(stem, SV("permit-")) || !sv_to_i64(sv_skip(stem, 7), &id) ||
        (*format == DOC_PDF && !sv_is(rest, "pdf")))
        return NULL;
    for (size_t i = 0; i < l->n_permits; i++)
        if (l->permits[i].id == id)
            return &l->permits[i];
    return NULL;
}

int elicence_make(struct app *app, const struct licence_view *l, struct sv name, int64_t now,
                  struct arena *a, struct buf *out, const char **type, struct err *e)
{
    const struct request_of q = { app, l, now, a };
    enum doc_format format;
    for (size_t i = 0; i < N_KINDS; i++) {
        const struct kind *k = &KINDS[i];
        if (!sv_is(name, k->name))
            continue;
        *type = k->type;
        return k->format == DOC_NULL ? make_card(&q, out, e)
                                     : make_licence(&q, k->a3, k->format, out, e);
    }
    const struct permit_row *p = permit_of(l, name, &format);
    if (!p)
        return err_set(e, ERR_NOT_FOUND, "没有这种文件");
    *type = format == DOC_OFD ? TYPE_OFD : TYPE_PDF;
    return make_permit(&q, p, format, out, e);
}
