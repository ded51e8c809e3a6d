/* review: the acts of departments and their heads, each one transaction (P2-P4, P8-P12, P14). */
#include "service/review.h"

#include "service/tell.h"

struct grant_dates grant_suggest(const struct permit_type *p, int32_t today)
{
    struct grant_dates d = { today, DATE_NONE };
    if (p->validity_years > 0)
        d.valid_until = date_add_years(today, (int)p->validity_years) - 1;
    return d;
}

/* ---- the acts ---- */

enum { FORM = WITH_ITEMS | WITH_FORM, PROMISES = WITH_COMMITMENTS,
       DECIDING = WITH_COMMITMENTS | WITH_PROCESS | WITH_VISITS };

static int apply_accept(struct db_conn *c, struct review_ctx *x, struct step *s, struct err *e)
{
    struct item_row *i = review_item(x);
    i->accepted_on = review_day(x);
    s->paper = arena_printf_sv(x->arena, "acceptance-%lld", (long long)i->id);
    return s->row->to == ITEM_GRANTED ? grant_permit(c, x, s, e) : 0;
}

static int apply_refuse(struct db_conn *c, struct review_ctx *x, struct step *s, struct err *e)
{
    (void)c;
    (void)e;
    s->paper = arena_printf_sv(x->arena, "decision-%lld", (long long)x->item_id);
    return 0;
}

static const struct act_effect ACT_EFFECTS[] = {
    { ACT_ACCEPT, FORM, PROMISES, grant_check, NULL, apply_accept, false },
    { ACT_REFUSE, WITH_ITEMS, 0, NULL, NULL, apply_refuse, false },
    { ACT_ASK_CORRECTION, FORM | WITH_FILES | WITH_CORRECTION, 0, correction_read_entries, NULL,
      correction_add, false },
    { ACT_GRANT, FORM, DECIDING, grant_check, NULL, grant_permit, false },
    { ACT_DENY, WITH_ITEMS, DECIDING, NULL, NULL, grant_deny, false },
    { ACT_OPEN_SPECIAL, WITH_ITEMS, WITH_PROCESS, special_check, special_facts,
      special_apply_open, false },
    { ACT_CLOSE_SPECIAL, WITH_ITEMS, WITH_PROCESS, NULL, NULL, special_apply_close, false },
    { ACT_EXTEND, WITH_ITEMS, WITH_PROCESS, NULL, special_facts, special_apply_extend, false },
    { ACT_TELL_HEARING, WITH_ITEMS, WITH_PROCESS, hearing_check, hearing_input_facts,
      hearing_apply_tell, false },
    { ACT_ASK_HEARING, WITH_ITEMS, WITH_PROCESS, hearing_check, NULL, hearing_apply_ask, false },
    { ACT_NOTIFY_HEARING, WITH_ITEMS, WITH_PROCESS | WITH_TIMELINE, hearing_check,
      hearing_input_facts, hearing_apply_notify, false },
    { ACT_HOLD_HEARING, WITH_ITEMS, WITH_PROCESS, NULL, hearing_input_facts,
      hearing_apply_hold, false },
    { ACT_INSPECT, FORM, WITH_VISITS, inspect_check, inspect_facts, inspect_apply_record,
      true },
    { ACT_COUNTERSIGN, WITH_ITEMS, WITH_VISITS, NULL, NULL, inspect_apply_confirm, true },
    { ACT_CONFIRM_COMMITMENT, FORM | WITH_FILES, PROMISES, tolerance_check, tolerance_facts,
      tolerance_apply_confirm, false },
};

static const struct act_effect *effect_of(enum act act)
{
    for (size_t i = 0; i < sizeof ACT_EFFECTS / sizeof ACT_EFFECTS[0]; i++)
        if (ACT_EFFECTS[i].act == act)
            return &ACT_EFFECTS[i];
    return NULL;
}

/* ---- finding an item ---- */

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
    bool bureau = rc == 1 && (actor->role == ROLE_BUREAU || actor->role == ROLE_GOVERNMENT) &&
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

/* Facts that every act's input may bring. */
static uint64_t common_facts(const struct review_ctx *x)
{
    return fact_if(x->in->reason.n > 0, FACT_HAS_REASON) |
           fact_if(x->in->basis.n > 0, FACT_HAS_BASIS) |
           fact_if(x->in->right_organ.n > 0, FACT_HAS_ORGAN) |
           fact_if(x->n_entries > 0, FACT_HAS_ENTRIES) |
           fact_if(x->entries_new, FACT_ENTRIES_NEW) |
           fact_if(x->in->result.n > 0, FACT_HAS_RESULT);
}

/* ---- the transaction ---- */

static void close_item(struct review_ctx *x)
{
    struct item_row *i = review_item(x);
    i->closed_on = review_day(x);
    i->reason = x->in->reason.n ? x->in->reason : x->in->note;
    i->basis = x->in->basis;
    i->right_organ = x->in->right_organ;
}

