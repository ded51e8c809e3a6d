/* visits: the joint inspection is proposed, agreed by every department, announced (R6, P11).
 *
 * One visit at a time for a case, for all items that need one and are accepted; whoever proposes
 * picks the day, every department names two officers or says why not and offers another day. With
 * the last agreement the visit is announced to the applicant in the same transaction.
 */
#include "service/visits.h"

#include "base/utf8.h"
#include "service/acts.h"
#include "service/tell.h"
#include "sys/ids.h"

struct visit_ctx {
    struct app *app;
    const struct command *cmd;
    struct arena *arena;
    const struct visit_input *in;
    enum act act;
    int64_t case_id, visit_id;
    struct sv officer_a, officer_b; /* names */
    bool fresh;                     /* a new visit, not another date for one */
    struct bundle now;
};

void put_visit(json_t *body, const struct visit_row *v)
{
    json_put_i64(body, "visit", v->id);
    json_put_i64(body, "round", v->round);
    json_put_i64(body, "held_on", date_to_number(v->held_on));
    json_put_sv(body, "to", sv_of(visit_state_key(v->state)));
}

/* ---- facts ---- */

static bool needs_visit(const struct item_row *i)
{
    return item_open(i->state) && (i->inspection == INSPECTION_REQUIRED ||
                                   i->inspection == INSPECTION_RECTIFY);
}

/* Somebody of the case: its window or bureau, or a department with an item to be inspected. */
static bool concerned(const struct bundle *b, const struct actor *who)
{
    if (who->role != ROLE_REVIEWER)
        return case_visible(b->catalog, who, &b->row);
    for (size_t i = 0; i < b->n_items; i++)
        if (sv_eq(b->items[i].department, who->department))
            return true;
    return false;
}

static bool visit_due_day(const struct visit_ctx *x, int32_t on)
{
    const struct calendar *c = app_calendar(x->app, x->now.row.region);
    return on != DATE_NONE && on >= date_of_ms(x->cmd->now) && calendar_works(c, on);
}

/* Agreeing and declining are for those who take part; planning is for anybody concerned. */
static bool owns_act(const struct visit_ctx *x, const struct visit_row *v)
{
    if (x->act != ACT_AGREE_VISIT && x->act != ACT_DECLINE_VISIT)
        return concerned(&x->now, x->cmd->actor);
    for (size_t k = 0; v && k < x->now.n_parts; k++)
        if (x->now.parts[k].visit_id == v->id &&
            sv_eq(x->now.parts[k].department, x->cmd->actor->department))
            return true;
    return false;
}

static uint64_t plan_facts(const struct visit_ctx *x, const struct visit_row *v)
{
    const struct bundle *b = &x->now;
    size_t need = 0;
    size_t not_yet = 0;
    for (size_t i = 0; i < b->n_items; i++) {
        need += needs_visit(&b->items[i]);
        not_yet += needs_visit(&b->items[i]) && b->items[i].state != ITEM_ACCEPTED;
    }
    return fact_if(owns_act(x, v), FACT_OWN) |
           fact_if(need > 0, FACT_NEEDS_VISIT) | fact_if(not_yet == 0, FACT_ITEMS_ACCEPTED) |
           fact_if(!v || !visit_open(v->state), FACT_NO_OPEN_VISIT) |
           fact_if(visit_due_day(x, x->in->on), FACT_DATE_WORKS) |
           fact_if(x->in->place.n > 0, FACT_HAS_PLACE) |
           fact_if(x->in->reason.n > 0, FACT_HAS_REASON) |
           fact_if(x->officer_a.n && x->officer_b.n && x->in->officer_a != x->in->officer_b,
                   FACT_TWO_OFFICERS);
}

/* ---- writing ---- */

