#define _POSIX_C_SOURCE 200809L
#include "base/pool.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdint.h>

#include "base/alloc.h"
#include "base/cpu.h"
#include "base/failure.h"

/* A network is hundreds of short parallel steps, so workers look for the next one for a while (about 50 us)
 * before they sleep: waking a sleeping thread costs as much as a small layer. */
enum { SPINS_BEFORE_SLEEP = 4000 };

struct worker {
    struct pool *pool;
    pthread_t thread;
    int number;
};

struct pool {
    int threads;
    int started; /* threads that run and must be joined */
    struct worker *workers;
    pthread_mutex_t lock;
    pthread_cond_t wake; /* a step has begun, or the pool ends */
    pthread_cond_t rest; /* the last worker has left the step */

    atomic_uint step; /* counts steps; workers compare it with the last that they saw */
    atomic_int ending;
    atomic_int busy; /* workers that have not left the current step */

    /* the current step; written before `step` is raised, read after it was seen */
    size_t count;
    atomic_size_t next;
    pool_function *function;
    void *context;
    int (*cancelled)(const void *);
    const void *cancel_context;
    atomic_int stopped;
};

static void spin_pause(void)
{
#if defined(__x86_64__)
    __builtin_ia32_pause();
#elif defined(__aarch64__)
    __asm__ volatile("yield");
#endif
}

static void take_indices(struct pool *pool, int worker)
{
    for (;;) {
        if (pool->cancelled && pool->cancelled(pool->cancel_context)) {
            atomic_store_explicit(&pool->stopped, 1, memory_order_relaxed);
            return;
        }
        size_t index = atomic_fetch_add_explicit(&pool->next, 1, memory_order_relaxed);
        if (index >= pool->count) return;
        pool->function(pool->context, index, worker);
    }
}

static void *work(void *argument)
{
    struct worker *self = argument;
    struct pool *pool = self->pool;
    unsigned seen = 0;
    cpu_float_enter(); /* the thread is ours: nothing to restore */
    for (;;) {
        for (int spin = 0; spin < SPINS_BEFORE_SLEEP && atomic_load(&pool->step) == seen; spin++)
            spin_pause();
        if (atomic_load(&pool->step) == seen) {
            pthread_mutex_lock(&pool->lock);
            while (atomic_load(&pool->step) == seen) pthread_cond_wait(&pool->wake, &pool->lock);
            pthread_mutex_unlock(&pool->lock);
        }
        seen = atomic_load(&pool->step);
        if (atomic_load(&pool->ending)) return NULL;
        take_indices(pool, self->number);
        if (atomic_fetch_sub(&pool->busy, 1) == 1) {
            pthread_mutex_lock(&pool->lock);
            pthread_cond_signal(&pool->rest);
            pthread_mutex_unlock(&pool->lock);
        }
    }
}

/* Under the lock, so that no worker falls asleep between its look at `step` and its wait. */
static void begin_step(struct pool *pool)
{
    pthread_mutex_lock(&pool->lock);
    atomic_fetch_add(&pool->step, 1);
    pthread_cond_broadcast(&pool->wake);
    pthread_mutex_unlock(&pool->lock);
}

fringe_status pool_create(int threads, struct pool **result, fringe_error *error)
{
    *result = NULL;
    struct pool *pool = alloc_array(1, sizeof *pool);
    if (!pool) return failure_memory(error, "thread pool", sizeof *pool);
    pool->threads = threads;
    pthread_mutex_init(&pool->lock, NULL);
    pthread_cond_init(&pool->wake, NULL);
    pthread_cond_init(&pool->rest, NULL);
    pool->workers = alloc_array((size_t)threads, sizeof *pool->workers);
    if (!pool->workers) {
        pool_free(pool);
        return failure_memory(error, "thread pool", (unsigned long long)threads * sizeof *pool->workers);
    }
    for (int i = 1; i < threads; i++) {
        struct worker *worker = &pool->workers[i];
        *worker = (struct worker){.pool = pool, .number = i};
        if (pthread_create(&worker->thread, NULL, work, worker) != 0) {
            pool_free(pool);
            return failure_set(error, FRINGE_MEMORY, "thread %d of %d could not be started", i + 1, threads);
        }
        pool->started = i;
    }
    *result = pool;
    return FRINGE_OK;
}

void pool_free(struct pool *pool)
{
    if (!pool) return;
    atomic_store(&pool->ending, 1);
    begin_step(pool);
    for (int i = 1; i <= pool->started; i++) pthread_join(pool->workers[i].thread, NULL);
    pthread_cond_destroy(&pool->rest);
    pthread_cond_destroy(&pool->wake);
    pthread_mutex_destroy(&pool->lock);
    alloc_free(pool->workers);
    alloc_free(pool);
}

int pool_threads(const struct pool *pool)
{
    return pool->threads;
}

int pool_run(struct pool *pool, size_t count, pool_function *function, void *context,
             int (*cancelled)(const void *), const void *cancel_context)
{
    uint64_t float_state = cpu_float_enter();
    pool->count = count;
    pool->function = function;
    pool->context = context;
    pool->cancelled = cancelled;
    pool->cancel_context = cancel_context;
    atomic_store(&pool->next, 0);
    atomic_store(&pool->stopped, 0);
    int shared = pool->started > 0 && count > 1;
    if (shared) {
        atomic_store(&pool->busy, pool->started);
        begin_step(pool);
    }
    take_indices(pool, 0);
    if (shared) {
        for (int spin = 0; spin < SPINS_BEFORE_SLEEP && atomic_load(&pool->busy) > 0; spin++) spin_pause();
        pthread_mutex_lock(&pool->lock);
        while (atomic_load(&pool->busy) > 0) pthread_cond_wait(&pool->rest, &pool->lock);
        pthread_mutex_unlock(&pool->lock);
    }
    cpu_float_restore(float_state);
    return !atomic_load(&pool->stopped);
}
