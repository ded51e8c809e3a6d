/* submit: one form, one set of materials -> one item per permit at the same moment (P1). */
#include "domain/case/effect.h"
#include "domain/licence/number.h"
#include "service/about.h"
#include "service/acts.h"
#include "service/draft.h"
#include "service/tell.h"
#include "service/tolerance.h"
#include "sys/ids.h"

struct submit_ctx {
    struct app *app;
    const struct command *cmd;
    struct arena *arena;
    struct bundle *b;
    int64_t case_id;
    json_t *promised; /* for the ledger */
    bool replayed, stale;
};

static int draw_number(struct db_conn *c, struct submit_ctx *x, struct err *e)
{
    struct case_row *row = &x->b->row;
    int32_t day = date_to_number(date_of_ms(x->cmd->now));
    int64_t serial;
    struct buf text;
    int rc = counter_next(c, arena_printf_sv(x->arena, "case:%.*s:%d", (int)row->region.n,
                                             row->region.p, (int)day),
                          &serial, e);
    if (rc < 0)
        return rc;
    buf_init(&text, 64);
    case_number(&text, row->region, day, serial);
    row->number = arena_sv(x->arena, buf_sv(&text));
    buf_done(&text);
    return 0;
}

static json_t *submit_body(const struct submit_ctx *x)
{
    const struct bundle *b = x->b;
    json_t *body = json_object();
    json_t *items = json_array();
    json_put_sv(body, "number", b->row.number);
    json_put_sv(body, "industry", b->row.industry);
    json_put_sv(body, "region", b->row.region);
    json_put_sv(body, "catalog", b->catalog->version);
    json_put_sv(body, "channel", b->row.channel);
    json_put_sv(body, "kind", sv_of(case_kind_key(b->row.kind)));
    if (b->row.of_licence.n)
        json_put_sv(body, "of_licence", b->row.of_licence);
    for (size_t i = 0; i < b->n_items; i++) {
        json_t *item = json_object();
        json_put_i64(item, "id", b->items[i].id);
        json_put_sv(item, "permit", b->items[i].permit);
        json_put_sv(item, "department", b->items[i].department);
        json_put_sv(item, "seen", b->items[i].seen_digest);
        json_put_sv(item, "inspection",
                    sv_of(inspection_stage_key(b->items[i].inspection)));
        if (b->items[i].permit_id)
            json_put_i64(item, "permit_id", b->items[i].permit_id);
        json_push(items, item);
    }
    json_put(body, "items", items);
    json_put(body, "promised", json_incref(x->promised));
    return body;
}

static int insert_items(struct db_conn *c, struct submit_ctx *x, struct err *e)
{
    int rc = 0;
    for (size_t i = 0; rc == 0 && i < x->b->n_items; i++) {
        const struct item_row *item = &x->b->items[i];
        struct clock_event_row event = {
            .id = id_next(), .case_id = item->case_id, .item_id = item->id, .at = x->cmd->now,
            .on = item->timer.since, .act = sv_of(act_key(ACT_SUBMIT)),
            .clock = item->timer.clock, .holder = item->timer.holder,
            .reason = SV("收到申请，五日内答复"), .paper = SV("receipt"),
        };
        rc = item_insert(c, item, e);
        if (rc == 0)
            rc = clock_event_insert(c, &event, e);
    }
    return rc;
}

static int submit_tx(struct db_conn *c, void *ctx, struct err *e)
{
    struct submit_ctx *x = ctx;
    struct bundle *b = x->b;
    struct case_row now_row;
    struct sv ref;
    int rc = command_begin(c, x->cmd, x->arena, &ref, e);
    if (rc != 0) {
        x->replayed = rc == 1;
        return rc < 0 ? rc : 0;
    }
    rc = case_find(c, x->case_id, x->arena, &now_row, e);
    if (rc != 1)
        return rc < 0 ? rc : err_set(e, ERR_NOT_FOUND, "办件已被删除");
    rc = command_match(x->cmd, now_row.version, e);
    if (rc != 0)
        return rc;
    /* A file came or went since the check: look again rather than refuse. */
    x->stale = now_row.files_rev != b->row.files_rev;
    if (x->stale)
        return 0;
    rc = about_still(c, b, date_of_ms(x->cmd->now), x->arena, e);
    if (rc == 0)
        rc = draw_number(c, x, e);
    if (rc == 0)
        rc = insert_items(c, x, e);
    if (rc == 0)
        rc = tolerance_promise(x->app, c, b, x->cmd, x->promised, e);
    if (rc == 0)
        rc = acts_put_case(x->app, c, b, x->cmd->now, e);
    if (rc == 0)
        rc = acts_log(x->app, c, b, -1, ACT_SUBMIT, x->cmd->actor, date_of_ms(x->cmd->now),
                      submit_body(x), x->cmd->now, e);
    if (rc == 0)
        rc = tell_submitted(&(struct tell){ x->app, c, b, x->cmd->now }, e);
    return rc == 0 ? command_end(c, x->cmd, b->row.number, e) : rc;
}

/* Nobody looks at a place again for a lost certificate or to give a permit up; for an amendment only when
 * the place has moved. */
