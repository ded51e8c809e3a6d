/* xlsx_write: see xlsx.h. The library writes to a file by name: an anonymous one in memory. */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>
#include <xlsxwriter.h>

#include "base/utf8.h"
#include "sheet/xlsx.h"

enum { SPARE_ROWS = 500 /* below the last one, still validated */, TITLE_SIZE = 11 };

struct writer {
    const struct grid *grid;
    lxw_workbook *book;
    lxw_format *head, *must, *body, *prose;
    struct arena *arena;
    struct err *e;
};

/* A literal "_x0041_" would be read as an escape: its first letter is escaped instead. */
static const char *xml_text(struct writer *w, struct sv s)
{
    struct buf b;
    buf_init(&b, s.n * 7 + 1);
    for (size_t i = 0; i < s.n; i++) {
        bool like = s.p[i] == '_' && i + 6 < s.n && s.p[i + 1] == 'x' && s.p[i + 6] == '_';
        if (like)
            buf_str(&b, "_x005F_");
        else
            buf_byte(&b, (unsigned char)s.p[i]);
    }
    const char *out = arena_dup(w->arena, buf_sv(&b));
    buf_done(&b);
    return out;
}

static void put_cell(struct writer *w, lxw_worksheet *ws, const struct grid_sheet *s, uint32_t row,
                     uint16_t col, struct cell c, lxw_format *format)
{
    int64_t n = 0;
    char name[GRID_COLUMN_TEXT];
    switch (c.kind) {
    case CELL_TEXT:
        if (utf8_count(c.text) > XLSX_CELL_TEXT_MAX) {
            err_problem(w->e, arena_printf_sv(w->e->arena, "%.*s!%s%u", (int)s->name.n, s->name.p,
                                              grid_column_name(col, name), row + 1),
                        "too_long", "内容超过 Excel 单元格能容纳的%d字，请用 JSON 导出",
                        XLSX_CELL_TEXT_MAX);
            return;
        }
        worksheet_write_string(ws, row, col, xml_text(w, c.text), format);
        return;
    case CELL_NUMBER:
        if (sv_to_i64(c.text, &n))
            worksheet_write_number(ws, row, col, (double)n, format);
        return;
    case CELL_BOOL:
        worksheet_write_boolean(ws, row, col, c.yes, format);
        return;
    case CELL_BLANK:
    case CELL_ERROR:
        return;
    }
}

static void validate(lxw_worksheet *ws, uint16_t col, const struct grid_column *c, size_t n_rows)
{
    char *list[32] = { NULL };
    lxw_data_validation v = { .validate = LXW_VALIDATION_TYPE_LIST, .value_list = list,
                              .ignore_blank = LXW_VALIDATION_ON,
                              .error_title = "不在可选范围内",
                              .error_message = "请从下拉列表中选择",
                              .error_type = LXW_VALIDATION_ERROR_TYPE_STOP };
    if (c->n_words == 0 || c->n_words >= sizeof list / sizeof list[0])
        return;
    for (size_t i = 0; i < c->n_words; i++)
        list[i] = (char *)(uintptr_t)c->words[i];
    worksheet_data_validation_range(ws, 1, col, (lxw_row_t)(n_rows + SPARE_ROWS), col, &v);
}

static void put_heads(struct writer *w, lxw_worksheet *ws, const struct grid_sheet *s)
{
    for (size_t k = 0; k < s->n_columns; k++) {
        const struct grid_column *c = &s->columns[k];
        uint16_t col = (uint16_t)k;
        worksheet_set_column(ws, col, col, c->width, w->body);
        worksheet_write_string(ws, 0, col, xml_text(w, c->head), c->required ? w->must : w->head);
        if (c->note.n)
            worksheet_write_comment(ws, 0, col, xml_text(w, c->note));
        validate(ws, col, c, s->n_rows);
    }
    worksheet_freeze_panes(ws, 1, 1);
    if (s->n_columns)
        worksheet_autofilter(ws, 0, 0, (lxw_row_t)s->n_rows, (lxw_col_t)(s->n_columns - 1));
}

static void put_sheet(struct writer *w, const struct grid_sheet *s)
{
    lxw_worksheet *ws = workbook_add_worksheet(w->book, arena_dup(w->arena, s->name));
    uint32_t first = s->text ? 0 : 1;
    if (!ws) {
        err_set(w->e, ERR_INTERNAL, "不能建立工作表“%s”", arena_dup(w->arena, s->name));
        return;
    }
    if (s->text)
        worksheet_set_column(ws, 0, 0, 110, w->prose);
    else
        put_heads(w, ws, s);
    for (size_t r = 0; r < s->n_rows; r++)
        for (size_t k = 0; k < s->rows[r].n; k++)
            put_cell(w, ws, s, first + (uint32_t)r, (uint16_t)k, s->rows[r].cells[k],
                     s->text ? w->prose : w->body);
}

static void formats(struct writer *w)
{
    w->head = workbook_add_format(w->book);
    w->must = workbook_add_format(w->book);
    w->body = workbook_add_format(w->book);
    w->prose = workbook_add_format(w->book);
    lxw_format *heads[] = { w->head, w->must };
    for (int i = 0; i < 2; i++) {
        format_set_bold(heads[i]);
        format_set_bg_color(heads[i], i ? 0xCFE2F3 : 0xECEFF1);
        format_set_border(heads[i], LXW_BORDER_THIN);
        format_set_text_wrap(heads[i]);
    }
    format_set_text_wrap(w->body);
    format_set_align(w->body, LXW_ALIGN_VERTICAL_TOP);
    format_set_num_format(w->body, "@"); /* codes stay text when somebody types them */
    format_set_text_wrap(w->prose);
    format_set_font_size(w->prose, TITLE_SIZE);
}

static int take_file(int fd, struct buf *out, struct err *e)
{
    char chunk[16384];
    ssize_t n;
    if (lseek(fd, 0, SEEK_SET) != 0)
        return err_set(e, ERR_IO, "%s", err_title(ERR_IO));
    while ((n = read(fd, chunk, sizeof chunk)) > 0)
        buf_add(out, chunk, (size_t)n);
    return n == 0 && buf_ok(out) ? 0 : err_set(e, ERR_IO, "%s", err_title(ERR_IO));
}

int xlsx_write(const struct grid *g, struct buf *out, struct err *e)
{
    int fd = memfd_create("workbook", MFD_CLOEXEC);
    struct writer w = { .grid = g, .arena = arena_new(), .e = e };
    int rc = ERR_IO;
    if (fd < 0)
        goto out;
    w.book = workbook_new(arena_printf(w.arena, "/proc/self/fd/%d", fd));
    if (!w.book)
        goto out;
    formats(&w);
    for (size_t i = 0; i < g->n_sheets; i++)
        put_sheet(&w, &g->sheets[i]);
    rc = workbook_close(w.book) == LXW_NO_ERROR ? 0 : ERR_IO;
    if (rc == 0 && e->code)
        rc = e->code;
    if (rc == 0)
        rc = take_file(fd, out, e);
out:
    if (rc == ERR_IO && e->code == 0)
        err_set(e, ERR_IO, "%s", err_title(ERR_IO));
    if (fd >= 0)
        close(fd);
    arena_free(w.arena);
    return rc;
}
