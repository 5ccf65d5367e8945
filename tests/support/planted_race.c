/* Wrong on purpose: two threads of the pool add to one number. Exits 0 but for ThreadSanitizer. */
#include "base/pool.h"

static void add(void *context, size_t index, int worker)
{
    (void)index, (void)worker;
    ++*(volatile long *)context;
}

int main(void)
{
    struct pool *pool;
    long sum = 0;
    if (pool_create(2, &pool, NULL)) return 1;
    for (int step = 0; step < 100; step++) pool_run(pool, 1000, add, &sum, NULL, NULL);
    pool_free(pool);
    return 0;
}
