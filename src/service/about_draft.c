/* about_draft: the draft of a case about a licence, begun with what the licence rests on. */
#include "service/about.h"
#include "service/draft.h"
#include "service/licence.h"
#include "service/permits.h"
#include "service/prefill.h"
#include "sys/ids.h"

struct about_ctx {
    struct app *app;
    const struct command *cmd;
    const struct about_licence *in;
    struct arena *arena;
    struct licence_view licence;
    struct case_row first;               /* that led to the licence */
    json_t *values, *before;             /* what it rests on, all cases taken together */
    struct attachment_row *files; size_t n_files, cap;
    struct case_row row;
    struct form_row form;
    struct prefill_row from;
    int64_t *id;
    struct sv replayed;
};

/* ---- what the licence rests on ---- */

static bool has_material(const struct about_ctx *x, struct sv material, int64_t but)
{
    for (size_t i = 0; i < x->n_files; i++)
        if (sv_eq(x->files[i].material, material) && x->files[i].case_id != but)
            return true;
    return false;
}

/* Newest case first: of each material the files of the last case that had some. */
static int take_files(struct db_conn *c, struct about_ctx *x, int64_t case_id, struct err *e)
{
    struct attachment_row *list;
    size_t n;
    int rc = attachment_list(c, case_id, x->arena, &list, &n, e);
    for (size_t i = 0; rc == 0 && i < n; i++) {
        if (has_material(x, list[i].material, case_id))
            continue;
        if (x->n_files == x->cap) {
            struct attachment_row *more = arena_array(x->arena, x->cap ? x->cap * 2 : 32,
                                                      sizeof *more);
            if (x->n_files)
                memcpy(more, x->files, x->n_files * sizeof *more);
            x->files = more;
            x->cap = x->cap ? x->cap * 2 : 32;
        }
        x->files[x->n_files++] = list[i];
    }
    return rc;
}

static int take_case(struct db_conn *c, struct about_ctx *x, int64_t case_id, struct err *e)
{
    struct form_row form;
    int rc = form_find(c, case_id, x->arena, &form, e);
    if (rc == 1) {
        json_t *values = json_parse(form.body, e);
        /* Newer values are there already. */
        if (values)
            json_object_update_missing(x->values, values);
        json_decref(values);
        rc = take_files(c, x, case_id, e);
    }
    return rc;
}

static int read_tx(struct db_conn *c, void *ctx, struct err *e)
{
    struct about_ctx *x = ctx;
    int64_t *cases;
    size_t n;
    int rc = case_find(c, x->licence.row.case_id, x->arena, &x->first, e);
    if (rc == 1)
        rc = case_list_of_licence(c, x->licence.row.number, x->arena, &cases, &n, e);
    for (size_t i = 0; rc == 0 && i < n; i++)
        rc = take_case(c, x, cases[i], e);
    return rc == 0 ? take_case(c, x, x->first.id, e) : rc;
}

/* ---- which permits ---- */

static bool wanted(const json_t *ids, int64_t id)
{
    size_t i;
    json_t *one;
    int64_t n;
    if (!ids)
        return true;
    json_array_foreach(ids, i, one) {
        const char *text = json_string_value(one);
        if (text && sv_to_i64(sv_of(text), &n) && n == id)
            return true;
    }
    return false;
}

/* Can a case of this kind be about this permit today? Renewing needs an end. */
static bool possible(const struct about_ctx *x, const struct permit_row *p)
{
    bool ended = p->valid_until != DATE_NONE && p->valid_until < date_of_ms(x->cmd->now);
    if (!sv_is(p->state, "valid") || ended)
        return false;
    return x->in->kind != KIND_RENEW || p->valid_until != DATE_NONE;
}

