/* ledger_replay: what the log says happened, remembered act by act, and compared with the rows.
 *
 * Internal to ledger_verify.c and the ledger_replay_*.c files. Both ways: no act without its effect,
 * no effect without its act. Each kind of row has one file: the acts that make it, the scan that
 * compares it, and what the log knows that no row shows. Acts step the tables of domain/case from
 * the state replayed so far; the facts an act fixed are kept as a digest and compared with the
 * row's. Bodies written before a fact was logged lack it: they are compared on what they have.
 * Memory: some 60 bytes per item, and as much again per delivery, promise or part of a visit.
 */
#ifndef YZ_SERVICE_LEDGER_REPLAY_H
#define YZ_SERVICE_LEDGER_REPLAY_H

#include <stdio.h>

#include "service/ledger.h"
#include "service/ledger_pages.h"

enum { REPLAY_PAGE = 2000 };

/* ---- memory: records of one size, found by key, in the order met ---- */

/* Every record begins with its uint64_t key. Zeroed is empty. */
struct known { unsigned char *rows; uint32_t *slots; size_t size, n, cap, n_slots; };
/* The record, or NULL. Good until the next known_put into the same table. */
void *known_find(const struct known *t, uint64_t key);
/* A new record, zero but for its key; size is the record's, the same for all of a table. */
void *known_put(struct known *t, size_t size, uint64_t key);
static inline void *known_at(const struct known *t, size_t i)
{
    return t->rows + i * t->size;
}

/* ---- digests of facts ---- */

struct told { struct sv text; int64_t number; };
#define TEXT(s) ((struct told){ .text = (s) })
#define NUMBER(v) ((struct told){ .number = (v) })
#define TOLD(...)                                                                                 \
    (struct told[]){ __VA_ARGS__ }, sizeof((struct told[]){ __VA_ARGS__ }) / sizeof(struct told)
/* short_hash of the values, each with its length; never 0. */
uint64_t digest_of(const struct told *values, size_t n);

/* ---- what is known ---- */

/* An item, as the acts on it left it. */
struct known_item {
    uint64_t key, submitted; /* digest of what was handed in */
    uint64_t permit, permit_facts; /* digests: whose permit was granted, its number and dates; 0 none */
    uint32_t at_case;                /* index in cases */
    unsigned char state, stage;      /* enum item_state, inspection_stage */
    bool says_stage, about_permit, seen, permit_seen;
};
/* A case: its items by state, from which its own state follows. */
struct known_case {
    uint64_t key, submitted;
    uint16_t count[ITEM_STATES];
    bool issued, about_permits, says_promises, seen;
    uint64_t package; /* digest of what was archived; 0 not archived */
    bool package_seen;
};
/* A permit by its id; granted: the log says by which entry (it did not always). */
struct known_permit { uint64_t key; int64_t item; uint32_t last /* index + 1 */; unsigned char state;
                      bool granted; };
/* What an entry (its key) made of a permit; before: index + 1 of the permit's event before. */
struct known_event {
    uint64_t key, why;
    int64_t permit;
    struct sv number, holder, person, address;
    int32_t on, valid_from, valid_until;
    uint32_t before;
    unsigned char act;
    bool seen;
};
/* A licence, and the permits put on it from an entry on. */
struct listed { int64_t id, status, since; struct sv name, department; };
struct known_licence { struct sv uscc, region, industry, issuer; struct listed *permits;
                       size_t n, cap; };
/* One version, as its entry says. carried: enough to compose it again. */
struct issued { struct sv payload, note, short_id, key_id, number; int64_t seq, case_id, format, status,
                at; bool carried, seen; };
struct known_visit {
    uint64_t key, submitted, plan, cancelled; /* digests: case and round; time and place; why */
    int64_t case_id;
    int32_t held_on;
    uint32_t first_part; /* index + 1 in parts, 0 = none */
    unsigned char state;
    bool announced, says_plan, says_parts, seen;
};
/* What one item's department said and wrote down in one visit. */
struct known_part {
    uint64_t key, department, officers, refusal, record; /* digests */
    int64_t visit, item, confirmed_by;
    uint32_t next; /* of the same visit: index + 1 */
    bool agreed, says_ids, seen;
};
struct known_promise {
    uint64_t key, promised, confirmed; /* digests */
    int64_t case_id;
    int32_t due_on;
    unsigned char state; /* enum promise_state of ledger_replay_promise.c */
    bool says_promise, says_name, seen;
};
/* A task of a supervising department as its last entry left it, and what an entry (its key) did. */
struct known_task { uint64_t key, facts; int64_t seq; unsigned char state; bool seen; };
struct known_task_event { uint64_t key, facts; int64_t task; unsigned char act; bool seen; };
/* A delivery or an extension, of an item or (item 0) of the case: one each. */
struct known_paper {
    uint64_t key, facts;
    int64_t case_id;
    int32_t on;
    bool says_all, seen;
};

struct replay {
    struct db_conn *conn;
    struct arena *keep;    /* faults and licences live here */
    struct arena *scratch; /* of one entry */
    struct verify_report *out;
    struct known items, cases, visits, parts, promises, deliveries, extensions, drafts, permits,
        permit_events, tasks, task_events;
    struct map licences;  /* "number/version" -> struct issued * */
    struct map by_number; /* -> struct known_licence * */
    size_t licences_unseen;
};

/* One entry of the log, read. */
struct logged { const struct ledger_row *row; enum act act; const json_t *body; };

