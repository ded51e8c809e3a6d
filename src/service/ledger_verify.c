/* ledger_verify: recompute the whole log and compare the state with it.
 *
 * Checked: every row's leaf hash, that sequence and time never jump or go back, the tree's head and
 * its MAC, every signed head's root and the newest signatures; and, act by act, that items, permits,
 * licences and cases are exactly what the log says: no act without its effect, no effect without its
 * act. Memory: some 40 bytes per item.
 */
#include <stdio.h>
#include <stdlib.h>

#include "service/bundle.h"
#include "service/ledger.h"
#include "service/licence.h"

enum { PAGE = 2000, SIGNATURES = 100 };

/* What the log says of one item; permit is the digest of what was granted. Open addressing by
 * item id. */
struct known { int64_t item; uint64_t permit; unsigned char state; bool seen, permit_seen; };

struct verify {
    struct app *app;
    struct arena *keep; /* faults live here */
    struct db_conn *conn;
    struct verify_report *out;
    void (*progress)(int64_t, int64_t);
    struct known *items;
    size_t cap, count;
    struct map licences; /* "number/version" -> struct issued * */
    size_t unseen;       /* issued versions not met in the table yet */
    struct merkle_frontier tree;
    struct tree_head_row *heads;
    size_t n_heads, next_head;
    int64_t last_at;
};

struct issued { struct sv payload, note; int64_t seq, case_id; bool seen; };

