/* case_store: cases, their forms, items, attachments and corrections. See store.h. */
#ifndef YZ_STORE_CASE_STORE_H
#define YZ_STORE_CASE_STORE_H

#include "domain/law/timer.h"
#include "store/store.h"

struct case_row {
    int64_t id;
    struct sv number, industry, region, catalog_version, channel;
    int64_t applicant_id, clerk_id; /* 0 = none */
    struct sv applicant_name, applicant_phone, hall, authorisation, answers;
    enum case_state state;
    int64_t version;
    int64_t files_rev; /* counts uploads and removals */
    struct sv holder_name, uscc, person, address;
    int64_t n_items, n_open;
    int64_t created_at, updated_at, submitted_at, closed_at, issued_at; /* 0 = not yet */
    struct sv licence_number;    /* that it led to */
    enum case_kind kind;
    struct sv of_licence;        /* the licence it is about; "" none */
    struct sv permits;           /* JSON list: ids of the permits it is about */
    struct timer joint;          /* P16 */
    bool joint_extended;
    int32_t joint_started_on, joint_due_on, licence_delivered_on; /* DATE_NONE = not */
    int32_t deliver_by, deliver_warn_on; /* P17: of what waits; DATE_NONE = nothing does */
    int64_t deliver_warned;              /* of deliver_by: 0, 1 = soon told, 2 = passed told */
};
int case_insert(struct db_conn *c, const struct case_row *row, struct err *e);
int case_find(struct db_conn *c, int64_t id, struct arena *a, struct case_row *out,
              struct err *e);
/* Write back everything that may change; guarded by the version read: row->version is the new
 * one and must be the stored one + 1, else ERR_CHANGED. */
int case_update(struct db_conn *c, const struct case_row *row, struct err *e);
/* Ids of finished cases about a licence that granted something, newest first. */
int case_list_of_licence(struct db_conn *c, struct sv licence, struct arena *a, int64_t **out,
                         size_t *n, struct err *e);
/* How many drafts an applicant has. */
int case_count_drafts(struct db_conn *c, int64_t applicant_id, int64_t *n, struct err *e);
/* With its form and its list of files; the stored bytes stay for others who handed in the same. */
int case_delete_draft(struct db_conn *c, int64_t id, struct err *e);

/* Submitted cases / all items with id > after, in order: for checking everything. */
int case_scan(struct db_conn *c, int64_t after, int64_t limit, struct arena *a,
              struct case_row **out, size_t *n, struct err *e);

/* An attachment came or went: bump files_rev. */
int case_touch_files(struct db_conn *c, int64_t id, struct err *e);

/* Which cases somebody may see. Empty text / 0 = not limited by it. */
struct case_filter {
    int64_t applicant_id;
    struct sv hall, region, state, industry, q; /* q: part of number, holder or code */
    int64_t before; /* ids below this; INT64_MAX at first */
    int64_t limit;
};
int case_list(struct db_conn *c, const struct case_filter *f, struct arena *a,
              struct case_row **out, size_t *n, struct err *e);
struct state_count { struct sv state; int64_t n; };
int case_counts(struct db_conn *c, const struct case_filter *f, struct arena *a,
                struct state_count **out, size_t *n, struct err *e);

/* before: of a case about a licence, the values it rests on so far; written once. */
struct form_row { struct sv body, commitments, draft, before; };
int form_put(struct db_conn *c, int64_t case_id, const struct form_row *f, struct err *e);
int form_find(struct db_conn *c, int64_t case_id, struct arena *a, struct form_row *out,
              struct err *e);

struct item_row {
    int64_t id, case_id;
    struct sv permit, department, region;
    enum item_state state;
    int64_t version;
    int32_t received_on, accepted_on, closed_on, due_on, yellow_on;
    bool accept_deemed;
    int64_t asked_round;
    struct sv seen_digest;
    bool inputs_changed;
    struct sv number;
    int32_t valid_from, valid_until;
    struct sv reason, basis, right_organ;
    struct timer timer;          /* whose time runs (P15, P19) */
    int32_t last_on;             /* effective date of the last act; never goes back */
    bool extended;               /* P10 */
    int64_t special_id;          /* 0: none runs */
    int32_t special_due;
    enum hearing_stage hearing;
    int32_t hearing_until;
    enum inspection_stage inspection;
    int32_t rectify_by, delivered_on;
    bool false_material;
    int64_t officer_id;          /* 0: nobody in particular */
    int64_t warned;              /* of the running clock: 0, 1 = soon told, 2 = passed told */
    int64_t permit_id;           /* that it is about; 0: a new one */
};
/* A row of closed, never delivered, no timer: for tests and new items; dates are DATE_NONE. */
struct item_row item_blank(void);
int item_insert(struct db_conn *c, const struct item_row *row, struct err *e);
int item_find(struct db_conn *c, int64_t id, struct arena *a, struct item_row *out,
              struct err *e);
int item_update(struct db_conn *c, const struct item_row *row, struct err *e); /* as case_update */
int item_list_case(struct db_conn *c, int64_t case_id, struct arena *a, struct item_row **out,
                   size_t *n, struct err *e);

