/* calendar_layer: a region's calendar as layers on the nation's. Pure.
 *
 * The bottom layer is the State Council's arrangement of a year, whole. On it lie the extra days
 * of the city and then those of the district: local governments may set festivals of the
 * minorities living there (全国年节及纪念日放假办法 art. 4). A regional layer can therefore only
 * add days off and the weekend days that make up for them; it can never take a holiday away,
 * whatever is imported above or below it later.
 */
#ifndef YZ_DOMAIN_LAW_CALENDAR_LAYER_H
#define YZ_DOMAIN_LAW_CALENDAR_LAYER_H

#include "base/err.h"
#include "domain/law/calendar.h"

struct calendar_day {
    int32_t date; /* DATE_NONE: unreadable, already reported */
    bool works;
    struct sv name;
};

/* What one layer says about one year. */
struct calendar_year {
    int year;
    bool published; /* false: provisional, the notice is still to come */
    struct calendar_day *days;
    size_t n_days;
};

/* The nation's year, whole: what c knew of that year before is forgotten. */
void calendar_set_year(struct calendar *c, const struct calendar_year *y);
/* c (empty, with its own arena) starts as a copy of base. */
void calendar_inherit(struct calendar *c, const struct calendar *base);
/* Add a region's year. A provisional layer makes the year provisional for the region. */
void calendar_overlay(struct calendar *c, const struct calendar_year *y);

/* ---- is a year fit to be loaded? ---- */

/* Where a day stands in the file it was read from, for problems. */
struct calendar_place { struct sv pointer; struct sv label; /* "第5行" */ };

/* Every problem of y at once (ERR_INVALID), or 0. at[i] belongs to y->days[i]. base: the calendar
 * below this layer, NULL for the nation's own. A published year of the nation must have all
 * statutory days of the law in force that year, those on weekends made up for (arts. 2, 6). */
int calendar_check(const struct calendar_year *y, const struct calendar_place *at,
                   const struct calendar *base, struct err *e);

#endif
