/* archive_verify: see archive_verify.h. The log and its proofs: archive_verify_log.c. */
#include "service/archive_verify_parts.h"

#include "doc/ofd_verify.h"
#include "sys/cert.h"

enum { MANIFEST_CAP = 16 * 1024 * 1024, SIGNATURE_CAP = 1024, KEY_CAP = 256 * 1024, HEAD_BYTES = 8,
       OFD_BYTES_CAP = 96 * 1024 * 1024 };

static const struct { const char *key, *text; } CHECKS[ARCHIVE_CHECKS] = {
#define X(name, key, text) { key, text },
    ARCHIVE_CHECK_LIST(X)
#undef X
};

const char *archive_check_key(enum archive_check_kind k)
{
    return CHECKS[k].key;
}

const char *archive_check_text(enum archive_check_kind k)
{
    return CHECKS[k].text;
}

static void say(struct checking *x, enum archive_check_kind k, enum archive_result r,
                const char *fmt, va_list ap)
{
    char text[1024];
    struct archive_report *out = x->out;
    if (out->result[k] != RESULT_BAD)
        out->result[k] = r;
    vsnprintf(text, sizeof text, fmt, ap);
    if (out->n_findings < ARCHIVE_FINDINGS_MAX)
        out->findings[out->n_findings++] =
            (struct archive_finding){ k, arena_sv(x->arena, sv_of(text)) };
}

void checking_bad(struct checking *x, enum archive_check_kind k, const char *fmt, ...)
{
    va_list ap;
    va_start(ap, fmt);
    say(x, k, RESULT_BAD, fmt, ap);
    va_end(ap);
}

void checking_open(struct checking *x, enum archive_check_kind k, const char *fmt, ...)
{
    va_list ap;
    va_start(ap, fmt);
    say(x, k, RESULT_OPEN, fmt, ap);
    va_end(ap);
}

/* Done and nothing was wrong. */
void checking_good(struct checking *x, enum archive_check_kind k)
{
    if (x->out->result[k] == RESULT_NOT_DONE)
        x->out->result[k] = RESULT_GOOD;
}

int64_t checking_ref(const json_t *o, const char *key)
{
    int64_t id = -1;
    return sv_to_i64(json_sv(o, key), &id) ? id : -1;
}

/* ---- the manifest ---- */

static bool read_manifest(struct checking *x)
{
    int64_t at = zip_pack_find(x->pack, SV(ARCHIVE_MANIFEST));
    if (at < 0) {
        checking_bad(x, CHECK_MANIFEST, "没有 %s", ARCHIVE_MANIFEST);
        return false;
    }
    int rc = zip_pack_load(x->pack, (size_t)at, MANIFEST_CAP, x->arena, &x->manifest_bytes, x->e);
    if (rc == 0)
        x->manifest = json_parse(x->manifest_bytes, x->e);
    if (!x->manifest || !json_is_object(x->manifest)) {
        checking_bad(x, CHECK_MANIFEST, "%s 读不出来：%s", ARCHIVE_MANIFEST, err_text(x->e));
        return false;
    }
    if (!sv_is(json_sv(x->manifest, "format"), ARCHIVE_FORMAT)) {
        checking_bad(x, CHECK_MANIFEST, "不认识的清单格式");
        return false;
    }
    const json_t *c = json_object_get(x->manifest, "case");
    x->out->number = arena_sv(x->arena, json_sv(c, "number"));
    x->out->holder = arena_sv(x->arena, json_sv(c, "holder"));
    x->out->key_id = arena_sv(x->arena, json_sv(x->manifest, "key_id"));
    x->out->made_ms = json_i64(x->manifest, "made_ms", 0);
    x->case_id = checking_ref(c, "id");
    return true;
}

/* ---- files ---- */

struct reading { struct sm3_ctx *hash; unsigned char head[HEAD_BYTES]; size_t n; };

static void take(void *ctx, struct sv piece)
{
    struct reading *r = ctx;
    for (size_t i = 0; i < piece.n && r->n < HEAD_BYTES; i++)
        r->head[r->n++] = (unsigned char)piece.p[i];
    sm3_add(r->hash, piece);
}

static bool looks_like(struct sv media_type, struct sv head)
{
    static const struct { const char *type, *start; size_t n; } known[] = {
        { "application/pdf", "%PDF-", 5 },   { "application/ofd", "PK\x03\x04", 4 },
        { "image/jpeg", "\xFF\xD8\xFF", 3 }, { "image/png", "\x89PNG", 4 },
        { "application/json", "{", 1 },      { "application/x-pem-file", "-----", 5 },
    };
    for (size_t i = 0; i < sizeof known / sizeof known[0]; i++)
        if (sv_is(media_type, known[i].type))
            return sv_starts(head, sv_make(known[i].start, known[i].n));
    return true;
}

