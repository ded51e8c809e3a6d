/* ledgers: what outsiders need to check us: keys, signed heads, proofs of inclusion and of growth. */
#include "api/api.h"
#include "service/register_proof.h"
#include "sys/cert.h"
#include "sys/clock.h"

static void put_hex(json_t *o, const char *key, const void *bytes, size_t n)
{
    struct buf b;
    buf_init(&b, 1024);
    buf_hex(&b, bytes, n);
    json_put_sv(o, key, buf_sv(&b));
    buf_done(&b);
}

static const char *key_state(const struct key_info *k)
{
    return k->revoked_ms ? "revoked" : k->current ? "current" : "retired";
}

static json_t *key_json(const struct key_info *k)
{
    json_t *o = json_object();
    struct buf b;
    json_put_sv(o, "key_id", sv_of(k->id));
    json_put_sv(o, "algorithm", SV("SM2-with-SM3"));
    put_hex(o, "public_hex", k->raw, SM2_PUB_SIZE);
    json_put_sv(o, "public_pem", k->pem);
    json_put_sv(o, "issuer", SV("乌海市"));
    json_put_sv(o, "state", sv_of(key_state(k)));
    put_time(o, "valid_from", k->from_ms);
    put_time(o, "valid_until", k->until_ms);
    put_time(o, "revoked_at", k->revoked_ms);
    put_text_or_null(o, "revoked_reason", k->reason);
    buf_init(&b, 2 * CERT_DER_MAX);
    if (k->cert_der.n)
        cert_to_pem(k->cert_der, &b, NULL);
    put_text_or_null(o, "certificate_pem", buf_sv(&b));
    buf_done(&b);
    return o;
}

/* The newest first: what is signed today is signed by the first that is current. */
int get_keys(struct request *rq, struct response *rs, struct err *e)
{
    const struct key_ring *keys = app_keys(app_of(rq));
    json_t *o = json_object();
    json_t *list = json_array();
    struct buf b;
    buf_init(&b, 2 * CERT_DER_MAX);
    (void)e;
    for (size_t i = keys->n_keys; i-- > 0;)
        json_push(list, key_json(&keys->keys[i]));
    json_put(o, "items", list);
    cert_to_pem(keys->seal.ca_cert, &b, NULL);
    put_text_or_null(o, "authority_pem", buf_sv(&b));
    buf_done(&b);
    return api_json(rq, rs, 200, o);
}

int get_ledger_head(struct request *rq, struct response *rs, struct err *e)
{
    struct tree_head_row h;
    int rc = ledger_sign_head(app_of(rq), clock_now_ms(), e);
    if (rc >= 0)
        rc = ledger_latest_head(app_of(rq), rq->arena, &h, e);
    if (rc == 0)
        return err_set(e, ERR_NOT_FOUND, "日志还是空的");
    return rc < 0 ? rc : api_json(rq, rs, 200, proof_head_json(&h));
}

int list_ledger_heads(struct request *rq, struct response *rs, struct err *e)
{
    struct tree_head_row *heads;
    int64_t before, limit;
    size_t n;
    int rc = api_page(rq, INT64_MAX, &before, &limit, e);
    if (rc == 0)
        rc = ledger_list_heads(app_of(rq), before, limit, rq->arena, &heads, &n, e);
    if (rc != 0)
        return rc;
    json_t *o = json_object();
    json_t *list = json_array();
    for (size_t i = 0; i < n; i++)
        json_push(list, proof_head_json(&heads[i]));
    json_put(o, "items", list);
    json_put(o, "next_cursor", json_null());
    if ((int64_t)n == limit)
        json_put_sv(o, "next_cursor",
                    arena_printf_sv(rq->arena, "%lld", (long long)heads[n - 1].size));
    return api_json(rq, rs, 200, o);
}

/* A parameter of the query that is a number from `least` on; absent: fallback. */
static int64_t number_of(struct request *rq, const char *name, int64_t least, int64_t fallback,
                         struct err *e)
{
    struct sv text = http_query(rq, name);
    int64_t v = fallback;
    if (text.n && (!sv_to_i64(text, &v) || v < least))
        err_problem(e, arena_printf_sv(rq->arena, "/%s", name), "out_of_range",
                    "%s应为不小于%lld的整数", name, (long long)least);
    return v;
}

int get_ledger_proof(struct request *rq, struct response *rs, struct err *e)
{
    int64_t seq = number_of(rq, "seq", 0, -1, e);
    int64_t size = number_of(rq, "size", 1, 0, e);
    if (!e->code && seq < 0)
        err_problem(e, SV("/seq"), "required", "请给出日志序号 seq");
    json_t *o = e->code ? NULL : proof_of_entry(app_of(rq), seq, size, e);
    return o ? api_json(rq, rs, 200, o) : e->code;
}

int get_ledger_consistency(struct request *rq, struct response *rs, struct err *e)
{
    int64_t from = number_of(rq, "from", 1, 0, e);
    int64_t to = number_of(rq, "to", 1, 0, e);
    if (!e->code && from == 0)
        err_problem(e, SV("/from"), "required", "请给出较早的日志长度 from");
    json_t *o = e->code ? NULL : proof_of_growth(app_of(rq), from, to, e);
    return o ? api_json(rq, rs, 200, o) : e->code;
}
