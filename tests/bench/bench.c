/* bench: the figures that issue and README speak of, measured on the real binary in one run.
 *
 * Load generator, server and disk share the machine's cores, as the figures say. Each figure is
 * printed with what it is compared to, measured in the same run. Nothing here is a test: it
 * never fails because a machine is slow.
 */
#include <microhttpd.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "client.h"
#include "domain/licence/number.h"
#include "large.h"
#include "licences.h"
#include "papers.h"
#include "prepare.h"
#include "service/keys.h"
#include "sys/clock.h"

enum { ROUNDS = 3 };

struct bench {
    const char *program, *dir, *data;
    int64_t n_licences;
    size_t n_submits, n_cases;
    struct scene scene;
    pid_t pid;
    unsigned port;
    uint64_t seed;
    size_t next_case;
};

/* ---- servers ---- */

static enum MHD_Result constant(void *cls, struct MHD_Connection *c, const char *url,
                                const char *method, const char *version, const char *data,
                                size_t *size, void **state)
{
    static int seen;
    static char body[] = "{\"number\":\"WHZH150302012026000011\",\"state\":\"valid\",\"state_text\":"
                         "\"xxxxxx\",\"version\":1,\"permits_valid\":4,\"expires_on\":\"2031-09-20\","
                         "\"as_of\":\"2026-11-24T04:21:20+08:00\"}";
    (void)cls, (void)url, (void)method, (void)version, (void)data, (void)size;
    if (!*state) {
        *state = &seen;
        return MHD_YES;
    }
    struct MHD_Response *r = MHD_create_response_from_buffer(sizeof body - 1, body,
                                                             MHD_RESPMEM_PERSISTENT);
    MHD_add_response_header(r, "Content-Type", "application/json; charset=utf-8");
    MHD_add_response_header(r, "Cache-Control", "no-store");
    enum MHD_Result ok = MHD_queue_response(c, 200, r);
    MHD_destroy_response(r);
    return ok;
}

/* The same HTTP library with the same threads, answering the same bytes: nothing else. */
static struct MHD_Daemon *start_constant(unsigned *port)
{
    struct MHD_Daemon *d = MHD_start_daemon(MHD_USE_EPOLL_INTERNAL_THREAD, 0, NULL, NULL, constant,
                                            NULL, MHD_OPTION_THREAD_POOL_SIZE, 2u,
                                            MHD_OPTION_CONNECTION_LIMIT, 1000u, MHD_OPTION_END);
    *port = MHD_get_daemon_info(d, MHD_DAEMON_INFO_BIND_PORT)->port;
    return d;
}

/* Start the program; microseconds until it said where it listens. */
static int64_t start_server(struct bench *b)
{
    int out[2];
    char line[512];
    int64_t begin = clock_monotonic_us();
    if (pipe(out) != 0)
        abort();
    b->pid = fork();
    if (b->pid == 0) {
        dup2(out[1], 1);
        close(out[0]);
        execl(b->program, b->program, "serve", "--data", b->data, "--listen", "127.0.0.1:0",
              "--log-level", "error", (char *)NULL);
        _exit(127);
    }
    close(out[1]);
    FILE *f = fdopen(out[0], "r");
    if (!f || !fgets(line, sizeof line, f)) {
        fputs("server did not start\n", stderr);
        exit(1);
    }
    int64_t us = clock_monotonic_us() - begin;
    const char *at = strstr(line, "127.0.0.1:");
    b->port = at ? (unsigned)atoi(at + 10) : 0;
    fclose(f);
    return us;
}

static void stop_server(struct bench *b)
{
    kill(b->pid, SIGTERM);
    waitpid(b->pid, NULL, 0);
}

static double resident_mb(pid_t pid)
{
    char path[64];
    char line[256];
    long kb = 0;
    snprintf(path, sizeof path, "/proc/%d/status", (int)pid);
    FILE *f = fopen(path, "r");
    while (f && fgets(line, sizeof line, f))
        if (strncmp(line, "VmRSS:", 6) == 0)
            kb = atol(line + 6);
    if (f)
        fclose(f);
    return (double)kb / 1024;
}

static int64_t file_bytes(const struct bench *b)
{
    struct stat st;
    char path[1024];
    snprintf(path, sizeof path, "%s/yizheng.db", b->data);
    return stat(path, &st) == 0 ? st.st_size : 0;
}

