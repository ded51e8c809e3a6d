/* permit_store: statutory permits and what happened to them. See store.h. */
#ifndef YZ_STORE_PERMIT_STORE_H
#define YZ_STORE_PERMIT_STORE_H

#include "domain/case/permit.h"
#include "store/store.h"

struct permit_row {
    int64_t id, item_id, case_id; /* of the grant */
    struct sv permit_type, name, number, department, department_name, region, uscc, state;
    int32_t granted_on, valid_from, valid_until;
    struct sv licence_number;  /* "" not on a licence (yet) */
    int64_t status_index;      /* its bit in the status list; -1 none yet */
    int64_t version;           /* of the row: If-Match */
    struct sv holder, person, address; /* as approved by the department */
};
int permit_insert(struct db_conn *c, const struct permit_row *row, struct err *e);
/* Write back what events change; version is the new one, the stored one + 1, else ERR_CHANGED. */
int permit_update(struct db_conn *c, const struct permit_row *row, struct err *e);
/* Put on a licence: no event, so the version stays. */
int permit_set_licence(struct db_conn *c, int64_t id, struct sv licence, struct err *e);
int permit_find(struct db_conn *c, int64_t id, struct arena *a, struct permit_row *out,
                struct err *e);
int permit_list_case(struct db_conn *c, int64_t case_id, struct arena *a, struct permit_row **out,
                     size_t *n, struct err *e);
/* Whatever became of them, in the order granted. */
int permit_list_licence(struct db_conn *c, struct sv licence, struct arena *a,
                        struct permit_row **out, size_t *n, struct err *e);
/* Permits with id > after, in order: for checking. */
int permit_scan(struct db_conn *c, int64_t after, int64_t limit, struct arena *a,
                struct permit_row **out, size_t *n, struct err *e);
/* Is this number of this type taken? 1 / 0. */
int permit_number_taken(struct db_conn *c, struct sv type, struct sv number, struct err *e);
/* Ids of valid permits whose last day is before today, oldest end first. */
int permit_list_ended(struct db_conn *c, int32_t today, int64_t limit, struct arena *a,
                      int64_t **out, size_t *n, struct err *e);
/* Valid permits on a licence that end within days of today and whose holder was not told so. */
int permit_list_ending(struct db_conn *c, int32_t today, int64_t days, int64_t limit,
                       struct arena *a, struct permit_row **out, size_t *n, struct err *e);
int permit_mark_reminded(struct db_conn *c, int64_t id, int64_t days, struct err *e);
/* Of a department, or of a region ("" both: all), newest first; q: a pattern over number, holder, code; "" all. */
struct permit_filter { struct sv department, region, state, q; int64_t before, limit; };
int permit_list(struct db_conn *c, const struct permit_filter *f, struct arena *a,
                struct permit_row **out, size_t *n, struct err *e);
/* Rows without a status index, of permits and then of licence versions; and giving it. */
int permit_list_unnumbered(struct db_conn *c, int64_t limit, struct arena *a, int64_t **out,
                           size_t *n, struct err *e);
int permit_set_status(struct db_conn *c, int64_t id, int64_t status_index, struct err *e);

struct permit_event_row {
    int64_t id, permit_id;
    enum act act;            /* ACT_GRANT, or of PERMIT_TABLE */
    int32_t effective_on;
    int64_t at;
    struct sv department;
    int64_t actor_id;        /* 0 = the clock */
    struct sv document, reason, basis;
    struct sv number;        /* the facts after it */
    int32_t valid_from, valid_until;
    struct sv holder, person, address;
    int64_t case_id, item_id; /* 0 = by the department itself, or the clock */
    int64_t ledger_seq;
};
int permit_event_insert(struct db_conn *c, const struct permit_event_row *row, struct err *e);
/* Of one permit, of all permits of a licence, or of all granted in a case, in the order of the log. */
int permit_events_of(struct db_conn *c, int64_t permit_id, struct arena *a,
                     struct permit_event_row **out, size_t *n, struct err *e);
int permit_events_licence(struct db_conn *c, struct sv licence, struct arena *a,
                          struct permit_event_row **out, size_t *n, struct err *e);
int permit_events_case(struct db_conn *c, int64_t case_id, struct arena *a,
                       struct permit_event_row **out, size_t *n, struct err *e);
/* Events with id > after, in order: for checking. */
int permit_event_scan(struct db_conn *c, int64_t after, int64_t limit, struct arena *a,
                      struct permit_event_row **out, size_t *n, struct err *e);

#endif
