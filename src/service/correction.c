/* correction: what departments want mended, gathered in ONE notice per round (P4). */
#include "base/utf8.h"
#include "service/review.h"
#include "service/tell.h"
#include "sys/ids.h"

enum { ENTRIES_MAX = 60, TEXT_MAX = 300 };

/* The label of what an entry names, if the permit asks for it at all (art. 31). */
static struct sv label_of(const struct review_ctx *x, struct sv kind, struct sv code)
{
    const struct permit_type *p = x->seen->types[x->seen_index];
    if (sv_is(kind, "other"))
        return SV("其他");
    for (size_t i = 0; sv_is(kind, "field") && i < x->seen->form.n_fields; i++) {
        const struct form_field *f = &x->seen->form.fields[i];
        if (!sv_eq(f->field->code, code))
            continue;
        for (size_t k = 0; k < f->n_permits; k++)
            if (f->permits[k] == p)
                return f->field->label;
    }
    const struct material *m = catalog_material(x->seen->catalog, code);
    return sv_is(kind, "material") && m && form_asks(p, code) ? m->name : SV("");
}

static void read_text(const json_t *entry, const char *key, const char *label, struct sv ptr,
                      struct sv *out, struct err *e)
{
    *out = sv_trim(json_sv(entry, key));
    if (out->n == 0)
        err_problem(e, json_pointer(e->arena, ptr, sv_of(key)), "required", "请写明%s", label);
    else if (!utf8_clean(*out) || utf8_count(*out) > TEXT_MAX)
        err_problem(e, json_pointer(e->arena, ptr, sv_of(key)), "too_long",
                    "%s不能超过%d个字或含特殊字符", label, TEXT_MAX);
}

static void read_entry(struct review_ctx *x, const json_t *in, size_t at, struct err *e)
{
    struct sv ptr = json_pointer_at(e->arena, SV("/entries"), at);
    struct entry_row *out = &x->entries[x->n_entries];
    out->kind = json_sv(in, "kind");
    out->code = sv_is(out->kind, "other") ? SV("") : json_sv(in, "code");
    out->label = label_of(x, out->kind, out->code);
    if (out->label.n == 0)
        err_problem(e, json_pointer(e->arena, ptr, SV("code")), "unknown_target",
                    "本事项没有要求这一项，不能要求补正（行政许可法第三十一条）");
    read_text(in, "what", "需要补正什么", ptr, &out->what, e);
    read_text(in, "why", "为什么需要补正", ptr, &out->why, e);
    for (size_t i = 0; i < x->n_entries; i++)
        if (sv_eq(x->entries[i].kind, out->kind) && sv_eq(x->entries[i].code, out->code) &&
            !sv_is(out->kind, "other"))
            err_problem(e, ptr, "duplicate", "同一项请合并为一条");
    x->n_entries++;
}

/* A file handed in after the last notice is new; so is what that notice named and is unmet. */
static bool nameable_now(const struct review_ctx *x, const struct entry_row *entry,
                         const struct entry_row *before, size_t n_before)
{
    const struct bundle *b = x->seen;
    for (size_t i = 0; i < n_before; i++)
        if (sv_eq(before[i].kind, entry->kind) && sv_eq(before[i].code, entry->code) &&
            (!sv_is(entry->kind, "other") || sv_eq(before[i].what, entry->what)))
            return true;
    for (size_t i = 0; i < b->n_files; i++)
        if (sv_is(entry->kind, "material") && sv_eq(b->files[i].material, entry->code) &&
            b->files[i].created_at >= b->correction.issued_at)
            return true;
    return false;
}

/* The item asked before, or lay there when the consolidated notice left without its department. */
static bool had_its_chance(const struct bundle *b, const struct item_row *i)
{
    return i->asked_round > 0 || (b->has_correction && b->correction.issued_at != 0 &&
                                  i->received_on <= date_of_ms(b->correction.issued_at));
}

struct before_ctx { struct review_ctx *x; struct entry_row *list; size_t n; };

static int read_before(struct db_conn *c, void *ctx, struct err *e)
{
    struct before_ctx *b = ctx;
    return entry_list_item(c, b->x->seen->row.id, b->x->item_id, INT64_MAX, b->x->arena, &b->list,
                           &b->n, e);
}

