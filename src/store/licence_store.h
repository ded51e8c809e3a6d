/* licence_store: comprehensive licences and the ledger. See store.h. */
#ifndef YZ_STORE_LICENCE_STORE_H
#define YZ_STORE_LICENCE_STORE_H

#include "store/permit_store.h"

struct licence_row {
    struct sv number;
    int64_t version;
    bool current;
    struct sv state; /* valid, superseded, void */
    int64_t status_index; /* its bit in the status list; -1 none yet */
    int32_t ended_on;     /* DATE_NONE: it has not */
    int64_t case_id; /* of the first version */
    struct sv short_id, uscc, holder, person, address, industry, region, issuer;
    int32_t issued_on, expires_on;
    int64_t issued_at, permits_valid;
    struct sv payload, ended_note;
    int64_t ledger_seq;
};
int licence_insert(struct db_conn *c, const struct licence_row *row, struct err *e);
/* Another version takes its place: no longer current. */
int licence_supersede(struct db_conn *c, struct sv number, int64_t version, int32_t on,
                      struct err *e);
/* All versions of a number, newest first. */
int licence_versions(struct db_conn *c, struct sv number, struct arena *a,
                     struct licence_row **out, size_t *n, struct err *e);
/* Versions without a status index (number and version only), and giving it. */
int licence_list_unnumbered(struct db_conn *c, int64_t limit, struct arena *a,
                            struct licence_row **out, size_t *n, struct err *e);
int licence_set_status(struct db_conn *c, struct sv number, int64_t version,
                       int64_t status_index, struct err *e);
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

/* Signed heads with size < before, newest first. */
int tree_head_list(struct db_conn *c, int64_t before, int64_t limit, struct arena *a,
                   struct tree_head_row **out, size_t *n, struct err *e);

/* Signed heads with size > after, in order. */
int tree_head_scan(struct db_conn *c, int64_t after, int64_t limit, struct arena *a,
                   struct tree_head_row **out, size_t *n, struct err *e);

#endif
