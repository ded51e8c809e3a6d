/* archive_make: the bytes of every part of a package, and its manifest. See archive_parts.h. */
#include <stdlib.h>

#include "service/archive_parts.h"
#include "service/elicence.h"
#include "sys/cert.h"

enum { PART_CAP = 64 * 1024 * 1024, PIECE = 65536 };

/* ---- JSON for people and programs alike ---- */

static struct sv pretty(struct arena *a, json_t *steal)
{
    char *text = json_dumps(steal, JSON_INDENT(1));
    struct sv out = text ? arena_printf_sv(a, "%s\n", text) : SV("");
    free(text);
    json_decref(steal);
    return out;
}

static void put_ref(json_t *o, const char *key, int64_t id)
{
    char text[24];
    snprintf(text, sizeof text, "%lld", (long long)id);
    json_put_sv(o, key, sv_of(text));
}

/* ---- parts ---- */

static json_t *form_before(const struct archive_case *x, int64_t round)
{
    for (size_t k = 0; k < x->b.n_versions; k++)
        if (x->b.versions[k].round == round) {
            json_t *values = json_parse(x->b.versions[k].body, NULL);
            json_t *o = archive_form_data(x, values);
            json_decref(values);
            return o;
        }
    return json_object();
}

static int write_key(const struct key_info *k, struct buf *out, struct err *e)
{
    buf_sv_add(out, sv_trim(k->pem));
    buf_byte(out, '\n');
    return k->cert_der.n ? cert_to_pem(k->cert_der, out, e) : 0;
}

/* The key of the manifest, that of the tree head when it is another, the authority's certificate. */
static int write_keys(const struct archive_case *x, const struct tree_head_row *head,
                      struct buf *out, struct err *e)
{
    const struct key_ring *keys = app_keys(x->app);
    const struct key_info *other = key_ring_find(keys, head->key_id);
    int rc = write_key(keys->current, out, e);
    if (rc == 0 && other && other != keys->current)
        rc = write_key(other, out, e);
    return rc == 0 && keys->seal.ca_cert.n ? cert_to_pem(keys->seal.ca_cert, out, e) : rc;
}

static int write_json(struct archive_case *x, struct archive_part *p,
                      const struct tree_head_row *head, struct err *e)
{
    json_t *o = NULL;
    int rc = 0;
    switch (p->piece.kind) {
    case PIECE_METADATA: o = archive_metadata(x); break;
    case PIECE_FORM_DATA: o = archive_form_data(x, x->b.values); break;
    case PIECE_FORM_BEFORE: o = form_before(x, p->piece.ref); break;
    case PIECE_LOG: o = archive_log(x); break;
    case PIECE_HEAD: o = archive_head(head); break;
    default: rc = archive_proofs(x, head, &o, e); break;
    }
    if (rc == 0)
        p->bytes = pretty(x->arena, o);
    return rc;
}

static int write_file(struct archive_case *x, struct archive_part *p,
                      const struct tree_head_row *head, struct buf *out, struct err *e)
{
    const char *type;
    switch (p->source) {
    case FROM_PAPER:
        return paper_make(x->app, &x->b, &p->paper, SV(""), x->arena, DOC_PDF, out, e);
    case FROM_LICENCE:
        return elicence_make(x->app, p->view, p->name, x->now, x->arena, out, &type, e);
    default: break;
    }
    if (p->piece.kind == PIECE_FORM)
        return archive_form_paper(x, out, e);
    if (p->piece.kind == PIECE_KEY)
        return write_keys(x, head, out, e);
    if (p->piece.kind == PIECE_README)
        archive_readme(x, out);
    else
        archive_contents(x, out);
    return 0;
}

static int write_part(struct archive_case *x, struct archive_part *p,
                      const struct tree_head_row *head, struct err *e)
{
    struct buf out;
    int rc = 0;
    if (sv_is(p->media_type, "application/json")) {
        rc = write_json(x, p, head, e);
    } else {
        buf_init(&out, PART_CAP);
        rc = write_file(x, p, head, &out, e);
        if (rc == 0 && !buf_ok(&out))
            rc = err_set(e, ERR_TOO_LARGE, "归档文件太大：%s", p->path.p);
        p->bytes = arena_sv(x->arena, buf_sv(&out));
        buf_done(&out);
    }
    sm3(p->bytes, &p->sm3);
    p->size = (int64_t)p->bytes.n;
    return rc;
}

