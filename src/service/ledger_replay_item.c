/* ledger_replay_item: items and cases. An item begins with its submission and moves by ITEM_TABLE;
 * a case's state is never logged, it follows from its items as in the program (case_derive), so the
 * replay knows it at every entry: acts on the case itself step CASE_TABLE from there. */
#include "service/ledger_replay.h"

struct known_item *replay_item(const struct replay *r, int64_t item)
{
    return known_find(&r->items, (uint64_t)item);
}

struct known_case *replay_case(const struct replay *r, int64_t case_id)
{
    return known_find(&r->cases, (uint64_t)case_id);
}

enum case_state replay_case_state(const struct known_case *k)
{
    struct case_facts f = { .submitted = true, .issued = k->issued, .archived = k->package != 0 };
    for (int s = 0; s < ITEM_STATES; s++)
        f.count[s] = k->count[s];
    /* Nobody issues anything for a case about permits of a licence: each grant made a version. */
    if (k->about_permits && f.count[ITEM_GRANTED] > 0 &&
        f.count[ITEM_RECEIVED] + f.count[ITEM_CORRECTING] + f.count[ITEM_ACCEPTED] == 0)
        f.issued = true;
    return case_derive(&f);
}

/* ---- acts ---- */

static void submit_item(struct replay *r, const struct logged *x, const json_t *item)
{
    int64_t id = json_i64(item, "id", 0);
    struct sv stage = json_sv(item, "inspection");
    struct known_case *c = replay_case(r, x->row->case_id);
    if (id == 0 || replay_item(r, id)) {
        replay_fault(r, "第 %lld 条：同一事项件重复提交", (long long)x->row->seq);
        return;
    }
    struct known_item *k = known_put(&r->items, sizeof *k, (uint64_t)id);
    k->state = ITEM_RECEIVED;
    k->submitted = digest_of(TOLD(TEXT(json_sv(item, "permit")),
                                  TEXT(json_sv(item, "department"))));
    k->stage = (unsigned char)inspection_stage_of(stage);
    k->says_stage = stage.n > 0;
    k->about_permit = json_i64(item, "permit_id", 0) != 0;
    k->at_case = (uint32_t)(c - (struct known_case *)known_at(&r->cases, 0));
    c->count[ITEM_RECEIVED]++;
}

void replay_submit(struct replay *r, const struct logged *x)
{
    size_t i;
    json_t *item;
    struct known_case *c = replay_case(r, x->row->case_id);
    if (c)
        replay_fault(r, "第 %lld 条：同一办件重复提交", (long long)x->row->seq);
    else
        c = known_put(&r->cases, sizeof *c, (uint64_t)x->row->case_id);
    c->submitted = digest_of(TOLD(TEXT(json_sv(x->body, "number")),
                                  TEXT(json_sv(x->body, "industry")),
                                  TEXT(json_sv(x->body, "region"))));
    struct sv kind = json_sv(x->body, "kind");
    c->about_permits = kind.n && !sv_is(kind, "new");
    c->says_promises = json_object_get(x->body, "promised") != NULL;
    json_array_foreach(json_object_get(x->body, "items"), i, item)
        submit_item(r, x, item);
    replay_promises(r, x);
}

void replay_on_item(struct replay *r, const struct logged *x)
{
    struct known_item *k = replay_item(r, x->row->item_id);
    enum item_state state = item_state_of(json_sv(x->body, "to"));
    int to = (int)state;
    if (!k) {
        replay_fault(r, "第 %lld 条：事项件没有提交记录", (long long)x->row->seq);
        return;
    }
    struct known_case *c = known_at(&r->cases, k->at_case);
    if (c->key != (uint64_t)x->row->case_id)
        replay_fault(r, "第 %lld 条：事项件不属于这个办件", (long long)x->row->seq);
    if (c->package)
        replay_fault(r, "第 %lld 条：办件已归档，事项件不能再办理", (long long)x->row->seq);
    if (!replay_step(&ITEM_TABLE, k->state, x->act, &to))
        replay_fault(r, "第 %lld 条：从“%s”不能经“%s”到“%s”", (long long)x->row->seq,
                     item_state_text((enum item_state)k->state), act_text(x->act),
                     item_state_text(state));
    /* Of a case about a permit that exists, the grant changes that one. */
    if (state == ITEM_GRANTED && k->state != ITEM_GRANTED && !k->about_permit) {
        k->permit = replay_granted(x);
        k->permit_facts = replay_grant_facts(x);
    }
    c->count[k->state]--;
    c->count[state]++;
    k->state = (unsigned char)state;
}

void replay_supplement(struct replay *r, const struct logged *x)
{
    struct known_item *k = replay_item(r, x->row->item_id);
    struct sv stage = json_sv(x->body, "inspection");
    if (k && stage.n) {
        k->stage = (unsigned char)inspection_stage_of(stage);
        k->says_stage = true;
    }
    replay_promises(r, x);
}

