/* timer: the time of an item or a case, split into 'ours' and 'theirs' (P9, P15, P16, P19). Pure.
 *
 * A timer is moved only by events: something starts, stops, resumes or ends on a date. Between two
 * events the working days belong to whoever had to act: us, the applicant, or a special
 * procedure whose time the law does not count (art. 45). Of the running clock only our days are
 * used up. The day of an event belongs to what came before it: day 0 of the next stretch.
 *
 * What is kept is enough to know the due date without the events; the events themselves stand in
 * the table clock_event, from which timer_replay gives the same timer again (a calendar import
 * recomputes so).
 */
#ifndef YZ_DOMAIN_LAW_TIMER_H
#define YZ_DOMAIN_LAW_TIMER_H

#include "domain/law/clock.h"

enum time_holder { HOLDER_NOBODY, HOLDER_OURS, HOLDER_APPLICANT, HOLDER_SPECIAL, HOLDERS };

struct timer {
    enum clock_kind clock;   /* SILENCE, DECISION, JOINT; NONE: nothing runs */
    enum time_holder holder; /* whose time it is since `since` */
    int32_t since;           /* date of the last event; DATE_NONE before the first */
    int64_t used;            /* our days of this clock before `since` */
    int64_t extended;        /* days added to this clock (P10, P16) */
    int64_t spent[HOLDERS];  /* all days before `since`, by holder (P19) */
};

/* One event: from this date on, this clock and holder. */
struct timer_event { int32_t on; enum clock_kind clock; enum time_holder holder; int64_t extended; };

/* A fresh timer before its first event. */
struct timer timer_new(void);
/* Move on to an event. A date before the last event's counts as that date: time is never given
 * back. The same clock goes on where it stood; another one starts from nothing. */
void timer_move(struct timer *t, const struct calendar *c, const struct timer_event *event);
/* The timer after n events, in order. */
struct timer timer_replay(const struct calendar *c, const struct timer_event *events, size_t n);

/* Days by holder up to and including today. */
int64_t timer_spent(const struct timer *t, const struct calendar *c, enum time_holder h,
                    int32_t today);
/* The last day of a limit under this timer, while our time runs; DATE_NONE otherwise. */
int32_t timer_due(const struct timer *t, const struct calendar *c, int64_t limit);
/* The running clock for people; out->kind CLOCK_NONE unless our time runs. */
void timer_clock(const struct timer *t, const struct calendar *c, int32_t started_on,
                 int64_t promised, int64_t statutory, int32_t today, struct law_clock *out);

const char *holder_key(enum time_holder h); /* "ours", "applicant", "special", "nobody" */
const char *holder_text(enum time_holder h);
enum time_holder holder_of(struct sv key);

#endif
