/* draft: see draft.h. */
#include "service/draft.h"

#include "base/utf8.h"
#include "domain/law/ids.h"
#include "service/prefill.h"
#include "service/tolerance.h"
#include "store/prefill_store.h"
#include "sys/ids.h"

enum { FORM_MAX_BYTES = 256 * 1024, DRAFTS_MAX = 50 };

json_t *bundle_filling(const struct bundle *b)
{
    return b->draft ? b->draft : b->values;
}

void draft_show_in_row(struct case_row *row, const json_t *values)
{
    row->holder_name = json_sv(values, F_ENT_NAME);
    row->uscc = json_sv(values, F_USCC);
    row->person = json_sv(values, F_LEGAL_NAME);
    row->address = json_sv(values, F_ADDR);
}

/* What answers must lead to before a case can be opened. */
int draft_check_answers(const struct guide_result *g, struct err *e)
{
    for (size_t i = 0; i < g->n_missing; i++)
        err_problem(e, json_pointer(e->arena, SV("/answers"), g->missing[i]->code), "required",
                    "请回答：%.*s", (int)g->missing[i]->text.n, g->missing[i]->text.p);
    for (size_t i = 0; i < g->n_unsure; i++)
        err_problem(e, json_pointer(e->arena, SV("/answers"), g->unsure[i]->code), "unsure",
                    "这一题还没有拿定，定下来才能申请：%.*s", (int)g->unsure[i]->text.n,
                    g->unsure[i]->text.p);
    if (g->blocked)
        err_problem(e, SV("/answers"), "blocked", "按您的回答，该场所不能开办这个行业，请看说明");
    else if (g->complete && g->n_permits == 0)
        err_problem(e, SV("/answers"), "nothing_needed",
                    "按您的回答，不需要办理本行业目录内的许可，请看其他事项的说明");
    return e->code;
}

static int find_industry(const struct catalog *c, struct sv code, struct sv region,
                         int32_t today, const struct industry **out, struct err *e)
{
    *out = catalog_industry(c, code);
    if (!*out)
        err_problem(e, SV("/industry"), "unknown_industry", "目录中没有这个行业");
    else if (catalog_offer(c, *out, today) != INDUSTRY_OFFERED)
        err_problem(e, SV("/industry"), "not_offered", "%s",
                    catalog_offer_text(c, *out, today, e->arena).p);
    if (!catalog_region(c, region))
        err_problem(e, SV("/region"), "unknown_region", "没有这个行政区划");
    return e->code;
}

/* Every permit needs somebody who decides it in this region. */
static int check_deciders(const struct guide_result *g, struct sv region, struct err *e)
{
    for (size_t i = 0; i < g->n_permits; i++)
        if (!catalog_decider(g->permits[i].permit, region))
            err_problem(e, SV("/region"), "no_department", "该区没有办理%.*s的部门",
                        (int)g->permits[i].permit->name.n, g->permits[i].permit->name.p);
    return e->code;
}

static void check_applicant(const struct command *cmd, const struct new_case *in, struct err *e)
{
    if (cmd->actor->role == ROLE_APPLICANT) {
        if (in->applicant_name.n || in->applicant_phone.n || in->authorisation.n)
            err_problem(e, SV("/applicant"), "not_allowed", "本人申报时不填写代办信息");
        return;
    }
    if (in->applicant_name.n == 0)
        err_problem(e, SV("/applicant/name"), "required", "请填写申请人姓名");
    if (!ids_mobile_ok(in->applicant_phone))
        err_problem(e, SV("/applicant/phone"), "bad_phone", "请填写申请人的11位手机号");
    if (in->authorisation.n == 0)
        err_problem(e, SV("/authorisation"), "required", "请写明申请人如何委托窗口代为录入");
}

/* First values: what the guide already knows, the region, and who signed in. */
static json_t *first_values(const struct case_row *row, const struct guide_result *g)
{
    json_t *v = g->prefill ? json_deep_copy(g->prefill) : json_object();
    json_put_sv(v, F_REGION, row->region);
    json_put_sv(v, "F_CONTACT", row->applicant_name);
    json_put_sv(v, "F_CONTACT_PHONE", row->applicant_phone);
    return v;
}

