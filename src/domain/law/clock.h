/* clock: one running time limit and its signal (P4, P5, P7, P15, P18). Pure.
 *
 * Days are working days; the day of the event is day 0 and the clock ends at the close of its
 * last day (24:00 Asia/Shanghai). Kinds: silence = the 5 days of art. 32 to accept or to ask
 * for correction; decision = from acceptance, promised days first, statutory days as breach
 * (art. 42); applicant = the days the applicant has to answer a correction (not our time);
 * special = the duration told for a procedure that stops the decision clock (art. 45); joint = the
 * 45 days of the whole case (art. 42(2)); delivery = 10 days after the decision (art. 44).
 */
#ifndef YZ_DOMAIN_LAW_CLOCK_H
#define YZ_DOMAIN_LAW_CLOCK_H

#include "domain/law/calendar.h"

enum clock_kind { CLOCK_NONE, CLOCK_SILENCE, CLOCK_DECISION, CLOCK_APPLICANT, CLOCK_SPECIAL,
                  CLOCK_JOINT, CLOCK_DELIVERY, CLOCKS };
enum signal { SIGNAL_NONE, SIGNAL_GREEN, SIGNAL_YELLOW, SIGNAL_RED };

enum { SILENCE_DAYS = 5, CORRECTION_DAYS = 30, STATUTORY_DAYS = 20,
       EXTENSION_DAYS = 10 /* art. 42(1) */, JOINT_DAYS = 45, JOINT_EXTENSION_DAYS = 15 /* 42(2) */,
       DELIVERY_DAYS = 10 /* art. 44 */, HEARING_ASK_DAYS = 5, HEARING_HOLD_DAYS = 20 /* art. 47 */,
       HEARING_NOTICE_DAYS = 7 /* art. 48 */, COMMITMENT_DAYS = 15 /* unless the catalogue says */,
       COMMITMENT_WARN_DAYS = 3 };

struct law_clock {
    enum clock_kind kind;
    int32_t started_on;
    int32_t promised_due;  /* DATE_NONE unless a decision clock */
    int32_t statutory_due; /* the last day by law */
    int32_t due_on;        /* what the signal counts to: the stricter one */
    int64_t days_used, days_left; /* on `today`; left is negative when passed */
    int64_t extended;      /* days added by an extension */
    enum signal signal;
    bool provisional;      /* due_on lies in a year without a published notice */
};

/* promised: 0 or less = none. statutory 0 = on the spot. */
void law_clock_run(const struct calendar *c, enum clock_kind kind, int32_t started_on,
                   int64_t promised, int64_t statutory, int32_t today, struct law_clock *out);

/* With the limit and out->due_on known: days_left, signal, provisional. */
void law_clock_left(const struct calendar *c, int64_t limit, int32_t today, struct law_clock *out);

/* P18: green; yellow when a quarter of the limit (at least one day) is left; red when passed. */
enum signal law_signal(int64_t limit, int64_t left);

/* The stricter of both limits (P15): promised unless there is none or it is longer. */
int64_t law_limit(int64_t promised, int64_t statutory);

/* The first day on which the signal is yellow. */
int32_t law_yellow_on(const struct calendar *c, int32_t due_on, int64_t limit);

const char *clock_kind_text(enum clock_kind k); /* the stable key */
enum clock_kind clock_kind_of(struct sv key);
const char *signal_text(enum signal s);

#endif
