/* permits: see permits.h. */
#include "service/permits.h"

#include "service/acts.h"
#include "service/ledger.h"
#include "service/supervise.h"
#include "service/tell_permit.h"
#include "service/versions.h"
#include "sys/ids.h"

/* ---- one change ---- */

static uint64_t facts_of(const struct permit_row *p, const struct permit_change *x)
{
    bool ends = p->valid_until != DATE_NONE;
    bool own = x->actor && x->actor->role == ROLE_REVIEWER &&
               sv_eq(x->actor->department, p->department);
    return x->facts | fact_if(own, FACT_OWN) |
           fact_if(!ends || x->on <= p->valid_until, FACT_NOT_EXPIRED) |
           fact_if(ends && date_of_ms(x->now) > p->valid_until, FACT_EXPIRY_PASSED) |
           fact_if(x->reason.n > 0, FACT_HAS_REASON) | fact_if(x->basis.n > 0, FACT_HAS_BASIS) |
           fact_if(x->document.n > 0, FACT_HAS_DOCUMENT);
}

static void take(struct sv *to, struct sv from)
{
    if (from.n)
        *to = from;
}

static void apply(struct permit_row *p, const struct permit_change *x, enum permit_state to)
{
    p->state = sv_of(permit_state_key(to));
    p->version++;
    take(&p->number, x->number);
    take(&p->holder, x->holder);
    take(&p->person, x->person);
    take(&p->address, x->address);
    if (x->valid_from != DATE_NONE)
        p->valid_from = x->valid_from;
    if (x->valid_until != DATE_NONE)
        p->valid_until = x->valid_until == INT32_MAX ? DATE_NONE : x->valid_until;
}

static struct permit_event_row event_of(const struct permit_row *p, const struct permit_change *x)
{
    return (struct permit_event_row){
        .id = id_next(), .permit_id = p->id, .act = x->act, .effective_on = x->on, .at = x->now,
        .department = p->department, .actor_id = x->actor ? x->actor->id : 0,
        .document = x->document, .reason = x->reason, .basis = x->basis, .number = p->number,
        .valid_from = p->valid_from, .valid_until = p->valid_until, .holder = x->holder,
        .person = x->person, .address = x->address, .case_id = x->case_id, .item_id = x->item_id,
    };
}

int permit_granted(struct app *app, struct db_conn *c, const struct permit_row *p,
                   const struct actor *actor, int64_t now, int64_t ledger_seq, struct err *e)
{
    struct permit_change x = {
        .act = ACT_GRANT, .actor = actor, .now = now, .on = p->granted_on, .holder = p->holder,
        .person = p->person, .address = p->address, .case_id = p->case_id, .item_id = p->item_id,
    };
    struct permit_event_row event = event_of(p, &x);
    event.ledger_seq = ledger_seq;
    int rc = permit_event_insert(c, &event, e);
    return rc == 0 ? supervise_permit_event(app, c, p, &event, e) : rc;
}

/* The licence as it is after the event: composed from what stands in the database and this one. */
static int next_version(struct app *app, struct db_conn *c, const struct permit_row *p,
                        const struct permit_event_row *event, struct arena *a,
                        struct version *out, struct err *e)
{
    struct licence_row current;
    struct version_base base;
    struct permit_row *permits;
    struct permit_event_row *events;
    size_t n, n_events;
    int rc = licence_find_current(c, p->licence_number, a, &current, e);
    if (rc != 1)
        return rc < 0 ? rc : err_set(e, ERR_CORRUPT, "许可所在的证照没有现行版本");
    rc = version_next(app, c, &current, event->at, a, &base, e);
    if (rc == 0)
        rc = permit_list_licence(c, p->licence_number, a, &permits, &n, e);
    if (rc == 0)
        rc = permit_events_licence(c, p->licence_number, a, &events, &n_events, e);
    if (rc != 0)
        return rc;
    struct permit_event_row *all = arena_array(a, n_events + 1, sizeof *all);
    if (n_events)
        memcpy(all, events, n_events * sizeof *all);
    all[n_events] = *event;
    rc = version_compose(&base, permits, n, all, n_events + 1, a, out, e);
    return rc == 0 ? version_sign(out, a, e) : rc;
}