struct create_ctx {
    struct app *app;
    const struct catalog *catalog; /* in force when the case is opened */
    const struct command *cmd;
    struct arena *arena;
    struct case_row row;
    struct form_row form;
    struct prefill_row from;
    int64_t *id;
};

/* The account of the person whom a clerk files for: by phone, made when new. */
static int applicant_account(struct db_conn *c, struct create_ctx *x, struct err *e)
{
    struct user_row u;
    int rc = user_find_phone(c, x->row.applicant_phone, x->arena, &u, e);
    if (rc == 0) {
        u = (struct user_row){ .id = id_next(), .role = SV("applicant"),
                               .phone = x->row.applicant_phone, .name = x->row.applicant_name,
                               .created_at = x->cmd->now };
        rc = user_insert(c, &u, e);
    }
    x->row.applicant_id = u.id;
    return rc < 0 ? rc : 0;
}

int draft_check_room(struct db_conn *c, int64_t applicant_id, struct err *e)
{
    int64_t n = 0;
    int rc = case_count_drafts(c, applicant_id, &n, e);
    if (rc == 0 && n >= DRAFTS_MAX)
        rc = err_refuse(e, "drafts", "该申请人已有 %d 份草稿，请先提交或删除一些", DRAFTS_MAX);
    return rc;
}

static int create_tx(struct db_conn *c, void *ctx, struct err *e)
{
    struct create_ctx *x = ctx;
    struct sv ref;
    int rc = command_begin(c, x->cmd, x->arena, &ref, e);
    if (rc == 1)
        return sv_to_i64(ref, x->id) ? 0 : ERR_CORRUPT;
    if (rc == 0 && x->row.applicant_id == 0)
        rc = applicant_account(c, x, e);
    if (rc == 0)
        rc = draft_check_room(c, x->row.applicant_id, e);
    if (rc == 0)
        rc = case_insert(c, &x->row, e);
    if (rc == 0)
        rc = form_put(c, x->row.id, &x->form, e);
    if (rc == 0 && x->from.marks.n)
        rc = prefill_put(c, x->row.id, &x->from, e);
    *x->id = x->row.id;
    if (rc == 0)
        rc = command_end(c, x->cmd,
                         arena_printf_sv(x->arena, "%lld", (long long)x->row.id), e);
    return rc;
}

static void fill_row(struct create_ctx *x, const struct new_case *in)
{
    const struct actor *who = x->cmd->actor;
    bool clerk = who->role == ROLE_CLERK;
    x->row = (struct case_row){
        .id = id_next(), .industry = in->industry, .region = in->region,
        .catalog_version = x->catalog->version,
        .channel = clerk ? SV("window") : SV("online"), .applicant_id = clerk ? 0 : who->id,
        .clerk_id = clerk ? who->id : 0,
        .applicant_name = clerk ? in->applicant_name : who->name,
        .applicant_phone = clerk ? in->applicant_phone : who->phone,
        .hall = clerk ? who->hall : SV(""), .authorisation = in->authorisation,
        .answers = json_dump(x->arena, in->answers, true), .state = CASE_DRAFT, .version = 1,
        .created_at = x->cmd->now, .updated_at = x->cmd->now,
    };
}

int draft_create(struct app *app, const struct command *cmd, const struct new_case *in,
                 int64_t *id, struct err *e)
{
    struct create_ctx x = { .app = app, .catalog = app->catalog, .cmd = cmd,
                            .arena = arena_new(), .id = id };
    struct guide_result g = { 0 };
    const struct industry *ind;
    json_t *values = NULL;
    int rc = find_industry(x.catalog, in->industry, in->region, date_of_ms(cmd->now), &ind, e);
    check_applicant(cmd, in, e);
    if (rc == 0)
        rc = guide_run(x.catalog, ind, in->answers, NULL, x.arena, &g, e);
    if (rc == 0)
        rc = draft_check_answers(&g, e);
    if (rc == 0)
        rc = check_deciders(&g, in->region, e);
    if (e->code != 0) {
        rc = e->code;
        goto out;
    }
    fill_row(&x, in);
    values = first_values(&x.row, &g);
    rc = prefill_first(app, cmd, &x.row, &g, in->answers, x.arena, values, &x.from, e);
    if (rc != 0)
        goto out;
    draft_show_in_row(&x.row, values);
    x.form = (struct form_row){ json_dump(x.arena, values, true), SV("{}"), SV(""),
                                SV("") };
    rc = db_write(app->db, create_tx, &x, e);
out:
    json_decref(values);
    json_decref(g.prefill);
    arena_free(x.arena);
    return rc;
}

