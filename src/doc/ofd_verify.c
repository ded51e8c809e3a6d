/* ofd_verify: see ofd_verify.h. */
#include "doc/ofd_verify.h"

#include <stdarg.h>
#include <stdio.h>

#include "base/date.h"
#include "base/xml.h"
#include "doc/ofd_read.h"
#include "doc/seal.h"
#include "sys/cert.h"

enum { VALUE_MAX = 64 * 1024, PATH_MAX_BYTES = 512, REFERENCES_MAX = 4000 };

/* What Signature.xml says. */
struct reference { struct sv path, digest; };
struct signature {
    struct sv path;  /* of Signature.xml */
    struct sv check_method, method, seal_path, value_path;
    struct reference *refs; size_t n_refs;
};

struct verifier {
    struct ofd_report *report;
    struct ofd_files files;
    struct arena *arena;
    struct sv ca;
    struct sv list_path;       /* Signatures.xml */
    struct signature signatures[OFD_SEALS_MAX];
    size_t n_signatures;
};

static void bad(struct verifier *v, const char *code, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));
static void bad(struct verifier *v, const char *code, const char *fmt, ...)
{
    struct ofd_report *r = v->report;
    char text[1024];
    va_list ap;
    if (r->n_bad == OFD_FINDINGS_MAX)
        return;
    va_start(ap, fmt);
    vsnprintf(text, sizeof text, fmt, ap);
    va_end(ap);
    r->bad[r->n_bad++] = (struct ofd_finding){ sv_of(code), arena_sv(v->arena, sv_of(text)) };
}

/* ---- XML ---- */

/* A path as written in dir's file: absolute, or relative to its folder. */
static struct sv resolve(struct verifier *v, struct sv from, struct sv path)
{
    size_t n = from.n;
    path = sv_trim(path);
    if (path.n == 0 || path.n > PATH_MAX_BYTES || path.p[0] == '/')
        return sv_skip(path, path.n > 0);
    while (n && from.p[n - 1] != '/')
        n--;
    return arena_printf_sv(v->arena, "%.*s%.*s", (int)n, from.p, (int)path.n, path.p);
}

static bool open_xml(struct verifier *v, struct part *p, struct sv path, const char *what)
{
    struct ofd_file *f = ofd_find(&v->files, path);
    if (!f) {
        bad(v, "missing_file", "缺少%s（%.*s）", what, (int)path.n, path.p);
        return false;
    }
    return part_open(p, f->bytes, what);
}

static void close_xml(struct verifier *v, struct part *p, struct sv path)
{
    if (p->bad)
        bad(v, "bad_xml", "%.*s 不是正确的XML", (int)path.n, path.p);
    part_close(p);
}

static void read_root(struct verifier *v)
{
    struct ofd_report *r = v->report;
    struct part p;
    struct sv path = SV("OFD.xml");
    if (!open_xml(v, &p, path, "主入口"))
        return;
    while (part_next(&p)) {
        if (part_at(&p, "Title")) {
            r->title = part_value(&p, VALUE_MAX, v->arena);
        } else if (part_at(&p, "Signatures")) {
            if (v->list_path.n)
                bad(v, "two_documents", "一个OFD里有多份文档或多个签章列表，不能核验");
            v->list_path = resolve(v, path, part_value(&p, VALUE_MAX, v->arena));
        } else if (part_at(&p, "CustomData") && r->n_meta < OFD_META_MAX) {
            struct sv name = part_attribute(&p, "Name", v->arena);
            r->meta[r->n_meta++] = (struct ofd_item){ name, part_value(&p, VALUE_MAX, v->arena) };
        }
    }
    close_xml(v, &p, path);
}

