/* bench_network.c - reference networks for timing, and how long a cancel takes.
 *
 *     bench_network write FOLDER                   writes net-a.onnx, net-b.onnx and net-c.onnx (124 MB)
 *     bench_network cancel MODEL SIZE THREADS      prints the longest wait between a cancel and the return
 *
 * The nets are those of support/nets.h. tests/bench/run.sh times them.
 */
#include <math.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/clock.h"
#include "fringe/fringe.h"
#include "onnx/onnx_model.h"
#include "support/nets.h"

enum { CANCELS = 40 };

static void write_net(const char *folder, char which)
{
    char path[4096];
    fringe_error error;
    struct net *net = net_reference(which);
    snprintf(path, sizeof path, "%s/net-%c.onnx", folder, which);
    /* The net is finished already: net_end hands out what it made. */
    if (onnx_model_write(path, net_end(net, 0, "probability"), &error)) {
        fprintf(stderr, "bench_network: %s\n", error.message);
        exit(1);
    }
    puts(path);
    net_free(net);
}

struct cancel {
    fringe_run *run;
    double after_ms, set_at_ms;
    atomic_int begun; /* the network runs: it was compiled and has told of progress */
};

static void note_begin(void *user, int64_t done, int64_t total)
{
    (void)done, (void)total;
    atomic_store(&((struct cancel *)user)->begun, 1);
}

static void *cancel_later(void *user)
{
    struct cancel *cancel = user;
    while (!atomic_load(&cancel->begun)) nanosleep(&(struct timespec){0, 100000}, NULL);
    struct timespec wait = {(time_t)(cancel->after_ms / 1e3), (long)(fmod(cancel->after_ms, 1e3) * 1e6)};
    nanosleep(&wait, NULL);
    cancel->set_at_ms = clock_ms();
    fringe_run_cancel(cancel->run);
    return NULL;
}

/* Cancels at moments spread over a run. No block of rows starts after the flag is set, so the wait is what
 * was left of the blocks under way, and the longest wait comes close to the longest block. */
static void time_cancel(const char *path, int32_t size_px, int threads)
{
    fringe_error error;
    fringe_model *model = NULL;
    fringe_run *run = NULL;
    double run_ms = 0, longest_ms = 0;
    fringe_status status = fringe_model_load(path, NULL, &model, &error);
    if (!status) status = fringe_run_create(threads, &run, &error);
    if (!status) status = fringe_model_time(model, size_px, size_px, 1, run, &run_ms, &error);
    fringe_run_free(run);
    int cancelled = 0;
    for (int i = 0; i < CANCELS && !status; i++) {
        struct cancel cancel = {.after_ms = run_ms * 1.8 * (i + 0.5) / CANCELS}; /* warm-up and run */
        pthread_t thread;
        status = fringe_run_create(threads, &cancel.run, &error);
        if (status) break;
        fringe_run_set_progress(cancel.run, note_begin, &cancel);
        pthread_create(&thread, NULL, cancel_later, &cancel);
        double unused_ms;
        status = fringe_model_time(model, size_px, size_px, 1, cancel.run, &unused_ms, &error);
        double returned_at_ms = clock_ms();
        note_begin(&cancel, 0, 0); /* or the thread would wait for ever where nothing began */
        pthread_join(thread, NULL);
        if (status == FRINGE_CANCELLED) {
            cancelled++;
            longest_ms = fmax(longest_ms, returned_at_ms - cancel.set_at_ms);
            status = FRINGE_OK;
        }
        fringe_run_free(cancel.run);
    }
    fringe_model_free(model);
    if (status || cancelled == 0) {
        fprintf(stderr, "bench_network: %s\n", status ? error.message : "every run ended before its cancel");
        exit(1);
    }
    printf("longest wait after %d cancels %.1f ms\n", cancelled, longest_ms);
}

int main(int count, char **words)
{
    if (count == 3 && !strcmp(words[1], "write")) {
        for (char which = 'a'; which <= 'c'; which++) write_net(words[2], which);
    } else if (count == 5 && !strcmp(words[1], "cancel")) {
        time_cancel(words[2], atoi(words[3]), atoi(words[4]));
    } else {
        fprintf(stderr, "usage: bench_network write FOLDER | cancel MODEL SIZE THREADS\n");
        return 2;
    }
    return 0;
}
