/* serve: the server process: workers, jobs, signals. */
#include <signal.h>
#include <stdlib.h>
#include <string.h>

#include "api/api.h"
#include "cli/cli.h"
#include "job/jobs.h"
#include "service/archive.h"
#include "sys/clock.h"
#include "sys/log.h"

enum { EVENT_THREADS = 2, WORKERS = 64, READERS = 6 };

struct serve_options {
    struct app_options app;
    char host[CLI_HOST_MAX];
    unsigned port;
    unsigned workers;
    const char *test_clock;
    const char *trusted_proxy;
    int64_t archive_days;
};

bool cli_listen(const char *text, char host[CLI_HOST_MAX], unsigned *port_out)
{
    const char *colon = strrchr(text, ':');
    size_t n = colon ? (size_t)(colon - text) : 0;
    int64_t port;
    if (n == 0 || n >= CLI_HOST_MAX || !sv_to_i64(sv_of(colon + 1), &port) || port < 0 ||
        port > 65535)
        return false;
    bool brackets = text[0] == '[' && text[n - 1] == ']';
    memcpy(host, text + brackets, n - 2 * (size_t)brackets);
    host[n - 2 * (size_t)brackets] = 0;
    *port_out = (unsigned)port;
    return true;
}

static void show_sealing(const char *what, int64_t done, int64_t total)
{
    char text[64];
    snprintf(text, sizeof text, "加密%s", what);
    cli_progress(text, done, total);
}

static bool read_level(const char *text)
{
    static const char *const names[] = { "debug", "info", "warn", "error" };
    for (int i = 0; i < 4; i++)
        if (strcmp(text, names[i]) == 0) {
            log_set_level((enum log_level)i);
            return true;
        }
    return false;
}

static bool read_options(int argc, char **argv, struct serve_options *o)
{
    static const struct option options[] = {
        { "data", required_argument, NULL, 'd' },       { "db", required_argument, NULL, 'b' },
        { "listen", required_argument, NULL, 'l' },     { "public-url", required_argument, NULL, 'u' },
        { "workers", required_argument, NULL, 'w' },    { "log-level", required_argument, NULL, 'g' },
        { "test-clock", required_argument, NULL, 't' }, { "trust-proxy", required_argument, NULL, 'p' },
        { "archive-after", required_argument, NULL, 'a' },
        { NULL, 0, NULL, 0 } };
    int64_t n;
    int c;
    bool good = true;
    while ((c = getopt_long(argc, argv, "", options, NULL)) != -1) {
        switch (c) {
        case 'd': o->app.data_dir = optarg; break;
        case 'b': o->app.db_url = optarg; break;
        case 'l': good &= cli_listen(optarg, o->host, &o->port); break;
        case 'u': o->app.public_url = optarg; break;
        case 'w':
            good &= sv_to_i64(sv_of(optarg), &n) && n >= 1 && n <= 512;
            o->workers = (unsigned)n;
            break;
        case 'g': good &= read_level(optarg); break;
        case 't': o->test_clock = optarg; break;
        case 'p': o->trusted_proxy = optarg; break;
        case 'a':
            good &= sv_to_i64(sv_of(optarg), &n) && n >= 0 && n <= 3650;
            o->archive_days = n;
            break;
        default: good = false;
        }
    }
    return good && o->app.data_dir && o->host[0] && optind == argc;
}

void cli_block_signals(void)
{
    sigset_t set;
    sigemptyset(&set);
    sigaddset(&set, SIGTERM);
    sigaddset(&set, SIGINT);
    pthread_sigmask(SIG_BLOCK, &set, NULL);
}

void cli_wait_for_end(void)
{
    sigset_t set;
    int which = 0;
    sigemptyset(&set);
    sigaddset(&set, SIGTERM);
    sigaddset(&set, SIGINT);
    while (sigwait(&set, &which) != 0 || which == 0)
        continue;
    LOG(LOG_INFO, "stopping", LOG_N("signal", which));
}

static int run(struct serve_options *o, struct api *api, struct err *e)
{
    cli_block_signals();
    api->app = app_open(&o->app, e);
    if (!api->app)
        return e->code;
    api->app->archive_days = o->archive_days;
    if (o->test_clock && !api->app->demo)
        return err_set(e, ERR_CONFIG, "--test-clock 只能用于示例数据目录");
    if (o->test_clock && clock_use_file(o->test_clock, e) != 0)
        return e->code;
    struct http_options h = { .host = o->host, .port = o->port, .event_threads = EVENT_THREADS,
                              .workers = o->workers, .routes = API_ROUTES,
                              .n_routes = API_N_ROUTES, .hooks = &API_HOOKS, .context = api,
                              .trusted_proxy = o->trusted_proxy };
    /* What fell due while we were down takes effect before the first request (P21). */
    jobs_run_once(api->app);
    api->http = http_start(&h, e);
    if (!api->http)
        return e->code;
    unsigned port = http_port(api->http);
    if (api->app->public_url.n == 0)
        api->app->public_url = arena_printf_sv(api->app->arena, "http://%s:%u", o->host, port);
    struct jobs *jobs = jobs_start(api->app);
    api->started_ms = clock_now_ms();
    printf("yizheng %s 已启动：http://%s:%u/  工作台 http://%s:%u/office\n", YZ_VERSION, o->host,
           port, o->host, port);
    fflush(stdout);
    LOG(LOG_INFO, "started", LOG_N("port", (int64_t)port));
    cli_wait_for_end();
    http_stop(api->http);
    jobs_stop(jobs);
    return 0;
}

int cmd_serve(int argc, char **argv)
{
    struct serve_options o = { .app = { .readers = READERS, .progress = show_sealing },
                               .workers = WORKERS, .archive_days = ARCHIVE_AFTER_DAYS };
    struct api *api = mem_new(sizeof *api);
    struct arena *a = arena_new();
    struct err e;
    int code;
    err_init(&e, a);
    if (!read_options(argc, argv, &o)) {
        code = cli_usage("serve", false);
    } else {
        int rc = run(&o, api, &e);
        code = rc < 0 ? cli_fail(&e) : EXIT_OK;
        app_close(api->app);
    }
    free(api);
    arena_free(a);
    return code;
}
