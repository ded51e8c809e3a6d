/* pool: a fixed number of threads that run jobs from one bounded queue. */
#ifndef YZ_SYS_POOL_H
#define YZ_SYS_POOL_H

#include <stdbool.h>
#include <stddef.h>

struct pool;

struct pool *pool_new(size_t threads, size_t queue_cap);
/* False when the queue is full or the pool is stopping: the caller says "busy". */
bool pool_submit(struct pool *p, void (*run)(void *), void *arg);
/* Run what is queued, then end the threads; pool_submit still answers (false). */
void pool_stop(struct pool *p);
/* pool_stop if that was not done, then free: nobody may submit any more. */
void pool_free(struct pool *p);
size_t pool_queued(struct pool *p);

#endif
