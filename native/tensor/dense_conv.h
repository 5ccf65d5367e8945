/* dense_conv.h - convolution and its transpose in one, two or three dimensions, any grouping, stride,
 * dilation and padding.
 *
 * x (N, C, in...), weights (O, C / groups, kernel...), bias (O) or NULL, y (N, O, out...). For the transposed
 * one weights are (C, O / groups, kernel...) and x's pixel i is added to y's pixels i * stride - pad_begin +
 * k * dilation. Sums run over channels, then over the kernel in row-major order, starting from the bias:
 * plain loops, the reference for the kernels that networks run on.
 */
#ifndef TENSOR_DENSE_CONV_H
#define TENSOR_DENSE_CONV_H

#include "fringe/run.h"
#include "tensor/tensor.h"
#include "tensor/window.h"

fringe_status dense_conv(const struct window *window, int64_t groups, const struct tensor *x,
                         const struct tensor *weights, const struct tensor *bias, struct tensor *y,
                         const fringe_run *run, fringe_error *error);

fringe_status dense_conv_transpose(const struct window *window, int64_t groups, const struct tensor *x,
                                   const struct tensor *weights, const struct tensor *bias, struct tensor *y,
                                   const fringe_run *run, fringe_error *error);

#endif
