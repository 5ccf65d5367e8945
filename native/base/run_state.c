#include "base/run_state.h"

#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>

#include "base/alloc.h"
#include "base/cpu.h"
#include "base/failure.h"

enum { MOST_THREADS = 1024, NOTICE_BYTES = 1024, PROGRESS_UNITS = 1000000 };

/* Bookkeeping of one call; apart from the run because callers hold that as const. */
struct call_state {
    double span_begin, span_end;
    int64_t part_index, part_count; /* of the span */
    int64_t told;                   /* progress last passed on */
    fringe_notice_callback *tap;
    void *tap_user;
};

struct fringe_run {
    struct pool *pool;
    struct call_state *call;
    fringe_progress_callback *progress;
    void *progress_user;
    fringe_notice_callback *notice;
    void *notice_user;
    atomic_int cancelled; /* lock-free, hence fit for signal handlers */
};

fringe_status fringe_run_create(int threads, fringe_run **result, fringe_error *error)
{
    *result = NULL;
    if (threads < 0 || threads > MOST_THREADS)
        return failure_set(error, FRINGE_ARGUMENT, "threads: %d is not in 0 to %d", threads, MOST_THREADS);
    fringe_run *run = alloc_array(1, sizeof *run);
    if (!run) return failure_memory(error, "run", sizeof *run);
    run->call = alloc_array(1, sizeof *run->call);
    fringe_status status = run->call ? pool_create(threads ? threads : cpu_count(), &run->pool, error)
                                     : failure_memory(error, "run", sizeof *run->call);
    if (status) {
        fringe_run_free(run);
        return status;
    }
    run_state_span(run, 0, 1);
    *result = run;
    return FRINGE_OK;
}

void fringe_run_free(fringe_run *run)
{
    if (!run) return;
    pool_free(run->pool);
    alloc_free(run->call);
    alloc_free(run);
}

void fringe_run_set_progress(fringe_run *run, fringe_progress_callback *callback, void *user)
{
    run->progress = callback;
    run->progress_user = user;
}

void fringe_run_set_notice(fringe_run *run, fringe_notice_callback *callback, void *user)
{
    run->notice = callback;
    run->notice_user = user;
}

void fringe_run_cancel(fringe_run *run)
{
    atomic_store(&run->cancelled, 1);
}

int fringe_run_cancelled(const fringe_run *run)
{
    return run ? atomic_load(&run->cancelled) : 0;
}

int fringe_run_threads(const fringe_run *run)
{
    return run ? pool_threads(run->pool) : cpu_count();
}

const char *fringe_notice_name(fringe_notice notice)
{
    switch (notice) {
#define NAME(symbol, name)                                                                                   \
    case symbol:                                                                                             \
        return name;
        FRINGE_NOTICE_LIST(NAME)
#undef NAME
    }
    return "unknown";
}

fringe_status run_state_enter(const fringe_run *run, const fringe_run **used, fringe_error *error)
{
    *used = run;
    if (run) return run_state_check(run, error);
    fringe_run *fresh;
    fringe_status status = fringe_run_create(0, &fresh, error);
    *used = fresh;
    return status;
}

void run_state_leave(const fringe_run *run, const fringe_run *used)
{
    if (!run) fringe_run_free((fringe_run *)used); /* made by run_state_enter, so ours to end */
}

struct pool *run_state_pool(const fringe_run *run)
{
    return run->pool;
}

static int is_cancelled(const void *run)
{
    return fringe_run_cancelled(run);
}

fringe_status run_state_parallel(const fringe_run *run, size_t count, pool_function *function, void *context,
                                 fringe_error *error)
{
    if (pool_run(run->pool, count, function, context, is_cancelled, run)) return FRINGE_OK;
    return run_state_check(run, error);
}

fringe_status run_state_check(const fringe_run *run, fringe_error *error)
{
    if (!fringe_run_cancelled(run)) return FRINGE_OK;
    return failure_set(error, FRINGE_CANCELLED, "cancelled");
}

void run_state_span(const fringe_run *run, double begin, double end)
{
    if (!run) return;
    run->call->span_begin = begin;
    run->call->span_end = end;
    run_state_part(run, 0, 1);
}

void run_state_part(const fringe_run *run, int64_t index, int64_t count)
{
    if (!run) return;
    run->call->part_index = index;
    run->call->part_count = count;
}

void run_state_progress(const fringe_run *run, int64_t done, int64_t total)
{
    if (!run || !run->progress || total <= 0) return;
    struct call_state *call = run->call;
    double part = ((double)call->part_index + (double)done / (double)total) / (double)call->part_count;
    double share = call->span_begin + (call->span_end - call->span_begin) * part;
    int64_t units = (int64_t)(share * PROGRESS_UNITS + 0.5);
    if (share == 0) call->told = 0; /* a new call starts afresh */
    if (units <= call->told) return;
    call->told = units;
    run->progress(run->progress_user, units, PROGRESS_UNITS);
}

void run_state_tap(const fringe_run *run, fringe_notice_callback *tap, void *user)
{
    run->call->tap = tap;
    run->call->tap_user = user;
}

void run_state_pass_notice(const fringe_run *run, fringe_notice notice, const char *text)
{
    if (run->notice) run->notice(run->notice_user, notice, text);
}

void run_state_notice(const fringe_run *run, fringe_notice notice, const char *format, ...)
{
    if (!run || (!run->notice && !run->call->tap)) return;
    char text[NOTICE_BYTES];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    if (run->call->tap)
        run->call->tap(run->call->tap_user, notice, text);
    else
        run_state_pass_notice(run, notice, text);
}