/* ---- changing ---- */

struct edit_ctx { struct case_row row; struct form_row form; int64_t id; };

static int edit_tx(struct db_conn *c, void *ctx, struct err *e)
{
    struct edit_ctx *x = ctx;
    int rc = case_update(c, &x->row, e);
    return rc < 0 ? rc : form_put(c, x->row.id, &x->form, e);
}

/* Open for its owner, matching the version seen. */
int draft_open_own(struct app *app, const struct command *cmd, int64_t case_id, unsigned parts,
                   struct arena *a, struct bundle *b, struct err *e)
{
    int rc = bundle_open(app, cmd->actor, case_id, parts, a, b, e);
    if (rc == 0 && !case_owned(cmd->actor, &b->row))
        rc = err_set(e, ERR_FORBIDDEN, "只有申请人或收件窗口可以修改");
    return rc;
}

int draft_answers(struct app *app, const struct command *cmd, int64_t case_id, struct sv region,
                  json_t *answers, struct err *e)
{
    struct arena *a = arena_new();
    struct bundle b = { 0 };
    struct guide_result g = { 0 };
    struct edit_ctx x;
    int rc = draft_open_own(app, cmd, case_id, WITH_FORM, a, &b, e);
    if (rc == 0)
        rc = command_match(cmd, b.row.version, e);
    if (rc == 0 && b.row.state != CASE_DRAFT)
        rc = err_refuse(e, "state", "办件已提交，不能再改选情形；如需改变请撤回后重新申请");
    if (rc == 0 && b.row.of_licence.n && (b.row.kind != KIND_NEW || !sv_eq(region, b.row.region)))
        rc = err_refuse(e, "state", "这个办件是关于已有证照的，情形和区域随证照，不能改选");
    if (rc == 0 && !catalog_region(b.catalog, region))
        err_problem(e, SV("/region"), "unknown_region", "没有这个行政区划");
    if (rc == 0)
        rc = guide_run(b.catalog, b.industry, answers, NULL, a, &g, e);
    if (rc == 0)
        rc = draft_check_answers(&g, e);
    if (rc == 0)
        rc = check_deciders(&g, region, e);
    if (rc == 0) {
        json_object_update_missing(b.values, g.prefill);
        json_put_sv(b.values, F_REGION, region);
        x.row = b.row;
        x.row.region = region;
        x.row.answers = json_dump(a, answers, true);
        x.row.version++;
        x.row.updated_at = cmd->now;
        x.form = (struct form_row){ json_dump(a, b.values, true),
                                    json_dump(a, b.commitments, true), SV(""), SV("") };
        rc = db_write(app->db, edit_tx, &x, e);
    }
    json_decref(g.prefill);
    bundle_done(&b);
    arena_free(a);
    return rc;
}

/* Only what the form asks for is kept (art. 31: nothing unrelated). */
static json_t *known_values(const struct form *f, const json_t *values)
{
    json_t *out = json_object();
    for (size_t i = 0; i < f->n_fields; i++) {
        const char *code = f->fields[i].field->code.p;
        json_t *v = json_object_getn(values, code, f->fields[i].field->code.n);
        if (v && !json_is_null(v))
            json_object_setn(out, code, f->fields[i].field->code.n, v);
    }
    return out;
}

/* Yes or no to materials of the form; anything else that was sent is not ours to keep. */
static json_t *known_commitments(const struct form *f, const json_t *commitments)
{
    json_t *out = json_object();
    for (size_t i = 0; i < f->n_materials; i++) {
        struct sv code = f->materials[i].material->code;
        json_t *v = json_object_getn(commitments, code.p, code.n);
        if (json_is_boolean(v))
            json_object_setn(out, code.p, code.n, v);
    }
    return out;
}

