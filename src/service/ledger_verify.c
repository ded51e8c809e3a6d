/* ledger_verify: recompute the whole log and compare the state with it.
 *
 * Here: every row's leaf hash, that sequence and time never jump or go back, the tree's head and its
 * MAC, every signed head's root and the newest signatures. What the acts say is remembered on the way
 * and compared with the rows at the end (ledger_replay.h).
 *
 * Two threads: this one reads pages of the log and hashes them, the other is told what they say; it never touches the
 * database. When both are done, the rows are compared: again one thread reads ahead, this one looks (replay_pages_of).
 * Each keeps its faults for itself until then.
 */
#include "service/ledger_replay.h"
#include "sys/clock.h"

enum { SIGNATURES = 100, PAGE = 250 /* acts: few enough to stay in a core's cache on their way */ };

struct verify {
    struct app *app;
    struct replay replay; /* the other thread's until it has ended */
    struct replay chain;  /* only for faults of this one */
    struct pages pages;
    int64_t replay_us; /* the other thread's */
    struct arena *keep;
    struct db_conn *conn;
    struct verify_report *out;
    void (*progress)(int64_t, int64_t);
    struct buf line; /* canonical bytes of one entry */
    struct merkle_frontier tree;
    struct tree_head_row *heads;
    size_t n_heads, next_head;
    int64_t last_at;
};

/* ---- the other thread ---- */

static void *replay_pages(void *arg)
{
    struct verify *v = arg;
    struct page p;
    while (pages_next(&v->pages, &p)) {
        int64_t begin = clock_monotonic_us();
        const struct ledger_row *rows = p.rows;
        for (size_t i = 0; i < p.n; i++)
            replay_act(&v->replay, &rows[i]);
        v->replay_us += clock_monotonic_us() - begin;
        pages_done(&v->pages, p);
    }
    return NULL;
}

/* ---- the log ---- */

static void check_head_at(struct verify *v)
{
    struct merkle_hash root;
    while (v->next_head < v->n_heads &&
           v->heads[v->next_head].size == (int64_t)v->tree.size) {
        merkle_root(ledger_hash, &v->tree, &root);
        if (memcmp(root.b, v->heads[v->next_head].root.b, MERKLE_HASH) != 0)
            replay_fault(&v->chain, "已签名的树头（%lld 条）与日志内容不符：此前有记录被改动",
                  (long long)v->heads[v->next_head].size);
        v->next_head++;
    }
}

static void check_row(struct verify *v, const struct ledger_row *r)
{
    struct merkle_hash leaf, kept;
    buf_clear(&v->line);
    ledger_canonical(r, &v->line);
    merkle_leaf(ledger_hash, buf_sv(&v->line), &leaf);
    memcpy(kept.b, r->leaf.b, MERKLE_HASH);
    if (memcmp(leaf.b, kept.b, MERKLE_HASH) != 0)
        replay_fault(&v->chain, "第 %lld 条：内容与其摘要不符，记录被改动过", (long long)r->seq);
    if (r->seq != (int64_t)v->tree.size)
        replay_fault(&v->chain, "第 %lld 条处序号不连续：有记录被删除或插入", (long long)r->seq);
    if (r->at < v->last_at)
        replay_fault(&v->chain, "第 %lld 条：记录时间早于上一条（倒填）", (long long)r->seq);
    v->last_at = r->at;
    merkle_append(ledger_hash, &v->tree, &leaf, NULL, NULL);
    check_head_at(v);
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
        if (rc != 0 || n == 0) {
            arena_free(a);
            return rc;
        }
        pages_give(&v->pages, (struct page){ a, rows, n });
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
        replay_fault(&v->chain, "日志头部的校验码不符：头部被改动过");
    return 0;
}

static void compare_head(struct verify *v, const struct ledger_head_row *head, int found)
{
    unsigned char bytes[8 + MERKLE_LEVELS * MERKLE_HASH];
    struct sv mine = sv_make((const char *)bytes, merkle_frontier_write(&v->tree, bytes));
    if (found == 0 && v->tree.size > 0)
        replay_fault(&v->chain, "日志头部缺失");
    else if (found == 1 && head->size != (int64_t)v->tree.size)
        replay_fault(&v->chain, "头部记有 %lld 条，实际有 %lld 条：有记录被删除或插入", (long long)head->size,
              (long long)v->tree.size);
    else if (found == 1 && !sv_eq(head->frontier, mine))
        replay_fault(&v->chain, "日志内容与头部不符：有记录被改动");
    if (v->next_head < v->n_heads)
        replay_fault(&v->chain, "已签名的树头有 %lld 条，日志却不够：末尾的记录被删除",
              (long long)v->heads[v->n_heads - 1].size);
}

