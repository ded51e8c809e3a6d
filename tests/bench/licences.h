/* licences: what issuing and proving cost: bare SM2 signing, the status list of a country. */
#ifndef YZ_BENCH_LICENCES_H
#define YZ_BENCH_LICENCES_H

#include "service/app.h"

/* Signatures per second of one thread with nothing around them. */
double bare_signatures(const struct app *app);
/* Ends one licence in a hundred of the n that are there, and publishes the list. */
void bench_status_list(struct app *app, int64_t n, struct err *e);

#endif
