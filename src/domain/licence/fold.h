/* fold: the comprehensive licence as a pure function of permit events (P23). Pure.
 *
 * Licence(t) = fold of the events up to t, in the order in which they were recorded. Nothing else
 * makes a licence: services fold the events of the database, `yizheng log verify` those of the log,
 * and both must come to the same bytes (payload.h). The fold steps PERMIT_TABLE, so an event that the
 * table does not have is an error, whoever wrote it.
 *
 * Who holds the permits and where (holder, person, address) are facts that departments approved: a
 * grant states them, an amendment changes them. The licence shows the latest of a permit that is
 * still valid; a permit whose own facts differ is behind (licence_permit.behind) until its
 * department has amended it too.
 */
#ifndef YZ_DOMAIN_LICENCE_FOLD_H
#define YZ_DOMAIN_LICENCE_FOLD_H

#include "base/date.h"
#include "domain/case/permit.h"

struct permit_event {
    enum act act;            /* ACT_GRANT first; then acts of PERMIT_TABLE */
    int64_t permit;          /* its id */
    int32_t on;              /* effective date: never before the permit's event before it */
    struct sv number;        /* after the event; "" = as before */
    int32_t valid_from, valid_until; /* after it; both DATE_NONE = as before */
    bool no_end;             /* valid_until DATE_NONE is meant: no expiry */
    struct sv holder, person, address; /* "" = as before */
};

struct licence_permit {
    int64_t id;
    enum permit_state state;
    struct sv number;
    int32_t granted_on, valid_from, valid_until; /* valid_until DATE_NONE: no expiry */
    int32_t since;           /* effective date of the last event */
    size_t last;             /* index of the last event */
    struct sv holder, person, address;
    bool behind;             /* valid, but of another holder or place than the licence says */
};

struct licence_fold {
    struct licence_permit *permits; size_t n_permits; /* in the order granted */
    size_t n_valid;
    struct sv holder, person, address;  /* "" when no permit is valid (P25: the licence is void) */
    int32_t expires_on;      /* last day on which any permit is valid; DATE_NONE: one has no end */
};

/* Text is borrowed from the events; arrays on a. 0, or ERR_REFUSED with the event's index in the
 * sentence: the table does not have it, its permit was not granted, its dates go back. */
int licence_fold(const struct permit_event *events, size_t n, struct arena *a,
                 struct licence_fold *out, struct err *e);

/* Is a permit listed on the face of the licence? */
static inline bool licence_lists(const struct licence_permit *p)
{
    return p->state == PERMIT_VALID;
}

#endif
