/* run_state.h - what the rooms see of a fringe_run: its pool, its cancel flag, its listeners. */
#ifndef BASE_RUN_STATE_H
#define BASE_RUN_STATE_H

#include "base/pool.h"
#include "fringe/run.h"

/* The run to use for a call: `run` itself, or for NULL a fresh one that run_state_leave ends. */
fringe_status run_state_enter(const fringe_run *run, const fringe_run **used, fringe_error *error);
void run_state_leave(const fringe_run *run, const fringe_run *used);

/* The pool of a run that is not NULL. */
struct pool *run_state_pool(const fringe_run *run);

/* pool_run on the run's pool, which ends early when the run is cancelled; FRINGE_CANCELLED then. */
fringe_status run_state_parallel(const fringe_run *run, size_t count, pool_function *function, void *context,
                                 fringe_error *error);

/* FRINGE_CANCELLED with its message when the run was cancelled, else FRINGE_OK. NULL is accepted. */
fringe_status run_state_check(const fringe_run *run, fringe_error *error);

/* The share of the whole call, 0 to 1, that the work now beginning stands for: a batch gives each input its
 * span and the code below reports done and total of that input alone. Kept until set again; a run starts with
 * 0, 1. */
void run_state_span(const fringe_run *run, double begin, double end);

/* The share of the current span that the work now beginning stands for: piece `index` of `count` equal ones.
 * A new span, and index 0 of 1, mean all of it. NULL is accepted. */
void run_state_part(const fringe_run *run, int64_t index, int64_t count);

/* Tells the listeners, on the calling thread. NULL is accepted. `done` of `total` of the current part of
 * the current span; a step back is not passed on, but 0 of the first span begins a new call. */
void run_state_progress(const fringe_run *run, int64_t done, int64_t total);
__attribute__((format(printf, 3, 4))) void run_state_notice(const fringe_run *run, fringe_notice notice,
                                                            const char *format, ...);

/* Who hears the notices in place of the run's own listener: a batch names the input in each and keeps them
 * for its provenance. It passes them on with run_state_pass_notice. NULL for nobody; ended by whoever set it.
 */
void run_state_tap(const fringe_run *run, fringe_notice_callback *tap, void *user);

/* Tells the run's own listener, past the tap. */
void run_state_pass_notice(const fringe_run *run, fringe_notice notice, const char *text);

#endif
