/* ledger_replay_paper: deliveries (P17) and extensions (P10, P16), of an item or of the case as a
 * whole. Each happens once, by the acts' own tables; ids are unique among items and cases together,
 * so one key serves both. The marks they leave in item and case are compared with those rows. */
#include "service/ledger_replay.h"

static uint64_t about(int64_t item_id, int64_t case_id)
{
    return (uint64_t)(item_id ? item_id : case_id);
}

/* Remember one; NULL (and a fault) when there was one before. */
static struct known_paper *once(struct replay *r, struct known *t, const struct logged *x)
{
    uint64_t key = about(x->row->item_id, x->row->case_id);
    if (!x->row->item_id)
        replay_on_case(r, x);
    if (known_find(t, key)) {
        replay_fault(r, "第 %lld 条：重复“%s”", (long long)x->row->seq, act_text(x->act));
        return NULL;
    }
    struct known_paper *k = known_put(t, sizeof *k, key);
    k->case_id = x->row->case_id;
    k->on = x->row->effective_on;
    k->says_all = json_object_get(x->body, "by_name") != NULL;
    return k;
}

/* The record that a row must be, seen for the first time; NULL with a fault. */
static struct known_paper *find_row(struct replay *r, struct known *t, uint64_t key,
                                    const char *what, int64_t id)
{
    struct known_paper *k = known_find(t, key);
    if (!k || k->seen)
        replay_fault(r, k ? "%s %lld 重复登记" : "%s %lld 没有办理记录", what, (long long)id);
    if (!k || k->seen)
        return NULL;
    k->seen = true;
    return k;
}

static void report_missing(struct replay *r, const struct known *t, const char *what)
{
    for (size_t i = 0; i < t->n; i++) {
        const struct known_paper *k = known_at(t, i);
        if (k->seen)
            continue;
        if (k->key == (uint64_t)k->case_id)
            replay_fault(r, "日志中办件 %lld 的%s不在数据库中", (long long)k->case_id, what);
        else
            replay_fault(r, "日志中事项件 %lld 的%s不在数据库中", (long long)k->key, what);
    }
}

/* ---- deliveries ---- */

void replay_deliver(struct replay *r, const struct logged *x)
{
    struct known_paper *k = once(r, &r->deliveries, x);
    if (k)
        k->facts = digest_of(TOLD(TEXT(json_sv(x->body, "method")),
                                  TEXT(json_sv(x->body, "receiver")),
                                  TEXT(json_sv(x->body, "relation")),
                                  TEXT(json_sv(x->body, "tracking")),
                                  TEXT(json_sv(x->body, "by_name"))));
}

static void check_delivery(struct replay *r, const struct delivery_row *row)
{
    struct known_paper *k = find_row(r, &r->deliveries, about(row->item_id, row->case_id),
                                     "送达记录", row->id);
    struct sv none = SV("");
    if (!k)
        return;
    if (k->case_id != row->case_id || k->on != row->delivered_on)
        replay_fault(r, "送达记录 %lld 的办件或日期与日志不符", (long long)row->id);
    if (k->facts != digest_of(TOLD(TEXT(row->method), TEXT(row->receiver),
                                   TEXT(k->says_all ? row->relation : none),
                                   TEXT(k->says_all ? row->tracking : none),
                                   TEXT(k->says_all ? row->by_name : none))))
        replay_fault(r, "送达记录 %lld 的方式、签收人或经办人与日志不符", (long long)row->id);
}

REPLAY_SCAN(scan_deliveries, delivery_scan, delivery_row, id, check_delivery, deliveries)

int replay_delivery_rows(struct replay *r, struct err *e)
{
    int rc = scan_deliveries(r, e);
    if (rc == 0)
        report_missing(r, &r->deliveries, "送达记录");
    return rc;
}

/* ---- extensions ---- */

void replay_extend(struct replay *r, const struct logged *x)
{
    struct known_paper *k = once(r, &r->extensions, x);
    if (k)
        k->facts = digest_of(TOLD(NUMBER(json_i64(x->body, "days", 0)),
                                  NUMBER(json_i64(x->body, "due_on", 0)),
                                  TEXT(json_sv(x->body, "reason")),
                                  TEXT(json_sv(x->body, "by_name"))));
}

static void check_extension(struct replay *r, const struct extension_row *row)
{
    struct known_paper *k = find_row(r, &r->extensions, about(row->item_id, row->case_id),
                                     "延期记录", row->id);
    struct sv none = SV("");
    if (!k)
        return;
    if (k->case_id != row->case_id || k->on != row->approved_on)
        replay_fault(r, "延期记录 %lld 的办件或日期与日志不符", (long long)row->id);
    if (k->facts != digest_of(TOLD(NUMBER(row->days), NUMBER(date_to_number(row->due_on)),
                                   TEXT(row->reason), TEXT(k->says_all ? row->approved_by : none))))
        replay_fault(r, "延期记录 %lld 的天数、期限、理由或批准人与日志不符", (long long)row->id);
}

REPLAY_SCAN(scan_extensions, extension_scan, extension_row, id, check_extension, extensions)

int replay_extension_rows(struct replay *r, struct err *e)
{
    int rc = scan_extensions(r, e);
    if (rc == 0)
        report_missing(r, &r->extensions, "延期记录");
    return rc;
}
