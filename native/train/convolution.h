/* convolution.h - 3x3 and 1x1 convolutions of whole batches: forward, and back to the input's gradient.
 *
 * The gradient with respect to the input is again a convolution, with each kernel turned by 180 degrees and
 * the channels' roles exchanged: the same code with other packed weights. Which kernel serves (direct or
 * Winograd's filtering) follows from the channels alone. Work is cut into pieces that do not depend on the
 * number of threads.
 */
#ifndef TRAIN_CONVOLUTION_H
#define TRAIN_CONVOLUTION_H

#include "fringe/run.h"
#include "train/planes.h"

/* Weights as the kernels want them. */
struct convolution {
    int32_t in_channels, out_channels;
    int kernel; /* 3 or 1 */
    int winograd;
    int32_t blocks; /* of four output channels */
    float *weights, *bias;
};

fringe_status convolution_create(int32_t in_channels, int32_t out_channels, int kernel,
                                 struct convolution *convolution, fringe_error *error);
void convolution_clear(struct convolution *convolution);

/* Packs weights (out, in, k, k) and a bias (out, or NULL for zeros). */
fringe_status convolution_pack(struct convolution *convolution, const float *weights, const float *bias,
                               const fringe_run *run, fringe_error *error);

/* Packs the same layer's weights, now (in, out, k, k), for the way back: without bias. */
fringe_status convolution_pack_turned(struct convolution *convolution, const float *weights,
                                      const fringe_run *run, fringe_error *error);

/* Floats of scratch that one worker needs at a width. */
size_t convolution_scratch(const struct convolution *convolution, int32_t width);

/* What the functions below compute with. */
struct convolution_work {
    float *scratch; /* scratch_stride floats for each worker of the run's pool */
    size_t scratch_stride;
    const fringe_run *run;
};

/* out = (or += with `add`) convolution of in, then below 0 set to 0 if relu. relu and add exclude each other.
 */
fringe_status convolution_apply(const struct convolution *convolution, const struct planes *in,
                                const struct planes *out, int relu, int add,
                                const struct convolution_work *work, fringe_error *error);

#endif
