/* trainer.h - a network while it is being trained.
 *
 * Same architecture, seed and batches: same bytes, for any number of threads, on one build and CPU path; also
 * when a training was interrupted and goes on from its checkpoint. One trainer serves one thread.
 */
#ifndef TRAIN_TRAINER_H
#define TRAIN_TRAINER_H

#include "train/architecture.h"
#include "train/loss.h"
#include "train/optimiser.h"
#include "train/train_batch.h"

struct trainer;

struct trainer_settings {
    struct architecture architecture;
    struct loss_settings loss;
    struct optimiser_settings optimiser;
    int64_t total_steps;    /* what the schedule spans */
    uint64_t seed;          /* of the first weights */
    const char *from_model; /* an .onnx file to start from; NULL: random weights */
    int32_t frozen_levels;  /* encoder levels, from the top, whose weights stay as they are */
    double class_odds[ARCHITECTURE_MOST_CLASSES]; /* what the exported network's odds of a class are
                                                     multiplied by; 0: 1 */
};

/* On success the caller owns *trainer. FRINGE_UNSUPPORTED where class_odds are asked for and the last layer
 * has no biases that could hold them. */
fringe_status trainer_create(const struct trainer_settings *settings, struct trainer **trainer,
                             fringe_error *error);
void trainer_free(struct trainer *trainer);

/* Sides of images must be multiples of this. */
int32_t trainer_stride_px(const struct trainer *trainer);
int64_t trainer_parameter_count(const struct trainer *trainer);
int64_t trainer_steps_done(const struct trainer *trainer);

/* One step: forward, loss, backward, new weights. *loss is that before the step; FRINGE_ARGUMENT where sizes
 * do not fit, FRINGE_MODEL where the loss is not finite any more, FRINGE_CANCELLED. */
fringe_status trainer_step(struct trainer *trainer, const struct train_batch *batch, const fringe_run *run,
                           double *loss, fringe_error *error);

/* Class probabilities (N, classes, H, W) of a batch as the exported network gives them before class_odds:
 * with running statistics and the average of the weights. *loss (may be NULL) against the batch's labels. */
fringe_status trainer_predict(struct trainer *trainer, const struct train_batch *batch, const fringe_run *run,
                              float *probabilities, double *loss, fringe_error *error);

/* Writes the network as ONNX (opset 13, free batch, height and width), as trainer_predict runs it but for
 * class_odds. */
fringe_status trainer_export(const struct trainer *trainer, const char *path, fringe_error *error);

/* Everything that the next step depends on, in one file that replaces an older one in one step. `extra` are
 * bytes of the caller's own (best score so far, loss curve), handed back by trainer_restore in a block for
 * alloc_free. FRINGE_FORMAT for a file that is damaged, FRINGE_MISMATCH for one of another network. */
fringe_status trainer_checkpoint(const struct trainer *trainer, const char *path, const void *extra,
                                 size_t extra_bytes, fringe_error *error);
fringe_status trainer_restore(struct trainer *trainer, const char *path, unsigned char **extra,
                              size_t *extra_bytes, fringe_error *error);

#endif
