/* The pool, a run's cancel flag and the process-wide choices under several threads at once, for
 * ThreadSanitizer. A plain program, since Criterion cannot start under it: exit status 0 is success. */
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/cpu.h"
#include "base/number.h"
#include "base/run_state.h"

enum { COUNT = 4000, STEPS = 200, USERS = 4 };

static void require(int holds, const char *what)
{
    if (holds) return;
    fprintf(stderr, "concurrent_pool: %s\n", what);
    exit(1);
}

static void square(void *context, size_t index, int worker)
{
    (void)worker;
    size_t *values = context;
    values[index] = values[index] * values[index]; /* not atomic: each index is one thread's alone */
}

/* Steps that build on one another: what a step wrote is seen by the next, whoever runs it. */
static void *use_run(void *unused)
{
    (void)unused;
    fringe_run *run;
    require(fringe_run_create(3, &run, NULL) == FRINGE_OK, "no run");
    size_t values[64];
    for (int step = 0; step < STEPS; step++) {
        for (size_t i = 0; i < 64; i++) values[i] = i;
        require(run_state_parallel(run, 64, square, values, NULL) == FRINGE_OK, "a step was cancelled");
        for (size_t i = 0; i < 64; i++) require(values[i] == i * i, "a step's value is missing");
        char text[NUMBER_TEXT_BYTES];
        require(!strcmp(number_text(0.5, 3, text), "0.5"), "a number's text is wrong");
        require(cpu_path() <= cpu_path_best(), "the path is above the best");
    }
    fringe_run_free(run);
    return NULL;
}

static void *cancel_soon(void *run)
{
    for (volatile int i = 0; i < 100000; i++) {}
    fringe_run_cancel(run);
    return NULL;
}

static void nothing(void *context, size_t index, int worker)
{
    (void)context, (void)index, (void)worker;
}

int main(void)
{
    pthread_t users[USERS], canceller;
    for (int i = 0; i < USERS; i++) require(pthread_create(&users[i], NULL, use_run, NULL) == 0, "no thread");
    for (int i = 0; i < USERS; i++) pthread_join(users[i], NULL);

    fringe_run *run;
    require(fringe_run_create(2, &run, NULL) == FRINGE_OK, "no run");
    require(pthread_create(&canceller, NULL, cancel_soon, run) == 0, "no thread");
    fringe_status status = FRINGE_OK;
    while (!status) status = run_state_parallel(run, COUNT, nothing, NULL, NULL);
    require(status == FRINGE_CANCELLED, "cancel was not heard");
    pthread_join(canceller, NULL);
    fringe_run_free(run);
    return 0;
}
