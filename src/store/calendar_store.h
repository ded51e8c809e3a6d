/* calendar_store: imported holiday arrangements, and what a new one changes. See store.h. */
#ifndef YZ_STORE_CALENDAR_STORE_H
#define YZ_STORE_CALENDAR_STORE_H

#include "store/store.h"

struct calendar_year_row {
    struct sv region; /* "" = the nation */
    int64_t year;
    struct sv certainty, source, imported_by, digest;
    int64_t imported_at;
};
struct calendar_day_row { struct sv region; int32_t day; struct sv kind, name; };

/* Put a year in the place of what was there; its days are gone afterwards, to be inserted anew.
 * first and last: the days of the year. */
int calendar_year_put(struct db_conn *c, const struct calendar_year_row *row, int32_t first,
                      int32_t last, struct err *e);
int calendar_day_insert(struct db_conn *c, const struct calendar_day_row *row, struct err *e);
/* All of them, by region and time. */
int calendar_year_list(struct db_conn *c, struct arena *a, struct calendar_year_row **out,
                       size_t *n, struct err *e);
int calendar_day_list(struct db_conn *c, struct arena *a, struct calendar_day_row **out, size_t *n,
                      struct err *e);

/* Cases with open items, ids above after, in order. */
int calendar_open_cases(struct db_conn *c, int64_t after, int64_t limit, struct arena *a,
                        int64_t **out, size_t *n, struct err *e);
int correction_set_due(struct db_conn *c, int64_t id, int32_t due_on, struct err *e);

#endif
