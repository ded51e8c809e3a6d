/* timer: see timer.h. */
#include "domain/law/timer.h"

struct timer timer_new(void)
{
    return (struct timer){ .since = DATE_NONE };
}

/* Working days since the last event, up to `on`. */
static int64_t stretch(const struct timer *t, const struct calendar *c, int32_t on)
{
    return t->since == DATE_NONE || on <= t->since ? 0 : calendar_count(c, t->since, on);
}

void timer_move(struct timer *t, const struct calendar *c, const struct timer_event *event)
{
    int64_t days = stretch(t, c, event->on);
    t->spent[t->holder] += days;
    if (t->holder == HOLDER_OURS)
        t->used += days;
    if (event->clock != t->clock) {
        t->used = 0;
        t->extended = 0;
    }
    t->clock = event->clock;
    t->holder = event->holder;
    t->extended += event->extended;
    if (t->since == DATE_NONE || event->on > t->since)
        t->since = event->on;
}

struct timer timer_replay(const struct calendar *c, const struct timer_event *events, size_t n)
{
    struct timer t = timer_new();
    for (size_t i = 0; i < n; i++)
        timer_move(&t, c, &events[i]);
    return t;
}

int64_t timer_spent(const struct timer *t, const struct calendar *c, enum time_holder h,
                    int32_t today)
{
    return t->spent[h] + (t->holder == h ? stretch(t, c, today) : 0);
}

int32_t timer_due(const struct timer *t, const struct calendar *c, int64_t limit)
{
    int64_t left = limit + t->extended - t->used;
    if (t->holder != HOLDER_OURS)
        return DATE_NONE;
    /* Used up before it was stopped: passed already, whatever today is. */
    return left >= 0 ? calendar_add(c, t->since, left) : t->since - 1;
}

void timer_clock(const struct timer *t, const struct calendar *c, int32_t started_on,
                 int64_t promised, int64_t statutory, int32_t today, struct law_clock *out)
{
    *out = (struct law_clock){ .kind = CLOCK_NONE, .started_on = started_on,
                               .promised_due = DATE_NONE, .statutory_due = DATE_NONE,
                               .due_on = DATE_NONE };
    if (t->holder != HOLDER_OURS || t->clock == CLOCK_NONE)
        return;
    int64_t limit = law_limit(promised, statutory) + t->extended;
    out->kind = t->clock;
    out->statutory_due = timer_due(t, c, statutory);
    if (promised > 0)
        out->promised_due = timer_due(t, c, promised);
    out->due_on = timer_due(t, c, law_limit(promised, statutory));
    out->extended = t->extended;
    out->days_used = t->used + stretch(t, c, today);
    law_clock_left(c, limit, today, out);
}

static const struct { const char *key, *text; } HOLDER_NAMES[HOLDERS] = {
    [HOLDER_NOBODY] = { "nobody", "不计时" },
    [HOLDER_OURS] = { "ours", "部门的时间" },
    [HOLDER_APPLICANT] = { "applicant", "申请人的时间" },
    [HOLDER_SPECIAL] = { "special", "特别程序的时间" },
};

const char *holder_key(enum time_holder h)
{
    return HOLDER_NAMES[h].key;
}

const char *holder_text(enum time_holder h)
{
    return HOLDER_NAMES[h].text;
}

enum time_holder holder_of(struct sv key)
{
    for (int h = HOLDER_NOBODY; h < HOLDERS; h++)
        if (sv_is(key, HOLDER_NAMES[h].key))
            return (enum time_holder)h;
    return HOLDER_NOBODY;
}
