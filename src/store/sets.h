/* sets: the query tables of the store files, private to src/store. */
#ifndef YZ_STORE_SETS_H
#define YZ_STORE_SETS_H

#include "store/store.h"

extern const struct db_query_set META_SET, USER_SET, WORK_SET, CASE_SET, ITEM_SET, REVIEW_SET,
    LICENCE_SET, PERMIT_SET, LEDGER_SET, PROCESS_SET, VISIT_SET,
    QUEUE_SET, CALENDAR_SET, NOTICE_SET, BOARD_SET, UPLOAD_SET, VOICE_SET, PREFILL_SET,
    CATALOG_SET, KEY_SET, PERSONAL_SET, TRUST_SET, STATUS_SET, ARCHIVE_SET, REGISTER_SET,
    PUBLICITY_SET, SUPERVISE_SET;

#define QUERY_SET(queries) { (queries), sizeof(queries) / sizeof((queries)[0]) }

/* Searching, in either case of Latin letters on both engines (LIKE alone differs). $n is a pattern
 * whose own wildcards the caller has escaped. */
#define MATCHES(column, param) "LOWER(" column ") LIKE LOWER(" param ") ESCAPE '\\'"

/* Fill a growing array on the arena while reading rows. */
#define ROWS_PUSH(arena, list, n, cap)                                                        \
    ((n) == (cap) ? (rows_grow((arena), (void **)&(list), &(cap), sizeof *(list)), &(list)[(n)++]) \
                  : &(list)[(n)++])

static inline void rows_grow(struct arena *a, void **list, size_t *cap, size_t size)
{
    size_t bigger = *cap ? *cap * 2 : 16;
    void *p = arena_array(a, bigger, size);
    if (*cap)
        memcpy(p, *list, *cap * size);
    *list = p;
    *cap = bigger;
}

#endif
