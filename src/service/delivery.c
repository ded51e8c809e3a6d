/* delivery: decisions and licence reach the applicant within 10 days (P17, R4.3, art. 44), with
 * 送达回证; and the joint extension of art. 42(2), the one act of the government's head. */
#include "base/utf8.h"
#include "service/acts.h"
#include "service/ledger.h"
#include "service/tell.h"
#include "sys/ids.h"

struct deliver_ctx {
    struct app *app;
    const struct command *cmd;
    struct arena *arena;
    int64_t case_id;
    const struct delivery_input *in;
    struct sv reason;
    struct bundle now;
    size_t done;
};

static bool method_known(struct sv m)
{
    return sv_is(m, "pickup") || sv_is(m, "post") || sv_is(m, "electronic");
}

static void check(const struct command *cmd, const struct delivery_input *in, struct err *e)
{
    if (!method_known(in->method))
        err_problem(e, SV("/method"), "out_of_range", "送达方式应为领取、邮寄或电子送达");
    if (cmd->actor->role == ROLE_APPLICANT && !sv_is(in->method, "electronic"))
        err_problem(e, SV("/method"), "not_allowed", "您可以确认电子送达；领取和邮寄由窗口登记");
    if (sv_is(in->method, "post") && in->tracking.n == 0)
        err_problem(e, SV("/tracking"), "required", "邮寄送达请填写邮件号");
    if (in->receiver.n == 0)
        err_problem(e, SV("/receiver"), "required", "请填写签收人");
}

static bool wanted(const json_t *items, int64_t id)
{
    size_t k;
    json_t *v;
    int64_t n;
    if (json_array_size(items) == 0)
        return true;
    json_array_foreach(items, k, v)
        if (sv_to_i64(json_text(v), &n) && n == id)
            return true;
    return false;
}

static struct delivery_row row_of(const struct deliver_ctx *x, int64_t item_id)
{
    return (struct delivery_row){
        .id = id_next(), .case_id = x->case_id, .item_id = item_id, .at = x->cmd->now,
        .delivered_on = date_of_ms(x->cmd->now), .method = x->in->method,
        .receiver = x->in->receiver, .relation = x->in->relation, .tracking = x->in->tracking,
        .by_name = x->cmd->actor->name,
    };
}

static json_t *body_of(const struct deliver_ctx *x)
{
    json_t *body = json_object();
    json_put_sv(body, "method", x->in->method);
    json_put_sv(body, "receiver", x->in->receiver);
    json_put_sv(body, "relation", x->in->relation);
    json_put_sv(body, "tracking", x->in->tracking);
    json_put_sv(body, "by_name", x->cmd->actor->name);
    return body;
}

static int deliver_item(struct db_conn *c, struct deliver_ctx *x, size_t i, struct err *e)
{
    struct item_row *item = &x->now.items[i];
    struct step s = { .act = ACT_DELIVER, .by = actor_kinds(x->cmd->actor),
                      .actor = x->cmd->actor, .on = date_of_ms(x->cmd->now), .now = x->cmd->now };
    s.facts = item_facts_of(&x->now, item, x->cmd->actor, s.on) |
              fact_if(x->in->receiver.n > 0, FACT_HAS_RECEIVER);
    struct delivery_row row = row_of(x, item->id);
    int rc = acts_begin(&x->now, item, &s, e);
    if (rc == 0)
        rc = delivery_insert(c, &row, e);
    if (rc != 0)
        return rc;
    item->delivered_on = s.on;
    s.body = body_of(x);
    x->done++;
    return acts_end(x->app, c, &x->now, i, &s, e);
}

static int deliver_licence(struct db_conn *c, struct deliver_ctx *x, struct err *e)
{
    struct case_row *row = &x->now.row;
    uint64_t facts = fact_if(row->licence_delivered_on == DATE_NONE, FACT_NOT_DELIVERED) |
                     fact_if(x->in->receiver.n > 0, FACT_HAS_RECEIVER);
    if (!transition_find(&CASE_TABLE, (int)row->state, ACT_DELIVER_LICENCE,
                         actor_kinds(x->cmd->actor), false, facts, e))
        return e->code;
    struct delivery_row delivered = row_of(x, 0);
    row->licence_delivered_on = delivered.delivered_on;
    x->done++;
    int rc = delivery_insert(c, &delivered, e);
    return rc != 0 ? rc : acts_log(x->app, c, &x->now, -1, ACT_DELIVER_LICENCE, x->cmd->actor,
                                   delivered.delivered_on, body_of(x), x->cmd->now, e);
}

/* Everything of the case that is decided and not delivered yet, or only the items named. */
static int deliver_all(struct db_conn *c, struct deliver_ctx *x, struct err *e)
{
    struct bundle *b = &x->now;
    bool some = json_array_size(x->in->items) > 0;
    int rc = 0;
    for (size_t i = 0; rc == 0 && i < b->n_items; i++) {
        if (wanted(x->in->items, b->items[i].id) &&
            (some || item_undelivered(&b->items[i])))
            rc = deliver_item(c, x, i, e);
    }
    if (rc == 0 && !some && licence_undelivered(&b->row))
        rc = deliver_licence(c, x, e);
    if (rc == 0 && x->done == 0)
        rc = err_refuse(e, "P17", "没有要送达的决定或证照");
    return rc;
}