void replay_on_case(struct replay *r, const struct logged *x)
{
    struct known_case *c = replay_case(r, x->row->case_id);
    int to = -1;
    if (!c) {
        replay_fault(r, "第 %lld 条：办件没有提交记录", (long long)x->row->seq);
        return;
    }
    enum case_state state = replay_case_state(c);
    if (!replay_step(&CASE_TABLE, (int)state, x->act, &to))
        replay_fault(r, "第 %lld 条：办件处于“%s”，不能“%s”", (long long)x->row->seq,
                     case_state_text(state), act_text(x->act));
}

/* ---- items ---- */

/* Of an item handed in before the stage was logged: without a result it is one of these. */
static bool stage_fits(const struct known_item *k, enum inspection_stage stage)
{
    return k->says_stage ? k->stage == stage
                         : stage == INSPECTION_NONE || stage == INSPECTION_REQUIRED;
}

/* What acts of the item's own left in its row. */
static void compare_marks(struct replay *r, const struct item_row *row, const struct known_item *k)
{
    const struct known_paper *d = known_find(&r->deliveries, k->key);
    bool extended = known_find(&r->extensions, k->key) != NULL;
    if (!stage_fits(k, row->inspection))
        replay_fault(r, "事项件 %lld 的现场核查是“%s”，日志记载为“%s”", (long long)row->id,
                     inspection_stage_text(row->inspection),
                     inspection_stage_text((enum inspection_stage)k->stage));
    if (row->delivered_on != (d ? d->on : DATE_NONE))
        replay_fault(r, "事项件 %lld 的送达日期与日志中的送达记录不符", (long long)row->id);
    if (row->extended != extended)
        replay_fault(r, extended ? "事项件 %lld 已延长期限，登记为没有延长"
                                 : "事项件 %lld 登记为已延长期限，日志中没有延长记录",
                     (long long)row->id);
}

static void check_item(struct replay *r, const struct item_row *row)
{
    struct known_item *k = replay_item(r, row->id);
    if (!k) {
        replay_fault(r, "事项件 %lld 没有任何办理记录", (long long)row->id);
        return;
    }
    const struct known_case *c = known_at(&r->cases, k->at_case);
    k->seen = true;
    if (k->state != row->state)
        replay_fault(r, "事项件 %lld 的状态是“%s”，日志记载为“%s”", (long long)row->id,
                     item_state_text(row->state), item_state_text((enum item_state)k->state));
    if (c->key != (uint64_t)row->case_id ||
        k->submitted != digest_of(TOLD(TEXT(row->permit), TEXT(row->department))))
        replay_fault(r, "事项件 %lld 的办件、许可事项或部门与提交记录不符", (long long)row->id);
    compare_marks(r, row, k);
}

REPLAY_SCAN(scan_items, item_scan, item_row, id, check_item, items)

int replay_item_rows(struct replay *r, struct err *e)
{
    int rc = scan_items(r, e);
    for (size_t i = 0; rc == 0 && i < r->items.n; i++) {
        const struct known_item *k = known_at(&r->items, i);
        if (!k->seen)
            replay_fault(r, "日志中的事项件 %lld 不在数据库中", (long long)k->key);
    }
    return rc;
}

/* ---- cases ---- */

static void check_case(struct replay *r, const struct case_row *row)
{
    struct known_case *k = replay_case(r, row->id);
    if (!k) {
        replay_fault(r, "办件 %s 没有提交记录", row->number.p);
        return;
    }
    const struct known_paper *d = known_find(&r->deliveries, k->key);
    bool extended = known_find(&r->extensions, k->key) != NULL;
    k->seen = true;
    if (row->state != replay_case_state(k))
        replay_fault(r, "办件 %s 的状态与其事项不符", row->number.p);
    if (k->submitted !=
        digest_of(TOLD(TEXT(row->number), TEXT(row->industry), TEXT(row->region))))
        replay_fault(r, "办件 %s 的编号、行业或地区与提交记录不符", row->number.p);
    if (row->joint_extended != extended)
        replay_fault(r, extended ? "办件 %s 已延长联合办理期限，登记为没有延长"
                                 : "办件 %s 登记为已延长联合办理期限，日志中没有延长记录",
                     row->number.p);
    if (row->licence_delivered_on != (d ? d->on : DATE_NONE))
        replay_fault(r, "办件 %s 的证照送达日期与日志中的送达记录不符", row->number.p);
}

REPLAY_SCAN(scan_cases, case_scan, case_row, id, check_case, cases)

int replay_case_rows(struct replay *r, struct err *e)
{
    int rc = scan_cases(r, e);
    for (size_t i = 0; rc == 0 && i < r->cases.n; i++) {
        const struct known_case *k = known_at(&r->cases, i);
        if (!k->seen)
            replay_fault(r, "日志中的办件 %lld 不在数据库中", (long long)k->key);
    }
    return rc;
}
