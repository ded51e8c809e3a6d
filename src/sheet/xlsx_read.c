/* xlsx_read: see xlsx.h. The workbook's list of sheets leads to its parts by relations. */
#include <stdlib.h>
#include <string.h>
#include <zip.h>

#include "base/utf8.h"
#include "sheet/xlsx_xml.h"

struct reader {
    zip_t *zip;
    struct grid *grid;
    struct arena *arena; /* of this reading only */
    struct err *e;
    size_t total;        /* bytes unpacked so far */
    size_t cells;
    struct sv *shared; size_t n_shared, cap_shared;
};

struct sheet_ref { struct sv name, id; };

static int unreadable(struct reader *r, struct sv where, const char *why)
{
    err_problem(r->e, where, "unreadable", "这不是能读取的 Excel 工作簿（.xlsx）：%s", why);
    return ERR_INVALID;
}

/* ---- the archive ---- */

/* 1 read, 0 there is none, or an error. The size that the archive promises is not believed. */
static int part_bytes(struct reader *r, const char *name, struct sv *out)
{
    zip_stat_t stat;
    zip_int64_t at = zip_name_locate(r->zip, name, ZIP_FL_NOCASE);
    if (at < 0 || zip_stat_index(r->zip, (zip_uint64_t)at, 0, &stat) != 0)
        return 0;
    if (!(stat.valid & ZIP_STAT_SIZE) || stat.size > XLSX_PART_MAX ||
        r->total + stat.size > XLSX_TOTAL_MAX)
        return err_set(r->e, ERR_TOO_LARGE, "工作簿解开后太大（“%s”）", name);
    zip_file_t *f = zip_fopen_index(r->zip, (zip_uint64_t)at, 0);
    if (!f)
        return unreadable(r, SV("file"), "压缩包损坏或加了密码");
    char *p = arena_alloc(r->arena, stat.size + 1);
    zip_int64_t n = zip_fread(f, p, stat.size + 1);
    bool good = zip_fclose(f) == 0 && n == (zip_int64_t)stat.size;
    if (!good)
        return unreadable(r, SV("file"), "压缩包损坏");
    r->total += stat.size;
    *out = sv_make(p, stat.size);
    return 1;
}

static int open_zip(struct reader *r, struct sv bytes)
{
    zip_error_t error;
    zip_error_init(&error);
    zip_source_t *source = zip_source_buffer_create(bytes.p, bytes.n, 0, &error);
    r->zip = source ? zip_open_from_source(source, ZIP_RDONLY | ZIP_CHECKCONS, &error) : NULL;
    if (source && !r->zip)
        zip_source_free(source);
    zip_error_fini(&error);
    if (!r->zip)
        return unreadable(r, SV("file"), "打不开，可能损坏、加了密码，或是旧的 .xls 格式");
    if (zip_get_num_entries(r->zip, 0) > XLSX_ENTRIES_MAX)
        return err_set(r->e, ERR_TOO_LARGE, "工作簿里的部件超过%d个", XLSX_ENTRIES_MAX);
    return 0;
}

/* ---- the list of sheets ---- */

static int read_sheets(struct reader *r, struct sheet_ref *out, size_t *n)
{
    struct part p;
    struct sv bytes;
    int rc = part_bytes(r, "xl/workbook.xml", &bytes);
    *n = 0;
    if (rc != 1)
        return rc < 0 ? rc : unreadable(r, SV("file"), "没有工作表清单");
    part_open(&p, bytes, "workbook");
    while (part_next(&p)) {
        if (!part_at(&p, "sheet"))
            continue;
        if (*n == XLSX_SHEETS_MAX) {
            rc = err_set(r->e, ERR_TOO_LARGE, "工作表超过%d个", XLSX_SHEETS_MAX);
            break;
        }
        out[(*n)++] = (struct sheet_ref){ part_attribute(&p, "name", r->grid->arena),
                                          part_attribute(&p, "id", r->arena) };
    }
    if (p.bad)
        rc = unreadable(r, SV("file"), "工作表清单不是正确的 XML");
    part_close(&p);
    return rc < 0 ? rc : 0;
}

