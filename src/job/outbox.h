/* outbox: notices on their way out.
 *
 * Claim by lease (a transaction), hand over (no transaction), note the outcome (a transaction). A
 * lease that runs out (its node was killed) is taken by whoever comes next, on any node. So every
 * notice is handed over at least once, and again only when nobody knows whether it arrived, under
 * the same id. Tried at 0, 30 s, 2 min, 10 min, 1 h and 6 h; then it is a dead letter (failed).
 */
#ifndef YZ_JOB_OUTBOX_H
#define YZ_JOB_OUTBOX_H

#include "service/app.h"

/* One batch of each channel. 1 = there is more to do now, 0 = done, or ERR_*. */
int outbox_run(struct app *app, int64_t now, struct err *e);

/* When to try again after `attempts` tries have failed; 0 = no more. Milliseconds from then. */
int64_t outbox_pause(int64_t attempts);

#endif