int draft_save(struct app *app, const struct command *cmd, int64_t case_id, json_t *values,
               json_t *commitments, struct err *e)
{
    struct arena *a = arena_new();
    struct bundle b = { 0 };
    struct edit_ctx x = { .id = case_id };
    json_t *known = NULL;
    json_t *promised = NULL;
    int rc = draft_open_own(app, cmd, case_id, WITH_ITEMS | WITH_FORM | WITH_CORRECTION, a, &b, e);
    if (rc == 0)
        rc = command_match(cmd, b.row.version, e);
    if (rc == 0 && !bundle_editable(&b))
        rc = err_refuse(e, "state", "办件正在办理，现在不能修改；收到补正通知后可以修改");
    if (rc == 0)
        rc = bundle_resolve(&b, a, e);
    if (rc != 0)
        goto out;
    known = known_values(&b.form, values);
    promised = known_commitments(&b.form, commitments ? commitments : b.commitments);
    struct sv text = json_dump(a, known, true);
    if (text.n > FORM_MAX_BYTES) {
        rc = err_set(e, ERR_TOO_LARGE, "表单内容太多，请精简");
        goto out;
    }
    x.row = b.row;
    x.row.version++;
    x.row.updated_at = cmd->now;
    x.form.commitments = json_dump(a, promised, true);
    if (b.row.state == CASE_DRAFT) {
        draft_show_in_row(&x.row, known);
        x.form.body = text;
        x.form.draft = SV("");
    } else {
        x.form.body = json_dump(a, b.values, true);
        x.form.draft = text;
    }
    rc = db_write(app->db, edit_tx, &x, e);
out:
    json_decref(known);
    json_decref(promised);
    bundle_done(&b);
    arena_free(a);
    return rc;
}

static int delete_tx(struct db_conn *c, void *ctx, struct err *e)
{
    int rc = case_delete_draft(c, *(int64_t *)ctx, e);
    return rc < 0 ? rc : prefill_delete(c, *(int64_t *)ctx, e);
}

int draft_delete(struct app *app, const struct command *cmd, int64_t case_id, struct err *e)
{
    struct arena *a = arena_new();
    struct bundle b = { 0 };
    int rc = draft_open_own(app, cmd, case_id, 0, a, &b, e);
    if (rc == 0)
        rc = command_match(cmd, b.row.version, e);
    if (rc == 0 && b.row.state != CASE_DRAFT)
        rc = err_refuse(e, "P13", "已提交的办件不能删除，可以撤回申请");
    if (rc == 0)
        rc = db_write(app->db, delete_tx, &case_id, e);
    bundle_done(&b);
    arena_free(a);
    return rc;
}

int draft_check(const struct app *app, struct bundle *b, int32_t today, struct err *e)
{
    json_t *values = bundle_filling(b);
    json_t *have = bundle_have(b);
    (void)app;
    form_check(&b->form, values, b->answers, today, true, e);
    form_check_materials(&b->form, have, b->commitments, values, b->answers, e);
    struct sv region = json_sv(values, F_REGION);
    if (region.n && !sv_eq(region, b->row.region) &&
        !region_covers(b->catalog, b->row.region, region))
        err_problem(e, SV("/values/" F_REGION), "other_region",
                    "经营场所所在区与您选择的办理区域不一致");
    json_decref(have);
    return e->code;
}

/* ---- bans (P33) ---- */

struct ban_ctx { struct sv uscc; int32_t today; struct arena *arena; struct ban_row *list;
                 size_t n; };

static int read_bans(struct db_conn *c, void *ctx, struct err *e)
{
    struct ban_ctx *x = ctx;
    return ban_list(c, x->uscc, x->today, x->arena, &x->list, &x->n, e);
}

int ban_warnings(struct app *app, const struct bundle *b, int32_t today, struct arena *a,
                 json_t *list, struct err *e)
{
    struct ban_ctx x = { .uscc = bundle_value(b, F_USCC), .today = today, .arena = a };
    char until[32];
    int rc = x.uscc.n ? db_peek(app->db, read_bans, &x, e) : 0;
    for (size_t k = 0; rc == 0 && k < x.n; k++)
        for (size_t i = 0; i < b->n_types; i++)
            if (sv_eq(b->types[i]->code, x.list[k].permit) && x.list[k].from <= today)
                json_push_sv(list, arena_printf_sv(
                    a, "%s：因此前的申请有隐瞒或虚假情况，依%s，%s前不得再次申请，提交后该事项将不予受理。",
                    b->types[i]->name.p, x.list[k].article.p,
                    date_chinese(x.list[k].until, until)));
    return rc;
}
