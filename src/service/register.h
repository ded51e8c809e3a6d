/* register: what anybody may know of comprehensive licences, and finding it (R7.7, P29).
 *
 * One row for each licence, of its current version, written in the transaction of that version. It holds
 * what docs/register.md allows and nothing else; everything in it follows from the licence and its
 * permits (register_compose), so that the log check can say whether it is right.
 */
#ifndef YZ_SERVICE_REGISTER_H
#define YZ_SERVICE_REGISTER_H

#include "service/app.h"
#include "store/register_store.h"

/* ---- keeping it (register.c) ---- */
/* The row of a licence's current version, and what it is found by. out->id is left as it is. permits: all
 * on the licence. */
void register_compose(const struct licence_row *current, int32_t first_issued_on,
                      const struct permit_row *permits, size_t n, struct arena *a,
                      struct register_row *out, struct sv *grams);
/* Compose from what stands in the database; 1 / 0 (no current version) / error. */
int register_now(struct db_conn *c, struct sv number, struct arena *a, struct register_row *out,
                 struct sv *grams, struct err *e);
/* In a write transaction: the row as it must be now. */
int register_keep(struct db_conn *c, struct sv number, struct err *e);
/* Do two rows say the same, whatever their ids? */
bool register_same(const struct register_row *a, const struct register_row *b);
/* Rows of licences from before there was a register, or from before its rows were made as today; once. In
 * small transactions. progress may be NULL. */
int register_migrate(struct app *app, void (*progress)(const char *what, int64_t done, int64_t total),
                     struct err *e);
/* The job: puts pieces of the index together when there were acts since the last time; a search looks into each piece. */
int register_care_run(struct app *app, int64_t now, struct err *e);
/* All rows anew; *n how many. */
int register_rebuild(struct app *app, void (*progress)(const char *what, int64_t done, int64_t total),
                     int64_t *n, struct err *e);

/* ---- finding (register_search.c) ---- */
enum { REGISTER_QUERY_MAX = 60 /* characters */, REGISTER_SECONDS = 20 /* an answer may be kept */ };
enum register_how { REGISTER_EXACT, REGISTER_NAME, REGISTER_ANYWHERE, REGISTER_SIMILAR };
/* "exact", "name", "anywhere", "similar". */
const char *register_how_key(enum register_how h);

struct register_ask {
    struct sv q, industry, region, state; /* "" any; a region stands for its districts too */
    enum register_how how; /* where the page begins: from the last one's next */
    int64_t before;        /* INT64_MAX: the first page */
    int64_t limit;         /* 1..100 */
};
struct register_found { struct register_row row; enum register_how how; };
struct register_page {
    struct register_found *items; size_t n;
    bool more;              /* and the next page begins with: */
    enum register_how how;
    int64_t before;
    bool narrow;            /* more than is shown were found by number: type more of it */
};
/* Exact numbers first, then names that have all pairs of q, then entries that have them anywhere; when there is
 * none, the most similar ones. ERR_INVALID when q is too short or too long. */
int register_search(struct app *app, const struct register_ask *ask, struct arena *a,
                    struct register_page *out, struct err *e);
/* 1 / 0. */
int register_open(struct app *app, struct sv number, struct arena *a, struct register_row *out,
                  struct err *e);

struct register_pairs *register_pairs_new(void);
void register_pairs_free(struct register_pairs *p);

#endif
