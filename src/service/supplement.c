/* supplement: the applicant answers a correction (P6) or withdraws (P13). */
#include "service/draft.h"
#include "service/review.h"
#include "service/tolerance.h"

struct sup_ctx {
    struct app *app;
    const struct command *cmd;
    struct arena *arena;
    struct bundle *b;
    struct sv *digests; /* of each item's inputs as now handed in */
    bool *visits;       /* must each item be inspected on site, as now handed in? */
    json_t *promised;   /* for the ledger, with the first item's act */
    struct sv reason;
    const json_t *only; /* items to withdraw */
};

/* Re-read the case inside the transaction; its version must be the one prepared from. */
static int same_case(struct db_conn *c, const struct sup_ctx *x, struct err *e)
{
    struct case_row row;
    int rc = case_find(c, x->b->row.id, x->arena, &row, e);
    if (rc != 1)
        return rc < 0 ? rc : err_set(e, ERR_NOT_FOUND, "没有找到这个办件");
    if (row.files_rev != x->b->row.files_rev)
        return err_set(e, ERR_CHANGED, "材料正在变化，请等上传完成后再提交");
    return command_match(x->cmd, row.version, e);
}

/* Items that asked look again; others keep their state, but are shown that inputs changed. */
static int step_items(struct db_conn *c, struct sup_ctx *x, struct err *e)
{
    struct bundle *b = x->b;
    int32_t today = date_of_ms(x->cmd->now);
    int rc = 0;
    for (size_t i = 0; rc == 0 && i < b->n_items; i++) {
        struct item_row *item = &b->items[i];
        bool changed = !sv_eq(item->seen_digest, x->digests[i]);
        bool asked = item->state == ITEM_CORRECTING;
        struct step s = { .act = ACT_SUPPLEMENT, .by = BY_APPLICANT, .actor = x->cmd->actor,
                          .on = today, .now = x->cmd->now, .reason = SV("申请人已补正") };
        if (!item_open(item->state) || (!asked && !changed))
            continue;
        s.facts = item_facts_of(b, item, x->cmd->actor, today) |
                  fact_if(changed, FACT_INPUTS_CHANGED);
        rc = acts_begin(b, item, &s, e);
        if (rc != 0)
            return rc;
        item->inputs_changed = item->inputs_changed || !asked;
        if (asked)
            item->received_on = today;
        if (item->inspection == INSPECTION_NONE || item->inspection == INSPECTION_REQUIRED)
            item->inspection = x->visits[i] ? INSPECTION_REQUIRED : INSPECTION_NONE;
        item->seen_digest = x->digests[i];
        s.body = json_object();
        json_put_sv(s.body, "seen", item->seen_digest);
        json_put_bool(s.body, "inputs_changed", changed);
        json_put_sv(s.body, "inspection", sv_of(inspection_stage_key(item->inspection)));
        if (x->promised)
            json_put(s.body, "promised", x->promised);
        x->promised = NULL;
        rc = acts_end(x->app, c, b, i, &s, e);
    }
    return rc;
}

/* What departments saw until now, so that they can be shown what changed (P6). */
static int keep_version(struct db_conn *c, struct sup_ctx *x, struct err *e)
{
    struct form_row before;
    json_t *files = json_array();
    int rc = form_find(c, x->b->row.id, x->arena, &before, e);
    for (size_t k = 0; k < x->b->n_files; k++) {
        json_t *f = json_object();
        if (bundle_file_unsent(x->b, &x->b->files[k])) {
            json_decref(f);
            continue;
        }
        json_put_sv(f, "material", x->b->files[k].material);
        json_put_sv(f, "sm3", x->b->files[k].sm3);
        json_push(files, f);
    }
    struct form_version_row row = {
        .case_id = x->b->row.id, .round = x->b->correction.round, .replaced_at = x->cmd->now,
        .body = before.body, .commitments = before.commitments,
        .files = json_dump(x->arena, files, true),
    };
    json_decref(files);
    return rc == 1 ? form_version_insert(c, &row, e) : rc;
}

