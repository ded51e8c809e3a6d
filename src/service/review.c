/* review: the departments' acts (P2, P3, P4, P8, P14). */
#include "service/review.h"

#include "service/ledger.h"

struct grant_dates grant_suggest(const struct permit_type *p, int32_t today)
{
    struct grant_dates d = { today, DATE_NONE };
    if (p->validity_years > 0)
        d.valid_until = date_add_years(today, (int)p->validity_years) - 1;
    return d;
}

struct item_facts item_facts_of(const struct app *app, const struct bundle *b,
                                const struct item_row *i, const struct actor *actor,
                                int32_t today)
{
    const struct permit_type *p = catalog_permit(b->catalog, i->permit);
    (void)app;
    return (struct item_facts){
        .filing = p && p->kind == PERMIT_FILING,
        .received_by_actor = actor && b->row.clerk_id == actor->id,
        .same_department = actor && actor->role == ROLE_REVIEWER &&
                           sv_eq(actor->department, i->department),
        .silence_passed = i->state == ITEM_RECEIVED && i->due_on != DATE_NONE &&
                          today > i->due_on,
        .correction_sent = b->has_correction && sv_is(b->correction.state, "issued"),
        .correction_overdue = b->has_correction && b->correction.due_on != DATE_NONE &&
                              today > b->correction.due_on,
    };
}

struct find_ctx { struct app *app; int64_t id; unsigned parts; struct arena *arena;
                  struct bundle *b; size_t *index; };

static int find_in_snapshot(struct db_conn *c, void *ctx, struct err *e)
{
    struct find_ctx *x = ctx;
    struct item_row item;
    int rc = item_find(c, x->id, x->arena, &item, e);
    if (rc != 1)
        return rc;
    rc = bundle_load(x->app, c, item.case_id, x->parts | WITH_ITEMS, x->arena, x->b, e);
    for (size_t i = 0; rc == 1 && i < x->b->n_items; i++)
        if (x->b->items[i].id == x->id)
            *x->index = i;
    return rc;
}

int item_open_for(struct app *app, const struct actor *actor, int64_t item_id, unsigned parts,
                  struct arena *a, struct bundle *b, size_t *index, struct err *e)
{
    struct find_ctx x = { app, item_id, parts, a, b, index };
    *b = (struct bundle){ 0 };
    int rc = db_read(app->db, find_in_snapshot, &x, e);
    if (rc < 0)
        return rc;
    bool mine = rc == 1 && actor->role == ROLE_REVIEWER &&
                sv_eq(actor->department, b->items[*index].department);
    bool bureau = rc == 1 && actor->role == ROLE_BUREAU &&
                  region_covers(b->catalog, actor->region, b->row.region);
    if (!mine && !bureau)
        return err_set(e, ERR_NOT_FOUND, "没有找到这个事项件，或它不属于您的部门");
    return 0;
}

static json_t *act_body(const struct review_ctx *x)
{
    const struct { const char *key; struct sv text; } parts[] = {
        { "reason", x->in->reason }, { "basis", x->in->basis },
        { "right_organ", x->in->right_organ }, { "note", x->in->note },
    };
    json_t *body = json_object();
    for (size_t i = 0; i < sizeof parts / sizeof parts[0]; i++)
        if (parts[i].text.n)
            json_put_sv(body, parts[i].key, parts[i].text);
    for (size_t i = 0; i < x->n_entries; i++) {
        json_t *list = json_object_get(body, "entries");
        json_t *entry = json_object();
        if (!list) {
            list = json_array();
            json_put(body, "entries", list);
        }
        json_put_sv(entry, "kind", x->entries[i].kind);
        json_put_sv(entry, "code", x->entries[i].code);
        json_put_sv(entry, "what", x->entries[i].what);
        json_push(list, entry);
    }
    return body;
}

static int tell_decision(struct db_conn *c, const struct review_ctx *x, struct err *e)
{
    const struct item_row *i = &x->now.items[x->at];
    const struct permit_type *p = catalog_permit(x->now.catalog, i->permit);
    struct sv text = { 0 };
    const char *title = act_text(x->act);
    if (i->state == ITEM_GRANTED)
        text = arena_printf_sv(x->arena, "%.*s：准予，证号 %.*s。", (int)p->name.n, p->name.p,
                               (int)i->number.n, i->number.p);
    else if (i->state == ITEM_DENIED)
        text = arena_printf_sv(x->arena, "%.*s：不予许可。理由：%.*s。您可以在60日内申请行政复议，"
                               "或在6个月内提起行政诉讼。", (int)p->name.n, p->name.p,
                               (int)i->reason.n, i->reason.p);
    else if (i->state == ITEM_REFUSED)
        text = arena_printf_sv(x->arena, "%.*s：不予受理。理由：%.*s。%.*s", (int)p->name.n,
                               p->name.p, (int)i->reason.n, i->reason.p, (int)i->right_organ.n,
                               i->right_organ.p);
    return text.n ? notify(c, &x->now.row, x->cmd->now, title, text, e) : 0;
}

/* The effects of an act on the item, once the table has given the next state. */
static int apply(struct db_conn *c, struct review_ctx *x, enum item_state to, json_t *body,
                 struct err *e)
{
    struct item_row *i = &x->now.items[x->at];
    int32_t today = date_of_ms(x->cmd->now);
    i->state = to;
    i->inputs_changed = false;
    if (x->act == ACT_ACCEPT)
        i->accepted_on = today;
    if (!item_open(to)) {
        i->closed_on = today;
        i->reason = x->in->reason.n ? x->in->reason : x->in->note;
        i->basis = x->in->basis;
        i->right_organ = x->in->right_organ;
    }
    if (to == ITEM_GRANTED)
        return grant_permit(c, x, body, e);
    return to == ITEM_CORRECTING ? correction_add(c, x, e) : 0;
}

