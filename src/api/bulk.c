/* bulk: many harmless acts in one request, each answered for itself. */
#include "api/api.h"

struct bulk_in { json_t *items; };
static const struct json_field FIELDS[] = {
    { "items", "清单", JSON_K_ARRAY, true, offsetof(struct bulk_in, items), 0, 0 },
};

/* Each has an idempotency key of its own under the request's, and the version that was seen. */
static json_t *do_one(struct request *rq, const struct bulk *b, const struct command *all,
                      const json_t *in)
{
    struct command cmd = *all;
    struct sv text = json_sv(in, "id");
    struct err e;
    int64_t id = 0;
    json_t *o = json_object();
    err_init(&e, rq->arena);
    cmd.if_match = json_i64(in, "version", 0);
    cmd.idem_key = arena_printf_sv(rq->arena, "%.*s.%.*s", (int)all->idem_key.n, all->idem_key.p,
                                   (int)text.n, text.p);
    int rc = sv_to_i64(text, &id) ? b->act(rq, &cmd, id, &e)
                                  : err_set(&e, ERR_NOT_FOUND, "没有这%s", b->thing);
    json_put_sv(o, "id", text);
    json_put_bool(o, b->done, rc == 0);
    json_put_sv(o, "code", rc == 0 ? SV("") : sv_of(err_key(rc)));
    json_put_sv(o, "detail", rc == 0 ? SV("") : sv_of(err_text(&e)));
    return o;
}

int api_bulk(struct request *rq, struct response *rs, const struct bulk *b, struct err *e)
{
    struct bulk_in in = { 0 };
    struct command cmd;
    size_t i;
    json_t *one;
    json_t *list = json_array();
    json_t *body = api_body(rq, e);
    int rc = body ? json_decode(body, FIELDS, 1, &in, e) : e->code;
    if (rc == 0 && (json_array_size(in.items) == 0 || json_array_size(in.items) > b->most)) {
        err_problem(e, SV("/items"), "out_of_range", "一次%s1到%zu个", b->verb, b->most);
        rc = ERR_INVALID;
    }
    if (rc == 0)
        rc = api_command(rq, &cmd, e);
    if (rc == 0)
        json_array_foreach(in.items, i, one)
            json_push(list, do_one(rq, b, &cmd, one));
    json_decref(body);
    if (rc != 0) {
        json_decref(list);
        return rc;
    }
    json_t *o = json_object();
    json_put(o, "results", list);
    return api_json(rq, rs, 200, o);
}
