/* tell_supervise: what departments are told of supervision (P30), in the transaction of the act. */
#ifndef YZ_SERVICE_TELL_SUPERVISE_H
#define YZ_SERVICE_TELL_SUPERVISE_H

#include "service/supervise.h"

/* To the supervising department: a task. */
int tell_supervision_opened(struct app *app, struct db_conn *c, const struct supervision_row *t,
                            const struct supervise_decision *d, struct err *e);
/* The task was acknowledged: what its department was told of it counts as read. */
int tell_supervision_seen(struct db_conn *c, const struct supervision_row *t, int64_t now,
                          struct err *e);
/* To the department that granted: a proposal, as the task now is. */
int tell_supervision_proposed(struct app *app, struct db_conn *c,
                              const struct supervision_entry *x,
                              const struct supervision_event_row *v, struct err *e);
/* To the supervising department: declined, or what became of the permit. */
int tell_supervision_answered(struct app *app, struct db_conn *c,
                              const struct supervision_entry *x,
                              const struct supervision_event_row *v, struct err *e);
/* To whoever has to act; when it has passed also to the bureau of the region. */
int tell_supervision_due(struct app *app, struct db_conn *c, const struct supervision_entry *x,
                         bool passed, int64_t now, struct err *e);

#endif
