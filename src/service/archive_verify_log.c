/* archive_verify_log: the log in a package: every act has its fact, every leaf its proof, and the head that they
 * lead to is signed. See archive_verify.h. */
#include "domain/case/item.h"
#include "service/archive_verify_parts.h"
#include "service/ledger.h"
#include "service/signed_json.h"

enum { PATH_MAX_STEPS = MERKLE_LEVELS * 2, LEAF_CAP = 16 * 1024 * 1024 };

struct head { json_t *json; struct tree_head_row row; bool good; };

static struct ledger_row row_of(const json_t *o)
{
    return (struct ledger_row){
        .seq = json_i64(o, "seq", -1), .at = json_i64(o, "at", 0),
        .effective_on = (int32_t)json_i64(o, "effective_on", 0),
        .actor_id = checking_ref(o, "actor_id"), .case_id = checking_ref(o, "case_id"),
        .item_id = checking_ref(o, "item_id"), .actor_kind = json_sv(o, "actor_kind"),
        .department = json_sv(o, "department"), .act = json_sv(o, "act"), .body = json_sv(o, "body"),
    };
}

/* ---- what the acts ask for ---- */

/* What an act on an item left it as asks for a fact about that item; other acts ask for one of their kind. */
static const struct { enum item_state to; enum archive_fact_kind fact; } OF_STATE[] = {
    { ITEM_ACCEPTED, FACT_OF_ACCEPTED }, { ITEM_GRANTED, FACT_OF_DECIDED },
    { ITEM_DENIED, FACT_OF_DECIDED },    { ITEM_REFUSED, FACT_OF_DECIDED },
    { ITEM_WITHDRAWN, FACT_OF_ENDED },   { ITEM_ENDED, FACT_OF_ENDED },
};
static const struct { const char *act; enum archive_fact_kind fact; } OF_ACT[] = {
    { "submit", FACT_OF_FILED },           { "send_correction", FACT_OF_CORRECTION_SENT },
    { "open_special", FACT_OF_SPECIAL },   { "extend", FACT_OF_EXTENDED },
    { "extend_joint", FACT_OF_EXTENDED },  { "tell_hearing", FACT_OF_HEARING },
    { "announce_visit", FACT_OF_VISIT_ANNOUNCED }, { "countersign", FACT_OF_INSPECTED },
    { "issue_licence", FACT_OF_ISSUED },   { "deliver_licence", FACT_OF_TO_DELIVER },
};

static void check_fact(struct checking *x, const struct ledger_row *r, enum archive_fact_kind kind,
                       int64_t ref)
{
    if (!checking_fact(x, kind, ref))
        checking_bad(x, CHECK_LOG, "日志第 %lld 条“%.*s”没有反映在清单里", (long long)r->seq,
                     (int)r->act.n, r->act.p);
}

static void check_act(struct checking *x, const struct ledger_row *r)
{
    json_t *body = json_parse(r->body, NULL);
    enum item_state to = item_state_of(json_sv(body, "to"));
    json_decref(body);
    for (size_t i = 0; r->item_id > 0 && i < sizeof OF_STATE / sizeof OF_STATE[0]; i++)
        if (OF_STATE[i].to == to)
            check_fact(x, r, OF_STATE[i].fact, r->item_id);
    for (size_t i = 0; i < sizeof OF_ACT / sizeof OF_ACT[0]; i++)
        if (sv_is(r->act, OF_ACT[i].act))
            check_fact(x, r, OF_ACT[i].fact, 0);
}

/* ---- proofs ---- */

static const json_t *proof_of(const json_t *proofs, int64_t seq)
{
    size_t i;
    json_t *p;
    json_array_foreach(proofs, i, p)
        if (json_i64(p, "seq", -1) == seq)
            return p;
    return NULL;
}

