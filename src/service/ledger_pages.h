/* ledger_pages: pages of rows on their way from the thread that reads the database to the one that
 * looks at them, so that both are busy. A bounded queue: the reader waits when it is too far ahead.
 *
 * One giver, one taker. A page belongs to the taker from pages_next to pages_done, which frees it.
 */
#ifndef YZ_SERVICE_LEDGER_PAGES_H
#define YZ_SERVICE_LEDGER_PAGES_H

#include <pthread.h>

#include "base/arena.h"

enum { PAGES_AHEAD = 16 };

/* rows live in the arena. */
struct page { struct arena *arena; void *rows; size_t n; };

struct pages {
    pthread_mutex_t lock;
    pthread_cond_t changed;
    struct page line[PAGES_AHEAD];
    size_t given, taken;
    bool ended;
    int64_t waited_us; /* the giver, for room */
};
#define PAGES_INIT { .lock = PTHREAD_MUTEX_INITIALIZER, .changed = PTHREAD_COND_INITIALIZER }

/* Hand one over; waits for room. Takes the arena. */
void pages_give(struct pages *l, struct page p);
/* Nothing more comes. */
void pages_end(struct pages *l);
/* The next one; false after the last. It keeps its place in the queue until pages_done. */
bool pages_next(struct pages *l, struct page *out);
void pages_done(struct pages *l, struct page p);

#endif