/* ---- ledger_replay.c ---- */
void replay_init(struct replay *r, struct arena *keep, struct verify_report *out);
void replay_free(struct replay *r);
void replay_fault(struct replay *r, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
/* Remember one entry; what does not fit what was said before is a fault. */
void replay_act(struct replay *r, const struct ledger_row *row);
/* After the last entry: every row against what is known. 0 when all were read, else ERR_*. */
int replay_rows(struct replay *r, struct err *e);
/* The table's row for an act: its next state in *to. When *to is not negative it must be that
 * one. */
bool replay_step(const struct transition_table *t, int from, enum act act, int *to);

/* A kind of row, read page by page. fetch, in a thread of its own that alone has the connection
 * meanwhile, reads the page after *at and moves it on; look compares it, with what it wants to
 * keep from page to page in seen. */
struct replay_scan {
    int (*fetch)(struct replay *r, void *at, struct arena *a, void **rows, size_t *n,
                 struct err *e);
    void (*look)(struct replay *r, void *seen, const void *rows, size_t n);
    void *at, *seen;
};
/* 0 when all were looked at, else ERR_*. */
int replay_pages_of(struct replay *r, const struct replay_scan *s, struct err *e);

/* name(r, e): every row that scan finds, in the order of its key, is given to check and counted. */
#define REPLAY_SCAN(name, scan, type, key, check, counted)                                        \
    static int name##_fetch(struct replay *r, void *at, struct arena *a, void **rows, size_t *n,  \
                            struct err *e)                                                        \
    {                                                                                             \
        struct type *list;                                                                        \
        int64_t *after = at;                                                                      \
        int rc = scan(r->conn, *after, REPLAY_PAGE, a, &list, n, e);                              \
        *rows = list;                                                                             \
        if (rc == 0 && *n)                                                                        \
            *after = list[*n - 1].key;                                                            \
        return rc;                                                                                \
    }                                                                                             \
    static void name##_look(struct replay *r, void *seen, const void *rows, size_t n)             \
    {                                                                                             \
        const struct type *list = rows;                                                           \
        (void)seen;                                                                               \
        for (size_t i = 0; i < n; i++)                                                            \
            check(r, &list[i]);                                                                   \
        r->out->counted += (int64_t)n;                                                            \
    }                                                                                             \
    static int name(struct replay *r, struct err *e)                                              \
    {                                                                                             \
        int64_t after = 0;                                                                        \
        struct replay_scan s = { name##_fetch, name##_look, &after, NULL };                       \
        return replay_pages_of(r, &s, e);                                                         \
    }

/* ---- ledger_replay_archive.c: archive packages ---- */
void replay_archive(struct replay *r, const struct logged *x);
int replay_archive_rows(struct replay *r, struct err *e);

/* ---- ledger_replay_catalog.c: drafts and versions of the catalogue ---- */
void replay_catalog(struct replay *r, const struct logged *x);
int replay_catalog_rows(struct replay *r, struct err *e);

/* ---- ledger_replay_item.c: items, cases ---- */
void replay_submit(struct replay *r, const struct logged *x);
/* The state of the item an act is about; every act with an item comes through here first. */
void replay_on_item(struct replay *r, const struct logged *x);
void replay_supplement(struct replay *r, const struct logged *x);
struct known_item *replay_item(const struct replay *r, int64_t item);
struct known_case *replay_case(const struct replay *r, int64_t case_id);
enum case_state replay_case_state(const struct known_case *k);
/* An act on a case itself: CASE_TABLE must have it in the case's present state. */
void replay_on_case(struct replay *r, const struct logged *x);
int replay_item_rows(struct replay *r, struct err *e);
int replay_case_rows(struct replay *r, struct err *e);

/* ---- ledger_replay_supervise.c: supervision (P30) ---- */
void replay_supervision(struct replay *r, const struct logged *x);
int replay_supervision_rows(struct replay *r, struct err *e);
int replay_supervision_event_rows(struct replay *r, struct err *e);

/* ---- ledger_replay_permit.c: permits, their events ---- */
/* What a granting act fixed for ever, and what later acts may change. */
uint64_t replay_granted(const struct logged *x);
uint64_t replay_grant_facts(const struct logged *x);
void replay_grant(struct replay *r, const struct logged *x);
void replay_permit_act(struct replay *r, const struct logged *x);
int replay_permit_rows(struct replay *r, struct err *e);
int replay_permit_event_rows(struct replay *r, struct err *e);

/* ---- ledger_replay_licence.c: licences ---- */
void replay_issue(struct replay *r, const struct logged *x);
void replay_reissue(struct replay *r, const struct logged *x);
void replay_version(struct replay *r, const struct logged *x);
int replay_licence_rows(struct replay *r, struct err *e);

/* ---- ledger_replay_register.c: what the public register shows ---- */
int replay_register_rows(struct replay *r, struct err *e);

/* ---- ledger_replay_visit.c: visits, parts ---- */
void replay_visit(struct replay *r, const struct logged *x);
void replay_inspect(struct replay *r, const struct logged *x);
void replay_countersign(struct replay *r, const struct logged *x);
int replay_visit_rows(struct replay *r, struct err *e);
int replay_part_rows(struct replay *r, struct err *e);

/* ---- ledger_replay_promise.c: commitments ---- */
/* The promises that came with a submission or an answer. */
void replay_promises(struct replay *r, const struct logged *x);
void replay_confirm(struct replay *r, const struct logged *x);
void replay_break(struct replay *r, const struct logged *x);
int replay_promise_rows(struct replay *r, struct err *e);

/* ---- ledger_replay_paper.c: deliveries, extensions ---- */
void replay_deliver(struct replay *r, const struct logged *x);
void replay_extend(struct replay *r, const struct logged *x);
int replay_delivery_rows(struct replay *r, struct err *e);
int replay_extension_rows(struct replay *r, struct err *e);

#endif