static int choose(struct about_ctx *x, struct err *e)
{
    json_t *list = json_array();
    for (size_t i = 0; i < x->licence.n_permits; i++) {
        const struct permit_row *p = &x->licence.permits[i];
        bool add = x->in->kind == KIND_NEW ? sv_is(p->state, "valid")
                                           : possible(x, p) && wanted(x->in->permits, p->id);
        if (!add)
            continue;
        json_t *o = json_object();
        json_put_i64(o, "id", p->id);
        json_put_sv(o, "type", p->permit_type);
        json_push(list, o);
    }
    if (json_array_size(list) == 0 && x->in->kind != KIND_NEW)
        err_problem(e, SV("/permits"), "none",
                    x->in->kind == KIND_RENEW ? "没有可以延续的许可（已失效，或没有有效期限）"
                                              : "请选择这张证照上有效的许可");
    x->row.permits = json_dump(x->arena, list, true);
    json_decref(list);
    return e->code;
}

/* ---- the draft ---- */

static void fill_row(struct about_ctx *x, const struct catalog *c)
{
    const struct actor *who = x->cmd->actor;
    bool clerk = who->role == ROLE_CLERK;
    const struct licence_row *l = &x->licence.row;
    x->row = (struct case_row){
        .id = id_next(), .industry = l->industry, .region = l->region,
        .catalog_version = c->version, .channel = clerk ? SV("window") : SV("online"),
        .applicant_id = x->first.applicant_id, .clerk_id = clerk ? who->id : 0,
        .applicant_name = x->first.applicant_name, .applicant_phone = x->first.applicant_phone,
        .hall = clerk ? who->hall : SV(""), .authorisation = x->in->authorisation,
        .answers = x->in->answers ? json_dump(x->arena, x->in->answers, true)
                                  : x->first.answers,
        .state = CASE_DRAFT, .version = 1, .kind = x->in->kind, .of_licence = l->number,
        .permits = x->row.permits, .created_at = x->cmd->now, .updated_at = x->cmd->now,
    };
}

/* The current catalogue where it still has industry and permits, else the one they were granted under. */
static const struct catalog *catalog_for(const struct about_ctx *x)
{
    const struct catalog *now = x->app->catalog;
    if (!catalog_industry(now, x->licence.row.industry))
        return NULL;
    for (size_t i = 0; i < x->licence.n_permits; i++)
        if (!catalog_permit(now, x->licence.permits[i].permit_type))
            return NULL;
    return now;
}

/* Everything that the licence says is said by the licence. */
static void start_values(struct about_ctx *x)
{
    const struct licence_row *l = &x->licence.row;
    json_put_sv(x->values, F_ENT_NAME, l->holder);
    json_put_sv(x->values, F_LEGAL_NAME, l->person);
    json_put_sv(x->values, F_ADDR, l->address);
    json_put_sv(x->values, F_USCC, l->uscc);
    json_put_sv(x->values, F_REGION, l->region);
    x->before = json_deep_copy(x->values);
    json_object_del(x->values, F_TRUTH); /* declared anew each time */
}

static void mark_values(struct about_ctx *x)
{
    json_t *marks = json_object();
    const char *code;
    json_t *value;
    char on[11];
    json_object_foreach(x->values, code, value) {
        json_t *o = json_object();
        json_put_sv(o, "kind", sv_of(prefill_kind_key(PREFILL_PERMIT)));
        json_put_sv(o, "source", SV("行业综合许可证"));
        json_put_sv(o, "reference", x->licence.row.number);
        json_put_sv(o, "on", sv_of(date_format(x->licence.row.issued_on, on)));
        json_put_sv(o, "digest", prefill_digest(value, x->arena));
        json_put(marks, code, o);
    }
    x->from = (struct prefill_row){ json_dump(x->arena, marks, true), SV("{}") };
    json_decref(marks);
}

static int put_files(struct db_conn *c, const struct about_ctx *x, struct err *e)
{
    int rc = 0;
    for (size_t i = 0; rc == 0 && i < x->n_files; i++) {
        struct attachment_row f = x->files[i];
        f.id = id_next();
        f.case_id = x->row.id;
        f.created_at = x->cmd->now;
        f.created_by = x->cmd->actor->id;
        f.replaces = 0;
        f.replaced_name = SV("");
        rc = attachment_insert(c, &f, e);
    }
    return rc;
}