/* What a proposal fixes; a new visit also whom it serves. */
static void put_plan_facts(json_t *body, const struct visit_ctx *x, const struct visit_row *v)
{
    json_t *parts = json_array();
    json_put_sv(body, "time", v->held_time);
    json_put_sv(body, "place", v->place);
    json_put_sv(body, "note", v->note);
    for (size_t i = 0; x->fresh && i < x->now.n_items; i++) {
        json_t *part = json_object();
        json_put_i64(part, "item", x->now.items[i].id);
        json_put_sv(part, "department", x->now.items[i].department);
        if (needs_visit(&x->now.items[i]))
            json_push(parts, json_incref(part));
        json_decref(part);
    }
    if (x->fresh)
        json_put(body, "parts", json_incref(parts));
    json_decref(parts);
}

/* What the applicant is told: the notice is made of this whenever it is asked for, whatever is agreed
 * later. */
static void put_notice_facts(json_t *body, const struct visit_ctx *x, const struct visit_row *v)
{
    json_t *visitors = json_array();
    json_put_sv(body, "time", v->held_time);
    json_put_sv(body, "place", v->place);
    json_put_sv(body, "note", v->note);
    for (size_t k = 0; k < x->now.n_parts; k++) {
        const struct part_row *p = &x->now.parts[k];
        json_t *one = json_object();
        json_put_i64(one, "item", p->item_id);
        json_put_sv(one, "officers", arena_printf_sv(x->arena, "%.*s、%.*s",
                                                     (int)p->officer_a_name.n, p->officer_a_name.p,
                                                     (int)p->officer_b_name.n, p->officer_b_name.p));
        if (p->visit_id == v->id)
            json_push(visitors, json_incref(one));
        json_decref(one);
    }
    json_put(body, "visitors", visitors);
}

/* What a department answers, and whom it sends. */
static void put_answer_facts(json_t *body, const struct visit_ctx *x, enum act act)
{
    json_put_sv(body, "department", x->cmd->actor->department);
    if (act == ACT_DECLINE_VISIT)
        return;
    json_put_i64(body, "officer_a", x->in->officer_a);
    json_put_i64(body, "officer_b", x->in->officer_b);
    json_put_sv(body, "officers", arena_printf_sv(x->arena, "%.*s、%.*s", (int)x->officer_a.n,
                                                  x->officer_a.p, (int)x->officer_b.n,
                                                  x->officer_b.p));
}

static int log_visit(struct db_conn *c, struct visit_ctx *x, enum act act, const struct actor *who,
                     const struct visit_row *v, struct err *e)
{
    json_t *body = json_object();
    put_visit(body, v);
    if (x->in->reason.n)
        json_put_sv(body, "reason", x->in->reason);
    if (x->in->counter_on != DATE_NONE)
        json_put_i64(body, "counter_on", date_to_number(x->in->counter_on));
    if (act == ACT_PROPOSE_VISIT)
        put_plan_facts(body, x, v);
    if (act == ACT_ANNOUNCE_VISIT)
        put_notice_facts(body, x, v);
    if (act == ACT_AGREE_VISIT || act == ACT_DECLINE_VISIT)
        put_answer_facts(body, x, act);
    return acts_log(x->app, c, &x->now, -1, act, who, date_of_ms(x->cmd->now), body, x->cmd->now,
                    e);
}

static int announce_if_agreed(struct db_conn *c, struct visit_ctx *x, struct visit_row *v,
                              struct err *e)
{
    struct bundle *b = &x->now;
    bool all = true;
    for (size_t k = 0; k < b->n_parts; k++)
        all = all && (b->parts[k].visit_id != v->id || b->parts[k].agreed_at != 0);
    if (!all)
        return 0;
    const struct transition *t = transition_find(&VISIT_TABLE, (int)v->state, ACT_ANNOUNCE_VISIT,
                                                 BY_CLOCK, false, NEED(ALL_AGREED), e);
    if (!t)
        return e->code;
    v->state = (enum visit_state)t->to;
    v->announced_at = x->cmd->now;
    int rc = log_visit(c, x, ACT_ANNOUNCE_VISIT, NULL, v, e);
    return rc == 0 ? tell_visit_announced(&(struct tell){ x->app, c, b, x->cmd->now }, v, e) : rc;
}

