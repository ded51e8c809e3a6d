/* ledgers: what outsiders need to check us: keys, signed heads, inclusion proofs. */
#include "api/api.h"
#include "service/ledger.h"
#include "sys/clock.h"

static void put_hex(json_t *o, const char *key, const void *bytes, size_t n)
{
    struct buf b;
    buf_init(&b, 1024);
    buf_hex(&b, bytes, n);
    json_put_sv(o, key, buf_sv(&b));
    buf_done(&b);
}

int get_keys(struct request *rq, struct response *rs, struct err *e)
{
    const struct app *app = app_of(rq);
    json_t *o = json_object();
    json_t *list = json_array();
    json_t *k = json_object();
    (void)e;
    json_put_sv(k, "key_id", sv_of(app->key_id));
    json_put_sv(k, "algorithm", SV("SM2-with-SM3"));
    put_hex(k, "public_hex", app->key_raw, SM2_PUB_SIZE);
    json_put_sv(k, "public_pem", app->key_pem);
    json_put_sv(k, "issuer", SV("乌海市"));
    json_push(list, k);
    json_put(o, "items", list);
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
    if (rc < 0)
        return rc;
    json_t *o = json_object();
    json_put_i64(o, "size", h.size);
    put_hex(o, "root", h.root.b, SM3_SIZE);
    put_time(o, "signed_at", h.at);
    json_put_i64(o, "signed_at_ms", h.at);
    json_put_sv(o, "key_id", h.key_id);
    put_hex(o, "signature", h.signature, SM2_SIG_SIZE);
    return api_json(rq, rs, 200, o);
}

int get_ledger_proof(struct request *rq, struct response *rs, struct err *e)
{
    struct ledger_proof p;
    struct sv size_text = http_query(rq, "size");
    int64_t seq = -1;
    int64_t size = 0;
    if (!sv_to_i64(http_query(rq, "seq"), &seq) || seq < 0)
        err_problem(e, SV("/seq"), "required", "请给出日志序号 seq");
    if (size_text.n && (!sv_to_i64(size_text, &size) || size <= 0))
        err_problem(e, SV("/size"), "out_of_range", "size 应为正整数");
    int rc = e->code ? e->code : ledger_prove(app_of(rq), seq, size, &p, e);
    if (rc != 0)
        return rc;
    json_t *o = json_object();
    json_t *path = json_array();
    json_put_i64(o, "seq", p.seq);
    json_put_i64(o, "size", p.size);
    put_hex(o, "leaf", p.leaf.b, MERKLE_HASH);
    for (int i = 0; i < p.n_path; i++) {
        struct buf b;
        buf_init(&b, 128);
        buf_hex(&b, p.path[i].b, MERKLE_HASH);
        json_push_sv(path, buf_sv(&b));
        buf_done(&b);
    }
    json_put(o, "path", path);
    put_hex(o, "root", p.root.b, MERKLE_HASH);
    return api_json(rq, rs, 200, o);
}