/* ---- (a) status ---- */

static bool next_status(void *ctx, size_t slot, struct buf *out)
{
    struct bench *b = ctx;
    struct buf number;
    (void)slot;
    b->seed = b->seed * 6364136223846793005u + 1442695040888963407u;
    int64_t i = (int64_t)((b->seed >> 20) % (uint64_t)b->n_licences);
    buf_init(&number, 64);
    licence_number(&number, SV("150302"), 1 + i / 99999, 2025, 1 + i % 99999);
    buf_fmt(out, "GET /api/v1/licences/%s/status HTTP/1.1\r\nHost: bench\r\n\r\n", number.p);
    buf_done(&number);
    return true;
}

static void bench_status(struct bench *b)
{
    unsigned bare_port;
    struct MHD_Daemon *bare = start_constant(&bare_port);
    for (int i = 0; i < ROUNDS; i++) {
        struct load_result base, ours;
        struct load l = { .port = bare_port, .connections = 64, .max_us = 3000000, .ctx = b,
                          .next = next_status };
        load_run(&l, &base);
        l.port = b->port;
        load_run(&l, &ours);
        double x = (double)base.answers * 1e6 / (double)base.elapsed_us;
        double y = (double)ours.answers * 1e6 / (double)ours.elapsed_us;
        printf("(a) status of 1 in %lld licences: %.0f/s; bare library, constant: %.0f/s; ratio "
               "%.0f %% (p99 %.2f ms, %lld failures)\n", (long long)b->n_licences, y, x,
               100 * y / x, (double)ours.p99_us / 1000, (long long)ours.failures);
    }
    MHD_stop_daemon(bare);
}

/* ---- (b) submissions ---- */

static void post(struct buf *out, const struct person *p, const char *path, int64_t version,
                 const char *body, bool minimal)
{
    static uint64_t key;
    buf_fmt(out, "POST %s HTTP/1.1\r\nHost: bench\r\nCookie: yz_session=%s\r\nX-CSRF-Token: %s\r\n"
                 "Content-Type: application/json\r\nIdempotency-Key: bench-key-%012llu\r\n"
                 "If-Match: \"%lld\"\r\n%sContent-Length: %zu\r\n\r\n%s", path, p->token, p->csrf,
            (unsigned long long)++key, (long long)version,
            minimal ? "Prefer: return=minimal\r\n" : "", strlen(body), body);
}

static bool next_submit(void *ctx, size_t slot, struct buf *out)
{
    struct bench *b = ctx;
    char path[128];
    (void)slot;
    if (b->next_case >= b->n_submits)
        return false;
    struct bench_case *c = &b->scene.cases[b->next_case++];
    snprintf(path, sizeof path, "/api/v1/cases/%lld/submit", (long long)c->id);
    post(out, &b->scene.applicant, path, c->version, "{\"truth\":true}", true);
    return true;
}

static void bench_submit(struct bench *b, struct err *e)
{
    struct load_result r;
    char path[1024];
    struct load l = { .port = b->port, .connections = 64, .ctx = b, .next = next_submit };
    load_run(&l, &r);
    double ours = (double)(r.answers - r.failures) * 1e6 / (double)r.elapsed_us;
    snprintf(path, sizeof path, "%s/raw.db", b->dir);
    double raw = raw_submissions(b->scene.app, path, 20000, e);
    printf("(b) durable submissions, 4 items each, 64 clients: %.0f/s, p50 %.1f ms, p99 %.1f ms, "
           "%lld failures; raw SQLite, same rows, batches of 100: %.0f/s; ratio %.0f %%\n", ours,
           (double)r.p50_us / 1000, (double)r.p99_us / 1000, (long long)r.failures, raw,
           raw > 0 ? 100 * ours / raw : 0);
}

/* ---- (c) whole cases ---- */

enum step { SUBMIT, ACCEPT, VISIT, GRANT, ISSUE, DONE };
struct run { struct bench_case *c; enum step step; size_t item; };

static struct run runs[64];
static enum step first_step, last_step; /* of this part of the load */

