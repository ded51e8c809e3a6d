/* jobs: what happens without a request: the law's clocks, messages, signed heads, tidying. */
#ifndef YZ_JOB_JOBS_H
#define YZ_JOB_JOBS_H

#include "service/app.h"

struct jobs;
struct jobs *jobs_start(struct app *app);
void jobs_stop(struct jobs *j);

/* One round of everything but what goes out of the house, now: at start, what fell due while down
 * comes first. What fails is logged and tried again at its next turn; it does not keep the rest
 * from starting. */
void jobs_run_once(struct app *app);

#endif
