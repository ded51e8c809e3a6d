/* supervise_export: what a department has under supervision, as a file for its own systems. */
#include "service/supervise.h"
#include "sheet/csv.h"
#include "sheet/xlsx.h"

enum { N_COLUMNS = 17 };

static const struct { const char *head; int width; } COLUMNS[N_COLUMNS] = {
    { "市场主体", 30 }, { "统一社会信用代码", 22 }, { "负责人", 12 }, { "经营场所", 40 },
    { "地区", 12 }, { "行业", 16 }, { "许可", 24 }, { "证号", 24 }, { "状态", 10 },
    { "准予日期", 12 }, { "有效期至", 12 }, { "行业综合许可证", 24 }, { "审批部门", 24 },
    { "监管部门", 24 }, { "签收日期", 12 }, { "最近监管结果", 14 }, { "检查日期", 12 },
};

static struct sv day(struct arena *a, int32_t d, const char *none)
{
    char text[11];
    return d == DATE_NONE ? sv_of(none) : arena_sv(a, sv_of(date_format(d, text)));
}

static void put_row(const struct app *app, struct grid *g, struct grid_sheet *s,
                    const struct supervised_row *x)
{
    const struct catalog *c = app->catalog;
    const struct region *r = catalog_region(c, x->region);
    const struct industry *i = catalog_industry(c, x->industry);
    const struct department *by = catalog_department(c, x->grantor);
    const struct department *who = catalog_department(c, x->department);
    const struct sv texts[N_COLUMNS] = {
        x->holder, x->uscc, x->person, x->address, r ? r->name : x->region,
        i ? i->name : x->industry, x->permit_name, x->number,
        sv_of(permit_state_text(permit_state_of(x->permit_state))),
        day(g->arena, x->granted_on, ""), day(g->arena, x->valid_until, "长期"), x->licence,
        by ? by->name : x->grantor, who ? who->name : x->department,
        day(g->arena, x->acknowledged_on, "待签收"),
        sv_of(supervision_result_text(supervision_result_of(x->result))),
        day(g->arena, x->result_on, ""),
    };
    struct grid_row *row = grid_add_row(g, s, N_COLUMNS);
    for (size_t k = 0; k < N_COLUMNS; k++)
        row->cells[k] = cell_text(texts[k]);
}

int supervise_export(const struct app *app, const struct supervised_row *rows, size_t n,
                     enum supervise_format format, struct buf *out, struct err *e)
{
    struct arena *a = arena_new();
    struct grid g;
    int rc = 0;
    grid_init(&g, a);
    struct grid_sheet *s = grid_add_sheet(&g, SV("监管对象"));
    s->columns = arena_array(a, N_COLUMNS, sizeof *s->columns);
    s->n_columns = N_COLUMNS;
    for (size_t k = 0; k < N_COLUMNS; k++)
        s->columns[k] = (struct grid_column){ .head = sv_of(COLUMNS[k].head), .note = SV(""),
                                              .width = COLUMNS[k].width };
    for (size_t i = 0; i < n; i++)
        put_row(app, &g, s, &rows[i]);
    if (format == SUPERVISE_XLSX)
        rc = xlsx_write(&g, out, e);
    else
        csv_write(&g, out);
    arena_free(a);
    return rc;
}
