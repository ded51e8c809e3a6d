/* ledger_pages: see ledger_pages.h. */
#include "service/ledger_pages.h"

#include "sys/clock.h"

void pages_give(struct pages *l, struct page p)
{
    int64_t begin = clock_monotonic_us();
    pthread_mutex_lock(&l->lock);
    while (l->given - l->taken == PAGES_AHEAD)
        pthread_cond_wait(&l->changed, &l->lock);
    l->waited_us += clock_monotonic_us() - begin;
    l->line[l->given++ % PAGES_AHEAD] = p;
    pthread_cond_signal(&l->changed);
    pthread_mutex_unlock(&l->lock);
}

void pages_end(struct pages *l)
{
    pthread_mutex_lock(&l->lock);
    l->ended = true;
    pthread_cond_signal(&l->changed);
    pthread_mutex_unlock(&l->lock);
}

bool pages_next(struct pages *l, struct page *out)
{
    pthread_mutex_lock(&l->lock);
    while (l->given == l->taken && !l->ended)
        pthread_cond_wait(&l->changed, &l->lock);
    bool more = l->given != l->taken;
    if (more)
        *out = l->line[l->taken % PAGES_AHEAD];
    pthread_mutex_unlock(&l->lock);
    return more;
}

void pages_done(struct pages *l, struct page p)
{
    arena_free(p.arena);
    pthread_mutex_lock(&l->lock);
    l->taken++;
    pthread_cond_signal(&l->changed);
    pthread_mutex_unlock(&l->lock);
}
