/* calendar: the calendars in use, importing a year, and counting open deadlines anew.
 *
 * The calendars of the nation and of every region are one immutable snapshot. An import writes
 * the database and counts meta.calendar_version up; each node looks at that number once a
 * second, builds a new snapshot and puts it in the place of the old one with one atomic store. Who
 * holds a `const struct calendar *` keeps it: old snapshots (imports are rare) stay until
 * app_close. Then every open deadline is counted anew; meta.calendar_settled remembers by which
 * version that was finished, so that a crash in between is made up for at the next start.
 */
#ifndef YZ_SERVICE_CALENDAR_H
#define YZ_SERVICE_CALENDAR_H

#include "domain/law/calendar_layer.h"
#include "service/app.h"

/* One year of one layer, as loaded. */
struct calendar_layer {
    struct sv region; /* "" = the nation */
    struct calendar_year year;
    struct sv source;
    int64_t imported_at; /* 0 = shipped with the program */
};

struct calendar_region { struct sv code, parent; struct calendar calendar; };

struct calendar_set {
    struct arena *arena;
    int64_t version; /* meta.calendar_version it was built from */
    struct calendar nation;
    struct calendar_region *regions;
    size_t n_regions;
    struct calendar_layer *layers; /* the nation first, then by region; by year */
    size_t n_layers;
    struct calendar_set *before;
};

/* At start, when database and catalogue are open; and at the end. */
int calendars_open(struct app *app, struct err *e);
void calendars_close(struct app *app);
/* The snapshot in use. Borrowed until app_close, immutable. */
const struct calendar_set *calendars_now(const struct app *app);
/* The layer of a region and year ("" = nation), or NULL. */
const struct calendar_layer *calendar_layer_find(const struct calendar_set *s, struct sv region,
                                                 int year);
/* The mark of a day for a region (its own, its city's, the nation's), NULL when it has none.
 * *from tells whose it is. */
const struct calendar_day *calendar_mark_of(const struct calendar_set *s, struct sv region,
                                            int32_t date, struct sv *from);

/* The job of every node: see the file comment. */
int calendar_refresh(struct app *app, int64_t now, struct err *e);
/* Refresh, then run what acts by itself on the deadlines in the database, without an import of this
 * node in between; not at all while they are not yet counted by the calendar in use: silence
 * must not take effect on a day that has just become a holiday. What run gave, or 0. */
int calendar_steady(struct app *app, int (*run)(struct app *, int64_t, struct err *), int64_t now,
                    struct err *e);

/* The regions have changed: lay all calendars anew. */
int calendar_rebuild(struct app *app, struct err *e);

struct calendar_import {
    struct sv region; /* "" = nation */
    int64_t year;     /* 0 = the one the file is about */
    struct sv source; /* name and number of the notice; "" = as the file says */
    struct sv by;     /* who imports: login or "cli" */
    struct sv text;   /* the file */
};
struct calendar_imported { struct calendar_year year; struct sv source; int moved; };
/* Check the file and put it in the place of that (region, year), whole, in one transaction; in use
 * on this node and open deadlines counted anew when it returns. ERR_INVALID with every problem,
 * ERR_MALFORMED, ERR_NOT_FOUND (region). out lives on a. */
int calendar_import(struct app *app, const struct calendar_import *in, int64_t now,
                    struct arena *a, struct calendar_imported *out, struct err *e);

/* Count every open deadline anew by the calendar in use; gives how many due dates moved, or the
 * error of the last case that could not be counted (the others were). */
int calendar_recompute(struct app *app, int64_t now, struct err *e);

#endif
