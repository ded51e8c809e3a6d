/* channel: handing dispatches over: to a file, an HTTP gateway (SMS), an SMTP server.
 *
 * The only place that calls out of the house; never inside a transaction. A batch goes out side by
 * side, so the slowest answer (CHANNEL_SECONDS) bounds the whole of it. What may be repeated is
 * repeated under the same name: the dispatch id is the gateway's idempotency key and the mail's
 * Message-ID.
 *
 * The HTTP gateway gets POST url, Content-Type: application/json, Idempotency-Key: <dispatch id>,
 * Authorization: Bearer <token> if there is one, and {"id", "phone", "text", "template"}. 2xx =
 * taken; 4xx other than 408 and 429 = never will be; anything else = later. Answers' bodies are not
 * kept: they may echo what a person alone should read.
 */
#ifndef YZ_JOB_CHANNEL_H
#define YZ_JOB_CHANNEL_H

#include "service/app.h"

enum { CHANNEL_SECONDS = 10 };

enum verdict { VERDICT_SENT, VERDICT_LATER, VERDICT_NEVER };
struct outgoing {
    const struct dispatch_row *d;
    enum verdict verdict;
    struct sv why; /* when not sent: a Chinese sentence without addresses */
};

/* Once, before any thread that sends is started. */
void channel_init(void);

/* Each fills in the verdict of every element; texts on a. now: ms UTC. */
void channel_file(const struct app *app, struct outgoing *list, size_t n, int64_t now,
                  struct arena *a);
void channel_sms(const struct app *app, struct outgoing *list, size_t n, int64_t now,
                 struct arena *a);
void channel_email(const struct app *app, struct outgoing *list, size_t n, int64_t now,
                   struct arena *a);

#endif
