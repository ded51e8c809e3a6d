/* calendar: working days by the State Council's notices (行政许可法 art. 82). Pure.
 *
 * A day works if the notice says so (调休上班), rests if it says so, else Monday to Friday
 * works. A year without a published notice is provisional: deadlines that reach into it are
 * marked and recomputed when its notice is loaded.
 */
#ifndef YZ_DOMAIN_LAW_CALENDAR_H
#define YZ_DOMAIN_LAW_CALENDAR_H

#include "base/arena.h"
#include "base/date.h"

enum { CALENDAR_FIRST = 2020, CALENDAR_LAST = 2099 };

struct calendar {
    /* Two bits per day of the year: 0 by weekday, 1 off, 2 work. */
    unsigned char *day[CALENDAR_LAST - CALENDAR_FIRST + 1];
    bool published[CALENDAR_LAST - CALENDAR_FIRST + 1];
    struct arena *arena;
};

void calendar_init(struct calendar *c, struct arena *a);
/* Mark one day; false when the date is outside the supported years. */
bool calendar_mark(struct calendar *c, int32_t date, bool works);
/* The year's notice is complete (published). */
void calendar_publish(struct calendar *c, int year);
/* Off by a notice, not merely because it is a Saturday or Sunday. */
bool calendar_holiday(const struct calendar *c, int32_t date);

bool calendar_works(const struct calendar *c, int32_t date);
bool calendar_published(const struct calendar *c, int32_t date);

/* The n-th working day after start (day 0 = start itself, whatever it is). n = 0 gives start. */
int32_t calendar_add(const struct calendar *c, int32_t start, int64_t n);
/* Working days in (start, end]; negative when end < start. */
int64_t calendar_count(const struct calendar *c, int32_t start, int32_t end);

#endif