int correction_read_entries(struct review_ctx *x, struct err *e)
{
    struct before_ctx before = { .x = x };
    size_t i;
    json_t *entry;
    size_t n = json_array_size(x->in->entries);
    if (n > ENTRIES_MAX)
        return err_set(e, ERR_TOO_LARGE, "一次最多列 %d 条", ENTRIES_MAX);
    x->entries = arena_array(x->arena, n ? n : 1, sizeof *x->entries);
    json_array_foreach(x->in->entries, i, entry)
        read_entry(x, entry, i, e);
    if (e->code != 0)
        return e->code;
    x->entries_new = true;
    if (!had_its_chance(x->seen, &x->seen->items[x->seen_index]))
        return 0;
    int rc = db_peek(x->app->db, read_before, &before, e);
    for (i = 0; rc == 0 && i < x->n_entries; i++)
        if (!nameable_now(x, &x->entries[i], before.list, before.n))
            x->entries_new = false;
    return rc;
}

/* The draft that is being gathered, or a new round whose notice leaves at the first of the
 * 5-day limits of those who have not spoken yet. */
static int join_round(struct db_conn *c, struct review_ctx *x, struct err *e)
{
    struct bundle *b = &x->now;
    if (b->has_correction && sv_is(b->correction.state, "draft"))
        return 0;
    b->correction = (struct correction_row){
        .id = id_next(), .case_id = b->row.id,
        .round = b->has_correction ? b->correction.round + 1 : 1, .state = SV("draft"),
        .due_on = b->items[x->at].due_on,
    };
    for (size_t i = 0; i < b->n_items; i++)
        if (b->items[i].state == ITEM_RECEIVED && b->items[i].due_on < b->correction.due_on)
            b->correction.due_on = b->items[i].due_on;
    b->has_correction = true;
    b->n_entries = 0;
    return correction_insert(c, &b->correction, e);
}

int correction_add(struct db_conn *c, struct review_ctx *x, struct step *s, struct err *e)
{
    (void)s;
    int rc = join_round(c, x, e);
    for (size_t i = 0; rc == 0 && i < x->n_entries; i++) {
        x->entries[i].id = id_next();
        x->entries[i].correction_id = x->now.correction.id;
        x->entries[i].item_id = x->item_id;
        rc = entry_insert(c, &x->entries[i], e);
    }
    x->now.n_entries += x->n_entries;
    x->now.items[x->at].asked_round = x->now.correction.round;
    return rc;
}

/* ---- sending and closing ---- */

static size_t items_in(const struct bundle *b, enum item_state state)
{
    size_t n = 0;
    for (size_t i = 0; i < b->n_items; i++)
        n += b->items[i].state == state;
    return n;
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

/* One of the items that wait for the notice: from now on it is the applicant's time. */
static int hand_over(struct app *app, struct db_conn *c, struct bundle *b, size_t i, uint64_t facts,
                     int64_t now, struct err *e)
{
    struct step s = { .act = ACT_SEND_CORRECTION, .by = BY_CLOCK, .on = date_of_ms(now),
                      .now = now, .paper = SV("correction"), .facts = facts };
    int rc = acts_begin(b, &b->items[i], &s, e);
    if (rc != 0)
        return rc;
    s.body = json_object();
    json_put_i64(s.body, "round", b->correction.round);
    json_put_i64(s.body, "due_on", date_to_number(b->correction.due_on));
    return acts_end(app, c, b, i, &s, e);
}

int correction_send_if_due(struct app *app, struct db_conn *c, struct bundle *b, bool forced,
                           int64_t now, struct err *e)
{
    int32_t today = date_of_ms(now);
    uint64_t facts = fact_if(forced || items_in(b, ITEM_RECEIVED) == 0,
                             FACT_ALL_SPOKEN_OR_LAST_DAY);
    if (!b->has_correction || !sv_is(b->correction.state, "draft") ||
        items_in(b, ITEM_CORRECTING) == 0 || !facts)
        return 0;
    b->correction.state = SV("issued");
    b->correction.issued_at = now;
    b->correction.due_on = calendar_add(app_calendar(app, b->row.region), today,
                                        correction_days(b));
    int rc = correction_update(c, &b->correction, e);
    for (size_t i = 0; rc == 0 && i < b->n_items; i++)
        if (b->items[i].state == ITEM_CORRECTING)
            rc = hand_over(app, c, b, i, facts, now, e);
    return rc < 0 ? rc : tell_correction(&(struct tell){ app, c, b, now }, e);
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

