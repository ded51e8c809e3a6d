/* ledger_replay: what all replays share: memory by key, digests of facts, faults, and the table
 * that says which file an act is told to. See ledger_replay.h. */
#include "service/ledger_replay.h"

#include <stdlib.h>

/* ---- memory ---- */

static uint32_t *slot_of(const struct known *t, uint64_t key)
{
    size_t at = (size_t)(key * 0x9e3779b97f4a7c15u >> 20) & (t->n_slots - 1);
    uint64_t other;
    for (; t->slots[at]; at = (at + 1) & (t->n_slots - 1)) {
        memcpy(&other, known_at(t, t->slots[at] - 1), sizeof other);
        if (other == key)
            break;
    }
    return &t->slots[at];
}

void *known_find(const struct known *t, uint64_t key)
{
    uint32_t *slot = t->n_slots ? slot_of(t, key) : NULL;
    return slot && *slot ? known_at(t, *slot - 1) : NULL;
}

static void grow(struct known *t)
{
    uint64_t key;
    unsigned char *old = t->rows;
    t->cap = t->cap ? t->cap * 2 : 512;
    t->rows = mem_new(t->cap * t->size);
    if (t->n)
        memcpy(t->rows, old, t->n * t->size);
    free(old);
    free(t->slots);
    t->n_slots = t->cap * 2;
    t->slots = mem_new(t->n_slots * sizeof *t->slots);
    for (size_t i = 0; i < t->n; i++) {
        memcpy(&key, known_at(t, i), sizeof key);
        *slot_of(t, key) = (uint32_t)i + 1;
    }
}

void *known_put(struct known *t, size_t size, uint64_t key)
{
    t->size = size;
    if (t->n == t->cap)
        grow(t);
    unsigned char *row = known_at(t, t->n);
    memcpy(row, &key, sizeof key);
    *slot_of(t, key) = (uint32_t)++t->n;
    return row;
}

/* ---- digests ---- */

uint64_t digest_of(const struct told *values, size_t n)
{
    char few[1024];
    size_t size = 0;
    for (size_t i = 0; i < n; i++)
        size += sizeof values[i].text.n + values[i].text.n + sizeof values[i].number;
    char *bytes = size <= sizeof few ? few : mem_new(size);
    char *at = bytes;
    for (size_t i = 0; i < n; i++) {
        const struct told *v = &values[i];
        at = (char *)memcpy(at, &v->text.n, sizeof v->text.n) + sizeof v->text.n;
        if (v->text.n)
            memcpy(at, v->text.p, v->text.n);
        at = (char *)memcpy(at + v->text.n, &v->number, sizeof v->number) + sizeof v->number;
    }
    uint64_t out = short_hash(sv_make(bytes, size));
    if (bytes != few)
        free(bytes);
    return out ? out : 1;
}

/* ---- faults ---- */

void replay_fault(struct replay *r, const char *fmt, ...)
{
    va_list ap;
    char text[512];
    va_start(ap, fmt);
    vsnprintf(text, sizeof text, fmt, ap);
    va_end(ap);
    if (r->out->n_faults < VERIFY_MAX_FAULTS)
        r->out->faults[r->out->n_faults] = arena_dup(r->keep, sv_of(text));
    r->out->n_faults++;
}

/* ---- acts ---- */

bool replay_step(const struct transition_table *t, int from, enum act act, int *to)
{
    for (size_t i = 0; i < t->n; i++)
        if (t->rows[i].from == from && t->rows[i].act == act &&
            (*to < 0 || t->rows[i].to == *to)) {
            *to = t->rows[i].to;
            return true;
        }
    return false;
}

/* What an act makes beside an item's state. Acts that are not here are about an item and change
 * nothing else that is compared. */
