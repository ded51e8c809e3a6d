/* forms: fill the form, hand in files. */
#include "api/api.h"
#include "service/personal.h"
#include "service/prefill.h"
#include "sys/clamd.h"
#include "sys/log.h"

enum { TAIL_BYTES = 65536 };

static const char *const NEEDS[] = { "none", "optional", "on_site", "tolerable", "required",
                                     "exempt", "generated" };

static json_t *needs_json(const struct bundle *b)
{
    json_t *o = json_object();
    for (size_t i = 0; i < b->form.n_materials; i++) {
        const struct form_material *m = &b->form.materials[i];
        enum material_need need =
            form_material_need(&b->form, m, bundle_filling(b), b->answers);
        json_put_sv(o, m->material->code.p, sv_of(NEEDS[need]));
    }
    return o;
}

static void put_own_mark(json_t *o, const char *code, const char *kind, const char *source)
{
    json_put(o, code, json_pack("{s:s,s:s,s:n,s:n,s:b}", "kind", kind, "source", source,
                                "reference", "on", "changed", 0));
}

/* Values that came from elsewhere; those of the guide and the sign-in while they still stand. */
static json_t *prefilled_json(const struct bundle *b)
{
    const json_t *filling = bundle_filling(b);
    json_t *o = json_object();
    json_t *marks = prefill_marks(b, filling);
    const char *code;
    json_t *v;
    const struct { const char *code; struct sv value; } own[] = {
        { "F_CONTACT", b->row.applicant_name }, { "F_CONTACT_PHONE", b->row.applicant_phone },
    };
    json_object_foreach(b->guide.prefill, code, v)
        if (json_equal(v, json_object_get(filling, code)))
            put_own_mark(o, code, "guide", "情形引导");
    for (size_t i = 0; i < 2; i++)
        if (own[i].value.n && sv_eq(json_sv(filling, own[i].code), own[i].value))
            put_own_mark(o, own[i].code, "sign_in", "登录信息");
    json_object_update(o, marks);
    json_decref(marks);
    return o;
}

static json_t *problems_json(const struct err *e)
{
    json_t *list = json_array();
    for (size_t i = 0; i < e->n_problems; i++) {
        json_t *p = json_object();
        json_put_sv(p, "pointer", e->problems[i].pointer);
        json_put_sv(p, "code", e->problems[i].code);
        json_put_sv(p, "message", e->problems[i].message);
        json_push(list, p);
    }
    return list;
}

/* The form as it stands; problems only of what is filled (a draft may be incomplete). sources: how
 * prefilling went, taken over; NULL: nobody asked. */
static int answer_form(struct request *rq, struct response *rs, int64_t id, bool definition,
                       json_t *sources, struct err *e)
{
    struct bundle b = { 0 };
    struct err found;
    struct view v = api_view(rq);
    err_init(&found, rq->arena);
    int rc = bundle_open(app_of(rq), actor_of(rq), id, WITH_ITEMS | WITH_FORM | WITH_FILES |
                         WITH_CORRECTION, rq->arena, &b, e);
    if (rc == 0 && !case_owned(actor_of(rq), &b.row))
        rc = err_set(e, ERR_NOT_FOUND, "没有找到这个办件，或您无权查看");
    if (rc == 0)
        rc = bundle_resolve(&b, rq->arena, e);
    if (rc == 0)
        rc = api_read_personal(rq, id, PERSONAL_FORM,
                               personal_labels(&b, bundle_filling(&b), NULL), "窗口代为填写", e);
    if (rc == 0) {
        json_t *o = json_object();
        form_check(&b.form, bundle_filling(&b), b.answers, v.today, false, &found);
        json_put_i64(o, "version", b.row.version);
        json_put_bool(o, "editable", bundle_editable(&b));
        if (definition)
            json_put(o, "definition", form_to_json(&b.form));
        json_put(o, "values", json_incref(bundle_filling(&b)));
        json_put(o, "prefilled", prefilled_json(&b));
        json_put(o, "certificates", json_certificates(&b, NULL, rq->arena));
        if (sources)
            json_put(o, "sources", json_incref(sources));
        json_put(o, "commitments", json_incref(b.commitments));
        json_put(o, "attachments", json_attachments(&b, NULL));
        json_put(o, "needs", needs_json(&b));
        json_put(o, "problems", problems_json(&found));
        api_etag(rq, rs, b.row.version);
        rc = api_json(rq, rs, 200, o);
    }
    json_decref(sources);
    bundle_done(&b);
    return rc;
}