static void read_list(struct verifier *v)
{
    struct part p;
    if (!v->list_path.n) {
        bad(v, "not_sealed", "没有电子签章");
        return;
    }
    if (!open_xml(v, &p, v->list_path, "签章列表"))
        return;
    while (part_next(&p)) {
        if (!part_at(&p, "Signature"))
            continue;
        struct sv kind = part_attribute(&p, "Type", v->arena);
        struct sv at = resolve(v, v->list_path, part_attribute(&p, "BaseLoc", v->arena));
        if (kind.n && !sv_is(kind, "Seal"))
            bad(v, "not_a_seal", "有一个签名不是电子签章（类型 %.*s），不能核验", (int)kind.n, kind.p);
        else if (v->n_signatures == OFD_SEALS_MAX)
            bad(v, "too_many_seals", "电子签章超过%d个", OFD_SEALS_MAX);
        else
            v->signatures[v->n_signatures++] = (struct signature){ .path = at };
    }
    close_xml(v, &p, v->list_path);
    if (v->n_signatures == 0)
        bad(v, "not_sealed", "没有电子签章");
}

static void add_reference(struct verifier *v, struct signature *s, struct sv path)
{
    if (s->n_refs == REFERENCES_MAX)
        return; /* files are fewer: then some are named twice, which is said */
    if (!s->refs)
        s->refs = arena_array(v->arena, REFERENCES_MAX, sizeof *s->refs);
    s->refs[s->n_refs++] = (struct reference){ .path = path };
}

static void read_signature(struct verifier *v, struct signature *s)
{
    struct part p;
    bool in_seal = false;
    if (!open_xml(v, &p, s->path, "签名描述文件"))
        return;
    while (part_next(&p)) {
        if (part_at(&p, "References"))
            s->check_method = part_attribute(&p, "CheckMethod", v->arena);
        else if (part_at(&p, "Reference"))
            add_reference(v, s, resolve(v, s->path, part_attribute(&p, "FileRef", v->arena)));
        else if (part_at(&p, "CheckValue") && s->n_refs)
            s->refs[s->n_refs - 1].digest = sv_trim(part_value(&p, VALUE_MAX, v->arena));
        else if (part_at(&p, "SignatureMethod"))
            s->method = sv_trim(part_value(&p, VALUE_MAX, v->arena));
        else if (part_at(&p, "SignedValue"))
            s->value_path = resolve(v, s->path, part_value(&p, VALUE_MAX, v->arena));
        else if (part_at(&p, "Seal"))
            in_seal = true;
        else if (part_at(&p, "BaseLoc") && in_seal)
            s->seal_path = resolve(v, s->path, part_value(&p, VALUE_MAX, v->arena));
        if (part_ends(&p, "Seal"))
            in_seal = false;
    }
    close_xml(v, &p, s->path);
}

/* ---- digests ---- */

static int value64(char c)
{
    if (c >= 'A' && c <= 'Z')
        return c - 'A';
    if (c >= 'a' && c <= 'z')
        return c - 'a' + 26;
    if (c >= '0' && c <= '9')
        return c - '0' + 52;
    return c == '+' ? 62 : c == '/' ? 63 : -1;
}

/* Base64 of exactly one SM3 digest. */
static bool read_digest(struct sv text, struct sm3_hash *out)
{
    enum { CHARS = 44 };
    size_t n = 0;
    uint32_t v = 0;
    if (text.n != CHARS || text.p[CHARS - 1] != '=')
        return false;
    for (size_t i = 0; i < CHARS - 1; i++) {
        int bits = value64(text.p[i]);
        if (bits < 0)
            return false;
        v = v << 6 | (uint32_t)bits;
        if (i % 4 && n < SM3_SIZE)
            out->b[n++] = (unsigned char)(v >> (6 - 2 * (i % 4)));
    }
    return (v & 3) == 0;
}

