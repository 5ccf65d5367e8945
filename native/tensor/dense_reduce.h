/* dense_reduce.h - sums, extremes and their kin over some axes of a tensor. */
#ifndef TENSOR_DENSE_REDUCE_H
#define TENSOR_DENSE_REDUCE_H

#include "fringe/run.h"
#include "tensor/tensor.h"

enum dense_reduction {
    DENSE_SUM,
    DENSE_MEAN,
    DENSE_MAX, /* NaN where there is one */
    DENSE_MIN,
    DENSE_PROD,
    DENSE_L1,
    DENSE_L2,
    DENSE_SUM_SQUARE,
    DENSE_LOG_SUM,
    DENSE_LOG_SUM_EXP
};

/* Reduces the axes whose bits are set in `axes`; y has x's type (float32, int64 or int32) and one value for
 * each index of the other axes. Floats are summed in double precision, in the order of memory. Without
 * values: sum 0, product 1, maximum -infinity (or the least whole number), mean NaN. */
fringe_status dense_reduce(enum dense_reduction kind, const struct tensor *x, unsigned axes, struct tensor *y,
                           const fringe_run *run, fringe_error *error);

/* The index along `axis` of the largest (or smallest) value, int64; of equals the first, or the last. */
fringe_status dense_arg(const struct tensor *x, int axis, int smallest, int last, struct tensor *y,
                        const fringe_run *run, fringe_error *error);

#endif
