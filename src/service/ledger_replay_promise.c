/* ledger_replay_promise: tolerated materials (P12, P32): promised with a submission or an answer,
 * confirmed by an officer, or broken when their day has passed. One promise for a material of a case.
 * A promise whose case ended without a decision lapses: no act says so, the case's state does. */
#include "service/ledger_replay.h"

enum promise_state { PROMISED, CONFIRMED, BROKEN, LAPSED, PROMISE_STATES };

static const struct { const char *key, *text; } STATES[PROMISE_STATES] = {
    [PROMISED] = { "promised", "已承诺" }, [CONFIRMED] = { "confirmed", "已确认" },
    [BROKEN] = { "broken", "逾期未履行" }, [LAPSED] = { "lapsed", "随办件终止" },
};

static uint64_t promise_key(int64_t case_id, struct sv material)
{
    return digest_of(TOLD(NUMBER(case_id), TEXT(material)));
}

/* 0 where nobody did. */
static uint64_t digest_confirmed(int32_t on, int64_t item, struct sv by, struct sv note)
{
    bool none = on == DATE_NONE && !item && !by.n && !note.n;
    return none ? 0 : digest_of(TOLD(NUMBER(on), NUMBER(item), TEXT(by), TEXT(note)));
}

static struct known_promise *new_promise(struct replay *r, int64_t case_id, uint64_t key)
{
    struct known_promise *k = known_put(&r->promises, sizeof *k, key);
    k->case_id = case_id;
    k->due_on = DATE_NONE;
    k->says_name = true;
    return k;
}

/* ---- acts ---- */

void replay_promises(struct replay *r, const struct logged *x)
{
    size_t i;
    json_t *one;
    json_array_foreach(json_object_get(x->body, "promised"), i, one) {
        uint64_t key = promise_key(x->row->case_id, json_sv(one, "material"));
        if (known_find(&r->promises, key)) {
            replay_fault(r, "第 %lld 条：同一材料重复承诺", (long long)x->row->seq);
            continue;
        }
        struct known_promise *k = new_promise(r, x->row->case_id, key);
        k->says_promise = true;
        k->due_on = date_from_number(json_i64(one, "due_on", 0));
        k->promised = digest_of(TOLD(NUMBER(json_i64(one, "id", 0)),
                                     TEXT(json_sv(one, "signed_by")),
                                     TEXT(json_sv(one, "digest"))));
    }
}

/* The promise that an entry is about. In a case handed in before promises were logged it becomes
 * known by this; else it is a fault, and NULL. */
static struct known_promise *promise_named(struct replay *r, const struct logged *x)
{
    uint64_t key = promise_key(x->row->case_id, json_sv(x->body, "material"));
    const struct known_case *c = replay_case(r, x->row->case_id);
    struct known_promise *k = known_find(&r->promises, key);
    if (k || (c && !c->says_promises))
        return k ? k : new_promise(r, x->row->case_id, key);
    replay_fault(r, "第 %lld 条：这份材料没有承诺记录", (long long)x->row->seq);
    return NULL;
}

static void move(struct replay *r, const struct logged *x, struct known_promise *k,
                 enum promise_state to)
{
    if (k->state == CONFIRMED || k->state == (unsigned char)to)
        replay_fault(r, "第 %lld 条：承诺材料处于“%s”，不能“%s”", (long long)x->row->seq,
                     STATES[k->state].text, act_text(x->act));
    k->state = (unsigned char)to;
}

void replay_confirm(struct replay *r, const struct logged *x)
{
    struct known_promise *k = promise_named(r, x);
    if (!k)
        return;
    move(r, x, k, CONFIRMED);
    k->says_name = json_object_get(x->body, "by_name") != NULL;
    k->confirmed = digest_confirmed(x->row->effective_on, x->row->item_id,
                                    json_sv(x->body, "by_name"), json_sv(x->body, "note"));
}

void replay_break(struct replay *r, const struct logged *x)
{
    struct known_promise *k = promise_named(r, x);
    replay_on_case(r, x);
    if (!k)
        return;
    move(r, x, k, BROKEN);
    if (k->says_promise && k->due_on != date_from_number(json_i64(x->body, "due_on", 0)))
        replay_fault(r, "第 %lld 条：承诺的日期与承诺记录不符", (long long)x->row->seq);
    k->due_on = date_from_number(json_i64(x->body, "due_on", 0));
}

/* ---- rows ---- */

/* Whether nothing rests on a promise of this case any more. */
static bool case_is_over(const struct replay *r, int64_t case_id)
{
    const struct known_case *c = replay_case(r, case_id);
    int to = -1;
    return c && !replay_step(&CASE_TABLE, (int)replay_case_state(c), ACT_BREAK_COMMITMENT, &to);
}

static void compare(struct replay *r, const struct commitment_row *row,
                    const struct known_promise *k)
{
    bool lapsed = k->state == PROMISED && case_is_over(r, row->case_id) &&
                  sv_is(row->state, STATES[LAPSED].key);
    uint64_t confirmed =
        digest_confirmed(row->confirmed_on, row->item_id,
                         k->says_name ? row->confirmed_by : SV(""), row->note);
    if (!sv_is(row->state, STATES[k->state].key) && !lapsed)
        replay_fault(r, "承诺 %lld（%s）的状态是“%s”，日志记载为“%s”", (long long)row->id,
                     row->material.p, row->state.p, STATES[k->state].key);
    if (k->due_on != DATE_NONE && k->due_on != row->due_on)
        replay_fault(r, "承诺 %lld（%s）的日期与日志不符", (long long)row->id, row->material.p);
    if (k->says_promise && k->promised != digest_of(TOLD(NUMBER(row->id), TEXT(row->signed_by),
                                                         TEXT(row->digest))))
        replay_fault(r, "承诺 %lld（%s）的承诺人或承诺书与日志不符", (long long)row->id,
                     row->material.p);
    if (k->confirmed != confirmed)
        replay_fault(r, "承诺 %lld（%s）的确认与日志不符", (long long)row->id, row->material.p);
}

static void check_promise(struct replay *r, const struct commitment_row *row)
{
    const struct known_case *c = replay_case(r, row->case_id);
    struct known_promise *k = known_find(&r->promises, promise_key(row->case_id, row->material));
    if (!k && c && !c->says_promises)
        return;
    if (!k) {
        replay_fault(r, "承诺 %lld（%s）没有承诺记录", (long long)row->id, row->material.p);
        return;
    }
    k->seen = true;
    compare(r, row, k);
}

REPLAY_SCAN(scan_promises, commitment_scan, commitment_row, id, check_promise, promises)

int replay_promise_rows(struct replay *r, struct err *e)
{
    int rc = scan_promises(r, e);
    for (size_t i = 0; rc == 0 && i < r->promises.n; i++) {
        const struct known_promise *k = known_at(&r->promises, i);
        if (!k->seen)
            replay_fault(r, "日志中办件 %lld 的承诺不在数据库中", (long long)k->case_id);
    }
    return rc;
}