static void check_references(struct verifier *v, struct signature *s)
{
    if (!sv_is(s->check_method, SM3_OID) && !sv_is(s->check_method, "SM3"))
        bad(v, "digest_method", "文件摘要的算法不是SM3（%.*s）", (int)s->check_method.n,
            s->check_method.p);
    for (size_t i = 0; i < v->files.n; i++)
        v->files.all[i].covered = false;
    for (size_t i = 0; i < s->n_refs; i++) {
        const struct reference *r = &s->refs[i];
        struct ofd_file *f = ofd_find(&v->files, r->path);
        struct sm3_hash is, want;
        if (!f) {
            bad(v, "missing_file", "签章保护的文件不见了：%.*s", (int)r->path.n, r->path.p);
            continue;
        }
        if (f->covered)
            bad(v, "twice", "文件在签章里出现了两次：%.*s", (int)r->path.n, r->path.p);
        f->covered = true;
        sm3(f->bytes, &is);
        if (!read_digest(r->digest, &want) || memcmp(is.b, want.b, SM3_SIZE) != 0)
            bad(v, "changed_file", "文件被改动过：%.*s", (int)r->path.n, r->path.p);
    }
}

/* The folder of another seal of this document: it came later, or this one did. */
static bool of_other_seal(const struct verifier *v, const struct signature *s, struct sv name)
{
    for (size_t i = 0; i < v->n_signatures; i++) {
        struct sv dir = v->signatures[i].path;
        while (dir.n && dir.p[dir.n - 1] != '/')
            dir.n--;
        if (&v->signatures[i] != s && dir.n && sv_starts(name, dir))
            return true;
    }
    return false;
}

static void check_coverage(struct verifier *v, const struct signature *s)
{
    for (size_t i = 0; i < v->files.n; i++) {
        const struct ofd_file *f = &v->files.all[i];
        bool own = sv_eq(f->name, v->list_path) || sv_eq(f->name, s->path) ||
                   sv_eq(f->name, s->value_path);
        if (!f->covered && !own && !of_other_seal(v, s, f->name))
            bad(v, "uncovered_file", "文件不在签章保护之内：%.*s", (int)f->name.n, f->name.p);
    }
}

/* ---- the seal ---- */

/* NULL and a finding when der is no certificate of an SM2 key. */
static struct sm2_key *key_of(struct verifier *v, struct sv der, const char *whose,
                              struct cert_info *info)
{
    struct err quiet;
    err_init(&quiet, v->arena);
    if (cert_read(der, v->arena, info, &quiet) != 0) {
        bad(v, "bad_certificate", "%s的证书无法识别", whose);
        return NULL;
    }
    return sm2_from_public(info->key, &quiet);
}

static void check_signed(struct verifier *v, struct sv cert, struct sv text, struct sv signature,
                         const char *whose, const char *code, struct cert_info *info)
{
    struct sm2_key *key = key_of(v, cert, whose, info);
    if (!key)
        return;
    if (!sm2_verify_der(key, text, signature))
        bad(v, code, "%s的签名不对", whose);
    sm2_free(key);
}

static bool listed(const struct seal *s, struct sv cert)
{
    struct sm3_hash h;
    sm3(cert, &h);
    for (size_t i = 0; i < s->n_certs; i++)
        if (sv_eq(s->certs[i], cert) ||
            (s->list_kind == SEAL_BY_DIGEST &&
             sv_eq(s->certs[i], sv_make((const char *)h.b, SM3_SIZE))))
            return true;
    return false;
}

static void check_chain(struct verifier *v, struct sv cert, const char *whose, int64_t at)
{
    struct err why;
    err_init(&why, v->arena);
    if (v->ca.n && cert_verify(cert, v->ca, at, &why) != 0)
        bad(v, "chain", "%s的证书不被信任：%s", whose, err_text(&why));
}

