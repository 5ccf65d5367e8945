/* train_batch.h - what a network is trained on: some images with a class for each pixel.
 *
 * The one meeting place of data and network: the sampler fills batches, the trainer consumes them and knows
 * nothing of files, recipes or augmentation. Letters: N images, C channels, H rows, W columns.
 */
#ifndef TRAIN_TRAIN_BATCH_H
#define TRAIN_TRAIN_BATCH_H

#include <stddef.h>
#include <stdint.h>

#include "fringe/run.h"
#include "fringe/status.h"

enum { BATCH_IGNORED = -1 }; /* the label of a pixel that says nothing */

/* The arrays belong to whoever made the batch; a source writes into them. */
struct train_batch {
    int32_t count, channels, height_px, width_px; /* N, C, H, W */
    float *images;                                /* (N, C, H, W), prepared as the network takes them */
    int32_t *labels;                              /* (N, H, W), 0 to classes - 1 or BATCH_IGNORED */
};

/* Allocates both arrays for the sizes that are set. */
fringe_status train_batch_allocate(struct train_batch *batch, fringe_error *error);

/* Frees both arrays; an empty batch is accepted. */
void train_batch_clear(struct train_batch *batch);

/* Where batches come from. What batch `index` holds depends on the source's seed and on `index` alone, never
 * on what was asked before: hence a source has no state that a checkpoint would need, and batches may be made
 * ahead. */
struct train_source {
    void *context;
    /* Fills the arrays of *batch, whose sizes are set. Called from the trainer's thread; may use the run's
     * pool. */
    fringe_status (*fill)(void *context, int64_t index, const fringe_run *run, struct train_batch *batch,
                          fringe_error *error);
};

#endif
