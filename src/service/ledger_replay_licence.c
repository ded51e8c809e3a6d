/* ledger_replay_licence: the comprehensive licences, composed again from what the log says became of
 * their permits: the same bytes must come out that stand signed in the rows (P23). */
#include <stdlib.h>

#include "service/ledger_replay.h"
#include "service/versions.h"

static struct sv kept(struct replay *r, const struct logged *x, const char *key)
{
    struct sv s = json_sv(x->body, key);
    return s.n ? arena_sv(r->keep, s) : SV("");
}

/* ---- what the log says ---- */

static struct known_licence *licence_of(struct replay *r, struct sv number)
{
    struct known_licence *l = map_find(&r->by_number, number);
    if (!l) {
        l = arena_alloc(r->keep, sizeof *l);
        *l = (struct known_licence){ .n = 0 };
        map_put(&r->by_number, arena_sv(r->keep, number), l);
    }
    return l;
}

static void attach(struct replay *r, struct known_licence *l, const json_t *list, int64_t seq)
{
    size_t i;
    json_t *o;
    json_array_foreach(list, i, o) {
        if (l->n == l->cap) {
            struct listed *more = arena_array(r->keep, l->cap ? l->cap * 2 : 8, sizeof *more);
            if (l->n)
                memcpy(more, l->permits, l->n * sizeof *more);
            l->permits = more;
            l->cap = l->cap ? l->cap * 2 : 8;
        }
        l->permits[l->n++] = (struct listed){
            .id = json_i64(o, "id", 0), .status = json_i64(o, "status", -1), .since = seq,
            .name = arena_sv(r->keep, json_sv(o, "name")),
            .department = arena_sv(r->keep, json_sv(o, "department_name")),
        };
    }
}

void replay_version(struct replay *r, const struct logged *x)
{
    struct issued *i = arena_alloc(r->keep, sizeof *i);
    struct sv number = json_sv(x->body, "licence");
    struct sv key = arena_printf_sv(r->keep, "%.*s/%lld", (int)number.n, number.p,
                                    (long long)json_i64(x->body, "version", 0));
    *i = (struct issued){
        .payload = kept(r, x, "payload"), .note = kept(r, x, "ended_note"),
        .short_id = kept(r, x, "short"), .key_id = kept(r, x, "key"),
        .format = json_i64(x->body, "format", 1), .status = json_i64(x->body, "status", -1), .at = json_i64(x->body, "issued_at", 0),
        .carried = json_sv(x->body, "carried").n > 0, .seq = x->row->seq,
        .case_id = x->row->case_id, .number = arena_sv(r->keep, number),
    };
    if (map_put(&r->licences, key, i))
        replay_fault(r, "第 %lld 条：证照 %s 的同一版本颁发了两次", (long long)x->row->seq, key.p);
    r->licences_unseen++;
}

void replay_issue(struct replay *r, const struct logged *x)
{
    struct known_case *c = replay_case(r, x->row->case_id);
    struct known_licence *l = licence_of(r, json_sv(x->body, "licence"));
    replay_on_case(r, x);
    if (c)
        c->issued = true;
    if (l->issuer.n == 0) {
        l->uscc = kept(r, x, "uscc");
        l->region = kept(r, x, "region");
        l->industry = kept(r, x, "industry");
        l->issuer = kept(r, x, "issuer");
    }
    attach(r, l, json_object_get(x->body, "list"), x->row->seq);
    replay_version(r, x);
}

void replay_reissue(struct replay *r, const struct logged *x)
{
    replay_on_case(r, x);
    replay_version(r, x);
}

/* ---- composing again ---- */

static int by_log(const void *a, const void *b)
{
    const struct permit_event_row *x = a, *y = b;
    return x->ledger_seq < y->ledger_seq ? -1 : x->ledger_seq > y->ledger_seq;
}

