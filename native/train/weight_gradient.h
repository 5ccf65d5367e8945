/* weight_gradient.h - the gradient of a loss with respect to a convolution's weights.
 *
 * Images are cut into a fixed number of ranges, each with sums of its own that are added up in order at the
 * end: the same bytes for any number of threads.
 */
#ifndef TRAIN_WEIGHT_GRADIENT_H
#define TRAIN_WEIGHT_GRADIENT_H

#include "train/convolution.h"

/* Floats of partial sums, and of scratch for one worker. */
size_t weight_gradient_partial(int32_t in_channels, int32_t out_channels, int kernel);
size_t weight_gradient_scratch(int32_t in_channels, int32_t out_channels, int kernel, int32_t width);

/* gradient (out, in, k, k) = the sum over images and pixels of dout times the input, shifted by the tap. */
fringe_status weight_gradient(const struct planes *in, const struct planes *dout, int kernel, float *partial,
                              float *gradient, const struct convolution_work *work, fringe_error *error);

#endif
