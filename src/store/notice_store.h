/* notice_store: what people are told (message) and how it goes out (dispatch). See store.h.
 *
 * A message stands in the person's list at once. A dispatch is one message on its way over one
 * channel: queued -> leased -> sent, or failed (a dead letter) when trying has ended. While it is
 * leased its next_at is the end of the lease, so "may be taken now" is one comparison, and what a
 * dead node held comes back by itself.
 */
#ifndef YZ_STORE_NOTICE_STORE_H
#define YZ_STORE_NOTICE_STORE_H

#include "store/store.h"

struct message_row {
    int64_t id, user_id, case_id, item_id, created_at, read_at; /* 0 = none */
    bool important;
    struct sv template, dedupe, subject, title, body; /* template, dedupe, subject: "" = none */
};
/* 1 = written, 0 = there is a message with this dedupe key already: nothing is written. */
int message_insert(struct db_conn *c, const struct message_row *m, struct err *e);
/* Newest first, ids below `before`; case_id 0: about anything. */
int message_list_user(struct db_conn *c, int64_t user, int64_t case_id, int64_t before,
                      int64_t limit, struct arena *a, struct message_row **out, size_t *n,
                      struct err *e);
int message_count_unread(struct db_conn *c, int64_t user, int64_t *n, struct err *e);
/* The person's own message is read from now on; reading again changes nothing. 1 / 0 = no such
 * message of this person. */
int message_read(struct db_conn *c, int64_t user, int64_t id, int64_t now, struct err *e);
/* Everything up to this id. How many were unread. */
int message_read_all(struct db_conn *c, int64_t user, int64_t up_to, int64_t now, struct err *e);
/* What the message of this occasion asked for is done: read, if it was not. */
int message_settle(struct db_conn *c, struct sv dedupe, int64_t now, struct err *e);
/* Delete messages in nobody's list and of no case (one-time codes) that were made before this
 * moment, with their dispatches. */
int message_purge_unlisted(struct db_conn *c, int64_t before, struct err *e);

/* state of a dispatch, as stored. */
#define DISPATCH_QUEUED "queued"
#define DISPATCH_LEASED "leased"
#define DISPATCH_SENT "sent"
#define DISPATCH_FAILED "failed"

struct dispatch_row {
    int64_t id, message_id, attempts, next_at, expires_at, created_at, sent_at; /* 0 = none */
    struct sv channel, address, state, last_error;
    struct sv template, title, body; /* of the message; read only */
};
/* A new one, queued. */
int dispatch_insert(struct db_conn *c, const struct dispatch_row *d, struct err *e);
/* Is anything of any channel due? 1 / 0. */
int dispatch_any_due(struct db_conn *c, int64_t now, struct err *e);
/* In a write transaction: lease what is due on a channel to `who` until `until`, oldest first. The
 * rows come with attempts counted and the text of their message. */
struct lease { struct sv who; int64_t now, until; };
int dispatch_claim(struct db_conn *c, struct sv channel, const struct lease *l, int64_t limit,
                   struct arena *a, struct dispatch_row **out, size_t *n, struct err *e);
/* Handed over by `channel`. Counts even when the lease had been lost meanwhile: it did go out. */
int dispatch_sent(struct db_conn *c, int64_t id, struct sv channel, int64_t now, struct err *e);
/* Not handed over: try again at next_at, or never (0: failed). Only while `who` holds the lease;
 * 1 = noted, 0 = somebody else has it now. */
int dispatch_missed(struct db_conn *c, int64_t id, struct sv who, int64_t next_at,
                    struct sv why, struct err *e);
/* A failed one is tried again from the beginning: 1, or 0 when it is not a failed one. */
int dispatch_retry(struct db_conn *c, int64_t id, int64_t now, struct err *e);
/* Delete every queued one. */
int dispatch_drop_queued(struct db_conn *c, struct err *e);
/* Of one state (not sent), newest first, ids below `before`. No body: codes stay private. */
int dispatch_list(struct db_conn *c, struct sv state, int64_t before, int64_t limit,
                  struct arena *a, struct dispatch_row **out, size_t *n, struct err *e);
/* By state and channel; sent ones since `sent_since`. */
struct dispatch_count { struct sv state, channel; int64_t n; };
int dispatch_counts(struct db_conn *c, int64_t sent_since, struct arena *a,
                    struct dispatch_count **out, size_t *n, struct err *e);

#endif
