/* ledger_replay_catalog: the catalogue office: every draft is what its last act left, every version that the
 * office published is what that act published, and no version was altered since (its text against its
 * digest). */
#include "service/ledger_replay.h"
#include "store/catalog_store.h"

struct known_draft { uint64_t key, digest, state; bool seen; };

void replay_catalog(struct replay *r, const struct logged *x)
{
    int64_t id = json_i64(x->body, "draft", 0);
    struct known_draft *k = known_find(&r->drafts, (uint64_t)id);
    bool begins = x->act == ACT_CREATE_CATALOG;
    if (id == 0 || begins == (k != NULL)) {
        replay_fault(r, "第 %lld 条：目录草稿没有起草记录，或起草了两次", (long long)x->row->seq);
        return;
    }
    if (!k)
        k = known_put(&r->drafts, sizeof *k, (uint64_t)id);
    k->digest = digest_of(TOLD(TEXT(json_sv(x->body, "digest"))));
    k->state = digest_of(TOLD(TEXT(json_sv(x->body, "state"))));
}

static void check_draft(struct replay *r, const struct catalog_draft_row *row)
{
    struct known_draft *k = known_find(&r->drafts, (uint64_t)row->id);
    if (!k || k->digest != digest_of(TOLD(TEXT(row->digest))) ||
        k->state != digest_of(TOLD(TEXT(row->state))))
        replay_fault(r, "目录草稿 %lld 与日志中的最后一次办理不符", (long long)row->id);
    if (k)
        k->seen = true;
}

/* Newest first, unlike the other scans. */
static int scan_drafts(struct replay *r, struct err *e)
{
    int64_t before = INT64_MAX;
    for (;;) {
        struct arena *a = arena_new();
        struct catalog_draft_row *rows;
        size_t n;
        int rc = catalog_draft_list(r->conn, before, REPLAY_PAGE, a, &rows, &n, e);
        for (size_t i = 0; rc == 0 && i < n; i++) {
            check_draft(r, &rows[i]);
            before = rows[i].id;
        }
        arena_free(a);
        if (rc != 0 || n == 0)
            return rc;
    }
}

static int check_version(struct replay *r, const struct catalog_version_row *v, struct arena *a,
                         struct err *e)
{
    struct known_draft *k = v->draft_id ? known_find(&r->drafts, (uint64_t)v->draft_id) : NULL;
    struct catalog_row whole;
    struct sm3_hash h;
    char hex[65];
    int rc = catalog_row_find(r->conn, v->version, a, &whole, e);
    if (rc != 1)
        return rc < 0 ? rc : 0;
    sm3(whole.body, &h);
    sm3_hex(&h, hex);
    if (!sv_is(v->digest, hex))
        replay_fault(r, "目录版本 %s 的内容与其摘要不符，被改动过", v->version.p);
    if (sv_is(v->origin, "office") && (!k || k->digest != digest_of(TOLD(TEXT(v->digest)))))
        replay_fault(r, "目录版本 %s 与日志中的公布记录不符", v->version.p);
    return 0;
}

int replay_catalog_rows(struct replay *r, struct err *e)
{
    struct arena *a = arena_new();
    struct catalog_version_row *list;
    size_t n;
    int rc = scan_drafts(r, e);
    for (size_t i = 0; rc == 0 && i < r->drafts.n; i++) {
        const struct known_draft *k = known_at(&r->drafts, i);
        if (!k->seen)
            replay_fault(r, "日志中的目录草稿 %lld 不在数据库中", (long long)k->key);
    }
    if (rc == 0)
        rc = catalog_version_list(r->conn, a, &list, &n, e);
    for (size_t i = 0; rc == 0 && i < n; i++)
        rc = check_version(r, &list[i], a, e);
    arena_free(a);
    return rc;
}