static int put_new_parts(struct db_conn *c, struct visit_ctx *x, const struct visit_row *v,
                         struct err *e)
{
    struct bundle *b = &x->now;
    int rc = 0;
    for (size_t i = 0; rc == 0 && i < b->n_items; i++) {
        struct part_row row = { .id = id_next(), .visit_id = v->id, .case_id = b->row.id,
                                .item_id = b->items[i].id, .version = 1,
                                .department = b->items[i].department, .checks = SV("{}"),
                                .findings = SV("") };
        if (needs_visit(&b->items[i]))
            rc = part_insert(c, &row, e);
    }
    return rc;
}

/* Another date asks everybody again. */
static int reset_parts(struct db_conn *c, struct visit_ctx *x, const struct visit_row *v,
                       struct err *e)
{
    struct bundle *b = &x->now;
    int rc = 0;
    for (size_t k = 0; rc == 0 && k < b->n_parts; k++) {
        struct part_row *p = &b->parts[k];
        if (p->visit_id != v->id)
            continue;
        p->agreed_at = 0;
        p->declined_reason = SV("");
        p->counter_on = DATE_NONE;
        p->version++;
        rc = part_update(c, p, e);
    }
    return rc;
}

static int put_plan(struct db_conn *c, struct visit_ctx *x, struct visit_row *v, struct err *e)
{
    v->held_on = x->in->on;
    v->held_time = x->in->time;
    v->place = x->in->place;
    v->note = x->in->note;
    v->proposed_by = x->cmd->actor->name;
    v->proposed_at = x->cmd->now;
    v->announced_at = 0;
    int rc = x->fresh ? visit_insert(c, v, e) : visit_update(c, v, e);
    if (rc == 0)
        rc = x->fresh ? put_new_parts(c, x, v, e) : reset_parts(c, x, v, e);
    if (rc == 0)
        rc = tell_visit_proposed(&(struct tell){ x->app, c, &x->now, x->cmd->now }, v, e);
    return rc == 0 ? log_visit(c, x, ACT_PROPOSE_VISIT, x->cmd->actor, v, e) : rc;
}

/* ---- propose ---- */

static int load(struct db_conn *c, struct visit_ctx *x, struct err *e)
{
    int rc = bundle_load(x->app, c, x->case_id, WITH_ITEMS | WITH_VISITS | WITH_CORRECTION,
                         x->arena, &x->now, e);
    if (rc == 1 && !concerned(&x->now, x->cmd->actor))
        rc = 0;
    if (rc == 0)
        return err_set(e, ERR_NOT_FOUND, "没有找到这个办件，或您无权查看");
    return rc < 0 ? rc : 0;
}

static int64_t last_round(const struct bundle *b)
{
    return b->n_visits ? b->visits[b->n_visits - 1].round : 0;
}

static int propose_tx(struct db_conn *c, void *ctx, struct err *e)
{
    struct visit_ctx *x = ctx;
    struct sv ref;
    int rc = command_begin(c, x->cmd, x->arena, &ref, e);
    if (rc == 1)
        return sv_to_i64(ref, &x->visit_id) ? 0 : ERR_CORRUPT;
    if (rc == 0)
        rc = load(c, x, e);
    if (rc != 0)
        return rc;
    struct visit_row *open = bundle_visit(&x->now);
    x->fresh = !open || !visit_open(open->state);
    struct visit_row made = { .id = id_next(), .case_id = x->case_id, .version = 1,
                              .round = last_round(&x->now) + 1 };
    struct visit_row *v = x->fresh ? &made : open;
    const struct transition *t =
        transition_find(&VISIT_TABLE, x->fresh ? VISIT_NONE : (int)v->state, ACT_PROPOSE_VISIT,
                        actor_kinds(x->cmd->actor), false, plan_facts(x, open), e);
    if (!t)
        return e->code;
    rc = x->fresh ? 0 : command_match(x->cmd, v->version, e);
    v->state = (enum visit_state)t->to;
    v->version += !x->fresh;
    if (rc == 0)
        rc = put_plan(c, x, v, e);
    x->visit_id = v->id;
    return rc == 0 ? command_end(c, x->cmd, arena_printf_sv(x->arena, "%lld", (long long)v->id), e)
                   : rc;
}

