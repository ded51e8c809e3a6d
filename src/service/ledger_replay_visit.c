/* ledger_replay_visit: joint inspections (P11): a visit steps VISIT_TABLE; its parts are what each
 * department answered, and what its officers wrote down and confirmed, which are acts on items. The
 * outcome is also the item's stage. A part is found by visit and item, the parts of a visit by a
 * list through them. */
#include "domain/case/visit.h"
#include "service/ledger_replay.h"

static struct known_visit *visit_of(const struct replay *r, int64_t id)
{
    return known_find(&r->visits, (uint64_t)id);
}

/* Two ids in one: other pairs may give the same, so whoever finds a part looks at its ids. */
static uint64_t part_key(int64_t visit, int64_t item)
{
    return (uint64_t)visit * 0xbf58476d1ce4e5b9u ^ (uint64_t)item;
}

static struct known_part *part_of(const struct replay *r, int64_t visit, int64_t item)
{
    struct known_part *p = known_find(&r->parts, part_key(visit, item));
    return p && p->visit == visit && p->item == item ? p : NULL;
}

/* These are 0 where nothing was said. */
static uint64_t digest_record(struct sv result, struct sv checks, struct sv findings,
                              int64_t rectify_by, int64_t taken_at, int64_t officer)
{
    bool none = sv_is(result, visit_result_key(RESULT_NONE)) && sv_is(checks, "{}") &&
                !findings.n && !rectify_by && !taken_at && !officer;
    return none ? 0 : digest_of(TOLD(TEXT(result), TEXT(checks), TEXT(findings),
                                     NUMBER(rectify_by), NUMBER(taken_at), NUMBER(officer)));
}

static uint64_t digest_officers(struct sv names, int64_t a, int64_t b)
{
    return names.n || a || b ? digest_of(TOLD(TEXT(names), NUMBER(a), NUMBER(b))) : 0;
}

static uint64_t digest_refusal(struct sv reason, int64_t counter_on)
{
    return reason.n || counter_on ? digest_of(TOLD(TEXT(reason), NUMBER(counter_on))) : 0;
}

static uint64_t digest_cancelled(struct sv reason)
{
    return reason.n ? digest_of(TOLD(TEXT(reason))) : 0;
}

/* ---- acts on visits ---- */

static void add_part(struct replay *r, const struct logged *x, struct known_visit *v,
                     const json_t *part)
{
    int64_t item = json_i64(part, "item", 0);
    uint64_t key = part_key((int64_t)v->key, item);
    if (known_find(&r->parts, key)) {
        replay_fault(r, "第 %lld 条：同一事项件在一次核查中列了两次", (long long)x->row->seq);
        return;
    }
    struct known_part *p = known_put(&r->parts, sizeof *p, key);
    p->visit = (int64_t)v->key;
    p->item = item;
    p->department = digest_of(TOLD(TEXT(json_sv(part, "department"))));
    p->says_ids = true;
    p->next = v->first_part;
    v->first_part = (uint32_t)r->parts.n;
}

/* A date: everybody is asked (again). */
static void propose(struct replay *r, const struct logged *x, struct known_visit *v)
{
    size_t i;
    json_t *part;
    v->held_on = date_from_number(json_i64(x->body, "held_on", 0));
    v->announced = false;
    v->says_plan = json_object_get(x->body, "place") != NULL;
    v->plan = digest_of(TOLD(TEXT(json_sv(x->body, "time")), TEXT(json_sv(x->body, "place")),
                             TEXT(json_sv(x->body, "note"))));
    json_array_foreach(json_object_get(x->body, "parts"), i, part) {
        v->says_parts = true;
        add_part(r, x, v, part);
    }
    for (uint32_t at = v->first_part; at;) {
        struct known_part *p = known_at(&r->parts, at - 1);
        p->agreed = false;
        p->refusal = 0;
        at = p->next;
    }
}

/* All parts of the department answer together. */
static void answer(struct replay *r, const struct logged *x, struct known_visit *v)
{
    struct sv department = json_sv(x->body, "department");
    uint64_t whose = digest_of(TOLD(TEXT(department)));
    bool agrees = x->act == ACT_AGREE_VISIT;
    bool any = false;
    for (uint32_t at = v->first_part; at;) {
        struct known_part *p = known_at(&r->parts, at - 1);
        at = p->next;
        if (p->department != whose)
            continue;
        any = true;
        p->agreed = agrees;
        p->says_ids = !agrees || json_object_get(x->body, "officer_a") != NULL;
        p->officers = digest_officers(json_sv(x->body, "officers"),
                                      json_i64(x->body, "officer_a", 0),
                                      json_i64(x->body, "officer_b", 0));
        p->refusal = agrees ? 0 : digest_refusal(json_sv(x->body, "reason"),
                                                 json_i64(x->body, "counter_on", 0));
    }
    if (v->says_parts && !any)
        replay_fault(r, "第 %lld 条：部门 %.*s 没有参加这次核查", (long long)x->row->seq,
                     (int)department.n, department.p);
}

