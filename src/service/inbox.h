/* inbox: what people do with notices: read them; and, for those who run the place, what became of
 * the ones that went out. */
#ifndef YZ_SERVICE_INBOX_H
#define YZ_SERVICE_INBOX_H

#include "service/app.h"

/* ERR_NOT_FOUND unless it is a message to this person. Reading twice is fine. */
int inbox_read(struct app *app, int64_t user, int64_t message, int64_t now, struct err *e);
/* Everything up to this message; what came later stays unread. */
int inbox_read_all(struct app *app, int64_t user, int64_t up_to, int64_t now, struct err *e);

/* Dispatches by state and channel; sent ones of the last 24 hours. */
int outbox_counts(struct app *app, int64_t now, struct arena *a, struct dispatch_count **out,
                  size_t *n, struct err *e);
/* A dead letter is tried again from the beginning. ERR_NOT_FOUND when there is none of this id. */
int outbox_retry(struct app *app, int64_t dispatch, int64_t now, struct err *e);
/* What is waiting to go out never does: for demonstration data, whose people are made up. */
int outbox_drop(struct app *app, struct err *e);

#endif
