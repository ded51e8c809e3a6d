/* special: procedures that stop the clock (P9, art. 45) and the extension by the department's head
 * (P10, art. 42). Every stop tells the applicant in writing how long it will take. */
#include "domain/law/special.h"

#include "base/utf8.h"
#include "service/review.h"
#include "service/tell.h"
#include "sys/ids.h"

enum { DAYS_MAX = 250 };

int special_check(struct review_ctx *x, struct err *e)
{
    enum special_kind kind;
    if (!special_of(x->in->kind, &kind) || kind == SPECIAL_HEARING)
        err_problem(e, SV("/kind"), "unknown_kind",
                    "特别程序应为检验、检测、检疫、鉴定、专家评审等法定种类（听证请用“告知听证权利”）");
    if (x->in->days < 0 || x->in->days > DAYS_MAX)
        err_problem(e, SV("/days"), "out_of_range", "所需时间应在1到%d个工作日之间", DAYS_MAX);
    return e->code;
}

/* The kinds of art. 45 always; other time only if the permit's entry in the catalogue lists it. */
static bool allowed(const struct review_ctx *x)
{
    const struct permit_type *p = x->seen->types[x->seen_index];
    if (!sv_is(x->in->kind, special_key(SPECIAL_EXCLUDED)))
        return true;
    for (size_t i = 0; i < p->n_limit_excludes; i++)
        if (sv_eq(p->limit_excludes[i], x->in->title))
            return true;
    return false;
}

static int32_t statutory_due(const struct review_ctx *x)
{
    const struct permit_type *p = x->seen->types[x->seen_index];
    return timer_due(&x->now.items[x->at].timer, review_calendar(x), p->statutory_days);
}

uint64_t special_facts(const struct review_ctx *x)
{
    return fact_if(allowed(x), FACT_SPECIAL_ALLOWED) | fact_if(x->in->days > 0, FACT_HAS_DAYS) |
           fact_if(review_day(x) <= statutory_due(x), FACT_LIMIT_LEFT);
}

int special_begin(struct app *app, struct db_conn *c, struct bundle *b, size_t i,
                  const struct special_row *what, struct step *s, struct err *e)
{
    struct item_row *item = &b->items[i];
    struct special_row row = *what;
    row.id = id_next();
    row.case_id = item->case_id;
    row.item_id = item->id;
    row.opened_on = s->on;
    row.due_on = calendar_add(app_calendar(app, item->region), s->on, row.days);
    row.closed_on = DATE_NONE;
    item->special_id = row.id;
    item->special_due = row.due_on;
    json_put_sv(s->body, "kind", row.kind);
    json_put_sv(s->body, "title", row.title);
    json_put_i64(s->body, "days", row.days);
    json_put_i64(s->body, "due_on", date_to_number(row.due_on));
    return special_insert(c, &row, e);
}

int special_apply_open(struct db_conn *c, struct review_ctx *x, struct step *s, struct err *e)
{
    enum special_kind kind = SPECIAL_TESTING;
    special_of(x->in->kind, &kind);
    struct special_row row = { .kind = x->in->kind, .reason = x->in->reason,
                               .days = x->in->days };
    row.title = x->in->title.n ? x->in->title : sv_of(special_text(kind));
    int rc = special_begin(x->app, c, &x->now, x->at, &row, s, e);
    s->paper = arena_printf_sv(x->arena, "special-%lld", (long long)review_item(x)->special_id);
    if (rc != 0)
        return rc;
    return tell_special(&(struct tell){ x->app, c, &x->now, x->cmd->now }, review_item(x), &row,
                        true, e);
}

int special_apply_close(struct db_conn *c, struct review_ctx *x, struct step *s, struct err *e)
{
    struct item_row *i = review_item(x);
    int rc = special_close(c, i->special_id, s->on, x->in->result, e);
    json_put_sv(s->body, "result", x->in->result);
    s->reason = x->in->result;
    s->paper = arena_printf_sv(x->arena, "special-%lld", (long long)i->special_id);
    const struct special_row *row = bundle_special(&x->now, i->special_id);
    i->special_id = 0;
    i->special_due = DATE_NONE;
    return rc == 0 && row ? tell_special(&(struct tell){ x->app, c, &x->now, x->cmd->now }, i, row,
                                         false, e)
                          : rc;
}

int special_apply_extend(struct db_conn *c, struct review_ctx *x, struct step *s, struct err *e)
{
    struct item_row *i = review_item(x);
    const struct permit_type *p = x->seen->types[x->seen_index];
    struct timer longer = i->timer;
    s->days = p->extension_days > 0 ? p->extension_days : EXTENSION_DAYS;
    longer.extended += s->days;
    struct extension_row row = {
        .id = id_next(), .case_id = i->case_id, .item_id = i->id, .days = s->days,
        .reason = x->in->reason, .approved_by = x->cmd->actor->name, .approved_on = s->on,
        .due_on = timer_due(&longer, review_calendar(x), p->statutory_days),
    };
    i->extended = true;
    json_put_i64(s->body, "days", s->days);
    json_put_i64(s->body, "due_on", date_to_number(row.due_on));
    json_put_sv(s->body, "by_name", row.approved_by);
    s->paper = arena_printf_sv(x->arena, "extension-%lld", (long long)row.id);
    int rc = extension_insert(c, &row, e);
    return rc == 0 ? tell_extended(&(struct tell){ x->app, c, &x->now, x->cmd->now }, i, &row, e)
                   : rc;
}