static struct known_visit *new_visit(struct replay *r, const struct logged *x, int64_t id)
{
    struct known_visit *v = known_put(&r->visits, sizeof *v, (uint64_t)id);
    v->state = VISIT_NONE;
    v->case_id = x->row->case_id;
    v->submitted = digest_of(TOLD(NUMBER(x->row->case_id),
                                  NUMBER(json_i64(x->body, "round", 0))));
    return v;
}

/* The visit that the entry is about, moved on; NULL when there can be none. */
static struct known_visit *step(struct replay *r, const struct logged *x)
{
    int64_t id = json_i64(x->body, "visit", 0);
    struct sv says = json_sv(x->body, "to");
    int to = says.n ? (int)visit_state_of(says) : -1;
    struct known_visit *v = visit_of(r, id);
    if (!v && x->act == ACT_PROPOSE_VISIT && id != 0)
        v = new_visit(r, x, id);
    if (!v) {
        replay_fault(r, "第 %lld 条：现场核查没有提议记录", (long long)x->row->seq);
        return NULL;
    }
    if (v->submitted != digest_of(TOLD(NUMBER(x->row->case_id),
                                       NUMBER(json_i64(x->body, "round", 0)))))
        replay_fault(r, "第 %lld 条：现场核查的办件或轮次与提议记录不符", (long long)x->row->seq);
    if (!replay_step(&VISIT_TABLE, v->state, x->act, &to)) {
        replay_fault(r, "第 %lld 条：现场核查处于“%s”，不能“%s”", (long long)x->row->seq,
                     visit_state_text((enum visit_state)v->state), act_text(x->act));
        return NULL;
    }
    v->state = (unsigned char)to;
    return v;
}

void replay_visit(struct replay *r, const struct logged *x)
{
    struct known_visit *v = step(r, x);
    if (!v)
        return;
    if (x->act == ACT_PROPOSE_VISIT)
        propose(r, x, v);
    else if (v->held_on != date_from_number(json_i64(x->body, "held_on", 0)))
        replay_fault(r, "第 %lld 条：核查日期与提议的不同", (long long)x->row->seq);
    if (x->act == ACT_AGREE_VISIT || x->act == ACT_DECLINE_VISIT)
        answer(r, x, v);
    if (x->act == ACT_ANNOUNCE_VISIT)
        v->announced = true;
    if (x->act == ACT_CANCEL_VISIT)
        v->cancelled = digest_cancelled(json_sv(x->body, "reason"));
}

/* ---- acts on items, on site ---- */

/* The part written down or confirmed; NULL when the entry does not say which (older ones), or
 * with a fault. */
static struct known_part *part_named(struct replay *r, const struct logged *x)
{
    int64_t id = json_i64(x->body, "visit", 0);
    const struct known_visit *v = visit_of(r, id);
    struct known_part *p = part_of(r, id, x->row->item_id);
    if (id != 0 && !p && (!v || v->says_parts))
        replay_fault(r, "第 %lld 条：事项件不在这次现场核查中", (long long)x->row->seq);
    return p;
}

static void set_stage(struct replay *r, const struct logged *x, enum inspection_stage stage)
{
    struct known_item *k = replay_item(r, x->row->item_id);
    if (!k)
        return;
    k->stage = (unsigned char)stage;
    k->says_stage = true;
}

void replay_inspect(struct replay *r, const struct logged *x)
{
    struct known_part *p = part_named(r, x);
    set_stage(r, x, INSPECTION_RECORDED);
    if (p)
        p->record = digest_record(json_sv(x->body, "result"),
                                  json_dump(r->scratch, json_object_get(x->body, "checks"), true),
                                  json_sv(x->body, "findings"),
                                  json_i64(x->body, "rectify_by", 0),
                                  json_i64(x->body, "taken_at", 0), x->row->actor_id);
}

void replay_countersign(struct replay *r, const struct logged *x)
{
    struct known_part *p = part_named(r, x);
    enum visit_result result = RESULT_NONE;
    if (!visit_result_of(json_sv(x->body, "result"), &result))
        replay_fault(r, "第 %lld 条：没有核查结论", (long long)x->row->seq);
    set_stage(r, x, visit_outcome(result));
    if (p)
        p->confirmed_by = x->row->actor_id;
}

/* ---- rows of visits ---- */

