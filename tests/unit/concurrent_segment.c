/* One model applied by several threads at once, each with a run and a micrograph of its own: no data race
 * (the build with ThreadSanitizer looks) and the same bytes for all. Plain program: Criterion aborts under
 * ThreadSanitizer. */
#include <pthread.h>
#include <stdio.h>
#include <string.h>

#include "fringe/segment.h"
#include "support/built_model.h"
#include "support/nets.h"

enum { CALLERS = 3, HEIGHT = 70, WIDTH = 91 };

struct caller {
    const fringe_model *model;
    const float *pixels;
    fringe_segmentation result;
    int failed;
};

static void *call(void *argument)
{
    struct caller *caller = argument;
    fringe_run *run = NULL;
    fringe_micrograph *micrograph = NULL;
    fringe_error error = {.message = ""};
    fringe_segment_options options;
    fringe_segment_options_init(&options);
    options.normalize = FRINGE_NORMALIZE_PERCENTILE;
    caller->failed = fringe_run_create(2, &run, &error) ||
                     fringe_micrograph_from_pixels(caller->pixels, FRINGE_PIXEL_FLOAT32, 1, HEIGHT, WIDTH,
                                                   0.03, &micrograph, &error) ||
                     fringe_segment(caller->model, micrograph, 0, &options, run, &caller->result, &error);
    if (caller->failed) fprintf(stderr, "%s\n", error.message);
    fringe_micrograph_free(micrograph);
    fringe_run_free(run);
    return NULL;
}

int main(void)
{
    static const int64_t filters[] = {4, 8};
    static float pixels[HEIGHT * WIDTH];
    struct net *net = net_unet(filters, 2, 12, 0, 2);
    struct built_model built;
    struct caller callers[CALLERS];
    pthread_t threads[CALLERS];
    int failed = 0;
    built_model_init(&built, net_end(net, 0, ""), 1, OUTPUT_MASK);
    built.model.info.pixel_size_nm = 0.02;
    for (int i = 0; i < HEIGHT * WIDTH; i++) pixels[i] = (float)(i * 7919 % 1000);
    for (int i = 0; i < CALLERS; i++) {
        callers[i] = (struct caller){.model = &built.model, .pixels = pixels};
        if (pthread_create(&threads[i], NULL, call, &callers[i])) return 1;
    }
    for (int i = 0; i < CALLERS; i++) {
        pthread_join(threads[i], NULL);
        failed |= callers[i].failed;
    }
    size_t bytes = 2 * HEIGHT * WIDTH * sizeof(float);
    for (int i = 1; i < CALLERS && !failed; i++)
        failed = memcmp(callers[0].result.probability, callers[i].result.probability, bytes) != 0;
    for (int i = 0; i < CALLERS; i++) fringe_segmentation_free(&callers[i].result);
    net_free(net);
    if (failed) fprintf(stderr, "the callers do not agree\n");
    return failed;
}
