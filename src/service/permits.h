/* permits: what becomes of statutory permits after their grant (P23-P28, art. 8, 49, 50, 69, 70).
 *
 * One function changes a permit, whoever asks: a department of its own accord, its grant of an item in
 * a case about the permit, or the clock. It asks PERMIT_TABLE, writes permit, event and ledger entry,
 * and makes the next version of the licence that carries the permit, all in the caller's transaction.
 */
#ifndef YZ_SERVICE_PERMITS_H
#define YZ_SERVICE_PERMITS_H

#include "service/app.h"

struct permit_change {
    enum act act;              /* of PERMIT_TABLE */
    const struct actor *actor; /* NULL = the clock */
    int64_t now;
    int32_t on;                /* effective date: not before the permit's last event, not after today */
    struct sv document, reason, basis;
    struct sv number;          /* new; "" as before, as all that follows */
    int32_t valid_from, valid_until; /* DATE_NONE */
    struct sv holder, person, address;
    int64_t case_id, item_id;  /* 0: no case */
    uint64_t facts;            /* that the caller knows: RENEWAL_IN_TIME */
};
/* In a write transaction; *p as read in it, and changed. */
int permit_change(struct app *app, struct db_conn *c, struct permit_row *p,
                  const struct permit_change *x, struct arena *a, struct err *e);
/* The event of a grant, after its ledger entry, and the tasks of those who supervise it (P30). */
int permit_granted(struct app *app, struct db_conn *c, const struct permit_row *p, const struct actor *actor,
                   int64_t now, int64_t ledger_seq, struct err *e);

/* ---- by the department itself (通报/函告) ---- */
struct permit_view {
    struct permit_row row;
    struct permit_event_row *events; size_t n_events; /* oldest first */
    struct item_row *open; size_t n_open;             /* items of cases about it, not decided */
    uint64_t allowed;                                 /* acts that this actor may try */
};
/* For its department, the bureau of its region (who may only look): ERR_NOT_FOUND otherwise. */
int permit_open_for(struct app *app, const struct actor *actor, int64_t id, struct arena *a,
                    struct permit_view *out, struct err *e);
struct permit_notice {
    struct sv document, reason, basis, number, holder, person, address;
    int32_t on, valid_until; /* DATE_NONE: today; as before */
    bool no_end;             /* valid_until: none any more */
};
/* What departments do of their own accord; renewing and replacing are asked for in a case. */
bool permit_own_act(enum act act);
int permit_act(struct app *app, const struct command *cmd, int64_t id, enum act act,
               const struct permit_notice *in, struct err *e);

/* ---- the clock (permit_clock.c) ---- */
/* Bring one permit up to date in a transaction: what has run out expires, or is renewed by silence
 * when its renewal was asked for in time (P26). 1 = something happened. */
int permit_catch_up(struct app *app, struct db_conn *c, struct permit_row *p, int64_t now,
                    struct arena *a, struct err *e);
/* Every permit that has run out; returns how many. */
int permit_clock_run(struct app *app, int64_t now, struct err *e);
/* Holders are told 90, 60 and 30 days ahead (R7.5), once each. Returns how many. */
int permit_remind_run(struct app *app, int64_t now, struct err *e);
/* Last day on which a renewal is in time: 30 days before the end (art. 50). DATE_NONE: no end. */
int32_t permit_renew_by(const struct permit_row *p);
enum { RENEW_DAYS = 30 };
/* The reason of an item that was renewed so. */
#define DEEMED_RENEWAL SV("届满前未作出是否准予延续的决定，视为准予延续")

#endif
