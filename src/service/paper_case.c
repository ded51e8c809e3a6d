/* paper_case: papers of the whole case: receipt (P1) and the one correction of a round (P4). */
#include "service/paper_parts.h"

/* ---- receipt ---- */

void paper_find_receipt(const struct bundle *b, size_t row, struct arena *a, struct paper *out)
{
    (void)row;
    (void)a;
    if (b->row.submitted_at == 0)
        return;
    out->date = date_of_ms(b->row.submitted_at);
    out->moment = b->row.submitted_at;
}

int paper_write_receipt(struct letter *l)
{
    static const struct sv heads[] = { { "许可事项", 12 }, { "审批部门", 12 },
                                       { "答复期限", 12 } };
    static const double widths[] = { 0.38, 0.36, 0.26 };
    const struct bundle *b = l->b;
    struct letter_table t = letter_table(l, heads, widths, 3, b->n_items);
    letter_say(l, "您（单位）于%s提交的“%s”行业综合许可申请材料已收到，办件编号为%s。申请已同时送达下列审批部门。",
               letter_date(l, l->paper->date), text_of(b->industry->name), text_of(b->row.number));
    for (size_t i = 0; i < b->n_items; i++) {
        const struct permit_type *p = catalog_permit(b->catalog, b->items[i].permit);
        struct sv cells[] = { p ? p->name : b->items[i].permit,
                              sv_of(department_name(b, b->items[i].department)),
                              sv_of(letter_due(l, l->paper->date, SILENCE_DAYS)) };
        table_add(&t, cells);
    }
    table_done(&t);
    letter_say(l, "收件不等于受理。材料不齐全或者不符合法定形式的，将在5个工作日内一次告知需要补正的全部内容；"
               "逾期不告知的，自收到申请材料之日起即为受理（行政许可法第三十二条）。办理不收费。");
    return 0;
}

/* ---- correction ---- */

void paper_find_correction(const struct bundle *b, size_t row, struct arena *a, struct paper *out)
{
    const struct correction_row *r = &b->rounds[row].row;
    (void)a;
    if (r->issued_at == 0)
        return;
    out->date = date_of_ms(r->issued_at);
    out->moment = r->issued_at;
}

/* Withdrawn before the notice left: not asked any more. */
static bool withdrawn_before(const struct bundle *b, int64_t item_id, int64_t issued_at)
{
    for (size_t k = 0; k < b->n_events; k++)
        if (b->events[k].item_id == item_id && sv_is(b->events[k].act, act_key(ACT_WITHDRAW)) &&
            b->events[k].at <= issued_at)
            return true;
    return false;
}

static bool listed(const struct letter *l, const struct round_rows *r, const struct entry_row *t)
{
    const struct item_row *i = paper_item(l->b, t->item_id);
    return i && (l->only.n == 0 || sv_eq(i->department, l->only)) &&
           !withdrawn_before(l->b, t->item_id, r->row.issued_at);
}

/* The same thing: one row names everybody who asks for it. */
static bool same_thing(const struct entry_row *x, const struct entry_row *y)
{
    return sv_eq(x->kind, y->kind) && sv_eq(x->code, y->code) &&
           (!sv_is(x->kind, "other") || sv_eq(x->what, y->what));
}

/* Entries of a round that are one row, from the first of them on. */
struct same_rows { const struct entry_row **entries; size_t n; };

static struct same_rows group_at(struct letter *l, const struct round_rows *r, size_t first)
{
    struct same_rows g = { arena_array(l->arena, r->n, sizeof *g.entries), 0 };
    for (size_t k = 0; k < first; k++)
        if (listed(l, r, &r->entries[k]) && same_thing(&r->entries[k], &r->entries[first]))
            return g;
    for (size_t k = first; k < r->n; k++)
        if (listed(l, r, &r->entries[k]) && same_thing(&r->entries[k], &r->entries[first]))
            g.entries[g.n++] = &r->entries[k];
    return g;
}

static const char *asker(const struct letter *l, const struct entry_row *t)
{
    return department_name(l->b, paper_item(l->b, t->item_id)->department);
}