static void check_visit(struct replay *r, const struct visit_row *row)
{
    struct known_visit *v = visit_of(r, row->id);
    if (!v) {
        replay_fault(r, "现场核查 %lld 没有提议记录", (long long)row->id);
        return;
    }
    v->seen = true;
    if (v->state != row->state)
        replay_fault(r, "现场核查 %lld 的状态是“%s”，日志记载为“%s”", (long long)row->id,
                     visit_state_text(row->state), visit_state_text((enum visit_state)v->state));
    if (v->submitted != digest_of(TOLD(NUMBER(row->case_id), NUMBER(row->round))))
        replay_fault(r, "现场核查 %lld 的办件或轮次与日志不符", (long long)row->id);
    if (v->held_on != row->held_on)
        replay_fault(r, "现场核查 %lld 的日期与日志中的提议不符", (long long)row->id);
    if (v->says_plan &&
        v->plan != digest_of(TOLD(TEXT(row->held_time), TEXT(row->place), TEXT(row->note))))
        replay_fault(r, "现场核查 %lld 的时间、地点或说明与日志中的提议不符", (long long)row->id);
    if (v->announced != (row->announced_at != 0))
        replay_fault(r, v->announced ? "现场核查 %lld 已通知，登记为没有通知"
                                     : "现场核查 %lld 登记为已通知，日志中没有通知记录",
                     (long long)row->id);
    if ((v->state == VISIT_CLOSED) != (row->closed_at != 0))
        replay_fault(r, "现场核查 %lld 的完成时间与日志不符", (long long)row->id);
    if (v->cancelled != digest_cancelled(row->cancel_reason))
        replay_fault(r, "现场核查 %lld 的取消理由与日志不符", (long long)row->id);
}

REPLAY_SCAN(scan_visits, visit_scan, visit_row, id, check_visit, visits)

int replay_visit_rows(struct replay *r, struct err *e)
{
    int rc = scan_visits(r, e);
    for (size_t i = 0; rc == 0 && i < r->visits.n; i++) {
        const struct known_visit *v = known_at(&r->visits, i);
        if (!v->seen)
            replay_fault(r, "日志中办件 %lld 的现场核查 %lld 不在数据库中", (long long)v->case_id,
                         (long long)v->key);
    }
    return rc;
}

/* ---- rows of parts ---- */

static uint64_t row_officers(const struct part_row *row, bool ids)
{
    char names[256];
    int n = snprintf(names, sizeof names, "%.*s%s%.*s", (int)row->officer_a_name.n,
                     row->officer_a_name.p, row->officer_a_name.n ? "、" : "",
                     (int)row->officer_b_name.n, row->officer_b_name.p);
    size_t length = n < (int)sizeof names ? (size_t)n : sizeof names - 1;
    return digest_officers(sv_make(names, length), ids ? row->officer_a : 0,
                           ids ? row->officer_b : 0);
}

static void compare_part(struct replay *r, const struct part_row *row, const struct known_part *p)
{
    uint64_t refusal = digest_refusal(row->declined_reason, date_to_number(row->counter_on));
    uint64_t record = digest_record(sv_of(visit_result_key(row->result)), row->checks,
                                    row->findings, date_to_number(row->rectify_by),
                                    row->taken_at, row->recorded_by);
    long long visit = (long long)row->visit_id;
    long long item = (long long)row->item_id;
    if (p->department != digest_of(TOLD(TEXT(row->department))))
        replay_fault(r, "现场核查 %lld 中事项件 %lld 的部门与日志不符", visit, item);
    if (p->agreed != (row->agreed_at != 0) || p->refusal != refusal)
        replay_fault(r, "现场核查 %lld 中事项件 %lld 的部门答复与日志不符", visit, item);
    if (p->officers != row_officers(row, p->says_ids))
        replay_fault(r, "现场核查 %lld 中事项件 %lld 的核查人员与日志不符", visit, item);
    if (p->record != record)
        replay_fault(r, "现场核查 %lld 中事项件 %lld 的核查记录与日志不符", visit, item);
    if (p->confirmed_by != row->confirmed_by || !p->confirmed_by != !row->confirmed_at)
        replay_fault(r, "现场核查 %lld 中事项件 %lld 的确认与日志不符", visit, item);
}

static void check_part(struct replay *r, const struct part_row *row)
{
    const struct known_visit *v = visit_of(r, row->visit_id);
    struct known_part *p = part_of(r, row->visit_id, row->item_id);
    if (v && !v->says_parts)
        return;
    if (!p) {
        replay_fault(r, "现场核查 %lld 中事项件 %lld 的部分没有提议记录", (long long)row->visit_id,
                     (long long)row->item_id);
        return;
    }
    p->seen = true;
    compare_part(r, row, p);
}

REPLAY_SCAN(scan_parts, part_scan, part_row, id, check_part, parts)

int replay_part_rows(struct replay *r, struct err *e)
{
    int rc = scan_parts(r, e);
    for (size_t i = 0; rc == 0 && i < r->parts.n; i++) {
        const struct known_part *p = known_at(&r->parts, i);
        if (!p->seen)
            replay_fault(r, "日志中现场核查 %lld 的事项件 %lld 不在数据库中", (long long)p->visit,
                         (long long)p->item);
    }
    return rc;
}
