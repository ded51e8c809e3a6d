/* messages: what a person has been told, and what became of the notices that went out.
 *
 * The list of dispatches is for those who run the place: it shows that something could not be
 * delivered and why, not what it said (a one-time code is nobody's business).
 */
#include "api/api.h"
#include "service/inbox.h"

struct messages_ctx { int64_t user, case_id, before, limit, unread; struct arena *arena;
                      struct message_row *list; size_t n; };

static int messages_tx(struct db_conn *c, void *ctx, struct err *e)
{
    struct messages_ctx *x = ctx;
    int rc = message_list_user(c, x->user, x->case_id, x->before, x->limit, x->arena, &x->list, &x->n, e);
    return rc < 0 ? rc : message_count_unread(c, x->user, &x->unread, e);
}

static void put_id_or_null(json_t *o, const char *key, int64_t id)
{
    if (id)
        put_id(o, key, id);
    else
        json_put(o, key, json_null());
}

/* "supervision:123" -> {kind, id}; null: nothing of the kind. */
static json_t *json_subject(struct sv subject)
{
    json_t *o = json_object();
    json_put_sv(o, "kind", sv_cut(&subject, ':'));
    json_put_sv(o, "id", subject);
    return o;
}

static json_t *json_message(const struct message_row *m)
{
    json_t *o = json_object();
    put_id(o, "id", m->id);
    put_time(o, "at", m->created_at);
    json_put_sv(o, "title", m->title);
    json_put_sv(o, "text", m->body);
    put_id_or_null(o, "case_id", m->case_id);
    put_id_or_null(o, "item_id", m->item_id);
    json_put(o, "subject", m->subject.n ? json_subject(m->subject) : json_null());
    json_put_bool(o, "important", m->important);
    put_time(o, "read_at", m->read_at);
    return o;
}

int list_messages(struct request *rq, struct response *rs, struct err *e)
{
    struct messages_ctx x = { .user = actor_of(rq)->id, .arena = rq->arena };
    struct sv about = http_query(rq, "case");
    int rc = api_page(rq, INT64_MAX, &x.before, &x.limit, e);
    if (rc == 0 && about.n && !sv_to_i64(about, &x.case_id)) {
        err_problem(e, SV("/case"), "bad_id", "应为办件的编号");
        rc = ERR_INVALID;
    }
    if (rc == 0)
        rc = db_read(app_of(rq)->db, messages_tx, &x, e);
    if (rc != 0)
        return rc;
    json_t *o = json_object();
    json_t *list = json_array();
    for (size_t i = 0; i < x.n; i++)
        json_push(list, json_message(&x.list[i]));
    json_put(o, "items", list);
    json_put_i64(o, "unread", x.unread);
    put_id_or_null(o, "next_cursor", (int64_t)x.n == x.limit ? x.list[x.n - 1].id : 0);
    return api_json(rq, rs, 200, o);
}

int read_message(struct request *rq, struct response *rs, struct err *e)
{
    int64_t id;
    int rc = api_id(rq, 0, &id, e);
    if (rc == 0)
        rc = inbox_read(app_of(rq), actor_of(rq)->id, id, caller_of(rq)->now, e);
    return rc == 0 ? api_no_content(rs) : rc;
}

struct read_all_in { struct sv up_to; };
static const struct json_field READ_ALL[] = {
    { "up_to", "最新一条消息", JSON_K_TEXT, false, offsetof(struct read_all_in, up_to), 0, 20 },
};

int read_all_messages(struct request *rq, struct response *rs, struct err *e)
{
    struct read_all_in in = { 0 };
    int64_t up_to = INT64_MAX;
    json_t *body = api_body(rq, e);
    if (!body)
        return e->code;
    int rc = json_decode(body, READ_ALL, 1, &in, e);
    if (rc == 0 && in.up_to.n && !sv_to_i64(in.up_to, &up_to)) {
        err_problem(e, SV("/up_to"), "bad_id", "应为消息的编号");
        rc = ERR_INVALID;
    }
    if (rc == 0)
        rc = inbox_read_all(app_of(rq), actor_of(rq)->id, up_to, caller_of(rq)->now, e);
    json_decref(body);
    return rc == 0 ? api_no_content(rs) : rc;
}

