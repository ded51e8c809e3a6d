/* calendar_read: see calendar_read.h.
 *
 * JSON is what the program itself ships; CSV is what people make in a spreadsheet. Which one it is
 * shows its first character. Both end in the same cells and are judged by the same code.
 */
#include "service/calendar_read.h"

#include "base/json.h"
#include "base/utf8.h"

enum { NAME_MAX_CHARS = 40, SOURCE_MAX_CHARS = 120, DAYS_MAX = 1000 };
static const char BOM[] = "\xef\xbb\xbf";

struct cells { struct sv date, kind, name; };
/* Pointers of the three cells; for a CSV all the same row. */
struct places { struct sv date, kind, name; };

static void bad_cell(struct sv pointer, const char *code, struct sv label, const char *what,
                     struct err *e)
{
    err_problem(e, pointer, code, "%.*s：%s", (int)label.n, label.p, what);
}

/* One day from its cells. A day that cannot be read keeps its place, with DATE_NONE. */
static void add_day(struct calendar_file *out, const struct cells *in, const struct places *at,
                    struct sv label, struct arena *a, struct err *e)
{
    size_t i = out->year.n_days++;
    struct calendar_day *d = &out->year.days[i];
    out->at[i] = (struct calendar_place){ at->date, label };
    d->works = sv_is(in->kind, "work");
    d->name = arena_sv(a, in->name);
    if (!date_parse(in->date, &d->date)) {
        d->date = DATE_NONE;
        bad_cell(at->date, "bad_date", label, "日期应为真实的日期，写成 2027-01-01 的样子", e);
    }
    if (!d->works && !sv_is(in->kind, "off"))
        bad_cell(at->kind, "bad_kind", label, "类别应为 off（放假）或 work（调休上班）", e);
    if (in->name.n == 0)
        bad_cell(at->name, "required", label, "请写明节日或调休的名称", e);
    else if (!utf8_clean(in->name) || utf8_count(in->name) > NAME_MAX_CHARS)
        bad_cell(at->name, "bad_text", label, "名称应为40字以内的UTF-8文字", e);
}

static void make_room(struct calendar_file *out, size_t n, struct arena *a)
{
    out->year.days = arena_array(a, n + 1, sizeof *out->year.days);
    out->at = arena_array(a, n + 1, sizeof *out->at);
}

/* ---- JSON ---- */

struct top { int64_t year; struct sv certainty, source; json_t *days; };
static const struct json_field TOP[] = {
    { "year", "年份", JSON_K_INT, true, offsetof(struct top, year), CALENDAR_FIRST,
      CALENDAR_LAST },
    { "certainty", "确定程度", JSON_K_TEXT, true, offsetof(struct top, certainty), 0, 20 },
    { "source", "依据", JSON_K_TEXT, false, offsetof(struct top, source), 0, SOURCE_MAX_CHARS },
    { "days", "日期列表", JSON_K_ARRAY, true, offsetof(struct top, days), 0, 0 },
};

static void json_day(const json_t *v, size_t i, struct calendar_file *out, struct arena *a,
                     struct err *e)
{
    struct sv ptr = json_pointer_at(e->arena, SV("/days"), i);
    struct cells in = { json_sv(v, "date"), json_sv(v, "kind"), json_sv(v, "name") };
    struct places at = { json_pointer(a, ptr, SV("date")), json_pointer(a, ptr, SV("kind")),
                         json_pointer(a, ptr, SV("name")) };
    add_day(out, &in, &at, arena_printf_sv(a, "第%zu条", i + 1), a, e);
}

static int read_json(struct sv text, struct arena *a, struct calendar_file *out, struct err *e)
{
    struct top top = { 0 };
    json_t *doc = json_parse(text, e);
    const json_t *day;
    size_t i;
    int rc = doc ? json_decode(doc, TOP, sizeof TOP / sizeof TOP[0], &top, e) : e->code;
    if (rc == ERR_MALFORMED) {
        json_decref(doc);
        return rc;
    }
    out->year.year = (int)top.year;
    out->year.published = sv_is(top.certainty, "published");
    out->source = arena_sv(a, top.source);
    if (top.certainty.n && !out->year.published && !sv_is(top.certainty, "provisional"))
        err_problem(e, SV("/certainty"), "unknown_word",
                    "确定程度应为 published（已公布）或 provisional（暂定）");
    size_t n = json_array_size(top.days);
    if (n > DAYS_MAX)
        err_problem(e, SV("/days"), "too_many", "日期太多，不像是一年的安排");
    n = n > DAYS_MAX ? 0 : n;
    make_room(out, n, a);
    for (i = 0; i < n; i++) {
        day = json_array_get(top.days, i);
        json_day(day, i, out, a, e);
    }
    json_decref(doc);
    return 0;
}

/* ---- CSV ---- */

enum column { C_DATE, C_KIND, C_NAME, C_STATUTORY, C_CERTAINTY, COLUMNS };
static const char *const COLUMN_NAMES[COLUMNS] = { "date", "kind", "name", "statutory",
                                                   "certainty" };