static bool sound(struct checking *x, const json_t *f, size_t at)
{
    struct reading r = { .hash = sm3_new() };
    struct sm3_hash is, should;
    struct sv path = zip_pack_entry(x->pack, at)->name;
    struct err e;
    err_init(&e, x->arena);
    int rc = zip_pack_read(x->pack, at, take, &r, &e);
    sm3_end(r.hash, &is);
    sm3_free(r.hash);
    bool good = rc == 0 && sm3_from_hex(json_sv(f, "sm3"), &should) &&
                memcmp(is.b, should.b, SM3_SIZE) == 0 &&
                zip_pack_entry(x->pack, at)->size == json_i64(f, "size", -1);
    if (!good)
        checking_bad(x, CHECK_FILES, "文件已被改动或损坏：%s", path.p);
    else if (!looks_like(json_sv(f, "media_type"), sv_make((const char *)r.head, r.n)))
        checking_bad(x, CHECK_FORMATS, "文件格式与登记的不符：%s", path.p);
    return good;
}

static void add_file(struct checking *x, const json_t *f)
{
    struct archive_piece piece = { .ref = checking_ref(f, "ref"),
                                   .code = arena_sv(x->arena, json_sv(f, "code")) };
    char *path = arena_dup(x->arena, json_sv(f, "path"));
    int64_t at = zip_pack_find(x->pack, sv_of(path));
    if (!archive_piece_of(json_sv(f, "piece"), &piece.kind)) {
        checking_bad(x, CHECK_MANIFEST, "清单里有不认识的文件种类：%s", path);
        return;
    }
    if (at < 0) {
        checking_bad(x, CHECK_FILES, "清单里的文件不在包里：%s", path);
        return;
    }
    if (x->listed[at]) {
        checking_bad(x, CHECK_MANIFEST, "清单里同一个文件列了两次：%s", path);
        return;
    }
    x->listed[at] = true;
    if (!sound(x, f, (size_t)at))
        return;
    x->files[x->n_files] = (struct checked_file){ (size_t)at, f };
    x->pieces[x->n_files++] = piece;
}

static void check_files(struct checking *x)
{
    const json_t *files = json_object_get(x->manifest, "files");
    size_t i, n = json_array_size(files);
    json_t *f;
    x->listed = arena_array(x->arena, zip_pack_count(x->pack) + 1, sizeof *x->listed);
    x->files = arena_array(x->arena, n + 1, sizeof *x->files);
    x->pieces = arena_array(x->arena, n + 1, sizeof *x->pieces);
    json_array_foreach(files, i, f)
        add_file(x, f);
    for (size_t k = 0; k < zip_pack_count(x->pack); k++) {
        struct sv name = zip_pack_entry(x->pack, k)->name;
        if (!x->listed[k] && !sv_is(name, ARCHIVE_MANIFEST) && !sv_is(name, ARCHIVE_SIGNATURE))
            checking_bad(x, CHECK_FILES, "包里有清单没有的文件：%s", name.p);
    }
    x->out->n_files = x->n_files;
    checking_good(x, CHECK_MANIFEST);
    checking_good(x, CHECK_FILES);
    checking_good(x, CHECK_FORMATS);
}

const struct checked_file *checking_find(const struct checking *x, enum archive_piece_kind kind)
{
    for (size_t i = 0; i < x->n_files; i++)
        if (x->pieces[i].kind == kind)
            return &x->files[i];
    return NULL;
}

json_t *checking_json(struct checking *x, enum archive_piece_kind kind)
{
    const struct checked_file *f = checking_find(x, kind);
    struct sv bytes;
    struct err e;
    err_init(&e, x->arena);
    return f && zip_pack_load(x->pack, f->at, MANIFEST_CAP, x->arena, &bytes, &e) == 0
               ? json_parse(bytes, &e) : NULL;
}

/* ---- completeness ---- */

