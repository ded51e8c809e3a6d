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

/* One run under way. */
struct run {
    const struct load *l;
    struct load_result *out;
    struct link *links;
    int32_t *samples;
    int64_t start;
    size_t busy;
    int ep;
};

static bool open_links(struct run *r)
{
    for (size_t i = 0; i < r->l->connections; i++) {
        struct epoll_event ev = { .events = EPOLLIN, .data.u64 = i };
        buf_init(&r->links[i].out, (size_t)8 << 20);
        buf_init(&r->links[i].in, (size_t)64 << 20);
        r->links[i].fd = connect_to(r->l->port);
        if (r->links[i].fd < 0)
            return false;
        epoll_ctl(r->ep, EPOLL_CTL_ADD, r->links[i].fd, &ev);
        r->busy += send_next(r->l, &r->links[i], i);
    }
    return true;
}

static void lost(struct run *r, struct link *k)
{
    epoll_ctl(r->ep, EPOLL_CTL_DEL, k->fd, NULL);
    r->out->failures += k->busy;
    r->busy -= k->busy;
    k->busy = false;
}

static void answered(struct run *r, size_t slot, int status, struct sv body)
{
    struct link *k = &r->links[slot];
    int64_t now = clock_monotonic_us();
    if (r->out->answers < SAMPLES_MAX)
        r->samples[r->out->answers] = (int32_t)(now - k->started);
    r->out->answers++;
    r->out->failures += status >= 400;
    if (r->l->answer)
        r->l->answer(r->l->ctx, slot, status, body);
    buf_clear(&k->in);
    k->busy = false;
    bool more = r->l->max_us == 0 || now - r->start < r->l->max_us;
    if (!more || !send_next(r->l, k, slot))
        r->busy--;
}

static void go_on(struct run *r, size_t slot)
{
    int status = 0;
    struct sv body;
    bool broken;
    if (receive(&r->links[slot], &status, &body, &broken))
        answered(r, slot, status, body);
    else if (broken)
        lost(r, &r->links[slot]);
}

bool load_run(const struct load *l, struct load_result *out)
{
    struct epoll_event events[128];
    struct run r = { .l = l, .out = out, .links = mem_new(l->connections * sizeof *r.links),
                     .samples = mem_new(SAMPLES_MAX * sizeof *r.samples),
                     .start = clock_monotonic_us(), .ep = epoll_create1(0) };
    *out = (struct load_result){ 0 };
    bool opened = open_links(&r);
    while (opened && r.busy > 0) {
        int n = epoll_wait(r.ep, events, 128, 5000);
        if (n <= 0)
            break;
        for (int i = 0; i < n; i++)
            go_on(&r, (size_t)events[i].data.u64);
    }
    out->elapsed_us = clock_monotonic_us() - r.start;
    if (opened)
        summarise(r.samples, (size_t)(out->answers < SAMPLES_MAX ? out->answers : SAMPLES_MAX), out);
    for (size_t i = 0; opened && i < l->connections; i++) {
        close(r.links[i].fd);
        buf_done(&r.links[i].out);
        buf_done(&r.links[i].in);
    }
    close(r.ep);
    free(r.links);
    free(r.samples);
    return opened;
}
