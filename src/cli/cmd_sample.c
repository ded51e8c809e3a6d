/* sample-source: the built-in sample source behind HTTP, as a real data-sharing system would be.
 *
 * For trying out the connection (docs/data-sharing.md), for training, and for tests: the same
 * made-up enterprises that demonstration servers have inside, over the protocol of the adapter.
 * With --fault it behaves like a system that is ill.
 */
#include <string.h>
#include <unistd.h>

#include "cli/cli.h"
#include "http/http.h"
#include "service/share_read.h"

enum { WORKERS = 16, SLOW_SECONDS = 20, NAMES_MAX = 20 };

enum fault { FAULT_NONE, FAULT_SLOW, FAULT_ERROR, FAULT_GARBAGE, FAULTS };
static const char *const FAULT_NAMES[FAULTS] = { "", "slow", "error", "garbage" };

struct sample_server { char host[CLI_HOST_MAX]; unsigned port; enum fault fault; };

static void answer(struct response *rs, int status, struct sv body)
{
    rs->status = status;
    rs->type = SV("application/json; charset=utf-8");
    rs->body = body;
}

/* NULL: there is none. Takes the reference. */
static int give(struct request *rq, struct response *rs, json_t *found)
{
    const struct sample_server *s = rq->context;
    if (s->fault == FAULT_SLOW)
        sleep(SLOW_SECONDS);
    if (s->fault == FAULT_ERROR)
        answer(rs, 500, SV("{\"error\":\"sample fault\"}"));
    else if (s->fault == FAULT_GARBAGE)
        answer(rs, 200, SV("<html>not what you asked for</html>"));
    else if (found)
        answer(rs, 200, json_dump(rq->arena, found, false));
    else
        answer(rs, 404, SV("{\"error\":\"not found\"}"));
    json_decref(found);
    return 0;
}

static int get_enterprise(struct request *rq, struct response *rs, struct err *e)
{
    (void)e;
    return give(rq, rs, sample_enterprise(rq->params[0]));
}

static int get_certificates(struct request *rq, struct response *rs, struct err *e)
{
    struct sv names[NAMES_MAX], rest = http_query(rq, "names");
    size_t n = 0;
    (void)e;
    while (rest.n && n < NAMES_MAX)
        names[n++] = sv_cut(&rest, ',');
    return give(rq, rs, sample_certificates(http_query(rq, "holder"), names, n));
}

static int anybody(struct request *rq, struct err *e)
{
    (void)rq;
    (void)e;
    return 0;
}

static int no_upload(struct request *rq, struct err *e)
{
    (void)rq;
    return err_set(e, ERR_METHOD, "%s", err_title(ERR_METHOD));
}

static void problem(struct request *rq, const struct err *e, struct response *rs)
{
    json_t *o = json_object();
    json_put_sv(o, "error", sv_of(err_key(e->code)));
    answer(rs, err_status(e->code), json_dump(rq->arena, o, false));
    json_decref(o);
}

static void done(const struct request *rq, const struct response *rs, int64_t us)
{
    (void)rq;
    (void)rs;
    (void)us;
}

static const struct http_hooks HOOKS = { anybody, no_upload, problem, done };
static const struct route ROUTES[] = {
    { "GET", "/enterprises/{uscc}", get_enterprise, 0, 0, 0, "" },
    { "GET", "/certificates", get_certificates, 0, 0, 0, "" },
};

static bool read_fault(const char *text, enum fault *out)
{
    for (int f = FAULT_SLOW; f < FAULTS; f++)
        if (strcmp(text, FAULT_NAMES[f]) == 0) {
            *out = (enum fault)f;
            return true;
        }
    return false;
}

static bool read_options(int argc, char **argv, struct sample_server *s)
{
    static const struct option options[] = { { "listen", required_argument, NULL, 'l' },
                                             { "fault", required_argument, NULL, 'f' },
                                             { NULL, 0, NULL, 0 } };
    bool good = true;
    int c;
    while ((c = getopt_long(argc, argv, "", options, NULL)) != -1)
        good &= c == 'l' ? cli_listen(optarg, s->host, &s->port)
              : c == 'f' && read_fault(optarg, &s->fault);
    return good && s->host[0] && optind == argc;
}

int cmd_sample_source(int argc, char **argv)
{
    struct sample_server s = { .port = 0 };
    struct arena *a;
    struct err e;
    if (!read_options(argc, argv, &s))
        return cli_usage("sample-source", false);
    a = arena_new();
    err_init(&e, a);
    cli_block_signals();
    struct http_options h = { .host = s.host, .port = s.port, .event_threads = 2,
                              .workers = WORKERS, .routes = ROUTES,
                              .n_routes = sizeof ROUTES / sizeof ROUTES[0], .hooks = &HOOKS,
                              .context = &s };
    struct http *http = http_start(&h, &e);
    int code = EXIT_OK;
    if (http) {
        printf("示例数据源已启动：http://%s:%u\n", s.host, http_port(http));
        fflush(stdout);
        cli_wait_for_end();
        http_stop(http);
    } else {
        code = cli_fail(&e);
    }
    arena_free(a);
    return code;
}