static json_t *change_body(const struct permit_row *p, const struct permit_event_row *v,
                           const struct version *next)
{
    const struct { const char *key; struct sv text; } texts[] = {
        { "document", v->document }, { "reason", v->reason }, { "basis", v->basis },
        { "holder", v->holder }, { "person", v->person }, { "address", v->address },
    };
    json_t *body = next ? version_body(next) : json_object();
    json_put_i64(body, "permit_id", p->id);
    json_put_sv(body, "permit", p->permit_type);
    json_put_sv(body, "number", v->number);
    json_put_i64(body, "valid_from", date_to_number(v->valid_from));
    json_put_i64(body, "valid_until", date_to_number(v->valid_until));
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++)
        if (texts[i].text.n)
            json_put_sv(body, texts[i].key, texts[i].text);
    return body;
}

static int write_change(struct app *app, struct db_conn *c, const struct permit_row *p,
                        const struct permit_change *x, struct permit_event_row *event,
                        struct version *next, struct err *e)
{
    json_t *body = change_body(p, event, next);
    struct act_entry entry = { .act = x->act, .effective_on = x->on, .actor = x->actor,
                               .department = p->department,
                               .case_id = x->case_id ? x->case_id : p->case_id, .body = body };
    int rc = ledger_append(app, c, &entry, x->now, &event->ledger_seq, e);
    json_decref(body);
    if (rc == 0)
        rc = permit_update(c, p, e);
    if (rc == 0)
        rc = permit_event_insert(c, event, e);
    if (rc == 0 && next)
        rc = version_write(c, next, event->ledger_seq, e);
    return rc == 0 && !next ? status_changed(c, e) : rc;
}

int permit_change(struct app *app, struct db_conn *c, struct permit_row *p,
                  const struct permit_change *x, struct arena *a, struct err *e)
{
    const struct transition *row =
        transition_find(&PERMIT_TABLE, (int)permit_state_of(p->state), x->act,
                        actor_kinds(x->actor), false, facts_of(p, x), e);
    struct version next;
    int rc = 0;
    if (!row)
        return e->code;
    apply(p, x, (enum permit_state)row->to);
    struct permit_event_row event = event_of(p, x);
    bool carried = p->licence_number.n > 0;
    if (carried)
        rc = next_version(app, c, p, &event, a, &next, e);
    if (rc == 0)
        rc = write_change(app, c, p, x, &event, carried ? &next : NULL, e);
    if (rc == 0)
        rc = tell_permit(app, c, p, &event, carried ? &next.row : NULL, a, e);
    return rc == 0 ? supervise_permit_event(app, c, p, &event, e) : rc;
}

/* ---- a department's view and act ---- */

struct open_ctx { struct app *app; const struct actor *actor; int64_t id; struct arena *arena;
                  struct permit_view *out; };

static bool may_look(const struct app *app, const struct actor *actor, const struct permit_row *p)
{
    if (actor->role == ROLE_REVIEWER)
        return sv_eq(actor->department, p->department);
    return (actor->role == ROLE_BUREAU || actor->role == ROLE_GOVERNMENT) &&
           region_covers(app->catalog, actor->region, p->region);
}

static int open_tx(struct db_conn *c, void *ctx, struct err *e)
{
    struct open_ctx *x = ctx;
    int rc = permit_find(c, x->id, x->arena, &x->out->row, e);
    if (rc == 1 && !may_look(x->app, x->actor, &x->out->row))
        return 0;
    if (rc == 1)
        rc = permit_events_of(c, x->id, x->arena, &x->out->events, &x->out->n_events, e);
    if (rc == 0)
        rc = item_list_permit(c, x->id, x->arena, &x->out->open, &x->out->n_open, e);
    return rc < 0 ? rc : x->out->n_events > 0;
}

int permit_open_for(struct app *app, const struct actor *actor, int64_t id, struct arena *a,
                    struct permit_view *out, struct err *e)
{
    struct open_ctx x = { app, actor, id, a, out };
    *out = (struct permit_view){ .n_events = 0 };
    int rc = db_read(app->db, open_tx, &x, e);
    if (rc <= 0)
        return rc < 0 ? rc : err_set(e, ERR_NOT_FOUND, "没有找到这个许可，或它不属于您的部门");
    struct permit_change none = { .actor = actor, .on = 0, .now = INT64_MIN };
    out->allowed = transition_allowed(&PERMIT_TABLE, (int)permit_state_of(out->row.state),
                                      actor_kinds(actor), false,
                                      facts_of(&out->row, &none) | NEED(NOT_EXPIRED),
                                      FACTS_OF_INPUT);
    return 0;
}

