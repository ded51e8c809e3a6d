/* http: the server: event threads, routing table, worker pool, requests and responses.
 *
 * libmicrohttpd's threads only move bytes. A complete request is suspended and handed to a worker
 * that runs plain blocking code; a route marked INLINE is answered on the event thread (for
 * reads of a few microseconds). Nothing here knows accounts, JSON or the domain: api supplies
 * the routes and three callbacks.
 */
#ifndef YZ_HTTP_HTTP_H
#define YZ_HTTP_HTTP_H

#include "base/buf.h"
#include "base/err.h"
#include "sys/files.h"

enum { ROUTE_MAX_PARAMS = 4, HEADERS_MAX = 12 };

enum route_flags {
    ROUTE_INLINE = 1,     /* answered on the event thread */
    ROUTE_IDEMPOTENT = 2, /* needs Idempotency-Key */
    ROUTE_UPLOAD = 4,     /* body is streamed to disk */
    ROUTE_CASELESS = 8,   /* path matched without case (QR codes are upper case) */
    ROUTE_PREFIX = 16     /* the last parameter takes the rest of the path */
};

struct http;

struct request {
    struct arena *arena;
    char id[17];              /* of this request, in logs and problems */
    struct sv method, path;   /* path as sent, undecoded */
    const struct route *route;
    struct sv params[ROUTE_MAX_PARAMS]; /* decoded */
    struct sv body;           /* whole, up to the route's limit */
    struct blob_writer *blob; /* ROUTE_UPLOAD */
    struct http *server;
    void *connection;         /* library's own */
    void *context;            /* of http_options */
    void *user;               /* api's own (the session) */
};

struct header { const char *name; struct sv value; };

struct response {
    int status;
    struct sv type;      /* media type; "" = none */
    struct sv body;      /* on the request's arena, or static */
    bool is_static;      /* body lives for ever: not copied */
    int fd;              /* >= 0: body is this file, closed by the server */
    int64_t fd_size;
    struct header headers[HEADERS_MAX];
    size_t n_headers;
};

struct route {
    const char *method;       /* "GET" … */
    const char *path;         /* "/api/v1/cases/{id}" */
    int (*handler)(struct request *rq, struct response *rs, struct err *e);
    unsigned permission;      /* api's own meaning; there is no default */
    size_t body_limit;        /* bytes; 0 = no body */
    unsigned flags;
    const char *operation;    /* operationId in the API description */
};

struct http_hooks {
    /* Before a handler: who is it, may they? 0 or an error. */
    int (*authorise)(struct request *rq, struct err *e);
    /* On the event thread when the headers of an upload are there: quick check and the writer. */
    int (*upload)(struct request *rq, struct err *e);
    /* Turn an error into a response. */
    void (*problem)(struct request *rq, const struct err *e, struct response *rs);
    /* After the answer is ready: access log, metrics. */
    void (*done)(const struct request *rq, const struct response *rs, int64_t microseconds);
};

struct http_options {
    const char *host;
    unsigned port;         /* 0 = any free one */
    unsigned event_threads, workers;
    const struct route *routes;
    size_t n_routes;
    const struct http_hooks *hooks;
    const char *trusted_proxy; /* peer whose X-Forwarded-For is believed; NULL = none */
    void *context;         /* handed to every request */
};

/* Start serving. NULL with e: "port taken" and the like in plain words. */
struct http *http_start(const struct http_options *o, struct err *e);
unsigned http_port(const struct http *h);
/* Finish what is running, then stop. */
void http_stop(struct http *h);
/* Requests waiting for a worker; 0 while http_start has not returned yet (h NULL). */
size_t http_queued(struct http *h);

/* Of a request; empty when absent. Query values are decoded onto the arena. */
struct sv http_header(const struct request *rq, const char *name);
struct sv http_query(const struct request *rq, const char *name);
struct sv http_cookie(const struct request *rq, const char *name);
/* The client's address as text: the peer, or what the trusted proxy says it is. */
struct sv http_address(const struct request *rq);

void response_header(struct response *rs, const char *name, struct sv value);

/* ---- router (router.c) ---- */
struct router;
struct router *router_new(const struct route *routes, size_t n, struct arena *a);
/* 0 found; ERR_NOT_FOUND; ERR_METHOD (path known, method not: *allow lists the methods);
 * ERR_MALFORMED for a path that cannot be decoded. Fills rq->route and rq->params. */
int router_find(const struct router *r, struct request *rq, struct sv *allow, struct err *e);
/* Percent-decode; false on bad escapes, NUL, or text that is not UTF-8. plus: '+' is a space. */
bool url_decode(struct sv in, bool plus, struct arena *a, struct sv *out);

#endif