static bool visit_needed(const struct bundle *b, const struct permit_type *p)
{
    bool moved = !sv_eq(json_sv(b->values, F_ADDR), json_sv(b->before, F_ADDR));
    enum case_kind kind = b->row.kind;
    bool looks = kind == KIND_NEW || kind == KIND_RENEW || (kind == KIND_AMEND && moved);
    return looks && form_inspection_needed(&b->form, p, b->values, b->answers);
}

/* One item per permit, with what its department will see. */
static int make_items(struct submit_ctx *x, struct err *e)
{
    struct bundle *b = x->b;
    int32_t today = date_of_ms(x->cmd->now);
    b->n_items = b->n_types;
    b->items = arena_array(x->arena, b->n_items, sizeof *b->items);
    for (size_t i = 0; i < b->n_items; i++) {
        const struct permit_type *p = b->types[i];
        const struct department *d = catalog_decider(p, b->row.region);
        if (!d)
            return err_set(e, ERR_CONFLICT, "该区没有办理%.*s的部门", (int)p->name.n, p->name.p);
        const struct transition *t =
            transition_find(&ITEM_TABLE, ITEM_NONE, ACT_SUBMIT, BY_APPLICANT, false, NEED(OWN), e);
        if (!t)
            return e->code;
        struct item_row *item = &b->items[i];
        struct timer_event event;
        *item = item_blank();
        item->id = id_next();
        item->case_id = b->row.id;
        item->permit = p->code;
        item->department = d->code;
        item->region = b->row.region;
        item->state = (enum item_state)t->to;
        item->version = 1;
        item->received_on = item->last_on = today;
        item->seen_digest = item_digest(b, p, x->arena);
        item->permit_id = about_permit(b, p->code);
        item->inspection = visit_needed(b, p) ? INSPECTION_REQUIRED : INSPECTION_NONE;
        if (effect_event(t->effect, &item->timer, today, 0, &event))
            timer_move(&item->timer, app_calendar(x->app, item->region), &event);
        item_set_clock(x->app, b, item);
    }
    return 0;
}

/* A draft is no case yet: an industry that left the catalogue meanwhile takes none (R1.3). */
static int still_offered(const struct submit_ctx *x, struct err *e)
{
    const struct catalog *now = x->app->catalog;
    const struct industry *ind = catalog_industry(now, x->b->row.industry);
    int32_t today = date_of_ms(x->cmd->now);
    if (x->b->row.kind != KIND_NEW)
        return 0; /* a licence outlives the catalogue it was issued under */
    if (!ind)
        return err_refuse(e, "R1.3", "这个行业已经不在现行的“一业一证”目录中，请分别申请各项许可");
    if (catalog_offer(now, ind, today) == INDUSTRY_RETIRED)
        return err_refuse(e, "R1.3", "%s", catalog_offer_text(now, ind, today, e->arena).p);
    return 0;
}

static int prepare(struct submit_ctx *x, struct err *e)
{
    struct bundle *b = x->b;
    int rc = bundle_open(x->app, x->cmd->actor, x->case_id, WITH_FORM | WITH_FILES, x->arena, b,
                         e);
    if (rc == 0 && !case_owned(x->cmd->actor, &b->row))
        rc = err_set(e, ERR_FORBIDDEN, "只有申请人或收件窗口可以提交");
    if (rc != 0 || b->row.submitted_at)
        return rc;
    rc = command_match(x->cmd, b->row.version, e);
    if (rc == 0)
        rc = still_offered(x, e);
    if (rc == 0)
        rc = bundle_resolve(b, x->arena, e);
    if (rc == 0 && b->row.kind == KIND_NEW &&
        (b->guide.blocked || !b->guide.complete || b->n_types == 0))
        rc = err_refuse(e, "P1", "情形引导的回答还不完整，或按回答不能办理，请先修改");
    if (rc == 0)
        rc = about_narrow(b, x->arena, e);
    if (rc == 0)
        rc = draft_check(x->app, b, date_of_ms(x->cmd->now), e);
    if (rc == 0)
        rc = make_items(x, e);
    b->row.submitted_at = x->cmd->now;
    return rc;
}

/* Submitted already: fine if it was this very request, else a refusal. */
static int already_tx(struct db_conn *c, void *ctx, struct err *e)
{
    struct submit_ctx *x = ctx;
    struct sv ref;
    int rc = command_begin(c, x->cmd, x->arena, &ref, e);
    if (rc == 0)
        rc = err_refuse(e, "P1", "这个办件已经提交，不能重复提交");
    return rc < 0 ? rc : 0;
}

int case_submit(struct app *app, const struct command *cmd, int64_t case_id, struct err *e)
{
    enum { TRIES = 4 };
    int rc = 0;
    for (int i = 0; i < TRIES; i++) {
        struct bundle b = { 0 };
        struct submit_ctx x = { .app = app, .cmd = cmd, .arena = arena_new(), .b = &b,
                                .case_id = case_id, .promised = json_array() };
        rc = prepare(&x, e);
        bool fresh = b.n_items > 0;
        if (rc == 0)
            rc = db_write(app->db, fresh ? submit_tx : already_tx, &x, e);
        json_decref(x.promised);
        bundle_done(&b);
        arena_free(x.arena);
        if (rc != 0 || !x.stale)
            return rc;
    }
    return err_set(e, ERR_CHANGED, "材料正在变化，请等上传完成后再提交");
}
