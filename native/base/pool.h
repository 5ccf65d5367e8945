/* pool.h - the one pool of threads.
 *
 * pool_run calls a function for every index of a range, on the calling thread and the pool's workers, and
 * returns when all are done. Which thread takes which index is not fixed, so a function must give the same
 * bytes whoever runs it: each index writes what no other touches. Workers run with the default floating-point
 * state.
 */
#ifndef BASE_POOL_H
#define BASE_POOL_H

#include <stddef.h>

#include "fringe/status.h"

struct pool;

/* One unit of work. `worker` is 0 for the calling thread, else 1 to threads - 1: the index of scratch memory.
 */
typedef void pool_function(void *context, size_t index, int worker);

/* A pool of `threads` workers, the caller among them (1: no thread is started). NULL and FRINGE_MEMORY
 * otherwise. Threads are started here and wait without using the processor after a short spin. */
fringe_status pool_create(int threads, struct pool **pool, fringe_error *error);

/* Not while pool_run is under way. NULL is accepted. */
void pool_free(struct pool *pool);

int pool_threads(const struct pool *pool);

/* Runs function(context, 0 .. count - 1, worker). Where `cancelled` (may be NULL) answers non-zero no further
 * index is started; those under way end. Returns 1 when every index was run, 0 when cancelled. One call at a
 * time. */
int pool_run(struct pool *pool, size_t count, pool_function *function, void *context,
             int (*cancelled)(const void *), const void *cancel_context);

#endif