/* Who asks, for which permit. */
static struct sv askers(struct letter *l, const struct same_rows *g)
{
    struct buf text;
    buf_init(&text, 8192);
    for (size_t k = 0; k < g->n; k++) {
        const struct item_row *i = paper_item(l->b, g->entries[k]->item_id);
        const struct permit_type *p = catalog_permit(l->b->catalog, i->permit);
        buf_fmt(&text, "%s%s（%s）", k ? "\n" : "", asker(l, g->entries[k]),
                text_of(p ? p->name : i->permit));
    }
    struct sv out = arena_sv(l->arena, buf_sv(&text));
    buf_done(&text);
    return out;
}

static struct sv what_of(const struct entry_row *t)
{
    return t->what;
}

static struct sv why_of(const struct entry_row *t)
{
    return t->why;
}

/* One text when all say the same, else each with who says it. */
static struct sv said(struct letter *l, const struct same_rows *g,
                      struct sv (*part)(const struct entry_row *))
{
    bool same = true;
    struct buf text;
    for (size_t k = 1; k < g->n; k++)
        same = same && sv_eq(part(g->entries[k]), part(g->entries[0]));
    if (same)
        return part(g->entries[0]);
    buf_init(&text, 40000);
    for (size_t k = 0; k < g->n; k++)
        buf_fmt(&text, "%s%s：%s", k ? "\n" : "", asker(l, g->entries[k]),
                text_of(part(g->entries[k])));
    struct sv out = arena_sv(l->arena, buf_sv(&text));
    buf_done(&text);
    return out;
}

static void correction_rows(struct letter *l, const struct round_rows *r)
{
    static const struct sv heads[] = { { "序号", 6 }, { "补正项", 9 }, { "提出的部门（事项）", 27 },
                                       { "需要补正什么", 18 }, { "原因", 6 } };
    static const double widths[] = { 0.08, 0.17, 0.27, 0.25, 0.23 };
    struct letter_table t = letter_table(l, heads, widths, 5, r->n);
    for (size_t k = 0; k < r->n; k++) {
        struct same_rows g = listed(l, r, &r->entries[k]) ? group_at(l, r, k)
                                                      : (struct same_rows){ NULL, 0 };
        if (g.n == 0)
            continue;
        struct sv cells[] = { arena_printf_sv(l->arena, "%zu", t.t->n_rows + 1),
                              g.entries[0]->label, askers(l, &g), said(l, &g, what_of),
                              said(l, &g, why_of) };
        table_add(&t, cells);
    }
    table_done(&t);
}

/* As it was told: the ledger keeps it, while the row follows later changes of the calendar. */
static int32_t due_told(const struct bundle *b, const struct correction_row *r)
{
    int32_t due = r->due_on;
    for (size_t k = 0; k < b->n_timeline; k++) {
        const struct ledger_row *row = &b->timeline[k].row;
        if (!sv_is(row->act, act_key(ACT_SEND_CORRECTION)))
            continue;
        json_t *body = json_parse(row->body, NULL);
        if (json_i64(body, "round", 0) == r->round)
            due = date_from_number(json_i64(body, "due_on", 0));
        json_decref(body);
    }
    return due;
}

int paper_write_correction(struct letter *l)
{
    const struct round_rows *r = &l->b->rounds[l->paper->row];
    if (l->only.n) { /* not the notice itself: nothing to verify */
        l->doc.title = SV("补正通知书（节录）");
        l->doc.plain = true;
        l->doc.qr_text = SV("");
        letter_say(l, "本节录只列%s提出的补正内容，供该部门审查使用。", department_name(l->b, l->only));
    }
    letter_say(l, "您（单位）的办件%s的申请材料不齐全或者不符合法定形式。根据行政许可法第三十二条第一款第四项，"
               "现将需要补正的全部内容一次告知如下：", text_of(l->b->row.number));
    correction_rows(l, r);
    letter_say(l, "请在%s前一次补齐，可以在线补正，也可以到办理窗口提交。等待补正的时间不计入办理期限。逾期未补正的，"
               "终止办理，不影响您重新申请。", letter_date(l, due_told(l->b, &r->row)));
    letter_say(l, "没有列入本通知的材料，不再要求补正（行政许可法第三十一条、第三十二条）。");
    return 0;
}
