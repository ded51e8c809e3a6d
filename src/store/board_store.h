/* board_store: what the boards of a hall or a region count and list (全部时限).
 *
 * Every query is one aggregate or one short list by an index; nothing is loaded case by case. The
 * lists share one row shape, because a board shows them alike: whose case, what, since when, due.
 */
#ifndef YZ_STORE_BOARD_STORE_H
#define YZ_STORE_BOARD_STORE_H

#include "store/store.h"

/* Whose board: a region's ("" = all) or a hall's ("" = any). */
struct board_scope { struct sv region, hall; };

/* Open items of a department in a state, by signal on a day. */
struct board_open { struct sv department, state; int64_t n, red, yellow; };
int board_open_items(struct db_conn *c, const struct board_scope *s, int32_t today,
                     struct arena *a, struct board_open **out, size_t *n, struct err *e);

/* Decided items since a day that went alike: same permit, dates and days. Sums over all of them. */
struct board_pace { struct sv department, permit, region; int32_t accepted_on, closed_on;
                    int64_t special_each; bool extended;
                    int64_t n, ours, applicant, special; };
int board_paces(struct db_conn *c, const struct board_scope *s, int32_t since, struct arena *a,
                struct board_pace **out, size_t *n, struct err *e);

enum board_list { BOARD_JOINT,       /* joint clocks, the next due first */
                  BOARD_UNDELIVERED, /* decisions not delivered, the oldest first; due: decided on */
                  BOARD_PROMISES,    /* materials promised or promises broken, by due date */
                  BOARD_CORRECTIONS, /* notices waiting for the applicant, the oldest first */
                  BOARD_LISTS };

/* id: of the item, commitment or correction (of the case for a joint clock). code: permit or
 * material. */
struct board_entry { int64_t case_id, id; struct sv number, holder, region, code, department, state;
                     int32_t due; };
int board_entries(struct db_conn *c, enum board_list which, const struct board_scope *s,
                  int64_t limit, struct arena *a, struct board_entry **out, size_t *n,
                  struct err *e);
/* How many such there are, and how many whose due lies before a day. */
struct board_tally { int64_t n, late; };
int board_count(struct db_conn *c, enum board_list which, const struct board_scope *s,
                int32_t before, struct board_tally *out, struct err *e);

/* Licences issued since a time (ms), by industry and the permits their cases were about ("P-A,P-B"). */
struct board_issue { struct sv industry, permits; int64_t n; };
int board_issues(struct db_conn *c, struct sv region, int64_t since, struct arena *a,
                 struct board_issue **out, size_t *n, struct err *e);

/* How often a department needed how many of its own days for a permit, decided since a day; by days. */
struct board_days { int64_t days, n; };
int board_days_taken(struct db_conn *c, struct sv permit, struct sv department, int32_t since,
                     struct arena *a, struct board_days **out, size_t *n, struct err *e);

#endif