enum { CELLS_MAX = 16 };

struct csv {
    int place[COLUMNS]; /* cell of each column, -1 = none */
    struct sv certainty; /* of the first row */
    struct arena *arena;
};

/* Cut one cell off *line; quotes as spreadsheets write them. */
static struct sv cell_cut(struct sv *line, struct arena *a)
{
    char *out;
    size_t n = 0;
    size_t i = 1;
    if (line->n == 0 || line->p[0] != '"')
        return sv_trim(sv_cut(line, ','));
    out = arena_alloc(a, line->n);
    for (; i < line->n; i++) {
        if (line->p[i] == '"' && !(i + 1 < line->n && line->p[++i] == '"'))
            break;
        out[n++] = line->p[i];
    }
    *line = sv_skip(*line, i);
    sv_cut(line, ',');
    return sv_trim(sv_make(out, n));
}

static size_t row_cut(struct sv line, struct arena *a, struct sv cells[CELLS_MAX])
{
    size_t n = 0;
    while (n < CELLS_MAX && (line.n || n == 0))
        cells[n++] = cell_cut(&line, a);
    return n;
}

static void csv_head(struct csv *x, struct sv line, struct err *e)
{
    struct sv cells[CELLS_MAX];
    size_t n = row_cut(line, x->arena, cells);
    for (int c = 0; c < COLUMNS; c++) {
        x->place[c] = -1;
        for (size_t i = 0; i < n; i++)
            if (sv_is(cells[i], COLUMN_NAMES[c]))
                x->place[c] = (int)i;
        if (x->place[c] < 0 && c <= C_NAME)
            err_problem(e, SV("/rows/1"), "missing_column", "第1行是表头，缺少 %s 列",
                        COLUMN_NAMES[c]);
    }
}

static struct sv cell(const struct csv *x, enum column c, const struct sv *cells, size_t n)
{
    return x->place[c] >= 0 && (size_t)x->place[c] < n ? cells[x->place[c]] : SV("");
}

static void csv_row(struct csv *x, struct sv line, size_t number, struct calendar_file *out,
                    struct err *e)
{
    struct sv cells[CELLS_MAX];
    size_t n = row_cut(line, x->arena, cells);
    struct sv ptr = arena_printf_sv(x->arena, "/rows/%zu", number);
    struct sv label = arena_printf_sv(x->arena, "第%zu行", number);
    struct cells in = { cell(x, C_DATE, cells, n), cell(x, C_KIND, cells, n),
                        cell(x, C_NAME, cells, n) };
    struct sv certainty = cell(x, C_CERTAINTY, cells, n);
    bool first = out->year.n_days == 0;
    add_day(out, &in, &(struct places){ ptr, ptr, ptr }, label, x->arena, e);
    const struct calendar_day *d = &out->year.days[out->year.n_days - 1];
    if (out->year.year == 0 && d->date != DATE_NONE)
        out->year.year = date_civil(d->date).year;
    if (out->n_statutory >= 0)
        out->n_statutory += sv_is(cell(x, C_STATUTORY, cells, n), "1");
    if (first)
        x->certainty = certainty;
    else if (!sv_eq(certainty, x->certainty))
        bad_cell(ptr, "mixed_certainty", label, "certainty 与前面的行不同，一年只有一种", e);
}

static int read_csv(struct sv text, struct arena *a, struct calendar_file *out, struct err *e)
{
    struct csv x = { .arena = a };
    size_t number = 1;
    size_t lines = 1;
    for (size_t i = 0; i < text.n; i++)
        lines += text.p[i] == '\n';
    if (!utf8_valid(text))
        return err_set(e, ERR_MALFORMED, "文件不是UTF-8编码，请在表格软件里另存为“CSV UTF-8”");
    if (lines > DAYS_MAX)
        return err_set(e, ERR_MALFORMED, "文件行数太多，不像是一年的安排");
    make_room(out, lines, a);
    csv_head(&x, sv_trim(sv_cut(&text, '\n')), e);
    if (e->n_problems)
        return 0;
    out->n_statutory = x.place[C_STATUTORY] >= 0 ? 0 : -1;
    while (text.n) {
        struct sv line = sv_trim(sv_cut(&text, '\n'));
        number++;
        if (line.n)
            csv_row(&x, line, number, out, e);
    }
    out->year.published = x.place[C_CERTAINTY] < 0 || sv_is(x.certainty, "published");
    return 0;
}

int calendar_read(struct sv text, struct arena *a, struct calendar_file *out, struct err *e)
{
    *out = (struct calendar_file){ .n_statutory = -1 };
    if (sv_starts(text, sv_of(BOM)))
        text = sv_skip(text, sizeof BOM - 1);
    text = sv_trim(text);
    if (text.n == 0)
        return err_set(e, ERR_MALFORMED, "文件是空的");
    bool json = text.p[0] == '{' || text.p[0] == '[';
    return json ? read_json(text, a, out, e) : read_csv(text, a, out, e);
}
