/* layer_pass.h - a batch through a network, forward and back, layer by layer.
 *
 * Work is cut into planes and bands of rows, each with sums of its own that are added up in a fixed order.
 */
#ifndef TRAIN_LAYER_PASS_H
#define TRAIN_LAYER_PASS_H

#include "train/workspace.h"

struct layer_pass {
    const struct train_network *network; /* packed */
    struct workspace *workspace;
    const float *parameters, *statistics;
    float *gradient;        /* of the parameters: filled on the way back; frozen ones stay as they are */
    float *next_statistics; /* what the running statistics become, filled on the way forward when training */
    double momentum;        /* share of this batch in them */
    const fringe_run *run;
};

/* From `images` (N, C, H, W), packed, to the last layer's value. When the workspace is for training, norms
 * use the batch's own statistics, but frozen ones and all others the running ones. */
fringe_status layer_pass_forward(const struct layer_pass *pass, const float *images, fringe_error *error);

/* From the gradient of the last layer's value, which the caller has written, to that of all parameters. */
fringe_status layer_pass_back(const struct layer_pass *pass, fringe_error *error);

#endif
