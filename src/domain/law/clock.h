/* clock: one running time limit and its signal (P4, P5, P7, P15, P18). Pure.
 *
 * Days are working days; the day of the event is day 0 and the clock ends at the close of its
 * last day (24:00 Asia/Shanghai). Kinds: silence = the 5 days of art. 32 to accept or to ask
 * for correction; decision = from acceptance, promised days first, statutory days as breach
 * (art. 42); applicant = the days the applicant has to answer a correction (not our time).
 */
#ifndef YZ_DOMAIN_LAW_CLOCK_H
#define YZ_DOMAIN_LAW_CLOCK_H

#include "domain/law/calendar.h"

enum clock_kind { CLOCK_NONE, CLOCK_SILENCE, CLOCK_DECISION, CLOCK_APPLICANT };
enum signal { SIGNAL_NONE, SIGNAL_GREEN, SIGNAL_YELLOW, SIGNAL_RED };

enum { SILENCE_DAYS = 5, CORRECTION_DAYS = 30, STATUTORY_DAYS = 20 };

struct law_clock {
    enum clock_kind kind;
    int32_t started_on;
    int32_t promised_due;  /* DATE_NONE unless a decision clock */
    int32_t statutory_due; /* the last day by law */
    int32_t due_on;        /* what the signal counts to: the stricter one */
    int64_t days_used, days_left; /* on `today`; left is negative when passed */
    enum signal signal;
    bool provisional;      /* due_on lies in a year without a published notice */
};

/* promised: 0 or less = none. statutory 0 = on the spot. */
void law_clock_run(const struct calendar *c, enum clock_kind kind, int32_t started_on,
                   int64_t promised, int64_t statutory, int32_t today, struct law_clock *out);

/* P18: green; yellow when a quarter of the limit (at least one day) is left; red when passed. */
enum signal law_signal(int64_t limit, int64_t left);

/* The stricter of both limits (P15): promised unless there is none or it is longer. */
int64_t law_limit(int64_t promised, int64_t statutory);

/* The first day on which the signal is yellow. */
int32_t law_yellow_on(const struct calendar *c, int32_t due_on, int64_t limit);

const char *clock_kind_text(enum clock_kind k);
const char *signal_text(enum signal s);

#endif
