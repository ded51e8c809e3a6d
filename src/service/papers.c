/* papers: see papers.h. Wording follows the articles cited in PROCESS (P2-P4, P8). */
#include "service/papers.h"

enum { BLOCKS_MAX = 16 };

struct letter {
    struct arena *arena;
    const struct bundle *b;
    const struct item_row *item;
    const struct permit_type *permit;
    const struct department *department;
    struct doc_block blocks[BLOCKS_MAX];
    struct doc_letter doc;
};

static void say(struct letter *l, struct sv text)
{
    if (l->doc.n_blocks < BLOCKS_MAX && text.n)
        l->blocks[l->doc.n_blocks++] = (struct doc_block){ .paragraph = text };
}

static void head(struct letter *l, const char *text)
{
    l->blocks[l->doc.n_blocks++] = (struct doc_block){ .heading = sv_of(text) };
}

static struct sv date_text(struct letter *l, int32_t d)
{
    char text[32];
    return d == DATE_NONE ? SV("长期") : arena_sv(l->arena, sv_of(date_chinese(d, text)));
}

static void show_table(struct letter *l, const struct sv *heads, const double *widths,
                       size_t n_cols, struct doc_row *rows, size_t n_rows)
{
    struct doc_table *t = arena_alloc(l->arena, sizeof *t);
    *t = (struct doc_table){ .heads = heads, .widths = widths, .n_cols = n_cols, .rows = rows,
                             .n_rows = n_rows };
    l->blocks[l->doc.n_blocks++] = (struct doc_block){ .table = t };
}

static struct doc_row row_of(struct letter *l, size_t n, const struct sv *cells)
{
    struct sv *copy = arena_array(l->arena, n, sizeof *copy);
    memcpy(copy, cells, n * sizeof *copy);
    return (struct doc_row){ copy, n };
}

static void remedies(struct letter *l)
{
    say(l, SV("如不服本决定，可以自知道或者应当知道之日起60日内依法申请行政复议（行政复议法第二十条），或者"
              "自知道或者应当知道之日起6个月内向人民法院提起行政诉讼（行政诉讼法第四十六条）。"));
}

static void receipt(struct letter *l, const struct app *app)
{
    static const struct sv heads[] = { { "许可事项", 12 }, { "审批部门", 12 },
                                       { "答复期限", 12 } };
    static const double widths[] = { 0.38, 0.38, 0.24 };
    const struct bundle *b = l->b;
    int32_t day = date_of_ms(b->row.submitted_at);
    struct doc_row *rows = arena_array(l->arena, b->n_items, sizeof *rows);
    l->doc.title = SV("收件回执");
    say(l, arena_printf_sv(l->arena, "您（单位）于%s提交的“%s”行业综合许可申请材料已收到，办件编号为 %s。"
                           "申请已同时送达下列审批部门。", date_text(l, day).p, b->industry->name.p,
                           b->row.number.p));
    for (size_t i = 0; i < b->n_items; i++) {
        const struct permit_type *p = catalog_permit(b->catalog, b->items[i].permit);
        const struct department *d = catalog_department(b->catalog, b->items[i].department);
        struct sv cells[] = { p->name, d ? d->name : b->items[i].department,
                              date_text(l, calendar_add(app_calendar(app, l->b->row.region), day, SILENCE_DAYS)) };
        rows[i] = row_of(l, 3, cells);
    }
    show_table(l, heads, widths, 3, rows, b->n_items);
    say(l, SV("收件不等于受理。材料不齐全或者不符合法定形式的，将在5个工作日内一次告知需要补正的全部内容；"
              "逾期不告知的，自收到申请材料之日起即为受理（行政许可法第三十二条）。"));
}

