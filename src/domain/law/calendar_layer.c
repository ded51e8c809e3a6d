/* calendar_layer: see calendar_layer.h. The layering; the checks are in calendar_check.c. */
#include "domain/law/calendar_layer.h"

static int slot_of(int year)
{
    return year >= CALENDAR_FIRST && year <= CALENDAR_LAST ? year - CALENDAR_FIRST : -1;
}

void calendar_set_year(struct calendar *c, const struct calendar_year *y)
{
    int slot = slot_of(y->year);
    if (slot < 0)
        return;
    c->day[slot] = NULL;
    c->published[slot] = false;
    for (size_t i = 0; i < y->n_days; i++)
        calendar_mark(c, y->days[i].date, y->days[i].works);
    if (y->published)
        calendar_publish(c, y->year);
}

void calendar_inherit(struct calendar *c, const struct calendar *base)
{
    struct arena *own = c->arena;
    *c = *base;
    c->arena = own;
    for (int slot = 0; slot <= CALENDAR_LAST - CALENDAR_FIRST; slot++)
        if (base->day[slot]) {
            c->day[slot] = arena_alloc(own, 366);
            memcpy(c->day[slot], base->day[slot], 366);
        }
}

void calendar_overlay(struct calendar *c, const struct calendar_year *y)
{
    int slot = slot_of(y->year);
    if (slot < 0)
        return;
    for (size_t i = 0; i < y->n_days; i++) {
        const struct calendar_day *d = &y->days[i];
        if (!d->works || !calendar_holiday(c, d->date))
            calendar_mark(c, d->date, d->works);
    }
    if (!y->published)
        c->published[slot] = false;
}
