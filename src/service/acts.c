/* acts: what every act does after the table has said yes. */
#include "service/acts.h"

#include "domain/case/effect.h"
#include "service/ledger.h"
#include "service/tell.h"
#include "sys/ids.h"

int acts_begin(const struct bundle *b, const struct item_row *i, struct step *s, struct err *e)
{
    if (b->row.state == CASE_ARCHIVED) /* the package says all that was done */
        return err_refuse(e, "P31", "办件已归档，不再变动");
    s->row = transition_find(&ITEM_TABLE, (int)i->state, s->act, s->by, item_filing(b, i),
                             s->facts, e);
    if (!s->row)
        return e->code;
    /* Nobody back-dates: only silence has its effect at its legal moment (P5, P21). */
    if (i->last_on != DATE_NONE && s->on < i->last_on && s->act != ACT_DEEM_ACCEPTED &&
        s->act != ACT_DEEM_RENEWED)
        return err_refuse(e, "P21", "办理日期不能早于该事项上一个动作的日期");
    return 0;
}

/* P20: what moved the clock, when, why and by which document. */
static int put_event(struct db_conn *c, int64_t case_id, int64_t item_id, const char *act,
                     const struct timer_event *event, struct sv reason, struct sv paper,
                     int64_t now, struct err *e)
{
    struct clock_event_row row = {
        .id = id_next(), .case_id = case_id, .item_id = item_id, .on = event->on, .at = now,
        .act = sv_of(act), .clock = event->clock, .holder = event->holder,
        .extended = event->extended, .reason = reason, .paper = paper,
    };
    return clock_event_insert(c, &row, e);
}

static int log_act(struct app *app, struct db_conn *c, const struct bundle *b, int item_index,
                   enum act act, const struct actor *actor, int32_t effective_on, json_t *body,
                   int64_t now, int64_t *seq, struct err *e)
{
    const struct item_row *item = item_index >= 0 ? &b->items[item_index] : NULL;
    if (!body)
        body = json_object();
    if (item) {
        json_put_sv(body, "permit", item->permit);
        json_put_sv(body, "to", sv_of(item_state_key(item->state)));
    }
    struct act_entry entry = {
        .act = act, .effective_on = effective_on, .actor = actor,
        .department = item ? item->department : SV(""), .case_id = b->row.id,
        .item_id = item ? item->id : 0, .body = body,
    };
    int rc = ledger_append(app, c, &entry, now, seq, e);
    json_decref(body);
    return rc;
}

int acts_end(struct app *app, struct db_conn *c, struct bundle *b, size_t i, struct step *s,
             struct err *e)
{
    struct item_row *item = &b->items[i];
    struct timer_event event;
    int rc = 0;
    item->state = (enum item_state)s->row->to;
    if (item->last_on == DATE_NONE || s->on > item->last_on)
        item->last_on = s->on;
    if (effect_event(s->row->effect, &item->timer, s->on, s->days, &event)) {
        timer_move(&item->timer, app_calendar(app, item->region), &event);
        item->warned = 0;
        rc = put_event(c, item->case_id, item->id, act_key(s->act), &event,
                       s->reason.n ? s->reason : sv_of(act_text(s->act)), s->paper, s->now, e);
    }
    if (rc == 0)
        rc = acts_put_item(app, c, b, i, e);
    if (rc != 0) {
        json_decref(s->body);
        return rc;
    }
    return log_act(app, c, b, (int)i, s->act, s->actor, s->on, s->body, s->now, &s->seq, e);
}

int acts_put_item(struct app *app, struct db_conn *c, struct bundle *b, size_t i, struct err *e)
{
    item_set_clock(app, b, &b->items[i]);
    b->items[i].version++;
    return item_update(c, &b->items[i], e);
}

/* ---- the joint clock (P16) ---- */

/* Whose time it is for the case as a whole: the applicant's while a notice waits for an answer,
 * nobody's counted time while a special procedure stops an item, else ours. */
static enum time_holder joint_holder(const struct bundle *b)
{
    bool special = false;
    size_t open = 0;
    for (size_t i = 0; i < b->n_items; i++) {
        open += item_open(b->items[i].state);
        special |= b->items[i].special_id != 0 && item_open(b->items[i].state);
    }
    if (open == 0)
        return HOLDER_NOBODY;
    if (b->has_correction && sv_is(b->correction.state, "issued"))
        return HOLDER_APPLICANT;
    return special ? HOLDER_SPECIAL : HOLDER_OURS;
}

/* The day the first item was accepted; DATE_NONE before. */
static int32_t first_acceptance(const struct bundle *b)
{
    int32_t day = DATE_NONE;
    for (size_t i = 0; i < b->n_items; i++)
        if (b->items[i].accepted_on != DATE_NONE && (day == DATE_NONE ||
                                                     b->items[i].accepted_on < day))
            day = b->items[i].accepted_on;
    return day;
}