int get_form(struct request *rq, struct response *rs, struct err *e)
{
    int64_t id;
    int rc = api_id(rq, 0, &id, e);
    return rc == 0 ? answer_form(rq, rs, id, true, NULL, e) : rc;
}

struct save_in { json_t *values, *commitments; };
static const struct json_field SAVE[] = {
    { "values", "表单内容", JSON_K_OBJECT, true, offsetof(struct save_in, values), 0, 0 },
    { "commitments", "容缺承诺", JSON_K_OBJECT, false, offsetof(struct save_in, commitments), 0,
      0 },
};

int save_form(struct request *rq, struct response *rs, struct err *e)
{
    struct save_in in = { 0 };
    struct command cmd;
    int64_t id;
    json_t *body = api_body(rq, e);
    int rc = body ? json_decode(body, SAVE, sizeof SAVE / sizeof SAVE[0], &in, e) : e->code;
    if (rc == 0)
        rc = api_id(rq, 0, &id, e);
    if (rc == 0)
        rc = api_command(rq, &cmd, e);
    if (rc == 0)
        rc = draft_save(app_of(rq), &cmd, id, in.values, in.commitments, e);
    json_decref(body);
    return rc == 0 ? answer_form(rq, rs, id, false, NULL, e) : rc;
}

static const struct json_field PREFILL[] = {
    { "uscc", "统一社会信用代码", JSON_K_TEXT, false, offsetof(struct prefill_wish, uscc), 0, 18 },
    { "materials_only", "只取材料", JSON_K_BOOL, false,
      offsetof(struct prefill_wish, materials_only), 0, 0 },
};

static json_t *sources_json(const struct source_report *reports)
{
    json_t *list = json_array();
    for (int k = 0; k < PREFILL_KINDS; k++) {
        json_t *o = json_object();
        json_put_sv(o, "kind", sv_of(prefill_kind_key(reports[k].kind)));
        json_put_sv(o, "source", sv_of(prefill_kind_text(reports[k].kind)));
        json_put_sv(o, "status", sv_of(source_status_key(reports[k].status)));
        json_put_sv(o, "text", reports[k].text);
        json_put_i64(o, "filled", (int64_t)reports[k].filled);
        json_push(list, o);
    }
    return list;
}

/* Every read of shared data is on record: who, for which case, how it went; nothing of what was
 * read. */
static void log_reads(struct request *rq, int64_t id, const struct source_report *reports)
{
    for (int k = 0; k < PREFILL_KINDS; k++)
        if (reports[k].asked)
            LOG(LOG_INFO, "shared_data_read", LOG_T("request", sv_of(rq->id)), LOG_N("case", id),
                LOG_N("user", actor_of(rq)->id),
                LOG_T("source", sv_of(prefill_kind_key(reports[k].kind))),
                LOG_T("outcome", sv_of(source_status_key(reports[k].status))),
                LOG_T("why", sv_of(reports[k].status == SOURCE_UNAVAILABLE && reports[k].why
                                       ? reports[k].why : "")),
                LOG_N("us", reports[k].us));
}

int prefill_form(struct request *rq, struct response *rs, struct err *e)
{
    struct source_report reports[PREFILL_KINDS];
    struct prefill_wish in = { 0 };
    struct command cmd;
    int64_t id;
    json_t *body = api_body(rq, e);
    int rc = body ? json_decode(body, PREFILL, sizeof PREFILL / sizeof PREFILL[0], &in, e)
                  : e->code;
    if (rc == 0)
        rc = api_id(rq, 0, &id, e);
    if (rc == 0)
        rc = api_command(rq, &cmd, e);
    if (rc == 0) {
        rc = prefill_case(app_of(rq), &cmd, id, &in, rq->arena, reports, e);
        log_reads(rq, id, reports);
    }
    json_decref(body);
    return rc == 0 ? answer_form(rq, rs, id, false, sources_json(reports), e) : rc;
}