static void check_plan(const struct visit_input *in, struct err *e)
{
    if (in->on == DATE_NONE)
        err_problem(e, SV("/on"), "required", "请填写核查日期");
    if (in->time.n == 0)
        err_problem(e, SV("/time"), "required", "请填写核查时间，例如“上午9:30”");
    if (in->place.n == 0)
        err_problem(e, SV("/place"), "required", "请填写核查地点");
}

int visit_propose(struct app *app, const struct command *cmd, int64_t case_id,
                  const struct visit_input *in, int64_t *visit, struct err *e)
{
    struct visit_ctx x = { .app = app, .cmd = cmd, .arena = arena_new(), .in = in,
                           .case_id = case_id, .act = ACT_PROPOSE_VISIT };
    check_plan(in, e);
    int rc = e->code ? e->code : db_write(app->db, propose_tx, &x, e);
    *visit = x.visit_id;
    bundle_done(&x.now);
    arena_free(x.arena);
    return rc;
}

/* ---- agree, decline, cancel ---- */

/* The name of an officer of the department, or a problem. */
static int officer_name(struct db_conn *c, struct visit_ctx *x, int64_t id, const char *pointer,
                        struct sv *out, struct err *e)
{
    struct user_row u;
    int rc = id ? user_find(c, id, x->arena, &u, e) : 0;
    if (rc < 0)
        return rc;
    if (rc == 1 && !u.disabled && sv_eq(u.department, x->cmd->actor->department)) {
        *out = u.name;
        return 0;
    }
    err_problem(e, sv_of(pointer), "unknown_officer", "请从本部门的人员中指派");
    return 0;
}

/* All parts of the actor's department answer together. */
static int answer_parts(struct db_conn *c, struct visit_ctx *x, const struct visit_row *v,
                        struct err *e)
{
    struct bundle *b = &x->now;
    bool agrees = x->act == ACT_AGREE_VISIT;
    int rc = 0;
    for (size_t k = 0; rc == 0 && k < b->n_parts; k++) {
        struct part_row *p = &b->parts[k];
        if (p->visit_id != v->id || !sv_eq(p->department, x->cmd->actor->department))
            continue;
        p->agreed_at = agrees ? x->cmd->now : 0;
        p->declined_reason = agrees ? SV("") : x->in->reason;
        p->counter_on = agrees ? DATE_NONE : x->in->counter_on;
        p->officer_a = agrees ? x->in->officer_a : 0;
        p->officer_b = agrees ? x->in->officer_b : 0;
        p->officer_a_name = agrees ? x->officer_a : SV("");
        p->officer_b_name = agrees ? x->officer_b : SV("");
        p->version++;
        rc = part_update(c, p, e);
    }
    return rc;
}

static int change_visit(struct db_conn *c, struct visit_ctx *x, struct visit_row *v,
                        struct err *e)
{
    int rc = x->act == ACT_CANCEL_VISIT ? 0 : answer_parts(c, x, v, e);
    if (x->act == ACT_CANCEL_VISIT)
        v->cancel_reason = x->in->reason;
    if (rc == 0)
        rc = log_visit(c, x, x->act, x->cmd->actor, v, e);
    if (rc == 0 && x->act == ACT_AGREE_VISIT)
        rc = announce_if_agreed(c, x, v, e);
    return rc == 0 ? visit_update(c, v, e) : rc;
}