static void show_in_row(struct bundle *b)
{
    b->row.holder_name = bundle_value(b, F_ENT_NAME);
    b->row.uscc = bundle_value(b, F_USCC);
    b->row.person = bundle_value(b, F_LEGAL_NAME);
    b->row.address = bundle_value(b, F_ADDR);
}

static int supplement_tx(struct db_conn *c, void *ctx, struct err *e)
{
    struct sup_ctx *x = ctx;
    struct bundle *b = x->b;
    struct sv ref;
    int rc = command_begin(c, x->cmd, x->arena, &ref, e);
    if (rc != 0)
        return rc < 0 ? rc : 0;
    rc = same_case(c, x, e);
    if (rc == 0)
        rc = keep_version(c, x, e);
    x->promised = json_array();
    if (rc == 0)
        rc = tolerance_promise(x->app, c, b, x->cmd, x->promised, e);
    if (rc == 0)
        rc = step_items(c, x, e);
    json_decref(x->promised);
    if (rc == 0)
        rc = correction_close_if_done(c, b, "answered", e);
    if (rc == 0) {
        struct form_row form = { json_dump(x->arena, b->values, true),
                                 json_dump(x->arena, b->commitments, true), SV(""), SV("") };
        rc = form_put(c, b->row.id, &form, e);
    }
    show_in_row(b);
    if (rc == 0)
        rc = acts_put_case(x->app, c, b, x->cmd->now, e);
    return rc == 0 ? command_end(c, x->cmd, b->row.number, e) : rc;
}

/* Did this request (same key, same body) already take effect? 1 yes, 0 no. */
static int replay_tx(struct db_conn *c, void *ctx, struct err *e)
{
    struct sup_ctx *x = ctx;
    struct sv ref;
    return command_begin(c, x->cmd, x->arena, &ref, e);
}

static int open_owned(struct sup_ctx *x, int64_t case_id, struct err *e)
{
    int rc = db_peek(x->app->db, replay_tx, x, e);
    if (rc != 0)
        return rc;
    rc = bundle_open(x->app, x->cmd->actor, case_id, WITH_ITEMS | WITH_FORM | WITH_FILES |
                     WITH_CORRECTION | WITH_COMMITMENTS | WITH_VISITS, x->arena, x->b, e);
    if (rc == 0 && !case_owned(x->cmd->actor, &x->b->row))
        rc = err_set(e, ERR_FORBIDDEN, "只有申请人或收件窗口可以办理");
    if (rc == 0)
        rc = command_match(x->cmd, x->b->row.version, e);
    return rc;
}

int case_supplement(struct app *app, const struct command *cmd, int64_t case_id, struct err *e)
{
    struct bundle b = { 0 };
    struct sup_ctx x = { .app = app, .cmd = cmd, .arena = arena_new(), .b = &b };
    int rc = open_owned(&x, case_id, e);
    if (rc != 0)
        goto out;
    if (!b.has_correction || !sv_is(b.correction.state, "issued")) {
        rc = err_refuse(e, "P6", "现在没有需要答复的补正通知");
        goto out;
    }
    rc = bundle_resolve(&b, x.arena, e);
    if (rc == 0)
        rc = draft_check(app, &b, date_of_ms(cmd->now), e);
    if (rc != 0)
        goto out;
    if (b.draft) {
        json_decref(b.values);
        b.values = b.draft;
        b.draft = NULL;
    }
    x.digests = arena_array(x.arena, b.n_items, sizeof *x.digests);
    x.visits = arena_array(x.arena, b.n_items, sizeof *x.visits);
    for (size_t i = 0; i < b.n_items; i++) {
        x.digests[i] = item_digest(&b, b.types[i], x.arena);
        x.visits[i] = form_inspection_needed(&b.form, b.types[i], b.values, b.answers);
    }
    rc = db_write(app->db, supplement_tx, &x, e);
out:
    bundle_done(&b);
    arena_free(x.arena);
    return rc < 0 ? rc : 0;
}