static int joint_event(struct app *app, struct db_conn *c, struct bundle *b,
                       const struct timer_event *event, const char *why, int64_t now,
                       struct err *e)
{
    timer_move(&b->row.joint, app_calendar(app, b->row.region), event);
    return put_event(c, b->row.id, 0, "joint", event, sv_of(why), SV(""), now, e);
}

static int joint_move(struct app *app, struct db_conn *c, struct bundle *b, int64_t now,
                      struct err *e)
{
    int32_t today = date_of_ms(now);
    enum time_holder holder = joint_holder(b);
    struct timer_event event = { .on = today, .clock = CLOCK_JOINT, .holder = holder };
    int rc = 0;
    if (b->row.joint_started_on == DATE_NONE) {
        b->row.joint_started_on = first_acceptance(b);
        if (b->row.joint_started_on == DATE_NONE)
            return 0;
        struct timer_event start = { .on = b->row.joint_started_on, .clock = CLOCK_JOINT,
                                     .holder = HOLDER_OURS };
        rc = joint_event(app, c, b, &start, "首个事项受理，联合办理期限开始", now, e);
    }
    if (rc == 0 && holder != b->row.joint.holder) {
        event.clock = holder == HOLDER_NOBODY ? CLOCK_NONE : CLOCK_JOINT;
        rc = joint_event(app, c, b, &event, holder_text(holder), now, e);
    }
    b->row.joint_due_on = timer_due(&b->row.joint, app_calendar(app, b->row.region), JOINT_DAYS);
    return rc;
}

/* Siblings' due dates follow when the joint clock is the stricter one. */
static int follow_joint(struct app *app, struct db_conn *c, struct bundle *b, struct err *e)
{
    int rc = 0;
    for (size_t i = 0; rc == 0 && i < b->n_items; i++) {
        struct item_row *item = &b->items[i];
        int32_t due = item->due_on;
        item_set_clock(app, b, item);
        if (item->due_on != due)
            rc = item_set_time(c, item, e);
    }
    return rc;
}

/* The earliest day on which something of the case was decided or issued that has not arrived. */
static int32_t undelivered_since(const struct bundle *b)
{
    int32_t first = licence_undelivered(&b->row) ? date_of_ms(b->row.issued_at) : DATE_NONE;
    for (size_t i = 0; i < b->n_items; i++) {
        const struct item_row *x = &b->items[i];
        if (item_undelivered(x) && (first == DATE_NONE || x->closed_on < first))
            first = x->closed_on;
    }
    return first;
}

void acts_set_delivery(struct app *app, struct bundle *b)
{
    const struct calendar *c = app_calendar(app, b->row.region);
    int32_t since = undelivered_since(b);
    int32_t due = since == DATE_NONE ? DATE_NONE : calendar_add(c, since, DELIVERY_DAYS);
    if (due != b->row.deliver_by)
        b->row.deliver_warned = 0;
    b->row.deliver_by = due;
    b->row.deliver_warn_on = due == DATE_NONE ? DATE_NONE : law_yellow_on(c, due, DELIVERY_DAYS);
}

/* A case about permits of a licence needs nobody to issue anything: each grant made the next version
 * (P23). What is left to hand out is that version. */
static void settle_licence_case(struct bundle *b, int64_t now)
{
    size_t granted = 0;
    for (size_t i = 0; i < b->n_items; i++) {
        if (item_open(b->items[i].state))
            return;
        granted += b->items[i].state == ITEM_GRANTED;
    }
    if (b->row.kind == KIND_NEW || b->row.issued_at || granted == 0)
        return;
    b->row.issued_at = now;
    if (b->row.kind != KIND_CANCEL)
        b->row.licence_number = b->row.of_licence;
}

int acts_put_case(struct app *app, struct db_conn *c, struct bundle *b, int64_t now,
                  struct err *e)
{
    settle_licence_case(b, now);
    bundle_derive(b, now);
    int rc = joint_move(app, c, b, now, e);
    acts_set_delivery(app, b);
    if (rc == 0)
        rc = follow_joint(app, c, b, e);
    return rc == 0 ? case_update(c, &b->row, e) : rc;
}

int acts_log(struct app *app, struct db_conn *c, const struct bundle *b, int item_index,
             enum act act, const struct actor *actor, int32_t effective_on, json_t *body,
             int64_t now, struct err *e)
{
    return log_act(app, c, b, item_index, act, actor, effective_on, body, now, NULL, e);
}

int acts_tell_if_closed(struct app *app, struct db_conn *c, const struct bundle *b, int64_t now,
                        struct err *e)
{
    return b->row.n_open > 0 ? 0 : tell_closed(&(struct tell){ app, c, b, now }, e);
}
