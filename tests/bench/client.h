/* client: a small HTTP load generator: one epoll loop, keep-alive connections, one request in
 * flight on each. Enough HTTP for our own server: status line, Content-Length, body. */
#ifndef YZ_BENCH_CLIENT_H
#define YZ_BENCH_CLIENT_H

#include "base/buf.h"

struct load {
    unsigned port;
    size_t connections;
    int64_t max_us; /* stop sending after this long; 0 = until next says no */
    void *ctx;
    /* Write the next request of connection slot; false: this one has no more. */
    bool (*next)(void *ctx, size_t slot, struct buf *out);
    /* An answer came; status and body. May be NULL. */
    void (*answer)(void *ctx, size_t slot, int status, struct sv body);
};

struct load_result {
    int64_t answers, failures; /* failures: status >= 400 or broken connections */
    int64_t elapsed_us;
    int64_t p50_us, p99_us, max_us;
};

/* Runs to the end. False when no connection could be made. */
bool load_run(const struct load *l, struct load_result *out);

#endif