static void check_complete(struct checking *x)
{
    const json_t *facts = json_object_get(x->manifest, "facts");
    struct archive_problem *problems;
    size_t i, n = 0;
    json_t *o;
    x->facts = arena_array(x->arena, json_array_size(facts) + 1, sizeof *x->facts);
    json_array_foreach(facts, i, o) {
        struct archive_fact *f = &x->facts[x->n_facts];
        *f = (struct archive_fact){ .ref = checking_ref(o, "ref"),
                                    .code = arena_sv(x->arena, json_sv(o, "code")),
                                    .label = arena_sv(x->arena, json_sv(o, "label")) };
        if (archive_fact_of(json_sv(o, "fact"), &f->kind))
            x->n_facts++;
        else
            checking_bad(x, CHECK_COMPLETE, "清单里有不认识的事实");
    }
    if (!checking_fact(x, FACT_OF_FILED, 0))
        checking_bad(x, CHECK_COMPLETE, "清单没有说明办件已提交");
    archive_check(x->facts, x->n_facts, x->pieces, x->n_files, x->arena, &problems, &n);
    for (size_t k = 0; k < n; k++)
        checking_bad(x, CHECK_COMPLETE, "%s", problems[k].text.p);
    checking_good(x, CHECK_COMPLETE);
}

bool checking_fact(const struct checking *x, enum archive_fact_kind kind, int64_t ref)
{
    for (size_t i = 0; i < x->n_facts; i++)
        if (x->facts[i].kind == kind && (ref == 0 || x->facts[i].ref == ref))
            return true;
    return false;
}

/* ---- the keys in the package ---- */

/* One block of PEM from text, which moves behind it; "" when there is none left. */
static struct sv next_pem(struct sv *text)
{
    static const char end[] = "-----END ";
    const char *from = text->n ? memmem(text->p, text->n, "-----BEGIN ", 11) : NULL;
    if (!from)
        return SV("");
    struct sv rest = sv_skip(*text, (size_t)(from - text->p));
    const char *to = memmem(rest.p, rest.n, end, sizeof end - 1);
    const char *line = to ? memchr(to, '\n', (size_t)(rest.p + rest.n - to)) : NULL;
    size_t n = line ? (size_t)(line + 1 - rest.p) : rest.n;
    *text = sv_skip(rest, n);
    return sv_make(rest.p, n);
}

static void add_pem(struct checking *x, struct sv pem)
{
    struct package_key *last = x->n_keys ? &x->keys[x->n_keys - 1] : NULL;
    struct buf der;
    if (sv_starts(pem, SV("-----BEGIN PUBLIC KEY")) && x->n_keys < PACKAGE_KEYS_MAX) {
        struct sm2_key *key = sm2_load_pem(pem, SV(""), x->e);
        struct package_key *k = &x->keys[x->n_keys];
        if (key && sm2_public_raw(key, k->pub, x->e) == 0) {
            sm2_point_id(k->pub, k->id);
            x->n_keys++;
        }
        sm2_free(key);
    } else if (sv_starts(pem, SV("-----BEGIN CERTIFICATE")) && last && !last->cert.n) {
        buf_init(&der, CERT_DER_MAX);
        if (cert_from_pem(pem, &der, x->e) == 0)
            last->cert = arena_sv(x->arena, buf_sv(&der));
        buf_done(&der);
    }
}

static void read_keys(struct checking *x)
{
    const struct checked_file *f = checking_find(x, PIECE_KEY);
    struct sv text = SV("");
    if (!f || zip_pack_load(x->pack, f->at, KEY_CAP, x->arena, &text, x->e) != 0)
        return;
    for (struct sv pem = next_pem(&text); pem.n; pem = next_pem(&text))
        add_pem(x, pem);
}

/* By a key of the trust list, else one whose certificate the root given has issued. The key itself may also be
 * only the package's own: then it is known, and not trusted. */
bool checking_key(struct checking *x, struct sv id, int64_t at_ms, enum archive_check_kind k,
                  unsigned char pub[SM2_PUB_SIZE])
{
    const struct trust_issuer *issuer = NULL;
    const struct trust_key *trusted = trust_key_find(x->trust, id, &issuer);
    const struct package_key *own = NULL;
    struct cert_info info;
    for (size_t i = 0; i < x->n_keys; i++)
        if (sv_is(id, x->keys[i].id))
            own = &x->keys[i];
    if (trusted) {
        memcpy(pub, trusted->pub, SM2_PUB_SIZE);
        if (!trust_key_signs(trusted, at_ms))
            checking_bad(x, k, "密钥 %.*s 已作废，或当时不在使用期内", (int)id.n, id.p);
        x->out->signer = arena_sv(x->arena, issuer->name);
        return true;
    }
    if (!own) {
        checking_bad(x, k, "没有密钥 %.*s 的公钥", (int)id.n, id.p);
        return false;
    }
    memcpy(pub, own->pub, SM2_PUB_SIZE);
    if (x->ca.n) {
        bool good = own->cert.n && cert_read(own->cert, x->arena, &info, x->e) == 0 &&
                    memcmp(info.key, own->pub, SM2_PUB_SIZE) == 0 &&
                    cert_verify(own->cert, x->ca, at_ms, x->e) == 0;
        if (good)
            x->out->signer = info.cn;
        else
            checking_bad(x, k, "密钥 %.*s 没有由给定的根证书签发的证书", (int)id.n, id.p);
    } else if (x->trust->n_issuers) {
        checking_bad(x, k, "密钥 %.*s 不在信任名单里", (int)id.n, id.p);
    } else {
        checking_open(x, k, "没有给信任名单、公钥或根证书，不能确定密钥 %.*s 是谁的", (int)id.n, id.p);
    }
    return true;
}