/* The part that a relation of the workbook leads to; "" when there is none. */
static int find_target(struct reader *r, struct sv id, struct sv *out)
{
    struct part p;
    struct sv bytes;
    int rc = part_bytes(r, "xl/_rels/workbook.xml.rels", &bytes);
    *out = SV("");
    if (rc != 1)
        return rc < 0 ? rc : unreadable(r, SV("file"), "没有工作表的位置");
    part_open(&p, bytes, "relations");
    while (part_next(&p)) {
        if (!part_at(&p, "Relationship") || !sv_eq(part_attribute(&p, "Id", r->arena), id))
            continue;
        struct sv target = part_attribute(&p, "Target", r->arena);
        *out = sv_starts(target, SV("/")) ? sv_skip(target, 1)
                                          : arena_printf_sv(r->arena, "xl/%s", target.p);
    }
    if (p.bad)
        rc = unreadable(r, SV("file"), "工作表的位置不是正确的 XML");
    part_close(&p);
    return rc < 0 ? rc : 0;
}

static int read_shared(struct reader *r)
{
    struct part p;
    struct sv bytes;
    int rc = part_bytes(r, "xl/sharedStrings.xml", &bytes);
    if (rc != 1)
        return rc;
    part_open(&p, bytes, "texts");
    while (part_next(&p)) {
        if (!part_at(&p, "si"))
            continue;
        if (r->n_shared == r->cap_shared) {
            size_t cap = r->cap_shared ? r->cap_shared * 2 : 1024;
            struct sv *list = arena_array(r->arena, cap, sizeof *list);
            if (r->n_shared)
                memcpy(list, r->shared, r->n_shared * sizeof *list);
            r->shared = list;
            r->cap_shared = cap;
        }
        r->shared[r->n_shared++] = part_text(&p, "rPh", r->grid->arena);
    }
    if (p.bad)
        rc = unreadable(r, SV("file"), "文字表不是正确的 XML");
    part_close(&p);
    return rc < 0 ? rc : 0;
}

/* ---- cells ---- */

/* "AB12" -> column 27 and row 12 (0 when it says none). */
static bool read_place(struct sv s, size_t *column, size_t *row)
{
    size_t c = 0, i = 0;
    int64_t n = 0;
    while (i < s.n && s.p[i] >= 'A' && s.p[i] <= 'Z' && i < 4)
        c = c * 26 + (size_t)(s.p[i++] - 'A' + 1);
    if (c == 0 || !sv_to_i64(sv_skip(s, i), &n) || n < 1 || n > XLSX_ROWS_MAX)
        return false;
    *column = c - 1;
    *row = (size_t)n;
    return true;
}

static struct cell shared_cell(const struct reader *r, struct sv index)
{
    int64_t i;
    if (!sv_to_i64(index, &i) || i < 0 || (size_t)i >= r->n_shared)
        return (struct cell){ CELL_ERROR, SV("?"), false };
    return cell_text(r->shared[i]);
}

/* "3", "3.0" and "1.5E3" are one thing to Excel: whole numbers become plain digits. */
static struct cell number_cell(struct reader *r, struct sv text)
{
    char *end;
    char *s = arena_dup(r->arena, sv_trim(text));
    double v = strtod(s, &end);
    if (*s == 0 || *end != 0)
        return (struct cell){ CELL_ERROR, text, false };
    if (v >= -9e15 && v <= 9e15 && v == (double)(int64_t)v)
        return cell_number((int64_t)v, r->grid->arena);
    return (struct cell){ CELL_NUMBER, arena_sv(r->grid->arena, text), false };
}

static struct cell read_cell(struct reader *r, struct part *p)
{
    struct sv type = part_attribute(p, "t", r->arena), value = SV("");
    bool has = false;
    int depth = xmlTextReaderDepth(p->xml);
    if (xmlTextReaderIsEmptyElement(p->xml))
        return (struct cell){ .kind = CELL_BLANK };
    while (part_next(p) && xmlTextReaderDepth(p->xml) > depth)
        if (part_at(p, "v") || part_at(p, "is")) {
            value = part_text(p, "rPh", r->grid->arena);
            has = true;
        }
    if (!has)
        return (struct cell){ .kind = CELL_BLANK };
    if (sv_is(type, "s"))
        return shared_cell(r, value);
    if (sv_is(type, "b"))
        return cell_bool(sv_is(sv_trim(value), "1"));
    if (sv_is(type, "e"))
        return (struct cell){ CELL_ERROR, value, false };
    if (type.n == 0 || sv_is(type, "n"))
        return number_cell(r, value);
    return cell_text(value); /* str, inlineStr, d */
}

