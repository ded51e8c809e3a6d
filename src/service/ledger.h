/* ledger: every act is one leaf of the Merkle log, in the transaction of its effect (R8.3).
 *
 * leaf data = canonical bytes of the row (ledger_canonical); leaf hash, size, frontier and a MAC
 * over the head are written with it. The MAC key is not in the database, so whoever edits the
 * database cannot make a head that fits; signed tree heads (SM2) let outsiders check the same.
 */
#ifndef YZ_SERVICE_LEDGER_H
#define YZ_SERVICE_LEDGER_H

#include "domain/ledger/merkle.h"
#include "service/app.h"

struct act_entry {
    enum act act;
    int32_t effective_on;      /* legal date of the effect; may lie before the record (P21) */
    const struct actor *actor; /* NULL = the clock */
    struct sv department;
    int64_t case_id, item_id;  /* 0 = none */
    json_t *body;              /* borrowed object; NULL = {} */
};

/* Append in a write transaction; *seq (may be NULL) is the leaf's index. The record time never
 * goes back: it is at least that of the act before. */
int ledger_append(struct app *app, struct db_conn *c, const struct act_entry *entry, int64_t now,
                  int64_t *seq, struct err *e);

/* The bytes that a row's leaf hash covers (without the 0x00). */
void ledger_canonical(const struct ledger_row *row, struct buf *out);
/* MAC over a head. */
void ledger_mac(const struct app *app, const struct ledger_head_row *head, struct sm3_hash *out);
/* The bytes a signed tree head's signature covers. */
void ledger_head_to_sign(const struct tree_head_row *h, struct buf *out);

/* Sign the present head if it grew since the last signed one. 1 signed, 0 nothing new. */
int ledger_sign_head(struct app *app, int64_t now, struct err *e);
/* The newest signed head: 1 / 0. */
int ledger_latest_head(struct app *app, struct arena *a, struct tree_head_row *out,
                       struct err *e);
/* Signed heads with size < before (INT64_MAX: from the newest), newest first. */
int ledger_list_heads(struct app *app, int64_t before, int64_t limit, struct arena *a,
                      struct tree_head_row **out, size_t *n, struct err *e);

/* ---- proofs (ledger_proof.c) ---- */
enum { LEDGER_TILE_LEVEL = 8 /* roots of subtrees of this level and above are kept */ };
/* The head as it stands, checked; an empty tree when there is none yet. */
int ledger_head_read(struct app *app, struct db_conn *c, struct arena *a,
                     struct ledger_head_row *head, struct merkle_frontier *f, struct err *e);
/* Inclusion proof of leaf seq in the tree of `size` leaves (0 = the newest signed head's). */
struct ledger_proof {
    int64_t seq, size;
    struct merkle_hash leaf, root;
    struct merkle_hash path[MERKLE_LEVELS * 2];
    int n_path;
};
int ledger_prove(struct app *app, int64_t seq, int64_t size, struct ledger_proof *out,
                 struct err *e);
/* The tree of `from` leaves is the beginning of that of `to` leaves (0 = the newest signed head's). */
struct ledger_consistency {
    int64_t from, to;
    struct merkle_hash from_root, to_root;
    struct merkle_hash path[MERKLE_LEVELS * 2];
    int n_path;
};
int ledger_prove_consistency(struct app *app, int64_t from, int64_t to,
                             struct ledger_consistency *out, struct err *e);

/* SM3 for the merkle functions. */
void ledger_hash(struct sv data, struct merkle_hash *out);

/* ---- verify (ledger_verify.c, ledger_replay*.c) ---- */
struct verify_report {
    int64_t acts;       /* read */
    int64_t heads;      /* signed heads checked */
    /* Microseconds: reading the log and hashing it; telling what it says and comparing it with the rows; all. */
    int64_t chain_us, replay_us, total_us;
    /* Rows compared with the log. */
    int64_t items, cases, permits, permit_events, licences;
    int64_t composed; /* licence versions that the log alone gives again, to the byte */
    int64_t visits, parts, promises, deliveries, extensions, archives, entries, tasks, task_events;
    size_t n_faults;
    const char **faults; /* Chinese sentences; at most VERIFY_MAX_FAULTS kept */
};
enum { VERIFY_MAX_FAULTS = 100 };
/* Recompute everything from the rows; progress(done, total) may be NULL. 0 when the check ran
 * (look at n_faults), else ERR_*. */
int ledger_verify(struct app *app, struct arena *a, void (*progress)(int64_t done, int64_t total),
                  struct verify_report *out, struct err *e);

#endif