/* Open items of cases about a permit. */
int item_list_permit(struct db_conn *c, int64_t permit_id, struct arena *a, struct item_row **out,
                     size_t *n, struct err *e);

int item_scan(struct db_conn *c, int64_t after, int64_t limit, struct arena *a,
              struct item_row **out, size_t *n, struct err *e);
/* Items in a state whose clock ran out before today, oldest first. */
int item_list_overdue(struct db_conn *c, enum item_state state, int32_t today, int64_t limit,
                      struct arena *a, struct item_row **out, size_t *n, struct err *e);

/* The clock's numbers and dates alone: they follow from the calendar and from siblings. No act, so
 * the version, by which people find out that somebody else has acted, stays. */
int item_set_time(struct db_conn *c, const struct item_row *row, struct err *e);
int case_set_joint(struct db_conn *c, const struct case_row *row, struct err *e);
int case_set_delivery(struct db_conn *c, const struct case_row *row, struct err *e);
/* Ids of cases to be told about undelivered decisions on a day, as item_list_warn. */
int case_list_undelivered(struct db_conn *c, int32_t today, int64_t limit, struct arena *a,
                          int64_t **out, size_t *n, struct err *e);
int case_mark_delivery_told(struct db_conn *c, int64_t id, int64_t level, struct err *e);
/* Items to be warned about on a day: yellow and not told yet, or passed and only warned. */
int item_list_warn(struct db_conn *c, int32_t today, int64_t limit, struct arena *a,
                   struct item_row **out, size_t *n, struct err *e);
/* 1: this call set the mark; 0: somebody else had. */
int item_mark_warned(struct db_conn *c, int64_t id, int64_t level, struct err *e);

struct item_filter {
    struct sv department, region, hall, state, permit, q, inspection;
    int64_t officer_id;             /* 0 = any, -1 = nobody's */
    bool undelivered;               /* decided, not delivered yet */
    int32_t due_from, due_to;       /* inclusive; DATE_NONE = open */
    int32_t yellow_from, yellow_to; /* of yellow_on */
    int32_t after_due;              /* cursor: rows after (after_due, after_id) */
    int64_t after_id, limit;
    bool open_only;
};
/* Rows with what a queue shows of their case. */
struct queue_row { struct item_row item; struct sv case_number, industry, holder_name;
                   int64_t submitted_at, clerk_id; };
int item_queue(struct db_conn *c, const struct item_filter *f, struct arena *a,
               struct queue_row **out, size_t *n, struct err *e);
int item_counts(struct db_conn *c, const struct item_filter *f, struct arena *a,
                struct state_count **out, size_t *n, struct err *e);
/* Open items by signal on a day. */
struct signal_counts { int64_t red, yellow, green; };
int item_signals(struct db_conn *c, const struct item_filter *f, int32_t today,
                 struct signal_counts *out, struct err *e);

struct attachment_row {
    int64_t id, case_id;
    struct sv material, name, media_type, sm3;
    int64_t size, created_at, created_by, removed_at;
    int64_t rotation;         /* degrees clockwise that it is shown turned by */
    int64_t replaces;         /* the file it took the place of; 0 none */
    struct sv replaced_name;
};
int attachment_insert(struct db_conn *c, const struct attachment_row *row, struct err *e);
int attachment_find(struct db_conn *c, int64_t id, struct arena *a, struct attachment_row *out,
                    struct err *e);
/* Live ones, oldest first. */
int attachment_list(struct db_conn *c, int64_t case_id, struct arena *a,
                    struct attachment_row **out, size_t *n, struct err *e);
int attachment_remove(struct db_conn *c, int64_t id, int64_t now, struct err *e);
int attachment_turn(struct db_conn *c, int64_t id, int64_t degrees, struct err *e);

struct correction_row {
    int64_t id, case_id, round;
    struct sv state; /* draft, issued, answered, ended */
    int64_t issued_at;
    int32_t due_on;
};
struct entry_row { int64_t id, correction_id, item_id; struct sv kind, code, label, what, why; };
int correction_insert(struct db_conn *c, const struct correction_row *row, struct err *e);
/* The newest round of a case. */
int correction_latest(struct db_conn *c, int64_t case_id, struct arena *a,
                      struct correction_row *out, struct err *e);
/* Every round of a case, in order. */
int correction_list(struct db_conn *c, int64_t case_id, struct arena *a,
                    struct correction_row **out, size_t *n, struct err *e);
int correction_update(struct db_conn *c, const struct correction_row *row, struct err *e);
/* Corrections in a state whose day passed before today. */
int correction_list_overdue(struct db_conn *c, struct sv state, int32_t today, int64_t limit,
                            struct arena *a, struct correction_row **out, size_t *n,
                            struct err *e);
int entry_insert(struct db_conn *c, const struct entry_row *row, struct err *e);
int entry_list(struct db_conn *c, int64_t correction_id, struct arena *a, struct entry_row **out,
               size_t *n, struct err *e);
/* Entries of one item in all rounds before `round`. */
int entry_list_item(struct db_conn *c, int64_t case_id, int64_t item_id, int64_t before_round,
                    struct arena *a, struct entry_row **out, size_t *n, struct err *e);

#endif