static int put_cell(struct reader *r, size_t sheet, size_t row, size_t column, struct cell c)
{
    struct grid_sheet *s = &r->grid->sheets[sheet];
    if (c.kind == CELL_BLANK)
        return 0;
    if (row >= XLSX_ROWS_MAX || column >= XLSX_COLUMNS_MAX || ++r->cells > XLSX_CELLS_MAX) {
        err_problem(r->e, s->name, "too_large", "工作表“%.*s”太大：至多%d行、%d列", (int)s->name.n,
                    s->name.p, XLSX_ROWS_MAX, XLSX_COLUMNS_MAX);
        return ERR_INVALID;
    }
    if (c.kind == CELL_TEXT && !utf8_valid(c.text))
        c = (struct cell){ CELL_ERROR, SV("?"), false };
    while (s->n_rows <= row)
        grid_add_row(r->grid, s, 0);
    struct grid_row *line = &s->rows[row];
    if (column >= line->n) {
        size_t wide = column + 8 < XLSX_COLUMNS_MAX ? column + 8 : XLSX_COLUMNS_MAX;
        struct cell *cells = arena_array(r->grid->arena, wide, sizeof *cells);
        if (line->n)
            memcpy(cells, line->cells, line->n * sizeof *cells);
        *line = (struct grid_row){ cells, wide };
    }
    line->cells[column] = c;
    return 0;
}

static int read_sheet(struct reader *r, size_t sheet, struct sv bytes)
{
    struct part p;
    size_t row = 0, column = 0;
    int64_t n;
    int rc = 0;
    part_open(&p, bytes, "sheet");
    while (rc == 0 && part_next(&p)) {
        if (part_at(&p, "row")) {
            row = sv_to_i64(part_attribute(&p, "r", r->arena), &n) && n > 0 ? (size_t)n : row + 1;
            column = 0;
        } else if (part_at(&p, "c")) {
            size_t at = column, line = row ? row : 1;
            struct sv place = part_attribute(&p, "r", r->arena);
            if (place.n && !read_place(place, &at, &line))
                p.bad = true;
            else
                rc = put_cell(r, sheet, line - 1, at, read_cell(r, &p));
            column = at + 1;
        }
    }
    if (p.bad)
        rc = unreadable(r, r->grid->sheets[sheet].name, "工作表不是正确的 XML");
    part_close(&p);
    return rc;
}

static int read_all(struct reader *r)
{
    struct sheet_ref refs[XLSX_SHEETS_MAX];
    size_t n;
    int rc = read_sheets(r, refs, &n);
    if (rc == 0)
        rc = read_shared(r);
    for (size_t i = 0; rc == 0 && i < n; i++) {
        struct sv target, bytes;
        rc = find_target(r, refs[i].id, &target);
        if (rc == 0)
            rc = part_bytes(r, target.p, &bytes);
        grid_add_sheet(r->grid, refs[i].name);
        if (rc == 1)
            rc = read_sheet(r, i, bytes);
        else if (rc == 0)
            rc = unreadable(r, refs[i].name, "缺少这张工作表的内容");
    }
    return rc;
}

int xlsx_read(struct sv bytes, struct grid *g, struct err *e)
{
    struct reader r = { .grid = g, .e = e };
    if (bytes.n > XLSX_FILE_MAX)
        return err_set(e, ERR_TOO_LARGE, "工作簿超过%dMB", XLSX_FILE_MAX / (1024 * 1024));
    r.arena = arena_new();
    int rc = open_zip(&r, bytes);
    if (rc == 0)
        rc = read_all(&r);
    if (r.zip)
        zip_discard(r.zip);
    arena_free(r.arena);
    return rc;
}
