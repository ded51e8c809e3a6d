/* clock: see clock.h. */
#include "domain/law/clock.h"

static int64_t soon(int64_t limit)
{
    return limit / 4 > 1 ? limit / 4 : 1;
}

enum signal law_signal(int64_t limit, int64_t left)
{
    if (left < 0)
        return SIGNAL_RED;
    return left <= soon(limit) ? SIGNAL_YELLOW : SIGNAL_GREEN;
}

int64_t law_limit(int64_t promised, int64_t statutory)
{
    return promised > 0 && promised < statutory ? promised : statutory;
}

int32_t law_yellow_on(const struct calendar *c, int32_t due_on, int64_t limit)
{
    int32_t d = due_on;
    while (calendar_count(c, d - 1, due_on) <= soon(limit))
        d--;
    return d;
}

void law_clock_left(const struct calendar *c, int64_t limit, int32_t today, struct law_clock *out)
{
    out->days_left = calendar_count(c, today, out->due_on);
    /* Today may be a holiday after the due date: nothing left to count, yet passed. */
    if (today > out->due_on && out->days_left >= 0)
        out->days_left = -1;
    out->signal = law_signal(limit, out->days_left);
    out->provisional = !calendar_published(c, out->due_on);
}

void law_clock_run(const struct calendar *c, enum clock_kind kind, int32_t started_on,
                   int64_t promised, int64_t statutory, int32_t today, struct law_clock *out)
{
    *out = (struct law_clock){ .kind = kind, .started_on = started_on,
                               .promised_due = DATE_NONE };
    if (kind == CLOCK_NONE)
        return;
    int64_t limit = law_limit(promised, statutory);
    out->statutory_due = calendar_add(c, started_on, statutory);
    if (promised > 0)
        out->promised_due = calendar_add(c, started_on, promised);
    out->due_on = calendar_add(c, started_on, limit);
    out->days_used = calendar_count(c, started_on, today);
    law_clock_left(c, limit, today, out);
}

static const char *const KINDS[CLOCKS] = { "none", "correction", "decision", "applicant", "special",
                                           "joint", "delivery" };

const char *clock_kind_text(enum clock_kind k)
{
    return KINDS[k];
}

enum clock_kind clock_kind_of(struct sv key)
{
    for (int k = CLOCK_NONE; k < CLOCKS; k++)
        if (sv_is(key, KINDS[k]))
            return (enum clock_kind)k;
    return CLOCK_NONE;
}

const char *signal_text(enum signal s)
{
    static const char *const names[] = { "none", "green", "yellow", "red" };
    return names[s];
}
