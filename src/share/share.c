/* share: see share.h. */
#include "share/share.h"

#include <pthread.h>
#include <stdlib.h>

#include <curl/curl.h>

#include "sys/clock.h"

struct share_client {
    struct share_options o;
    pthread_mutex_t lock; /* what stands below */
    int failures;         /* in a row */
    int64_t paused_until; /* monotonic microseconds */
    int running;
};

struct share_client *share_new(const struct share_options *o)
{
    struct share_client *c = mem_new(sizeof *c);
    if (curl_global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK)
        abort();
    c->o = *o;
    pthread_mutex_init(&c->lock, NULL);
    return c;
}

void share_free(struct share_client *c)
{
    if (!c)
        return;
    pthread_mutex_destroy(&c->lock);
    free(c);
}

/* ---- whether to ask at all ---- */

/* After the pause one question finds out whether the source is back; the others wait for it no
 * longer than before: they are told that it is not there. */
static bool enter(struct share_client *c, const char **why)
{
    int64_t now = clock_monotonic_us();
    pthread_mutex_lock(&c->lock);
    bool probing = c->failures >= SHARE_FAILURES;
    bool paused = probing && (now < c->paused_until || c->running > 0);
    bool good = !paused && c->running < SHARE_AT_ONCE;
    if (good)
        c->running++;
    pthread_mutex_unlock(&c->lock);
    *why = paused ? "paused" : "busy";
    return good;
}

/* Call with the lock. */
static void note(struct share_client *c, bool good)
{
    if (good)
        c->failures = 0;
    else if (c->failures < SHARE_FAILURES)
        c->failures++;
    if (!good)
        c->paused_until = clock_monotonic_us() + c->o.pause_ms * 1000;
}

/* Whether an answer is good only its reader knows. */
static void leave(struct share_client *c, enum share_outcome outcome)
{
    pthread_mutex_lock(&c->lock);
    c->running--;
    if (outcome != SHARE_OK)
        note(c, outcome == SHARE_NOT_FOUND);
    pthread_mutex_unlock(&c->lock);
}

void share_judge(struct share_client *c, bool sound)
{
    pthread_mutex_lock(&c->lock);
    note(c, sound);
    pthread_mutex_unlock(&c->lock);
}

/* ---- asking ---- */

static size_t receive(char *p, size_t size, size_t count, void *ctx)
{
    struct buf *body = ctx;
    buf_add(body, p, size * count);
    return buf_ok(body) ? size * count : 0;
}

static CURLcode transfer(const struct share_client *c, const char *url, const char *purpose,
                         struct arena *a, struct buf *body, long *status)
{
    CURL *easy = curl_easy_init();
    struct curl_slist *lines = curl_slist_append(NULL, "Accept: application/json");
    if (!easy)
        abort();
    lines = curl_slist_append(lines, arena_printf(a, "X-Purpose: %s", purpose));
    if (c->o.token)
        lines = curl_slist_append(lines, arena_printf(a, "Authorization: Bearer %s", c->o.token));
    curl_easy_setopt(easy, CURLOPT_URL, url);
    curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, "http,https");
    curl_easy_setopt(easy, CURLOPT_PROXY, "");
    curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(easy, CURLOPT_TIMEOUT_MS, (long)c->o.timeout_ms);
    curl_easy_setopt(easy, CURLOPT_HTTPHEADER, lines);
    curl_easy_setopt(easy, CURLOPT_USERAGENT, "yizheng/" YZ_VERSION);
    curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, receive);
    curl_easy_setopt(easy, CURLOPT_WRITEDATA, body);
    CURLcode rc = curl_easy_perform(easy);
    curl_easy_getinfo(easy, CURLINFO_RESPONSE_CODE, status);
    curl_slist_free_all(lines);
    curl_easy_cleanup(easy);
    return rc;
}

static enum share_outcome judge(CURLcode rc, long status, const struct buf *body, json_t **out,
                                const char **why)
{
    *why = rc == CURLE_OPERATION_TIMEDOUT ? "timeout"
         : rc == CURLE_WRITE_ERROR ? "content" : rc != CURLE_OK ? "connection" : "status";
    if (rc != CURLE_OK || (status != 200 && status != 404))
        return SHARE_UNAVAILABLE;
    if (status == 404)
        return SHARE_NOT_FOUND;
    *out = json_parse(buf_sv(body), NULL);
    if (json_is_object(*out))
        return SHARE_OK;
    json_decref(*out);
    *out = NULL;
    *why = "content";
    return SHARE_UNAVAILABLE;
}

enum share_outcome share_get(struct share_client *c, const char *path, const char *purpose,
                             json_t **out, const char **why)
{
    struct buf body;
    long status = 0;
    *out = NULL;
    if (!enter(c, why))
        return SHARE_UNAVAILABLE;
    struct arena *a = arena_new();
    buf_init(&body, SHARE_BODY_MAX);
    CURLcode rc = transfer(c, arena_printf(a, "%s%s", c->o.url, path), purpose, a, &body,
                           &status);
    enum share_outcome outcome = judge(rc, status, &body, out, why);
    leave(c, outcome);
    buf_done(&body);
    arena_free(a);
    return outcome;
}

const char *share_escape(struct sv text, struct arena *a)
{
    char *escaped = curl_easy_escape(NULL, text.p, (int)text.n);
    if (!escaped)
        abort();
    const char *out = arena_dup(a, sv_of(escaped));
    curl_free(escaped);
    return out;
}
