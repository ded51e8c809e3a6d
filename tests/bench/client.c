/* client: see client.h. */
#include "client.h"

#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <unistd.h>

#include "sys/clock.h"

enum { SAMPLES_MAX = 4000000 };

struct link {
    int fd;
    struct buf out, in;
    size_t sent;
    int64_t started;
    bool busy;
};

static int connect_to(unsigned port)
{
    struct sockaddr_in a = { .sin_family = AF_INET, .sin_port = htons((uint16_t)port),
                             .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
    int one = 1;
    int fd = socket(AF_INET, SOCK_STREAM, 0);
    if (connect(fd, (struct sockaddr *)&a, sizeof a) != 0) {
        close(fd);
        return -1;
    }
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
    return fd;
}

/* Whole answer in `in`? Then its status and body. */
static bool parse(const struct buf *in, int *status, struct sv *body)
{
    const char *end = in->n ? memmem(in->p, in->n, "\r\n\r\n", 4) : NULL;
    int64_t length = 0;
    if (!end)
        return false;
    *status = atoi(in->p + 9);
    const char *cl = memmem(in->p, (size_t)(end - in->p), "Content-Length: ", 16);
    if (cl)
        length = atoll(cl + 16);
    size_t head = (size_t)(end - in->p) + 4;
    if (in->n < head + (size_t)length)
        return false;
    *body = sv_make(in->p + head, (size_t)length);
    return true;
}

static bool send_next(const struct load *l, struct link *k, size_t slot)
{
    buf_clear(&k->out);
    k->sent = 0;
    if (!l->next(l->ctx, slot, &k->out))
        return false;
    k->started = clock_monotonic_us();
    k->busy = true;
    while (k->sent < k->out.n) {
        ssize_t n = write(k->fd, k->out.p + k->sent, k->out.n - k->sent);
        if (n <= 0)
            return false;
        k->sent += (size_t)n;
    }
    return true;
}

static int by_size(const void *a, const void *b)
{
    int32_t x = *(const int32_t *)a;
    int32_t y = *(const int32_t *)b;
    return x < y ? -1 : x > y;
}

static void summarise(int32_t *samples, size_t n, struct load_result *out)
{
    if (n == 0)
        return;
    qsort(samples, n, sizeof *samples, by_size);
    out->p50_us = samples[n / 2];
    out->p99_us = samples[n - 1 - n / 100];
    out->max_us = samples[n - 1];
}

/* Read what is there; true when an answer was completed (or the link broke: *broken). */
static bool receive(struct link *k, int *status, struct sv *body, bool *broken)
{
    char chunk[65536];
    ssize_t n = read(k->fd, chunk, sizeof chunk);
    *broken = n <= 0;
    if (n > 0)
        buf_add(&k->in, chunk, (size_t)n);
    return n > 0 && parse(&k->in, status, body);
}

bool load_run(const struct load *l, struct load_result *out)
{
    struct link *links = mem_new(l->connections * sizeof *links);
    int32_t *samples = mem_new(SAMPLES_MAX * sizeof *samples);
    struct epoll_event events[128];
    int ep = epoll_create1(0);
    size_t busy = 0;
    int64_t start = clock_monotonic_us();
    *out = (struct load_result){ 0 };
    for (size_t i = 0; i < l->connections; i++) {
        struct epoll_event ev = { .events = EPOLLIN, .data.u64 = i };
        buf_init(&links[i].out, (size_t)8 << 20);
        buf_init(&links[i].in, (size_t)64 << 20);
        links[i].fd = connect_to(l->port);
        if (links[i].fd < 0)
            return false;
        epoll_ctl(ep, EPOLL_CTL_ADD, links[i].fd, &ev);
        busy += send_next(l, &links[i], i);
    }
    while (busy > 0) {
        int n = epoll_wait(ep, events, 128, 5000);
        if (n <= 0)
            break;
        for (int i = 0; i < n; i++) {
            size_t slot = (size_t)events[i].data.u64;
            struct link *k = &links[slot];
            int status = 0;
            struct sv body;
            bool broken;
            if (!receive(k, &status, &body, &broken)) {
                if (broken) {
                    epoll_ctl(ep, EPOLL_CTL_DEL, k->fd, NULL);
                    out->failures += k->busy;
                    busy -= k->busy;
                    k->busy = false;
                }
                continue;
            }
            int64_t now = clock_monotonic_us();
            if (out->answers < SAMPLES_MAX)
                samples[out->answers] = (int32_t)(now - k->started);
            out->answers++;
            out->failures += status >= 400;
            if (l->answer)
                l->answer(l->ctx, slot, status, body);
            buf_clear(&k->in);
            k->busy = false;
            bool more = l->max_us == 0 || now - start < l->max_us;
            if (!more || !send_next(l, k, slot))
                busy--;
        }
    }
    out->elapsed_us = clock_monotonic_us() - start;
    summarise(samples, (size_t)(out->answers < SAMPLES_MAX ? out->answers : SAMPLES_MAX), out);
    for (size_t i = 0; i < l->connections; i++) {
        close(links[i].fd);
        buf_done(&links[i].out);
        buf_done(&links[i].in);
    }
    close(ep);
    free(links);
    free(samples);
    return true;
}