static int finish(struct db_conn *c, struct review_ctx *x, struct step *s, struct err *e)
{
    int64_t now = x->cmd->now;
    int rc = acts_end(x->app, c, &x->now, x->at, s, e);
    if (rc == 0 && x->permit.id)
        rc = grant_finish(c, x, s, e);
    if (rc == 0 && x->act == ACT_DENY)
        rc = grant_denied(c, x, s, e);
    if (rc == 0)
        rc = tell_item(&(struct tell){ x->app, c, &x->now, now }, review_item(x), x->act, e);
    if (rc == 0)
        rc = correction_send_if_due(x->app, c, &x->now, false, now, e);
    if (rc == 0)
        rc = visit_close_if_done(x->app, c, &x->now, now, e);
    if (rc == 0)
        rc = acts_put_case(x->app, c, &x->now, now, e);
    if (rc == 0 && s->row->from != s->row->to)
        rc = acts_tell_if_closed(x->app, c, &x->now, now, e);
    return rc == 0 ? command_end(c, x->cmd, arena_printf_sv(x->arena, "%lld",
                                                            (long long)x->item_id), e)
                   : rc;
}

/* Load the case as it is now and find the item in it. */
static int load_now(struct db_conn *c, struct review_ctx *x, unsigned parts, struct err *e)
{
    int rc = bundle_load(x->app, c, x->seen->row.id, parts | WITH_ITEMS | WITH_CORRECTION,
                         x->arena, &x->now, e);
    if (rc != 1)
        return rc < 0 ? rc : ERR_NOT_FOUND;
    for (size_t i = 0; i < x->now.n_items; i++)
        if (x->now.items[i].id == x->item_id) {
            x->at = i;
            return 0;
        }
    return ERR_NOT_FOUND;
}

static int step_item(struct db_conn *c, struct review_ctx *x, const struct act_effect *effect,
                     struct err *e)
{
    struct item_row *i = review_item(x);
    struct step s = { .act = x->act, .by = actor_kinds(x->cmd->actor), .actor = x->cmd->actor,
                      .on = review_day(x), .now = x->cmd->now, .reason = x->in->reason };
    s.facts = item_facts_of(&x->now, i, x->cmd->actor, s.on) | common_facts(x);
    if (effect->facts)
        s.facts |= effect->facts(x);
    int rc = acts_begin(&x->now, i, &s, e);
    if (rc != 0)
        return rc;
    s.body = act_body(x);
    i->inputs_changed = false;
    if (!item_open((enum item_state)s.row->to) && item_open(i->state))
        close_item(x);
    rc = effect->apply(c, x, &s, e);
    if (rc != 0) {
        json_decref(s.body);
        return rc;
    }
    return finish(c, x, &s, e);
}

static int64_t version_seen(struct review_ctx *x, const struct act_effect *effect)
{
    const struct visit_row *v = effect->by_part ? bundle_visit(&x->now) : NULL;
    const struct part_row *part = v ? bundle_part(&x->now, v->id, x->item_id) : NULL;
    return part ? part->version : review_item(x)->version;
}

static int act_tx(struct db_conn *c, void *ctx, struct err *e)
{
    struct review_ctx *x = ctx;
    const struct act_effect *effect = effect_of(x->act);
    struct sv ref;
    int rc = command_begin(c, x->cmd, x->arena, &ref, e);
    if (rc != 0)
        return rc < 0 ? rc : 0;
    rc = load_now(c, x, effect->now, e);
    if (rc == 0)
        rc = command_match(x->cmd, version_seen(x, effect), e);
    if (rc == 0)
        rc = clock_accept_silent(x->app, c, &x->now, x->at, x->cmd->now, e);
    return rc == 0 ? step_item(c, x, effect, e) : rc;
}

int item_act(struct app *app, const struct command *cmd, int64_t item_id, enum act act,
             const struct act_input *in, struct err *e)
{
    const struct act_effect *effect = effect_of(act);
    struct bundle seen = { 0 };
    struct review_ctx x = { .app = app, .cmd = cmd, .arena = arena_new(), .in = in, .act = act,
                            .item_id = item_id, .seen = &seen };
    int rc = effect ? 0 : err_set(e, ERR_NOT_FOUND, "部门没有这种办理动作");
    if (rc == 0)
        rc = item_open_for(app, cmd->actor, item_id, effect->seen, x.arena, &seen, &x.seen_index,
                           e);
    if (rc == 0 && cmd->actor->role != ROLE_REVIEWER)
        rc = err_set(e, ERR_FORBIDDEN, "只有事项的审批部门可以办理（各部门对自己的决定负责）");
    if (rc == 0 && cmd->if_match == 0)
        rc = command_match(cmd, 0, e);
    if (rc == 0)
        rc = bundle_resolve(&seen, x.arena, e);
    if (rc == 0 && effect->check)
        rc = effect->check(&x, e);
    if (rc == 0)
        rc = db_write(app->db, act_tx, &x, e);
    json_decref(x.parties);
    json_decref(x.checks);
    bundle_done(&x.now);
    bundle_done(&seen);
    arena_free(x.arena);
    return rc;
}
