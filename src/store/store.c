/* store: what all store files share, and the list of their query sets. */
#include "store/sets.h"

const struct db_query_set *const STORE_SETS[] = {
    &META_SET, &USER_SET, &WORK_SET, &CASE_SET, &ITEM_SET, &REVIEW_SET, &LICENCE_SET, &PERMIT_SET,
    &LEDGER_SET, &PROCESS_SET, &VISIT_SET, &QUEUE_SET, &CALENDAR_SET, &NOTICE_SET, &BOARD_SET,
    &UPLOAD_SET, &VOICE_SET, &PREFILL_SET, &CATALOG_SET, &KEY_SET, &PERSONAL_SET,
    &TRUST_SET, &STATUS_SET, &ARCHIVE_SET, &REGISTER_SET, &PUBLICITY_SET, &SUPERVISE_SET,
};
const size_t STORE_N_SETS = sizeof STORE_SETS / sizeof STORE_SETS[0];

struct sv col_sv(const struct db_rows *r, int col, struct arena *a)
{
    return arena_sv(a, db_text(r, col));
}

int32_t col_date(const struct db_rows *r, int col)
{
    return db_null(r, col) ? DATE_NONE : (int32_t)db_int(r, col);
}

struct db_arg arg_date(int32_t d)
{
    return d == DATE_NONE ? DB_N() : DB_I(d);
}

struct db_arg arg_text_or_null(struct sv s)
{
    return s.n ? DB_T(s) : DB_N();
}

int exec_one(struct db_conn *c, const struct db_query *q, const struct db_arg *args, size_t n,
             struct err *e)
{
    int rc = db_exec(c, q, args, n, e);
    if (rc == 0)
        return err_set(e, ERR_CHANGED, "%s", err_title(ERR_CHANGED));
    return rc < 0 ? rc : 0;
}
