/* hearing: the right to a hearing told to applicant and third parties, asked for within 5 days,
 * held within 20, announced 7 days ahead, decided by its minutes (P9; art. 36, 46-48). */
#include "base/utf8.h"
#include "service/review.h"
#include "service/tell.h"

enum { PARTIES_MAX = 20, PARTY_TEXT = 200 };

/* ---- input ---- */

static struct sv party_text(const json_t *in, const char *key, const char *label, bool required,
                            struct sv ptr, struct err *e)
{
    struct sv s = sv_trim(json_sv(in, key));
    if (s.n == 0 && required)
        err_problem(e, json_pointer(e->arena, ptr, sv_of(key)), "required", "请填写%s", label);
    if (!utf8_clean(s) || utf8_count(s) > PARTY_TEXT)
        err_problem(e, json_pointer(e->arena, ptr, sv_of(key)), "too_long",
                    "%s不能超过%d个字或含特殊字符", label, PARTY_TEXT);
    return s;
}

static void read_parties(struct review_ctx *x, struct err *e)
{
    size_t k;
    json_t *in;
    x->parties = json_array();
    if (json_array_size(x->in->parties) > PARTIES_MAX)
        err_problem(e, SV("/parties"), "too_many", "利害关系人不能超过%d个", PARTIES_MAX);
    json_array_foreach(x->in->parties, k, in) {
        struct sv ptr = json_pointer_at(e->arena, SV("/parties"), k);
        json_t *party = json_object();
        json_put_sv(party, "name", party_text(in, "name", "利害关系人", true, ptr, e));
        json_put_sv(party, "contact", party_text(in, "contact", "联系方式", true, ptr, e));
        json_put_sv(party, "interest", party_text(in, "interest", "利害关系", true, ptr, e));
        json_push(x->parties, party);
    }
}

int hearing_check(struct review_ctx *x, struct err *e)
{
    if (x->act == ACT_TELL_HEARING)
        read_parties(x, e);
    if (x->act == ACT_ASK_HEARING && x->in->asked_by.n == 0)
        err_problem(e, SV("/asked_by"), "required", "请写明谁要求听证（依职权举行的写明“依职权”）");
    if (x->act == ACT_NOTIFY_HEARING && x->in->on == DATE_NONE)
        err_problem(e, SV("/on"), "required", "请填写举行听证的日期");
    if (x->act == ACT_NOTIFY_HEARING && x->in->time.n == 0)
        err_problem(e, SV("/time"), "required", "请填写举行听证的时间");
    return e->code;
}

/* Art. 48: nobody who reviews this application: not who enters the notice, and not whoever has acted
 * on the item before. */
static bool chair_neutral(const struct review_ctx *x)
{
    bool reviews = sv_eq(x->in->chair, x->cmd->actor->name);
    for (size_t k = 0; k < x->now.n_timeline; k++)
        reviews |= x->now.timeline[k].row.item_id == x->item_id &&
                   sv_eq(x->in->chair, x->now.timeline[k].actor_name);
    return x->in->chair.n > 0 && !reviews;
}

uint64_t hearing_input_facts(const struct review_ctx *x)
{
    const struct hearing_row *h = bundle_hearing(&x->now, x->item_id);
    int32_t today = review_day(x);
    int64_t ahead = x->in->on == DATE_NONE ? 0
                                           : calendar_count(review_calendar(x), today, x->in->on);
    return fact_if(json_array_size(x->parties) > 0 || x->in->applicant_only, FACT_HAS_PARTIES) |
           fact_if(ahead >= HEARING_NOTICE_DAYS, FACT_NOTICE_SEVEN_DAYS) |
           fact_if(h && x->in->on != DATE_NONE && x->in->on <= h->hold_by,
                   FACT_WITHIN_TWENTY_DAYS) |
           fact_if(chair_neutral(x), FACT_CHAIR_NEUTRAL) |
           fact_if(x->in->place.n > 0, FACT_HAS_PLACE) |
           fact_if(x->in->minutes.n > 0, FACT_HAS_MINUTES);
}

static struct sv paper_of(struct arena *a, const struct item_row *i)
{
    return arena_printf_sv(a, "hearing-%lld", (long long)i->id);
}

/* ---- acts ---- */

/* For the log, which is kept for ever and cannot be encrypted anew: no contact in full. */
static json_t *parties_masked(const struct review_ctx *x)
{
    json_t *list = json_deep_copy(x->parties);
    json_t *party;
    size_t k;
    json_array_foreach(list, k, party)
        json_put_sv(party, "contact", mask_phone(x->arena, json_sv(party, "contact")));
    return list;
}

int hearing_apply_tell(struct db_conn *c, struct review_ctx *x, struct step *s, struct err *e)
{
    struct item_row *i = review_item(x);
    i->hearing = HEARING_TOLD;
    i->hearing_until = calendar_add(review_calendar(x), s->on, HEARING_ASK_DAYS);
    struct hearing_row row = { .item_id = i->id, .case_id = i->case_id, .reason = x->in->reason,
                               .parties = json_dump(x->arena, x->parties, true),
                               .told_on = s->on, .ask_until = i->hearing_until };
    json_put(s->body, "parties", parties_masked(x));
    json_put_i64(s->body, "ask_until", date_to_number(i->hearing_until));
    s->paper = paper_of(x->arena, i);
    int rc = hearing_insert(c, &row, e);
    return rc == 0 ? tell_hearing(&(struct tell){ x->app, c, &x->now, x->cmd->now }, i, &row,
                                  false, e)
                   : rc;
}