static int deliver_tx(struct db_conn *c, void *ctx, struct err *e)
{
    struct deliver_ctx *x = ctx;
    struct sv ref;
    int rc = command_begin(c, x->cmd, x->arena, &ref, e);
    if (rc != 0)
        return rc < 0 ? rc : 0;
    rc = bundle_load(x->app, c, x->case_id, WITH_ITEMS | WITH_CORRECTION, x->arena, &x->now, e);
    bool may = rc == 1 && case_visible(x->now.catalog, x->cmd->actor, &x->now.row);
    if (rc >= 0 && !may)
        return err_set(e, ERR_NOT_FOUND, "没有找到这个办件，或您无权查看");
    if (rc == 1)
        rc = command_match(x->cmd, x->now.row.version, e);
    if (rc == 0)
        rc = deliver_all(c, x, e);
    if (rc == 0)
        rc = acts_put_case(x->app, c, &x->now, x->cmd->now, e);
    return rc == 0 ? command_end(c, x->cmd, x->now.row.number, e) : rc;
}

int case_deliver(struct app *app, const struct command *cmd, int64_t case_id,
                 const struct delivery_input *in, struct err *e)
{
    struct deliver_ctx x = { .app = app, .cmd = cmd, .arena = arena_new(), .case_id = case_id,
                             .in = in };
    check(cmd, in, e);
    int rc = e->code ? e->code : db_write(app->db, deliver_tx, &x, e);
    bundle_done(&x.now);
    arena_free(x.arena);
    return rc;
}

/* ---- 15 more days for the whole case (P16) ---- */

static int extend(struct db_conn *c, struct deliver_ctx *x, struct err *e)
{
    struct bundle *b = &x->now;
    const struct calendar *cal = app_calendar(x->app, b->row.region);
    int32_t today = date_of_ms(x->cmd->now);
    uint64_t facts = NEED(OWN) | fact_if(x->reason.n > 0, FACT_HAS_REASON) |
                     fact_if(b->row.joint.holder == HOLDER_OURS, FACT_CLOCK_RUNNING) |
                     fact_if(!b->row.joint_extended, FACT_NOT_EXTENDED) |
                     fact_if(b->row.joint_due_on != DATE_NONE && today <= b->row.joint_due_on,
                             FACT_LIMIT_LEFT);
    if (!transition_find(&CASE_TABLE, (int)b->row.state, ACT_EXTEND_JOINT,
                         actor_kinds(x->cmd->actor), false, facts, e))
        return e->code;
    struct timer_event event = { .on = today, .clock = CLOCK_JOINT, .holder = HOLDER_OURS,
                                 .extended = JOINT_EXTENSION_DAYS };
    timer_move(&b->row.joint, cal, &event);
    b->row.joint_extended = true;
    struct extension_row row = {
        .id = id_next(), .case_id = b->row.id, .days = JOINT_EXTENSION_DAYS, .reason = x->reason,
        .approved_by = x->cmd->actor->name, .approved_on = today,
        .due_on = timer_due(&b->row.joint, cal, JOINT_DAYS),
    };
    struct clock_event_row kept = {
        .id = id_next(), .case_id = b->row.id, .on = today, .at = x->cmd->now,
        .act = sv_of(act_key(ACT_EXTEND_JOINT)), .clock = event.clock, .holder = event.holder,
        .extended = event.extended, .reason = x->reason,
        .paper = arena_printf_sv(x->arena, "extension-%lld", (long long)row.id),
    };
    int rc = extension_insert(c, &row, e);
    if (rc == 0)
        rc = clock_event_insert(c, &kept, e);
    if (rc != 0)
        return rc;
    rc = tell_extended(&(struct tell){ x->app, c, b, x->cmd->now }, NULL, &row, e);
    if (rc != 0)
        return rc;
    json_t *body = json_object();
    json_put_i64(body, "days", row.days);
    json_put_sv(body, "reason", x->reason);
    json_put_i64(body, "due_on", date_to_number(row.due_on));
    json_put_sv(body, "by_name", row.approved_by);
    return acts_log(x->app, c, b, -1, ACT_EXTEND_JOINT, x->cmd->actor, today, body, x->cmd->now,
                    e);
}

static int extend_tx(struct db_conn *c, void *ctx, struct err *e)
{
    struct deliver_ctx *x = ctx;
    struct sv ref;
    int rc = command_begin(c, x->cmd, x->arena, &ref, e);
    if (rc != 0)
        return rc < 0 ? rc : 0;
    rc = bundle_load(x->app, c, x->case_id, WITH_ITEMS | WITH_CORRECTION, x->arena, &x->now, e);
    if (rc >= 0 && (rc == 0 || !case_visible(x->now.catalog, x->cmd->actor, &x->now.row)))
        return err_set(e, ERR_NOT_FOUND, "没有找到这个办件，或您无权查看");
    if (rc == 1)
        rc = command_match(x->cmd, x->now.row.version, e);
    if (rc == 0)
        rc = extend(c, x, e);
    if (rc == 0)
        rc = acts_put_case(x->app, c, &x->now, x->cmd->now, e);
    return rc == 0 ? command_end(c, x->cmd, x->now.row.number, e) : rc;
}

int case_extend_joint(struct app *app, const struct command *cmd, int64_t case_id,
                      struct sv reason, struct err *e)
{
    struct deliver_ctx x = { .app = app, .cmd = cmd, .arena = arena_new(), .case_id = case_id,
                             .reason = reason };
    int rc = db_write(app->db, extend_tx, &x, e);
    bundle_done(&x.now);
    arena_free(x.arena);
    return rc;
}
