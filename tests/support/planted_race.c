/* Wrong on purpose: two threads of the pool add to the same numbers. Exits 0 but for ThreadSanitizer. */
#include <stdatomic.h>

#include "base/pool.h"

enum { NUMBERS = 64 };

struct sum {
    atomic_int arrived;
    long values[NUMBERS];
};

/* Waits until both threads are here, lest one of them does all the work. Relaxed: this orders nothing. */
static void add(void *context, size_t index, int worker)
{
    (void)index, (void)worker;
    struct sum *sum = context;
    atomic_fetch_add_explicit(&sum->arrived, 1, memory_order_relaxed);
    while (atomic_load_explicit(&sum->arrived, memory_order_relaxed) < 2) {}
    /* Many numbers: ThreadSanitizer can miss a pair of accesses that meet in the same instant. */
    for (int i = 0; i < NUMBERS; i++) sum->values[i]++;
}

int main(void)
{
    struct pool *pool;
    struct sum sum = {0};
    if (pool_create(2, &pool, NULL)) return 1;
    pool_run(pool, 2, add, &sum, NULL, NULL);
    pool_free(pool);
    return 0;
}