/* Asked for, by whomever: the hearing's time is not counted, 20 days at the most. */
static int ask(struct app *app, struct db_conn *c, struct bundle *b, size_t at, struct sv who,
               struct step *s, struct err *e)
{
    struct item_row *i = &b->items[at];
    struct hearing_row *h = bundle_hearing(b, i->id);
    struct special_row what = { .kind = SV("hearing"), .title = SV("听证"), .reason = who,
                                .days = HEARING_HOLD_DAYS };
    if (!h)
        return err_set(e, ERR_CORRUPT, "听证记录缺失");
    int rc = special_begin(app, c, b, at, &what, s, e);
    i->hearing = HEARING_ASKED;
    h->asked_on = s->on;
    h->asked_by = who;
    h->hold_by = i->special_due;
    json_put_sv(s->body, "asked_by", who);
    return rc == 0 ? hearing_update(c, h, e) : rc;
}

int hearing_apply_ask(struct db_conn *c, struct review_ctx *x, struct step *s, struct err *e)
{
    s->reason = arena_printf_sv(x->arena, "%.*s要求听证", (int)x->in->asked_by.n,
                                x->in->asked_by.p);
    s->paper = paper_of(x->arena, review_item(x));
    return ask(x->app, c, &x->now, x->at, x->in->asked_by, s, e);
}

int hearing_apply_notify(struct db_conn *c, struct review_ctx *x, struct step *s, struct err *e)
{
    struct item_row *i = review_item(x);
    struct hearing_row *h = bundle_hearing(&x->now, i->id);
    if (!h)
        return err_set(e, ERR_CORRUPT, "听证记录缺失");
    i->hearing = HEARING_NOTICED;
    h->noticed_on = s->on;
    h->held_on = x->in->on;
    h->held_time = x->in->time;
    h->place = x->in->place;
    h->chair = x->in->chair;
    json_put_i64(s->body, "held_on", date_to_number(h->held_on));
    json_put_sv(s->body, "place", h->place);
    json_put_sv(s->body, "chair", h->chair);
    int rc = hearing_update(c, h, e);
    return rc == 0 ? tell_hearing(&(struct tell){ x->app, c, &x->now, x->cmd->now }, i, h, true, e)
                   : rc;
}

int hearing_apply_hold(struct db_conn *c, struct review_ctx *x, struct step *s, struct err *e)
{
    struct item_row *i = review_item(x);
    struct hearing_row *h = bundle_hearing(&x->now, i->id);
    if (!h)
        return err_set(e, ERR_CORRUPT, "听证记录缺失");
    i->hearing = HEARING_HELD;
    h->ended_on = s->on;
    h->minutes = x->in->minutes;
    json_put_sv(s->body, "minutes", h->minutes);
    s->reason = SV("听证结束");
    s->paper = paper_of(x->arena, i);
    int rc = hearing_update(c, h, e);
    if (rc == 0)
        rc = special_close(c, i->special_id, s->on, SV("听证已举行，制作笔录"), e);
    i->special_id = 0;
    i->special_due = DATE_NONE;
    return rc;
}

/* ---- the applicant ---- */

struct ask_ctx { struct app *app; const struct command *cmd; struct arena *arena; int64_t case_id,
                 item_id; enum act act; };

static int step_hearing(struct db_conn *c, struct ask_ctx *x, struct bundle *b, size_t at,
                        struct err *e)
{
    struct item_row *i = &b->items[at];
    struct step s = { .act = x->act, .by = BY_APPLICANT, .actor = x->cmd->actor,
                      .on = date_of_ms(x->cmd->now), .now = x->cmd->now,
                      .reason = SV("申请人要求听证"), .paper = paper_of(x->arena, i) };
    s.facts = item_facts_of(b, i, x->cmd->actor, s.on);
    int rc = acts_begin(b, i, &s, e);
    if (rc != 0)
        return rc;
    s.body = json_object();
    if (x->act == ACT_ASK_HEARING)
        rc = ask(x->app, c, b, at, SV("申请人"), &s, e);
    else
        i->hearing = HEARING_WAIVED;
    if (rc != 0) {
        json_decref(s.body);
        return rc;
    }
    rc = acts_end(x->app, c, b, at, &s, e);
    return rc == 0 ? acts_put_case(x->app, c, b, x->cmd->now, e) : rc;
}

static int hearing_tx(struct db_conn *c, void *ctx, struct err *e)
{
    struct ask_ctx *x = ctx;
    struct bundle b = { 0 };
    struct sv ref;
    int rc = command_begin(c, x->cmd, x->arena, &ref, e);
    if (rc != 0)
        return rc < 0 ? rc : 0;
    rc = bundle_load(x->app, c, x->case_id, WITH_ITEMS | WITH_CORRECTION | WITH_PROCESS, x->arena,
                     &b, e);
    size_t at = b.n_items;
    for (size_t i = 0; rc == 1 && i < b.n_items; i++)
        if (b.items[i].id == x->item_id)
            at = i;
    if (rc >= 0 && (rc == 0 || !case_owned(x->cmd->actor, &b.row) || at == b.n_items))
        rc = err_set(e, ERR_NOT_FOUND, "没有找到这个事项件，或它不是您的");
    if (rc == 1)
        rc = command_match(x->cmd, b.row.version, e);
    if (rc == 0)
        rc = step_hearing(c, x, &b, at, e);
    struct sv number = b.row.number;
    bundle_done(&b);
    return rc == 0 ? command_end(c, x->cmd, number, e) : rc;
}

int case_hearing(struct app *app, const struct command *cmd, int64_t case_id, int64_t item_id,
                 enum act act, struct err *e)
{
    struct ask_ctx x = { app, cmd, arena_new(), case_id, item_id, act };
    int rc = db_write(app->db, hearing_tx, &x, e);
    arena_free(x.arena);
    return rc;
}