/* ---- withdraw ---- */

static bool chosen(const json_t *only, int64_t id)
{
    size_t i;
    json_t *v;
    int64_t n;
    if (!only || json_array_size(only) == 0)
        return true;
    json_array_foreach(only, i, v)
        if (sv_to_i64(json_text(v), &n) && n == id)
            return true;
    return false;
}

/* Every id named must be an item of this case that can still be withdrawn. */
static int check_chosen(const struct bundle *b, const json_t *only, struct err *e)
{
    size_t i;
    json_t *v;
    json_array_foreach(only, i, v) {
        bool good = false;
        int64_t n = 0;
        for (size_t k = 0; sv_to_i64(json_text(v), &n) && k < b->n_items; k++)
            good |= b->items[k].id == n && item_open(b->items[k].state);
        if (!good)
            err_problem(e, json_pointer_at(e->arena, SV("/items"), i), "unknown_item",
                        "本办件没有这个事项，或它已办结，不能撤回");
    }
    return e->code;
}

static int withdraw_tx(struct db_conn *c, void *ctx, struct err *e)
{
    struct sup_ctx *x = ctx;
    struct bundle *b = x->b;
    struct sv ref;
    int32_t today = date_of_ms(x->cmd->now);
    size_t n = 0;
    int rc = command_begin(c, x->cmd, x->arena, &ref, e);
    if (rc != 0)
        return rc < 0 ? rc : 0;
    rc = same_case(c, x, e);
    for (size_t i = 0; rc == 0 && i < b->n_items; i++) {
        if (!item_open(b->items[i].state) || !chosen(x->only, b->items[i].id))
            continue;
        struct item_row *item = &b->items[i];
        struct step s = { .act = ACT_WITHDRAW, .by = BY_APPLICANT, .actor = x->cmd->actor,
                          .on = today, .now = x->cmd->now, .reason = x->reason,
                          .facts = item_facts_of(b, item, x->cmd->actor, today),
                          .paper = arena_printf_sv(x->arena, "ended-%lld",
                                                   (long long)item->id) };
        rc = acts_begin(b, item, &s, e);
        if (rc != 0)
            return rc;
        item->closed_on = today;
        item->reason = x->reason;
        item->special_id = 0;
        item->special_due = DATE_NONE;
        s.body = json_object();
        json_put_sv(s.body, "reason", x->reason);
        n++;
        rc = acts_end(x->app, c, b, i, &s, e);
    }
    if (rc == 0 && n == 0)
        rc = err_refuse(e, "P13", "没有可以撤回的事项：决定作出后不能撤回申请");
    if (rc == 0)
        rc = correction_send_if_due(x->app, c, b, false, x->cmd->now, e);
    if (rc == 0)
        rc = correction_close_if_done(c, b, "ended", e);
    if (rc == 0)
        rc = visit_close_if_done(x->app, c, b, x->cmd->now, e);
    if (rc == 0)
        rc = acts_put_case(x->app, c, b, x->cmd->now, e);
    return rc == 0 ? command_end(c, x->cmd, b->row.number, e) : rc;
}

int case_withdraw(struct app *app, const struct command *cmd, int64_t case_id, struct sv reason,
                  const json_t *items, struct err *e)
{
    struct bundle b = { 0 };
    struct sup_ctx x = { .app = app, .cmd = cmd, .arena = arena_new(), .b = &b,
                         .reason = reason, .only = items };
    int rc = open_owned(&x, case_id, e);
    if (rc == 0 && !b.row.submitted_at)
        rc = err_refuse(e, "P13", "草稿可以直接删除，不需要撤回");
    if (rc == 0)
        rc = check_chosen(&b, items, e);
    if (rc == 0)
        rc = db_write(app->db, withdraw_tx, &x, e);
    bundle_done(&b);
    arena_free(x.arena);
    return rc < 0 ? rc : 0;
}
