/* tell_permit: who is told when something becomes of a permit (P27): its holder, the windows. */
#ifndef YZ_SERVICE_TELL_PERMIT_H
#define YZ_SERVICE_TELL_PERMIT_H

#include "service/app.h"

/* licence: the version that carries it now; NULL when it is on none. */
int tell_permit(struct app *app, struct db_conn *c, const struct permit_row *p,
                const struct permit_event_row *event, const struct licence_row *licence,
                struct arena *a, struct err *e);
/* Its end is near: days left, and the last day to ask for renewal. */
int tell_permit_ends(struct app *app, struct db_conn *c, const struct permit_row *p, int64_t days,
                     int64_t now, struct arena *a, struct err *e);

#endif
