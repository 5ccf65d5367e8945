/* A stack through a batch, with slices read ahead and written behind: no data race (the build with
 * ThreadSanitizer looks), the bytes of slices segmented one by one, and a clean end when it is cancelled in
 * the middle. Plain program: Criterion aborts under ThreadSanitizer. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/alloc.h"
#include "fringe/fringe.h"
#include "support/batch_case.h"

enum { SLICES = 17, HEIGHT = 50, WIDTH = 61, PIXELS = HEIGHT * WIDTH };

static const char *const paths[] = {"a.tif"};

static void require(int holds, const char *what)
{
    if (holds) return;
    fprintf(stderr, "concurrent_batch: %s\n", what);
    exit(1);
}

static fringe_batch_options options_for(const char *directory)
{
    fringe_batch_options options;
    fringe_batch_options_init(&options);
    options.segment.normalize = FRINGE_NORMALIZE_ZSCORE;
    options.probability = options.overlay = 1;
    options.output_directory = directory;
    return options;
}

static void compare(const fringe_model *model)
{
    fringe_micrograph *stack, *masks;
    float *mask = alloc_array(PIXELS, sizeof *mask);
    fringe_batch_options options = options_for("results");
    require(!fringe_micrograph_open("a.tif", NULL, &stack, NULL), "the stack cannot be read");
    require(!fringe_micrograph_open("results/a-mask.tif", NULL, &masks, NULL), "the masks cannot be read");
    for (int slice = 0; slice < SLICES; slice++) {
        fringe_segmentation one;
        require(!fringe_segment(model, stack, slice, &options.segment, NULL, &one, NULL), "a slice fails");
        require(!fringe_micrograph_read(masks, slice, 0, mask, NULL), "a mask is missing");
        for (int i = 0; i < PIXELS; i++) require((float)one.labels[i] == mask[i], "a slice has another mask");
        fringe_segmentation_free(&one);
    }
    fringe_micrograph_free(stack);
    fringe_micrograph_free(masks);
    alloc_free(mask);
}

static void cancel_in_the_middle(void *run, int64_t done, int64_t total)
{
    if (2 * done > total) fringe_run_cancel(run);
}

int main(void)
{
    char folder[] = "/tmp/concurrent-batch-XXXXXX", command[64];
    struct batch_case_model made;
    fringe_batch_summary summary;
    fringe_run *run;
    require(mkdtemp(folder) && !chdir(folder), "no folder");
    batch_case_write_stack("a.tif", SLICES, HEIGHT, WIDTH);
    const fringe_model *model = batch_case_make_model(&made, 2, "Softmax", OUTPUT_MASK);

    require(!fringe_run_create(2, &run, NULL), "no run");
    fringe_batch_options options = options_for("results");
    require(!fringe_batch_segment(model, paths, 1, &options, run, NULL, NULL, &summary, NULL) &&
                summary.done_count == 1,
            "the batch fails");
    compare(model);

    fringe_run_set_progress(run, cancel_in_the_middle, run);
    options = options_for("cancelled");
    require(fringe_batch_segment(model, paths, 1, &options, run, NULL, NULL, NULL, NULL) == FRINGE_CANCELLED,
            "it was not cancelled");
    require(access("cancelled/a-mask.tif", F_OK) != 0, "a part stands in place");
    fringe_run_free(run);
    net_free(made.net);
    snprintf(command, sizeof command, "rm -rf %s", folder);
    return system(command) != 0;
}
