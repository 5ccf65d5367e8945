/* softmax.h - softmax over channels, for a run of pixels at a time.
 *
 * y_c = exp(x_c - m) / sum_k exp(x_k - m), m = max_k x_k, or its logarithm. The sum runs over the channels in
 * their order, so a pixel's bytes do not depend on its neighbours or on how the pixels are cut into runs.
 */
#ifndef TENSOR_SOFTMAX_H
#define TENSOR_SOFTMAX_H

#include <stddef.h>

/* Where value (c, p) lies: at c * channel_step + p * pixel_step, in floats. */
struct softmax_steps {
    size_t channel_step, pixel_step;
};

/* Pixels 0 .. n - 1 of `channels` >= 1 channels. Fastest where both pixel steps are 1 (planes). out may be in
 * itself with the same steps, else they do not overlap. Any thread. */
void softmax_rows(size_t channels, size_t n, const float *in, struct softmax_steps in_steps, float *out,
                  struct softmax_steps out_steps, int logarithm);

#endif
