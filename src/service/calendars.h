/* calendars: what the files of service/calendar*.c share about the process's snapshot. */
#ifndef YZ_SERVICE_CALENDARS_H
#define YZ_SERVICE_CALENDARS_H

#include <stdatomic.h>

#include "service/calendar.h"
#include "store/calendar_store.h"

/* Keys of the table meta. */
#define CALENDAR_VERSION SV("calendar_version")
#define CALENDAR_SETTLED SV("calendar_settled")

struct calendars {
    _Atomic(struct calendar_set *) now;
    pthread_mutex_t lock; /* who imports or refreshes; readers never take it */
    bool settled;         /* under lock: deadlines are counted by the snapshot in use */
    int64_t settle_at_us; /* under lock, monotonic: when this node counts if no other has */
};

/* Build a snapshot and put it in use. Under lock (or before anybody else knows app).
 * *settled: the version by which all deadlines were counted. */
int calendars_load(struct app *app, int64_t *settled, struct err *e);
/* Both numbers, 0 when never set. */
int calendar_versions(struct db_conn *c, struct arena *a, int64_t *version, int64_t *settled,
                      struct err *e);

#endif
