/* licence_store: statutory permits, comprehensive licences and the ledger. See store.h. */
#ifndef YZ_STORE_LICENCE_STORE_H
#define YZ_STORE_LICENCE_STORE_H

#include "store/store.h"

struct permit_row {
    int64_t id, item_id, case_id;
    struct sv permit_type, name, number, department, department_name, region, uscc, state;
    int32_t granted_on, valid_from, valid_until;
};
int permit_insert(struct db_conn *c, const struct permit_row *row, struct err *e);
int permit_list_case(struct db_conn *c, int64_t case_id, struct arena *a, struct permit_row **out,
                     size_t *n, struct err *e);
/* Permits with id > after; licences after (number, version); in order: for checking. */
int permit_scan(struct db_conn *c, int64_t after, int64_t limit, struct arena *a,
                struct permit_row **out, size_t *n, struct err *e);
/* Is this number of this type taken? 1 / 0. */
int permit_number_taken(struct db_conn *c, struct sv type, struct sv number, struct err *e);

struct licence_row {
    struct sv number;
    int64_t version;
    bool current;
    struct sv state; /* valid, superseded, void */
    int64_t case_id;
    struct sv short_id, uscc, holder, person, address, industry, region, issuer;
    int32_t issued_on, expires_on;
    int64_t issued_at, permits_valid;
    struct sv payload, ended_note;
    int64_t ledger_seq;
};
int licence_insert(struct db_conn *c, const struct licence_row *row, struct err *e);
int licence_find_current(struct db_conn *c, struct sv number, struct arena *a,
                         struct licence_row *out, struct err *e);
int licence_find_short(struct db_conn *c, struct sv short_id, struct arena *a,
                       struct licence_row *out, struct err *e);
int licence_find_version(struct db_conn *c, struct sv number, int64_t version, struct arena *a,
                         struct licence_row *out, struct err *e);
/* What the public status read needs, without an arena. state_out holds 16 bytes. */
struct licence_status { int64_t version, permits_valid; int32_t expires_on; char state[16]; };
int licence_status_find(struct db_conn *c, struct sv number, struct licence_status *out,
                        struct err *e);
struct licence_filter { int64_t applicant_id; struct sv region, department, hall, q; int64_t limit;
                        int64_t before_issued; struct sv before_number; };
int licence_list(struct db_conn *c, const struct licence_filter *f, struct arena *a,
                 struct licence_row **out, size_t *n, struct err *e);

int licence_scan(struct db_conn *c, struct sv number, int64_t version, int64_t limit,
                 struct arena *a, struct licence_row **out, size_t *n, struct err *e);

struct ledger_row {
    int64_t seq, at;
    int32_t effective_on;
    int64_t actor_id; /* 0 = the clock */
    struct sv actor_kind, department, act;
    int64_t case_id, item_id; /* 0 = none */
    struct sv body;
    struct sm3_hash leaf;
};
struct ledger_head_row { int64_t size, last_at; struct sv frontier; struct sm3_hash mac; };
int ledger_head_get(struct db_conn *c, struct arena *a, struct ledger_head_row *out,
                    struct err *e);
int ledger_head_put(struct db_conn *c, const struct ledger_head_row *row, struct err *e);
int ledger_insert(struct db_conn *c, const struct ledger_row *row, struct err *e);
int ledger_node_put(struct db_conn *c, unsigned level, uint64_t index, const void *hash,
                    struct err *e);
int ledger_node_get(struct db_conn *c, unsigned level, uint64_t index, void *hash,
                    struct err *e);
/* Leaves seq in [from, to), to at most from + 256; returns how many were there. */
int ledger_leaves(struct db_conn *c, int64_t from, int64_t to, struct sm3_hash *out,
                  struct err *e);
/* Whole rows with seq >= from, at most limit, in order. */
int ledger_scan(struct db_conn *c, int64_t from, int64_t limit, struct arena *a,
                struct ledger_row **out, size_t *n, struct err *e);
/* A case's rows with the actor's name, oldest first. */
struct timeline_row { struct ledger_row row; struct sv actor_name, permit; };
int ledger_timeline(struct db_conn *c, int64_t case_id, int64_t after_seq, struct arena *a,
                    struct timeline_row **out, size_t *n, struct err *e);
struct tree_head_row { int64_t size, at; struct sm3_hash root; struct sv key_id;
                       unsigned char signature[SM2_SIG_SIZE]; };
int tree_head_insert(struct db_conn *c, const struct tree_head_row *row, struct err *e);
/* The newest (before = INT64_MAX) signed head with size < before. */
int tree_head_find(struct db_conn *c, int64_t before, struct arena *a, struct tree_head_row *out,
                   struct err *e);

/* Signed heads with size > after, in order. */
int tree_head_scan(struct db_conn *c, int64_t after, int64_t limit, struct arena *a,
                   struct tree_head_row **out, size_t *n, struct err *e);

#endif