static void correction(struct letter *l)
{
    static const struct sv heads[] = { { "事项与部门", 15 }, { "补正项", 9 },
                                       { "需要补正什么", 18 }, { "原因", 6 } };
    static const double widths[] = { 0.26, 0.2, 0.28, 0.26 };
    const struct bundle *b = l->b;
    struct doc_row *rows = arena_array(l->arena, b->n_entries + 1, sizeof *rows);
    size_t n = 0;
    l->doc.title = SV("补正通知书");
    say(l, arena_printf_sv(l->arena, "您（单位）的办件 %s 的申请材料不齐全或者不符合法定形式。根据行政许可法第"
                           "三十二条，现将需要补正的全部内容一次告知如下：", b->row.number.p));
    for (size_t k = 0; k < b->n_entries; k++) {
        const struct entry_row *t = &b->entries[k];
        for (size_t i = 0; i < b->n_items; i++) {
            const struct item_row *x = &b->items[i];
            const struct permit_type *p = catalog_permit(b->catalog, x->permit);
            const struct department *d = catalog_department(b->catalog, x->department);
            if (x->id != t->item_id || x->state == ITEM_WITHDRAWN)
                continue;
            struct sv cells[] = { arena_printf_sv(l->arena, "%s\n%s", p->name.p,
                                                  d ? d->name.p : ""),
                                  t->label, t->what, t->why };
            rows[n++] = row_of(l, 4, cells);
        }
    }
    show_table(l, heads, widths, 4, rows, n);
    if (b->correction.due_on != DATE_NONE)
        say(l, arena_printf_sv(l->arena, "请在%s前一次补齐。逾期未补正的，终止办理，不影响您重新申请。",
                               date_text(l, b->correction.due_on).p));
}

static void acceptance(struct letter *l, const struct app *app)
{
    const struct item_row *i = l->item;
    int64_t statutory = l->permit->statutory_days;
    l->doc.title = SV("受理通知书");
    say(l, arena_printf_sv(l->arena, "您（单位）申请的%s（办件编号 %s），经审查申请材料齐全、符合法定形式，"
                           "根据行政许可法第三十二条，决定于%s予以受理。", l->permit->formal_name.p,
                           l->b->row.number.p, date_text(l, i->accepted_on).p));
    if (i->accept_deemed)
        say(l, SV("因未在法定期限内告知补正，自收到申请材料之日起视为受理。"));
    if (statutory > 0)
        say(l, arena_printf_sv(
                   l->arena, "法定办理时限%lld个工作日（至%s），承诺时限%lld个工作日（至%s）。",
                   (long long)statutory,
                   date_text(l, calendar_add(app_calendar(app, l->b->row.region), i->accepted_on, statutory)).p,
                   (long long)l->permit->promised_days,
                   date_text(l, calendar_add(app_calendar(app, l->b->row.region), i->accepted_on,
                                             l->permit->promised_days)).p));
    say(l, SV("听证、检验、检测、检疫、鉴定和专家评审所需时间不计入上述期限（行政许可法第四十五条）。"));
}

static void bases(struct letter *l)
{
    struct buf t;
    buf_init(&t, 8192);
    for (size_t i = 0; i < l->permit->n_bases && i < 4; i++)
        buf_fmt(&t, "%s《%s》%s", t.n ? "、" : "法律依据：", l->permit->bases[i].law->title.p,
                l->permit->bases[i].article.p);
    if (t.n)
        buf_str(&t, "。");
    say(l, arena_sv(l->arena, buf_sv(&t)));
    buf_done(&t);
}

static void granted(struct letter *l)
{
    const struct item_row *i = l->item;
    l->doc.title = l->permit->kind == PERMIT_FILING ? SV("准予备案决定书") : SV("准予许可决定书");
    say(l, arena_printf_sv(l->arena, "您（单位）申请的%s（办件编号 %s），经审查符合法定条件，根据行政许可法"
                           "第三十八条第一款，决定准予。", l->permit->formal_name.p,
                           l->b->row.number.p));
    say(l, arena_printf_sv(l->arena, "颁发%s，证号：%s，有效期自%s至%s。",
                           l->permit->certificate_name.p, i->number.p,
                           date_text(l, i->valid_from).p, date_text(l, i->valid_until).p));
    bases(l);
    say(l, i->reason);
    say(l, SV("本决定由作出决定的部门负责。证书在作出决定之日起10日内颁发、送达（行政许可法第四十四条）。"));
}