static int finish(struct db_conn *c, struct review_ctx *x, json_t *body, struct err *e)
{
    int64_t now = x->cmd->now;
    int rc = acts_put_item(x->app, c, &x->now, x->at, e);
    if (rc != 0) {
        json_decref(body);
        return rc;
    }
    rc = acts_log(x->app, c, &x->now, (int)x->at, x->act, x->cmd->actor, date_of_ms(now), body,
                  now, e);
    if (rc == 0)
        rc = tell_decision(c, x, e);
    if (rc == 0)
        rc = correction_send_if_due(x->app, c, &x->now, false, now, e);
    if (rc == 0)
        rc = acts_put_case(c, &x->now, now, e);
    if (rc == 0)
        rc = acts_tell_if_closed(c, &x->now, now, e);
    return rc == 0 ? command_end(c, x->cmd, arena_printf_sv(x->arena, "%lld",
                                                            (long long)x->item_id), e)
                   : rc;
}

/* Load the case as it is now and find the item in it. */
static int load_now(struct db_conn *c, struct review_ctx *x, struct err *e)
{
    int rc = bundle_load(x->app, c, x->seen->row.id, WITH_ITEMS | WITH_CORRECTION, x->arena,
                         &x->now, e);
    if (rc != 1)
        return rc < 0 ? rc : ERR_NOT_FOUND;
    for (size_t i = 0; i < x->now.n_items; i++)
        if (x->now.items[i].id == x->item_id) {
            x->at = i;
            return 0;
        }
    return ERR_NOT_FOUND;
}

static int act_tx(struct db_conn *c, void *ctx, struct err *e)
{
    struct review_ctx *x = ctx;
    struct sv ref;
    int rc = command_begin(c, x->cmd, x->arena, &ref, e);
    if (rc != 0)
        return rc < 0 ? rc : 0;
    rc = load_now(c, x, e);
    if (rc == 0)
        rc = command_match(x->cmd, x->now.items[x->at].version, e);
    if (rc == 0)
        rc = clock_accept_silent(x->app, c, &x->now, x->at, x->cmd->now, e);
    if (rc != 0)
        return rc;
    struct item_row *i = &x->now.items[x->at];
    struct item_facts f = item_facts_of(x->app, &x->now, i, x->cmd->actor,
                                        date_of_ms(x->cmd->now));
    f.n_entries = x->n_entries;
    f.correction_new = x->entries_new;
    f.has_reason = x->in->reason.n > 0;
    f.has_basis = x->in->basis.n > 0;
    f.has_right_organ = x->in->right_organ.n > 0;
    int to = item_step(i->state, x->act, BY_DEPARTMENT, &f, e);
    if (to < 0)
        return to;
    json_t *body = act_body(x);
    rc = apply(c, x, (enum item_state)to, body, e);
    if (rc != 0) {
        json_decref(body);
        return rc;
    }
    return finish(c, x, body, e);
}

/* What must be read before the transaction: a number may need form values, entries need files. */
static unsigned parts_for(enum act act)
{
    if (act == ACT_ASK_CORRECTION)
        return WITH_ITEMS | WITH_FORM | WITH_FILES | WITH_CORRECTION;
    return act == ACT_GRANT ? WITH_ITEMS | WITH_FORM : WITH_ITEMS;
}

static bool is_filing(const struct bundle *b, size_t index)
{
    const struct permit_type *p = catalog_permit(b->catalog, b->items[index].permit);
    return p && p->kind == PERMIT_FILING;
}

int item_act(struct app *app, const struct command *cmd, int64_t item_id, enum act act,
             const struct act_input *in, struct err *e)
{
    struct bundle seen = { 0 };
    struct review_ctx x = { .app = app, .cmd = cmd, .arena = arena_new(), .in = in, .act = act,
                            .item_id = item_id, .seen = &seen };
    int rc = item_open_for(app, cmd->actor, item_id, parts_for(act), x.arena, &seen,
                           &x.seen_index, e);
    if (rc == 0 && act == ACT_ACCEPT && is_filing(&seen, x.seen_index)) {
        bundle_done(&seen);
        rc = item_open_for(app, cmd->actor, item_id, parts_for(ACT_GRANT), x.arena, &seen,
                           &x.seen_index, e);
    }
    if (rc == 0 && cmd->actor->role != ROLE_REVIEWER)
        rc = err_set(e, ERR_FORBIDDEN, "只有事项的审批部门可以办理（各部门对自己的决定负责）");
    if (rc == 0 && cmd->if_match == 0)
        rc = command_match(cmd, 0, e);
    if (rc == 0)
        rc = bundle_resolve(&seen, x.arena, e);
    if (rc == 0 && act == ACT_ASK_CORRECTION)
        rc = correction_read_entries(&x, e);
    if (rc == 0 && (act == ACT_GRANT || act == ACT_ACCEPT))
        rc = grant_check(&x, e);
    if (rc == 0)
        rc = db_write(app->db, act_tx, &x, e);
    bundle_done(&x.now);
    bundle_done(&seen);
    arena_free(x.arena);
    return rc;
}