static void fault(struct verify *v, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

static void fault(struct verify *v, const char *fmt, ...)
{
    va_list ap;
    char text[512];
    va_start(ap, fmt);
    vsnprintf(text, sizeof text, fmt, ap);
    va_end(ap);
    if (v->out->n_faults < VERIFY_MAX_FAULTS)
        v->out->faults[v->out->n_faults] = arena_dup(v->keep, sv_of(text));
    v->out->n_faults++;
}

static uint64_t hash_text(struct sv s)
{
    uint64_t h = 1469598103934665603u;
    for (size_t i = 0; i < s.n; i++)
        h = (h ^ (unsigned char)s.p[i]) * 1099511628211u;
    return h;
}

/* Everything about a permit that the granting act fixed. */
static uint64_t hash_permit(struct sv number, struct sv uscc, struct sv department,
                            int32_t granted_on, int64_t from, int64_t until)
{
    char text[512];
    int n = snprintf(text, sizeof text, "%.*s|%.*s|%.*s|%d|%lld|%lld", (int)number.n, number.p,
                     (int)uscc.n, uscc.p, (int)department.n, department.p, (int)granted_on,
                     (long long)from, (long long)until);
    return hash_text(sv_make(text, n < (int)sizeof text ? (size_t)n : sizeof text - 1));
}

static struct known *slot(struct verify *v, int64_t item)
{
    size_t at = (size_t)((uint64_t)item * 0x9e3779b97f4a7c15u >> 20) & (v->cap - 1);
    while (v->items[at].item && v->items[at].item != item)
        at = (at + 1) & (v->cap - 1);
    return &v->items[at];
}

static void grow(struct verify *v)
{
    struct known *old = v->items;
    size_t cap = v->cap;
    v->cap = cap ? cap * 2 : 1024;
    v->items = mem_new(v->cap * sizeof *v->items);
    for (size_t i = 0; i < cap; i++)
        if (old[i].item)
            *slot(v, old[i].item) = old[i];
    free(old);
}

static struct known *note_item(struct verify *v, int64_t item, enum item_state state)
{
    if (v->count * 2 >= v->cap)
        grow(v);
    struct known *k = slot(v, item);
    v->count += k->item == 0;
    k->item = item;
    k->state = (unsigned char)state;
    return k;
}

/* ---- acts ---- */

static bool in_table(enum item_state from, enum act act, enum item_state to)
{
    for (size_t i = 0; i < ITEM_TABLE.n; i++)
        if (ITEM_TABLE.rows[i].from == (int)from && ITEM_TABLE.rows[i].act == act &&
            ITEM_TABLE.rows[i].to == (int)to)
            return true;
    return false;
}

static void act_submit(struct verify *v, const struct ledger_row *r, const json_t *body)
{
    size_t i;
    json_t *item;
    json_array_foreach(json_object_get(body, "items"), i, item) {
        int64_t id = json_i64(item, "id", 0);
        if (id == 0 || (v->cap && slot(v, id)->item == id))
            fault(v, "第 %lld 条：同一事项件重复提交", (long long)r->seq);
        else
            note_item(v, id, ITEM_RECEIVED);
    }
}

static void act_issue(struct verify *v, const struct ledger_row *r, const json_t *body)
{
    struct issued *x = arena_alloc(v->keep, sizeof *x);
    struct sv number = json_sv(body, "licence");
    struct sv key = arena_printf_sv(v->keep, "%.*s/%lld", (int)number.n, number.p,
                                    (long long)json_i64(body, "version", 0));
    x->payload = arena_sv(v->keep, json_sv(body, "payload"));
    x->note = arena_sv(v->keep, json_sv(body, "ended_note"));
    x->seq = r->seq;
    x->case_id = r->case_id;
    if (map_put(&v->licences, key, x))
        fault(v, "第 %lld 条：证照 %s 的同一版本颁发了两次", (long long)r->seq, key.p);
    v->unseen++;
}

static void act_on_item(struct verify *v, const struct ledger_row *r, enum act act,
                        const json_t *body)
{
    struct known *k = v->cap ? slot(v, r->item_id) : NULL;
    enum item_state to = item_state_of(json_sv(body, "to"));
    if (!k || k->item != r->item_id) {
        fault(v, "第 %lld 条：事项件没有提交记录", (long long)r->seq);
        return;
    }
    if (!in_table((enum item_state)k->state, act, to))
        fault(v, "第 %lld 条：从“%s”不能经“%s”到“%s”", (long long)r->seq,
              item_state_text((enum item_state)k->state), act_text(act), item_state_text(to));
    bool granted = to == ITEM_GRANTED && k->state != ITEM_GRANTED;
    k->state = (unsigned char)to;
    if (granted)
        k->permit = hash_permit(json_sv(body, "number"), json_sv(body, "uscc"), r->department,
                                r->effective_on, json_i64(body, "valid_from", 0),
                                json_i64(body, "valid_until", 0));
}

static void replay(struct verify *v, const struct ledger_row *r)
{
    enum act act = ACT_SUBMIT;
    struct err e;
    struct arena *a = arena_new();
    err_init(&e, a);
    json_t *body = json_parse(r->body, &e);
    if (!body || !act_of(r->act, &act))
        fault(v, "第 %lld 条：内容无法识别", (long long)r->seq);
    else if (act == ACT_SUBMIT)
        act_submit(v, r, body);
    else if (act == ACT_ISSUE_LICENCE)
        act_issue(v, r, body);
    else if (r->item_id)
        act_on_item(v, r, act, body);
    json_decref(body);
    arena_free(a);
}

static void check_head_at(struct verify *v)
{
    struct merkle_hash root;
    while (v->next_head < v->n_heads &&
           v->heads[v->next_head].size == (int64_t)v->tree.size) {
        merkle_root(ledger_hash, &v->tree, &root);
        if (memcmp(root.b, v->heads[v->next_head].root.b, MERKLE_HASH) != 0)
            fault(v, "已签名的树头（%lld 条）与日志内容不符：此前有记录被改动",
                  (long long)v->heads[v->next_head].size);
        v->next_head++;
    }
}

static void check_row(struct verify *v, const struct ledger_row *r)
{
    struct buf b;
    struct merkle_hash leaf, kept;
    buf_init(&b, (size_t)1 << 24);
    ledger_canonical(r, &b);
    merkle_leaf(ledger_hash, buf_sv(&b), &leaf);
    buf_done(&b);
    memcpy(kept.b, r->leaf.b, MERKLE_HASH);
    if (memcmp(leaf.b, kept.b, MERKLE_HASH) != 0)
        fault(v, "第 %lld 条：内容与其摘要不符，记录被改动过", (long long)r->seq);
    if (r->seq != (int64_t)v->tree.size)
        fault(v, "第 %lld 条处序号不连续：有记录被删除或插入", (long long)r->seq);
    if (r->at < v->last_at)
        fault(v, "第 %lld 条：记录时间早于上一条（倒填）", (long long)r->seq);
    v->last_at = r->at;
    merkle_append(ledger_hash, &v->tree, &leaf, NULL, NULL);
    check_head_at(v);
    replay(v, r);
}

static int scan_log(struct verify *v, int64_t total, struct err *e)
{
    int64_t next = 0;
    for (;;) {
        struct arena *a = arena_new();
        struct ledger_row *rows;
        size_t n;
        int rc = ledger_scan(v->conn, next, PAGE, a, &rows, &n, e);
        for (size_t i = 0; rc == 0 && i < n; i++) {
            check_row(v, &rows[i]);
            next = rows[i].seq + 1;
        }
        v->out->acts += (int64_t)n;
        arena_free(a);
        if (rc != 0 || n == 0)
            return rc;
        if (v->progress)
            v->progress(v->out->acts, total);
    }
}

/* ---- heads ---- */

static int check_head_row(struct verify *v, int64_t *size, struct err *e)
{
    struct ledger_head_row head = { 0 };
    struct sm3_hash mac;
    int rc = ledger_head_get(v->conn, v->keep, &head, e);
    if (rc < 0)
        return rc;
    *size = head.size;
    if (rc == 0)
        return 0;
    ledger_mac(v->app, &head, &mac);
    if (memcmp(mac.b, head.mac.b, SM3_SIZE) != 0)
        fault(v, "日志头部的校验码不符：头部被改动过");
    return 0;
}

static void compare_head(struct verify *v, const struct ledger_head_row *head, int found)
{
    unsigned char bytes[8 + MERKLE_LEVELS * MERKLE_HASH];
    struct sv mine = sv_make((const char *)bytes, merkle_frontier_write(&v->tree, bytes));
    if (found == 0 && v->tree.size > 0)
        fault(v, "日志头部缺失");
    else if (found == 1 && head->size != (int64_t)v->tree.size)
        fault(v, "头部记有 %lld 条，实际有 %lld 条：有记录被删除或插入", (long long)head->size,
              (long long)v->tree.size);
    else if (found == 1 && !sv_eq(head->frontier, mine))
        fault(v, "日志内容与头部不符：有记录被改动");
    if (v->next_head < v->n_heads)
        fault(v, "已签名的树头有 %lld 条，日志却不够：末尾的记录被删除",
              (long long)v->heads[v->n_heads - 1].size);
}

static void check_signatures(struct verify *v)
{
    size_t from = v->n_heads > SIGNATURES ? v->n_heads - SIGNATURES : 0;
    for (size_t i = from; i < v->n_heads; i++) {
        struct buf b;
        buf_init(&b, 256);
        ledger_head_to_sign(&v->heads[i], &b);
        if (sv_is(v->heads[i].key_id, v->app->key_id) &&
            !sm2_verify(v->app->key, buf_sv(&b), v->heads[i].signature))
            fault(v, "树头（%lld 条）的签名无效", (long long)v->heads[i].size);
        buf_done(&b);
        v->out->heads++;
    }
}

/* ---- state ---- */

static int scan_items(struct verify *v, struct err *e)
{
    int64_t after = 0;
    for (;;) {
        struct arena *a = arena_new();
        struct item_row *rows;
        size_t n;
        int rc = item_scan(v->conn, after, PAGE, a, &rows, &n, e);
        for (size_t i = 0; rc == 0 && i < n; i++) {
            struct known *k = v->cap ? slot(v, rows[i].id) : NULL;
            if (!k || k->item != rows[i].id)
                fault(v, "事项件 %lld 没有任何办理记录", (long long)rows[i].id);
            else if (k->state != rows[i].state)
                fault(v, "事项件 %lld 的状态是“%s”，日志记载为“%s”", (long long)rows[i].id,
                      item_state_text(rows[i].state), item_state_text((enum item_state)k->state));
            if (k && k->item == rows[i].id)
                k->seen = true;
            after = rows[i].id;
        }
        v->out->items += (int64_t)n;
        arena_free(a);
        if (rc != 0 || n == 0)
            return rc;
    }
}

static int scan_permits(struct verify *v, struct err *e)
{
    int64_t after = 0;
    for (;;) {
        struct arena *a = arena_new();
        struct permit_row *rows;
        size_t n;
        int rc = permit_scan(v->conn, after, PAGE, a, &rows, &n, e);
        for (size_t i = 0; rc == 0 && i < n; i++) {
            struct known *k = v->cap ? slot(v, rows[i].item_id) : NULL;
            bool granted = k && k->item == rows[i].item_id && k->state == ITEM_GRANTED;
            if (!granted || k->permit != hash_permit(rows[i].number, rows[i].uscc,
                                                     rows[i].department, rows[i].granted_on,
                                                     date_to_number(rows[i].valid_from),
                                                     date_to_number(rows[i].valid_until)))
                fault(v, "许可 %s 与日志中的准予记录不符", rows[i].number.p);
            if (granted)
                k->permit_seen = true;
            after = rows[i].id;
        }
        v->out->permits += (int64_t)n;
        arena_free(a);
        if (rc != 0 || n == 0)
            return rc;
    }
}

static void missing_rows(struct verify *v)
{
    for (size_t i = 0; i < v->cap; i++) {
        const struct known *k = &v->items[i];
        if (k->item && !k->seen)
            fault(v, "日志中的事项件 %lld 不在数据库中", (long long)k->item);
        if (k->item && k->state == ITEM_GRANTED && !k->permit_seen)
            fault(v, "事项件 %lld 已准予，却没有许可记录", (long long)k->item);
    }
}

/* The row shows what was signed, and the permits behind it are those that were signed. */
static int check_content(struct verify *v, const struct licence_row *l, struct arena *a,
                         struct err *e)
{
    struct permit_row *permits;
    size_t n;
    int rc = permit_list_case(v->conn, l->case_id, a, &permits, &n, e);
    if (rc == 0 && !licence_row_kept(l, permits, n, a))
        fault(v, "证照 %s/%lld 登记的内容与签名的内容不符", l->number.p, (long long)l->version);
    return rc;
}

static void check_licence(struct verify *v, const struct licence_row *l)
{
    struct sm3_hash h;
    char hex[65];
    struct sv key = arena_printf_sv(v->keep, "%s/%lld", l->number.p, (long long)l->version);
    struct issued *x = map_find(&v->licences, key);
    sm3(l->payload, &h);
    sm3_hex(&h, hex);
    if (!x || !sv_is(x->payload, hex) || x->seq != l->ledger_seq || x->case_id != l->case_id ||
        !sv_eq(x->note, l->ended_note))
        fault(v, "证照 %s 与日志中的颁发记录不符", key.p);
    if (x && !x->seen) {
        x->seen = true;
        v->unseen--;
    }
}

static int licences_missing(struct verify *v)
{
    if (v->unseen != 0)
        fault(v, "日志中有 %zu 个证照版本不在数据库中", v->unseen);
    return 0;
}

static int scan_licences(struct verify *v, struct err *e)
{
    struct sv number = SV("");
    int64_t version = 0;
    for (;;) {
        struct arena *a = arena_new();
        struct licence_row *rows;
        size_t n;
        int rc = licence_scan(v->conn, number, version, PAGE, a, &rows, &n, e);
        for (size_t i = 0; rc == 0 && i < n; i++) {
            check_licence(v, &rows[i]);
            rc = check_content(v, &rows[i], a, e);
        }
        if (rc == 0 && n > 0) {
            number = arena_sv(v->keep, rows[n - 1].number);
            version = rows[n - 1].version;
        }
        v->out->licences += (int64_t)n;
        arena_free(a);
        if (rc != 0 || n == 0)
            return rc < 0 ? rc : licences_missing(v);
    }
}

static int scan_cases(struct verify *v, struct err *e)
{
    int64_t after = 0;
    for (;;) {
        struct arena *a = arena_new();
        struct case_row *rows;
        size_t n;
        int rc = case_scan(v->conn, after, PAGE, a, &rows, &n, e);
        for (size_t i = 0; rc == 0 && i < n; i++) {
            struct bundle b = { .row = rows[i] };
            rc = item_list_case(v->conn, rows[i].id, a, &b.items, &b.n_items, e);
            struct case_facts f = bundle_facts(&b);
            if (rc == 0 && case_derive(&f) != rows[i].state)
                fault(v, "办件 %s 的状态与其事项不符", rows[i].number.p);
            after = rows[i].id;
        }
        v->out->cases += (int64_t)n;
        arena_free(a);
        if (rc != 0 || n == 0)
            return rc;
    }
}

static int load_heads(struct verify *v, struct err *e)
{
    return tree_head_scan(v->conn, 0, INT32_MAX, v->keep, &v->heads, &v->n_heads, e);
}

static int verify_tx(struct db_conn *c, void *ctx, struct err *e)
{
    struct verify *v = ctx;
    struct ledger_head_row head = { 0 };
    int64_t total = 0;
    v->conn = c;
    int rc = load_heads(v, e);
    if (rc == 0)
        rc = check_head_row(v, &total, e);
    if (rc == 0)
        rc = scan_log(v, total, e);
    int found = rc == 0 ? ledger_head_get(c, v->keep, &head, e) : rc;
    if (found < 0)
        return found;
    compare_head(v, &head, found);
    check_signatures(v);
    rc = scan_items(v, e);
    if (rc == 0)
        rc = scan_permits(v, e);
    if (rc == 0)
        missing_rows(v);
    if (rc == 0)
        rc = scan_licences(v, e);
    return rc == 0 ? scan_cases(v, e) : rc;
}

int ledger_verify(struct app *app, struct arena *a, void (*progress)(int64_t done, int64_t total),
                  struct verify_report *out, struct err *e)
{
    struct verify v = { .app = app, .keep = a, .out = out, .progress = progress };
    *out = (struct verify_report){ 0 };
    out->faults = arena_array(a, VERIFY_MAX_FAULTS, sizeof *out->faults);
    map_init(&v.licences, a);
    int rc = db_read(app->db, verify_tx, &v, e);
    free(v.items);
    return rc;
}