struct act_ctx { struct app *app; const struct command *cmd; int64_t id; enum act act;
                 const struct permit_notice *in; struct arena *arena; };

bool permit_own_act(enum act act)
{
    return act == ACT_AMEND_PERMIT || act == ACT_WITHDRAW_PERMIT || act == ACT_REVOKE_PERMIT ||
           act == ACT_CANCEL_PERMIT || act == ACT_FORFEIT_PERMIT;
}

static int check_notice(const struct act_ctx *x, const struct permit_row *p, struct err *e)
{
    const struct permit_notice *in = x->in;
    int32_t today = date_of_ms(x->cmd->now);
    bool amends = x->act == ACT_AMEND_PERMIT;
    bool changes = in->number.n || in->holder.n || in->person.n || in->address.n || in->no_end ||
                   in->valid_until != DATE_NONE;
    if (in->on != DATE_NONE && in->on > today)
        err_problem(e, SV("/on"), "out_of_range", "生效日不能晚于今天");
    if (amends && !changes)
        err_problem(e, SV(""), "nothing_changed", "请写明变更的内容");
    if (!amends && changes)
        err_problem(e, SV(""), "not_allowed", "只有变更许可才填写变更后的内容");
    if (amends && !in->no_end && in->valid_until != DATE_NONE && in->valid_until < p->valid_from)
        err_problem(e, SV("/valid_until"), "out_of_range", "有效期截止日应晚于起始日");
    return e->code;
}

static int last_day(struct db_conn *c, const struct act_ctx *x, int32_t *on, struct err *e)
{
    struct permit_event_row *events;
    size_t n;
    int rc = permit_events_of(c, x->id, x->arena, &events, &n, e);
    *on = x->in->on == DATE_NONE ? date_of_ms(x->cmd->now) : x->in->on;
    if (rc == 0 && n && *on < events[n - 1].effective_on)
        rc = err_refuse(e, "P21", "生效日不能早于该许可上一事项的生效日");
    return rc;
}

static int act_tx(struct db_conn *c, void *ctx, struct err *e)
{
    struct act_ctx *x = ctx;
    struct permit_row p;
    struct sv ref;
    int32_t on;
    int rc = command_begin(c, x->cmd, x->arena, &ref, e);
    if (rc != 0)
        return rc < 0 ? rc : 0;
    rc = permit_find(c, x->id, x->arena, &p, e);
    if (rc != 1 || !sv_eq(p.department, x->cmd->actor->department))
        return rc < 0 ? rc : err_set(e, ERR_NOT_FOUND, "没有找到这个许可，或它不属于您的部门");
    rc = command_match(x->cmd, p.version, e);
    if (rc == 0)
        rc = permit_catch_up(x->app, c, &p, x->cmd->now, x->arena, e);
    if (rc >= 0)
        rc = check_notice(x, &p, e);
    if (rc == 0)
        rc = last_day(c, x, &on, e);
    if (rc != 0)
        return rc;
    const struct permit_notice *in = x->in;
    struct permit_change change = {
        .act = x->act, .actor = x->cmd->actor, .now = x->cmd->now, .on = on,
        .document = in->document, .reason = in->reason, .basis = in->basis, .number = in->number,
        .valid_from = DATE_NONE, .valid_until = in->no_end ? INT32_MAX : in->valid_until,
        .holder = in->holder, .person = in->person, .address = in->address,
    };
    rc = permit_change(x->app, c, &p, &change, x->arena, e);
    return rc == 0 ? command_end(c, x->cmd, arena_printf_sv(x->arena, "%lld", (long long)x->id), e)
                   : rc;
}

int permit_act(struct app *app, const struct command *cmd, int64_t id, enum act act,
               const struct permit_notice *in, struct err *e)
{
    struct act_ctx x = { app, cmd, id, act, in, arena_new() };
    int rc = permit_own_act(act) ? 0 : err_set(e, ERR_NOT_FOUND, "部门没有这种动作");
    if (rc == 0 && cmd->actor->role != ROLE_REVIEWER)
        rc = err_set(e, ERR_FORBIDDEN, "只有颁发许可的部门可以办理（各部门对自己的决定负责）");
    if (rc == 0 && cmd->if_match == 0)
        rc = command_match(cmd, 0, e);
    if (rc == 0)
        rc = db_write(app->db, act_tx, &x, e);
    arena_free(x.arena);
    return rc;
}
