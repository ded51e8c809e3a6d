/* paper_parts: see paper_parts.h. */
#include "service/paper_parts.h"

#include <stdio.h>

/* ---- finding ---- */

const struct item_row *paper_item(const struct bundle *b, int64_t item_id)
{
    for (size_t i = 0; i < b->n_items; i++)
        if (b->items[i].id == item_id)
            return &b->items[i];
    return NULL;
}

int64_t paper_event_at(const struct bundle *b, int64_t item_id, const char *key, int64_t id,
                       int32_t day)
{
    char code[64];
    snprintf(code, sizeof code, "%s-%lld", key, (long long)id);
    for (size_t k = 0; k < b->n_events; k++)
        if (b->events[k].item_id == item_id && sv_is(b->events[k].paper, code))
            return b->events[k].at;
    return day == DATE_NONE ? 0 : date_start_ms(day);
}

/* ---- text ---- */

void letter_text(struct letter *l, struct sv paragraph)
{
    if (l->doc.n_blocks < BLOCKS_MAX && paragraph.n)
        l->blocks[l->doc.n_blocks++] = (struct doc_block){ .paragraph = paragraph };
}

void letter_say(struct letter *l, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    int n = vsnprintf(NULL, 0, format, args);
    va_end(args);
    if (n <= 0)
        return;
    char *text = arena_alloc(l->arena, (size_t)n + 1);
    va_start(args, format);
    vsnprintf(text, (size_t)n + 1, format, args);
    va_end(args);
    letter_text(l, sv_make(text, (size_t)n));
}

void letter_head(struct letter *l, const char *text)
{
    if (l->doc.n_blocks < BLOCKS_MAX)
        l->blocks[l->doc.n_blocks++] = (struct doc_block){ .heading = sv_of(text) };
}

void letter_below(struct letter *l, unsigned char level, struct sv heading)
{
    if (l->doc.n_blocks < BLOCKS_MAX)
        l->blocks[l->doc.n_blocks++] = (struct doc_block){ .heading = heading, .level = level };
}

const char *letter_date(struct letter *l, int32_t d)
{
    char text[32];
    return d == DATE_NONE ? "长期" : arena_dup(l->arena, sv_of(date_chinese(d, text)));
}

const char *letter_time(struct letter *l, int64_t ms)
{
    int32_t day = date_of_ms(ms);
    int64_t minutes = (ms - date_start_ms(day)) / 60000;
    return arena_printf(l->arena, "%s %02lld时%02lld分", letter_date(l, day),
                        (long long)(minutes / 60), (long long)(minutes % 60));
}

/* The last day of a limit if it is safe to name it, else DATE_NONE. */
static int32_t limit_day(const struct letter *l, int32_t from, int64_t days)
{
    int32_t due = calendar_add(app_calendar(l->app, l->b->row.region), from, days);
    return date_civil(due).year == date_civil(from).year ? due : DATE_NONE;
}

const char *letter_due(struct letter *l, int32_t from, int64_t days)
{
    int32_t due = limit_day(l, from, days);
    return due == DATE_NONE ? arena_printf(l->arena, "%lld个工作日内", (long long)days)
                            : arena_printf(l->arena, "%s前", letter_date(l, due));
}

const char *letter_limit(struct letter *l, int32_t from, int64_t days)
{
    int32_t due = limit_day(l, from, days);
    if (due == DATE_NONE)
        return arena_printf(l->arena, "%lld个工作日", (long long)days);
    return arena_printf(l->arena, "%lld个工作日（至%s）", (long long)days, letter_date(l, due));
}

void letter_remedies(struct letter *l)
{
    letter_text(l, SV("如不服本决定，可以自知道或者应当知道之日起60日内依法申请行政复议（行政复议法第二十条），"
                      "或者自知道或者应当知道之日起6个月内向人民法院提起行政诉讼（行政诉讼法第四十六条）。"));
}

void letter_sign_line(struct letter *l, const char *who)
{
    letter_say(l, "%s：＿＿＿＿＿＿＿＿　日期：＿＿＿年＿＿月＿＿日", who);
}

const char *letter_permit(const struct letter *l)
{
    const char *name = text_of(l->permit->formal_name.n ? l->permit->formal_name : l->permit->name);
    enum case_kind kind = l->b ? l->b->row.kind : KIND_NEW;
    return kind == KIND_NEW ? name : arena_printf(l->arena, "%s%s", name, case_kind_text(kind));
}

const char *department_name(const struct bundle *b, struct sv code)
{
    const struct department *d = catalog_department(b->catalog, code);
    return text_of(d ? d->name : code);
}

/* An article that is not known yet is no basis to write down. */
static bool article_known(const struct basis *x)
{
    return x->certainty != TO_BE_VERIFIED && x->article.n && !strstr(x->article.p, "待核定");
}

void letter_bases(struct letter *l)
{
    enum { MOST = 4 };
    struct buf t;
    size_t n = 0;
    buf_init(&t, 8192);
    for (size_t i = 0; i < l->permit->n_bases && n < MOST; i++)
        if (article_known(&l->permit->bases[i]))
            buf_fmt(&t, "%s《%s》%s", n++ ? "、" : "法律依据：", l->permit->bases[i].law->title.p,
                    l->permit->bases[i].article.p);
    if (t.n)
        buf_str(&t, "。");
    letter_text(l, arena_sv(l->arena, buf_sv(&t)));
    buf_done(&t);
}

/* ---- tables ---- */

struct letter_table letter_table(struct letter *l, const struct sv *heads, const double *widths,
                                 size_t n_cols, size_t rows)
{
    struct letter_table t = { l, arena_alloc(l->arena, sizeof *t.t),
                              arena_array(l->arena, rows + 1, sizeof *t.rows), rows };
    *t.t = (struct doc_table){ .heads = heads, .widths = widths, .n_cols = n_cols,
                               .rows = t.rows };
    return t;
}

void table_add(struct letter_table *t, const struct sv *cells)
{
    size_t n = t->t->n_cols;
    if (t->t->n_rows == t->cap)
        return;
    struct sv *copy = arena_array(t->l->arena, n, sizeof *copy);
    memcpy(copy, cells, n * sizeof *copy);
    t->rows[t->t->n_rows++] = (struct doc_row){ copy, n };
}

void table_done(struct letter_table *t)
{
    struct letter *l = t->l;
    if (t->t->n_rows && l->doc.n_blocks < BLOCKS_MAX)
        l->blocks[l->doc.n_blocks++] = (struct doc_block){ .table = t->t };
}

struct letter_table letter_facts(struct letter *l, size_t rows)
{
    static const struct sv heads[] = { { "项目", 6 }, { "内容", 6 } };
    static const double widths[] = { 0.24, 0.76 };
    return letter_table(l, heads, widths, 2, rows);
}

void fact_add(struct letter_table *t, const char *label, struct sv text)
{
    struct sv cells[] = { sv_of(label), text };
    if (text.n)
        table_add(t, cells);
}
