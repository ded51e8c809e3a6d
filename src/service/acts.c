/* acts: what every act does after the table has said yes. */
#include "service/acts.h"

#include "service/ledger.h"

int acts_put_item(struct app *app, struct db_conn *c, struct bundle *b, size_t i, struct err *e)
{
    const struct permit_type *p = catalog_permit(b->catalog, b->items[i].permit);
    item_set_clock(app, p, &b->items[i]);
    b->items[i].version++;
    return item_update(c, &b->items[i], e);
}

int acts_put_case(struct db_conn *c, struct bundle *b, int64_t now, struct err *e)
{
    bundle_derive(b, now);
    return case_update(c, &b->row, e);
}

int acts_log(struct app *app, struct db_conn *c, const struct bundle *b, int item_index,
             enum act act, const struct actor *actor, int32_t effective_on, json_t *body,
             int64_t now, struct err *e)
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
    int rc = ledger_append(app, c, &entry, now, NULL, e);
    json_decref(body);
    return rc;
}

static size_t items_in(const struct bundle *b, enum item_state state)
{
    size_t n = 0;
    for (size_t i = 0; i < b->n_items; i++)
        n += b->items[i].state == state;
    return n;
}

static int tell_correction(struct db_conn *c, const struct bundle *b, int64_t now, struct err *e)
{
    char due[32];
    struct arena *a = arena_new();
    struct sv text = arena_printf_sv(
        a, "您的办件 %.*s 需要补正 %zu 处，请在 %s 前一次补齐。", (int)b->row.number.n,
        b->row.number.p, b->n_entries, date_chinese(b->correction.due_on, due));
    int rc = notify(c, &b->row, now, "请补正申请材料", text, e);
    arena_free(a);
    return rc;
}

int64_t correction_days(const struct bundle *b)
{
    int64_t days = 0;
    for (size_t i = 0; i < b->n_items; i++) {
        const struct permit_type *p = catalog_permit(b->catalog, b->items[i].permit);
        if (b->items[i].state == ITEM_CORRECTING && p && p->correction_days > days)
            days = p->correction_days;
    }
    return days ? days : CORRECTION_DAYS;
}

int correction_send_if_due(struct app *app, struct db_conn *c, struct bundle *b, bool forced,
                           int64_t now, struct err *e)
{
    int32_t today = date_of_ms(now);
    if (!b->has_correction || !sv_is(b->correction.state, "draft") ||
        items_in(b, ITEM_CORRECTING) == 0 || (!forced && items_in(b, ITEM_RECEIVED) > 0))
        return 0;
    b->correction.state = SV("issued");
    b->correction.issued_at = now;
    b->correction.due_on = calendar_add(app_calendar(app, b->row.region), today, correction_days(b));
    json_t *body = json_object();
    json_put_i64(body, "round", b->correction.round);
    json_put_i64(body, "entries", (int64_t)b->n_entries);
    json_put_i64(body, "due_on", date_to_number(b->correction.due_on));
    int rc = correction_update(c, &b->correction, e);
    if (rc < 0) {
        json_decref(body);
        return rc;
    }
    rc = acts_log(app, c, b, -1, ACT_SEND_CORRECTION, NULL, today, body, now, e);
    return rc < 0 ? rc : tell_correction(c, b, now, e);
}

int correction_close_if_done(struct db_conn *c, struct bundle *b, const char *state,
                             struct err *e)
{
    if (!b->has_correction || sv_is(b->correction.state, "answered") ||
        sv_is(b->correction.state, "ended"))
        return 0;
    if (items_in(b, ITEM_CORRECTING) > 0)
        return 0;
    b->correction.state = sv_of(state); /* its due date stays: the notice is printed with it */
    int rc = correction_update(c, &b->correction, e);
    return rc < 0 ? rc : 0;
}

int acts_tell_if_closed(struct db_conn *c, const struct bundle *b, int64_t now, struct err *e)
{
    if (b->row.n_open > 0)
        return 0;
    size_t granted = items_in(b, ITEM_GRANTED);
    struct arena *a = arena_new();
    struct sv text = arena_printf_sv(
        a, "您的办件 %.*s 的 %zu 个事项已全部办结，其中准予 %zu 个。%s", (int)b->row.number.n,
        b->row.number.p, b->n_items, granted,
        granted ? "综合许可证将由审批服务管理局统一颁发。" : "如有异议可依法申请行政复议或提起行政诉讼。");
    int rc = notify(c, &b->row, now, "各部门已办结", text, e);
    arena_free(a);
    return rc;
}