static void check_signature(struct checking *x)
{
    unsigned char pub[SM2_PUB_SIZE];
    struct sv der;
    int64_t at = zip_pack_find(x->pack, SV(ARCHIVE_SIGNATURE));
    if (at < 0 || zip_pack_load(x->pack, (size_t)at, SIGNATURE_CAP, x->arena, &der, x->e) != 0) {
        checking_bad(x, CHECK_SIGNATURE, "没有清单的签名 %s", ARCHIVE_SIGNATURE);
        return;
    }
    if (!checking_key(x, x->out->key_id, x->out->made_ms, CHECK_TRUST, pub)) {
        checking_bad(x, CHECK_SIGNATURE, "没有公钥，不能核对清单的签名");
        return;
    }
    struct sm2_key *key = sm2_from_public(pub, x->e);
    if (!key || !sm2_verify_der(key, x->manifest_bytes, der))
        checking_bad(x, CHECK_SIGNATURE, "清单的签名不对：清单被改动过，或不是这把密钥签的");
    sm2_free(key);
    checking_good(x, CHECK_SIGNATURE);
    checking_good(x, CHECK_TRUST);
}

/* ---- seals ---- */

/* Without a root the chain stays open; whoever sealed with a trusted key needs none. */
static bool excused(const struct checking *x, const struct ofd_report *r, const struct ofd_finding *f)
{
    const struct trust_issuer *issuer;
    char id[17];
    bool all = r->n_seals > 0 && sv_is(f->code, "chain_unknown");
    for (size_t i = 0; all && i < r->n_seals; i++) {
        sm2_point_id(r->seals[i].key, id);
        const struct trust_key *k = trust_key_find(x->trust, sv_of(id), &issuer);
        all = k && trust_key_signs(k, r->seals[i].at);
    }
    return all;
}

static void check_seal(struct checking *x, size_t at)
{
    struct arena *a = arena_new();
    struct ofd_report *r = arena_alloc(a, sizeof *r);
    const char *path = zip_pack_entry(x->pack, at)->name.p;
    struct sv bytes;
    struct err e;
    err_init(&e, a);
    int rc = zip_pack_load(x->pack, at, OFD_BYTES_CAP, a, &bytes, &e);
    if (rc == 0)
        rc = ofd_verify(bytes, x->ca, a, r, &e);
    if (rc != 0)
        checking_bad(x, CHECK_SEALS, "%s：%s", path, err_text(&e));
    for (size_t i = 0; rc == 0 && i < r->n_bad; i++) {
        bool open = sv_is(r->bad[i].code, "chain_unknown") && x->trust->n_issuers == 0;
        if (!excused(x, r, &r->bad[i]))
            (open ? checking_open : checking_bad)(x, CHECK_SEALS, "%s：%.*s", path,
                                                  (int)r->bad[i].text.n, r->bad[i].text.p);
    }
    x->out->n_seals += rc == 0 ? r->n_seals : 0;
    arena_free(a);
}

static void check_seals(struct checking *x)
{
    for (size_t i = 0; i < x->n_files; i++)
        if (x->pieces[i].kind == PIECE_LICENCE_OFD || x->pieces[i].kind == PIECE_PERMIT_OFD)
            check_seal(x, x->files[i].at);
    checking_good(x, CHECK_SEALS);
}

bool archive_verify(struct zip_pack *p, const struct trust *trust, struct sv ca, struct arena *a,
                    struct archive_report *out)
{
    struct err e;
    struct checking x = { .pack = p, .trust = trust, .ca = ca, .arena = a, .out = out, .e = &e };
    bool good = true;
    *out = (struct archive_report){ 0 };
    err_init(&e, a);
    if (read_manifest(&x)) {
        check_files(&x);
        read_keys(&x);
        check_complete(&x);
        check_signature(&x);
        checking_log(&x);
        check_seals(&x);
    }
    json_decref(x.manifest);
    for (int k = 0; k < ARCHIVE_CHECKS; k++)
        good = good && out->result[k] == RESULT_GOOD;
    return good;
}
