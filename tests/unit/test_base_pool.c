/* The pool: every index once, cancel stops, the floating-point state is the same on every thread. */
#include <criterion/criterion.h>
#include <stdatomic.h>

#include "base/alloc.h"
#include "base/pool.h"

enum { COUNT = 1000 };

struct tally {
    atomic_int seen[COUNT];
    atomic_int started, wrong_worker, threads;
    int cancel_after; /* started indices; -1: never */
};

static void mark(void *context, size_t index, int worker)
{
    struct tally *tally = context;
    atomic_fetch_add(&tally->seen[index], 1);
    atomic_fetch_add(&tally->started, 1);
    if (worker < 0 || worker >= tally->threads) atomic_fetch_add(&tally->wrong_worker, 1);
}

static int enough(const void *context)
{
    const struct tally *tally = context;
    return tally->cancel_after >= 0 && atomic_load(&tally->started) >= tally->cancel_after;
}

static struct pool *pool_of(int threads)
{
    struct pool *pool;
    fringe_error error;
    cr_assert_eq(pool_create(threads, &pool, &error), FRINGE_OK, "%s", error.message);
    cr_assert_eq(pool_threads(pool), threads);
    return pool;
}

Test(pool, every_index_runs_once)
{
    const int threads[] = {1, 2, 7};
    const size_t counts[] = {0, 1, 2, 3, COUNT};
    for (int t = 0; t < 3; t++) {
        struct pool *pool = pool_of(threads[t]);
        for (int c = 0; c < 5; c++) {
            for (int repeat = 0; repeat < 20; repeat++) {
                struct tally tally = {.threads = threads[t], .cancel_after = -1};
                cr_assert(pool_run(pool, counts[c], mark, &tally, NULL, NULL));
                for (size_t i = 0; i < COUNT; i++)
                    cr_assert_eq(tally.seen[i], i < counts[c], "%d threads, index %zu of %zu", threads[t], i,
                                 counts[c]);
                cr_assert_eq(tally.wrong_worker, 0);
            }
        }
        pool_free(pool);
    }
}

Test(pool, cancel_starts_no_further_index)
{
    const int threads[] = {1, 2, 7};
    for (int t = 0; t < 3; t++) {
        struct pool *pool = pool_of(threads[t]);
        struct tally tally = {.threads = threads[t], .cancel_after = 10};
        cr_assert_not(pool_run(pool, COUNT, mark, &tally, enough, &tally));
        /* Each thread may have passed its look at the flag when the tenth index began. */
        cr_assert_leq(tally.started, 10 + threads[t] - 1);
        cr_assert_geq(tally.started, 10);
        struct tally after = {.threads = threads[t], .cancel_after = 0};
        cr_assert_not(pool_run(pool, COUNT, mark, &after, enough, &after));
        cr_assert_eq(after.started, 0, "an index began after cancel");
        struct tally next = {.threads = threads[t], .cancel_after = -1};
        cr_assert(pool_run(pool, COUNT, mark, &next, enough, &next), "cancel stuck to the pool");
        pool_free(pool);
    }
}

#if defined(__x86_64__)
#include <immintrin.h>
enum { FLUSH_TO_ZERO = 0x8000, DENORMALS_ARE_ZERO = 0x40 };

static void note_float_state(void *context, size_t index, int worker)
{
    (void)worker;
    ((unsigned *)context)[index] = _mm_getcsr() & (FLUSH_TO_ZERO | DENORMALS_ARE_ZERO);
}

Test(pool, float_state_is_plain_inside_and_restored_outside)
{
    struct pool *pool = pool_of(2);
    unsigned states[64];
    unsigned host = _mm_getcsr() | FLUSH_TO_ZERO | DENORMALS_ARE_ZERO;
    _mm_setcsr(host);
    pool_run(pool, 64, note_float_state, states, NULL, NULL);
    unsigned after = _mm_getcsr();
    _mm_setcsr(0x1f80);
    cr_assert_eq(after, host, "the host's state %x became %x", host, after);
    for (int i = 0; i < 64; i++) cr_assert_eq(states[i], 0, "index %d ran with state %x", i, states[i]);
    pool_free(pool);
}
#endif

Test(pool, memory_shortage_at_every_point)
{
    struct pool *pool = NULL;
    for (long allowed = 0; !pool; allowed++) {
        cr_assert_lt(allowed, 20, "never succeeds");
        alloc_fail_after(allowed);
        fringe_status status = pool_create(3, &pool, NULL);
        alloc_fail_after(-1);
        cr_expect_eq(status, pool ? FRINGE_OK : FRINGE_MEMORY);
    }
    pool_free(pool);
    pool_free(NULL);
}
