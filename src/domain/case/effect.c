/* effect: see effect.h. */
#include "domain/case/effect.h"

bool effect_event(enum effect e, const struct timer *t, int32_t on, int64_t days,
                  struct timer_event *out)
{
    *out = (struct timer_event){ .on = on, .clock = t->clock, .holder = t->holder };
    switch (e) {
    case EFFECT_ACCEPTANCE:
        out->clock = CLOCK_SILENCE;
        out->holder = HOLDER_OURS;
        return true;
    case EFFECT_DECISION:
        out->clock = CLOCK_DECISION;
        out->holder = HOLDER_OURS;
        return true;
    case EFFECT_APPLICANT:
        out->clock = CLOCK_APPLICANT; /* afterwards a new five days, not the rest of the old */
        out->holder = HOLDER_APPLICANT;
        return true;
    case EFFECT_STOP:
        out->holder = HOLDER_SPECIAL;
        return true;
    case EFFECT_RESUME:
        out->holder = HOLDER_OURS;
        return true;
    case EFFECT_EXTEND:
        out->extended = days;
        return true;
    case EFFECT_CLOSE:
        out->clock = CLOCK_NONE;
        out->holder = HOLDER_NOBODY;
        return true;
    default:
        return false;
    }
}