static bool proves(const json_t *proof, const struct ledger_row *r, const struct tree_head_row *head)
{
    const json_t *steps = json_object_get(proof, "path");
    struct merkle_hash path[PATH_MAX_STEPS], leaf, root;
    struct buf b;
    size_t i, n = json_array_size(steps);
    json_t *step;
    if (!proof || n > PATH_MAX_STEPS || r->seq < 0)
        return false;
    json_array_foreach(steps, i, step)
        if (!hex_bytes(json_text(step), path[i].b, MERKLE_HASH))
            return false;
    buf_init(&b, LEAF_CAP);
    ledger_canonical(r, &b);
    merkle_leaf(ledger_hash, buf_sv(&b), &leaf);
    buf_done(&b);
    memcpy(root.b, head->root.b, MERKLE_HASH);
    return merkle_check_inclusion(ledger_hash, (uint64_t)r->seq, (uint64_t)head->size, &leaf, path, n,
                                  &root);
}

static void check_acts(struct checking *x, const json_t *acts, const json_t *proofs,
                       const struct head *head)
{
    size_t i;
    json_t *o;
    int64_t before = -1;
    json_array_foreach(acts, i, o) {
        struct ledger_row r = row_of(o);
        if (r.seq <= before || r.case_id != x->case_id)
            checking_bad(x, CHECK_LOG, "日志第 %lld 条顺序不对，或不属于这个办件", (long long)r.seq);
        before = r.seq;
        check_act(x, &r);
        if (head->good && !proves(proof_of(proofs, r.seq), &r, &head->row))
            checking_bad(x, CHECK_PROOFS, "日志第 %lld 条不在签名的城市办理日志里，或内容被改动",
                         (long long)r.seq);
    }
    x->out->n_acts = json_array_size(acts);
    if (x->out->n_acts == 0 || !sv_is(json_sv(json_array_get(acts, 0), "act"), "submit"))
        checking_bad(x, CHECK_LOG, "日志不是从提交申请开始的");
}

/* ---- the head ---- */

static void read_head(struct checking *x, struct head *h)
{
    h->json = checking_json(x, PIECE_HEAD);
    h->row.size = json_i64(h->json, "size", 0);
    h->row.at = json_i64(h->json, "signed_at_ms", 0);
    h->row.key_id = json_sv(h->json, "key_id");
    h->good = h->row.size > 0 && hex_bytes(json_sv(h->json, "root"), h->row.root.b, SM3_SIZE) &&
              hex_bytes(json_sv(h->json, "signature"), h->row.signature, SM2_SIG_SIZE) &&
              h->row.size == json_i64(x->manifest, "head_size", -1);
    if (!h->good)
        checking_bad(x, CHECK_HEAD, "没有签名树头，或与清单不符");
}

static void check_head(struct checking *x, const struct head *h)
{
    unsigned char pub[SM2_PUB_SIZE];
    struct buf b;
    if (!h->good || !checking_key(x, h->row.key_id, h->row.at, CHECK_HEAD, pub))
        return;
    buf_init(&b, 256);
    ledger_head_to_sign(&h->row, &b);
    if (!sm2_signed_by(pub, buf_sv(&b), h->row.signature))
        checking_bad(x, CHECK_HEAD, "树头的签名不对");
    buf_done(&b);
    checking_good(x, CHECK_HEAD);
}

void checking_log(struct checking *x)
{
    struct head head = { 0 };
    json_t *log = checking_json(x, PIECE_LOG), *proofs = checking_json(x, PIECE_PROOFS);
    read_head(x, &head);
    check_head(x, &head);
    if (!log)
        checking_bad(x, CHECK_LOG, "没有办理日志，或读不出来");
    if (!proofs)
        checking_bad(x, CHECK_PROOFS, "没有日志的存在证明，或读不出来");
    if (log)
        check_acts(x, json_object_get(log, "acts"), json_object_get(proofs, "proofs"), &head);
    checking_good(x, CHECK_LOG);
    if (head.good)
        checking_good(x, CHECK_PROOFS);
    json_decref(log);
    json_decref(proofs);
    json_decref(head.json);
}