/* "items":[{"id":"…","case_id":…,"department":{"code":"…" — read by hand: no JSON tree here. */
static void read_items(struct bench_case *c, struct sv body, struct arena *a)
{
    json_t *doc = json_parse(body, NULL);
    json_t *item;
    size_t i;
    json_array_foreach(json_object_get(doc, "items"), i, item) {
        if (i >= sizeof c->items / sizeof c->items[0])
            break;
        sv_to_i64(json_sv(item, "id"), &c->items[i]);
        c->departments[i] = arena_sv(a, json_sv(json_object_get(item, "department"), "code"));
        c->n_items = i + 1;
    }
    json_decref(doc);
}

static bool next_whole(void *ctx, size_t slot, struct buf *out)
{
    struct bench *b = ctx;
    struct run *r = &runs[slot];
    char path[128];
    if (!r->c || r->step > last_step) {
        if (b->next_case >= b->n_submits + b->n_cases)
            return false;
        *r = (struct run){ .c = &b->scene.cases[b->next_case++], .step = first_step };
    }
    struct bench_case *c = r->c;
    if (r->step == SUBMIT) {
        snprintf(path, sizeof path, "/api/v1/cases/%lld/submit", (long long)c->id);
        post(out, &b->scene.applicant, path, c->version, "{\"truth\":true}", false);
        return true;
    }
    if (r->step == ISSUE) {
        snprintf(path, sizeof path, "/api/v1/cases/%lld/issue", (long long)c->id);
        post(out, &b->scene.bureau, path, c->version, "{}", true);
        return true;
    }
    snprintf(path, sizeof path, "/api/v1/items/%lld/acts/%s", (long long)c->items[r->item],
             r->step == ACCEPT ? "accept" : "grant");
    post(out, scene_reviewer(&b->scene, c->departments[r->item]), path,
         r->step == ACCEPT ? 1 : c->versions[r->item], "{}", true);
    return true;
}

static bool is_filing(struct bench *b, const struct run *r)
{
    (void)b;
    return r->item == 2; /* of the four permits of this supermarket the third is a filing */
}

static void answer_whole(void *ctx, size_t slot, int status, struct sv body)
{
    struct bench *b = ctx;
    struct run *r = &runs[slot];
    if (status >= 400) {
        static bool told;
        if (!told)
            fprintf(stderr, "step %d item %zu: %d %.*s\n", (int)r->step, r->item, status,
                (int)(body.n < 300 ? body.n : 300), body.p);
        told = true;
        r->step = DONE;
        return;
    }
    r->c->version++;
    if (r->step == SUBMIT) {
        read_items(r->c, body, b->scene.arena);
        r->step = ACCEPT;
        r->item = 0;
    } else if (r->step == ISSUE) {
        r->step = DONE;
    } else {
        r->item++;
        if (r->step == GRANT && r->item < r->c->n_items && is_filing(b, r))
            r->item++;
        if (r->item >= r->c->n_items) {
            r->step = r->step == ACCEPT ? VISIT : ISSUE;
            r->item = 0;
        }
    }
}

static void run_part(struct bench *b, enum step first, enum step last, struct load_result *r)
{
    struct load l = { .port = b->port, .connections = 32, .ctx = b, .next = next_whole,
                      .answer = answer_whole };
    memset(runs, 0, sizeof runs);
    first_step = first;
    last_step = last;
    b->next_case = b->n_submits;
    load_run(&l, r);
}

/* Up to the acceptances and from the decisions on over HTTP; the visits in between, which officers
 * spend a day on, by the service itself. */
static void bench_whole(struct bench *b, struct err *e)
{
    struct load_result first, last, issue;
    int rc = 0;
    run_part(b, SUBMIT, ACCEPT, &first);
    int64_t start = clock_monotonic_us();
    for (size_t i = b->n_submits; rc >= 0 && i < b->n_submits + b->n_cases; i++)
        rc = scene_visit(&b->scene, &b->scene.cases[i], e);
    int64_t visits = clock_monotonic_us() - start;
    if (rc < 0) {
        fprintf(stderr, "visits: %s\n", err_text(e));
        return;
    }
    run_part(b, GRANT, GRANT, &last);
    run_part(b, ISSUE, ISSUE, &issue);
    int64_t us = first.elapsed_us + last.elapsed_us + issue.elapsed_us;
    printf("(c) whole cases (submit, 4 accepts, 3 decisions and 1 filing, signed licence): %.0f/s "
           "(%.0f requests/s, p99 %.1f ms, %lld failures); their visits: %.0f/s\n",
           (double)b->n_cases * 1e6 / (double)us,
           (double)(first.answers + last.answers + issue.answers) * 1e6 / (double)us,
           (double)(first.p99_us > last.p99_us ? first.p99_us : last.p99_us) / 1000,
           (long long)(first.failures + last.failures + issue.failures),
           (double)b->n_cases * 1e6 / (double)visits);
    double signs = bare_signatures(b->scene.app);
    double issued = (double)(issue.answers - issue.failures) * 1e6 / (double)issue.elapsed_us;
    printf("(c) licences issued alone (signed, with QR code and rows): %.0f/s; bare SM2 signing, one "
           "thread: %.0f/s; ratio %.0f %%\n", issued, signs, 100 * issued / signs);
}

