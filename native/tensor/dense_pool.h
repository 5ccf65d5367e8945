/* dense_pool.h - maximum and average over a window that slides in one, two or three dimensions.
 *
 * x and y are (N, C, spatial...). A window that covers no pixel of the input gives -infinity (maximum) or NaN
 * (average); operators refuse such windows before.
 */
#ifndef TENSOR_DENSE_POOL_H
#define TENSOR_DENSE_POOL_H

#include "fringe/run.h"
#include "tensor/tensor.h"
#include "tensor/window.h"

/* Where `indices` is not NULL, it (int64, y's shape) says which value of x each maximum is, counted over the
 * whole of x, the first in reading order where several are equal. */
fringe_status dense_max_pool(const struct window *window, const struct tensor *x, struct tensor *y,
                             struct tensor *indices, const fringe_run *run, fringe_error *error);

/* y is zero but for y[indices[i]] = x[i], i rising. FRINGE_MODEL for an index outside y. */
fringe_status dense_max_unpool(const struct tensor *x, const struct tensor *indices, struct tensor *y,
                               const fringe_run *run, fringe_error *error);

/* With count_padding the sum is divided by the window's positions that lie in the input or its padding, else
 * by those in the input. Positions that ceil_mode adds behind the padding never count. */
fringe_status dense_average_pool(const struct window *window, int count_padding, const struct tensor *x,
                                 struct tensor *y, const fringe_run *run, fringe_error *error);

#endif
