/* inspect: what the officers found on site (P11): written down by one, confirmed by the other. */
#include "base/utf8.h"
#include "service/review.h"
#include "service/tell.h"
#include "service/visits.h"

enum { NOTE_MAX = 300 };

struct sv check_code(const struct permit_type *p, size_t n, struct arena *a)
{
    return arena_printf_sv(a, "%.*s.%zu", (int)p->code.n, p->code.p, n + 1);
}

static bool result_known(struct sv r)
{
    return sv_is(r, "pass") || sv_is(r, "fail") || sv_is(r, "na");
}

/* One row of the checklist; true when it failed and is a key item. */
static bool read_check(struct review_ctx *x, const struct permit_type *p, size_t n, struct err *e)
{
    struct sv code = check_code(p, n, x->arena);
    const json_t *in = json_object_get(x->in->checks, code.p);
    struct sv ptr = json_pointer(e->arena, SV("/checks"), code);
    struct sv result = json_sv(in, "result");
    struct sv note = sv_trim(json_sv(in, "note"));
    json_t *out = json_object();
    if (in && !result_known(result))
        err_problem(e, ptr, "out_of_range", "核查结果应为 pass、fail 或 na");
    if (!utf8_clean(note) || utf8_count(note) > NOTE_MAX)
        err_problem(e, ptr, "too_long", "说明不能超过%d个字或含特殊字符", NOTE_MAX);
    if (sv_is(result, "fail") && note.n == 0)
        err_problem(e, ptr, "required", "“%.*s”不合格，请写明情况", (int)p->checks[n].item.n,
                    p->checks[n].item.p);
    json_put_sv(out, "result", result);
    json_put_sv(out, "note", note);
    if (in)
        json_put(x->checks, code.p, out);
    else
        json_decref(out);
    return sv_is(result, "fail") && p->checks[n].key_item;
}

static void check_result(struct review_ctx *x, bool key_failed, struct err *e)
{
    enum visit_result result;
    if (!visit_result_of(x->in->result, &result)) {
        err_problem(e, SV("/result"), "out_of_range", "核查结论应为通过、限期整改或不通过");
        return;
    }
    if (result == RESULT_PASS && key_failed)
        err_problem(e, SV("/result"), "key_item_failed", "有关键项不合格，结论不能是通过");
    if (result != RESULT_PASS && x->in->findings.n == 0)
        err_problem(e, SV("/findings"), "required", "请写明发现的问题");
    if (result == RESULT_RECTIFY && x->in->rectify_by == DATE_NONE)
        err_problem(e, SV("/rectify_by"), "required", "请填写整改到期日");
    if (result == RESULT_RECTIFY && x->in->rectify_by != DATE_NONE &&
        x->in->rectify_by <= review_day(x))
        err_problem(e, SV("/rectify_by"), "out_of_range", "整改到期日应在今天以后");
}

int inspect_check(struct review_ctx *x, struct err *e)
{
    const struct permit_type *p = x->seen->types[x->seen_index];
    bool key_failed = false;
    const char *key;
    json_t *v;
    x->checks = json_object();
    for (size_t n = 0; n < p->n_checks; n++)
        key_failed |= read_check(x, p, n, e);
    json_object_foreach((json_t *)(uintptr_t)x->in->checks, key, v)
        if (!json_object_get(x->checks, key))
            err_problem(e, json_pointer(e->arena, SV("/checks"), sv_of(key)), "unknown_check",
                        "核查表里没有这一项");
    check_result(x, key_failed, e);
    return e->code;
}

uint64_t inspect_facts(const struct review_ctx *x)
{
    const struct permit_type *p = x->seen->types[x->seen_index];
    return fact_if(json_object_size(x->checks) == p->n_checks, FACT_CHECKS_COMPLETE);
}

static struct part_row *my_part(struct review_ctx *x)
{
    const struct visit_row *v = bundle_visit(&x->now);
    return v ? bundle_part(&x->now, v->id, x->item_id) : NULL;
}

int inspect_apply_record(struct db_conn *c, struct review_ctx *x, struct step *s, struct err *e)
{
    struct item_row *i = review_item(x);
    struct part_row *part = my_part(x);
    if (!part)
        return err_set(e, ERR_CORRUPT, "核查记录缺失");
    visit_result_of(x->in->result, &part->result);
    part->checks = json_dump(x->arena, x->checks, true);
    part->findings = x->in->findings;
    part->rectify_by = x->in->rectify_by;
    part->recorded_by = x->cmd->actor->id;
    part->recorded_at = x->cmd->now;
    part->taken_at = x->in->taken_at;
    part->version++;
    i->inspection = INSPECTION_RECORDED;
    json_put_i64(s->body, "visit", part->visit_id);
    json_put_sv(s->body, "result", sv_of(visit_result_key(part->result)));
    if (part->rectify_by != DATE_NONE)
        json_put_i64(s->body, "rectify_by", date_to_number(part->rectify_by));
    json_put(s->body, "checks", json_incref(x->checks));
    if (part->findings.n)
        json_put_sv(s->body, "findings", part->findings);
    if (part->taken_at)
        json_put_i64(s->body, "taken_at", part->taken_at);
    return part_update(c, part, e);
}

int inspect_apply_confirm(struct db_conn *c, struct review_ctx *x, struct step *s, struct err *e)
{
    struct item_row *i = review_item(x);
    struct part_row *part = my_part(x);
    if (!part)
        return err_set(e, ERR_CORRUPT, "核查记录缺失");
    part->confirmed_by = x->cmd->actor->id;
    part->confirmed_at = x->cmd->now;
    part->version++;
    i->inspection = visit_outcome(part->result);
    i->rectify_by = part->result == RESULT_RECTIFY ? part->rectify_by : DATE_NONE;
    json_put_i64(s->body, "visit", part->visit_id);
    json_put_sv(s->body, "result", sv_of(visit_result_key(part->result)));
    int rc = part_update(c, part, e);
    return rc == 0 ? tell_visit_result(&(struct tell){ x->app, c, &x->now, x->cmd->now }, i, e)
                   : rc;
}

/* Parts of open items that still wait for a confirmed result. */
static size_t waiting(const struct bundle *b, int64_t visit_id)
{
    size_t n = 0;
    for (size_t i = 0; i < b->n_items; i++) {
        const struct part_row *p = bundle_part(b, visit_id, b->items[i].id);
        n += p && item_open(b->items[i].state) && p->confirmed_at == 0;
    }
    return n;
}

int visit_close_if_done(struct app *app, struct db_conn *c, struct bundle *b, int64_t now,
                        struct err *e)
{
    struct visit_row *v = bundle_visit(b);
    if (!v || !visit_open(v->state) || waiting(b, v->id) > 0)
        return 0;
    const struct transition *t = transition_find(&VISIT_TABLE, (int)v->state, ACT_CLOSE_VISIT,
                                                 BY_CLOCK, false, NEED(ALL_CONFIRMED), e);
    if (!t)
        return e->code;
    v->state = (enum visit_state)t->to;
    v->closed_at = now;
    v->version++;
    int rc = visit_update(c, v, e);
    json_t *body = json_object();
    put_visit(body, v);
    if (rc == 0)
        return acts_log(app, c, b, -1, ACT_CLOSE_VISIT, NULL, date_of_ms(now), body, now, e);
    json_decref(body);
    return rc;
}
