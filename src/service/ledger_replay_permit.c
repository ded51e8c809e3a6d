/* ledger_replay_permit: permits and what became of them. A grant begins a permit; later acts step
 * PERMIT_TABLE. The rows must show what the last of them left, and each event row what its entry says. */
#include "service/ledger_replay.h"

/* ---- what the log says ---- */

static struct sv keep(struct replay *r, const struct logged *x, const char *key)
{
    struct sv s = json_sv(x->body, key);
    return s.n ? arena_sv(r->keep, s) : SV("");
}

static int32_t date_in(const json_t *body, const char *key)
{
    return date_from_number(json_i64(body, key, 0));
}

static void remember(struct replay *r, const struct logged *x, struct known_permit *p)
{
    struct known_event *v = known_put(&r->permit_events, sizeof *v, (uint64_t)x->row->seq);
    v->act = (unsigned char)x->act;
    v->on = x->row->effective_on;
    v->permit = (int64_t)p->key;
    v->number = keep(r, x, "number");
    v->valid_from = date_in(x->body, "valid_from");
    v->valid_until = date_in(x->body, "valid_until");
    v->holder = keep(r, x, "holder");
    v->person = keep(r, x, "person");
    v->address = keep(r, x, "address");
    v->why = digest_of(TOLD(TEXT(json_sv(x->body, "document")), TEXT(json_sv(x->body, "reason")),
                            TEXT(json_sv(x->body, "basis"))));
    v->before = p->last;
    p->last = (uint32_t)r->permit_events.n;
}

void replay_grant(struct replay *r, const struct logged *x)
{
    struct known_item *k = replay_item(r, x->row->item_id);
    int64_t id = json_i64(x->body, "permit_id", 0);
    if (!k || k->state != ITEM_GRANTED || id == 0)
        return; /* accepted only; or about a permit that exists; or from before permits had ids */
    if (known_find(&r->permits, (uint64_t)id)) {
        replay_fault(r, "第 %lld 条：同一许可准予了两次", (long long)x->row->seq);
        return;
    }
    struct known_permit *p = known_put(&r->permits, sizeof *p, (uint64_t)id);
    p->item = x->row->item_id;
    p->granted = true;
    p->state = PERMIT_VALID;
    remember(r, x, p);
}

void replay_permit_act(struct replay *r, const struct logged *x)
{
    int64_t id = json_i64(x->body, "permit_id", 0);
    struct known_permit *p = known_find(&r->permits, (uint64_t)id);
    int to = -1;
    if (!p) /* granted before permits had ids */
        p = known_put(&r->permits, sizeof *p, (uint64_t)id);
    if (!replay_step(&PERMIT_TABLE, p->state, x->act, &to)) {
        replay_fault(r, "第 %lld 条：%s的许可不能%s", (long long)x->row->seq,
                     permit_state_text((enum permit_state)p->state), act_text(x->act));
        return;
    }
    p->state = (unsigned char)to;
    remember(r, x, p);
    if (json_sv(x->body, "licence").n)
        replay_version(r, x);
}

uint64_t replay_granted(const struct logged *x)
{
    return digest_of(TOLD(TEXT(json_sv(x->body, "uscc")), TEXT(x->row->department),
                          NUMBER(x->row->effective_on)));
}

uint64_t replay_grant_facts(const struct logged *x)
{
    return digest_of(TOLD(TEXT(json_sv(x->body, "number")),
                          NUMBER(json_i64(x->body, "valid_from", 0)),
                          NUMBER(json_i64(x->body, "valid_until", 0))));
}

/* ---- permits ---- */

static uint64_t facts_of(struct sv number, int32_t from, int32_t until)
{
    return digest_of(TOLD(TEXT(number), NUMBER(date_to_number(from)),
                          NUMBER(date_to_number(until))));
}

static bool as_the_last_event(const struct replay *r, const struct known_permit *p,
                              const struct permit_row *row)
{
    const struct known_event *v = known_at(&r->permit_events, p->last - 1);
    return permit_state_of(row->state) == (enum permit_state)p->state &&
           facts_of(row->number, row->valid_from, row->valid_until) ==
               facts_of(v->number, v->valid_from, v->valid_until);
}

static void check_permit(struct replay *r, const struct permit_row *row)
{
    struct known_item *k = replay_item(r, row->item_id);
    const struct known_permit *p = known_find(&r->permits, (uint64_t)row->id);
    bool granted = k && k->state == ITEM_GRANTED;
    bool kept = granted && k->permit == digest_of(TOLD(TEXT(row->uscc), TEXT(row->department),
                                                       NUMBER(row->granted_on)));
    if (kept && p)
        kept = as_the_last_event(r, p, row) && (!p->granted || p->item == row->item_id);
    else if (kept)
        kept = sv_is(row->state, "valid") &&
               k->permit_facts == facts_of(row->number, row->valid_from, row->valid_until);
    if (!kept)
        replay_fault(r, "许可 %s 与日志中的准予记录不符", row->number.p);
    if (granted)
        k->permit_seen = true;
}

REPLAY_SCAN(scan_permits, permit_scan, permit_row, id, check_permit, permits)

int replay_permit_rows(struct replay *r, struct err *e)
{
    int rc = scan_permits(r, e);
    for (size_t i = 0; rc == 0 && i < r->items.n; i++) {
        const struct known_item *k = known_at(&r->items, i);
        if (k->state == ITEM_GRANTED && k->permit && !k->permit_seen)
            replay_fault(r, "事项件 %lld 已准予，却没有许可记录", (long long)k->key);
    }
    return rc;
}

/* ---- events ---- */

static void check_event(struct replay *r, const struct permit_event_row *row)
{
    struct known_event *v = known_find(&r->permit_events, (uint64_t)row->ledger_seq);
    if (!v) {
        /* A grant from before permits had ids was copied from its permit. */
        const struct known_item *k = replay_item(r, row->item_id);
        if (row->act != ACT_GRANT || !k || k->state != ITEM_GRANTED)
            replay_fault(r, "许可事项 %lld 不在日志中", (long long)row->id);
        return;
    }
    enum act act = v->act == ACT_ACCEPT ? ACT_GRANT : (enum act)v->act;
    bool told = act == row->act && v->permit == row->permit_id && v->on == row->effective_on &&
                sv_eq(v->number, row->number) && v->valid_from == row->valid_from &&
                v->valid_until == row->valid_until && sv_eq(v->holder, row->holder) &&
                sv_eq(v->person, row->person) && sv_eq(v->address, row->address);
    if (act != ACT_GRANT)
        told = told && v->why == digest_of(TOLD(TEXT(row->document), TEXT(row->reason),
                                                TEXT(row->basis)));
    if (!told)
        replay_fault(r, "许可事项 %lld 与日志第 %lld 条不符", (long long)row->id,
                     (long long)row->ledger_seq);
    v->seen = true;
}

REPLAY_SCAN(scan_events, permit_event_scan, permit_event_row, id, check_event, permit_events)

int replay_permit_event_rows(struct replay *r, struct err *e)
{
    int rc = scan_events(r, e);
    for (size_t i = 0; rc == 0 && i < r->permit_events.n; i++) {
        const struct known_event *v = known_at(&r->permit_events, i);
        if (!v->seen)
            replay_fault(r, "日志第 %lld 条的许可事项不在数据库中", (long long)v->key);
    }
    return rc;
}