/* ---- */

static int prepare(struct bench *b, int64_t *draft_bytes, struct err *e)
{
    struct app_options o = { .data_dir = b->data, .readers = 2, .public_url = "http://bench" };
    int rc = app_init(&o, true, e);
    b->scene.arena = arena_new();
    b->scene.app = rc >= 0 ? app_open(&o, e) : NULL;
    if (!b->scene.app)
        return ERR_INTERNAL;
    rc = scene_people(&b->scene, e);
    if (rc == 0)
        rc = fill_licences(b->scene.app, b->n_licences, e);
    int64_t before = file_bytes(b);
    if (rc == 0)
        rc = scene_drafts(&b->scene, b->n_submits + b->n_cases, e);
    app_close(b->scene.app);
    *draft_bytes = (file_bytes(b) - before) / (int64_t)(b->n_submits + b->n_cases);
    b->scene.app = rc == 0 ? app_open(&o, e) : NULL;
    return b->scene.app ? 0 : ERR_INTERNAL;
}

int main(int argc, char **argv)
{
    struct bench b = { .n_licences = 1000000, .n_submits = 15000, .n_cases = 3000, .seed = 7 };
    struct arena *a = arena_new();
    struct err e;
    char data[900];
    int64_t draft_bytes = 0;
    err_init(&e, a);
    if (argc < 3) {
        fputs("usage: bench PROGRAM EMPTY_DIR [LICENCES [SUBMITS [CASES]]]\n", stderr);
        return 2;
    }
    b.program = argv[1];
    b.dir = argv[2];
    snprintf(data, sizeof data, "%s/data", b.dir);
    b.data = data;
    if (argc > 3)
        b.n_licences = atoll(argv[3]);
    if (argc > 4)
        b.n_submits = (size_t)atoll(argv[4]);
    if (argc > 5)
        b.n_cases = (size_t)atoll(argv[5]);
    signal(SIGPIPE, SIG_IGN);
    setvbuf(stdout, NULL, _IOLBF, 0);
    printf("preparing %lld licences and %zu drafts …\n", (long long)b.n_licences,
           b.n_submits + b.n_cases);
    fflush(stdout);
    if (prepare(&b, &draft_bytes, &e) != 0) {
        fprintf(stderr, "%s\n", err_text(&e));
        return 1;
    }
    int64_t start = start_server(&b);
    printf("(d) start %.0f ms, resident %.0f MB\n", (double)start / 1000, resident_mb(b.pid));
    bench_status(&b);
    printf("(d) resident after the status load %.0f MB\n", resident_mb(b.pid));
    bench_submit(&b, &e);
    printf("(d) resident after the submissions %.0f MB\n", resident_mb(b.pid));
    stop_server(&b);
    int64_t before = file_bytes(&b);
    start_server(&b);
    bench_whole(&b, &e);
    printf("(d) resident after whole cases %.0f MB\n", resident_mb(b.pid));
    stop_server(&b);
    int64_t after = file_bytes(&b);
    bench_status_list(b.scene.app, b.n_licences, &e);
    app_close(b.scene.app);
    printf("(e) disk for each closed case without files: %.1f kB (draft %.1f kB)\n",
           ((double)(after - before) / (double)b.n_cases + (double)draft_bytes) / 1000,
           (double)draft_bytes / 1000);
    bench_large_catalog();
    bench_papers();
    arena_free(b.scene.arena);
    arena_free(a);
    return 0;
}
