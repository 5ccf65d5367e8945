/* train.h - networks trained on images with a class for every pixel.
 *
 * A recipe (YAML) says where the images are or how they are simulated, what is done to them, which network is
 * trained and how. The result is a folder: a bioimage.io package with the network as ONNX, test tensors, a
 * card, the recipe and the curve of the loss.
 *
 * The same recipe and data give the same bytes for any number of threads, on one build and CPU path, also
 * where the training was stopped or killed in between: a call for a folder with a checkpoint goes on from
 * there.
 */
#ifndef FRINGE_TRAIN_H
#define FRINGE_TRAIN_H

#include <stdint.h>

#include "fringe/status.h"

#ifdef __cplusplus
extern "C" {
#endif

/* How far a training is. Told about once a second, and behind every validation. */
typedef struct fringe_train_progress {
    int64_t step, step_count; /* steps done, steps in all */
    int32_t epoch;            /* epochs done */
    double loss;              /* mean over the steps since the last call of the listener */
    double validation_loss;   /* of the last validation; NaN before it, and without validation images */
    double score;             /* its mean IoU over the classes, 0 to 1; NaN likewise */
    double best_score;
    double seconds_left; /* estimated for all epochs */
    /* Behind a validation, for its first image: what the network saw in its first channel, standardised, and
     * the class that it gives each pixel. NULL otherwise; valid during the call only. */
    const float *preview_image;
    const uint8_t *preview_classes;
    int32_t preview_height_px, preview_width_px;
} fringe_train_progress;

/* Comes on the calling thread. */
typedef void fringe_train_listener(void *user, const fringe_train_progress *progress);

#ifdef __cplusplus
}
#endif
#endif