/* How many events of a permit there are up to an entry of the log, put into out when it is not NULL;
 * -1 when the log does not have its grant. */
static int events_until(const struct replay *r, int64_t permit, int64_t seq,
                        struct permit_event_row *out)
{
    const struct known_permit *p = known_find(&r->permits, (uint64_t)permit);
    int n = 0;
    if (!p || !p->granted)
        return -1;
    for (uint32_t at = p->last; at;) {
        const struct known_event *v = known_at(&r->permit_events, at - 1);
        at = v->before;
        if ((int64_t)v->key > seq)
            continue;
        if (out)
            out[n] = (struct permit_event_row){
                .permit_id = permit, .act = v->act == ACT_ACCEPT ? ACT_GRANT : (enum act)v->act,
                .effective_on = v->on, .number = v->number, .valid_from = v->valid_from,
                .valid_until = v->valid_until, .holder = v->holder, .person = v->person,
                .address = v->address, .ledger_seq = (int64_t)v->key };
        n++;
    }
    return n;
}

/* The permits on a licence at an entry of the log, and their events in the log's order. False: the log does not
 * know enough. */
struct fold { struct permit_row *permits; struct permit_event_row *events; size_t n, n_events; };

static bool fold_until(const struct replay *r, const struct known_licence *l, int64_t seq,
                       struct arena *a, struct fold *f)
{
    size_t total = 0;
    for (size_t k = 0; k < l->n; k++) {
        int found = l->permits[k].since > seq ? 0
                                              : events_until(r, l->permits[k].id, seq, NULL);
        if (found < 0)
            return false;
        total += (size_t)found;
    }
    *f = (struct fold){ .permits = arena_array(a, l->n, sizeof *f->permits),
                        .events = arena_array(a, total, sizeof *f->events) };
    for (size_t k = 0; k < l->n; k++) {
        const struct listed *p = &l->permits[k];
        if (p->since > seq)
            continue;
        f->n_events += (size_t)events_until(r, p->id, seq, f->events + f->n_events);
        f->permits[f->n++] = (struct permit_row){ .id = p->id, .name = p->name,
                                                  .department_name = p->department,
                                                  .status_index = p->status };
    }
    qsort(f->events, f->n_events, sizeof *f->events, by_log);
    return true;
}

/* 1 = the same bytes, 0 = others, -1 = the log does not know enough (made before it told). */
static int same_bytes(struct replay *r, const struct licence_row *row, const struct issued *i,
                      const struct licence_row *before, struct arena *a)
{
    const struct known_licence *l = map_find(&r->by_number, row->number);
    struct payload_carried carried;
    struct version made;
    struct fold f;
    struct err e;
    err_init(&e, a);
    if (!l || !i->carried || !fold_until(r, l, i->seq, a, &f))
        return -1;
    struct version_base base = {
        .format = (int)i->format, .number = row->number, .version = row->version, .short_id = i->short_id,
        .status_index = i->status, .uscc = l->uscc, .region = l->region,
        .industry_name = l->industry, .issuer = l->issuer, .key_id = i->key_id, .at = i->at,
        .holder = before->holder, .person = before->person, .address = before->address,
    };
    return version_compose(&base, f.permits, f.n, f.events, f.n_events, a, &made, &e) == 0 &&
           payload_split(row->payload, &carried, &e) == 0 && carried.format == base.format &&
           sv_eq(carried.bytes, made.carried) &&
           sv_eq(row->holder, made.row.holder) && sv_eq(row->person, made.row.person) &&
           sv_eq(row->address, made.row.address) && row->expires_on == made.row.expires_on &&
           row->permits_valid == made.row.permits_valid && sv_eq(row->uscc, l->uscc) &&
           sv_eq(row->issuer, l->issuer) && row->issued_on == made.row.issued_on &&
           sv_is(row->state, row->current ? made.row.state.p : "superseded");
}

/* ---- rows ---- */

