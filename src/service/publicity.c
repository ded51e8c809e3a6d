/* publicity: see publicity.h. */
#include "service/publicity.h"

#include <stdlib.h>

static const struct { const char *key, *text; } STATES[] = {
    [PUBLICITY_WAITING] = { "waiting", "期限内，待公示" },
    [PUBLICITY_IN_TIME] = { "in_time", "已按期公示" },
    [PUBLICITY_LATE] = { "late", "已公示，超过7个工作日" },
    [PUBLICITY_OVERDUE] = { "overdue", "超过7个工作日，尚未公示" },
};

const char *publicity_state_key(enum publicity_state s)
{
    return STATES[s].key;
}

const char *publicity_state_text(enum publicity_state s)
{
    return STATES[s].text;
}

enum publicity_state publicity_judge(int32_t due, int32_t shown_on, int32_t today)
{
    if (shown_on != DATE_NONE)
        return shown_on <= due ? PUBLICITY_IN_TIME : PUBLICITY_LATE;
    return today <= due ? PUBLICITY_WAITING : PUBLICITY_OVERDUE;
}

/* ---- columns ---- */

static struct sv kind_of(enum act act)
{
    return act == ACT_GRANT ? SV("准予许可") : act == ACT_DENY ? SV("不予许可")
                                                               : sv_of(act_text(act));
}

/* By the registering department in the code (GB 32100): 92 is an individual business. */
static struct sv party_kind(struct sv uscc)
{
    return sv_starts(uscc, SV("92")) ? SV("个体工商户")
         : uscc.n == 18              ? SV("法人及非法人组织") : SV("");
}

/* Title and number as the papers of the case have them (papers.c, paper_item.c). */
static void name_document(struct publicity *x, struct arena *a)
{
    const struct publicity_row *r = &x->row;
    bool of_case = r->case_number.n > 0;
    x->document_number = !of_case ? r->document
                       : arena_printf_sv(a, "%s-%s-决01", r->case_number.p,
                                         sv_skip(r->permit_type, 2).p);
    x->document_name = !of_case ? SV("") : r->refused ? SV("不予许可决定书") : SV("准予许可决定书");
}

static bool is_filing(const struct catalog *c, const struct publicity_row *r)
{
    const struct permit_type *p = catalog_permit(c, r->permit_type);
    return p && p->kind == PERMIT_FILING;
}

static void describe(struct app *app, const struct publicity_row *r, int32_t today,
                     struct arena *a, struct publicity *x)
{
    const struct catalog *c = app->catalog;
    const struct permit_type *type = catalog_permit(c, r->permit_type);
    const struct department *dept = catalog_department(c, r->department);
    const struct department *bureau = catalog_bureau(c, r->region);
    *x = (struct publicity){
        .row = *r, .kind = kind_of(r->act), .party_kind = party_kind(r->uscc),
        .category = !type ? SV("") : type->kind == PERMIT_REGISTRATION ? SV("登记") : SV("普通"),
        .certificate = r->certificate.n ? r->certificate : type ? type->certificate_name : SV(""),
        .content = type ? type->name : r->permit_type,
        .department = dept ? dept->name : r->department, .source = bureau ? bureau->name : SV(""),
        .due = calendar_add(app_calendar(app, r->region), r->decided_on, PUBLICITY_DAYS),
    };
    x->legal_person = sv_is(x->party_kind, "法人及非法人组织") ? r->person : SV("");
    x->state = publicity_judge(x->due, r->shown_on, today);
    name_document(x, a);
}

/* ---- the list ---- */

static int by_day(const void *a, const void *b)
{
    const struct publicity *x = a, *y = b;
    if (x->row.decided_on != y->row.decided_on)
        return x->row.decided_on < y->row.decided_on ? -1 : 1;
    return x->row.id < y->row.id ? -1 : x->row.id > y->row.id;
}

struct list_ctx { int32_t from, to; struct arena *arena; struct publicity_row *rows; size_t n; };

static int list_tx(struct db_conn *c, void *ctx, struct err *e)
{
    struct list_ctx *x = ctx;
    return publicity_list(c, x->from, x->to, PUBLICITY_MOST, x->arena, &x->rows, &x->n, e);
}

int publicity_open(struct app *app, struct sv region, int32_t from, int32_t to, int32_t today,
                   struct arena *a, struct publicity_list *out, struct err *e)
{
    struct list_ctx x = { .from = from, .to = to, .arena = a };
    *out = (struct publicity_list){ .n = 0 };
    if (to < from || to - from > PUBLICITY_RANGE)
        err_problem(e, SV("/to"), "out_of_range", "截止日期不能早于起始日期，一次最多%d天",
                    PUBLICITY_RANGE);
    int rc = e->code ? e->code : db_read(app->db, list_tx, &x, e);
    if (rc != 0)
        return rc;
    out->rows = arena_array(a, x.n + 1, sizeof *out->rows);
    out->cut = x.n >= PUBLICITY_MOST;
    for (size_t i = 0; i < x.n; i++) {
        if (is_filing(app->catalog, &x.rows[i]) ||
            (region.n && !region_covers(app->catalog, region, x.rows[i].region)))
            continue;
        struct publicity *p = &out->rows[out->n++];
        describe(app, &x.rows[i], today, a, p);
        out->overdue += p->state == PUBLICITY_OVERDUE;
    }
    qsort(out->rows, out->n, sizeof *out->rows, by_day);
    return 0;
}
