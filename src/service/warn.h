/* warn: warnings before limits and alerts after them (R5.3, P7, P18), as a job. */
#ifndef YZ_SERVICE_WARN_H
#define YZ_SERVICE_WARN_H

#include "service/app.h"

/* Tell departments whose clock turned yellow or red, and applicants whose answer is due soon.
 * Each occasion once, by marks in the database: several nodes may run it. Returns how many. */
int warn_run(struct app *app, int64_t now, struct err *e);

#endif
