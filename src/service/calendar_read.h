/* calendar_read: one year of a holiday arrangement from a file, JSON or CSV (docs/calendar.md). */
#ifndef YZ_SERVICE_CALENDAR_READ_H
#define YZ_SERVICE_CALENDAR_READ_H

#include "domain/law/calendar_layer.h"

struct calendar_file {
    struct calendar_year year;
    struct calendar_place *at; /* of year.days */
    struct sv source;          /* "" when the file names none (CSV never does) */
    int64_t n_statutory;       /* days the file calls statutory; -1 = it does not say */
};

/* Everything on a. Problems of form are added to e one by one (pointer /days/3/date, or /rows/5 for
 * the line of a CSV) and reading goes on, so that the checks can report theirs as well;
 * ERR_MALFORMED when the file is neither. 0 otherwise, also with problems. */
int calendar_read(struct sv text, struct arena *a, struct calendar_file *out, struct err *e);

#endif
