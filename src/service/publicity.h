/* publicity: decisions on permits for the credit platform, within seven working days (双公示, P29).
 *
 * Columns of 发改办财金〔2018〕424号. What the platform does not know stays empty; nothing is made up. Filings
 * (备案) are no permits and are left out.
 */
#ifndef YZ_SERVICE_PUBLICITY_H
#define YZ_SERVICE_PUBLICITY_H

#include "base/grid.h"
#include "service/app.h"
#include "store/publicity_store.h"

enum { PUBLICITY_DAYS = 7 /* working days from the decision */, PUBLICITY_RANGE = 366 /* days */,
       PUBLICITY_MOST = 20000 };

/* Against the seven days: not due yet, in the register in time or late, or overdue. */
enum publicity_state { PUBLICITY_WAITING, PUBLICITY_IN_TIME, PUBLICITY_LATE, PUBLICITY_OVERDUE };
const char *publicity_state_key(enum publicity_state s);
const char *publicity_state_text(enum publicity_state s);
/* Pure: due = the seventh working day; shown_on DATE_NONE: not in the register. */
enum publicity_state publicity_judge(int32_t due, int32_t shown_on, int32_t today);

/* One decision, as its columns say it; texts on the list's arena. */
struct publicity {
    struct publicity_row row;
    struct sv kind;            /* 准予许可, 不予许可, 变更许可 … */
    struct sv party_kind;      /* 个体工商户, 法人及非法人组织, 自然人 */
    struct sv legal_person;    /* of legal persons only */
    struct sv document_name, document_number, category, certificate, content, department, source;
    int32_t due;
    enum publicity_state state;
};
struct publicity_list { struct publicity *rows; size_t n; size_t overdue; bool cut; };

/* Decisions of from..to in a region and its districts ("" all). ERR_INVALID: a bad range. */
int publicity_open(struct app *app, struct sv region, int32_t from, int32_t to, int32_t today,
                   struct arena *a, struct publicity_list *out, struct err *e);

/* ---- files (publicity_file.c) ---- */
/* UTF-8 with a byte order mark, CRLF. No cell begins a formula when a spreadsheet opens it. */
void publicity_csv(const struct publicity_list *list, struct buf *out);
int publicity_xlsx(const struct publicity_list *list, struct buf *out, struct err *e);

#endif
