/* register_store: the public register (docs/register.md). Nothing here that may not be read by anybody. */
#ifndef YZ_STORE_REGISTER_STORE_H
#define YZ_STORE_REGISTER_STORE_H

#include "store/licence_store.h"

struct register_row {
    int64_t id; /* dense, given once; 0: not given yet */
    struct sv number;
    int64_t version;
    struct sv state; /* of the current version: valid, void */
    struct sv holder, uscc, address, industry, industry_name, region, issuer;
    int32_t first_issued_on, issued_on, expires_on, ended_on; /* DATE_NONE */
    struct sv permits;  /* JSON list: name, number, department, from, until, state */
    struct sv short_id; /* of the page /v/… */
    int64_t ledger_seq; /* entry that made the version */
};
/* Insert (row->id 0: the next one is drawn and set) or replace. grams: what it is found by, separated by spaces. */
int register_put(struct db_conn *c, struct register_row *row, struct sv grams, struct err *e);
int register_find(struct db_conn *c, struct sv number, struct arena *a, struct register_row *out,
                  struct err *e);
/* The grams of an entry; 1 / 0. */
int register_grams(struct db_conn *c, int64_t id, struct arena *a, struct sv *out, struct err *e);

/* Newest first, id < before, at most limit, until visit says false (the row lives on a). asked: "a" AND ("b" OR "c"), in
 * the words of docs/register.md; "" = all. Returns how many were visited. */
int register_match(struct db_conn *c, struct sv asked, int64_t before, int64_t limit,
                   struct arena *a, bool (*visit)(void *ctx, const struct register_row *row),
                   void *ctx, struct err *e);
/* Numbers or codes that begin so, in order of number. */
int register_code(struct db_conn *c, struct sv begin, int64_t limit, struct arena *a,
                  struct register_row **out, size_t *n, struct err *e);
/* Entries with id > after, in order. */
int register_scan(struct db_conn *c, int64_t after, int64_t limit, struct arena *a,
                  struct register_row **out, size_t *n, struct err *e);
/* The greatest id; 0: none. */
int register_last(struct db_conn *c, int64_t *out, struct err *e);
/* Numbers of licences after `after` that have a current version, in order. */
int register_licences(struct db_conn *c, struct sv after, int64_t limit, struct arena *a,
                      struct sv **out, size_t *n, struct err *e);
/* Put the pieces of the index together: about so many pages of work; negative: all of it. */
int register_care(struct db_conn *c, int64_t pages, struct err *e);

#endif