/* Is what lies there still what was received? */
static bool blob_sound(const struct archive_part *p)
{
    struct sm3_hash hash;
    struct sm3_ctx *ctx = sm3_new();
    FILE *f = fopen(p->file, "rbe");
    char *piece = mem_new(PIECE);
    size_t n;
    while (f && (n = fread(piece, 1, PIECE, f)) > 0)
        sm3_add(ctx, sv_make(piece, n));
    bool read = f && !ferror(f);
    if (f)
        fclose(f);
    free(piece);
    sm3_end(ctx, &hash);
    sm3_free(ctx);
    return read && memcmp(hash.b, p->sm3.b, SM3_SIZE) == 0;
}

static void keep_sound(struct archive_case *x)
{
    size_t n = 0;
    for (size_t i = 0; i < x->n_parts; i++)
        if (x->parts[i].source != FROM_BLOB || blob_sound(&x->parts[i]))
            x->parts[n++] = x->parts[i];
    x->n_parts = n;
    archive_judge(x);
}

int archive_fill(struct archive_case *x, const struct tree_head_row *head, struct err *e)
{
    struct archive_part *contents = NULL;
    int rc = 0;
    keep_sound(x);
    if (x->n_problems)
        return 0;
    for (size_t i = 0; rc == 0 && i < x->n_parts; i++) {
        if (x->parts[i].piece.kind == PIECE_CONTENTS)
            contents = &x->parts[i]; /* lists the others: last */
        else if (x->parts[i].source != FROM_BLOB)
            rc = write_part(x, &x->parts[i], head, e);
    }
    return rc == 0 && contents ? write_part(x, contents, head, e) : rc;
}

/* ---- the manifest ---- */

static json_t *facts_json(const struct archive_case *x)
{
    json_t *list = json_array();
    for (size_t i = 0; i < x->n_facts; i++) {
        const struct archive_fact *f = &x->facts[i];
        json_t *o = json_object();
        json_put_sv(o, "fact", sv_of(archive_fact_key(f->kind)));
        put_ref(o, "ref", f->ref);
        json_put_sv(o, "code", f->code);
        json_put_sv(o, "label", f->label);
        json_push(list, o);
    }
    return list;
}

static json_t *file_json(const struct archive_part *p)
{
    char hex[65], day[11];
    json_t *o = json_object();
    sm3_hex(&p->sm3, hex);
    json_put_sv(o, "path", p->path);
    json_put_sv(o, "piece", sv_of(archive_piece_key(p->piece.kind)));
    put_ref(o, "ref", p->piece.ref);
    json_put_sv(o, "code", p->piece.code);
    json_put_sv(o, "title", p->title);
    json_put_sv(o, "media_type", p->media_type);
    json_put_i64(o, "size", p->size);
    json_put_sv(o, "sm3", sv_of(hex));
    if (p->date != DATE_NONE)
        json_put_sv(o, "date", sv_of(date_format(p->date, day)));
    if (p->original.n)
        json_put_sv(o, "original_name", p->original);
    return o;
}

static json_t *case_json(const struct case_row *row)
{
    json_t *o = json_object();
    put_ref(o, "id", row->id);
    json_put_sv(o, "number", row->number);
    json_put_sv(o, "holder", row->holder_name);
    json_put_sv(o, "uscc", row->uscc);
    json_put_sv(o, "region", row->region);
    json_put_sv(o, "industry", row->industry);
    json_put_sv(o, "licence", row->licence_number);
    return o;
}

struct sv archive_manifest(const struct archive_case *x, const struct tree_head_row *head,
                           struct sv key_id)
{
    char at[32];
    json_t *o = json_object();
    json_t *files = json_array();
    for (size_t i = 0; i < x->n_parts; i++)
        json_push(files, file_json(&x->parts[i]));
    json_put_sv(o, "format", SV(ARCHIVE_FORMAT));
    json_put_sv(o, "made_at", sv_of(time_format(x->now, at)));
    json_put_i64(o, "made_ms", x->now);
    json_put_sv(o, "key_id", key_id);
    json_put_sv(o, "signature", SV("SM2-with-SM3, id 1234567812345678, DER, " ARCHIVE_SIGNATURE));
    json_put_i64(o, "head_size", head->size);
    json_put(o, "case", case_json(&x->b.row));
    json_put(o, "facts", facts_json(x));
    json_put(o, "files", files);
    return pretty(x->arena, o);
}
