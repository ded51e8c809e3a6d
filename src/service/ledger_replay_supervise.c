/* ledger_replay_supervise: supervision (P30). Every task begins with an entry of its own and steps
 * SUPERVISION_TABLE; its row must show what the last entry says, each event row what its entry says. */
#include "service/ledger_replay.h"
#include "service/supervise.h"

/* The words of an entry about the task as it left it, and of a row: the same members. */
static uint64_t task_facts(const json_t *body)
{
    return digest_of(TOLD(
        NUMBER(json_i64(body, "event", 0)), TEXT(json_sv(body, "of")),
        NUMBER(json_i64(body, "permit_id", 0)), TEXT(json_sv(body, "permit")),
        TEXT(json_sv(body, "kind")), NUMBER(json_bool(body, "lead", false)),
        TEXT(json_sv(body, "supervisor")), TEXT(json_sv(body, "grantor")),
        TEXT(json_sv(body, "to")), NUMBER(json_i64(body, "due_on", 0)),
        NUMBER(json_i64(body, "acknowledged_on", 0)), TEXT(json_sv(body, "acknowledged_by")),
        TEXT(json_sv(body, "wants")), TEXT(json_sv(body, "result")),
        NUMBER(json_i64(body, "result_on", 0))));
}

static void remember(struct replay *r, const struct logged *x, int64_t task)
{
    struct known_task_event *v = known_put(&r->task_events, sizeof *v, (uint64_t)x->row->seq);
    v->task = task;
    v->act = (unsigned char)x->act;
    v->facts = digest_of(TOLD(
        NUMBER(x->row->effective_on), TEXT(x->row->department), NUMBER(x->row->actor_id),
        TEXT(json_sv(x->body, "by_name")), TEXT(json_sv(x->body, "reported")),
        TEXT(json_sv(x->body, "reason")), TEXT(json_sv(x->body, "basis")),
        TEXT(json_sv(x->body, "document")), TEXT(json_sv(x->body, "proposed")),
        NUMBER(json_i64(x->body, "rectify_by", 0)), NUMBER(json_i64(x->body, "settled_by", 0))));
}

void replay_supervision(struct replay *r, const struct logged *x)
{
    int64_t id = json_i64(x->body, "task", 0);
    struct known_task *k = known_find(&r->tasks, (uint64_t)id);
    bool opens = x->act == ACT_OPEN_SUPERVISION;
    int to = (int)supervision_state_of(json_sv(x->body, "to"));
    if (id == 0 || opens == (k != NULL)) {
        replay_fault(r, "第 %lld 条：监管任务没有推送记录，或推送了两次", (long long)x->row->seq);
        return;
    }
    if (!replay_step(&SUPERVISION_TABLE, k ? k->state : SUPERVISION_NONE, x->act, &to)) {
        replay_fault(r, "第 %lld 条：监管任务不能“%s”", (long long)x->row->seq, act_text(x->act));
        return;
    }
    if (opens) {
        k = known_put(&r->tasks, sizeof *k, (uint64_t)id);
        k->seq = x->row->seq;
    } else {
        remember(r, x, id);
    }
    k->state = (unsigned char)to;
    k->facts = task_facts(x->body);
}

/* ---- rows ---- */

static void check_task(struct replay *r, const struct supervision_row *row)
{
    struct known_task *k = known_find(&r->tasks, (uint64_t)row->id);
    json_t *body = supervise_body(row);
    if (!k || k->seq != row->ledger_seq || k->facts != task_facts(body))
        replay_fault(r, "监管任务 %lld 与日志中的最后一次办理不符", (long long)row->id);
    if (k)
        k->seen = true;
    json_decref(body);
}

REPLAY_SCAN(scan_tasks, supervision_scan, supervision_row, id, check_task, tasks)

int replay_supervision_rows(struct replay *r, struct err *e)
{
    int rc = scan_tasks(r, e);
    for (size_t i = 0; rc == 0 && i < r->tasks.n; i++) {
        const struct known_task *k = known_at(&r->tasks, i);
        if (!k->seen)
            replay_fault(r, "日志中的监管任务 %lld 不在数据库中", (long long)k->key);
    }
    return rc;
}

static void check_event(struct replay *r, const struct supervision_event_row *row)
{
    struct known_task_event *v = known_find(&r->task_events, (uint64_t)row->ledger_seq);
    bool told = v && !v->seen && v->task == row->task_id && v->act == (unsigned char)row->act &&
                v->facts == digest_of(TOLD(
                    NUMBER(row->effective_on), TEXT(row->department), NUMBER(row->actor_id),
                    TEXT(row->actor_name), TEXT(row->result), TEXT(row->reason),
                    TEXT(row->basis), TEXT(row->document), TEXT(row->wants),
                    NUMBER(date_to_number(row->due_on)), NUMBER(row->permit_seq)));
    if (!told)
        replay_fault(r, "监管记录 %lld 与日志第 %lld 条不符", (long long)row->id,
                     (long long)row->ledger_seq);
    if (v)
        v->seen = true;
}

REPLAY_SCAN(scan_events, supervision_event_scan, supervision_event_row, id, check_event,
                   task_events)

int replay_supervision_event_rows(struct replay *r, struct err *e)
{
    int rc = scan_events(r, e);
    for (size_t i = 0; rc == 0 && i < r->task_events.n; i++) {
        const struct known_task_event *v = known_at(&r->task_events, i);
        if (!v->seen)
            replay_fault(r, "日志第 %lld 条的监管记录不在数据库中", (long long)v->key);
    }
    return rc;
}