/* The maker's certificate matters when the seal was made, the signer's when it was used. */
static void check_times(struct verifier *v, const struct seal_use *u, int64_t at)
{
    struct cert_info info;
    struct err quiet;
    int64_t from = seal_time_ms(u->seal.from), until = seal_time_ms(u->seal.until);
    err_init(&quiet, v->arena);
    if (at == INT64_MIN || from == INT64_MIN || until == INT64_MIN ||
        seal_time_ms(u->seal.created) == INT64_MIN) {
        bad(v, "bad_time", "签章或印章的时间无法识别");
        return;
    }
    if (at < from || at > until)
        bad(v, "seal_expired", "盖章时印章不在有效期内");
    if (cert_read(u->signer_cert, v->arena, &info, &quiet) == 0 &&
        (at < info.from_ms || at > info.until_ms))
        bad(v, "signer_expired", "盖章时签章人的证书不在有效期内");
    check_chain(v, u->signer_cert, "签章人", at);
    check_chain(v, u->seal.maker_cert, "制章人", seal_time_ms(u->seal.created));
    if (!v->ca.n)
        bad(v, "chain_unknown", "没有指定根证书，签章人和制章人的证书由谁签发尚未核对");
}

static void check_use(struct verifier *v, struct signature *s, const struct seal_use *u)
{
    struct ofd_file *xml = ofd_find(&v->files, s->path);
    struct ofd_file *esl = ofd_find(&v->files, s->seal_path);
    struct ofd_seal_seen *seen = &v->report->seals[v->report->n_seals++];
    struct sm3_hash h;
    struct cert_info signer = { 0 }, maker = { 0 };
    int64_t at = seal_time_ms(u->time);
    *seen = (struct ofd_seal_seen){ .name = u->seal.name, .id = u->seal.id, .path = s->path,
                                    .at = at, .n_files = s->n_refs, .stamped = u->stamped };
    if (xml) {
        sm3(xml->bytes, &h);
        if (!sv_eq(u->hash, sv_make((const char *)h.b, SM3_SIZE)))
            bad(v, "changed_signature", "签名描述文件被改动过：%.*s", (int)s->path.n, s->path.p);
    }
    if (!sv_eq(resolve(v, SV(""), u->property), s->path))
        bad(v, "other_document", "签章不是为这个签名描述文件所盖");
    if (s->seal_path.n && (!esl || !sv_eq(esl->bytes, u->seal_der)))
        bad(v, "other_seal", "印章文件与签章所用的印章不一致");
    check_signed(v, u->signer_cert, u->to_sign, u->signature, "签章人", "signature", &signer);
    check_signed(v, u->seal.maker_cert, u->seal.info, u->seal.signature, "制章人", "seal_signature",
                 &maker);
    seen->signer = signer.cn;
    seen->maker = maker.cn;
    memcpy(seen->key, signer.key, SM2_PUB_SIZE);
    if (!listed(&u->seal, u->signer_cert))
        bad(v, "not_the_user", "签章人的证书不在印章的使用者名单内");
    check_times(v, u, at);
}

static void check_signature(struct verifier *v, struct signature *s)
{
    struct seal_use u;
    struct err why;
    err_init(&why, v->arena);
    read_signature(v, s);
    check_references(v, s);
    check_coverage(v, s);
    if (!sv_is(s->method, SM2_WITH_SM3))
        bad(v, "signature_method", "签名算法不是SM2（%.*s）", (int)s->method.n, s->method.p);
    struct ofd_file *value = ofd_find(&v->files, s->value_path);
    if (!value)
        bad(v, "missing_file", "缺少签名值文件（%.*s）", (int)s->value_path.n, s->value_path.p);
    else if (seal_use_read(value->bytes, &u, &why) != 0)
        bad(v, "bad_seal", "%s", err_text(&why));
    else
        check_use(v, s, &u);
}

int ofd_verify(struct sv bytes, struct sv ca, struct arena *a, struct ofd_report *out,
               struct err *e)
{
    struct verifier v = { .report = out, .arena = a, .ca = ca };
    *out = (struct ofd_report){ .arena = a };
    int rc = ofd_read(bytes, a, &v.files, e);
    if (rc != 0)
        return rc;
    if (!ofd_find(&v.files, SV("OFD.xml")))
        return err_set(e, ERR_INVALID, "这不是OFD文件：缺少主入口OFD.xml");
    out->n_files = v.files.n;
    read_root(&v);
    read_list(&v);
    for (size_t i = 0; i < v.n_signatures; i++)
        check_signature(&v, &v.signatures[i]);
    return 0;
}
