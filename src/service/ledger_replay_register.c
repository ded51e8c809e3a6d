/* ledger_replay_register: the public register shows what licences and permits, compared with the log
 * before, say: every licence, nothing else, and found by the same words. */
#include "service/ledger_replay.h"
#include "service/register.h"

static int check_entry(struct replay *r, const struct register_row *row, struct err *e)
{
    struct arena *a = arena_new();
    struct register_row now = { 0 };
    struct sv grams = { 0 }, kept = { 0 };
    int found = register_now(r->conn, row->number, a, &now, &grams, e);
    int rc = found < 0 ? found : register_grams(r->conn, row->id, a, &kept, e);
    if (rc >= 0 && found == 0)
        replay_fault(r, "公示登记中的证照 %s 并不存在", row->number.p);
    else if (rc >= 0 && !register_same(row, &now))
        replay_fault(r, "证照 %s 的公示登记与证照不符", row->number.p);
    else if (rc >= 0 && !sv_eq(grams, kept))
        replay_fault(r, "证照 %s 的公示检索词与登记不符", row->number.p);
    arena_free(a);
    return rc < 0 ? rc : 0;
}

static int count_licences(struct replay *r, int64_t *n, struct err *e)
{
    struct arena *last = arena_new();
    struct sv after = SV("");
    int rc = 0;
    size_t page = 1;
    *n = 0;
    while (rc == 0 && page) {
        struct arena *a = arena_new();
        struct sv *numbers;
        rc = register_licences(r->conn, after, REPLAY_PAGE, a, &numbers, &page, e);
        *n += (int64_t)page;
        after = page ? numbers[page - 1] : after;
        arena_free(last);
        last = a; /* `after` lives there */
    }
    arena_free(last);
    return rc;
}

int replay_register_rows(struct replay *r, struct err *e)
{
    int64_t after = 0, licences;
    int rc = 0;
    for (size_t n = 1; rc == 0 && n > 0;) {
        struct arena *a = arena_new();
        struct register_row *rows;
        rc = register_scan(r->conn, after, REPLAY_PAGE, a, &rows, &n, e);
        for (size_t i = 0; rc == 0 && i < n; i++) {
            rc = check_entry(r, &rows[i], e);
            after = rows[i].id;
        }
        r->out->entries += (int64_t)n;
        arena_free(a);
    }
    if (rc == 0)
        rc = count_licences(r, &licences, e);
    if (rc == 0 && licences != r->out->entries)
        replay_fault(r, "公示登记有 %lld 个证照，实际有 %lld 个", (long long)r->out->entries,
                     (long long)licences);
    return rc;
}
