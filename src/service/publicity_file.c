/* publicity_file: the list of decisions as CSV and as a workbook. See publicity.h. */
#include "service/publicity.h"
#include "sheet/xlsx.h"

/* No end: what the exchange format writes for it. */
#define NO_END "2099-12-31"

static struct sv day(int32_t d, struct arena *a)
{
    char text[11];
    return d == DATE_NONE ? SV("") : arena_sv(a, sv_of(date_format(d, text)));
}

static struct sv until(const struct publicity *x, struct arena *a)
{
    if (x->row.refused)
        return SV("");
    return x->row.valid_until == DATE_NONE ? SV(NO_END) : day(x->row.valid_until, a);
}

static struct sv standing(const struct publicity *x)
{
    return x->row.refused ? SV("") : sv_is(x->row.state, "valid") ? SV("有效") : SV("无效");
}

#define TEXT_OF(name, value)                                                                  \
    static struct sv name(const struct publicity *x, struct arena *a)                         \
    {                                                                                         \
        (void)x, (void)a;                                                                      \
        return value;                                                                         \
    }
TEXT_OF(holder, x->row.holder)
TEXT_OF(party, x->party_kind)
TEXT_OF(uscc, x->row.uscc)
TEXT_OF(person, x->legal_person)
TEXT_OF(paper, x->document_name)
TEXT_OF(paper_number, x->document_number)
TEXT_OF(category, x->category)
TEXT_OF(certificate, x->row.refused ? SV("") : x->certificate)
TEXT_OF(number, x->row.number)
TEXT_OF(content, x->content)
TEXT_OF(decided, day(x->row.decided_on, a))
TEXT_OF(from, x->row.refused ? SV("") : day(x->row.valid_from, a))
TEXT_OF(to, until(x, a))
TEXT_OF(department, x->department)
TEXT_OF(nothing, SV(""))
TEXT_OF(state, standing(x))
TEXT_OF(source, x->source)
TEXT_OF(kind, x->kind)
TEXT_OF(due, day(x->due, a))
TEXT_OF(shown, day(x->row.shown_on, a))
TEXT_OF(judged, sv_of(publicity_state_text(x->state)))

/* The order of the standard; then our own. Codes of offices are not in the catalogue. */
static const struct publicity_column {
    const char *head;
    int width;
    struct sv (*text)(const struct publicity *x, struct arena *a);
} COLUMNS[] = {
    { "行政相对人名称", 30, holder }, { "行政相对人类别", 16, party },
    { "统一社会信用代码", 22, uscc }, { "法定代表人", 12, person },
    { "行政许可决定文书名称", 22, paper }, { "行政许可决定文书号", 34, paper_number },
    { "许可类别", 10, category }, { "许可证书名称", 26, certificate }, { "许可编号", 24, number },
    { "许可内容", 26, content }, { "许可决定日期", 14, decided }, { "有效期自", 14, from },
    { "有效期至", 14, to }, { "许可机关", 28, department },
    { "许可机关统一社会信用代码", 22, nothing }, { "当前状态", 10, state },
    { "数据来源单位", 28, source }, { "数据来源单位统一社会信用代码", 22, nothing },
    { "备注", 12, nothing }, { "决定种类", 12, kind }, { "公示期限（7个工作日）", 16, due },
    { "登记公示日期", 14, shown }, { "公示情况", 24, judged },
};
enum { N_COLUMNS = sizeof COLUMNS / sizeof COLUMNS[0] };

/* A spreadsheet takes text that begins so for a formula, even in quotes. */
static bool begins_formula(struct sv s)
{
    return s.n && strchr("=+-@\t\r", s.p[0]);
}

static void put_cell(struct buf *out, struct sv s)
{
    buf_byte(out, '"');
    if (begins_formula(s))
        buf_byte(out, '\'');
    for (size_t i = 0; i < s.n; i++) {
        if (s.p[i] == '"')
            buf_byte(out, '"');
        buf_byte(out, (unsigned char)s.p[i]);
    }
    buf_byte(out, '"');
}

void publicity_csv(const struct publicity_list *list, struct buf *out)
{
    struct arena *a = arena_new();
    buf_str(out, "\xef\xbb\xbf");
    for (int k = 0; k < N_COLUMNS; k++) {
        buf_str(out, k ? "," : "");
        put_cell(out, sv_of(COLUMNS[k].head));
    }
    buf_str(out, "\r\n");
    for (size_t i = 0; i < list->n; i++) {
        arena_reset(a);
        for (int k = 0; k < N_COLUMNS; k++) {
            buf_str(out, k ? "," : "");
            put_cell(out, COLUMNS[k].text(&list->rows[i], a));
        }
        buf_str(out, "\r\n");
    }
    arena_free(a);
}

int publicity_xlsx(const struct publicity_list *list, struct buf *out, struct err *e)
{
    struct arena *a = arena_new();
    struct grid g;
    grid_init(&g, a);
    struct grid_sheet *s = grid_add_sheet(&g, SV("行政许可公示"));
    s->n_columns = N_COLUMNS;
    s->columns = arena_array(a, N_COLUMNS, sizeof *s->columns);
    for (int k = 0; k < N_COLUMNS; k++)
        s->columns[k] = (struct grid_column){ .head = sv_of(COLUMNS[k].head),
                                              .width = COLUMNS[k].width };
    for (size_t i = 0; i < list->n; i++) {
        struct grid_row *row = grid_add_row(&g, s, N_COLUMNS);
        for (size_t k = 0; k < N_COLUMNS; k++)
            row->cells[k] = cell_text(COLUMNS[k].text(&list->rows[i], a));
    }
    int rc = xlsx_write(&g, out, e);
    arena_free(a);
    return rc;
}