static void denied(struct letter *l)
{
    l->doc.title = SV("不予许可决定书");
    say(l, arena_printf_sv(l->arena, "您（单位）申请的%s（办件编号 %s），经审查不符合法定条件，根据行政许可法"
                           "第三十八条第二款，决定不予许可。", l->permit->formal_name.p,
                           l->b->row.number.p));
    head(l, "理由");
    say(l, l->item->reason);
    head(l, "依据");
    say(l, l->item->basis);
    remedies(l);
}

static void refused(struct letter *l)
{
    l->doc.title = SV("不予受理通知书");
    say(l, arena_printf_sv(l->arena, "您（单位）申请的%s（办件编号 %s），根据行政许可法第三十二条，决定不予受理。",
                           l->permit->formal_name.p, l->b->row.number.p));
    head(l, "理由");
    say(l, l->item->reason);
    say(l, arena_printf_sv(l->arena, "请向下列机关申请：%s。", l->item->right_organ.p));
    remedies(l);
}

static const struct { enum item_state state; void (*write)(struct letter *); } DECISIONS[] = {
    { ITEM_GRANTED, granted }, { ITEM_DENIED, denied }, { ITEM_REFUSED, refused },
};

const struct item_row *paper_item(const struct bundle *b, struct sv paper)
{
    struct sv id = paper;
    int64_t n;
    sv_cut(&id, '-');
    if (!sv_to_i64(id, &n))
        return NULL;
    for (size_t i = 0; i < b->n_items; i++)
        if (b->items[i].id == n)
            return &b->items[i];
    return NULL;
}

/* Which paper, and its date; DATE_NONE when there is none. */
static int32_t write_letter(struct letter *l, const struct app *app, struct sv paper)
{
    const struct bundle *b = l->b;
    if (sv_is(paper, "receipt") && b->row.submitted_at) {
        receipt(l, app);
        return date_of_ms(b->row.submitted_at);
    }
    if (sv_is(paper, "correction") && b->has_correction && b->correction.issued_at) {
        correction(l);
        return date_of_ms(b->correction.issued_at);
    }
    if (!l->item || !l->permit)
        return DATE_NONE;
    if (sv_starts(paper, SV("acceptance-")) && l->item->accepted_on != DATE_NONE) {
        acceptance(l, app);
        return l->item->accepted_on;
    }
    for (size_t i = 0; i < sizeof DECISIONS / sizeof DECISIONS[0]; i++)
        if (sv_starts(paper, SV("decision-")) && l->item->state == DECISIONS[i].state) {
            DECISIONS[i].write(l);
            return l->item->closed_on;
        }
    return DATE_NONE;
}

int paper_make(const struct app *app, const struct bundle *b, struct sv paper, struct arena *a,
               enum doc_format format, struct buf *out, struct err *e)
{
    struct letter l = { .arena = a, .b = b, .item = paper_item(b, paper) };
    const struct department *bureau = catalog_bureau(b->catalog, b->row.region);
    if (l.item) {
        l.permit = catalog_permit(b->catalog, l.item->permit);
        l.department = catalog_department(b->catalog, l.item->department);
    }
    l.doc.blocks = l.blocks;
    int32_t date = write_letter(&l, app, paper);
    if (date == DATE_NONE)
        return err_set(e, ERR_NOT_FOUND, "还没有这份文书");
    const struct department *from = l.item && l.department ? l.department : bureau;
    l.doc.number = arena_printf_sv(a, "编号：%s%s%.*s", b->row.number.p, l.item ? "-" : "",
                                   l.item ? (int)(l.permit->code.n - 2) : 0,
                                   l.item ? l.permit->code.p + 2 : "");
    l.doc.to = b->row.holder_name.n ? b->row.holder_name : b->row.applicant_name;
    l.doc.issuer = from ? from->name : SV("");
    l.doc.date = date_text(&l, date);
    l.doc.footer = app->demo ? SV("示例数据，仅供演示，不具有法律效力") : SV("");
    l.doc.sample = app->demo;
    return doc_letter(&l.doc, format, out, e);
}
