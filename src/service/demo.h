/* demo: demonstration data: officers of every role, sample enterprises, some 200 cases in all
 * states. Everything goes through the real use cases, day by day, so clocks and log are right. */
#ifndef YZ_SERVICE_DEMO_H
#define YZ_SERVICE_DEMO_H

#include "service/app.h"

/* progress(done, total) may be NULL. Only into a directory initialised with --demo. Cut off half-way, it leaves a
 * directory that app_open refuses: it can be made again from nothing, so its commits do not wait for the disk. */
int demo_fill(struct app *app, void (*progress)(int done, int total), struct err *e);

#endif
