/* supervise_store: tasks of the supervising departments and what was done about them. See store.h. */
#ifndef YZ_STORE_SUPERVISE_STORE_H
#define YZ_STORE_SUPERVISE_STORE_H

#include "domain/case/supervise.h"
#include "store/store.h"

struct supervision_row {
    int64_t id;
    int64_t event_seq;  /* the decision's entry in the ledger */
    enum act act;       /* what the decision was */
    int64_t permit_id;  /* 0: not granted */
    int64_t case_id;    /* that led, or did not lead, to the permit */
    int64_t item_id;    /* of the decision; 0: not in a case */
    struct sv permit_type, department, grantor, region;
    bool lead;          /* the catalogue's supervising department; else one that helps */
    enum supervision_kind kind;
    enum supervision_state state;
    int32_t opened_on; int64_t opened_at;
    struct supervision_clock clock; /* acknowledge, answer, or what was ordered: by then */
    int32_t acknowledged_on; struct sv acknowledged_by; /* DATE_NONE, "" */
    struct sv wants;    /* the proposed act on the permit; "" none */
    enum supervision_result result; int32_t result_on;
    int64_t version;    /* of the row: If-Match */
    int64_t ledger_seq; /* of ACT_OPEN_SUPERVISION */
};
/* A task as it is shown: with the permit as it is now, or the application that was denied. */
struct supervision_entry {
    struct supervision_row task;
    struct sv holder, uscc, person, address, number, permit_name, permit_state, licence, industry,
        case_number;
    int32_t valid_until;
};

/* Has this department a task of this decision? 1 / 0. */
int supervision_exists(struct db_conn *c, int64_t event_seq, struct sv department, struct err *e);
/* One for each decision and department: a second is an error of the database. */
int supervision_insert(struct db_conn *c, const struct supervision_row *row, struct err *e);
/* Write back what acts change; version is the new one, the stored one + 1, else ERR_CHANGED.
 * The mark of warnings is taken off. */
int supervision_update(struct db_conn *c, const struct supervision_row *row, struct err *e);
int supervision_find(struct db_conn *c, int64_t id, struct arena *a, struct supervision_entry *out,
                     struct err *e);
/* All of a permit, oldest first. */
int supervision_of_permit(struct db_conn *c, int64_t permit_id, struct arena *a,
                          struct supervision_entry **out, size_t *n, struct err *e);
/* Tasks with id > after, in order: for checking. Nothing but row.task is read. */
int supervision_scan(struct db_conn *c, int64_t after, int64_t limit, struct arena *a,
                     struct supervision_row **out, size_t *n, struct err *e);
/* Ids of tasks whose clock turned yellow or passed and whose people were not told so. */
int supervision_to_warn(struct db_conn *c, int32_t today, int64_t limit, struct arena *a,
                        int64_t **out, size_t *n, struct err *e);
/* 1 marked, 0 it was. */
int supervision_mark_warned(struct db_conn *c, int64_t id, int64_t level, struct err *e);

/* Whose tasks: of the supervising department, of the one that granted, or of a region. */
enum supervision_scope { SCOPE_SUPERVISES, SCOPE_GRANTED, SCOPE_REGION, SUPERVISION_SCOPES };
struct supervision_filter {
    enum supervision_scope scope;
    struct sv whose;                /* department; of a region: its code, "" all */
    struct sv region, industry, kind; /* "" all */
    struct sv state;                /* "" all; "waiting": somebody has to act */
    struct sv q;                    /* a pattern over holder, code, number; "" all */
    int32_t due_from, due_to, yellow_from, yellow_to; /* DATE_NONE: no bound */
    bool due_only;
    int32_t after_due; int64_t after_id; /* the last of the page before; DATE_NONE, 0 */
    int64_t limit;
};
/* What is due first comes first, then in order of arrival. */
int supervision_list(struct db_conn *c, const struct supervision_filter *f, struct arena *a,
                     struct supervision_entry **out, size_t *n, struct err *e);
struct supervision_counts { int64_t by_state[SUPERVISION_STATES], red, yellow, green; };
/* By all filters but state and dates. */
int supervision_count(struct db_conn *c, const struct supervision_filter *f, int32_t today,
                      struct supervision_counts *out, struct err *e);

/* ---- what a department has under supervision ---- */
struct supervised_row {
    int64_t permit_id, task_id;  /* the task that began it */
    struct sv holder, uscc, person, address, permit_name, number, permit_state, licence, region,
        industry, department, grantor;
    int32_t granted_on, valid_until, acknowledged_on;
    struct sv result; int32_t result_on; /* the last one reported, of any of its tasks */
    int64_t waiting;             /* its tasks that wait for somebody */
};
/* scope, whose, region, industry, q as above; state: of the permit. Newest first, id < before. */
int supervised_list(struct db_conn *c, const struct supervision_filter *f, int64_t before,
                    struct arena *a, struct supervised_row **out, size_t *n, struct err *e);

/* ---- what was done ---- */
struct supervision_event_row {
    int64_t id, task_id;
    enum act act;
    int32_t effective_on;
    int64_t at;
    struct sv department;
    int64_t actor_id;           /* 0: the consequence of another act */
    struct sv actor_name, result, reason, basis, document, wants;
    int32_t due_on;             /* what was ordered, by then; DATE_NONE */
    int64_t permit_seq;         /* the entry that settled a proposal; 0 */
    int64_t ledger_seq;
};
int supervision_event_insert(struct db_conn *c, const struct supervision_event_row *row,
                             struct err *e);
/* Of one task, in the order of the log. */
int supervision_events(struct db_conn *c, int64_t task_id, struct arena *a,
                       struct supervision_event_row **out, size_t *n, struct err *e);
int supervision_event_scan(struct db_conn *c, int64_t after, int64_t limit, struct arena *a,
                           struct supervision_event_row **out, size_t *n, struct err *e);

#endif
