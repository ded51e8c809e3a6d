/* effect: what the table's effect column does to a timer. Pure. */
#ifndef YZ_DOMAIN_CASE_EFFECT_H
#define YZ_DOMAIN_CASE_EFFECT_H

#include "domain/case/transition.h"
#include "domain/law/timer.h"

/* The event on `on` that an effect makes of the timer as it stands; days: of an extension.
 * False: the effect leaves the clock alone. */
bool effect_event(enum effect e, const struct timer *t, int32_t on, int64_t days,
                  struct timer_event *out);

#endif