int check_case(struct request *rq, struct response *rs, struct err *e)
{
    struct bundle b = { 0 };
    struct err found;
    struct view v = api_view(rq);
    int64_t id;
    err_init(&found, rq->arena);
    int rc = api_id(rq, 0, &id, e);
    if (rc == 0)
        rc = bundle_open(app_of(rq), actor_of(rq), id, WITH_ITEMS | WITH_FORM | WITH_FILES |
                         WITH_CORRECTION, rq->arena, &b, e);
    if (rc == 0)
        rc = bundle_resolve(&b, rq->arena, e);
    if (rc == 0) {
        json_t *o = json_object();
        draft_check(app_of(rq), &b, v.today, &found);
        json_put_bool(o, "ok", found.n_problems == 0);
        json_put(o, "problems", problems_json(&found));
        json_t *warnings = json_array();
        rc = ban_warnings(app_of(rq), &b, v.today, rq->arena, warnings, e);
        json_put(o, "warnings", warnings);
        if (rc != 0)
            json_decref(o);
        else
            rc = api_json(rq, rs, 200, o);
    }
    bundle_done(&b);
    return rc;
}

/* ---- files ---- */

/* PDF, JPEG, PNG or OFD by content, before anything is kept. */
int api_upload_type(struct request *rq, struct new_file *f, struct err *e)
{
    char *tail = arena_alloc(rq->arena, TAIL_BYTES);
    int64_t n = blob_tail(rq->blob, tail, TAIL_BYTES, e);
    if (n < 0)
        return (int)n;
    f->media_type = media_type_of(blob_head(rq->blob), sv_make(tail, (size_t)n));
    if (f->media_type)
        return 0;
    err_problem(e, SV(""), "bad_file_type",
                "只接受 PDF、JPEG、PNG、OFD 文件（按内容识别，与扩展名无关）");
    return ERR_INVALID;
}

int api_upload_name(struct request *rq, struct new_file *f, struct err *e)
{
    f->name = sv_trim(http_query(rq, "name"));
    media_name_check(f->name, e);
    if (!rq->blob || blob_size(rq->blob) == 0)
        err_problem(e, SV(""), "empty_file", "文件是空的");
    return e->code;
}

/* By the virus scanner, when there is one: nothing is kept before it has said yes. */
static int scan(struct request *rq, struct err *e)
{
    const char *scanner = app_of(rq)->gateways.scanner;
    char virus[64];
    int rc = scanner ? clamd_scan(scanner, blob_descriptor(rq->blob), virus, e) : 0;
    if (rc == ERR_INVALID)
        err_problem(e, SV(""), "infected", "文件含有病毒（%s），不能接收，请更换文件", virus);
    return rc;
}

int api_upload_keep(struct request *rq, struct new_file *f, struct err *e)
{
    bool existed;
    int rc = scan(rq, e);
    if (rc != 0)
        return rc;
    rc = blob_finish(rq->blob, &f->hash, &f->size, &existed, e);
    rq->blob = NULL;
    return rc;
}

json_t *api_file_json(struct request *rq, const struct new_file *f, int64_t id, bool duplicate)
{
    char hex[65];
    json_t *o = json_object();
    sm3_hex(&f->hash, hex);
    put_id(o, "id", id);
    json_put_sv(o, "material", f->material);
    json_put_sv(o, "name", f->name);
    json_put_sv(o, "media_type", sv_of(f->media_type));
    json_put_i64(o, "size", f->size);
    json_put_sv(o, "sm3", sv_of(hex));
    put_time(o, "created_at", caller_of(rq)->now);
    json_put_bool(o, "duplicate", duplicate);
    return o;
}

/* What is refused leaves nothing on the disk: the blob is finished only when all else is right. */
int add_attachment(struct request *rq, struct response *rs, struct err *e)
{
    struct new_file f = { .material = http_query(rq, "material") };
    struct command cmd;
    struct sv replaces = http_query(rq, "replaces");
    int64_t id, file_id = 0;
    bool duplicate = false;
    int rc = api_id(rq, 0, &id, e);
    if (rc == 0 && replaces.n && !sv_to_i64(replaces, &f.replaces))
        err_problem(e, SV("/replaces"), "unknown_file", "没有要替换的这个文件");
    rc = rc ? rc : e->code;
    if (rc == 0)
        rc = api_upload_name(rq, &f, e);
    if (rc == 0)
        rc = api_command(rq, &cmd, e);
    if (rc == 0)
        rc = draft_attach_allowed(app_of(rq), &cmd, id, f.material, e);
    if (rc == 0)
        rc = api_upload_type(rq, &f, e);
    if (rc == 0)
        rc = api_upload_keep(rq, &f, e);
    if (rc == 0)
        rc = draft_attach(app_of(rq), &cmd, id, &f, &file_id, &duplicate, e);
    return rc == 0 ? api_json(rq, rs, 201, api_file_json(rq, &f, file_id, duplicate)) : rc;
}

