/* process_store: what the process keeps beside items: events of the clocks, special procedures,
 * hearings, extensions, delivery, bans, earlier versions of a form (process_store.c); joint
 * inspections and commitments (visit_store.c). See store.h for conventions. A …_scan is a page of all
 * rows with id > after, in order: for checking everything. */
#ifndef YZ_STORE_PROCESS_STORE_H
#define YZ_STORE_PROCESS_STORE_H

#include "domain/case/visit.h"
#include "domain/law/timer.h"
#include "store/store.h"

/* P20. item_id 0: the joint clock of the case. */
struct clock_event_row {
    int64_t id, case_id, item_id, at;
    int32_t on;
    struct sv act;
    enum clock_kind clock;
    enum time_holder holder;
    int64_t extended;
    struct sv reason, paper; /* paper: code of the document, "" none */
};
int clock_event_insert(struct db_conn *c, const struct clock_event_row *row, struct err *e);
/* Of a case, in order. */
int clock_event_list(struct db_conn *c, int64_t case_id, struct arena *a,
                     struct clock_event_row **out, size_t *n, struct err *e);

/* P9. title: what it is called on paper. */
struct special_row {
    int64_t id, case_id, item_id;
    struct sv kind, title, reason, result;
    int64_t days;
    int32_t opened_on, due_on, closed_on;
};
int special_insert(struct db_conn *c, const struct special_row *row, struct err *e);
int special_close(struct db_conn *c, int64_t id, int32_t closed_on, struct sv result,
                  struct err *e);
int special_list(struct db_conn *c, int64_t case_id, struct arena *a, struct special_row **out,
                 size_t *n, struct err *e);

struct hearing_row {
    int64_t item_id, case_id;
    struct sv reason, parties; /* JSON */
    int32_t told_on, ask_until, asked_on;
    struct sv asked_by;
    int32_t hold_by, noticed_on, held_on;
    struct sv held_time, place, chair, minutes;
    int32_t ended_on;
};
int hearing_insert(struct db_conn *c, const struct hearing_row *row, struct err *e);
int hearing_update(struct db_conn *c, const struct hearing_row *row, struct err *e);
int hearing_list(struct db_conn *c, int64_t case_id, struct arena *a, struct hearing_row **out,
                 size_t *n, struct err *e);

struct extension_row { int64_t id, case_id, item_id, days; struct sv reason, approved_by;
                       int32_t approved_on, due_on; };
int extension_insert(struct db_conn *c, const struct extension_row *row, struct err *e);
int extension_list(struct db_conn *c, int64_t case_id, struct arena *a,
                   struct extension_row **out, size_t *n, struct err *e);
int extension_scan(struct db_conn *c, int64_t after, int64_t limit, struct arena *a,
                   struct extension_row **out, size_t *n, struct err *e);

/* P17. item_id 0: the comprehensive licence. */
struct delivery_row { int64_t id, case_id, item_id, at; int32_t delivered_on;
                      struct sv method, receiver, relation, tracking, by_name; };
int delivery_insert(struct db_conn *c, const struct delivery_row *row, struct err *e);
int delivery_list(struct db_conn *c, int64_t case_id, struct arena *a, struct delivery_row **out,
                  size_t *n, struct err *e);
int delivery_scan(struct db_conn *c, int64_t after, int64_t limit, struct arena *a,
                  struct delivery_row **out, size_t *n, struct err *e);

/* P33. */
struct ban_row { int64_t id, case_id, item_id; struct sv uscc, holder, permit, article, reason;
                 int32_t from, until; };
int ban_insert(struct db_conn *c, const struct ban_row *row, struct err *e);
/* Bans of a holder that had not ended on a day. */
int ban_list(struct db_conn *c, struct sv uscc, int32_t since, struct arena *a, struct ban_row **out,
             size_t *n, struct err *e);

/* What was handed in before round `round` was answered. files: JSON [{material, sm3}]. */
struct form_version_row { int64_t case_id, round, replaced_at; struct sv body, commitments, files; };
int form_version_insert(struct db_conn *c, const struct form_version_row *row, struct err *e);
/* The newest one: 1 / 0. */
int form_version_latest(struct db_conn *c, int64_t case_id, struct arena *a,
                        struct form_version_row *out, struct err *e);
