/* supervise: 审管联动 (P30). Decisions become tasks of the supervising departments, in the transaction
 * of the decision; the departments acknowledge, report, propose; proposals are answered.
 *
 * Who gets one: the catalogue's supervising department of the permit in its region, and each
 * department of `co_supervisors` there (that of the city when the district has none), each its own,
 * once. A permit that the catalogue does not know any more goes to the department that granted it.
 */
#ifndef YZ_SERVICE_SUPERVISE_H
#define YZ_SERVICE_SUPERVISE_H

#include "service/app.h"
#include "store/supervise_store.h"

/* Limits as data: DATA/supervision.json, else the shipped sample. Into app->supervision;
 * ERR_CONFIG when there is no day to read. */
int supervise_open(struct app *app, struct err *e);

/* ---- in the transaction of a decision ---- */

struct supervise_decision {
    enum act act;                    /* of supervision_of; others make nothing */
    int64_t permit_id;               /* 0: not granted */
    int64_t case_id, item_id, event_seq;
    struct sv permit_type, grantor, region;
    struct sv holder, name, number;  /* to tell people; number "" none */
    int64_t now;
    bool old; /* from before there was supervision: nothing is due, nobody is told one by one */
};
/* One task for each department; what a replayed event made already stays as it is. */
int supervise_decided(struct app *app, struct db_conn *c, const struct supervise_decision *d,
                      struct err *e);
/* After an event of a permit: its task, and the answer to proposals when it has ended. */
int supervise_permit_event(struct app *app, struct db_conn *c, const struct permit_row *p,
                           const struct permit_event_row *v, struct err *e);

/* The decision of an event, not yet `old`. Text borrowed from both. */
struct supervise_decision supervise_decision_of(const struct permit_row *p,
                                                const struct permit_event_row *v);

/* ---- looking ---- */

struct supervision_view {
    struct supervision_entry entry;
    struct supervision_event_row *events; size_t n_events; /* oldest first */
    uint64_t allowed;                                      /* acts that this actor may try */
};
/* For the departments that supervise or granted, bureau and government of the region:
 * ERR_NOT_FOUND otherwise. */
int supervise_open_for(struct app *app, const struct actor *actor, int64_t id, struct arena *a,
                       struct supervision_view *out, struct err *e);
/* What was done about a permit, oldest first; the same people. */
int supervise_history(struct app *app, const struct actor *actor, int64_t permit_id,
                      struct arena *a, struct supervision_view **out, size_t *n, struct err *e);
/* Acts that this actor may try on a task, apart from what comes with them. */
uint64_t supervise_allowed(const struct actor *actor, const struct supervision_row *task);

/* ---- acts (supervise_act.c) ---- */

struct supervision_input {
    struct sv reason, basis, document;
    struct sv result;   /* report_problem: problem, rectify, filed */
    struct sv wants;    /* propose_taking: an act on permits */
    int32_t on;         /* report: the day of the inspection; DATE_NONE: today */
    int32_t rectify_by; /* report_problem with rectify */
};
#define SUPERVISION_INPUT_NONE                                                                    \
    ((struct supervision_input){ .on = DATE_NONE, .rectify_by = DATE_NONE })
/* Acts that departments do. */
bool supervise_own_act(enum act act);
int supervise_act(struct app *app, const struct command *cmd, int64_t id, enum act act,
                  const struct supervision_input *in, struct err *e);

/* ---- the clock (supervise_clock.c) ---- */
/* Who has to act is reminded when the signal turns yellow; when it has passed again, and the bureau
 * is told. Once each. Returns how many were told. */
int supervise_warn_run(struct app *app, int64_t now, struct err *e);
/* Once for each database: valid permits granted before there was supervision begin now. */
int supervise_backfill(struct app *app, int64_t now, struct err *e);

/* ---- lists as files (supervise_export.c) ---- */
enum supervise_format { SUPERVISE_CSV, SUPERVISE_XLSX };
int supervise_export(const struct app *app, const struct supervised_row *rows, size_t n,
                     enum supervise_format format, struct buf *out, struct err *e);

/* ---- inside ---- */
/* Write what an act left of a task, its event and its entry; tell nobody. v: act, day, input; the
 * rest is filled in. */
int supervise_write(struct app *app, struct db_conn *c, struct supervision_row *t,
                    struct supervision_event_row *v, const struct actor *actor, int64_t now,
                    struct err *e);
/* The entry's words about a task as it is now: shared with the replay. */
json_t *supervise_body(const struct supervision_row *t);

#endif