static void check_licence(struct replay *r, const struct licence_row *l,
                          const struct licence_row *before, struct arena *a)
{
    struct sm3_hash h;
    char hex[65];
    struct sv key = arena_printf_sv(a, "%s/%lld", l->number.p, (long long)l->version);
    struct issued *x = map_find(&r->licences, key);
    sm3(l->payload, &h);
    sm3_hex(&h, hex);
    if (!x || !sv_is(x->payload, hex) || x->seq != l->ledger_seq ||
        !sv_eq(x->note, l->ended_note)) {
        replay_fault(r, "证照 %s 与日志中的颁发记录不符", key.p);
    } else {
        int same = same_bytes(r, l, x, before, a);
        if (same == 0)
            replay_fault(r, "证照 %s 登记的内容与日志重放所得不符", key.p);
        r->out->composed += same == 1;
    }
    if (x && !x->seen) {
        x->seen = true;
        r->licences_unseen--;
    }
}

/* The newest version, and no other, is current. l NULL: before was the last of all. */
static void check_order(struct replay *r, const struct licence_row *before,
                        const struct licence_row *l)
{
    bool same = l && sv_eq(before->number, l->number);
    if (before->number.n && before->current == same)
        replay_fault(r, "证照 %s 的现行版本不是最新的一版", before->number.p);
    if (l && l->version != (same ? before->version + 1 : 1))
        replay_fault(r, "证照 %s 的版本不连续", l->number.p);
}

/* Where the reader is: its strings outlive the page they came with. */
struct licence_at { struct arena *arena; struct sv number; int64_t version; };

static int fetch_licences(struct replay *r, void *at, struct arena *a, void **rows, size_t *n,
                          struct err *e)
{
    struct licence_at *x = at;
    struct licence_row *list;
    int rc = licence_scan(r->conn, x->number, x->version, REPLAY_PAGE, a, &list, n, e);
    *rows = list;
    if (rc == 0 && *n) {
        arena_reset(x->arena);
        x->number = arena_sv(x->arena, list[*n - 1].number);
        x->version = list[*n - 1].version;
    }
    return rc;
}

/* The version looked at last, as far as the next one is about it. */
struct licence_seen { struct arena *arena, *each; struct licence_row before; };

static void keep_last(struct licence_seen *s, const struct licence_row *l)
{
    arena_reset(s->arena);
    s->before = (struct licence_row){ .version = l->version, .current = l->current,
                                      .number = arena_sv(s->arena, l->number),
                                      .holder = arena_sv(s->arena, l->holder),
                                      .person = arena_sv(s->arena, l->person),
                                      .address = arena_sv(s->arena, l->address) };
}

static void look_at_licences(struct replay *r, void *seen, const void *rows, size_t n)
{
    static const struct licence_row none;
    struct licence_seen *s = seen;
    const struct licence_row *list = rows, *before = &s->before;
    for (size_t i = 0; i < n; i++) {
        check_order(r, before, &list[i]);
        check_licence(r, &list[i], sv_eq(before->number, list[i].number) ? before : &none,
                      s->each);
        arena_reset(s->each);
        before = &list[i];
    }
    keep_last(s, before);
    r->out->licences += (int64_t)n;
}

int replay_licence_rows(struct replay *r, struct err *e)
{
    struct licence_at at = { .arena = arena_new(), .number = SV("") };
    struct licence_seen seen = { .arena = arena_new(), .each = arena_new() };
    struct replay_scan s = { fetch_licences, look_at_licences, &at, &seen };
    int rc = replay_pages_of(r, &s, e);
    if (rc == 0)
        check_order(r, &seen.before, NULL);
    if (rc == 0 && r->licences_unseen != 0)
        replay_fault(r, "日志中有 %zu 个证照版本不在数据库中", r->licences_unseen);
    arena_free(at.arena);
    arena_free(seen.arena);
    arena_free(seen.each);
    return rc;
}