/* All of a case, in order. */
int form_version_list(struct db_conn *c, int64_t case_id, struct arena *a,
                      struct form_version_row **out, size_t *n, struct err *e);

/* ---- joint inspection (visit_store.c) ---- */
struct visit_row {
    int64_t id, case_id, round, version;
    enum visit_state state;
    int32_t held_on;
    struct sv held_time, place, note, proposed_by, cancel_reason;
    int64_t proposed_at, announced_at, closed_at;
};
int visit_insert(struct db_conn *c, const struct visit_row *row, struct err *e);
/* Guarded by the version, as case_update. */
int visit_update(struct db_conn *c, const struct visit_row *row, struct err *e);
int visit_find(struct db_conn *c, int64_t id, struct arena *a, struct visit_row *out,
               struct err *e);
int visit_list(struct db_conn *c, int64_t case_id, struct arena *a, struct visit_row **out,
               size_t *n, struct err *e);
int visit_scan(struct db_conn *c, int64_t after, int64_t limit, struct arena *a,
               struct visit_row **out, size_t *n, struct err *e);

struct part_row {
    int64_t id, visit_id, case_id, item_id, version;
    struct sv department, declined_reason;
    int64_t agreed_at;
    int32_t counter_on;
    int64_t officer_a, officer_b;
    struct sv officer_a_name, officer_b_name;
    struct sv checks; /* JSON */
    enum visit_result result;
    struct sv findings;
    int32_t rectify_by;
    int64_t recorded_by, recorded_at, taken_at, confirmed_by, confirmed_at;
};
int part_insert(struct db_conn *c, const struct part_row *row, struct err *e);
int part_update(struct db_conn *c, const struct part_row *row, struct err *e); /* guarded */
int part_delete(struct db_conn *c, int64_t id, struct err *e);
int part_list(struct db_conn *c, int64_t case_id, struct arena *a, struct part_row **out,
              size_t *n, struct err *e);
int part_scan(struct db_conn *c, int64_t after, int64_t limit, struct arena *a,
              struct part_row **out, size_t *n, struct err *e);

/* Visits that a department takes part in, or of a region, by day. Empty / 0 = any. */
struct visit_filter { struct sv department, region, hall; int64_t officer_id; bool open_only;
                      int32_t from, to; int64_t after_id, limit; };
struct visit_entry { struct visit_row visit; struct sv case_number, holder_name, address, region; };
int visit_schedule(struct db_conn *c, const struct visit_filter *f, struct arena *a,
                   struct visit_entry **out, size_t *n, struct err *e);

struct photo_row { int64_t id, visit_id, case_id, item_id, size, taken_at, created_at, created_by;
                   struct sv check_code, name, media_type, sm3; };
int photo_insert(struct db_conn *c, const struct photo_row *row, struct err *e);
int photo_list(struct db_conn *c, int64_t case_id, struct arena *a, struct photo_row **out,
               size_t *n, struct err *e);

/* ---- commitments (visit_store.c) ---- */
struct commitment_row {
    int64_t id, case_id, item_id; /* item_id: whose officer confirmed it */
    struct sv material, state;    /* promised, confirmed, broken, lapsed (with its case) */
    int32_t due_on, confirmed_on;
    int64_t signed_at, warned_at;
    struct sv signed_by, digest, confirmed_by, note;
};
int commitment_insert(struct db_conn *c, const struct commitment_row *row, struct err *e);
int commitment_update(struct db_conn *c, const struct commitment_row *row, struct err *e);
int commitment_list(struct db_conn *c, int64_t case_id, struct arena *a,
                    struct commitment_row **out, size_t *n, struct err *e);
int commitment_scan(struct db_conn *c, int64_t after, int64_t limit, struct arena *a,
                    struct commitment_row **out, size_t *n, struct err *e);
/* Promised ones due before a day (and, to_warn, not warned yet): their cases. */
int commitment_list_due(struct db_conn *c, int32_t before, bool to_warn, int64_t limit,
                        struct arena *a, struct commitment_row **out, size_t *n, struct err *e);

#endif