static int read_officers(struct db_conn *c, struct visit_ctx *x, struct err *e)
{
    if (x->act != ACT_AGREE_VISIT)
        return 0;
    int rc = officer_name(c, x, x->in->officer_a, "/officer_a", &x->officer_a, e);
    if (rc == 0)
        rc = officer_name(c, x, x->in->officer_b, "/officer_b", &x->officer_b, e);
    return rc ? rc : e->code;
}

static int act_tx(struct db_conn *c, void *ctx, struct err *e)
{
    struct visit_ctx *x = ctx;
    struct visit_row found;
    struct sv ref;
    int rc = command_begin(c, x->cmd, x->arena, &ref, e);
    if (rc != 0)
        return rc < 0 ? rc : 0;
    rc = visit_find(c, x->visit_id, x->arena, &found, e);
    if (rc != 1)
        return rc < 0 ? rc : err_set(e, ERR_NOT_FOUND, "没有找到这次核查");
    x->case_id = found.case_id;
    rc = load(c, x, e);
    struct visit_row *v = NULL;
    for (size_t k = 0; k < x->now.n_visits; k++)
        if (x->now.visits[k].id == x->visit_id)
            v = &x->now.visits[k];
    if (rc != 0 || !v)
        return rc ? rc : ERR_NOT_FOUND;
    rc = command_match(x->cmd, v->version, e);
    if (rc == 0)
        rc = read_officers(c, x, e);
    if (rc != 0)
        return rc;
    const struct transition *t =
        transition_find(&VISIT_TABLE, (int)v->state, x->act, actor_kinds(x->cmd->actor), false,
                        plan_facts(x, v), e);
    if (!t)
        return e->code;
    v->state = (enum visit_state)t->to;
    v->version++;
    rc = change_visit(c, x, v, e);
    return rc == 0 ? command_end(c, x->cmd, arena_printf_sv(x->arena, "%lld", (long long)v->id), e)
                   : rc;
}

int visit_act(struct app *app, const struct command *cmd, int64_t visit_id, enum act act,
              const struct visit_input *in, struct err *e)
{
    struct visit_ctx x = { .app = app, .cmd = cmd, .arena = arena_new(), .in = in, .act = act,
                           .visit_id = visit_id };
    int rc = db_write(app->db, act_tx, &x, e);
    bundle_done(&x.now);
    arena_free(x.arena);
    return rc;
}

/* ---- reading ---- */

struct open_ctx { struct app *app; int64_t id; unsigned parts; struct arena *arena;
                  struct bundle *b; struct visit_row **visit; };

static int open_tx(struct db_conn *c, void *ctx, struct err *e)
{
    struct open_ctx *x = ctx;
    struct visit_row found;
    int rc = visit_find(c, x->id, x->arena, &found, e);
    if (rc != 1)
        return rc;
    rc = bundle_load(x->app, c, found.case_id, x->parts | WITH_ITEMS | WITH_VISITS, x->arena,
                     x->b, e);
    for (size_t k = 0; rc == 1 && k < x->b->n_visits; k++)
        if (x->b->visits[k].id == x->id)
            *x->visit = &x->b->visits[k];
    return rc;
}

int visit_open_for(struct app *app, const struct actor *actor, int64_t visit_id, unsigned parts,
                   struct arena *a, struct bundle *b, struct visit_row **visit, struct err *e)
{
    struct open_ctx x = { app, visit_id, parts, a, b, visit };
    *b = (struct bundle){ 0 };
    *visit = NULL;
    int rc = db_read(app->db, open_tx, &x, e);
    if (rc < 0)
        return rc;
    if (rc == 0 || !*visit || !concerned(b, actor))
        return err_set(e, ERR_NOT_FOUND, "没有找到这次核查，或您没有参加");
    return 0;
}