/* ---- dispatches ---- */

struct dispatches_ctx { struct sv state; int64_t before, limit; struct arena *arena;
                        struct dispatch_row *list; size_t n; };

static int dispatches_tx(struct db_conn *c, void *ctx, struct err *e)
{
    struct dispatches_ctx *x = ctx;
    return dispatch_list(c, x->state, x->before, x->limit, x->arena, &x->list, &x->n, e);
}

/* zh***@example.org: enough to recognise, too little to use. */
static struct sv mask_address(struct arena *a, struct sv channel, struct sv address)
{
    const char *at = sv_is(channel, "email") ? memchr(address.p, '@', address.n) : NULL;
    if (!at)
        return mask_phone(a, address);
    size_t shown = at - address.p < 2 ? 1 : 2;
    struct sv rest = sv_skip(address, (size_t)(at - address.p));
    return arena_printf_sv(a, "%.*s***%.*s", (int)shown, address.p, (int)rest.n, rest.p);
}

static json_t *json_dispatch(struct arena *a, const struct dispatch_row *d)
{
    json_t *o = json_object();
    put_id(o, "id", d->id);
    json_put_sv(o, "channel", d->channel);
    json_put_sv(o, "state", d->state);
    json_put_sv(o, "address", mask_address(a, d->channel, d->address));
    put_text_or_null(o, "template", d->template);
    json_put_sv(o, "title", d->title);
    json_put_i64(o, "attempts", d->attempts);
    put_time(o, "created_at", d->created_at);
    put_time(o, "next_at", d->next_at);
    put_text_or_null(o, "last_error", d->last_error);
    return o;
}

static int put_counts(struct request *rq, json_t *o, struct err *e)
{
    struct dispatch_count *list;
    size_t n;
    int rc = outbox_counts(app_of(rq), caller_of(rq)->now, rq->arena, &list, &n, e);
    json_t *counts = json_array();
    for (size_t i = 0; i < n; i++) {
        json_t *one = json_object();
        json_put_sv(one, "state", list[i].state);
        json_put_sv(one, "channel", list[i].channel);
        json_put_i64(one, "n", list[i].n);
        json_push(counts, one);
    }
    json_put(o, "counts", counts);
    return rc;
}

int list_dispatches(struct request *rq, struct response *rs, struct err *e)
{
    static const char *const states[] = { DISPATCH_FAILED, DISPATCH_QUEUED, DISPATCH_LEASED };
    struct dispatches_ctx x = { .state = http_query(rq, "state"), .arena = rq->arena };
    bool known = false;
    int rc = api_page(rq, INT64_MAX, &x.before, &x.limit, e);
    if (x.state.n == 0)
        x.state = sv_of(states[0]);
    for (size_t i = 0; i < sizeof states / sizeof states[0]; i++)
        known |= sv_is(x.state, states[i]);
    if (!known) {
        err_problem(e, SV("/state"), "unknown_state", "state 应为 failed、queued 或 leased");
        rc = ERR_INVALID;
    }
    if (rc == 0)
        rc = db_peek(app_of(rq)->db, dispatches_tx, &x, e);
    if (rc != 0)
        return rc;
    json_t *o = json_object();
    json_t *list = json_array();
    for (size_t i = 0; i < x.n; i++)
        json_push(list, json_dispatch(rq->arena, &x.list[i]));
    json_put(o, "items", list);
    put_id_or_null(o, "next_cursor", (int64_t)x.n == x.limit ? x.list[x.n - 1].id : 0);
    rc = put_counts(rq, o, e);
    if (rc == 0)
        return api_json(rq, rs, 200, o);
    json_decref(o);
    return rc;
}

int retry_dispatch(struct request *rq, struct response *rs, struct err *e)
{
    int64_t id;
    int rc = api_id(rq, 0, &id, e);
    if (rc == 0)
        rc = outbox_retry(app_of(rq), id, caller_of(rq)->now, e);
    return rc == 0 ? api_no_content(rs) : rc;
}
