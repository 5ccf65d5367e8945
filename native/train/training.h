/* training.h - the whole of a training: epochs, validation, the best weights, checkpoints.
 *
 * Leaves in its folder TRAINING_MODEL, the network with the best score so far, and TRAINING_CHECKPOINT, from
 * which a call with the same plan goes on.
 */
#ifndef TRAIN_TRAINING_H
#define TRAIN_TRAINING_H

#include "fringe/train.h"
#include "train/trainer.h"

#define TRAINING_MODEL      "weights.onnx"
#define TRAINING_CHECKPOINT "checkpoint.fringe"

/* Where images for validation come from: the same ones in every epoch. */
struct training_validation {
    void *context;
    int64_t count; /* 0: no validation; the last weights are the best */
    /* Sets the sizes of *batch (sides multiples of stride_px, what was added ignored by its labels),
     * allocates and fills it; the caller clears it. */
    fringe_status (*open)(void *context, int64_t index, int32_t stride_px, const fringe_run *run,
                          struct train_batch *batch, fringe_error *error);
};

struct training_plan {
    struct trainer_settings trainer; /* total_steps is epochs times steps_per_epoch */
    int32_t batch_count, side_px;    /* of the training batches: square images */
    int64_t epochs, steps_per_epoch; /* 1 and more */
    int64_t patience;                /* epochs without a better score after which it ends; 0: never */
    struct train_source source;
    struct training_validation validation;
    const char *directory; /* there already */
    const char *replaced;  /* a file that goes when the first step is done: what describes an older network
                              there; NULL for none */
    const char *identity;  /* a text that names recipe and data: a checkpoint with another is refused */
    fringe_train_listener *listener;
    void *listener_user;
};

/* One epoch of the curve. */
struct training_epoch {
    double loss;                   /* mean over its steps */
    double validation_loss, score; /* mean loss and mean IoU over all validation images, whatever
                                      class_odds; NaN without */
};

struct training_curve {
    struct training_epoch *epochs; /* owned */
    int64_t count, best;           /* epochs done; the one whose weights were kept */
    int32_t stride_px;             /* sides of the network's images are multiples of this */
};

/* Trains, from the beginning or from the checkpoint in the folder (where `resume`), to the end. On success
 * the caller clears *curve. FRINGE_CANCELLED leaves a checkpoint of the last step, any other failure that of
 * the last epoch or minute. */
fringe_status training_run(const struct training_plan *plan, int resume, struct training_curve *curve,
                           const fringe_run *run, fringe_error *error);
void training_curve_clear(struct training_curve *curve);

#endif