struct file_ctx { int64_t id; struct arena *arena; struct attachment_row row; };

static int find_file(struct db_conn *c, void *ctx, struct err *e)
{
    struct file_ctx *x = ctx;
    return attachment_find(c, x->id, x->arena, &x->row, e);
}

/* A reviewer sees a file only if a permit of the own department asks for its material, and once
 * it has been sent. */
static int reviewer_may(struct request *rq, const struct attachment_row *file, struct err *e)
{
    struct bundle b = { 0 };
    bool may = false;
    int rc = bundle_open_for_reviewer(app_of(rq), actor_of(rq), file->case_id, WITH_CORRECTION,
                                      rq->arena, &b, e);
    for (size_t i = 0; rc == 0 && i < b.n_items; i++) {
        const struct permit_type *p = catalog_permit(b.catalog, b.items[i].permit);
        may |= p && sv_eq(b.items[i].department, actor_of(rq)->department) &&
               form_asks(p, file->material);
    }
    may = may && !bundle_file_unsent(&b, file);
    bundle_done(&b);
    if (rc == 0 && !may)
        rc = err_set(e, ERR_NOT_FOUND, "没有这个文件，或它与您部门的事项无关");
    return rc;
}

int get_attachment(struct request *rq, struct response *rs, struct err *e)
{
    struct file_ctx x = { .arena = rq->arena };
    struct bundle b = { 0 };
    struct sm3_hash hash;
    int64_t case_id;
    int rc = api_id(rq, 0, &case_id, e);
    if (rc == 0)
        rc = api_id(rq, 1, &x.id, e);
    if (rc == 0)
        rc = db_peek(app_of(rq)->db, find_file, &x, e);
    if (rc == 0 || (rc == 1 && (x.row.case_id != case_id || x.row.removed_at)))
        return err_set(e, ERR_NOT_FOUND, "没有这个文件");
    if (rc < 0)
        return rc;
    if (actor_of(rq)->role == ROLE_REVIEWER) {
        rc = reviewer_may(rq, &x.row, e);
    } else {
        rc = bundle_open(app_of(rq), actor_of(rq), case_id, 0, rq->arena, &b, e);
        bundle_done(&b);
    }
    if (rc == 0) /* what is on it nobody knows here: it counts as personal */
        rc = api_read_personal(rq, case_id,
                               arena_printf(rq->arena, PERSONAL_FILE ":%lld", (long long)x.id),
                               json_pack("[s]", x.row.name.p), "查看申请材料", e);
    if (rc != 0)
        return rc;
    if (!sm3_from_hex(x.row.sm3, &hash))
        return err_set(e, ERR_CORRUPT, "文件登记有误");
    rs->type = x.row.media_type;
    response_header(rs, "Cache-Control", SV("private, no-store"));
    response_header(rs, "X-Content-Type-Options", SV("nosniff"));
    response_header(rs, "Content-Disposition", SV("inline"));
    response_header(rs, "Content-Security-Policy", SV("default-src 'none'; sandbox"));
    return blob_open(app_of(rq)->data_dir.p, &hash, &rs->fd, &rs->fd_size, e);
}

int remove_attachment(struct request *rq, struct response *rs, struct err *e)
{
    struct command cmd;
    int64_t case_id, id;
    int rc = api_id(rq, 0, &case_id, e);
    if (rc == 0)
        rc = api_id(rq, 1, &id, e);
    if (rc == 0)
        rc = api_command(rq, &cmd, e);
    if (rc == 0)
        rc = draft_detach(app_of(rq), &cmd, case_id, id, e);
    return rc == 0 ? api_no_content(rs) : rc;
}
