/* demo_supervise: what the supervising departments of the demonstration data do on a day (P30). */
#ifndef YZ_SERVICE_DEMO_SUPERVISE_H
#define YZ_SERVICE_DEMO_SUPERVISE_H

#include "service/drive.h"

/* Acknowledge what came before today, inspect some, find something now and then; a few are late. */
int demo_supervise(const struct drive *d, int64_t now, struct err *e);

#endif