static void (*const MAKES[ACTS])(struct replay *r, const struct logged *x) = {
    [ACT_SUBMIT] = replay_submit,
    [ACT_SUPPLEMENT] = replay_supplement,
    [ACT_ISSUE_LICENCE] = replay_issue,
    [ACT_REISSUE_LICENCE] = replay_reissue,
    [ACT_ACCEPT] = replay_grant,
    [ACT_GRANT] = replay_grant,
    [ACT_AMEND_PERMIT] = replay_permit_act,
    [ACT_RENEW_PERMIT] = replay_permit_act,
    [ACT_REPLACE_PERMIT] = replay_permit_act,
    [ACT_EXPIRE_PERMIT] = replay_permit_act,
    [ACT_WITHDRAW_PERMIT] = replay_permit_act,
    [ACT_REVOKE_PERMIT] = replay_permit_act,
    [ACT_CANCEL_PERMIT] = replay_permit_act,
    [ACT_FORFEIT_PERMIT] = replay_permit_act,
    [ACT_EXTEND] = replay_extend,
    [ACT_EXTEND_JOINT] = replay_extend,
    [ACT_DELIVER] = replay_deliver,
    [ACT_DELIVER_LICENCE] = replay_deliver,
    [ACT_PROPOSE_VISIT] = replay_visit,
    [ACT_AGREE_VISIT] = replay_visit,
    [ACT_DECLINE_VISIT] = replay_visit,
    [ACT_ANNOUNCE_VISIT] = replay_visit,
    [ACT_CANCEL_VISIT] = replay_visit,
    [ACT_CLOSE_VISIT] = replay_visit,
    [ACT_INSPECT] = replay_inspect,
    [ACT_COUNTERSIGN] = replay_countersign,
    [ACT_CONFIRM_COMMITMENT] = replay_confirm,
    [ACT_BREAK_COMMITMENT] = replay_break,
    [ACT_ARCHIVE_CASE] = replay_archive,
    [ACT_CREATE_CATALOG] = replay_catalog,
    [ACT_EDIT_CATALOG] = replay_catalog,
    [ACT_EXPLAIN_CATALOG] = replay_catalog,
    [ACT_REBASE_CATALOG] = replay_catalog,
    [ACT_SUBMIT_CATALOG] = replay_catalog,
    [ACT_RETURN_CATALOG] = replay_catalog,
    [ACT_APPROVE_CATALOG] = replay_catalog,
    [ACT_SCHEDULE_CATALOG] = replay_catalog,
    [ACT_PUBLISH_CATALOG] = replay_catalog,
    [ACT_ABANDON_CATALOG] = replay_catalog,
    [ACT_OPEN_SUPERVISION] = replay_supervision,
    [ACT_ACKNOWLEDGE_SUPERVISION] = replay_supervision,
    [ACT_REPORT_SOUND] = replay_supervision,
    [ACT_REPORT_PROBLEM] = replay_supervision,
    [ACT_PROPOSE_TAKING] = replay_supervision,
    [ACT_DECLINE_PROPOSAL] = replay_supervision,
    [ACT_ADOPT_PROPOSAL] = replay_supervision,
    [ACT_CLOSE_SUPERVISION] = replay_supervision,
};

void replay_act(struct replay *r, const struct ledger_row *row)
{
    struct logged x = { .row = row };
    struct err e;
    arena_reset(r->scratch);
    err_init(&e, r->scratch);
    json_t *body = json_parse(row->body, &e);
    x.body = body;
    bool known = body && act_of(row->act, &x.act);
    if (known && row->item_id)
        replay_on_item(r, &x);
    if (known && MAKES[x.act])
        MAKES[x.act](r, &x);
    else if (!known || !row->item_id)
        replay_fault(r, "第 %lld 条：内容无法识别", (long long)row->seq);
    json_decref(body);
}

/* ---- rows ---- */

struct fetching {
    struct replay *replay;
    const struct replay_scan *scan;
    struct pages pages;
    struct err *err; /* the fetching thread's until it has ended */
    int rc;
};

static void *fetch_pages(void *arg)
{
    struct fetching *f = arg;
    for (;;) {
        struct page p = { .arena = arena_new() };
        f->rc = f->scan->fetch(f->replay, f->scan->at, p.arena, &p.rows, &p.n, f->err);
        if (f->rc != 0 || p.n == 0) {
            arena_free(p.arena);
            break;
        }
        pages_give(&f->pages, p);
    }
    pages_end(&f->pages);
    return NULL;
}

int replay_pages_of(struct replay *r, const struct replay_scan *s, struct err *e)
{
    struct fetching f = { .replay = r, .scan = s, .pages = PAGES_INIT, .err = e };
    pthread_t reader;
    struct page p;
    if (pthread_create(&reader, NULL, fetch_pages, &f) != 0)
        return err_set(e, ERR_INTERNAL, "无法启动核对线程");
    while (pages_next(&f.pages, &p)) {
        s->look(r, s->seen, p.rows, p.n);
        pages_done(&f.pages, p);
    }
    pthread_join(reader, NULL);
    return f.rc;
}

int replay_rows(struct replay *r, struct err *e)
{
    static int (*const SCANS[])(struct replay *, struct err *) = {
        replay_item_rows, replay_permit_rows, replay_permit_event_rows, replay_licence_rows, replay_case_rows,
        replay_visit_rows, replay_part_rows, replay_promise_rows, replay_delivery_rows,
        replay_extension_rows, replay_catalog_rows, replay_archive_rows, replay_register_rows,
        replay_supervision_rows, replay_supervision_event_rows,
    };
    int rc = 0;
    for (size_t i = 0; rc == 0 && i < sizeof SCANS / sizeof SCANS[0]; i++)
        rc = SCANS[i](r, e);
    return rc;
}

void replay_init(struct replay *r, struct arena *keep, struct verify_report *out)
{
    *r = (struct replay){ .keep = keep, .scratch = arena_new(), .out = out };
    map_init(&r->licences, keep);
    map_init(&r->by_number, keep);
}

void replay_free(struct replay *r)
{
    struct known *const tables[] = { &r->items, &r->cases, &r->visits, &r->parts, &r->promises,
                                     &r->deliveries, &r->extensions, &r->drafts, &r->permits,
                                     &r->permit_events, &r->tasks, &r->task_events };
    for (size_t i = 0; i < sizeof tables / sizeof tables[0]; i++) {
        free(tables[i]->rows);
        free(tables[i]->slots);
    }
    arena_free(r->scratch);
}
