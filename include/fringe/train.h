/* train.h - networks trained on images with a class for every pixel, and forests on tables or crops.
 *
 * A recipe (YAML) says where the images are or how they are simulated, what is done to them, which network is
 * trained and how. The result is a folder: a bioimage.io package with the network as ONNX, test tensors, a
 * card, the recipe and the curve of the loss. A recipe of `kind: forest` names a table (CSV) with a column of
 * classes instead, or a folder with a folder of crops for each class, and gives a forest, its
 * features' names, its calibration and test tensors.
 *
 * The same recipe and data give the same bytes for any number of threads, on one build and CPU path, also
 * where the training was stopped or killed in between: a call for a folder with a checkpoint goes on from
 * there.
 */
#ifndef FRINGE_TRAIN_H
#define FRINGE_TRAIN_H

#include <stdint.h>

#include "fringe/run.h"
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

typedef struct fringe_train_options {
    const char *recipe;           /* path of a YAML file; names in it start at its folder */
    const char *output_directory; /* made where it is missing */
    const char *from_model;       /* a package's folder or an .onnx file to start from, over the recipe's own;
                                     NULL: as the recipe says */
    int overwrite;                /* 1: begin anew, whatever an earlier call left there */
    fringe_train_listener *listener; /* NULL for none */
    void *listener_user;
} fringe_train_options;

/* No recipe yet, the current folder, nothing else. */
FRINGE_API void fringe_train_options_init(fringe_train_options *options);

/* Trains, and writes the package. FRINGE_FORMAT for a recipe with unknown keys or values out of range (with
 * line and both numbers), and for label values that no class has; FRINGE_FILE for images without labels, and
 * where another program trains a network into the folder, which `training.part` in it keeps apart;
 * FRINGE_EXISTS where the folder holds a finished package, FRINGE_MISMATCH where its checkpoint belongs to
 * another recipe or other data, FRINGE_MODEL where the loss is not finite any more. Cancelled, the checkpoint
 * holds the last step. */
FRINGE_API fringe_status fringe_train(const fringe_train_options *options, const fringe_run *run,
                                      fringe_error *error);

#ifdef __cplusplus
}
#endif
#endif