static void check_signatures(struct verify *v)
{
    size_t from = v->n_heads > SIGNATURES ? v->n_heads - SIGNATURES : 0;
    for (size_t i = from; i < v->n_heads; i++) {
        struct buf b;
        buf_init(&b, 256);
        ledger_head_to_sign(&v->heads[i], &b);
        const struct key_info *k = key_ring_find(app_keys(v->app), v->heads[i].key_id);
        if (!k || !sm2_verify(k->public, buf_sv(&b), v->heads[i].signature))
            replay_fault(&v->chain, "树头（%lld 条）的签名无效", (long long)v->heads[i].size);
        buf_done(&b);
        v->out->heads++;
    }
}

/* Read, hash and replay the whole log; this thread's time for it on *chain_us. */
static int run_log(struct verify *v, int64_t total, struct err *e)
{
    pthread_t other;
    int64_t begin = clock_monotonic_us();
    if (pthread_create(&other, NULL, replay_pages, v) != 0)
        return err_set(e, ERR_INTERNAL, "无法启动核对线程");
    int rc = scan_log(v, total, e);
    v->out->chain_us = clock_monotonic_us() - begin - v->pages.waited_us;
    pages_end(&v->pages);
    pthread_join(other, NULL);
    v->out->replay_us = v->replay_us;
    return rc;
}

/* What this thread found stands before what the other one did. */
static void merge_faults(struct verify *v)
{
    struct verify_report *mine = v->chain.out, *out = v->out;
    size_t keep = mine->n_faults < VERIFY_MAX_FAULTS ? mine->n_faults : VERIFY_MAX_FAULTS;
    size_t theirs = out->n_faults < VERIFY_MAX_FAULTS - keep ? out->n_faults : VERIFY_MAX_FAULTS - keep;
    memmove(out->faults + keep, out->faults, theirs * sizeof *out->faults);
    for (size_t i = 0; i < keep; i++)
        out->faults[i] = mine->faults[i];
    out->n_faults += mine->n_faults;
}

static int verify_tx(struct db_conn *c, void *ctx, struct err *e)
{
    struct verify *v = ctx;
    struct ledger_head_row head = { 0 };
    int64_t total = 0;
    v->conn = v->replay.conn = c;
    int rc = tree_head_scan(c, 0, INT32_MAX, v->keep, &v->heads, &v->n_heads, e);
    if (rc == 0)
        rc = check_head_row(v, &total, e);
    if (rc == 0)
        rc = run_log(v, total, e);
    int found = rc == 0 ? ledger_head_get(c, v->keep, &head, e) : rc;
    if (found < 0)
        return found;
    compare_head(v, &head, found);
    check_signatures(v);
    int64_t begin = clock_monotonic_us();
    rc = replay_rows(&v->replay, e);
    v->out->replay_us += clock_monotonic_us() - begin;
    return rc;
}

int ledger_verify(struct app *app, struct arena *a, void (*progress)(int64_t done, int64_t total),
                  struct verify_report *out, struct err *e)
{
    struct verify_report mine = { .faults = arena_array(a, VERIFY_MAX_FAULTS, sizeof *mine.faults) };
    struct arena *theirs = arena_new(); /* the other thread's; arenas are not shared */
    struct verify v = { .app = app, .keep = a, .out = out, .progress = progress,
                        .chain = { .keep = a, .out = &mine },
                        .pages = PAGES_INIT };
    *out = (struct verify_report){ 0 };
    out->faults = arena_array(a, VERIFY_MAX_FAULTS, sizeof *out->faults);
    buf_init(&v.line, (size_t)1 << 24);
    replay_init(&v.replay, theirs, out);
    int64_t begin = clock_monotonic_us();
    int rc = db_read(app->db, verify_tx, &v, e);
    out->total_us = clock_monotonic_us() - begin;
    for (size_t i = 0; i < out->n_faults && i < VERIFY_MAX_FAULTS; i++)
        out->faults[i] = arena_dup(a, sv_of(out->faults[i]));
    merge_faults(&v);
    replay_free(&v.replay);
    arena_free(theirs);
    buf_done(&v.line);
    return rc;
}