static int create_tx(struct db_conn *c, void *ctx, struct err *e)
{
    struct about_ctx *x = ctx;
    struct sv ref;
    int rc = command_begin(c, x->cmd, x->arena, &ref, e);
    if (rc == 1)
        return sv_to_i64(ref, x->id) ? 0 : ERR_CORRUPT;
    if (rc == 0)
        rc = draft_check_room(c, x->row.applicant_id, e);
    if (rc == 0)
        rc = case_insert(c, &x->row, e);
    if (rc == 0)
        rc = form_put(c, x->row.id, &x->form, e);
    if (rc == 0)
        rc = prefill_put(c, x->row.id, &x->from, e);
    if (rc == 0)
        rc = put_files(c, x, e);
    *x->id = x->row.id;
    return rc == 0 ? command_end(c, x->cmd, arena_printf_sv(x->arena, "%lld",
                                                            (long long)x->row.id), e)
                   : rc;
}

static int check_asker(const struct about_ctx *x, struct err *e)
{
    bool clerk = x->cmd->actor->role == ROLE_CLERK;
    if (!case_owned(x->cmd->actor, &x->first))
        return err_set(e, ERR_FORBIDDEN, "只有持证人，或受理过该证照的窗口受其委托，可以申请");
    if (clerk && x->in->authorisation.n == 0)
        err_problem(e, SV("/authorisation"), "required", "请写明申请人如何委托窗口代为录入");
    if (!clerk && x->in->authorisation.n)
        err_problem(e, SV("/authorisation"), "not_allowed", "本人申报时不填写代办信息");
    return e->code;
}

/* Adding needs an industry that is still offered, and answers that lead somewhere. */
static int check_adding(struct about_ctx *x, const struct catalog *c, struct err *e)
{
    struct guide_result g = { 0 };
    const struct industry *ind = catalog_industry(c, x->licence.row.industry);
    if (x->in->kind != KIND_NEW)
        return 0;
    if (!x->in->answers) {
        err_problem(e, SV("/answers"), "required", "请先回答情形引导的问题");
        return e->code;
    }
    int rc = guide_run(c, ind, x->in->answers, NULL, x->arena, &g, e);
    if (rc == 0)
        rc = draft_check_answers(&g, e);
    if (rc == 0)
        json_object_update_missing(x->values, g.prefill);
    json_decref(g.prefill);
    return rc;
}

static int begin(struct about_ctx *x, struct err *e)
{
    int rc = licence_open_for(x->app, x->cmd->actor, x->in->number, x->arena, &x->licence, e);
    if (rc == 0 && !sv_is(x->licence.row.state, "valid"))
        rc = err_refuse(e, "P25", "这张证照已经失效，请重新申请");
    if (rc == 0)
        rc = db_read(x->app->db, read_tx, x, e);
    if (rc == 0)
        rc = check_asker(x, e);
    return rc == 0 ? choose(x, e) : rc;
}

int draft_about(struct app *app, const struct command *cmd, const struct about_licence *in,
                int64_t *id, struct err *e)
{
    struct about_ctx x = { .app = app, .cmd = cmd, .in = in, .arena = arena_new(), .id = id,
                           .values = json_object() };
    int rc = begin(&x, e);
    const struct catalog *c = rc == 0 ? catalog_for(&x) : NULL;
    if (rc == 0 && !c)
        rc = in->kind == KIND_NEW
                 ? err_refuse(e, "R1.3", "这个行业已经不在现行的“一业一证”目录中，请分别申请各项许可")
                 : 0;
    if (rc == 0)
        start_values(&x);
    if (rc == 0 && c)
        rc = check_adding(&x, c, e);
    if (rc == 0) {
        fill_row(&x, c ? c : app->catalog);
        if (!c)
            x.row.catalog_version = x.first.catalog_version;
        draft_show_in_row(&x.row, x.values);
        mark_values(&x);
        x.form = (struct form_row){ json_dump(x.arena, x.values, true), SV("{}"), SV(""),
                                    json_dump(x.arena, x.before, true) };
        rc = db_write(app->db, create_tx, &x, e);
    }
    json_decref(x.values);
    json_decref(x.before);
    arena_free(x.arena);
    return rc;
}
