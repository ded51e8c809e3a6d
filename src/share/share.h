/* share: asking other authorities' systems over HTTP, while a person waits for the answer.
 *
 * The other place that calls out of the house beside src/job/channel.c. That one takes its time;
 * this one is bounded: by a timeout, by how many requests may wait at the same moment, and by a
 * pause after failures in a row, so that a source which is down slows nobody. Only GET, only JSON,
 * no redirects, certificates verified, never through a proxy of the environment, never inside a
 * transaction. What the protocol asks and answers: docs/data-sharing.md.
 */
#ifndef YZ_SHARE_SHARE_H
#define YZ_SHARE_SHARE_H

#include "base/json.h"

enum { SHARE_BODY_MAX = 256 * 1024, SHARE_AT_ONCE = 8, SHARE_FAILURES = 2 };

struct share_options {
    const char *url;    /* without a slash at the end; outlives the client */
    const char *token;  /* bearer token; NULL: none */
    int64_t timeout_ms; /* for everything: name, connection, answer */
    int64_t pause_ms;   /* how long nobody asks after SHARE_FAILURES failures in a row */
};

struct share_client;
/* Before any thread asks. Freed by share_free (NULL is fine). */
struct share_client *share_new(const struct share_options *o);
void share_free(struct share_client *c);

enum share_outcome { SHARE_OK, SHARE_NOT_FOUND, SHARE_UNAVAILABLE };

/* GET url + path, with the purpose (X-Purpose, ASCII) for the other side's own records. *out: the
 * answer, a JSON object (new reference), with SHARE_OK only. *why: a short code for the log when
 * unavailable: timeout, connection, status, content, busy, paused. Thread-safe. */
enum share_outcome share_get(struct share_client *c, const char *path, const char *purpose,
                             json_t **out, const char **why);

/* To be called after SHARE_OK: did the answer make sense? One that did not is a failure of the
 * source like any other. */
void share_judge(struct share_client *c, bool sound);

/* Text for a query, percent-encoded, on a. */
const char *share_escape(struct sv text, struct arena *a);

#endif
