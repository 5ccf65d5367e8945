/* One network run by several threads at once, each with a workspace and a run of its own: no data race (the
 * build with ThreadSanitizer looks) and the same bytes for all. Plain program: Criterion aborts under
 * ThreadSanitizer. */
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "nn/network.h"
#include "support/nets.h"

enum { CALLERS = 3, HEIGHT = 72, WIDTH = 68 }; /* a width that is no whole number of vectors */

struct caller {
    const struct network *network;
    const struct tensor *image;
    struct tensor output;
    int failed;
};

static void *call(void *argument)
{
    struct caller *caller = argument;
    struct network_workspace *workspace = NULL;
    fringe_run *run = NULL;
    fringe_error error;
    caller->failed =
        fringe_run_create(2, &run, &error) ||
        network_workspace_create(caller->network, 2, &workspace, &error) ||
        network_run_dense(caller->network, workspace, &caller->image, &caller->output, run, &error);
    if (caller->failed) fprintf(stderr, "%s\n", error.message);
    network_workspace_free(workspace);
    fringe_run_free(run);
    return NULL;
}

int main(void)
{
    static const int64_t filters[] = {4, 8};
    struct net *net = net_unet(filters, 2, 36, 0, 2);
    struct network *network;
    fringe_error error;
    if (network_create_for_image(net_end(net, 0, ""), 1, HEIGHT, WIDTH, 8, NULL, &network, &error)) {
        fprintf(stderr, "%s\n", error.message);
        return 1;
    }
    static float pixels[HEIGHT * WIDTH];
    for (int i = 0; i < HEIGHT * WIDTH; i++) pixels[i] = (float)(i * 7919 % 1000) / 500.0f - 1.0f;
    const struct tensor image = {
        .type = TENSOR_FLOAT32, .rank = 4, .dims = {1, 1, HEIGHT, WIDTH}, .data = pixels};
    struct caller callers[CALLERS];
    pthread_t threads[CALLERS];
    int failed = 0;
    for (int i = 0; i < CALLERS; i++) {
        callers[i] = (struct caller){.network = network, .image = &image};
        if (pthread_create(&threads[i], NULL, call, &callers[i])) return 1;
    }
    for (int i = 0; i < CALLERS; i++) {
        pthread_join(threads[i], NULL);
        failed |= callers[i].failed;
    }
    for (int i = 1; i < CALLERS && !failed; i++)
        if (memcmp(callers[i].output.data, callers[0].output.data, tensor_bytes(&callers[0].output)) != 0) {
            fprintf(stderr, "caller %d got other bytes than caller 0\n", i);
            failed = 1;
        }
    for (int i = 0; i < CALLERS; i++) tensor_clear(&callers[i].output);
    network_free(network);
    net_free(net);
    return failed;
}
