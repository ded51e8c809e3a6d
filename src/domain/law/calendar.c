/* calendar: see calendar.h. */
#include "domain/law/calendar.h"

enum mark { BY_WEEKDAY, OFF, WORK };

void calendar_init(struct calendar *c, struct arena *a)
{
    *c = (struct calendar){ .arena = a };
}

/* The mark byte of a day, or NULL when its year has none. */
static unsigned char *slot(const struct calendar *c, int32_t date, struct civil *civil)
{
    *civil = date_civil(date);
    if (civil->year < CALENDAR_FIRST || civil->year > CALENDAR_LAST)
        return NULL;
    unsigned char *days = c->day[civil->year - CALENDAR_FIRST];
    return days ? days + (date - date_of(civil->year, 1, 1)) : NULL;
}

bool calendar_mark(struct calendar *c, int32_t date, bool works)
{
    struct civil civil = date_civil(date);
    if (civil.year < CALENDAR_FIRST || civil.year > CALENDAR_LAST)
        return false;
    unsigned char **days = &c->day[civil.year - CALENDAR_FIRST];
    if (!*days)
        *days = arena_alloc(c->arena, 366);
    (*days)[date - date_of(civil.year, 1, 1)] = works ? WORK : OFF;
    return true;
}

void calendar_publish(struct calendar *c, int year)
{
    if (year >= CALENDAR_FIRST && year <= CALENDAR_LAST)
        c->published[year - CALENDAR_FIRST] = true;
}

bool calendar_holiday(const struct calendar *c, int32_t date)
{
    struct civil civil;
    const unsigned char *mark = slot(c, date, &civil);
    return mark && *mark == OFF;
}

bool calendar_works(const struct calendar *c, int32_t date)
{
    struct civil civil;
    const unsigned char *mark = slot(c, date, &civil);
    if (mark && *mark != BY_WEEKDAY)
        return *mark == WORK;
    int w = date_weekday(date);
    return w >= 1 && w <= 5;
}

bool calendar_published(const struct calendar *c, int32_t date)
{
    int year = date_civil(date).year;
    return year >= CALENDAR_FIRST && year <= CALENDAR_LAST && c->published[year - CALENDAR_FIRST];
}

int32_t calendar_add(const struct calendar *c, int32_t start, int64_t n)
{
    int32_t d = start;
    while (n > 0) {
        d++;
        n -= calendar_works(c, d);
    }
    return d;
}

int64_t calendar_count(const struct calendar *c, int32_t start, int32_t end)
{
    int64_t n = 0;
    if (end < start)
        return -calendar_count(c, end, start);
    for (int32_t d = start + 1; d <= end; d++)
        n += calendar_works(c, d);
    return n;
}
