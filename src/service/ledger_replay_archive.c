/* ledger_replay_archive: archive packages (P31): one for a case, of the digest, size and number of files that
 * its act says. See ledger_replay.h. */
#include "service/ledger_replay.h"
#include "store/archive_store.h"

void replay_archive(struct replay *r, const struct logged *x)
{
    struct known_case *k = replay_case(r, x->row->case_id);
    replay_on_case(r, x); /* says it when there is no such case, or it cannot be archived now */
    if (k && !k->package)
        k->package = digest_of(TOLD(TEXT(json_sv(x->body, "sm3")),
                                    NUMBER(json_i64(x->body, "size", 0)),
                                    NUMBER(json_i64(x->body, "files", 0)),
                                    NUMBER(json_i64(x->body, "head_size", 0)),
                                    NUMBER(x->row->seq)));
}

static void check_archive(struct replay *r, const struct archive_row *row)
{
    struct known_case *k = replay_case(r, row->case_id);
    if (!k || !k->package) {
        replay_fault(r, "办件 %lld 的归档包没有归档记录", (long long)row->case_id);
        return;
    }
    k->package_seen = true;
    if (k->package != digest_of(TOLD(TEXT(row->sm3), NUMBER(row->size), NUMBER(row->files),
                                     NUMBER(row->head_size), NUMBER(row->ledger_seq))))
        replay_fault(r, "办件 %lld 的归档包摘要、大小或文件数与日志不符", (long long)row->case_id);
}

REPLAY_SCAN(scan_archives, archive_scan, archive_row, case_id, check_archive, archives)

int replay_archive_rows(struct replay *r, struct err *e)
{
    int rc = scan_archives(r, e);
    for (size_t i = 0; rc == 0 && i < r->cases.n; i++) {
        const struct known_case *k = known_at(&r->cases, i);
        if (k->package && !k->package_seen)
            replay_fault(r, "日志中办件 %lld 的归档包不在数据库中", (long long)k->key);
    }
    return rc;
}
